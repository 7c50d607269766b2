//! JWT credentials: made for an app or for all, copied, restricted, revoked, and told before they end.

use crate::harness::driver::{self, Driver};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use devconsole::console::Screen;

fn notice(driver: &Driver) -> &str {
    let notice = driver.console.notice.as_ref();
    notice.map_or("", |notice| notice.text.as_str())
}

/// A JWT app, and its page.
fn with_app(name: &str) -> (Driver, String) {
    let mut driver = Driver::signed_up();
    driver.press("n<space><pgdn>");
    driver.press(name);
    driver.press("<tab>Exports the call log at night.<tab><tab><space>");
    driver.press("<pgdn><pgdn><down><pgdn><tab><space><ctrl-s>");
    match &driver.console.screen {
        Screen::App(page) => {
            let id = page.app.client_id.as_str().to_owned();
            (driver, id)
        }
        _ => panic!("not an app:\n{}", driver.text()),
    }
}

fn claims(token: &str) -> serde_json::Value {
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[test]
fn an_app_that_was_just_made_leads_to_its_credential() {
    let (mut driver, id) = with_app("Night Export");
    assert!(
        driver.shows("J creates a JWT credential"),
        "{}",
        driver.text()
    );
    driver.press("JServer 3");
    assert!(
        driver.shows("Night Export") && driver.shows("(•) Only specific apps"),
        "the app is chosen: {}",
        driver.text()
    );
    driver.press("<tab><tab><enter>");
    assert!(driver.shows(&id), "{}", driver.text());
    driver.press("<esc><s-tab><s-tab>");
    driver.press("<tab><tab><tab>90d");
    assert!(
        driver.shows("ends 2027-02-21 23:59 UTC"),
        "{}",
        driver.text()
    );
    driver.press("<ctrl-s>");
    assert!(
        notice(&driver).starts_with("Created"),
        "{}",
        notice(&driver)
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
    // It can be read again at any time.
    let mut driver = driver.restart();
    driver.sign_in();
    driver.press("Js");
    assert_eq!(driver.clipboard().unwrap(), token);
}

#[test]
fn what_is_wrong_is_told_at_its_field_and_nothing_is_lost() {
    let (mut driver, _) = with_app("Night Export");
    driver.press("<esc>Jn<ctrl-s>");
    assert!(driver.shows("Type a label."), "{}", driver.text());
    driver.press("Nightly<tab><down><tab><ctrl-s>");
    assert!(driver.shows("at least one app"), "{}", driver.text());
    driver.press("abcdefghijklmnopqrstuv<enter><enter><tab>yesterday<ctrl-s>");
    assert!(driver.shows("Type a date such as"), "{}", driver.text());
    driver.press("<ctrl-u>2020-01-01<ctrl-s>");
    assert!(driver.shows("choose a later one"), "{}", driver.text());
    assert!(
        driver.shows("Nightly") && driver.shows("abcdefghijkl"),
        "{}",
        driver.text()
    );
    driver.press("<ctrl-u><ctrl-s>");
    assert!(
        notice(&driver).starts_with("Created"),
        "{}",
        notice(&driver)
    );
    assert!(driver.shows("never"), "{}", driver.text());
}

#[test]
fn an_app_that_does_not_use_the_flow_is_refused_with_its_name() {
    let mut driver = Driver::signed_up();
    driver
        .press("n<space><pgdn>Web<tab>A web app for the front desk.<tab><tab><space><pgdn><pgdn>");
    driver.press("<tab><space><tab>https://a.example/cb<pgdn><tab><space><ctrl-s>");
    driver.press("J");
    assert!(
        notice(&driver).contains("does not use the JWT"),
        "{}",
        notice(&driver)
    );
    driver.press("<esc><space>JFor it<ctrl-s>");
    assert!(
        notice(&driver).contains("Web does not use"),
        "{}",
        notice(&driver)
    );
    assert!(
        matches!(driver.console.screen, Screen::JwtForm(_)),
        "{}",
        driver.text()
    );
}

#[test]
fn the_apps_change_while_the_token_stays_and_a_revoked_one_is_gone() {
    let (mut driver, _) = with_app("Night Export");
    driver.press("JServer 3<ctrl-s>s");
    let token = driver.clipboard().unwrap();
    driver.press("e");
    assert!(
        driver.shows("Apps of the JWT credential") && driver.shows("Night Export"),
        "{}",
        driver.text()
    );
    driver.press("<up><ctrl-s>");
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
    assert!(driver.shows("No JWT credential yet"), "{}", driver.text());
    driver.press("s");
    assert!(
        notice(&driver).contains("n creates one"),
        "{}",
        notice(&driver)
    );
    driver.press("<esc>h");
    assert!(driver.shows("JWT credential revoked"), "{}", driver.text());
}

#[test]
fn apps_are_found_by_name_or_client_id_and_those_of_others_are_pasted() {
    let (mut driver, id) = with_app("Night Export");
    driver.press("<esc>n<space><pgdn>Web<tab>A web app for the front desk.<tab><tab><space>");
    driver.press("<pgdn><pgdn><tab><space><tab>https://a.example/cb<pgdn><tab><space><ctrl-s>");
    driver.press("<esc>JnTwo apps<tab><down><tab><enter>");
    assert!(driver.shows("Night Export"), "{}", driver.text());
    driver.press("web<enter>");
    assert!(
        driver.shows("0 chosen") && notice(&driver).contains("has no JWT auth flow"),
        "{}",
        driver.text()
    );
    driver.press("<ctrl-u>");
    driver.press("night exp");
    assert!(driver.shows("Night Export"), "{}", driver.text());
    driver.press("<enter>");
    assert!(driver.shows("1 chosen"), "{}", driver.text());
    // Found by its Client ID as well, and not chosen twice.
    driver.paste(&id);
    assert!(driver.shows("Night Export"), "{}", driver.text());
    driver.press("<enter>");
    assert!(driver.shows("1 chosen"), "{}", driver.text());
    driver.press("no such app<enter>");
    assert!(
        notice(&driver).contains("Nothing matches"),
        "{}",
        driver.text()
    );
    driver.press("<ctrl-u>");
    driver.paste("elsewhere_abcdefghijkl");
    assert!(
        driver.shows("that this organization does not have"),
        "{}",
        driver.text()
    );
    driver.press("<enter>");
    assert!(driver.shows("2 chosen"), "{}", driver.text());
    // One that is in no list can be dropped as any other.
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
fn what_is_typed_faster_than_the_search_waits_for_it() {
    let (mut driver, id) = with_app("Night Export");
    driver.press("<esc>JnAhead<tab><down><tab>");
    // All in one go: the answers come when the last key was pressed.
    driver.holds_answers = true;
    driver.press("night<enter><enter><ctrl-s>");
    assert_eq!(driver.console.waiting, Some("Searching"));
    driver.holds_answers = false;
    driver.deliver();
    assert!(driver.shows("1 specific app"), "{}", driver.text());
    assert!(driver.shows(&id), "{}", driver.text());
}

#[test]
fn a_token_is_hidden_by_the_lock_and_by_moving_on() {
    let (mut driver, _) = with_app("Night Export");
    driver.press("JOne<ctrl-s>");
    driver.advance_ms(1000);
    driver.press("nTwo<ctrl-s>r");
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
fn who_has_one_that_ends_soon_is_told_there_and_at_the_sign_in() {
    let (mut driver, _) = with_app("Night Export");
    driver.press("JOne<tab><tab><tab>20d<ctrl-s>");
    assert!(driver.shows("ends in 20 days"), "{}", driver.text());
    let mut driver = driver.restart();
    driver.sign_in();
    assert!(
        notice(&driver).contains("\"One\" ends in 20 days"),
        "{}",
        notice(&driver)
    );
}

#[test]
fn the_end_is_picked_by_keys_or_typed() {
    let mut driver = Driver::signed_up();
    driver.press("JnKeys<tab><tab><down>");
    assert!(driver.shows("2027-02-21"), "{}", driver.text());
    driver.press("<pgdn><down><down><up><pgup>");
    assert!(driver.shows("2027-02-22"), "{}", driver.text());
    driver.press("<ctrl-u>2026-11-24<up>");
    // There is no day before: Up is the field before.
    driver.press("<up><up>x<ctrl-s>");
    assert!(driver.shows("Keysx"), "{}", driver.text());
    assert!(driver.shows("2026-11-24"), "{}", driver.text());
}
