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
];

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
    for sql in migrations.iter().skip(done) {
        step.execute_batch(sql).map_err(failed)?;
    }
    step.pragma_update(None, "application_id", APPLICATION_ID)
        .map_err(failed)?;
    step.pragma_update(None, "user_version", known.max(found))
        .map_err(failed)?;
    mark::advance(&step).map_err(failed)?;
    step.commit().map_err(failed)?;
    Ok(copy)
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
