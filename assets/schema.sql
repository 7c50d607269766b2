CREATE TABLE organization (
    only_row   INTEGER PRIMARY KEY CHECK (only_row = 1),
    name       TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE developers (
    id              TEXT PRIMARY KEY,
    email           TEXT NOT NULL,
    email_key       TEXT NOT NULL UNIQUE,
    full_name       TEXT NOT NULL,
    role            TEXT NOT NULL CHECK (role IN ('developer_admin', 'developer', 'audit_user')),
    created_at      INTEGER NOT NULL,
    last_sign_in_at INTEGER,
    kdf_memory_kib  INTEGER NOT NULL,
    kdf_passes      INTEGER NOT NULL,
    kdf_lanes       INTEGER NOT NULL,
    kdf_salt        BLOB NOT NULL,
    key_by_password BLOB NOT NULL,
    key_by_recovery BLOB NOT NULL,
    -- Whether its owner has shown to have written the recovery key down.
    recovery_confirmed INTEGER NOT NULL DEFAULT 0
, state TEXT NOT NULL DEFAULT 'active', must_change_password INTEGER NOT NULL DEFAULT 0, secrets_key BLOB, seen BLOB, page_salt BLOB, page_check BLOB) STRICT;
CREATE TABLE sign_in_delays (
    email_sha256 BLOB PRIMARY KEY,
    failures     INTEGER NOT NULL,
    failed_at    INTEGER NOT NULL
) STRICT;
CREATE TABLE icons (
    sha256  TEXT PRIMARY KEY,
    format  TEXT NOT NULL,
    side    INTEGER NOT NULL,
    preview BLOB NOT NULL,
    bytes   BLOB NOT NULL,
    kept_at INTEGER NOT NULL
) STRICT;
CREATE TABLE apps (
    id           TEXT PRIMARY KEY,
    client_id    TEXT NOT NULL UNIQUE,
    name         TEXT NOT NULL,
    name_key     TEXT NOT NULL,
    display_name TEXT,
    app_type     TEXT NOT NULL,
    auth         TEXT NOT NULL,
    access       TEXT NOT NULL,
    status       TEXT NOT NULL CHECK (status IN ('active', 'suspended')),
    created_at   INTEGER NOT NULL,
    created_by   TEXT NOT NULL REFERENCES developers (id),
    version      INTEGER NOT NULL,
    icon         TEXT REFERENCES icons (sha256),
    search       TEXT NOT NULL,
    spec         TEXT NOT NULL
, deleted_at INTEGER, deleted_by TEXT REFERENCES developers (id), contact TEXT) STRICT;
CREATE TABLE drafts (
    id         TEXT PRIMARY KEY,
    owner      TEXT NOT NULL REFERENCES developers (id),
    body     BLOB NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX drafts_by_owner ON drafts (owner, updated_at);
CREATE INDEX apps_by_name ON apps (name_key, id) WHERE deleted_at IS NULL;
CREATE INDEX apps_in_trash ON apps (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE TABLE app_tags (
    app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    tag    TEXT NOT NULL,
    PRIMARY KEY (app_id, tag)
) STRICT, WITHOUT ROWID;
CREATE TABLE favourites (
    developer_id TEXT NOT NULL REFERENCES developers (id),
    app_id       TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    PRIMARY KEY (developer_id, app_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE views (
    developer_id TEXT PRIMARY KEY REFERENCES developers (id),
    view         TEXT NOT NULL
) STRICT;
CREATE TABLE list_changes (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    count    INTEGER NOT NULL
) STRICT;
CREATE TRIGGER app_changed AFTER UPDATE OF name_key, search, deleted_at ON apps
    BEGIN UPDATE list_changes SET count = count + 1; END;
CREATE TRIGGER app_removed AFTER DELETE ON apps
    BEGIN UPDATE list_changes SET count = count + 1; END;
CREATE TABLE environment_credentials (
    app_id      TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    environment TEXT NOT NULL CHECK (environment IN ('production', 'sandbox')),
    server_url  TEXT NOT NULL,
    client_id   TEXT NOT NULL,
    sealed      BLOB,
    changed_at  INTEGER NOT NULL,
    PRIMARY KEY (app_id, environment)
) STRICT, WITHOUT ROWID;
CREATE TABLE history (
    seq     INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    who     TEXT NOT NULL,
    app_id  TEXT,
    subject TEXT NOT NULL,
    what    TEXT NOT NULL,
    changes TEXT NOT NULL,
    link   BLOB NOT NULL
, statement TEXT, signature BLOB) STRICT;
CREATE INDEX history_by_app ON history (app_id, seq);
CREATE TABLE history_end (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    seq      INTEGER NOT NULL,
    link    BLOB NOT NULL
, signature BLOB) STRICT;
CREATE INDEX app_tags_by_tag ON app_tags (tag, app_id);
CREATE TABLE signing_keys (
    kid        TEXT PRIMARY KEY,
    sealed     BLOB NOT NULL,
    jwk        TEXT NOT NULL,
    created_at INTEGER NOT NULL
, retired_at INTEGER) STRICT, WITHOUT ROWID;
CREATE TABLE jwt_credentials (
    id           TEXT PRIMARY KEY,
    owner        TEXT NOT NULL REFERENCES developers (id),
    label        TEXT NOT NULL,
    every_app    INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    last_used_at INTEGER,
    revoked_at   INTEGER,
    sealed       BLOB
, kid TEXT) STRICT, WITHOUT ROWID;
CREATE INDEX jwt_credentials_by_owner ON jwt_credentials (owner, created_at);
CREATE TABLE jwt_credential_apps (
    credential TEXT NOT NULL REFERENCES jwt_credentials (id) ON DELETE CASCADE,
    client_id  TEXT NOT NULL,
    PRIMARY KEY (credential, client_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE sessions (
    number           INTEGER PRIMARY KEY,
    id               TEXT NOT NULL,
    endpoint         TEXT NOT NULL,
    client_id        TEXT NOT NULL,
    owner            TEXT NOT NULL REFERENCES developers (id),
    credential       TEXT REFERENCES jwt_credentials (id),
    scope            TEXT NOT NULL,
    created_at       INTEGER NOT NULL,
    access           BLOB NOT NULL,
    access_ends_at   INTEGER NOT NULL,
    refresh          BLOB,
    refresh_ends_at  INTEGER,
    -- The pair that a refresh replaced, once there was one. Its successors are made of the refresh
    -- token and the salt: within the grace they can be handed out again, without being kept anywhere.
    replaced_access  BLOB,
    replaced_refresh BLOB,
    salt             BLOB,
    replaced_at      INTEGER,
    used_at          INTEGER,
    -- Why it ended, for whoever presents one of its tokens soon afterwards.
    ended_at         INTEGER,
    ended_by         TEXT
, access_scope TEXT) STRICT;
CREATE INDEX sessions_of ON sessions (client_id, owner);
CREATE TABLE former_refresh_tokens (
    session INTEGER NOT NULL REFERENCES sessions (number) ON DELETE CASCADE,
    sha256  BLOB NOT NULL,
    ends_at INTEGER NOT NULL,
    PRIMARY KEY (session, sha256)
) STRICT, WITHOUT ROWID;
CREATE TABLE authorization_codes (
    sha256         BLOB PRIMARY KEY,
    client_id      TEXT NOT NULL,
    owner          TEXT NOT NULL REFERENCES developers (id),
    redirect_uri   TEXT NOT NULL,
    redirect_sent  INTEGER NOT NULL,
    challenge      TEXT,
    challenge_s256 INTEGER NOT NULL,
    scope          TEXT NOT NULL,
    nonce          TEXT,
    issued_at      INTEGER NOT NULL,
    -- When the person signed in, for the ID token.
    signed_in_at   INTEGER NOT NULL,
    -- The password that the person gave was changed since.
    is_withdrawn   INTEGER NOT NULL DEFAULT 0,
    -- The number of the session that it opened.
    session        INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX authorization_codes_by_time ON authorization_codes (issued_at);
CREATE INDEX history_statements ON history (seq) WHERE statement IS NOT NULL;
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
CREATE TABLE "client_secrets" (
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
CREATE TABLE "shared_secrets" (
    app_id     TEXT PRIMARY KEY REFERENCES apps (id) ON DELETE CASCADE,
    sealed     BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE "tickets" (
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
CREATE UNIQUE INDEX tickets_by_id ON tickets (id);
CREATE INDEX tickets_pending ON tickets (created_at, requested_by, state) WHERE state = 'pending';
CREATE INDEX tickets_decided ON tickets (requested_by, decided_at) WHERE state <> 'pending';
CREATE TABLE clock (
    only_row     INTEGER PRIMARY KEY CHECK (only_row = 1),
    seen_at      INTEGER NOT NULL,
    steady_since INTEGER NOT NULL
) STRICT;
CREATE TABLE operation_usage (
    app_id        TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    operation     TEXT NOT NULL,
    answered      INTEGER NOT NULL,
    not_simulated INTEGER NOT NULL,
    scope_missing INTEGER NOT NULL,
    failed        INTEGER NOT NULL,
    first_at      INTEGER NOT NULL,
    last_at       INTEGER NOT NULL,
    scope         TEXT,
    PRIMARY KEY (app_id, operation)
) STRICT, WITHOUT ROWID;
INSERT INTO list_changes VALUES (1, 0);
INSERT INTO history_end VALUES (1, 0, X'', NULL);
