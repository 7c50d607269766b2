//! The files that a server makes for its users: credentials and the ready file. Each appears whole,
//! is private, and is removed when the server ends.

use std::{
    fs::{self, File, Metadata, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

/// How files of an earlier run begin. Any other file stays: its path may be a mistake.
const OURS: [&[u8]; 2] = [b"{\"schema\":\"serve.credentials/1\"", b"http://127.0.0.1:"];

/// A file that is removed on drop, unless another server has replaced it.
#[derive(Debug)]
pub(super) struct Made {
    path: PathBuf,
    identity: (u64, u64),
}

impl Drop for Made {
    fn drop(&mut self) {
        let is_same = |about: Metadata| identity(&about) == self.identity;
        if fs::symlink_metadata(&self.path).is_ok_and(is_same) {
            // An error could not be reported any more.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn identity(about: &Metadata) -> (u64, u64) {
    (about.dev(), about.ino())
}

/// Removes the file of an earlier run.
pub(super) fn remove_stale(path: &Path) -> Result<(), String> {
    must_be_ours(path)?;
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(format!("{} cannot be removed: {error}.", path.display()))
        }
        _ => Ok(()),
    }
}

/// Writes the file and gives it its name at the end. Not synced: after a crash nothing needs it.
pub(super) fn make(path: &Path, bytes: &[u8]) -> Result<Made, String> {
    must_be_ours(path)?;
    let failed = |error: io::Error| format!("{} cannot be written: {error}.", path.display());
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().ok_or("Enter a file name.")?);
    name.push(format!(".{}.part", std::process::id()));
    let beside = path.with_file_name(name);
    let written = write(&beside, bytes).and_then(|about| {
        fs::rename(&beside, path)?;
        Ok(about)
    });
    let about = written.inspect_err(|_| {
        // The first error is reported.
        let _ = fs::remove_file(&beside);
    });
    Ok(Made {
        identity: identity(&about.map_err(failed)?),
        path: path.to_owned(),
    })
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<Metadata> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.metadata()
}

fn must_be_ours(path: &Path) -> Result<(), String> {
    let Ok(about) = fs::symlink_metadata(path) else {
        return Ok(());
    };
    if about.is_file() && (about.len() == 0 || begins_as_ours(path)) {
        return Ok(());
    }
    Err(format!(
        "{} exists already and is left as it is. Choose another name.",
        path.display()
    ))
}

fn begins_as_ours(path: &Path) -> bool {
    let longest = OURS
        .iter()
        .map(|begin| begin.len())
        .max()
        .unwrap_or_default();
    let mut begin = Vec::new();
    let read = File::open(path).and_then(|file| file.take(longest as u64).read_to_end(&mut begin));
    read.is_ok() && OURS.iter().any(|ours| begin.starts_with(ours))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_file_is_private_and_ends_with_its_server() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ready");
        let made = make(&path, b"http://127.0.0.1:1\n").unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        let next = make(&path, b"http://127.0.0.1:2\n").unwrap();
        drop(made);
        assert_eq!(fs::read(&path).unwrap(), b"http://127.0.0.1:2\n");
        drop(next);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn only_a_file_of_an_earlier_run_is_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("main.rs");
        for (text, is_replaced) in [
            ("", true),
            ("http://127.0.0.1:8228\n", true),
            ("{\"schema\":\"serve.credentials/1\",\"server_url\":", true),
            ("fn main() {}", false),
            ("http", false),
        ] {
            fs::write(&path, text).unwrap();
            assert_eq!(make(&path, b"new").is_ok(), is_replaced, "{text}");
            fs::write(&path, text).unwrap();
            assert_eq!(remove_stale(&path).is_ok(), is_replaced, "{text}");
            assert_eq!(path.exists(), !is_replaced, "{text}");
        }
        assert!(
            make(dir.path(), b"new")
                .unwrap_err()
                .contains("exists already")
        );
        assert_eq!(remove_stale(&dir.path().join("none")), Ok(()));
        let nowhere = dir.path().join("no/folder");
        assert!(
            make(&nowhere, b"new")
                .unwrap_err()
                .contains("cannot be written")
        );
    }
}
