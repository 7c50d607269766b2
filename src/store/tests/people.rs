//! Signing up, signing in, throttling, and recovery.

use super::{Rig, ada, later, open, password, *};
use crate::store::{ProofError, SignInError, Stage, StoreError};

fn refusal(error: SignInError) -> (&'static str, u64) {
    match error {
        SignInError::Refused { wait_ms } => ("refused", wait_ms),
        SignInError::Wait { wait_ms } => ("wait", wait_ms),
        SignInError::Store(error) => panic!("{error}"),
    }
}

fn try_wrong(workspace: &mut Workspace, email: &str, now: UnixMs) -> (&'static str, u64) {
    refusal(
        workspace
            .sign_in(email, &Secret::new("wrong"), now)
            .unwrap_err(),
    )
}

#[test]
fn the_first_developer_is_an_administrator_and_the_workspace_remembers_them() {
    let rig = Rig::new();
    assert_eq!(rig.session.organization, "Analytical Engines");
    assert_eq!(rig.session.developer.role, Role::DeveloperAdmin);
    assert_eq!(rig.session.developers.len(), 1);
    assert!(rig.workspace.is_unlocked());
    assert_eq!(
        rig.workspace.stage().unwrap(),
        Stage::Ready {
            organization: "Analytical Engines".to_owned(),
            last_email: Some(EMAIL.to_owned()),
        }
    );
}

#[test]
fn a_second_sign_up_is_refused() {
    let mut rig = Rig::new();
    let refused = rig.workspace.sign_up(ada(), NOW).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "This workspace already belongs to Analytical Engines. Sign in instead."
    );
}

#[test]
fn the_address_is_known_whatever_its_capitals_and_spaces() {
    let mut rig = Rig::new();
    rig.workspace.lock();
    let session = rig
        .workspace
        .sign_in(" ADA@example.COM ", &password(), NOW)
        .unwrap();
    assert_eq!(session, rig.session);
}

#[test]
fn an_unknown_address_is_refused_and_slowed_exactly_like_a_known_one() {
    let mut rig = Rig::new();
    for step in 0..10 {
        let now = later(step * 400);
        let known = try_wrong(&mut rig.workspace, EMAIL, now);
        let unknown = try_wrong(&mut rig.workspace, "nobody@example.com", now);
        assert_eq!(known, unknown, "try {step}");
    }
}

#[test]
fn the_fifth_failure_makes_one_wait_and_a_restart_does_not_help() {
    let mut rig = Rig::new();
    for _ in 0..4 {
        assert_eq!(try_wrong(&mut rig.workspace, EMAIL, NOW), ("refused", 0));
    }
    assert_eq!(try_wrong(&mut rig.workspace, EMAIL, NOW), ("refused", 1000));
    drop(rig.workspace);
    let mut again = open(rig.dir.path());
    let waiting = again.sign_in(EMAIL, &password(), later(400)).unwrap_err();
    assert_eq!(refusal(waiting), ("wait", 600));
    again.sign_in(EMAIL, &password(), later(1000)).unwrap();
    assert_eq!(try_wrong(&mut again, EMAIL, later(1001)), ("refused", 0));
}

#[test]
fn a_try_while_waiting_does_not_make_the_wait_longer() {
    let mut rig = Rig::new();
    for _ in 0..5 {
        try_wrong(&mut rig.workspace, EMAIL, NOW);
    }
    for ms in [100, 200, 999] {
        try_wrong(&mut rig.workspace, EMAIL, later(ms));
    }
    assert_eq!(
        try_wrong(&mut rig.workspace, EMAIL, later(1000)),
        ("refused", 2000)
    );
}

#[test]
fn a_clock_that_was_set_back_a_year_costs_a_minute_at_most() {
    let mut rig = Rig::new();
    let mut now = NOW;
    for _ in 0..14 {
        try_wrong(&mut rig.workspace, EMAIL, now);
        now = UnixMs(now.0 + 60_000);
    }
    let year_ago = UnixMs(NOW.0 - 365 * 24 * 3_600_000);
    let waiting = rig.workspace.sign_in(EMAIL, &password(), year_ago);
    assert_eq!(refusal(waiting.unwrap_err()), ("wait", 60_000));
    let minute_on = UnixMs(year_ago.0 + 60_000);
    rig.workspace
        .sign_in(EMAIL, &password(), minute_on)
        .unwrap();
}

#[test]
fn a_recovery_key_sets_a_new_password_once() {
    let mut rig = Rig::new();
    rig.workspace.lock();
    let new = Secret::new("a new long password");
    let (session, next) = rig
        .workspace
        .recover(EMAIL, &rig.recovery, new.clone(), NOW)
        .unwrap();
    assert_eq!(session, rig.session);
    assert!(rig.workspace.is_unlocked());

    assert_eq!(
        refusal(rig.workspace.sign_in(EMAIL, &password(), NOW).unwrap_err()),
        ("refused", 0)
    );
    let used_up = rig.workspace.recover(EMAIL, &rig.recovery, password(), NOW);
    assert_eq!(refusal(used_up.unwrap_err()), ("refused", 0));
    rig.workspace.sign_in(EMAIL, &new, NOW).unwrap();
    rig.workspace
        .recover(EMAIL, &next, password(), NOW)
        .unwrap();
}

#[test]
fn guessing_recovery_keys_is_slowed_by_the_same_count() {
    let mut rig = Rig::new();
    let other = RecoveryKey::parse(&"0".repeat(40)).unwrap();
    for _ in 0..4 {
        try_wrong(&mut rig.workspace, EMAIL, NOW);
    }
    let fifth = rig.workspace.recover(EMAIL, &other, password(), NOW);
    assert_eq!(refusal(fifth.unwrap_err()), ("refused", 1000));
    let unknown = rig
        .workspace
        .recover("x@example.com", &other, password(), NOW);
    assert_eq!(refusal(unknown.unwrap_err()), ("refused", 0));
}

#[test]
fn a_weaker_stored_cost_is_raised_at_the_next_sign_in() {
    let rig = Rig::new();
    drop(rig.workspace);
    let stronger = KdfCost {
        memory_kib: 64,
        passes: 2,
        lanes: 1,
    };
    let mut again = Workspace::open(rig.dir.path(), stronger).unwrap().workspace;
    again.sign_in(EMAIL, &password(), NOW).unwrap();
    let stored: (u32, u32) = again
        .db
        .query_row(
            "SELECT kdf_memory_kib, kdf_passes FROM developers",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    assert_eq!(stored, (64, 2));
    drop(again);
    let mut weaker = open(rig.dir.path());
    weaker.sign_in(EMAIL, &password(), NOW).unwrap();
}

#[test]
fn an_absurd_stored_cost_is_an_error_and_not_a_dead_machine() {
    let mut rig = Rig::new();
    rig.workspace
        .db
        .execute("UPDATE developers SET kdf_memory_kib = 16777216", [])
        .unwrap();
    let refused = rig.workspace.sign_in(EMAIL, &password(), NOW).unwrap_err();
    assert!(matches!(
        refused,
        SignInError::Store(StoreError::Corrupt(_))
    ));
}

#[test]
fn a_weak_password_is_refused_wherever_one_is_set() {
    let mut rig = Rig::new();
    let grace = rig.add("Grace Hopper", "grace@example.com", Role::Developer);
    let turing = EmailAddress::parse("alan.turing@example.com").unwrap();
    let weak = |error: &StoreError| matches!(error, StoreError::WeakPassword(_));
    let too_short = Secret::new("k7#qWz");
    for password in [&Secret::new("AdaLovelace1815"), &too_short] {
        let changed =
            rig.workspace
                .change_password(&super::password(), password, OwnKeys::Keep, NOW);
        assert!(matches!(changed, Err(ProofError::Store(ref error)) if weak(error)));
        let recovered = rig
            .workspace
            .recover(EMAIL, &rig.recovery, password.clone(), NOW);
        assert!(matches!(recovered, Err(SignInError::Store(ref error)) if weak(error)));
    }
    for password in [&Secret::new("Alan Turing 1912"), &too_short] {
        let role = Role::Developer;
        let added = rig
            .workspace
            .add_developer("Alan Turing", &turing, role, password, NOW);
        assert!(weak(&added.unwrap_err()));
    }
    for password in [&Secret::new("gracehopper1906"), &too_short] {
        let reset = rig.workspace.reset_password(&grace, password, NOW);
        assert!(weak(&reset.unwrap_err()));
    }
    let dir = TempDir::new().unwrap();
    for password in [Secret::new("analytical-engines"), too_short] {
        let first = SignUp { password, ..ada() };
        assert!(weak(&open(dir.path()).sign_up(first, NOW).unwrap_err()));
    }

    rig.workspace.lock();
    rig.workspace.sign_in(EMAIL, &password(), NOW).unwrap();
}

#[test]
fn whether_a_new_password_is_weak_is_told_only_after_the_proof() {
    let mut rig = Rig::new();
    let weak = Secret::new("AdaLovelace1815");
    let other = RecoveryKey::parse(&"0".repeat(40)).unwrap();
    let guessed = rig.workspace.recover(EMAIL, &other, weak.clone(), NOW);
    assert_eq!(refusal(guessed.unwrap_err()), ("refused", 0));
    for _ in 0..6 {
        let slip = rig
            .workspace
            .recover(EMAIL, &rig.recovery, weak.clone(), NOW);
        let message = slip.unwrap_err().to_string();
        assert_eq!(
            message,
            "Choose another password. Do not use your name, e-mail address or organization."
        );
    }
}

#[test]
fn a_right_password_waits_for_others_in_flight_and_is_not_refused() {
    let mut rig = Rig::new();
    rig.workspace.lock();
    let mut others = rig.workspace.beside().unwrap();
    let in_flight: Vec<_> = (0..5)
        .map(|_| others.count_attempt(EMAIL, NOW).unwrap())
        .collect();
    let mut mine = rig.workspace.beside().unwrap();
    let waiting = std::thread::spawn(move || mine.sign_in(EMAIL, &password(), NOW).map(|_| ()));
    std::thread::sleep(std::time::Duration::from_millis(200));
    assert!(!waiting.is_finished());
    // One of the others was right.
    let step = others.write().unwrap();
    in_flight[0].forget(&step).unwrap();
    step.commit().unwrap();
    waiting.join().unwrap().unwrap();
}

/// Like panes of a terminal that are restored together.
#[test]
fn twenty_consoles_sign_in_at_once_with_the_right_password() {
    let mut rig = Rig::new();
    rig.workspace.lock();
    let consoles: Vec<_> = (0..20)
        .map(|_| {
            let mut console = rig.workspace.beside().unwrap();
            std::thread::spawn(move || console.sign_in(EMAIL, &password(), NOW).map(|_| ()))
        })
        .collect();
    for console in consoles {
        console.join().unwrap().unwrap();
    }
    let left: u32 = rig
        .workspace
        .db
        .query_row("SELECT count(*) FROM sign_in_delays", [], |row| row.get(0))
        .unwrap();
    assert_eq!(left, 0);
}

#[test]
fn guesses_in_flight_count_as_failures_until_their_result_is_known() {
    let mut rig = Rig::new();
    rig.workspace.lock();
    let mut others = rig.workspace.beside().unwrap();
    let in_flight: Vec<_> = (0..5)
        .map(|_| others.count_attempt(EMAIL, NOW).unwrap())
        .collect();
    for throttle in &in_flight {
        others.was_wrong(throttle);
    }
    let sixth = rig.workspace.sign_in(EMAIL, &password(), NOW).unwrap_err();
    assert_eq!(refusal(sixth), ("wait", 1000));
    // The program of this one was killed: it is waited for, and then counts as wrong.
    others.count_attempt(EMAIL, later(1000)).unwrap();
    let seventh = rig
        .workspace
        .sign_in(EMAIL, &Secret::new("wrong"), later(1000));
    assert_eq!(
        refusal(seventh.unwrap_err()).0,
        "refused",
        "after its wait of 2 s"
    );
}
