//! Terminals that send keys in ways a person does not: a paste that is replayed as
//! keys, a paste of ten megabytes, five hundred keys in one go.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use crate::harness::{Exit, Session, program::*};
use devconsole::screens::create_app::sections::{auth, properties};

/// Like a terminal without bracketed paste: every line feed becomes Enter.
fn replay(session: &mut Session, text: &str) {
    session.send(text.replace('\n', "\r"));
}

#[test]
fn a_paste_that_is_replayed_as_keys_neither_creates_nor_quits() {
    let data = Data::ready();
    let mut session = sign_in(data.launch());
    replay(&mut session, "q-qq");
    session.wait_for_text("Press the key again");
    session.send(ENTER);
    session.wait_for_text("Client ID");
    session.send("\x1b");
    wait_for_apps(&mut session);

    // Into a list of rows, where Enter adds one.
    start_draft(&mut session, "Paste one");
    session.send(typed_in_draft("Paste one", |driver| {
        driver.go_to(auth::REDIRECT_URIS);
    }));
    replay(&mut session, "one\ntwo q quit");
    session.wait_for_text("two q quit");
    assert!(session.screen_text().contains("App Card"));
    session.send("\x1b");
    wait_for_apps(&mut session);
    session.wait_for_text("Paste one");

    // The draft is under the cursor: `d` asks, and an Enter in a paste does not answer.
    session.send("g");
    replay(&mut session, "d\n");
    session.wait_for_text("Discard");
    session.wait_for_text("Press the key again");
    session.send("\x1b");
    session.wait_for(
        |screen| !screen.contents().contains("Discard draft"),
        "the list without the question",
    );
    session.wait_for_text("Paste one");
    quit(&mut session);
}

#[test]
fn a_paste_of_ten_megabytes_is_cut_with_a_notice_within_a_second() {
    let data = Data::ready();
    let mut session = sign_in(data.launch());
    start_draft(&mut session, "Big");
    session.send(typed_in_draft("Big", |driver| {
        driver.go_to(properties::DESCRIPTION);
    }));
    let paste = "All work and no play. ".repeat(10 * 1024 * 1024 / 22);
    let start = Instant::now();
    session.paste(&paste);
    session.wait_for_text("cut off");
    let needed = start.elapsed();
    // A debug build is about five times slower than a release.
    let allowed = if cfg!(debug_assertions) { 5 } else { 1 };
    assert!(needed < Duration::from_secs(allowed), "{needed:?}");
    session.wait_for_text("All work and no play");
    session.send("\x1b");
    wait_for_apps(&mut session);
    quit(&mut session);
}

/// Keys all over the form: text, moves, choices, deletions.
fn five_hundred_keys() -> Vec<String> {
    let mut keys = vec!["n".to_owned(), " ".to_owned(), NEXT_TAB.to_owned()];
    let mut words = String::new();
    for number in 0..24 {
        write!(words, "Word{number} ").expect("text");
    }
    let mut letters = words.chars().cycle();
    while keys.len() < 495 {
        keys.extend(letters.by_ref().take(12).map(String::from));
        keys.push("\x7f".to_owned());
        keys.push("\x1b[D".to_owned());
        match keys.len() % 5 {
            0 => keys.push(TAB.to_owned()),
            1 => keys.push("\x1b[Z".to_owned()),
            2 => keys.push(NEXT_TAB.to_owned()),
            3 => keys.push("\x1b[5~".to_owned()),
            _ => keys.push(ENTER.to_owned()),
        }
    }
    keys.truncate(495);
    // Ends where the whole state shows: on the second tab.
    keys.extend(["\x1b[5~"; 10].map(str::to_owned).into_iter().take(4));
    keys.push(NEXT_TAB.to_owned());
    keys
}

#[test]
fn five_hundred_keys_at_once_come_to_the_same_as_one_by_one() {
    let keys = five_hundred_keys();
    assert_eq!(keys.len(), 500);

    let data = Data::ready();
    let mut slow = sign_in(data.launch());
    for key in &keys {
        slow.send(key);
        // With or without a frame, each key was handled alone.
        slow.listen(Duration::from_millis(2));
    }
    while slow.listen(Duration::from_millis(300)) > 0 {}
    let wanted = lines(slow.screen());

    let data = Data::ready();
    let mut hasty = sign_in(data.launch());
    hasty.send(keys.concat());
    hasty.wait_for(|screen| lines(screen) == wanted, "the same screen");
    for session in [&mut slow, &mut hasty] {
        session.send("\x03");
        assert_eq!(session.wait_exit(SOON), Exit::Code(0));
    }
}
