//! Commands for scripts, the real program: text and JSON, piped, with bad input.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

use crate::harness::{
    driver::{Driver, app},
    pty::{Data, Session},
};

fn run(folder: &Path, arguments: &[&str], typed: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_devconsole"))
        .args(arguments)
        .env_clear()
        .env("HOME", folder)
        .env("DEVCONSOLE_DATA_DIR", folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}
