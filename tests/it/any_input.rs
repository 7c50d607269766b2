//! Any keys, pastes and sizes, with replies that are late, failed or out of order: nothing panics,
//! the focus is on a slot that is shown, Esc always leads back, and typed text is kept.
//! `PROPTEST_CASES` sets the number of cases.

use crate::harness::{
    driver::{Driver, PASSWORD},
    steps::{Step, focus, take},
};
use devconsole::{
    console::Screen,
    form::TextEdit as _,
    keymap::{BINDINGS, Key},
    screens::create_app::{
        CreateApp,
        draft::Draft,
        sections::{app_card::IconState, properties},
    },
};
use proptest::prelude::*;

/// Every key with a meaning, except those that end the program.
fn keys() -> Vec<Key> {
    let mut keys: Vec<Key> = BINDINGS
        .iter()
        .flat_map(|binding| binding.keys)
        .filter(|key| !matches!(**key, "q" | "ctrl-c" | "ctrl-l" | "ctrl-o" | "ctrl-f"))
        .chain(
            [
                "left",
                "right",
                "home",
                "end",
                "backspace",
                "delete",
                "ctrl-w",
                "ctrl-u",
                "ctrl-k",
            ]
            .iter(),
        )
        .filter_map(|key| Key::parse(key))
        .collect();
    keys.dedup();
    keys
}

fn rare_keys() -> Vec<Key> {
    ["ctrl-l", "ctrl-o", "ctrl-f", "q", "ctrl-z", "alt-b"]
        .iter()
        .filter_map(|key| Key::parse(key))
        .collect()
}

fn pastes() -> impl Strategy<Value = String> {
    let icons = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/icons/");
    prop_oneof![
        Just("https://a.example/x\nhttps://b.example/y\r\n\thttps://c.example".to_owned()),
        Just(format!("{icons}square.png")),
        Just(format!("{icons}wide.png")),
        Just("CallControl".to_owned()),
        Just("a long reason that says what it is for".to_owned()),
        Just("漢字👨‍👩‍👧e\u{301}\u{202e}\u{1b}[2J".to_owned()),
        Just("x ".repeat(3000)),
        ".{0,20}",
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        16 => prop::sample::select(keys()).prop_map(Step::Key),
        1 => prop::sample::select(rare_keys()).prop_map(Step::Key),
        3 => prop_oneof!["[a-z ]{1,8}", "\\PC{1,4}"].prop_map(Step::Type),
        2 => pastes().prop_map(Step::Paste),
        2 => (1_u16..=130, 1_u16..=50).prop_map(|(width, height)| Step::Resize(width, height)),
        2 => prop_oneof![10_u64..400, 1000_u64..70_000, Just(601_000_u64)].prop_map(Step::Pass),
        2 => any::<bool>().prop_map(Step::Hold),
        3 => any::<usize>().prop_map(Step::Deliver),
        2 => any::<usize>().prop_map(Step::Fail),
    ];
    prop::collection::vec(step, 1..50)
}

/// Steps that change no draft.
fn calm_steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (1_u16..=130, 1_u16..=50).prop_map(|(width, height)| Step::Resize(width, height)),
        prop_oneof![10_u64..400, Just(601_000_u64)].prop_map(Step::Pass),
        any::<bool>().prop_map(Step::Hold),
    ];
    prop::collection::vec(step, 0..20)
}

/// The screen without the values that differ between two runs.
fn without_minted(driver: &Driver) -> Vec<String> {
    driver
        .text()
        .lines()
        .filter(|line| !line.contains("Client ID") && !line.contains("Secret"))
        .map(str::to_owned)
        .collect()
}

/// Delivers all answers, unlocks, and closes what covers the screen.
fn settle(driver: &mut Driver) {
    driver.holds_answers = false;
    driver.deliver();
    let wait_until_ms = driver.console.desk.lock().map(|lock| lock.wait_until_ms);
    if let Some(wait_until_ms) = wait_until_ms {
        driver.console.desk.overlays.clear();
        // Wrong passwords delay the next try.
        let now = driver.console.desk.clock.mono_ms;
        driver.advance_ms(wait_until_ms.unwrap_or(now).saturating_sub(now));
        driver.press("<ctrl-u><ctrl-k>");
        driver.press(PASSWORD);
        driver.press("<enter>");
        assert!(!driver.console.desk.is_locked(), "{}", driver.text());
    }
    for _ in 0..driver.console.desk.overlays.len() {
        driver.press("<esc>");
    }
    assert!(driver.console.desk.overlays.is_empty(), "{}", driver.text());
}

fn form(driver: &Driver) -> Option<&CreateApp> {
    match driver.console.screen() {
        Screen::CreateApp(screen) => Some(screen),
        _ => None,
    }
}

/// A draft as it is saved: the icon is read again.
fn kept(draft: &Draft) -> Draft {
    let mut draft = draft.clone();
    draft.card.icon = IconState::None;
    draft
}

fn on_list(driver: &Driver) -> bool {
    matches!(driver.console.screen(), Screen::Apps(_))
}

fn has_unread_icon(screen: &CreateApp) -> bool {
    !screen.draft.card.icon_path.text().trim().is_empty()
}

fn cases() -> u32 {
    let asked = std::env::var("PROPTEST_CASES").ok();
    asked.and_then(|asked| asked.parse().ok()).unwrap_or(150)
}

/// Takes every step and draws the screen after each.
fn run(driver: &mut Driver, steps: &[Step]) -> Result<(), TestCaseError> {
    for step in steps {
        take(driver, step);
        if driver.quit {
            return Ok(());
        }
        driver.picture();
        if let Some((focus, shown)) = focus(driver) {
            prop_assert!(
                shown.contains(&focus),
                "{focus:?} is not in {shown:?} after {step:?}"
            );
        }
    }
    Ok(())
}

/// Also if a form asks whether to discard what was typed.
fn leave(driver: &mut Driver) {
    driver.press("<esc>");
    if driver.console.desk.question().is_some() {
        driver.press("<enter>");
    }
}

fn back_is_never_refused(driver: &mut Driver) -> Result<(), TestCaseError> {
    settle(driver);
    let Some(screen) = form(driver) else {
        let is_beside_the_list = matches!(
            driver.console.screen(),
            Screen::App(_)
                | Screen::History(_)
                | Screen::Organization(_)
                | Screen::AddDeveloper(_)
                | Screen::ChangeRole(_)
                | Screen::Password(_)
                | Screen::Approvals(_)
                | Screen::Jwt(_)
                | Screen::JwtForm(_)
                | Screen::LocalServer(_)
                | Screen::Trial(_)
        );
        if is_beside_the_list {
            // A filter, a first password or a form is closed first.
            for _ in 0..3 {
                leave(driver);
            }
            prop_assert!(on_list(driver), "{}", driver.text());
        }
        if matches!(driver.console.screen(), Screen::Recover(_)) {
            leave(driver);
            prop_assert!(matches!(driver.console.screen(), Screen::SignIn(_)));
        }
        return Ok(());
    };
    let (id, draft) = (screen.id.clone(), kept(&screen.draft));
    let worth_keeping = screen.is_worth_keeping();
    let was_read = has_unread_icon(screen);
    if screen.form.picker.is_some() {
        driver.press("<esc>");
        prop_assert!(form(driver).is_some_and(|screen| screen.form.picker.is_none()));
    }
    driver.press("<esc>");
    prop_assert!(
        on_list(driver),
        "Esc was refused: {:?}",
        driver.console.desk.notice
    );
    driver.press("<esc>");
    prop_assert_eq!(
        driver.apps().drafts.iter().any(|row| row.id == id),
        worth_keeping
    );
    if !worth_keeping {
        return Ok(());
    }
    // Saved last, so it is listed first, unless another draft has the same time.
    for _ in 0..driver.apps().drafts.len() {
        if driver.apps().draft_under_cursor().map(|row| &row.id) == Some(&id) {
            break;
        }
        driver.press("j");
    }
    driver.press("<enter>");
    let again = form(driver).map(|screen| kept(&screen.draft));
    prop_assert_eq!(again, Some(draft), "icon: {}", was_read);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: cases(),
        failure_persistence: None,
        max_shrink_iters: 300,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_input_in_the_form_keeps_the_focus_the_way_back_and_the_draft(
        kind in 0_usize..4, tab in 0_usize..7, steps in steps()
    ) {
        let mut driver = Driver::signed_up();
        driver.press("n");
        driver.press(&"<space>".repeat(kind));
        driver.press(&"<pgdn>".repeat(tab));
        run(&mut driver, &steps)?;
        if !driver.quit {
            back_is_never_refused(&mut driver)?;
        }
    }

    #[test]
    fn any_input_from_the_list_keeps_the_focus_and_the_way_back(steps in steps()) {
        let mut driver = Driver::signed_up();
        driver.leave_draft("Kept");
        run(&mut driver, &steps)?;
        if !driver.quit {
            back_is_never_refused(&mut driver)?;
        }
    }

    #[test]
    fn any_input_before_sign_in_is_survived(steps in steps(), has_workspace in any::<bool>()) {
        let mut driver = if has_workspace { Driver::signed_up().restart() } else { Driver::new() };
        run(&mut driver, &steps)?;
    }

    /// Answers that come after all keys lead to the same screen as answers after each key.
    #[test]
    fn typing_ahead_leads_to_the_same_screen_as_waiting(
        starts_in_form in any::<bool>(),
        keys in prop::collection::vec(prop::sample::select(keys()), 0..40)
    ) {
        let mut patient = Driver::signed_up();
        let mut hasty = Driver::signed_up();
        hasty.holds_answers = true;
        for driver in [&mut patient, &mut hasty] {
            if starts_in_form {
                driver.press("n");
            }
        }
        for key in keys {
            take(&mut patient, &Step::Key(key));
            take(&mut hasty, &Step::Key(key));
        }
        hasty.holds_answers = false;
        hasty.deliver();
        prop_assert_eq!(without_minted(&hasty), without_minted(&patient));
    }

    #[test]
    fn what_was_typed_survives_a_kill(steps in calm_steps(), name in "[a-z]{3,20}") {
        let mut driver = Driver::signed_up();
        driver.press("n");
        driver.answer(properties::NAME, &name);
        driver.advance_ms(250);
        driver.go_to(properties::CONTACT);
        run(&mut driver, &steps)?;
        let mut driver = driver.restart();
        driver.sign_in();
        driver.press("<enter>");
        prop_assert_eq!(driver.form().draft.properties.name.text(), name);
    }
}
