//! The file that a restore puts in place, its refusals, and the files that it keeps.

use std::{fs, path::PathBuf};

use rusqlite::Connection;

use super::{
    backup::{add_app, closed, file_in, mode, names, rig, spoil},
    open, *,
};
use crate::store::{BackupError, FILE_NAME, OpenError, Replaced, Restore, file::backup::verify};

fn prepare(data: &Path, file: &Path) -> Result<Restore, BackupError> {
    Restore::prepare(data, file)
}

/// A backup of a workspace with one app, in its own folder.
fn backup() -> (TempDir, PathBuf) {
    let rig = rig();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("saved.db");
    rig.workspace.back_up_to(&file).unwrap();
    (folder, file)
}

fn apps_in(data: &Path) -> i64 {
    let workspace = open(data);
    let count = workspace
        .db
        .query_row("SELECT count(*) FROM apps", [], |row| row.get(0));
    count.unwrap()
}

#[test]
fn a_restore_puts_the_copy_in_place_and_keeps_what_was_there() {
    let (_folder, file) = backup();
    let mut newer = rig();
    add_app(&mut newer, "Second");
    let data = closed(newer);
    let restore = prepare(data.path(), &file).unwrap();
    assert_eq!(restore.holds().apps, 1);
    let Replaced::Workspace(now) = restore.replaces() else {
        panic!("{:?}", restore.replaces());
    };
    assert_eq!(now.apps, 2);
    let done = restore.replace(NOW).unwrap();
    let kept = done.kept.unwrap();
    assert!(kept.ends_with("workspace.db.before-restore-20261123T213500Z"));
    assert_eq!((mode(&kept), mode(&done.workspace)), (0o600, 0o600));
    assert_eq!(verify(&kept, &kept).unwrap().apps, 2);
    assert_eq!(names(data.path()).len(), 2, "{:?}", names(data.path()));
    assert_eq!(apps_in(data.path()), 1);
    open(data.path())
        .sign_in(EMAIL, &password(), later(1))
        .unwrap();

    // And back, within the same second.
    let again = prepare(data.path(), &kept).unwrap().replace(NOW).unwrap();
    assert!(again.kept.unwrap().to_string_lossy().ends_with("Z-2"));
    assert_eq!(apps_in(data.path()), 2);
}

#[test]
fn a_backup_may_have_the_name_of_a_log() {
    let (folder, file) = backup();
    for name in ["my-wal", "my-journal"] {
        let named = folder.path().join(name);
        fs::rename(&file, &named).unwrap();
        let data = TempDir::new().unwrap();
        prepare(data.path(), &named).unwrap().replace(NOW).unwrap();
        assert_eq!(apps_in(data.path()), 1, "{name}");
        fs::rename(&named, &file).unwrap();
    }
}

#[test]
fn what_was_only_in_the_log_is_kept_too() {
    let (_folder, file) = backup();
    let mut rig = rig();
    add_app(&mut rig, "Second");
    // As after a kill: the log was never folded in.
    let data = TempDir::new().unwrap();
    for end in ["", "-wal"] {
        let name = format!("{FILE_NAME}{end}");
        fs::copy(rig.dir.path().join(&name), data.path().join(&name)).unwrap();
    }
    let done = prepare(data.path(), &file).unwrap().replace(NOW).unwrap();
    let kept = done.kept.unwrap();
    assert_eq!(names(data.path()).len(), 2, "{:?}", names(data.path()));
    assert_eq!(verify(&kept, &kept).unwrap().apps, 2);
}

#[test]
fn a_restore_that_is_not_confirmed_leaves_no_trace() {
    let (_folder, file) = backup();
    let data = closed(rig());
    let before = fs::read(file_in(&data)).unwrap();
    drop(prepare(data.path(), &file).unwrap());
    assert_eq!(names(data.path()), [FILE_NAME]);
    assert_eq!(fs::read(file_in(&data)).unwrap(), before);
}

#[test]
fn a_restore_where_nothing_is_makes_the_folder_private() {
    let (_folder, file) = backup();
    let outer = TempDir::new().unwrap();
    let data = outer.path().join("new/data");
    let restore = prepare(&data, &file).unwrap();
    assert_eq!(restore.replaces(), &Replaced::Nothing);
    assert_eq!(restore.replace(NOW).unwrap().kept, None);
    assert_eq!(mode(&data), 0o700);
    assert_eq!(apps_in(&data), 1);
}

#[test]
fn nothing_is_replaced_under_a_console_nor_opened_under_a_restore() {
    let (_folder, file) = backup();
    let rig = rig();
    let error = prepare(rig.dir.path(), &file).unwrap_err();
    assert!(matches!(error, BackupError::InUse), "{error}");
    let data = closed(rig);
    let restore = prepare(data.path(), &file).unwrap();
    let error = Workspace::open(data.path(), KdfCost::TRIVIAL).unwrap_err();
    assert!(matches!(error, OpenError::Locked), "{error}");
    drop(restore);
    open(data.path());
}

#[test]
fn a_program_that_knows_nothing_of_our_lock_is_noticed_too() {
    let (_folder, file) = backup();
    let data = closed(rig());
    let other = Connection::open(file_in(&data)).unwrap();
    other
        .query_row("SELECT count(*) FROM apps", [], |_| Ok(()))
        .unwrap();
    let error = prepare(data.path(), &file)
        .unwrap()
        .replace(NOW)
        .unwrap_err();
    assert!(matches!(error, BackupError::InUse), "{error}");
    drop(other);
    assert_eq!(apps_in(data.path()), 1);
    assert_eq!(names(data.path()), [FILE_NAME]);
}

#[test]
fn a_damaged_workspace_is_replaced_and_kept_byte_for_byte() {
    let (_folder, file) = backup();
    let data = closed(rig());
    spoil(&file_in(&data), None);
    let before = fs::read(file_in(&data)).unwrap();
    let restore = prepare(data.path(), &file).unwrap();
    assert!(matches!(restore.replaces(), Replaced::Unreadable(_)));
    let kept = restore.replace(NOW).unwrap().kept.unwrap();
    // Leaving write-ahead logging changes two bytes of the header, and the counter of changes.
    assert_eq!(fs::read(&kept).unwrap()[100..], before[100..]);
    assert_eq!(mode(&kept), 0o600);
    assert_eq!(apps_in(data.path()), 1);
}

#[test]
fn an_unreadable_log_goes_with_its_file_and_not_into_the_new_one() {
    let (_folder, file) = backup();
    let data = closed(rig());
    fs::write(file_in(&data), "Dear diary, ".repeat(40)).unwrap();
    fs::write(data.path().join("workspace.db-wal"), "a log").unwrap();
    let done = prepare(data.path(), &file).unwrap().replace(NOW).unwrap();
    let kept = done.kept.unwrap().to_string_lossy().into_owned();
    assert_eq!(fs::read(format!("{kept}-wal")).unwrap(), b"a log");
    assert_eq!(
        fs::read(&kept).unwrap(),
        "Dear diary, ".repeat(40).as_bytes()
    );
    assert_eq!(apps_in(data.path()), 1);
}

#[test]
fn what_is_no_backup_changes_nothing() {
    let (folder, file) = backup();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("text"), "Dear diary, ".repeat(40)).unwrap();
    fs::write(at("empty"), "").unwrap();
    fs::create_dir(at("folder")).unwrap();
    Connection::open(at("other"))
        .unwrap()
        .execute_batch("CREATE TABLE bookmarks (url TEXT)")
        .unwrap();
    let altered = |name: &str, sql: &str| {
        fs::copy(&file, at(name)).unwrap();
        Connection::open(at(name))
            .unwrap()
            .execute_batch(sql)
            .unwrap();
    };
    altered("newer", "PRAGMA user_version = 99");
    altered("less", "DROP TABLE tickets");
    altered(
        "strays",
        "PRAGMA foreign_keys = OFF; DELETE FROM developers",
    );
    fs::copy(&file, at("spoilt")).unwrap();
    spoil(&at("spoilt"), Some("tickets"));
    fs::copy(&file, at("short")).unwrap();
    fs::File::options()
        .write(true)
        .open(at("short"))
        .unwrap()
        .set_len(5000)
        .unwrap();
    fs::copy(&file, at("log")).unwrap();
    fs::write(at("log-wal"), "a log").unwrap();

    let data = closed(rig());
    let before = fs::read(file_in(&data)).unwrap();
    for (name, wanted) in [
        ("none", "does not exist"),
        ("text", "is not a devconsole workspace"),
        ("empty", "is not a devconsole workspace"),
        ("other", "is not a devconsole workspace"),
        ("newer", "newer devconsole (format 99"),
        ("less", "another program: the table “tickets” is missing"),
        ("strays", "is damaged: some rows"),
        ("spoilt", "is damaged"),
        ("short", "is damaged"),
        ("log", "is incomplete"),
        ("folder", "is a folder"),
    ] {
        let error = prepare(data.path(), &at(name)).unwrap_err().to_string();
        assert!(error.contains(wanted), "{name}: {error}");
        assert!(error.contains(&*at(name).to_string_lossy()), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
        assert!(!error.contains("unfinished-"), "{error}");
    }
    let error = prepare(data.path(), &file_in(&data)).unwrap_err();
    assert!(matches!(error, BackupError::IsTheWorkspace { .. }));
    assert_eq!(names(data.path()), [FILE_NAME]);
    assert_eq!(fs::read(file_in(&data)).unwrap(), before);
}
