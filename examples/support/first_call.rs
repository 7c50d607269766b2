//! A film from an empty folder to a first API call: the keys of the README, in order.

use std::{thread, time::Duration};

use devconsole::{
    console::{Msg, Screen},
    domain::oauth::trial::Step,
    request::News,
    screens::{create_app::sections::properties, jwt::form::LABEL},
};

use ratatui::buffer::Buffer;

use crate::{
    driver::{Driver, PASSWORD, key_names},
    film::{self, Frame},
    form::{app, keys_pressed},
    steady,
};

/// How long to show a typed character, a key that opens a screen, and a screen to read.
const TYPED_MS: u32 = 60;
const KEY_MS: u32 = 110;
const READ_MS: u32 = 1600;
/// Where the local server listens unless the port is in use.
const ADDRESS: &str = "127.0.0.1:8228";

const RECOVERY_KEY: &str = "7QK2M-XD4RT-9VHZB-C6WPN-3FYJ8-KT5AM-R2DXQ-H9GVE";

struct Film {
    driver: Driver,
    frames: Vec<Frame>,
}

impl Film {
    fn begin() -> Self {
        let mut driver = Driver::new();
        driver.resize(100, 28);
        Self {
            driver,
            frames: Vec::new(),
        }
    }

    fn show(&mut self, ms: u32) {
        let (mut buffer, cursor) = self.driver.picture();
        steady(&mut buffer);
        if let Screen::ShowRecoveryKey(_) = self.driver.console.screen() {
            replace_groups(&mut buffer, &self.driver.recovery_key());
        }
        self.frames.push(Frame { buffer, cursor, ms });
    }

    /// Shows the screen after each key. Text is typed two characters at a time.
    fn press(&mut self, keys: &str) {
        let mut is_second = false;
        for name in key_names(keys) {
            let is_text = name.chars().count() == 1;
            let key = if is_text {
                name.to_owned()
            } else {
                format!("<{name}>")
            };
            self.driver.press(if name == "<" { "<lt>" } else { &key });
            match is_text {
                true if !is_second => is_second = true,
                true => {
                    is_second = false;
                    self.show(TYPED_MS);
                }
                false => {
                    is_second = false;
                    self.show(KEY_MS);
                }
            }
        }
    }

    fn read(&mut self, ms: u32) {
        self.show(ms);
    }
}

/// Replaces the minted key with [`RECOVERY_KEY`].
fn replace_groups(buffer: &mut Buffer, key: &str) {
    let groups = key.split('-').zip(RECOVERY_KEY.split('-'));
    for (made, shown) in groups {
        for y in buffer.area.top()..buffer.area.bottom() {
            let cells = buffer.area.left()..buffer.area.right();
            let row: Vec<&str> = cells.map(|x| buffer[(x, y)].symbol()).collect();
            let made: Vec<String> = made.chars().map(String::from).collect();
            let found = row.windows(made.len()).position(|window| *window == *made);
            let cells = (buffer.area.left()..).skip(found.unwrap_or(row.len()));
            for (c, x) in shown.chars().zip(cells) {
                if let Some(cell) = buffer.cell_mut((x, y)) {
                    cell.set_char(c);
                }
            }
        }
    }
}

fn night_export() -> crate::form::App {
    app("Night export")
        .about("Exports the call log at night.")
        .with(properties::PROMOTION, "No")
        .jwt()
        .scope("read accounts")
}

pub fn picture() -> String {
    let mut film = Film::begin();
    film.read(900);
    let keys = keys_pressed(Driver::new(), |driver| {
        driver.type_sign_up("Acme Corp", "Ada Lovelace", PASSWORD);
    });
    film.press(&keys);
    film.press("<ctrl-s>");
    film.read(READ_MS);
    // The key is different each time, so its last group is typed off screen.
    film.driver.confirm_recovery_key();
    film.read(READ_MS / 2);
    film.press(&night_export().keys());
    film.press("<ctrl-s>");
    film.read(READ_MS);
    film.press("s");
    film.read(READ_MS);
    film.press("J");
    let keys = keys_pressed(on_jwt_form(), |driver| driver.answer(LABEL, "Laptop"));
    film.press(&keys);
    film.press("<ctrl-s>");
    film.read(READ_MS);
    film.press("<esc>");
    if film.driver.is_on_list() {
        film.press("<enter>");
    }
    film.press("T");
    for step in trial() {
        let trial = film.driver.console.desk.local_server.trials;
        film.driver.feed(Msg::News(News::Step { trial, step }));
        film.read(500);
    }
    let trial = film.driver.console.desk.local_server.trials;
    film.driver.feed(Msg::News(News::TrialEnded { trial }));
    film.read(3500);
    film::svg(&film.frames)
}

fn on_jwt_form() -> Driver {
    let mut driver = Driver::on_page_of(night_export());
    driver.press("J");
    driver
}

/// The steps of a real trial, with fixed times and a fixed port.
fn trial() -> Vec<Step> {
    let mut driver = on_jwt_form();
    driver.answer(LABEL, "Laptop");
    driver.press("<ctrl-s><esc>");
    if driver.is_on_list() {
        driver.press("<enter>");
    }
    driver.may_listen = true;
    driver.console.desk.local_server.setup.port = 0;
    driver.press("T");
    for _ in 0..2000 {
        driver.deliver();
        match driver.console.screen() {
            Screen::Trial(page) if page.is_over && !page.steps.is_empty() => break,
            _ => thread::sleep(Duration::from_millis(5)),
        }
    }
    let Screen::Trial(page) = driver.console.screen() else {
        panic!("no trial:\n{}", driver.text());
    };
    assert!(
        page.is_over && page.steps.iter().all(|step| step.is_ok),
        "{page:?}"
    );
    let port = driver.console.desk.local_server.running;
    let port = port.unwrap_or_default();
    let at = format!("127.0.0.1:{port}");
    let steps = page.steps.iter().zip([1, 3, 9, 2, 4, 6, 2, 3]);
    steps
        .map(|(step, ms)| Step {
            detail: step.detail.replace(&at, ADDRESS),
            took_ms: step.took_ms.map(|_| ms),
            ..step.clone()
        })
        .collect()
}
