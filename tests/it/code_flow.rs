//! The authorization code flow of a browser and an app, and each way it can fail.

use std::{net::TcpListener, time::Duration};

use crate::harness::driver::{Driver, EMAIL, PASSWORD};
use crate::harness::form;
use crate::harness::platform::{Answer, Platform, code, registered, set_clock, text};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use devconsole::{
    console::Screen,
    domain::oauth::{diagnosis::Cause, exchange::Exchange, fault::Fault, pkce},
    screens::create_app::sections::{auth, security},
};
use url::{Url, form_urlencoded};

const REDIRECT: &str = "http://127.0.0.1:7777/cb";
const VERIFIER: &str = "pIUgx4tiqFpaOUz0HMc_QbIyQlL901w8mRmkrmhEJ_E";

/// A 3-legged app with ReadAccounts: its id, and its secret for a server-side one.
fn app(driver: &mut Driver, name: &str, is_public: bool) -> (String, String) {
    set_clock(driver);
    let app = form::app(name).scope("readaccounts");
    driver.register(if is_public {
        app.client_side(REDIRECT)
    } else {
        app.server_side(REDIRECT)
    });
    driver.press("c");
    let id = driver.clipboard().expect("an id");
    let secret = if is_public {
        String::new()
    } else {
        driver.press("s");
        driver.clipboard().expect("a secret")
    };
    driver.press("<esc>");
    (id, secret)
}

fn query(pairs: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs);
    query.finish()
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer
        .head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(found, _)| found.eq_ignore_ascii_case(name))
        .map_or("", |(_, value)| value)
}

/// A browser with one cookie.
struct Browser<'a> {
    platform: &'a Platform,
    cookie: String,
}

impl<'a> Browser<'a> {
    fn new(platform: &'a Platform) -> Self {
        Self {
            platform,
            cookie: String::new(),
        }
    }

    fn keep(&mut self, answer: Answer) -> Answer {
        let set = header(&answer, "set-cookie");
        if let Some((cookie, flags)) = set.split_once(';') {
            assert!(
                flags.contains("HttpOnly") && flags.contains("SameSite=Lax"),
                "{flags}"
            );
            self.cookie = cookie.to_owned();
        }
        answer
    }

    fn open(&mut self, query: &str) -> Answer {
        let cookie = format!("Cookie: {}\r\n", self.cookie);
        let path = format!("/restapi/oauth/authorize?{query}");
        let answer = self.platform.get(&path, &cookie);
        self.keep(answer)
    }

    fn send_from(&mut self, origin: &str, query: &str, body: &str) -> Answer {
        let answer = self.platform.raw(&format!(
            "POST /restapi/oauth/authorize?{query} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\nCookie: {}\r\nOrigin: {origin}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            self.platform.port,
            self.cookie,
            body.len()
        ));
        self.keep(answer)
    }

    fn send(&mut self, query: &str, body: &str) -> Answer {
        let origin = format!("http://127.0.0.1:{}", self.platform.port);
        self.send_from(&origin, query, body)
    }

    fn sign_in(&mut self, request: &str, password: &str) -> Answer {
        let page = self.open(request);
        let key = form_key(&page);
        let fields = [
            ("form_key", key.as_str()),
            ("action", "sign_in"),
            ("email", EMAIL),
            ("password", password),
        ];
        self.send(request, &query(&fields))
    }

    fn press(&mut self, request: &str, action: &str) -> Answer {
        let page = self.open(request);
        let key = form_key(&page);
        self.send(request, &query(&[("form_key", &key), ("action", action)]))
    }

    /// Signs in and allows. Returns the parameters of the redirect.
    fn allow(&mut self, request: &str) -> Vec<(String, String)> {
        assert_eq!(self.sign_in(request, PASSWORD).status, 303);
        let answer = self.press(request, "allow");
        assert_eq!(answer.status, 303, "{answer:?}");
        came_back(&answer)
    }
}

fn form_key(page: &Answer) -> String {
    let (_, after) = page
        .text
        .split_once("name=\"form_key\" value=\"")
        .expect("a form");
    after.split('"').next().unwrap().to_owned()
}

fn came_back(answer: &Answer) -> Vec<(String, String)> {
    let to = header(answer, "location");
    assert!(to.starts_with(REDIRECT), "{to}");
    let url = Url::parse(to).expect("a URL");
    url.query_pairs().into_owned().collect()
}

fn value(pairs: &[(String, String)], name: &str) -> String {
    pairs
        .iter()
        .find(|(found, _)| found == name)
        .map(|(_, value)| value.clone())
        .unwrap_or_default()
}

fn request(id: &str, more: &[(&str, &str)]) -> String {
    let mut pairs = vec![
        ("response_type", "code"),
        ("client_id", id),
        ("redirect_uri", REDIRECT),
        ("state", "a b&c"),
    ];
    pairs.extend(more);
    query(&pairs)
}

fn exchange(platform: &Platform, key: Option<(&str, &str)>, pairs: &[(&str, &str)]) -> Answer {
    let mut all = vec![
        ("grant_type", "authorization_code"),
        ("redirect_uri", REDIRECT),
    ];
    all.extend(pairs);
    platform.post("/restapi/oauth/token", key, &query(&all))
}

#[test]
fn a_user_signs_in_and_allows_and_the_app_calls_for_them() {
    let mut driver = Driver::signed_up();
    let (id, secret) = app(&mut driver, "Shop & Co", false);
    let platform = Platform::start(&driver);
    let mut browser = Browser::new(&platform);
    // Six empty parameters, as one of the SDKs sends them.
    let asked_first = request(&id, &[("display", ""), ("prompt", ""), ("brand_id", "")]);
    let page = browser.open(&asked_first);
    assert_eq!(page.status, 200);
    assert!(
        page.text.contains("Shop &amp; Co") && page.text.contains("Acme Corp"),
        "{}",
        page.text
    );
    assert!(!page.text.contains("<script"), "{}", page.text);
    let policy = header(&page, "content-security-policy");
    assert!(
        policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
        "{policy}"
    );
    assert_eq!(header(&page, "x-frame-options"), "DENY");

    let wrong = browser.sign_in(&asked_first, "not the password at all");
    assert_eq!(wrong.status, 403);
    assert!(wrong.text.contains("do not match") && wrong.text.contains(EMAIL));
    assert!(!wrong.text.contains("not the password at all"));

    let back = browser.allow(&asked_first);
    assert_eq!(value(&back, "state"), "a b&c");
    assert_eq!(value(&back, "expires_in"), "60");
    let code = value(&back, "code");
    let tokens = exchange(&platform, Some((&id, &secret)), &[("code", &code)]);
    assert_eq!(tokens.status, 200, "{tokens:?}");
    assert_eq!(text(&tokens, "scope"), "ReadAccounts");
    assert_eq!(
        text(&platform.me(text(&tokens, "access_token")), "name"),
        "Ada Lovelace"
    );

    // Allowed once in this browser, so consent is not asked again unless the request says so.
    let again = browser.open(&asked_first);
    assert_eq!(again.status, 302);
    assert!(!value(&came_back(&again), "code").is_empty());
    let asked = browser.open(&request(&id, &[("prompt", "consent")]));
    assert!(
        asked.text.contains("Access request") && asked.text.contains("Read Accounts"),
        "{}",
        asked.text
    );
    // A scope that is new to this app is asked for, by its label.
    let more = request(&id, &[("scope", "openid email")]);
    let asked = browser.open(&more);
    assert!(
        asked.status == 200 && asked.text.contains("Know your e-mail address"),
        "{}",
        asked.text
    );
    assert_eq!(browser.press(&more, "allow").status, 303);
    assert_eq!(browser.open(&more).status, 302);
    // A request may come with POST; it gets the same page.
    let mut posting = Browser::new(&platform);
    let to_page = posting.send("", &request(&id, &[]));
    assert!(
        to_page.status == 303 && header(&to_page, "location").contains("client_id="),
        "{to_page:?}"
    );
    // Another browser has no login session.
    let silent = request(&id, &[("prompt", "none")]);
    assert_eq!(value(&came_back(&browser.open(&silent)), "state"), "a b&c");
    let mut other = Browser::new(&platform);
    assert_eq!(
        value(&came_back(&other.open(&silent)), "error"),
        "login_required"
    );
}

#[test]
fn a_code_works_once_and_its_second_use_ends_the_session() {
    let mut driver = Driver::signed_up();
    let (id, secret) = app(&mut driver, "Shop", false);
    let platform = Platform::start(&driver);
    let back = Browser::new(&platform).allow(&request(&id, &[]));
    let found = value(&back, "code");
    let key = Some((id.as_str(), secret.as_str()));
    // Killed in between: the issued code is on disk.
    drop(platform);
    let platform = Platform::start(&driver);
    let tokens = exchange(&platform, key, &[("code", &found)]);
    let access = text(&tokens, "access_token").to_owned();
    assert_eq!(platform.me(&access).status, 200);
    let again = exchange(&platform, key, &[("code", &found)]);
    assert_eq!(
        (again.status, text(&again, "error"), code(&again)),
        (400, "invalid_grant", "OAU-106")
    );
    assert_eq!(platform.me(&access).status, 401);
    for entry in std::fs::read_dir(driver.dir.path())
        .expect("the folder")
        .flatten()
    {
        let bytes = std::fs::read(entry.path()).unwrap_or_default();
        let is_there = bytes
            .windows(found.len())
            .any(|seen| seen == found.as_bytes());
        assert!(!is_there, "in {}", entry.path().display());
    }
}

#[test]
fn an_app_without_a_secret_must_use_pkce() {
    let mut driver = Driver::signed_up();
    let (id, _) = app(&mut driver, "Phone", true);
    let platform = Platform::start(&driver);
    let without = Browser::new(&platform).open(&request(&id, &[]));
    assert_eq!(value(&came_back(&without), "error"), "invalid_request");
    let challenge = pkce::s256(VERIFIER);
    let pkce = [
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    let asked = request(&id, &pkce);
    let back = Browser::new(&platform).allow(&asked);
    let found = value(&back, "code");
    let client = ("client_id", id.as_str());
    let missing = exchange(&platform, None, &[client, ("code", &found)]);
    assert_eq!(code(&missing), "DEV-112");
    let other = "a".repeat(43);
    let wrong = exchange(
        &platform,
        None,
        &[client, ("code", &found), ("code_verifier", &other)],
    );
    assert_eq!(
        (text(&wrong, "error"), code(&wrong)),
        ("invalid_grant", "DEV-111")
    );
    let right = exchange(
        &platform,
        None,
        &[client, ("code", &found), ("code_verifier", VERIFIER)],
    );
    assert_eq!(right.status, 200, "{right:?}");
    let body = query(&[
        client,
        ("grant_type", "refresh_token"),
        ("refresh_token", text(&right, "refresh_token")),
    ]);
    let refreshed = platform.post("/restapi/oauth/token", None, &body);
    assert_eq!(refreshed.status, 200, "{refreshed:?}");
}

#[test]
fn errors_are_shown_until_the_app_is_known_and_redirected_afterwards() {
    let mut driver = Driver::signed_up();
    let (id, secret) = app(&mut driver, "Shop", false);
    let (other_id, other_secret) = app(&mut driver, "Other", false);
    let platform = Platform::start(&driver);
    let mut browser = Browser::new(&platform);
    let mut shown = |pairs: &[(&str, &str)], status: u16, wanted: &str| {
        let answer = browser.open(&query(pairs));
        assert_eq!(
            (answer.status, code(&answer)),
            (status, wanted),
            "{answer:?}"
        );
        assert_eq!(header(&answer, "location"), "");
    };
    let client = ("client_id", id.as_str());
    let kind = ("response_type", "code");
    shown(&[kind], 400, "CMN-101");
    shown(&[kind, ("client_id", "nobody")], 400, "OAU-153");
    shown(
        &[kind, client, ("redirect_uri", "http://127.0.0.1:7777/cb/")],
        400,
        "OAU-109",
    );
    shown(
        &[kind, client, ("redirect_uri", "http://127.0.0.1:7778/cb")],
        400,
        "OAU-109",
    );
    shown(&[kind, client, client], 400, "OAU-111");
    shown(&[kind, client, ("brandId", "9")], 403, "OAU-101");
    let mut sent_back = |more: &[(&str, &str)], wanted: &str| {
        let mut pairs = vec![client, ("redirect_uri", REDIRECT), ("state", "s")];
        pairs.extend(more);
        let back = came_back(&browser.open(&query(&pairs)));
        assert_eq!(value(&back, "error"), wanted);
        assert_eq!(value(&back, "state"), "s");
    };
    sent_back(&[("response_type", "token")], "unsupported_response_type");
    sent_back(&[kind, ("code_challenge", "short")], "invalid_request");
    sent_back(&[kind, ("prompt", "none consent")], "invalid_request");

    let asked = request(&id, &[]);
    assert_eq!(browser.sign_in(&asked, PASSWORD).status, 303);
    let denied = browser.press(&asked, "deny");
    assert_eq!(value(&came_back(&denied), "error"), "access_denied");
    let back = came_back(&browser.press(&asked, "allow"));
    let found = value(&back, "code");
    let foreign = exchange(
        &platform,
        Some((&other_id, &other_secret)),
        &[("code", &found)],
    );
    assert_eq!(code(&foreign), "OAU-110");
    let key = Some((id.as_str(), secret.as_str()));
    let body = query(&[
        ("grant_type", "authorization_code"),
        ("code", &found),
        ("redirect_uri", "http://127.0.0.1:7777/"),
    ]);
    assert_eq!(
        code(&platform.post("/restapi/oauth/token", key, &body)),
        "OAU-109"
    );
    let verifier = [("code", found.as_str()), ("code_verifier", VERIFIER)];
    assert_eq!(code(&exchange(&platform, key, &verifier)), "DEV-113");
    assert_eq!(exchange(&platform, key, &verifier[..1]).status, 200);
}

#[test]
fn a_form_of_another_page_is_refused() {
    let mut driver = Driver::signed_up();
    let (id, _) = app(&mut driver, "Shop", false);
    let platform = Platform::start(&driver);
    let asked = request(&id, &[]);
    let mut browser = Browser::new(&platform);
    assert_eq!(browser.sign_in(&asked, PASSWORD).status, 303);
    let key = form_key(&browser.open(&asked));
    let body = query(&[("form_key", &key), ("action", "allow")]);
    for origin in ["https://evil.example", "null", "http://127.0.0.1:1"] {
        assert_eq!(
            browser.send_from(origin, &asked, &body).status,
            403,
            "{origin}"
        );
    }
    let mut other = Browser::new(&platform);
    other.open(&asked);
    assert_eq!(other.send(&asked, &body).status, 403);
    assert_eq!(browser.send(&asked, "action=allow").status, 403);
    assert_eq!(browser.send(&asked, &body).status, 303);
}

#[test]
fn introspection_describes_only_the_tokens_of_the_app() {
    let mut driver = Driver::signed_up();
    let (id, secret) = app(&mut driver, "Shop", false);
    let (other_id, other_secret) = app(&mut driver, "Other", false);
    let platform = Platform::start(&driver);
    let asked = request(
        &id,
        &[("scope", "openid email ReadAccounts"), ("nonce", "n1")],
    );
    let found = value(&Browser::new(&platform).allow(&asked), "code");
    let tokens = exchange(&platform, Some((&id, &secret)), &[("code", &found)]);
    let access = text(&tokens, "access_token");
    let body = query(&[("token", access)]);
    let ask = |key| platform.post("/restapi/oauth/introspect", key, &body);
    let mine = ask(Some((&id, &secret)));
    assert_eq!(mine.body["active"], true);
    assert_eq!(text(&mine, "client_id"), id);
    let theirs = ask(Some((&other_id, &other_secret)));
    assert_eq!(theirs.text, "{\"active\":false}");
    assert_eq!(ask(Some((&id, "wrong"))).status, 401);
    assert_eq!(ask(None).status, 400);
    // The identity, signed with a published key.
    let id_token = text(&tokens, "id_token");
    assert_eq!(id_token.split('.').count(), 3);
    let keys = platform.get("/restapi/oauth/jwks", "");
    assert_eq!(keys.body["keys"].as_array().unwrap().len(), 1);
    let bearer = format!("Authorization: Bearer {access}\r\n");
    let who = platform.get("/restapi/oauth/userinfo", &bearer);
    assert_eq!(text(&who, "email"), EMAIL);
    let about = platform.get("/.well-known/openid-configuration", "");
    assert_eq!(
        text(&about, "issuer"),
        format!("http://127.0.0.1:{}", platform.port)
    );
}

/// The claims of an ID token. Its signature is checked in another test.
fn claims(tokens: &Answer) -> serde_json::Value {
    let (_, rest) = text(tokens, "id_token").split_once('.').expect("a JWT");
    let (claims, _) = rest.split_once('.').expect("a JWT");
    let bytes = URL_SAFE_NO_PAD.decode(claims).expect("base64url");
    serde_json::from_slice(&bytes).expect("JSON")
}

fn is_sign_in_page(answer: &Answer) -> bool {
    answer.status == 200 && answer.text.contains("name=\"password\"")
}

#[test]
fn prompt_login_asks_for_the_password_again() {
    let mut driver = Driver::signed_up();
    let (id, secret) = app(&mut driver, "Shop", false);
    let platform = Platform::start(&driver);
    let mut browser = Browser::new(&platform);
    browser.allow(&request(&id, &[("scope", "openid")]));
    let with = |name: &'static str, value: &'static str| {
        request(&id, &[("scope", "openid"), (name, value)])
    };
    // At RingCentral, prompt=login does the same as no prompt.
    assert_eq!(browser.open(&with("prompt", "login")).status, 302);
    assert_eq!(browser.open(&with("max_age", "3600")).status, 302);
    let wrong = came_back(&browser.open(&with("max_age", "soon")));
    assert_eq!(value(&wrong, "error"), "invalid_request");
    let silent = request(&id, &[("prompt", "none"), ("max_age", "0")]);
    let silent = came_back(&browser.open(&silent));
    assert_eq!(value(&silent, "error"), "login_required");

    let asked = with("max_age", "0");
    assert!(is_sign_in_page(&browser.open(&asked)));
    // A forged form does not pass either.
    let key = form_key(&browser.open(&asked));
    let fields = [("form_key", key.as_str()), ("action", "allow")];
    let pressed = browser.send(&asked, &query(&fields));
    assert!(
        header(&pressed, "location").contains("max_age=0"),
        "{pressed:?}"
    );
    let entered = browser.sign_in(&asked, PASSWORD);
    let (_, rest) = header(&entered, "location")
        .split_once('?')
        .expect("the same page");
    let rest = rest.to_owned();
    assert!(!rest.contains("max_age"), "{rest}");
    let back = came_back(&browser.press(&rest, "allow"));
    assert_eq!(value(&back, "state"), "a b&c");
    let found = value(&back, "code");
    let tokens = exchange(&platform, Some((&id, &secret)), &[("code", &found)]);
    let claims = claims(&tokens);
    let (signed_in, issued) = (&claims["auth_time"], &claims["iat"]);
    let ago_s = issued.as_i64().unwrap() - signed_in.as_i64().unwrap();
    assert!((0..60).contains(&ago_s), "{claims}");
}

#[test]
fn changing_the_password_revokes_an_unused_code() {
    let mut driver = Driver::signed_up();
    let (id, secret) = app(&mut driver, "Shop", false);
    let platform = Platform::start(&driver);
    let mut browser = Browser::new(&platform);
    let found = value(&browser.allow(&request(&id, &[])), "code");
    driver.press("pw");
    driver.change_password(PASSWORD, "gondola umbrella 58 violet");
    let refused = exchange(&platform, Some((&id, &secret)), &[("code", &found)]);
    assert_eq!(
        (refused.status, code(&refused)),
        (400, "OAU-106"),
        "{}",
        driver.text()
    );
}

#[test]
fn a_failed_sign_in_is_explained_in_the_log() {
    let mut driver = Driver::signed_up();
    let (id, _) = app(&mut driver, "Shop", false);
    driver.may_listen = true;
    driver.console.desk.local_server.setup.port = 0;
    driver.press("bs");
    let platform = Platform::at(driver.console.desk.local_server.running.expect("it runs"));
    let wrong = Browser::new(&platform).sign_in(&request(&id, &[]), "not the password");
    assert_eq!(wrong.status, 403);
    // The login page, and the sign-in.
    for _ in 0..2000 {
        driver.deliver();
        if driver.console.desk.local_server.log.len() == 2 {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let newest = driver
        .console
        .desk
        .local_server
        .log
        .front()
        .expect("a line");
    let cause = newest.diagnosis.as_ref().map(|why| why.cause);
    assert_eq!(cause, Some(Cause::PasswordWrong), "{newest:?}");
    assert_eq!(newest.result, "OAU-140");
}

#[test]
fn only_the_scopes_that_were_shown_are_allowed() {
    let mut driver = Driver::signed_up();
    let (id, _) = app(&mut driver, "Shop", false);
    let platform = Platform::start(&driver);
    let mut browser = Browser::new(&platform);
    let asked = request(&id, &[]);
    assert_eq!(browser.sign_in(&asked, PASSWORD).status, 303);
    let page = browser.open(&asked);
    assert!(page.text.contains("Read Accounts") && !page.text.contains("Call Log"));
    let key = form_key(&page);
    let fields = query(&[("form_key", key.as_str()), ("action", "allow")]);
    // Meanwhile the app gets another scope.
    driver.press("<enter>e");
    driver.answer(security::SCOPES, "readcalllog");
    driver.press("<ctrl-s><ctrl-s>");
    let pressed = browser.send(&asked, &fields);
    assert_eq!(pressed.status, 403, "{pressed:?}\n{}", driver.text());
    let page = browser.open(&asked);
    assert!(page.text.contains("Read Call Log"), "{}", page.text);
    assert_eq!(browser.press(&asked, "allow").status, 303);
}

#[test]
fn a_refresh_token_belongs_to_its_app() {
    let mut driver = Driver::signed_up();
    let (id, secret) = app(&mut driver, "Shop", false);
    let (other, other_secret) = app(&mut driver, "Other", false);
    let platform = Platform::start(&driver);
    let found = value(&Browser::new(&platform).allow(&request(&id, &[])), "code");
    let tokens = exchange(&platform, Some((&id, &secret)), &[("code", &found)]);
    let token = text(&tokens, "refresh_token");
    let body = query(&[("grant_type", "refresh_token"), ("refresh_token", token)]);
    let ask =
        |id: &str, secret: &str| platform.post("/restapi/oauth/token", Some((id, secret)), &body);
    let refused = ask(&other, &other_secret);
    assert_eq!((refused.status, code(&refused)), (400, "OAU-120"));
    assert_eq!(text(&refused, "error"), "invalid_grant");
    assert_eq!(ask(&id, &secret).status, 200, "it was not used up");
    // The other app cannot revoke it either. No error says so, although RFC 7009 §2.1 wants one.
    let access = text(&tokens, "access_token");
    let revoke = query(&[("token", token)]);
    let foreign = Some((other.as_str(), other_secret.as_str()));
    let answer = platform.post("/restapi/oauth/revoke", foreign, &revoke);
    assert_eq!(answer.status, 200);
    let strict = Platform::start_with(&driver, &["--profile", "strict"]);
    let answer = strict.post("/restapi/oauth/revoke", foreign, &revoke);
    assert_eq!((answer.status, code(&answer)), (400, "OAU-120"));
    assert_eq!(platform.me(access).status, 401, "replaced by the refresh");
    assert_eq!(code(&platform.me(access)), "OAU-129", "and not revoked");
}

#[test]
fn the_strict_profile_is_strict() {
    let mut driver = Driver::signed_up();
    let (id, secret) = app(&mut driver, "Shop", false);
    let platform = Platform::start_with(&driver, &["--profile", "strict"]);
    let mut browser = Browser::new(&platform);
    let back = came_back(&browser.open(&request(&id, &[])));
    assert_eq!(value(&back, "error"), "invalid_request", "PKCE is for all");
    let plain = [
        ("code_challenge", VERIFIER),
        ("code_challenge_method", "plain"),
    ];
    assert_eq!(
        value(&came_back(&browser.open(&request(&id, &plain))), "error"),
        "invalid_request"
    );
    let challenge = pkce::s256(VERIFIER);
    let more = [
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
        ("scope", "SMS"),
    ];
    assert_eq!(
        value(&came_back(&browser.open(&request(&id, &more))), "error"),
        "invalid_scope"
    );
    let asked = request(&id, &more[..2]);
    let back = browser.allow(&asked);
    assert_eq!(
        value(&back, "iss"),
        format!("http://127.0.0.1:{}", platform.port)
    );
    let found = value(&back, "code");
    let key = Some((id.as_str(), secret.as_str()));
    let tokens = exchange(
        &platform,
        key,
        &[("code", &found), ("code_verifier", VERIFIER)],
    );
    assert_eq!(tokens.status, 200, "{tokens:?}");
    let again = request(&id, &[more[0], more[1], ("prompt", "login consent")]);
    assert!(is_sign_in_page(&browser.open(&again)));
    let entered = browser.sign_in(&again, PASSWORD);
    assert!(
        header(&entered, "location").ends_with("&prompt=consent"),
        "{entered:?}"
    );
    let unknown = platform.post(
        "/restapi/oauth/token",
        Some(("nobody", "x")),
        "grant_type=x",
    );
    assert_eq!(unknown.status, 401);
    assert!(header(&unknown, "www-authenticate").starts_with("Basic"));
    let grant = platform.post("/restapi/oauth/token", key, "grant_type=password");
    assert_eq!(text(&grant, "error"), "unsupported_grant_type");
    let old = text(&tokens, "refresh_token");
    let wider = [
        ("grant_type", "refresh_token"),
        ("refresh_token", old),
        ("scope", "ReadAccounts SMS"),
    ];
    let refused = platform.post("/restapi/oauth/token", key, &query(&wider));
    assert_eq!(text(&refused, "error"), "invalid_scope");
    // A refresh token used twice was stolen: the session ends.
    let body = query(&[("grant_type", "refresh_token"), ("refresh_token", old)]);
    let refreshed = platform.post("/restapi/oauth/token", key, &body);
    assert_eq!(refreshed.status, 200);
    assert_eq!(
        platform.post("/restapi/oauth/token", key, &body).status,
        400
    );
    assert_eq!(platform.me(text(&refreshed, "access_token")).status, 401);
}

#[test]
fn logins_are_limited_when_asked_for() {
    let mut driver = Driver::signed_up();
    let (id, secret) = app(&mut driver, "Shop", false);
    let platform = Platform::start_with(&driver, &["--limit-logins"]);
    let ask = || {
        platform.post(
            "/restapi/oauth/token",
            Some((&id, &secret)),
            "grant_type=refresh_token&refresh_token=x",
        )
    };
    for _ in 0..5 {
        assert_eq!(ask().status, 400);
    }
    let limited = ask();
    assert_eq!((limited.status, code(&limited)), (429, "CMN-301"));
    assert_eq!(header(&limited, "retry-after"), "60");
}

/// A code that was requested in a new browser.
fn fresh_code(platform: &Platform, id: &str) -> String {
    let mut browser = Browser::new(platform);
    value(&browser.allow(&request(id, &[])), "code")
}

/// A fault is armed by keys, hits one client, is marked in the log, and is then off.
#[test]
fn each_fault_happens_once_and_is_marked_in_the_log() {
    let (mut driver, robot, robot_secret, jwt) = registered();
    driver.press("<esc>");
    let (id, secret) = app(&mut driver, "Shop", false);
    driver.may_listen = true;
    driver.console.desk.local_server.setup.port = 0;
    driver.press("<esc>bs");
    let port = driver.console.desk.local_server.running.expect("it runs");
    let platform = Platform::at(port);
    let key = Some((id.as_str(), secret.as_str()));
    let log_in = || platform.log_in((&robot, &robot_secret), &jwt);
    for (nth, fault) in Fault::ALL.iter().copied().enumerate() {
        let late = fresh_code(&platform, &id);
        let before = log_in();
        let access = text(&before, "access_token");
        driver.press(&format!("f{}<space><esc>", "<down>".repeat(nth)));
        assert_eq!(driver.console.desk.local_server.armed(), 1, "{fault:?}");
        let since = std::time::Instant::now();
        let fine = |answer: &Answer| answer.status == 200 && answer.body.is_object();
        match fault {
            Fault::ExpiredCode => {
                assert_eq!(
                    code(&exchange(&platform, key, &[("code", &late)])),
                    "OAU-108"
                );
            }
            Fault::InvalidGrant => {
                let refused = log_in();
                assert_eq!(text(&refused, "error"), "invalid_grant");
            }
            Fault::TooManyRequests => {
                let refused = log_in();
                assert_eq!(
                    (refused.status, header(&refused, "retry-after")),
                    (429, "5")
                );
            }
            Fault::Unavailable => {
                let refused = platform.me(access);
                assert_eq!(
                    (refused.status, header(&refused, "retry-after")),
                    (503, "2")
                );
            }
            Fault::Slow => {
                assert!(fine(&platform.me(access)));
                assert!(since.elapsed().as_secs() >= 5);
            }
            Fault::ClockSkew => {
                let refused = platform.me(access);
                assert_eq!((refused.status, code(&refused)), (401, "OAU-128"));
            }
            Fault::TruncatedJson => {
                let cut = log_in();
                assert!(cut.status == 200 && cut.text.starts_with('{') && cut.body.is_null());
            }
            Fault::WrongContentType => {
                let html = log_in();
                assert_eq!(header(&html, "content-type"), "text/html");
                assert!(fine(&html));
            }
            Fault::ConsentDenied => {
                let mut browser = Browser::new(&platform);
                let back = browser.allow(&request(&id, &[]));
                assert_eq!(value(&back, "error"), "access_denied");
            }
            Fault::RevokedJwt => {
                assert_eq!(code(&log_in()), "DEV-102");
            }
            Fault::EvictedSession => {
                let refused = platform.me(access);
                assert_eq!((refused.status, code(&refused)), (401, "OAU-213"));
            }
            Fault::MissingRefreshToken => {
                let without = log_in();
                assert!(fine(&without) && without.body.get("refresh_token").is_none());
            }
        }
        let struck = wait_for_fault(&mut driver, fault);
        assert!(struck.took_us >= if fault == Fault::Slow { 5_000_000 } else { 0 });
        assert_eq!(driver.console.desk.local_server.armed(), 0, "{fault:?}");
        // It was armed once: the same request is granted now.
        let again = log_in();
        assert!(
            fine(&again) && again.body.get("refresh_token").is_some(),
            "{fault:?} {again:?}"
        );
        assert_eq!(
            header(&again, "content-type"),
            "application/json;charset=UTF-8"
        );
        let next = fresh_code(&platform, &id);
        assert!(
            fine(&exchange(&platform, key, &[("code", &next)])),
            "{fault:?}"
        );
        let access = text(&again, "access_token");
        assert!(fine(&platform.me(access)), "{fault:?}");
    }
}

/// The line of the log about it.
fn wait_for_fault(driver: &mut Driver, fault: Fault) -> Exchange {
    for _ in 0..2000 {
        driver.deliver();
        let told = format!("{}: {}.", fault.label(), fault.about());
        let log = &driver.console.desk.local_server.log;
        let found = log.iter().find(|one| {
            let why = one.diagnosis.as_ref();
            why.is_some_and(|why| {
                why.cause == Cause::FaultArmed && why.detail.as_deref() == Some(told.as_str())
            })
        });
        if let Some(found) = found
            && driver.console.desk.local_server.armed() == 0
        {
            return found.clone();
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    panic!("{fault:?} is not told: {}", driver.text());
}

/// RingCentral compares redirect URIs exactly, so an app without a secret is tried at a port
/// that it registered, too.
#[test]
fn a_trial_uses_the_redirect_uri_whose_port_is_free() {
    for where_it_runs in ["Server-side web app", "Client-side web app"] {
        is_tried_where_a_port_is_free(where_it_runs);
    }
}

fn is_tried_where_a_port_is_free(where_it_runs: &str) {
    let port_of = |listener: &TcpListener| listener.local_addr().expect("an address").port();
    let listen = || TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let (taken, free) = (listen(), listen());
    let (first, second) = (port_of(&taken), port_of(&free));
    drop(free);
    let mut driver = Driver::signed_up();
    driver.may_listen = true;
    driver.console.desk.local_server.setup.port = 0;
    set_clock(&mut driver);
    let both = [first, second].map(|port| format!("http://127.0.0.1:{port}/cb"));
    driver.register(
        form::app("Shop")
            .with(auth::PLATFORM, where_it_runs)
            .with(auth::REDIRECT_URIS, both.each_ref().map(String::as_str))
            .scope("readaccounts"),
    );
    driver.press("T");
    let page = |driver: &Driver| match driver.console.screen() {
        Screen::Trial(page) => (page.url.clone(), page.is_over),
        other => panic!("no trial on {other:?}"),
    };
    driver.wait_until(|driver| page(driver).0.is_some() || page(driver).1);
    let asked = Url::parse(&page(&driver).0.expect("an address")).expect("a URL");
    let platform = Platform::at(asked.port().expect("a port"));
    let asked = asked.query().expect("a request").to_owned();
    assert!(asked.contains(&format!("%3A{second}%2Fcb")), "{asked}");
    let mut browser = Browser::new(&platform);
    assert_eq!(browser.sign_in(&asked, PASSWORD).status, 303);
    let allowed = browser.press(&asked, "allow");
    let to = Url::parse(header(&allowed, "location")).expect("a URL");
    let came = Platform::at(second).get(&format!("{}?{}", to.path(), to.query().unwrap()), "");
    assert_eq!(came.status, 200);
    driver.wait_until(|driver| page(driver).1);
    assert!(driver.shows("✓ works"), "{}", driver.text());
}

#[test]
fn a_crowd_at_the_login_page_is_turned_away_at_the_door() {
    let mut driver = Driver::signed_up();
    let (id, _) = app(&mut driver, "Shop", false);
    let platform = Platform::start(&driver);
    let asked = request(&id, &[]);
    let mut browser = Browser::new(&platform);
    let key = form_key(&browser.open(&asked));
    let cookie = browser.cookie.clone();
    std::thread::scope(|scope| {
        let sends: Vec<_> = (0..60)
            .map(|nth| {
                let email = format!("made.up.{nth}@example.com");
                let (key, cookie, asked, platform) = (&key, &cookie, &asked, &platform);
                scope.spawn(move || {
                    let mut browser = Browser::new(platform);
                    browser.cookie.clone_from(cookie);
                    let fields = [
                        ("form_key", key.as_str()),
                        ("action", "sign_in"),
                        ("email", &email),
                        ("password", "not the password"),
                    ];
                    browser.send(asked, &query(&fields))
                })
            })
            .collect();
        let came: Vec<Answer> = sends.into_iter().map(|send| send.join().unwrap()).collect();
        let busy = came.iter().filter(|answer| answer.status == 503);
        assert!(busy.clone().count() >= 40, "{came:?}");
        assert!(
            busy.clone()
                .all(|answer| header(answer, "retry-after") == "2")
        );
        let checked = came.iter().filter(|answer| answer.status == 403);
        assert!(checked.count() >= 5);
    });
    assert_eq!(browser.sign_in(&asked, PASSWORD).status, 303);
}
