//! A file that is nowhere until it is whole: written beside its place under another name,
//! private, and moved there when it is done. What a kill leaves of one is swept away by the next.

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

/// Between the name that is wanted and what makes the other name unique.
const MARK: &str = ".unfinished-";
const JOURNAL: &str = "-journal";

pub(in crate::store) struct Unfinished {
    path: PathBuf,
    /// Locked for as long as somebody works on it: that tells it from what a kill left.
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
            // Where files cannot be locked nothing is swept either.
            let _ = file.try_lock();
            let new = Self {
                path,
                file,
                is_placed: false,
            };
            // Between the two another program may have taken it for a leftover.
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

    /// Whether the name still leads to the file: others may be at work in a shared folder.
    pub(in crate::store) fn is_in_place(&self) -> io::Result<bool> {
        let ours = self.file.metadata()?;
        match fs::symlink_metadata(&self.path) {
            Ok(named) => Ok((named.dev(), named.ino()) == (ours.dev(), ours.ino())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Where nothing is; `AlreadyExists` when something came there meanwhile.
    pub(in crate::store) fn place_at_free(mut self, target: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        self.is_placed = rename_to_free(&self.path, target)?;
        sync_folder_of(target);
        Ok(())
    }

    /// In the place of what is there.
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
            // What cannot be removed is swept another time.
            let _ = fs::remove_file(&self.path);
            let _ = fs::remove_file(ended(&self.path, JOURNAL));
        }
    }
}

/// Returns whether the first name is gone. A plain rename would replace what is there.
fn rename_to_free(from: &Path, to: &Path) -> io::Result<bool> {
    #[cfg(any(target_os = "linux", target_vendor = "apple"))]
    {
        use rustix::{
            fs::{CWD, RenameFlags, renameat_with},
            io::Errno,
        };
        match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            Ok(()) => return Ok(true),
            // Not every file system can do it; most of those know links.
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
        // SQLite keeps one beside what it writes; it belongs to whoever that belongs to.
        let owner = found.strip_suffix(JOURNAL.as_bytes()).unwrap_or(found);
        let is_one = is_unfinished(owner, name.as_encoded_bytes())
            && entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_one && is_left_over(&folder.join(OsStr::from_bytes(owner))) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Of that file, or of one that is named after it, as what a restore keeps is.
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

/// The same name with something after it.
pub(in crate::store) fn ended(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

pub(in crate::store) fn sync_folder_of(path: &Path) {
    // A file system that cannot do this for folders has no better way either.
    let _ = path
        .parent()
        .map(|folder| File::open(folder).and_then(|folder| folder.sync_all()));
}
