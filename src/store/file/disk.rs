//! The data directory and its files: created private, kept private, without following links. Knows
//! nothing of a file's contents but SQLite's first 100 bytes.

use std::{
    ffi::OsStr,
    fs::{self, DirBuilder, File, Metadata, OpenOptions, Permissions},
    io::{self, ErrorKind, Read as _},
    os::unix::fs::{
        DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _,
    },
    path::{Path, PathBuf},
};

use rustix::fs::Access;

use crate::store::{
    error::{OpenError, one_line},
    file::{
        header::{HEADER_LEN, Header},
        open::with_companions,
    },
};

/// All permissions of other accounts.
const FOR_OTHERS: u32 = 0o077;
const STICKY: u32 = 0o1000;

pub(in crate::store) enum Found {
    /// Missing, or an empty file that an interrupted start left behind.
    Nothing,
    Header(Header),
}

/// The directory without symbolic links: SQLite is told not to follow any. `None` if it does not
/// exist.
pub(in crate::store) fn find_dir(dir: &Path) -> Result<Option<PathBuf>, OpenError> {
    match fs::metadata(dir) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(refused(dir, &error)),
        Ok(about) if !about.is_dir() => {
            let in_the_way = io::Error::other("a file is in the way");
            Err(not_creatable(dir, &in_the_way))
        }
        Ok(_) => fs::canonicalize(dir)
            .map(Some)
            .map_err(|error| refused(dir, &error)),
    }
}

fn not_creatable(dir: &Path, error: &io::Error) -> OpenError {
    OpenError::DirNotCreatable {
        path: dir.to_owned(),
        reason: one_line(error),
    }
}

/// Files and folders that were created for a workspace. Removed again on drop, unless something
/// else is in them.
#[derive(Debug, Default)]
pub(in crate::store) struct Made {
    files: Vec<PathBuf>,
    /// Innermost first.
    dirs: Vec<PathBuf>,
}

impl Made {
    /// Creates the directory (0700) and those above it.
    pub(in crate::store) fn dir(&mut self, dir: &Path) -> Result<PathBuf, OpenError> {
        let missing: Vec<&Path> = dir.ancestors().take_while(|part| !part.exists()).collect();
        for part in missing.into_iter().rev() {
            match DirBuilder::new().mode(0o700).create(part) {
                Ok(()) => self.dirs.insert(0, part.to_owned()),
                // Another devconsole created it first.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(not_creatable(dir, &error)),
            }
        }
        self.sync_dirs();
        fs::canonicalize(dir).map_err(|error| refused(dir, &error))
    }

    /// SQLite syncs the folder of its files, but not the folders above it.
    fn sync_dirs(&self) {
        for parent in self.dirs.iter().filter_map(|dir| dir.parent()) {
            let parent = if parent.as_os_str().is_empty() {
                Path::new(".")
            } else {
                parent
            };
            // Some file systems cannot sync folders, and have no better way.
            let _ = File::open(parent).and_then(|folder| folder.sync_all());
        }
    }

    /// Only for a file that no other program can have opened yet.
    pub(in crate::store) fn file(&mut self, path: &Path) {
        self.files = with_companions(path).collect();
    }

    pub(in crate::store) fn keep(&mut self) {
        // Cleared instead of replaced by a new value, because the old one would be dropped.
        self.files.clear();
        self.dirs.clear();
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        // The earlier error is reported; an error here would only hide it.
        for file in &self.files {
            let _ = fs::remove_file(file);
        }
        for dir in &self.dirs {
            let _ = fs::remove_dir(dir);
        }
    }
}

/// Makes the directory private if it belongs to this program alone.
pub(in crate::store) fn make_dir_private(
    dir: &Path,
    file_name: &str,
    notices: &mut Vec<String>,
) -> Result<(), OpenError> {
    let about = fs::metadata(dir).map_err(|error| refused(dir, &error))?;
    let mode = mode_of(&about);
    if mode & FOR_OTHERS == 0 {
        return Ok(());
    }
    if is_ours_to_close(dir, mode, file_name)? {
        set_mode(dir, mode & !FOR_OTHERS).map_err(|error| refused(dir, &error))?;
        notices.push(format!(
            "Other accounts could read {}. It is private now.",
            dir.display()
        ));
    } else {
        notices.push(format!(
            "Other accounts can read {}. The workspace in it is private.",
            dir.display()
        ));
    }
    Ok(())
}

/// Not for a directory with other files, or a shared one like /tmp.
fn is_ours_to_close(dir: &Path, mode: u32, file_name: &str) -> Result<bool, OpenError> {
    let mut entries = fs::read_dir(dir).map_err(|error| refused(dir, &error))?;
    let is_ours = |entry: io::Result<fs::DirEntry>| {
        let name = entry.map(|entry| entry.file_name()).unwrap_or_default();
        name.to_str()
            .is_some_and(|name| name.starts_with(file_name))
    };
    Ok(mode & STICKY == 0 && entries.all(is_ours))
}

/// Checks everything that opening needs: a failure half-way would leave the first half done.
pub(in crate::store) fn must_be_usable(dir: &Path, path: &Path) -> Result<(), OpenError> {
    must_be_writable_dir(dir)?;
    must_allow(dir, Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK)?;
    let about = fs::metadata(dir).map_err(|error| refused(dir, &error))?;
    let file_name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    let mode = mode_of(&about);
    if mode & FOR_OTHERS != 0 && is_ours_to_close(dir, mode, file_name)? {
        must_own(dir, &about)?;
    }
    for file in with_companions(path) {
        let Some(about) = plain_file(&file)? else {
            continue;
        };
        // The mode is checked instead of the access: root may write to any file, but should not
        // here.
        if about.permissions().readonly() {
            return Err(OpenError::ReadOnly { path: file });
        }
        must_allow(&file, Access::READ_OK | Access::WRITE_OK)?;
        if mode_of(&about) & FOR_OTHERS != 0 {
            must_own(&file, &about)?;
        }
    }
    Ok(())
}

fn must_allow(path: &Path, access: Access) -> Result<(), OpenError> {
    rustix::fs::access(path, access).map_err(|error| refused(path, &error.into()))
}

/// Only the owner can change the mode.
fn must_own(path: &Path, about: &Metadata) -> Result<(), OpenError> {
    let me = rustix::process::geteuid();
    if me.is_root() || me.as_raw() == about.uid() {
        return Ok(());
    }
    Err(OpenError::NoPermission {
        path: path.to_owned(),
    })
}

/// SQLite would notice only after it has created files.
pub(in crate::store) fn must_have_room(dir: &Path, bytes: u64) -> Result<(), OpenError> {
    let Ok(about) = rustix::fs::statvfs(dir) else {
        return Ok(());
    };
    let is_root = rustix::process::geteuid().is_root();
    let blocks = if is_root {
        about.f_bfree
    } else {
        about.f_bavail
    };
    // A file system that reports no size cannot run out of space.
    if about.f_blocks > 0 && blocks.saturating_mul(about.f_frsize) < bytes {
        return Err(OpenError::DiskFull);
    }
    Ok(())
}

/// Examines the file without SQLite, which might write next to it.
pub(in crate::store) fn look_at(path: &Path) -> Result<Found, OpenError> {
    let Some(about) = plain_file(path)? else {
        return Ok(Found::Nothing);
    };
    if about.len() == 0 {
        return Ok(Found::Nothing);
    }
    let mut header = [0; HEADER_LEN];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut header));
    match read {
        Ok(()) => Ok(Found::Header(Header::new(header))),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Err(OpenError::NotAWorkspace {
            path: path.to_owned(),
        }),
        Err(error) => Err(refused(path, &error)),
    }
}

/// Creates the file, private before its first byte. `create_new` never follows a link.
pub(in crate::store) fn create_private(path: &Path) -> Result<(), OpenError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        // Another devconsole created it first, or an empty file was left: the caller examines it
        // next.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(refused(path, &error)),
    }
}

/// Makes a file private that other accounts can read.
pub(in crate::store) fn make_private(
    path: &Path,
    notices: &mut Vec<String>,
) -> Result<(), OpenError> {
    let Some(about) = plain_file(path)? else {
        return Ok(());
    };
    let mode = mode_of(&about);
    if mode & FOR_OTHERS != 0 {
        set_mode(path, mode & !FOR_OTHERS).map_err(|error| refused(path, &error))?;
        notices.push(format!(
            "Other accounts could read {}. It is private now.",
            path.display()
        ));
    }
    Ok(())
}

pub(in crate::store) fn must_be_writable_dir(dir: &Path) -> Result<(), OpenError> {
    let about = fs::metadata(dir).map_err(|error| refused(dir, &error))?;
    if about.permissions().readonly() {
        return Err(OpenError::ReadOnly {
            path: dir.to_owned(),
        });
    }
    Ok(())
}

pub(in crate::store) fn plain_file(path: &Path) -> Result<Option<Metadata>, OpenError> {
    match fs::symlink_metadata(path) {
        Ok(about) if about.is_file() => Ok(Some(about)),
        Ok(_) => Err(OpenError::NotAPlainFile {
            path: path.to_owned(),
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(refused(path, &error)),
    }
}

pub(in crate::store) fn refused(path: &Path, error: &io::Error) -> OpenError {
    let path = path.to_owned();
    match error.kind() {
        ErrorKind::PermissionDenied => OpenError::NoPermission { path },
        ErrorKind::ReadOnlyFilesystem => OpenError::ReadOnly { path },
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => OpenError::DiskFull,
        _ => OpenError::Other(format!("{}: {}", path.display(), one_line(error))),
    }
}

fn mode_of(about: &Metadata) -> u32 {
    about.permissions().mode()
}

fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    fs::set_permissions(path, Permissions::from_mode(mode))
}
