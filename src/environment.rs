//! Reads environment variables by one rule: an empty one counts as unset. Where text is needed, one
//! that is not UTF-8 counts as unset too, and is reported.

use std::{env, ffi::OsString, path::PathBuf};

pub const DATA_DIR: &str = "DEVCONSOLE_DATA_DIR";
pub const LOCK_AFTER: &str = "DEVCONSOLE_LOCK_AFTER";
/// The developer who runs commands.
pub const PERSON: &str = "DEVCONSOLE_AS";
/// Where commands find the password: a file, or a program that prints it.
pub const PASSWORD_FILE: &str = "DEVCONSOLE_PASSWORD_FILE";
pub const PASSWORD_COMMAND: &str = "DEVCONSOLE_PASSWORD_COMMAND";

/// Variables that are read as text.
const TEXTS: &[&str] = &[
    "TERM",
    "ACCESSIBLE",
    "COLORTERM",
    "NO_COLOR",
    "LC_ALL",
    "LC_CTYPE",
    "LANG",
    "TMUX",
    "STY",
    "SSH_CONNECTION",
    "SSH_TTY",
    "SSH_CLIENT",
    "DISPLAY",
    "WAYLAND_DISPLAY",
];

pub fn var_os(name: &str) -> Option<OsString> {
    set(env::var_os(name))
}

pub fn var(name: &str) -> Option<String> {
    var_os(name)?.into_string().ok()
}

/// The rule itself.
pub fn set(value: Option<OsString>) -> Option<OsString> {
    value.filter(|value| !value.is_empty())
}

/// A line for each variable that is ignored because it is not text.
pub fn ignored() -> Vec<String> {
    ignored_of(|name| env::var_os(name))
}

fn ignored_of(lookup: impl Fn(&str) -> Option<OsString>) -> Vec<String> {
    let is_odd = |name: &&&str| lookup(name).is_some_and(|value| value.to_str().is_none());
    TEXTS
        .iter()
        .filter(is_odd)
        .map(|name| format!("{name} is not valid UTF-8. It is ignored."))
        .collect()
}

pub fn home() -> Option<PathBuf> {
    // An empty variable would mean the root of the file system.
    env::home_dir().filter(|home| !home.as_os_str().is_empty())
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt as _;

    use super::*;

    #[test]
    fn an_empty_variable_is_unset() {
        assert_eq!(set(None), None);
        assert_eq!(set(Some(OsString::new())), None);
        assert_eq!(set(Some(" ".into())), Some(" ".into()));
    }

    #[test]
    fn what_is_no_text_is_told_by_name() {
        let odd = |name: &str| {
            let bytes = if name == "LANG" {
                vec![0xff]
            } else {
                vec![b'x']
            };
            Some(OsString::from_vec(bytes))
        };
        assert_eq!(ignored_of(odd), ["LANG is not valid UTF-8. It is ignored."]);
        assert!(ignored_of(|_| None).is_empty());
    }
}
