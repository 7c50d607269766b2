//! `devconsole doctor`, the real program: on nothing, on a workspace, among hostile variables.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use devconsole::{
    store::{FILE_NAME, Workspace},
    vault::KdfCost,
};
use serde_json::{Value, json};

use crate::harness::schema::{OUTPUT, must_fit};

fn doctor(data_dir: &Path, variables: &[(&str, &str)]) -> Output {
    doctor_with(&[], data_dir, variables)
}

fn doctor_with(flags: &[&str], data_dir: &Path, variables: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_devconsole"))
        .arg("doctor")
        .args(flags)
        .arg("--data-dir")
        .arg(data_dir)
        .env_clear()
        .env("HOME", data_dir.parent().unwrap())
        .env("TERM", "xterm-256color")
        .env("LANG", "C.UTF-8")
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.stderr.is_empty());
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read(path).unwrap())
        })
        .collect()
}

/// A workspace that another process has open, with changes in its log.
fn in_use(folder: &Path, secret: &str) -> (Workspace, rusqlite::Connection) {
    let workspace = Workspace::open(folder, KdfCost::TRIVIAL).unwrap().workspace;
    let db = rusqlite::Connection::open(folder.join(FILE_NAME)).unwrap();
    db.execute_batch(&format!(
        "INSERT INTO sign_in_delays VALUES (CAST('{secret}' AS BLOB), 1, 1);"
    ))
    .unwrap();
    (workspace, db)
}

#[test]
fn a_fresh_machine_is_healthy_and_gets_no_file() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("deep/data");
    let output = doctor(&folder, &[]);
    let message = said(&output);
    assert_eq!(output.status.code(), Some(0), "{message}");
    assert!(
        message.contains("missing, created at the next start"),
        "{message}"
    );
    assert!(message.contains("~/data\n"), "{message}");
    assert!(message.contains("nothing to open yet"), "{message}");
    assert!(message.ends_with("No problems found\n"), "{message}");
    assert!(fs::read_dir(home.path()).unwrap().next().is_none());
}

#[test]
fn a_workspace_in_use_stays_unchanged_and_no_secret_is_printed() {
    let secret = "plantedSecretThatNobodyMaySee";
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("data");
    let held = in_use(&folder, secret);
    let before = files(&folder);
    let output = doctor(
        &folder,
        &[
            ("PASSWORD", secret),
            ("SSH_CONNECTION", secret),
            ("TMUX", secret),
            ("DISPLAY", secret),
        ],
    );
    let message = said(&output);
    assert_eq!(output.status.code(), Some(0), "{message}");
    assert!(message.contains("quick check           ok"), "{message}");
    assert!(!message.contains(secret), "{message}");
    assert!(
        !message.contains(home.path().to_str().unwrap()),
        "the home folder is shortened: {message}"
    );
    assert!(files(&folder) == before, "looking left a trace");
    drop(held);
}

#[test]
fn a_file_that_others_can_read_is_reported_with_its_fix() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("data");
    drop(Workspace::open(&folder, KdfCost::TRIVIAL).unwrap());
    let file = folder.join(FILE_NAME);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let output = doctor(&folder, &[]);
    let message = said(&output);
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(
        message.contains("chmod 600 ~/data/workspace.db"),
        "{message}"
    );
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o644, "told, not done");
}

#[test]
fn hostile_variables_are_never_printed_raw() {
    let nasty = "\x1b]0;x\x07\u{9b}2J\u{202e}";
    let home = tempfile::tempdir().unwrap();
    let names = [
        "HOME",
        "TERM",
        "COLORTERM",
        "TERM_PROGRAM",
        "TERM_PROGRAM_VERSION",
        "LANG",
        "NO_COLOR",
        "XDG_DATA_HOME",
    ];
    for lang in ["C", "C.UTF-8"] {
        let mut variables: Vec<_> = names.iter().map(|name| (*name, nasty)).collect();
        variables.push(("LC_ALL", lang));
        for output in [
            doctor(&home.path().join("data"), &variables),
            doctor(&home.path().join(nasty), &variables),
        ] {
            let message = said(&output);
            let steers = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
            assert!(!message.contains(steers), "{message:?}");
            assert!(message.contains("]0;x"), "{message:?}");
        }
    }
}

fn as_json(output: &Output) -> Value {
    let message = said(output);
    assert!(message.starts_with("{\"schema\":\"doctor/1\""), "{message}");
    let object = serde_json::from_str(&message).unwrap();
    must_fit(OUTPUT, &object);
    object
}

#[test]
fn as_json_it_has_the_same_facts_by_name_and_nothing_more() {
    let secret = "plantedSecretThatNobodyMaySee";
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("data");
    let held = in_use(&folder, secret);
    let variables = [
        ("PASSWORD", secret),
        ("SSH_CONNECTION", secret),
        ("TMUX", secret),
        ("DISPLAY", secret),
        ("COLORTERM", "truecolor"),
    ];
    let output = doctor_with(&["--json"], &folder, &variables);
    assert_eq!(output.status.code(), Some(0));
    let all = as_json(&output);
    assert_eq!(
        (&all["well"], &all["workspace"]["format"]),
        (&json!(true), &json!(10))
    );
    assert_eq!(all["terminal"]["inside"], json!(["tmux", "SSH"]));
    assert_eq!(all["terminal"]["colors"], "24_bit");
    assert_eq!(all["environment"]["COLORTERM"], "truecolor");
    assert_eq!(all["workspace"]["folder"]["name"], "~/data");
    let shown = all.to_string();
    assert!(!shown.contains(secret), "{shown}");
    assert!(!shown.contains(home.path().to_str().unwrap()), "{shown}");
    // Each check stands in the text too, with its words.
    let text = said(&doctor(&folder, &variables));
    for check in all["checks"].as_array().unwrap() {
        let message = check["message"].as_str().unwrap();
        // What is measured changes between two runs.
        let is_same = check["name"] == "free_space" || text.contains(message);
        assert!(is_same && check["fix"].is_null(), "{check}: {text}");
    }
    let shown: Vec<&String> = all["environment"].as_object().unwrap().keys().collect();
    assert_eq!(shown, ["COLORTERM", "LANG", "TERM"]);
    drop(held);
}

#[test]
fn as_json_a_problem_has_its_fix() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("data");
    drop(Workspace::open(&folder, KdfCost::TRIVIAL).unwrap());
    let file = folder.join(FILE_NAME);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let output = doctor_with(&["--json"], &folder, &[]);
    assert_eq!(output.status.code(), Some(1));
    let all = as_json(&output);
    assert_eq!(all["well"], false);
    let checks = all["checks"].as_array().unwrap();
    let wrong: Vec<_> = checks.iter().filter(|one| one["state"] != "ok").collect();
    assert_eq!(
        wrong,
        [&json!({
            "name": "workspace.db",
            "state": "problem",
            "message": "mode 0644, yours, wrong: other accounts can read it",
            "fix": "Other accounts can read ~/data/workspace.db. Run: chmod 600 ~/data/workspace.db",
        })]
    );
    // Without a workspace and without a home folder it is an object, too.
    as_json(&doctor_with(&["--json"], &home.path().join("none"), &[]));
    let alone = Command::new(env!("CARGO_BIN_EXE_devconsole"))
        .args(["doctor", "--json"])
        .env_clear()
        .env("HOME", "")
        .output()
        .unwrap();
    as_json(&alone);
    let keys = doctor_with(&["--keys", "--json"], &folder, &[]);
    assert_eq!(keys.status.code(), Some(2));
}

#[test]
fn a_wrong_option_is_reported_without_control_characters() {
    let output = Command::new(env!("CARGO_BIN_EXE_devconsole"))
        .env("DEVCONSOLE_LOCK_AFTER", "\x1b]0;x\x07")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(message.contains("--lock-after"), "{message:?}");
    assert!(!message.contains(['\x1b', '\x07']), "{message:?}");
}
