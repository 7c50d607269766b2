//! Runs the checks of the fuzz targets over every file of `fuzz/corpus`, without a fuzzer.

#[path = "../../fuzz/src/checks/mod.rs"]
pub mod checks;

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
};

use proptest::{collection::vec, prelude::*};

fn replay(target: &str, check: impl Fn(&[u8])) {
    let folder = format!("{}/fuzz/corpus/{target}", env!("CARGO_MANIFEST_DIR"));
    let mut files = 0;
    for file in fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        let passed = catch_unwind(AssertUnwindSafe(|| check(&bytes)));
        assert!(passed.is_ok(), "{}", path.display());
        files += 1;
    }
    assert!(files > 0, "{folder} is empty");
}

#[test]
fn redirect_uris() {
    replay("redirect_uri", |bytes| {
        if let Ok(text) = std::str::from_utf8(bytes) {
            checks::redirect_uri::redirect_uri(text);
        }
    });
}

#[test]
fn bytes_of_terminals() {
    replay("terminal_bytes", checks::terminal_bytes::terminal_bytes);
}

#[test]
fn text() {
    replay("sanitizer", checks::sanitizer::sanitizer);
}

#[test]
fn keys() {
    replay("keys", checks::keys::keys);
}

#[test]
fn records() {
    replay("records", checks::records::records);
}

proptest! {
    #[test]
    fn a_record_changed_at_random_never_opens(bytes in vec(any::<u8>(), 0..300)) {
        checks::records::records(&bytes);
    }

    #[test]
    fn a_record_with_few_bytes_changed_never_opens(
        kind in 0_u8..6,
        changes in vec(any::<(u8, u8)>(), 1..4),
    ) {
        let pairs = changes.into_iter().flat_map(|(at, to)| [at, to]);
        let bytes: Vec<u8> = std::iter::once(kind).chain(pairs).collect();
        checks::records::records(&bytes);
    }
}

#[test]
fn drafts() {
    replay("draft", checks::draft::draft);
}

#[test]
fn catalogues() {
    replay("catalogue", checks::catalogue::catalogue);
}

#[test]
fn icons() {
    replay("icon", checks::icon::icon);
}

fn replay_text(target: &str, check: impl Fn(&str)) {
    replay(target, |bytes| {
        if let Ok(text) = std::str::from_utf8(bytes) {
            check(text);
        }
    });
}

#[test]
fn requests_of_the_local_server() {
    replay_text("authorize_request", checks::platform::authorize);
    replay_text("token_request", checks::platform::token);
    replay_text("jwt", checks::platform::jwt);
}

#[test]
fn what_is_explained() {
    replay_text("explain", checks::explain::explained);
}
