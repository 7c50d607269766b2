//! A developer who leaves keeps a copy of the file and the password. What is sealed later stays
//! closed.

use rusqlite::Connection;

use super::{OWN, grace, opened};
use crate::{
    domain::{id::DeveloperId, people::developer::Role, secret::Secret},
    store::{
        FILE_NAME, Workspace,
        tests::{EMAIL, GRACE, INITIAL, NOW, Rig, apps::create, open, password},
    },
    vault::SecretsKey,
};

/// Grace's copy of the file, and her password.
struct Kept {
    console: Workspace,
    _dir: tempfile::TempDir,
}

impl Kept {
    fn by_grace(rig: &Rig) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let copy = dir.path().join(FILE_NAME);
        rig.workspace.back_up_to(&copy).unwrap();
        let mut console = open(dir.path());
        console.sign_in(GRACE, &Secret::new(OWN), NOW).unwrap();
        Self { console, _dir: dir }
    }

    /// How many sealed values of today's file open with anything that she has.
    fn opens(&self, today: &Connection) -> usize {
        let vault = self.console.unlocked().unwrap();
        let mut keys: Vec<SecretsKey> = Vec::new();
        let origin = &vault.identity.origin;
        let mut query = today
            .prepare("SELECT id, secrets_key FROM developers WHERE secrets_key IS NOT NULL")
            .unwrap();
        let mut rows = query.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let (id, wrapped): (String, Vec<u8>) = (row.get(0).unwrap(), row.get(1).unwrap());
            for epoch in 0..9 {
                keys.extend(SecretsKey::unwrap(
                    &wrapped,
                    &vault.keys,
                    origin,
                    &id,
                    epoch,
                ));
            }
        }
        let held = keys.iter().chain(vault.secrets().ok());
        held.map(|key| opened(today, key).0).sum()
    }
}

pub(in crate::store::tests) type Leave = fn(&mut Rig, &DeveloperId);

pub(in crate::store::tests) const LEAVING: &[(&str, Leave)] = &[
    ("removed", |rig, id| {
        rig.workspace.remove_developer(id, NOW).unwrap()
    }),
    ("disabled", |rig, id| {
        rig.workspace.set_enabled(id, false, NOW).unwrap();
    }),
    ("demoted", |rig, id| {
        rig.workspace.set_role(id, Role::AuditUser, NOW).unwrap();
    }),
    ("reset", |rig, id| {
        rig.workspace
            .reset_password(id, &Secret::new(INITIAL), NOW)
            .unwrap();
    }),
];

#[test]
fn an_old_copy_and_an_old_password_open_nothing_of_todays_file() {
    for (name, leave) in LEAVING {
        let mut rig = Rig::new();
        let id = {
            let console = grace(&mut rig, Role::Developer);
            console.unlocked().unwrap().who.clone()
        };
        create(&mut rig, "Before");
        let kept = Kept::by_grace(&rig);
        assert!(kept.opens(&rig.workspace.db) > 0, "{name}: before");
        leave(&mut rig, &id);
        assert_eq!(kept.opens(&rig.workspace.db), 0, "{name}: at once");
        create(&mut rig, "After");
        assert_eq!(kept.opens(&rig.workspace.db), 0, "{name}: later");
        // The remaining developers lose nothing.
        let mut console = open(rig.dir.path());
        console.sign_in(EMAIL, &password(), NOW).unwrap();
        let key = console.unlocked().unwrap().secrets().unwrap();
        assert_eq!(opened(&console.db, key).1, Vec::<String>::new(), "{name}");
    }
}

#[test]
fn a_spoiled_value_keeps_no_developer_in_and_is_named() {
    for (name, leave) in LEAVING {
        let mut rig = Rig::new();
        let id = grace(&mut rig, Role::Developer)
            .unlocked()
            .unwrap()
            .who
            .clone();
        create(&mut rig, "Whole");
        let spoiled = create(&mut rig, "Spoiled").id;
        let sql = "UPDATE client_secrets SET sealed = zeroblob(length(sealed)) WHERE app_id = ?1";
        let changed = rig.workspace.db.execute(sql, [spoiled.as_str()]).unwrap();
        assert_eq!(changed, 1);
        let secret: String = rig
            .workspace
            .db
            .query_row(
                "SELECT id FROM client_secrets WHERE app_id = ?1",
                [spoiled.as_str()],
                |row| row.get(0),
            )
            .unwrap();
        leave(&mut rig, &id);
        let told: String = rig
            .workspace
            .db
            .query_row(
                "SELECT changes FROM history ORDER BY seq DESC LIMIT 1",
                [],
                |row| row.get(0),
            )
            .unwrap();
        assert!(told.contains(&secret), "{name}: {told}");
        let key = rig.workspace.unlocked().unwrap().secrets().unwrap();
        assert_eq!(
            opened(&rig.workspace.db, key).1,
            ["client_secrets"],
            "{name}"
        );
        rig.workspace.client_secret(&spoiled).unwrap_err();
        // A rotation fixes this.
        rig.workspace.rotate_secret(&spoiled, 0, NOW).unwrap();
        rig.workspace.client_secret(&spoiled).unwrap().unwrap();
    }
}

#[test]
fn an_audit_user_opens_nothing_ever() {
    let mut rig = Rig::new();
    grace(&mut rig, Role::AuditUser);
    create(&mut rig, "App");
    let kept = Kept::by_grace(&rig);
    assert_eq!(kept.opens(&rig.workspace.db), 0);
    let mut console = open(rig.dir.path());
    console.sign_in(GRACE, &Secret::new(OWN), NOW).unwrap();
    assert!(console.unlocked().unwrap().secrets().is_err());
}

#[test]
fn another_open_console_saves_before_and_after_under_the_right_key() {
    let mut rig = Rig::new();
    let mut admin = rig.another_admin();
    let id = rig.add("Grace Hopper", GRACE, Role::Developer);
    create(&mut rig, "Before");
    admin.remove_developer(&id, NOW).unwrap();
    // Ada's console still has the former key in memory.
    let after = create(&mut rig, "After");
    let secret = rig.workspace.client_secret(&after.id).unwrap().unwrap();
    let read = admin.client_secret(&after.id).unwrap().unwrap();
    assert_eq!(secret.expose(), read.expose());
    let key = admin.unlocked().unwrap().secrets().unwrap();
    assert_eq!(opened(&admin.db, key), (2, Vec::new()));
    // A new signing key as well: the developer who left knows the old one.
    assert_eq!(key.epoch(), 2);
}
