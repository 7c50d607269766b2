//! Copies during writes, their destinations, and verifying.

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use rusqlite::Connection;

use super::{Rig, web_app, *};
use crate::store::{
    BackupError, FILE_NAME, Holds,
    file::backup::{TABLES, back_up, verify},
};

/// Signed up and with one app.
pub(super) fn rig() -> Rig {
    let mut rig = Rig::new();
    add_app(&mut rig, "Call log");
    rig
}

pub(super) fn add_app(rig: &mut Rig, name: &str) {
    let (me, app) = (rig.me(), web_app(name, &rig.session.developer));
    rig.workspace.create_app(app, &me, None, NOW).unwrap();
}

pub(super) fn closed(rig: Rig) -> TempDir {
    rig.workspace.close().unwrap();
    rig.dir
}

pub(super) fn file_in(dir: &TempDir) -> PathBuf {
    dir.path().join(FILE_NAME)
}

pub(super) fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

pub(super) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn every_table_is_looked_at() {
    let dir = TempDir::new().unwrap();
    let workspace = open(dir.path());
    let mut query = workspace
        .db
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
        .unwrap();
    let mut there: Vec<String> = query
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut known: Vec<_> = TABLES.iter().map(|(_, table)| *table).collect();
    there.sort();
    known.sort_unstable();
    assert_eq!(there, known);
}

#[test]
fn a_copy_is_private_whole_alone_and_says_what_it_holds() {
    let rig = rig();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("saved.db");
    let done = rig.workspace.back_up_to(&file).unwrap();
    assert_eq!(done.path, fs::canonicalize(&file).unwrap());
    assert_eq!(done.bytes, fs::metadata(&file).unwrap().len());
    let holds = Holds {
        format: crate::store::known_format(),
        organization: Some("Analytical Engines".to_owned()),
        people: 1,
        apps: 1,
        drafts: 0,
        last_used: Some(NOW),
    };
    assert_eq!(done.holds, holds);
    assert_eq!(verify(&file, &file).unwrap(), holds);
    assert_eq!(mode(&file), 0o600);
    assert_eq!(names(folder.path()), ["saved.db"]);
    let bytes = fs::read(&file).unwrap();
    assert_eq!(bytes[18..20], [1, 1], "not in the mode that needs a log");
}

#[test]
fn what_was_deleted_does_not_come_along() {
    let rig = rig();
    let folder = TempDir::new().unwrap();
    rig.workspace
        .db
        .execute_batch(
            "PRAGMA secure_delete = OFF; CREATE TABLE gone (x);
             INSERT INTO gone VALUES ('once-was-here-and-is-gone'); DROP TABLE gone;",
        )
        .unwrap();
    let file = folder.path().join("saved.db");
    rig.workspace.back_up_to(&file).unwrap();
    let bytes = fs::read(&file).unwrap();
    let canary = b"once-was-here-and-is-gone";
    assert!(!bytes.windows(canary.len()).any(|part| part == canary));
}

#[test]
fn a_busy_writer_neither_waits_nor_spoils_the_copy() {
    let rig = rig();
    let data = rig.dir.path();
    let folder = TempDir::new().unwrap();
    let stop = AtomicBool::new(false);
    let wrote = thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let db = Connection::open(data.join(FILE_NAME)).unwrap();
            let mut wrote = 0_i64;
            while !stop.load(Ordering::SeqCst) {
                // Always two at once: half of a pair would be a torn copy.
                db.execute_batch(
                    "BEGIN IMMEDIATE;
                     INSERT INTO sign_in_delays VALUES (randomblob(32), 1, 1);
                     INSERT INTO sign_in_delays VALUES (randomblob(32), 1, 1);
                     COMMIT;",
                )
                .unwrap();
                wrote += 1;
            }
            wrote
        });
        for nth in 0..20 {
            let file = folder.path().join(format!("{nth}.db"));
            back_up(data, &file).unwrap();
            let copy = Connection::open(&file).unwrap();
            let rows: i64 = copy
                .query_row("SELECT count(*) FROM sign_in_delays", [], |row| row.get(0))
                .unwrap();
            assert_eq!(rows % 2, 0);
        }
        stop.store(true, Ordering::SeqCst);
        writer.join().unwrap()
    });
    assert!(wrote > 20, "{wrote}");
}

#[test]
fn what_exists_is_never_overwritten() {
    let rig = rig();
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("taken"), "precious").unwrap();
    symlink(at("nowhere"), at("link")).unwrap();
    fs::write(at("log-wal"), "stale").unwrap();
    for name in ["taken", "link", "log"] {
        let error = rig.workspace.back_up_to(&at(name)).unwrap_err();
        assert!(matches!(error, BackupError::Exists { .. }), "{error}");
    }
    assert_eq!(fs::read(at("taken")).unwrap(), b"precious");
    assert_eq!(names(folder.path()), ["link", "log-wal", "taken"]);
}

#[test]
fn a_place_that_cannot_be_is_told() {
    let rig = rig();
    let folder = TempDir::new().unwrap();
    let to = |path: PathBuf| rig.workspace.back_up_to(&path).unwrap_err();
    let in_folder = |name: &str| folder.path().join(name);
    assert!(matches!(
        to(folder.path().to_owned()),
        BackupError::Folder { .. }
    ));
    assert!(matches!(
        to(in_folder("none").join("x.db")),
        BackupError::Missing { .. }
    ));
    assert!(matches!(to(PathBuf::from("/")), BackupError::NoName { .. }));
    assert!(matches!(
        to(rig.dir.path().join("workspace.db-journal")),
        BackupError::IsTheWorkspace { .. }
    ));
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o500)).unwrap();
    let error = to(in_folder("x.db"));
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
    assert!(matches!(error, BackupError::ReadOnly { .. }), "{error}");
}

#[test]
fn a_name_that_is_not_utf8_is_a_name() {
    use std::os::unix::ffi::OsStrExt as _;
    let rig = rig();
    let folder = TempDir::new().unwrap();
    let file = folder
        .path()
        .join(std::ffi::OsStr::from_bytes(b"50% \xff?#.db"));
    rig.workspace.back_up_to(&file).unwrap();
    assert_eq!(verify(&file, &file).unwrap().apps, 1);
}

#[test]
fn without_a_workspace_nothing_is_made() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("x.db");
    for data in [dir.path().join("none"), dir.path().to_owned()] {
        let error = back_up(&data, &file).unwrap_err();
        assert!(matches!(error, BackupError::NoWorkspace { .. }), "{error}");
    }
    assert!(names(dir.path()).is_empty());
}

#[test]
fn a_damaged_workspace_makes_no_backup() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("x.db");
    // Everything but the first page: it does not open. One table: found during the copy.
    for what in [None, Some("tickets")] {
        let dir = closed(rig());
        spoil(&file_in(&dir), what);
        let error = back_up(dir.path(), &file).unwrap_err().to_string();
        assert!(error.contains("workspace.db is damaged"), "{error}");
        assert!(names(folder.path()).is_empty());
        assert_eq!(names(dir.path()), [FILE_NAME]);
    }
}

/// Spoils one table, or everything but the first page.
pub(super) fn spoil(file: &Path, table: Option<&str>) {
    let from = table.map_or(1, |table| root_of(file, table)) * 4096;
    let mut bytes = fs::read(file).unwrap();
    let until = table.map_or(bytes.len(), |_| from + 4096);
    bytes[from..until].fill(0xa5);
    fs::write(file, bytes).unwrap();
}

/// The number of pages before it.
fn root_of(file: &Path, table: &str) -> usize {
    let sql = "SELECT rootpage - 1 FROM sqlite_schema WHERE name = ?1";
    let db = Connection::open(file).unwrap();
    let before: u32 = db.query_row(sql, [table], |row| row.get(0)).unwrap();
    usize::try_from(before).unwrap()
}

#[test]
fn what_a_kill_left_is_swept_away_and_what_is_at_work_is_not() {
    let rig = rig();
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("x.db.unfinished-1-0"), "left").unwrap();
    fs::write(at("x.db.unfinished-1-0-journal"), "left").unwrap();
    fs::write(at("x.db.unfinished-2-0-journal"), "left alone").unwrap();
    fs::write(at("x.db.unfinished-1-1-journal"), "at work").unwrap();
    fs::write(at("x.db.kept-2026.unfinished-1-0"), "left").unwrap();
    fs::write(at("x.db.unfinished-business"), "a person's").unwrap();
    fs::write(at("x.db2.unfinished-1-0"), "of another").unwrap();
    let busy = fs::File::create(at("x.db.unfinished-1-1")).unwrap();
    busy.lock().unwrap();
    rig.workspace.back_up_to(&at("x.db")).unwrap();
    assert_eq!(
        names(folder.path()),
        [
            "x.db",
            "x.db.unfinished-1-1",
            "x.db.unfinished-1-1-journal",
            "x.db.unfinished-business",
            "x.db2.unfinished-1-0"
        ]
    );
}
