//! The terminal harness itself, tested with small programs.

use std::time::Duration;

use crate::harness::{Exit, Launch, Session};
use rustix::process::Signal;

const SOON: Duration = Duration::from_secs(10);

fn shell(script: &str) -> Launch {
    Launch::program("sh").arg("-c").arg(script)
}

#[test]
fn output_is_on_the_screen_and_in_the_bytes() {
    let mut session = Session::start(shell(
        r"printf '\033[1mname?\033[0m '; read name; echo hello $name; exit 3",
    ));
    session.wait_for_text("name?");
    session.send("Ada\n");
    session.wait_for_text("hello Ada");
    assert_eq!(session.wait_exit(SOON), Exit::Code(3));
    assert!(session.screen_text().starts_with("name? Ada"));
    assert!(session.raw_output().starts_with(b"\x1b[1mname?"));
}

#[test]
fn no_variable_of_this_environment_leaks_in() {
    let mut session = Session::start(Launch::program("env").env("TERM", "dumb"));
    assert_eq!(session.wait_exit(SOON), Exit::Code(0));
    let mut names: Vec<_> = session
        .screen_text()
        .lines()
        .filter_map(|line| line.split_once('=').map(|(name, _)| name.to_owned()))
        .collect();
    names.sort();
    assert_eq!(names, ["HOME", "LANG", "PATH", "SHELL", "TERM", "TZ"]);
    assert!(session.screen_text().contains("TERM=dumb"));
}

#[test]
fn the_size_is_the_requested_one() {
    let mut session = Session::start(shell("stty size").size(100, 30));
    session.wait_for_text("30 100");
}

#[test]
fn a_terminal_left_in_raw_mode_is_noticed() {
    let mut session = Session::start(shell("stty raw -echo; echo raw; read key"));
    session.wait_for_text("raw");
    assert!(!session.is_cooked());
    let mut session = Session::start(shell("echo cooked; read key"));
    session.wait_for_text("cooked");
    assert!(session.is_cooked());
}

#[test]
fn a_killed_program_ended_by_a_signal() {
    let mut session = Session::start(shell("echo up; read key"));
    session.wait_for_text("up");
    session.kill();
    assert!(matches!(session.wait_exit(SOON), Exit::Signal(_)));
}

#[test]
fn a_signal_reaches_the_program() {
    let mut session = Session::start(shell("trap 'echo caught; exit 5' TERM; echo up; read key"));
    session.wait_for_text("up");
    session.signal(Signal::TERM);
    assert_eq!(session.wait_exit(SOON), Exit::Code(5));
    session.wait_for_bytes(b"caught");
}

#[test]
#[should_panic(expected = "\"no such text\" did not come before the output ended")]
fn a_failed_wait_says_what_it_waited_for() {
    Session::start(shell("echo something else")).wait_for_text("no such text");
}
