//! Typed text survives failures around it: an invalid icon, a role that was
//! revoked, a store that refuses, an answer that comes after the lock.

use crate::harness::driver::{self, Driver};
use crate::harness::form::{App, app};
use devconsole::{
    console::Msg,
    domain::people::developer::Role,
    form::TextEdit as _,
    keymap::Key,
    request::{LoadDrafts, Reply},
    screens::create_app::sections::{app_card, app_type, properties},
};

const WIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/icons/wide.png");

fn orders() -> App {
    app("Orders").server_side("https://app.example.com/cb")
}

/// Signs in after a restart.
fn back(driver: Driver) -> Driver {
    let mut driver = driver.restart();
    driver.sign_in();
    assert!(driver.is_on_list(), "{}", driver.text());
    driver
}

#[test]
fn a_draft_with_an_invalid_icon_survives_a_restart() {
    let mut driver = Driver::signed_up();
    driver.press("n");
    driver.answer(app_type::TYPE, "Bot Add-in");
    driver.answer(properties::NAME, "Helper");
    driver.go_to(app_card::ICON);
    driver.paste(WIDE);
    driver.go_to(app_card::SUMMARY);
    driver.press("<esc>");
    let mut driver = back(driver);
    assert_eq!(driver.apps().drafts[0].title, "Helper");
    driver.press("<enter>");
    assert_eq!(driver.form().draft.card.icon_path.text(), WIDE);
}

#[test]
fn a_role_revoked_while_the_form_is_open_is_refused_by_the_store() {
    let mut driver = Driver::signed_up();
    driver.start(orders());
    driver.advance_ms(250);
    driver.lose_role(Role::AuditUser);
    driver.press("<ctrl-s>");
    assert_eq!(driver.form().draft.properties.name.text(), "Orders");
    assert!(
        driver.notice().contains("Audit-user"),
        "{}",
        driver.notice()
    );
    driver.press("<esc>");
    assert!(driver.notice().contains("not saved"), "{}", driver.notice());
    driver.press("<esc>");
    assert!(driver.is_on_list());
}

#[test]
fn an_app_that_the_store_refuses_survives_as_a_draft() {
    let mut driver = Driver::signed_up();
    driver.start(orders());
    driver.sql("CREATE TRIGGER full BEFORE INSERT ON client_secrets BEGIN SELECT RAISE(ABORT, 'full'); END",
    );
    let draft = driver.form().draft.clone();
    driver.press("<ctrl-s>");
    assert_eq!(driver.form().draft, draft);
    assert!(
        driver
            .console
            .desk
            .notice
            .as_ref()
            .is_some_and(|notice| notice.is_problem())
    );
    // Nothing can be saved, not even a draft, while there is a trigger of another program.
    driver.sql("DROP TRIGGER full");
    driver.press("<esc>");
    assert_eq!(driver.apps().window.total, 0, "half an app was saved");
    let mut driver = back(driver);
    driver.press("<enter>");
    assert_eq!(driver.form().draft, draft);
    driver.press("<ctrl-s>");
    assert_eq!(driver.app().spec.properties.name, "Orders");
    driver.press("<esc>");
    assert!(driver.apps().drafts.is_empty());
}

#[test]
fn late_answers_do_not_change_another_screen() {
    let mut driver = Driver::on_page_of(orders());
    driver.holds_answers = true;
    driver.press("s<ctrl-l>");
    driver.holds_answers = false;
    driver.deliver();
    assert!(driver.console.desk.clipboard.is_none());
    assert_eq!(driver.clipboard(), None, "a secret outlasted the lock");
    driver.reply(Reply::LoadDrafts(LoadDrafts {}, Err("late".into())));
    driver.feed(Msg::Key(Key::parse("x").unwrap()));
    assert!(driver.console.desk.is_locked());
}

#[test]
fn a_second_sign_up_is_refused_and_leads_to_sign_in() {
    let mut second = Driver::new();
    second.fill_in_sign_up("Other Corp", "Grace Hopper", "grace@example.com");
    let first = Driver::signed_up();
    // Puts the data of the first sign-up into the file of the second.
    let path = first.dir.path().join(devconsole::store::FILE_NAME);
    second.sql(&format!(
        "ATTACH '{}' AS first; INSERT INTO organization SELECT * FROM first.organization;
             INSERT INTO developers SELECT * FROM first.developers;",
        path.display()
    ));
    second.press("<enter>");
    let message = second.notice();
    assert!(
        message.contains("already belongs to Acme Corp"),
        "{message}"
    );
    assert!(second.shows(driver::EMAIL), "{}", second.text());
    second.sign_in();
    assert!(second.console.desk.session().is_some(), "{}", second.text());
}
