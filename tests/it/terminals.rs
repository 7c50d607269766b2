//! The real program on many kinds of terminals: what each of them is sent, that everything can be
//! read and told apart there, and what GNU screen lets through.

use std::{fs, os::unix::fs::PermissionsExt as _, process::Command};

use crate::harness::driver::{Driver, PASSWORD};
use crate::harness::form::{app, keys_in_form};
use crate::harness::program::{ENTER, LOCK, SOON, typed};
use crate::harness::{Exit, Launch, Session};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use devconsole::screens::create_app::sections::{app_type, properties};
use tempfile::TempDir;

/// A workspace with one app in it.
fn ready() -> TempDir {
    let Driver { dir, .. } = Driver::on_page_of(app("Ledger Sync").jwt());
    dir
}

fn launch(dir: &TempDir) -> Launch {
    Launch::devconsole()
        .arg("--data-dir")
        .arg(dir.path().to_str().unwrap())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Colors {
    None,
    Sixteen,
}

struct Kind {
    name: &'static str,
    variables: &'static [(&'static str, &'static str)],
    colors: Colors,
    ascii: bool,
}

const fn kind(
    name: &'static str,
    variables: &'static [(&'static str, &'static str)],
    colors: Colors,
    ascii: bool,
) -> Kind {
    Kind {
        name,
        variables,
        colors,
        ascii,
    }
}

#[rustfmt::skip] // one terminal, one row
const KINDS: &[Kind] = &[
    kind("linux", &[("TERM", "linux")], Colors::Sixteen, false),
    kind("vt100", &[("TERM", "vt100")], Colors::None, false),
    kind("vt100 in C", &[("TERM", "vt100"), ("LANG", "C")], Colors::None, true),
    kind("screen", &[("TERM", "screen")], Colors::Sixteen, false),
    kind("tmux", &[("TERM", "tmux-256color")], Colors::Sixteen, false),
    kind("kitty", &[("TERM", "xterm-kitty")], Colors::Sixteen, false),
    kind("NO_COLOR", &[("NO_COLOR", "1")], Colors::None, false),
    kind("C", &[("LANG", "C")], Colors::Sixteen, true),
    kind("Latin-1", &[("LANG", "de_DE.ISO-8859-1")], Colors::Sixteen, true),
    kind("Latin-1 by LC_ALL", &[("LC_ALL", "de_DE.ISO-8859-1")], Colors::Sixteen, true),
];

fn rows(session: &Session) -> Vec<String> {
    session.screen().rows(0, 80).collect()
}

/// The row that starts with this text, after one blank cell.
fn row_of(session: &Session, name: &str, text: &str) -> usize {
    let rows = rows(session);
    rows.iter()
        .position(|row| row.starts_with(&format!(" {text}")))
        .unwrap_or_else(|| panic!("{name}: no row {text:?} in\n{}", rows.join("\n")))
}

/// Only the focused field has a mark before its text and a bold label.
fn assert_focus(session: &mut Session, kind: &Kind, label: &str, other: &str) {
    let name = kind.name;
    let (focused, plain) = if kind.ascii {
        (">", "|")
    } else {
        ("┃", "│")
    };
    // The text may have come with the first half of a frame.
    session.wait_until(
        |session| {
            let rows = rows(session);
            let at = row_of(session, name, label);
            let mark = rows.get(at + 1).and_then(|row| row.chars().nth(1));
            mark.is_some_and(|mark| focused.contains(mark))
        },
        "the mark of the focus",
    );
    let rows = rows(session);
    let at = row_of(session, name, label);
    assert_eq!(
        rows[at + 1].chars().nth(1).unwrap().to_string(),
        focused,
        "{name}"
    );
    let cell = session
        .screen()
        .cell(u16::try_from(at).unwrap(), 1)
        .unwrap();
    assert!(cell.bold(), "{name}: {label}");
    let at = row_of(session, name, other);
    assert_eq!(
        rows[at + 1].chars().nth(1).unwrap().to_string(),
        plain,
        "{name}"
    );
}

/// The parameters of every SGR sequence, one entry each.
fn attributes(raw: &[u8]) -> Vec<Vec<u16>> {
    let text = String::from_utf8_lossy(raw);
    text.split("\x1b[")
        .skip(1)
        .filter_map(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != ';')?;
            rest[end..].starts_with('m').then(|| {
                let codes = rest[..end].split(';');
                codes.map(|code| code.parse().unwrap_or(0)).collect()
            })
        })
        .collect()
}

fn is_color(code: u16) -> bool {
    matches!(code, 30..=38 | 40..=48 | 90..=97 | 100..=107)
}

#[test]
fn every_kind_of_terminal_shows_a_form_that_is_readable_without_color() {
    let dir = ready();
    for kind in KINDS {
        let name = kind.name;
        let launch = kind
            .variables
            .iter()
            .fold(launch(&dir), |launch, (name, value)| {
                launch.env(name, *value)
            });
        let mut session = Session::start(launch);
        session.wait_for_text("Sign in");
        session.wait_for_text("Enter signs in.");
        assert!(
            rows(&session)[0].starts_with(" devconsole  Acme Corp"),
            "{name}"
        );
        assert!(rows(&session)[1].starts_with(" Sign in"), "{name}");
        assert!(rows(&session)[23].contains("^F forgot password"), "{name}");
        assert_focus(&mut session, kind, "Password", "E-mail");

        session.send(format!("{PASSWORD}{ENTER}"));
        session.wait_for_text("Ledger Sync");
        session.send("n");
        session.wait_for_text("What type of app");
        let tabs = session.screen().cell(2, 2).unwrap();
        assert!(tabs.inverse(), "{name}: the tab is told without color");
        session.send(typed(&keys_in_form(|driver| {
            driver.answer(app_type::TYPE, "REST API App");
            driver.answer(properties::NAME, "Invoice Robot");
            driver.answer(properties::DESCRIPTION, "Too short");
            driver.go_to(properties::CONTACT);
        })));
        session.wait_for_text("Enter at least 20 characters");
        assert_focus(&mut session, kind, "Primary Contact", "App Description");
        let error = if kind.ascii { "x" } else { "✗" };
        let rows = rows(&session);
        let at = rows
            .iter()
            .position(|row| row.contains("Enter at least 20"))
            .unwrap();
        assert!(
            rows[at].starts_with(&format!(
                "   {error} Enter at least 20 characters: 11 more."
            )),
            "{name}: {}",
            rows[at]
        );
        let cell = session
            .screen()
            .cell(u16::try_from(at).unwrap(), 3)
            .unwrap();
        assert!(cell.bold(), "{name}: the error");
        assert!(
            rows[2].contains(&format!("{error}1 Properties")),
            "{name}: {}",
            rows[2]
        );
        assert!(rows[23].contains("^S create"), "{name}");

        // A locked console quits at once, whatever the draft.
        session.send(LOCK);
        session.wait_for_text("Locked");
        session.send("\x03");
        assert_eq!(session.wait_exit(SOON), Exit::Code(0), "{name}");
        assert_bytes(kind, session.raw_output());
    }
}

fn assert_bytes(kind: &Kind, raw: &[u8]) {
    let name = kind.name;
    let sent = attributes(raw);
    let extended = |codes: &Vec<u16>| codes.contains(&38) || codes.contains(&48);
    assert!(!sent.iter().any(extended), "{name}: more than 16 colors");
    let has_color = sent.iter().flatten().any(|code| is_color(*code));
    assert_eq!(has_color, kind.colors == Colors::Sixteen, "{name}");
    for code in [1, 7] {
        assert!(sent.iter().flatten().any(|sent| *sent == code), "{name}");
    }
    assert_eq!(raw.is_ascii(), kind.ascii, "{name}");
}

#[test]
fn hostile_variables_never_reach_the_terminal_raw() {
    let dir = ready();
    let nasty = "\x1b]0;evil\x07\u{9b}2J\u{202e}";
    let foreign = ["\x1b]", "\x07", "\u{9b}", "\u{202e}", "evil\x07"];
    let run = |launch: Launch, text: &str, code| {
        let mut session = Session::start(launch);
        session.wait_for_text(text);
        // A command that only prints has ended by itself.
        if session.screen().alternate_screen() {
            session.send("\x03");
        }
        assert_eq!(session.wait_exit(SOON), Exit::Code(code), "{text}");
        let raw = session.raw_output();
        for foreign in foreign {
            let is_there = raw
                .windows(foreign.len())
                .any(|seen| seen == foreign.as_bytes());
            assert!(!is_there, "{text}: {foreign:?}");
        }
    };
    for name in [
        "HOME",
        "TERM",
        "TERM_PROGRAM",
        "COLORTERM",
        "LANG",
        "NO_COLOR",
    ] {
        run(launch(&dir).env(name, nasty), "Sign in", 0);
    }
    // The folder is below the home folder, and an error names it.
    let home = dir.path().join(nasty);
    fs::create_dir(&home).unwrap();
    fs::write(home.join(".local"), "in the way").unwrap();
    let refused = Launch::devconsole().env("HOME", home.to_str().unwrap());
    run(refused, "devconsole: ", 1);
    // A notice warns that others can read a folder with other files in it.
    let shared = dir.path().join(format!("{nasty} shared"));
    fs::create_dir(&shared).unwrap();
    fs::write(shared.join("other"), "").unwrap();
    fs::set_permissions(&shared, fs::Permissions::from_mode(0o755)).unwrap();
    let told = Launch::devconsole().env("DEVCONSOLE_DATA_DIR", shared.to_str().unwrap());
    run(told, "Other accounts can read", 0);
    let wrong = Launch::devconsole().env("DEVCONSOLE_LOCK_AFTER", nasty);
    run(wrong, "--lock-after", 2);
    for argument in ["doctor", "--help"] {
        let told = Launch::devconsole()
            // The whole report at once.
            .size(100, 80)
            .arg(argument)
            .env("HOME", home.to_str().unwrap())
            .env("TERM", nasty)
            .env("LANG", nasty)
            .env("DEVCONSOLE_DATA_DIR", nasty);
        let (text, code) = if argument == "doctor" {
            ("Clipboard", 0)
        } else {
            ("Usage", 0)
        };
        run(told, text, code);
    }
}

/// The texts sent to the clipboard of the outer terminal.
fn on_the_clipboard(raw: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(raw).into_owned();
    text.split("\x1b]52;c;")
        .skip(1)
        .filter_map(|rest| rest.split_once('\x07'))
        .map(|(payload, _)| {
            let bytes = STANDARD.decode(payload).expect("base64");
            String::from_utf8(bytes).expect("text")
        })
        .collect()
}

#[test]
fn gnu_screen_passes_the_secret_and_its_clearing_on_to_the_terminal() {
    if Command::new("screen").arg("--version").output().is_err() {
        eprintln!("skipped: there is no GNU screen");
        return;
    }
    let dir = ready();
    let sockets = tempfile::tempdir().unwrap();
    fs::set_permissions(sockets.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let rc = sockets.path().join("rc");
    fs::write(&rc, "startup_message off\n").unwrap();
    let folder = sockets.path().join("sockets");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    let mut session = Session::start(
        Launch::program("screen")
            .arg("-U")
            .arg("-c")
            .arg(rc.to_str().unwrap())
            .arg(env!("CARGO_BIN_EXE_devconsole"))
            .arg("--data-dir")
            .arg(dir.path().to_str().unwrap())
            .env("SCREENDIR", folder.to_str().unwrap()),
    );
    session.wait_for_text("Sign in");
    session.send(format!("{PASSWORD}{ENTER}"));
    session.wait_for_text("Ledger Sync");
    session.send("s");
    session.wait_until(
        |session| !on_the_clipboard(session.raw_output()).is_empty(),
        "the secret at the outer terminal",
    );
    session.wait_for_text("sent to the terminal");
    session.send(LOCK);
    session.wait_until(
        |session| on_the_clipboard(session.raw_output()).len() > 1,
        "the clearing at the outer terminal",
    );
    session.wait_for_text("Asked the terminal to clear");
    let held = on_the_clipboard(session.raw_output());
    let shape = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    assert!(
        held[0].len() == 44 && held[0].chars().all(shape),
        "{}",
        held[0].len()
    );
    assert_eq!(held[1], "");
    session.send("\x03");
    assert_eq!(session.wait_exit(SOON), Exit::Code(0));
}

#[test]
fn an_unboxed_secret_is_alone_in_its_row_on_the_terminal() {
    let dir = ready();
    let mut session =
        Session::start(launch(&dir).env("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22"));
    session.wait_for_text("Sign in");
    session.send(format!("{PASSWORD}{ENTER}"));
    session.wait_for_text("Ledger Sync");
    session.send("s");
    session.wait_until(
        |session| !on_the_clipboard(session.raw_output()).is_empty(),
        "the secret",
    );
    let secret = on_the_clipboard(session.raw_output()).remove(0);
    session.send(format!("{ENTER}Ur"));
    session.wait_for(
        |screen| screen.rows(0, 80).any(|row| row == secret),
        "the secret in a row of its own",
    );
    session.send("\x1b");
    session.wait_for_text("Settings");
}
