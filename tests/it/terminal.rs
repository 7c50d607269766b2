//! The real program on a real terminal: what it leaves behind, what it never prints, and
//! what survives its end. Other tests check how screens look.

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use crate::harness::{Exit, Session, program::*};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use devconsole::screens::create_app::sections::{SECTIONS, features, properties};
use rusqlite::Connection;
use rustix::process::Signal;

#[test]
fn signs_up_creates_an_app_and_copies_its_secret_over_ssh() {
    let data = Data::new();
    let mut session = sign_up(over_ssh(data.launch()));
    create_app(&mut session);
    let secret = copy_secret(&mut session);
    assert!(is_client_secret(&secret), "{} characters", secret.len());
    let copied_at = session.raw_output().len();
    quit(&mut session);
    assert!(contains(
        &session.raw_output()[copied_at..],
        CLEARS_CLIPBOARD
    ));
}

/// Another thread reports the log: it appears without a key, and quitting ends the server.
#[test]
fn the_local_server_shows_its_requests_and_ends_with_the_program() {
    let data = Data::ready();
    let mut session = sign_in(data.launch());
    let free = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = free.local_addr().expect("its address").port();
    drop(free);
    session.send("b");
    session.wait_for_text("off, port");
    session.send("#");
    session.wait_for_text("The port of the local server");
    session.send(format!("\x15{port}"));
    session.wait_for_text(&port.to_string());
    session.send("\r");
    session.wait_for_text(&format!("Port {port}"));
    session.send("s");
    session.wait_for_text(&format!("http://127.0.0.1:{port}"));
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    let request = format!("GET /restapi/v1.0/account/~ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("sent");
    session.wait_for_text("AGW-401");
    // An open connection delays nothing.
    session.send("\x03");
    assert_eq!(session.wait_exit(SOON), Exit::Code(0));
    assert_left_clean(&session);
    TcpStream::connect(("127.0.0.1", port)).expect_err("a closed port");
}

#[test]
fn quitting_by_q_or_ctrl_c_leaves_the_terminal_clean() {
    quit(&mut sign_in(Data::ready().launch()));
    let data = Data::new();
    let mut session = Session::start(data.launch());
    session.wait_for_text("Sign up");
    assert!(session.screen().alternate_screen() && !session.is_cooked());
    session.send("q\x03");
    assert_eq!(session.wait_exit(SOON), Exit::Code(0));
    assert_left_clean(&session);
}

#[test]
fn a_signal_leaves_the_terminal_clean_and_sets_the_exit_code() {
    for (signal, code) in [
        (Signal::TERM, 143),
        (Signal::HUP, 129),
        (Signal::INT, 130),
        (Signal::QUIT, 131),
    ] {
        let data = Data::new();
        let mut session = Session::start(data.launch());
        session.wait_for_text("Sign up");
        session.signal(signal);
        assert_eq!(session.wait_exit(SOON), Exit::Code(code));
        assert_left_clean(&session);
    }
}

#[test]
fn a_file_that_is_not_a_workspace_is_refused_and_left_alone() {
    let data = Data::new();
    fs::create_dir(data.path()).expect("a data directory");
    let text = "Dear diary,\nnothing here is a workspace.\n".repeat(40);
    fs::write(data.file(), &text).expect("a file");
    let before = data.files();
    assert_refused(&data);
    assert_eq!(data.files(), before);
}

#[test]
fn without_a_terminal_it_says_so_and_makes_nothing() {
    let data = Data::new();
    let output = Command::new(env!("CARGO_BIN_EXE_devconsole"))
        .arg("--data-dir")
        .arg(data.path())
        .stdin(Stdio::null())
        .output()
        .expect("a run");
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(message.lines().count(), 1, "{message:?}");
    assert!(message.contains("terminal"), "{message:?}");
    assert!(!data.path().exists());
}

#[test]
fn a_hang_up_ends_the_program_even_where_sighup_is_ignored() {
    for first in ["true", "trap '' HUP"] {
        let data = Data::new();
        let mut session = Session::start(data.launch_after(first));
        session.wait_for_text("Sign up");
        session.hang_up();
        let gone_at = Instant::now();
        assert_eq!(session.wait_exit(SOON), Exit::Code(129), "{first}");
        assert!(gone_at.elapsed() < Duration::from_secs(3), "{first}");
    }
}

#[test]
fn text_typed_just_before_a_hang_up_is_kept() {
    let data = Data::ready();
    let mut session = sign_in(data.launch());
    start_draft(&mut session, "Invoice Robot");
    session.hang_up();
    assert_eq!(session.wait_exit(SOON), Exit::Code(129));
    sign_in(data.launch()).wait_for_text("Invoice Robot");
}

#[test]
fn a_paste_is_text_and_triggers_nothing() {
    let data = Data::new();
    let mut session = Session::start(data.launch());
    session.wait_for_text("Sign up");
    session.paste("two\nlines\tq\x03");
    session.wait_for_text("two lines q");
    // Still in the same field.
    session.send(" and on");
    session.wait_for_text("two lines q and on");
    assert!(session.screen_text().contains("Sign up"));
}

#[test]
fn pasted_control_sequences_never_reach_the_terminal() {
    let data = Data::new();
    let mut session = Session::start(data.launch());
    session.wait_for_text("Sign up");
    session.paste("a\x1b]0;evil\x07b\u{9b}31mc\u{202e}d\u{2066}e\x1b]52;c;eA==\x07\x1b[2Jend");
    session.wait_for_text("end");
    // Echoed by a second frame as well.
    session.send("!");
    session.wait_for_text("end!");
    let raw = session.raw_output();
    for foreign in ["\x1b]", "\x07", "\u{9b}", "\u{202e}", "\u{2066}"] {
        assert!(!contains(raw, foreign.as_bytes()), "{foreign:?}");
    }
}

#[test]
fn a_draft_survives_kill_9_and_is_resumed_where_it_was() {
    let data = Data::ready();
    let mut session = sign_in(data.launch());
    start_draft(&mut session, "Invoice Robot");
    session.send(typed_in_draft("Invoice Robot", |driver| {
        driver.go_to(properties::DESCRIPTION);
    }));
    let before = data.files();
    session.send("Writes the");
    session.wait_for_text("Writes the");
    wait_until_kept(&mut session, &data, &before);
    session.kill();
    assert!(matches!(session.wait_exit(SOON), Exit::Signal(_)));

    let mut session = sign_in(data.launch());
    session.wait_for_text("Invoice Robot");
    session.send(ENTER);
    session.wait_for_text("Writes the");
    // Same tab, same field, same cursor.
    session.send(" invoices");
    session.wait_for_text("Writes the invoices");
}

/// Waits until the files differ from `before`, and then stay the same for longer than the delay of a
/// draft.
fn wait_until_kept(session: &mut Session, data: &Data, before: &BTreeMap<PathBuf, Vec<u8>>) {
    let mut last = (data.files(), Instant::now());
    session.wait_outside(
        || {
            let now = data.files();
            if now != last.0 {
                last = (now, Instant::now());
            }
            last.0 != *before && last.1.elapsed() > Duration::from_millis(600)
        },
        "the draft on disk",
    );
}

#[test]
fn any_size_is_drawn_and_the_way_back_shows_the_same() {
    let data = Data::ready();
    let mut session = sign_in(data.launch());
    start_draft(&mut session, "Invoice Robot");
    // The screen shows whether the name is taken.
    session.listen(Duration::from_millis(200));
    let before = lines(session.screen());
    let cursor = session.screen().cursor_position();
    for (columns, rows) in [(1, 1), (40, 20), (300, 100), (1, 100), (300, 1), (80, 24)] {
        let seen = session.raw_output().len();
        session.resize(columns, rows);
        session.wait_until(
            |session| session.raw_output().len() > seen,
            "a frame of the new size",
        );
    }
    session.wait_for(|screen| lines(screen) == before, "the same screen");
    assert_eq!(session.screen().cursor_position(), cursor);
    session.send(" 2");
    session.wait_for_text("Invoice Robot 2");
}

#[test]
fn no_color_and_an_old_terminal_get_bold_and_reverse_but_no_color() {
    for (name, value) in [("NO_COLOR", "1"), ("TERM", "vt100")] {
        let data = Data::ready();
        let mut session = sign_in(data.launch().env(name, value));
        start_draft(&mut session, "Invoice Robot");
        session.send("\x1b");
        session.wait_for_text(APP);
        session.send("q");
        assert_eq!(session.wait_exit(SOON), Exit::Code(0));
        let codes = graphic_codes(session.raw_output());
        assert!(
            !codes
                .iter()
                .any(|code| matches!(code, 30..=38 | 40..=48 | 90..=97 | 100..=107)),
            "{name}"
        );
        assert!(codes.contains(&1) && codes.contains(&7), "{name}");
    }
}

#[test]
fn a_dumb_terminal_gets_lines_and_no_password_is_echoed() {
    let plain = |data: &Data| data.launch().arg("--plain");
    let dumb = |data: &Data| data.launch().env("TERM", "dumb");
    for launch in [plain, dumb] {
        let data = Data::ready();
        let mut session = Session::start(launch(&data));
        session.wait_for_text("hidden:");
        session.wait_outside_echo(true);
        session.send(format!("{PASSWORD}\n"));
        // Text typed before the first visible prompt is dropped: it may be a password.
        session.wait_for_text(&format!("1. {APP}"));
        session.wait_for_text("lists the commands:");
        let mut fields = SECTIONS.iter().flat_map(|section| section.fields);
        let before = fields.by_ref().take_while(|one| one.id != properties::NAME);
        let unanswered = ">\n".repeat(before.count());
        session.send(format!("n\n{unanswered}Invoice Robot\n"));
        session.wait_for_text(fields.next().expect("a field").label);
        session.signal(Signal::TERM);
        assert_eq!(session.wait_exit(SOON), Exit::Code(143));
        assert!(session.is_cooked(), "the echo is back");
        let raw = String::from_utf8_lossy(session.raw_output()).into_owned();
        assert!(!raw.contains(PASSWORD), "{raw}");
        assert!(!raw.contains('\x1b'), "{raw:?}");

        let mut again = sign_in(data.launch());
        again.wait_for_text("Invoice Robot");
        quit(&mut again);
    }
}

/// The next password is taken by the next hidden prompt; what follows the right one is dropped.
#[test]
fn what_is_typed_while_a_password_is_checked_is_never_shown() {
    let (wrong, more) = ("not the password", "typed too early");
    let data = Data::ready();
    let mut session = Session::start(data.launch().arg("--plain"));
    session.wait_for_text("hidden:");
    session.wait_outside_echo(true);
    session.send(format!("{wrong}\n"));
    session.wait_for_bytes(b"hidden: \r\n");
    session.send(format!("{PASSWORD}\n{more}\n"));
    session.wait_for_text(&format!("1. {APP}"));
    session.wait_outside_echo(false);
    session.send("quit\n");
    assert_eq!(session.wait_exit(SOON), Exit::Code(0));
    assert!(session.is_cooked(), "the echo is back");
    let raw = String::from_utf8_lossy(session.raw_output()).into_owned();
    for line in [wrong, PASSWORD, more] {
        assert!(!raw.contains(line), "{raw}");
    }
    assert!(
        raw.contains("do not match") && !raw.contains("No command"),
        "{raw}"
    );
}

#[test]
fn a_locale_without_utf_8_gets_ascii_alone() {
    let data = Data::new();
    let mut session = sign_up(data.launch().env("LANG", "C"));
    create_app(&mut session);
    session.send("?");
    session.wait_for_text("App page");
    // To the end of the keys.
    session.send("   ");
    session.wait_for_text("Anywhere");
    assert!(session.raw_output().is_ascii());
}

#[test]
fn a_lock_hides_everything_and_unlocking_goes_on_in_the_same_field() {
    let data = Data::ready();
    let mut session = sign_in(data.launch());
    start_draft(&mut session, "Invoice Rob");
    session.send(LOCK);
    session.wait_for_text("Locked");
    let locked = session.screen_text();
    assert!(!locked.contains("Invoice") && !locked.contains(APP));
    session.send(format!("{PASSWORD}{ENTER}ot"));
    session.wait_for_text("Invoice Robot");
}

#[test]
fn typing_ahead_leads_to_the_same_screen_as_waiting() {
    let name = "Invoice Robot";
    let description = "Writes the invoices";
    let data = Data::ready();
    let mut patient = sign_in(data.launch());
    start_draft(&mut patient, name);
    let more = typed_in_draft(name, |driver| {
        driver.answer(properties::DESCRIPTION, description);
    });
    patient.send(&more);
    patient.wait_for_text(description);

    let data = Data::ready();
    let mut hasty = Session::start(data.launch());
    hasty.wait_for_text("Sign in");
    let start = typed_name(name);
    hasty.send(format!("{PASSWORD}{ENTER}n{start}{more}"));
    hasty.wait_for_text(description);
    let wanted = lines(patient.screen());
    hasty.wait_for(|screen| lines(screen) == wanted, "the same screen");
}

#[test]
fn wrong_passwords_cost_time_and_a_restart_does_not_save_it() {
    let data = Data::ready();
    let mut session = Session::start(data.launch());
    session.wait_for_text("Sign in");
    let is_refused = |screen: &vt100::Screen| screen.contents().contains("match");
    for _ in 0..7 {
        session.wait_for(
            |screen| !screen.contents().contains("Try again"),
            "the end of the delay",
        );
        session.send("x");
        session.wait_for(|screen| !is_refused(screen), "a new try");
        session.send(ENTER);
        session.wait_for(is_refused, "a refusal");
    }
    session.wait_for_text("Try again");
    session.kill();
    session.wait_exit(SOON);

    let mut session = Session::start(data.launch());
    session.wait_for_text("Sign in");
    session.send(format!("{PASSWORD}{ENTER}"));
    session.wait_for_text("Try again");
}

#[test]
fn a_newer_workspace_is_refused_and_left_alone() {
    let data = Data::ready();
    let db = Connection::open(data.file()).expect("the workspace");
    db.execute_batch("PRAGMA user_version = 9999")
        .expect("a newer version");
    db.close().expect("closing");
    let before = data.files();
    assert_refused(&data);
    assert_eq!(data.files(), before);
}

#[test]
fn a_workspace_in_use_is_refused() {
    let data = Data::ready();
    let db = Connection::open(data.file()).expect("the workspace");
    db.execute_batch("BEGIN EXCLUSIVE").expect("the lock");
    assert_refused(&data);
}

#[test]
fn a_read_only_workspace_is_refused() {
    if rustix::process::geteuid().is_root() {
        eprintln!("skipped: nothing is read-only for root");
        return;
    }
    let data = Data::ready();
    private(&data.file(), 0o444);
    let before = data.files();
    assert_refused(&data);
    assert_eq!(data.files(), before);
}

#[test]
fn everything_on_disk_is_private_whatever_the_umask() {
    let data = Data::new();
    let mut session = sign_up(data.launch_after("umask 000"));
    start_draft(&mut session, "Invoice Robot");
    assert_all_private(&data);
    session.send("\x03");
    assert_eq!(session.wait_exit(SOON), Exit::Code(0));
    assert_all_private(&data);
}

fn assert_all_private(data: &Data) {
    let paths = data
        .files()
        .into_keys()
        .map(|name| data.path().join(name))
        .chain([data.path()]);
    for path in paths {
        // A file that was deleted meanwhile is private enough.
        if let Ok(about) = fs::metadata(&path) {
            let mode = about.permissions().mode() & 0o777;
            assert_eq!(mode & 0o077, 0, "{} is {mode:o}", path.display());
        }
    }
}

#[test]
fn no_secret_is_ever_in_clear_on_disk_or_on_the_screen() {
    let data = Data::ready();
    let mut session = sign_in(over_ssh(data.launch()));
    let client_secret = copy_secret(&mut session);
    start_draft(&mut session, "Invoice Robot");
    let before = data.files();
    session.send(typed_in_draft("Invoice Robot", |driver| {
        driver.answer(features::INTERACTIVE, true);
        driver.answer(features::WEBHOOK, "https://example.com/hook");
        driver.go_to(features::SHARED_SECRET);
    }));
    session.wait_for_text("https://example.com/hook");
    let shared_secret = copy_secret(&mut session);
    assert!(is_client_secret(&client_secret));
    assert_eq!(shared_secret.len(), 32);
    wait_until_kept(&mut session, &data, &before);
    let running = data.files();
    session.send("\x03");
    assert_eq!(session.wait_exit(SOON), Exit::Code(0));
    let (_, raw) = osc52(session.raw_output());
    for secret in [client_secret.as_str(), shared_secret.as_str(), PASSWORD] {
        let encoded = STANDARD.encode(secret);
        for needle in [secret.as_bytes(), encoded.as_bytes()] {
            assert!(!contains(&raw, needle), "on the screen");
            for (name, bytes) in running.iter().chain(&data.files()) {
                assert!(!contains(bytes, needle), "in {}", name.display());
            }
        }
    }
}

#[test]
fn an_idle_console_sends_nothing() {
    let data = Data::ready();
    let mut session = sign_in(data.launch());
    // The frames that follow the sign-in.
    while session.listen(Duration::from_millis(300)) > 0 {}
    assert_eq!(session.listen(Duration::from_millis(1500)), 0);
}

struct Tmux {
    socket: PathBuf,
}

impl Tmux {
    fn run(&self, arguments: &[&str]) -> Option<String> {
        let output = Command::new("tmux")
            .arg("-S")
            .arg(&self.socket)
            .args(["-f", "/dev/null"])
            .args(arguments)
            .env_remove("TMUX")
            .env("LANG", "C.UTF-8")
            .output()
            .ok()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        output.status.success().then_some(text)
    }

    fn wait(&self, what: &str, mut is_so: impl FnMut(&Self) -> bool) {
        let deadline = Instant::now() + SOON;
        while !is_so(self) {
            let shown = || self.run(&["capture-pane", "-p"]).unwrap_or_default();
            assert!(Instant::now() < deadline, "{what}; shown:\n{}", shown());
        }
    }

    fn wait_for_text(&self, text: &str) {
        self.wait(text, |tmux| {
            tmux.run(&["capture-pane", "-p"])
                .is_some_and(|shown| shown.contains(text))
        });
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        let _ = self.run(&["kill-server"]);
    }
}

#[test]
fn inside_tmux_the_buffer_holds_the_secret_until_a_lock_or_the_end() {
    let data = Data::ready();
    let tmux = Tmux {
        socket: data.folder().join("tmux"),
    };
    // This window keeps the tmux server alive after the program ends.
    if tmux
        .run(&["new-session", "-d", "-x", "80", "-y", "24", "cat"])
        .is_none()
    {
        eprintln!("skipped: there is no tmux");
        return;
    }
    let command = format!(
        "exec '{}' --data-dir '{}'",
        env!("CARGO_BIN_EXE_devconsole"),
        data.path().display()
    );
    tmux.run(&["new-window", &command]).expect("a window");
    tmux.wait_for_text("Sign in");
    tmux.run(&["send-keys", "-l", PASSWORD]).expect("typing");
    tmux.run(&["send-keys", "Enter"]).expect("typing");
    tmux.wait_for_text(APP);
    tmux.run(&["send-keys", "s"]).expect("typing");
    tmux.wait("the secret in the buffer", |tmux| {
        tmux.run(&["show-buffer"])
            .is_some_and(|held| is_client_secret(&held))
    });
    tmux.run(&["send-keys", "C-l"]).expect("typing");
    tmux.wait_for_text("Locked");
    tmux.wait("no secret in any buffer", |tmux| {
        tmux.run(&["list-buffers"]).as_deref() == Some("")
    });
    tmux.run(&["send-keys", "-l", PASSWORD]).expect("typing");
    tmux.run(&["send-keys", "Enter"]).expect("typing");
    tmux.wait_for_text(APP);
    tmux.run(&["send-keys", "s"]).expect("typing");
    tmux.wait("the secret in the buffer again", |tmux| {
        tmux.run(&["show-buffer"])
            .is_some_and(|held| is_client_secret(&held))
    });
    tmux.run(&["send-keys", "q"]).expect("typing");
    tmux.wait("the end of the program", |tmux| {
        tmux.run(&["list-windows"])
            .is_some_and(|windows| windows.lines().count() == 1)
    });
    assert_eq!(tmux.run(&["list-buffers"]).as_deref(), Some(""));
}
