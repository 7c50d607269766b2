//! Rows that are written into the file while a console is open, and unsigned columns.

use rusqlite::params;

use super::{by_hand, found, grace, rig_with_history};
use crate::{
    domain::{
        history::{Broken, What},
        people::developer::{MemberState, Role},
        secret::Secret,
    },
    store::{
        StoreError,
        history::{Record, record},
        people::identity::Prepared,
        roster::Seat,
        tests::{EMAIL, GRACE, NOW, Rig, apps::create, later, open, password, web_app},
    },
    vault::{self, Identity, KdfCost},
};

const POINT_END: &str = "UPDATE history_end SET seq = (SELECT max(seq) FROM history),
     link = (SELECT link FROM history ORDER BY seq DESC LIMIT 1)";

fn create_another(rig: &mut Rig) -> Result<(), StoreError> {
    let app = web_app("Another", &rig.session.developer);
    let me = rig.me();
    rig.workspace.create_app(app, &me, None, NOW).map(|_| ())
}

/// The console would sign the end of what is left.
#[test]
fn an_open_console_signs_nothing_on_top_of_rows_that_were_cut_off() {
    for cut in [
        "",
        "UPDATE history_end SET seq = seq - 1",
        "UPDATE history_end SET link = zeroblob(32)",
        "UPDATE history_end SET signature = zeroblob(64)",
        "DELETE FROM history WHERE seq = (SELECT max(seq) FROM history)",
    ] {
        let mut rig = rig_with_history();
        create(&mut rig, "Three");
        by_hand(&rig, cut);
        if cut.starts_with("DELETE") {
            by_hand(&rig, POINT_END);
        }
        let created = create_another(&mut rig);
        let is_refused = matches!(created, Err(StoreError::Tampered(Broken::EndsBefore(_))));
        assert_eq!(is_refused, !cut.is_empty(), "{cut}: {created:?}");
    }
}

/// A developer can sign the end of what is left; the console remembers the last row that it wrote.
#[test]
fn an_open_console_notices_that_a_member_cut_off_its_own_rows() {
    let mut rig = Rig::new();
    let member = grace(&mut rig, Role::Developer);
    create(&mut rig, "Three");
    by_hand(
        &rig,
        "DELETE FROM history WHERE seq = (SELECT max(seq) FROM history)",
    );
    by_hand(&rig, POINT_END);
    let vault = member.unlocked().unwrap();
    let written = Record {
        app: None,
        subject: "App",
        what: What::AppChanged,
        changes: Vec::new(),
    };
    record(&member.db, vault.actor(NOW), &written).unwrap();
    assert_eq!(found(&rig), None);
    let created = create_another(&mut rig);
    assert!(
        matches!(created, Err(StoreError::Tampered(_))),
        "{created:?}"
    );
}

#[test]
fn what_a_developer_has_seen_cannot_be_taken_away() {
    for emptied in ["NULL", "x''", "zeroblob(113)"] {
        let mut rig = rig_with_history();
        rig.workspace.lock();
        by_hand(&rig, &format!("UPDATE developers SET seen = {emptied}"));
        let session = rig.workspace.sign_in(EMAIL, &password(), later(1)).unwrap();
        assert!(session.warning.is_some(), "{emptied}");
        assert!(create_another(&mut rig).is_err(), "{emptied}");
    }
}

/// The origin is no secret, so anyone can make an identity that fits the history.
#[test]
fn a_developer_in_no_statement_is_not_let_in() {
    let rig = rig_with_history();
    let origin = rig.workspace.unlocked().unwrap().identity.origin;
    let mut rng = vault::os_random().unwrap();
    let identity = Identity::mint(origin, &mut rng);
    let eve = crate::domain::id::DeveloperId::mint(&mut rng);
    let chosen = Secret::new("chosen by the thief");
    let prepared = Prepared::make(&chosen, KdfCost::TRIVIAL, &mut rng).unwrap();
    let keys = prepared.seal(&identity, &eve, &mut rng).unwrap();
    let seen = {
        let vault = rig.workspace.unlocked().unwrap();
        let seen = crate::store::seen::Seen::of(&vault.verified).bytes();
        let of = [eve.as_str()];
        let place = crate::store::people::identity::seen_of(&of);
        identity.keys().seal_seen(&seen, &mut rng, &place).unwrap()
    };
    let db = &rig.workspace.db;
    db.execute(
        "INSERT INTO developers (id, email, email_key, full_name, role, state, created_at,
             kdf_memory_kib, kdf_passes, kdf_lanes, kdf_salt, key_by_password, key_by_recovery,
             recovery_confirmed, seen)
         SELECT ?1, 'eve@example.com', 'eve@example.com', 'Eve', role, state, created_at,
             8, 1, 1, x'00000000000000000000000000000000', x'', x'', 1, ?2
         FROM developers LIMIT 1",
        params![eve.as_str(), seen],
    )
    .unwrap();
    keys.write(db, &eve).unwrap();
    let mut console = open(rig.dir.path());
    for emptied in [false, true] {
        if emptied {
            by_hand(&rig, "UPDATE developers SET seen = NULL");
        }
        let entered = console.sign_in("eve@example.com", &chosen, later(1));
        assert!(entered.is_err(), "{emptied}: {entered:?}");
        assert!(!console.is_unlocked());
    }
}

/// Otherwise the console would report the change as done, without any effect.
#[test]
fn a_column_that_was_edited_does_not_make_a_change_look_done() {
    for (edited, change) in [
        ("role = 'audit_user'", "demote"),
        ("state = 'disabled'", "disable"),
    ] {
        let mut rig = Rig::new();
        let id = rig.add("Grace Hopper", GRACE, Role::Developer);
        let sql = format!("UPDATE developers SET {edited} WHERE email = '{GRACE}'");
        by_hand(&rig, &sql);
        let changed = match change {
            "demote" => rig.workspace.set_role(&id, Role::AuditUser, NOW),
            _ => rig.workspace.set_enabled(&id, false, NOW),
        };
        assert!(
            matches!(changed, Err(StoreError::Tampered(Broken::Developer(_)))),
            "{change}: {changed:?}"
        );
        // The next sign-in uses the signed values, and then the change works.
        rig.workspace.lock();
        let session = rig.workspace.sign_in(EMAIL, &password(), later(1)).unwrap();
        assert!(session.warning.is_some(), "{change}");
        let changed = match change {
            "demote" => rig.workspace.set_role(&id, Role::AuditUser, NOW),
            _ => rig.workspace.set_enabled(&id, false, NOW),
        };
        changed.unwrap();
        let roster = &rig.workspace.unlocked().unwrap().verified.roster;
        let seat = roster.seat(&id).unwrap();
        assert!(!seat.holds_secrets(), "{change}");
        assert_eq!(roster.epoch(), 2, "{change}");
    }
}

/// A Developer Admin has keys in another's name only after a reset, which the history shows.
#[test]
fn an_admin_cannot_make_another_developers_keys_in_any_other_way() {
    let mut rig = Rig::new();
    let console = grace(&mut rig, Role::Developer);
    let grace = console.unlocked().unwrap().who.clone();
    let mut rng = vault::os_random().unwrap();
    let admin = rig.workspace.unlocked().unwrap();
    let roster = &admin.verified.roster;
    let seat = roster.seat(&grace).unwrap();
    let minted = Identity::mint(admin.identity.origin, &mut rng)
        .keys()
        .public();
    let hex = crate::store::roster::Hex;
    let next = crate::vault::SecretsKey::mint(roster.epoch() + 1, &mut rng);
    let key = Some(crate::store::roster::StatedKey::of(&next));
    let without_keys = Seat {
        own: false,
        sign: None,
        wrap: None,
        former: Some(hex([7; 32])),
        ..seat.clone()
    };
    let states = [
        (
            "own keys",
            What::PasswordReset,
            seat.with_keys(&minted, true),
        ),
        (
            "another key to wrap for",
            What::RoleChanged,
            Seat {
                wrap: Some(hex(minted.wrap)),
                ..seat.clone()
            },
        ),
        (
            "waits as after an upgrade",
            What::PasswordReset,
            without_keys,
        ),
        (
            "first keys in a row of another kind",
            What::RoleChanged,
            seat.with_keys(&minted, false),
        ),
        (
            "another role in a row of an app",
            What::AppChanged,
            Seat {
                role: Role::AuditUser,
                ..seat.clone()
            },
        ),
        (
            "another state in a row of another kind",
            What::RoleChanged,
            Seat {
                state: MemberState::Disabled,
                ..seat.clone()
            },
        ),
        (
            "another name",
            What::RoleChanged,
            Seat {
                name: "Mallory Reed".to_owned(),
                ..seat.clone()
            },
        ),
    ];
    for (name, what, seat) in states {
        let step = rig.workspace.db.unchecked_transaction().unwrap();
        let statement = crate::store::roster::Statement {
            members: vec![seat],
            secrets_key: key.clone(),
            introduced: None,
        };
        let written = Record {
            app: None,
            subject: "Grace",
            what,
            changes: Vec::new(),
        };
        let signer = admin.actor(NOW).into();
        crate::store::history::record_statement(&step, signer, &written, &statement).unwrap();
        let broken = crate::store::roster::check_all(&step).unwrap().1;
        assert!(
            matches!(broken, Some(Broken::Refused(..))),
            "{name}: {broken:?}"
        );
    }
}
