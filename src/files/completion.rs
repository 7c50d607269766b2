//! Completes the path of a picture while it is typed. Reads one directory and opens no file.

use std::fs::DirEntry;
use std::path::PathBuf;

use super::path::{expand_home, readings};
use crate::{domain::text, environment};

/// Names that are shown at once.
pub const SHOWN: usize = 8;
/// Entries that are read of a directory: a download folder on a network disk must not delay typing.
const MAX_ENTRIES: usize = 10_000;
const EXTENSIONS: [&str; 5] = ["png", "jpg", "jpeg", "gif", "svg"];

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// The typed path, extended as far as all candidates agree.
    pub common: String,
    /// The first [`SHOWN`] names, sorted. A directory ends in `/`.
    pub candidates: Vec<String>,
}

/// Directories, and pictures by their extension, whose names begin with the last part of `typed`. A
/// directory that cannot be read has no candidates.
pub fn complete(typed: &str) -> Completion {
    let home = environment::home();
    let plain = complete_from(typed, home.clone());
    if !plain.candidates.is_empty() {
        return plain;
    }
    // A file dropped on the terminal arrives quoted; its completion is a plain path. The closing
    // quote may be missing while the path is typed.
    let closed = typed.trim_start().strip_prefix(['\'', '"']).map_or_else(
        || typed.to_owned(),
        |rest| rest.trim_end_matches(['\'', '"']).to_owned(),
    );
    let meant = readings(&closed, None)
        .pop()
        .and_then(|path| path.into_os_string().into_string().ok());
    match meant {
        Some(meant) if meant != typed => {
            let other = complete_from(&meant, home);
            if other.candidates.is_empty() {
                plain
            } else {
                other
            }
        }
        _ => plain,
    }
}

fn complete_from(typed: &str, home: Option<PathBuf>) -> Completion {
    let mut typed = typed.to_owned();
    // These already name a directory. As prefixes of names they would match nothing.
    if matches!(typed.rsplit('/').next(), Some("..")) || typed == "~" {
        typed.push('/');
    }
    let (folder, beginning) = match typed.rfind('/') {
        Some(slash) => typed.split_at(slash + 1),
        None => ("", typed.as_str()),
    };
    let place = match folder {
        "" => PathBuf::from("."),
        folder => expand_home(folder, home.as_deref()),
    };

    let mut names: Vec<String> = std::fs::read_dir(place)
        .into_iter()
        .flatten()
        .take(MAX_ENTRIES)
        .filter_map(|entry| candidate(&entry.ok()?, beginning))
        .collect();
    names.sort_unstable();

    let common = format!("{folder}{}", agreed(&names).unwrap_or(beginning));
    names.truncate(SHOWN);
    Completion {
        common,
        candidates: names,
    }
}

fn candidate(entry: &DirEntry, beginning: &str) -> Option<String> {
    let mut name = entry.file_name().into_string().ok()?;
    if !name.starts_with(beginning)
        || (name.starts_with('.') && !beginning.starts_with('.'))
        || is_drawn_as_another(&name)
    {
        return None;
    }
    let mut kind = entry.file_type().ok()?;
    if kind.is_symlink() {
        kind = std::fs::metadata(entry.path()).ok()?.file_type();
    }
    if kind.is_dir() {
        name.push('/');
        return Some(name);
    }
    // Cameras write `.JPG`, and `read` ignores the extension.
    let (_, extension) = name.rsplit_once('.')?;
    let picture = EXTENSIONS
        .iter()
        .any(|known| extension.eq_ignore_ascii_case(known));
    (kind.is_file() && picture).then_some(name)
}

/// The screen leaves some characters out, so a name with one would look like another name.
fn is_drawn_as_another(name: &str) -> bool {
    text::displayable(name) != name
}

fn agreed(names: &[String]) -> Option<&str> {
    // Sorted: a prefix of the first and the last name is a prefix of all.
    let (first, last) = (names.first()?, names.last()?);
    let length: usize = first
        .chars()
        .zip(last.chars())
        .take_while(|(a, b)| a == b)
        .map(|(a, _)| a.len_utf8())
        .sum();
    first.get(..length)
}

#[cfg(test)]
mod tests {
    use super::{Completion, SHOWN, complete, complete_from};
    use std::fs;
    use tempfile::TempDir;

    fn folder(names: &[&str]) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            match name.strip_suffix('/') {
                Some(name) => fs::create_dir(folder.path().join(name)).unwrap(),
                None => fs::write(folder.path().join(name), "").unwrap(),
            }
        }
        folder
    }

    fn at(folder: &TempDir, typed: &str) -> Completion {
        let root = format!("{}/", folder.path().display());
        let mut completion = complete(&format!("{root}{typed}"));
        completion.common = completion.common.strip_prefix(&root).unwrap().to_owned();
        completion
    }

    #[test]
    fn pictures_and_folders_are_offered_in_order_and_nothing_else() {
        let here = folder(&[
            "b.png",
            "a.SVG",
            "notes.txt",
            "png",
            "c.jpeg",
            "art/",
            "d.gif",
        ]);
        assert_eq!(
            at(&here, "").candidates,
            ["a.SVG", "art/", "b.png", "c.jpeg", "d.gif"]
        );
    }

    #[test]
    fn the_typed_path_grows_as_far_as_all_candidates_agree() {
        let here = folder(&["icon-dark.png", "icon-day.png", "logo.png", "deep/"]);
        assert_eq!(at(&here, "i").common, "icon-da");
        assert_eq!(at(&here, "icon-day").common, "icon-day.png");
        assert_eq!(at(&here, "d").common, "deep/");
        assert_eq!(at(&here, "x").common, "x");
        assert_eq!(at(&here, "").common, "");
    }

    #[test]
    fn names_agree_by_whole_characters() {
        let here = folder(&["é.png", "è.png"]);
        assert_eq!(at(&here, "").common, "");
    }

    #[test]
    fn case_counts_in_names() {
        let here = folder(&["Icon.png", "icon.png"]);
        assert_eq!(at(&here, "I").candidates, ["Icon.png"]);
    }

    #[test]
    fn hidden_names_are_offered_only_after_a_dot() {
        let here = folder(&[".hidden.png", ".config/", "seen.png"]);
        assert_eq!(at(&here, "").candidates, ["seen.png"]);
        assert_eq!(at(&here, ".").candidates, [".config/", ".hidden.png"]);
    }

    #[test]
    fn eight_are_shown() {
        let names: Vec<String> = (0..11).map(|n| format!("{n:02}.png")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let completion = at(&folder(&names), "");
        assert_eq!(completion.candidates.len(), SHOWN);
    }

    #[test]
    fn the_rest_counts_towards_what_all_agree_on() {
        let mut names: Vec<String> = (0..9).map(|n| format!("icon{n}.png")).collect();
        names.push("z.png".to_owned());
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(at(&folder(&names), "").common, "");
    }

    #[test]
    fn names_that_would_disturb_the_screen_are_left_out() {
        let here = folder(&[
            "a\u{1b}[2J.png",
            "b\u{202e}gnp.png",
            "c\n.png",
            "d\u{200b}.png",
            "e\u{2060}.png",
            "f\u{feff}.png",
            "g\u{200d}.png",
            "h\u{ad}.png",
            "fine.png",
            "é❤\u{fe0f}.png",
        ]);
        assert_eq!(at(&here, "").candidates, ["fine.png", "é❤\u{fe0f}.png"]);
    }

    #[test]
    fn the_home_folder_stays_a_tilde() {
        let home = folder(&["icon.png"]);
        for typed in ["~", "~/", "~/i"] {
            let completion = complete_from(typed, Some(home.path().to_owned()));
            assert_eq!(completion.common, "~/icon.png", "{typed}");
            assert_eq!(completion.candidates, ["icon.png"], "{typed}");
        }
    }

    #[test]
    fn a_path_as_a_terminal_writes_it_is_completed_as_a_plain_one() {
        let here = folder(&["my pictures/"]);
        fs::write(here.path().join("my pictures/icon.png"), "").unwrap();
        let root = here.path().display();
        let plain = format!("{root}/my pictures/icon.png");
        for typed in [
            format!("'{root}/my pictures/i"),
            format!("'{root}/my pictures/i'"),
            format!("\"{root}/my pictures/i"),
            format!("{root}/my\\ pictures/i"),
            format!("file://{root}/my%20pictures/i"),
        ] {
            assert_eq!(complete(&typed).common, plain, "{typed}");
        }
        // A name that contains a quote is completed as it is.
        fs::write(here.path().join("it's.png"), "").unwrap();
        assert_eq!(at(&here, "it'").common, "it's.png");
    }

    #[test]
    fn two_dots_are_a_folder() {
        let here = folder(&["deep/", "icon.png"]);
        assert_eq!(at(&here, "deep/..").common, "deep/../");
        assert_eq!(at(&here, "deep/../i").common, "deep/../icon.png");
    }

    #[test]
    fn a_folder_that_cannot_be_read_has_no_candidates() {
        let here = folder(&["file.png"]);
        for typed in ["nowhere/", "nowhere/x", "file.png/", "\0/"] {
            let completion = at(&here, typed);
            assert!(completion.candidates.is_empty(), "{typed:?}");
            assert_eq!(completion.common, typed);
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_are_what_they_lead_to() {
        use std::os::unix::fs::symlink;
        let here = folder(&["deep/", "icon.png"]);
        symlink("deep", here.path().join("to-deep")).unwrap();
        symlink("icon.png", here.path().join("to-icon.png")).unwrap();
        symlink("gone", here.path().join("to-gone.png")).unwrap();
        assert_eq!(at(&here, "to").candidates, ["to-deep/", "to-icon.png"]);
    }
}
