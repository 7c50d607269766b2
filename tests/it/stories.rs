//! Stories of a person, from the first key to the last, with the real `update`, the real store in a
//! temporary folder, a clipboard in memory, and a clock that the test moves.

use crate::harness::driver::{Driver, EMAIL};
use crate::harness::form::{App, app, keys_in_form};
use devconsole::{
    console::Screen,
    domain::{
        app::{AppKind, AuthMethod},
        people::{developer::Role, ticket::TicketState},
    },
    form::TextEdit as _,
    request::{Effect, Request},
    screens::{
        create_app::{
            Tab,
            sections::{
                app_card, app_type::TYPE, auth, features, properties, properties::NAME, security,
            },
        },
        sign_in,
    },
};

/// A server-side app that still needs an authentication method.
fn orders() -> App {
    app("Orders (staging)")
}

/// Registers a JWT app with this name, from the list and back to it.
fn registers_jwt(driver: &mut Driver, name: &str) {
    driver.register(app(name).jwt());
    driver.press("<esc>");
}

fn is_secret(text: &str) -> bool {
    text.len() == 44
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

#[test]
fn signs_up_registers_a_bot_and_copies_its_secret() {
    let mut driver = Driver::on_page_of(
        orders()
            .bot("Order bot", "tests/data/icons/square.png")
            .with(auth::REDIRECT_URIS, "https://bot.example.com/oauth"),
    );
    let bot = driver.app();
    assert!(matches!(&bot.spec.kind, AppKind::Bot { redirect_uris } if redirect_uris.len() == 1));
    assert_eq!(bot.client_id.as_str().len(), 22);
    assert!(bot.spec.card.icon.is_some());
    driver.press("s");
    assert!(is_secret(&driver.clipboard().unwrap()));
    driver.press("c");
    assert_eq!(driver.clipboard().unwrap(), driver.app().client_id.as_str());
}

#[test]
fn a_server_side_app_takes_several_redirect_uris_from_one_paste() {
    let mut driver = Driver::signed_up();
    driver.start(orders().with(auth::PLATFORM, "Server-side web app"));
    driver.go_to(auth::REDIRECT_URIS);
    driver.paste("https://a.example.com/cb\nhttps://b.example.com/cb, http://127.0.0.1:5000/cb\n");
    driver.press("<ctrl-s>");
    let uris: Vec<&str> = driver
        .app()
        .spec
        .redirect_uris()
        .iter()
        .map(|uri| uri.as_str())
        .collect();
    assert_eq!(
        uris,
        [
            "https://a.example.com/cb",
            "https://b.example.com/cb",
            "http://127.0.0.1:5000/cb"
        ]
    );
    driver.press("r");
    let secret = driver.page().secrets.clone().unwrap().client.unwrap();
    assert!(is_secret(secret.expose()));
    assert!(driver.shows(secret.expose()));
    driver.press("r");
    assert!(!driver.shows(secret.expose()));
}

#[test]
fn a_client_side_app_gets_no_secret_and_its_page_says_why() {
    let mut driver = Driver::on_page_of(orders().client_side("https://shop.example.com/cb"));
    assert!(driver.shows("PKCE"));
    driver.press("s");
    assert_eq!(driver.clipboard(), None);
    assert!(driver.notice().contains("no Client Secret"));
    assert!(
        !driver
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Request(_, Request::CopyAppSecret(_))))
    );
}

#[test]
fn a_jwt_app_is_told_its_next_step_and_found_again_later() {
    let driver = Driver::on_page_of(orders().jwt());
    assert!(matches!(
        driver.app().spec.kind,
        AppKind::RestApi {
            auth: AuthMethod::Jwt,
            issue_refresh_tokens: true
        }
    ));
    assert!(driver.shows("J creates a JWT credential"));
    let id = driver.app().client_id.clone();
    let mut driver = driver.restart();
    driver.sign_in();
    driver.press("<enter>");
    assert_eq!(driver.app().client_id, id);
}

#[test]
fn a_notification_add_in_has_its_installation_and_its_shared_secret() {
    let mut driver = Driver::signed_up();
    driver.start(
        orders()
            .notification("Deploys", "tests/data/icons/square.svg")
            .webhook("https://hooks.example.com/in"),
    );
    driver.go_to(features::SHARED_SECRET);
    let before = driver.form().draft.features.shared_secret.clone();
    assert_eq!(before.expose().len(), 32);
    driver.press("s");
    assert_eq!(driver.clipboard().unwrap(), before.expose());
    driver.press("n");
    let after = driver.form().draft.features.shared_secret.clone();
    assert_ne!(after.expose(), before.expose());
    driver.answer(features::DIALOG_URLS, "*.example.com");
    driver.answer(features::WEB_INSTALL, true);
    driver.answer(
        features::WEB_INSTALL_URL,
        "https://deploys.example.com/install",
    );
    driver.press("<ctrl-s>");
    match &driver.app().spec.kind {
        AppKind::Notification {
            manual_instructions,
            web_install_url,
        } => {
            assert!(manual_instructions.contains("{{ WEBHOOK_URL }}"));
            assert_eq!(
                web_install_url.as_ref().unwrap().as_str(),
                "https://deploys.example.com/install"
            );
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(
        driver
            .app()
            .spec
            .interactive_messages
            .as_ref()
            .unwrap()
            .dialog_urls
            .len(),
        1
    );
    driver.press("S");
    assert_eq!(driver.clipboard().unwrap(), after.expose());
}

#[test]
fn a_restricted_scope_asks_why_and_stays_pending() {
    let mut driver = Driver::signed_up();
    driver.start(orders().jwt().scope("call control"));
    driver.press("<ctrl-s>");
    assert!(driver.shows("Explain why the app needs it"));
    // The focus is on the missing justification.
    driver.press("Moves live calls between agents.<ctrl-s>");
    let tickets = &driver.app().tickets;
    assert_eq!(tickets.len(), 1);
    assert_eq!(tickets[0].state, TicketState::Pending);
    assert_eq!(tickets[0].justification, "Moves live calls between agents.");
    assert!(driver.shows("Call Control: waiting for approval"));
    driver.press("<tab>");
    assert!(driver.shows("Call Control: waiting for approval"));
}

#[test]
fn a_justification_comes_back_with_its_scope() {
    let mut driver = Driver::signed_up();
    driver.press("n");
    driver.answer(security::SCOPES, "call control");
    driver.answer(security::JUSTIFICATIONS, "Moves live calls between agents.");
    driver.go_to(security::SCOPES);
    driver.press("<backspace>");
    assert!(driver.form().draft.security.justifications.is_empty());
    driver.answer(security::SCOPES, "call control");
    let kept = &driver.form().draft.security.justifications;
    assert_eq!(
        kept.iter().next().unwrap().entry.text(),
        "Moves live calls between agents."
    );
}

#[test]
fn create_with_errors_goes_to_the_first_one_and_registers_nothing() {
    let mut driver = Driver::signed_up();
    driver.press("n");
    driver.answer(TYPE, "REST API App");
    driver.go_to(security::SCOPES);
    driver.press("<ctrl-s>");
    assert_eq!(driver.form().tab.id(), "properties");
    assert_eq!(driver.form().form.focus.field.0, "properties.name");
    assert!(
        !driver
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Request(_, Request::CreateApp(_))))
    );
}

#[test]
fn a_name_that_is_taken_is_a_warning_and_no_error() {
    let mut driver = Driver::signed_up();
    registers_jwt(&mut driver, "Twins");
    driver.press("n");
    driver.answer(NAME, "twins");
    assert!(driver.shows("Another app has this name"));
    driver.press("<esc>d<enter>");
    registers_jwt(&mut driver, "Twins");
    assert_eq!(driver.apps().window.total, 2);
}

#[test]
fn a_change_of_type_keeps_what_was_typed_elsewhere() {
    let mut driver = Driver::signed_up();
    driver.press("n");
    driver.answer(TYPE, "REST API App");
    driver.answer(auth::REDIRECT_URIS, "https://kept.example.com/cb");
    for other in [
        "Bot Add-in",
        "Notification Add-in",
        "Bot Add-in",
        "REST API App",
    ] {
        driver.answer(TYPE, other);
    }
    let rows = &driver.form().draft.auth.redirect_uris;
    assert_eq!(
        rows.filled().next().unwrap().entry.text(),
        "https://kept.example.com/cb"
    );
    assert_eq!(driver.form().tab, Tab::all().next().unwrap());
}

#[test]
fn esc_keeps_the_draft_and_enter_resumes_it_in_the_same_field() {
    let mut driver = Driver::signed_up();
    driver.press("n");
    driver.answer(NAME, "Orders");
    driver.answer(properties::DESCRIPTION, "Half a sen");
    driver.press("<esc>");
    assert!(driver.shows("Draft Orders"));
    driver.press("<enter>");
    assert_eq!(driver.form().form.focus.field.0, "properties.description");
    driver.press("tence");
    assert_eq!(
        driver.form().draft.properties.description.text(),
        "Half a sentence"
    );
}

#[test]
fn an_empty_draft_is_not_kept() {
    let mut driver = Driver::signed_up();
    driver.press("n<pgdn><pgup><esc>");
    assert!(driver.apps().drafts.is_empty());
}

#[test]
fn several_drafts_can_exist_and_discarding_one_asks_once() {
    let mut driver = Driver::signed_up();
    for name in ["One", "Two", "Three"] {
        driver.leave_draft(name);
        driver.advance_ms(1000);
    }
    assert_eq!(driver.apps().drafts.len(), 3);
    driver.press("d<esc>");
    assert_eq!(driver.apps().drafts.len(), 3);
    driver.press("d<enter>");
    let left: Vec<&str> = driver
        .apps()
        .drafts
        .iter()
        .map(|draft| draft.title.as_str())
        .collect();
    assert_eq!(left, ["Two", "One"]);
}

#[test]
fn a_draft_is_at_most_a_quarter_of_a_second_behind() {
    let mut driver = Driver::signed_up();
    driver.press("n");
    driver.answer(NAME, "Killed");
    driver.advance_ms(250);
    let mut driver = driver.restart();
    driver.sign_in();
    driver.press("<enter>");
    assert_eq!(driver.form().draft.properties.name.text(), "Killed");
    assert_eq!(driver.form().form.focus.field.0, "properties.name");
}

#[test]
fn registering_ends_the_draft() {
    let mut driver = Driver::signed_up();
    registers_jwt(&mut driver, "Done");
    assert!(driver.apps().drafts.is_empty());
    assert_eq!(driver.apps().app_under_cursor().unwrap().name, "Done");
}

#[test]
fn wrong_passwords_say_one_thing_and_wait_longer_each_time_even_after_a_restart() {
    let mut driver = Driver::signed_up().restart();
    driver.answer(sign_in::EMAIL, "nobody@example.com");
    driver.answer(sign_in::PASSWORD, "nonsense");
    driver.press("<ctrl-s>");
    assert!(driver.shows("E-mail and password do not match."));
    let mut driver = driver.restart();
    for _ in 0..6 {
        driver.advance_ms(61_000);
        driver.press("nonsense<enter>");
        assert!(driver.shows("E-mail and password do not match."));
    }
    assert!(driver.shows("Try again in 2 s."));
    let mut driver = driver.restart();
    driver.sign_in();
    assert!(driver.shows("Too many tries."));
    driver.advance_ms(61_000);
    driver.sign_in();
    assert!(matches!(driver.console.screen(), Screen::Apps(_)));
}

#[test]
fn the_recovery_key_replaces_a_forgotten_password_once() {
    let mut driver = Driver::new();
    driver.sign_up();
    let key = driver.recovery_key();
    let mut driver = driver.restart();
    driver.press("<ctrl-f>");
    driver.go_to(sign_in::RECOVERY_KEY);
    driver.paste(&key.to_lowercase());
    driver.answer(sign_in::NEW_PASSWORD, "a wholly different 77 sentence");
    driver.answer(sign_in::AGAIN, "a wholly different 77 sentence");
    driver.press("<ctrl-s>");
    assert_ne!(driver.recovery_key(), key);
    let next = driver.recovery_key().rsplit('-').next().unwrap().to_owned();
    driver.press(&next.to_lowercase());
    driver.press("<enter>");
    assert!(matches!(driver.console.screen(), Screen::Apps(_)));
    let mut driver = driver.restart();
    driver.sign_in();
    assert!(driver.shows("do not match"));
    driver.press("a wholly different 77 sentence<enter>");
    assert!(matches!(driver.console.screen(), Screen::Apps(_)));
    assert!(!driver.shows(EMAIL));
}

#[test]
fn ten_idle_minutes_lock_and_unlocking_leads_back_to_the_same_field() {
    let mut driver = Driver::signed_up();
    driver.press("n");
    driver.answer(NAME, "Half a na");
    driver.advance_ms(9 * 60_000);
    assert!(!driver.console.desk.is_locked());
    driver.advance_ms(60_000);
    assert!(driver.console.desk.is_locked());
    assert!(!driver.shows("Half a na"));
    driver.sign_in();
    driver.press("me");
    assert_eq!(driver.form().draft.properties.name.text(), "Half a name");
}

#[test]
fn a_lock_hides_a_revealed_secret_and_clears_a_copied_one() {
    let mut driver = Driver::signed_up();
    registers_jwt(&mut driver, "Locked");
    driver.press("<enter>rs");
    let secret = driver.clipboard().unwrap();
    assert!(driver.shows(&secret));
    driver.press("<ctrl-l>");
    assert!(!driver.shows(&secret));
    assert_eq!(driver.clipboard(), None);
    driver.sign_in();
    assert!(matches!(driver.console.screen(), Screen::App(_)));
    assert!(!driver.shows(&secret));
}

#[test]
fn the_unboxed_credentials_stand_alone_and_hide_like_those_of_the_page() {
    let mut driver = Driver::signed_up();
    registers_jwt(&mut driver, "Dragged");
    driver.press("<enter>s");
    let secret = driver.clipboard().unwrap();
    driver.press("U");
    let id = driver.app().client_id.as_str().to_owned();
    let is_a_row = |driver: &Driver, value: &str| driver.text().lines().any(|row| row == value);
    assert!(is_a_row(&driver, &id));
    assert!(!driver.shows(&secret));
    driver.press("r");
    assert!(is_a_row(&driver, &secret));
    assert!(!driver.text().contains(['│', '─', '|']));
    for back in [
        "<esc>", "U", "<left>", "<down>", "<up>", "<pgdn>", "<tab>", "<enter>",
    ] {
        driver.press(back);
        assert!(driver.shows("Settings"), "{back}");
        driver.press("U");
        assert!(is_a_row(&driver, &secret), "{back}");
    }
    driver.press("<ctrl-l>");
    assert!(!driver.shows(&secret));
    driver.sign_in();
    assert!(is_a_row(&driver, &id));
    assert!(!driver.shows(&secret));
    driver.press("r<esc><esc><enter>p");
    assert!(!driver.shows(&secret), "leaving the page hides");
}

#[test]
fn a_copied_secret_is_cleared_after_45_seconds_and_on_quitting() {
    let mut driver = Driver::signed_up();
    registers_jwt(&mut driver, "Copied");
    driver.press("s");
    driver.advance_ms(44_000);
    assert!(is_secret(&driver.clipboard().unwrap()));
    driver.advance_ms(1000);
    assert_eq!(driver.clipboard(), None);
    driver.press("sq");
    assert!(driver.quit);
    assert_eq!(driver.clipboard(), None);
}

#[test]
fn the_filter_looks_into_names_ids_uris_and_scopes() {
    let mut driver = Driver::signed_up();
    registers_jwt(&mut driver, "Nightly export");
    driver.register(
        orders()
            .with(app_card::DISPLAY_NAME, "Front desk")
            .server_side("https://desk.example.com/cb")
            .scope("sms"),
    );
    let id = driver.app().client_id.as_str().to_owned();
    driver.press("<esc>");
    for words in [
        "orders",
        "FRONT desk",
        "desk.example.com/cb",
        "sms",
        id.as_str(),
    ] {
        driver.press("/");
        driver.paste(words);
        assert_eq!(driver.apps().window.matched, 1, "{words}");
        assert_eq!(
            driver.apps().app_under_cursor().unwrap().name,
            "Orders (staging)"
        );
        driver.press("<esc>");
    }
    driver.press("/%");
    assert_eq!(driver.apps().window.matched, 0);
}

#[test]
fn an_audit_user_creates_nothing_and_is_told_whom_to_ask() {
    let mut driver = Driver::signed_up();
    registers_jwt(&mut driver, "Seen");
    driver.lose_role(Role::AuditUser);
    let mut driver = driver.restart();
    driver.sign_in();
    driver.press("n");
    assert!(matches!(driver.console.screen(), Screen::Apps(_)));
    assert!(driver.notice().contains("your role is Audit-user"));
    driver.press("s");
    assert_eq!(driver.clipboard(), None);
}

#[test]
fn when_the_store_refuses_nothing_typed_is_lost() {
    let mut driver = Driver::signed_up();
    driver.start(orders().jwt());
    driver.sql("CREATE TRIGGER full BEFORE INSERT ON apps BEGIN SELECT RAISE(ABORT, 'no'); END;");
    driver.press("<ctrl-s>");
    assert!(driver.console.desk.notice.as_ref().unwrap().is_problem());
    assert_eq!(
        driver.form().draft.properties.name.text(),
        "Orders (staging)"
    );
    driver.sql("DROP TRIGGER full");
    driver.press("<ctrl-s>");
    assert_eq!(driver.app().spec.properties.name, "Orders (staging)");
}

#[test]
fn keys_typed_ahead_are_handled_in_order() {
    let script = &app("Ahead of time").keys();
    let mut patient = Driver::signed_up().restart();
    patient.sign_in();
    patient.press(script);
    let mut hasty = Driver::signed_up().restart();
    hasty.holds_answers = true;
    hasty.sign_in();
    hasty.press(script);
    assert!(matches!(hasty.console.screen(), Screen::SignIn(_)));
    hasty.holds_answers = false;
    hasty.deliver();
    assert_eq!(hasty.text(), patient.text());
}

fn without_ids(driver: &Driver) -> Vec<String> {
    let text = driver.text();
    let same = |line: &&str| !line.contains("Client ID") && !line.contains("Secret");
    // A list shows Client IDs as well.
    let is_id = |word: &&str| word.len() == 22;
    let lines = text.lines().filter(same);
    lines
        .map(|line| match line.split_whitespace().find(is_id) {
            Some(id) => line.replace(id, ""),
            None => line.to_owned(),
        })
        .collect()
}

#[test]
fn keys_typed_ahead_wait_for_the_data_of_the_page() {
    for keys in [
        "p<down>z<enter>",
        "p<down><down>r",
        "HG<enter>",
        "H<down>",
        "J<down>d<enter>",
        "aj<enter>",
        "bf<down><enter>",
        "bf <enter>",
        "<enter>]]]<down>",
        "c<enter>r<enter>",
    ] {
        let prepared = || {
            let mut driver = Driver::signed_up();
            driver.press("p");
            driver.add_developer("Grace Hopper", "grace@example.com", "Developer");
            driver.press("<esc><esc>");
            registers_jwt(&mut driver, "Orders");
            driver
        };
        let mut patient = prepared();
        patient.press(keys);
        let mut hasty = prepared();
        hasty.holds_answers = true;
        hasty.press(keys);
        hasty.holds_answers = false;
        hasty.deliver();
        assert_eq!(without_ids(&hasty), without_ids(&patient), "{keys}");
    }
}

#[test]
fn a_path_completes_and_an_invalid_icon_says_why() {
    let mut driver = Driver::signed_up();
    driver.press("n");
    driver.answer(app_card::ICON, "tests/data/icons/wi");
    driver.press("<right>");
    assert_eq!(
        driver.form().draft.card.icon_path.text(),
        "tests/data/icons/wide.png"
    );
    driver.go_to(app_card::SUMMARY);
    assert!(driver.shows("Choose a square one"));
}

#[test]
fn an_invalid_icon_does_not_prevent_saving_the_draft() {
    let mut driver = Driver::signed_up();
    driver.press("n");
    driver.answer(NAME, "Unfit");
    driver.answer(app_card::ICON, "/nowhere.png");
    driver.go_to(auth::METHOD);
    driver.press("<esc>");
    let mut driver = driver.restart();
    driver.sign_in();
    driver.press("<enter>");
    assert_eq!(driver.form().draft.properties.name.text(), "Unfit");
    driver.go_to(app_card::ICON);
    assert!(driver.shows("File not found"));
}

#[test]
fn a_filter_that_finds_nothing_can_be_left() {
    let mut driver = Driver::signed_up();
    driver.press("/zzz<enter>");
    assert!(!driver.apps().filtering);
    driver.press("n");
    driver.form();
}

#[test]
fn a_draft_that_was_just_left_is_under_the_cursor_whatever_was_filtered() {
    let mut driver = Driver::signed_up();
    registers_jwt(&mut driver, "Orders");
    driver.press("/orders<enter>");
    driver.leave_draft("Another");
    driver.press("<enter>");
    assert_eq!(driver.form().draft.properties.name.text(), "Another");
}

#[test]
fn esc_stays_when_the_draft_cannot_be_kept_and_a_second_esc_leaves() {
    let mut driver = Driver::signed_up();
    driver.sql("CREATE TRIGGER full BEFORE INSERT ON drafts BEGIN SELECT RAISE(ABORT, 'no'); END;");
    driver.leave_draft("Orders");
    assert_eq!(driver.form().draft.properties.name.text(), "Orders");
    assert!(driver.shows("The draft is not saved"));
    driver.press("<esc>");
    assert!(matches!(driver.console.screen(), Screen::Apps(_)));
}

#[test]
fn a_recovery_key_that_was_never_confirmed_is_replaced_at_the_next_sign_in() {
    let mut driver = Driver::new();
    driver.sign_up();
    let unseen = driver.recovery_key();
    let mut driver = driver.restart();
    driver.sign_in();
    let next = driver.recovery_key();
    assert_ne!(next, unseen);
    driver.confirm_recovery_key();
    let mut driver = driver.restart();
    driver.sign_in();
    assert!(matches!(driver.console.screen(), Screen::Apps(_)));
}

#[test]
fn quitting_waits_for_keys_that_were_typed_before_it() {
    let name = keys_in_form(|driver| driver.answer(NAME, "Fast"));
    let mut driver = Driver::signed_up();
    driver.holds_answers = true;
    driver.press("n");
    driver.press(&name);
    driver.press("<ctrl-c>");
    assert!(!driver.quit);
    driver.holds_answers = false;
    driver.deliver();
    assert!(driver.quit);
    let mut driver = driver.restart();
    driver.sign_in();
    assert!(driver.shows("Draft Fast"));
}

#[test]
fn quitting_twice_does_not_wait() {
    let mut driver = Driver::signed_up();
    driver.holds_answers = true;
    driver.press("n<ctrl-c><ctrl-c>");
    assert!(driver.quit);
}

#[test]
fn an_unreadable_draft_hides_no_other() {
    let mut driver = Driver::signed_up();
    driver.leave_draft("Broken");
    driver.advance_ms(1000);
    driver.leave_draft("Sound");
    driver.sql("UPDATE drafts SET body = x'0100' WHERE rowid = (SELECT min(rowid) FROM drafts)");
    let mut driver = driver.restart();
    driver.sign_in();
    assert!(driver.shows("Draft Sound"));
    assert!(driver.shows("Unreadable draft"));
    driver.press("<down><enter>");
    assert!(driver.shows("d discards"));
}

#[test]
fn create_leads_to_the_first_error_in_the_order_of_the_tabs() {
    let mut driver = Driver::signed_up();
    driver.start(
        orders()
            .notification("Deploys", "tests/data/icons/square.png")
            .with(features::WEB_INSTALL, true)
            .without(security::ACCESS),
    );
    driver.press("<ctrl-s>");
    assert_eq!(driver.form().form.focus.field.0, "security.access");
}

#[test]
fn the_countdown_ends_when_something_else_is_copied() {
    let mut driver = Driver::signed_up();
    registers_jwt(&mut driver, "Copied");
    driver.press("s");
    assert!(driver.shows("Client Secret copied, clears in 45 s"));
    assert_eq!(driver.notice(), "", "the countdown says it");
    driver.press("c");
    assert!(!driver.shows("clears in"));
    driver.advance_ms(10_000);
    assert!(!driver.shows("Client Secret copied"));
}
