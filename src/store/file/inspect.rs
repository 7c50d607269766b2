//! Examines a workspace without a trace: creates, changes, migrates and locks nothing. A console
//! that writes at the same time may cause torn reads; the result says so.

use std::{fmt::Write as _, fs, path::Path, time::SystemTime};

use rusqlite::{Connection, OpenFlags, config::DbConfig};

use crate::store::{
    error::{OpenError, one_line},
    file::{
        disk::{self, Found},
        locks,
        mark::CACHE_SIZE,
        migrate::{self, MIGRATIONS},
        open::{FILE_NAME, open_error, with_companions},
        preflight::{Fit, must_fit},
        schema,
        unfinished::ended,
    },
    roster::SignedHistory,
};

pub(in crate::store) type Stamps = Vec<Option<(u64, Option<SystemTime>)>>;

/// The result of examining a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspected {
    /// The format of the file, which an older version may have written.
    pub format: i64,
    /// The lines of `PRAGMA quick_check`. Empty if the file is sound.
    pub damage: Vec<String>,
    /// The change that another program made to the tables, indexes and triggers.
    pub altered: Option<String>,
    /// `None` without signatures, or if the file is damaged.
    pub history: Option<SignedHistory>,
    /// Another program wrote during the check, so the reported damage may not be real.
    pub was_written: bool,
}

/// The format that this version writes.
pub fn known_format() -> i64 {
    migrate::known(MIGRATIONS)
}

pub fn sqlite_version() -> &'static str {
    rusqlite::version()
}

/// `None` if there is no workspace yet.
pub fn inspect(data_dir: &Path) -> Result<Option<Inspected>, OpenError> {
    if !data_dir.exists() {
        return Ok(None);
    }
    let dir = fs::canonicalize(data_dir).map_err(|error| disk::refused(data_dir, &error))?;
    let path = dir.join(FILE_NAME);
    let before = stamps(&path);
    let found = disk::look_at(&path)?;
    if let Found::Header(header) = &found {
        header.must_be_ours(&path)?;
    }
    // If another program has the file open, it keeps the right log next to it.
    let is_cut_off = if locks::is_open_elsewhere(&path) {
        holds_something(&path, "-journal")
    } else {
        must_fit(&path)? == Fit::HasJournal
    };
    if matches!(found, Found::Nothing) {
        return Ok(None);
    }
    // Reading past it would mean to undo it first.
    if is_cut_off {
        return Err(OpenError::Other(
            "a change is in progress or was interrupted. Start devconsole once to fix it"
                .to_owned(),
        ));
    }
    let failed = |error| open_error(&path, &error);
    let db = open_quietly(&path).map_err(failed)?;
    let format = migrate::version_of(&db).map_err(failed)?;
    let known = known_format();
    if format > known {
        // The log says so; the header of the file is older.
        return Err(OpenError::Newer {
            found: format,
            known,
        });
    }
    let damage = check(&db, "quick_check").map_err(failed)?;
    // The schema of a damaged file says nothing about who changed it.
    let altered = match damage.is_empty() {
        true => schema::altered(&db).map_err(failed)?,
        false => None,
    };
    let is_signed = format == known && damage.is_empty() && altered.is_none();
    let history = match is_signed {
        true => SignedHistory::of(&db).map_err(|error| OpenError::Other(one_line(&error)))?,
        false => None,
    };
    Ok(Some(Inspected {
        format,
        damage,
        altered,
        history,
        was_written: stamps(&path) != before,
    }))
}

/// An ordinary read-only connection would create `-wal` and `-shm`. Without a log, the file is
/// declared immutable. With a log, its index is kept in memory (exclusive mode), and `unix-none`
/// avoids the locks of that mode.
pub(in crate::store) fn open_quietly(path: &Path) -> rusqlite::Result<Connection> {
    if holds_something(path, "-wal") {
        return open_how(path, "mode=ro&vfs=unix-none");
    }
    open_alone(path)
}

/// Opens the file without its log.
pub(in crate::store) fn open_alone(path: &Path) -> rusqlite::Result<Connection> {
    open_how(path, "mode=ro&immutable=1")
}

fn open_how(path: &Path, how: &str) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let db = Connection::open_with_flags(uri(path, how), flags)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    db.execute_batch(&format!(
        "PRAGMA locking_mode = EXCLUSIVE;
         PRAGMA trusted_schema = OFF;
         PRAGMA temp_store = MEMORY;
         {CACHE_SIZE};"
    ))?;
    Ok(db)
}

pub(in crate::store) fn holds_something(path: &Path, companion: &str) -> bool {
    fs::metadata(ended(path, companion)).is_ok_and(|about| about.len() > 0)
}

pub(in crate::store) fn uri(path: &Path, how: &str) -> String {
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                uri.push(char::from(*byte));
            }
            other => {
                // Writing to a string cannot fail.
                let _ = write!(uri, "%{other:02X}");
            }
        }
    }
    uri.push('?');
    uri.push_str(how);
    uri
}

/// Names tables and rows, never a value of a row.
pub(in crate::store) fn check(db: &Connection, pragma: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = db.prepare(&format!("PRAGMA {pragma}(5)"))?;
    let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
    let lines: Vec<String> = lines.collect::<Result<_, _>>()?;
    Ok(lines.into_iter().filter(|line| line != "ok").collect())
}

/// Whether rows refer to rows that do not exist.
pub(in crate::store) fn has_strays(db: &Connection) -> rusqlite::Result<bool> {
    db.prepare("PRAGMA foreign_key_check")?.exists([])
}

/// Length and modification time of the file and of its log.
pub(in crate::store) fn stamps(path: &Path) -> Stamps {
    with_companions(path)
        .filter(|file| !file.to_string_lossy().ends_with("-shm"))
        .map(|file| {
            let about = fs::symlink_metadata(file).ok()?;
            Some((about.len(), about.modified().ok()))
        })
        .collect()
}
