//! The whole program under any sequence of keys, pastes, sizes and answers that come late, fail
//! or arrive in another order. `PROPTEST_CASES=5000 cargo test --test it robustness` for a long run.

use crate::harness::driver::Driver;
use devconsole::{
    console::Screen,
    form::{TextEdit as _, state::slots},
    message::{Answer, Purpose, SignInRefusal},
    screens::create_app::{Tab, review_slots},
};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Move {
    Keys(&'static str),
    Typed(String),
    Paste(String),
    Resize(u16, u16),
    Wait(u64),
    HoldAnswers,
    DeliverOne(usize),
    FailOne(usize),
    Deliver,
}

/// Everything but quitting, which ends the sequence.
const KEYS: &[&str] = &[
    "<tab>",
    "<s-tab>",
    "<enter>",
    "<esc>",
    "<space>",
    "<up>",
    "<down>",
    "<left>",
    "<right>",
    "<pgup>",
    "<pgdn>",
    "<home>",
    "<end>",
    "<backspace>",
    "<delete>",
    "<ctrl-s>",
    "<ctrl-l>",
    "<ctrl-x>",
    "<ctrl-u>",
    "<ctrl-k>",
    "<ctrl-w>",
    "<ctrl-g>",
    "<ctrl-r>",
    "<ctrl-pgdn>",
    "[",
    "]",
    "n",
    "d",
    "y",
    "c",
    "s",
    "S",
    "r",
    "/",
    "?",
    "g",
    "G",
    "j",
    "k",
    "h",
    "l",
    "x",
];

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        12 => prop::sample::select(KEYS).prop_map(Move::Keys),
        3 => "[a-zA-Z:/.@ ]{1,12}|\\PC{1,4}".prop_map(Move::Typed),
        2 => "(https?://[a-z.]{1,9}/?[a-z#*]{0,3}[\n, ]?){0,4}|\\PC{0,40}|[\u{0}-\u{9f}]{0,20}"
            .prop_map(Move::Paste),
        1 => (1u16..140, 1u16..50).prop_map(|(width, height)| Move::Resize(width, height)),
        1 => (0u64..700).prop_map(Move::Wait),
        1 => Just(Move::Wait(11 * 60 * 1000)),
        1 => Just(Move::HoldAnswers),
        2 => (0usize..4).prop_map(Move::DeliverOne),
        1 => (0usize..4).prop_map(Move::FailOne),
        2 => Just(Move::Deliver),
    ];
    prop::collection::vec(one, 1..60)
}

/// The same answer, as if the outside had failed.
fn failed(answer: Answer) -> Answer {
    let problem = || "The disk is full: nothing was saved.".to_owned();
    match answer {
        Answer::SignedUp(_) => Answer::SignedUp(Err(problem())),
        Answer::SignedIn(_) => Answer::SignedIn(Err(SignInRefusal::Failed(problem()))),
        Answer::Apps { generation, .. } => Answer::Apps {
            generation,
            result: Err(problem()),
            position: None,
        },
        Answer::App { .. } => Answer::App {
            purpose: Purpose::Page,
            result: Err(problem()),
        },
        Answer::Drafts(_) => Answer::Drafts(Err(problem())),
        Answer::DraftStarted(_) => Answer::DraftStarted(Err(problem())),
        Answer::SharedSecret(_) => Answer::SharedSecret(Err(problem())),
        Answer::DraftSaved { id, .. } => Answer::DraftSaved {
            id,
            result: Err(problem()),
        },
        Answer::DraftDiscarded(_) => Answer::DraftDiscarded(Err(problem())),
        Answer::IconRead { path, .. } => Answer::IconRead {
            path,
            result: Err(problem()),
        },
        Answer::AppCreated(_) => Answer::AppCreated(Err(problem())),
        Answer::Secrets { app, .. } => Answer::Secrets {
            app,
            result: Err(problem()),
        },
        Answer::Copied { what, .. } => Answer::Copied {
            what,
            result: Err(problem()),
        },
        other => other,
    }
}

fn play(driver: &mut Driver, step: Move) {
    match step {
        Move::Keys(keys) => driver.press(keys),
        Move::Typed(text) => driver.press(
            &text
                .replace('<', "<lt>")
                .replace(|c: char| c.is_control(), ""),
        ),
        Move::Paste(text) => driver.paste(&text),
        Move::Resize(width, height) => driver.resize(width, height),
        Move::Wait(ms) => driver.advance_ms(ms),
        Move::HoldAnswers => driver.holds_answers = true,
        Move::DeliverOne(at) => {
            if let Some(answer) = driver.held.remove(at) {
                driver.feed(devconsole::message::Msg::Answer(answer));
            }
        }
        Move::FailOne(at) => {
            if let Some(answer) = driver.held.remove(at) {
                driver.feed(devconsole::message::Msg::Answer(failed(answer)));
            }
        }
        Move::Deliver => {
            driver.holds_answers = false;
            driver.deliver();
        }
    }
}

/// The focus names something that is shown.
fn focus_is_visible(driver: &Driver) -> bool {
    let Screen::CreateApp(screen) = &driver.console.screen else {
        return true;
    };
    match screen.tab {
        Tab::Review => review_slots().contains(&screen.form.focus),
        Tab::Section(section) => {
            let slots = slots(section.fields, &screen.draft);
            slots.is_empty() || slots.contains(&screen.form.focus)
        }
    }
}

/// Everything that was held back arrives, and whatever lies over the screen is closed.
fn settle(driver: &mut Driver) {
    driver.holds_answers = false;
    driver.deliver();
    if driver.console.help.is_some() {
        driver.press("<esc>");
    }
    if driver.console.locked.is_some() {
        driver.press("<end><ctrl-u>");
        driver.sign_in();
    }
    if driver.console.question.is_some() {
        driver.press("<esc>");
    }
}

proptest! {
    // PROPTEST_CASES overrides; failures are shrunk and printed, not kept in a file.
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(
            std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(64)
        )
    })]

    #[test]
    fn nothing_panics_the_focus_is_visible_and_back_is_never_refused(moves in moves()) {
        let mut driver = Driver::signed_up();
        driver.press("n");
        for step in moves {
            play(&mut driver, step);
            let _ = driver.picture();
            prop_assert!(focus_is_visible(&driver), "{:?}", driver.console.screen);
        }
        settle(&mut driver);
        // A form or a page that is in front is left by one Esc, a list over it by another.
        for _ in 0..2 {
            if !matches!(driver.console.screen, Screen::Apps) {
                driver.press("<esc>");
            }
        }
        prop_assert!(matches!(driver.console.screen, Screen::Apps), "{:?}", driver.console.screen);
    }

    #[test]
    fn what_was_typed_is_there_again_after_a_kill(moves in moves(), name in "[a-z]{3,20}") {
        let mut driver = Driver::signed_up();
        driver.press("n<pgdn>");
        driver.press(&name);
        driver.advance_ms(250);
        driver.press("<tab><tab>");
        for step in moves {
            // Other moves may change or finish this very draft.
            if matches!(step, Move::Resize(..) | Move::Wait(_) | Move::HoldAnswers | Move::Deliver) {
                play(&mut driver, step);
            }
        }
        let mut driver = driver.restart();
        driver.sign_in();
        driver.press("<enter>");
        let Screen::CreateApp(screen) = &driver.console.screen else {
            return Err(TestCaseError::fail("the draft was not resumed"));
        };
        prop_assert_eq!(screen.draft.properties.name.text(), name);
    }

    #[test]
    fn typing_ahead_leads_to_the_same_state_as_waiting_for_each_answer(
        keys in prop::collection::vec(prop::sample::select(KEYS), 0..40)
    ) {
        let script: String = ["n"].into_iter().chain(keys).filter(|key| *key != "<ctrl-l>").collect();
        let mut patient = Driver::signed_up();
        patient.press(&script);
        let mut hasty = Driver::signed_up();
        hasty.holds_answers = true;
        hasty.press(&script);
        hasty.holds_answers = false;
        hasty.deliver();
        prop_assert_eq!(unminted(&hasty.text()), unminted(&patient.text()));
    }
}

/// Two runs mint different identifiers.
fn unminted(text: &str) -> String {
    text.lines()
        .filter(|line| !line.contains("Client ID") && !line.contains("Secret"))
        .collect::<Vec<_>>()
        .join("\n")
}
