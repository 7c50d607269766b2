-- Deleted apps wait in the trash; the list walks the others alone.
ALTER TABLE apps ADD COLUMN deleted_at INTEGER;
ALTER TABLE apps ADD COLUMN deleted_by TEXT REFERENCES developers (id);
DROP INDEX apps_by_name;
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

-- How each developer left the list: a JSON object.
CREATE TABLE views (
    developer_id TEXT PRIMARY KEY REFERENCES developers (id),
    view         TEXT NOT NULL
) STRICT;

-- Grows whenever what a list shows or filters by changed otherwise than by a new app: who holds
-- a copy of it in memory, in whichever program, knows by this that it is stale.
CREATE TABLE list_changes (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    count    INTEGER NOT NULL
) STRICT;
INSERT INTO list_changes VALUES (1, 0);
CREATE TRIGGER app_changed AFTER UPDATE OF name_key, search, deleted_at ON apps
    BEGIN UPDATE list_changes SET count = count + 1; END;
CREATE TRIGGER app_removed AFTER DELETE ON apps
    BEGIN UPDATE list_changes SET count = count + 1; END;

-- state: current, or retiring until ends_at.
ALTER TABLE client_secrets ADD COLUMN ends_at INTEGER;
ALTER TABLE client_secrets ADD COLUMN last_used_at INTEGER;
DROP INDEX one_current_secret;
CREATE UNIQUE INDEX one_secret_of_each_state ON client_secrets (app_id, state);

-- What the real platform issued for an app.
CREATE TABLE environment_credentials (
    app_id      TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    environment TEXT NOT NULL CHECK (environment IN ('production', 'sandbox')),
    server_url  TEXT NOT NULL,
    client_id   TEXT NOT NULL,
    sealed      BLOB,
    changed_at  INTEGER NOT NULL,
    PRIMARY KEY (app_id, environment)
) STRICT, WITHOUT ROWID;

ALTER TABLE tickets ADD COLUMN decided_by TEXT REFERENCES developers (id);
ALTER TABLE tickets ADD COLUMN decided_at INTEGER;
ALTER TABLE tickets ADD COLUMN reason TEXT;
CREATE INDEX pending_tickets ON tickets (created_at) WHERE state = 'pending';

-- state: active, disabled or removed. A removed one stays as the name of what they did.
ALTER TABLE developers ADD COLUMN state TEXT NOT NULL DEFAULT 'active';
ALTER TABLE developers ADD COLUMN must_change_password INTEGER NOT NULL DEFAULT 0;

-- Written in the transaction of each change; never updated. chain is keyed and covers the row
-- before, so that a row that was edited, removed or moved is found.
CREATE TABLE history (
    seq     INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    who     TEXT NOT NULL,
    app_id  TEXT,
    subject TEXT NOT NULL,
    what    TEXT NOT NULL,
    changes TEXT NOT NULL,
    chain   BLOB NOT NULL
) STRICT;
CREATE INDEX history_by_app ON history (app_id, seq);

-- The last row of history, so that one that is cut off its end is missed.
CREATE TABLE history_end (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    seq      INTEGER NOT NULL,
    chain    BLOB NOT NULL
) STRICT;
INSERT INTO history_end VALUES (1, 0, x'');
