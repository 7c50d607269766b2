//! Attacks by a person who may write the file, alone or with the password of a developer.

mod history;
mod introduction;
pub(super) mod leaving;
mod meanwhile;
mod places;
mod review;
mod roster;
mod upgrade;

use std::cell::RefCell;

use rusqlite::Connection;

use super::{GRACE, INITIAL, NOW, Rig, apps::create, open};
use crate::store::OwnKeys;
use crate::{
    domain::{history::Broken, people::developer::Role, secret::Secret},
    store::{FILE_NAME, Workspace, people::sealed::seal_anew, roster::check_all},
    vault::{self, SecretsKey},
};

const OWN: &str = "a compiler for everybody";

/// Grace's console, after she chose a password.
pub(super) fn grace(rig: &mut Rig, role: Role) -> Workspace {
    rig.add("Grace Hopper", GRACE, role);
    let mut console = open(rig.dir.path());
    let initial = Secret::new(INITIAL);
    console.sign_in(GRACE, &initial, NOW).unwrap();
    let own = Secret::new(OWN);
    console
        .change_password(&initial, &own, OwnKeys::Keep, NOW)
        .unwrap();
    console
}

/// An organization with two developers and some apps.
fn rig_with_history() -> Rig {
    let mut rig = Rig::new();
    create(&mut rig, "One");
    grace(&mut rig, Role::Developer).close().unwrap();
    create(&mut rig, "Two");
    rig
}

/// Writes to the file without the program.
fn by_hand(rig: &Rig, sql: &str) {
    let db = Connection::open(rig.dir.path().join(FILE_NAME)).unwrap();
    db.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    db.execute_batch(sql).unwrap();
}

/// The result of the check without a password.
fn found(rig: &Rig) -> Option<Broken> {
    check_all(&rig.workspace.db).unwrap().1
}

/// How many sealed values open with a key, and the tables of those that do not.
fn opened(db: &Connection, key: &SecretsKey) -> (usize, Vec<String>) {
    let found = RefCell::new((0, Vec::new()));
    let mut rng = vault::os_random().unwrap();
    db.execute_batch("SAVEPOINT opening").unwrap();
    seal_anew(db, key, &mut rng, &|_| {}, |value| {
        let opened = vault::open(key, value.sealed, &value.place);
        let (count, closed) = &mut *found.borrow_mut();
        match &opened {
            Ok(_) => *count += 1,
            Err(_) => closed.push(value.place.table.to_owned()),
        }
        Ok(opened.unwrap_or_default())
    })
    .unwrap();
    db.execute_batch("ROLLBACK TO opening; RELEASE opening")
        .unwrap();
    found.into_inner()
}
