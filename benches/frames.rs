//! Times the work behind a key press: drawing each screen, checking a draft, filtering, sealing,
//! `update`. `benches/outside` measures the wait from outside the program.

#[path = "../examples/support/apps.rs"]
mod apps;
#[expect(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    reason = "the driver is written for tests and shared with them"
)]
#[path = "../tests/it/harness/driver.rs"]
mod driver;
#[expect(
    dead_code,
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "written for tests and shared with them"
)]
#[path = "../tests/it/harness/form.rs"]
mod form;
#[path = "../examples/support/people.rs"]
mod people;

use anyhow::{Context as _, Result};
use devconsole::{
    console::{self, Msg, Screen},
    domain::{
        app::list::{Column, Sort},
        oauth::operation::{self, Found},
        time::UnixMs,
    },
    files::icon,
    form::FieldId,
    keymap::Key,
    screens::create_app::{
        CREATE, CreateApp,
        sections::{app_card, app_type, auth, properties, security},
    },
    store::{AppQuery, Workspace},
    vault::{self, KdfCost, Place, SecretsKey},
};
use divan::{Bencher, black_box};
use driver::Driver;
use form::{App, app};
use ratatui::{Terminal, backend::TestBackend};
use tempfile::TempDir;

const NOW: UnixMs = UnixMs(1_795_424_400_000);
const ICON: &[u8] = include_bytes!("../tests/data/icons/square.png");

/// A screen, and the keys that lead to it from the empty list.
type Way = (&'static str, fn(&mut Driver));

const SCREENS: [Way; 12] = [
    ("empty list", |_| ()),
    ("help", |driver| driver.press("?")),
    ("locked", |driver| driver.press("<ctrl-l>")),
    ("app type", |driver| driver.press("n")),
    ("properties", half_done),
    ("app card", |driver| in_form(driver, app_card::DISPLAY_NAME)),
    ("auth", |driver| {
        in_form(driver, auth::METHOD);
        driver.answer(auth::METHOD, "JWT");
    }),
    ("security", |driver| in_form(driver, security::SCOPES)),
    ("scopes to choose from", |driver| {
        in_form(driver, security::SCOPES);
        driver.press("<enter>read");
    }),
    ("review", |driver| in_form(driver, CREATE)),
    ("app page", |driver| driver.register(complete())),
    ("list of two", |driver| {
        driver.register(complete());
        driver.press("<esc>n<space><esc>");
    }),
];

fn complete() -> App {
    app("Nightly export")
        .about("Copies the call log into the warehouse.")
        .jwt()
        .scope("read call log")
}

fn in_form(driver: &mut Driver, field: FieldId) {
    driver.press("n");
    driver.answer(app_type::TYPE, "REST API App");
    driver.go_to(field);
}

fn half_done(driver: &mut Driver) {
    in_form(driver, properties::NAME);
    driver.answer(properties::NAME, "Order desk");
    driver.answer(
        properties::DESCRIPTION,
        "Shows the caller's orders while it rings.",
    );
}

fn main() {
    divan::main();
}

/// `cargo test` runs each benchmark once; only `cargo bench` measures.
fn is_timed() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}

fn at(way: fn(&mut Driver)) -> Driver {
    let mut driver = Driver::signed_up();
    way(&mut driver);
    driver.advance_ms(1_000);
    driver
}

fn frame(bencher: Bencher<'_, '_>, screen: &str, (width, height): (u16, u16)) -> Result<()> {
    let way = SCREENS.iter().find(|(name, _)| *name == screen);
    let (_, way) = way.context("no such screen")?;
    let mut driver = at(*way);
    driver.resize(width, height);
    let mut terminal = Terminal::new(TestBackend::new(width, height))?;
    bencher.bench_local(|| {
        terminal
            .draw(|frame| {
                console::draw(&driver.console, &driver.theme, frame);
            })
            .is_ok()
    });
    Ok(())
}

#[divan::bench(args = SCREENS.map(|(name, _)| name))]
fn frame_80x24(bencher: Bencher<'_, '_>, screen: &str) {
    report(frame(bencher, screen, (80, 24)));
}

#[divan::bench(args = SCREENS.map(|(name, _)| name))]
fn frame_120x40(bencher: Bencher<'_, '_>, screen: &str) {
    report(frame(bencher, screen, (120, 40)));
}

/// divan ignores results: an error must still fail the run.
fn report(outcome: Result<()>) {
    if let Err(error) = outcome {
        std::panic::panic_any(format!("{error:#}"));
    }
}

fn form(driver: &Driver) -> Result<&CreateApp> {
    match driver.console.screen() {
        Screen::CreateApp(screen) => Ok(screen),
        _ => anyhow::bail!("the keys do not lead to the form"),
    }
}

#[divan::bench]
fn judge_a_draft(bencher: Bencher<'_, '_>) {
    let driver = at(|driver| driver.start(complete()));
    report(form(&driver).and_then(|form| {
        anyhow::ensure!(
            form.draft.judge(&form.facts).0.is_some(),
            "the draft has errors"
        );
        bencher.bench_local(|| black_box(form.findings()).len());
        Ok(())
    }));
}

#[divan::bench]
fn update_of_one_key(bencher: Bencher<'_, '_>) {
    let mut driver = at(half_done);
    let keys: Vec<Key> = ["x", "backspace"]
        .into_iter()
        .filter_map(Key::parse)
        .collect();
    let mut keys = keys.into_iter().cycle();
    bencher.bench_local(|| {
        let key = keys.next();
        key.map(|key| console::update(&mut driver.console, Msg::Key(key)).len())
    });
}

/// What the local server does with the path of each call, before it looks at the token.
#[divan::bench(args = CALLS)]
fn match_a_call(bencher: Bencher<'_, '_>, (method, path): (&str, &str)) {
    bencher.bench_local(|| {
        let is_of_api = operation::is_of_api(black_box(path));
        matches!(
            operation::find(black_box(method), path),
            Found::Operation(..)
        ) && is_of_api
    });
}

const CALLS: [(&str, &str); 4] = [
    ("GET", "/restapi/v1.0/account/~/extension/~"),
    (
        "GET",
        "/restapi/v1.0/account/~/extension/~/message-store/123/content/456",
    ),
    (
        "PATCH",
        "/restapi/v1.0/account/~/telephony/sessions/s-1/parties/p-1",
    ),
    ("POST", "/restapi/v1.0/glip/chats/123/posts"),
];

#[divan::bench]
fn sign_in_cost(bencher: Bencher<'_, '_>) {
    let password = devconsole::domain::secret::Secret::new(people::PASSWORD);
    report(
        vault::os_random()
            .context("no random bytes")
            .map(|mut rng| {
                let salt = vault::Salt::mint(&mut rng);
                bencher.bench_local(|| KdfCost::default().derive(&password, &salt).is_ok());
            }),
    );
}

const PLACE: Place<'_> = Place {
    table: "client_secrets",
    column: "sealed",
    of: &["one", "app", "client", "current"],
};

#[divan::bench]
fn seal_a_secret(bencher: Bencher<'_, '_>) {
    report(
        vault::os_random()
            .context("no random bytes")
            .map(|mut rng| {
                let key = SecretsKey::mint(1, &mut rng);
                bencher.bench_local(|| vault::seal(&key, &mut rng, &[7; 44], &PLACE).is_ok());
            }),
    );
}

#[divan::bench]
fn open_a_secret(bencher: Bencher<'_, '_>) {
    report(
        vault::os_random()
            .context("no random bytes")
            .and_then(|mut rng| {
                let key = SecretsKey::mint(1, &mut rng);
                let sealed = vault::seal(&key, &mut rng, &[7; 44], &PLACE)?;
                bencher.bench_local(|| vault::open(&key, &sealed, &PLACE).is_ok());
                Ok(())
            }),
    );
}

fn full_workspace(dir: &TempDir) -> Result<Workspace> {
    let apps = if is_timed() { 100_000 } else { 1_000 };
    let mut workspace = Workspace::open(dir.path(), KdfCost::TRIVIAL)?.workspace;
    let me = people::enter(&mut workspace, NOW)?.developer.id;
    let icon = workspace.keep_icon(&icon::from_bytes(ICON.to_vec())?, NOW)?;
    let mut source = apps::Apps::new(1, me.clone(), icon);
    for _ in 0..apps / 1_000 {
        let batch = (0..1_000)
            .map(|_| Ok((source.next()?, NOW)))
            .collect::<Result<Vec<_>>>()?;
        workspace.create_apps(batch, &me)?;
    }
    Ok(workspace)
}

/// As in the program: the list is shown, then read ahead while no request waits.
fn read_ahead(dir: &TempDir) -> Result<Workspace> {
    let mut workspace = full_workspace(dir)?;
    workspace.apps(&AppQuery::default())?;
    while workspace.read_ahead() {}
    Ok(workspace)
}

fn filter(bencher: Bencher<'_, '_>, filters: &[&str]) -> Result<()> {
    let dir = TempDir::new()?;
    let mut workspace = read_ahead(&dir)?;
    let mut filters = filters.iter().cycle();
    bencher.bench_local(|| {
        let query = AppQuery {
            words: filters.next().copied().unwrap_or_default().to_owned(),
            sort: Sort::default(),
            offset: 0,
            limit: 200,
        };
        workspace.apps(&query).map_or(0, |window| window.matched)
    });
    Ok(())
}

#[divan::bench(sample_count = 20, args = ["type:bot", "scope:sms auth:jwt", "owner:me is:private a"])]
fn facets_of_100k_apps(bencher: Bencher<'_, '_>, facets: &str) {
    report(filter(bencher, &[facets]));
}

/// Each run sorts in another order than the last one, so the list is sorted again.
#[divan::bench(sample_count = 20)]
fn sort_100k_apps(bencher: Bencher<'_, '_>) {
    let sorts = [(Column::Created, false), (Column::Auth, true)];
    let mut sorts = sorts
        .map(|(column, reversed)| Sort { column, reversed })
        .into_iter()
        .cycle();
    report(TempDir::new().map_err(Into::into).and_then(|dir| {
        let mut workspace = read_ahead(&dir)?;
        bencher.bench_local(|| {
            let query = AppQuery {
                sort: sorts.next().unwrap_or_default(),
                limit: 200,
                ..AppQuery::default()
            };
            workspace.apps(&query).map_or(0, |window| window.matched)
        });
        Ok(())
    }));
}

#[divan::bench(sample_count = 20)]
fn filter_of_100k_apps(bencher: Bencher<'_, '_>) {
    let typed = [
        "d", "de", "des", "desk", "desk b", "desk be", "desk ber", "zzz",
    ];
    report(filter(bencher, &typed));
}
