//! Replaces the workspace by a backup. The backup is copied next to it and verified first, and the
//! replaced file is kept. One rename changes everything; until then the workspace is unchanged.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{self, ErrorKind},
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
};

use rusqlite::Connection;

use crate::domain::{history::Broken, time::UnixMs};
use crate::store::{
    error::{BackupError, OpenError},
    file::{
        backup::{Holds, copy_to, must_be_one, verify},
        disk::{self, Found, Made},
        inspect::{holds_something, known_format, open_alone},
        locks::{self, Presence},
        mark, migrate,
        open::{BUSY_WAIT, FILE_NAME, connect_as_it_is, with_companions},
        preflight::{must_be_sound, must_fit},
        revives::Revived,
        unfinished::{Unfinished, ended, sync_folder_of},
    },
    roster::SignedHistory,
};

/// A verified copy next to the workspace. Dropping it removes the copy and changes nothing.
pub struct Restore {
    workspace: PathBuf,
    file: PathBuf,
    holds: Holds,
    written: Option<UnixMs>,
    replaces: Replaced,
    old: Old,
    copy: Unfinished,
    /// The folder, if it did not exist.
    made: Made,
    /// Keeps others from opening the workspace while the person decides.
    _alone: Presence,
}

/// The workspace that will be replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replaced {
    Nothing,
    Workspace(Holds),
    /// Why it cannot be read: damaged, of a newer version, or of another program. It is kept all
    /// the same.
    Unreadable(String),
}

/// How the replaced workspace is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Old {
    /// As one file; SQLite folds the log in.
    Folded,
    /// Byte for byte, as SQLite would open it.
    AsItIs,
    /// Byte for byte, with the log under a name that SQLite does not connect with the file.
    Apart,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    pub workspace: PathBuf,
    /// The replaced file.
    pub kept: Option<PathBuf>,
    /// The log of the replaced file, if it is kept apart.
    pub kept_log: Option<PathBuf>,
    /// Problems that were fixed on the way, one line each, to show.
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
        // The copy is verified again, and that decides. This check makes sure that a refused file
        // leaves no copy behind.
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

    /// The backup, without symbolic links.
    pub fn file(&self) -> &Path {
        &self.file
    }

    pub fn workspace(&self) -> &Path {
        &self.workspace
    }

    pub fn holds(&self) -> &Holds {
        &self.holds
    }

    /// When the backup was last written, according to its file system.
    pub fn written(&self) -> Option<UnixMs> {
        self.written
    }

    pub fn replaces(&self) -> &Replaced {
        &self.replaces
    }

    /// Everything that ended since the backup and would be valid again. `None` if the workspace
    /// cannot be read.
    pub fn revives(&self, now: UnixMs) -> Result<Option<Revived>, BackupError> {
        match &self.replaces {
            Replaced::Nothing => Ok(Some(Revived::default())),
            Replaced::Unreadable(_) => Ok(None),
            Replaced::Workspace(_) => Revived::compare(&self.workspace, self.copy.path(), now)
                .map(Some)
                .map_err(|error| BackupError::sqlite(&self.workspace, &error)),
        }
    }

    /// The first place in the signed history of the backup that does not hold.
    pub fn broken(&self) -> Result<Option<Broken>, BackupError> {
        let failed = |error| BackupError::sqlite(&self.file, &error);
        let db = open_alone(self.copy.path()).map_err(failed)?;
        if migrate::version_of(&db).map_err(failed)? != known_format() {
            return Ok(None);
        }
        let history = SignedHistory::of(&db).map_err(|error| BackupError::Damaged {
            path: self.file.clone(),
            what: error.to_string(),
        })?;
        Ok(history.and_then(|history| history.broken))
    }

    /// `now` is part of the name of the kept file.
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
        // A link or a folder must not be moved.
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

/// A log next to the file means that the file alone is incomplete.
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

/// The copy is verified, so that later changes to the file do not matter.
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

/// The replaced workspace under its new name.
struct Kept {
    path: Option<PathBuf>,
    /// Logs of a file that SQLite cannot read: from where, to where.
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

    /// Moves the file byte for byte, because SQLite cannot or must not read it. SQLite would replay
    /// a log that stayed behind into the new file, so the log moves before the new file is in
    /// place.
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

    /// The first moved file that is not empty.
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

    /// An error here follows another one, which is reported.
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

/// Folds the workspace into one file and locks it. `None` if SQLite must not read it. SQLite
/// refuses to leave write-ahead logging while any program has the file open, also one that does not
/// know the lock on the folder.
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
