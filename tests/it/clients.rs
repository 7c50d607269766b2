//! What published OAuth clients and RingCentral's samples need from the local server's answers.

use devconsole::domain::{
    app::{AuthMethod, Platform as RunsOn},
    number::NumericId,
    oauth::{
        diagnosis::Cause,
        fault::{Armed, Fault},
        operation::{self, RateLimitGroup},
        pkce,
        setup::Profile,
    },
};
use serde_json::Value;

use crate::harness::local_server::{
    AUTHORIZE, Answer, ME, Office, REDIRECT, Server, TOKEN, code_app, form, part_of, request, value,
};

const ORIGIN: &str = "http://spa.localhost:5173";

/// A server, and an access token of an app with ReadAccounts and the given scopes.
fn with_token(office: &mut Office, profile: Profile, scopes: &[&str]) -> (Server, String) {
    let robot = office.app(AuthMethod::Jwt, scopes);
    let jwt = office.jwt();
    let server = office.serve(profile);
    let tokens = server.log_in(&robot, &jwt);
    assert_eq!(tokens.status, 200, "{tokens:?}");
    let access = tokens.text("access_token").to_owned();
    (server, access)
}

#[test]
fn accounts_and_extensions_are_numbers_that_every_sdk_reads() {
    let mut office = Office::new();
    let robot = office.app(AuthMethod::Jwt, &["ReadAccounts"]);
    let jwt = office.jwt();
    office.add("Grace Brewster Hopper", "grace@example.com");
    let server = office.serve(Profile::RingCentral);
    let tokens = server.log_in(&robot, &jwt);
    let access = tokens.text("access_token");
    let me = server.call("GET", ME, access);
    let number = me.json["id"].as_u64().expect("a number");
    assert!(number < 1 << 53, "{number}");
    assert_eq!(tokens.text("owner_id"), number.to_string());
    assert_eq!(me.json["contact"]["firstName"], "Ada");
    assert_eq!(me.json["contact"]["lastName"], "Lovelace");
    let account = server.call("GET", "/restapi/v1.0/account/~", access);
    let account = account.json["id"].as_u64().expect("a number");
    assert!(account < 1 << 53, "{account}");
    let introspected = server.post(
        "/restapi/oauth/introspect",
        Some(&robot.basic()),
        &[("token", access)],
    );
    assert_eq!(introspected.text("sub"), number.to_string());

    let ask = |account: &str, extension: &str| {
        let path = format!("/restapi/v1.0/account/{account}/extension/{extension}");
        server.call("GET", &path, access)
    };
    let (account, number) = (account.to_string(), number.to_string());
    for (account, extension) in [
        ("~", &number),
        (&account, &number),
        ("%7E", &"~".to_owned()),
    ] {
        assert_eq!(ask(account, extension).text("name"), "Ada Lovelace");
    }
    let uri = me.text("uri");
    assert!(
        uri.ends_with(&format!("/account/{account}/extension/{number}")),
        "{uri}"
    );
    for (account, extension, parameter) in [
        ("~", "1", "extensionId"),
        ("~", &format!("0{number}"), "extensionId"),
        ("~", "me", "extensionId"),
        ("1", "~", "accountId"),
    ] {
        let missing = ask(account, extension);
        assert_eq!(
            (missing.status, missing.code()),
            (404, "CMN-102"),
            "{missing:?}"
        );
        let named = missing.json.pointer("/errors/0/parameters/0/parameterName");
        assert_eq!(named.and_then(Value::as_str), Some(parameter));
        assert_eq!(missing.cause(), Some(Cause::ResourceNotFound));
    }
    // A colleague, by her number.
    let grace = office
        .workspace
        .team()
        .expect("the team")
        .members
        .into_iter()
        .find(|member| member.developer.full_name.starts_with("Grace"))
        .expect("Grace");
    let grace = NumericId::of_developer(&grace.developer.id);
    let hers = ask("~", &grace.to_string());
    assert_eq!(hers.json["id"], grace.as_u64());
    assert_eq!(hers.json["contact"]["lastName"], "Hopper");
}

#[test]
fn a_local_page_sends_credentials_and_reads_why_it_is_refused() {
    let mut office = Office::new();
    let page = office.page();
    let server = office.serve(Profile::RingCentral);
    let from = |origin: &str, method: &str, target: &str, body: &str| {
        let form = ("content-type", "application/x-www-form-urlencoded");
        server.ask(method, target, &[("origin", origin), form], body)
    };
    let is_readable = |answer: &Answer, origin: &str| {
        assert_eq!(
            answer.header("access-control-allow-origin"),
            origin,
            "{answer:?}"
        );
        assert_eq!(answer.header("access-control-allow-credentials"), "true");
        for name in [
            "retry-after",
            "www-authenticate",
            "x-rate-limit-group",
            "x-rate-limit-limit",
            "x-rate-limit-remaining",
            "x-rate-limit-window",
            "x-devconsole-fault",
        ] {
            let exposed = answer.header("access-control-expose-headers");
            assert!(
                exposed.split(',').any(|one| one.trim() == name),
                "{name}: {exposed}"
            );
        }
    };
    for origin in [
        ORIGIN,
        "http://localhost:3000",
        "https://127.0.0.1",
        "http://127.0.0.2:1",
        "http://[::1]:5173",
    ] {
        is_readable(&from(origin, "POST", TOKEN, "grant_type=x"), origin);
        is_readable(&from(origin, "GET", ME, ""), origin);
    }
    let large = "x".repeat(65 * 1024);
    let too_large = from(ORIGIN, "POST", TOKEN, &large);
    assert_eq!(too_large.status, 413);
    is_readable(&too_large, ORIGIN);
    for origin in [
        "https://evil.example",
        "http://localhost.evil.example",
        "null",
        "chrome-extension://localhost",
        "app://127.0.0.1",
        "ftp://localhost",
    ] {
        let refused = from(origin, "POST", TOKEN, "grant_type=x");
        assert_eq!(
            refused.header("access-control-allow-origin"),
            "",
            "{refused:?}"
        );
    }
    // No other page may read the login page.
    let login = format!("{AUTHORIZE}?{}", request(&page, &[]));
    assert_eq!(
        from(ORIGIN, "GET", &login, "").header("access-control-allow-origin"),
        ""
    );

    // A browser sends a preflight request first; the fault is for the request after it.
    for (fault, status) in [(Fault::Unavailable, 503), (Fault::TooManyRequests, 429)] {
        server.0.faults.arm(fault, Armed::Once);
        let preflight = server.ask(
            "OPTIONS",
            TOKEN,
            &[
                ("origin", ORIGIN),
                ("access-control-request-method", "POST"),
                ("access-control-request-headers", "x-user-agent"),
            ],
            "",
        );
        assert_eq!(preflight.status, 200);
        assert_eq!(
            preflight.header("access-control-allow-headers"),
            "x-user-agent"
        );
        assert_eq!(preflight.header("access-control-allow-credentials"), "true");
        let struck = from(ORIGIN, "POST", TOKEN, "grant_type=x");
        assert_eq!(struck.status, status);
        is_readable(&struck, ORIGIN);
        assert_eq!(struck.header("x-devconsole-fault"), fault.label());
        assert!(!struck.header("retry-after").is_empty());
    }
}

/// With `credentials: include` a page elsewhere on this machine sends the login cookie along.
#[test]
fn endpoints_open_to_pages_read_no_cookie() {
    let mut office = Office::new();
    let shop = office.shop();
    let server = office.serve(Profile::RingCentral);
    let mut visitor = server.visitor(&shop);
    let asked = request(&shop, &[("scope", "openid")]);
    visitor.allow(&asked);
    let signed_in = visitor.open(&asked);
    assert_eq!(signed_in.status, 302, "the cookie is good");
    let cookie = ("cookie", visitor.cookie());
    for target in [ME, "/restapi/oauth/userinfo"] {
        let refused = server.ask("GET", target, &[cookie, ("origin", ORIGIN)], "");
        assert_eq!((refused.status, refused.code()), (401, "AGW-401"));
    }
    let form = ("content-type", "application/x-www-form-urlencoded");
    let refused = server.ask(
        "POST",
        TOKEN,
        &[cookie, form],
        "grant_type=authorization_code",
    );
    assert_eq!(refused.code(), "OAU-123");
}

#[test]
fn the_login_form_may_redirect_anywhere_and_is_never_framed() {
    let mut office = Office::new();
    let shop = office.shop();
    let server = office.serve(Profile::RingCentral);
    let page = server.get(&format!("{AUTHORIZE}?{}", request(&shop, &[])));
    let policy = page.header("content-security-policy");
    // A callback that redirects to another origin is held to this rule, too.
    assert!(!policy.contains("form-action"), "{policy}");
    for kept in [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(kept), "{policy}");
    }
    assert!(!policy.contains("script-src"), "{policy}");
}

#[test]
fn an_id_token_is_signed_with_rs256_and_has_the_claims_of_ringcentral() {
    let mut office = Office::new();
    let shop = office.shop();
    let server = office.serve(Profile::RingCentral);
    let claims_for = |scope: &str| {
        let back = server.code(&shop, &[("scope", scope), ("nonce", "n1")]);
        let tokens = server.exchange(&shop, value(&back, "code"), &[]);
        assert_eq!(tokens.status, 200, "{tokens:?}");
        let id_token = tokens.text("id_token").to_owned();
        let access = tokens.text("access_token").to_owned();
        (part_of(&id_token, 0), part_of(&id_token, 1), tokens, access)
    };
    let (header, claims, tokens, access) = claims_for("openid email profile");
    assert_eq!(header["alg"], "RS256");
    let keys = server.get("/restapi/oauth/jwks");
    let key = &keys.json["keys"][0];
    assert_eq!(
        (&key["kty"], &key["alg"], &key["use"]),
        (
            &Value::from("RSA"),
            &Value::from("RS256"),
            &Value::from("sig"),
        )
    );
    assert_eq!(header["kid"], key["kid"]);
    let metadata = server.get("/.well-known/openid-configuration");
    assert_eq!(
        metadata.json["id_token_signing_alg_values_supported"],
        serde_json::json!(["RS256"])
    );

    assert_eq!(claims["sub"], tokens.text("owner_id"));
    assert_eq!(claims["nonce"], "n1");
    assert_eq!(claims["given_name"], "Ada");
    assert_eq!(claims["family_name"], "Lovelace");
    assert_eq!(claims["name"], "Ada Lovelace");
    assert_eq!(claims["email"], "ada@example.com");
    assert_eq!(claims["email_verified"], true);
    assert_eq!(claims["jti"].as_str().map(str::len), Some(22));
    let account = server.call("GET", "/restapi/v1.0/account/~", &access);
    assert_eq!(claims["account_id"], account.json["id"].to_string());
    let promised = metadata.json["claims_supported"]
        .as_array()
        .expect("a list");
    for name in claims.as_object().expect("claims").keys() {
        assert!(promised.iter().any(|one| one == name.as_str()), "{name}");
    }
    assert_eq!(promised.len(), claims.as_object().expect("claims").len());

    let (_, bare, _, _) = claims_for("openid");
    for name in [
        "name",
        "given_name",
        "family_name",
        "email",
        "email_verified",
    ] {
        assert_eq!(bare.get(name), None, "{name} was not asked for");
    }
    assert_ne!(bare["jti"], claims["jti"]);
}

#[test]
fn a_call_without_a_token_is_refused_in_every_part_of_the_api() {
    let mut office = Office::new();
    let (server, access) = with_token(&mut office, Profile::RingCentral, &["ReadAccounts"]);
    for path in [
        "/restapi/v1.0/nothing",
        "/team-messaging/v1/chats",
        "/rcvideo/v1/nothing",
        "/ai/nothing",
        "/analytics/calls/v1/accounts/~/aggregation/fetch",
        "/webinar/nothing",
        "/cx/nothing",
        "/scim/v2/Users",
    ] {
        let refused = server.get(path);
        assert_eq!((refused.status, refused.code()), (401, "AGW-401"), "{path}");
        assert_eq!(
            refused.header("www-authenticate"),
            "Bearer realm=\"RingCentral REST API\""
        );
        let unknown = server.call("GET", path, "x");
        assert_eq!(unknown.status, 401, "{path}");
    }
    // A path outside the API is not found even without a token.
    for path in ["/nothing", "/restapi/oauth/nothing", "/.well-known/nothing"] {
        let missing = server.get(path);
        assert_eq!((missing.status, missing.code()), (404, "CMN-120"), "{path}");
    }
    for path in [
        "/restapi/v1.0/nothing",
        "/cx/nothing",
        "/restapi/v9.9/account/~",
    ] {
        let missing = server.call("GET", path, &access);
        assert_eq!((missing.status, missing.code()), (404, "CMN-120"), "{path}");
        assert_eq!(missing.cause(), Some(Cause::NotFound));
    }
    for path in ["/restapi", "/restapi/v1.0"] {
        assert_eq!(server.get(path).status, 200, "{path}");
    }
}

#[test]
fn every_operation_names_its_scope_or_says_that_it_is_not_simulated() {
    let mut office = Office::new();
    let (server, access) = with_token(&mut office, Profile::RingCentral, &["ReadAccounts"]);
    let answered_here = ["readAccountInfo", "readExtension", "listExtensions"];
    let (mut refused, mut empty) = (0, 0);
    for one in operation::catalogue() {
        let is_endpoint = one.path.starts_with("/restapi/oauth/") && one.id != "authWsToken";
        if one.rate_limit_group == RateLimitGroup::NoThrottling || is_endpoint {
            continue;
        }
        let path = one
            .path
            .replace("{apiVersion}", "v1.0")
            .replace("{version}", "v2");
        let segments = path.split('/').map(|segment| {
            if segment.starts_with('{') {
                "~"
            } else {
                segment
            }
        });
        let path = segments.collect::<Vec<_>>().join("/");
        let answer = server.call(one.method, &path, &access);
        let scope = one.scope.map(|scope| scope.as_str());
        match scope {
            Some(scope) if scope != "ReadAccounts" => {
                assert_eq!((answer.status, answer.code()), (403, "CMN-401"), "{path}");
                assert_eq!(answer.json["errors"][0]["permissionName"], scope, "{path}");
                assert_eq!(answer.cause(), Some(Cause::ScopeMissing));
                refused += 1;
            }
            _ if answered_here.contains(&one.id) => assert_eq!(answer.status, 200, "{path}"),
            // An empty page. Another test looks at each of them.
            _ if answer.status == 200 => empty += 1,
            _ => {
                assert_eq!((answer.status, answer.code()), (501, "CMN-202"), "{path}");
                assert_eq!(answer.cause(), Some(Cause::NotSimulated), "{path}");
                assert!(answer.detail().contains(one.id), "{answer:?}");
                assert!(
                    answer.text("message").contains("local server"),
                    "{answer:?}"
                );
            }
        }
    }
    assert_eq!(refused, 358, "operations with another scope");
    assert_eq!(empty, 42, "lists");
}

#[test]
fn a_scope_covers_its_included_scopes_and_a_pending_scope_is_reported() {
    let mut office = Office::new();
    let scopes = ["ReadAccounts", "SMS", "CallControl"];
    let shop = office.app(code_app(RunsOn::ServerSideWeb, REDIRECT), &scopes);
    let server = office.serve(Profile::Strict);
    let pkce = pkce::s256(&"v".repeat(43));
    let asked = [
        ("scope", "SMS"),
        ("code_challenge", pkce.as_str()),
        ("code_challenge_method", "S256"),
    ];
    let back = server.code(&shop, &asked);
    let verifier = "v".repeat(43);
    let tokens = server.exchange(&shop, value(&back, "code"), &[("code_verifier", &verifier)]);
    assert_eq!(tokens.text("scope"), "SMS");
    let access = tokens.text("access_token");
    // SMS includes ReadMessages, which was not asked for.
    let messages = server.call("GET", &format!("{ME}/message-store"), access);
    assert_eq!(
        (messages.status, messages.code()),
        (200, ""),
        "{messages:?}"
    );
    let me = server.call("GET", ME, access);
    assert_eq!((me.status, me.code()), (403, "CMN-401"));
    let call_out = "/restapi/v1.0/account/~/telephony/call-out";
    let waiting = server.call("POST", call_out, access);
    assert_eq!((waiting.status, waiting.code()), (403, "CMN-401"));
    assert_eq!(waiting.cause(), Some(Cause::ScopePending));
}

#[test]
fn a_wrong_http_method_is_refused_with_the_allowed_methods() {
    let mut office = Office::new();
    let (server, access) = with_token(&mut office, Profile::RingCentral, &["ReadAccounts"]);
    let answer = server.call("DELETE", ME, &access);
    assert_eq!(
        (answer.status, answer.code()),
        (405, "DEV-405"),
        "{answer:?}"
    );
    assert_eq!(answer.header("allow"), "GET, PUT");
    assert_eq!(answer.cause(), Some(Cause::NotAnEndpoint));
    let answer = server.get(TOKEN);
    assert_eq!((answer.status, answer.code()), (405, "DEV-405"));
    assert_eq!(answer.text("error"), "invalid_request");
    assert_eq!(answer.header("allow"), "POST");
    let answer = server.ask("PUT", "/", &[], "");
    assert_eq!((answer.status, answer.code()), (405, "DEV-405"));
    assert_eq!(answer.text("errorCode"), "DEV-405");
    assert_eq!(answer.header("allow"), "GET,HEAD");
    let json = [("content-type", "application/json")];
    let answer = server.ask("POST", TOKEN, &json, "{}");
    assert_eq!((answer.status, answer.code()), (415, "DEV-415"));
    assert_eq!(answer.cause(), Some(Cause::ContentType));
}

#[test]
fn user_info_accepts_the_token_in_the_body() {
    let mut office = Office::new();
    let shop = office.shop();
    for profile in [Profile::RingCentral, Profile::Strict] {
        let server = office.serve(profile);
        let back = server.code(&shop, &[("scope", "openid"), ("nonce", "n")]);
        let tokens = server.exchange(&shop, value(&back, "code"), &[]);
        let access = tokens.text("access_token");
        let path = "/restapi/oauth/userinfo";
        let posted = server.post(path, None, &[("access_token", access)]);
        assert_eq!(posted.status, 200, "{posted:?}");
        assert_eq!(posted.text("sub"), tokens.text("owner_id"));
        assert!(!posted.log().request.contains(access));
        // Not in two places at once (RFC 6750 §2).
        let bearer = format!("Bearer {access}");
        let twice = server.post(path, Some(&bearer), &[("access_token", access)]);
        assert_eq!((twice.status, twice.code()), (400, "DEV-117"));
        assert_eq!(twice.cause(), Some(Cause::TwoCredentials));
        let fields = [("access_token", access), ("access_token", access)];
        let twice = server.post(path, None, &fields);
        assert_eq!((twice.status, twice.code()), (400, "OAU-111"));
        assert_eq!(twice.cause(), Some(Cause::ParameterTwice));
        // Nor in the body of a GET (RFC 6750 §2.2); a body that is not a form is ignored.
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let body = format!("access_token={access}");
        assert_eq!(server.ask("GET", path, &form, &body).status, 401);
        let json = [
            ("content-type", "application/json"),
            ("authorization", bearer.as_str()),
        ];
        assert_eq!(server.ask("POST", path, &json, "{}").status, 200);
    }
}

#[test]
fn a_token_to_revoke_may_come_in_the_query() {
    let mut office = Office::new();
    let robot = office.app(AuthMethod::Jwt, &["ReadAccounts"]);
    let jwt = office.jwt();
    let server = office.serve(Profile::RingCentral);
    let tokens = server.log_in(&robot, &jwt);
    let access = tokens.text("access_token");
    let target = format!("/restapi/oauth/revoke?{}", form(&[("token", access)]));
    let differs = server.post(&target, Some(&robot.basic()), &[("token", "another")]);
    assert_eq!((differs.status, differs.code()), (400, "OAU-150"));
    assert_eq!(server.call("GET", ME, access).status, 200);
    let strict = office.serve(Profile::Strict);
    let refused = strict.post(&target, Some(&robot.basic()), &[]);
    assert_eq!((refused.status, refused.code()), (400, "CMN-101"));
    assert!(refused.detail().contains("RFC 7009"), "{refused:?}");
    // Without a body, so without a content type.
    let basic = robot.basic();
    let revoked = server.ask("POST", &target, &[("authorization", &basic)], "");
    assert_eq!(revoked.status, 200, "{revoked:?}");
    assert!(!revoked.log().request.contains(access));
    assert_eq!(server.call("GET", ME, access).status, 401);
}

#[test]
fn a_browser_at_the_address_gets_a_page() {
    let office = Office::new();
    let server = office.serve(Profile::Strict);
    let home = server.get("/");
    assert_eq!(home.status, 200);
    assert!(home.header("content-type").starts_with("text/html"));
    let page = home.page();
    for message in [
        "Local server",
        "http://127.0.0.1:8228",
        "strict",
        TOKEN,
        AUTHORIZE,
    ] {
        assert!(page.contains(message), "{message}: {page}");
    }
    let policy = home.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("form-action 'none'"));
    assert_eq!(server.get("/favicon.ico").status, 204);
}

/// An error names its parameter, never a value that may be a secret.
#[test]
fn errors_name_their_parameters() {
    let mut office = Office::new();
    let shop = office.shop();
    let server = office.serve(Profile::RingCentral);
    let parameter = |answer: &Answer| {
        let one = answer.json.pointer("/errors/0/parameters/0").cloned();
        let one = one.unwrap_or_else(|| panic!("{answer:?}"));
        let text = |name: &str| one.get(name).and_then(Value::as_str).map(str::to_owned);
        (
            text("parameterName").expect("a name"),
            text("parameterValue"),
        )
    };
    let token = |fields: &[(&str, &str)]| server.post(TOKEN, None, fields);
    let unknown = token(&[("client_id", "nobody"), ("grant_type", "x")]);
    assert_eq!(
        parameter(&unknown),
        ("client_id".to_owned(), Some("nobody".to_owned()))
    );
    let secret = shop.secret.as_str();
    let swapped = token(&[("client_id", secret), ("grant_type", "x")]);
    assert_eq!(parameter(&swapped), ("client_id".to_owned(), None));
    assert!(!format!("{:?}", swapped.log()).contains(secret));
    let missing = server.post(TOKEN, Some(&shop.basic()), &[]);
    assert_eq!(missing.code(), "CMN-101");
    assert_eq!(parameter(&missing), ("grant_type".to_owned(), None));
    let twice = token(&[("code", "a"), ("code", "b")]);
    assert_eq!(twice.code(), "OAU-111");
    assert_eq!(parameter(&twice), ("code".to_owned(), None));
    let elsewhere = "http://127.0.0.1:7777/cb/";
    let login = format!(
        "{AUTHORIZE}?{}",
        request(&shop, &[("redirect_uri", elsewhere)])
    );
    let refused = server.get(&login);
    assert_eq!(refused.code(), "OAU-109");
    assert_eq!(
        parameter(&refused),
        ("redirect_uri".to_owned(), Some(elsewhere.to_owned()))
    );
}
