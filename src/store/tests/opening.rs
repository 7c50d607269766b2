//! Which files are opened, which are refused unchanged, and which other accounts may read them.

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::PathBuf,
    sync::Barrier,
    thread,
};

use rusqlite::{Connection, OpenFlags, types::Value};

use super::{Rig, open, web_app, *};
use crate::store::{
    FILE_NAME, OpenError, Stage,
    file::{
        backup::verify,
        migrate::{self, MIGRATIONS},
        open::connect,
    },
};

fn refused(dir: &Path) -> OpenError {
    Workspace::open(dir, KdfCost::TRIVIAL).unwrap_err()
}

fn file_in(dir: &TempDir) -> PathBuf {
    dir.path().join(FILE_NAME)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// A closed workspace with an app in it.
fn closed() -> TempDir {
    let mut rig = Rig::new();
    let me = rig.me();
    let app = web_app("Call log", &rig.session.developer);
    rig.workspace.create_app(app, &me, None, NOW).unwrap();
    rig.workspace.close().unwrap();
    rig.dir
}

#[test]
fn everything_that_is_made_is_private_also_what_sqlite_makes() {
    let outer = TempDir::new().unwrap();
    let dir = outer.path().join("share").join("devconsole");
    let mut workspace = open(&dir);
    workspace.sign_up(ada(), NOW).unwrap();
    assert_eq!(mode(&dir), 0o700);
    let names: Vec<_> = fs::read_dir(&dir).unwrap().map(Result::unwrap).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    for file in names {
        assert_eq!(mode(&file.path()), 0o600, "{file:?}");
    }
    assert_eq!(
        open(&outer.path().join("other")).stage().unwrap(),
        Stage::Empty
    );
}

#[test]
fn a_file_that_others_could_read_is_made_private_with_a_notice() {
    let dir = closed();
    set_mode(&file_in(&dir), 0o644);
    set_mode(dir.path(), 0o755);
    let opened = Workspace::open(dir.path(), KdfCost::TRIVIAL).unwrap();
    assert_eq!(opened.notices.len(), 2, "{:?}", opened.notices);
    assert_eq!((mode(dir.path()), mode(&file_in(&dir))), (0o700, 0o600));
}

#[test]
fn a_directory_with_other_things_in_it_keeps_its_mode() {
    let dir = closed();
    fs::write(dir.path().join("thesis.tex"), "x").unwrap();
    set_mode(dir.path(), 0o755);
    let opened = Workspace::open(dir.path(), KdfCost::TRIVIAL).unwrap();
    assert_eq!(opened.notices.len(), 1);
    assert_eq!(mode(dir.path()), 0o755);
}

#[test]
fn a_file_that_is_not_a_workspace_is_refused_untouched() {
    let text = b"Dear diary, ".repeat(40);
    for bytes in [&b"short"[..], &text[..], &b"SQLite format 3\0"[..]] {
        let dir = TempDir::new().unwrap();
        fs::write(file_in(&dir), bytes).unwrap();
        assert!(matches!(
            refused(dir.path()),
            OpenError::NotAWorkspace { .. }
        ));
        assert_eq!(fs::read(file_in(&dir)).unwrap(), bytes);
        assert_eq!(mode(&file_in(&dir)), 0o644 & mode(&file_in(&dir)));
    }
}

#[test]
fn a_database_of_another_program_is_refused_untouched() {
    let dir = TempDir::new().unwrap();
    Connection::open(file_in(&dir))
        .unwrap()
        .execute_batch("CREATE TABLE bookmarks (url TEXT)")
        .unwrap();
    let before = fs::read(file_in(&dir)).unwrap();
    assert!(matches!(
        refused(dir.path()),
        OpenError::NotAWorkspace { .. }
    ));
    assert_eq!(fs::read(file_in(&dir)).unwrap(), before);
}

#[test]
fn a_newer_workspace_is_refused_untouched() {
    let dir = closed();
    Connection::open(file_in(&dir))
        .unwrap()
        .execute_batch("PRAGMA user_version = 99")
        .unwrap();
    let before = fs::read(file_in(&dir)).unwrap();
    let error = refused(dir.path());
    assert!(
        matches!(
            error,
            OpenError::Newer {
                found: 99,
                known
            } if known == migrate::known(MIGRATIONS)
        ),
        "{error}"
    );
    assert_eq!(fs::read(file_in(&dir)).unwrap(), before);
}

#[test]
fn a_newer_version_that_is_still_in_the_log_is_refused_untouched() {
    let dir = closed();
    let newer = open(dir.path());
    newer.db.execute_batch("PRAGMA user_version = 99").unwrap();
    let before = fs::read(file_in(&dir)).unwrap();
    let copy = TempDir::new().unwrap();
    for end in ["", "-wal"] {
        let name = format!("{FILE_NAME}{end}");
        fs::copy(dir.path().join(&name), copy.path().join(&name)).unwrap();
    }
    assert!(matches!(
        refused(copy.path()),
        OpenError::Newer { found: 99, .. }
    ));
    assert_eq!(fs::read(file_in(&copy)).unwrap(), before);
    let log = format!("{FILE_NAME}-wal");
    assert_eq!(
        fs::read(copy.path().join(&log)).unwrap(),
        fs::read(dir.path().join(&log)).unwrap()
    );
}

#[test]
fn a_read_only_file_or_directory_is_refused_untouched() {
    let dir = closed();
    let before = fs::read(file_in(&dir)).unwrap();
    set_mode(&file_in(&dir), 0o400);
    assert!(matches!(refused(dir.path()), OpenError::ReadOnly { .. }));
    set_mode(&file_in(&dir), 0o600);
    set_mode(dir.path(), 0o500);
    assert!(matches!(refused(dir.path()), OpenError::ReadOnly { .. }));
    set_mode(dir.path(), 0o700);
    assert_eq!(fs::read(file_in(&dir)).unwrap(), before);
    open(dir.path());
}

#[test]
fn a_link_in_the_place_of_the_file_is_not_followed() {
    let dir = closed();
    let elsewhere = TempDir::new().unwrap();
    symlink(file_in(&dir), elsewhere.path().join(FILE_NAME)).unwrap();
    assert!(matches!(
        refused(elsewhere.path()),
        OpenError::NotAPlainFile { .. }
    ));
    let target = elsewhere.path().join("target");
    let dangling = TempDir::new().unwrap();
    symlink(&target, file_in(&dangling)).unwrap();
    assert!(matches!(
        refused(dangling.path()),
        OpenError::NotAPlainFile { .. }
    ));
    assert!(!target.exists());
}

#[test]
fn a_data_directory_behind_a_link_is_fine() {
    let dir = closed();
    let elsewhere = TempDir::new().unwrap();
    let link = elsewhere.path().join("link");
    symlink(dir.path(), &link).unwrap();
    assert!(open(&link).name_taken("call log").unwrap());
}

#[test]
fn a_file_in_the_place_of_the_directory_is_refused() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "x").unwrap();
    assert!(matches!(refused(&file), OpenError::DirNotCreatable { .. }));
    let under = refused(&file.join("deeper"));
    assert!(
        matches!(
            under,
            OpenError::DirNotCreatable { .. } | OpenError::Other(_)
        ),
        "{under}"
    );
    assert_eq!(fs::read(&file).unwrap(), b"x");
}

#[test]
fn a_workspace_that_another_program_holds_is_refused_untouched() {
    let dir = closed();
    let other = Connection::open(file_in(&dir)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let before = fs::read(file_in(&dir)).unwrap();
    assert!(matches!(refused(dir.path()), OpenError::Locked));
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(fs::read(file_in(&dir)).unwrap(), before);
    drop(other);
    let other = Connection::open(file_in(&dir)).unwrap();
    other
        .execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE")
        .unwrap();
    assert!(matches!(refused(dir.path()), OpenError::Locked));
}

#[test]
fn two_programs_that_start_on_nothing_both_open_it() {
    for _ in 0..8 {
        let dir = TempDir::new().unwrap();
        let start = Barrier::new(4);
        let stages = thread::scope(|scope| {
            let hands: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        start.wait();
                        open(dir.path()).stage().unwrap()
                    })
                })
                .collect();
            hands
                .into_iter()
                .map(|hand| hand.join().unwrap())
                .collect::<Vec<_>>()
        });
        assert_eq!(stages, vec![Stage::Empty; 4]);
    }
}

#[test]
fn a_start_that_was_cut_off_before_the_first_byte_is_taken_up() {
    let dir = TempDir::new().unwrap();
    fs::write(file_in(&dir), "").unwrap();
    assert_eq!(open(dir.path()).stage().unwrap(), Stage::Empty);
    assert_eq!(mode(&file_in(&dir)), 0o600);
}

#[test]
fn the_pragmas_hold_on_an_open_workspace() {
    let dir = TempDir::new().unwrap();
    let workspace = open(dir.path());
    let value = |name: &str| -> String {
        workspace
            .db
            .query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, Value>(0))
            .map(|value| format!("{value:?}"))
            .unwrap()
    };
    assert_eq!(value("journal_mode"), r#"Text("wal")"#);
    for (name, wanted) in [
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("trusted_schema", 0),
        ("busy_timeout", 10_000),
    ] {
        assert_eq!(value(name), format!("Integer({wanted})"), "{name}");
    }
}

#[test]
fn a_migration_copies_the_old_file_first_and_is_all_or_nothing() {
    let dir = closed();
    let path = file_in(&dir);
    let mut db = connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
    let known = migrate::known(MIGRATIONS);
    let with = |last: &'static str| [MIGRATIONS, &[last]].concat();
    let broken = with("CREATE TABLE extra (x); SELECT nothing FROM nowhere;");
    migrate::migrate(&mut db, &path, &broken).unwrap_err();
    assert_eq!(migrate::version_of(&db).unwrap(), known);
    db.prepare("SELECT * FROM extra").unwrap_err();

    let good = with("CREATE TABLE extra (x)");
    let copy = migrate::migrate(&mut db, &path, &good).unwrap().unwrap();
    assert_eq!(migrate::version_of(&db).unwrap(), known + 1);
    assert_eq!(mode(&copy), 0o600);
    let old = Connection::open(&copy).unwrap();
    assert_eq!(migrate::version_of(&old).unwrap(), known);
    let apps: i64 = old
        .query_row("SELECT count(*) FROM apps", [], |row| row.get(0))
        .unwrap();
    assert_eq!(apps, 1);
    assert!(
        copy.to_string_lossy()
            .ends_with(&format!(".v{known}.backup-2"))
    );
}

#[test]
fn sessions_of_before_they_had_numbers_end_and_a_backup_of_them_is_whole() {
    let dir = TempDir::new().unwrap();
    let path = file_in(&dir);
    let mut db = Connection::open(&path).unwrap();
    migrate::migrate(&mut db, &path, &MIGRATIONS[..6]).unwrap();
    db.execute_batch(
        "INSERT INTO developers (id, email, email_key, full_name, role, created_at,
             kdf_memory_kib, kdf_passes, kdf_lanes, kdf_salt, key_by_password, key_by_recovery)
         VALUES ('me', 'x@example.com', 'x@example.com', 'X', 'developer', 0, 8, 1, 1, x'', x'', x'');
         INSERT INTO sessions (id, client_id, owner, scope, created_at)
         VALUES ('s', 'c', 'me', 'ReadAccounts', 1);
         INSERT INTO session_tokens (sha256, session, kind, expires_at)
         VALUES (x'01', 's', 'access', 2);",
    )
    .unwrap();
    assert_eq!(verify(&path, &path).unwrap().format, 6);
    migrate::migrate(&mut db, &path, MIGRATIONS).unwrap();
    let kept: i64 = db
        .query_row("SELECT count(*) FROM sessions", [], |row| row.get(0))
        .unwrap();
    assert_eq!(kept, 0);
    assert_eq!(
        verify(&path, &path).unwrap().format,
        migrate::known(MIGRATIONS)
    );
}

#[test]
fn secrets_and_requests_of_format_8_keep_every_value() {
    let dir = TempDir::new().unwrap();
    let path = file_in(&dir);
    let mut db = Connection::open(&path).unwrap();
    migrate::migrate(&mut db, &path, &MIGRATIONS[..8]).unwrap();
    db.execute_batch(
        "INSERT INTO developers (id, email, email_key, full_name, role, created_at,
             kdf_memory_kib, kdf_passes, kdf_lanes, kdf_salt, key_by_password, key_by_recovery)
         VALUES ('me', 'x@example.com', 'x@example.com', 'X', 'developer', 0, 8, 1, 1, x'', x'', x'');
         INSERT INTO apps (id, client_id, name, name_key, app_type, auth, access, status,
             created_at, created_by, version, search, spec)
         VALUES ('app', 'client', 'A', 'a', 'rest_api', 'JWT', 'private', 'active', 1, 'me', 1, '', '{}');
         INSERT INTO client_secrets VALUES ('s2', 'app', x'02', x'03', 'retiring', 4, 5, 6);
         INSERT INTO client_secrets VALUES ('s1', 'app', x'07', x'08', 'current', 9, NULL, NULL);
         INSERT INTO shared_secrets VALUES ('app', x'0a', 11);
         INSERT INTO tickets VALUES ('t', 'app', 'CallControl', 'why', 'me', 'rejected', 12, 'me', 13, 'no');",
    )
    .unwrap();
    let columns = [
        "SELECT id, app_id, hex(sealed), hex(sha256), state, created_at, ends_at, last_used_at
         FROM client_secrets ORDER BY id",
        "SELECT app_id, hex(sealed), created_at FROM shared_secrets",
        "SELECT id, app_id, scope, justification, requested_by, state, created_at, decided_by,
             decided_at, reason FROM tickets",
    ];
    let before = columns.map(|sql| values(&db, sql));
    assert_eq!(before.each_ref().map(Vec::len), [16, 3, 10]);
    migrate::migrate(&mut db, &path, MIGRATIONS).unwrap();
    assert_eq!(columns.map(|sql| values(&db, sql)), before);
    verify(&path, &path).unwrap();
    let app = db.execute("DELETE FROM apps", []).unwrap();
    assert_eq!(app, 1);
    assert!(columns.iter().all(|sql| values(&db, sql).is_empty()));
}

/// The values of all rows.
fn values(db: &Connection, sql: &str) -> Vec<Value> {
    let mut query = db.prepare(sql).unwrap();
    let columns = query.column_count();
    let mut rows = query.query([]).unwrap();
    let mut found = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        found.extend((0..columns).map(|nth| row.get::<_, Value>(nth).unwrap()));
    }
    found
}
