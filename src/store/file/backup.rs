//! Copies the workspace while others use it, and verifies the copy.
//!
//! Uses `VACUUM INTO` instead of SQLite's backup interface: it reads in one transaction, so that a
//! busy writer neither waits for it nor makes it start over; it leaves deleted pages out; and it
//! writes a single file without a log.

use std::{
    fs,
    path::{Path, PathBuf},
};

use rusqlite::Connection;

use crate::domain::time::UnixMs;
use crate::store::{
    Workspace,
    error::{BackupError, OpenError, one_line},
    file::{
        disk::{self, Found},
        inspect::{check, has_strays, holds_something, open_quietly, stamps, uri},
        locks::{self, Presence},
        mark, migrate,
        open::{BUSY_WAIT, FILE_NAME, connect_as_it_is, open_error, with_companions},
        preflight::{must_be_sound, must_fit},
        schema,
        unfinished::Unfinished,
    },
};

/// All tables of a workspace, with the format that introduced them. Verifying counts the rows of
/// each, so that each is read.
pub(in crate::store) const TABLES: &[(i64, &str)] = &[
    (1, "organization"),
    (1, "developers"),
    (1, "sign_in_delays"),
    (1, "icons"),
    (1, "apps"),
    (1, "client_secrets"),
    (1, "shared_secrets"),
    (1, "tickets"),
    (1, "drafts"),
    (2, "app_tags"),
    (2, "favourites"),
    (2, "views"),
    (2, "list_changes"),
    (2, "environment_credentials"),
    (2, "history"),
    (2, "history_end"),
    (4, "signing_keys"),
    (4, "jwt_credentials"),
    (4, "jwt_credential_apps"),
    (5, "sessions"),
    (6, "authorization_codes"),
    (7, "former_refresh_tokens"),
    (9, "joining"),
    (9, "joining_proofs"),
    (9, "clock"),
    (10, "operation_usage"),
];

/// Tables of older files only, with the first and the last format that had them.
const FORMER_TABLES: &[(i64, i64, &str)] = &[(5, 6, "session_tokens"), (6, 6, "replaced_tokens")];

/// The contents of a file. Nothing here is sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holds {
    pub format: i64,
    /// `None` before the first sign-up.
    pub organization: Option<String>,
    pub people: i64,
    pub apps: i64,
    pub drafts: i64,
    /// The time of the last sign-in, app or draft.
    pub last_used: Option<UnixMs>,
}

/// A verified backup that is on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackedUp {
    /// Without symbolic links.
    pub path: PathBuf,
    pub bytes: u64,
    pub holds: Holds,
}

impl Workspace {
    /// Works without a sign-in: sealed values stay sealed.
    pub fn back_up_to(&self, target: &Path) -> Result<BackedUp, BackupError> {
        copy_to(&self.db, target)
    }
}

/// Backs up the workspace in `data_dir` without changing it: an older one is not migrated, a
/// missing one is not created, and an unused log is not folded in.
pub fn back_up(data_dir: &Path, target: &Path) -> Result<BackedUp, BackupError> {
    let no_workspace = || BackupError::NoWorkspace {
        folder: data_dir.to_owned(),
    };
    let dir = disk::find_dir(data_dir)?.ok_or_else(no_workspace)?;
    let source = dir.join(FILE_NAME);
    if matches!(disk::look_at(&source)?, Found::Nothing) {
        must_fit(&source)?;
        return Err(no_workspace());
    }
    let place = free_place(&source, target)?;
    let mut presence = Presence::enter(&dir, BUSY_WAIT)?;
    if presence.may_be_alone() && !locks::is_open_elsewhere(&source) {
        let before = stamps(&source);
        let is_readable = must_be_sound(&source)?.is_some();
        // A console may start in the meantime.
        presence.share(BUSY_WAIT)?;
        if is_readable {
            let db = open_quietly(&source).map_err(|error| open_error(&source, &error))?;
            let copied = copied(&db, &place);
            // A read without locks is valid if nothing wrote meanwhile.
            if stamps(&source) == before {
                return placed(copied?, place);
            }
        }
    }
    let db = connect_as_it_is(&source)?.ok_or_else(no_workspace)?;
    placed(copied(&db, &place)?, place)
}

/// Nothing is at `target` until the copy is complete.
pub(in crate::store) fn copy_to(db: &Connection, target: &Path) -> Result<BackedUp, BackupError> {
    let place = free_place(&source_of(db), target)?;
    placed(copied(db, &place)?, place)
}

/// The verified copy, next to its destination.
fn copied(db: &Connection, place: &Path) -> Result<(Unfinished, Holds), BackupError> {
    let io = |error| BackupError::io(place, &error);
    let new = Unfinished::beside(place).map_err(io)?;
    // The file exists already, private and locked; SQLite must not create another.
    let into = uri(new.path(), "mode=rw");
    db.execute("VACUUM INTO ?1", [into])
        .map_err(|error| not_copied(db, place, &error))?;
    if !new.is_in_place().map_err(io)? {
        return Err(BackupError::Other {
            path: place.to_owned(),
            reason: "another program moved it while it was being written".to_owned(),
        });
    }
    mark::renew(new.file()).map_err(io)?;
    let holds = verify(new.path(), place)?;
    Ok((new, holds))
}

fn placed((new, holds): (Unfinished, Holds), path: PathBuf) -> Result<BackedUp, BackupError> {
    let io = |error| BackupError::io(&path, &error);
    let bytes = new.bytes().map_err(io)?;
    new.place_at_free(&path).map_err(io)?;
    Ok(BackedUp { path, bytes, holds })
}

/// Damage belongs to the source; every other error belongs to the target.
fn not_copied(db: &Connection, target: &Path, error: &rusqlite::Error) -> BackupError {
    match BackupError::sqlite(target, error) {
        BackupError::Damaged { .. } => BackupError::Workspace(OpenError::Damaged {
            path: source_of(db),
        }),
        other => other,
    }
}

fn source_of(db: &Connection) -> PathBuf {
    // A path that is not UTF-8 is not shown; the file name still tells which file is meant.
    PathBuf::from(db.path().unwrap_or(FILE_NAME))
}

/// The path of the copy, in a folder without symbolic links: SQLite is told not to follow any.
fn free_place(source: &Path, target: &Path) -> Result<PathBuf, BackupError> {
    let name = target.file_name().ok_or_else(|| BackupError::NoName {
        path: target.to_owned(),
    })?;
    let folder = match target.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let folder = fs::canonicalize(folder).map_err(|error| BackupError::io(folder, &error))?;
    let path = folder.join(name);
    if path.is_dir() {
        return Err(BackupError::Folder { path });
    }
    if with_companions(source).any(|taken| taken == path) {
        return Err(BackupError::IsTheWorkspace { path });
    }
    // SQLite would take a log next to the new file for its own.
    if let Some(path) = with_companions(&path).find(|path| path.symlink_metadata().is_ok()) {
        return Err(BackupError::Exists { path });
    }
    disk::must_be_writable_dir(&folder)
        .map_err(|_| BackupError::ReadOnly { path: path.clone() })?;
    Ok(path)
}

/// Reads the whole file at `path`. `named` is the path that a person knows.
pub(in crate::store) fn verify(path: &Path, named: &Path) -> Result<Holds, BackupError> {
    must_be_one(path, named)?;
    let failed = |error: rusqlite::Error| BackupError::sqlite(named, &error);
    let damaged = |what: String| BackupError::Damaged {
        path: named.to_owned(),
        what,
    };
    let db = open_quietly(path).map_err(failed)?;
    if let Some(what) = check(&db, "integrity_check").map_err(failed)?.first() {
        return Err(damaged(one_line(what)));
    }
    if has_strays(&db).map_err(failed)? {
        return Err(damaged(
            "some rows refer to rows that do not exist".to_owned(),
        ));
    }
    if let Some(what) = schema::altered(&db).map_err(failed)? {
        return Err(BackupError::Altered {
            path: named.to_owned(),
            what,
        });
    }
    let format = migrate::version_of(&db).map_err(failed)?;
    let todays = TABLES.iter().filter(|(since, _)| *since <= format);
    let former = FORMER_TABLES
        .iter()
        .filter(|(since, until, _)| (*since..=*until).contains(&format));
    let tables = todays.map(|(_, table)| table);
    for table in tables.chain(former.map(|(.., table)| table)) {
        let sql = format!("SELECT count(*) FROM {table}");
        db.query_row(&sql, [], |row| row.get::<_, i64>(0))
            .map_err(|error| damaged(format!("its {table}: {}", one_line(&error))))?;
    }
    let holds = Holds::of(&db).map_err(failed)?;
    let known = crate::store::known_format();
    if holds.format > known {
        // The log says so.
        return Err(BackupError::Newer {
            path: named.to_owned(),
            found: holds.format,
            known,
        });
    }
    Ok(holds)
}

/// Checks the first bytes of a file before SQLite opens it.
pub(in crate::store) fn must_be_one(path: &Path, named: &Path) -> Result<(), BackupError> {
    let not_one = || BackupError::NotABackup {
        path: named.to_owned(),
    };
    match disk::look_at(path).map_err(|error| BackupError::of_file(named, error))? {
        Found::Nothing => return Err(not_one()),
        Found::Header(header) => {
            header
                .must_be_ours(path)
                .map_err(|error| BackupError::of_file(named, error))?;
        }
    }
    if holds_something(path, "-journal") {
        return Err(BackupError::HasLog {
            path: named.to_owned(),
            beside: super::unfinished::ended(named, "-journal"),
        });
    }
    Ok(())
}

impl Holds {
    fn of(db: &Connection) -> rusqlite::Result<Self> {
        let number = |sql: &str| db.query_row(sql, [], |row| row.get(0));
        Ok(Self {
            format: migrate::version_of(db)?,
            organization: db
                .query_row("SELECT max(name) FROM organization", [], |row| row.get(0))?,
            people: number("SELECT count(*) FROM developers")?,
            apps: number("SELECT count(*) FROM apps")?,
            drafts: number("SELECT count(*) FROM drafts")?,
            last_used: db.query_row(
                "SELECT max(at) FROM (
                     SELECT max(last_sign_in_at) AS at FROM developers
                     UNION ALL SELECT max(created_at) FROM apps
                     UNION ALL SELECT max(updated_at) FROM drafts)",
                [],
                |row| row.get::<_, Option<i64>>(0).map(|at| at.map(UnixMs)),
            )?,
        })
    }
}
