//! Requests for a code as published clients write them: scopes, redirect URIs, response modes,
//! prompts.

use devconsole::domain::{
    app::Platform as RunsOn,
    oauth::{diagnosis::Cause, pkce, setup::Profile},
    secret::Secret,
};

use crate::harness::driver::{EMAIL, PASSWORD};
use crate::harness::local_server::{
    AUTHORIZE, Answer, Office, REDIRECT, Registered, Server, code_app, now, pairs, request, value,
};

const VERIFIER: &str = "pIUgx4tiqFpaOUz0HMc_QbIyQlL901w8mRmkrmhEJ_E";

fn with_pkce<'a>(challenge: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut all = vec![
        ("code_challenge", challenge),
        ("code_challenge_method", "S256"),
    ];
    all.extend(more);
    all
}

/// The scope that a token gets for a requested scope.
fn granted(server: &Server, app: &Registered, scope: &str) -> String {
    let challenge = pkce::s256(VERIFIER);
    let back = server.code(app, &with_pkce(&challenge, &[("scope", scope)]));
    let tokens = server.exchange(app, value(&back, "code"), &[("code_verifier", VERIFIER)]);
    assert_eq!(tokens.status, 200, "{tokens:?}");
    tokens.text("scope").to_owned()
}

fn ask(server: &Server, query: &str) -> Answer {
    server.get(&format!("{AUTHORIZE}?{query}"))
}

#[test]
fn openid_scopes_are_understood_or_ignored_and_never_doubled() {
    let mut office = Office::new();
    let shop = office.shop();
    let without = office.app_of(
        code_app(RunsOn::ServerSideWeb, REDIRECT),
        &["ReadAccounts"],
        false,
    );
    let strict = office.serve(Profile::Strict);
    for (asked, expected) in [
        ("openid", "openid"),
        ("openid openid", "openid"),
        ("openid offline_access", "openid offline_access"),
        ("openid  address phone email", "openid email"),
        ("ReadAccounts openid ReadAccounts", "ReadAccounts openid"),
        ("ReadAccounts email", "ReadAccounts"),
        ("", "ReadAccounts"),
    ] {
        assert_eq!(granted(&strict, &shop, asked), expected, "{asked}");
    }
    assert_eq!(
        granted(&strict, &without, "openid offline_access"),
        "openid"
    );
    let usual = office.serve(Profile::RingCentral);
    for (asked, expected) in [
        ("openid offline_access openid", "ReadAccounts openid"),
        ("email", "ReadAccounts"),
        ("SMS", "ReadAccounts"),
    ] {
        assert_eq!(granted(&usual, &shop, asked), expected, "{asked}");
    }
}

#[test]
fn a_refused_scope_is_named() {
    let mut office = Office::new();
    let shop = office.shop();
    let server = office.serve(Profile::Strict);
    let challenge = pkce::s256(VERIFIER);
    for (scope, message) in [
        ("SMS", "Scope SMS is not one of the app's scopes"),
        ("ReadAccounts readaccount", "Scope readaccount is not one"),
        ("openid SMS", "Scope SMS is not one"),
        ("email", "Scope email needs openid beside it"),
        ("phone", "Scope phone needs openid beside it"),
        // Characters that are not allowed in an error are left out (RFC 6749 §5.2).
        ("S\"M\\S\u{1b}é", "Scope SMS is not one"),
    ] {
        let asked = request(&shop, &with_pkce(&challenge, &[("scope", scope)]));
        let refused = ask(&server, &asked);
        let back = refused.came_back();
        assert_eq!(value(&back, "error"), "invalid_scope", "{scope}");
        let description = value(&back, "error_description");
        assert!(description.starts_with(message), "{scope}: {description}");
        assert_eq!(refused.cause(), Some(Cause::ScopeNotGranted));
    }
}

#[test]
fn only_the_strict_profile_lets_native_apps_choose_the_port() {
    let mut office = Office::new();
    let challenge = pkce::s256(VERIFIER);
    let other_port = "http://127.0.0.1:49152/cb";
    let more = with_pkce(&challenge, &[("redirect_uri", other_port)]);
    for (runs_on, free_in_strict) in [
        (RunsOn::ServerSideWeb, false),
        (RunsOn::ClientSideWeb, false),
        (RunsOn::Mac, true),
        (RunsOn::Android, true),
    ] {
        let app = office.app(code_app(runs_on, REDIRECT), &["ReadAccounts"]);
        for (profile, is_free) in [
            (Profile::RingCentral, false),
            (Profile::Strict, free_in_strict),
        ] {
            let server = office.serve(profile);
            let answer = ask(&server, &request(&app, &more));
            let expected = if is_free { 200 } else { 400 };
            assert_eq!(
                answer.status, expected,
                "{runs_on:?} {profile:?}: {answer:?}"
            );
            if !is_free {
                assert_eq!(answer.code(), "OAU-109");
                assert_eq!(answer.cause(), Some(Cause::RedirectUriDiffers));
            }
            let own = request(&app, &with_pkce(&challenge, &[]));
            assert_eq!(ask(&server, &own).status, 200);
        }
    }
}

#[test]
fn a_response_comes_in_the_fragment_on_request() {
    let mut office = Office::new();
    let shop = office.shop();
    let server = office.serve(Profile::RingCentral);
    let mut visitor = server.visitor(&shop);
    let asked = request(&shop, &[("response_mode", "fragment")]);
    let denied = visitor.press(&asked, &[("action", "deny")]);
    assert!(
        denied
            .header("location")
            .starts_with(&format!("{REDIRECT}#error=access_denied"))
    );
    let answer = visitor.allow(&asked);
    let to = answer.header("location");
    let (uri, fragment) = to.split_once('#').expect("a fragment");
    assert_eq!(uri, REDIRECT);
    let back = pairs(fragment);
    assert_eq!(value(&back, "state"), "a b&c");
    let code = value(&back, "code");
    assert!(!answer.log().response.contains(code), "{:?}", answer.log());
    assert_eq!(server.exchange(&shop, code, &[]).status, 200);
    // In the query, as without the parameter.
    let asked = request(&shop, &[("response_mode", "query")]);
    assert!(!value(&visitor.open(&asked).came_back(), "code").is_empty());
}

/// The fields that a page posts to the app.
fn posted(answer: &Answer) -> Vec<(String, String)> {
    let page = answer.page();
    let (_, form) = page
        .split_once(&format!("<form method=\"post\" action=\"{REDIRECT}\">"))
        .unwrap_or_else(|| panic!("{page}"));
    let fields = form.split("name=\"").skip(1).filter_map(|field| {
        let (name, rest) = field.split_once("\" value=\"")?;
        let (value, _) = rest.split_once('"')?;
        Some((name.to_owned(), value.replace("&amp;", "&")))
    });
    fields.collect()
}

#[test]
fn a_response_is_posted_on_request() {
    let mut office = Office::new();
    let shop = office.shop();
    for profile in [Profile::RingCentral, Profile::Strict] {
        let server = office.serve(profile);
        let mut visitor = server.visitor(&shop);
        let challenge = pkce::s256(VERIFIER);
        let more = with_pkce(&challenge, &[("response_mode", "form_post")]);
        let asked = request(&shop, &more);
        let denied = posted(&visitor.press(&asked, &[("action", "deny")]));
        assert_eq!(value(&denied, "error"), "access_denied");
        for answer in [visitor.allow(&asked), visitor.open(&asked)] {
            assert_eq!(answer.status, 200);
            let policy = answer.header("content-security-policy");
            assert!(policy.contains("script-src 'sha256-"), "{policy}");
            assert!(!policy.contains("unsafe-inline"), "{policy}");
            assert_eq!(answer.header("cache-control"), "no-store");
            let back = posted(&answer);
            assert_eq!(value(&back, "state"), "a b&c");
            let is_strict = profile == Profile::Strict;
            assert_eq!(value(&back, "iss").is_empty(), !is_strict);
            let code = value(&back, "code");
            assert!(!format!("{:?}", answer.log()).contains(code));
            let tokens = server.exchange(&shop, code, &[("code_verifier", VERIFIER)]);
            assert_eq!(tokens.status, 200, "{tokens:?}");
        }
    }
}

#[test]
fn an_unsupported_request_is_refused_by_name() {
    let mut office = Office::new();
    let shop = office.shop();
    // Its scheme begins like one of the web.
    let native = "http.example.shop:/cb";
    let phone = office.app(code_app(RunsOn::Android, native), &["ReadAccounts"]);
    let server = office.serve(Profile::RingCentral);
    for (name, sent, error, message, cause) in [
        (
            "response_mode",
            "jwt",
            "invalid_request",
            "response_mode",
            Cause::ResponseMode,
        ),
        (
            "request",
            "a.b.c",
            "request_not_supported",
            "request",
            Cause::RequestObject,
        ),
        (
            "request_uri",
            "https://a.example/r",
            "request_uri_not_supported",
            "request_uri",
            Cause::RequestObject,
        ),
        (
            "registration",
            "{}",
            "registration_not_supported",
            "registration",
            Cause::RequestObject,
        ),
        (
            "prompt",
            "create",
            "invalid_request",
            "prompt",
            Cause::ParameterWrong,
        ),
        (
            "response_type",
            "code id_token",
            "unsupported_response_type",
            "response_type",
            Cause::ResponseType,
        ),
    ] {
        let refused = ask(&server, &request(&shop, &[(name, sent)]));
        let back = refused.came_back();
        assert_eq!(value(&back, "error"), error, "{refused:?}");
        let description = value(&back, "error_description");
        assert!(description.contains(message), "{description}");
        assert_eq!(value(&back, "state"), "a b&c");
        assert_eq!(refused.cause(), Some(cause), "{name}");
    }
    // Nothing can be posted to a private scheme of an app.
    let more = [("redirect_uri", native), ("response_mode", "form_post")];
    let refused = ask(&server, &request(&phone, &more));
    assert!(
        refused
            .header("location")
            .starts_with("http.example.shop:/cb?error=invalid_request")
    );
    assert_eq!(refused.cause(), Some(Cause::ResponseMode));
    let metadata = server.get("/.well-known/openid-configuration").json;
    assert_eq!(
        metadata["response_modes_supported"],
        serde_json::json!(["query", "fragment", "form_post"])
    );
    for name in [
        "request_parameter_supported",
        "request_uri_parameter_supported",
    ] {
        assert_eq!(metadata[name], false, "{name}");
    }
}

#[test]
fn another_account_can_be_chosen() {
    let mut office = Office::new();
    let shop = office.shop();
    let server = office.serve(Profile::RingCentral);
    let mut visitor = server.visitor(&shop);
    let asked = request(&shop, &[]);
    visitor.allow(&asked);
    assert_eq!(visitor.open(&asked).status, 302, "nothing is asked");
    let asked = request(&shop, &[("prompt", "select_account")]);
    let page = visitor.open(&asked);
    assert_eq!(page.status, 200);
    assert!(
        page.page().contains("Use another account"),
        "{}",
        page.page()
    );
    let spaced = request(&shop, &[("prompt", " login  select_account ")]);
    assert_eq!(visitor.open(&spaced).status, 200);
    let left = visitor.press(&asked, &[("action", "leave")]);
    assert_eq!(left.status, 303);
    assert!(visitor.open(&asked).page().contains("name=\"password\""));
    let refused = visitor.open(&request(&shop, &[("prompt", "none select_account")]));
    assert_eq!(value(&refused.came_back(), "error"), "invalid_request");
}

#[test]
fn a_consent_page_is_no_answer_to_another_app() {
    let mut office = Office::new();
    let (shop, other) = (office.shop(), office.shop());
    let server = office.serve(Profile::RingCentral);
    let mut visitor = server.visitor(&shop);
    let (asked, elsewhere) = (request(&shop, &[]), request(&other, &[]));
    let key = visitor.form_key(&asked);
    let allow = [("action", "allow")];
    let refused = visitor.press_with(&key, &elsewhere, &allow);
    assert_eq!(refused.status, 403, "{refused:?}");
    let allowed = visitor.press_with(&key, &asked, &allow);
    assert_ne!(value(&allowed.came_back(), "code"), "");
}

#[test]
fn a_nonce_stands_in_for_pkce_where_an_openid_client_has_a_secret() {
    let mut office = Office::new();
    let (shop, page) = (office.shop(), office.page());
    let server = office.serve(Profile::Strict);
    let openid = [("scope", "openid"), ("nonce", "n")];
    let back = server.code(&shop, &openid);
    assert_eq!(
        server.exchange(&shop, value(&back, "code"), &[]).status,
        200
    );
    for (app, more) in [
        (&shop, &openid[..1]),
        (&shop, &[("scope", "ReadAccounts"), ("nonce", "n")][..]),
        (&page, &openid[..]),
    ] {
        let refused = ask(&server, &request(app, more));
        assert_eq!(
            value(&refused.came_back(), "error"),
            "invalid_request",
            "{more:?}"
        );
        assert_eq!(refused.cause(), Some(Cause::ChallengeMissing));
    }
}

#[test]
fn a_resource_may_be_named_more_than_once() {
    let mut office = Office::new();
    let (shop, robot) = (
        office.shop(),
        office.app(devconsole::domain::app::AuthMethod::Jwt, &["ReadAccounts"]),
    );
    let jwt = office.jwt();
    let server = office.serve(Profile::RingCentral);
    let twice = [
        ("resource", "https://a.example"),
        ("resource", "https://b.example"),
    ];
    let back = server.code(&shop, &twice);
    let tokens = server.exchange(&shop, value(&back, "code"), &twice);
    assert_eq!(tokens.status, 200, "{tokens:?}");
    let fields = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        ("assertion", jwt.as_str()),
        twice[0],
        twice[1],
    ];
    let tokens = server.post("/restapi/oauth/token", Some(&robot.basic()), &fields);
    assert_eq!(tokens.status, 200, "{tokens:?}");
    let refused = ask(&server, &request(&shop, &[("nonce", "a"), ("nonce", "b")]));
    assert_eq!(refused.code(), "OAU-111");
}

#[test]
fn each_reason_against_a_silent_login_is_told_apart() {
    let mut office = Office::new();
    let page = office.page();
    let challenge = pkce::s256(VERIFIER);
    let asked = request(&page, &with_pkce(&challenge, &[]));
    let silent = request(&page, &with_pkce(&challenge, &[("prompt", "none")]));
    let strict = office.serve(Profile::Strict);
    let nobody = ask(&strict, &silent);
    assert_eq!(value(&nobody.came_back(), "error"), "login_required");
    assert_eq!(nobody.cause(), Some(Cause::LoginRequired));
    let mut visitor = strict.visitor(&page);
    visitor.allow(&asked);
    let refused = visitor.open(&silent);
    let back = refused.came_back();
    assert_eq!(value(&back, "error"), "consent_required");
    let description = value(&back, "error_description");
    assert!(description.contains("strict profile"), "{description}");
    assert_eq!(refused.cause(), Some(Cause::ConsentEachTime));

    let usual = office.serve(Profile::RingCentral);
    let mut visitor = usual.visitor(&page);
    let refused = visitor.open(&silent);
    assert_eq!(value(&refused.came_back(), "error"), "consent_required");
    assert_eq!(refused.cause(), Some(Cause::LoginRequired));
    visitor.allow(&asked);
    assert!(!value(&visitor.open(&silent).came_back(), "code").is_empty());
}

#[test]
fn guessing_at_the_page_and_in_the_console_is_counted_apart() {
    let mut office = Office::new();
    let app = office.shop();
    let server = office.serve(Profile::RingCentral);
    let query = request(&app, &[]);
    let mut visitor = server.visitor(&app);
    let mut guess = |email: &str| {
        let fields = [("action", "sign_in"), ("email", email), ("password", "no")];
        visitor.press(&query, &fields)
    };
    for nth in 0..8 {
        let refused = guess(EMAIL);
        let status = if nth < 5 { 403 } else { 429 };
        assert_eq!(refused.status, status, "{nth}");
        guess(&format!("made.up.{nth}@example.com"));
    }
    assert_eq!(office.count("sign_in_delays"), 0);
    let password = Secret::new(PASSWORD);
    let console = &mut office.workspace;
    console.lock();
    assert!(console.sign_in(EMAIL, &password, now()).is_ok());
}
