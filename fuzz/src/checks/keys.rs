//! Any keys, pastes and resizes, with late or failed replies: nothing panics, the focus is on a
//! field that is shown, and no unfit character is drawn.

use std::{ffi::OsString, fs, sync::OnceLock};

use devconsole::keymap::Key;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tempfile::TempDir;

use super::unfit::is_unfit;
use crate::harness::{
    driver::{Driver, PASSWORD},
    steps::{Step, focus, take},
};

/// Longer sequences are cut here: each step draws a frame.
const STEPS_MAX: usize = 60;

/// Names of the keys that the bytes below the space stand for.
const NAMED: [&str; 32] = [
    "tab",
    "s-tab",
    "enter",
    "esc",
    "up",
    "down",
    "left",
    "right",
    "home",
    "end",
    "pgup",
    "pgdn",
    "backspace",
    "delete",
    "f1",
    "ctrl-s",
    "ctrl-l",
    "ctrl-x",
    "ctrl-u",
    "ctrl-k",
    "ctrl-w",
    "ctrl-g",
    "ctrl-r",
    "ctrl-o",
    "ctrl-f",
    "ctrl-c",
    "ctrl-z",
    "ctrl-a",
    "ctrl-e",
    "ctrl-t",
    "alt-b",
    "alt-f",
];

/// Takes bytes until there are none left.
struct Bytes<'a>(std::slice::Iter<'a, u8>);

impl Bytes<'_> {
    fn next(&mut self) -> u8 {
        self.0.next().copied().unwrap_or_default()
    }

    fn text(&mut self) -> String {
        let length = self.next().into();
        let bytes: Vec<u8> = self.0.by_ref().take(length).copied().collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn key(&mut self) -> Option<Key> {
        let code = match self.next() {
            code @ 0..=31 => KeyCode::F(code),
            32 => KeyCode::Insert,
            33 => KeyCode::Null,
            34 => KeyCode::CapsLock,
            35 => KeyCode::Tab,
            36 => KeyCode::BackTab,
            37 => KeyCode::Enter,
            38 => KeyCode::PageUp,
            39 => KeyCode::PageDown,
            low => {
                let high = u32::from_le_bytes([low, self.next(), self.next(), 0]);
                KeyCode::Char(char::from_u32(high)?)
            }
        };
        let modifiers = KeyModifiers::from_bits_truncate(self.next());
        Key::from_event(&KeyEvent::new(code, modifiers))
    }

    fn step(&mut self) -> Option<Step> {
        Some(match *self.0.next()? {
            named @ 0..=31 => Step::Key(Key::parse(NAMED.get(usize::from(named))?)?),
            letter @ 32..=126 => Step::Key(Key::parse(&char::from(letter).to_string())?),
            127..=149 => Step::Resize(
                1 + u16::from(self.next()) % 130,
                1 + u16::from(self.next()) % 50,
            ),
            150..=179 => Step::Paste(self.text()),
            180..=189 => Step::Type(self.text()),
            190..=199 => Step::Pass(10 * u64::from(self.next())),
            200..=204 => Step::Pass(1000 * u64::from(self.next())),
            205..=209 => Step::Hold(self.next().is_multiple_of(2)),
            210..=224 => Step::Deliver(self.next().into()),
            225..=234 => Step::Fail(self.next().into()),
            235.. => self.key().map_or(Step::Deliver(0), Step::Key),
        })
    }
}

/// On a workspace with one developer. Signing up takes the time of a hundred keys, mostly to check
/// the password: it is done once, and each sequence gets a copy.
fn returned() -> Driver {
    static FILES: OnceLock<Vec<(OsString, Vec<u8>)>> = OnceLock::new();
    let files = FILES.get_or_init(|| {
        let folder = Driver::signed_up().dir;
        fs::read_dir(folder.path())
            .expect("a workspace")
            .map(|file| file.expect("a workspace"))
            .filter(|file| file.path().is_file())
            .map(|file| (file.file_name(), fs::read(file.path()).expect("a file")))
            .collect()
    });
    let folder = TempDir::new().expect("a temporary folder");
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).expect("a copy");
    }
    Driver::on(folder)
}

fn signed_in() -> Driver {
    let mut driver = returned();
    driver.paste(PASSWORD);
    driver.press("<enter>");
    driver
}

pub fn keys(bytes: &[u8]) {
    let mut bytes = Bytes(bytes.iter());
    let mut driver = match bytes.next() % 4 {
        0 => Driver::new(),
        1 => returned(),
        2 => signed_in(),
        _ => {
            let mut driver = signed_in();
            driver.press("n");
            driver
        }
    };
    for _ in 0..STEPS_MAX {
        let Some(step) = bytes.step() else {
            return;
        };
        take(&mut driver, &step);
        if driver.quit {
            return;
        }
        let (picture, _) = driver.picture();
        for cell in &picture.content {
            let unfit = cell.symbol().chars().find(|&c| is_unfit(c));
            assert_eq!(unfit, None, "{:?} after {step:?}", cell.symbol());
        }
        if let Some((focus, shown)) = focus(&driver) {
            assert!(
                shown.contains(&focus),
                "{focus:?} is not in {shown:?} after {step:?}"
            );
        }
    }
}
