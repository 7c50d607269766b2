//! OAuth sessions: opened together, refreshed, ended.

use super::{NOW, Rig, apps::create, later};
use crate::{
    domain::{
        id::DeveloperId,
        oauth::{
            app_session::{AppSession, SessionState},
            credential::ClientId,
        },
        secret::Secret,
    },
    store::{
        Access, CodeGrant, Lifetimes, NewSession, Refreshed, Renewal, Replay, StoreError, Terms,
        Tokens, file::open::BUSY_WAIT,
    },
};

const TERMS: Terms<'_> = Terms {
    lifetimes: Lifetimes {
        access_s: 3600,
        refresh_s: Some(604_800),
    },
    endpoint: None,
};

pub(super) fn renewal(replay: Replay) -> Renewal<'static> {
    Renewal {
        replay,
        still_granted: &str::to_owned,
        narrower: None,
        age_max_ms: None,
    }
}

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
    // The next grants work as before.
    rig.workspace.begin_grants().unwrap();
    let next = open(&mut rig, &client, &me, 0).unwrap();
    rig.workspace.commit_grants(NOW).unwrap();
    rig.workspace.forget_grants();
    assert!(is_alive(&mut rig, &next));
}

#[test]
fn of_more_that_are_opened_at_once_the_youngest_five_live() {
    let mut rig = Rig::new();
    let robot = create(&mut rig, "Robot");
    let (client, app) = (robot.client_id, robot.id);
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
    let states = rig.workspace.app_sessions(&app, later(8)).unwrap();
    let (live, evicted) = states.split_at(5);
    assert_eq!((live.len(), evicted.len()), (5, 3), "newest first");
    let is_live = |one: &AppSession| matches!(one.state, SessionState::Live { .. });
    assert!(live.iter().all(is_live), "{live:?}");
    let is_evicted = |one: &AppSession| one.state == SessionState::Evicted;
    assert!(evicted.iter().all(is_evicted), "{evicted:?}");
    assert!(
        states
            .iter()
            .all(|one| one.owner == me && one.by_jwt.is_none())
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
    // A month later all of these are over: a new one ends no live session.
    let month = 30 * 24 * 3_600_000;
    let young: Vec<Tokens> = (0..5).map(|nth| at_once(&mut rig, month + nth)).collect();
    assert!(young.iter().all(|tokens| is_alive(&mut rig, tokens)));
    // An ended session is reported as ended, and not kept forever.
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
        workspace.refresh_session(old.expose(), &client, terms, &renewal(Replay::Grace), at)
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
    // Presented again, each gives the current tokens.
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
fn a_purged_app_leaves_no_session() {
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

/// A session of a new app, and a function that refreshes it at a minute.
fn refreshing(
    rig: &mut Rig,
    replay: Replay,
) -> (Tokens, impl Fn(&mut Rig, &Secret, i64) -> Refreshed + use<>) {
    let client = create(rig, "Robot").client_id;
    let me = rig.me();
    let tokens = granted(rig, |rig| open(rig, &client, &me, 0).unwrap());
    let refresh = move |rig: &mut Rig, token: &Secret, at: i64| {
        granted(rig, |rig| {
            let workspace = &mut rig.workspace;
            workspace
                .refresh_session(token.expose(), &client, TERMS, &renewal(replay), later(at))
                .unwrap()
        })
    };
    (tokens, refresh)
}

fn granted<T>(rig: &mut Rig, work: impl FnOnce(&mut Rig) -> T) -> T {
    rig.workspace.begin_grants().unwrap();
    let done = work(rig);
    rig.workspace.commit_grants(NOW).unwrap();
    rig.workspace.forget_grants();
    done
}

fn pair(refreshed: Refreshed) -> Tokens {
    match refreshed {
        Refreshed::Tokens(tokens) => tokens,
        other => panic!("{other:?}"),
    }
}

fn refresh_of(tokens: &Tokens) -> Secret {
    tokens.refresh.clone().unwrap()
}

#[test]
fn the_same_pair_is_given_for_an_hour_while_unused_and_ten_seconds_once_used() {
    const HOUR: i64 = 3_600_000;
    let mut rig = Rig::new();
    let (first, refresh) = refreshing(&mut rig, Replay::Grace);
    let old = refresh_of(&first);
    let second = pair(refresh(&mut rig, &old, 0));
    let again = pair(refresh(&mut rig, &old, HOUR - 1000));
    assert_eq!(again.access.expose(), second.access.expose());
    let late = refresh(&mut rig, &old, HOUR + 1);
    assert!(matches!(late, Refreshed::Replaced), "{late:?}");

    let old = refresh_of(&second);
    let third = pair(refresh(&mut rig, &old, 0));
    let used_at = |rig: &mut Rig, at: i64| {
        let access = rig.workspace.access(third.access.expose(), later(at));
        assert!(matches!(access.unwrap(), Access::Speaks(_)));
    };
    used_at(&mut rig, 60_000);
    // A later use does not prolong it.
    used_at(&mut rig, 65_000);
    let again = pair(refresh(&mut rig, &old, 70_000));
    assert_eq!(again.access.expose(), third.access.expose());
    let late = refresh(&mut rig, &old, 70_001);
    assert!(matches!(late, Refreshed::Replaced), "{late:?}");
    assert!(is_alive(&mut rig, &third), "its session goes on");
}

#[test]
fn any_refresh_token_of_before_ends_the_session_where_that_is_the_rule() {
    for back in 1..=3 {
        let mut rig = Rig::new();
        let (first, refresh) = refreshing(&mut rig, Replay::EndsSession);
        let mut all = vec![first];
        for nth in 0..3 {
            let old = refresh_of(all.last().unwrap());
            all.push(pair(refresh(&mut rig, &old, nth)));
        }
        let newest = all.last().unwrap().clone();
        // Another token that names the session does not work.
        let mut guessed = refresh_of(&newest).expose().to_owned();
        guessed.replace_range(0..1, if guessed.starts_with('A') { "B" } else { "A" });
        let unknown = refresh(&mut rig, &Secret::new(guessed), 4);
        assert!(matches!(unknown, Refreshed::Unknown), "{unknown:?}");
        assert!(is_alive(&mut rig, &newest));
        let stolen = refresh_of(&all[3 - back]);
        let replayed = refresh(&mut rig, &stolen, 5);
        assert!(matches!(replayed, Refreshed::Replaced), "{replayed:?}");
        assert!(!is_alive(&mut rig, &newest), "{back} back");
        let over = refresh(&mut rig, &refresh_of(&newest), 6);
        assert!(matches!(over, Refreshed::Unknown), "{over:?}");
    }
}

#[test]
fn refresh_tokens_of_before_are_forgotten_once_they_would_be_over() {
    let week = 7 * 24 * 3_600_000;
    let mut rig = Rig::new();
    let (mut tokens, refresh) = refreshing(&mut rig, Replay::Grace);
    for nth in 0..4 {
        let old = refresh_of(&tokens);
        tokens = pair(refresh(&mut rig, &old, nth * (week - 1)));
    }
    let kept: i64 = rig
        .workspace
        .db
        .query_row("SELECT count(*) FROM former_refresh_tokens", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(kept, 2, "of three, the oldest is over");
}

#[test]
fn a_first_use_opens_the_api_while_another_program_writes() {
    let mut rig = Rig::new();
    let (first, refresh) = refreshing(&mut rig, Replay::Grace);
    let old = refresh_of(&first);
    let second = pair(refresh(&mut rig, &old, 0));
    let other = rig.workspace.beside().unwrap();
    other.db.execute_batch("BEGIN IMMEDIATE").unwrap();
    let since = std::time::Instant::now();
    assert!(is_alive(&mut rig, &second));
    assert!(since.elapsed() < BUSY_WAIT, "it did not wait for the lock");
    other.db.execute_batch("ROLLBACK").unwrap();
    // The next use starts the end of the grace period.
    assert!(is_alive(&mut rig, &second));
    let late = refresh(&mut rig, &old, 10_001);
    assert!(matches!(late, Refreshed::Replaced), "{late:?}");
}

/// Grants of which one fails half-way, so that none is committed.
fn failing(rig: &mut Rig, client: &ClientId, work: impl FnOnce(&mut Rig)) {
    rig.workspace.begin_grants().unwrap();
    work(rig);
    let nobody = DeveloperId::from_stored("nobody");
    open(rig, client, &nobody, 0).unwrap_err();
    rig.workspace.commit_grants(NOW).unwrap_err();
    rig.workspace.forget_grants();
}

#[test]
fn a_stolen_code_or_token_ends_its_session_even_if_the_commit_fails() {
    let mut rig = Rig::new();
    let client = create(&mut rig, "Robot").client_id;
    let me = rig.me();
    let grant = CodeGrant {
        client: client.clone(),
        owner: me,
        redirect_uri: "http://127.0.0.1:7777/cb".to_owned(),
        redirect_sent: true,
        challenge: None,
        scope: "ReadAccounts".to_owned(),
        nonce: None,
        signed_in_at: NOW,
    };
    let redeemed = |rig: &mut Rig| {
        let code = rig.workspace.issue_code(&grant, NOW).unwrap();
        let tokens = granted(rig, |rig| {
            let workspace = &mut rig.workspace;
            workspace.redeem_code(code.expose(), &grant, TERMS, NOW)
        });
        (code, tokens.unwrap())
    };
    let (code, tokens) = redeemed(&mut rig);
    failing(&mut rig, &client, |rig| {
        let workspace = &mut rig.workspace;
        workspace.end_session_of_code(code.expose(), NOW).unwrap();
    });
    assert!(!is_alive(&mut rig, &tokens));

    let (_, first) = redeemed(&mut rig);
    let replay = |rig: &mut Rig| {
        let (token, strict) = (refresh_of(&first), renewal(Replay::EndsSession));
        let workspace = &mut rig.workspace;
        workspace
            .refresh_session(token.expose(), &client, TERMS, &strict, NOW)
            .unwrap()
    };
    let second = pair(granted(&mut rig, replay));
    assert!(is_alive(&mut rig, &second));
    failing(&mut rig, &client, |rig| {
        assert!(matches!(replay(rig), Refreshed::Replaced));
    });
    assert!(!is_alive(&mut rig, &second));
}

#[test]
fn a_session_remembers_a_hundred_former_refresh_tokens() {
    let mut rig = Rig::new();
    let (first, refresh) = refreshing(&mut rig, Replay::EndsSession);
    let mut all = vec![refresh_of(&first)];
    for minute in 1..=130 {
        let token = all.last().unwrap().clone();
        all.push(refresh_of(&pair(refresh(&mut rig, &token, minute))));
    }
    let kept: u32 = rig
        .workspace
        .db
        .query_row("SELECT count(*) FROM former_refresh_tokens", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(kept, 100);
    // One that is forgotten is refused; one that is remembered ends the session.
    let last = all.last().unwrap().clone();
    assert!(matches!(
        refresh(&mut rig, &all[0], 131),
        Refreshed::Unknown
    ));
    let next = refresh_of(&pair(refresh(&mut rig, &last, 131)));
    assert!(matches!(
        refresh(&mut rig, &all[90], 132),
        Refreshed::Replaced
    ));
    assert!(matches!(refresh(&mut rig, &next, 133), Refreshed::Unknown));
}
