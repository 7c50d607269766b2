//! Apps as a file, in the full screen: written by `x`, compared and applied by `i`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::harness::{driver::Driver, form::app};

/// Ada with two apps, and the manifest of both that `x` writes.
fn exported() -> (Driver, PathBuf) {
    let mut driver = Driver::signed_up();
    for name in ["Billing", "Garden"] {
        driver.register(app(name).jwt().scope("ReadCallLog"));
        driver.press("<esc>");
    }
    let file = driver.dir.path().join("apps.toml");
    driver.press("Ax<ctrl-u>");
    driver.paste(file.to_str().unwrap());
    driver.press("<enter>");
    assert!(file.is_file(), "{}", driver.text());
    (driver, file)
}

fn import(driver: &mut Driver, file: &Path) {
    driver.press("i<ctrl-u>");
    driver.paste(file.to_str().unwrap());
    driver.press("<enter>");
}

fn assert_snapshot(name: &str, text: &str) {
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, text);
    });
}

/// Without what differs from run to run: the folder, and the Client ID after `~ Billing`.
fn same_each_time(driver: &Driver, file: &Path) -> String {
    let text = driver.text().replace(file.to_str().unwrap(), "apps.toml");
    let (before, rest) = text.split_once("~ Billing  ").unwrap();
    let (_id, after) = rest.split_once('\n').unwrap();
    format!("{before}~ Billing  ID\n{after}")
}

#[test]
fn an_export_changes_nothing_when_it_is_imported() {
    let (mut driver, file) = exported();
    import(&mut driver, &file);
    let page = driver.text().replace(file.to_str().unwrap(), "apps.toml");
    assert_snapshot("import_without_changes", &page);
    driver.press("<enter>");
    assert!(
        driver.notice().contains("already as the manifest has them"),
        "{}",
        driver.text()
    );
    driver.press("<esc>");
    assert!(driver.is_on_list());
}

#[test]
fn a_manifest_is_applied_after_its_changes_were_shown() {
    let (mut driver, file) = exported();
    let text = fs::read_to_string(&file).unwrap();
    let longer = text.replacen(
        "Exports the call log at night.",
        "Exports the call log every night.",
        1,
    );
    assert_ne!(text, longer, "{text}");
    let new = r#"
[[apps]]
name = "Orders"
description = "Copies orders into the call log."
access = "private"
[apps.client]
redirect_uris = ["https://orders.example/cb"]
scope = "ReadCallLog"
"#;
    fs::write(&file, longer + new).unwrap();
    import(&mut driver, &file);
    assert_snapshot("import_of_a_manifest", &same_each_time(&driver, &file));
    driver.press("<esc>");
    assert!(
        driver.is_on_list() && !driver.shows("Orders"),
        "{}",
        driver.text()
    );

    import(&mut driver, &file);
    driver.press("<enter>");
    assert!(
        driver.is_on_list() && driver.shows("Orders"),
        "{}",
        driver.text()
    );
    assert!(driver.notice().contains("1 created"), "{}", driver.notice());
    import(&mut driver, &file);
    assert!(driver.shows("3 unchanged"), "{}", driver.text());
}

#[test]
fn what_is_wrong_with_a_manifest_is_said_and_nothing_is_changed() {
    let (mut driver, file) = exported();
    fs::write(
        &file,
        "manifest = 1\n[[apps]]\nname = \"Orders\"\nclient_secret = \"x\"\n",
    )
    .unwrap();
    import(&mut driver, &file);
    let said = driver.notice().to_owned();
    assert!(said.contains("A manifest never holds a secret"), "{said}");
    assert!(
        driver.is_on_list() && driver.shows("Apps  2"),
        "{}",
        driver.text()
    );
    fs::write(
        &file,
        "manifest = 1\n[[apps]]\nname = \"Orders\"\ncolour = \"red\"\nclient_secret = \"x\"\n",
    )
    .unwrap();
    import(&mut driver, &file);
    assert_snapshot("import_refused", driver.notice());
    assert!(driver.is_on_list() && driver.shows("Apps  2"));
    let missing = driver.dir.path().join("missing.toml");
    import(&mut driver, &missing);
    assert!(
        driver.notice().contains("cannot be read"),
        "{}",
        driver.notice()
    );
}

#[test]
fn a_manifest_that_changed_after_it_was_shown_is_not_applied() {
    let (mut driver, file) = exported();
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("at night", "every night", 1)).unwrap();
    import(&mut driver, &file);
    fs::write(&file, text.replacen("at night", "each night", 1)).unwrap();
    driver.press("<enter>");
    assert!(
        driver.notice().contains("has changed since"),
        "{}",
        driver.notice()
    );
}

/// The link of an install button, as RingCentral's documentation writes it.
const LINK: &str = "https://developers.ringcentral.com/new-app?name=Order+bell&desc=Rings+a+bell+for+every+new+order.&public=false&type=ServerOther&carriers=7710,7310&permissions=ReadAccounts,ReadCallLog&redirectUri=";

#[test]
fn a_pasted_link_of_ringcentral_fills_in_the_form() {
    let mut driver = Driver::signed_up();
    driver.press("<esc>");
    driver.paste(LINK);
    let draft = &driver.form().draft;
    assert_eq!(draft.title(), "Order bell");
    assert_snapshot("form_from_a_link", &driver.text());
    // What was typed is not lost.
    driver.press("<esc>");
    assert!(driver.shows("Order bell"), "{}", driver.text());
    driver.press("<enter>");
    assert_eq!(driver.form().draft.title(), "Order bell");
}

#[test]
fn what_a_link_says_and_nobody_understands_is_reported() {
    let mut driver = Driver::signed_up();
    driver.press("<esc>");
    driver.paste(&LINK.replace("ReadCallLog", "Nonsense"));
    let said = driver.notice();
    assert!(
        said.contains("permissions: Unknown scope Nonsense"),
        "{said}"
    );
}

#[test]
fn any_other_pasted_text_and_a_link_in_the_filter_open_no_form() {
    let mut driver = Driver::signed_up();
    driver.press("<esc>");
    driver.paste("https://example.com/new-app?name=Order+bell");
    assert!(driver.is_on_list(), "{}", driver.text());
    driver.press("/");
    driver.paste(LINK);
    assert!(driver.is_on_list(), "{}", driver.text());
}

#[test]
fn a_text_scrolls_to_its_end_and_back_at_once() {
    let (mut driver, file) = exported();
    let more: String = (0..60)
        .map(|nth| {
            format!("[[apps]]\nname = \"App {nth}\"\ndescription = \"Copies orders into a log.\"\naccess = \"private\"\n[apps.client]\nredirect_uris = [\"https://orders.example/cb\"]\n")
        })
        .collect();
    fs::write(&file, format!("manifest = 1\n{more}")).unwrap();
    import(&mut driver, &file);
    let top = driver.text();
    driver.press("<end>");
    let end = driver.text();
    assert_ne!(top, end);
    driver.press(&"<down>".repeat(50));
    assert_eq!(driver.text(), end);
    driver.press("<up>");
    assert_ne!(driver.text(), end);
    driver.press("<home>");
    assert_eq!(driver.text(), top);
}

#[test]
fn a_link_with_much_that_is_unknown_leaves_room_for_the_form() {
    let mut driver = Driver::signed_up();
    driver.press("<esc>");
    let unknown: Vec<String> = (0..300)
        .map(|nth| format!("Scope{}", "x".repeat(nth % 9 + 1)))
        .collect();
    driver.paste(&LINK.replace("ReadCallLog", &unknown.join(",")));
    let said = driver.notice();
    assert!(said.len() < 300 && said.ends_with(" more."), "{said}");
}

#[test]
fn a_link_that_is_pasted_again_does_not_become_text_of_the_form() {
    let mut driver = Driver::signed_up();
    driver.press("<esc>");
    driver.paste(&LINK.replace("name=Order+bell", "name="));
    let before = driver.form().draft.clone();
    driver.paste(LINK);
    assert_eq!(driver.form().draft, before);
    assert!(
        driver.notice().contains("list of apps"),
        "{}",
        driver.notice()
    );
}
