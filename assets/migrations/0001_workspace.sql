-- Append-only: a released migration is never edited.

CREATE TABLE organization (
    only_row   INTEGER PRIMARY KEY CHECK (only_row = 1),
    name       TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- Each developer holds the workspace key twice, wrapped under what only they know.
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
) STRICT;

-- Addresses are hashed: a person who mistypes a password into the e-mail field leaves no
-- clear text here. Rows exist for unknown addresses too, so that both are slowed alike.
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

-- spec is last: reading the columns before it never walks its overflow pages.
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
) STRICT;

CREATE INDEX apps_by_name ON apps (name_key, id);

CREATE TABLE client_secrets (
    id         TEXT PRIMARY KEY,
    app_id     TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    sealed     BLOB NOT NULL,
    sha256     BLOB NOT NULL,
    state      TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX one_current_secret ON client_secrets (app_id) WHERE state = 'current';

CREATE TABLE shared_secrets (
    app_id     TEXT PRIMARY KEY REFERENCES apps (id) ON DELETE CASCADE,
    sealed     BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE tickets (
    id            TEXT PRIMARY KEY,
    app_id        TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    scope         TEXT NOT NULL,
    justification TEXT NOT NULL,
    requested_by  TEXT NOT NULL REFERENCES developers (id),
    state         TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'rejected')),
    created_at    INTEGER NOT NULL,
    UNIQUE (app_id, scope)
) STRICT;

CREATE TABLE drafts (
    id         TEXT PRIMARY KEY,
    owner      TEXT NOT NULL REFERENCES developers (id),
    sealed     BLOB NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX drafts_by_owner ON drafts (owner, updated_at);
