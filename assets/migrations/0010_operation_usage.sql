-- Which operations of the API an app called at the local server, and how the calls ended.
-- scope: the one that last allowed a call.
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
