//! The apps list: facets and their completions, sorting, marks, tags, favorites, exports, and
//! the view after a restart.

use std::{fs, os::unix::fs::PermissionsExt as _};

use crate::harness::driver::Driver;
use crate::harness::form::app;
use devconsole::{domain::people::developer::Role, screens::apps::Item};

/// Three JWT apps, on the list.
fn with_three() -> Driver {
    let mut driver = Driver::signed_up();
    for name in ["Alpha", "Beta", "Gamma"] {
        driver.register(app(name).jwt());
        driver.press("<esc>");
    }
    driver.press("g");
    assert_eq!(names(&driver), ["Alpha", "Beta", "Gamma"]);
    driver
}

fn names(driver: &Driver) -> Vec<String> {
    let apps = driver.apps();
    (0..apps.len())
        .filter_map(|at| match apps.item(at) {
            Item::App(row) => Some(row.name.clone()),
            _ => None,
        })
        .collect()
}

#[test]
fn facets_narrow_while_they_are_typed_and_tab_completes_them() {
    let mut driver = with_three();
    driver.press("jz<enter>");
    assert_eq!(driver.notice(), "\"Beta\" suspended.");
    driver.press("/statu");
    assert!(driver.shows("No app matches"), "{}", driver.text());
    driver.press("<tab>");
    assert!(
        driver.shows("status:active status:suspended"),
        "{}",
        driver.text()
    );
    assert_eq!(
        names(&driver).len(),
        3,
        "an empty facet asks for nothing yet"
    );
    driver.press("s<tab>");
    assert_eq!(names(&driver), ["Beta"]);
    driver.press("alpha");
    assert!(names(&driver).is_empty());
    driver.press("<ctrl-w>auth:jwt owner:me is:private scope:ReadAccounts<enter>");
    assert!(names(&driver).len() <= 1, "{}", driver.text());
    assert!(driver.shows("of 3"), "{}", driver.text());
    driver.press("<esc>");
    assert_eq!(names(&driver).len(), 3);
}

#[test]
fn the_list_is_sorted_by_any_column_either_way() {
    let mut driver = with_three();
    driver.press("O");
    assert_eq!(names(&driver), ["Gamma", "Beta", "Alpha"]);
    assert!(driver.shows("Name ↓"), "{}", driver.text());
    driver.press("gz<enter>oooo");
    assert_eq!(driver.notice(), "Sorted by Status.");
    assert_eq!(names(&driver), ["Alpha", "Beta", "Gamma"]);
    driver.press("O");
    assert_eq!(names(&driver), ["Gamma", "Alpha", "Beta"]);
}

#[test]
fn the_view_survives_a_restart_and_belongs_to_its_developer() {
    let mut driver = with_three();
    driver.press("O/a<enter>");
    assert_eq!(names(&driver), ["Gamma", "Beta", "Alpha"]);
    driver.press("/a beta<enter>");
    let mut driver = driver.restart();
    driver.sign_in();
    assert_eq!(names(&driver), ["Beta"]);
    assert!(driver.shows("/a beta"), "{}", driver.text());
    driver.press("<esc>");
    assert_eq!(names(&driver), ["Gamma", "Beta", "Alpha"]);
}

#[test]
fn several_apps_are_marked_suspended_and_resumed_together() {
    let mut driver = with_three();
    driver.press("<space><space>");
    assert!(driver.shows("2 marked"), "{}", driver.text());
    driver.press("z");
    assert!(driver.shows("Suspend 2 apps?"), "{}", driver.text());
    driver.press("<enter>");
    assert_eq!(driver.notice(), "2 apps suspended.");
    assert!(driver.apps().marks.is_empty());
    driver.press("A");
    assert!(driver.shows("3 marked"), "{}", driver.text());
    driver.press("A");
    assert!(!driver.shows("marked"), "{}", driver.text());
    driver.press("/is:suspended<enter>Az");
    assert!(driver.shows("Resume 2 apps?"), "{}", driver.text());
    driver.press("<enter>");
    assert_eq!(driver.notice(), "2 apps resumed.");
    assert!(names(&driver).is_empty(), "none is suspended any more");
}

#[test]
fn several_apps_are_deleted_and_restored_with_one_key() {
    let mut driver = with_three();
    driver.press("<space><space>d<enter>");
    assert!(
        driver.notice().starts_with("2 apps moved to the trash."),
        "{}",
        driver.notice()
    );
    assert_eq!(names(&driver), ["Gamma"]);
    driver.press("u");
    assert_eq!(names(&driver), ["Alpha", "Beta", "Gamma"]);
    // In the trash, u restores the app under the cursor.
    driver.press("Ad<enter>");
    let mut driver = driver.restart();
    driver.sign_in();
    driver.press("/is:deleted<enter>");
    assert!(driver.shows("in trash"), "{}", driver.text());
    driver.press("d");
    assert!(
        driver.shows("This app is in the trash. u restores it."),
        "{}",
        driver.text()
    );
    driver.press("ju");
    assert_eq!(names(&driver), ["Alpha", "Gamma"], "{}", driver.text());
}

#[test]
fn tags_are_added_shown_completed_and_removed() {
    let mut driver = with_three();
    driver.press("tnight billing<enter>");
    assert_eq!(driver.notice(), "\"Alpha\" updated.");
    driver.press("j<space><space>t+bad<enter>");
    assert!(driver.shows("Start a tag"), "{}", driver.text());
    driver.press("<ctrl-u>night<enter>");
    assert_eq!(driver.notice(), "2 apps updated.");
    driver.press("/tag:n<tab>");
    assert!(driver.shows("/tag:night"), "{}", driver.text());
    assert_eq!(names(&driver).len(), 3);
    driver.press("tag:b<tab><enter>");
    assert_eq!(names(&driver), ["Alpha"]);
    driver.press("<enter>");
    assert!(driver.shows("billing night"), "{}", driver.text());
    driver.press("t");
    assert!(
        driver.shows("billing night"),
        "what is there is to be changed"
    );
    driver.press("<ctrl-u>only<enter>");
    assert!(driver.shows("only"), "{}", driver.text());
    assert!(!driver.shows("billing"), "{}", driver.text());
    driver.press("<tab><tab><tab>");
    assert!(driver.shows("Tags changed"), "{}", driver.text());
}

#[test]
fn a_favourite_is_starred_and_found() {
    let mut driver = with_three();
    driver.press("jf");
    assert!(driver.shows("*Beta"), "{}", driver.text());
    driver.press("/is:favourite<enter>");
    assert_eq!(names(&driver), ["Beta"]);
    driver.press("f");
    assert!(names(&driver).is_empty());
}

#[test]
fn settings_are_exported_without_a_secret_and_no_file_is_replaced_unasked() {
    let mut driver = with_three();
    let path = driver.dir.path().join("out.json");
    driver.press("s");
    let secret = driver.clipboard().unwrap();
    let path_keys = path.to_str().unwrap().to_owned();
    driver.press("<space><space>x<ctrl-u>");
    driver.press(&path_keys);
    driver.press("<enter>");
    assert!(
        driver.notice().starts_with("Written to"),
        "{}",
        driver.notice()
    );
    let text = fs::read_to_string(&path).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["apps"].as_array().unwrap().len(), 2);
    assert_eq!(json["apps"][0]["name"], "Alpha");
    assert!(!text.contains(&secret));
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );

    fs::write(&path, "mine").unwrap();
    driver.press("x<ctrl-u>");
    driver.press(&path_keys);
    driver.press("<enter>");
    assert!(driver.shows("Replace it?"), "{}", driver.text());
    driver.press("<esc>");
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    driver.press("x<ctrl-u>");
    driver.press(&path_keys);
    driver.press("<enter><enter>");
    assert!(fs::read_to_string(&path).unwrap().contains("Gamma"));
}

#[test]
fn an_env_file_is_written_for_its_owner_alone() {
    let mut driver = with_three();
    let path = driver.dir.path().join(".env");
    driver.press("s");
    let secret = driver.clipboard().unwrap();
    driver.press("<enter>w");
    assert!(
        driver.notice().contains("tab Credentials"),
        "{}",
        driver.notice()
    );
    driver.press("<tab><tab><down><down>w");
    assert!(driver.shows("/home/ada/shop/.env"), "{}", driver.text());
    driver.press("<ctrl-u>");
    driver.press(path.to_str().unwrap());
    driver.press("<enter>");
    assert!(
        driver.notice().starts_with("Written to"),
        "{}",
        driver.notice()
    );
    assert!(fs::read_to_string(&path).unwrap().contains(&secret));
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    // A file that is kept is not written, and the history does not say so.
    let written = |driver: &mut Driver| {
        driver.press("<tab>");
        let lines = driver.text();
        driver.press("<s-tab>");
        lines.matches("written to a file").count()
    };
    assert_eq!(written(&mut driver), 1, "{}", driver.text());
    driver.press("w<ctrl-u>");
    driver.press(path.to_str().unwrap());
    driver.press("<enter>");
    assert!(driver.shows("Replace it?"), "{}", driver.text());
    driver.press("<esc>");
    assert_eq!(written(&mut driver), 1, "{}", driver.text());
}

#[test]
fn a_secret_that_git_may_commit_is_warned_about() {
    let mut driver = with_three();
    driver.press("<enter><tab><tab><down><down>");
    let folder = driver.dir.path().join("shop");
    fs::create_dir_all(folder.join(".git")).unwrap();
    let write = |driver: &mut Driver, name: &str| {
        driver.press("w<ctrl-u>");
        driver.press(folder.join(name).to_str().unwrap());
        driver.press("<enter>");
        driver.notice().to_owned()
    };
    assert!(write(&mut driver, ".env").ends_with("Git may commit it: no .gitignore names it."));
    fs::write(folder.join(".gitignore"), "*.env").unwrap();
    assert!(write(&mut driver, "a.env").ends_with("Only you can read it."));
    driver.press("<down>");
    let said = write(&mut driver, "first_call.sh");
    assert!(said.ends_with("Only you can read it."), "{said}");
}

#[test]
fn a_failure_is_reported_and_changes_nothing() {
    let mut driver = with_three();
    driver.press("<space>x<ctrl-u>");
    let missing = driver.dir.path().join("no/such/file");
    driver.press(missing.to_str().unwrap());
    driver.press("<enter>");
    assert!(
        driver.notice().contains("cannot be written"),
        "{}",
        driver.notice()
    );
    assert!(driver.shows("1 marked"), "what was marked stays");
    driver.lose_role(Role::AuditUser);
    driver.press("z<enter>");
    assert!(
        driver.notice().contains("0 apps suspended"),
        "{}",
        driver.notice()
    );
    assert!(driver.notice().contains("Alpha"), "{}", driver.notice());
}

#[test]
fn keys_typed_ahead_wait_for_a_favourite() {
    let mut driver = with_three();
    driver.holds_answers = true;
    driver.press("fA");
    driver.holds_answers = false;
    driver.deliver();
    assert_eq!(driver.apps().marks.len(), 3);
    driver.press("<esc>");
    driver.holds_answers = true;
    driver.press("fj");
    driver.holds_answers = false;
    driver.deliver();
    assert_eq!(driver.apps().cursor, 1);
}

#[test]
fn a_hint_of_the_list_has_no_tick_and_ends_when_an_app_is_opened() {
    let mut driver = Driver::signed_up();
    driver.register(app("Shop").jwt());
    // From the app's page to the list; the second one has nowhere to go.
    driver.press("<esc><esc>");
    assert!(driver.is_on_list());
    let text = driver.text();
    assert!(text.contains("· This is the list. q quits."), "{text}");
    driver.press("<enter>");
    assert_eq!(driver.app().spec.properties.name.as_str(), "Shop");
    assert_eq!(driver.notice(), "", "{}", driver.text());
}
