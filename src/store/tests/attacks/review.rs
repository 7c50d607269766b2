//! Ways around the signatures: columns that are signed unread, rows that hide a statement, and an
//! open console that an attacker without keys uses.

use std::{thread, time::Duration};

use rusqlite::{Connection, params};

use super::{OWN, by_hand, found, grace, rig_with_history};
use crate::{
    domain::{
        history::{Broken, What},
        id::DeveloperId,
        people::developer::{MemberState, Role},
        secret::Secret,
    },
    store::{
        FILE_NAME, OwnKeys, StoreError, Workspace,
        history::{Record, Signer, record, record_statement},
        inspect,
        people::identity::Prepared,
        roster::{Hex, Seat, StatedKey, Statement, Verified, check_all},
        tests::{EMAIL, GRACE, INITIAL, NOW, Rig, apps::create, later, open, password, web_app},
    },
    vault::{self, Identity, KdfCost, Link},
};

const ROW: Record<'_> = Record {
    app: None,
    subject: "App",
    what: What::AppChanged,
    changes: Vec::new(),
};

fn roster_of(rig: &Rig) -> Verified {
    check_all(&rig.workspace.db).unwrap().0
}

fn id_of(console: &Workspace) -> DeveloperId {
    console.unlocked().unwrap().who.clone()
}

fn seat_of(rig: &Rig, id: &DeveloperId) -> Seat {
    roster_of(rig).roster.seat(id).unwrap().clone()
}

fn write_is_refused(console: &mut Workspace) -> bool {
    let me = console.current_session().unwrap().developer;
    let made = console.create_app(web_app("Sealed", &me), &me.id, None, NOW);
    matches!(made, Err(StoreError::Tampered(_)))
}

/// A change is refused while columns are edited. The next sign-in uses the signed values.
fn refused_until_sign_in<T: std::fmt::Debug>(
    rig: &mut Rig,
    change: impl Fn(&mut Workspace) -> Result<T, StoreError>,
) {
    let refused = change(&mut rig.workspace);
    assert!(
        matches!(refused, Err(StoreError::Tampered(Broken::Developer(_)))),
        "{refused:?}"
    );
    rig.workspace.lock();
    let session = rig.workspace.sign_in(EMAIL, &password(), later(1)).unwrap();
    assert!(session.warning.is_some());
    change(&mut rig.workspace).unwrap();
}

/// Grace has the role of an Audit-user, writes another into the file, and asks for a new password.
#[test]
fn a_reset_signs_the_signed_role_and_not_the_one_in_the_file() {
    let mut rig = Rig::new();
    let id = id_of(&grace(&mut rig, Role::AuditUser));
    by_hand(&rig, "UPDATE developers SET role = 'developer_admin'");
    refused_until_sign_in(&mut rig, |console| {
        console.reset_password(&id, &Secret::new(INITIAL), NOW)
    });
    assert_eq!(seat_of(&rig, &id).role, Role::AuditUser);
    assert_eq!(found(&rig), None);
}

#[test]
fn a_reset_does_not_bring_back_who_was_disabled() {
    let mut rig = Rig::new();
    let id = id_of(&grace(&mut rig, Role::Developer));
    rig.workspace.set_enabled(&id, false, NOW).unwrap();
    by_hand(&rig, "UPDATE developers SET state = 'active'");
    refused_until_sign_in(&mut rig, |console| {
        console.reset_password(&id, &Secret::new(INITIAL), NOW)
    });
    assert_eq!(seat_of(&rig, &id).state, MemberState::Disabled);
}

/// The role in the file is already the requested one, so the change seems done.
#[test]
fn a_role_is_taken_away_whatever_the_file_says() {
    let mut rig = Rig::new();
    let id = id_of(&grace(&mut rig, Role::Developer));
    by_hand(
        &rig,
        &format!("UPDATE developers SET role = 'audit_user' WHERE email = '{GRACE}'"),
    );
    refused_until_sign_in(&mut rig, |console| {
        console.set_role(&id, Role::AuditUser, NOW)
    });
    assert_eq!(seat_of(&rig, &id).role, Role::AuditUser);
    assert_eq!(roster_of(&rig).roster.epoch(), 2);
}

/// A row of which the statement was removed looks like an ordinary one.
#[test]
fn a_statement_that_was_made_an_ordinary_row_blocks_what_follows() {
    for hide in [
        "UPDATE history SET statement = NULL WHERE seq = ?1",
        "DELETE FROM history WHERE seq = ?1",
    ] {
        let mut rig = Rig::new();
        let id = id_of(&grace(&mut rig, Role::Developer));
        rig.another_admin().close().unwrap();
        rig.workspace.set_enabled(&id, false, NOW).unwrap();
        let last = roster_of(&rig).seq;
        create(&mut rig, "After");
        by_hand(&rig, &hide.replace("?1", &last.to_string()));
        // Charles has not seen that Grace was disabled.
        let mut charles = open(rig.dir.path());
        let own = Secret::new("an engine that computes by steam");
        let session = charles
            .sign_in("charles@example.com", &own, later(9))
            .unwrap();
        assert!(session.warning.is_some(), "{hide}");
        assert!(write_is_refused(&mut charles), "{hide}");
        let state: String = charles
            .db
            .query_row(
                "SELECT state FROM developers WHERE id = ?1",
                [id.as_str()],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(state, "disabled", "{hide}");
    }
}

/// An attacker without a key cuts off rows while a console is open, which then signs a new end.
#[test]
fn an_open_console_does_not_sign_on_top_of_rows_that_were_cut_off() {
    let mut rig = rig_with_history();
    let id = id_of(&grace_again(&rig));
    create(&mut rig, "Three");
    let cut = roster_of(&rig).seq;
    rig.workspace.set_enabled(&id, false, NOW).unwrap();
    by_hand(
        &rig,
        &format!(
            "DELETE FROM history WHERE seq > {cut};
             UPDATE history_end SET seq = {cut},
                 link = (SELECT link FROM history WHERE seq = {cut})"
        ),
    );
    assert!(write_is_refused(&mut rig.workspace));
    assert!(found(&rig).is_some());
    assert!(rig.workspace.check_history().unwrap().is_some());
}

fn grace_again(rig: &Rig) -> Workspace {
    let mut console = open(rig.dir.path());
    console.sign_in(GRACE, &Secret::new(OWN), NOW).unwrap();
    console
}

/// Also the rows that no console has verified yet.
#[test]
fn an_open_console_does_not_sign_on_top_of_an_unsigned_end() {
    let mut rig = rig_with_history();
    create(&mut rig, "Three");
    create(&mut rig, "Four");
    by_hand(
        &rig,
        "DELETE FROM history WHERE seq = (SELECT max(seq) FROM history);
         UPDATE history_end SET (seq, link) =
             (SELECT seq, link FROM history ORDER BY seq DESC LIMIT 1)",
    );
    assert!(write_is_refused(&mut rig.workspace));
}

#[test]
fn a_check_in_a_console_remembers_what_the_console_has_verified() {
    let mut rig = rig_with_history();
    let mut console = grace_again(&rig);
    create(&mut rig, "Three");
    rig.workspace.check_history().unwrap();
    rig.workspace.take_all();
    // Grace cuts it off and continues in her own name: a check without a password does not notice.
    let actor = console.unlocked.as_ref().unwrap().actor(NOW);
    record(&console.db, actor, &ROW).unwrap();
    let last = roster_of(&rig).seq;
    rig.workspace.take_all();
    console
        .db
        .execute("DELETE FROM history WHERE seq >= ?1", [last - 1])
        .unwrap();
    console
        .db
        .execute(
            "UPDATE history_end SET seq = ?1, link = (SELECT link FROM history WHERE seq = ?1)",
            [last - 2],
        )
        .unwrap();
    let actor = console.unlocked.as_ref().unwrap().actor(NOW);
    record(&console.db, actor, &ROW).unwrap();
    assert_eq!(found(&rig), None);
    assert!(rig.workspace.check_history().unwrap().is_some());
    console.lock();
}

impl Workspace {
    fn take_all(&mut self) {
        self.unlocked.as_mut().unwrap().verify(&self.db).unwrap();
    }
}

#[test]
fn rows_before_the_first_one_are_named() {
    for (seq, statement) in [(0, "NULL"), (-1, "NULL"), (i64::MIN, "'{}'")] {
        let mut rig = rig_with_history();
        by_hand(
            &rig,
            &format!(
                "INSERT INTO history (seq, at, who, subject, what, changes, link, statement)
                 SELECT {seq}, 1, who, 'App', 'secret_read', '[]', zeroblob(32), {statement}
                 FROM history LIMIT 1"
            ),
        );
        assert!(found(&rig).is_some(), "{seq}");
        assert!(rig.workspace.check_history().unwrap().is_some(), "{seq}");
        rig.workspace.lock();
        let session = rig.workspace.sign_in(EMAIL, &password(), later(9)).unwrap();
        assert!(session.warning.is_some(), "{seq}");
    }
}

#[test]
fn a_row_with_the_last_number_stops_nothing_but_itself() {
    let mut rig = rig_with_history();
    by_hand(
        &rig,
        "INSERT INTO history (seq, at, who, subject, what, changes, link)
         SELECT 9223372036854775807, 1, who, 'App', 'secret_read', '[]', zeroblob(32)
         FROM history LIMIT 1;
         UPDATE history_end SET seq = 9223372036854775807, link = zeroblob(32)",
    );
    assert!(found(&rig).is_some());
    rig.workspace.lock();
    let session = rig.workspace.sign_in(EMAIL, &password(), later(9)).unwrap();
    assert!(session.warning.is_some());
    assert!(write_is_refused(&mut rig.workspace));
}

#[test]
fn no_keys_in_another_name_become_the_developers_own() {
    let mut rig = Rig::new();
    let console = grace(&mut rig, Role::Developer);
    let id = id_of(&console);
    let newcomer = rig.add("New", "new@example.com", Role::Developer);
    let mut rng = vault::os_random().unwrap();
    let other = Identity::mint(Link::default(), &mut rng).keys().public();
    let (seat, first) = (seat_of(&rig, &id), seat_of(&rig, &newcomer));
    let attacks = [
        // The next secrets key would be wrapped for an attacker instead of her.
        Seat {
            wrap: Some(Hex(other.wrap)),
            ..seat.clone()
        },
        // The administrator made these keys and knows them.
        Seat { own: true, ..first },
        // As if she had not signed in since an upgrade: then anyone could be let in as her.
        Seat {
            former: Some(Hex([1; 32])),
            ..seat.clone()
        },
        Seat {
            sign: None,
            ..seat.clone()
        },
    ];
    for attack in attacks {
        let db = &rig.workspace.db;
        let step = db.unchecked_transaction().unwrap();
        let actor = rig.workspace.unlocked().unwrap().actor(NOW);
        let row = Record {
            what: What::RoleChanged,
            ..ROW
        };
        let statement = Statement {
            members: vec![attack.clone()],
            ..Statement::default()
        };
        record_statement(&step, actor.into(), &row, &statement).unwrap();
        assert!(check_all(&step).unwrap().1.is_some(), "{attack:?}");
    }
}

#[test]
fn first_keys_sign_their_replacement_and_nothing_else() {
    let mut rig = Rig::new();
    rig.add("Grace Hopper", GRACE, Role::Developer);
    let mut console = open(rig.dir.path());
    console.sign_in(GRACE, &Secret::new(INITIAL), NOW).unwrap();
    let seat = seat_of(&rig, &id_of(&console));
    for members in [Vec::new(), vec![Seat { own: true, ..seat }]] {
        let step = console.db.unchecked_transaction().unwrap();
        let actor = console.unlocked().unwrap().actor(NOW);
        let row = Record {
            what: What::PasswordChanged,
            ..ROW
        };
        let statement = Statement {
            members,
            ..Statement::default()
        };
        record_statement(&step, actor.into(), &row, &statement).unwrap();
        assert!(check_all(&step).unwrap().1.is_some());
    }
    // The mark in the file that she must choose a password is not signed.
    by_hand(&rig, "UPDATE developers SET must_change_password = 0");
    let me = console.current_session().unwrap().developer;
    let made = console.create_app(web_app("App", &me), &me.id, None, NOW);
    assert!(
        matches!(made, Err(StoreError::MustChangePassword)),
        "{made:?}"
    );
}

/// Otherwise a developer could make every removal fail, with keys for which nothing can be wrapped.
#[test]
fn keys_that_do_not_work_do_not_keep_a_developer_from_being_removed() {
    let mut rig = Rig::new();
    let console = grace(&mut rig, Role::Developer);
    let leaver = rig.add("Leaver", "leaver@example.com", Role::Developer);
    let seat = Seat {
        wrap: Some(Hex([0; 32])),
        ..seat_of(&rig, &id_of(&console))
    };
    let own = Identity::mint(Link::default(), &mut vault::os_random().unwrap()).keys();
    let seat = Seat {
        sign: Some(Hex(own.public().sign)),
        ..seat
    };
    let actor = console.unlocked().unwrap().actor(NOW);
    let signer = Signer {
        end: &own,
        ..actor.into()
    };
    let row = Record {
        what: What::PasswordChanged,
        ..ROW
    };
    let statement = Statement {
        members: vec![seat],
        ..Statement::default()
    };
    record_statement(&console.db, signer, &row, &statement).unwrap();
    rig.workspace.remove_developer(&leaver, NOW).unwrap();
    assert_eq!(roster_of(&rig).roster.epoch(), 2);
}

#[test]
fn a_history_and_its_marks_that_are_deleted_together_are_missed_by_doctor() {
    let mut rig = rig_with_history();
    rig.workspace.lock();
    by_hand(
        &rig,
        "DELETE FROM history; UPDATE history_end SET seq = 0, link = x'', signature = NULL;
         UPDATE developers SET page_salt = NULL, page_check = NULL, seen = NULL",
    );
    let history = inspect(rig.dir.path()).unwrap().unwrap().history;
    assert!(history.is_some_and(|history| history.broken.is_some()));
}

/// An attacker writes their own row into the file, with their own keys and password.
#[test]
fn a_developer_in_no_statement_changes_nothing() {
    let mut rig = rig_with_history();
    let origin = *roster_of(&rig).roster.origin().unwrap();
    let mut rng = vault::os_random().unwrap();
    let planted = DeveloperId::from_stored("planted");
    let identity = Identity::mint(origin, &mut rng);
    let prepared = Prepared::make(&Secret::new("planted"), KdfCost::TRIVIAL, &mut rng).unwrap();
    let sealed = prepared.seal(&identity, &planted, &mut rng).unwrap();
    rig.workspace
        .db
        .execute(
            "INSERT INTO developers (id, email, email_key, full_name, role, created_at,
                 kdf_memory_kib, kdf_passes, kdf_lanes, kdf_salt, key_by_password, key_by_recovery)
             VALUES ('planted', 'p@example.com', 'p@example.com', 'P', 'developer_admin', 0,
                 8, 1, 1, x'', x'', x'')",
            [],
        )
        .unwrap();
    sealed.write(&rig.workspace.db, &planted).unwrap();
    let mut console = open(rig.dir.path());
    if console
        .sign_in("p@example.com", &Secret::new("planted"), NOW)
        .is_ok()
    {
        console.rename_organization("Mine", NOW).unwrap_err();
    }
    // The others can still work.
    create(&mut rig, "Five");
    rig.workspace.lock();
    let session = rig.workspace.sign_in(EMAIL, &password(), later(9)).unwrap();
    assert!(session.warning.is_some());
    create(&mut rig, "Six");
}

/// A deleted row of a developer is a change of the copy as well.
#[test]
fn a_developer_who_was_deleted_from_the_file_is_named() {
    let mut rig = rig_with_history();
    rig.workspace.lock();
    by_hand(
        &rig,
        &format!("DELETE FROM developers WHERE email = '{GRACE}'"),
    );
    let session = rig.workspace.sign_in(EMAIL, &password(), later(9)).unwrap();
    assert!(session.warning.is_some());
}

/// Signs in during an administrator's change: what was verified before it is outdated when the
/// sign-in is written.
#[test]
fn a_sign_in_does_not_undo_what_was_signed_meanwhile() {
    let mut rig = Rig::new();
    let id = id_of(&grace(&mut rig, Role::AuditUser));
    let mut admin = rig.another_admin();
    let mut console = open(rig.dir.path());
    rig.workspace.lock();
    by_hand(&rig, "DELETE FROM sign_in_delays");
    let watch = Connection::open(rig.dir.path().join(FILE_NAME)).unwrap();
    let begun = || -> bool {
        let sql = "SELECT EXISTS (SELECT 1 FROM sign_in_delays)";
        watch.query_row(sql, [], |row| row.get(0)).unwrap()
    };
    // Slow enough to get in between.
    console.cost = KdfCost {
        memory_kib: 64 * 1024,
        passes: 3,
        lanes: 1,
    };
    let signs_in = thread::spawn(move || {
        console.sign_in(EMAIL, &password(), later(9)).unwrap();
        console
    });
    while !begun() {
        thread::sleep(Duration::from_millis(1));
    }
    admin
        .change_people(later(9), |step, actor, _| {
            // The other one verifies, and waits for this transaction.
            thread::sleep(Duration::from_secs(6));
            step.execute(
                "UPDATE developers SET state = 'disabled' WHERE id = ?1",
                [id.as_str()],
            )?;
            let seat = actor.vault.verified.roster.seat(&id).unwrap().clone();
            let statement = Statement {
                members: vec![Seat {
                    state: MemberState::Disabled,
                    ..seat
                }],
                ..Statement::default()
            };
            let row = Record {
                what: What::DeveloperDisabled,
                ..ROW
            };
            record_statement(step, actor.into(), &row, &statement)
        })
        .unwrap();
    let console = signs_in.join().unwrap();
    let state: String = console
        .db
        .query_row(
            "SELECT state FROM developers WHERE id = ?1",
            [id.as_str()],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(state, "disabled");
}

/// Old keys under an old recovery key, put back into the file, sign nothing.
#[test]
fn a_recovery_with_keys_of_before_signs_nothing() {
    for seen_too in [false, true] {
        let mut rig = rig_with_history();
        let recovery = rig.recovery.clone();
        let (before, seen): (Vec<u8>, Option<Vec<u8>>) = rig
            .workspace
            .db
            .query_row(
                "SELECT key_by_recovery, seen FROM developers WHERE email = ?1",
                [EMAIL],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .unwrap();
        let new = Secret::new("nobody knows this one yet");
        rig.workspace
            .change_password(&password(), &new, OwnKeys::Replace, NOW)
            .unwrap();
        let put_back = "UPDATE developers SET key_by_recovery = ?1, seen = ?2 WHERE email = ?3";
        rig.workspace
            .db
            .execute(put_back, params![before, seen.filter(|_| seen_too), EMAIL])
            .unwrap();
        let mut thief = open(rig.dir.path());
        let chosen = Secret::new("taken over at last");
        let taken = thief.recover(EMAIL, &recovery, chosen, later(9));
        assert!(taken.is_err(), "{seen_too}");
        assert_eq!(found(&rig), None, "{seen_too}");
        rig.workspace.lock();
        rig.workspace.sign_in(EMAIL, &new, later(99)).unwrap();
    }
}

/// Every console must accept what a console signs, itself included.
#[test]
fn a_statement_that_would_be_refused_is_not_written() {
    let mut rig = rig_with_history();
    let me = rig.me();
    let refused = rig.workspace.change_people(NOW, |step, actor, _| {
        let seat = actor.vault.seat().unwrap().clone();
        let statement = Statement {
            members: vec![Seat {
                state: MemberState::Disabled,
                ..seat
            }],
            ..Statement::default()
        };
        record_statement(step, actor.into(), &ROW, &statement)
    });
    assert!(refused.is_err());
    assert_eq!(found(&rig), None);
    assert_eq!(seat_of(&rig, &me).state, MemberState::Active);
    create(&mut rig, "Five");
}

/// A statement about keys replaces both of the pair. Otherwise, later rows are signed or sealed for
/// an attacker who may know the other half.
#[test]
fn keys_are_replaced_in_pairs() {
    let mut rig = Rig::new();
    let console = grace(&mut rig, Role::Developer);
    let id = id_of(&console);
    let before = seat_of(&rig, &id);
    let mut rng = vault::os_random().unwrap();
    let other = Identity::mint(Link::default(), &mut rng).keys().public();
    let halves = [
        before.clone(),
        Seat {
            sign: Some(Hex(other.sign)),
            ..before.clone()
        },
        Seat {
            wrap: Some(Hex(other.wrap)),
            ..before.clone()
        },
    ];
    for (what, by, own) in [
        (What::PasswordChanged, &console, true),
        (What::PasswordReset, &rig.workspace, false),
    ] {
        for seat in &halves {
            let step = by.db.unchecked_transaction().unwrap();
            let actor = by.unlocked().unwrap().actor(NOW);
            let row = Record { what, ..ROW };
            let key = vault::SecretsKey::mint(2, &mut rng);
            let statement = Statement {
                members: vec![Seat {
                    own,
                    ..seat.clone()
                }],
                secrets_key: Some(StatedKey::of(&key)),
                ..Statement::default()
            };
            record_statement(&step, actor.into(), &row, &statement).unwrap();
            let broken = check_all(&step).unwrap().1;
            assert!(matches!(broken, Some(Broken::Refused(..))), "{seat:?}");
        }
    }
}
