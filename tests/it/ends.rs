//! Every way the program can end or stop on a real terminal: within a
//! second, with a clean terminal and a saved draft.

use std::{
    fs,
    time::{Duration, Instant},
};

use crate::harness::{Exit, program::*};
use rustix::process::Signal;

const A_SECOND: Duration = Duration::from_secs(1);
/// A draft is saved within 250 ms.
const KEPT: Duration = Duration::from_millis(400);

#[test]
fn any_end_from_outside_takes_less_than_a_second_and_keeps_the_draft() {
    for (first, signal, code) in [
        ("true", Some(Signal::TERM), 143),
        ("true", Some(Signal::INT), 130),
        ("true", Some(Signal::HUP), 129),
        ("trap '' HUP", Some(Signal::TERM), 143),
        ("true", None, 129),
        ("trap '' HUP", None, 129),
    ] {
        let data = Data::ready();
        let mut session = sign_in(data.launch_after(first));
        start_draft(&mut session, "Invoice Robot");
        let asked = Instant::now();
        match signal {
            Some(signal) => session.signal(signal),
            None => session.hang_up(),
        }
        assert_eq!(session.wait_exit(SOON), Exit::Code(code), "{first}");
        assert!(asked.elapsed() < A_SECOND, "{first} {:?}", asked.elapsed());
        if signal.is_some() {
            assert_left_clean(&session);
        }
        sign_in(data.launch()).wait_for_text("Invoice Robot");
    }
}

#[test]
fn a_stop_restores_the_terminal_and_continuing_asks_for_the_password() {
    let data = Data::ready();
    let by_shell = r#"set -m; "$0" "$@"; echo the shell is back; read go; fg; exit"#;
    let mut session = sign_in(data.launch_after(by_shell));
    start_draft(&mut session, "Invoice Robot");
    session.listen(KEPT);
    let before = lines(session.screen());
    session.send("\x1a");
    session.wait_for_text("the shell is back");
    assert_left_clean(&session);
    session.send("\n");
    session.wait_for_text("Locked");
    assert!(session.screen().alternate_screen() && !session.is_cooked());
    session.send(format!("{PASSWORD}{ENTER}"));
    session.wait_until(|session| lines(session.screen()) == before, "the same form");
}

#[test]
fn without_a_shell_to_continue_it_the_program_does_not_stop() {
    let data = Data::ready();
    let mut session = sign_in(data.launch());
    session.send("\x1a");
    session.wait_for_text("cannot resume a stopped program");
    session.send("\x03");
    assert_eq!(session.wait_exit(SOON), Exit::Code(0));
}

#[test]
fn a_defect_in_either_thread_ends_the_program_cleanly_with_a_report() {
    for thread in ["screen", "worker"] {
        let data = Data::ready();
        let order = data.folder().join("fail");
        let launch = data
            .launch()
            .env("DEVCONSOLE_FAIL", order.to_string_lossy());
        let mut session = sign_in(launch);
        start_draft(&mut session, "Invoice Robot");
        session.listen(KEPT);
        fs::write(&order, thread).expect("the order");
        let ordered = Instant::now();
        session.send("x");
        assert_eq!(session.wait_exit(SOON), Exit::Code(101), "{thread}");
        assert!(ordered.elapsed() < A_SECOND, "{thread}");
        assert_left_clean(&session);
        let message = session.screen_text();
        assert!(
            message.contains("devconsole crashed"),
            "{thread}: {message}"
        );
        assert!(message.contains("on purpose"), "{thread}: {message}");
        sign_in(data.launch()).wait_for_text("Invoice Robot");
    }
}
