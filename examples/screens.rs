//! Renders `docs/images/*.svg` from the real screens: the real program gets keys, and each picture
//! is its output. `--check` compares instead of writing.

#[expect(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    reason = "the driver is written for tests and shared with them"
)]
#[path = "../tests/it/harness/driver.rs"]
mod driver;
#[path = "support/film.rs"]
mod film;
#[path = "support/first_call.rs"]
mod first_call;
#[expect(
    dead_code,
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "written for tests and shared with them"
)]
#[path = "../tests/it/harness/form.rs"]
mod form;
#[path = "support/svg.rs"]
mod svg;

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use devconsole::{
    domain::text,
    screens::create_app::sections::{app_type, auth, properties, security},
};
use driver::Driver;
use form::app;
use ratatui::buffer::Buffer;

const FOLDER: &str = "docs/images";
/// Shaped like a minted Client ID, but fixed: pictures must not change between runs.
const CLIENT_ID: &str = "Qm9va3MtYW5kLWJ1dHRvbg";

fn main() -> ExitCode {
    let check = std::env::args().any(|argument| argument == "--check");
    let mut stale = Vec::new();
    for (name, picture) in pictures() {
        let path: PathBuf = Path::new(FOLDER).join(format!("{name}.svg"));
        if check {
            if fs::read_to_string(&path).ok().as_deref() != Some(picture.as_str()) {
                stale.push(path);
            }
        } else if let Err(error) =
            fs::create_dir_all(FOLDER).and_then(|()| fs::write(&path, &picture))
        {
            return fail(&format!("{}: {error}", path.display()));
        }
    }
    if stale.is_empty() {
        ExitCode::SUCCESS
    } else {
        fail(&format!(
            "no longer what the screens show: {stale:?}. Run: cargo run --example screens"
        ))
    }
}

fn fail(problem: &str) -> ExitCode {
    // A closed standard error cannot be reported anywhere.
    let _ = writeln!(std::io::stderr(), "{problem}");
    ExitCode::FAILURE
}

fn pictures() -> Vec<(&'static str, String)> {
    let mut pictures = Vec::new();
    let mut driver = Driver::signed_up();
    driver.resize(100, 28);
    driver.start(
        app("Order desk")
            .about("Shows the caller's orders while the phone rings.")
            .with(auth::PLATFORM, "Server-side web app")
            .without(security::ACCESS),
    );
    driver.go_to(auth::REDIRECT_URIS);
    driver.paste("https://orders.example.com/oauth2callback\nhttp://orders.example.com/cb");
    driver.go_to(auth::REFRESH);
    driver.advance_ms(60_000);
    pictures.push(("create-app", shot(&driver)));

    // The last row is the wrong one.
    driver.press("<s-tab><ctrl-x>");
    driver.answer(security::SCOPES, ["sms", "read call log", "call control"]);
    driver.answer(
        security::JUSTIFICATIONS,
        "Agents pick a call up from the order they are looking at.",
    );
    driver.answer(security::ACCESS, "Private");
    driver.press("<ctrl-s>s");
    pictures.push(("credentials", shot(&driver)));

    driver.press("<esc>");
    driver.register(
        app("Parcel bot")
            .about("Tells a team where its parcels are.")
            .bot("Parcels", "tests/data/icons/square.png"),
    );
    driver.press("<esc>");
    driver.register(
        app("Nightly export")
            .about("Copies the call log into the warehouse.")
            .jwt()
            .scope("read call log"),
    );
    driver.press("<esc>n");
    driver.answer(app_type::TYPE, "Notification Add-in");
    driver.answer(properties::NAME, "Deploy news");
    driver.press("<esc><down><down><down>");
    driver.advance_ms(60_000);
    pictures.push(("apps", shot(&driver)));
    pictures.push(("first-call", first_call::picture()));
    pictures
}

fn shot(driver: &Driver) -> String {
    let (mut buffer, cursor) = driver.picture();
    steady(&mut buffer);
    svg::svg(&buffer, cursor)
}

/// Replaces the minted Client ID with [`CLIENT_ID`].
fn steady(buffer: &mut Buffer) {
    let area = buffer.area;
    for y in area.top()..area.bottom() {
        let mut from = area.left();
        for x in area.left()..=area.right() {
            let goes_on = buffer.cell((x, y)).is_some_and(|cell| {
                let symbol = cell.symbol();
                symbol
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
            });
            if goes_on {
                continue;
            }
            let is_id = usize::from(x - from) == text::char_count(CLIENT_ID);
            for (at, c) in (from..x).zip(CLIENT_ID.chars()).filter(|_| is_id) {
                if let Some(cell) = buffer.cell_mut((at, y)) {
                    cell.set_char(c);
                }
            }
            from = x + 1;
        }
    }
}
