//! Rows that are cut off, changed, moved, or signed in another developer's name.

use rusqlite::{Connection, params};

use super::{OWN, by_hand, found, grace, rig_with_history};
use crate::store::OwnKeys;
use crate::{
    domain::{
        history::{Broken, Needs, What},
        id::DeveloperId,
        people::developer::Role,
        secret::Secret,
    },
    store::{
        StoreError, Workspace,
        history::{Record, Signer, record},
        roster::{COLUMNS, StoredRow, check_all},
        tests::{EMAIL, GRACE, INITIAL, NOW, Rig, apps::create, later, open, password},
    },
    vault::{Link, MemberKeys},
};

fn rows(db: &Connection) -> Vec<StoredRow> {
    let mut query = db
        .prepare(&format!("SELECT {COLUMNS} FROM history ORDER BY seq"))
        .unwrap();
    let rows = query.query_map([], StoredRow::read).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

/// Computes all links again, as an attacker does after changing a row.
fn relink(db: &Connection) {
    let mut link = Link::default();
    for row in rows(db) {
        link = row.computed_link(&link);
        let seq = row.seq;
        db.execute(
            "UPDATE history SET link = ?2 WHERE seq = ?1",
            params![seq, link],
        )
        .unwrap();
    }
    db.execute("UPDATE history_end SET link = ?1", [link])
        .unwrap();
}

fn sign_end(db: &Connection, keys: &MemberKeys) {
    let last = rows(db).pop().unwrap();
    let end = keys.sign_end(last.seq, &last.link);
    db.execute(
        "UPDATE history_end SET seq = ?1, link = ?2, signature = ?3",
        params![last.seq, last.link, end],
    )
    .unwrap();
}

const CHANGED: Record<'_> = Record {
    app: None,
    subject: "App",
    what: What::AppChanged,
    changes: Vec::new(),
};

fn warning(rig: &Rig, email: &str, password: &Secret) -> Option<String> {
    let mut console = open(rig.dir.path());
    console.sign_in(email, password, later(9)).unwrap().warning
}

#[test]
fn no_beginning_of_a_history_is_a_history() {
    let rig = rig_with_history();
    assert_eq!(found(&rig), None);
    let whole = rows(&rig.workspace.db);
    for rest in 0..whole.len() {
        for end in [
            "",
            "UPDATE history_end SET seq = (SELECT coalesce(max(seq), 0) FROM history),
             link = coalesce((SELECT link FROM history ORDER BY seq DESC LIMIT 1), zeroblob(32))",
        ] {
            let step = rig.workspace.db.unchecked_transaction().unwrap();
            step.execute("DELETE FROM history WHERE seq > ?1", [rest as i64])
                .unwrap();
            step.execute_batch(end).unwrap();
            let (_, broken) = check_all(&step).unwrap();
            assert_eq!(
                broken,
                Some(Broken::EndsBefore(rest as i64 + 1)),
                "{rest} rows, {end}"
            );
        }
    }
}

/// Without a password, such a history looks like an older one: only a developer who has seen more
/// rows notices.
#[test]
fn who_had_seen_more_finds_rows_that_a_member_cut_off() {
    let mut rig = rig_with_history();
    rig.workspace.lock();
    let mut console = open(rig.dir.path());
    console.sign_in(GRACE, &Secret::new(OWN), NOW).unwrap();
    let last = rows(&console.db).pop().unwrap();
    console
        .db
        .execute("DELETE FROM history WHERE seq = ?1", [last.seq])
        .unwrap();
    sign_end(&console.db, &console.unlocked.as_ref().unwrap().keys);
    let actor = console.unlocked.as_ref().unwrap().actor(NOW);
    record(&console.db, actor, &CHANGED).unwrap();
    assert_eq!(found(&rig), None);

    let found = warning(&rig, EMAIL, &password()).unwrap();
    assert!(
        found.contains(&format!("entry {} was changed", last.seq)),
        "{found}"
    );
    let mut ada = open(rig.dir.path());
    let session = ada.sign_in(EMAIL, &password(), NOW).unwrap();
    let app = ada.create_app(
        super::super::web_app("X", &session.developer),
        &rig.me(),
        None,
        NOW,
    );
    assert!(matches!(app, Err(StoreError::Tampered(_))), "{app:?}");
}

#[test]
fn a_changed_row_is_named_whether_its_links_were_computed_again_or_not() {
    const CHANGES: &[&str] = &[
        "UPDATE history SET at = at + 1 WHERE seq = ?1",
        "UPDATE history SET subject = 'Other' WHERE seq = ?1",
        "UPDATE history SET changes = '[ ]' WHERE seq = ?1",
        "UPDATE history SET app_id = 'other' WHERE seq = ?1",
        "UPDATE history SET what = 'app_purged' WHERE seq = ?1",
        "UPDATE history SET who = (SELECT id FROM developers WHERE id <> who) WHERE seq = ?1",
        "UPDATE history SET statement = replace(coalesce(statement, '{}'), 'active', 'removed')
         WHERE seq = ?1",
        "UPDATE history SET signature = NULL WHERE seq = ?1",
        "UPDATE history SET signature = zeroblob(64) WHERE seq = ?1",
        "DELETE FROM history WHERE seq = ?1",
        "UPDATE history SET seq = -1 WHERE seq = ?1",
    ];
    let rig = rig_with_history();
    let count = rows(&rig.workspace.db).len() as i64;
    for sql in CHANGES {
        for seq in 1..=count {
            for again in [false, true] {
                let step = rig.workspace.db.unchecked_transaction().unwrap();
                step.execute(sql, [seq]).unwrap();
                if again {
                    relink(&step);
                }
                let (_, broken) = check_all(&step).unwrap();
                let named = match broken {
                    Some(Broken::At(row) | Broken::Refused(row, _) | Broken::EndsBefore(row)) => {
                        row
                    }
                    other => panic!("{sql} {seq}: {other:?}"),
                };
                // A row that is gone is noticed at the next one, a row that comes too early at
                // its place.
                assert!((1..=seq + 1).contains(&named), "{sql} {seq}: {named}");
            }
        }
    }
}

#[test]
fn a_row_in_another_developers_name_is_refused() {
    let mut rig = Rig::new();
    let console = grace(&mut rig, Role::DeveloperAdmin);
    let keys = &console.unlocked.as_ref().unwrap().keys;
    let me = rig.me();
    let forged = Signer {
        who: &me,
        row: keys,
        end: keys,
        now: NOW,
    };
    let statement = crate::store::roster::Statement::default();
    crate::store::history::record_statement(&console.db, forged, &CHANGED, &statement).unwrap();
    let last = rows(&console.db).len() as i64;
    assert_eq!(
        found(&rig),
        Some(Broken::Refused(last, "its signature is not valid"))
    );
}

/// What each kind of developer can sign with their own program.
#[test]
fn a_row_of_each_kind_is_believed_of_those_only_whose_role_allows_it() {
    let mut rig = Rig::new();
    let mut consoles: Vec<(&str, Workspace)> = Vec::new();
    let mut add = |rig: &mut Rig, name, email: &str, role, chooses| {
        let id = rig.add("Edsger Rook", email, role);
        let mut console = open(rig.dir.path());
        let initial = Secret::new(INITIAL);
        console.sign_in(email, &initial, NOW).unwrap();
        if chooses {
            console
                .change_password(&initial, &Secret::new(OWN), OwnKeys::Keep, NOW)
                .unwrap();
        }
        consoles.push((name, console));
        id
    };
    add(
        &mut rig,
        "admin",
        "b@example.com",
        Role::DeveloperAdmin,
        true,
    );
    add(
        &mut rig,
        "developer",
        "c@example.com",
        Role::Developer,
        true,
    );
    add(&mut rig, "auditor", "d@example.com", Role::AuditUser, true);
    add(
        &mut rig,
        "newcomer",
        "e@example.com",
        Role::DeveloperAdmin,
        false,
    );
    let disabled: DeveloperId = add(
        &mut rig,
        "disabled",
        "f@example.com",
        Role::DeveloperAdmin,
        true,
    );
    rig.workspace.set_enabled(&disabled, false, NOW).unwrap();

    for (name, console) in &consoles {
        for what in What::ALL {
            let step = console.db.unchecked_transaction().unwrap();
            let actor = console.unlocked.as_ref().unwrap().actor(NOW);
            let forged = Record {
                what: *what,
                ..CHANGED
            };
            record(&step, actor, &forged).unwrap();
            let (_, broken) = check_all(&step).unwrap();
            let expected = matches!(
                (*name, what.needs()),
                ("admin", _)
                    | ("developer", Needs::Nothing | Needs::Writer)
                    | ("auditor", Needs::Nothing)
            );
            assert_eq!(broken.is_none(), expected, "{name} {what:?}: {broken:?}");
        }
    }
}

#[test]
fn a_row_that_does_not_hold_is_told_at_sign_in_and_blocks_nothing() {
    let mut rig = rig_with_history();
    rig.workspace.lock();
    let mut console = open(rig.dir.path());
    console.sign_in(GRACE, &Secret::new(OWN), NOW).unwrap();
    let actor = console.unlocked.as_ref().unwrap().actor(NOW);
    record(
        &console.db,
        actor,
        &Record {
            what: What::OrganizationRenamed,
            ..CHANGED
        },
    )
    .unwrap();
    let last = rows(&console.db).len();
    let mut ada = open(rig.dir.path());
    let session = ada.sign_in(EMAIL, &password(), NOW).unwrap();
    assert_eq!(
        session.warning.as_deref(),
        Some(&*format!(
            "The history was tampered with: entry {last} is not valid, because its signer's role \
             does not allow it."
        ))
    );
    rig.workspace = ada;
    create(&mut rig, "Three");
}

#[test]
fn a_trigger_that_writes_history_is_found() {
    let mut rig = rig_with_history();
    by_hand(
        &rig,
        "CREATE TRIGGER planted AFTER UPDATE OF name ON organization BEGIN
             INSERT INTO history (seq, at, who, subject, what, changes, link, signature)
             SELECT seq + 1, 1, who, 'App', 'app_changed', '[]', link, signature
             FROM history ORDER BY seq DESC LIMIT 1;
         END",
    );
    let renamed = rig.workspace.rename_organization("Other", NOW);
    assert!(renamed.is_err() || found(&rig).is_some());
}
