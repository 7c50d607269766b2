//! Input that real terminals send outside any specification: late reports,
//! replies, pastes without an end, private keys, and no size at all.

use std::time::{Duration, Instant};

use devconsole::runtime::input::GIVEN_UP_MS;

use crate::harness::{Exit, Session, program::*};

const CTRL_C: &str = "\x03";
const DOWN: &str = "\x1b[B";

fn given_up() -> Duration {
    Duration::from_millis(GIVEN_UP_MS)
}

/// In the field for a new app's name.
fn naming(text: &str) -> (Data, Session) {
    let data = Data::ready();
    let mut session = sign_in(data.launch());
    start_draft(&mut session, text);
    (data, session)
}

#[test]
fn a_late_report_is_ignored_and_the_next_key_works() {
    for report in [
        "\x1b[?2026;2$y",
        "\x1b[?997;1n",
        "\x1b[?62;c",
        "\x1b[>41;390;0c",
    ] {
        let data = Data::ready();
        let mut session = sign_in(data.launch());
        session.send(report);
        session.send("n");
        session.wait_for_text("App Card");
        session.send(report);
        session.send(CTRL_C);
        assert_eq!(session.wait_exit(SOON), Exit::Code(0), "{report:?}");
    }
}

#[test]
fn a_reply_types_nothing_into_a_password_and_opens_nothing_in_a_list() {
    let replies = concat!(
        "\x1b]11;rgb:dddd/dddd/dddd\x1b\\",
        "\x1b]10;rgb:0000/0000/0000\x07",
        "\x1b]0;a title\x07",
        "\x1bP1+r5463=3235\x1b\\",
        "\x1b_Gi=31;OK\x1b\\",
        "\x1b^private\x1b\\",
        "\x1bXstring\x1b\\",
    );
    let data = Data::ready();
    let mut session = Session::start(data.launch());
    session.wait_for_text("Sign in");
    session.send(replies);
    session.send(format!("{PASSWORD}{ENTER}"));
    wait_for_apps(&mut session);
    session.wait_for_text(APP);
    session.send(replies);
    session.send("/");
    session.send("zzz");
    session.wait_for_text("zzz");
    assert!(
        !session.screen_text().contains("Keys"),
        "{}",
        session.screen_text()
    );
}

#[test]
fn a_reply_that_is_cut_with_pauses_types_nothing() {
    let (_data, mut session) = naming("Cut ");
    for piece in [
        "\x1b",
        "]11;rgb:dd",
        "dd/dddd/dd",
        "dd\x1b",
        "\\",
        "\x1b[?99",
        "7;1n",
    ] {
        session.send(piece);
        // A pause between two reads, too short for ESC to count as a key.
        std::thread::sleep(Duration::from_millis(20));
    }
    session.send("here");
    session.wait_for_text("Cut here");
}

#[test]
fn a_paste_without_an_end_ends_by_itself() {
    let (_data, mut session) = naming("Paste ");
    session.send("\x1b[200~without an end");
    let sent = Instant::now();
    session.wait_for_text("Paste without an end");
    assert!(sent.elapsed() < given_up() * 2);
    session.send("!");
    session.wait_for_text("Paste without an end!");
}

#[test]
fn a_paste_without_an_end_is_left_with_esc_and_with_ctrl_c() {
    let (_data, mut session) = naming("Paste ");
    session.send("\x1b[200~left by Esc");
    std::thread::sleep(Duration::from_millis(100));
    session.send("\x1b");
    wait_for_apps(&mut session);
    session.wait_for_text("Paste left by Esc");

    let (_data, mut session) = naming("Paste ");
    session.send("\x1b[200~left by Ctrl-C");
    std::thread::sleep(Duration::from_millis(100));
    session.send(CTRL_C);
    assert_eq!(session.wait_exit(SOON), Exit::Code(0));
}

#[test]
fn both_bytes_of_backspace_delete() {
    let (_data, mut session) = naming("Name");
    session.send("xy");
    session.wait_for_text("Namexy");
    session.send("\x08\x7f");
    session.send("d");
    session.wait_for_text("Named");
}

#[test]
fn only_a_byte_that_is_not_utf8_is_dropped() {
    let (_data, mut session) = naming("Caf");
    session.send(b"\xe9s\xff\xc3\xa9\xe9\x09");
    session.wait_for_text("Cafsé");
}

#[test]
fn delete_of_st_deletes_and_shift_tab_of_the_linux_console_goes_back() {
    let (_data, mut session) = naming("abc");
    session.send("\x1b[D\x1b[P");
    session.wait_for(|screen| !screen.contents().contains("abc"), "the c to go");
    session.send(TAB);
    session.send("\x1b\t");
    session.send("d");
    session.wait_for_text("abd");
    session.send("\x1b[3$\x1b[7$\x1b[M\x1b[32;2u\x1bOq");
    // Home, a space and a digit, each with its usual meaning.
    session.wait_for_text(" 1abd");
}

#[test]
fn a_notch_of_a_wheel_changes_no_answer() {
    let data = Data::ready();
    let mut session = sign_in(data.launch());
    session.send("n");
    session.wait_for_text("App Card");
    session.send(" ");
    session.wait_for_text("(•) REST API App");
    session.send(DOWN.repeat(3));
    session.send(TAB);
    session.send("\x1b[5~");
    session.wait_for_text("(•) REST API App");
    // Single keys do choose.
    session.send(DOWN);
    session.wait_for(
        |screen| !screen.contents().contains("(•) REST API App"),
        "another type",
    );
}

#[test]
fn a_terminal_without_a_size_counts_as_the_usual_one() {
    let data = Data::ready();
    let mut session = sign_in(data.launch().without_a_size());
    session.send("n");
    session.wait_for_text("App Card");
    session.send("\x1b");
    wait_for_apps(&mut session);
    quit(&mut session);
}

#[test]
fn a_dead_tmux_is_not_waited_for() {
    let data = Data::ready();
    let dead = data.folder().join("no-such-socket");
    let launch = data
        .launch()
        .env("TMUX", format!("{},123,0", dead.display()));
    let mut session = sign_in(launch);
    session.send(ENTER);
    session.wait_for_text("Client ID");
    assert!(is_client_secret(&copy_secret(&mut session)));
}

#[test]
fn commands_work_on_keyboards_with_other_letters() {
    let data = Data::ready();
    let mut session = sign_in(data.launch());
    session.send("т");
    session.wait_for_text("App Card");
    session.send("\x1b");
    wait_for_apps(&mut session);
    session.send("あ");
    session.wait_for_text("Switch the keyboard layout");
    session.send("й");
    assert_eq!(session.wait_exit(SOON), Exit::Code(0));
}

#[test]
fn doctor_shows_what_each_key_arrives_as() {
    let launch = crate::harness::Launch::devconsole()
        .arg("doctor")
        .arg("--keys");
    let mut session = Session::start(launch);
    session.wait_for_text("Press Ctrl-C twice");
    session.send("\x1b[1;5A");
    session.wait_for_text("\\e[1;5A");
    session.wait_for_text("Ctrl-Up");
    session.send("\x1b]11;rgb:0/0/0\x07");
    session.wait_for_text("ignored: a control string");
    session.paste("two words");
    session.wait_for_text("a paste of 9 characters");
    session.send("\x1b");
    session.wait_for_text("Esc");
    session.send(CTRL_C);
    session.wait_for_text("Ctrl-c");
    session.send(CTRL_C);
    assert_eq!(session.wait_exit(SOON), Exit::Code(0));
    assert!(session.is_cooked());
}
