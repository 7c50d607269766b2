//! The program on a real terminal: signing up, signing in, creating, quitting, and the checks
//! that these tests share.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::OnceLock,
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use devconsole::screens::create_app::sections::{app_type, properties};

use super::{
    Exit, Launch, Session,
    driver::{Driver, key_names},
    form::{app, keys_in_form, keys_pressed},
};

pub const SOON: Duration = Duration::from_secs(10);
pub const PASSWORD: &str = "glacier tandem violin oxbow";
pub const APP: &str = "Ledger Sync";
pub const ENTER: &str = "\r";
pub const TAB: &str = "\t";
pub const NEXT_TAB: &str = "\x1b[6~";
pub const LOCK: &str = "\x0c";
pub const SUBMIT: &str = "\x13";
pub const ENTERS_ALTERNATE: &[u8] = b"\x1b[?1049h";
pub const CLEARS_CLIPBOARD: &[u8] = b"\x1b]52;c;\x07";

/// A new data directory. It does not exist before the program creates it.
pub struct Data {
    folder: tempfile::TempDir,
}

impl Data {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { folder }
    }

    /// With a workspace whose developer created `APP`.
    pub fn ready() -> Self {
        static TEMPLATE: OnceLock<BTreeMap<PathBuf, Vec<u8>>> = OnceLock::new();
        let template = TEMPLATE.get_or_init(|| {
            let data = Self::new();
            let mut session = sign_up(data.launch());
            create_app(&mut session);
            quit(&mut session);
            data.files()
        });
        let data = Self::new();
        fs::create_dir(data.path()).expect("a data directory");
        private(&data.path(), 0o700);
        for (name, bytes) in template {
            let file = data.path().join(name);
            fs::write(&file, bytes).expect("a copy");
            private(&file, 0o600);
        }
        data
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn file(&self) -> PathBuf {
        self.path().join("workspace.db")
    }

    pub fn launch(&self) -> Launch {
        Launch::devconsole()
            .arg("--data-dir")
            .arg(self.path().to_str().expect("a plain path"))
    }

    /// Launches through a shell that runs a command first.
    pub fn launch_after(&self, first: &str) -> Launch {
        Launch::program("sh")
            .arg("-c")
            .arg(format!("{first}; exec \"$0\" \"$@\""))
            .arg(env!("CARGO_BIN_EXE_devconsole"))
            .arg("--data-dir")
            .arg(self.path().to_str().expect("a plain path"))
    }

    pub fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        fs::read_dir(self.path())
            .expect("the data directory")
            .map(|entry| {
                let entry = entry.expect("an entry");
                // A file that was deleted meanwhile holds nothing.
                let bytes = fs::read(entry.path()).unwrap_or_default();
                (PathBuf::from(entry.file_name()), bytes)
            })
            .collect()
    }
}

pub fn private(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode");
}

/// The last group of the key on the screen, if all of it is there.
pub fn last_group(text: &str) -> Option<String> {
    let is_group = |part: &&str| part.len() == 5 && part.chars().all(char::is_alphanumeric);
    let rows: Vec<Vec<&str>> = text
        .lines()
        .map(|line| {
            line.trim_matches(['│', '|', ' '])
                .split(" - ")
                .filter(is_group)
                .collect()
        })
        .filter(|groups: &Vec<&str>| groups.len() == 4)
        .collect();
    match rows.as_slice() {
        [_, second] => second.last().map(|group| (*group).to_owned()),
        _ => None,
    }
}

pub fn wait_for_apps(session: &mut Session) {
    session.wait_for(
        |screen| {
            let text = screen.contents();
            // Other pages name the list as the way back.
            let is_behind = text.contains("Apps ›") || text.contains("Apps >");
            let before = text.contains("Sign in") || text.contains("recovery key");
            text.contains("Apps") && !is_behind && !before
        },
        "the list of apps",
    );
}

/// From the first start to the list of apps.
pub fn sign_up(launch: Launch) -> Session {
    let mut session = Session::start(launch);
    session.wait_for_text("Sign up");
    session.send(typed_sign_up() + SUBMIT);
    session.wait_for_text("Your recovery key");
    session.wait_for(
        |screen| last_group(&screen.contents()).is_some(),
        "the recovery key",
    );
    let group = last_group(&session.screen_text()).expect("the last group");
    session.send(group + ENTER);
    wait_for_apps(&mut session);
    session
}

pub fn sign_in(launch: Launch) -> Session {
    let mut session = Session::start(launch);
    session.wait_for_text("Sign in");
    session.send(format!("{PASSWORD}{ENTER}"));
    wait_for_apps(&mut session);
    session.wait_for_text(APP);
    session
}

/// From the list to the page of a new REST API app with JWT, named `APP`.
pub fn create_app(session: &mut Session) {
    session.send(typed(&app(APP).jwt().keys()) + SUBMIT);
    session.wait_for_text("Client ID");
}

/// The answers to the sign-up form, as a terminal sends them.
pub fn typed_sign_up() -> String {
    typed(&keys_pressed(Driver::new(), |driver| {
        driver.type_sign_up("Analytical Engines", "Ada King", PASSWORD);
    }))
}

/// Keys in the notation of the driver, as a terminal sends them.
pub fn typed(keys: &str) -> String {
    key_names(keys)
        .into_iter()
        .map(|key| match key {
            "tab" => TAB,
            "s-tab" => "\x1b[Z",
            "enter" => ENTER,
            "esc" => "\x1b",
            "space" => " ",
            "left" => "\x1b[D",
            "right" => "\x1b[C",
            "end" => "\x1b[F",
            "pgup" => "\x1b[5~",
            "pgdn" => NEXT_TAB,
            "ctrl-u" => "\x15",
            character => {
                assert_eq!(character.chars().count(), 1, "unknown to this terminal");
                character
            }
        })
        .collect()
}

/// Goes to the name of a new app and types it.
pub fn start_draft(session: &mut Session, name: &str) {
    session.send("n");
    session.wait_for_text("App Card");
    session.send(typed_name(name));
    // A space at the end is not told from a cell that was never drawn.
    session.wait_for_text(name.trim_end());
}

fn answer_name(driver: &mut Driver, name: &str) {
    driver.answer(app_type::TYPE, "REST API App");
    driver.answer(properties::NAME, name);
}

/// The bytes that a terminal sends from the opening of the form to the end of the name.
pub fn typed_name(name: &str) -> String {
    typed(&keys_in_form(|driver| answer_name(driver, name)))
}

/// The bytes that a terminal sends for more steps after [`start_draft`].
pub fn typed_in_draft(name: &str, steps: impl FnOnce(&mut Driver)) -> String {
    typed(&keys_in_form(|driver| {
        answer_name(driver, name);
        driver.pressed.clear();
        steps(driver);
    }))
}

pub fn quit(session: &mut Session) {
    session.send("\x03");
    assert_eq!(session.wait_exit(SOON), Exit::Code(0));
    assert_left_clean(session);
}

pub fn assert_left_clean(session: &Session) {
    let screen = session.screen();
    assert!(!screen.alternate_screen(), "the alternate screen is left");
    assert!(!screen.bracketed_paste(), "bracketed paste is off");
    assert!(!screen.hide_cursor(), "the cursor is shown");
    assert!(session.is_cooked(), "the terminal is cooked");
}

/// The lines of a screen. A drawn blank and an untouched cell are the same.
pub fn lines(screen: &vt100::Screen) -> Vec<String> {
    let text = screen.contents();
    let mut lines: Vec<_> = text
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

pub fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|seen| seen == wanted)
}

/// The copied texts, and the output without them.
pub fn osc52(raw: &[u8]) -> (Vec<String>, Vec<u8>) {
    const START: &[u8] = b"\x1b]52;c;";
    let (mut held, mut rest, mut at) = (Vec::new(), Vec::new(), 0);
    while at < raw.len() {
        if raw[at..].starts_with(START) {
            let from = at + START.len();
            let Some(length) = raw[from..].iter().position(|byte| *byte == 0x07) else {
                break;
            };
            let text = STANDARD.decode(&raw[from..from + length]).expect("base64");
            held.push(String::from_utf8(text).expect("text"));
            at = from + length + 1;
        } else {
            rest.push(raw[at]);
            at += 1;
        }
    }
    (held, rest)
}

/// Copies with `s` and returns the secret.
pub fn copy_secret(session: &mut Session) -> String {
    let before = osc52(session.raw_output()).0.len();
    session.send("s");
    session.wait_until(
        |session| osc52(session.raw_output()).0.len() > before,
        "a secret for the clipboard",
    );
    osc52(session.raw_output()).0.pop().expect("a secret")
}

pub fn is_client_secret(text: &str) -> bool {
    text.len() == 44
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

pub fn over_ssh(launch: Launch) -> Launch {
    launch.env("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22")
}

/// The numbers of every SGR sequence.
pub fn graphic_codes(raw: &[u8]) -> Vec<u16> {
    let text = String::from_utf8_lossy(raw);
    text.split("\x1b[")
        .skip(1)
        .filter_map(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != ';')?;
            rest[end..].starts_with('m').then(|| rest[..end].to_owned())
        })
        .flat_map(|codes| {
            codes
                .split(';')
                .map(|code| code.parse().unwrap_or(0))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// The program prints one line, exits with 1, and never takes the screen.
pub fn assert_refused(data: &Data) {
    let mut session = Session::start(data.launch());
    assert_eq!(session.wait_exit(SOON), Exit::Code(1));
    let raw = String::from_utf8_lossy(session.raw_output()).into_owned();
    assert!(raw.starts_with("devconsole: "), "{raw:?}");
    assert_eq!(raw.matches('\n').count(), 1, "{raw:?}");
    assert!(!contains(session.raw_output(), ENTERS_ALTERNATE));
    assert_left_clean(&session);
}
