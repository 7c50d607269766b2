//! Sessions that are opened together.

use super::{NOW, Rig, apps::create, later};
use crate::{
    domain::{credential::ClientId, id::DeveloperId},
    store::{Access, Lifetimes, NewSession, Refreshed, Replay, StoreError, Terms, Tokens},
};

const TERMS: Terms<'_> = Terms {
    lifetimes: Lifetimes {
        access_s: 3600,
        refresh_s: Some(604_800),
    },
    endpoint: None,
};

fn open(
    rig: &mut Rig,
    client: &ClientId,
    owner: &DeveloperId,
    at: i64,
) -> Result<Tokens, StoreError> {
    let new = NewSession {
        client,
        owner,
        credential: None,
        scope: "ReadAccounts",
    };
    rig.workspace.open_session(&new, TERMS, later(at))
}

fn is_alive(rig: &mut Rig, tokens: &Tokens) -> bool {
    let access = rig.workspace.access(tokens.access.expose(), NOW).unwrap();
    matches!(access, Access::Speaks(_))
}

#[test]
fn one_that_fails_half_done_takes_all_of_its_commit_with_it() {
    let mut rig = Rig::new();
    let client = create(&mut rig, "Robot").client_id;
    let me = rig.me();
    rig.workspace.begin_grants().unwrap();
    let good = open(&mut rig, &client, &me, 0).unwrap();
    let nobody = DeveloperId::from_stored("nobody");
    open(&mut rig, &client, &nobody, 0).unwrap_err();
    open(&mut rig, &client, &me, 0).unwrap();
    rig.workspace.commit_grants(NOW).unwrap_err();
    rig.workspace.forget_grants();
    assert!(!is_alive(&mut rig, &good));
    // The next ones are as good as ever.
    rig.workspace.begin_grants().unwrap();
    let next = open(&mut rig, &client, &me, 0).unwrap();
    rig.workspace.commit_grants(NOW).unwrap();
    rig.workspace.forget_grants();
    assert!(is_alive(&mut rig, &next));
}

#[test]
fn of_more_that_are_opened_at_once_the_youngest_five_live() {
    let mut rig = Rig::new();
    let client = create(&mut rig, "Robot").client_id;
    let me = rig.me();
    rig.workspace.begin_grants().unwrap();
    let opened: Vec<Tokens> = (0..8)
        .map(|nth| open(&mut rig, &client, &me, nth).unwrap())
        .collect();
    rig.workspace.commit_grants(later(8)).unwrap();
    let alive: Vec<bool> = opened
        .iter()
        .map(|tokens| is_alive(&mut rig, tokens))
        .collect();
    assert_eq!(
        alive,
        [false, false, false, true, true, true, true, true],
        "the oldest three are ended"
    );
    let first = rig
        .workspace
        .access(opened[0].access.expose(), NOW)
        .unwrap();
    assert_eq!(first, Access::Evicted);
}

#[test]
fn a_clock_that_was_set_back_does_not_end_the_newest_and_dead_ones_do_not_count() {
    let mut rig = Rig::new();
    let client = create(&mut rig, "Robot").client_id;
    let me = rig.me();
    let at_once = |rig: &mut Rig, at: i64| {
        rig.workspace.begin_grants().unwrap();
        let tokens = open(rig, &client, &me, at).unwrap();
        rig.workspace.commit_grants(later(at)).unwrap();
        tokens
    };
    let first: Vec<Tokens> = (0..5)
        .map(|nth| at_once(&mut rig, 3_600_000 + nth))
        .collect();
    for nth in 0..3 {
        let new = at_once(&mut rig, nth);
        assert!(
            is_alive(&mut rig, &new),
            "the new one, though the clock is behind"
        );
    }
    assert!(!is_alive(&mut rig, &first[0]) && is_alive(&mut rig, &first[3]));
    // A month later all of these are over: a new one ends none that lives.
    let month = 30 * 24 * 3_600_000;
    let young: Vec<Tokens> = (0..5).map(|nth| at_once(&mut rig, month + nth)).collect();
    assert!(young.iter().all(|tokens| is_alive(&mut rig, tokens)));
    // What is over is told as over, and is not kept for ever.
    let over = rig.workspace.access(first[4].access.expose(), later(month));
    assert_eq!(over.unwrap(), Access::Expired);
    for nth in 1..30 {
        at_once(&mut rig, nth * month);
    }
    let kept: i64 = rig
        .workspace
        .db
        .query_row("SELECT count(*) FROM sessions", [], |row| row.get(0))
        .unwrap();
    assert!(kept <= 25, "{kept} sessions are kept");
}

#[test]
fn a_pair_that_is_given_again_says_what_is_left_of_it() {
    let mut rig = Rig::new();
    let client = create(&mut rig, "Robot").client_id;
    let me = rig.me();
    rig.workspace.begin_grants().unwrap();
    let first = open(&mut rig, &client, &me, 0).unwrap();
    let old = first.refresh.unwrap();
    let mut refresh = |minutes: i64, terms: Terms<'_>| {
        let at = later(minutes * 60_000);
        let workspace = &mut rig.workspace;
        workspace.refresh_session(old.expose(), &client, terms, Replay::Grace, at)
    };
    let short = Terms {
        lifetimes: Lifetimes {
            access_s: 1200,
            refresh_s: None,
        },
        endpoint: None,
    };
    let Refreshed::Tokens(new) = refresh(0, short).unwrap() else {
        panic!("refreshed");
    };
    // Whatever is asked for the second time, these are the tokens that there are.
    let Refreshed::Tokens(again) = refresh(15, TERMS).unwrap() else {
        panic!("given again");
    };
    assert_eq!(again.access.expose(), new.access.expose());
    assert!(again.refresh.is_none(), "none was kept");
    assert_eq!(again.lifetimes.access_s, 300);
    let late = refresh(21, TERMS).unwrap();
    assert!(matches!(late, Refreshed::Replaced), "{late:?}");
}

#[test]
fn an_app_that_is_gone_for_good_leaves_no_session() {
    let mut rig = Rig::new();
    let app = create(&mut rig, "Robot");
    let me = rig.me();
    rig.workspace.begin_grants().unwrap();
    let tokens = open(&mut rig, &app.client_id, &me, 0).unwrap();
    rig.workspace.commit_grants(NOW).unwrap();
    assert!(is_alive(&mut rig, &tokens));
    rig.workspace.delete_app(&app.id, NOW).unwrap();
    assert!(!is_alive(&mut rig, &tokens), "in the trash");
    rig.workspace.purge_app(&app.id, NOW).unwrap();
    let kept: i64 = rig
        .workspace
        .db
        .query_row("SELECT count(*) FROM sessions", [], |row| row.get(0))
        .unwrap();
    assert_eq!(kept, 0);
}
