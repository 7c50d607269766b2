//! How published clients authenticate, and the errors they get.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use devconsole::domain::{
    app::AuthMethod,
    oauth::{
        diagnosis::Cause,
        explain::{Explained, explain},
        pkce,
        setup::Profile,
    },
};

use crate::harness::local_server::{
    AUTHORIZE, Answer, ME, Office, Registered, TOKEN, basic, request, value,
};

const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const VERIFIER: &str = "pIUgx4tiqFpaOUz0HMc_QbIyQlL901w8mRmkrmhEJ_E";

fn posted<'a>(app: &'a Registered, jwt: &'a str) -> [(&'a str, &'a str); 4] {
    [
        ("grant_type", JWT_BEARER),
        ("assertion", jwt),
        ("client_id", app.id()),
        ("client_secret", &app.secret),
    ]
}

fn is_refused(answer: &Answer, status: u16, code: &str, cause: Cause) {
    assert_eq!((answer.status, answer.code()), (status, code), "{answer:?}");
    assert_eq!(answer.cause(), Some(cause), "{answer:?}");
}

#[test]
fn a_posted_secret_works_and_the_log_warns_of_ringcentral() {
    let mut office = Office::new();
    let robot = office.app(AuthMethod::Jwt, &["ReadAccounts"]);
    let jwt = office.jwt();
    let server = office.serve(Profile::RingCentral);
    let answer = server.post(TOKEN, None, &posted(&robot, &jwt));
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.cause(), Some(Cause::SecretPosted));
    assert!(!answer.log().is_failure() && answer.log().is_remarkable());
    let why = answer.log().diagnosis.as_ref().expect("a warning").row();
    assert!(why.what.contains("RingCentral's metadata"), "{why:?}");
    let by_header = server.log_in(&robot, &jwt);
    assert_eq!((by_header.status, by_header.cause()), (200, None));
    // The standards have no objection.
    let strict = office.serve(Profile::Strict);
    let answer = strict.post(TOKEN, None, &posted(&robot, &jwt));
    assert_eq!((answer.status, answer.cause()), (200, None));
    // The error is reported instead.
    let mut wrong = posted(&robot, &jwt);
    wrong[3].1 = "wrong";
    let refused = server.post(TOKEN, None, &wrong);
    is_refused(&refused, 401, "OAU-146", Cause::WrongSecret);

    let body = "grant_type=refresh_token&refresh_token=x&client_id=a&client_secret=b";
    for text in [body, "token_endpoint_auth_method is client_secret_post"] {
        let Explained::Causes(all) = explain(text) else {
            panic!("nothing for {text}");
        };
        assert!(
            all.iter().any(|why| why.cause == Cause::SecretPosted),
            "{text}"
        );
    }
}

#[test]
fn client_assertions_are_refused_with_the_name_of_their_method() {
    let mut office = Office::new();
    let robot = office.app(AuthMethod::Jwt, &["ReadAccounts"]);
    let jwt = office.jwt();
    let server = office.serve(Profile::RingCentral);
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let signed_with = |alg: &str| {
        let header = encode(&format!("{{\"alg\":\"{alg}\"}}"));
        let claims = encode(&format!("{{\"iss\":\"{0}\",\"sub\":\"{0}\"}}", robot.id()));
        format!("{header}.{claims}.{}", encode("signature"))
    };
    let paths = [TOKEN, "/restapi/oauth/revoke", "/restapi/oauth/introspect"];
    for (alg, code, method, cause) in [
        ("HS256", "DEV-118", "client_secret_jwt", Cause::SecretJwt),
        ("RS256", "DEV-119", "private_key_jwt", Cause::PrivateKeyJwt),
        ("ES256", "DEV-119", "private_key_jwt", Cause::PrivateKeyJwt),
    ] {
        let assertion = signed_with(alg);
        for path in paths {
            let refused = server.post(
                path,
                None,
                &[
                    ("grant_type", JWT_BEARER),
                    ("assertion", &jwt),
                    ("token", "x"),
                    (
                        "client_assertion_type",
                        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                    ),
                    ("client_assertion", &assertion),
                ],
            );
            is_refused(&refused, 401, code, cause);
            assert_eq!(refused.text("error"), "invalid_client");
            assert!(refused.text("error_description").starts_with(method));
            assert!(!refused.log().request.contains(&assertion));
            let (app, _) = refused.log().app.as_ref().expect("the app that it names");
            assert_eq!(*app, robot.app.id);
        }
    }
    let metadata = server.get("/.well-known/openid-configuration").json;
    for name in ["token", "revocation", "introspection"] {
        let name = format!("{name}_endpoint_auth_methods_supported");
        let listed = metadata[&name].to_string();
        assert!(listed.contains("client_secret_basic"), "{name}");
        assert!(!listed.contains("jwt"), "{name}: {listed}");
    }
}

#[test]
fn a_secret_invented_by_a_public_app_is_refused() {
    let mut office = Office::new();
    let page = office.page();
    let server = office.serve(Profile::RingCentral);
    let challenge = pkce::s256(VERIFIER);
    let more = [
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    let back = server.code(&page, &more);
    let fields = |secret: Option<&'static str>| {
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", value(&back, "code")),
            ("redirect_uri", "http://127.0.0.1:7777/cb"),
            ("code_verifier", VERIFIER),
            ("client_id", page.id()),
        ];
        fields.extend(secret.map(|secret| ("client_secret", secret)));
        fields
    };
    let made_up = basic(page.id(), "made-up");
    let refused = server.post(TOKEN, Some(&made_up), &fields(None));
    is_refused(&refused, 401, "OAU-146", Cause::SecretOfPublicApp);
    let refused = server.post(TOKEN, None, &fields(Some("made-up")));
    is_refused(&refused, 401, "OAU-146", Cause::SecretOfPublicApp);
    // What RingCentral's Python SDK sends for an app without a secret.
    let empty = basic(page.id(), "");
    let tokens = server.post(TOKEN, Some(&empty), &fields(Some("")));
    assert_eq!(tokens.status, 200, "{tokens:?}");

    // An interceptor that adds the access token to every request.
    let access = format!("Bearer {}", tokens.text("access_token"));
    let refresh = [
        ("grant_type", "refresh_token"),
        ("refresh_token", tokens.text("refresh_token")),
        ("client_id", page.id()),
    ];
    let refused = server.post(TOKEN, Some(&access), &refresh);
    is_refused(&refused, 401, "OAU-151", Cause::BearerForClient);
    let refused = server.post(TOKEN, Some("Digest x"), &refresh);
    is_refused(&refused, 401, "OAU-151", Cause::HeaderUnreadable);
    assert_eq!(server.post(TOKEN, None, &refresh).status, 200);
}

#[test]
fn characters_copied_along_with_a_value_are_reported() {
    let mut office = Office::new();
    let (robot, shop) = (
        office.app(AuthMethod::Jwt, &["ReadAccounts"]),
        office.shop(),
    );
    let jwt = office.jwt();
    let server = office.serve(Profile::RingCentral);
    let (id, secret) = (robot.id().to_owned(), robot.secret.clone());
    let log_in = |id: &str, secret: &str, jwt: &str| {
        let fields = [("grant_type", JWT_BEARER), ("assertion", jwt)];
        server.post(TOKEN, Some(&basic(id, secret)), &fields)
    };
    let stray = Cause::StrayCharacters;
    for (answer, status, code, detail) in [
        (
            log_in(&format!("{id}\n"), &secret, &jwt),
            400,
            "OAU-153",
            "client_id ends with a line break.",
        ),
        (
            log_in(&id, &format!("{secret}\r\n"), &jwt),
            401,
            "OAU-146",
            "client_secret ends with a line break.",
        ),
        (
            log_in(&id, &format!("'{secret}'"), &jwt),
            401,
            "OAU-146",
            "client_secret has quotes around it.",
        ),
        (
            log_in(&id, &secret, &format!("{jwt}\n")),
            400,
            "DEV-105",
            "assertion ends with a line break.",
        ),
        (
            log_in(&id, &secret, &format!(" {jwt}")),
            400,
            "DEV-105",
            "assertion starts with a space.",
        ),
    ] {
        is_refused(&answer, status, code, stray);
        assert_eq!(answer.detail(), detail);
        assert!(!format!("{:?}", answer.log()).contains(&secret));
    }
    let back = server.code(&shop, &[]);
    let code = value(&back, "code");
    let refused = server.exchange(&shop, &format!("{code}\n"), &[]);
    is_refused(&refused, 400, "OAU-106", stray);
    let tokens = server.exchange(&shop, code, &[]);
    let token = format!("{} ", tokens.text("refresh_token"));
    let fields = [("grant_type", "refresh_token"), ("refresh_token", &token)];
    let refused = server.post(TOKEN, Some(&shop.basic()), &fields);
    is_refused(&refused, 400, "OAU-213", stray);
    let quoted = format!("\"{}\"", tokens.text("access_token"));
    let refused = server.call("GET", ME, &quoted);
    is_refused(&refused, 401, "OAU-149", stray);
    let id = format!("{}\n", shop.id());
    let login = request(&shop, &[("client_id", &id)]);
    let refused = server.get(&format!("{AUTHORIZE}?{login}"));
    is_refused(&refused, 400, "OAU-153", stray);
    let uri = "http://127.0.0.1:7777/cb\n";
    let login = request(&shop, &[("redirect_uri", uri)]);
    let refused = server.get(&format!("{AUTHORIZE}?{login}"));
    is_refused(&refused, 400, "OAU-109", stray);
}

/// React's StrictMode runs an effect twice: the second exchange comes at once.
#[test]
fn a_code_sent_twice_is_told_apart_from_an_unknown_code() {
    let mut office = Office::new();
    let shop = office.shop();
    let server = office.serve(Profile::RingCentral);
    let back = server.code(&shop, &[]);
    let code = value(&back, "code");
    let tokens = server.exchange(&shop, code, &[]);
    assert_eq!(tokens.status, 200);
    let again = server.exchange(&shop, code, &[]);
    is_refused(&again, 400, "OAU-106", Cause::CodeUsedTwice);
    assert!(again.detail().starts_with("It was used "), "{again:?}");
    let row = again.log().diagnosis.as_ref().expect("a cause").row();
    assert!(row.remedy.contains("StrictMode"), "{row:?}");
    let gone = server.call("GET", ME, tokens.text("access_token"));
    assert_eq!(gone.status, 401, "what it opened is over");
    let unknown = server.exchange(&shop, "made-up", &[]);
    is_refused(&unknown, 400, "OAU-106", Cause::CodeUnknown);
}

#[test]
fn a_value_that_is_not_an_access_token_is_named() {
    let mut office = Office::new();
    let shop = office.shop();
    let jwt = office.jwt();
    let server = office.serve(Profile::RingCentral);
    let back = server.code(&shop, &[("scope", "openid")]);
    let tokens = server.exchange(&shop, value(&back, "code"), &[]);
    let id_token = tokens.text("id_token");
    for (bearer, cause) in [
        (id_token, Cause::IdTokenAsBearer),
        (jwt.as_str(), Cause::JwtAsBearer),
        ("a token", Cause::BearerUnreadable),
    ] {
        is_refused(&server.call("GET", ME, bearer), 401, "OAU-149", cause);
    }
    let message = explain(&format!("Authorization: Bearer {id_token}"));
    assert_eq!(
        message,
        Explained::Causes(vec![Cause::IdTokenAsBearer.into()])
    );
    let Explained::Fine(message) = explain(id_token) else {
        panic!("an ID token is fine where it belongs");
    };
    assert!(message.starts_with("This is an ID token"), "{message}");
}

#[test]
fn a_right_secret_is_never_refused_for_wrong_ones() {
    let mut office = Office::new();
    let app = office.app(AuthMethod::Jwt, &["ReadAccounts"]);
    let jwt = office.jwt();
    let server = office.serve(Profile::RingCentral);
    let wrong = basic(app.id(), &"w".repeat(44));
    let guess = || {
        let fields = [("grant_type", JWT_BEARER), ("assertion", jwt.as_str())];
        server.post(TOKEN, Some(&wrong), &fields)
    };
    for nth in 0..15 {
        let refused = guess();
        if nth < 10 {
            is_refused(&refused, 401, "OAU-146", Cause::WrongSecret);
        } else {
            is_refused(&refused, 429, "CMN-301", Cause::GuessingSlowed);
            assert_eq!(refused.header("retry-after"), "1");
        }
    }
    assert_eq!(server.log_in(&app, &jwt).status, 200);
    assert_eq!(guess().status, 401);
}
