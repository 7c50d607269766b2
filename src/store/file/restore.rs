//! A backup in the place of the workspace. What would be put there is copied beside it and
//! verified first; what it replaces is kept. Until the one rename that changes everything, the
//! workspace is as it was.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{self, ErrorKind},
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
};

use rusqlite::Connection;

use crate::domain::time::UnixMs;
use crate::store::{
    error::{BackupError, OpenError},
    file::{
        backup::{Holds, copy_to, must_be_one, verify},
        disk::{self, Found, Made},
        inspect::holds_something,
        locks::{self, Presence},
        mark,
        open::{BUSY_WAIT, FILE_NAME, connect_as_it_is, with_companions},
        preflight::{must_be_sound, must_fit},
        unfinished::{Unfinished, ended, sync_folder_of},
    },
};

/// A verified copy that waits beside the workspace. Dropped, it is gone and nothing has changed.
pub struct Restore {
    workspace: PathBuf,
    file: PathBuf,
    holds: Holds,
    written: Option<UnixMs>,
    replaces: Replaced,
    old: Old,
    copy: Unfinished,
    /// The folder, if there was none.
    made: Made,
    /// Nobody opens the workspace while a person thinks about it.
    _alone: Presence,
}

/// What is there now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replaced {
    Nothing,
    Workspace(Holds),
    /// Damaged, of a newer program or none of ours: why. It is kept just the same.
    Unreadable(String),
}

/// How what is there now is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Old {
    /// As one file, folded by SQLite.
    Folded,
    /// Byte for byte, as SQLite would open it.
    AsItIs,
    /// Byte for byte, and the log under a name that SQLite does not take for the file's.
    Apart,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    pub workspace: PathBuf,
    /// Where what was replaced is now.
    pub kept: Option<PathBuf>,
    /// Where its log is now, if that was not part of it.
    pub kept_log: Option<PathBuf>,
    /// What was put right on the way and should be told, one line each.
    pub notices: Vec<String>,
}

impl Restore {
    pub fn prepare(data_dir: &Path, file: &Path) -> Result<Self, BackupError> {
        let file = fs::canonicalize(file).map_err(|error| BackupError::io(file, &error))?;
        let found = disk::find_dir(data_dir)?;
        if let Some(dir) = &found
            && with_companions(&dir.join(FILE_NAME)).any(|part| part == file)
        {
            return Err(BackupError::IsTheWorkspace { path: file });
        }
        must_be_restorable(&file)?;
        // The copy is what counts, and it is verified again. This one makes sure that a file that
        // is refused leaves no trace of a copy.
        verify(&file, &file)?;
        let mut made = Made::default();
        let dir = match found {
            Some(dir) => dir,
            None => made.dir(data_dir)?,
        };
        disk::must_be_writable_dir(&dir)?;
        let alone = Presence::alone(&dir, BUSY_WAIT).map_err(in_use)?;
        let workspace = dir.join(FILE_NAME);
        let (replaces, old) = Replaced::look_at(&workspace)?;
        let (copy, written) = copy_of(&file, &workspace)?;
        Ok(Self {
            holds: verify(copy.path(), &file)?,
            workspace,
            file,
            written,
            replaces,
            old,
            copy,
            made,
            _alone: alone,
        })
    }

    /// The backup, without links.
    pub fn file(&self) -> &Path {
        &self.file
    }

    pub fn workspace(&self) -> &Path {
        &self.workspace
    }

    pub fn holds(&self) -> &Holds {
        &self.holds
    }

    /// When the backup was last written to, as its file system has it.
    pub fn written(&self) -> Option<UnixMs> {
        self.written
    }

    pub fn replaces(&self) -> &Replaced {
        &self.replaces
    }

    /// `now` names what is kept.
    pub fn replace(mut self, now: UnixMs) -> Result<Restored, BackupError> {
        let mut notices = Vec::new();
        if let Some(dir) = self.workspace.parent() {
            disk::make_dir_private(dir, FILE_NAME, &mut notices)?;
        }
        let kept = Kept::keep(&self.workspace, self.old, now)?;
        if let Err(error) = self.copy.place_over(&self.workspace) {
            kept.put_back();
            return Err(BackupError::io(&self.workspace, &error));
        }
        self.made.keep();
        Ok(Restored {
            workspace: self.workspace,
            kept_log: kept.log(),
            kept: kept.path,
            notices,
        })
    }
}

impl std::fmt::Debug for Restore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Restore")
            .field("file", &self.file)
            .field("workspace", &self.workspace)
            .finish_non_exhaustive()
    }
}

impl Replaced {
    fn look_at(workspace: &Path) -> Result<(Self, Old), BackupError> {
        let found = disk::look_at(workspace);
        // A link or a folder is not ours to move.
        if let Err(error @ OpenError::NotAPlainFile { .. }) = found {
            return Err(error.into());
        }
        if locks::is_open_elsewhere(workspace) {
            return Err(BackupError::InUse);
        }
        let unreadable = |error: &dyn std::fmt::Display| Self::Unreadable(error.to_string());
        let sound = match found {
            Ok(Found::Nothing) => must_fit(workspace).map(|_| None),
            _ => must_be_sound(workspace).map(Some),
        };
        Ok(match sound {
            Ok(None) => (Self::Nothing, Old::AsItIs),
            Ok(Some(_)) => match verify(workspace, workspace) {
                Ok(holds) => (Self::Workspace(holds), Old::Folded),
                Err(error) => (unreadable(&error), Old::Folded),
            },
            Err(error @ (OpenError::ForeignLog { .. } | OpenError::LostFile { .. })) => {
                (unreadable(&error), Old::Apart)
            }
            Err(error) => (unreadable(&error), Old::AsItIs),
        })
    }
}

/// A log beside it means that the file alone is not all.
fn must_be_restorable(file: &Path) -> Result<(), BackupError> {
    if file.is_dir() {
        return Err(BackupError::Folder {
            path: file.to_owned(),
        });
    }
    must_be_one(file, file)?;
    if holds_something(file, "-wal") {
        return Err(BackupError::HasLog {
            path: file.to_owned(),
            beside: ended(file, "-wal"),
        });
    }
    Ok(())
}

/// What is verified is the copy: whatever happens to the file afterwards does not matter.
fn copy_of(file: &Path, workspace: &Path) -> Result<(Unfinished, Option<UnixMs>), BackupError> {
    let from = File::open(file).map_err(|error| BackupError::io(file, &error))?;
    let to = |error| BackupError::io(workspace, &error);
    let mut copy = Unfinished::beside(workspace).map_err(to)?;
    copy.fill_from(&from).map_err(to)?;
    mark::renew(copy.file()).map_err(to)?;
    Ok((copy, written(&from)))
}

fn written(file: &File) -> Option<UnixMs> {
    let at = file.metadata().ok()?.modified().ok()?;
    let since = at.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok().map(UnixMs)
}

const LOGS: [&str; 3] = ["-wal", "-journal", "-shm"];

/// What was in the place of the workspace, under another name.
struct Kept {
    path: Option<PathBuf>,
    /// From where, to where: logs of a file that SQLite could not read.
    moved: Vec<(PathBuf, PathBuf)>,
    /// Locks the old file until the new one is in its place.
    _old: Option<Connection>,
}

impl Kept {
    fn keep(workspace: &Path, how: Old, now: UnixMs) -> Result<Self, BackupError> {
        let place = free_name(workspace, now);
        let folded = match how {
            Old::Folded => fold(workspace)?,
            Old::AsItIs | Old::Apart => None,
        };
        let Some(old) = folded else {
            return Self::as_it_is(workspace, &place, how);
        };
        match copy_to(&old, &place) {
            Ok(copy) => Ok(Self {
                path: Some(copy.path),
                moved: Vec::new(),
                _old: Some(old),
            }),
            Err(BackupError::Workspace(OpenError::Damaged { .. })) => {
                drop(old);
                Self::as_it_is(workspace, &place, how)
            }
            Err(error) => Err(error),
        }
    }

    /// Byte for byte, because SQLite cannot read it, or must not. A log that stayed behind would be
    /// taken for the new file's and be played into it: it has to go before that is in place.
    fn as_it_is(workspace: &Path, place: &Path, how: Old) -> Result<Self, BackupError> {
        let mut kept = Self {
            path: None,
            moved: Vec::new(),
            _old: None,
        };
        let done = kept
            .copy_file(workspace, place)
            .and_then(|()| kept.move_logs(workspace, place, how));
        if let Err(error) = done {
            kept.put_back();
            return Err(BackupError::io(place, &error));
        }
        sync_folder_of(workspace);
        Ok(kept)
    }

    /// The first that was moved and holds anything.
    fn log(&self) -> Option<PathBuf> {
        let is_log = |path: &Path| fs::metadata(path).is_ok_and(|about| about.len() > 0);
        let mut logs = self.moved.iter().map(|(_, to)| to);
        logs.find(|to| is_log(to)).cloned()
    }

    fn copy_file(&mut self, workspace: &Path, place: &Path) -> io::Result<()> {
        let from = match File::open(workspace) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            from => from?,
        };
        if from.metadata()?.len() > 0 {
            let mut copy = Unfinished::beside(place)?;
            copy.fill_from(&from)?;
            copy.place_at_free(place)?;
            self.path = Some(place.to_owned());
        }
        Ok(())
    }

    fn move_logs(&mut self, workspace: &Path, place: &Path, how: Old) -> io::Result<()> {
        for end in LOGS {
            let from = ended(workspace, end);
            let to = match how {
                Old::Apart => apart(workspace, place, end),
                Old::Folded | Old::AsItIs => ended(place, end),
            };
            match fs::rename(&from, &to) {
                Ok(()) => self.moved.push((from, to)),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// What fails here fails after something else did, which is what gets told.
    fn put_back(self) {
        for (from, to) in self.moved {
            let _ = fs::rename(to, from);
        }
        if let Some(path) = self.path {
            let _ = fs::remove_file(path);
        }
    }
}

/// `workspace.db-wal.before-restore-…`, beside `workspace.db.before-restore-…`.
fn apart(workspace: &Path, place: &Path, end: &str) -> PathBuf {
    let mut name = ended(workspace, end).into_os_string();
    let length = workspace.as_os_str().len();
    let added = place.as_os_str().as_bytes().get(length..);
    name.push(OsStr::from_bytes(added.unwrap_or_default()));
    PathBuf::from(name)
}

fn free_name(workspace: &Path, now: UnixMs) -> PathBuf {
    let first = ended(workspace, &format!(".before-restore-{}", now.stamp()));
    let is_free = |path: &PathBuf| {
        let logs = LOGS.iter().map(|end| apart(workspace, path, end));
        with_companions(path)
            .chain(logs)
            .all(|it| it.symlink_metadata().is_err())
    };
    if is_free(&first) {
        return first;
    }
    (2_u32..)
        .map(|nth| ended(&first, &format!("-{nth}")))
        .find(is_free)
        .unwrap_or(first)
}

/// All of the workspace in one file, and that file locked. `None` when it is not for SQLite to
/// read. Leaving write-ahead logging is refused while anybody has the file open, also a program
/// that knows nothing of our own lock on the folder.
fn fold(workspace: &Path) -> Result<Option<Connection>, BackupError> {
    let db = match connect_as_it_is(workspace) {
        Ok(Some(db)) => db,
        Err(OpenError::Locked) => return Err(BackupError::InUse),
        Err(error @ (OpenError::DiskFull | OpenError::ReadOnly { .. })) => return Err(error.into()),
        Ok(None) | Err(_) => return Ok(None),
    };
    let mode = db.query_row("PRAGMA journal_mode = DELETE", [], |row| {
        row.get::<_, String>(0)
    });
    let locked = mode.and_then(|mode| {
        db.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT;")?;
        Ok(mode == "delete")
    });
    match locked.map_err(|error| BackupError::sqlite(workspace, &error)) {
        Ok(true) if !holds_something(workspace, "-wal") => Ok(Some(db)),
        Ok(_) => Err(BackupError::InUse),
        Err(BackupError::Damaged { .. } | BackupError::NotABackup { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn in_use(error: OpenError) -> BackupError {
    match error {
        OpenError::Locked => BackupError::InUse,
        other => other.into(),
    }
}
