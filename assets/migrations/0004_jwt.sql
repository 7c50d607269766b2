-- Keys that sign JWT credentials: the private half sealed, the public half for whoever verifies.
CREATE TABLE signing_keys (
    kid        TEXT PRIMARY KEY,
    sealed     BLOB NOT NULL,
    jwk        TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A revoked one stays, so that what it signed is known to be revoked; its token goes.
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
) STRICT, WITHOUT ROWID;
CREATE INDEX jwt_credentials_by_owner ON jwt_credentials (owner, created_at);

-- By Client ID, since an app of another organization may be among them.
CREATE TABLE jwt_credential_apps (
    credential TEXT NOT NULL REFERENCES jwt_credentials (id) ON DELETE CASCADE,
    client_id  TEXT NOT NULL,
    PRIMARY KEY (credential, client_id)
) STRICT, WITHOUT ROWID;
