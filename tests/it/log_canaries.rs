//! A secret in any place of a request does not reach the log.

use devconsole::{
    domain::{app::AuthMethod, oauth::setup::Profile},
    local_server::log_line,
};
use proptest::{prelude::*, test_runner::TestRunner};
use url::form_urlencoded::byte_serialize;

use crate::harness::local_server::{AUTHORIZE, Office, REDIRECT, Server, TOKEN};

const FORM: &str = "application/x-www-form-urlencoded";
const PATHS: [&str; 9] = [
    AUTHORIZE,
    TOKEN,
    "/restapi/oauth/revoke",
    "/restapi/oauth/introspect",
    "/restapi/oauth/userinfo",
    "/restapi/oauth/jwks",
    "/restapi/v1.0/account/~/extension/~",
    "/restapi/v1.0/nothing",
    "/",
];
/// Every parameter that the log knows, and one that it does not.
const NAMES: [&str; 40] = [
    "access_token",
    "access_token_ttl",
    "action",
    "assertion",
    "audience",
    "brandId",
    "brand_id",
    "client_assertion",
    "client_assertion_type",
    "client_id",
    "client_secret",
    "code",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "display",
    "email",
    "endpoint_id",
    "error",
    "error_description",
    "expires_in",
    "form_key",
    "grant_type",
    "iss",
    "localeId",
    "login_hint",
    "max_age",
    "nonce",
    "password",
    "prompt",
    "redirect_uri",
    "refresh_token",
    "request",
    "resource",
    "response_mode",
    "response_type",
    "scope",
    "state",
    "token",
    "unheard_of",
];

/// A request, in parts.
#[derive(Clone, Debug)]
struct Sent {
    method: String,
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<(&'static str, String)>,
    body: String,
}

/// The place of the secret.
#[derive(Clone, Debug)]
enum Place {
    Method,
    Segment(bool),
    Name {
        in_body: bool,
    },
    Value {
        name: usize,
        in_body: bool,
        around: usize,
    },
    Body {
        kind: usize,
    },
    Header(usize),
}

fn place() -> impl Strategy<Value = Place> {
    prop_oneof![
        1 => Just(Place::Method),
        1 => any::<bool>().prop_map(Place::Segment),
        1 => any::<bool>().prop_map(|in_body| Place::Name { in_body }),
        6 => (0..NAMES.len(), any::<bool>(), 0..7_usize)
            .prop_map(|(name, in_body, around)| Place::Value { name, in_body, around }),
        1 => (0..4_usize).prop_map(|kind| Place::Body { kind }),
        1 => (0..9_usize).prop_map(Place::Header),
    ]
}

/// Longer than an invalid Client ID that is shown, and not of its length.
fn canary() -> impl Strategy<Value = String> {
    "k9Z[A-Za-z0-9_-]{10,60}".prop_filter("like a Client ID", |text| text.len() != 22)
}

/// A secret, and text that a person may have around it.
fn around(canary: &str, how: usize) -> String {
    match how {
        0 => canary.to_owned(),
        1 => format!("{canary} "),
        2 => format!("openid {canary} SMS"),
        3 => format!("{REDIRECT}?key={canary}"),
        4 => format!("{REDIRECT}#{canary}"),
        5 => format!("http://me:{canary}@127.0.0.1:7777/cb"),
        _ => format!("\"{canary}\""),
    }
}

fn encoded(pairs: &[(String, String)]) -> String {
    let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    pairs.join("&")
}

fn sent(base: &[(&str, &str)], path: usize, posts: bool, place: &Place, canary: &str) -> Sent {
    let pairs = |more: Option<(String, String)>| {
        let mut pairs: Vec<(String, String)> = base
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .filter(|(name, _)| more.as_ref().is_none_or(|(other, _)| other != name))
            .collect();
        pairs.extend(more);
        pairs
    };
    let more = match place {
        Place::Name { in_body } => Some((*in_body, (canary.to_owned(), "1".to_owned()))),
        Place::Value {
            name,
            in_body,
            around: how,
        } => Some((*in_body, (NAMES[*name].to_owned(), around(canary, *how)))),
        _ => None,
    };
    let of = |in_body: bool| {
        more.clone()
            .filter(|(at, _)| *at == in_body)
            .map(|(_, pair)| pair)
    };
    let mut sent = Sent {
        method: if posts { "POST" } else { "GET" }.to_owned(),
        path: PATHS[path].to_owned(),
        query: pairs(of(false)),
        headers: vec![("content-type", FORM.to_owned())],
        body: encoded(&pairs(of(true))),
    };
    match place {
        Place::Method => canary.clone_into(&mut sent.method),
        Place::Segment(inside) => {
            sent.path = if *inside {
                format!("/{canary}{}", sent.path)
            } else {
                format!("{}/{canary}", sent.path)
            }
        }
        Place::Body { kind } => {
            sent.body = match kind {
                0 => canary.to_owned(),
                1 => format!("{{\"client_secret\": \"{canary}\"}}"),
                2 => format!("{canary}&{canary}={canary}"),
                _ => format!("client_id={canary}&client_id={canary}"),
            };
            if *kind == 1 {
                sent.headers[0].1 = "application/json".to_owned();
            }
        }
        Place::Header(nth) => {
            let (name, value) = match nth {
                0 => ("authorization", format!("Basic {canary}")),
                1 => ("authorization", format!("Bearer {canary}")),
                2 => ("authorization", canary.to_owned()),
                3 => ("authorization", format!("{canary} x")),
                4 => ("user-agent", canary.to_owned()),
                5 => ("user-agent", format!("curl/8.1 ({canary}) {canary}/1.0x")),
                6 => ("cookie", format!("devconsole-8228={canary}")),
                7 => ("origin", format!("http://{canary}.localhost")),
                _ => ("content-type", format!("{FORM}; charset={canary}")),
            };
            sent.headers.retain(|(other, _)| *other != name);
            sent.headers.push((name, value));
        }
        Place::Name { .. } | Place::Value { .. } => {}
    }
    sent
}

fn must_be_silent(server: &Server, sent: &Sent, canary: &str) -> Result<(), TestCaseError> {
    let headers: Vec<(&str, &str)> = sent
        .headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let target = format!("{}?{}", sent.path, encoded(&sent.query));
    let came = server
        .0
        .ask(&sent.method, &target, &headers, sent.body.as_bytes());
    let Some(came) = came else {
        // No valid HTTP.
        return Ok(());
    };
    prop_assert_eq!(came.log.len(), 1);
    for exchange in came.log {
        let all = format!("{exchange:?}");
        prop_assert!(!all.contains(canary), "{}", all);
        // The explanation of the cause may repeat a part.
        prop_assert!(!all.contains(&canary[..10]), "{}", all);
        let line = log_line(exchange);
        prop_assert!(!line.contains(canary), "{}", line);
    }
    Ok(())
}

#[test]
fn a_secret_in_any_place_of_a_request_is_not_in_the_log() {
    let mut office = Office::new();
    let robot = office.app(AuthMethod::Jwt, &["ReadAccounts"]);
    let shop = office.shop();
    let page = office.page();
    for profile in [Profile::RingCentral, Profile::Strict] {
        let server = office.serve(profile);
        let bases: Vec<Vec<(&str, &str)>> = vec![
            vec![],
            vec![("client_id", page.id()), ("grant_type", "refresh_token")],
            vec![
                ("client_id", robot.id()),
                ("client_secret", &robot.secret),
                ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            ],
            vec![
                ("client_id", shop.id()),
                ("response_type", "code"),
                ("redirect_uri", REDIRECT),
                ("scope", "openid ReadAccounts"),
                ("nonce", "n"),
                ("prompt", "none"),
            ],
            vec![
                ("client_id", shop.id()),
                ("client_secret", &shop.secret),
                ("grant_type", "authorization_code"),
                ("redirect_uri", REDIRECT),
            ],
        ];
        let case = (
            0..bases.len(),
            0..PATHS.len(),
            any::<bool>(),
            place(),
            canary(),
        );
        let mut runner = TestRunner::default();
        let done = runner.run(&case, |(base, path, posts, place, canary)| {
            let sent = sent(&bases[base], path, posts, &place, &canary);
            must_be_silent(&server, &sent, &canary)
        });
        done.unwrap_or_else(|error| panic!("{profile:?}: {error}"));
    }
}
