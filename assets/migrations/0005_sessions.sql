-- What the local platform handed out: sessions, and their tokens as digests.
CREATE TABLE sessions (
    id         TEXT PRIMARY KEY,
    client_id  TEXT NOT NULL,
    owner      TEXT NOT NULL REFERENCES developers (id),
    credential TEXT REFERENCES jwt_credentials (id),
    scope      TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_owner ON sessions (owner, client_id, created_at);

CREATE TABLE session_tokens (
    sha256     BLOB PRIMARY KEY,
    session    TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    kind       TEXT NOT NULL CHECK (kind IN ('access', 'refresh')),
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_tokens_by_session ON session_tokens (session);
