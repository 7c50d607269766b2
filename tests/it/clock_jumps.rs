//! The wall clock jumps back a year and forward a century at the moments when that could
//! do harm: drafting, throttled, locked, with a secret copied, creating.
//! Waits are measured by a monotonic clock; the wall clock is only recorded.

use crate::harness::driver::{self, Driver};
use crate::harness::form::app;
use devconsole::{
    console::{CLIPBOARD_MS, Msg},
    domain::time::{Clock, UnixMs},
    form::TextEdit as _,
    screens::create_app::sections::properties::NAME,
    store::FILE_NAME,
};

const DAY: i64 = 24 * 60 * 60 * 1000;
const YEAR: i64 = 365 * DAY;
const CENTURY: i64 = 100 * YEAR;

/// Sets the wall clock as a person or a time server does. The monotonic clock continues.
fn set(driver: &mut Driver, unix: i64) {
    let Clock { mono_ms, .. } = driver.console.desk.clock;
    driver.feed(Msg::Clock(Clock {
        mono_ms,
        unix: UnixMs(unix),
    }));
    let _ = driver.picture();
}

fn jump(driver: &mut Driver, by: i64) {
    let now = driver.console.desk.clock.unix.0;
    set(driver, now.saturating_add(by));
}

fn restarted_at(mut driver: Driver, unix: i64) -> Driver {
    // The harness continues from this time.
    set(&mut driver, 0);
    let mut driver = driver.restart();
    set(&mut driver, unix);
    driver
}

#[test]
fn a_draft_is_saved_in_time_and_offered_first_whatever_the_clock_says() {
    for by in [-YEAR, CENTURY, -YEAR - CENTURY, i64::MIN / 2, i64::MAX] {
        let mut driver = Driver::signed_up();
        driver.press("n");
        driver.answer(NAME, "Before");
        driver.advance_ms(250);
        driver.press("<esc>n");
        driver.answer(NAME, "Aft");
        jump(&mut driver, by);
        driver.press("er");
        // The delay before saving is not measured by the wall clock.
        let mono_ms = driver.console.desk.clock.mono_ms + 250;
        let unix = driver.console.desk.clock.unix;
        driver.feed(Msg::Clock(Clock { mono_ms, unix }));
        let mut driver = restarted_at(driver, unix.0);
        driver.sign_in();
        let titles: Vec<&str> = driver
            .apps()
            .drafts
            .iter()
            .map(|draft| draft.title.as_str())
            .collect();
        assert_eq!(titles, ["After", "Before"], "{by}");
        driver.press("<enter>");
        assert_eq!(driver.form().draft.properties.name.text(), "After");
    }
}

#[test]
fn an_app_is_dated_by_the_clock_and_every_app_is_listed() {
    let mut driver = Driver::signed_up();
    let start = driver.console.desk.clock.unix.0;
    for (nth, unix) in [start, start - YEAR, start + CENTURY, 0, i64::MAX]
        .into_iter()
        .enumerate()
    {
        set(&mut driver, unix);
        driver.register(app(&format!("App {nth}")).jwt());
        assert_eq!(driver.app().created_at, UnixMs(unix));
        driver.press("<esc>");
    }
    set(&mut driver, start);
    driver.resize(80, 30);
    for nth in 0..5 {
        assert!(driver.shows(&format!("App {nth}")), "{}", driver.text());
    }
}

#[test]
fn a_jump_during_a_throttled_sign_in_costs_one_more_minute_at_most() {
    for by in [-YEAR, CENTURY] {
        let mut driver = Driver::signed_up();
        driver.press("<ctrl-l>");
        for _ in 0..14 {
            driver.press("wrong<enter>");
            driver.advance_ms(60_000);
        }
        driver.press("wrong<enter>");
        jump(&mut driver, by);
        // The minute of this console, and perhaps one more that the workspace starts again.
        for _ in 0..2 {
            driver.advance_ms(60_000);
            if driver.console.desk.is_locked() {
                driver.press("<end><ctrl-u>");
                driver.sign_in();
            }
        }
        assert!(!driver.console.desk.is_locked(), "{by}: {}", driver.text());
        // Back to the right time, as after a new battery.
        driver.press("<ctrl-l>");
        driver.press("wrong<enter>");
        jump(&mut driver, -by);
        driver.press("<end><ctrl-u>");
        driver.sign_in();
        assert!(!driver.console.desk.is_locked(), "{by}: {}", driver.text());
    }
}

#[test]
fn a_restart_after_a_jump_waits_a_minute_at_most() {
    for by in [-YEAR, CENTURY] {
        let mut driver = Driver::signed_up();
        driver.press("<ctrl-l>");
        for _ in 0..14 {
            driver.press("wrong<enter>");
            driver.advance_ms(60_000);
        }
        let unix = driver.console.desk.clock.unix.0 + by;
        let mut driver = restarted_at(driver, unix);
        driver.sign_in();
        driver.advance_ms(60_000);
        if driver.console.desk.session().is_none() {
            driver.press("<end><ctrl-u>");
            driver.sign_in();
        }
        assert!(
            driver.console.desk.session().is_some(),
            "{by}: {}",
            driver.text()
        );
    }
}

#[test]
fn a_copied_secret_is_cleared_and_the_console_locks_in_time() {
    for by in [-YEAR, CENTURY] {
        let mut driver = Driver::on_page_of(app("Orders").jwt());
        driver.press("s");
        assert!(driver.clipboard().is_some());
        jump(&mut driver, by);
        driver.advance_ms(CLIPBOARD_MS - 1000);
        assert!(driver.clipboard().is_some(), "{by}");
        jump(&mut driver, -by);
        driver.advance_ms(1000);
        assert_eq!(driver.clipboard(), None, "{by}");
        jump(&mut driver, by);
        driver.advance_ms(driver.console.desk.settings.lock_after_ms);
        assert!(driver.console.desk.is_locked(), "{by}");
        driver.sign_in();
        assert!(!driver.console.desk.is_locked(), "{by}");
    }
}

#[test]
fn the_last_sign_in_is_offered_even_after_a_jump_back() {
    let mut driver = Driver::signed_up();
    jump(&mut driver, -YEAR);
    let unix = driver.console.desk.clock.unix.0;
    let mut driver = restarted_at(driver, unix);
    assert!(driver.shows(driver::EMAIL), "{}", driver.text());
    driver.sign_in();
    let db = rusqlite::Connection::open(driver.dir.path().join(FILE_NAME)).unwrap();
    let at: i64 = db
        .query_row("SELECT last_sign_in_at FROM developers", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(at, unix);
}
