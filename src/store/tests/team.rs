//! Developers: adding, removing, roles, passwords, recovery keys, and the last administrator.

use std::{fs, thread};

use super::{EMAIL, GRACE, INITIAL, NOW, PASSWORD, Rig, apps::create, later, open, password};
use crate::store::OwnKeys;
use crate::{
    domain::{
        history::{Entry, What},
        id::{DeveloperId, DraftId},
        oauth::{
            credential::RecoveryKey,
            jwt::{AuthorizedApps, NewJwt},
        },
        people::{
            developer::{MemberState, Role},
            email::EmailAddress,
        },
        secret::Secret,
    },
    store::{HistoryQuery, ProofError, SignInError, StoreError, Workspace},
};

fn initial() -> Secret {
    Secret::new(INITIAL)
}

fn add_grace(rig: &mut Rig, role: Role) -> DeveloperId {
    rig.add("Grace Hopper", GRACE, role)
}

/// In her own console, after she has chosen a password.
fn grace_signed_in(rig: &mut Rig, role: Role) -> (Workspace, DeveloperId) {
    let id = add_grace(rig, role);
    let mut console = open(rig.dir.path());
    console.sign_in(GRACE, &initial(), NOW).unwrap();
    console
        .change_password(&initial(), &password(), OwnKeys::Keep, NOW)
        .unwrap();
    (console, id)
}

fn is_refused<T>(result: Result<T, SignInError>) -> bool {
    matches!(result, Err(SignInError::Refused { .. }))
}

fn history(workspace: &Workspace) -> Vec<Entry> {
    let query = HistoryQuery {
        limit: 1000,
        ..HistoryQuery::default()
    };
    let mut entries = workspace.history(&query).unwrap().entries;
    entries.reverse();
    entries
}

fn conflict<T: std::fmt::Debug>(result: Result<T, StoreError>) -> String {
    match result {
        Err(StoreError::Conflict(message)) => message,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_new_developer_signs_in_with_the_first_password_and_then_chooses_another() {
    let mut rig = Rig::new();
    let id = add_grace(&mut rig, Role::DeveloperAdmin);
    let app = create(&mut rig, "App");
    let team = rig.workspace.team().unwrap();
    assert_eq!(team.organization, "Analytical Engines");
    let [ada, grace] = &team.members[..] else {
        panic!("{team:?}");
    };
    assert_eq!(ada.last_sign_in_at, Some(NOW));
    assert!(!ada.must_change_password);
    assert_eq!(grace.developer.id, id);
    assert_eq!(grace.developer.state, MemberState::Active);
    assert_eq!(grace.last_sign_in_at, None);
    assert!(grace.must_change_password);

    let mut console = open(rig.dir.path());
    let session = console.sign_in(GRACE, &initial(), later(1)).unwrap();
    assert!(session.must_change_password);
    let refused = console.client_secret(&app.id).unwrap_err();
    assert!(matches!(refused, StoreError::MustChangePassword));
    // However often: a slip is not slowed like a guess.
    for _ in 0..7 {
        let same = console.change_password(&initial(), &initial(), OwnKeys::Keep, later(2));
        assert_eq!(
            same.unwrap_err().to_string(),
            "Choose a password other than your current one."
        );
    }
    let salt = |console: &Workspace| -> Vec<u8> {
        console
            .db
            .query_row(
                "SELECT kdf_salt FROM developers WHERE id = ?1",
                [id.as_str()],
                |row| row.get(0),
            )
            .unwrap()
    };
    let before = salt(&console);
    let own = Secret::new("her own password");
    console
        .change_password(&initial(), &own, OwnKeys::Keep, later(3))
        .unwrap();
    // She gets a recovery key: that of the keys that the administrator made was never shown.
    let key = console.replace_unconfirmed_recovery_key().unwrap().unwrap();
    console.confirm_recovery_key().unwrap();
    assert_ne!(salt(&console), before);
    assert!(!console.current_session().unwrap().must_change_password);
    console.client_secret(&app.id).unwrap().unwrap();

    console.lock();
    assert!(is_refused(console.sign_in(GRACE, &initial(), later(4))));
    let session = console.sign_in(GRACE, &own, later(5)).unwrap();
    assert!(!session.must_change_password);
    assert_eq!(
        console
            .replace_unconfirmed_recovery_key()
            .unwrap()
            .map(drop),
        None
    );
    console.recover(GRACE, &key, password(), later(6)).unwrap();
    let theirs = console.client_secret(&app.id).unwrap().unwrap();
    let mine = rig.workspace.client_secret(&app.id).unwrap().unwrap();
    assert_eq!(theirs.expose(), mine.expose());
}

#[test]
fn an_address_is_one_persons_until_they_are_removed() {
    let mut rig = Rig::new();
    let first = add_grace(&mut rig, Role::Developer);
    let again = |rig: &mut Rig| {
        let email = EmailAddress::parse("GRACE@Example.com").unwrap();
        rig.workspace
            .add_developer("Grace Again", &email, Role::AuditUser, &password(), NOW)
    };
    let taken = "This e-mail address is already used by Grace Hopper.";
    assert_eq!(conflict(again(&mut rig)), taken);
    rig.workspace.set_enabled(&first, false, NOW).unwrap();
    assert_eq!(conflict(again(&mut rig)), taken);
    rig.workspace.remove_developer(&first, NOW).unwrap();
    let second = again(&mut rig).unwrap().developer.id;
    assert_ne!(first, second);

    let mut console = open(rig.dir.path());
    assert!(is_refused(console.sign_in(GRACE, &initial(), NOW)));
    let session = console.sign_in(GRACE, &password(), NOW).unwrap();
    assert_eq!(session.developer.id, second);
    // In the history the address still stands for the first one too.
    let written: Vec<String> = history(&console)
        .into_iter()
        .filter(|entry| entry.what == What::DeveloperRemoved)
        .map(|entry| entry.subject)
        .collect();
    assert_eq!(written, ["Grace Hopper <grace@example.com>"]);
    let team = console.team().unwrap();
    assert!(team.members.iter().all(|one| one.developer.id != first));
    // Removed again, or enabled, she stays removed.
    let gone = rig.workspace.remove_developer(&first, NOW).unwrap_err();
    assert!(matches!(gone, StoreError::NotFound(_)), "{gone}");
    rig.workspace.set_enabled(&first, true, NOW).unwrap_err();
    rig.workspace
        .reset_password(&first, &password(), NOW)
        .unwrap_err();
}

#[test]
fn who_is_removed_leaves_apps_and_a_name_and_no_keys() {
    let mut rig = Rig::new();
    let (mut console, id) = grace_signed_in(&mut rig, Role::Developer);
    let grace = console.current_session().unwrap().developer;
    let app = super::web_app("Hers", &grace);
    let app = console.create_app(app, &id, None, NOW).unwrap();
    let draft = DraftId::from_stored("draft");
    console
        .save_draft(&draft, &id, &Secret::new("{}"), NOW)
        .unwrap();
    let jwt = NewJwt {
        label: "Hers".to_owned(),
        apps: AuthorizedApps::Organization,
        expires_at: None,
    };
    let jwt = console.create_jwt(&id, &jwt, NOW).unwrap().id;
    rig.workspace.remove_developer(&id, NOW).unwrap();
    assert!(
        rig.workspace
            .jwt_standing(&jwt)
            .unwrap()
            .unwrap()
            .is_revoked
    );
    assert!(rig.workspace.jwt_credentials().unwrap().is_empty());

    let ended = console.client_secret(&app.id).unwrap_err();
    assert!(matches!(ended, StoreError::AccessEnded), "{ended}");
    assert_eq!(rig.workspace.app(&app.id).unwrap().created_by, id);
    let kept: (Vec<u8>, Vec<u8>, i64) = rig
        .workspace
        .db
        .query_row(
            "SELECT key_by_password, key_by_recovery, (SELECT count(*) FROM drafts)
             FROM developers WHERE id = ?1",
            [id.as_str()],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .unwrap();
    assert_eq!(kept, (Vec::new(), Vec::new(), 0));
    let session = rig.workspace.current_session().unwrap();
    assert_eq!(session.developers.len(), 1);
    assert_eq!(session.name_of(&id), "Deleted user");
    assert_eq!(session.author(&id), "Grace Hopper (removed)");
    let words = HistoryQuery {
        words: "hopper created".to_owned(),
        limit: 9,
        ..HistoryQuery::default()
    };
    // The app and the credential.
    assert_eq!(rig.workspace.history(&words).unwrap().matched, 2);
}

#[test]
fn a_disabled_developer_gets_no_way_in_and_comes_back_as_they_were() {
    let mut rig = Rig::new();
    let (mut console, id) = grace_signed_in(&mut rig, Role::Developer);
    let key = console.replace_unconfirmed_recovery_key().unwrap().unwrap();
    rig.workspace.set_enabled(&id, false, NOW).unwrap();
    let ended = console.drafts(&id).unwrap_err();
    assert_eq!(
        ended.to_string(),
        "A Developer Admin ended your access to this workspace."
    );
    // Not even whether the password was right is revealed.
    assert!(is_refused(console.sign_in(GRACE, &password(), NOW)));
    assert!(is_refused(console.recover(GRACE, &key, password(), NOW)));
    assert!(is_refused(console.sign_in(GRACE, &Secret::new("no"), NOW)));
    let session = rig.workspace.current_session().unwrap();
    assert_eq!(session.developers.len(), 2);
    assert_eq!(session.active().count(), 1);
    assert_eq!(session.name_of(&id), "Grace Hopper");

    rig.workspace.set_enabled(&id, true, NOW).unwrap();
    console.sign_in(GRACE, &password(), NOW).unwrap();
}

#[test]
fn a_disabled_developer_is_slowed_like_any_other() {
    let mut rig = Rig::new();
    let id = add_grace(&mut rig, Role::Developer);
    rig.workspace.set_enabled(&id, false, NOW).unwrap();
    let mut try_it = |email: &str, at: i64| -> String {
        let result = rig.workspace.sign_in(email, &initial(), later(at));
        format!("{:?}", result.unwrap_err())
    };
    for step in 0..8 {
        let at = step * 400;
        assert_eq!(try_it(GRACE, at), try_it("nobody@example.com", at));
    }
}

#[test]
fn a_reset_ends_the_old_password_the_old_recovery_key_and_the_open_console() {
    let mut rig = Rig::new();
    let (mut console, id) = grace_signed_in(&mut rig, Role::Developer);
    let key = console.replace_unconfirmed_recovery_key().unwrap().unwrap();
    console.confirm_recovery_key().unwrap();
    for _ in 0..5 {
        assert!(is_refused(console.sign_in(GRACE, &Secret::new("no"), NOW)));
    }
    let given = Secret::new("a new one for Grace");
    let member = rig.workspace.reset_password(&id, &given, NOW).unwrap();
    assert!(member.must_change_password);
    let refused = console.drafts(&id).unwrap_err();
    assert!(matches!(refused, StoreError::MustChangePassword));

    // Earlier attempts do not keep her out.
    assert!(is_refused(console.sign_in(GRACE, &password(), NOW)));
    assert!(is_refused(console.recover(GRACE, &key, password(), NOW)));
    assert!(
        console
            .sign_in(GRACE, &given, NOW)
            .unwrap()
            .must_change_password
    );
    let next = console.replace_unconfirmed_recovery_key().unwrap().unwrap();
    let own = Secret::new("another of her own");
    console
        .change_password(&given, &own, OwnKeys::Keep, NOW)
        .unwrap();
    console.sign_in(GRACE, &own, NOW).unwrap();
    // The key works unconfirmed, and the password that she chooses is her own.
    rig.workspace.reset_password(&id, &given, NOW).unwrap();
    assert!(is_refused(console.recover(GRACE, &next, password(), NOW)));
    console.sign_in(GRACE, &given, NOW).unwrap();
    let next = console.replace_unconfirmed_recovery_key().unwrap().unwrap();
    let (session, _) = console.recover(GRACE, &next, password(), NOW).unwrap();
    assert!(!session.must_change_password);
}

#[test]
fn ones_own_password_is_not_reset_but_changed() {
    let mut rig = Rig::new();
    let me = rig.me();
    let message = conflict(rig.workspace.reset_password(&me, &initial(), NOW));
    assert!(
        message.starts_with("You cannot reset your own password"),
        "{message}"
    );
}

#[test]
fn a_wrong_password_is_told_as_such_and_counted() {
    let mut rig = Rig::new();
    let wrong = Secret::new("wrong");
    for step in 0..4 {
        let refused = if step % 2 == 0 {
            rig.workspace
                .change_password(&wrong, &initial(), OwnKeys::Keep, NOW)
        } else {
            rig.workspace.new_recovery_key(&wrong, NOW).map(drop)
        };
        let refused = refused.unwrap_err();
        assert!(matches!(refused, ProofError::Wrong { wait_ms: 0 }));
        assert_eq!(refused.to_string(), "Wrong password.");
    }
    let fifth = rig
        .workspace
        .change_password(&wrong, &initial(), OwnKeys::Keep, NOW);
    assert!(matches!(fifth, Err(ProofError::Wrong { wait_ms: 1000 })));
    let sixth = rig
        .workspace
        .change_password(&password(), &initial(), OwnKeys::Keep, later(1));
    assert!(matches!(sixth, Err(ProofError::Wait { wait_ms: 999 })));
    rig.workspace
        .change_password(&password(), &initial(), OwnKeys::Keep, later(1000))
        .unwrap();
    // Shares the count with signing in, and a success resets it.
    rig.workspace
        .sign_in(EMAIL, &initial(), later(1001))
        .unwrap();
    let one = rig.workspace.new_recovery_key(&wrong, later(1002));
    assert!(matches!(one, Err(ProofError::Wrong { wait_ms: 0 })));
}

#[test]
fn a_new_recovery_key_ends_the_old_one() {
    let mut rig = Rig::new();
    rig.workspace.confirm_recovery_key().unwrap();
    let next = rig.workspace.new_recovery_key(&password(), NOW).unwrap();
    let recover = |rig: &mut Rig, key: &RecoveryKey| {
        rig.workspace.recover(EMAIL, key, password(), NOW).map(drop)
    };
    let old = rig.recovery.clone();
    assert!(is_refused(recover(&mut rig, &old)));
    recover(&mut rig, &next).unwrap();
    // Until it is confirmed, it counts as never seen.
    rig.workspace.new_recovery_key(&password(), NOW).unwrap();
    let other = rig.workspace.replace_unconfirmed_recovery_key().unwrap();
    recover(&mut rig, &other.unwrap()).unwrap();
}

#[test]
fn a_password_that_was_changed_meanwhile_is_not_changed_again() {
    let mut rig = Rig::new();
    let mut elsewhere = open(rig.dir.path());
    elsewhere.sign_in(EMAIL, &password(), NOW).unwrap();
    rig.workspace
        .change_password(&password(), &initial(), OwnKeys::Keep, NOW)
        .unwrap();
    let refused = elsewhere.change_password(
        &password(),
        &Secret::new("quartz lemming avenue"),
        OwnKeys::Keep,
        NOW,
    );
    assert!(matches!(refused, Err(ProofError::Wrong { .. })));
    elsewhere
        .change_password(&initial(), &password(), OwnKeys::Keep, NOW)
        .unwrap();
}

#[test]
fn an_active_administrator_is_always_left() {
    let mut rig = Rig::new();
    let me = rig.me();
    let (mut console, grace) = grace_signed_in(&mut rig, Role::DeveloperAdmin);
    rig.workspace.set_enabled(&grace, false, NOW).unwrap();
    let last = "This is the last active Developer Admin. Give another developer this role first.";
    for role in [Role::Developer, Role::AuditUser] {
        assert_eq!(conflict(rig.workspace.set_role(&me, role, NOW)), last);
    }
    rig.workspace
        .set_role(&me, Role::DeveloperAdmin, NOW)
        .unwrap();
    let message = conflict(rig.workspace.set_enabled(&me, false, NOW));
    assert_eq!(message, "You cannot disable yourself.");
    let message = conflict(rig.workspace.remove_developer(&me, NOW));
    assert_eq!(message, "You cannot remove yourself.");

    rig.workspace.set_enabled(&grace, true, NOW).unwrap();
    rig.workspace.set_role(&me, Role::Developer, NOW).unwrap();
    assert_eq!(
        conflict(console.set_role(&grace, Role::Developer, NOW)),
        last
    );
    console.set_enabled(&me, false, NOW).unwrap();
    console.remove_developer(&me, NOW).unwrap();
}

#[test]
fn two_administrators_who_end_each_other_at_once_leave_one() {
    type Deed = fn(&mut Workspace, &DeveloperId) -> Result<(), StoreError>;
    let deeds: [Deed; 3] = [
        |console, id| console.set_enabled(id, false, NOW).map(drop),
        |console, id| console.remove_developer(id, NOW),
        |console, id| console.set_role(id, Role::Developer, NOW).map(drop),
    ];
    for deed in deeds {
        let mut rig = Rig::new();
        let me = rig.me();
        let (mut console, grace) = grace_signed_in(&mut rig, Role::DeveloperAdmin);
        let mine = &mut rig.workspace;
        let done = thread::scope(|scope| {
            let one = scope.spawn(|| deed(mine, &grace));
            let other = scope.spawn(|| deed(&mut console, &me));
            [one.join().unwrap(), other.join().unwrap()]
        });
        let count = done.iter().filter(|done| done.is_ok()).count();
        assert_eq!(count, 1, "{done:?}");
        let admins: i64 = rig
            .workspace
            .db
            .query_row(
                "SELECT count(*) FROM developers
                 WHERE state = 'active' AND role = 'developer_admin'",
                [],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(admins, 1);
    }
}

#[test]
fn names_are_one_line_and_not_empty() {
    let mut rig = Rig::new();
    let long = "x".repeat(101);
    for name in ["", "  ", &long] {
        conflict(rig.workspace.rename_organization(name, NOW));
        let email = EmailAddress::parse(GRACE).unwrap();
        let added = rig
            .workspace
            .add_developer(name, &email, Role::Developer, &password(), NOW);
        conflict(added);
    }
    rig.workspace
        .rename_organization(" Difference\nEngines ", NOW)
        .unwrap();
    let team = rig.workspace.team().unwrap();
    assert_eq!(team.organization, "Difference Engines");
}

#[test]
fn all_of_it_is_in_the_history_and_no_secret_is_anywhere() {
    let mut rig = Rig::new();
    let me = rig.me();
    let id = add_grace(&mut rig, Role::Developer);
    let given = "planted by a reset";
    let own = "planted by a change";
    let workspace = &mut rig.workspace;
    workspace
        .rename_organization("Difference Engines", NOW)
        .unwrap();
    // A change that changes nothing is not written.
    workspace
        .rename_organization("Difference Engines", NOW)
        .unwrap();
    workspace.set_role(&id, Role::Developer, NOW).unwrap();
    workspace.set_enabled(&id, true, NOW).unwrap();
    workspace.set_role(&id, Role::AuditUser, NOW).unwrap();
    workspace
        .reset_password(&id, &Secret::new(given), NOW)
        .unwrap();
    workspace.set_enabled(&id, false, NOW).unwrap();
    workspace.set_enabled(&id, true, NOW).unwrap();
    workspace
        .change_password(&password(), &Secret::new(own), OwnKeys::Keep, NOW)
        .unwrap();
    let key = workspace.new_recovery_key(&Secret::new(own), NOW).unwrap();
    workspace.remove_developer(&id, NOW).unwrap();
    let (_, next) = workspace.recover(EMAIL, &key, password(), NOW).unwrap();

    let entries = history(workspace);
    let whats: Vec<What> = entries.iter().map(|entry| entry.what).collect();
    assert_eq!(
        whats,
        [
            What::OrganizationFounded,
            What::DeveloperAdded,
            What::OrganizationRenamed,
            What::RoleChanged,
            What::PasswordReset,
            What::DeveloperDisabled,
            What::DeveloperEnabled,
            What::PasswordChanged,
            What::RecoveryKeyMade,
            What::DeveloperRemoved,
            What::PasswordChanged,
        ]
    );
    assert!(
        entries
            .iter()
            .all(|entry| entry.who == me && entry.app.is_none())
    );
    assert_eq!(entries[1].subject, "Grace Hopper <grace@example.com>");
    assert_eq!(
        entries[2].changes[0].before.as_deref(),
        Some("Analytical Engines")
    );
    assert_eq!(entries[3].changes[0].before.as_deref(), Some("Developer"));
    assert_eq!(entries[3].changes[0].after.as_deref(), Some("Audit-user"));
    assert_eq!(entries[7].subject, "Ada Lovelace <Ada@example.com>");
    assert_eq!(workspace.check_history().unwrap(), None);

    let planted = [PASSWORD, INITIAL, given, own, key.expose(), next.expose()];
    let holds = |name: &str| {
        fs::read_dir(rig.dir.path()).unwrap().any(|file| {
            let bytes = fs::read(file.unwrap().path()).unwrap();
            bytes
                .windows(name.len())
                .any(|part| part == name.as_bytes())
        })
    };
    for secret in planted {
        assert!(!holds(secret), "open: {secret}");
    }
    assert!(holds("Difference Engines"));
    rig.workspace.close().unwrap();
    for secret in planted {
        assert!(!holds(secret), "closed: {secret}");
    }
}
