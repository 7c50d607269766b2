//! People and approvals: a new developer, their first sign-in, roles, resets, the last admin,
//! passwords and recovery keys, and decisions about requests.

use crate::harness::driver::{self, Driver};
use crate::harness::form::app;
use devconsole::{
    console::Screen,
    domain::{
        people::{developer::Role, email::EmailAddress},
        secret::Secret,
    },
    screens::{
        organization::add::{EMAIL, FULL_NAME},
        sign_in,
    },
    store::OwnKeys,
};

const OWN: &str = "quiet lantern orbit 77 maple";

/// Ada adds Grace. Returns the first password.
fn add_grace(driver: &mut Driver, role: &str) -> String {
    driver.press("p");
    driver.add_developer("Grace Hopper", "grace@example.com", role);
    assert!(driver.shows("First password"), "{}", driver.text());
    driver.press("c");
    let first = driver.clipboard().unwrap();
    assert!(driver.shows(&first), "{}", driver.text());
    driver.press("<enter>");
    assert!(!driver.shows(&first), "{}", driver.text());
    first
}

fn sign_in_as(driver: Driver, email: &str, password: &str) -> Driver {
    let mut driver = driver.restart();
    driver.answer(sign_in::EMAIL, email);
    driver.answer(sign_in::PASSWORD, password);
    driver.press("<ctrl-s>");
    driver
}

/// Chooses a new password and confirms the recovery key, as at a first sign-in.
fn come_in(driver: &mut Driver, first: &str) {
    driver.change_password(first, OWN);
    driver.confirm_recovery_key();
    assert!(
        matches!(driver.console.screen(), Screen::Apps(_)),
        "{}",
        driver.text()
    );
}

/// A JWT app with a scope that requires approval.
fn ask_for_approval(driver: &mut Driver, name: &str) {
    driver.register(
        app(name)
            .jwt()
            .scope("edit acc")
            .reason("We sync our directory."),
    );
}

#[test]
fn a_new_developer_gets_a_first_password_and_chooses_their_own() {
    let mut driver = Driver::signed_up();
    let first = add_grace(&mut driver, "Developer");
    assert!(driver.shows("first password"), "{}", driver.text());
    assert!(driver.shows("never"), "{}", driver.text());

    let mut driver = sign_in_as(driver, "grace@example.com", &first);
    assert!(driver.shows("Change password"), "{}", driver.text());
    driver.press("<esc>");
    assert!(
        driver.notice().contains("Choose your own password first"),
        "{}",
        driver.notice()
    );
    // The first password was entered a moment ago.
    assert!(!driver.shows("Current password"), "{}", driver.text());
    driver.change_password(&first, OWN);
    driver.confirm_recovery_key();
    assert!(
        driver.shows("Grace Hopper · Developer"),
        "{}",
        driver.text()
    );
    driver.press("pn");
    assert!(
        driver.notice().contains("Only a Developer Admin"),
        "{}",
        driver.notice()
    );

    // The first password no longer works.
    let driver = sign_in_as(driver, "grace@example.com", &first);
    assert!(driver.shows("do not match"), "{}", driver.text());
    let mut driver = sign_in_as(driver, "grace@example.com", OWN);
    driver.advance_ms(0);
    assert!(
        matches!(driver.console.screen(), Screen::Apps(_)),
        "{}",
        driver.text()
    );
}

#[test]
fn a_wrong_current_password_is_refused_and_asked_again() {
    let mut driver = Driver::signed_up();
    driver.press("pw");
    driver.change_password("wrong one", OWN);
    assert!(driver.shows("Wrong password"), "{}", driver.text());
    driver.advance_ms(60_000);
    driver.change_password(driver::PASSWORD, OWN);
    assert_eq!(driver.notice(), "Password changed.");
}

#[test]
fn a_taken_address_and_a_missing_name_are_reported_at_their_fields() {
    let mut driver = Driver::signed_up();
    driver.press("pn<ctrl-s>");
    assert!(driver.shows("Enter a name."), "{}", driver.text());
    driver.answer(FULL_NAME, "Ada Again");
    driver.answer(EMAIL, "ADA@example.com");
    driver.press("<ctrl-s>");
    assert!(
        driver.notice().contains("already used by Ada Lovelace"),
        "{}",
        driver.notice()
    );
    assert!(
        driver.shows("Ada Again"),
        "what was typed stays: {}",
        driver.text()
    );
}

#[test]
fn the_last_admin_stays_one_and_no_developer_removes_themselves() {
    let mut driver = Driver::signed_up();
    driver.press("p");
    driver.change_role("Developer");
    assert!(
        driver.notice().contains("last active Developer Admin"),
        "{}",
        driver.notice()
    );
    driver.press("<esc>z<enter>");
    assert!(
        driver.notice().contains("cannot disable yourself"),
        "{}",
        driver.notice()
    );
    driver.press("d<enter>");
    assert!(
        driver.notice().contains("cannot remove yourself"),
        "{}",
        driver.notice()
    );
    driver.press("NAnalytical Engines<enter>");
    assert!(driver.shows("Analytical Engines"), "{}", driver.text());
}

#[test]
fn roles_change_and_a_disabled_or_removed_developer_stays_out() {
    let mut driver = Driver::signed_up();
    let first = add_grace(&mut driver, "Developer");
    driver.press("r");
    // What each role may do, and the current role.
    for shown in [
        "Grace Hopper, now Developer",
        "Everything: all apps",
        "Creates apps",
        "no secrets",
    ] {
        assert!(driver.shows(shown), "{shown}: {}", driver.text());
    }
    driver.press("<esc>");
    driver.change_role("Audit-user");
    assert_eq!(driver.notice(), "Grace Hopper is now Audit-user.");
    driver.press("z<enter>");
    assert!(driver.shows("disabled"), "{}", driver.text());
    let driver = sign_in_as(driver, "grace@example.com", &first);
    assert!(driver.shows("do not match"), "{}", driver.text());

    let mut driver = sign_in_as(driver, driver::EMAIL, driver::PASSWORD);
    driver.press("pjz<enter>");
    assert!(
        driver.notice().contains("can sign in again"),
        "{}",
        driver.notice()
    );
    driver.press("P<enter>c<enter>");
    let second = driver.clipboard().unwrap();
    assert_ne!(first, second);
    let driver = sign_in_as(driver, "grace@example.com", &second);
    assert!(driver.shows("Change password"), "{}", driver.text());

    let mut driver = sign_in_as(driver, driver::EMAIL, driver::PASSWORD);
    driver.press("pjd<enter>");
    assert!(!driver.shows("Grace"), "{}", driver.text());
    // The address is free again, and the history still has the name.
    driver.press("<esc>H");
    assert!(driver.shows("Developer removed"), "{}", driver.text());
    driver.press("<esc>");
    add_grace(&mut driver, "Audit-user");
}

#[test]
fn an_app_whose_contact_was_removed_says_so() {
    let mut driver = Driver::signed_up();
    let first = add_grace(&mut driver, "Developer");
    let mut driver = sign_in_as(driver, "grace@example.com", &first);
    come_in(&mut driver, &first);
    ask_for_approval(&mut driver, "Directory");
    let mut driver = sign_in_as(driver, driver::EMAIL, driver::PASSWORD);
    driver.press("pjd<enter><esc><esc><enter>");
    assert!(driver.shows("deleted user"), "{}", driver.text());
    driver.press("<tab>");
    assert!(driver.shows("Deleted user"), "{}", driver.text());
}

#[test]
fn an_admin_decides_a_request_and_its_developer_is_notified() {
    let mut driver = Driver::signed_up();
    let first = add_grace(&mut driver, "Developer");
    let mut driver = sign_in_as(driver, "grace@example.com", &first);
    come_in(&mut driver, &first);
    ask_for_approval(&mut driver, "Directory");
    driver.press("<esc>");
    driver.advance_ms(1000);
    ask_for_approval(&mut driver, "Second one");
    driver.press("<esc>ay");
    assert!(
        driver.notice().contains("Only a Developer Admin"),
        "{}",
        driver.notice()
    );

    let mut driver = sign_in_as(driver, driver::EMAIL, driver::PASSWORD);
    assert!(
        driver.notice().contains("2 requests waiting"),
        "{}",
        driver.notice()
    );
    driver.press("a");
    assert!(driver.shows("We sync our directory"), "{}", driver.text());
    assert!(driver.shows("Grace Hopper"), "{}", driver.text());
    driver.press("y<enter>");
    assert!(
        driver.notice().starts_with("Approved"),
        "{}",
        driver.notice()
    );
    driver.press("x<enter>");
    assert!(driver.shows("Enter a reason"), "{}", driver.text());
    driver.press("Say which directory.<enter>");
    assert!(
        driver.notice().starts_with("Rejected"),
        "{}",
        driver.notice()
    );
    assert!(driver.shows("No requests."), "{}", driver.text());

    let mut driver = sign_in_as(driver, "grace@example.com", OWN);
    assert!(
        driver.notice().contains("2 of your requests were decided"),
        "{}",
        driver.notice()
    );
    driver.press("<enter>");
    assert!(!driver.shows("Approval"), "{}", driver.text());
    driver.press("<tab>");
    assert!(driver.shows("Edit Accounts: granted"), "{}", driver.text());
    driver.press("<esc>j<enter>");
    assert!(driver.shows("Say which directory."), "{}", driver.text());
}

#[test]
fn only_the_sole_admin_decides_their_own_request() {
    let mut driver = Driver::signed_up();
    ask_for_approval(&mut driver, "Mine");
    driver.press("<esc>");
    add_grace(&mut driver, "Developer Admin");
    driver.press("<esc>ay");
    assert!(
        driver.notice().contains("your own request"),
        "{}",
        driver.notice()
    );
    driver.press("<esc>pjz<enter><esc><esc>ay<enter>");
    assert!(
        driver.notice().starts_with("Approved"),
        "{}",
        driver.notice()
    );
}

#[test]
fn developers_change_their_password_and_recovery_key() {
    let mut driver = Driver::signed_up();
    driver.press("pw");
    driver.change_password(driver::PASSWORD, OWN);
    assert!(
        driver.notice().contains("Password changed"),
        "{}",
        driver.notice()
    );
    driver.press("Knot this one<enter>");
    assert!(
        driver.notice().contains("Wrong password"),
        "{}",
        driver.notice()
    );
    driver.advance_ms(60_000);
    driver.press(&format!("K{OWN}<enter>"));
    driver.confirm_recovery_key();
    assert!(
        driver.notice().contains("new recovery key is active"),
        "{}",
        driver.notice()
    );
    driver.press("<esc>H");
    assert!(driver.shows("New recovery key"), "{}", driver.text());
    let driver = sign_in_as(driver, driver::EMAIL, OWN);
    assert!(
        matches!(driver.console.screen(), Screen::Apps(_)),
        "{}",
        driver.text()
    );
}

#[test]
fn a_lock_hides_a_first_password() {
    let mut driver = Driver::signed_up();
    driver.press("p");
    driver.add_developer("Grace Hopper", "grace@example.com", "Developer");
    driver.press("c");
    let first = driver.clipboard().unwrap();
    driver.press("<ctrl-l>");
    assert!(!driver.shows(&first), "{}", driver.text());
    driver.press(driver::PASSWORD);
    driver.press("<enter>");
    assert!(!driver.shows(&first), "{}", driver.text());
    assert_eq!(driver.clipboard(), None);
}

#[test]
fn the_history_names_a_developer_that_another_console_added() {
    let mut driver = Driver::signed_up();
    driver.register(app("Shop").jwt());
    let now = driver.console.desk.clock.unix;
    let email = EmailAddress::parse("grace@example.com").unwrap();
    let first = Secret::new("copper ladder sunset 19");
    driver
        .elsewhere()
        .add_developer("Grace Hopper", &email, Role::Developer, &first, now)
        .unwrap();
    let known = |driver: &Driver| {
        let session = driver.console.desk.session().unwrap();
        let mut all = session.developers.iter();
        all.any(|one| one.full_name == "Grace Hopper")
    };
    assert!(!known(&driver));
    let mut grace = driver.elsewhere_as("grace@example.com", &first);
    grace
        .change_password(&first, &Secret::new(OWN), OwnKeys::Keep, now)
        .unwrap();
    drop(grace);
    driver.press("<esc>H");
    let text = driver.text();
    assert!(
        matches!(driver.console.screen(), Screen::History(_)),
        "{text}"
    );
    assert!(known(&driver) && !text.contains("Deleted user"), "{text}");
    let own = text.lines().find(|line| line.contains("Password changed"));
    assert!(
        own.is_some_and(|line| line.contains("Grace Hopper")),
        "{text}"
    );
}

#[test]
fn a_developer_whose_access_ends_is_signed_out_at_the_next_request() {
    let mut driver = Driver::signed_up();
    let first = add_grace(&mut driver, "Developer");
    let mut driver = sign_in_as(driver, "grace@example.com", &first);
    come_in(&mut driver, &first);
    driver.press("n");
    let me = driver.console.desk.session().unwrap().developer.id.clone();
    let now = driver.console.desk.clock.unix;
    driver.elsewhere().set_enabled(&me, false, now).unwrap();
    driver.press("<esc>J");
    assert!(
        matches!(driver.console.screen(), Screen::SignIn(_)),
        "{}",
        driver.text()
    );
    let notice = driver.notice();
    assert!(notice.contains("ended your access"), "{notice}");
    assert!(driver.shows("Acme Corp"), "{}", driver.text());
    // No page of hers is left behind the form.
    assert!(driver.console.apps().is_none());
    assert!(driver.console.desk.session().is_none());
}

#[test]
fn enter_shows_who_added_a_developer_and_how_many_apps_they_have() {
    let mut driver = Driver::signed_up();
    driver.register(app("Orders").jwt());
    driver.press("<esc>");
    add_grace(&mut driver, "Developer");
    for (key, shown) in [
        (
            "",
            vec![
                "2026-11-23 09:00 UTC by Ada Lovelace",
                "never",
                "Apps       0",
            ],
        ),
        (
            "<up>",
            vec!["Added      2026-11-23 09:00 UTC\n", "Apps       1"],
        ),
    ] {
        driver.press(key);
        assert!(!driver.shows("Added      "), "{}", driver.text());
        driver.press("<enter>");
        for text in shown {
            assert!(driver.shows(text), "{text}: {}", driver.text());
        }
        driver.press("<enter>");
        assert!(!driver.shows("Added      "), "{}", driver.text());
        driver.press("<enter>");
    }
}

#[test]
fn the_recovery_key_is_copied_while_it_is_shown() {
    let mut driver = Driver::new();
    driver.sign_up();
    let key = driver.recovery_key();
    driver.press("<ctrl-y>");
    assert_eq!(driver.clipboard().as_deref(), Some(key.as_str()));
    assert!(driver.shows("^Y copy"), "{}", driver.text());
    assert!(driver.shows("Recovery key copied"), "{}", driver.text());
    driver.confirm_recovery_key();
    assert!(driver.is_on_list());
}
