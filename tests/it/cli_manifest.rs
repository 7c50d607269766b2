//! Apps as a file: exported, compared and applied.

use std::{fs, path::Path};

use serde_json::{Value, json};

use crate::harness::{
    command::{failure, give_password, object, run, text},
    driver::{Driver, PASSWORD},
    form::app,
};

const ICON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/icons/square.png");

/// Ada with one app.
fn workspace() -> Driver {
    let mut driver = Driver::signed_up();
    driver.register(app("Billing").jwt().scope("ReadCallLog"));
    driver.press("<esc>");
    give_password(driver.dir.path(), PASSWORD);
    driver
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn app_of(name: &str, more: &str) -> String {
    format!(
        "[[apps]]\nname = \"{name}\"\ndescription = \"Copies orders into the call log.\"\n\
         access = \"private\"\n{more}\n[apps.client]\ngrant_types = \
         [\"urn:ietf:params:oauth:grant-type:jwt-bearer\", \"refresh_token\"]\n"
    )
}

fn manifest(apps: &[String]) -> String {
    format!("manifest = 1\n{}", apps.concat())
}

fn code(folder: &Path, arguments: &[&str]) -> Option<i32> {
    run(folder, arguments, "").status.code()
}

#[test]
fn an_export_is_applied_without_a_change() {
    let driver = workspace();
    let folder = driver.dir.path();
    for format in ["toml", "json"] {
        let exported = text(folder, &["app", "export", "--format", format]);
        let printed = object(folder, &["app", "export", "--format", format, "--json"]);
        assert_eq!(printed["schema"], "manifest/1");
        assert_eq!(printed["manifest"], exported);
        let file = write(folder, &format!("apps.{format}"), &exported);
        assert_eq!(code(folder, &["app", "diff", &file]), Some(0));
        let applied = text(folder, &["app", "apply", &file]);
        assert_eq!(applied, "1 unchanged.\n");
        assert_eq!(
            text(folder, &["app", "export", "--format", format]),
            exported
        );
    }
    let from_input = run(
        folder,
        &["app", "diff", "-"],
        &text(folder, &["app", "export", "Billing"]),
    );
    assert_eq!(from_input.status.code(), Some(0), "{from_input:?}");
}

#[test]
fn a_diff_says_what_apply_does() {
    let driver = workspace();
    let folder = driver.dir.path();
    let exported = text(folder, &["app", "export"]);
    let changed = exported
        .replace("ReadCallLog", "ReadCallLog\nEditAccounts")
        .replace(
            "access = \"private\"",
            "access = \"private\"\nsummary = \"Bills.\"",
        );
    let changed = changed.replace(
        "[apps.client]",
        "[apps.justifications]\nEditAccounts = \"Creates an extension for each customer.\"\n\n[apps.client]",
    );
    let file = write(
        folder,
        "apps.toml",
        &(changed + "\n" + &app_of("Orders", "")),
    );
    let differs = run(folder, &["app", "diff", &file], "");
    assert_eq!(differs.status.code(), Some(1));
    let said = String::from_utf8(differs.stdout).unwrap();
    let id = object(folder, &["app", "show", "Billing", "--json"])["app"]["client_id"].clone();
    let digest = said.rsplit(' ').next().unwrap().trim().to_owned();
    let shown = said
        .replace(id.as_str().unwrap(), "ID")
        .replace(&digest, "DIGEST");
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("app_diff", shown);
    });

    let as_json = run(folder, &["app", "diff", &file, "--json"], "");
    let as_json: Value = serde_json::from_slice(&as_json.stdout).unwrap();
    assert_eq!(as_json["plan"], json!(digest));
    assert_eq!(as_json["apps"][1]["action"], "create");
    let (asked, said) = failure(folder, &["app", "apply", &file, "--json"]);
    assert!(asked == 2 && said.contains("--yes"), "{said}");

    let rehearsed = run(folder, &["app", "apply", &file, "--dry-run"], "");
    assert!(rehearsed.status.success(), "{rehearsed:?}");
    assert_eq!(code(folder, &["app", "show", "Orders"]), Some(4));
    let applied = run(
        folder,
        &["app", "apply", &file, "--yes", "--plan", &digest],
        "",
    );
    let said = String::from_utf8(applied.stdout).unwrap();
    assert!(
        said.ends_with("1 created, 1 changed, 0 unchanged.\n"),
        "{said}"
    );
    assert_eq!(code(folder, &["app", "diff", &file]), Some(0));
    let stale = ["app", "apply", &file, "--yes", "--plan", &digest];
    assert_eq!(failure(folder, &stale).0, 5);
}

#[test]
fn all_errors_are_told_at_once_and_nothing_is_written() {
    let driver = workspace();
    let folder = driver.dir.path();
    let wrong = app_of("Orders", "summry = \"x\"") + &app_of("Shop", "client_secret = \"s3cr3t\"");
    let file = write(folder, "apps.toml", &manifest(&[wrong]));
    let refused = run(folder, &["app", "apply", &file, "--yes"], "");
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(refused.stderr).unwrap(),
        "devconsole: Orders: summry: Unknown member. Did you mean summary?\n\
         devconsole: Shop: client_secret: A manifest never holds a secret. Remove this member.\n"
    );
    let wrong = [
        app_of("Orders", "tags = [\"a b\"]").replace("private", "secret"),
        app_of("Billing", "type = \"bot\"").replace("refresh_token", "password"),
    ];
    let file = write(folder, "apps.toml", &manifest(&wrong));
    let refused = run(folder, &["app", "apply", &file, "--yes", "--json"], "");
    let said: Value = serde_json::from_slice(&refused.stderr).unwrap();
    let fields: Vec<&str> = said["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["field"].as_str().unwrap())
        .collect();
    assert_eq!(
        fields,
        [
            "Orders: access",
            "Orders: tags[0]",
            "Billing: client.grant_types",
            "Billing: client.client_name",
            "Billing: icon"
        ]
    );
    assert_eq!(code(folder, &["app", "diff", &file]), Some(2));
    assert_eq!(code(folder, &["app", "diff", "missing.toml"]), Some(4));
    assert_eq!(code(folder, &["app", "show", "Orders"]), Some(4));
}

#[test]
fn what_the_workspace_does_not_allow_is_a_conflict() {
    let driver = workspace();
    let folder = driver.dir.path();
    let public = manifest(&[app_of("Shop", "").replace("private", "public")]);
    let file = write(folder, "apps.toml", &public);
    run(folder, &["app", "apply", &file, "--yes"], "");
    let file = write(folder, "apps.toml", &public.replace("public", "private"));
    let (code, said) = failure(folder, &["app", "apply", &file, "--yes"]);
    assert_eq!(code, 5);
    assert_eq!(
        said,
        "devconsole: Shop: access: A public app cannot be made private."
    );
}

#[test]
fn apps_outside_the_manifest_stay_unless_they_are_pruned() {
    let driver = workspace();
    let folder = driver.dir.path();
    let both = manifest(&[
        app_of("Orders", "tags = [\"managed\"]"),
        app_of("Shop", "tags = [\"managed\"]"),
    ]);
    let file = write(folder, "apps.toml", &both);
    text(folder, &["app", "apply", &file, "--yes"]);
    let one = write(
        folder,
        "apps.toml",
        &manifest(&[app_of("Orders", "tags = [\"managed\"]")]),
    );
    assert_eq!(text(folder, &["app", "apply", &one]), "1 unchanged.\n");
    assert_eq!(code(folder, &["app", "apply", &one, "--prune"]), Some(2));
    let prune = [
        "app",
        "apply",
        &one,
        "--yes",
        "--prune",
        "--filter",
        "tag:managed",
    ];
    let said = text(folder, &prune);
    assert!(
        said.contains("- Shop  tag:managed, not in the file"),
        "{said}"
    );
    assert_eq!(
        object(folder, &["app", "show", "Shop", "--json"])["app"]["in_trash"],
        true
    );
    assert_eq!(
        object(folder, &["app", "show", "Billing", "--json"])["app"]["in_trash"],
        false
    );
}

#[test]
fn settings_come_from_another_workspace_and_identity_only_if_asked() {
    let (from, to) = (workspace(), Driver::signed_up());
    let folder = to.dir.path();
    give_password(folder, PASSWORD);
    let exported = text(from.dir.path(), &["app", "export"]);
    let file = write(folder, "apps.toml", &exported);
    let ignored = run(folder, &["app", "diff", &file], "");
    let said = String::from_utf8(ignored.stderr).unwrap();
    assert!(said.contains("--keep-ids keeps them"), "{said}");
    let applied = run(folder, &["app", "apply", &file, "--yes", "--keep-ids"], "");
    assert!(applied.status.success(), "{applied:?}");
    assert_eq!(text(folder, &["app", "export"]), exported);
}

#[test]
fn icons_are_written_beside_the_manifest_and_read_again() {
    let driver = workspace();
    let folder = driver.dir.path();
    let icon = format!("icon = \"{ICON}\"");
    let file = write(folder, "apps.toml", &manifest(&[app_of("Orders", &icon)]));
    text(folder, &["app", "apply", &file, "--yes"]);
    let out = folder.join("export");
    fs::create_dir(&out).unwrap();
    let path = out.join("apps.toml");
    let path = path.to_str().unwrap();
    text(folder, &["app", "export", "Orders", "-o", path]);
    assert_eq!(
        fs::read(out.join("icons/orders.png")).unwrap(),
        fs::read(ICON).unwrap()
    );
    assert!(
        fs::read_to_string(path)
            .unwrap()
            .contains("icon = \"icons/orders.png\"")
    );
    assert_eq!(code(folder, &["app", "diff", path]), Some(0));
    assert_eq!(failure(folder, &["app", "export", "-o", path]).0, 5);
}

#[test]
fn an_existing_manifest_is_updated_in_place() {
    let driver = workspace();
    let folder = driver.dir.path();
    let text_before = format!(
        "# Ours\n{}",
        manifest(&[app_of("Orders", "# Why\nsummary = \"x\" # short")])
    );
    let file = write(folder, "apps.toml", &text_before);
    text(folder, &["app", "apply", &file, "--yes"]);
    text(folder, &["app", "export", "Orders", "--into", &file]);
    let after = fs::read_to_string(&file).unwrap();
    for kept in ["# Ours", "# Why", "summary = \"x\" # short"] {
        assert!(after.contains(kept), "{after}");
    }
    let id = object(folder, &["app", "show", "Orders", "--json"])["app"]["client_id"].clone();
    assert!(after.contains(id.as_str().unwrap()), "{after}");
    let again = text(folder, &["app", "export", "Orders", "--into", &file]);
    assert!(again.starts_with("Unchanged"), "{again}");
    let renamed = after.replace("\"Orders\"", "\"Order sync\"");
    let file = write(folder, "apps.toml", &renamed);
    let said = text(folder, &["app", "apply", &file, "--yes"]);
    assert!(said.starts_with("~ Orders → Order sync"), "{said}");
}

#[test]
fn a_plan_is_in_color_where_that_is_asked_for() {
    let driver = workspace();
    let folder = driver.dir.path();
    let file = write(folder, "apps.toml", &manifest(&[app_of("Shop", "")]));
    let shown = |more: &[&str]| {
        let output = run(folder, &[&["app", "diff", &file], more].concat(), "");
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let plain = shown(&[]);
    assert!(plain.starts_with("+ Shop"), "{plain}");
    for same in [&["--color", "never"][..], &["--color=auto"]] {
        assert_eq!(shown(same), plain);
    }
    let colored = shown(&["--color", "always"]);
    assert!(colored.starts_with("\x1b[32m+ Shop"), "{colored:?}");
    assert_eq!(
        colored.replace("\x1b[32m", "").replace("\x1b[0m", ""),
        plain
    );
    // JSON has none.
    assert!(shown(&["--color", "always", "--json"]).starts_with("{\"schema\":\"diff/1\""));
    // The help follows the flag, too.
    let help = |color| run(folder, &["app", "diff", "--help", "--color", color], "").stdout;
    assert!(help("always").contains(&b'\x1b') && !help("never").contains(&b'\x1b'));
    assert_eq!(
        failure_code(folder, &["app", "list", "--color", "sometimes"]),
        2
    );
}

fn failure_code(folder: &Path, arguments: &[&str]) -> i32 {
    let output = run(folder, arguments, "");
    assert!(output.stdout.is_empty(), "{output:?}");
    output.status.code().unwrap()
}

#[test]
fn a_rule_is_a_member_in_json_and_ends_the_line_in_text() {
    let driver = workspace();
    let folder = driver.dir.path();
    let entry = app_of("Shop", "").replace(
        "grant_types = [\"urn:ietf:params:oauth:grant-type:jwt-bearer\", \"refresh_token\"]",
        "redirect_uris = [\"https://shop.example/cb#x\"]",
    );
    let file = write(folder, "apps.toml", &manifest(&[entry]));
    let flags = [
        "app",
        "create",
        "--name",
        "Shop",
        "--description",
        "Copies orders into the call log.",
        "--access",
        "private",
        "--redirect-uri",
        "https://shop.example/cb#x",
    ];
    for (arguments, field) in [
        (
            &["app", "apply", &file][..],
            "Shop: client.redirect_uris[0]",
        ),
        (&flags, "--redirect-uri[0]"),
    ] {
        let (_, said) = failure(folder, arguments);
        let line = "Remove the # and everything after it. [RFC 6749 §3.1.2]";
        assert_eq!(said, format!("devconsole: {field}: {line}"));
        let (_, said) = failure(folder, &[arguments, &["--json"]].concat());
        let object: Value = serde_json::from_str(&said).unwrap();
        assert_eq!(
            object["errors"],
            json!([{
                "field": field,
                "message": "Remove the # and everything after it.",
                "rule": "RFC 6749 §3.1.2",
            }])
        );
    }
    let (_, said) = failure(folder, &["app", "show", "nope", "--json"]);
    let object: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(object["errors"][0]["rule"], Value::Null);
}

/// Names of folders on Linux are bytes.
#[test]
fn a_file_is_written_in_a_folder_whose_name_is_not_utf_8() {
    use std::os::unix::ffi::OsStrExt as _;
    let driver = workspace();
    let folder = driver.dir.path();
    let odd = folder.join(std::ffi::OsStr::from_bytes(b"odd\xff"));
    fs::create_dir(&odd).unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_devconsole"))
        .current_dir(&odd)
        .args(["app", "export", "-o", "apps.toml", "--json", "--data-dir"])
        .arg(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(odd.join("apps.toml").exists());
}

#[test]
fn a_file_that_cannot_be_read_is_named_with_what_to_do() {
    let driver = workspace();
    let folder = driver.dir.path();
    let none = folder.join("none");
    let (none, here) = (none.to_str().unwrap(), folder.to_str().unwrap());
    let edit = ["app", "edit", "Billing", "--instructions"];
    let keep = ["app", "keep", "Billing", "--for", "production"];
    let secret = [&keep[..], &["--client-id", "x", "--secret-file"]].concat();
    for (command, field) in [
        (&["app", "diff"][..], "FILE"),
        (&["serve", "--from"], "--from"),
        (&edit, "--instructions"),
        (&secret, "--secret-file"),
    ] {
        let (code, said) = failure(folder, &[command, &[none]].concat());
        let what = "does not exist. Check the path.";
        assert_eq!(code, 4, "{said}");
        assert_eq!(said, format!("devconsole: {field}: {none} {what}"));
        let (_, said) = failure(folder, &[command, &[here]].concat());
        assert!(
            said.starts_with(&format!("devconsole: {field}: {here} is")),
            "{said}"
        );
    }
    // A file without an end is no settings text.
    let (code, said) = failure(folder, &[&edit[..], &["/dev/zero"]].concat());
    assert_eq!(code, 1, "{said}");
}
