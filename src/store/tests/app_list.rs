//! The window of the apps list, its filter and its order.

use super::{
    EMAIL, NOW, Rig,
    apps::{create, query},
    open, password, web_app,
};
use crate::{
    domain::{app::AppRow, id::AppId, text},
    store::{Workspace, search::search_text},
};

const COLOURS: [&str; 3] = ["red", "Blue", "GREEN_x"];

fn create_forty(rig: &mut Rig) {
    for number in 0..40_usize {
        let colour = COLOURS[number % 3];
        create(rig, &format!("App {:02} {colour}%", number * 7 % 40));
    }
}

/// By the definition: every word is in the text, in the order of the names.
fn plain_scan(rig: &mut Rig, words: &str) -> Vec<AppRow> {
    let mut rows = rig.workspace.apps(&query("", 0, 10_000)).unwrap().rows;
    rows.sort_by_key(|row| (text::key(&row.name), row.id.clone()));
    rows.retain(|row| {
        let spec = &rig.workspace.app(&row.id).unwrap().spec;
        let text = search_text(spec, &row.client_id);
        words
            .to_lowercase()
            .split_whitespace()
            .all(|word| text.contains(word))
    });
    rows
}

fn any_window_equals_a_plain_scan(rig: &mut Rig, total: u64) {
    for words in [
        "",
        "blue",
        "BLUE 1",
        "green_x",
        "%",
        "_",
        "app red 3 0",
        "no such",
        "read accounts",
        "accounts",
        "example.com",
        "https",
        "://",
        "/",
        "m/",
        "example.com/app-0",
        "s://example.com/app-1",
        "/app",
        "/app/",
        "a",
        "é",
    ] {
        let plain = plain_scan(rig, words);
        for (offset, limit) in [(0, 5), (3, 4), (38, 10), (100, 3), (0, 0)] {
            let window = rig.workspace.apps(&query(words, offset, limit)).unwrap();
            assert_eq!(
                (window.total, window.matched),
                (total, plain.len() as u64),
                "{words}"
            );
            let expected: Vec<_> = plain
                .iter()
                .skip(offset as usize)
                .take(limit as usize)
                .cloned()
                .collect();
            assert_eq!(window.rows, expected, "{words} {offset} {limit}");
        }
        for (at, row) in plain.iter().enumerate() {
            let position = rig.workspace.position_of(&row.id, words).unwrap();
            assert_eq!(position, Some(at as u64));
        }
    }
}

fn read_all_ahead(rig: &mut Rig) {
    // Only a list that was asked for is read ahead.
    rig.workspace.apps(&query("", 0, 1)).unwrap();
    while rig.workspace.read_ahead() {}
    let Workspace { db, list, .. } = &mut rig.workspace;
    assert!(list.find(db, &[], 0, 1).unwrap().is_some());
}

#[test]
fn any_window_of_any_filter_equals_a_plain_scan() {
    let mut rig = Rig::new();
    create_forty(&mut rig);
    any_window_equals_a_plain_scan(&mut rig, 40);
    let nobody = AppId::from_stored("nobody");
    assert_eq!(rig.workspace.position_of(&nobody, "").unwrap(), None);
}

#[test]
fn what_was_read_ahead_finds_the_same() {
    let mut rig = Rig::new();
    create_forty(&mut rig);
    read_all_ahead(&mut rig);
    any_window_equals_a_plain_scan(&mut rig, 40);
}

#[test]
fn apps_that_are_added_later_are_found_too() {
    let mut rig = Rig::new();
    create_forty(&mut rig);
    read_all_ahead(&mut rig);
    for name in ["zz blue", "AAA first", "App 07 red", "app 07 red", "é"] {
        create(&mut rig, name);
    }
    any_window_equals_a_plain_scan(&mut rig, 45);
    // Another window adds one while this one looks.
    let mut other = open(rig.dir.path());
    other.sign_in(EMAIL, &password(), NOW).unwrap();
    let registration = web_app("Middle blue", &rig.session.developer);
    other
        .create_app(registration, &rig.me(), None, NOW)
        .unwrap();
    any_window_equals_a_plain_scan(&mut rig, 46);
}

#[test]
fn very_many_new_apps_are_read_ahead_again() {
    let mut rig = Rig::new();
    create_forty(&mut rig);
    read_all_ahead(&mut rig);
    for number in 0..100 {
        create(&mut rig, &format!("Later {number}"));
    }
    any_window_equals_a_plain_scan(&mut rig, 140);
    assert!(!rig.workspace.read_ahead(), "one slice is enough for these");
    any_window_equals_a_plain_scan(&mut rig, 140);
}

#[test]
fn a_row_that_somebody_deleted_by_hand_is_no_error() {
    let mut rig = Rig::new();
    create_forty(&mut rig);
    read_all_ahead(&mut rig);
    let victim = rig.workspace.apps(&query("", 7, 1)).unwrap().rows;
    rig.workspace
        .db
        .execute("DELETE FROM apps WHERE id = ?1", [victim[0].id.as_str()])
        .unwrap();
    any_window_equals_a_plain_scan(&mut rig, 39);
}

#[test]
fn a_window_without_a_filter_is_an_index_walk() {
    let rig = Rig::new();
    let plan: Vec<String> = rig
        .workspace
        .db
        .prepare("EXPLAIN QUERY PLAN SELECT id, name FROM apps WHERE deleted_at IS NULL ORDER BY name_key, id LIMIT 9 OFFSET 3")
        .unwrap()
        .query_map([], |row| row.get(3))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let plan = plan.join("; ");
    assert!(
        plan.contains("apps_by_name") && !plan.contains("TEMP B-TREE"),
        "{plan}"
    );
}

#[test]
fn a_thousand_words_in_the_filter_are_no_error() {
    let mut rig = Rig::new();
    let words: String = (0..1000).map(|number| format!("w{number} ")).collect();
    assert_eq!(rig.workspace.apps(&query(&words, 0, 9)).unwrap().matched, 0);
}

#[test]
fn a_name_is_taken_whatever_its_capitals() {
    let mut rig = Rig::new();
    create(&mut rig, "Call Log");
    assert!(rig.workspace.name_taken(" call LOG ").unwrap());
    assert!(!rig.workspace.name_taken("call").unwrap());
}
