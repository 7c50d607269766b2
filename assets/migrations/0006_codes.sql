-- Authorization codes, as digests. A used one stays with its session, so that a second use is
-- known for what it is.
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
    session        TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX authorization_codes_by_time ON authorization_codes (issued_at);

-- Why a session ended, for whoever presents one of its tokens soon afterwards.
ALTER TABLE sessions ADD COLUMN ended_at INTEGER;
ALTER TABLE sessions ADD COLUMN ended_by TEXT;
DROP INDEX sessions_by_owner;
CREATE INDEX sessions_live ON sessions (owner, client_id, created_at) WHERE ended_at IS NULL;
CREATE INDEX sessions_ended ON sessions (owner, client_id, ended_at) WHERE ended_at IS NOT NULL;

-- Tokens that a refresh replaced. The successors of a refresh token are made of it and of the
-- salt: within the grace the same pair can be handed out again, without being kept anywhere.
CREATE TABLE replaced_tokens (
    sha256      BLOB PRIMARY KEY,
    session     TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    kind        TEXT NOT NULL CHECK (kind IN ('access', 'refresh')),
    replaced_at INTEGER NOT NULL,
    salt        BLOB,
    used_at     INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX replaced_tokens_by_session ON replaced_tokens (session);
