//! Errors of the workspace, one line each for a person: what happened, what to do. Never holds a
//! value of a row.

use std::{
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use rusqlite::{ErrorCode, ffi};

use crate::{
    domain::{
        history::Broken,
        people::{password::PasswordError, permission::Denied},
        problem::{Problem, ProblemKind},
    },
    vault::VaultError,
};

/// Why a workspace was not opened. The file is unchanged.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("{} is not a devconsole workspace. Move it, or choose another data directory.", path.display())]
    NotAWorkspace { path: PathBuf },
    #[error("{} is a link, a folder or a pipe. Replace it with the workspace file.", path.display())]
    NotAPlainFile { path: PathBuf },
    #[error(
        "The workspace was written by a newer devconsole (format {found}, this version reads up to {known}). Update devconsole."
    )]
    Newer { found: i64, known: i64 },
    #[error("{} is read-only. Make it writable, or choose another data directory.", path.display())]
    ReadOnly { path: PathBuf },
    #[error(
        "The workspace is in use by another program (another devconsole, a backup, a database browser). Close it and try again."
    )]
    Locked,
    #[error("{} belongs to another version of {}. Nothing was changed. Restore a backup with devconsole restore FILE: both files are kept.", log.display(), path.display())]
    ForeignLog { path: PathBuf, log: PathBuf },
    #[error("{} is missing or empty, but its last changes are in {}. Nothing was changed. Restore a backup with devconsole restore FILE: the changes are kept.", path.display(), log.display())]
    LostFile { path: PathBuf, log: PathBuf },
    #[error("{} is damaged. Nothing was changed. Restore a backup with devconsole restore FILE: the damaged file is kept.", path.display())]
    Damaged { path: PathBuf },
    #[error("{} was changed by another program: {what}. Restore a backup with devconsole restore FILE: the changed file is kept.", path.display())]
    Altered { path: PathBuf, what: String },
    #[error("The disk is full. Free some space and try again.")]
    DiskFull,
    #[error("No permission to use {}. Check who owns it.", path.display())]
    NoPermission { path: PathBuf },
    #[error("The data directory {} cannot be created: {reason}. Choose another one.", path.display())]
    DirNotCreatable { path: PathBuf, reason: String },
    #[error("The workspace cannot be opened: {0}.")]
    Other(String),
}

/// Why a backup or a restore failed. The workspace is unchanged.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error(transparent)]
    Workspace(#[from] OpenError),
    #[error("There is no workspace in {}. Set its folder with --data-dir DIR.", folder.display())]
    NoWorkspace { folder: PathBuf },
    #[error("{} already exists and was not changed. Choose another name.", path.display())]
    Exists { path: PathBuf },
    #[error("{} is a folder. Enter a file name.", path.display())]
    Folder { path: PathBuf },
    #[error("{} does not exist. Check the path.", path.display())]
    Missing { path: PathBuf },
    #[error("{} is not a file name. Choose another one.", path.display())]
    NoName { path: PathBuf },
    #[error("{} is part of the current workspace. Choose another file.", path.display())]
    IsTheWorkspace { path: PathBuf },
    #[error("{} is not a devconsole workspace. Choose another file.", path.display())]
    NotABackup { path: PathBuf },
    #[error(
        "{} was written by a newer devconsole (format {found}, this version reads up to {known}). Update devconsole.", path.display()
    )]
    Newer {
        path: PathBuf,
        found: i64,
        known: i64,
    },
    #[error("{} is incomplete: its last changes are in {}. Make a copy with devconsole --data-dir DIR backup FILE, and restore that.", path.display(), beside.display())]
    HasLog { path: PathBuf, beside: PathBuf },
    #[error("{} is damaged: {what}. Choose another backup.", path.display())]
    Damaged { path: PathBuf, what: String },
    #[error("{} was changed by another program: {what}. Choose another backup.", path.display())]
    Altered { path: PathBuf, what: String },
    #[error("The workspace is open in another program. Close it and try again.")]
    InUse,
    #[error("The disk is full: {} was not written. Free some space and try again.", path.display())]
    DiskFull { path: PathBuf },
    #[error("No permission to use {}. Check who owns it and its folder.", path.display())]
    NoPermission { path: PathBuf },
    #[error("{} is on a read-only disk or in a read-only folder. Choose another folder.", path.display())]
    ReadOnly { path: PathBuf },
    #[error("{}: {reason}.", path.display())]
    Other { path: PathBuf, reason: String },
}

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("Another program is writing to the workspace. Try again in a moment.")]
    Busy,
    #[error("The disk is full: nothing was saved. Free some space and try again.")]
    DiskFull,
    #[error("The workspace is read-only: nothing was saved.")]
    ReadOnly,
    #[error("{0}")]
    Conflict(String),
    #[error("{0}")]
    NotAllowed(String),
    #[error("{0} no longer exists.")]
    NotFound(&'static str),
    #[error("The workspace is locked. Sign in again.")]
    VaultLocked,
    /// The developer was disabled or removed while signed in.
    #[error("A Developer Admin ended your access to this workspace.")]
    AccessEnded,
    #[error("Choose another password. {0}.")]
    WeakPassword(#[from] PasswordError),
    #[error("Choose your own password first: the one you have is temporary.")]
    MustChangePassword,
    /// Another program changed the schema while the workspace was open.
    #[error("Another program changed the workspace: {0}. Nothing was saved. Restore a backup.")]
    Altered(String),
    #[error("The change was not saved. Run devconsole doctor.")]
    NotWritten,
    #[error("The workspace is damaged: {0}. Restore a backup.")]
    Corrupt(String),
    #[error("{} {}", .0.describe(), .0.way_on())]
    Tampered(Broken),
    #[error("The workspace reported an error: {0}.")]
    Other(String),
}

/// `Refused` reveals neither which half was wrong nor whether the address is known.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// `wait_ms`: until the next attempt is accepted; 0 at first.
    #[error("E-mail and secret do not match.")]
    Refused { wait_ms: u64 },
    /// Not checked: the wait after an earlier failure is not over.
    #[error("Too many tries. Wait {} s.", wait_ms.div_ceil(1000))]
    Wait { wait_ms: u64 },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a password was not accepted as proof of identity.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// `wait_ms`: until the next attempt is accepted; 0 at first.
    #[error("Wrong password.")]
    Wrong { wait_ms: u64 },
    /// Not checked: the wait after an earlier failure is not over.
    #[error("Too many tries. Wait {} s.", wait_ms.div_ceil(1000))]
    Wait { wait_ms: u64 },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let kind = match error {
            StoreError::AccessEnded => ProblemKind::AccessEnded,
            StoreError::MustChangePassword => ProblemKind::MustChangePassword,
            _ => ProblemKind::Other,
        };
        let text = error.to_string();
        Self { kind, text }
    }
}

impl From<ProofError> for Problem {
    fn from(error: ProofError) -> Self {
        let text = error.to_string();
        match error {
            ProofError::Wrong { wait_ms } => Self {
                kind: ProblemKind::Wrong { wait_ms },
                text,
            },
            ProofError::Wait { wait_ms } => Self {
                kind: ProblemKind::Throttled { wait_ms },
                text,
            },
            ProofError::Store(error) => error.into(),
        }
    }
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        ProofError::from(error).into()
    }
}

impl From<SignInError> for ProofError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Refused { wait_ms } => Self::Wrong { wait_ms },
            SignInError::Wait { wait_ms } => Self::Wait { wait_ms },
            SignInError::Store(error) => Self::Store(error),
        }
    }
}

impl From<Denied> for StoreError {
    fn from(denied: Denied) -> Self {
        Self::NotAllowed(denied.to_string())
    }
}

impl From<VaultError> for ProofError {
    fn from(error: VaultError) -> Self {
        Self::Store(error.into())
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        if is_disk_full(&error) {
            return Self::DiskFull;
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Corrupt("its file is malformed".to_owned())
            }
            Some(ErrorCode::ConstraintViolation) => {
                Self::Conflict("A change by another developer conflicts with this one.".to_owned())
            }
            _ => Self::Other(one_line(&error)),
        }
    }
}

impl From<VaultError> for StoreError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::NotOpened | VaultError::UnknownFormat => {
                Self::Corrupt("an encrypted value cannot be opened".to_owned())
            }
            VaultError::CostOutOfBounds => {
                Self::Corrupt("the cost of a sign-in is out of range".to_owned())
            }
            VaultError::OutOfMemory => Self::Other("not enough memory".to_owned()),
            VaultError::NoRandomness => {
                Self::Other("the system returned no random numbers".to_owned())
            }
        }
    }
}

impl From<VaultError> for SignInError {
    fn from(error: VaultError) -> Self {
        Self::Store(error.into())
    }
}

impl From<rusqlite::Error> for SignInError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

impl BackupError {
    pub(super) fn io(path: &Path, error: &io::Error) -> Self {
        let path = path.to_owned();
        match error.kind() {
            ErrorKind::AlreadyExists => Self::Exists { path },
            ErrorKind::NotFound => Self::Missing { path },
            ErrorKind::IsADirectory => Self::Folder { path },
            ErrorKind::PermissionDenied => Self::NoPermission { path },
            ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { path },
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::DiskFull { path },
            _ => Self::Other {
                path,
                reason: one_line(error),
            },
        }
    }

    pub(super) fn sqlite(path: &Path, error: &rusqlite::Error) -> Self {
        let path = path.to_owned();
        if is_disk_full(error) {
            return Self::DiskFull { path };
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::InUse,
            Some(ErrorCode::NotADatabase) => Self::NotABackup { path },
            Some(ErrorCode::PermissionDenied) => Self::NoPermission { path },
            Some(ErrorCode::ReadOnly) => Self::ReadOnly { path },
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged {
                path,
                what: "its pages are malformed".to_owned(),
            },
            _ => Self::Other {
                path,
                reason: one_line(error),
            },
        }
    }

    /// Turns an error about the workspace into one about a file that a person named.
    pub(super) fn of_file(path: &Path, error: OpenError) -> Self {
        let path = path.to_owned();
        match error {
            OpenError::NotAWorkspace { .. } => Self::NotABackup { path },
            OpenError::Newer { found, known } => Self::Newer { path, found, known },
            OpenError::NoPermission { .. } => Self::NoPermission { path },
            OpenError::Altered { what, .. } => Self::Altered { path, what },
            OpenError::DiskFull => Self::DiskFull { path },
            OpenError::ReadOnly { .. } => Self::ReadOnly { path },
            other => Self::Workspace(other),
        }
    }
}

/// SQLite reports an input/output error if there is no room for the shared-memory file.
pub(super) fn is_disk_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|inner| {
        inner.code == ErrorCode::DiskFull || inner.extended_code == ffi::SQLITE_IOERR_SHMSIZE
    })
}

pub(super) fn one_line(error: &dyn std::fmt::Display) -> String {
    let text = error.to_string();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
