//! The window of the apps list, its filter and its order.

use super::{
    Rig,
    apps::{create, query},
};
use crate::{domain::id::AppId, store::search::search_text};

#[test]
fn any_window_of_any_filter_equals_a_plain_scan() {
    let mut rig = Rig::new();
    for number in 0..40_u32 {
        let name = format!(
            "App {:02} {}%",
            number * 7 % 40,
            ["red", "Blue", "GREEN_x"][number as usize % 3]
        );
        create(&mut rig, &name);
    }
    let everything = rig.workspace.apps(&query("", 0, 1000)).unwrap().rows;
    assert_eq!(everything.len(), 40);
    let keys: Vec<_> = everything
        .iter()
        .map(|row| (row.name.to_lowercase(), row.id.clone()))
        .collect();
    assert!(keys.is_sorted());
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
        "é",
    ] {
        let plain: Vec<_> = everything
            .iter()
            .filter(|row| {
                let spec = &rig.workspace.app(&row.id).unwrap().spec;
                let text = search_text(spec, &row.client_id);
                words
                    .to_lowercase()
                    .split_whitespace()
                    .all(|word| text.contains(word))
            })
            .cloned()
            .collect();
        for (offset, limit) in [(0, 5), (3, 4), (38, 10), (100, 3), (0, 0)] {
            let window = rig.workspace.apps(&query(words, offset, limit)).unwrap();
            assert_eq!(
                (window.total, window.matched),
                (40, plain.len() as u64),
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
    let nobody = AppId::from_stored("nobody");
    assert_eq!(rig.workspace.position_of(&nobody, "").unwrap(), None);
}

#[test]
fn a_window_without_a_filter_is_an_index_walk() {
    let rig = Rig::new();
    let plan: Vec<String> = rig
        .workspace
        .db
        .prepare("EXPLAIN QUERY PLAN SELECT id, name FROM apps WHERE 1 ORDER BY name_key, id LIMIT 9 OFFSET 3")
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
    let rig = Rig::new();
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
