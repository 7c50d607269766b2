//! Every screen at every size: nothing panics, the focus can be seen wherever the program can be
//! used at all, and a phone is enough to register an app. `ALL_SIZES=1` draws each of the
//! 30,000 sizes instead of a lattice of them.

use crate::harness::driver::{Driver, PASSWORD, rows};
use devconsole::{
    domain::{
        oauth::{diagnosis::Cause, exchange::Exchange},
        time::UnixMs,
    },
    message::{Answer, Msg, SandboxSaid},
    ui::layout::{MIN_HEIGHT, MIN_WIDTH},
};
use ratatui::style::Modifier;

const PHONE: (u16, u16) = (40, 20);

/// One that shows each screen, with long and wide text where a screen has text.
fn screens() -> Vec<(&'static str, Driver)> {
    let with = |keys: &str| {
        let mut driver = Driver::signed_up();
        driver.press(keys);
        driver.advance_ms(300);
        driver
    };
    let form = |tabs: usize| {
        with(&format!(
            "n<space><pgdn>漢字 Órdenes{}",
            "<pgdn>".repeat(tabs)
        ))
    };
    let created = "n<space><pgdn>Sync<tab>Copies orders to the call log.<tab><tab><space><pgdn><pgdn><space><pgdn><tab><space><ctrl-s>";
    let asking = "n<space><pgdn>Sync<tab>Copies orders to the call log.<tab><tab><space><pgdn><pgdn><down><pgdn><enter>edit acc<enter><esc><tab>We sync our directory each night.<tab><space><ctrl-s>";
    let mut sign_up = Driver::new();
    sign_up.press("Acme<tab>Ada<tab>ada@example<tab>purple");
    let mut key = Driver::new();
    key.press("Acme<tab>Ada<tab>ada@example.com<tab>");
    key.press(PASSWORD);
    key.press("<tab>");
    key.press(PASSWORD);
    key.press("<enter>");
    let sign_in = Driver::signed_up().restart();
    let mut recover = Driver::signed_up().restart();
    recover.press("<ctrl-f>");
    vec![
        ("sign up", sign_up),
        ("recovery key", key),
        ("sign in", sign_in),
        ("recover", recover),
        ("empty list", with("")),
        (
            "list",
            with(&format!("{created}<esc>n<space><pgdn>Half<esc>")),
        ),
        ("filter", with(&format!("{created}<esc>/sync zzz"))),
        ("app type", with("n")),
        ("properties", form(0)),
        ("app card", form(1)),
        ("auth", form(2)),
        ("security", form(3)),
        ("picker", with("n<space><pgdn><pgdn><pgdn><pgdn><enter>sms")),
        ("features", form(4)),
        ("review", form(5)),
        ("app", with(&format!("{created}r"))),
        ("marks", with(&format!("{created}<esc><space>"))),
        ("facets", with(&format!("{created}<esc>/ty"))),
        ("tags", with(&format!("{created}<esc>t漢字 b2b"))),
        ("edit review", with(&format!("{created}e 2<ctrl-s>"))),
        ("app history", with(&format!("{created}<tab><tab><tab>"))),
        ("history", with(&format!("{created}<esc>tb2b<enter>h"))),
        ("history filter", with(&format!("{created}<esc>h/sync zzz"))),
        ("organization", with("p")),
        ("add developer", with("pnGrace<tab>grace<tab>")),
        (
            "first password",
            with("pnGrace<tab>grace@example.com<ctrl-s>"),
        ),
        ("change password", with("pwpurple<tab>short<tab>")),
        ("reason", with(&format!("{asking}<esc>axbecause"))),
        ("approvals", with(&format!("{asking}<esc>a"))),
        ("jwt", with("JnFor all<ctrl-s>r")),
        (
            "jwt form",
            with("JnFor all<tab><down><tab>abc<enter><enter><tab>90d"),
        ),
        ("jwt apps", with("JnFor all<tab><down><tab>abc")),
        ("sandbox", with("b")),
        ("sandbox log", logged()),
        ("exchange", {
            let mut driver = logged();
            driver.press("<enter>");
            driver
        }),
        ("switchboard", with("bf<down>")),
        ("explained", with("bxOAU-109 OAU-251 OAU-213<enter>")),
        ("port", with("bp")),
        ("trial", with(&format!("{created}T"))),
        ("commands", with(":")),
        ("question", with("n<space><pgdn>Half<esc>d")),
        ("help", with("?")),
        ("locked", with("<ctrl-l>")),
    ]
}

/// The Sandbox with a request in its log.
fn logged() -> Driver {
    let mut driver = Driver::signed_up();
    driver.press("b");
    let one = Exchange {
        number: 1,
        at: UnixMs(0),
        took_us: 1234,
        app: None,
        what: "漢字 GET /restapi/v1.0/account/~/extension/~/call-log".to_owned(),
        status: 403,
        result: "CMN-401".to_owned(),
        request: "GET /restapi\n  ".to_owned() + &"x".repeat(400),
        response: "403 Forbidden\n  {\n    \"a\": 1\n  }".repeat(20),
        diagnosis: Some(Cause::ScopeMissing.into()),
    };
    let log = SandboxSaid::Log(vec![one]);
    driver.feed(Msg::Answer(Answer::Sandbox(log)));
    driver
}

fn sizes() -> Vec<(u16, u16)> {
    let lattice = |width: u16, height: u16| {
        let is_near = |at: u16, edge: u16| at.abs_diff(edge) <= 1;
        width <= 6 && height <= 6
            || (is_near(width, MIN_WIDTH) && is_near(height, MIN_HEIGHT))
            || (width.is_multiple_of(37) && height.is_multiple_of(11))
            || ([1, 2, 40, 80, 100, 300].contains(&width)
                && [1, 2, 10, 20, 24, 40, 100].contains(&height))
    };
    let all = std::env::var_os("ALL_SIZES").is_some();
    (1..=300)
        .flat_map(|width| (1..=100).map(move |height| (width, height)))
        .filter(|(width, height)| all || lattice(*width, *height))
        .collect()
}

/// A cursor, a bar beside the focused control, a row in reverse, or something to scroll.
fn shows_focus(driver: &Driver) -> bool {
    let (buffer, cursor) = driver.picture();
    cursor.is_some_and(|at| at.x < buffer.area.width && at.y < buffer.area.height)
        || rows(&buffer)
            .iter()
            .any(|row| row.contains('┃') || row.contains('›'))
        || buffer
            .content
            .iter()
            .any(|cell| cell.modifier.contains(Modifier::REVERSED))
}

#[test]
fn every_screen_can_be_drawn_at_every_size_and_shows_its_focus() {
    // Screens without anything to choose or fill in.
    let have_none = [
        "empty list",
        "app",
        "app history",
        "first password",
        "question",
        "help",
        "sandbox",
        "exchange",
        "explained",
        "trial",
    ];
    for (name, mut driver) in screens() {
        let at_home = rows(&driver.picture().0);
        for (width, height) in sizes() {
            driver.resize(width, height);
            let (buffer, _) = driver.picture();
            assert_eq!((buffer.area.width, buffer.area.height), (width, height));
            let is_useful = width >= MIN_WIDTH && height >= MIN_HEIGHT;
            if !is_useful && width >= 24 && height >= 2 {
                let text = rows(&buffer).join("\n");
                assert!(
                    text.contains(&MIN_WIDTH.to_string()),
                    "{name} at {width}x{height} does not say what it wants:\n{text}"
                );
            }
            if is_useful && !have_none.contains(&name) {
                assert!(
                    shows_focus(&driver),
                    "{name} at {width}x{height} hides its focus:\n{}",
                    rows(&buffer).join("\n")
                );
            }
        }
        driver.resize(80, 24);
        // The list scrolls with its size; everything else comes back as it was.
        assert_eq!(rows(&driver.picture().0), at_home, "{name}");
    }
}

#[test]
fn a_phone_registers_an_app_and_sees_where_it_is_at_every_key() {
    let mut driver = Driver::new();
    driver.resize(PHONE.0, PHONE.1);
    let press = |driver: &mut Driver, keys: &[&str]| {
        for key in keys {
            driver.press(key);
            let waits = driver.console.waiting.is_some();
            assert!(
                waits || shows_focus(driver),
                "after {key}:\n{}",
                rows(&driver.picture().0).join("\n")
            );
        }
    };
    press(
        &mut driver,
        &["Acme", "<tab>", "Ada", "<tab>", "ada@example.com", "<tab>"],
    );
    press(&mut driver, &[PASSWORD, "<tab>", PASSWORD, "<enter>"]);
    let key = driver.recovery_key();
    let shown = rows(&driver.picture().0).join("\n");
    for group in key.split('-') {
        assert!(shown.contains(group), "{group} is cut off:\n{shown}");
    }
    driver.press(key.rsplit('-').next().unwrap());
    driver.press("<enter>");
    press(
        &mut driver,
        &[
            "n",
            "<space>",
            "<pgdn>",
            "Phone app",
            "<tab>",
            "Made on a phone, on a train.",
            "<tab>",
            "<tab>",
            "<space>",
            "<pgdn>",
            "<pgdn>",
            "<space>",
            "<tab>",
            "<pgdn>",
            "<enter>",
            "sms",
            "<enter>",
            "<enter>",
            "<tab>",
            "<space>",
            "<pgdn>",
            "<pgdn>",
        ],
    );
    driver.press("<ctrl-s>");
    let text = rows(&driver.picture().0).join("\n");
    assert!(text.contains("Client ID"), "{text}");
    driver.press("r");
    let secret = driver.clipboard();
    assert_eq!(secret, None, "revealing copies nothing");
    driver.press("s");
    let secret = driver.clipboard().unwrap();
    let text: String = rows(&driver.picture().0)
        .concat()
        .split_whitespace()
        .collect();
    assert!(
        text.contains(&secret),
        "the whole secret is on a phone's screen"
    );
}
