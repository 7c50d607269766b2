//! What a person points at on disk: icons, files to be written, and paths while they are typed.
//! What is read is kept by the store; what is written, a person asked for.

use std::path::{Path, PathBuf};

pub mod completion;
pub mod icon;
pub mod output;
mod raster;
mod svg;

/// `~` and `~/…` only: `~name` would need the list of users, and is a legal file name.
fn expand_home(typed: &str, home: Option<&Path>) -> PathBuf {
    let rest = match typed.strip_prefix('~') {
        Some("") => Some(""),
        Some(rest) => rest.strip_prefix('/'),
        None => None,
    };
    match (rest, home) {
        // `join` with an absolute path would forget the home folder: `~//etc` is not `/etc`.
        (Some(rest), Some(home)) => home.join(rest.trim_start_matches('/')),
        _ => PathBuf::from(typed),
    }
}

#[cfg(test)]
mod tests {
    use super::expand_home;
    use std::path::{Path, PathBuf};

    #[test]
    fn a_tilde_is_the_home_folder_only_at_the_start_and_alone() {
        let home = Some(Path::new("/home/ada"));
        for (typed, expected) in [
            ("~", "/home/ada/"),
            ("~/icon.png", "/home/ada/icon.png"),
            ("~//icon.png", "/home/ada/icon.png"),
            ("~ada/icon.png", "~ada/icon.png"),
            ("a/~/icon.png", "a/~/icon.png"),
            ("/icon.png", "/icon.png"),
        ] {
            assert_eq!(expand_home(typed, home), PathBuf::from(expected), "{typed}");
        }
        assert_eq!(expand_home("~/icon.png", None), PathBuf::from("~/icon.png"));
    }
}
