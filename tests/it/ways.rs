//! The ways between screens: Esc and q go back to where a person came from, a digit opens a tab, and
//! what people do most takes few keys.

use crate::harness::driver::{Driver, key_names};
use crate::harness::form::app;
use devconsole::{
    console::Screen,
    screens::{app::PageTab, create_app::Tab},
};

fn place(driver: &Driver) -> String {
    match driver.console.screen() {
        Screen::Apps(_) => "list".to_owned(),
        Screen::App(page) => format!("app {}", page.app.spec.properties.name),
        Screen::CreateApp(_) => "form".to_owned(),
        Screen::History(_) => "history".to_owned(),
        Screen::Organization(_) => "people".to_owned(),
        Screen::Sessions(_) => "sessions".to_owned(),
        Screen::Approvals(_) => "approvals".to_owned(),
        Screen::Jwt(_) => "jwts".to_owned(),
        Screen::JwtForm(_) => "jwt form".to_owned(),
        Screen::LocalServer(_) => "server".to_owned(),
        Screen::Trial(_) => "trial".to_owned(),
        Screen::Password(_) => "password".to_owned(),
        Screen::Issued(_) => "issued form".to_owned(),
        Screen::AddDeveloper(_) => "add developer".to_owned(),
        other => format!("{other:?}"),
    }
}

/// An app that waits for an approval, on the list.
fn prepared() -> Driver {
    let mut driver = Driver::signed_up();
    driver.register(
        app("Orders")
            .jwt()
            .scope("edit acc")
            .reason("Keeps the accounts in step with our directory."),
    );
    driver.press("<esc>");
    driver
}

#[test]
fn esc_and_q_go_where_one_came_from() {
    let ways: &[(&str, &[&str])] = &[
        ("<enter>", &["app Orders", "list"]),
        ("e", &["form", "list"]),
        ("<enter>e", &["form", "app Orders", "list"]),
        ("<enter>J", &["jwt form", "app Orders", "list"]),
        ("<enter>JNight<ctrl-s>", &["jwts", "app Orders", "list"]),
        ("Jn", &["jwt form", "jwts", "list"]),
        ("JnNight<ctrl-s>", &["jwts", "list"]),
        ("<enter>b", &["server", "app Orders", "list"]),
        ("<enter>T", &["trial", "app Orders", "list"]),
        ("<enter>Tb", &["server", "trial", "app Orders", "list"]),
        ("b", &["server", "list"]),
        ("a<enter>", &["app Orders", "approvals", "list"]),
        ("H<enter>", &["app Orders", "history", "list"]),
        ("pw", &["password", "people", "list"]),
        ("pn", &["add developer", "people", "list"]),
        ("<enter>E", &["issued form", "app Orders", "list"]),
    ];
    for (keys, expected) in ways {
        for back in ["<esc>", "q"] {
            let mut driver = prepared();
            driver.press(keys);
            for place_there in *expected {
                assert_eq!(place(&driver), *place_there, "{keys} {back}");
                // In a form, q is a letter.
                let is_form = place_there.contains("form")
                    || ["password", "add developer"].contains(place_there);
                if *place_there != "list" {
                    driver.press(if is_form { "<esc>" } else { back });
                }
            }
            assert!(!driver.quit, "{keys}");
        }
    }
}

#[test]
fn q_quits_from_the_list_alone() {
    let mut driver = prepared();
    driver.press("<enter>q");
    assert!(driver.is_on_list() && !driver.quit);
    driver.press("q");
    assert!(driver.quit);
}

#[test]
fn what_is_gone_is_not_gone_back_to() {
    let mut driver = prepared();
    driver.press("a<enter>d<enter>");
    assert_eq!(place(&driver), "approvals", "{}", driver.text());
    driver.press("<esc>");
    assert_eq!(place(&driver), "list");
}

#[test]
fn going_round_in_circles_keeps_the_way_to_the_list() {
    let mut driver = prepared();
    driver.press("H");
    for _ in 0..40 {
        driver.press("<enter>b<esc><esc>");
    }
    driver.press("<esc>");
    assert!(driver.is_on_list());
}

#[test]
fn a_page_shows_what_was_changed_in_front_of_it() {
    let mut driver = prepared();
    driver.press("<enter>e");
    driver.answer(
        devconsole::screens::create_app::sections::properties::NAME,
        "Invoices",
    );
    driver.press("<ctrl-s><enter>");
    assert_eq!(place(&driver), "app Invoices");
    assert!(driver.shows("Invoices"));
    driver.press("<esc>");
    assert_eq!(driver.apps().app_under_cursor().unwrap().name, "Invoices");
}

#[test]
fn revealed_secrets_end_with_the_tab_or_page_that_showed_them() {
    for away in ["2", "<tab>", "e<esc>", "b<esc>"] {
        let mut driver = prepared();
        driver.press("<enter>r");
        assert!(driver.page().secrets.is_some());
        driver.press(away);
        assert!(driver.page().secrets.is_none(), "{away}");
    }
    let mut driver = prepared();
    driver.press("<enter>2r");
    assert!(driver.page().secrets.is_none());
    assert!(driver.notice().contains("Overview"), "{}", driver.notice());
}

#[test]
fn a_digit_opens_a_tab() {
    let mut driver = prepared();
    driver.press("<enter>");
    for (key, tab) in ["1", "2", "3", "4"].iter().zip(PageTab::ALL) {
        driver.press(key);
        assert_eq!(driver.page().tab, tab);
    }
    driver.press("<esc>n");
    for (key, tab) in ["7", "6", "4", "1"].iter().zip([6, 5, 3, 0]) {
        driver.press(key);
        assert_eq!(Some(driver.form().tab), Tab::all().nth(tab));
    }
    // In a text, a digit is a digit.
    driver.press("27");
    assert!(driver.form().draft.properties.name == devconsole::form::Entry::new("7"));
}

#[test]
fn every_key_that_does_nothing_says_why() {
    for keys in [
        "%",
        "<enter>%",
        "<enter><enter>",
        "p%",
        "H%",
        "b%",
        "J%",
        "a%",
        "n%",
        "<esc>",
    ] {
        let mut driver = prepared();
        driver.console.desk.notice = None;
        driver.press(keys);
        assert!(!driver.notice().is_empty(), "{keys}:\n{}", driver.text());
    }
}

fn count(keys: &str) -> usize {
    key_names(keys).len()
}

#[test]
fn what_people_do_most_takes_few_keys() {
    // A redirect URI of an app in the list.
    let mut driver = Driver::signed_up();
    driver.register(app("Shop").server_side("https://shop.example.com/cb"));
    driver.press("<esc>");
    let keys = "e42<ctrl-s><enter>";
    driver.press(keys);
    assert!(driver.is_on_list(), "{}", driver.text());
    assert_eq!(count(keys), 5);
    driver.press("<enter>");
    let uris = driver.app().spec.redirect_uris();
    assert_eq!(uris[0].as_str(), "https://shop.example.com/cb2");
    // The secret of an app that one knows.
    driver.press("<esc>");
    driver.register(app("Orders").server_side("https://orders.example.com/cb"));
    driver.press("<esc><home>");
    let keys = "<down>s";
    driver.press(keys);
    assert!(driver.clipboard().is_some());
    assert!(count(keys) <= 3);
}

/// A text counts as one key.
#[test]
fn the_first_secret_takes_21_keys() {
    let mut driver = Driver::signed_up();
    let keys = [
        "n",
        "<space>",
        "<pgdn>",
        "Shop",
        "<tab>",
        "Reads orders at night.",
        "<tab>",
        "<tab>",
        "<space>",
        "<pgdn>",
        "<pgdn>",
        "<down>",
        "<pgdn>",
        "<enter>",
        "readaccounts",
        "<enter>",
        "<esc>",
        "<tab>",
        "<space>",
        "<ctrl-s>",
        "s",
    ];
    for key in keys {
        driver.press(key);
    }
    assert!(driver.clipboard().is_some(), "{}", driver.text());
    assert!(keys.len() <= 21, "{}", keys.len());
}

#[test]
fn an_edit_is_reviewed_line_by_line() {
    let mut driver = Driver::signed_up();
    driver.register(app("Shop").server_side("https://shop.example.com/cb"));
    driver.press("e");
    assert!(driver.shows("nothing changed yet"), "{}", driver.text());
    driver.press("4");
    driver.press("<enter>https://shop.example.com/new<ctrl-s>");
    let text = driver.text();
    assert!(text.contains("+ https://shop.example.com/new"), "{text}");
    assert!(!text.contains("https://shop.example.com/cb"), "{text}");
    assert!(!text.contains("Properties\n"), "{text}");
}

#[test]
fn a_long_review_is_read_to_its_end() {
    let mut driver = Driver::signed_up();
    driver.register(app("Shop").server_side("https://shop.example.com/cb"));
    driver.resize(80, 16);
    driver.press("e");
    let mut seen = String::new();
    for _ in 0..40 {
        seen.push_str(&driver.text());
        driver.press("<down>");
    }
    for section in ["App Type", "Properties", "Auth", "Security", "Features"] {
        assert!(seen.contains(section), "{section}");
    }
}
