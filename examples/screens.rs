//! Makes `docs/images/*.svg` from the real screens: keys go through the real program, the
//! picture is what it drew. `--check` compares instead of writing.

#[expect(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::string_slice,
    reason = "the driver is written for tests and shared with them"
)]
#[path = "../tests/it/harness/driver.rs"]
mod driver;
#[path = "support/svg.rs"]
mod svg;

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use devconsole::domain::text;
use driver::Driver;
use ratatui::buffer::Buffer;

const FOLDER: &str = "docs/images";
/// Of the same shape as a minted one: pictures must not change from run to run.
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
    // A closed standard error leaves nobody to tell.
    let _ = writeln!(std::io::stderr(), "{problem}");
    ExitCode::FAILURE
}

fn pictures() -> Vec<(&'static str, String)> {
    let mut pictures = Vec::new();
    let mut driver = Driver::signed_up();
    driver.resize(100, 28);
    driver.press("n<space><pgdn>Order desk<tab>Shows the caller's orders while the phone rings.<tab><tab><space><pgdn><pgdn><tab><space><tab>");
    driver.paste("https://orders.example.com/oauth2callback\nhttp://orders.example.com/cb");
    driver.press("<tab>");
    driver.advance_ms(60_000);
    pictures.push(("create-app", shot(&driver)));

    driver.press("<s-tab><ctrl-x><pgdn><enter>sms<enter>read call log<enter>call control<enter><enter><tab>Agents pick a call up from the order they are looking at.<tab><space><ctrl-s>");
    driver.press("s");
    pictures.push(("credentials", shot(&driver)));

    driver.press("<esc>n<down><down><pgdn>Parcel bot<tab>Tells a team where its parcels are.<tab><tab><space><pgdn>Parcels<tab><tab>tests/data/icons/square.png<pgdn><pgdn><tab><space><ctrl-s><esc>");
    driver.press("n<space><pgdn>Nightly export<tab>Copies the call log into the warehouse.<tab><tab><space><pgdn><pgdn><down><pgdn><enter>read call log<enter><enter><tab><space><ctrl-s><esc>");
    driver.press("n<down><down><down><pgdn>Deploy news<esc><down><down><down>");
    driver.advance_ms(60_000);
    pictures.push(("apps", shot(&driver)));
    pictures
}

fn shot(driver: &Driver) -> String {
    let (mut buffer, cursor) = driver.picture();
    steady(&mut buffer);
    svg::svg(&buffer, cursor)
}

/// Puts [`CLIENT_ID`] in the place of whatever was minted.
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
