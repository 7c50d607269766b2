//! What a person typed outlives what goes wrong around it: an unfit picture, a role that was
//! taken away, a store that refuses, an answer that comes after the lock.

mod helpers {
    use crate::harness::driver::Driver;
    use devconsole::{
        console::Screen,
        domain::app::App,
        form::TextEdit as _,
        screens::{app::AppPage, create_app::CreateApp},
        store::FILE_NAME,
    };

    pub const WIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/icons/wide.png");

    /// Up to the Auth tab: type, name, description, promotion.
    pub const REST: &str =
        "n<space><pgdn>Orders<tab>Syncs orders to the call log.<tab><tab><space><pgdn><pgdn>";
    pub const SERVER: &str = "<tab><space><tab>";
    /// From the Auth tab on: no scopes, private.
    pub const PRIVATE: &str = "<pgdn><tab><space>";

    pub fn form(driver: &Driver) -> &CreateApp {
        match &driver.console.screen {
            Screen::CreateApp(screen) => screen,
            other => panic!("not the form: {other:?}"),
        }
    }

    pub fn page(driver: &Driver) -> &AppPage {
        match &driver.console.screen {
            Screen::App(page) => page,
            Screen::CreateApp(screen) => panic!("not created: {:?}", screen.findings()),
            other => panic!("not the app: {other:?}"),
        }
    }

    pub fn app(driver: &Driver) -> &App {
        &page(driver).app
    }

    pub fn on_list(driver: &Driver) -> bool {
        matches!(driver.console.screen, Screen::Apps)
    }

    pub fn name(driver: &Driver) -> &str {
        form(driver).draft.properties.name.text()
    }

    pub fn notice(driver: &Driver) -> &str {
        driver
            .console
            .notice
            .as_ref()
            .map_or("", |it| it.text.as_str())
    }

    pub fn server_side_app(driver: &mut Driver, name: &str, uri: &str) {
        driver.press(&REST.replacen("Orders", name, 1));
        driver.press(SERVER);
        driver.paste(uri);
        driver.press(PRIVATE);
        driver.press("<ctrl-s>");
        assert_eq!(app(driver).spec.properties.name, name);
    }

    /// As another program would, while this one runs.
    pub fn sql(driver: &Driver, statements: &str) {
        let path = driver.dir.path().join(FILE_NAME);
        let db = rusqlite::Connection::open(path).unwrap();
        db.execute_batch(statements).unwrap();
    }

    /// Signs in after a restart.
    pub fn back(driver: Driver) -> Driver {
        let mut driver = driver.restart();
        driver.sign_in();
        assert!(on_list(&driver), "{}", driver.text());
        driver
    }
}

use crate::harness::driver;
use crate::harness::driver::Driver;
use devconsole::{
    form::TextEdit as _,
    keymap::Key,
    message::{Answer, Msg},
};
use helpers::{
    PRIVATE, REST, SERVER, WIDE, app, back, form, name, notice, on_list, server_side_app, sql,
};

const AUDITOR: &str = "
    INSERT INTO developers SELECT 'grace', 'grace@example.com', 'grace@example.com', 'Grace Hopper',
        'developer_admin', created_at, NULL, kdf_memory_kib, kdf_passes, kdf_lanes, kdf_salt,
        key_by_password, key_by_recovery, 1, 'active', 0 FROM developers;
    UPDATE developers SET role = 'audit_user' WHERE id <> 'grace';";

#[test]
fn a_draft_with_a_picture_that_is_unfit_survives_too() {
    let mut driver = Driver::signed_up();
    driver.press("n<space><space><pgdn>Helper<pgdn><tab><tab>");
    driver.paste(WIDE);
    driver.press("<s-tab>");
    driver.press("<esc>");
    let mut driver = back(driver);
    assert_eq!(driver.console.apps.drafts[0].title, "Helper");
    driver.press("<enter>");
    assert_eq!(form(&driver).draft.card.icon_path.text(), WIDE);
}

#[test]
fn a_role_that_was_taken_away_while_the_form_was_open_is_refused_by_the_store() {
    let mut driver = Driver::signed_up();
    driver.press(REST);
    driver.press(SERVER);
    driver.paste("https://app.example.com/cb");
    driver.press(PRIVATE);
    driver.advance_ms(250);
    sql(&driver, AUDITOR);
    driver.press("<ctrl-s>");
    assert_eq!(name(&driver), "Orders");
    assert!(
        notice(&driver).contains("Audit-user"),
        "{}",
        notice(&driver)
    );
    driver.press("<esc>");
    assert!(
        notice(&driver).contains("not on disk"),
        "{}",
        notice(&driver)
    );
    driver.press("<esc>");
    assert!(on_list(&driver));
}

#[test]
fn what_the_store_refuses_to_create_survives_as_a_draft() {
    let mut driver = Driver::signed_up();
    driver.press(REST);
    driver.press(SERVER);
    driver.paste("https://app.example.com/cb");
    driver.press(PRIVATE);
    sql(
        &driver,
        "CREATE TRIGGER full BEFORE INSERT ON client_secrets BEGIN SELECT RAISE(ABORT, 'full'); END",
    );
    let draft = form(&driver).draft.clone();
    driver.press("<ctrl-s>");
    assert_eq!(form(&driver).draft, draft);
    assert!(
        driver
            .console
            .notice
            .as_ref()
            .is_some_and(|notice| notice.is_problem)
    );
    driver.press("<esc>");
    assert_eq!(driver.console.apps.window.total, 0, "half an app was saved");
    let mut driver = back(driver);
    driver.press("<enter>");
    assert_eq!(form(&driver).draft, draft);
    sql(&driver, "DROP TRIGGER full");
    driver.press("<ctrl-s>");
    assert_eq!(app(&driver).spec.properties.name, "Orders");
    driver.press("<esc>");
    assert!(driver.console.apps.drafts.is_empty());
}

#[test]
fn answers_that_come_late_do_not_change_another_screen() {
    let mut driver = Driver::signed_up();
    server_side_app(&mut driver, "Orders", "https://app.example.com/one");
    driver.holds_answers = true;
    driver.press("s<ctrl-l>");
    driver.holds_answers = false;
    driver.deliver();
    assert!(driver.console.clipboard.is_none());
    assert_eq!(driver.clipboard(), None, "a secret outlasted the lock");
    driver.feed(Msg::Answer(Answer::Drafts(Err("late".to_owned()))));
    driver.feed(Msg::Key(Key::parse("x").unwrap()));
    assert!(driver.console.locked.is_some());
}

#[test]
fn whoever_signs_up_second_is_told_and_can_sign_in_instead() {
    let mut second = Driver::new();
    second.press("Other Corp<tab>Grace Hopper<tab>grace@example.com<tab>");
    second.press(driver::PASSWORD);
    second.press("<tab>");
    second.press(driver::PASSWORD);
    let first = Driver::signed_up();
    // The file that both have open: what the first one wrote.
    let path = first.dir.path().join(devconsole::store::FILE_NAME);
    sql(
        &second,
        &format!(
            "ATTACH '{}' AS first; INSERT INTO organization SELECT * FROM first.organization;
             INSERT INTO developers SELECT * FROM first.developers;",
            path.display()
        ),
    );
    second.press("<enter>");
    let said = notice(&second);
    assert!(said.contains("already belongs to Acme Corp"), "{said}");
    assert!(second.shows(driver::EMAIL), "{}", second.text());
    second.sign_in();
    assert!(second.console.session.is_some(), "{}", second.text());
}
