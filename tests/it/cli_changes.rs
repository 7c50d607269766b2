//! Commands that sign in: what they change, what they print, and what they refuse, for each role.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use devconsole::domain::people::developer::Role;
use serde_json::{Value, json};

use crate::harness::{
    Exit, Session,
    command::{failure, give_password, object, run, text},
    driver::{Driver, EMAIL, PASSWORD},
    form::app,
    program::{self, Data, SOON},
};

const REASON: &str = "We sync our directory.";

/// Ada, Developer Admin: two apps with a secret, one of which waits for an approval.
fn workspace() -> (Driver, PathBuf) {
    let mut driver = Driver::signed_up();
    driver.register(app("Billing").jwt().scope("ReadCallLog"));
    driver.press("<esc>");
    driver.register(app("Garden").jwt().scope("edit acc").reason(REASON));
    driver.press("<esc>");
    let folder = driver.dir.path().to_owned();
    give_password(&folder, PASSWORD);
    (driver, folder)
}

fn shown(folder: &Path, name: &str) -> Value {
    object(folder, &["app", "show", name, "--json"])["app"].clone()
}

fn names(list: &Value) -> Vec<&str> {
    let all = list.as_array().unwrap().iter();
    all.map(|one| one["name"].as_str().unwrap()).collect()
}

#[test]
fn apps_are_suspended_resumed_tagged_and_thrown_away_by_name_or_filter() {
    let (_driver, folder) = workspace();
    let done = object(&folder, &["app", "suspend", "billing", "Garden", "--json"]);
    assert_eq!(names(&done["done"]), ["Billing", "Garden"]);
    assert_eq!(shown(&folder, "Billing")["status"], "suspended");
    let said = text(&folder, &["app", "resume", "--filter", "is:suspended"]);
    assert_eq!(said, "Billing: resumed\nGarden: resumed\n");

    text(
        &folder,
        &["app", "tag", "Billing", "--add", "money", "--add", "eu"],
    );
    text(&folder, &["app", "tag", "Billing", "--remove", "eu"]);
    let list = object(&folder, &["app", "list", "--json", "--filter", "tag:money"]);
    assert_eq!(list["apps"][0]["tags"], json!(["money"]));

    let (code, said) = failure(&folder, &["app", "delete", "Billing"]);
    assert_eq!(code, 2);
    assert_eq!(
        said,
        "devconsole: --yes: Required without a terminal. This moves 1 app to the trash."
    );
    text(&folder, &["app", "delete", "Billing", "--yes"]);
    assert_eq!(shown(&folder, "Billing")["in_trash"], true);
    text(&folder, &["app", "restore", "Billing"]);
    assert_eq!(shown(&folder, "Billing")["in_trash"], false);

    let skipped = run(&folder, &["app", "purge", "Billing", "--yes", "--json"], "");
    assert_eq!(skipped.status.code(), Some(5));
    let skipped: Value = serde_json::from_slice(&skipped.stdout).unwrap();
    assert_eq!(
        skipped["skipped"][0]["reason"],
        "Only an app in the trash can be deleted permanently."
    );
    text(&folder, &["app", "delete", "Billing", "--yes"]);
    text(&folder, &["app", "purge", "Billing", "--yes"]);
    assert_eq!(failure(&folder, &["app", "show", "Billing"]).0, 4);
}

#[test]
fn a_dry_run_checks_everything_and_changes_nothing() {
    let (_driver, folder) = workspace();
    let before = shown(&folder, "Billing");
    for arguments in [
        &["app", "suspend", "Billing"][..],
        &["app", "delete", "Billing"],
        &["app", "tag", "Billing", "--add", "x"],
        &["app", "rotate", "Billing", "--overlap", "0"],
        &["jwt", "create", "--label", "ci", "--app", "Billing"],
    ] {
        let output = run(&folder, &[arguments, &["--dry-run"]].concat(), "");
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said, "This was a dry run: nothing was changed.\n");
    }
    assert_eq!(shown(&folder, "Billing"), before);
    let jwts = object(&folder, &["jwt", "list", "--json"]);
    assert_eq!(jwts["jwts"], json!([]));
    let refused = run(&folder, &["app", "purge", "Billing", "--dry-run"], "");
    assert_eq!(refused.status.code(), Some(5));
}

#[test]
fn a_secret_is_rotated_and_printed_only_when_asked() {
    let (_driver, folder) = workspace();
    let secret = |name: &str| {
        let shown = object(&folder, &["app", "show", name, "--reveal", "--json"]);
        shown["app"]["client_secret"].as_str().unwrap().to_owned()
    };
    let old = secret("Billing");
    assert_eq!(old.len(), 44);
    let plain = text(&folder, &["app", "rotate", "Billing"]);
    assert!(
        plain.starts_with("Rotated. The old Client Secret works until "),
        "{plain}"
    );
    let new = secret("Billing");
    assert_ne!(old, new);
    assert!(!plain.contains(&new));
    let both = object(&folder, &["app", "show", "Billing", "--reveal", "--json"]);
    assert_eq!(both["app"]["old_client_secret"], json!(old));

    let (code, said) = failure(&folder, &["app", "rotate", "Billing"]);
    assert_eq!(code, 5);
    assert!(said.contains("already in progress"), "{said}");
    text(&folder, &["app", "rotate", "Billing", "--cancel", "--yes"]);
    assert_eq!(secret("Billing"), old);
    let ended = [
        "app",
        "rotate",
        "Billing",
        "--overlap=0",
        "--yes",
        "--reveal",
        "--json",
    ];
    let ended = object(&folder, &ended);
    assert_eq!(ended["old_secret_ends_at"], Value::Null);
    assert_eq!(ended["client_secret"], json!(secret("Billing")));

    let history = object(
        &folder,
        &["history", "--app", "Billing", "--json", "--limit", "0"],
    );
    let entries = history["entries"].as_array().unwrap();
    let read = entries.iter().filter(|one| one["what"] == "secret_read");
    assert_eq!(read.count(), 6);
    assert!(!history.to_string().contains(&new));
}

#[test]
fn a_jwt_credential_is_created_for_an_app_and_revoked() {
    let (_driver, folder) = workspace();
    let create = [
        "jwt",
        "create",
        "--label",
        "ci",
        "--app",
        "Billing",
        "--expires",
        "90d",
    ];
    let made = object(&folder, &[&create[..], &["--reveal", "--json"]].concat());
    let jwt = &made["jwt"];
    assert_eq!(jwt["token"].as_str().unwrap().split('.').count(), 3);
    assert_eq!(jwt["apps"], json!([shown(&folder, "Billing")["client_id"]]));
    assert_eq!(
        (&jwt["person"], &jwt["all_apps"]),
        (&json!(EMAIL), &json!(false))
    );
    let token = ["jwt", "show", "CI", "--reveal", "--get", "token"];
    assert_eq!(text(&folder, &token).trim_end(), jwt["token"]);
    assert_eq!(
        failure(&folder, &["jwt", "show", "ci", "--get", "token"]).0,
        4
    );

    text(&folder, &["jwt", "edit", "ci", "--all-apps"]);
    let listed = object(&folder, &["jwt", "list", "--json"]);
    assert_eq!(listed["jwts"][0]["all_apps"], true);
    assert_eq!(failure(&folder, &["jwt", "revoke", "ci"]).0, 2);
    text(&folder, &["jwt", "revoke", "ci", "--yes"]);
    assert_eq!(failure(&folder, &["jwt", "show", "ci"]).0, 4);

    let wrong = run(
        &folder,
        &[
            "jwt",
            "create",
            "--label",
            " ",
            "--app",
            "Billing",
            "--expires",
            "yesterday",
        ],
        "",
    );
    assert_eq!(wrong.status.code(), Some(1));
    let said = String::from_utf8(wrong.stderr).unwrap();
    let said: Vec<&str> = said.lines().collect();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].starts_with("devconsole: --label: "), "{said:?}");
    assert!(
        said[1].starts_with("devconsole: --expires: Enter a date"),
        "{said:?}"
    );
}

#[test]
fn requests_are_listed_and_decided() {
    let (mut driver, folder) = workspace();
    driver.press("p");
    driver.add_developer("Grace Hopper", "grace@example.com", "Developer Admin");
    let list = object(&folder, &["approvals", "list", "--json"]);
    let request = &list["requests"][0];
    assert_eq!(
        (
            &request["app"],
            &request["scope"],
            &request["justification"]
        ),
        (&json!("Garden"), &json!("EditAccounts"), &json!(REASON))
    );
    // Another Developer Admin is there, so one's own request is theirs to decide.
    let id = request["id"].as_str().unwrap();
    let output = run(&folder, &["approvals", "approve", id], "");
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    driver.sql("UPDATE tickets SET requested_by = (SELECT id FROM developers WHERE full_name = 'Grace Hopper')");
    assert_eq!(
        failure(&folder, &["approvals", "reject", id, "--reason", " "]).0,
        5
    );
    let (code, said) = failure(&folder, &["approvals", "approve", "0VcWLrSsWkm1t5oMfki4PI"]);
    assert_eq!(code, 4);
    assert!(said.contains("No request has this id."), "{said}");
    let said = text(&folder, &["approvals", "approve", id]);
    assert_eq!(said, "EditAccounts for Garden: approved\n");
    assert_eq!(shown(&folder, "Garden")["scopes"][0]["state"], "granted");
    assert_eq!(
        run(&folder, &["approvals", "approve", id], "")
            .status
            .code(),
        Some(5)
    );
    assert_eq!(text(&folder, &["approvals", "list"]), "");
}

#[test]
fn developers_are_listed_and_managed() {
    let (mut driver, folder) = workspace();
    driver.press("p");
    driver.add_developer("Grace Hopper", "grace@example.com", "Developer");
    let people = object(&folder, &["people", "list", "--json"]);
    assert_eq!(names(&people["people"]), ["Ada Lovelace", "Grace Hopper"]);
    assert_eq!(people["people"][1]["must_change_password"], true);
    let audit = ["people", "role", "grace@example.com", "audit_user"];
    let output = run(&folder, &audit, "");
    assert_eq!(output.stdout, b"Grace Hopper: now Audit-user\n");
    let hint = String::from_utf8(output.stderr).unwrap();
    assert!(
        hint.starts_with("Grace Hopper may have copied Client Secrets."),
        "{hint}"
    );
    assert_eq!(
        failure(&folder, &["people", "disable", "grace@example.com"]).0,
        2
    );
    text(
        &folder,
        &["-q", "people", "disable", "GRACE@example.com", "--yes"],
    );
    text(&folder, &["people", "enable", "grace@example.com"]);
    text(
        &folder,
        &["-q", "people", "remove", "grace@example.com", "--yes"],
    );
    assert_eq!(
        failure(&folder, &["people", "enable", "grace@example.com"]).0,
        4
    );
    let (code, said) = failure(&folder, &["people", "role", EMAIL, "developer"]);
    assert_eq!(code, 5, "{said}");
    let check = object(&folder, &["history", "--check", "--json"]);
    assert_eq!(check["intact"], true);
}

#[test]
fn credentials_go_to_a_file_or_a_program_and_nowhere_else() {
    let (_driver, folder) = workspace();
    let secret = object(&folder, &["app", "show", "Billing", "--reveal", "--json"]);
    let secret = secret["app"]["client_secret"].as_str().unwrap();
    let file = folder.join("app.env");
    let path = file.to_str().unwrap();
    let said = text(&folder, &["env", "Billing", "-o", path]);
    assert!(!said.contains(secret), "{said}");
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let written = fs::read_to_string(&file).unwrap();
    for name in [
        "RC_APP_CLIENT_SECRET",
        "RC_CLIENT_SECRET",
        "RINGCENTRAL_CLIENT_SECRET",
    ] {
        assert!(written.contains(&format!("{name}={secret}\n")), "{written}");
    }
    let (code, said) = failure(&folder, &["env", "Billing", "-o", path]);
    assert_eq!(code, 5);
    assert!(said.contains("exists already"), "{said}");
    text(
        &folder,
        &["env", "Billing", "-o", path, "--yes", "--style", "sdks"],
    );
    assert!(
        !fs::read_to_string(&file)
            .unwrap()
            .contains("RC_APP_CLIENT_ID")
    );

    let program = "echo $RC_APP_CLIENT_SECRET; env | grep -c DEVCONSOLE_PASSWORD; exit 7";
    let output = run(&folder, &["env", "Billing", "--", "sh", "-c", program], "");
    assert_eq!(output.status.code(), Some(7), "{output:?}");
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(printed, format!("{secret}\n0\n"));

    assert_eq!(failure(&folder, &["env", "Billing"]).0, 2);
    assert_eq!(
        failure(&folder, &["env", "Billing", "--", "/no/such"]).0,
        127
    );
    assert_eq!(failure(&folder, &["env", "Billing", "--", "/"]).0, 126);
    assert_eq!(failure(&folder, &["env", "Nobody", "--", "true"]).0, 125);
    assert_eq!(
        failure(
            &folder,
            &["env", "Billing", "--for", "production", "--reveal"]
        )
        .0,
        4
    );
}

#[test]
fn what_ringcentral_issued_is_saved_and_handed_over() {
    let (_driver, folder) = workspace();
    let keep = ["app", "keep", "Billing", "--for", "production"];
    let kept = [
        &keep[..],
        &["--client-id", "theirs-1", "--secret-file", "-"],
    ]
    .concat();
    let output = run(&folder, &kept, "their secret\n");
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        said,
        "devconsole: --secret-file: Remove the spaces: a Client Secret has none.\n"
    );
    assert!(run(&folder, &kept, "their-secret\n").status.success());
    let printed = text(
        &folder,
        &["env", "Billing", "--for", "production", "--reveal"],
    );
    assert!(printed.contains("RC_CLIENT_ID=theirs-1\n"), "{printed}");
    assert!(
        printed.contains("RC_CLIENT_SECRET=their-secret\n"),
        "{printed}"
    );
    assert!(
        printed.contains("RC_SERVER_URL=https://platform.ringcentral.com"),
        "{printed}"
    );
    let mine = shown(&folder, "Billing")["client_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let (code, said) = failure(&folder, &[&keep[..], &["--client-id", &mine]].concat());
    assert_eq!(code, 1);
    assert!(said.starts_with("devconsole: --client-id: "), "{said}");

    let forget = ["app", "forget", "Billing", "--for", "production"];
    let (code, said) = failure(&folder, &forget);
    assert_eq!(code, 2);
    assert_eq!(
        said,
        "devconsole: --yes: Required without a terminal. This removes the Production credentials of Billing."
    );
    let rehearsed = run(&folder, &[&forget[..], &["--dry-run"]].concat(), "");
    assert!(rehearsed.status.success(), "{rehearsed:?}");
    let forget = [&forget[..], &["--yes"]].concat();
    assert!(run(&folder, &forget, "").status.success());
    let (code, said) = failure(&folder, &forget);
    assert_eq!(code, 4, "{said}");
}

/// What each role may do: the exit code of each command, each role in a separate workspace.
#[test]
fn a_role_may_do_in_a_script_what_it_may_do_in_the_console() {
    const MAY: &[(&[&str], [i32; 2])] = &[
        (&["app", "suspend", "Billing"], [0, 3]),
        (&["app", "tag", "Billing", "--add", "x"], [0, 3]),
        (&["app", "rotate", "Billing"], [0, 3]),
        (&["app", "show", "Billing", "--reveal"], [0, 3]),
        (&["env", "Billing", "--reveal"], [0, 3]),
        (&["jwt", "create", "--label", "a", "--all-apps"], [0, 3]),
        (&["jwt", "list"], [0, 0]),
        (&["approvals", "list"], [0, 0]),
        (&["approvals", "approve", "any"], [3, 3]),
        (&["people", "list"], [0, 0]),
        (&["people", "enable", EMAIL], [3, 3]),
        (&["history", "--check"], [0, 0]),
        (&["app", "delete", "Billing", "--yes"], [0, 3]),
    ];
    for (at, role) in [Role::Developer, Role::AuditUser].into_iter().enumerate() {
        let (driver, folder) = workspace();
        driver.lose_role(role);
        for (arguments, codes) in MAY {
            let output = run(&folder, arguments, "");
            assert_eq!(
                output.status.code(),
                Some(codes[at]),
                "{role:?} {arguments:?}: {output:?}"
            );
        }
    }
}

#[test]
fn who_signs_in_and_with_what() {
    let (_driver, folder) = workspace();
    let change = ["app", "suspend", "Billing"];
    let (code, said) = failure(
        &folder,
        &[&change[..], &["--as", "nobody@example.com"]].concat(),
    );
    assert_eq!(code, 6);
    assert_eq!(said, "devconsole: E-mail and secret do not match.");
    give_password(&folder, "not the password");
    assert_eq!(failure(&folder, &change).0, 6);
    fs::remove_file(folder.join("password.txt")).unwrap();
    let (code, said) = failure(&folder, &[&change[..], &["--json"]].concat());
    assert_eq!(code, 6);
    let error: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(error["code"], "not_signed_in");
    assert!(
        error["errors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("DEVCONSOLE_PASSWORD_FILE")
    );
}

#[test]
fn at_a_terminal_the_password_and_a_yes_are_asked_for() {
    let data = Data::ready();
    let launch = data
        .launch()
        .arg("app")
        .arg("delete")
        .arg("--filter")
        .arg("is:active");
    let mut session = Session::start(launch.size(80, 24));
    session.wait_for_text("Password for ada@example.com:");
    session.send(format!("{}\r", program::PASSWORD));
    session.wait_for_text("to the trash. Type yes to continue:");
    session.send("no\r");
    session.wait_for_text("Nothing was changed.");
    assert_eq!(session.wait_exit(SOON), Exit::Code(1));
    let screen = session.screen_text();
    assert!(!screen.contains(program::PASSWORD), "{screen}");
}

#[test]
fn completions_and_manual_pages_know_every_command() {
    let empty = tempfile::tempdir().unwrap();
    let folder = empty.path();
    for shell in ["bash", "zsh", "fish"] {
        let script = text(folder, &["completions", shell]);
        for word in ["rotate", "approvals", "--dry-run"] {
            let word = word.trim_start_matches('-');
            assert!(script.contains(word), "{shell} does not complete {word}");
        }
    }
    let page = text(folder, &["man"]);
    assert!(page.contains(".TH devconsole 1"), "{page}");
    let pages = folder.join("pages");
    text(folder, &["man", "--dir", pages.to_str().unwrap()]);
    for name in [
        "devconsole.1",
        "devconsole-app-rotate.1",
        "devconsole-env.1",
    ] {
        assert!(pages.join(name).is_file(), "{name}");
    }
    assert_eq!(failure(folder, &["man", "--dir", "/dev/null/x"]).0, 1);
}

#[test]
fn the_completions_load_in_the_real_shells() {
    for (shell, check) in [
        ("bash", "source /dev/stdin && complete -p devconsole"),
        (
            "zsh",
            "autoload -U compinit && compinit -u && source /dev/stdin",
        ),
        (
            "fish",
            "source - && complete -C 'devconsole app rot' | grep rotate",
        ),
    ] {
        let found = std::process::Command::new("sh")
            .args(["-c", &format!("command -v {shell}")])
            .output()
            .unwrap();
        if !found.status.success() {
            eprintln!("skipped: {shell} is not installed");
            continue;
        }
        let empty = tempfile::tempdir().unwrap();
        let script = text(empty.path(), &["completions", shell]);
        let file = empty.path().join("script");
        fs::write(&file, script).unwrap();
        let loaded = std::process::Command::new(shell)
            .args(["-c", check])
            .stdin(fs::File::open(&file).unwrap())
            .env("HOME", empty.path())
            .output()
            .unwrap();
        assert!(loaded.status.success(), "{shell}: {loaded:?}");
    }
}

#[test]
fn an_app_is_created_from_flags_and_the_checks_of_the_form_answer_at_them() {
    let (_driver, folder) = workspace();
    let wrong = run(
        &folder,
        &[
            "app",
            "create",
            "--name",
            "Shop",
            "--access",
            "private",
            "--redirect-uri",
            "http://shop.example/cb#x",
            "--description",
            "Sells things.",
        ],
        "",
    );
    assert_eq!(wrong.status.code(), Some(1));
    let said = String::from_utf8(wrong.stderr).unwrap();
    let fields: Vec<&str> = said
        .lines()
        .filter_map(|line| line.strip_prefix("devconsole: ")?.split(": ").next())
        .collect();
    assert_eq!(fields, ["--description", "--redirect-uri[0]"], "{said}");

    let create = [
        "app",
        "create",
        "--name",
        "Shop",
        "--access",
        "private",
        "--description",
        "Sells things to people by phone.",
        "--redirect-uri",
        "https://shop.example/cb",
        "--refresh-tokens",
        "true",
        "--scope",
        "ReadCallLog",
        "--scope",
        "edit accounts",
        "--justification",
        "EditAccounts=We sync our directory with the shop.",
    ];
    let dry = run(&folder, &[&create[..], &["--dry-run"]].concat(), "");
    assert!(dry.status.success(), "{dry:?}");
    assert_eq!(failure(&folder, &["app", "show", "Shop"]).0, 4);
    let said = text(&folder, &create);
    assert!(
        said.contains("Approval requested: EditAccounts\n"),
        "{said}"
    );
    let shop = shown(&folder, "Shop");
    let client = &shop["manifest"]["client"];
    assert_eq!(
        client["grant_types"],
        json!(["authorization_code", "refresh_token"])
    );
    assert_eq!(client["redirect_uris"], json!(["https://shop.example/cb"]));
    assert!(said.contains(shop["client_id"].as_str().unwrap()));
}

#[test]
fn an_app_is_edited_in_part_and_not_over_a_newer_version() {
    let (_driver, folder) = workspace();
    let before = shown(&folder, "Billing");
    let edited = object(
        &folder,
        &[
            "-q",
            "app",
            "edit",
            "Billing",
            "--summary",
            "Bills by phone.",
            "--add-scope",
            "SMS",
            "--json",
        ],
    );
    assert_eq!(edited["changes"].as_array().unwrap().len(), 2, "{edited}");
    let after = shown(&folder, "Billing");
    assert_eq!(after["manifest"]["summary"], "Bills by phone.");
    assert_eq!(after["manifest"]["client"]["scope"], "ReadCallLog SMS");
    assert_eq!(
        after["manifest"]["client"]["grant_types"],
        before["manifest"]["client"]["grant_types"]
    );
    let said = text(
        &folder,
        &[
            "-q",
            "app",
            "edit",
            "Billing",
            "--summary",
            "Bills by phone.",
        ],
    );
    assert_eq!(said, "No changes to save.\n");
    let version = before["version"].to_string();
    let stale = [
        "app",
        "edit",
        "Billing",
        "--name",
        "New",
        "--if-version",
        &version,
    ];
    assert_eq!(failure(&folder, &stale).0, 5);
    let (code, said) = failure(
        &folder,
        &["app", "edit", "Billing", "--remove-scope", "EditMessages"],
    );
    assert_eq!(code, 1);
    assert_eq!(
        said,
        "devconsole: --remove-scope: The app does not have EditMessages."
    );
    text(
        &folder,
        &[
            "app",
            "edit",
            "Billing",
            "--remove-scope",
            "sms",
            "--access",
            "public",
            "-q",
        ],
    );
    let (code, said) = failure(&folder, &["app", "edit", "Billing", "--access", "private"]);
    assert_eq!(
        (code, said.as_str()),
        (5, "devconsole: A public app cannot be made private.")
    );
}

#[test]
fn an_app_comes_from_a_file_from_a_link_or_from_another_app() {
    let (_driver, folder) = workspace();
    text(
        &folder,
        &["-q", "app", "clone", "Garden", "--name", "Garden 2"],
    );
    let (one, two) = (shown(&folder, "Garden"), shown(&folder, "Garden 2"));
    assert_ne!(one["client_id"], two["client_id"]);
    assert_eq!(
        one["manifest"]["client"]["scope"],
        two["manifest"]["client"]["scope"]
    );
    assert_eq!(two["requests"][0]["scope"], "EditAccounts");

    let link = text(&folder, &["app", "link", "Billing"]);
    let taken = [
        "-q",
        "app",
        "create",
        "--from-link",
        link.trim_end(),
        "--name",
        "Billing 2",
    ];
    text(&folder, &taken);
    let copy = shown(&folder, "Billing 2");
    let billing = shown(&folder, "Billing");
    for member in ["description", "access", "type"] {
        assert_eq!(copy["manifest"][member], billing["manifest"][member]);
    }
    assert_eq!(copy["manifest"]["client"]["scope"], "ReadCallLog");

    let file = text(&folder, &["app", "export", "Billing"]);
    let from = [
        "app",
        "create",
        "--from",
        "-",
        "--name",
        "Billing 3",
        "--reveal",
        "--json",
    ];
    let made = run(&folder, &from, &file);
    let made: Value = serde_json::from_slice(&made.stdout).unwrap();
    assert_eq!(made["app"]["client_secret"].as_str().unwrap().len(), 44);
    assert_ne!(made["app"]["client_id"], billing["client_id"]);
    let wrong = run(&folder, &["app", "create", "--from", "-"], "manifest = 1\n");
    assert_eq!(wrong.status.code(), Some(1));
    assert_eq!(
        failure(
            &folder,
            &["app", "create", "--from-link", "https://example.com"]
        )
        .0,
        1
    );
}
