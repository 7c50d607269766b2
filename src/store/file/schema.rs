//! Compares the tables, indexes, triggers and views of a file with those that the migrations make.
//! A planted trigger can undo a change in silence, and a planted view can lie about a table.

use std::{cell::Cell, collections::BTreeMap, path::Path};

use rusqlite::Connection;
use sha2::{Digest as _, Sha256};

use crate::store::{
    StoreError,
    error::OpenError,
    file::{
        migrate::{self, MIGRATIONS},
        open::open_error,
    },
};

/// The digest of what all migrations make, so that a start need not run them. A test compares it
/// with the migrations, and prints the new one after a change.
pub(in crate::store) const CURRENT: &str =
    "f817f07a665d09e377c00680b15ec1ff13a9ad23ec44c3c8047fb0b1f7b1b9db";

/// Litestream keeps its position in tables of this prefix in each file that it replicates.
const OF_LITESTREAM: &str = "_litestream_";
/// `ANALYZE` makes these. They only influence which index is used.
const OF_ANALYZE: [&str; 2] = ["sqlite_stat1", "sqlite_stat4"];

/// By kind and name: the table that the object belongs to, and its SQL.
type Objects = BTreeMap<(String, String), (String, String)>;

/// The first difference to the migrations up to the version of the file. `None` without one, and
/// for a newer version, which is refused as such.
pub(in crate::store) fn altered(db: &Connection) -> rusqlite::Result<Option<String>> {
    let (version, known) = (migrate::version_of(db)?, migrate::known(MIGRATIONS));
    if version > known {
        return Ok(None);
    }
    let found = objects(db)?;
    if version == known && digest(&found) == CURRENT {
        return Ok(None);
    }
    let done = usize::try_from(version).unwrap_or_default();
    Ok(difference(&found, &made_by(MIGRATIONS.iter().take(done))?))
}

pub(in crate::store) fn must_be_ours(db: &Connection, path: &Path) -> Result<(), OpenError> {
    match altered(db).map_err(|error| open_error(path, &error))? {
        None => Ok(()),
        Some(what) => Err(OpenError::Altered {
            path: path.to_owned(),
            what,
        }),
    }
}

/// The objects that these migrations make.
fn made_by<'a>(migrations: impl Iterator<Item = &'a &'a str>) -> rusqlite::Result<Objects> {
    let db = Connection::open_in_memory()?;
    for sql in migrations {
        db.execute_batch(sql)?;
    }
    objects(&db)
}

fn objects(db: &Connection) -> rusqlite::Result<Objects> {
    let mut query =
        db.prepare("SELECT type, name, tbl_name, coalesce(sql, '') FROM main.sqlite_schema")?;
    let rows = query.query_map([], |row| {
        Ok(((row.get(0)?, row.get(1)?), (row.get(2)?, row.get(3)?)))
    })?;
    let objects: Objects = rows.collect::<Result<_, _>>()?;
    let ours = objects.into_iter();
    Ok(ours
        .filter(|(key, value)| !is_of_a_known_tool(key, value))
        .collect())
}

/// Never a trigger or a view, whatever its name or its table.
fn is_of_a_known_tool((kind, name): &(String, String), (table, sql): &(String, String)) -> bool {
    let is_plain_table = kind == "table" && sql.starts_with("CREATE TABLE");
    let is_of_litestream = table.starts_with(OF_LITESTREAM) && (is_plain_table || kind == "index");
    is_of_litestream || (is_plain_table && OF_ANALYZE.contains(&name.as_str()))
}

fn digest(objects: &Objects) -> String {
    let mut hash = Sha256::new();
    for ((kind, name), (table, sql)) in objects {
        for part in [kind, name, table, sql] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
    }
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn difference(found: &Objects, wanted: &Objects) -> Option<String> {
    let planted = found.keys().find(|key| !wanted.contains_key(*key));
    if let Some((kind, name)) = planted {
        return Some(format!("the {kind} “{name}” was added"));
    }
    // A table that is missing takes its indexes with it.
    let is_table = |key: &(String, String)| key.0 == "table";
    let (tables, others): (Vec<_>, Vec<_>) = wanted.iter().partition(|(key, _)| is_table(key));
    tables.into_iter().chain(others).find_map(|(key, value)| {
        let (kind, name) = key;
        match found.get(key) {
            None => Some(format!("the {kind} “{name}” is missing")),
            Some(other) if other != value => Some(format!("the {kind} “{name}” was changed")),
            Some(_) => None,
        }
    })
}

/// Which schema of the open file was compared last. SQLite counts its changes.
#[derive(Debug, Default)]
pub(in crate::store) struct Compared(Cell<Option<i64>>);

impl Compared {
    /// Inside a transaction that has the write lock: no other program can plant anything until it
    /// ends.
    pub(in crate::store) fn must_be_ours(&self, db: &Connection) -> Result<(), StoreError> {
        let count: i64 = db
            .prepare_cached("PRAGMA schema_version")?
            .query_row([], |row| row.get(0))?;
        if self.0.get() == Some(count) {
            return Ok(());
        }
        if let Some(what) = altered(db)? {
            return Err(StoreError::Altered(what));
        }
        self.0.set(Some(count));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(sql: &str) -> Connection {
        let db = Connection::open_in_memory().unwrap();
        for step in MIGRATIONS {
            db.execute_batch(step).unwrap();
        }
        let version = migrate::known(MIGRATIONS);
        db.pragma_update(None, "user_version", version).unwrap();
        db.execute_batch(sql).unwrap();
        db
    }

    #[test]
    fn the_digest_is_that_of_the_migrations() {
        assert_eq!(digest(&made_by(MIGRATIONS.iter()).unwrap()), CURRENT);
    }

    #[test]
    fn whatever_was_planted_removed_or_changed_is_named() {
        for (sql, named) in [
            (
                "CREATE TRIGGER keeps BEFORE DELETE ON apps BEGIN SELECT RAISE(IGNORE); END",
                "the trigger “keeps” was added",
            ),
            (
                "CREATE TRIGGER _litestream_t BEFORE DELETE ON apps BEGIN SELECT 1; END",
                "the trigger “_litestream_t” was added",
            ),
            (
                "CREATE TABLE _litestream_seq (id); CREATE TRIGGER t AFTER INSERT ON _litestream_seq
                 BEGIN DELETE FROM apps; END",
                "the trigger “t” was added",
            ),
            (
                "CREATE VIEW _litestream_v AS SELECT 1",
                "the view “_litestream_v” was added",
            ),
            (
                "CREATE TABLE more (x)",
                "the table “more” was added",
            ),
            (
                "CREATE INDEX more ON apps (name)",
                "the index “more” was added",
            ),
            (
                "DROP TRIGGER app_removed",
                "the trigger “app_removed” is missing",
            ),
            (
                "DROP INDEX apps_by_name",
                "the index “apps_by_name” is missing",
            ),
            (
                "ALTER TABLE apps ADD COLUMN more TEXT",
                "the table “apps” was changed",
            ),
            (
                "DROP TABLE drafts; CREATE VIEW drafts AS SELECT 1 AS id",
                "the view “drafts” was added",
            ),
            (
                "DROP TRIGGER app_removed; CREATE TRIGGER app_removed AFTER DELETE ON apps
                 BEGIN SELECT 1; END",
                "the trigger “app_removed” was changed",
            ),
        ] {
            assert_eq!(altered(&with(sql)).unwrap().as_deref(), Some(named));
        }
    }

    #[test]
    fn tables_of_litestream_and_of_analyze_are_no_change() {
        let db = with(
            "CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER);
             CREATE TABLE _litestream_lock (id INTEGER UNIQUE);
             CREATE INDEX _litestream_i ON _litestream_seq (seq);
             ANALYZE;",
        );
        assert_eq!(altered(&db).unwrap(), None);
    }

    #[test]
    fn files_of_every_version_are_compared_with_that_version() {
        for done in 0..=MIGRATIONS.len() {
            let db = Connection::open_in_memory().unwrap();
            for step in &MIGRATIONS[..done] {
                db.execute_batch(step).unwrap();
            }
            db.pragma_update(None, "user_version", done as i64).unwrap();
            assert_eq!(altered(&db).unwrap(), None, "{done}");
            db.execute_batch("CREATE TABLE more (x)").unwrap();
            assert!(altered(&db).unwrap().is_some(), "{done}");
        }
    }
}
