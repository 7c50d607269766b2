//! A refused start changes nothing: not the workspace, its log or its folder, nor
//! their modes and times. Every cause, for every command.

use std::{
    collections::BTreeMap,
    fs,
    net::TcpListener,
    os::unix::fs::{MetadataExt as _, symlink},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use rusqlite::{Connection, config::DbConfig};

use crate::harness::{Exit, Session, program::*};

/// Everything below a folder, and the folder itself.
fn traces(folder: &Path) -> BTreeMap<PathBuf, (u32, i64, i64, Vec<u8>)> {
    let mut all = BTreeMap::new();
    let mut left = vec![folder.to_owned()];
    while let Some(path) = left.pop() {
        let about = fs::symlink_metadata(&path).unwrap();
        let bytes = if about.is_dir() {
            left.extend(fs::read_dir(&path).unwrap().map(|one| one.unwrap().path()));
            Vec::new()
        } else if about.is_symlink() {
            fs::read_link(&path)
                .unwrap()
                .into_os_string()
                .into_encoded_bytes()
        } else if about.is_file() {
            fs::read(&path).unwrap()
        } else {
            Vec::new()
        };
        let seen = (about.mode(), about.mtime(), about.mtime_nsec(), bytes);
        all.insert(path, seen);
    }
    all
}

/// Lists the files that changed.
#[track_caller]
fn assert_untouched(data: &Data, before: &BTreeMap<PathBuf, (u32, i64, i64, Vec<u8>)>, what: &str) {
    let after = traces(data.folder());
    let changed: Vec<_> = before
        .keys()
        .chain(after.keys())
        .filter(|path| before.get(*path) != after.get(*path))
        .collect();
    assert!(changed.is_empty(), "{what}: {changed:?}");
}

fn run(data: &Data, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_devconsole"))
        .arg("--data-dir")
        .arg(data.path())
        .args(arguments)
        .env_clear()
        .env("HOME", data.folder())
        .env("LANG", "C.UTF-8")
        .current_dir(data.folder())
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[track_caller]
fn refused(data: &Data, arguments: &[&str], wanted: &str) {
    let before = traces(data.folder());
    let output = run(data, arguments);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    let what = format!("{arguments:?}: {message}");
    let code = if wanted.contains("does not exist") {
        4
    } else {
        1
    };
    assert_eq!(output.status.code(), Some(code), "{what}");
    assert!(message.starts_with("devconsole: "), "{what}");
    assert!(message.contains(wanted), "{what}");
    assert_eq!(message.lines().count(), 1, "{what}");
    assert_untouched(data, &before, &what);
}

/// In the full screen, in plain mode, and by every command that opens a workspace.
#[track_caller]
fn refused_by_all(data: &Data, wanted: &str) {
    for arguments in [&[][..], &["--plain"]] {
        let before = traces(data.folder());
        let launch = arguments
            .iter()
            .fold(data.launch(), |launch, argument| launch.arg(*argument));
        let mut session = Session::start(launch.size(300, 24));
        let exit = session.wait_exit(SOON);
        let message = String::from_utf8_lossy(session.raw_output()).into_owned();
        assert_eq!(exit, Exit::Code(1), "{message}");
        assert!(message.contains(wanted), "{arguments:?}: {message}");
        assert!(!contains(session.raw_output(), ENTERS_ALTERNATE));
        assert_untouched(data, &before, &format!("{arguments:?}: {message}"));
    }
    refused(data, &["serve", "--port", "0"], wanted);
    refused(data, &["backup", "saved.db"], wanted);
    let before = traces(data.folder());
    let output = run(data, &["doctor"]);
    let message = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert_untouched(data, &before, &message);
}

fn wal(data: &Data) -> PathBuf {
    data.path().join("workspace.db-wal")
}

fn write(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap();
    private(path, 0o600);
}

/// The log of a program that was killed after this statement, beside the file from before it.
fn with_log(data: &Data, sql: &str) {
    let db = Connection::open(data.file()).unwrap();
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
        .unwrap();
    db.execute_batch(sql).unwrap();
    drop(db);
    // A kill leaves this file behind as well; the test is about the other two.
    fs::remove_file(data.path().join("workspace.db-shm")).unwrap();
    private(&wal(data), 0o600);
}

/// The end of each of our commits, for a log with marks.
fn next_mark(data: &Data) -> String {
    let bytes = fs::read(data.file()).unwrap();
    let mark = i32::from_be_bytes(*bytes[48..].first_chunk().unwrap());
    format!("PRAGMA default_cache_size = {};", mark + 1)
}

fn set_version(data: &Data, version: u8) {
    let mut bytes = fs::read(data.file()).unwrap();
    bytes[60..64].copy_from_slice(&[0, 0, 0, version]);
    fs::write(data.file(), bytes).unwrap();
}

#[test]
fn a_foreign_newer_or_damaged_file_is_refused() {
    let data = Data::ready();
    set_version(&data, 99);
    refused_by_all(&data, "newer devconsole (format 99");
    // Permissions that are too open stay: the cause is unknown.
    private(&data.file(), 0o644);
    private(&data.path(), 0o755);
    refused_by_all(&data, "newer devconsole (format 99");

    let data = Data::ready();
    let next = next_mark(&data);
    with_log(
        &data,
        &format!("BEGIN; PRAGMA user_version = 99; {next} COMMIT;"),
    );
    refused_by_all(&data, "newer devconsole (format 99");

    let data = Data::ready();
    fs::write(data.file(), "Dear diary, ".repeat(40)).unwrap();
    refused_by_all(&data, "is not a devconsole workspace");

    let data = Data::ready();
    fs::remove_file(data.file()).unwrap();
    let other = Connection::open(data.file()).unwrap();
    other
        .execute_batch("CREATE TABLE bookmarks (url TEXT)")
        .unwrap();
    drop(other);
    private(&data.file(), 0o600);
    refused_by_all(&data, "is not a devconsole workspace");

    let data = Data::ready();
    let whole = fs::read(data.file()).unwrap();
    write(&data.file(), &whole[..whole.len() / 2]);
    refused_by_all(&data, "is damaged");
    let mut spoilt = whole.clone();
    spoilt[4096..].fill(0xa5);
    write(&data.file(), &spoilt);
    refused_by_all(&data, "is damaged");
}

fn drafts_in(data: &Data) -> i64 {
    let db = Connection::open(data.file()).unwrap();
    db.query_row("SELECT count(*) FROM drafts", [], |row| row.get(0))
        .unwrap()
}

#[test]
fn a_log_or_journal_of_another_file_is_refused() {
    let data = Data::ready();
    let older = fs::read(data.file()).unwrap();
    let mut session = sign_in(data.launch());
    start_draft(&mut session, "Later");
    let since = Instant::now();
    while drafts_in(&data) == 0 {
        assert!(since.elapsed() < SOON, "the draft is not on disk");
        session.listen(Duration::from_millis(20));
    }
    drop(session);
    assert!(fs::metadata(wal(&data)).unwrap().len() > 0, "killed");
    // The state after a kill: everything is recovered.
    let log = fs::read(wal(&data)).unwrap();
    let mut session = sign_in(data.launch());
    session.wait_for_text("Later");
    quit(&mut session);
    let newer = fs::read(data.file()).unwrap();
    assert_ne!(newer, older);
    let saved = data.folder().join("saved.db");
    assert!(run(&data, &["backup", "saved.db"]).status.success());
    let saved = (fs::read(&saved).unwrap(), fs::remove_file(&saved)).0;
    for file in [&saved, &newer] {
        write(&data.file(), file);
        write(&wal(&data), &log);
        refused_by_all(&data, "workspace.db-wal belongs to another version");
    }
    fs::remove_file(data.file()).unwrap();
    refused_by_all(&data, "workspace.db is missing or empty");
    write(&data.file(), &[]);
    refused_by_all(&data, "workspace.db is missing or empty");

    fs::remove_file(wal(&data)).unwrap();
    write(&data.file(), &newer);
    let db = Connection::open(data.file()).unwrap();
    db.execute_batch("PRAGMA journal_mode = DELETE; BEGIN IMMEDIATE;")
        .unwrap();
    let next = next_mark(&data);
    db.execute_batch(&format!("DELETE FROM drafts; {next}"))
        .unwrap();
    db.cache_flush().unwrap();
    let journal = data.path().join("workspace.db-journal");
    let bytes = fs::read(&journal).unwrap();
    drop(db);
    write(&data.file(), &saved);
    write(&journal, &bytes);
    refused_by_all(&data, "workspace.db-journal belongs to another version");
}

#[test]
fn an_unwritable_or_special_file_is_refused() {
    let data = Data::ready();
    private(&data.file(), 0o400);
    refused_by_console_and_serve(&data, "read-only");
    private(&data.file(), 0o600);
    write(&wal(&data), b"");
    private(&wal(&data), 0o400);
    refused_by_console_and_serve(&data, "read-only");
    fs::remove_file(wal(&data)).unwrap();
    private(&data.path(), 0o500);
    refused_by_console_and_serve(&data, "read-only");
    private(&data.path(), 0o700);

    let elsewhere = data.folder().join("elsewhere");
    fs::rename(data.file(), &elsewhere).unwrap();
    symlink(&elsewhere, data.file()).unwrap();
    refused_by_all(&data, "is a link, a folder or a pipe");
    fs::remove_file(data.file()).unwrap();
    fs::create_dir(data.file()).unwrap();
    refused_by_all(&data, "is a link, a folder or a pipe");
    fs::remove_dir(data.file()).unwrap();
    fs::rename(&elsewhere, data.file()).unwrap();
    symlink("nowhere", wal(&data)).unwrap();
    refused_by_all(&data, "is a link, a folder or a pipe");
    fs::remove_file(wal(&data)).unwrap();
    for end in ["-wal", "-journal"] {
        let pipe = data.path().join(format!("workspace.db{end}"));
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, mode).unwrap();
        refused_by_all(&data, "is a link, a folder or a pipe");
        fs::remove_file(&pipe).unwrap();
    }

    let data = Data::new();
    fs::write(data.path(), "a file").unwrap();
    refused_by_all(&data, "a file is in the way");
}

/// A backup may read the workspace, and doctor reports what it finds.
#[track_caller]
fn refused_by_console_and_serve(data: &Data, wanted: &str) {
    let before = traces(data.folder());
    for arguments in [&[][..], &["--plain"]] {
        let launch = arguments
            .iter()
            .fold(data.launch(), |launch, argument| launch.arg(*argument));
        let mut session = Session::start(launch.size(300, 24));
        let exit = session.wait_exit(SOON);
        let message = String::from_utf8_lossy(session.raw_output()).into_owned();
        assert_eq!(exit, Exit::Code(1), "{message}");
        assert!(message.contains(wanted), "{message}");
        assert_untouched(data, &before, &message);
    }
    refused(data, &["serve", "--port", "0"], wanted);
    for arguments in [&["doctor"][..], &["backup", "../nowhere/saved.db"]] {
        run(data, arguments);
        assert_untouched(data, &before, &format!("{arguments:?}"));
    }
}

#[test]
fn a_workspace_in_use_is_refused() {
    for held in [
        "BEGIN IMMEDIATE",
        "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE",
        "PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE",
    ] {
        let data = Data::ready();
        let other = Connection::open(data.file()).unwrap();
        other.execute_batch(held).unwrap();
        let before = listed(&data);
        let message = "The workspace is in use by another program";
        let mut session = Session::start(data.launch().size(300, 24));
        assert_eq!(session.wait_exit(SOON), Exit::Code(1));
        assert!(contains(session.raw_output(), message.as_bytes()), "{held}");
        assert_eq!(listed(&data), before, "{held}");
        let output = run(&data, &["serve", "--port", "0"]);
        assert_eq!(output.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&output.stderr).contains(message));
        assert_eq!(listed(&data), before, "{held}");
        run(&data, &["doctor"]);
        assert_eq!(listed(&data), before, "{held}");
        drop(other);
    }
}

/// In another process: closing a file here would release the locks of this process on it.
fn listed(data: &Data) -> String {
    let mut paths: Vec<_> = fs::read_dir(data.path())
        .unwrap()
        .map(|one| one.unwrap().path())
        .collect();
    paths.sort();
    let sums = Command::new("cksum").args(&paths).output().unwrap();
    let mut listed = String::from_utf8(sums.stdout).unwrap();
    paths.push(data.path());
    for path in paths {
        let about = fs::symlink_metadata(path).unwrap();
        listed += &format!("{:?} {:?}", about.mode(), about.modified());
    }
    listed
}

#[test]
fn serve_is_refused_without_a_developer_or_a_free_port() {
    let message = "There is no organization";
    let data = Data::new();
    refused(&data, &["serve", "--port", "0"], message);
    fs::create_dir(data.path()).unwrap();
    private(&data.path(), 0o700);
    refused(&data, &["serve", "--port", "0"], message);
    write(&data.file(), &[]);
    refused(&data, &["serve", "--port", "0"], message);
    let mut session = Session::start(data.launch());
    session.wait_for_text("Sign up");
    session.send("\x03");
    assert_eq!(session.wait_exit(SOON), Exit::Code(0));
    refused(&data, &["serve", "--port", "0"], message);

    let data = Data::ready();
    set_version(&data, 8);
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    refused(&data, &["serve", "--port", &port], "is in use");
    // Not even the log of a kill is merged.
    let next = next_mark(&data);
    with_log(&data, &format!("BEGIN; DELETE FROM drafts; {next} COMMIT;"));
    refused(&data, &["serve", "--port", &port], "is in use");
    refused(&data, &["backup", "data"], "is a folder");
    refused(&data, &["backup", "none/x"], "none does not exist");
}

#[test]
fn a_backup_leaves_the_log_of_a_kill_to_the_next_start() {
    let data = Data::ready();
    let next = next_mark(&data);
    let sql = "INSERT INTO sign_in_delays VALUES (x'01', 1, 1);";
    with_log(&data, &format!("BEGIN; {sql} {next} COMMIT;"));
    let before = traces(&data.path());
    assert!(run(&data, &["backup", "saved.db"]).status.success());
    assert!(traces(&data.path()) == before);
    let saved = Connection::open(data.folder().join("saved.db")).unwrap();
    let rows: i64 = saved
        .query_row("SELECT count(*) FROM sign_in_delays", [], |row| row.get(0))
        .unwrap();
    assert_eq!(rows, 1);
}

#[test]
fn a_refused_restore_changes_nothing() {
    let data = Data::ready();
    let folder = data.folder().to_owned();
    assert!(run(&data, &["backup", "saved.db"]).status.success());
    let saved = fs::read(folder.join("saved.db")).unwrap();
    let mut spoilt = saved.clone();
    let end = spoilt.len() - 4096;
    spoilt[end..].fill(0xa5);
    fs::write(folder.join("spoilt"), spoilt).unwrap();
    fs::write(folder.join("short"), &saved[..8192]).unwrap();
    fs::write(folder.join("text"), "Dear diary, ".repeat(40)).unwrap();
    fs::write(folder.join("logged"), &saved).unwrap();
    fs::write(folder.join("logged-wal"), "a log").unwrap();
    private(&data.path(), 0o755);
    let table = [
        ("none", "does not exist"),
        ("text", "is not a devconsole workspace"),
        ("spoilt", "is damaged"),
        ("short", "is damaged"),
        ("logged", "is incomplete"),
        ("data", "is a folder"),
        ("data/workspace.db", "is part of the current workspace"),
    ];
    for (file, wanted) in table {
        refused(&data, &["restore", "--yes", file], wanted);
    }
    // Without a workspace, none is created.
    let elsewhere = Data::new();
    for (file, wanted) in &table[..5] {
        let file = folder.join(file);
        let file = file.to_str().unwrap();
        refused(&elsewhere, &["restore", "--yes", file], wanted);
    }
    let session = sign_in(data.launch());
    let before = data.files();
    let output = run(&data, &["restore", "--yes", "saved.db"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(data.files() == before, "a console is open");
    drop(session);
}
