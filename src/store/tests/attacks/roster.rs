//! Roles, addresses and keys that are written into the file by hand.

use super::{OWN, by_hand, found, grace, rig_with_history};
use crate::{
    domain::{
        history::Broken,
        people::developer::{MemberState, Role},
        secret::Secret,
    },
    store::{
        StoreError,
        roster::{Seat, check_all},
        tests::{EMAIL, GRACE, NOW, Rig, later, open, password, web_app},
    },
    vault::{self, SecretsKey},
};

#[test]
fn a_role_counts_only_as_it_was_signed() {
    let mut rig = Rig::new();
    let mut console = grace(&mut rig, Role::AuditUser);
    by_hand(&rig, "UPDATE developers SET role = 'developer_admin'");
    let refused = console.rename_organization("Mine", NOW).unwrap_err();
    assert!(matches!(refused, StoreError::Tampered(_)), "{refused}");
    let session = console.sign_in(GRACE, &Secret::new(OWN), NOW).unwrap();
    assert_eq!(session.developer.role, Role::AuditUser);
    let warning = session.warning.unwrap();
    assert!(
        warning.contains("role, state, name or e-mail address of Grace Hopper"),
        "{warning}"
    );
    let refused = console.rename_organization("Mine", NOW).unwrap_err();
    assert!(matches!(refused, StoreError::NotAllowed(_)), "{refused}");
}

#[test]
fn every_column_that_is_a_copy_of_what_was_signed_is_compared_and_set_right() {
    for change in [
        "role = 'developer_admin'",
        "state = 'disabled'",
        "full_name = 'Mallory Reed'",
        "email = 'mallory@example.com'",
        "email_key = 'mallory@example.com'",
    ] {
        let mut rig = Rig::new();
        let id = rig.add("Grace Hopper", GRACE, Role::Developer);
        by_hand(
            &rig,
            &format!(
                "UPDATE developers SET {change} WHERE id = '{}'",
                id.as_str()
            ),
        );
        let mut console = open(rig.dir.path());
        let session = console.sign_in(EMAIL, &password(), NOW).unwrap();
        assert!(
            session.warning.unwrap().contains("without a signature"),
            "{change}"
        );
        let session = console.current_session().unwrap();
        let grace = session.developers.iter().find(|one| one.id == id).unwrap();
        assert_eq!(grace.role, Role::Developer, "{change}");
        assert_eq!(grace.state, MemberState::Active, "{change}");
        assert_eq!(grace.full_name, "Grace Hopper", "{change}");
        assert_eq!(grace.email.as_str(), GRACE, "{change}");
        let of_grace: String = rig
            .workspace
            .db
            .query_row(
                "SELECT id FROM developers WHERE email_key = ?1",
                [GRACE],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(of_grace, id.as_str(), "{change}");
        console.lock();
        let session = console.sign_in(EMAIL, &password(), NOW).unwrap();
        assert_eq!(session.warning, None, "{change}");
    }
}

#[test]
fn addresses_that_two_developers_were_given_of_each_other_are_given_back() {
    let mut rig = Rig::new();
    let id = rig.add("Grace Hopper", GRACE, Role::Developer);
    by_hand(
        &rig,
        &format!(
            "UPDATE developers SET email_key = email_key || ' before';
             UPDATE developers SET email_key = '{EMAIL}' WHERE id = '{id}';
             UPDATE developers SET email_key = '{GRACE}' WHERE id <> '{id}'",
            id = id.as_str()
        ),
    );
    // Her password is not known under his address; the admin signs in under hers.
    let mut console = open(rig.dir.path());
    console.sign_in(EMAIL, &password(), NOW).unwrap_err();
    let session = console.sign_in(GRACE, &password(), NOW).unwrap();
    assert!(session.warning.is_some());
    console.lock();
    let session = console.sign_in(EMAIL, &password(), NOW).unwrap();
    assert_eq!(session.warning, None);
}

#[test]
fn a_spoiled_secrets_key_is_named_as_what_it_is() {
    let mut rig = Rig::new();
    let console = grace(&mut rig, Role::Developer);
    drop(console);
    by_hand(&rig, "UPDATE developers SET secrets_key = x'00'");
    let mut console = open(rig.dir.path());
    let session = console.sign_in(GRACE, &Secret::new(OWN), NOW).unwrap();
    let warning = session.warning.unwrap();
    assert!(warning.contains("secrets key of Grace Hopper"), "{warning}");
}

#[test]
fn nothing_is_sealed_under_an_unsigned_key() {
    let mut rig = Rig::new();
    grace(&mut rig, Role::Developer);
    let verified = check_all(&rig.workspace.db).unwrap().0;
    let mut rng = vault::os_random().unwrap();
    let planted = SecretsKey::mint(1, &mut rng);
    for seat in verified.roster.seats() {
        let origin = verified.roster.origin().unwrap();
        let id = seat.id.as_str();
        let wrapped = planted
            .wrap(&seat.keys().unwrap(), origin, id, &mut rng)
            .unwrap();
        let sql = "UPDATE developers SET secrets_key = ?2 WHERE id = ?1";
        rig.workspace
            .db
            .execute(sql, rusqlite::params![id, wrapped])
            .unwrap();
    }
    let mut console = open(rig.dir.path());
    let session = console.sign_in(EMAIL, &password(), NOW).unwrap();
    assert!(session.warning.is_some());
    let app = web_app("App", &session.developer);
    console.create_app(app, &rig.me(), None, NOW).unwrap_err();
}

#[test]
fn public_keys_that_were_exchanged_are_refused() {
    let rig = rig_with_history();
    let db = &rig.workspace.db;
    let verified = check_all(db).unwrap().0;
    let keys: Vec<_> = verified.roster.seats().filter_map(Seat::keys).collect();
    let hex = |key: [u8; 32]| key.map(|byte| format!("{byte:02x}")).concat();
    for (one, other) in [
        (hex(keys[0].sign), hex(keys[1].sign)),
        (hex(keys[0].wrap), hex(keys[1].wrap)),
    ] {
        let step = db.unchecked_transaction().unwrap();
        let sql = "UPDATE history SET statement = replace(replace(replace(statement, ?1, 'x'),
             ?2, ?1), 'x', ?2)";
        step.execute(sql, [one, other]).unwrap();
        assert!(matches!(check_all(&step).unwrap().1, Some(Broken::At(_))));
    }
}

/// The real developers' keys and secrets in the history of another founder.
#[test]
fn a_history_with_another_founder_is_not_the_developers_own() {
    let mut rig = Rig::new();
    rig.workspace.lock();
    let mut other = Rig::new();
    other.workspace.lock();
    let theirs = other.dir.path().join(crate::store::FILE_NAME);
    by_hand(
        &rig,
        &format!(
            "ATTACH '{}' AS theirs; DELETE FROM history;
             INSERT INTO history SELECT * FROM theirs.history;
             UPDATE history_end SET (seq, link, signature) =
                 (SELECT seq, link, signature FROM theirs.history_end)",
            theirs.display()
        ),
    );
    assert_eq!(found(&rig), None);
    let session = rig.workspace.sign_in(EMAIL, &password(), later(1)).unwrap();
    assert!(session.warning.is_some());
    let app = web_app("App", &session.developer);
    let refused = rig
        .workspace
        .create_app(app, &session.developer.id, None, NOW);
    assert!(
        matches!(refused, Err(StoreError::Tampered(_))),
        "{refused:?}"
    );
}
