//! `devconsole backup` and `devconsole restore`, the real program: beside a console, under kills,
//! with hostile umasks, and asked at a real terminal.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::harness::{
    Exit, Session,
    program::*,
    schema::{OUTPUT, must_fit},
};
use rusqlite::Connection;
use serde_json::{Value, json};

fn command(data: &Data, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_devconsole"));
    command
        .arg("--data-dir")
        .arg(data.path())
        .args(arguments)
        .env_clear()
        .env("HOME", data.folder())
        .env("LANG", "C.UTF-8")
        .current_dir(data.folder())
        .stdin(Stdio::null());
    command
}

fn run(data: &Data, arguments: &[&str]) -> Output {
    command(data, arguments).output().unwrap()
}

fn done(output: &Output) -> String {
    let problem = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{problem}");
    assert!(problem.is_empty(), "{problem}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Ended with this code and one line that says why.
fn refused(output: &Output, code: i32, wanted: &str) {
    let problem = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{problem}");
    assert!(problem.starts_with("devconsole: "), "{problem}");
    assert!(problem.contains(wanted), "{problem}");
    assert_eq!(problem.lines().count(), 1, "{problem}");
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn kept(data: &Data) -> Vec<PathBuf> {
    names(&data.path())
        .into_iter()
        .filter(|name| name.contains(".before-restore-") && !name.contains(".unfinished-"))
        .map(|name| data.path().join(name))
        .collect()
}

/// A valid workspace with this number of apps.
fn assert_holds(file: &Path, apps: i64) {
    let db = Connection::open(file).unwrap();
    let check: String = db
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(check, "ok", "{}", file.display());
    let found: i64 = db
        .query_row("SELECT count(*) FROM apps", [], |row| row.get(0))
        .unwrap();
    assert_eq!(found, apps, "{}", file.display());
}

/// Data that takes a while to copy.
fn fatten(file: &Path, mebibytes: u32) {
    let db = Connection::open(file).unwrap();
    for nth in 0..mebibytes {
        db.execute(
            "INSERT INTO icons VALUES (?1, 'png', 1, x'00', randomblob(1048576), 0)",
            [format!("fat-{nth}")],
        )
        .unwrap();
    }
}

#[test]
fn a_backup_beside_a_console_is_complete_and_its_restore_signs_in() {
    let data = Data::ready();
    let mut session = sign_in(data.launch());
    let message = done(&run(&data, &["backup", "saved.db"]));
    let saved = data.folder().join("saved.db");
    assert_eq!(message.lines().count(), 1, "{message}");
    for part in ["“Analytical Engines”", "1 app,", "KiB", "/saved.db"] {
        assert!(message.contains(part), "{part}: {message}");
    }
    assert_holds(&saved, 1);
    assert_eq!(names(data.folder()), ["data", "saved.db"]);

    // An app created after the backup is gone after the restore, but its file is kept.
    let output = run(&data, &["restore", "--yes", "saved.db"]);
    refused(&output, 1, "is open in another program");
    start_draft(&mut session, "Too late");
    session.send(SUBMIT);
    session.listen(Duration::from_millis(500));
    session.send("\x03");
    session.wait_exit(SOON);
    let message = done(&run(&data, &["restore", "--yes", "saved.db"]));
    assert!(
        message.contains("1 app, 0 drafts, 1 developer"),
        "{message}"
    );
    assert!(message.contains("1 app, 1 draft, 1 developer"), "{message}");
    let mut session = sign_in(data.launch());
    assert!(!session.screen_text().contains("Too late"));
    assert!(is_client_secret(&copied_secret(&data)));
    quit(&mut session);
    assert_eq!(kept(&data).len(), 1);
    assert_holds(&kept(&data)[0], 1);
}

fn object(output: &Output) -> Value {
    let text = done(output);
    assert_eq!(text.lines().count(), 1, "{text}");
    let object = serde_json::from_str(&text).unwrap();
    must_fit(OUTPUT, &object);
    object
}

#[test]
fn as_json_they_print_the_result_and_never_ask() {
    let data = Data::ready();
    let saved = object(&run(&data, &["backup", "--json", "saved.db"]));
    let path = fs::canonicalize(data.folder().join("saved.db")).unwrap();
    let about = fs::metadata(&path).unwrap();
    assert_eq!(
        (&saved["schema"], &saved["path"], &saved["bytes"]),
        (&json!("backup/1"), &json!(path), &json!(about.len()))
    );
    assert_eq!(
        (&saved["organization"], &saved["apps"], &saved["people"]),
        (&json!("Analytical Engines"), &json!(1), &json!(1))
    );
    let refusal = |arguments: &[&str]| -> Value {
        let output = run(&data, arguments);
        assert!(output.stdout.is_empty(), "{output:?}");
        let object: Value = serde_json::from_slice(&output.stderr).unwrap();
        must_fit(OUTPUT, &object);
        assert_eq!(object["exit"], output.status.code().unwrap());
        object
    };
    let exists = refusal(&["backup", "--json", "saved.db"]);
    let message = exists["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("already exists"), "{message}");
    let asks = refusal(&["restore", "--json", "saved.db"]);
    assert_eq!(
        (&asks["exit"], &asks["errors"][0]["field"]),
        (&json!(2), &json!("--yes"))
    );

    let restored = object(&run(&data, &["restore", "--json", "--yes", "saved.db"]));
    assert_eq!(restored["schema"], "restore/1");
    assert_eq!(
        restored["workspace"],
        json!(data.path().join("workspace.db"))
    );
    assert_eq!(restored["kept"], json!(kept(&data)[0]));
    assert_eq!(
        (
            &restored["apps"],
            &restored["changed"],
            &restored["valid_again"]["people"]
        ),
        (&json!(1), &Value::Null, &json!([]))
    );
}

/// From the page of the app, over a link whose clipboard can be seen.
fn copied_secret(data: &Data) -> String {
    let mut session = sign_in(over_ssh(data.launch()));
    session.send(ENTER);
    session.wait_for_text("Client ID");
    copy_secret(&mut session)
}

#[test]
fn no_secret_is_in_clear_in_a_backup() {
    let data = Data::ready();
    let secret = copied_secret(&data);
    let mut session = sign_in(data.launch());
    start_draft(&mut session, "plantedInADraft");
    session.listen(Duration::from_millis(500));
    done(&run(&data, &["backup", "saved.db"]));
    let bytes = fs::read(data.folder().join("saved.db")).unwrap();
    assert!(contains(&bytes, APP.as_bytes()), "names are not sealed");
    for canary in [&secret, PASSWORD, "plantedInADraft"] {
        assert!(!contains(&bytes, canary.as_bytes()), "{canary}");
    }
}

#[test]
fn every_file_is_private_whatever_the_umask() {
    let data = Data::ready();
    let saved = data.folder().join("saved.db");
    for arguments in ["backup saved.db", "restore --yes saved.db"] {
        let status = Command::new("sh")
            .arg("-c")
            .arg(format!(
                "umask 000; exec \"$0\" --data-dir data {arguments}"
            ))
            .arg(env!("CARGO_BIN_EXE_devconsole"))
            .current_dir(data.folder())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(status.success());
    }
    assert_eq!(mode(&saved), 0o600);
    assert_eq!(names(&data.path()).len(), 2, "{:?}", names(&data.path()));
    for name in names(&data.path()) {
        assert_eq!(mode(&data.path().join(&name)), 0o600, "{name}");
    }
}

#[test]
fn a_busy_writer_neither_blocks_a_backup_nor_waits_for_it() {
    let data = Data::ready();
    let writer = Connection::open(data.file()).unwrap();
    let hand = thread::spawn(move || {
        let until = Instant::now() + Duration::from_secs(2);
        let mut slowest = Duration::ZERO;
        while Instant::now() < until {
            let began = Instant::now();
            writer
                .execute_batch(
                    "BEGIN IMMEDIATE;
                     INSERT INTO sign_in_delays VALUES (randomblob(32), 1, 1);
                     INSERT INTO sign_in_delays VALUES (randomblob(32), 1, 1);
                     COMMIT;",
                )
                .unwrap();
            slowest = slowest.max(began.elapsed());
        }
        slowest
    });
    let mut made = 0;
    while !hand.is_finished() {
        let name = format!("{made}.db");
        done(&run(&data, &["backup", &name]));
        let db = Connection::open(data.folder().join(&name)).unwrap();
        let rows: i64 = db
            .query_row("SELECT count(*) FROM sign_in_delays", [], |row| row.get(0))
            .unwrap();
        assert_eq!(rows % 2, 0, "a torn copy");
        made += 1;
    }
    assert!(made >= 3, "{made} backups");
    assert!(hand.join().unwrap() < Duration::from_secs(1));
}

#[test]
fn each_error_of_the_machine_is_one_line() {
    let data = Data::ready();
    let folder = data.folder();
    fs::write(folder.join("taken"), "precious").unwrap();
    fs::write(folder.join("text"), "Dear diary, ".repeat(40)).unwrap();
    fs::create_dir(folder.join("closed")).unwrap();
    private(&folder.join("closed"), 0o500);
    done(&run(&data, &["backup", "newer"]));
    Connection::open(folder.join("newer"))
        .unwrap()
        .execute_batch("PRAGMA user_version = 99")
        .unwrap();
    let before = data.files();
    for (arguments, code, wanted) in [
        (&["backup", "taken"][..], 5, "taken already exists"),
        (&["backup", "."], 1, "is not a file name"),
        (&["backup", "data"], 1, "is a folder"),
        (&["backup", "none/x"], 4, "none does not exist"),
        (&["backup", "closed/x"], 1, "read-only"),
        (
            &["backup", "data/workspace.db"],
            1,
            "is part of the current workspace",
        ),
        (&["restore", "--yes", "none"], 4, "none does not exist"),
        (
            &["restore", "--yes", "text"],
            1,
            "is not a devconsole workspace",
        ),
        (&["restore", "--yes", "newer"], 1, "newer devconsole"),
        (&["restore", "--yes", "data"], 1, "is a folder"),
        (
            &["restore", "--yes", "data/workspace.db"],
            1,
            "is part of the current workspace",
        ),
    ] {
        refused(&run(&data, arguments), code, wanted);
    }
    refused(&run(&data, &["restore", "newer"]), 2, "Add --yes");
    assert!(data.files() == before);
    assert_eq!(fs::read(folder.join("taken")).unwrap(), b"precious");
    assert!(names(&folder.join("closed")).is_empty());
    let empty = Data::new();
    refused(&run(&empty, &["backup", "x"]), 1, "There is no workspace");
    assert!(names(empty.folder()).is_empty());
}

#[test]
fn a_restore_asks_and_only_yes_confirms() {
    let data = Data::ready();
    done(&run(&data, &["backup", "saved.db"]));
    let before = data.files();
    let saved = data.folder().join("saved.db");
    let ask = || {
        let launch = data.launch().arg("restore").arg(saved.to_str().unwrap());
        let mut session = Session::start(launch.size(160, 24));
        session.wait_for_text("Type yes to restore:");
        session
    };
    let answers = ["no\r", "\x04", "\x03"];
    for (answer, code) in answers.into_iter().zip([1, 1, 130]) {
        let mut session = ask();
        session.send(answer);
        // Before the exit: the output may be read later than the exit code.
        session.wait_for_text("Nothing was replaced.");
        assert_eq!(session.wait_exit(SOON), Exit::Code(code), "{answer:?}");
        assert!(data.files() == before, "{answer:?}");
    }
    for unclear in ["y", "", "YES please"] {
        let mut session = ask();
        session.send(format!("{unclear}\r"));
        session.wait_for_text("Type yes in full to restore, or no to change nothing:");
        session.send("no\r");
        assert_eq!(session.wait_exit(SOON), Exit::Code(1), "{unclear:?}");
        assert!(data.files() == before, "{unclear:?}");
    }
    // While it asks, no other program can open the workspace that may be replaced.
    let mut session = ask();
    assert_refused(&data);
    session.send("yes\r");
    assert_eq!(session.wait_exit(SOON), Exit::Code(0));
    let text = session.screen_text();
    for part in [
        "“Analytical Engines”",
        "Created  ",
        "Restored ",
        "is kept as",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(kept(&data).len(), 1);
    sign_in(data.launch());
}

#[test]
fn before_it_asks_a_restore_names_what_it_brings_back() {
    let data = Data::ready();
    done(&run(&data, &["backup", "saved.db"]));
    let saved = data.folder().join("saved.db");
    Connection::open(data.file())
        .unwrap()
        .execute_batch(
            "UPDATE apps SET status = 'suspended';
             UPDATE developers SET state = 'removed';",
        )
        .unwrap();
    let launch = data.launch().arg("restore").arg(saved.to_str().unwrap());
    let mut session = Session::start(launch.size(160, 24));
    session.wait_for_text("Type yes to restore:");
    let text = session.screen_text();
    for part in [
        "Valid again after the restore",
        "Developers      1: Ada King (Developer Admin, now removed)",
        "Inactive apps   1: ",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    session.send("no\r");
    assert_eq!(session.wait_exit(SOON), Exit::Code(1));
}

#[test]
fn a_name_in_a_backup_cannot_steer_the_terminal() {
    let data = Data::ready();
    done(&run(&data, &["backup", "saved.db"]));
    Connection::open(data.folder().join("saved.db"))
        .unwrap()
        .execute(
            "UPDATE organization SET name = ?1",
            ["\x1b]0;x\x07\u{202e}"],
        )
        .unwrap();
    let message = done(&run(&data, &["restore", "--yes", "saved.db"]));
    assert!(message.contains("]0;x"), "{message:?}");
    assert!(
        !message.contains(['\x1b', '\x07', '\u{202e}']),
        "{message:?}"
    );
}

/// Starts it and kills it after a delay that grows with each round. Returns whether it was still
/// running.
fn killed(data: &Data, arguments: &[&str], after: Duration) -> bool {
    let mut child = command(data, arguments)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    thread::sleep(after);
    child.kill().unwrap();
    !child.wait().unwrap().success()
}

const ROUNDS: u32 = 24;

#[test]
fn a_killed_backup_leaves_no_file_that_looks_complete() {
    let data = Data::ready();
    fatten(&data.file(), 16);
    let began = Instant::now();
    done(&run(&data, &["backup", "first.db"]));
    let whole = began.elapsed();
    let saved = data.folder().join("saved.db");
    let mut cut_off = 0;
    for round in 0..ROUNDS {
        if killed(&data, &["backup", "saved.db"], whole * round / ROUNDS) {
            cut_off += 1;
        }
        if saved.exists() {
            assert_holds(&saved, 1);
            fs::remove_file(&saved).unwrap();
        }
    }
    assert!(cut_off > 0);
    assert_holds(&data.file(), 1);
    done(&run(&data, &["backup", "saved.db"]));
    assert_eq!(names(data.folder()), ["data", "first.db", "saved.db"]);
}

#[test]
fn a_killed_restore_leaves_the_old_workspace_or_the_new_one() {
    let data = Data::ready();
    fatten(&data.file(), 8);
    done(&run(&data, &["backup", "full.db"]));
    done(&run(&data, &["backup", "bare.db"]));
    let bare = data.folder().join("bare.db");
    Connection::open(&bare)
        .unwrap()
        .execute_batch("DELETE FROM client_secrets; DELETE FROM apps;")
        .unwrap();
    let began = Instant::now();
    done(&run(&data, &["restore", "--yes", "full.db"]));
    let whole = began.elapsed();
    // One process must be killed after the rename as well.
    let whole = whole * 5 / 4;
    let (mut cut_off, mut old) = (0, 0);
    for round in 0..ROUNDS {
        for file in kept(&data) {
            fs::remove_file(file).unwrap();
        }
        let arguments = ["restore", "--yes", "bare.db"];
        if killed(&data, &arguments, whole * round / ROUNDS) {
            cut_off += 1;
        }
        // The next start finds the log of the crash and recovers it.
        let message = done(&run(&data, &["backup", "after.db"]));
        fs::remove_file(data.folder().join("after.db")).unwrap();
        if message.contains("1 app,") {
            old += 1;
        } else {
            assert!(message.contains("0 apps,"), "{message}");
            assert_eq!(kept(&data).len(), 1, "what was workspace is kept");
            assert_holds(&kept(&data)[0], 1);
            done(&run(&data, &["restore", "--yes", "full.db"]));
        }
    }
    assert!(cut_off > 0 && old > 0, "{cut_off} {old}");
    done(&run(&data, &["restore", "--yes", "full.db"]));
    let left = names(&data.path());
    assert!(
        !left.iter().any(|name| name.contains("unfinished")),
        "{left:?}"
    );
    sign_in(data.launch());
}
