//! Writes a file that a person asked for: private, and over an existing file only if told so.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use crate::{domain::export::Output, environment};

const PRIVATE: u32 = 0o600;

/// `typed` is resolved as in `path`. With `replace`, the new file replaces the old one in one step.
pub fn write(typed: &str, text: &[u8], replace: bool) -> Result<Output, String> {
    let path = resolved(typed);
    if path.file_name().is_none() || typed.trim_end().ends_with('/') {
        return Err("This is a folder. Enter a file name.".to_owned());
    }
    if path.is_dir() {
        return Err(format!(
            "{} is a folder. Enter a file name.",
            path.display()
        ));
    }
    // As root, replacing a device such as /dev/null would break the machine.
    if fs::metadata(&path).is_ok_and(|about| !about.is_file()) {
        return Err(format!(
            "{} is a device or a pipe. Enter a file name.",
            path.display()
        ));
    }
    let failed = |error: io::Error| format!("{} cannot be written: {error}", path.display());
    if replace {
        let beside = beside(&path);
        write_new(&beside, text)
            .and_then(|()| fs::rename(&beside, &path))
            .inspect_err(|_| remove(&beside))
            .map_err(failed)?;
        return Ok(written(path));
    }
    match write_new(&path, text) {
        Ok(()) => Ok(written(path)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(Output::Exists(path)),
        Err(error) => Err(failed(error)),
    }
}

/// The file that is there already.
pub fn existing(typed: &str) -> Option<PathBuf> {
    Some(resolved(typed)).filter(|path| path.is_file())
}

/// The path in a report is complete. Without a current folder, the path stays as it is.
fn resolved(typed: &str) -> PathBuf {
    let path = super::path::resolve(typed, environment::home().as_deref());
    std::path::absolute(&path).unwrap_or(path)
}

fn written(path: PathBuf) -> Output {
    let is_unignored = super::git::is_unignored(&path);
    Output::Written { path, is_unignored }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}

/// Removes the file if it cannot be written completely.
fn write_new(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(PRIVATE)
        .open(path)?;
    let written = |file: &mut File| {
        file.write_all(text)?;
        file.sync_all()
    };
    written(&mut file).inspect_err(|_| remove(path))
}

fn remove(path: &Path) {
    // The first error is reported; an error here would only hide it.
    let _ = fs::remove_file(path);
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_file_is_private_and_another_one_stays_until_asked() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.env");
        let typed = path.to_str().unwrap();
        assert_eq!(write(typed, b"one", false), Ok(written(path.clone())));
        assert_eq!(mode(&path), 0o600);
        assert_eq!(
            write(typed, b"two", false),
            Ok(Output::Exists(path.clone()))
        );
        assert_eq!(fs::read(&path).unwrap(), b"one");

        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(write(typed, b"two", true), Ok(written(path.clone())));
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(mode(&path), 0o600, "an open file does not stay open");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_new_file_has_no_quotes_in_its_name_and_one_that_is_there_keeps_them() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        let quoted = format!("'{}'", at("a b.env").display());
        assert_eq!(write(&quoted, b"x", false), Ok(written(at("a b.env"))));
        fs::write(at("it\\ is"), "kept").unwrap();
        let typed = at("it\\ is").to_str().unwrap().to_owned();
        assert_eq!(
            write(&typed, b"x", false),
            Ok(Output::Exists(at("it\\ is")))
        );
    }

    #[test]
    fn a_link_is_not_followed_to_what_it_points_at() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("target");
        fs::write(&target, "kept").unwrap();
        let link = dir.path().join("link");
        symlink(&target, &link).unwrap();
        let typed = link.to_str().unwrap();
        assert_eq!(
            write(typed, b"new", false),
            Ok(Output::Exists(link.clone()))
        );
        write(typed, b"new", true).unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"kept");
        assert_eq!(fs::read(&link).unwrap(), b"new");
    }

    #[test]
    fn what_is_no_file_is_not_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let pipe = dir.path().join("pipe");
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, mode).unwrap();
        let link = dir.path().join("link");
        symlink("/dev/null", &link).unwrap();
        for path in [&pipe, &link, Path::new("/dev/null")] {
            let before = fs::symlink_metadata(path).unwrap().file_type();
            for replace in [false, true] {
                let refused = write(path.to_str().unwrap(), b"x", replace).unwrap_err();
                assert!(refused.contains("is a device or a pipe"), "{refused}");
            }
            assert_eq!(fs::symlink_metadata(path).unwrap().file_type(), before);
        }
    }

    #[test]
    fn folders_and_missing_folders_are_told() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().to_str().unwrap();
        for typed in [folder, &format!("{folder}/"), "", "  ", "~", ".."] {
            assert!(
                write(typed, b"", false).unwrap_err().contains("folder"),
                "{typed}"
            );
        }
        let missing = format!("{folder}/no/such/file");
        assert!(
            write(&missing, b"", false)
                .unwrap_err()
                .contains("cannot be written")
        );
    }
}
