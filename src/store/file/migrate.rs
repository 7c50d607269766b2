//! Migrates an older file to the current format, by `PRAGMA user_version`. Deliberately absent:
//! down-migrations. The copy made first is the way back.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, TransactionBehavior};

use crate::store::{
    error::OpenError,
    file::{
        disk, mark,
        open::{FILE_NAME, open_error},
    },
};

/// "DVCN": marks a SQLite file as ours.
pub(in crate::store) const APPLICATION_ID: i32 = 0x4456_434e;

/// The migration at position n leads to version n + 1.
pub(in crate::store) const MIGRATIONS: &[&str] = &[
    include_str!("../../../assets/migrations/0001_workspace.sql"),
    include_str!("../../../assets/migrations/0002_team.sql"),
    include_str!("../../../assets/migrations/0003_list.sql"),
    include_str!("../../../assets/migrations/0004_jwt.sql"),
    include_str!("../../../assets/migrations/0005_sessions.sql"),
    include_str!("../../../assets/migrations/0006_codes.sql"),
    include_str!("../../../assets/migrations/0007_sessions_by_number.sql"),
    include_str!("../../../assets/migrations/0008_requests.sql"),
    include_str!("../../../assets/migrations/0009_member_keys.sql"),
    include_str!("../../../assets/migrations/0010_operation_usage.sql"),
];

/// What all migrations make, for a new file: the rebuilding of tables takes most of their time. A test
/// compares both.
pub(in crate::store) const WHOLE: &str = include_str!("../../../assets/schema.sql");

pub(in crate::store) fn version_of(db: &Connection) -> rusqlite::Result<i64> {
    db.query_row("PRAGMA user_version", [], |row| row.get(0))
}

pub(in crate::store) fn known(migrations: &[&str]) -> i64 {
    i64::try_from(migrations.len()).unwrap_or(i64::MAX)
}

/// Runs all steps in one transaction: the file has either the old version or the new one. Returns
/// the path of the copy that was made first.
pub(in crate::store) fn migrate(
    db: &mut Connection,
    path: &Path,
    migrations: &[&str],
) -> Result<Option<PathBuf>, OpenError> {
    let failed = |error| open_error(path, &error);
    let known = known(migrations);
    let before = version_of(db).map_err(failed)?;
    if before > known {
        return Err(OpenError::Newer {
            found: before,
            known,
        });
    }
    if before == known {
        return Ok(None);
    }
    let copy = (before > 0)
        .then(|| copy_aside(db, path, before))
        .transpose()?;
    let step = db
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(failed)?;
    // Checked again under the lock: another devconsole may have migrated it meanwhile.
    let found = version_of(&step).map_err(failed)?;
    let done = usize::try_from(found).unwrap_or_default();
    if done == 0 && migrations == MIGRATIONS && is_empty(&step).map_err(failed)? {
        step.execute_batch(WHOLE).map_err(failed)?;
    } else {
        for sql in migrations.iter().skip(done) {
            step.execute_batch(sql).map_err(failed)?;
        }
    }
    step.pragma_update(None, "application_id", APPLICATION_ID)
        .map_err(failed)?;
    step.pragma_update(None, "user_version", known.max(found))
        .map_err(failed)?;
    mark::advance(&step).map_err(failed)?;
    step.commit().map_err(failed)?;
    Ok(copy)
}

fn is_empty(db: &Connection) -> rusqlite::Result<bool> {
    db.query_row(
        "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)",
        [],
        |row| row.get(0),
    )
}

/// Whether a file beside the workspace is a copy of it that a migration made.
pub fn is_old_copy(name: &str) -> bool {
    name.strip_prefix(FILE_NAME)
        .is_some_and(|end| end.starts_with(".v") && end.contains(".backup"))
}

/// Copies the file next to itself, private, under a name that is free.
fn copy_aside(db: &Connection, path: &Path, version: i64) -> Result<PathBuf, OpenError> {
    let free = (1_u32..=u32::MAX)
        .map(|nth| {
            let mut name = path.as_os_str().to_owned();
            name.push(match nth {
                1 => format!(".v{version}.backup"),
                _ => format!(".v{version}.backup-{nth}"),
            });
            PathBuf::from(name)
        })
        .find(|name| name.symlink_metadata().is_err())
        .ok_or_else(|| OpenError::Other("no free name for a backup".to_owned()))?;
    // VACUUM INTO accepts an empty file; creating it here makes it private from the first byte.
    disk::create_private(&free)?;
    let name = free
        .to_str()
        .ok_or_else(|| OpenError::Other("the data directory has no UTF-8 name".to_owned()))?;
    db.execute("VACUUM INTO ?1", [name])
        .map_err(|error| open_error(path, &error))?;
    Ok(free)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// Everything in a file as SQL.
    fn dump(db: &Connection) -> String {
        let mut text = String::new();
        let mut tables = Vec::new();
        let mut objects = db
            .prepare(
                "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid",
            )
            .unwrap();
        let mut rows = objects.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let (kind, name): (String, String) = (row.get(0).unwrap(), row.get(1).unwrap());
            let sql: String = row.get(2).unwrap();
            writeln!(text, "{sql};").unwrap();
            if kind == "table" {
                tables.push(name);
            }
        }
        for table in tables {
            let mut all = db.prepare(&format!("SELECT * FROM {table}")).unwrap();
            let columns = all.column_count();
            let mut rows = all.query([]).unwrap();
            while let Some(row) = rows.next().unwrap() {
                let quoted = (0..columns).map(|at| {
                    let value: rusqlite::types::Value = row.get(at).unwrap();
                    let quote = "SELECT quote(?1)";
                    db.query_row(quote, [value], |row| row.get::<_, String>(0))
                        .unwrap()
                });
                let values = quoted.collect::<Vec<_>>().join(", ");
                writeln!(text, "INSERT INTO {table} VALUES ({values});").unwrap();
            }
        }
        text
    }

    fn made_by(sql: &[&str]) -> String {
        let db = Connection::open_in_memory().unwrap();
        for step in sql {
            db.execute_batch(step).unwrap();
        }
        dump(&db)
    }

    /// After a new migration, write what this prints to `assets/schema.sql`.
    #[test]
    fn a_new_file_is_what_the_migrations_make() {
        let migrated = made_by(MIGRATIONS);
        assert_eq!(made_by(&[WHOLE]), migrated, "{migrated}");
        assert_eq!(WHOLE, migrated);
    }
}
