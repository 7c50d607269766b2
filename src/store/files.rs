//! The data directory and the files in it: created private, kept private, no links followed.
//! What is inside a file is not known here, but for SQLite's first 100 bytes.

use std::{
    fs::{self, DirBuilder, File, Metadata, OpenOptions, TryLockError},
    io::{self, ErrorKind, Read as _},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use super::error::{OpenError, one_line};

/// Everything that others may do to a file.
const FOR_OTHERS: u32 = 0o077;
const STICKY: u32 = 0o1000;

pub(super) const HEADER_LEN: usize = 100;

pub(super) enum Found {
    /// Absent, or left empty by a start that was cut off.
    Nothing,
    Header([u8; HEADER_LEN]),
}

/// Creates the directory (0700), or makes an existing one private where it is ours to do so.
/// Returns it without links: SQLite is told to follow none.
pub(super) fn prepare_dir(
    dir: &Path,
    file_name: &str,
    notices: &mut Vec<String>,
) -> Result<PathBuf, OpenError> {
    let not_creatable = |error: io::Error| OpenError::DirNotCreatable {
        path: dir.to_owned(),
        reason: one_line(&error),
    };
    match fs::metadata(dir) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            create_dir(dir).map_err(not_creatable)?;
        }
        Err(error) => return Err(refused(dir, &error)),
        Ok(about) if !about.is_dir() => {
            return Err(not_creatable(io::Error::other("a file is in the way")));
        }
        Ok(about) => make_dir_private(dir, &about, file_name, notices)?,
    }
    fs::canonicalize(dir).map_err(|error| refused(dir, &error))
}

fn create_dir(dir: &Path) -> io::Result<()> {
    let made: Vec<&Path> = dir.ancestors().take_while(|part| !part.exists()).collect();
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)?;
    // SQLite synchronizes the folder of its files, but not the names of new folders above it.
    for parent in made.into_iter().filter_map(Path::parent) {
        let parent = if parent.as_os_str().is_empty() {
            Path::new(".")
        } else {
            parent
        };
        // A file system that cannot do this for folders has no better way either.
        let _ = File::open(parent).and_then(|folder| folder.sync_all());
    }
    Ok(())
}

/// A directory with other things in it, or a shared one like /tmp, is not ours to close.
fn make_dir_private(
    dir: &Path,
    about: &Metadata,
    file_name: &str,
    notices: &mut Vec<String>,
) -> Result<(), OpenError> {
    let mode = mode_of(about);
    if mode & FOR_OTHERS == 0 {
        return Ok(());
    }
    let only_ours = fs::read_dir(dir)
        .map_err(|error| refused(dir, &error))?
        .all(|entry| {
            entry.is_ok_and(|entry| {
                entry
                    .file_name()
                    .to_str()
                    .is_some_and(|name| name.starts_with(file_name))
            })
        });
    if only_ours && mode & STICKY == 0 {
        set_mode(dir, mode & !FOR_OTHERS).map_err(|error| refused(dir, &error))?;
        notices.push(format!(
            "Other accounts could look into {}: it is private now.",
            dir.display()
        ));
    } else {
        notices.push(format!(
            "Other accounts can look into {}. The workspace itself is private.",
            dir.display()
        ));
    }
    Ok(())
}

/// That somebody works in the folder: many may, but nobody while a restore replaces the file
/// under them. SQLite would not notice that, and mix the log of one file with another.
/// It is a lock on the folder itself, so that no file of its own is needed.
#[derive(Debug)]
pub(super) struct Presence {
    /// `None` where the file system has no such locks; SQLite's own are all there is then.
    _folder: Option<File>,
}

impl Presence {
    pub(super) fn among_others(dir: &Path, patience: Duration) -> Result<Self, OpenError> {
        Self::wait(dir, patience, File::try_lock_shared)
    }

    pub(super) fn alone(dir: &Path, patience: Duration) -> Result<Self, OpenError> {
        Self::wait(dir, patience, File::try_lock)
    }

    fn wait(
        dir: &Path,
        patience: Duration,
        lock: impl Fn(&File) -> Result<(), TryLockError>,
    ) -> Result<Self, OpenError> {
        let Ok(folder) = File::open(dir) else {
            return Ok(Self { _folder: None });
        };
        let since = Instant::now();
        loop {
            match lock(&folder) {
                Ok(()) => {
                    return Ok(Self {
                        _folder: Some(folder),
                    });
                }
                Err(TryLockError::Error(_)) => return Ok(Self { _folder: None }),
                Err(TryLockError::WouldBlock) if since.elapsed() >= patience => {
                    return Err(OpenError::Locked);
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(5)),
            }
        }
    }
}

/// Looks at the file without SQLite, which might write beside it.
pub(super) fn look_at(path: &Path) -> Result<Found, OpenError> {
    let Some(about) = plain_file(path)? else {
        return Ok(Found::Nothing);
    };
    if about.len() == 0 {
        return Ok(Found::Nothing);
    }
    let mut header = [0; HEADER_LEN];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut header));
    match read {
        Ok(()) => Ok(Found::Header(header)),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Err(OpenError::NotAWorkspace {
            path: path.to_owned(),
        }),
        Err(error) => Err(refused(path, &error)),
    }
}

/// Makes the file, private before its first byte. `create_new` never follows a link.
pub(super) fn create_private(path: &Path) -> Result<(), OpenError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        // Another devconsole was faster, or an empty one was left: it is looked at next.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(refused(path, &error)),
    }
}

/// Refuses a link or an unwritable file, and closes one that others can read.
pub(super) fn make_private(path: &Path, notices: &mut Vec<String>) -> Result<(), OpenError> {
    let Some(about) = plain_file(path)? else {
        return Ok(());
    };
    // Asked of the mode and not of the system: root may write anything, and should not here.
    if about.permissions().readonly() {
        return Err(OpenError::ReadOnly {
            path: path.to_owned(),
        });
    }
    let mode = mode_of(&about);
    if mode & FOR_OTHERS != 0 {
        set_mode(path, mode & !FOR_OTHERS).map_err(|error| refused(path, &error))?;
        notices.push(format!(
            "Other accounts could read {}: it is private now.",
            path.display()
        ));
    }
    Ok(())
}

pub(super) fn must_be_writable_dir(dir: &Path) -> Result<(), OpenError> {
    let about = fs::metadata(dir).map_err(|error| refused(dir, &error))?;
    if about.permissions().readonly() {
        return Err(OpenError::ReadOnly {
            path: dir.to_owned(),
        });
    }
    Ok(())
}

pub(super) fn plain_file(path: &Path) -> Result<Option<Metadata>, OpenError> {
    match fs::symlink_metadata(path) {
        Ok(about) if about.is_file() => Ok(Some(about)),
        Ok(_) => Err(OpenError::NotAPlainFile {
            path: path.to_owned(),
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(refused(path, &error)),
    }
}

pub(super) fn refused(path: &Path, error: &io::Error) -> OpenError {
    let path = path.to_owned();
    match error.kind() {
        ErrorKind::PermissionDenied => OpenError::NoPermission { path },
        ErrorKind::ReadOnlyFilesystem => OpenError::ReadOnly { path },
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => OpenError::DiskFull,
        _ => OpenError::Other(format!("{}: {}", path.display(), one_line(error))),
    }
}

#[cfg(unix)]
fn mode_of(about: &Metadata) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&about.permissions())
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode))
}

/// Elsewhere the profile directory is private by inheritance; there is no mode to look at.
#[cfg(not(unix))]
fn mode_of(_about: &Metadata) -> u32 {
    0
}

#[cfg(not(unix))]
fn set_mode(_path: &Path, _mode: u32) -> io::Result<()> {
    Ok(())
}
