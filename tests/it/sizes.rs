//! Every screen at every size: nothing panics, the focus is visible wherever the program can be
//! used at all, and a phone is enough to register an app. `ALL_SIZES=1` draws each of the
//! 30,000 sizes instead of a lattice of them.

use crate::harness::driver::{Driver, PASSWORD, key_names, rows};
use crate::harness::form::{app, keys_in_form, keys_pressed};
use devconsole::{
    console::Msg,
    domain::{
        oauth::{diagnosis::Cause, exchange::Exchange},
        time::UnixMs,
    },
    form::FieldId,
    keymap::Key,
    request::{ReadExchanges, Reply},
    screens::{
        create_app::{
            CREATE,
            sections::{app_card, app_type, auth, features, properties, security},
        },
        jwt::form as jwt,
        organization::add,
        password, sign_up,
    },
    ui::layout::{MIN_HEIGHT, MIN_WIDTH},
};
use ratatui::style::Modifier;

const PHONE: (u16, u16) = (40, 20);

/// One driver for each screen, with long and wide text where a screen has text.
fn screens() -> Vec<(&'static str, Driver)> {
    let with = |steps: &dyn Fn(&mut Driver)| {
        let mut driver = Driver::signed_up();
        steps(&mut driver);
        driver.advance_ms(300);
        driver
    };
    let keys = |keys: &str| with(&|driver| driver.press(keys));
    let form = |steps: &dyn Fn(&mut Driver)| {
        with(&|driver| {
            driver.press("n");
            driver.answer(app_type::TYPE, "REST API App");
            driver.answer(properties::NAME, "漢字 Órdenes");
            steps(driver);
        })
    };
    let tab = |field: FieldId| form(&|driver| driver.go_to(field));
    let created = |keys: &str| {
        with(&|driver| {
            driver.register(app("Sync").jwt());
            driver.press(keys);
        })
    };
    let asking = |keys: &str| {
        with(&|driver| {
            let scope = app("Sync").jwt().scope("edit acc");
            driver.register(scope.reason("We sync our directory each night."));
            driver.press(keys);
        })
    };
    let adding = |email: &str, keys: &str| {
        with(&|driver| {
            driver.press("pn");
            driver.answer(add::FULL_NAME, "Grace");
            driver.answer(add::EMAIL, email);
            driver.go_to(add::ROLE);
            driver.press(keys);
        })
    };
    let jwt_form = |steps: &dyn Fn(&mut Driver)| {
        with(&|driver| {
            driver.press("Jn");
            driver.answer(jwt::LABEL, "For all");
            steps(driver);
        })
    };
    let mut sign_up = Driver::new();
    sign_up.answer(sign_up::EMAIL, "ada@example");
    sign_up.answer(sign_up::PASSWORD, "purple");
    let mut key = Driver::new();
    key.sign_up();
    let sign_in = Driver::signed_up().restart();
    let mut recover = Driver::signed_up().restart();
    recover.press("<ctrl-f>");
    vec![
        ("sign up", sign_up),
        ("recovery key", key),
        ("sign in", sign_in),
        ("recover", recover),
        ("empty list", keys("")),
        (
            "list",
            with(&|driver| {
                driver.register(app("Sync").jwt());
                driver.press("<esc>");
                driver.leave_draft("Half");
            }),
        ),
        ("filter", created("<esc>/sync zzz")),
        ("app type", keys("n")),
        ("properties", tab(properties::NAME)),
        ("app card", tab(app_card::DISPLAY_NAME)),
        ("auth", tab(auth::METHOD)),
        ("security", tab(security::SCOPES)),
        (
            "picker",
            form(&|driver| {
                driver.go_to(security::SCOPES);
                driver.press("<enter>sms");
            }),
        ),
        ("features", tab(features::INTERACTIVE)),
        ("review", tab(CREATE)),
        ("app", created("r")),
        ("marks", created("<esc><space>")),
        ("facets", created("<esc>/ty")),
        ("tags", created("<esc>t漢字 b2b")),
        (
            "edit review",
            with(&|driver| {
                driver.register(app("Sync").jwt());
                driver.press("e");
                driver.answer(properties::NAME, "Sync 2");
                driver.press("<ctrl-s>");
            }),
        ),
        ("app history", created("<tab><tab><tab>")),
        ("history", created("<esc>tb2b<enter>h")),
        ("history filter", created("<esc>H/sync zzz")),
        ("organization", keys("p")),
        ("readable", {
            let mut driver = Driver::with_grace(&["漢字 Órdenes", "Sync"]);
            driver.press("d<enter>");
            driver
        }),
        ("add developer", adding("grace", "")),
        ("first password", adding("grace@example.com", "<ctrl-s>")),
        (
            "change password",
            with(&|driver| {
                driver.press("pw");
                driver.answer(password::OLD, "purple");
                driver.answer(password::NEW, "short");
                driver.go_to(password::AGAIN);
            }),
        ),
        ("reason", asking("<esc>axbecause")),
        ("approvals", asking("<esc>a")),
        ("jwt", jwt_form(&|driver| driver.press("<ctrl-s>r"))),
        (
            "jwt form",
            jwt_form(&|driver| {
                driver.answer(jwt::APPS, "Only specific apps of my choice");
                driver.answer(jwt::SPECIFIC, "abcdefghijklmnopqrstuv");
                driver.answer(jwt::EXPIRES, "90d");
            }),
        ),
        (
            "jwt apps",
            jwt_form(&|driver| {
                driver.answer(jwt::APPS, "Only specific apps of my choice");
                driver.go_to(jwt::SPECIFIC);
                driver.press("abc");
            }),
        ),
        ("sandbox", keys("b")),
        ("sandbox log", logged()),
        ("exchange", {
            let mut driver = logged();
            driver.press("<enter>");
            driver
        }),
        ("switchboard", keys("bf<down>")),
        ("explained", keys("bxOAU-109 OAU-251 OAU-213<enter>")),
        ("port", keys("b#")),
        ("trial", created("T")),
        ("commands", keys(":")),
        (
            "question",
            with(&|driver| {
                driver.leave_draft("Half");
                driver.press("d");
            }),
        ),
        ("help", keys("?")),
        ("locked", keys("<ctrl-l>")),
    ]
}

/// The local server with a request in its log.
fn logged() -> Driver {
    let mut driver = Driver::signed_up();
    driver.press("b");
    let one = Exchange {
        acts_as: None,
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
    driver.reply(Reply::ReadExchanges(ReadExchanges {}, Ok(vec![one])));
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
        // Back at the first size the screen is the same.
        assert_eq!(rows(&driver.picture().0), at_home, "{name}");
    }
}

#[test]
fn a_phone_registers_an_app_and_sees_where_it_is_at_every_key() {
    let mut driver = Driver::new();
    driver.resize(PHONE.0, PHONE.1);
    let press = |driver: &mut Driver, keys: &str| {
        for key in key_names(keys) {
            driver.feed(Msg::Key(Key::parse(key).unwrap()));
            let waits = driver.console.desk.waits_for().is_some();
            assert!(
                waits || shows_focus(driver),
                "after {key}:\n{}",
                rows(&driver.picture().0).join("\n")
            );
        }
    };
    let sign_up = keys_pressed(Driver::new(), |elsewhere| {
        elsewhere.type_sign_up("Acme", "Ada", PASSWORD);
    });
    press(&mut driver, &sign_up);
    press(&mut driver, "<ctrl-s>");
    let key = driver.recovery_key();
    let shown = rows(&driver.picture().0).join("\n");
    for group in key.split('-') {
        assert!(shown.contains(group), "{group} is cut off:\n{shown}");
    }
    driver.confirm_recovery_key();
    let in_form = keys_in_form(|driver| {
        driver.fill_in(app("Phone app").jwt().scope("sms"));
        driver.go_to(CREATE);
    });
    press(&mut driver, "n");
    press(&mut driver, &in_form);
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
