//! A file that appears only when it is complete: written next to its destination under another
//! name, private, and moved when it is done. A file that a kill left behind is removed by the next
//! one.

use std::{
    ffi::OsStr,
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind},
    os::unix::{
        ffi::OsStrExt as _,
        fs::{MetadataExt as _, OpenOptionsExt as _},
    },
    path::{Path, PathBuf},
    process,
};

/// Separates the final name from the part that makes the name unique.
const MARK: &str = ".unfinished-";
const JOURNAL: &str = "-journal";

pub(in crate::store) struct Unfinished {
    path: PathBuf,
    /// Locked while it is written, which distinguishes it from a leftover.
    file: File,
    is_placed: bool,
}

impl Unfinished {
    /// `target` must name its folder.
    pub(in crate::store) fn beside(target: &Path) -> io::Result<Self> {
        sweep(target);
        for nth in 0..u16::MAX {
            let path = ended(target, &format!("{MARK}{}-{nth}", process::id()));
            let file = match private().create_new(true).open(&path) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
                file => file?,
            };
            // Where files cannot be locked, leftovers are not removed either.
            let _ = file.try_lock();
            let new = Self {
                path,
                file,
                is_placed: false,
            };
            // Another program may have removed it as a leftover before it was locked.
            if new.is_in_place()? {
                return Ok(new);
            }
        }
        Err(io::Error::other("no name is free for an unfinished file"))
    }

    pub(in crate::store) fn path(&self) -> &Path {
        &self.path
    }

    pub(in crate::store) fn file(&self) -> &File {
        &self.file
    }

    pub(in crate::store) fn fill_from(&mut self, mut from: &File) -> io::Result<()> {
        io::copy(&mut from, &mut self.file).map(|_| ())
    }

    pub(in crate::store) fn bytes(&self) -> io::Result<u64> {
        self.file.metadata().map(|about| about.len())
    }

    /// Whether the name still leads to the file: other programs may work in the folder.
    pub(in crate::store) fn is_in_place(&self) -> io::Result<bool> {
        let ours = self.file.metadata()?;
        match fs::symlink_metadata(&self.path) {
            Ok(named) => Ok((named.dev(), named.ino()) == (ours.dev(), ours.ino())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Moves it to a free name. `AlreadyExists` if the name was taken meanwhile.
    pub(in crate::store) fn place_at_free(mut self, target: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        self.is_placed = rename_to_free(&self.path, target)?;
        sync_folder_of(target);
        Ok(())
    }

    /// Moves it over an existing file.
    pub(in crate::store) fn place_over(mut self, target: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.path, target)?;
        self.is_placed = true;
        sync_folder_of(target);
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.is_placed {
            // A file that cannot be removed now is removed another time.
            let _ = fs::remove_file(&self.path);
            let _ = fs::remove_file(ended(&self.path, JOURNAL));
        }
    }
}

/// Returns whether the first name is gone. A plain rename would replace an existing file.
fn rename_to_free(from: &Path, to: &Path) -> io::Result<bool> {
    #[cfg(any(target_os = "linux", target_vendor = "apple"))]
    {
        use rustix::{
            fs::{CWD, RenameFlags, renameat_with},
            io::Errno,
        };
        match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            Ok(()) => return Ok(true),
            // Not every file system supports this; most of the others support links.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
            Err(error) => return Err(error.into()),
        }
    }
    fs::hard_link(from, to).map(|()| false)
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600);
    options
}

fn sweep(target: &Path) {
    let (Some(folder), Some(name)) = (target.parent(), target.file_name()) else {
        return;
    };
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let file_name = entry.file_name();
        let found = file_name.as_encoded_bytes();
        // SQLite keeps a journal next to a file that it writes. The journal belongs to that file.
        let owner = found.strip_suffix(JOURNAL.as_bytes()).unwrap_or(found);
        let is_one = is_unfinished(owner, name.as_encoded_bytes())
            && entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_one && is_left_over(&folder.join(OsStr::from_bytes(owner))) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Whether the name is of an unfinished file for `of`, or for a file named after it, such as one
/// that a restore keeps.
fn is_unfinished(name: &[u8], of: &[u8]) -> bool {
    let rest = name
        .strip_prefix(of)
        .and_then(|rest| std::str::from_utf8(rest).ok());
    let numbers = rest.and_then(|rest| rest.rsplit_once(MARK)?.1.split_once('-'));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    rest.is_some_and(|rest| rest.starts_with('.'))
        && numbers.is_some_and(|(process, nth)| is_number(process) && is_number(nth))
}

fn is_left_over(path: &Path) -> bool {
    let not_followed = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
    let Ok(flags) = i32::try_from(not_followed.bits()) else {
        return false;
    };
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path);
    match file {
        Ok(file) => file.try_lock().is_ok(),
        Err(error) => error.kind() == ErrorKind::NotFound,
    }
}

/// The same name with a suffix.
pub(in crate::store) fn ended(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

pub(in crate::store) fn sync_folder_of(path: &Path) {
    // Some file systems cannot sync folders, and have no better way.
    let _ = path
        .parent()
        .map(|folder| File::open(folder).and_then(|folder| folder.sync_all()));
}
