//! The ways between screens: Esc and q return to the page before, a digit opens a tab, and frequent
//! actions take few keys.

use crate::harness::driver::{Driver, key_names};
use crate::harness::form::app;
use devconsole::{
    console::Screen,
    domain::app::{AppStatus, RowMark},
    screens::{
        app::PageTab,
        create_app::{Tab, sections::properties::NAME},
        jwt,
    },
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
        Screen::ChangeRole(_) => "change role".to_owned(),
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
        (
            "<enter>JNight<ctrl-s><esc>J",
            &["jwts", "app Orders", "list"],
        ),
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
        ("pr", &["change role", "people", "list"]),
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
                    || ["password", "add developer", "change role"].contains(place_there);
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
    driver.answer(NAME, "Invoices");
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
    // The secret of a known app.
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
    assert!(driver.shows("no changes yet"), "{}", driver.text());
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

#[test]
fn a_new_filter_starts_empty_and_up_brings_the_old_one_back() {
    let mut driver = prepared();
    driver.press("/order<enter>/order");
    assert!(
        driver.apps().app_under_cursor().is_some(),
        "{}",
        driver.text()
    );
    driver.press("<ctrl-u>zzz");
    assert!(driver.shows("No app matches"), "{}", driver.text());
    driver.press("<esc>/shop<enter>/<up>");
    assert!(driver.shows("/shop"), "{}", driver.text());
}

#[test]
fn a_value_that_a_facet_does_not_have_is_named_with_those_it_has() {
    let mut driver = prepared();
    driver.press("/type:bto");
    let text = driver.text();
    let text: Vec<&str> = text.split_whitespace().collect();
    let why = "type:bto is not a filter value. type: takes bot, notification, rest.";
    assert!(text.join(" ").contains(why), "{}", driver.text());
}

#[test]
fn drafts_follow_the_filter_and_a_kept_filter_is_announced() {
    let mut driver = prepared();
    driver.leave_draft("Half done");
    for (filter, is_found) in [
        ("half", true),
        ("DONE ha", true),
        ("orders", false),
        ("half type:rest", false),
        ("type:bot", false),
    ] {
        driver.press("/");
        driver.type_text(filter);
        driver.press("<enter>");
        assert_eq!(driver.shows("Half done"), is_found, "{}", driver.text());
    }
    let mut driver = driver.restart();
    driver.sign_in();
    assert!(!driver.shows("Half done"), "{}", driver.text());
    assert!(driver.notice().contains("type:bot"), "{}", driver.notice());
    assert!(
        driver.notice().contains("waiting for your decision"),
        "{}",
        driver.notice()
    );
}

#[test]
fn a_row_knows_what_it_warns_of() {
    let mut driver = prepared();
    let now = |driver: &Driver| driver.console.desk.clock.unix;
    let marks = |driver: &Driver| {
        let row = driver.apps().app_under_cursor().unwrap();
        row.warnings(now(driver))
    };
    assert_eq!(marks(&driver), [RowMark::WaitsForApproval]);
    driver.press("R<enter>");
    assert_eq!(
        marks(&driver),
        [RowMark::SecretRetires, RowMark::WaitsForApproval]
    );
    driver.press("<enter>JNight<tab>");
    driver.answer(jwt::form::EXPIRES, "20d");
    driver.press("<ctrl-s><esc><esc>z<enter>");
    assert_eq!(
        marks(&driver),
        [
            RowMark::Suspended,
            RowMark::JwtEnds,
            RowMark::SecretRetires,
            RowMark::WaitsForApproval
        ]
    );
}

#[test]
fn the_list_rotates_like_the_page_of_the_app() {
    let mut driver = prepared();
    driver.press("R");
    assert!(driver.shows("Rotate"), "{}", driver.text());
    driver.press("<enter>R");
    assert!(driver.notice().contains("F "), "{}", driver.notice());
}

#[test]
fn the_pane_shows_what_is_on_disk() {
    let mut driver = prepared();
    driver.resize(120, 32);
    driver.advance_ms(1000);
    driver.press("e");
    driver.answer(NAME, "Invoices");
    driver.press("<ctrl-s><enter>");
    driver.advance_ms(1000);
    let detail = driver.apps().detail.as_ref().unwrap();
    assert_eq!(detail.spec.properties.name, "Invoices");
    driver.press("z<enter>");
    driver.advance_ms(1000);
    let detail = driver.apps().detail.as_ref().unwrap();
    assert_eq!(detail.status, AppStatus::Suspended);
}

#[test]
fn a_log_is_cleared_at_the_second_press() {
    let mut driver = prepared();
    driver.press("bd");
    assert!(!driver.notice().is_empty());
}

#[test]
fn enter_does_not_pass_a_choice_without_an_answer() {
    let mut driver = Driver::signed_up();
    driver.press("n<enter>");
    assert_eq!(driver.form().tab.id(), "app_type");
    assert!(driver.notice().contains("Space"), "{}", driver.notice());
    driver.press("<space><enter>");
    assert_eq!(driver.form().tab.id(), "properties");
}

#[test]
fn the_palette_finds_what_a_person_types() {
    for (search, shown) in [
        ("backup", "devconsole backup"),
        ("doctor", "devconsole doctor"),
        ("restore", "devconsole restore"),
        ("screen reader", "devconsole --plain"),
    ] {
        let mut driver = prepared();
        driver.press(":");
        driver.type_text(search);
        let mut found = driver.shows(shown);
        for _ in 0..20 {
            driver.press("<down>");
            found |= driver.shows(shown);
        }
        assert!(found, "{search}: {}", driver.text());
    }
    let mut driver = prepared();
    driver.press(":");
    driver.type_text("back to");
    assert!(
        driver.text().matches("Back to the apps").count() <= 1,
        "{}",
        driver.text()
    );
}

#[test]
fn a_search_puts_the_cursor_on_an_app_and_an_order_keeps_it_there() {
    let mut driver = prepared();
    driver.register(app("Shop").server_side("https://shop.example.com/cb"));
    driver.press("<esc>");
    driver.leave_draft("Half done");
    driver.press("/shop<enter>");
    let under = |driver: &Driver| driver.apps().app_under_cursor().map(|row| row.name.clone());
    assert_eq!(under(&driver).as_deref(), Some("Shop"));
    driver.press("<esc>/o<enter><end>");
    let before = under(&driver);
    for key in ["O", "o", "o"] {
        driver.press(key);
        assert_eq!(under(&driver), before, "{key}");
    }
}

#[test]
fn a_footer_names_what_enter_does() {
    let footer = |keys: &str| {
        let mut driver = prepared();
        driver.press(keys);
        driver.text().lines().last().unwrap().trim().to_owned()
    };
    for (keys, verb) in [
        ("d", "delete"),
        ("z", "suspend"),
        ("t", "set tags"),
        ("R", "rotate"),
        ("x", "export"),
        ("<enter>z", "suspend"),
        ("<enter>d", "delete"),
        ("pN", "rename"),
        ("pK", "create key"),
        ("bx", "explain"),
        ("b#", "set port"),
        ("a<enter>d<enter><esc>/is:deleted<enter><enter>D", "delete"),
    ] {
        let footer = footer(keys);
        assert!(
            footer.starts_with(&format!("Enter {verb}  Esc ")),
            "{keys}: {footer}"
        );
    }
}

#[test]
fn the_palette_lists_the_best_match_first_and_of_equals_those_that_work_here() {
    let listed = |keys: &str, search: &str| {
        let mut driver = prepared();
        driver.press(keys);
        driver.press(":");
        driver.type_text(search);
        driver.text()
    };
    let at = |text: &str, name: &str| text.find(name).unwrap_or_else(|| panic!("{name}: {text}"));
    // By its name, although it works elsewhere; the other by a synonym.
    let text = listed("<enter>", "add");
    assert!(
        at(&text, "Add developer") < at(&text, "Create app"),
        "{text}"
    );
    // Both by name: the action of this page is first.
    let text = listed("<enter>", "rotate");
    assert!(
        at(&text, "Rotate Client Secret") < at(&text, "Rotate marked secrets"),
        "{text}"
    );
    // The name first, then the key.
    let row = text
        .lines()
        .find(|row| row.contains("Rotate Client Secret"))
        .unwrap();
    assert!(row.trim_end_matches(['│', ' ']).ends_with(" R"), "{row}");
}

#[test]
fn a_problem_that_was_solved_is_not_shown_on_the_next_page() {
    let mut driver = Driver::new();
    driver.type_text("Acme Corp");
    driver.press("<tab>");
    driver.type_text("Ada Lovelace");
    driver.press("<tab>");
    driver.type_text("ada@example.com");
    driver.press("<tab>");
    driver.type_text("purple gondola vermouth 42");
    driver.press("<tab>");
    driver.type_text("purple");
    driver.press("<ctrl-s>");
    assert!(
        driver.notice().starts_with("Not signed up"),
        "{}",
        driver.text()
    );
    driver.type_text(" gondola vermouth 42");
    driver.press("<ctrl-s>");
    assert!(driver.shows("recovery key"), "{}", driver.text());
    assert!(!driver.shows("Not signed up"), "{}", driver.text());
}

/// On the list, with a draft of changes to its app.
fn with_changes() -> Driver {
    let mut driver = prepared();
    driver.press("e");
    driver.answer(NAME, "Orders 2");
    driver.press("<esc>");
    driver.deliver();
    driver
}

#[test]
fn editing_an_app_with_unsaved_changes_resumes_them_or_starts_anew() {
    let mut driver = with_changes();
    driver.press("<down>e");
    assert!(driver.is_on_list() && driver.shows("Unsaved changes"));
    assert!(
        driver.shows("now: App Name. Start anew to discard them."),
        "{}",
        driver.text()
    );
    driver.press("<esc>");
    assert_eq!(
        (place(&driver), driver.apps().drafts.len()),
        ("list".to_owned(), 1)
    );

    driver.press("e<enter>");
    assert_eq!(driver.form().draft.title(), "Orders 2");
    driver.press("<esc>");
    assert_eq!(driver.apps().drafts.len(), 1);

    // From the page of the app, too.
    driver.press("<down><enter>en");
    assert_eq!(driver.form().draft.title(), "Orders");
    driver.press("<esc><esc>");
    assert!(driver.apps().drafts.is_empty(), "{}", driver.text());
    driver.press("e");
    assert_eq!(place(&driver), "form");
}

#[test]
fn what_was_typed_in_a_form_is_not_discarded_without_a_question() {
    let mut driver = prepared();
    for (way, typed, form) in [
        ("pn", "Grace", "add developer"),
        ("Jn", "Night export", "jwt form"),
        ("<enter>E", "abc", "issued form"),
        ("pw", "secret", "password"),
    ] {
        driver.press(way);
        driver.press("<esc>");
        assert_ne!(place(&driver), form, "nothing was typed");
        driver.press(&way[way.len() - 1..]);
        driver.type_text(typed);
        driver.press("<esc>");
        assert_eq!(place(&driver), form);
        assert!(driver.shows("discard what you typed?"), "{}", driver.text());
        driver.press("<esc>");
        assert_eq!(place(&driver), form);
        driver.press("<esc><enter>");
        assert_ne!(place(&driver), form);
        while !driver.is_on_list() {
            driver.press("<esc>");
        }
    }
}

#[test]
fn the_trash_is_a_key_away_and_shows_no_draft() {
    let mut driver = prepared();
    driver.leave_draft("Half done");
    driver.press("jd<enter>");
    assert!(
        driver
            .notice()
            .starts_with("\"Orders\" moved to the trash.")
    );
    driver.press("T");
    assert!(
        driver.shows("in trash") && !driver.shows("Half done"),
        "{}",
        driver.text()
    );
    driver.press("T");
    assert!(
        !driver.shows("in trash") && driver.shows("Half done"),
        "{}",
        driver.text()
    );
    // Without a draft, the list is empty, and still says where the app is.
    driver.press("kd<enter>");
    assert!(driver.shows("1 app is in the trash."), "{}", driver.text());
    driver.press("u");
    assert_eq!(driver.notice(), "\"Orders\" restored.");
}

#[test]
fn the_obvious_word_runs_the_obvious_command() {
    for (word, place_after) in [
        ("password", "people"),
        ("trash", "list"),
        ("recovery", "people"),
        ("history", "history"),
        ("verify", "history"),
    ] {
        let mut driver = prepared();
        driver.press(":");
        driver.type_text(word);
        driver.press("<enter>");
        assert_eq!(place(&driver), place_after, "{word}: {}", driver.text());
        match word {
            "password" => assert_eq!(driver.notice(), "Change your password: press w here."),
            "trash" => assert!(driver.shows("/is:deleted"), "{}", driver.text()),
            _ => {}
        }
    }
    let mut driver = prepared();
    driver.leave_draft("Half done");
    driver.press("n");
    driver.answer(NAME, "Typed before");
    driver.press("<ctrl-p>");
    driver.type_text("sign out");
    driver.press("<enter>");
    assert!(matches!(driver.console.screen(), Screen::SignIn(_)));
    assert!(driver.console.desk.session().is_none());
    driver.sign_in();
    assert!(driver.shows("Typed before"), "{}", driver.text());
}

#[test]
fn a_search_for_a_command_that_does_not_exist_is_answered() {
    let mut driver = prepared();
    driver.press(":zzzz<enter>");
    assert_eq!(
        driver.notice(),
        "No command matches \"zzzz\". Try another word."
    );
    assert!(driver.shows("Commands"), "it stays open");
}

#[test]
fn nothing_is_offered_on_ones_own_row_that_is_refused() {
    let mut driver = prepared();
    driver.press("p");
    let footer = driver.text().lines().last().unwrap().to_owned();
    for label in ["reset password", "disable", "remove"] {
        assert!(!footer.contains(label), "{footer}");
    }
    for (key, why) in [
        ("P", "This is your own account: w changes your password."),
        (
            "z",
            "You cannot disable yourself. Another Developer Admin can.",
        ),
        (
            "d",
            "You cannot remove yourself. Another Developer Admin can.",
        ),
    ] {
        driver.press(key);
        assert!(driver.console.desk.question().is_none());
        assert_eq!(driver.notice(), why);
    }
}

#[test]
fn a_low_and_narrow_window_keeps_the_main_action() {
    for (keys, main) in [
        ("n", "^S create app"),
        ("e", "^S save changes"),
        ("Jn", "^S create JWT"),
        ("pn", "^S add developer"),
        ("", "n create app"),
    ] {
        let mut driver = prepared();
        driver.press(keys);
        driver.resize(40, 20);
        let text = driver.text();
        let footer = text.lines().last().unwrap();
        assert!(footer.contains(main) && footer.contains("help"), "{footer}");
    }
}
