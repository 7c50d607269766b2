//! The local server over HTTP, called as the SDKs call it, beside a console on the same workspace.

use crate::harness::driver::PASSWORD;
use crate::harness::platform::{Answer, Platform, code, registered, text};
use devconsole::screens::jwt::form::{APPS, SPECIFIC};

#[test]
fn issued_credentials_log_in_and_make_a_first_call() {
    let (driver, id, secret, jwt) = registered();
    let platform = Platform::start(&driver);
    let answer = platform.log_in((&id, &secret), &jwt);
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(text(&answer, "token_type"), "bearer");
    assert_eq!(answer.body["expires_in"], 3600);
    assert_eq!(answer.body["refresh_token_expires_in"], 604_800);
    assert!(
        text(&answer, "scope").contains("ReadAccounts"),
        "{answer:?}"
    );
    assert!(
        answer.head.contains("cache-control: no-store"),
        "{answer:?}"
    );
    let token = text(&answer, "access_token").to_owned();
    let me = platform.me(&token);
    assert_eq!(me.status, 200, "{me:?}");
    assert_eq!(text(&me, "name"), "Ada Lovelace");

    // After a kill and a restart the token still works, and no file has it in clear text.
    drop(platform);
    let platform = Platform::start(&driver);
    assert_eq!(platform.me(&token).status, 200);
    for entry in std::fs::read_dir(driver.dir.path())
        .expect("the folder")
        .flatten()
    {
        let bytes = std::fs::read(entry.path()).unwrap_or_default();
        let is_there = bytes
            .windows(token.len())
            .any(|seen| seen == token.as_bytes());
        assert!(!is_there, "in {}", entry.path().display());
    }
    let keys = platform.get("/restapi/oauth/jwks", "");
    assert_eq!(keys.body["keys"][0]["kty"], "RSA");
    assert_eq!(keys.body["keys"][1]["crv"], "P-256");
    for nth in 0..2 {
        assert!(keys.body["keys"][nth].get("d").is_none());
    }
    let about = platform.get("/.well-known/oauth-authorization-server", "");
    assert!(text(&about, "token_endpoint").ends_with("/restapi/oauth/token"));
}

#[test]
fn a_refresh_replaces_the_tokens_and_a_revocation_ends_the_session() {
    let (driver, id, secret, jwt) = registered();
    let platform = Platform::start(&driver);
    let first = platform.log_in((&id, &secret), &jwt);
    let refresh = |token: &str| {
        let body = format!("grant_type=refresh_token&refresh_token={token}");
        platform.post("/restapi/oauth/token", Some((&id, &secret)), &body)
    };
    let second = refresh(text(&first, "refresh_token"));
    assert_eq!(second.status, 200, "{second:?}");
    let replaced = platform.me(text(&first, "access_token"));
    assert_eq!((replaced.status, code(&replaced)), (401, "OAU-129"));
    // The same pair is returned for a while, because a response may have been lost.
    let access = text(&second, "access_token");
    for _ in 0..2 {
        let again = refresh(text(&first, "refresh_token"));
        assert_eq!(text(&again, "access_token"), access, "{again:?}");
        assert_eq!(
            text(&again, "refresh_token"),
            text(&second, "refresh_token")
        );
        assert_eq!(platform.me(access).status, 200);
    }
    let revoke = |token: &str| {
        let body = format!("token={token}");
        platform.post("/restapi/oauth/revoke", Some((&id, &secret)), &body)
    };
    assert_eq!(revoke(access).status, 200);
    let gone = platform.me(access);
    assert_eq!((gone.status, code(&gone)), (401, "OAU-213"));
    assert_eq!(revoke("unknown").status, 200);
    assert_eq!(refresh(text(&second, "refresh_token")).status, 400);
}

#[test]
fn a_body_that_is_too_large_is_refused_whether_it_is_logged_or_not() {
    let (driver, id, secret, _) = registered();
    for log in [&[][..], &["--log"]] {
        let platform = Platform::start_with(&driver, log);
        let body = format!("assertion={}", "x".repeat(64 * 1024));
        let answer = platform.post("/restapi/oauth/token", Some((&id, &secret)), &body);
        assert_eq!(answer.status, 413, "{log:?}: {answer:?}");
    }
}

#[test]
fn an_endpoint_keeps_the_name_that_the_client_gives_it() {
    let (driver, id, secret, jwt) = registered();
    let platform = Platform::start(&driver);
    let log_in = |endpoint: &str| {
        platform.log_in_with((&id, &secret), &jwt, &format!("&endpoint_id={endpoint}"))
    };
    let first = log_in("ep-9_a");
    assert_eq!(text(&first, "endpoint_id"), "ep-9_a");
    let refresh = format!(
        "grant_type=refresh_token&refresh_token={}",
        text(&first, "refresh_token")
    );
    let second = platform.post("/restapi/oauth/token", Some((&id, &secret)), &refresh);
    assert_eq!(text(&second, "endpoint_id"), "ep-9_a");
    assert_eq!(text(&second, "session_id"), text(&first, "session_id"));
    for unusable in ["", "a%20b", &"x".repeat(65)] {
        let answer = log_in(unusable);
        assert_eq!(text(&answer, "endpoint_id").len(), 22, "{answer:?}");
    }
}

#[test]
fn wrong_requests_fail_as_on_ringcentral() {
    let (driver, id, secret, jwt) = registered();
    let platform = Platform::start(&driver);
    let key = (id.as_str(), secret.as_str());
    let refused = |answer: Answer, status: u16, error: &str, wanted: &str| {
        assert_eq!(
            (answer.status, text(&answer, "error"), code(&answer)),
            (status, error, wanted),
            "{answer:?}"
        );
    };
    refused(
        platform.log_in((&id, "wrong"), &jwt),
        401,
        "invalid_client",
        "OAU-146",
    );
    refused(
        platform.log_in(("nobody", "x"), &jwt),
        400,
        "invalid_client",
        "OAU-153",
    );
    refused(
        platform.log_in((&id, ""), &jwt),
        400,
        "invalid_client",
        "OAU-123",
    );
    let cut = jwt.get(..jwt.len() - 4).unwrap_or_default();
    refused(platform.log_in(key, cut), 400, "invalid_grant", "DEV-105");
    refused(
        platform.log_in(key, "a.b.c"),
        400,
        "invalid_grant",
        "DEV-105",
    );
    let none = "eyJhbGciOiJIUzI1NiJ9.e30.AAAA";
    refused(platform.log_in(key, none), 400, "invalid_grant", "OAU-347");
    let token = "/restapi/oauth/token";
    let post = |body: &str| platform.post(token, Some(key), body);
    refused(
        post("grant_type=password"),
        400,
        "invalid_request",
        "OAU-250",
    );
    refused(
        post("grant_type=a&grant_type=b"),
        400,
        "invalid_request",
        "OAU-111",
    );
    refused(post(""), 400, "invalid_request", "CMN-101");
    let body = format!("grant_type=x&client_id=other&assertion={jwt}");
    refused(post(&body), 400, "invalid_request", "OAU-150");
    let host = format!("127.0.0.1:{}", platform.port);
    let json = platform.raw(&format!(
        "POST {token} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}"
    ));
    assert_eq!(json.status, 415);
    let elsewhere =
        platform.raw("GET /restapi HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
    assert_eq!(elsewhere.status, 421);
    assert_eq!(platform.get("/restapi", "").status, 200);
    assert_eq!(platform.get("/restapi/v1.0/nothing", "").status, 401);
    let access = text(&platform.log_in(key, &jwt), "access_token").to_owned();
    let bearer = format!("Authorization: Bearer {access}\r\n");
    let nothing = platform.get("//restapi/v1.0/nothing", &bearer);
    assert_eq!((nothing.status, code(&nothing)), (404, "CMN-120"));
    let post_with = |path: &str| {
        platform.raw(&format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{bearer}Content-Length: 0\r\n\r\n"
        ))
    };
    let sms = post_with("/restapi/v1.0/account/~/extension/~/sms");
    assert_eq!((sms.status, code(&sms)), (403, "CMN-401"), "{sms:?}");
    assert_eq!(sms.body["errors"][0]["permissionName"], "SMS");
    let wrong_method = platform.get(token, "");
    assert_eq!(wrong_method.status, 405);
    assert_eq!(text(&wrong_method, "error"), "invalid_request");
    let in_query = format!("/restapi/v1.0/account/~?access_token={access}");
    assert_eq!(platform.get(&in_query, "").status, 200);
    let me = "/restapi/v1.0/account/~/extension/~";
    let nobody = platform.get(me, "");
    assert_eq!(code(&nobody), "AGW-401");
    // Each side has its own format, with the header of RFC 6750 §3.
    let posted = post_with(me);
    assert_eq!((posted.status, code(&posted)), (405, "DEV-405"));
    assert_eq!(text(&posted, "errorCode"), "DEV-405");
    assert!(posted.head.contains("allow: GET, PUT"), "{posted:?}");
    assert!(
        wrong_method.head.contains("allow: POST"),
        "{wrong_method:?}"
    );
    let challenge = |answer: &Answer| {
        let mut lines = answer.head.lines();
        let found = lines.find_map(|line| line.strip_prefix("www-authenticate: "));
        found.map(str::to_owned).unwrap_or_default()
    };
    assert!(!challenge(&nobody).contains("error"), "{nobody:?}");
    assert!(
        challenge(&sms).ends_with("error=\"insufficient_scope\""),
        "{sms:?}"
    );
    let garbage = platform.me("garbage");
    assert!(
        challenge(&garbage).ends_with("error=\"invalid_token\""),
        "{garbage:?}"
    );
    assert_eq!(platform.me(&jwt).status, 401, "a JWT is no bearer token");
}

#[test]
fn a_change_in_the_console_takes_effect_at_once() {
    let (mut driver, id, secret, jwt) = registered();
    let platform = Platform::start(&driver);
    let key = (id.as_str(), secret.as_str());
    let access = text(&platform.log_in(key, &jwt), "access_token").to_owned();
    // Suspended, resumed.
    driver.press("z<enter>");
    assert_eq!(platform.me(&access).status, 401);
    assert_eq!(code(&platform.log_in(key, &jwt)), "OAU-127");
    driver.press("z<enter>");
    assert_eq!(platform.me(&access).status, 200);
    // Rotated: the old secret works until the rotation is finished.
    driver.press("R<enter>s");
    let new = driver.clipboard().expect("a secret");
    for secret in [&secret, &new] {
        assert_eq!(platform.log_in((&id, secret), &jwt).status, 200);
    }
    driver.press("F<enter>");
    assert_eq!(code(&platform.log_in(key, &jwt)), "OAU-146");
    let key = (id.as_str(), new.as_str());
    // Only for another app.
    driver.press("<esc>Je");
    driver.go_to(SPECIFIC);
    driver.press("<backspace>");
    driver.answer(SPECIFIC, "elsewhere_abcdefghijkl");
    driver.press("<ctrl-s>");
    let other = platform.log_in(key, &jwt);
    assert!(
        text(&other, "error_description").contains("does not allow this app"),
        "{other:?}"
    );
    assert_eq!(platform.me(&access).status, 401, "what it opened is over");
    driver.press("e");
    driver.answer(APPS, "All apps");
    driver.press("<ctrl-s>");
    let tokens = platform.log_in(key, &jwt);
    let access = text(&tokens, "access_token").to_owned();
    // The last use is shown, and a revoked credential no longer works.
    driver.press("<esc>J");
    assert!(driver.shows("last used"), "{}", driver.text());
    driver.press("d<enter>");
    assert!(text(&platform.log_in(key, &jwt), "error_description").contains("revoked"));
    assert_eq!(platform.me(&access).status, 401);
    let body = format!(
        "grant_type=refresh_token&refresh_token={}",
        text(&tokens, "refresh_token")
    );
    assert_eq!(
        platform
            .post("/restapi/oauth/token", Some(key), &body)
            .status,
        400
    );
}

#[test]
fn the_last_use_of_a_secret_is_shown_and_a_new_password_ends_the_sessions() {
    let (mut driver, id, secret, jwt) = registered();
    let platform = Platform::start(&driver);
    let tokens = platform.log_in((&id, &secret), &jwt);
    let access = text(&tokens, "access_token");
    assert_eq!(platform.me(access).status, 200);
    driver.press("<esc><enter><tab><tab>");
    assert!(driver.shows("last used"), "{}", driver.text());
    driver.press("<esc>pw");
    driver.change_password(PASSWORD, "violet harbour teapot 77");
    assert_eq!(driver.notice(), "Password changed.");
    let gone = platform.me(access);
    assert_eq!((gone.status, code(&gone)), (401, "OAU-213"));
    let body = format!(
        "grant_type=refresh_token&refresh_token={}",
        text(&tokens, "refresh_token")
    );
    let refreshed = platform.post("/restapi/oauth/token", Some((&id, &secret)), &body);
    assert_eq!(code(&refreshed), "OAU-213");
}

#[test]
fn only_local_pages_may_request_tokens() {
    let (driver, ..) = registered();
    let platform = Platform::start(&driver);
    let preflight = |path: &str, origin: &str| {
        platform.raw(&format!(
            "OPTIONS {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\nOrigin: {origin}\r\nAccess-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: x-user-agent\r\n\r\n",
            platform.port
        ))
    };
    let token = "/restapi/oauth/token";
    let here = preflight(token, "http://localhost:3000");
    assert!(
        here.head.contains("allow-origin: http://localhost:3000"),
        "{here:?}"
    );
    assert!(
        here.head.contains("allow-headers: x-user-agent"),
        "{here:?}"
    );
    for (path, origin) in [
        (token, "https://evil.example"),
        (token, "http://localhost.evil.example"),
        (token, "null"),
        ("/restapi/oauth/authorize", "http://localhost:3000"),
    ] {
        let refused = preflight(path, origin);
        assert!(
            !refused.head.contains("allow-origin"),
            "{path} {origin}: {refused:?}"
        );
    }
}

#[test]
fn a_sixth_session_ends_the_oldest_of_five() {
    let (driver, id, secret, jwt) = registered();
    let platform = Platform::start(&driver);
    let tokens: Vec<String> = (0..6)
        .map(|_| {
            // Sessions of one millisecond have no order.
            std::thread::sleep(std::time::Duration::from_millis(3));
            text(&platform.log_in((&id, &secret), &jwt), "access_token").to_owned()
        })
        .collect();
    let alive: Vec<u16> = tokens
        .iter()
        .map(|token| platform.me(token).status)
        .collect();
    assert_eq!(alive, [401, 200, 200, 200, 200, 200]);
}

#[test]
fn simultaneous_logins_are_all_answered_and_one_failure_affects_no_other() {
    let (driver, id, secret, jwt) = registered();
    let platform = Platform::start(&driver);
    let key = (id.as_str(), secret.as_str());
    let answers: Vec<(bool, Answer)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..24)
            .map(|nth| {
                let (platform, jwt) = (&platform, jwt.as_str());
                let is_right = nth % 4 != 0;
                let jwt = if is_right { jwt } else { "a.b.c" };
                scope.spawn(move || (is_right, platform.log_in(key, jwt)))
            })
            .collect();
        let joined = threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"));
        joined.collect()
    });
    let mut alive = 0;
    for (is_right, answer) in &answers {
        assert_eq!(
            answer.status,
            if *is_right { 200 } else { 400 },
            "{answer:?}"
        );
        alive += usize::from(*is_right && platform.me(text(answer, "access_token")).status == 200);
    }
    assert_eq!(alive, 5);
}

#[test]
fn a_folder_without_a_developer_is_not_served() {
    let folder = tempfile::tempdir().expect("a folder");
    let done = std::process::Command::new(env!("CARGO_BIN_EXE_devconsole"))
        .arg("--data-dir")
        .arg(folder.path())
        .args(["serve", "--port", "0"])
        .output()
        .expect("it starts");
    let message = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(1), "{message}");
    assert!(
        message.contains("There is no organization") && message.contains("--data-dir"),
        "{message}"
    );
}
