//! One rule for every path that a person types, pastes, drops on the terminal or sets in a
//! variable. The possible readings of the text are computed; which of them exists is looked up.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

use url::Url;

/// The path that `typed` means: the text itself if such a file exists, otherwise without what a
/// terminal or a shell adds to a path.
pub fn resolve(typed: &str, home: Option<&Path>) -> PathBuf {
    let exists = |path: &PathBuf| path.symlink_metadata().is_ok();
    let mut readings = readings(typed, home);
    // For a file that does not exist yet: the reading without quotes.
    let last = readings.pop().unwrap_or_default();
    readings.into_iter().find(exists).unwrap_or(last)
}

/// The same for an argument or a variable, which may not be text.
pub fn resolve_os(given: &OsStr, home: Option<&Path>) -> PathBuf {
    match given.to_str() {
        Some(typed) => resolve(typed, home),
        None => PathBuf::from(given),
    }
}

/// The possible readings of a text as a path, from the text itself to the text without quotes. `~`
/// is the home folder in each of them; a file of that name is `./~`.
pub(super) fn readings(typed: &str, home: Option<&Path>) -> Vec<PathBuf> {
    let trimmed = typed.trim();
    let mut readings = vec![expand_home(typed, home), expand_home(trimmed, home)];
    if let Some(path) = of_file_url(trimmed) {
        readings.push(path);
    } else if let Some(word) = unquoted(trimmed) {
        readings.push(expand_home(&word, home));
    }
    readings.dedup();
    readings
}

/// A file URL, as file managers copy it. `None` for a file of another machine.
fn of_file_url(text: &str) -> Option<PathBuf> {
    let is_one = text
        .get(..7)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("file://"));
    is_one
        .then(|| Url::parse(text).ok()?.to_file_path().ok())
        .flatten()
}

/// A path quoted for a shell, as terminals insert a dropped file. `None` for more than one word,
/// and for a comment.
fn unquoted(text: &str) -> Option<String> {
    if !text.contains(['\'', '"', '\\']) {
        return None;
    }
    let mut words = shell_words::split(text).ok()?;
    let word = words.pop()?;
    (words.is_empty() && !word.is_empty()).then_some(word)
}

/// Expands only `~` and `~/…`: `~name` would need the list of accounts, and is a legal file name.
pub(super) fn expand_home(typed: &str, home: Option<&Path>) -> PathBuf {
    let rest = match typed.strip_prefix('~') {
        Some("") => Some(""),
        Some(rest) => rest.strip_prefix('/'),
        None => None,
    };
    match (rest, home) {
        // Joining an absolute path would drop the home folder: `~//etc` is not `/etc`.
        (Some(rest), Some(home)) => home.join(rest.trim_start_matches('/')),
        _ => PathBuf::from(typed),
    }
}

#[cfg(test)]
mod tests {
    use std::{ffi::OsStr, fs, os::unix::ffi::OsStrExt as _};

    use super::*;

    const HOME: &str = "/home/ada";

    #[test]
    fn a_path_is_what_is_left_without_quotes_escapes_and_spaces_around_it() {
        for (typed, path) in [
            ("~", "/home/ada/"),
            ("~/dc", "/home/ada/dc"),
            ("~//icon.png", "/home/ada/icon.png"),
            ("'~/dc'", "/home/ada/dc"),
            ("~ada/icon.png", "~ada/icon.png"),
            ("a/~/icon.png", "a/~/icon.png"),
            ("./~", "./~"),
            ("/tmp/a.png", "/tmp/a.png"),
            ("/tmp/a.png ", "/tmp/a.png"),
            ("/tmp/a.png\n", "/tmp/a.png"),
            ("/tmp/a b.png", "/tmp/a b.png"),
            ("'/tmp/a b.png'", "/tmp/a b.png"),
            ("'/tmp/a b.png' ", "/tmp/a b.png"),
            ("\"/tmp/a b.png\"", "/tmp/a b.png"),
            ("/tmp/a\\ b.png", "/tmp/a b.png"),
            ("/tmp/a\\ b\\(1\\).png ", "/tmp/a b(1).png"),
            ("'/tmp/it'\\''s.png'", "/tmp/it's.png"),
            ("/tmp/it\\'s.png", "/tmp/it's.png"),
            ("~/My\\ Pictures/a.png", "/home/ada/My Pictures/a.png"),
            ("file:///tmp/a%20b.png", "/tmp/a b.png"),
            ("FILE:///tmp/gr%C3%BCn.png\r\n", "/tmp/grün.png"),
            ("file://localhost/tmp/a.png", "/tmp/a.png"),
            ("file://elsewhere/tmp/a.png", "file://elsewhere/tmp/a.png"),
            // Not quoted.
            ("/tmp/it's.png", "/tmp/it's.png"),
            ("/tmp/#1.png", "/tmp/#1.png"),
            ("'/a.png' '/b.png'", "'/a.png' '/b.png'"),
            ("''", "''"),
            ("", ""),
        ] {
            let nowhere = readings(typed, Some(Path::new(HOME)));
            assert_eq!(nowhere.last(), Some(&PathBuf::from(path)), "{typed:?}");
        }
        assert_eq!(resolve("~/x", None), Path::new("~/x"));
    }

    #[test]
    fn a_file_that_has_such_a_name_is_reached_by_it() {
        let dir = tempfile::tempdir().unwrap();
        let named = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
        for name in ["'a b.png'", "a\\ b.png", "\"a\".png", "ends with a space "] {
            let typed = named(name);
            fs::write(&typed, "").unwrap();
            assert_eq!(resolve(&typed, None), Path::new(&typed), "{name}");
        }
        // If both exist, the text itself wins.
        fs::write(named("a b.png"), "").unwrap();
        assert_eq!(
            resolve(&named("a\\ b.png"), None),
            Path::new(&named("a\\ b.png"))
        );
        fs::remove_file(named("a\\ b.png")).unwrap();
        assert_eq!(
            resolve(&named("a\\ b.png"), None),
            Path::new(&named("a b.png"))
        );
    }

    #[test]
    fn what_is_no_text_is_taken_as_it_is() {
        let odd = OsStr::from_bytes(b"/tmp/\xff a");
        assert_eq!(resolve_os(odd, None), Path::new(odd));
    }
}
