//! What a restore reports as valid again.

use std::{fs, path::PathBuf};

use rusqlite::Connection;

use super::{
    NOW, Rig, TempDir,
    apps::create,
    backup::{closed, file_in},
    later,
    planted::session_of_a_code,
    roles::{World, make_jwt, only_jwt},
};
use crate::{
    domain::{app::AppStatus, history::Broken, people::developer::Role, secret::Secret},
    store::{
        Credential, Regains, Restore, Revived,
        file::migrate::{self, MIGRATIONS},
    },
};

const WEEK: i64 = 7 * 24 * 3_600_000;

fn regains(name: &str, role: &str, now: &str) -> Regains {
    Regains {
        name: name.to_owned(),
        role: role.to_owned(),
        now: now.to_owned(),
    }
}

fn saved(rig: &Rig) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("saved.db");
    rig.workspace.back_up_to(&file).unwrap();
    (folder, file)
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn people_roles_passwords_credentials_sessions_secrets_and_apps_that_ended_are_named() {
    let mut w = World::new();
    let ada = &mut w.rig;
    let bob = ada.add("Bob", "bob@example.com", Role::DeveloperAdmin);
    let carol = ada.add("Carol", "carol@example.com", Role::Developer);
    let dan = ada.add("Dan", "dan@example.com", Role::DeveloperAdmin);
    let [suspended, deleted, purged] =
        ["Suspended", "Deleted", "Purged"].map(|name| create(ada, name).id);
    make_jwt(&mut w).unwrap();
    let (_, tokens) = session_of_a_code(&mut w).unwrap();
    let (_folder, file) = saved(&w.rig);

    let jwt = only_jwt(&w);
    let client = w.rig.workspace.app(&w.app).unwrap().client_id;
    let it = &mut w.rig.workspace;
    it.remove_developer(&bob, NOW).unwrap();
    it.set_enabled(&carol, false, NOW).unwrap();
    it.set_role(&dan, Role::AuditUser, NOW).unwrap();
    it.reset_password(&w.other, &Secret::new("quite another password"), NOW)
        .unwrap();
    it.revoke_jwt(&jwt, NOW).unwrap();
    it.end_session(tokens.access.expose(), &client, NOW)
        .unwrap();
    it.rotate_secret(&suspended, 0, NOW).unwrap();
    it.set_status(&suspended, AppStatus::Suspended, NOW)
        .unwrap();
    it.delete_app(&deleted, NOW).unwrap();
    it.delete_app(&purged, NOW).unwrap();
    it.purge_app(&purged, NOW).unwrap();

    let data = closed(w.rig);
    let before = fs::read(file_in(&data)).unwrap();
    let restore = Restore::prepare(data.path(), &file).unwrap();
    let found = restore.revives(NOW).unwrap().unwrap();
    let wanted = Revived {
        people: vec![
            regains("Bob", "Developer Admin", "removed"),
            regains("Carol", "Developer", "disabled"),
        ],
        roles: vec![regains("Dan", "Developer Admin", "Audit-user")],
        passwords: names(&["Grace Hopper"]),
        jwt_credentials: vec![Credential {
            label: "x".to_owned(),
            owner: "Ada Lovelace".to_owned(),
        }],
        sessions: vec![("Grace Hopper".to_owned(), 1)],
        secrets: names(&["Purged", "Suspended"]),
        apps: names(&["Deleted", "Purged", "Suspended"]),
    };
    assert_eq!(found, wanted);
    // By then, the session would have ended by itself.
    let found = restore.revives(later(WEEK + 1)).unwrap().unwrap();
    assert_eq!(found.sessions, []);
    assert_eq!(fs::read(file_in(&data)).unwrap(), before);
    drop(restore);
    assert_eq!(super::backup::names(data.path()), [super::FILE_NAME]);
}

#[test]
fn a_backup_of_now_or_of_another_organization_brings_back_nothing() {
    let mut w = World::new();
    make_jwt(&mut w).unwrap();
    let (_folder, of_now) = saved(&w.rig);
    let (_other_folder, of_others) = saved(&World::new().rig);
    let data = closed(w.rig);
    let revives = |file| {
        let restore = Restore::prepare(data.path(), file).unwrap();
        restore.revives(NOW).unwrap().unwrap()
    };
    assert_eq!(revives(&of_now), Revived::default());
    assert_eq!(revives(&of_others), Revived::default());
}

#[test]
fn a_backup_whose_signed_history_does_not_hold_is_named() {
    let w = World::new();
    let (_folder, file) = saved(&w.rig);
    let data = closed(w.rig);
    let broken = || {
        Restore::prepare(data.path(), &file)
            .unwrap()
            .broken()
            .unwrap()
    };
    assert_eq!(broken(), None);
    let db = Connection::open(&file).unwrap();
    db.execute("UPDATE developers SET role = 'developer_admin'", [])
        .unwrap();
    drop(db);
    assert!(matches!(broken(), Some(Broken::Developer(_))));
    let db = Connection::open(&file).unwrap();
    db.execute("UPDATE history SET at = 0 WHERE seq = 2", [])
        .unwrap();
    drop(db);
    assert_eq!(broken(), Some(Broken::At(2)));
}

#[test]
fn files_of_any_two_formats_are_compared() {
    let folder = TempDir::new().unwrap();
    let of = |format: usize| {
        let path = folder.path().join(format.to_string());
        let mut db = Connection::open(&path).unwrap();
        migrate::migrate(&mut db, &path, &MIGRATIONS[..format]).unwrap();
        let ada = "INSERT INTO developers (id, email, email_key, full_name, role, created_at,
            kdf_memory_kib, kdf_passes, kdf_lanes, kdf_salt, key_by_password, key_by_recovery)
            VALUES ('ada', 'x', 'x', 'Ada', 'developer', 0, 8, 1, 1, x'', x'', x'')";
        db.execute(ada, []).unwrap();
        path
    };
    let files: Vec<PathBuf> = (1..=MIGRATIONS.len()).map(of).collect();
    for workspace in &files {
        for backup in &files {
            let found = Revived::compare(workspace, backup, NOW);
            assert_eq!(
                found.unwrap(),
                Revived::default(),
                "{workspace:?} {backup:?}"
            );
        }
    }
}

#[test]
fn what_an_unreadable_workspace_ended_is_not_known() {
    let (_folder, file) = saved(&Rig::new());
    let data = closed(Rig::new());
    fs::write(file_in(&data), "no database").unwrap();
    let restore = Restore::prepare(data.path(), &file).unwrap();
    assert_eq!(restore.revives(NOW).unwrap(), None);
}
