//! Opens a workspace: which file, whether it is ours and writable, and with which pragmas.
//! A file that is refused is unchanged, byte for byte.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior, config::DbConfig};

use crate::store::{
    Workspace,
    error::{OpenError, is_disk_full, one_line},
    file::{
        disk::{self, Found, Made},
        functions::define_finds,
        locks::Presence,
        mark::{self, CACHE_SIZE},
        migrate::{self, MIGRATIONS},
        preflight::Preflight,
        schema,
    },
};
use crate::vault::KdfCost;

pub const FILE_NAME: &str = "workspace.db";

/// Bytes of an empty workspace, with its log and the log's index.
const ROOM_FOR_A_NEW_ONE: u64 = 512 * 1024;

/// Longer than opening, checking or saving takes, shorter than a person's patience.
pub(in crate::store) const BUSY_WAIT: Duration = Duration::from_millis(2000);

/// Statements that stay compiled.
const STATEMENTS: usize = 128;

/// Longer than it takes to seal the secrets of 100,000 apps under a new key.
pub(in crate::store) const WRITE_WAIT: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub struct Opened {
    pub workspace: Workspace,
    /// Problems that were fixed while opening, one line each, to show.
    pub notices: Vec<String>,
}

impl Workspace {
    /// Opens `workspace.db` in `data_dir`, and creates both, private, if they do not exist. New
    /// keys are derived at `cost`; weaker ones are raised at sign-in.
    pub fn open(data_dir: &Path, cost: KdfCost) -> Result<Opened, OpenError> {
        let mut made = Made::default();
        let dir = match disk::find_dir(data_dir)? {
            Some(dir) => dir,
            None => {
                let above = data_dir.ancestors().find(|part| part.exists());
                disk::must_have_room(above.unwrap_or(Path::new(".")), ROOM_FOR_A_NEW_ONE)?;
                made.dir(data_dir)?
            }
        };
        let presence = Presence::enter(&dir, BUSY_WAIT)?;
        let checked = Preflight::run(&dir, &dir.join(FILE_NAME), &presence)?;
        Self::open_checked(&dir, &checked, presence, made, cost)
    }

    /// `None` before the first sign-up; then nothing is created.
    pub fn open_signed_up(data_dir: &Path, cost: KdfCost) -> Result<Option<Opened>, OpenError> {
        let Some(dir) = disk::find_dir(data_dir)? else {
            return Ok(None);
        };
        let presence = Presence::enter(&dir, BUSY_WAIT)?;
        let checked = Preflight::run(&dir, &dir.join(FILE_NAME), &presence)?;
        if checked.is_signed_up == Some(false) {
            return Ok(None);
        }
        let opened = Self::open_checked(&dir, &checked, presence, Made::default(), cost)?;
        let organization = opened.workspace.organization_name();
        let organization = organization.map_err(|error| OpenError::Other(one_line(&error)))?;
        Ok(organization.map(|_| opened))
    }

    /// Another connection to the same file, locked. The file is not examined again: closing it here
    /// would release the locks of the first connection.
    pub fn beside(&self) -> Result<Self, OpenError> {
        let other = || OpenError::Other("it has no folder".to_owned());
        let path = self.db.path().map(Path::new).ok_or_else(other)?;
        let dir = path.parent().ok_or_else(other)?;
        let presence = Presence::among_others(dir, BUSY_WAIT)?;
        let db = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        Ok(Self::of(db, self.cost, presence))
    }

    fn open_checked(
        dir: &Path,
        checked: &Preflight,
        mut presence: Presence,
        mut made: Made,
        cost: KdfCost,
    ) -> Result<Opened, OpenError> {
        let path = dir.join(FILE_NAME);
        let mut notices = Vec::new();
        if checked.is_new && presence.is_alone() && path.symlink_metadata().is_err() {
            made.file(&path);
        }
        disk::make_dir_private(dir, FILE_NAME, &mut notices)?;
        if checked.is_new {
            disk::create_private(&path)?;
        }
        for file in with_companions(&path) {
            disk::make_private(&file, &mut notices)?;
        }
        let db = open_migrated(&path, &mut notices)?;
        // A program that waits for the folder must not find a half-finished file.
        made.keep();
        presence.share(BUSY_WAIT)?;
        Ok(Opened {
            workspace: Self::of(db, cost, presence),
            notices,
        })
    }

    pub(in crate::store) fn of(db: Connection, cost: KdfCost, presence: Presence) -> Self {
        Self {
            db,
            cost,
            unlocked: None,
            list: Default::default(),
            grants: Default::default(),
            schema: Default::default(),
            report: Arc::new(|_| {}),
            rehearses: false,
            readable: None,
            _presence: presence,
        }
    }
}

fn open_migrated(path: &Path, notices: &mut Vec<String>) -> Result<Connection, OpenError> {
    let mut db = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // Until opening has succeeded, closing must not fold the log into the file.
    set_checkpoint_on_close(&db, false).map_err(|error| open_error(path, &error))?;
    // Before a migration changes rows: a planted trigger would take part in it.
    schema::must_be_ours(&db, path)?;
    if let Some(copy) = migrate::migrate(&mut db, path, MIGRATIONS)? {
        notices.push(format!(
            "The workspace was updated. A copy of the old one is {}.",
            copy.display()
        ));
    }
    settle(&mut db, notices).map_err(|error| open_error(path, &error))?;
    Ok(db)
}

/// Opens the file without creating, migrating or fixing anything. `None` if it does not exist.
pub(in crate::store) fn connect_as_it_is(path: &Path) -> Result<Option<Connection>, OpenError> {
    match disk::look_at(path)? {
        Found::Nothing => return Ok(None),
        Found::Header(header) => header.must_be_ours(path)?,
    }
    let failed = |error| open_error(path, &error);
    let db = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    set_checkpoint_on_close(&db, false).map_err(failed)?;
    let (found, known) = (
        migrate::version_of(&db).map_err(failed)?,
        migrate::known(MIGRATIONS),
    );
    if found > known {
        return Err(OpenError::Newer { found, known });
    }
    set_checkpoint_on_close(&db, true).map_err(failed)?;
    Ok(Some(db))
}

/// The file and SQLite's files next to it, which hold the same data.
pub(in crate::store) fn with_companions(path: &Path) -> impl Iterator<Item = PathBuf> {
    let base = path.as_os_str().to_owned();
    ["", "-wal", "-shm", "-journal"]
        .into_iter()
        .map(move |end| {
            let mut name: OsString = base.clone();
            name.push(end);
            PathBuf::from(name)
        })
}

pub(in crate::store) fn connect(path: &Path, access: OpenFlags) -> Result<Connection, OpenError> {
    // A backup names its file by a URI. `path` itself begins with a slash, so it is not taken for
    // one.
    let flags = access
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW
        | OpenFlags::SQLITE_OPEN_URI;
    let failed = |error| open_error(path, &error);
    let db = Connection::open_with_flags(path, flags).map_err(failed)?;
    db.busy_timeout(WRITE_WAIT).map_err(failed)?;
    // SQLite opens a file read-only if it may not write, and would report it only much later.
    if db.is_readonly("main").map_err(failed)? {
        return Err(OpenError::ReadOnly {
            path: path.to_owned(),
        });
    }
    // Otherwise a prepared statement is compiled again for each value that it compares. No plan
    // here depends on values.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map_err(failed)?;
    // More than a change of an app needs; a statement that falls out is compiled again.
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    define_finds(&db).map_err(failed)?;
    // temp_store: sorting must not spill rows to a file in clear text.
    db.execute_batch(&format!(
        "PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA secure_delete = ON;
         {CACHE_SIZE};
         PRAGMA trusted_schema = OFF;
         PRAGMA temp_store = MEMORY;"
    ))
    .map_err(failed)?;
    Ok(db)
}

/// Two programs that create a workspace may need this at once. SQLite does not call its busy
/// handler here, because waiting could deadlock; the other program is done in a moment.
fn write_ahead_log(db: &Connection) -> rusqlite::Result<String> {
    let since = Instant::now();
    loop {
        let mode = db.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0));
        match mode {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && since.elapsed() < BUSY_WAIT =>
            {
                std::thread::sleep(Duration::from_millis(5));
            }
            mode => return mode,
        }
    }
}

fn settle(db: &mut Connection, notices: &mut Vec<String>) -> rusqlite::Result<()> {
    let mode = write_ahead_log(db)?;
    if mode != "wal" {
        notices.push(
            "This file system does not support write-ahead logging: saving is slower here."
                .to_owned(),
        );
    }
    // Found out now, before a person has filled in a form.
    let step = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if mark::is_there(&step)? {
        step.rollback()?;
    } else {
        // Folded in, the mark is in the file before the next log begins.
        mark::advance(&step)?;
        step.commit()?;
        db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    }
    set_checkpoint_on_close(db, true)
}

fn set_checkpoint_on_close(db: &Connection, wanted: bool) -> rusqlite::Result<()> {
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !wanted)
        .map(|_| ())
}

pub(in crate::store) fn open_error(path: &Path, error: &rusqlite::Error) -> OpenError {
    let path = path.to_owned();
    if is_disk_full(error) {
        return OpenError::DiskFull;
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OpenError::Locked,
        Some(ErrorCode::ReadOnly) => OpenError::ReadOnly { path },
        Some(ErrorCode::NotADatabase) => OpenError::NotAWorkspace { path },
        Some(ErrorCode::DatabaseCorrupt) => OpenError::Damaged { path },
        Some(ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
            OpenError::NoPermission { path }
        }
        _ => OpenError::Other(one_line(error)),
    }
}
