//! Variables and paths as shells, systemd units and terminals pass them to the real program.

use std::{
    ffi::{OsStr, OsString},
    fs,
    os::unix::ffi::OsStrExt as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use crate::harness::{Session, program::*};

fn run(home: &Path, arguments: &[&str], variables: &[(&str, &OsStr)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_devconsole"))
        .args(arguments)
        .env_clear()
        .env("HOME", home)
        .env("TERM", "xterm-256color")
        .env("LANG", "C.UTF-8")
        .envs(variables.iter().copied())
        .current_dir(home)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn reported(home: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let arguments = [&["doctor"], arguments].concat();
    let variables: Vec<_> = variables
        .iter()
        .map(|(name, value)| (*name, OsStr::new(*value)))
        .collect();
    let output = run(home, &arguments, &variables);
    let message = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{message}");
    message
}

#[test]
fn an_empty_variable_counts_as_unset() {
    let home = tempfile::tempdir().unwrap();
    let names = [
        "DEVCONSOLE_DATA_DIR",
        "DEVCONSOLE_LOCK_AFTER",
        "XDG_DATA_HOME",
        "XDG_CONFIG_HOME",
        "TMUX",
        "STY",
        "SSH_CONNECTION",
        "NO_COLOR",
        "COLORTERM",
        "LC_ALL",
        "LC_CTYPE",
    ];
    let empty: Vec<_> = names.iter().map(|name| (*name, "")).collect();
    let plain = |text: String| text.replace("set, but empty", "not set");
    assert_eq!(
        plain(reported(home.path(), &[], &empty)),
        plain(reported(home.path(), &[], &[]))
    );
    let message = reported(home.path(), &[], &empty);
    assert!(message.contains("10 minutes"), "{message}");
    assert!(message.contains("~/.local/share/devconsole"), "{message}");
}

#[test]
fn a_tilde_is_the_home_folder_wherever_a_folder_is_named() {
    let home = tempfile::tempdir().unwrap();
    let at = home.path();
    for (arguments, variables, folder) in [
        (&["--data-dir=~/dc"][..], &[][..], "~/dc\n"),
        (&["--data-dir", "'~/d c'"], &[], "~/d c\n"),
        (&[], &[("DEVCONSOLE_DATA_DIR", "~/dc")], "~/dc\n"),
        (&[], &[("XDG_DATA_HOME", "~/xdg")], "~/xdg/devconsole\n"),
        // The XDG specification says to ignore relative paths.
        (
            &[],
            &[("XDG_DATA_HOME", "xdg")],
            "~/.local/share/devconsole\n",
        ),
    ] {
        let message = reported(at, arguments, variables);
        assert!(
            message.contains(folder),
            "{arguments:?} {variables:?}: {message}"
        );
    }
    fs::create_dir_all(at.join("conf/devconsole")).unwrap();
    fs::write(at.join("conf/devconsole/config.toml"), "theme = 'mono'").unwrap();
    let message = reported(at, &[], &[("XDG_CONFIG_HOME", "~/conf")]);
    assert!(
        message.contains("~/conf/devconsole/config.toml"),
        "{message}"
    );
    assert!(!at.join("~").exists());
}

#[test]
fn backup_and_restore_take_a_path_dragged_into_the_terminal() {
    let data = Data::ready();
    let home = data.folder();
    let folder = data.path();
    let run = |arguments: &[&str]| {
        let data = ["--data-dir", folder.to_str().unwrap()];
        run(home, &[&data, arguments].concat(), &[])
    };
    let made = run(&["backup", "~/saved here.db"]);
    assert!(made.status.success(), "{made:?}");
    assert!(home.join("saved here.db").is_file());
    let url = format!("file://{}/saved%20here.db", home.display());
    for dragged in ["'~/saved here.db'", "saved\\ here.db ", &url] {
        let restored = run(&["restore", "--yes", dragged]);
        assert!(restored.status.success(), "{dragged}: {restored:?}");
    }
}

#[test]
fn a_path_that_is_not_text_is_reported() {
    let odd = OsString::from(OsStr::from_bytes(b"\xff\xfe"));
    let home = tempfile::tempdir().unwrap();
    let output = run(home.path(), &["doctor"], &[("DEVCONSOLE_LOCK_AFTER", &odd)]);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(message.contains("UTF-8"), "{message}");
    let output = run(home.path(), &["doctor"], &[("LANG", &odd), ("TERM", &odd)]);
    let message = String::from_utf8(output.stdout).unwrap();
    assert!(message.contains("not UTF-8"), "{message}");

    let data = Data::ready();
    let launch = data.launch_after("COLORTERM=$(printf '\\377'); export COLORTERM");
    let mut session = Session::start(launch);
    session.wait_for_text("COLORTERM is not valid UTF-8. It is ignored.");
}
