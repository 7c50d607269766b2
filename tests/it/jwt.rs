//! JWT credentials: created for one app or all, copied, restricted, revoked, and reported before
//! they expire.

use crate::harness::driver::{self, Driver};
use crate::harness::form::app;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use devconsole::{
    console::Screen,
    screens::jwt::form::{APPS, EXPIRES, LABEL, SPECIFIC},
};

/// A JWT app, and its page.
fn with_app(name: &str) -> (Driver, String) {
    let driver = Driver::on_page_of(app(name).jwt());
    let id = driver.app().client_id.as_str().to_owned();
    (driver, id)
}

fn claims(token: &str) -> serde_json::Value {
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[test]
fn a_new_app_leads_to_its_credential() {
    let (mut driver, id) = with_app("Night Export");
    assert!(
        driver.shows("J creates a JWT credential"),
        "{}",
        driver.text()
    );
    driver.press("J");
    driver.answer(LABEL, "Server 3");
    assert!(
        driver.shows("Night Export") && driver.shows("(•) Only specific apps of my choice"),
        "the app is chosen: {}",
        driver.text()
    );
    driver.go_to(SPECIFIC);
    driver.press("<enter>");
    assert!(driver.shows(&id), "{}", driver.text());
    driver.press("<esc>");
    driver.answer(EXPIRES, "90d");
    assert!(
        driver.shows("expires 2027-02-21 23:59 UTC"),
        "{}",
        driver.text()
    );
    driver.press("<ctrl-s>");
    assert!(
        driver.notice().starts_with("Created"),
        "{}",
        driver.notice()
    );
    assert!(driver.shows("1 specific app"), "{}", driver.text());
    driver.press("s");
    let token = driver.clipboard().unwrap();
    assert!(!driver.shows(&token[..20]), "{}", driver.text());
    assert_eq!(claims(&token)["exp"], 1_803_254_399);
    driver.press("r");
    assert!(driver.shows(&token[..20]), "{}", driver.text());
    driver.press("r");
    assert!(!driver.shows(&token[..20]), "{}", driver.text());
    // The token can be read again at any time.
    let mut driver = driver.restart();
    driver.sign_in();
    driver.press("Js");
    assert_eq!(driver.clipboard().unwrap(), token);
}

#[test]
fn errors_are_shown_at_their_fields_and_nothing_is_lost() {
    let (mut driver, _) = with_app("Night Export");
    driver.press("<esc>Jn<ctrl-s>");
    assert!(driver.shows("Enter a label."), "{}", driver.text());
    driver.answer(LABEL, "Nightly");
    driver.answer(APPS, "Only specific apps of my choice");
    driver.press("<ctrl-s>");
    assert!(driver.shows("at least one app"), "{}", driver.text());
    driver.answer(SPECIFIC, "abcdefghijklmnopqrstuv");
    driver.answer(EXPIRES, "yesterday");
    driver.press("<ctrl-s>");
    assert!(driver.shows("Enter a date"), "{}", driver.text());
    driver.answer(EXPIRES, "2020-01-01");
    driver.press("<ctrl-s>");
    assert!(
        driver.shows("Choose a date after today"),
        "{}",
        driver.text()
    );
    assert!(
        driver.shows("Nightly") && driver.shows("abcdefghijkl"),
        "{}",
        driver.text()
    );
    driver.answer(EXPIRES, "");
    driver.press("<ctrl-s>");
    assert!(
        driver.notice().starts_with("Created"),
        "{}",
        driver.notice()
    );
    assert!(driver.shows("never"), "{}", driver.text());
}

#[test]
fn an_app_that_does_not_use_the_flow_is_refused_with_its_name() {
    let mut driver = Driver::on_page_of(app("Web").server_side("https://a.example/cb"));
    driver.press("J");
    assert!(
        driver.notice().contains("does not use the JWT"),
        "{}",
        driver.notice()
    );
    driver.press("<esc><space>J");
    driver.answer(LABEL, "For it");
    driver.press("<ctrl-s>");
    assert!(
        driver.notice().contains("Web does not use"),
        "{}",
        driver.notice()
    );
    assert!(
        matches!(driver.console.screen(), Screen::JwtForm(_)),
        "{}",
        driver.text()
    );
}

#[test]
fn the_apps_change_while_the_token_stays_and_a_revoked_credential_disappears() {
    let (mut driver, _) = with_app("Night Export");
    driver.press("J");
    driver.answer(LABEL, "Server 3");
    driver.press("<ctrl-s>s");
    let token = driver.clipboard().unwrap();
    driver.press("e");
    assert!(
        driver.shows("Apps of the JWT credential") && driver.shows("Night Export"),
        "{}",
        driver.text()
    );
    driver.answer(APPS, "All apps");
    driver.press("<ctrl-s>");
    assert!(
        driver.shows("All apps of the organization"),
        "{}",
        driver.text()
    );
    driver.press("s");
    assert_eq!(driver.clipboard().unwrap(), token);
    driver.press("d");
    assert!(driver.shows("Revoke"), "{}", driver.text());
    driver.press("<enter>");
    assert!(driver.shows("No JWT credentials yet"), "{}", driver.text());
    driver.press("s");
    assert!(
        driver.notice().contains("n creates one"),
        "{}",
        driver.notice()
    );
    driver.press("<esc><esc>H");
    assert!(driver.shows("JWT credential revoked"), "{}", driver.text());
}

#[test]
fn apps_are_found_by_name_or_client_id_and_a_foreign_client_id_is_pasted() {
    let (mut driver, id) = with_app("Night Export");
    driver.press("<esc>");
    driver.register(app("Web").server_side("https://a.example/cb"));
    driver.press("<esc>Jn");
    driver.answer(LABEL, "Two apps");
    driver.answer(APPS, "Only specific apps of my choice");
    driver.go_to(SPECIFIC);
    driver.press("<enter>");
    assert!(driver.shows("Night Export"), "{}", driver.text());
    driver.press("web<enter>");
    assert!(
        driver.shows("0 chosen") && driver.notice().contains("does not use the JWT auth flow"),
        "{}",
        driver.text()
    );
    driver.press("<ctrl-u>");
    driver.press("night exp");
    assert!(driver.shows("Night Export"), "{}", driver.text());
    driver.press("<enter>");
    assert!(driver.shows("1 chosen"), "{}", driver.text());
    // Its client ID finds it as well, and it is not chosen twice.
    driver.paste(&id);
    assert!(driver.shows("Night Export"), "{}", driver.text());
    driver.press("<enter>");
    assert!(driver.shows("1 chosen"), "{}", driver.text());
    driver.press("no such app<enter>");
    assert!(
        driver.notice().contains("Nothing matches"),
        "{}",
        driver.text()
    );
    driver.press("<ctrl-u>");
    driver.paste("elsewhere_abcdefghijkl");
    assert!(
        driver.shows("An app of another organization"),
        "{}",
        driver.text()
    );
    driver.press("<enter>");
    assert!(driver.shows("2 chosen"), "{}", driver.text());
    // A client ID that is in no list can be removed like any other.
    driver.press("<up>");
    assert!(
        driver.shows("›[x] elsewhere_abcdefghijkl"),
        "{}",
        driver.text()
    );
    driver.press("<space>");
    assert!(driver.shows("1 chosen"), "{}", driver.text());
    driver.paste("elsewhere_abcdefghijkl");
    driver.press("<enter>");
    assert!(driver.shows("2 chosen"), "{}", driver.text());
    driver.press("<enter><ctrl-s>");
    assert!(driver.shows("2 specific apps"), "{}", driver.text());
    assert!(
        driver.shows(&id) && driver.shows("elsewhere_abcdefghijkl"),
        "{}",
        driver.text()
    );
}

#[test]
fn keys_typed_ahead_wait_for_the_search() {
    let (mut driver, id) = with_app("Night Export");
    driver.press("<esc>Jn");
    driver.answer(LABEL, "Ahead");
    driver.answer(APPS, "Only specific apps of my choice");
    driver.go_to(SPECIFIC);
    // The answers come after the last key.
    driver.holds_answers = true;
    driver.press("night<enter><enter><ctrl-s>");
    assert_eq!(driver.console.desk.waits_for(), Some("Searching"));
    driver.holds_answers = false;
    driver.deliver();
    assert!(driver.shows("1 specific app"), "{}", driver.text());
    assert!(driver.shows(&id), "{}", driver.text());
}

#[test]
fn a_token_is_hidden_by_the_lock_and_by_moving_on() {
    let (mut driver, _) = with_app("Night Export");
    driver.press("J");
    driver.answer(LABEL, "One");
    driver.press("<ctrl-s>");
    driver.advance_ms(1000);
    driver.press("n");
    driver.answer(LABEL, "Two");
    driver.press("<ctrl-s>r");
    let shown = driver.text();
    assert!(shown.contains("eyJ"), "{shown}");
    driver.press("j");
    assert!(!driver.shows("eyJ"), "{}", driver.text());
    driver.press("r<ctrl-l>");
    driver.press(driver::PASSWORD);
    driver.press("<enter>");
    assert!(!driver.shows("eyJ"), "{}", driver.text());
}

#[test]
fn an_expiring_credential_is_reported_in_the_list_and_at_sign_in() {
    let (mut driver, _) = with_app("Night Export");
    driver.press("J");
    driver.answer(LABEL, "One");
    driver.answer(EXPIRES, "20d");
    driver.press("<ctrl-s>");
    assert!(driver.shows("expires in 20 days"), "{}", driver.text());
    let mut driver = driver.restart();
    driver.sign_in();
    assert!(
        driver.notice().contains("\"One\" expires in 20 days"),
        "{}",
        driver.notice()
    );
}

#[test]
fn the_expiration_date_is_picked_by_keys_or_typed() {
    let mut driver = Driver::signed_up();
    driver.press("Jn");
    driver.answer(LABEL, "Keys");
    driver.go_to(EXPIRES);
    driver.press("<down>");
    assert!(driver.shows("2027-02-21"), "{}", driver.text());
    driver.press("<pgdn><down><down><up><pgup>");
    assert!(driver.shows("2027-02-22"), "{}", driver.text());
    driver.press("<ctrl-u>2026-11-24<up>");
    // There is no earlier day, so Up goes to the field before.
    driver.press("<up><up>x<ctrl-s>");
    assert!(driver.shows("Keysx"), "{}", driver.text());
    assert!(driver.shows("2026-11-24"), "{}", driver.text());
}
