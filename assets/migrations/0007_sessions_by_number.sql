-- A row a session, with its tokens in it. A token ends in the number of its session: it is found by
-- that, and compared with a digest. A login writes one row and one entry of an index.
-- Tokens and codes of before have no number: whoever holds one logs in again.
DROP TABLE replaced_tokens;
DROP TABLE session_tokens;
DROP TABLE sessions;
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
) STRICT;
CREATE INDEX sessions_of ON sessions (client_id, owner);

-- Refresh tokens before those, until they would have ended by themselves: whoever presents one has
-- it from somewhere that it should not be.
CREATE TABLE former_refresh_tokens (
    session INTEGER NOT NULL REFERENCES sessions (number) ON DELETE CASCADE,
    sha256  BLOB NOT NULL,
    ends_at INTEGER NOT NULL,
    PRIMARY KEY (session, sha256)
) STRICT, WITHOUT ROWID;

DROP TABLE authorization_codes;
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
