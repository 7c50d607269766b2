-- A key pair for each developer, a secrets key that only those hold who may see secrets, and a
-- history that is signed by whoever wrote it. What an older version sealed stays as it is until the
-- first Developer Admin signs in.

-- secrets_key: wrapped for the developer; NULL if their role may not see secrets.
-- seen: how far they have verified the history, sealed. page_*: check a password without a key.
ALTER TABLE developers ADD COLUMN secrets_key BLOB;
ALTER TABLE developers ADD COLUMN seen BLOB;
ALTER TABLE developers ADD COLUMN page_salt BLOB;
ALTER TABLE developers ADD COLUMN page_check BLOB;

-- statement: what a row states about developers and the secrets key. signature: by the developer who
-- did it; NULL in rows from before.
ALTER TABLE history RENAME COLUMN chain TO link;
ALTER TABLE history ADD COLUMN statement TEXT;
ALTER TABLE history ADD COLUMN signature BLOB;
CREATE INDEX history_statements ON history (seq) WHERE statement IS NOT NULL;
ALTER TABLE history_end RENAME COLUMN chain TO link;
ALTER TABLE history_end ADD COLUMN signature BLOB;

ALTER TABLE jwt_credentials ADD COLUMN kid TEXT;
ALTER TABLE signing_keys ADD COLUMN retired_at INTEGER;

-- A developer of an older version who signed in and waits until a Developer Admin lets them in.
CREATE TABLE joining (
    developer       TEXT PRIMARY KEY REFERENCES developers (id),
    sign            BLOB NOT NULL,
    wrap            BLOB NOT NULL,
    kdf_memory_kib  INTEGER NOT NULL,
    kdf_passes      INTEGER NOT NULL,
    kdf_lanes       INTEGER NOT NULL,
    kdf_salt        BLOB NOT NULL,
    key_by_password BLOB NOT NULL,
    page_salt       BLOB NOT NULL,
    page_check      BLOB NOT NULL,
    seen            BLOB NOT NULL
) STRICT;
CREATE TABLE joining_proofs (
    developer TEXT NOT NULL REFERENCES joining (developer) ON DELETE CASCADE,
    admin     TEXT NOT NULL REFERENCES developers (id),
    proof     BLOB NOT NULL,
    PRIMARY KEY (developer, admin)
) STRICT, WITHOUT ROWID;

-- An older version that is still open must fail rather than seal a draft under a key of before.
ALTER TABLE drafts RENAME COLUMN sealed TO body;

-- A save writes a page of each tree that it touches. The rows of an app lie together in the tree of
-- the table itself, without an index beside it.
CREATE TABLE client_secrets_of (
    app_id       TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    -- current, or retiring until ends_at.
    state        TEXT NOT NULL,
    id           TEXT NOT NULL,
    sealed       BLOB NOT NULL,
    sha256       BLOB NOT NULL,
    created_at   INTEGER NOT NULL,
    ends_at      INTEGER,
    last_used_at INTEGER,
    PRIMARY KEY (app_id, state)
) STRICT, WITHOUT ROWID;
INSERT INTO client_secrets_of
    SELECT app_id, state, id, sealed, sha256, created_at, ends_at, last_used_at
    FROM client_secrets ORDER BY app_id, state;
DROP TABLE client_secrets;
ALTER TABLE client_secrets_of RENAME TO client_secrets;

CREATE TABLE shared_secrets_of (
    app_id     TEXT PRIMARY KEY REFERENCES apps (id) ON DELETE CASCADE,
    sealed     BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO shared_secrets_of SELECT app_id, sealed, created_at FROM shared_secrets ORDER BY app_id;
DROP TABLE shared_secrets;
ALTER TABLE shared_secrets_of RENAME TO shared_secrets;

CREATE TABLE tickets_of (
    app_id        TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    scope         TEXT NOT NULL,
    id            TEXT NOT NULL,
    justification TEXT NOT NULL,
    requested_by  TEXT NOT NULL REFERENCES developers (id),
    state         TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'rejected')),
    created_at    INTEGER NOT NULL,
    decided_by    TEXT REFERENCES developers (id),
    decided_at    INTEGER,
    reason        TEXT,
    PRIMARY KEY (app_id, scope)
) STRICT, WITHOUT ROWID;
INSERT INTO tickets_of
    SELECT app_id, scope, id, justification, requested_by, state, created_at, decided_by, decided_at,
        reason
    FROM tickets ORDER BY app_id, scope;
DROP TABLE tickets;
ALTER TABLE tickets_of RENAME TO tickets;
CREATE UNIQUE INDEX tickets_by_id ON tickets (id);
-- One index for both: the oldest first, and how many wait without those of one developer.
CREATE INDEX tickets_pending ON tickets (created_at, requested_by, state) WHERE state = 'pending';
CREATE INDEX tickets_decided ON tickets (requested_by, decided_at) WHERE state <> 'pending';

-- seen_at: the last sign-in. steady_since: the first one after the clock jumped by weeks.
CREATE TABLE clock (
    only_row     INTEGER PRIMARY KEY CHECK (only_row = 1),
    seen_at      INTEGER NOT NULL,
    steady_since INTEGER NOT NULL
) STRICT;
INSERT INTO clock
    SELECT 1, max(last_sign_in_at), max(last_sign_in_at) FROM developers
    HAVING max(last_sign_in_at) IS NOT NULL;

-- The scope of the access token, if a refresh asked for less than the session has. The refresh token
-- keeps the whole scope (RFC 6749 §6).
ALTER TABLE sessions ADD COLUMN access_scope TEXT;
