//! Commands for scripts, the real program: text and JSON, piped and at a terminal, with bad input.

use serde_json::{Value, json};

use crate::harness::{
    Exit, Session,
    command::{failure, object, run, text},
    driver::Driver,
    form::app,
    program::{Data, SOON},
};

/// Two apps of one name, one in the trash, one that is suspended; the console stays open.
fn with_apps() -> Driver {
    let mut driver = Driver::signed_up();
    for (name, keys) in [
        ("Billing", "<esc>"),
        ("Twin", "<esc>"),
        ("Twin", "<esc>"),
        ("Old job", "<esc>"),
    ] {
        driver.register(app(name).jwt().scope("ReadCallLog"));
        driver.press(keys);
    }
    driver.press("/old<enter>d<enter><esc>/billing<enter>z<enter>");
    driver
}

#[test]
fn apps_are_listed_for_people_and_for_programs() {
    let driver = with_apps();
    let folder = driver.dir.path();
    let rows = text(folder, &["app", "list", "--filter", "billing"]);
    let cells: Vec<&str> = rows.trim_end().split('\t').collect();
    assert_eq!(
        [cells[0], cells[2], cells[3], cells[4], cells[5]],
        ["Billing", "suspended", "REST API App", "JWT", "private"]
    );
    assert_eq!((cells.len(), cells[1].len()), (7, 22), "{rows}");

    let found = object(
        folder,
        &["app", "list", "--json", "--filter", "is:suspended"],
    );
    assert_eq!(found["schema"], "app.list/1");
    assert_eq!((&found["total"], &found["matched"]), (&json!(3), &json!(1)));
    let one = &found["apps"][0];
    assert_eq!(one["client_id"], cells[1]);
    assert_eq!(
        (&one["name"], &one["type"]),
        (&json!("Billing"), &json!("rest_api"))
    );
    assert_eq!(
        (&one["status"], &one["in_trash"]),
        (&json!("suspended"), &json!(false))
    );

    let names = |arguments: &[&str]| -> Vec<Value> {
        let found = object(folder, &[&["app", "list", "--json"], arguments].concat());
        let apps = found["apps"].as_array().unwrap().clone();
        apps.into_iter().map(|app| app["name"].clone()).collect()
    };
    assert_eq!(names(&["--reverse", "--limit", "2"]), ["Twin", "Twin"]);
    assert_eq!(names(&["--filter", "is:deleted"]).len(), 1);
    assert!(names(&["--filter", "nothing has this"]).is_empty());
    assert_eq!(
        text(folder, &["app", "list", "--filter", "nothing has this"]),
        ""
    );
}

#[test]
fn an_app_is_shown_by_its_id_or_its_name() {
    let driver = with_apps();
    let folder = driver.dir.path();
    let shown = object(folder, &["app", "show", "billing", "--json"]);
    let (app, client) = (&shown["app"], &shown["app"]["manifest"]["client"]);
    assert_eq!(shown["schema"], "app/1");
    assert_eq!(app["created_by"], "ada@example.com");
    assert_eq!(
        app["scopes"],
        json!([{ "id": "ReadCallLog", "state": "granted" }])
    );
    assert_eq!(app["secrets"].as_array().unwrap().len(), 1);
    assert_eq!(
        client["grant_types"][0],
        "urn:ietf:params:oauth:grant-type:jwt-bearer"
    );
    assert_eq!(
        (&client["response_types"], &client["scope"]),
        (&json!([]), &json!("ReadCallLog"))
    );
    assert_eq!(client["contacts"], json!(["ada@example.com"]));

    let id = app["client_id"].as_str().unwrap();
    assert_eq!(
        text(folder, &["app", "show", "Billing", "--get", "client_id"]).trim_end(),
        id
    );
    let contacts = ["app", "show", id, "--get", "manifest.client.contacts"];
    assert_eq!(text(folder, &contacts), "ada@example.com\n");
    let lines = text(folder, &["app", "show", id]);
    for line in [
        "Name:            Billing",
        "Status:          suspended",
        "Scopes:          ReadCallLog",
    ] {
        assert!(lines.lines().any(|one| one == line), "{lines}");
    }
}

#[test]
fn what_cannot_be_answered_has_a_reason_and_a_code() {
    let driver = with_apps();
    let folder = driver.dir.path();
    let (code, said) = failure(folder, &["app", "show", "Twin"]);
    assert_eq!(code, 5);
    assert!(
        said.starts_with("devconsole: APP: 2 apps are named \"Twin\". Use a Client ID: "),
        "{said}"
    );
    let (code, said) = failure(folder, &["app", "show", "Bill"]);
    assert_eq!(code, 4);
    assert!(said.contains("Similar: Billing ("), "{said}");
    assert_eq!(
        failure(folder, &["app", "show", "Billing", "--get", "secret"]).0,
        4
    );
    let (code, said) = failure(folder, &["app", "show", "nope", "--json"]);
    let error: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(code, 4);
    assert_eq!(
        (&error["schema"], &error["exit"]),
        (&json!("error/1"), &json!(4))
    );
    assert_eq!(error["errors"][0]["field"], "APP");
    assert_eq!(text(folder, &["app", "list", "--filter", "tag:unused"]), "");
    for personal in ["owner:me", "Owner:ME", "is:favorite", "is:Favourite"] {
        let (code, said) = failure(folder, &["app", "list", "--filter", personal]);
        assert_eq!(code, 1);
        assert!(said.contains("depends on who is signed in"), "{said}");
    }
    let (code, said) = failure(folder, &["app", "list", "--filter", "type:zzz"]);
    assert_eq!(code, 1);
    assert!(
        said.ends_with("type: takes bot, notification, rest."),
        "{said}"
    );
    let usage = run(folder, &["app", "list", "--limit", "many"], "");
    let said = String::from_utf8(usage.stderr).unwrap();
    assert_eq!(usage.status.code(), Some(2));
    assert!(said.contains("For more information"), "{said}");

    let empty = tempfile::tempdir().unwrap();
    let (code, said) = failure(empty.path(), &["app", "list"]);
    assert_eq!(code, 1);
    assert!(said.contains("There is no organization in"), "{said}");
    assert_eq!(std::fs::read_dir(empty.path()).unwrap().count(), 0);
}

/// With the folder of the workspace in a variable, as `run` has it.
#[test]
fn a_usage_line_has_what_may_be_typed_and_nothing_of_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, usage) in [
        (&["app", "show"][..], "Usage: devconsole app show <APP>"),
        (
            &["app", "tag", "Billing"],
            "Usage: devconsole app tag <APP|--filter <QUERY>> <--add <TAG>|--remove <TAG>>",
        ),
    ] {
        let output = run(folder.path(), arguments, "");
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(said.lines().any(|line| line == usage), "{said}");
    }
    let alone = run(folder.path(), &[], "");
    let said = String::from_utf8(alone.stderr).unwrap();
    assert_eq!(alone.status.code(), Some(2));
    assert!(
        said.ends_with("Commands work without one: run devconsole --help.\n"),
        "{said}"
    );
}

/// A program that asked for JSON gets it for its own mistakes, too.
#[test]
fn wrong_usage_is_json_where_json_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, field, words) in [
        (
            &["app", "list", "--json=2"][..],
            json!("--json"),
            "invalid value '2'",
        ),
        (
            &["--json", "app", "list"],
            json!("--json"),
            "unexpected argument",
        ),
        (
            &["app", "list", "--json", "--limit", "many"],
            json!("--limit"),
            "invalid value 'many'",
        ),
        (
            &["app", "list", "--jsn", "--json"],
            json!("--jsn"),
            "unexpected argument '--jsn' found; tip: a similar argument exists: '--json'",
        ),
        (
            &["app", "show", "--json"],
            json!("APP"),
            "required arguments were not provided: <APP>",
        ),
        (
            &["app", "invent", "--json"],
            Value::Null,
            "unrecognized subcommand 'invent'",
        ),
    ] {
        let (code, said) = failure(folder.path(), arguments);
        let error: Value = serde_json::from_str(&said).unwrap();
        assert_eq!(code, 2, "{said}");
        assert_eq!(
            (&error["schema"], &error["exit"], &error["code"]),
            (&json!("error/1"), &json!(2), &json!("usage"))
        );
        let one = &error["errors"][0];
        assert_eq!(one["field"], field, "{said}");
        let message = one["message"].as_str().unwrap();
        assert!(
            message.contains(words) && !message.contains("Usage"),
            "{said}"
        );
    }
    let text = run(folder.path(), &["explain", "--wrong", "--", "--json"], "");
    assert!(text.stderr.starts_with(b"error: "), "{text:?}");
}

#[test]
fn no_command_prints_a_secret_or_a_control_character() {
    let mut driver = with_apps();
    driver.press("/billing<enter>s");
    let secret = driver.clipboard().unwrap();
    let folder = driver.dir.path();
    let shown = [
        text(folder, &["app", "show", "Billing", "--json"]),
        text(folder, &["app", "show", "Billing"]),
        text(folder, &["app", "list", "--json"]),
        text(folder, &["app", "list", "--filter", "is:deleted"]),
    ];
    for printed in &shown {
        assert!(!printed.contains(&secret));
    }
    assert_eq!(shown[3].trim_end().split('\t').count(), 7, "{}", shown[3]);
}

#[test]
fn scopes_and_errors_are_explained_without_a_workspace() {
    let empty = tempfile::tempdir().unwrap();
    let folder = empty.path();
    let rows = text(folder, &["scopes", "list", "read", "accounts"]);
    assert!(rows.starts_with("ReadAccounts\t"), "{rows}");
    let all = object(folder, &["scopes", "list", "--json"]);
    assert_eq!(
        all["scopes"].as_array().unwrap().len(),
        devconsole::domain::app::scope::catalogue().len()
    );
    let one = object(folder, &["scopes", "show", "edit accounts", "--json"]);
    assert_eq!(
        (&one["schema"], &one["scope"]["id"]),
        (&json!("scope/1"), &json!("EditAccounts"))
    );
    assert_eq!(one["scope"]["requires_approval"], true);
    assert_eq!(failure(folder, &["scopes", "show", "telepathy"]).0, 4);

    let call = "POST /restapi/v1.0/account/~/extension/~/sms";
    let needs = object(folder, &["scopes", "for", call, "--json"]);
    assert_eq!(needs["operation"]["scope"], "SMS");
    let url = "https://platform.ringcentral.com/restapi/v1.0/account/~/call-log?view=Simple";
    let log = text(folder, &["scopes", "for", "get", url]);
    assert!(log.contains("Needs ReadCallLog.\n"), "{log}");
    assert!(
        log.contains("Included in: EditCallLog, ReadCallRecording\n"),
        "{log}"
    );
    assert_eq!(
        failure(folder, &["scopes", "for", "/restapi/v1.0/nothing"]).0,
        4
    );
    let (_, said) = failure(
        folder,
        &["scopes", "for", "PATCH", "/restapi/v1.0/account/~/call-log"],
    );
    assert!(said.contains("Name the method of this path: "), "{said}");

    let error = r#"{"errorCode":"CMN-401"}"#;
    let piped = run(folder, &["explain", "-"], error);
    let given = run(folder, &["explain", error], "");
    assert_eq!(piped.stdout, given.stdout);
    assert!(String::from_utf8_lossy(&given.stdout).contains("Fix: Add the scope"));
    let causes = object(folder, &["explain", "--json", error]);
    assert_eq!(causes["causes"][0]["setting"], "Application Scopes");
    assert_eq!(failure(folder, &["explain", "all is well"]).0, 4);
    let several = text(folder, &["explain", "invalid_grant"]);
    assert!(
        several.starts_with("Possible causes, most likely first.\n"),
        "{several}"
    );
    let long = run(folder, &["explain"], &" ".repeat(2 << 20));
    assert_eq!(long.status.code(), Some(1));
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
}

#[test]
fn at_a_terminal_a_table_has_heads_and_fits() {
    let data = Data::ready();
    let launch = data.launch().arg("app").arg("list");
    let mut session = Session::start(launch.size(50, 24));
    session.wait_for_text("NAME");
    assert_eq!(session.wait_exit(SOON), Exit::Code(0));
    let screen = session.screen_text();
    let rows: Vec<&str> = screen
        .lines()
        .map(str::trim_end)
        .filter(|row| !row.is_empty())
        .collect();
    assert_eq!(rows.len(), 2, "{screen}");
    assert!(
        rows[0].ends_with("STATUS") && rows[1].ends_with("active"),
        "{screen}"
    );
}
