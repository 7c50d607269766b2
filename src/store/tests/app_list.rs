//! The window of the apps list, its filter and its order.

use super::{
    EMAIL, NOW, Rig,
    apps::{create, query},
    later, open, password, web_app,
};
use crate::{
    domain::{
        app::{
            AppKind, AppRow, AppStatus, AuthMethod,
            list::{Bulk, Column, Sort},
        },
        id::AppId,
        text,
    },
    store::{
        AppQuery, Workspace,
        list::search::{Filter, search_text},
    },
};

const COLORS: [&str; 3] = ["red", "Blue", "GREEN_x"];

fn create_forty(rig: &mut Rig) {
    for number in 0..40_usize {
        let color = COLORS[number % 3];
        create(rig, &format!("App {:02} {color}%", number * 7 % 40));
    }
}

/// Apps of each kind, so that every facet selects some.
fn create_a_mixture(rig: &mut Rig) {
    create_forty(rig);
    let rows = rig.workspace.apps(&query("", 0, 40)).unwrap().rows;
    let ids: Vec<AppId> = rows.into_iter().map(|row| row.id).collect();
    let me = rig.me();
    for (nth, name) in ["JWT one", "JWT two", "SMS"].into_iter().enumerate() {
        let mut registration = web_app(name, &rig.session.developer);
        registration.spec.kind = AppKind::RestApi {
            auth: AuthMethod::Jwt,
            issue_refresh_tokens: false,
        };
        registration.spec.card.display_name = Some("SMS".to_owned());
        rig.workspace
            .create_app(registration, &me, None, later(nth as i64 * 1000))
            .unwrap();
    }
    let some = |from: usize, to: usize| ids[from..to].to_vec();
    rig.workspace
        .bulk(&some(3, 9), &Bulk::Suspend, NOW)
        .unwrap();
    let tags = |tags: &[&str]| Bulk::SetTags(tags.iter().map(|&tag| tag.to_owned()).collect());
    let workspace = &mut rig.workspace;
    workspace.bulk(&some(0, 5), &tags(&["prod"]), NOW).unwrap();
    workspace
        .bulk(&some(4, 12), &tags(&["b2b", "production"]), NOW)
        .unwrap();
    for id in some(2, 7) {
        workspace.set_favourite(&id, true).unwrap();
    }
    // As if another developer had created these and handed one over.
    workspace
        .db
        .execute_batch("PRAGMA foreign_keys = OFF; UPDATE apps SET created_by = 'bob', contact = 'bob' WHERE name LIKE '%red%'; UPDATE apps SET contact = (SELECT id FROM developers) WHERE name LIKE '%3%'; PRAGMA foreign_keys = ON")
        .unwrap();
}

fn sort_key(row: &AppRow, column: Column) -> (String, i64) {
    match column {
        Column::Name => (String::new(), 0),
        Column::Type => (row.app_type.as_str().to_owned(), 0),
        Column::Auth => (row.auth.clone(), 0),
        Column::Access => (row.access.clone(), 0),
        Column::Status => (row.status.as_str().to_owned(), 0),
        Column::Created => (String::new(), row.created_at.0),
    }
}

/// Filters by the definition: every word matches, in the requested order.
fn plain_scan(rig: &mut Rig, words: &str, sort: Sort) -> Vec<AppRow> {
    let mut rows = rig.workspace.apps(&query("", 0, 10_000)).unwrap().rows;
    rows.sort_by_key(|row| (text::key(&row.name), row.id.clone()));
    if sort.reversed && sort.column == Column::Name {
        rows.reverse();
    }
    rows.sort_by(|a, b| {
        let order = sort_key(a, sort.column).cmp(&sort_key(b, sort.column));
        if sort.reversed {
            order.reverse()
        } else {
            order
        }
    });
    rows.retain(|row| words.split_whitespace().all(|word| fits(rig, row, word)));
    rows
}

fn fits(rig: &Rig, row: &AppRow, word: &str) -> bool {
    let app = rig.workspace.app(&row.id).unwrap();
    let has_tag = |tag: &str| app.tags.iter().any(|one| one == tag);
    match word {
        "type:rest" | "is:" | "tag:" | "is:sus" | "is:a" => true,
        "type:bot" | "tag:none" | "is:nonsense" | "owner:nobody" | "scope:none" => false,
        "auth:jwt" => row.auth == "JWT",
        "status:suspended" | "is:suspended" => row.status == AppStatus::Suspended,
        "is:active" => row.status == AppStatus::Active,
        "is:public" => false,
        "is:private" => row.access == "private",
        "is:favorite" | "is:favourite" => row.is_favourite,
        "tag:prod" => has_tag("prod"),
        "TAG:PRODU" => has_tag("production"),
        "tag:b" => has_tag("b2b"),
        "owner:me" | "owner:LOVELACE" => rig
            .workspace
            .db
            .query_row(
                "SELECT created_by = ?2 OR contact = ?2 FROM apps WHERE id = ?1",
                [row.id.as_str(), rig.me().as_str()],
                |row| row.get(0),
            )
            .unwrap(),
        "scope:ReadAccounts" | "scope:readacc" => app
            .spec
            .scopes
            .iter()
            .any(|scope| scope.as_str() == "ReadAccounts"),
        "scope:sms" => app.spec.scopes.iter().any(|scope| scope.as_str() == "SMS"),
        word => {
            let word = text::searchable(word);
            let lines = search_text(&app.spec, &row.client_id);
            let id = text::key(row.client_id.as_str());
            let has = lines
                .lines()
                .filter(|line| *line != id)
                .any(|line| text::searchable(line).contains(&word));
            has || (word.len() >= 4 && id.starts_with(&word))
        }
    }
}

const FILTERS: &[&str] = &[
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
    "type:rest",
    "type:bot",
    "is:",
    "tag:",
    "is:sus",
    "is:a",
    "is:nonsense",
    "auth:jwt",
    "status:suspended",
    "is:suspended is:favorite",
    "is:active blue",
    "is:public",
    "is:private",
    "is:favorite",
    "is:favourite",
    "tag:prod",
    "TAG:PRODU",
    "tag:b tag:prod",
    "tag:none",
    "owner:me",
    "owner:LOVELACE 1",
    "owner:nobody",
    "scope:ReadAccounts",
    "scope:readacc auth:jwt",
    "scope:sms",
    "scope:none",
];

fn any_window_equals_a_plain_scan(rig: &mut Rig, total: u64) {
    for words in FILTERS {
        windows_equal_a_plain_scan(rig, total, words, Sort::default());
    }
    for &column in Column::ALL {
        for reversed in [false, true] {
            let sort = Sort { column, reversed };
            for words in ["", "blue", "is:active"] {
                windows_equal_a_plain_scan(rig, total, words, sort);
            }
        }
    }
}

fn windows_equal_a_plain_scan(rig: &mut Rig, total: u64, words: &str, sort: Sort) {
    let plain = plain_scan(rig, words, sort);
    for (offset, limit) in [(0, 5), (3, 4), (38, 10), (100, 3), (0, 0)] {
        let query = AppQuery {
            sort,
            ..query(words, offset, limit)
        };
        let window = rig.workspace.apps(&query).unwrap();
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
        assert_eq!(window.rows, expected, "{words} {sort:?} {offset} {limit}");
    }
    for (at, row) in plain.iter().enumerate() {
        let position = rig.workspace.position_of(&row.id, words, sort).unwrap();
        assert_eq!(position, Some(at as u64), "{words} {sort:?}");
    }
}

fn read_all_ahead(rig: &mut Rig) {
    // The list is read ahead only after it was requested.
    rig.workspace.apps(&query("", 0, 1)).unwrap();
    while rig.workspace.read_ahead() {}
    let Workspace { db, list, .. } = &mut rig.workspace;
    let filter = Filter::of("", db, None).unwrap();
    let found = list.find(db, &filter, Sort::default(), 0, 1).unwrap();
    assert!(found.is_some());
}

#[test]
fn any_window_of_any_filter_equals_a_plain_scan() {
    let mut rig = Rig::new();
    create_a_mixture(&mut rig);
    any_window_equals_a_plain_scan(&mut rig, 43);
    let nobody = AppId::from_stored("nobody");
    assert_eq!(
        rig.workspace
            .position_of(&nobody, "", Sort::default())
            .unwrap(),
        None
    );
}

#[test]
fn what_was_read_ahead_finds_the_same() {
    let mut rig = Rig::new();
    create_a_mixture(&mut rig);
    read_all_ahead(&mut rig);
    any_window_equals_a_plain_scan(&mut rig, 43);
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
    // Another console adds an app.
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
fn a_row_that_was_deleted_by_hand_is_no_error() {
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

#[test]
fn rows_with_very_large_numbers_are_found_too() {
    for number in [i64::from(u32::MAX) + 7, i64::MAX - 1] {
        let mut rig = Rig::new();
        create_forty(&mut rig);
        read_all_ahead(&mut rig);
        create(&mut rig, "Far off");
        let sql = "UPDATE apps SET rowid = ?1 WHERE name = 'Far off'";
        rig.workspace.db.execute(sql, [number]).unwrap();
        windows_equal_a_plain_scan(&mut rig, 41, "far", Sort::default());
        let mut again = rig.workspace.apps(&query("", 0, 1)).unwrap();
        while rig.workspace.read_ahead() {}
        again = rig.workspace.apps(&query("FAR off", 0, 1)).unwrap_or(again);
        assert_eq!(again.matched, 1, "{number}");
    }
}

/// The name in both forms: with "é" as one character, and as "e" with an accent.
const FORMS: [(&str, &str); 4] = [
    (
        "Caf\u{e9} \u{d6}l\u{e7}ek",
        "Cafe\u{301} O\u{308}lc\u{327}ek",
    ),
    ("\u{1ec7}qz", "e\u{323}\u{302}qz"),
    ("\u{ac01}", "\u{1100}\u{1161}\u{11a8}"),
    ("\u{212b}ngstr\u{f6}m", "A\u{30a}ngstro\u{308}m"),
];

#[test]
fn a_name_is_found_and_taken_in_whichever_form_it_was_kept_or_is_typed() {
    for (composed, parted) in FORMS {
        for (kept, is_old) in [
            (composed, false),
            (parted, false),
            (parted, true),
            (composed, true),
        ] {
            let mut rig = Rig::new();
            create(&mut rig, "Another");
            let app = create(&mut rig, kept);
            if is_old {
                // As older versions stored it: in lower case, as it was typed.
                let db = &rig.workspace.db;
                let id = app.id.as_str();
                let old = kept.to_lowercase();
                db.execute(
                    "UPDATE apps SET name_key = ?2, search = ?2 WHERE id = ?1",
                    [id, &old],
                )
                .unwrap();
            }
            for is_ahead in [false, true] {
                if is_ahead {
                    read_all_ahead(&mut rig);
                }
                for typed in [composed, parted] {
                    let what = format!("{kept:?} for {typed:?}, old: {is_old}, ahead: {is_ahead}");
                    let found = rig.workspace.apps(&query(typed, 0, 10)).unwrap();
                    assert_eq!(found.rows.len(), 1, "{what}");
                    assert_eq!(found.rows[0].id, app.id, "{what}");
                    let place = rig.workspace.position_of(&app.id, typed, Sort::default());
                    assert_eq!(place.unwrap(), Some(0), "{what}");
                    assert!(rig.workspace.name_taken(typed).unwrap(), "{what}");
                    assert!(rig.workspace.name_taken(&typed.to_uppercase()).unwrap());
                }
                let none = rig.workspace.apps(&query("cafx", 0, 10)).unwrap();
                assert!(none.rows.is_empty());
            }
        }
    }
}

#[test]
fn a_client_id_is_found_by_its_beginning_and_accents_do_not_matter() {
    let mut rig = Rig::new();
    create_forty(&mut rig);
    let app = create(&mut rig, "Reykjav\u{ed}k");
    let id = app.client_id.as_str().to_owned();
    let (start, middle) = (&id[..4], &id[2..12]);
    for is_ahead in [false, true] {
        if is_ahead {
            read_all_ahead(&mut rig);
        }
        for (typed, is_found) in [
            (id.clone(), true),
            (id.to_lowercase(), true),
            (start.to_lowercase(), true),
            (start.to_uppercase(), true),
            (middle.to_owned(), false),
            ("reykjavik".to_owned(), true),
            ("REYKJAV\u{cd}K".to_owned(), true),
            ("reykjavi\u{301}".to_owned(), true),
        ] {
            let found = rig.workspace.apps(&query(&typed, 0, 10)).unwrap();
            let ids: Vec<&AppId> = found.rows.iter().map(|row| &row.id).collect();
            let wanted = if is_found { vec![&app.id] } else { Vec::new() };
            assert_eq!(ids, wanted, "{typed}, ahead: {is_ahead}");
        }
    }
}

#[test]
fn tags_and_owners_are_found_in_either_form() {
    let mut rig = Rig::new();
    let app = create(&mut rig, "App");
    let tags = crate::domain::app::tag::parse("cafe\u{301}").unwrap();
    assert_eq!(tags, ["caf\u{e9}"]);
    let add = crate::domain::app::list::Bulk::ChangeTags {
        add: tags,
        remove: Vec::new(),
    };
    rig.workspace.bulk(&[app.id], &add, NOW).unwrap();
    rig.workspace
        .db
        .execute(
            "UPDATE developers SET full_name = ?1",
            ["Zoe\u{308} Lovelace"],
        )
        .unwrap();
    for is_old in [false, true] {
        if is_old {
            // As older versions kept it: in the form in which it was typed.
            let old = "UPDATE app_tags SET tag = ?1";
            rig.workspace.db.execute(old, ["cafe\u{301}"]).unwrap();
        }
        for typed in [
            "tag:caf\u{e9}",
            "tag:cafe\u{301}",
            "tag:ca",
            "owner:zo\u{eb}",
            "owner:zoe\u{308}",
        ] {
            let found = rig.workspace.apps(&query(typed, 0, 10)).unwrap();
            assert_eq!(found.rows.len(), 1, "{typed}, old: {is_old}");
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(128))]
    #[test]
    fn what_is_kept_in_one_form_is_found_by_the_other(text in "\\PC{1,12}") {
        use unicode_normalization::UnicodeNormalization as _;
        let (composed, parted) = (text.nfc().collect::<String>(), text.nfd().collect::<String>());
        let db = rusqlite::Connection::open_in_memory().unwrap();
        crate::store::file::functions::define_finds(&db).unwrap();
        for (kept, typed) in [(&composed, &parted), (&parted, &composed)] {
            let found: bool = db
                // As older versions kept it.
                .query_row("SELECT finds(?1, 'id', ?2)", [kept.trim().to_lowercase(), text::searchable(typed)], |row| row.get(0))
                .unwrap();
            proptest::prop_assert!(found, "{kept:?} {typed:?}");
        }
    }
}
