//! `devconsole scopes audit`: the calls of an app are counted, and its scopes compared with them.

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use devconsole::store::FILE_NAME;
use serde_json::{Value, json};

use crate::harness::{
    command::{failure, object, run},
    driver::Driver,
    platform::{Platform, registered, text},
    served::{Served, manifest},
};

const ME: &str = "/restapi/v1.0/account/~/extension/~";

/// The exit code, and what was found, as JSON.
fn audit(folder: &std::path::Path, arguments: &[&str]) -> (i32, Value) {
    let arguments = [&["scopes", "audit", "--json"], arguments].concat();
    let output = run(folder, &arguments, "");
    assert!(output.stderr.is_empty(), "{output:?}");
    let found = serde_json::from_slice(&output.stdout).unwrap();
    (output.status.code().unwrap(), found)
}

fn scopes<'a>(found: &'a Value, name: &str) -> Vec<&'a str> {
    let all = found[name].as_array().unwrap().iter();
    all.map(|one| one.as_str().or_else(|| one["scope"].as_str()).unwrap())
        .collect()
}

#[test]
fn a_running_server_tells_which_scopes_an_app_uses() {
    let apps = manifest(&[
        (
            "Shop",
            &[
                "EditCallLog",
                "ReadAccounts",
                "Faxes",
                "SubscriptionWebhook",
            ],
            &["EditCallLog"],
        ),
        ("Idle", &["SMS"], &[]),
    ]);
    let served = Served::start(&apps, &[]);
    let token = served.token("Shop");
    for _ in 0..2 {
        served.call(&token, "GET", &format!("{ME}/call-log"));
    }
    served.call(&token, "GET", ME);
    served.call(&token, "POST", &format!("{ME}/sms"));
    // Neither is a call of the app.
    served.call(&token, "GET", "/restapi/v1.0/nothing");
    served.platform.get(ME, "");
    let file = served.credentials_file();
    let file = file.to_str().unwrap();
    let folder = std::path::Path::new(file).parent().unwrap();

    let (code, found) = audit(folder, &["shop", "--serve", file]);
    assert_eq!(code, 1);
    assert_eq!(
        (&found["schema"], &found["app"]),
        (&json!("audit/1"), &json!("Shop"))
    );
    assert_eq!(scopes(&found, "used"), ["EditCallLog", "ReadAccounts"]);
    assert_eq!(scopes(&found, "unused"), ["Faxes"]);
    assert_eq!(scopes(&found, "missing"), ["SMS"]);
    assert_eq!(scopes(&found, "narrower"), ["EditCallLog"]);
    assert_eq!(found["narrower"][0]["instead"], json!(["ReadCallLog"]));
    assert_eq!(scopes(&found, "unmeasured"), ["SubscriptionWebhook"]);
    assert_eq!(
        found["proposed"],
        json!(["ReadAccounts", "ReadCallLog", "SMS", "SubscriptionWebhook"])
    );
    let call = &found["used"][0]["operations"][0];
    assert_eq!(
        (&call["id"], &call["calls"]),
        (&json!("readUserCallLog"), &json!(2))
    );
    let refused = &found["missing"][0]["operations"][0];
    assert_eq!(
        (&refused["calls"], &refused["refused"]),
        (&json!(1), &json!(1))
    );

    for (fail_on, expected) in [
        ("unused", 1),
        ("unused,missing", 1),
        ("narrower", 1),
        ("missing", 1),
    ] {
        let (code, _) = audit(folder, &["Shop", "--serve", file, "--fail-on", fail_on]);
        assert_eq!(code, expected, "{fail_on}");
    }
    let said = run(folder, &["scopes", "audit", "Shop", "--serve", file], "");
    let said = String::from_utf8(said.stdout).unwrap();
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0], "narrower  EditCallLog: ReadCallLog is enough");
    assert!(lines[1].contains("/call-log: 2 calls, last "), "{said}");
    assert!(
        said.contains("unused    Faxes: no call needs it\n"),
        "{said}"
    );
    assert!(said.contains("/sms: 1 call, 1 refused, last "), "{said}");
    assert!(said.ends_with("Request: ReadAccounts ReadCallLog SMS SubscriptionWebhook\n"));

    // The document itself: of one app, of all, and not without the token.
    let one = served.control("usage?app=Shop");
    assert_eq!(text(&one, "schema"), "serve.usage/1");
    assert_eq!(
        one.body["apps"][0]["calls"].as_array().map(Vec::len),
        Some(3)
    );
    let all = served.control("usage");
    assert_eq!(all.body["apps"].as_array().map(Vec::len), Some(2));
    for (path, status) in [
        ("usage?app=x", 404),
        ("usage?after=1", 400),
        ("usage?x=1", 400),
    ] {
        assert_eq!(served.control(path).status, status, "{path}");
    }
    assert_eq!(served.platform.get("/__devconsole/usage", "").status, 401);
}

#[test]
fn an_app_that_fits_passes() {
    let served = Served::start(&manifest(&[("Shop", &["ReadAccounts", "SMS"], &[])]), &[]);
    let token = served.token("Shop");
    served.call(&token, "GET", ME);
    let file = served.credentials_file();
    let file = file.to_str().unwrap();
    let folder = std::path::Path::new(file).parent().unwrap();
    let fails = |on: &str| audit(folder, &["Shop", "--serve", file, "--fail-on", on]).0;
    assert_eq!((fails("missing,narrower"), fails("unused")), (0, 1));
    served.call(&token, "POST", &format!("{ME}/sms"));
    let (code, found) = audit(folder, &["Shop", "--serve", file]);
    assert_eq!((code, &found["proposed"]), (0, &found["requested"]));
    let said = run(folder, &["scopes", "audit", "Shop", "--serve", file], "");
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.ends_with("The requested scopes fit.\n"), "{said}");
}

#[test]
fn a_scope_that_another_one_includes_is_no_finding_but_can_go() {
    let served = Served::start(&manifest(&[("Shop", &["ReadMessages", "SMS"], &[])]), &[]);
    let token = served.token("Shop");
    served.call(&token, "GET", &format!("{ME}/message-store"));
    served.call(&token, "POST", &format!("{ME}/sms"));
    let file = served.credentials_file();
    let (file, folder) = (file.to_str().unwrap(), file.parent().unwrap());
    let output = run(folder, &["scopes", "audit", "Shop", "--serve", file], "");
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.ends_with("The requested scopes fit. Fewer are enough: SMS\n"),
        "{said}"
    );
}

#[test]
fn what_cannot_be_audited_ends_with_2_or_more() {
    let served = Served::start(&manifest(&[("Shop", &["SMS"], &[])]), &[]);
    let file = served.credentials_file();
    let folder = file.parent().unwrap().to_owned();
    let file = file.to_str().unwrap();
    let fails = |arguments: &[&str]| failure(&folder, &[&["scopes", "audit"], arguments].concat());
    let (code, said) = fails(&["Shop", "--serve", file]);
    assert_eq!(code, 5);
    assert!(said.contains("No call of Shop was recorded."), "{said}");
    assert_eq!(fails(&["Other", "--serve", file]).0, 4);
    assert_eq!(fails(&["Shop", "--serve", "none.json"]).0, 4);
    assert_eq!(fails(&["Shop", "--since", "hush"]).0, 2);
    // Without a workspace.
    assert_eq!(fails(&["Shop"]).0, 2);
    std::fs::write(folder.join("other.json"), "{}").unwrap();
    let (code, said) = fails(&["Shop", "--serve", "other.json"]);
    assert_eq!(code, 4, "{said}");
    let elsewhere = std::fs::read_to_string(file).unwrap();
    let elsewhere = elsewhere.replace("http://127.0.0.1", "http://192.0.2.1");
    let other = folder.join("elsewhere.json");
    std::fs::write(&other, elsewhere).unwrap();
    let (code, said) = fails(&["Shop", "--serve", other.to_str().unwrap()]);
    assert_eq!(code, 2);
    assert!(said.contains("is not a file that serve"), "{said}");
}

fn log_in(platform: &Platform, id: &str, secret: &str, jwt: &str) -> String {
    let answer = platform.log_in((id, secret), jwt);
    assert_eq!(answer.status, 200, "{answer:?}");
    text(&answer, "access_token").to_owned()
}

fn calls(driver: &Driver) -> u64 {
    let found = object(driver.dir.path(), &["scopes", "audit", "Robot", "--json"]);
    found["used"][0]["operations"][0]["calls"].as_u64().unwrap()
}

/// Waits until the workspace has this many calls.
fn wait_for(driver: &Driver, wanted: u64) {
    let mut tries = 0..100;
    let is_recorded = || {
        let output = run(driver.dir.path(), &["scopes", "audit", "Robot"], "");
        output.status.code() != Some(5) && calls(driver) == wanted
    };
    while !is_recorded() {
        tries.next().expect("the calls are written");
        sleep(Duration::from_millis(100));
    }
}

#[test]
fn no_call_waits_while_another_program_writes() {
    let (driver, id, secret, jwt) = registered();
    let platform = Platform::start(&driver);
    let token = log_in(&platform, &id, &secret, &jwt);
    let other = rusqlite::Connection::open(driver.dir.path().join(FILE_NAME)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    // Longer than counts stay in memory.
    let until = Instant::now() + Duration::from_secs(3);
    let mut made = 0;
    while Instant::now() < until {
        let since = Instant::now();
        assert_eq!(platform.me(&token).status, 200);
        assert!(since.elapsed() < Duration::from_secs(1));
        made += 1;
        sleep(Duration::from_millis(50));
    }
    other.execute_batch("ROLLBACK").unwrap();
    wait_for(&driver, made);
}

#[test]
fn the_workspace_remembers_calls_within_seconds_and_at_the_end() {
    let (driver, id, secret, jwt) = registered();
    let mut platform = Platform::start(&driver);
    let token = log_in(&platform, &id, &secret, &jwt);
    for _ in 0..3 {
        assert_eq!(platform.me(&token).status, 200);
    }
    wait_for(&driver, 3);
    // What was counted last is written when the server is stopped.
    assert_eq!(platform.me(&token).status, 200);
    platform.stop();
    assert_eq!(calls(&driver), 4);
    let since = ["scopes", "audit", "Robot", "--since", "1d", "--json"];
    assert_eq!(object(driver.dir.path(), &since)["unused"], json!([]));
}

/// What a quick-start calls, with the statuses of the answers.
fn sample(served: &Served) -> Vec<u16> {
    let token = served.token("Shop");
    let calls = [
        ("GET", ME.to_owned()),
        ("GET", format!("{ME}/call-log")),
        ("GET", format!("{ME}/message-store")),
        ("POST", format!("{ME}/sms")),
    ];
    let answers = calls
        .iter()
        .map(|(method, path)| served.call(&token, method, path));
    answers.map(|answer| answer.status).collect()
}

#[test]
fn an_app_that_is_cut_down_to_the_proposed_scopes_still_works() {
    let nine = [
        "Contacts",
        "Faxes",
        "ReadAccounts",
        "ReadCallLog",
        "ReadMessages",
        "ReadPresence",
        "RingOut",
        "SMS",
        "TeamMessaging",
    ];
    let served = Served::start(&manifest(&[("Shop", &nine, &[])]), &[]);
    let before = sample(&served);
    let file = served.credentials_file();
    let folder = file.parent().unwrap();
    let audited = |served: &Served| {
        let file = served.credentials_file();
        audit(folder, &["Shop", "--serve", file.to_str().unwrap()])
    };
    let (code, found) = audited(&served);
    assert_eq!(code, 1);
    // All nine are requested, so the narrower scope counts as used.
    assert_eq!(
        scopes(&found, "unused"),
        [
            "Contacts",
            "Faxes",
            "ReadPresence",
            "RingOut",
            "TeamMessaging"
        ]
    );
    let three = scopes(&found, "proposed");
    assert_eq!(three, ["ReadAccounts", "ReadCallLog", "SMS"]);

    let cut = Served::start(&manifest(&[("Shop", &three, &[])]), &[]);
    assert_eq!(sample(&cut), before);
    let (code, found) = audited(&cut);
    assert_eq!((code, &found["unused"]), (0, &json!([])));
    for left_out in &three {
        let mut two = three.clone();
        two.retain(|scope| scope != left_out);
        let less = Served::start(&manifest(&[("Shop", &two, &[])]), &[]);
        assert!(sample(&less).contains(&403), "without {left_out}");
    }
}
