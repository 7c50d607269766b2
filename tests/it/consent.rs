//! A form of the login page works once: for what it shows, in the browser that got it.

use devconsole::domain::{
    app::{AuthMethod, Platform, redirect_uri::RedirectUri},
    oauth::setup::Profile,
};

use crate::harness::{
    driver::{EMAIL, PASSWORD},
    local_server::{AUTHORIZE, Office, REDIRECT, Registered, code_app, form, request, value},
};

const OTHER: &str = "http://127.0.0.1:7778/cb";
const FORM: &str = "application/x-www-form-urlencoded";

/// A server-side web app with two redirect URIs.
fn with_two(office: &mut Office) -> Registered {
    let mut auth = code_app(Platform::ServerSideWeb, REDIRECT);
    if let AuthMethod::AuthorizationCode {
        platform,
        redirect_uris,
    } = &mut auth
    {
        let other = RedirectUri::parse(OTHER, platform.redirect_policy());
        redirect_uris.push(other.expect("a redirect URI"));
    }
    office.app(auth, &["ReadAccounts", "ReadClientInfo"])
}

#[test]
fn a_form_is_for_one_app_redirect_uri_and_scope() {
    let mut office = Office::new();
    let (app, shop) = (with_two(&mut office), office.shop());
    let server = office.serve(Profile::Strict);
    let asked = |app: &Registered, redirect: &str, scope: &str| {
        let more = [("redirect_uri", redirect), ("scope", scope), ("nonce", "n")];
        request(app, &more)
    };
    let this = asked(&app, REDIRECT, "openid ReadAccounts");
    let others = [
        asked(&app, OTHER, "openid ReadAccounts"),
        asked(&app, REDIRECT, "openid ReadClientInfo"),
        asked(&shop, REDIRECT, "openid ReadAccounts"),
    ];
    let sign_in = [
        ("action", "sign_in"),
        ("email", EMAIL),
        ("password", PASSWORD),
    ];
    let mut visitor = server.stranger();
    let key = visitor.form_key(&this);
    for other in &others {
        let refused = visitor.press_with(&key, other, &sign_in);
        assert_eq!(refused.status, 403, "{other}");
    }
    assert_eq!(visitor.press_with(&key, &this, &sign_in).status, 303);
    let key = visitor.form_key(&this);
    let allow = [("action", "allow")];
    for other in &others {
        let refused = visitor.press_with(&key, other, &allow);
        assert_eq!(refused.status, 403, "{other}");
    }
    assert_eq!(visitor.press_with(&key, &this, &allow).status, 303);
}

#[test]
fn a_form_works_with_its_own_cookie_only() {
    let mut office = Office::new();
    let shop = office.shop();
    let server = office.serve(Profile::RingCentral);
    let target = format!("{AUTHORIZE}?{}", request(&shop, &[]));
    let empty = "devconsole-8228=";
    for cookie in ["", empty, "devconsole-8228=x"] {
        let page = server.ask("GET", &target, &[("cookie", cookie)], "").page();
        let (_, key) = page
            .split_once("name=\"form_key\" value=\"")
            .expect("a form");
        let key = key.split('"').next().unwrap_or_default();
        let fields = [
            ("form_key", key),
            ("action", "sign_in"),
            ("email", EMAIL),
            ("password", PASSWORD),
        ];
        for other in ["", empty, cookie] {
            let headers = [("content-type", FORM), ("cookie", other)];
            let refused = server.ask("POST", &target, &headers, &form(&fields));
            assert_eq!(refused.status, 403, "{cookie} {other}");
        }
    }
}

#[test]
fn consent_is_for_the_redirect_uri_that_was_shown() {
    let mut office = Office::new();
    let app = with_two(&mut office);
    for profile in [Profile::RingCentral, Profile::Strict] {
        let server = office.serve(profile);
        let mut visitor = server.visitor(&app);
        let silent = |redirect: &str| {
            let more = [
                ("redirect_uri", redirect),
                ("scope", "openid"),
                ("nonce", "n"),
                ("prompt", "none"),
            ];
            request(&app, &more)
        };
        let shown = request(&app, &[("scope", "openid"), ("nonce", "n")]);
        assert_eq!(visitor.allow(&shown).status, 303);
        let back = visitor.open(&silent(REDIRECT)).came_back();
        assert!(!value(&back, "code").is_empty(), "{back:?}");
        let back = visitor.open(&silent(OTHER)).came_back();
        assert_eq!(value(&back, "error"), "consent_required", "{profile:?}");
    }
}
