//! Commands for scripts, as another program runs them.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

use super::schema::{OUTPUT, must_fit};

const PASSWORD_FILE: &str = "password.txt";

/// Commands in this folder sign in with this password from now on.
pub fn give_password(folder: &Path, password: &str) {
    std::fs::write(folder.join(PASSWORD_FILE), format!("{password}\n")).unwrap();
}

/// Without a terminal. Ada's password is in a file beside the workspace, if the test put it there.
pub fn run(folder: &Path, arguments: &[&str], typed: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_devconsole"));
    command
        .args(arguments)
        .env_clear()
        .env("HOME", folder)
        .env("PATH", "/usr/bin:/bin")
        .env("DEVCONSOLE_DATA_DIR", folder);
    let file = folder.join(PASSWORD_FILE);
    if file.exists() {
        command.env("DEVCONSOLE_PASSWORD_FILE", file);
    }
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A command that reads nothing may have ended already.
    let _ = stdin.write_all(typed.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    for printed in [&output.stdout, &output.stderr] {
        if printed.starts_with(b"{\"schema\":") {
            must_fit(OUTPUT, &serde_json::from_slice(printed).unwrap());
        }
    }
    output
}

/// What a command that succeeds prints.
pub fn text(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments, "");
    assert!(
        output.stderr.is_empty() && output.status.success(),
        "{output:?}"
    );
    String::from_utf8(output.stdout).unwrap()
}

pub fn object(folder: &Path, arguments: &[&str]) -> Value {
    let text = text(folder, arguments);
    assert!(text.starts_with("{\"schema\":\""), "{text}");
    serde_json::from_str(&text).unwrap()
}

/// The exit code and standard error of a command that fails: one line, and nothing else is printed.
pub fn failure(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = run(folder, arguments, "");
    assert!(output.stdout.is_empty(), "{output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    (output.status.code().unwrap(), said.trim_end().to_owned())
}
