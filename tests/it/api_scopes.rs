//! The API of the local server: every operation needs its scope, and the calls are limited and
//! counted.

use std::collections::{BTreeMap, BTreeSet};

use devconsole::domain::{
    app::scope::{self, ScopeId},
    oauth::operation::{Operation, catalogue},
};

use crate::harness::{
    platform::{Answer, code, text},
    served::{Served, manifest},
};

/// Operations that are endpoints of OAuth, with their own tests.
const OF_OAUTH: [&str; 7] = [
    "authorize",
    "authorize2",
    "getToken",
    "revokeToken",
    "authJwks",
    "readOpenIdConfiguration",
    "authUserInfo",
];

/// Answered with data of the organization.
const SIMULATED: [&str; 3] = ["readAccountInfo", "readExtension", "listExtensions"];
const NO_SCOPE: &str = "none";
const PENDING: &str = "pending";

fn is_of_oauth(operation: &Operation) -> bool {
    let path = operation.path;
    path.starts_with("/.well-known/")
        || path.starts_with("/restapi/oauth/") && !path.ends_with("/wstoken")
}

/// The path as Ada's app calls it.
fn path_of(operation: &Operation) -> String {
    let segments = operation.path.split('/').map(|segment| match segment {
        "{apiVersion}" => "v1.0",
        "{version}" => "v2",
        "{accountId}" | "{extensionId}" => "~",
        other if other.starts_with('{') => "1",
        other => other,
    });
    segments.collect::<Vec<_>>().join("/")
}

fn needed() -> BTreeSet<ScopeId> {
    catalogue().iter().filter_map(|one| one.scope).collect()
}

/// An app for each scope that an operation needs, or that includes one; one without any of them;
/// and one whose requests wait.
fn apps() -> String {
    let mut scopes = needed();
    scopes.extend(needed().into_iter().flat_map(ScopeId::included_in));
    let mut apps: BTreeMap<&str, (Vec<&str>, Vec<&str>)> = BTreeMap::new();
    for id in scopes {
        let approved = id.scope().requires_approval.then_some(id.as_str());
        apps.insert(
            id.as_str(),
            (vec![id.as_str()], approved.into_iter().collect()),
        );
    }
    apps.insert(NO_SCOPE, (vec!["ReadClientInfo"], Vec::new()));
    let waiting = scope::catalogue()
        .iter()
        .filter(|one| one.requires_approval);
    let waiting = waiting.map(|one| one.id.as_str());
    apps.insert(
        PENDING,
        (waiting.chain(["ReadClientInfo"]).collect(), Vec::new()),
    );
    let rows: Vec<_> = apps
        .iter()
        .map(|(name, (asked, approved))| (*name, asked.as_slice(), approved.as_slice()))
        .collect();
    manifest(&rows)
}

/// The answer to a call with the right scope. Returns how: with data, an empty list, or not at all.
fn must_be_allowed(operation: &Operation, answer: &Answer) -> &'static str {
    let whole = format!("{} {answer:?}", operation.id);
    if SIMULATED.contains(&operation.id) {
        assert_eq!(answer.status, 200, "{whole}");
        return "simulated";
    }
    if answer.status == 200 {
        let members = answer.body.as_object().unwrap();
        let lists = members
            .iter()
            .filter(|(name, value)| value.is_array() && *name != "schemas");
        let lists: Vec<_> = lists
            .map(|(_, list)| list.as_array().unwrap().len())
            .collect();
        assert_eq!(lists, [0], "{whole}");
        return "empty";
    }
    assert_eq!((answer.status, code(answer)), (501, "CMN-202"), "{whole}");
    let message = text(answer, "message");
    assert!(message.contains("only the local server lacks"), "{whole}");
    if let Some(scope) = operation.scope {
        assert!(
            message.contains(&format!("The scope {scope} is right")),
            "{whole}"
        );
    }
    "not simulated"
}

fn must_be_refused(scope: ScopeId, answer: &Answer, is_pending: bool) {
    assert_eq!(
        (answer.status, code(answer)),
        (403, "CMN-401"),
        "{answer:?}"
    );
    assert_eq!(answer.body["errors"][0]["permissionName"], scope.as_str());
    let message = text(answer, "message");
    assert!(message.contains(&format!("[{scope}]")), "{message}");
    assert_eq!(
        message.contains("pending approval"),
        is_pending,
        "{message}"
    );
    for other in scope.included_in() {
        assert!(message.contains(other.as_str()), "{message}");
    }
}

#[test]
fn every_operation_needs_a_token_and_its_scope() {
    let served = Served::start(&apps(), &[]);
    let mut tokens: BTreeMap<&str, String> = BTreeMap::new();
    let mut token = |app: &'static str| {
        let token = tokens.entry(app).or_insert_with(|| served.token(app));
        token.clone()
    };
    let ringcentrals = catalogue().iter().filter(|one| one.id != "readClientInfo");
    let (of_oauth, calls): (Vec<_>, Vec<_>) = ringcentrals.partition(|one| is_of_oauth(one));
    assert_eq!(of_oauth.len() + calls.len(), 506);
    let listed: BTreeSet<&str> = of_oauth.iter().map(|one| one.id).collect();
    assert_eq!(listed, OF_OAUTH.into(), "{listed:?}");
    let mut ways: BTreeMap<&str, u32> = BTreeMap::new();
    for operation in calls {
        let (method, path) = (operation.method, path_of(operation));
        let bare = served.platform.ask(method, &path, "", "");
        if operation.is_open() {
            assert_eq!(bare.status, 200, "{bare:?}");
            continue;
        }
        assert_eq!(
            (bare.status, code(&bare)),
            (401, "AGW-401"),
            "{path} {bare:?}"
        );
        let mut called = |app| served.call(&token(app), method, &path);
        let Some(scope) = operation.scope else {
            let way = must_be_allowed(operation, &called(NO_SCOPE));
            *ways.entry(way).or_default() += 1;
            continue;
        };
        must_be_refused(scope, &called(NO_SCOPE), false);
        let including = scope.included_in();
        let is_pending = including
            .iter()
            .chain([&scope])
            .any(|one| one.scope().requires_approval);
        must_be_refused(scope, &called(PENDING), is_pending);
        for other in including {
            must_be_allowed(operation, &called(other.as_str()));
        }
        let way = must_be_allowed(operation, &called(scope.as_str()));
        *ways.entry(way).or_default() += 1;
    }
    let expected = [("empty", 94), ("not simulated", 400), ("simulated", 3)];
    assert_eq!(ways, expected.into());
}

#[test]
fn a_path_that_ringcentral_does_not_have_is_not_found() {
    let served = Served::start(&manifest(&[("Shop", &["TeamMessaging"], &[])]), &[]);
    let token = served.token("Shop");
    for (method, path, expected) in [
        ("GET", "/restapi/v1.0/nothing", (404, "CMN-120")),
        ("GET", "/team-messaging/v1/nothing", (404, "CMN-120")),
        ("GET", "/restapi/v9.9/account/~", (404, "CMN-120")),
        ("PUT", "/team-messaging/v1/chats", (405, "DEV-405")),
        // Of an account or an extension that does not exist.
        (
            "GET",
            "/restapi/v1.0/account/1/call-queues",
            (403, "CMN-401"),
        ),
        // By its former path.
        ("PUT", "/restapi/v1.0/glip/chats", (405, "DEV-405")),
        ("POST", "/restapi/v1.0/glip/chats/1/posts", (501, "CMN-202")),
    ] {
        let answer = served.call(&token, method, path);
        assert_eq!(
            (answer.status, code(&answer)),
            expected,
            "{path} {answer:?}"
        );
    }
    let chats = served.call(&token, "GET", "/restapi/v1.0/glip/chats");
    assert_eq!(
        (chats.status, chats.text.as_str()),
        (200, "{\"navigation\":{},\"records\":[]}")
    );
}

#[test]
fn the_people_of_the_organization_are_its_extensions() {
    let served = Served::start(&manifest(&[("Shop", &["ReadAccounts"], &[])]), &[]);
    let token = served.token("Shop");
    let all = served.call(
        &token,
        "GET",
        "/restapi/v1.0/account/~/extension?perPage=1&page=2",
    );
    let names = |answer: &Answer| -> Vec<String> {
        let records = answer.body["records"].as_array().unwrap().iter();
        records
            .map(|one| one["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(&all), ["Grace Hopper"]);
    assert_eq!(all.body["paging"]["totalElements"], 2);
    let first = served.call(&token, "GET", "/restapi/v1.0/account/~/extension");
    assert_eq!(names(&first), ["Ada Lovelace", "Grace Hopper"]);
    // Each is found by the number that the list has.
    let id = &first.body["records"][1]["id"];
    let path = format!("/restapi/v1.0/account/~/extension/{id}");
    assert_eq!(
        text(&served.call(&token, "GET", &path), "name"),
        "Grace Hopper"
    );
    let nobody = served.call(
        &token,
        "GET",
        "/restapi/v1.0/account/~/extension/1/phone-number",
    );
    assert_eq!((nobody.status, code(&nobody)), (404, "CMN-102"));
    let elsewhere = served.call(&token, "GET", "/restapi/v1.0/account/1/call-queues");
    assert_eq!((elsewhere.status, code(&elsewhere)), (404, "CMN-102"));
}

/// The headers of the rate group: group, limit, remaining, window.
fn rate(answer: &Answer) -> [String; 4] {
    ["group", "limit", "remaining", "window"].map(|name| {
        let name = format!("x-rate-limit-{name}: ");
        let mut lines = answer.head.lines();
        let found = lines.find_map(|line| line.strip_prefix(&name));
        found.unwrap_or_default().to_owned()
    })
}

#[test]
fn calls_are_limited_by_rate_group_if_that_was_chosen() {
    const LOG: &str = "/restapi/v1.0/account/~/extension/~/call-log";
    let apps = manifest(&[("Shop", &["ReadCallLog", "ReadAccounts"], &[])]);
    let served = Served::start(&apps, &["--limit-rates"]);
    let token = served.token("Shop");
    for left in (0..10).rev() {
        let answer = served.call(&token, "GET", LOG);
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(rate(&answer), ["heavy", "10", &left.to_string(), "60"]);
    }
    let refused = served.call(&token, "GET", LOG);
    assert_eq!((refused.status, code(&refused)), (429, "CMN-301"));
    assert_eq!(rate(&refused), ["heavy", "10", "0", "60"]);
    assert!(refused.head.contains("retry-after: 60"), "{refused:?}");
    // Another group, and another person.
    let me = "/restapi/v1.0/account/~/extension/~";
    assert_eq!(rate(&served.call(&token, "GET", me))[0], "light");
    let other = served.token_by("Shop", "of grace");
    assert_eq!(served.call(&other, "GET", LOG).status, 200);
    // A call without the scope counts too.
    let lacking = served.call(&token, "POST", "/restapi/v1.0/account/~/extension/~/sms");
    assert_eq!((lacking.status, rate(&lacking)[2].as_str()), (403, "39"));
    for more in [&[][..], &["--limit-logins"]] {
        let served = Served::start(&apps, more);
        let token = served.token("Shop");
        for _ in 0..11 {
            let answer = served.call(&token, "GET", LOG);
            assert_eq!((answer.status, rate(&answer)[0].as_str()), (200, ""));
        }
    }
}
