//! How a request reaches the local server, before anything in it is judged: targets, slashes,
//! bodies.

use devconsole::domain::{
    app::AuthMethod,
    oauth::{diagnosis::Cause, setup::Profile},
};

use crate::harness::{
    local_server::{AUTHORIZE, Office, TOKEN, basic, request},
    platform::{Platform, code, registered, text},
};

#[test]
fn an_absolute_target_must_name_this_server_whatever_its_slashes() {
    let office = Office::new();
    let server = office.serve(Profile::RingCentral);
    for (target, status) in [
        ("//restapi/v1.0", 200),
        ("http://127.0.0.1:8228/restapi/v1.0", 200),
        ("http://127.0.0.1:8228//restapi/v1.0", 200),
        ("http://evil.example:8228/restapi/v1.0", 421),
        ("http://evil.example:8228//restapi/v1.0", 421),
        ("http://127.0.0.1:8229//restapi/v1.0", 421),
    ] {
        assert_eq!(server.get(target).status, status, "{target}");
    }
}

/// The SDKs append the path to a server address that may end with a slash.
#[test]
fn the_login_page_moves_to_where_its_cookie_is_sent() {
    let mut office = Office::new();
    let shop = office.shop();
    let server = office.serve(Profile::RingCentral);
    let query = request(&shop, &[]);
    let visitor = server.visitor(&shop);
    let cookie = [("cookie", visitor.cookie())];
    let moved = server.ask("GET", &format!("/{AUTHORIZE}?{query}"), &cookie, "");
    assert_eq!(moved.status, 303, "{moved:?}");
    assert_eq!(moved.header("location"), format!("{AUTHORIZE}?{query}"));
    assert_eq!(moved.header("set-cookie"), "");
    let moved = server.get(&format!("/{AUTHORIZE}?state=é"));
    assert_eq!(
        moved.header("location"),
        format!("{AUTHORIZE}?state=%C3%A9")
    );
}

#[test]
fn a_file_that_is_sent_to_the_api_is_no_reason_for_another_answer() {
    let mut office = Office::new();
    let robot = office.app(AuthMethod::Jwt, &["Faxes"]);
    let jwt = office.jwt();
    let server = office.serve(Profile::RingCentral);
    let access = server.log_in(&robot, &jwt).text("access_token").to_owned();
    let fax = "/restapi/v1.0/account/~/extension/~/fax";
    let bearer = format!("Bearer {access}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "multipart/form-data; boundary=b"),
    ];
    for size in [0, 64 * 1024, 64 * 1024 + 1, 1024 * 1024] {
        let file = "x".repeat(size);
        let sent = server.ask("POST", fax, &headers, &file);
        assert_eq!((sent.status, sent.code()), (501, "CMN-202"), "{size}");
        assert_eq!(sent.cause(), Some(Cause::NotSimulated));
        let unknown = server.ask("POST", fax, &[], &file);
        assert_eq!((unknown.status, unknown.code()), (401, "AGW-401"), "{size}");
        let nowhere = server.ask("POST", "/nothing", &[], &file);
        assert_eq!(nowhere.status, 404, "{size}");
    }
    let form = [("content-type", "application/x-www-form-urlencoded")];
    for (size, status) in [(64 * 1024, 400), (64 * 1024 + 1, 413)] {
        let answer = server.ask("POST", TOKEN, &form, &"x".repeat(size));
        assert_eq!(answer.status, status, "{size}");
    }
}

#[test]
fn a_client_that_sends_much_reads_its_answer_and_half_a_body_is_not_acted_on() {
    let (driver, id, secret, jwt) = registered();
    for log in [&[][..], &["--log"]] {
        let platform = Platform::start_with(&driver, log);
        let much = "x".repeat(4 * 1024 * 1024);
        let fax = "/restapi/v1.0/account/~/extension/~/fax";
        let answer = platform.post(fax, None, &much);
        assert_eq!((answer.status, code(&answer)), (401, "AGW-401"), "{log:?}");
        let answer = platform.post(TOKEN, None, &much);
        assert_eq!(answer.status, 413, "{log:?}");

        let access = text(&platform.log_in((&id, &secret), &jwt), "access_token").to_owned();
        let token = format!("token={access}");
        let revoke = |after: &str| {
            platform.raw(&format!(
                "POST /restapi/oauth/revoke HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\nAuthorization: {}\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{token}\r\n{after}\r\n\r\n",
                platform.port,
                basic(&id, &secret),
                token.len(),
            ))
        };
        assert_eq!(revoke("no length").status, 400, "{log:?}");
        assert_eq!(platform.me(&access).status, 200, "{log:?}");
        assert_eq!(revoke("0").status, 200, "{log:?}");
        assert_eq!(platform.me(&access).status, 401, "{log:?}");
    }
}

#[test]
fn a_request_that_is_very_long_is_cut_in_the_log() {
    let server = Office::new().serve(Profile::RingCentral);
    for long in ["a".repeat(30_000), "a/".repeat(15_000)] {
        let answer = server.get(&format!("/restapi/v1.0/{long}"));
        let log = answer.log();
        for text in [&log.what, &log.request] {
            assert!(text.starts_with("GET /restapi/v1.0/["), "{text}");
            assert!(text.len() < 400, "{text}");
        }
    }
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    for body in [
        "a&".repeat(30_000),
        format!("scope={}", "a+".repeat(30_000)),
    ] {
        let answer = server.ask("POST", "/restapi/oauth/token", &headers, &body);
        let length = answer.log().request.len();
        assert!(length < 4000, "{length}");
    }
}
