//! A developer leaves: the console lists what they could read, and replaces it in one step.

use crate::harness::driver::{Driver, PASSWORD};
use devconsole::{
    console::{Msg, Screen},
    domain::{
        app::Registration,
        people::developer::Role,
        progress::{Progress, Work},
    },
    request::News,
    store::AppQuery,
};

const APPS: [&str; 3] = ["Call log", "Directory", "Orders"];

fn is_on_page(driver: &Driver) -> bool {
    matches!(driver.console.screen(), Screen::Readable(_))
}

/// The names of the marked rows. A notice begins alike.
fn marked(driver: &Driver) -> Vec<String> {
    let text = driver.text();
    let rows = text.lines().filter_map(|row| row.strip_prefix("  ✓ "));
    rows.map(|row| row.split("  ").next().unwrap().to_owned())
        .collect()
}

#[test]
fn after_a_removal_the_secrets_are_listed_and_the_marked_ones_replaced() {
    let mut driver = Driver::with_grace(&APPS);
    driver.press("d<enter>");
    assert!(is_on_page(&driver), "{}", driver.text());
    assert!(
        driver.shows("What Grace Hopper could read"),
        "{}",
        driver.text()
    );
    assert!(driver.shows("1 of 4 marked"), "{}", driver.text());
    assert_eq!(marked(&driver), ["Call log"]);
    // Used last, so it comes first.
    let rows = driver.text();
    let at = |name: &str| rows.find(name).unwrap();
    assert!(at("Directory") < at("Call log"), "{rows}");

    driver.press("R");
    assert!(driver.shows("Rotate 1 client secret?"), "{}", driver.text());
    driver.press("<ctrl-u>999<enter>");
    assert!(driver.shows("Enter a number from 0 to 168"));
    driver.press("<ctrl-u>0<enter>");
    assert_eq!(driver.notice(), "Rotated 1 client secret.");
    assert!(driver.shows("0 of 3 marked"), "{}", driver.text());
    driver.press("R");
    assert!(driver.notice().contains("Mark a secret first"));

    driver.press("<esc>vGR");
    assert!(driver.shows("0 of 3 marked"), "{}", driver.text());
    driver.press("AR<enter>");
    assert_eq!(
        driver.notice(),
        "Rotated 2 client secrets and revoked 1 JWT credential."
    );
    assert!(
        driver.shows("No secret that Grace Hopper could read"),
        "{}",
        driver.text()
    );
    driver.press("<esc><esc>");
    assert!(driver.is_on_list(), "{}", driver.text());
}

#[test]
fn what_cannot_be_rotated_now_is_left_and_named() {
    let mut driver = Driver::with_grace(&APPS);
    driver.press("<esc>G<enter>R<enter><esc>pjd<enter>");
    assert!(is_on_page(&driver), "{}", driver.text());
    driver.press("AR<enter>");
    let notice = driver.notice();
    assert!(
        notice.starts_with(
            "Rotated 2 client secrets and revoked 1 JWT credential. Skipped \"Orders\": "
        ),
        "{notice}"
    );
    assert!(driver.shows("0 of 1 marked"), "{}", driver.text());
}

#[test]
fn each_way_of_leaving_leads_to_the_list_and_a_first_password_is_handed_over_before() {
    for (keys, notice) in [
        ("z<enter>", "can no longer sign in"),
        ("r<down><enter>", "is now Audit-user"),
        ("d<enter>", "Removed"),
    ] {
        let mut driver = Driver::with_grace(&APPS);
        driver.press(keys);
        assert!(is_on_page(&driver), "{keys}: {}", driver.text());
        assert!(driver.notice().contains(notice), "{}", driver.notice());
    }
    let mut driver = Driver::with_grace(&APPS);
    driver.press("P<enter>");
    assert!(driver.shows("First password"), "{}", driver.text());
    driver.press("<enter>");
    assert!(is_on_page(&driver), "{}", driver.text());
    // A role that keeps the secrets takes nothing away.
    let mut driver = Driver::with_grace(&APPS);
    driver.change_role("Developer Admin");
    assert!(!is_on_page(&driver), "{}", driver.text());
}

#[test]
fn nothing_opens_where_nothing_could_be_read_or_the_console_was_locked() {
    let mut driver = Driver::signed_up();
    driver.press("p");
    driver.add_developer("Grace Hopper", "grace@example.com", "Developer");
    driver.press("<enter>d<enter>");
    assert!(!is_on_page(&driver), "{}", driver.text());
    assert_eq!(driver.notice(), "Removed. Their apps stay.");
    driver.press("vG");
    assert!(driver.shows("removed"), "{}", driver.text());
    driver.press("r");
    assert_eq!(driver.notice(), "Grace Hopper was removed.");
    driver.press("R");
    assert!(
        driver.shows("No secret that Grace Hopper could read"),
        "{}",
        driver.text()
    );

    let mut driver = Driver::with_grace(&APPS);
    driver.holds_answers = true;
    driver.press("d<enter>");
    let lock_after = driver.console.desk.settings.lock_after_ms;
    driver.advance_ms(lock_after + 1);
    assert!(driver.console.desk.is_locked());
    driver.holds_answers = false;
    driver.deliver();
    driver.press(PASSWORD);
    driver.press("<enter>");
    assert!(!is_on_page(&driver), "{}", driver.text());
    // It can be opened later.
    driver.press("vGR");
    assert!(driver.shows("1 of 4 marked"), "{}", driver.text());
}

#[test]
fn a_long_list_is_read_in_parts_and_keeps_its_marks() {
    let mut driver = Driver::with_grace(&APPS);
    let mut workspace = driver.elsewhere();
    let me = workspace.current_session().unwrap().developer.id;
    let now = driver.console.desk.clock.unix;
    let query = AppQuery {
        limit: 1,
        ..AppQuery::default()
    };
    let first = workspace.apps(&query).unwrap().rows.remove(0);
    let spec = workspace.app(&first.id).unwrap().spec;
    let many = (0..1000).map(|nth| {
        let mut spec = spec.clone();
        spec.properties.name = format!("App {nth:04}");
        let registration = Registration {
            spec,
            shared_secret: None,
        };
        (registration, now)
    });
    workspace
        .create_apps(many.collect::<Vec<_>>(), &me)
        .unwrap();
    driver.press("d<enter>");
    assert!(driver.shows("of 1,004 marked"), "{}", driver.text());
    let before = driver.effects.len();
    driver.press("<end>");
    assert_eq!(driver.effects.len(), before + 1, "one request for the rows");
    assert!(!driver.shows("…"), "{}", driver.text());
    driver.press("AA");
    assert!(driver.shows("0 of 1,004"), "{}", driver.text());
    driver.press("A<space><home>");
    assert!(driver.shows("1,003 of 1,004"), "{}", driver.text());
    driver.press("<end>");
    assert!(driver.shows("1,003 of 1,004"), "{}", driver.text());
    driver.press("R");
    assert!(
        driver.shows("Rotate 1,002 client secrets and revoke 1 JWT"),
        "{}",
        driver.text()
    );
    driver.press("<enter>");
    assert_eq!(
        driver.notice(),
        "Rotated 1,002 client secrets and revoked 1 JWT credential."
    );
    assert!(driver.shows("0 of 1 marked"), "{}", driver.text());
}

#[test]
fn progress_is_shown_of_what_is_awaited_and_keys_wait() {
    let mut driver = Driver::with_grace(&APPS);
    driver.holds_answers = true;
    driver.press("d<enter>");
    let Some(Msg::Reply(ticket, _)) = driver.held.back() else {
        panic!("nothing is awaited");
    };
    let request = ticket.number;
    let progress = |done| Progress {
        work: Work::Sealing,
        done,
        total: 100_000,
    };
    let news = |request, done| {
        Msg::News(News::Progress {
            request,
            progress: progress(done),
        })
    };
    assert!(!driver.shows("secrets sealed"), "{}", driver.text());
    driver.feed(news(request - 1, 1));
    assert!(!driver.shows("secrets sealed"), "another request");
    driver.feed(news(request, 62_464));
    assert!(
        driver.shows("62,464 of 100,000 secrets sealed"),
        "{}",
        driver.text()
    );
    driver.press("A");
    assert!(!is_on_page(&driver));
    driver.holds_answers = false;
    driver.deliver();
    assert!(!driver.shows("secrets sealed"), "{}", driver.text());
    // The key that was typed meanwhile acts on the page.
    assert!(driver.shows("4 of 4 marked"), "{}", driver.text());
    driver.feed(news(request, 99_999));
    assert!(!driver.shows("secrets sealed"), "late news");
}

#[test]
fn only_a_developer_admin_opens_the_list() {
    let mut driver = Driver::with_grace(&APPS);
    let mut workspace = driver.elsewhere();
    let session = workspace.current_session().unwrap();
    let now = driver.console.desk.clock.unix;
    let grace = session
        .developers
        .iter()
        .find(|one| one.id != session.developer.id);
    let (grace, me) = (&grace.unwrap().id, &session.developer.id);
    workspace
        .set_role(grace, Role::DeveloperAdmin, now)
        .unwrap();
    workspace.set_role(me, Role::Developer, now).unwrap();
    driver.press("R");
    assert!(
        driver.shows("Only a Developer Admin can do this"),
        "{}",
        driver.text()
    );
}
