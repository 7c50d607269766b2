//! A backup in the place of the workspace. What would be put there is copied beside it and
//! verified first; what it replaces is kept. Until the one rename that changes everything, the
//! workspace is as it was.

use std::{
    fs::{self, File},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use rusqlite::Connection;

use super::{
    backup::{Holds, copy_to, must_be_one, verify},
    error::{BackupError, OpenError},
    files::{self, Found, Presence},
    inspect::holds_something,
    open::{BUSY_WAIT, FILE_NAME, connect_as_it_is, with_companions},
    unfinished::{Unfinished, ended, sync_folder_of},
};
use crate::domain::time::UnixMs;

/// A verified copy that waits beside the workspace. Dropped, it is gone and nothing has changed.
pub struct Restore {
    workspace: PathBuf,
    file: PathBuf,
    holds: Holds,
    written: Option<UnixMs>,
    replaces: Replaced,
    copy: Unfinished,
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

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    pub workspace: PathBuf,
    /// Where what was replaced is now.
    pub kept: Option<PathBuf>,
}

impl Restore {
    pub fn prepare(
        data_dir: &Path,
        file: &Path,
        notices: &mut Vec<String>,
    ) -> Result<Self, BackupError> {
        let file = fs::canonicalize(file).map_err(|error| BackupError::io(file, &error))?;
        must_be_restorable(&file)?;
        let dir = files::prepare_dir(data_dir, FILE_NAME, notices)?;
        files::must_be_writable_dir(&dir)?;
        let alone = Presence::alone(&dir, BUSY_WAIT).map_err(in_use)?;
        let workspace = dir.join(FILE_NAME);
        if with_companions(&workspace).any(|part| part == file) {
            return Err(BackupError::IsTheWorkspace { path: file });
        }
        let replaces = Replaced::look_at(&workspace)?;
        let (copy, written) = copy_of(&file, &workspace)?;
        Ok(Self {
            holds: verify(copy.path(), &file)?,
            workspace,
            file,
            written,
            replaces,
            copy,
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
    pub fn replace(self, now: UnixMs) -> Result<Restored, BackupError> {
        let kept = Kept::keep(&self.workspace, now)?;
        if let Err(error) = self.copy.place_over(&self.workspace) {
            kept.put_back();
            return Err(BackupError::io(&self.workspace, &error));
        }
        Ok(Restored {
            workspace: self.workspace,
            kept: kept.path,
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
    fn look_at(workspace: &Path) -> Result<Self, BackupError> {
        match files::look_at(workspace) {
            Ok(Found::Nothing) => return Ok(Self::Nothing),
            // A link or a folder is not ours to move.
            Err(error @ OpenError::NotAPlainFile { .. }) => return Err(error.into()),
            Ok(Found::Header(_)) | Err(_) => {}
        }
        Ok(match verify(workspace, workspace) {
            Ok(holds) => Self::Workspace(holds),
            Err(error) => Self::Unreadable(error.to_string()),
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
    Ok((copy, written(&from)))
}

fn written(file: &File) -> Option<UnixMs> {
    let at = file.metadata().ok()?.modified().ok()?;
    let since = at.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok().map(UnixMs)
}

/// What was in the place of the workspace, under another name.
struct Kept {
    path: Option<PathBuf>,
    /// From where, to where: logs of a file that SQLite could not read.
    moved: Vec<(PathBuf, PathBuf)>,
    /// Locks the old file until the new one is in its place.
    _old: Option<Connection>,
}

impl Kept {
    fn keep(workspace: &Path, now: UnixMs) -> Result<Self, BackupError> {
        let place = free_name(workspace, now);
        let Some(old) = fold(workspace)? else {
            return Self::as_it_is(workspace, &place);
        };
        match copy_to(&old, &place) {
            Ok(copy) => Ok(Self {
                path: Some(copy.path),
                moved: Vec::new(),
                _old: Some(old),
            }),
            Err(BackupError::Damaged { .. }) => {
                drop(old);
                Self::as_it_is(workspace, &place)
            }
            Err(error) => Err(error),
        }
    }

    /// Byte for byte, because SQLite cannot read it, or must not. A log that stayed behind would be
    /// taken for the new file's and be played into it: it has to go before that is in place.
    fn as_it_is(workspace: &Path, place: &Path) -> Result<Self, BackupError> {
        let mut kept = Self {
            path: None,
            moved: Vec::new(),
            _old: None,
        };
        let done = kept
            .copy_file(workspace, place)
            .and_then(|()| kept.move_logs(workspace, place));
        if let Err(error) = done {
            kept.put_back();
            return Err(BackupError::io(place, &error));
        }
        sync_folder_of(workspace);
        Ok(kept)
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

    fn move_logs(&mut self, workspace: &Path, place: &Path) -> io::Result<()> {
        for end in ["-wal", "-shm", "-journal"] {
            let (from, to) = (ended(workspace, end), ended(place, end));
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

fn free_name(workspace: &Path, now: UnixMs) -> PathBuf {
    let first = ended(workspace, &format!(".before-restore-{}", now.stamp()));
    let is_free = |path: &PathBuf| with_companions(path).all(|it| it.symlink_metadata().is_err());
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
