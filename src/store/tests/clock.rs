//! A clock that is wrong by weeks deletes nothing.

use super::{EMAIL, INITIAL, NOW, Rig, apps::create, later, password};
use crate::{
    domain::{people::developer::Role, secret::Secret, time::UnixMs},
    store::{SignInError, StoreError},
};

const DAY: i64 = 24 * 60 * 60 * 1000;
const GRACE: &str = "grace@example.com";

fn day(nth: i64) -> UnixMs {
    later(nth * DAY)
}

/// Apps that the sign-in deleted permanently.
fn sign_in(rig: &mut Rig, at: UnixMs) -> usize {
    rig.workspace.sign_in(EMAIL, &password(), at).unwrap();
    rig.workspace.empty_trash(at).unwrap()
}

fn in_trash(at: UnixMs) -> Rig {
    let mut rig = Rig::new();
    let app = create(&mut rig, "Goes");
    rig.workspace.delete_app(&app.id, at).unwrap();
    rig
}

#[test]
fn a_clock_that_is_weeks_ahead_empties_no_trash_however_often_people_sign_in() {
    let mut rig = in_trash(day(1));
    for minutes in 0..5 {
        let ahead = UnixMs(day(32).0 + minutes * 60_000);
        assert_eq!(sign_in(&mut rig, ahead), 0, "{minutes}");
    }
    assert_eq!(sign_in(&mut rig, day(2)), 0);
    assert_eq!(sign_in(&mut rig, day(33)), 0);
}

#[test]
fn the_trash_is_emptied_on_the_day_where_people_sign_in_each_week() {
    let mut rig = in_trash(NOW);
    let emptied: Vec<usize> = [7, 14, 21, 28, 30, 31]
        .into_iter()
        .map(|nth| sign_in(&mut rig, day(nth)))
        .collect();
    assert_eq!(emptied, [0, 0, 0, 0, 0, 1]);
}

#[test]
fn after_a_long_pause_the_trash_waits_until_sign_ins_agree_for_two_days() {
    let mut rig = in_trash(NOW);
    let emptied: Vec<usize> = [40, 41, 42, 43]
        .into_iter()
        .map(|nth| sign_in(&mut rig, day(nth)))
        .collect();
    assert_eq!(emptied, [0, 0, 1, 0]);
}

#[test]
fn a_clock_that_is_behind_does_not_shorten_the_time_in_the_trash() {
    let mut rig = Rig::new();
    let app = create(&mut rig, "Goes");
    for nth in 1..=40 {
        sign_in(&mut rig, day(nth));
    }
    rig.workspace.delete_app(&app.id, day(5)).unwrap();
    for nth in 41..=70 {
        assert_eq!(sign_in(&mut rig, day(nth)), 0, "{nth}");
    }
    assert_eq!(sign_in(&mut rig, day(71)), 1);
}

#[test]
fn only_a_developer_admin_empties_the_trash() {
    for (role, is_admin) in [
        (Role::AuditUser, false),
        (Role::Developer, false),
        (Role::DeveloperAdmin, true),
    ] {
        let mut rig = in_trash(NOW);
        for nth in 1..=31 {
            rig.workspace.sign_in(EMAIL, &password(), day(nth)).unwrap();
        }
        if !is_admin {
            rig.set_role(role);
        }
        let emptied = rig.workspace.empty_trash(day(31));
        match is_admin {
            true => assert_eq!(emptied.unwrap(), 1),
            false => assert!(matches!(emptied, Err(StoreError::NotAllowed(_)))),
        }
    }
}

fn wait_ms(rig: &mut Rig, email: &str, at: UnixMs) -> u64 {
    match rig.workspace.sign_in(email, &Secret::new("a guess"), at) {
        Err(SignInError::Wait { wait_ms } | SignInError::Refused { wait_ms }) => wait_ms,
        other => panic!("{other:?}"),
    }
}

/// Until the next attempt must wait for a minute.
fn guess(rig: &mut Rig, email: &str, at: UnixMs) {
    let mut at = at;
    loop {
        let wait_ms = wait_ms(rig, email, at);
        at.0 += wait_ms.cast_signed();
        if wait_ms >= 60_000 {
            return;
        }
    }
}

#[test]
fn a_clock_that_is_ahead_forgets_no_failed_sign_ins() {
    let mut rig = Rig::new();
    rig.add("Grace Hopper", GRACE, Role::AuditUser);
    guess(&mut rig, EMAIL, NOW);
    let initial = Secret::new(INITIAL);
    rig.workspace.sign_in(GRACE, &initial, day(31)).unwrap();
    rig.workspace.sign_in(GRACE, &initial, day(31)).unwrap();
    assert!(wait_ms(&mut rig, EMAIL, later(1)) > 50_000);
    // Ahead, the minute is over, but the next one begins at once.
    wait_ms(&mut rig, EMAIL, day(31));
    assert_eq!(wait_ms(&mut rig, EMAIL, day(31)), 60_000);
}

#[test]
fn failed_sign_ins_are_forgotten_after_a_day_of_a_believed_clock() {
    let mut rig = Rig::new();
    rig.add("Grace Hopper", GRACE, Role::AuditUser);
    guess(&mut rig, GRACE, day(2));
    sign_in(&mut rig, day(3));
    assert_eq!(wait_ms(&mut rig, GRACE, day(4)), 0);
}

#[test]
fn failures_of_many_made_up_addresses_take_little_room() {
    let mut rig = Rig::new();
    let db = &rig.workspace.db;
    db.execute_batch(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10050)
         INSERT INTO sign_in_delays SELECT CAST(i AS BLOB), 1, i FROM n",
    )
    .unwrap();
    wait_ms(&mut rig, "nobody@example.com", NOW);
    let left: i64 = rig
        .workspace
        .db
        .query_row("SELECT count(*) FROM sign_in_delays", [], |row| row.get(0))
        .unwrap();
    // With the two rows of this attempt.
    assert_eq!(left, 10_003);
}
