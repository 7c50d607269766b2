//! Rights that an app loses are missing at its next request, and a client gets no more than it
//! requests.

use devconsole::domain::{
    app::{
        AppKind, AuthMethod, Platform, Registration,
        redirect_uri::RedirectUri,
        scope::{ScopeId, ScopeSet},
    },
    oauth::{diagnosis::Cause, setup::Profile},
};

use crate::harness::local_server::{
    Answer, ME, Office, REDIRECT, Registered, Server, TOKEN, code_app, now, value,
};

const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const PROFILES: [Profile; 2] = [Profile::RingCentral, Profile::Strict];

/// Saves an app with other settings.
fn change(office: &mut Office, app: &mut Registered, scopes: &[&str], redirect: Option<&str>) {
    let mut spec = app.app.spec.clone();
    spec.scopes = scopes
        .iter()
        .map(|scope| ScopeId::find(scope).expect("a scope"))
        .collect::<ScopeSet>();
    if let (Some(redirect), AppKind::RestApi { auth, .. }) = (redirect, &mut spec.kind)
        && let AuthMethod::AuthorizationCode {
            platform,
            redirect_uris,
        } = auth
    {
        let uri = RedirectUri::parse(redirect, platform.redirect_policy());
        *redirect_uris = vec![uri.expect("a redirect URI")];
    }
    let registration = Registration {
        spec,
        shared_secret: None,
    };
    let (id, version) = (&app.app.id, app.app.version);
    let workspace = &mut office.workspace;
    workspace
        .update_app(id, version, registration, None, now())
        .expect("saved");
    app.app = workspace.app(id).expect("read");
}

fn refresh(server: &Server, app: &Registered, token: &str, more: &[(&str, &str)]) -> Answer {
    let mut fields = vec![("grant_type", "refresh_token"), ("refresh_token", token)];
    fields.extend(more);
    server.post(TOKEN, Some(&app.basic()), &fields)
}

fn introspected(server: &Server, app: &Registered, token: &str) -> Answer {
    let path = "/restapi/oauth/introspect";
    server.post(path, Some(&app.basic()), &[("token", token)])
}

#[test]
fn a_scope_that_is_taken_from_an_app_is_missing_at_its_next_request() {
    for profile in PROFILES {
        let mut office = Office::new();
        let both = ["ReadAccounts", "ReadClientInfo"];
        let mut app = office.app(AuthMethod::Jwt, &both);
        let jwt = office.jwt();
        let server = office.serve(profile);
        let tokens = server.log_in(&app, &jwt);
        let access = tokens.text("access_token");
        assert_eq!(server.call("GET", ME, access).status, 200);
        change(&mut office, &mut app, &["ReadClientInfo"], None);
        let refused = server.call("GET", ME, access);
        assert_eq!(refused.status, 403, "{profile:?}");
        assert_eq!(refused.cause(), Some(Cause::ScopeMissing));
        let info = server.call("GET", "/restapi/v1.0/client-info", access);
        assert!(!info.json.to_string().contains("ReadAccounts"), "{info:?}");
        let told = introspected(&server, &app, access);
        assert_eq!(told.text("scope"), "ReadClientInfo");
        let next = refresh(&server, &app, tokens.text("refresh_token"), &[]);
        assert_eq!(next.text("scope"), "ReadClientInfo", "{profile:?}");
        // A session does not get a lost scope back.
        change(&mut office, &mut app, &both, None);
        assert_eq!(
            server.call("GET", ME, next.text("access_token")).status,
            403
        );
        assert_eq!(server.log_in(&app, &jwt).text("scope"), both.join(" "));
    }
}

#[test]
fn a_code_is_worth_what_the_app_has_when_it_is_redeemed() {
    for profile in PROFILES {
        let mut office = Office::new();
        let scopes = ["ReadAccounts", "ReadClientInfo"];
        let mut app = office.app(code_app(Platform::ServerSideWeb, REDIRECT), &scopes);
        let server = office.serve(profile);
        let pkce = [
            (
                "code_challenge",
                "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
            ),
            ("code_challenge_method", "plain"),
            ("scope", "ReadAccounts ReadClientInfo openid"),
            ("nonce", "n"),
        ];
        // The strict profile takes no plain challenge, and needs none with a nonce.
        let asked = if profile == Profile::Strict {
            &pkce[2..]
        } else {
            &pkce[..]
        };
        let verifier = [("code_verifier", pkce[0].1)];
        let verifier = if profile == Profile::Strict {
            &[][..]
        } else {
            &verifier[..]
        };
        let back = server.code(&app, asked);
        change(&mut office, &mut app, &scopes[1..], None);
        let tokens = server.exchange(&app, value(&back, "code"), verifier);
        assert_eq!(tokens.status, 200, "{tokens:?}");
        assert_eq!(tokens.text("scope"), "ReadClientInfo openid");

        let back = server.code(&app, &[("scope", "openid"), ("nonce", "n")]);
        let other = Some("http://127.0.0.1:7778/cb");
        change(&mut office, &mut app, &scopes[1..], other);
        let refused = server.exchange(&app, value(&back, "code"), &[]);
        assert_eq!(refused.text("error"), "invalid_grant", "{profile:?}");
        assert_eq!(refused.cause(), Some(Cause::RedirectUriDiffers));
    }
}

#[test]
fn the_strict_profile_gives_the_scope_that_is_asked_for_and_no_more() {
    let mut office = Office::new();
    let app = office.app(AuthMethod::Jwt, &["ReadAccounts", "ReadClientInfo"]);
    let jwt = office.jwt();
    let log_in = |server: &Server, scope: &str| {
        let fields = [
            ("grant_type", JWT_BEARER),
            ("assertion", jwt.as_str()),
            ("scope", scope),
        ];
        server.post(TOKEN, Some(&app.basic()), &fields)
    };
    let strict = office.serve(Profile::Strict);
    assert_eq!(
        log_in(&strict, "ReadAccounts").text("scope"),
        "ReadAccounts"
    );
    assert_eq!(log_in(&strict, "SMS").text("error"), "invalid_scope");
    let usual = office.serve(Profile::RingCentral);
    let all = "ReadAccounts ReadClientInfo";
    assert_eq!(log_in(&usual, "ReadAccounts").text("scope"), all);

    let tokens = strict.log_in(&app, &jwt);
    let narrow = [("scope", "ReadClientInfo")];
    let narrower = refresh(&strict, &app, tokens.text("refresh_token"), &narrow);
    assert_eq!(narrower.text("scope"), "ReadClientInfo");
    let access = narrower.text("access_token");
    assert_eq!(strict.call("GET", ME, access).status, 403);
    let told = introspected(&strict, &app, access);
    assert_eq!(told.text("scope"), "ReadClientInfo");
    // The refresh token keeps what was granted (RFC 6749 §6).
    let whole = refresh(&strict, &app, narrower.text("refresh_token"), &[]);
    assert_eq!(whole.text("scope"), all);
    let access = whole.text("access_token");
    assert_eq!(strict.call("GET", ME, access).status, 200);
}

#[test]
fn the_strict_profile_ends_a_chain_of_refreshes_after_30_days() {
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    let mut office = Office::new();
    let app = office.app(AuthMethod::Jwt, &["ReadAccounts"]);
    let jwt = office.jwt();
    for (profile, status) in [(Profile::RingCentral, 200), (Profile::Strict, 400)] {
        let server = office.serve(profile);
        let tokens = server.log_in(&app, &jwt);
        office.execute(&format!(
            "UPDATE sessions SET created_at = created_at - {}",
            28 * DAY_MS
        ));
        let young = refresh(&server, &app, tokens.text("refresh_token"), &[]);
        let left_s = young.json["refresh_token_expires_in"].as_i64().unwrap();
        assert_eq!(left_s < 3 * DAY_MS / 1000, profile == Profile::Strict);
        office.execute(&format!(
            "UPDATE sessions SET created_at = created_at - {}",
            2 * DAY_MS
        ));
        let old = refresh(&server, &app, young.text("refresh_token"), &[]);
        assert_eq!(old.status, status, "{old:?}");
    }
}

#[test]
fn a_session_that_a_developer_ends_is_refused_at_its_next_request() {
    for profile in PROFILES {
        let mut office = Office::new();
        let app = office.app(AuthMethod::Jwt, &["ReadAccounts"]);
        let jwt = office.jwt();
        let server = office.serve(profile);
        let logins: Vec<_> = (0..3).map(|_| server.log_in(&app, &jwt)).collect();
        let status = |nth: usize| {
            let access = logins[nth].text("access_token");
            server.call("GET", ME, access).status
        };
        assert_eq!([0, 1, 2].map(status), [200, 200, 200]);

        let id = app.app.id.clone();
        let listed = office.workspace.app_sessions(&id, now()).unwrap();
        assert_eq!(listed.len(), 3);
        assert_eq!(listed[0].scope, "ReadAccounts");
        assert!(listed[0].by_jwt.is_some());
        let newest = Some(listed[0].number);
        let mut end = |session| office.workspace.end_app_sessions(&id, session, now());
        assert_eq!(end(newest).unwrap(), 1);
        assert_eq!([0, 1, 2].map(status), [200, 200, 401], "{profile:?}");
        assert_eq!(end(newest).unwrap(), 0, "it has ended already");
        assert_eq!(end(None).unwrap(), 2);
        assert_eq!([0, 1, 2].map(status), [401, 401, 401], "{profile:?}");
        let again = refresh(&server, &app, logins[0].text("refresh_token"), &[]);
        assert_eq!(again.status, 400, "{again:?}");
    }
}

#[test]
fn ending_all_sessions_withdraws_codes_that_would_open_another() {
    let mut office = Office::new();
    let app = office.app(
        code_app(Platform::ServerSideWeb, REDIRECT),
        &["ReadAccounts"],
    );
    let server = office.serve(Profile::RingCentral);
    let code = server.code(&app, &[]);
    let id = app.app.id.clone();
    office.workspace.end_app_sessions(&id, None, now()).unwrap();
    let refused = server.exchange(&app, value(&code, "code"), &[]);
    assert_eq!(refused.status, 400, "{refused:?}");
}
