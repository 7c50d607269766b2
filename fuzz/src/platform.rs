//! Whatever is asked of the local platform: it answers, sends nobody anywhere but to the app, hands
//! out nothing unproved, and its log tells no secret. Placeholders in the text stand for what a
//! fuzzer cannot guess: `{shop}`, `{secret}`, `{jwt}`, `{code}`.

use std::sync::{LazyLock, Mutex};

use devconsole::{
    domain::{
        app::{
            Access, AppCard, AppKind, AppSpec, AuthMethod, Platform, Promotion, Properties,
            Registration,
        },
        email::EmailAddress,
        jwt::{AuthorizedApps, NewJwt},
        pkce::Challenge,
        redirect_uri::{RedirectPolicy, RedirectUri},
        scope::{ScopeId, ScopeSet},
        secret::Secret,
        time::UnixMs,
    },
    platform::{
        Setup,
        offline::{Came, Offline},
    },
    store::{CodeGrant, SignUp, Workspace},
    vault::KdfCost,
};

const REDIRECT: &str = "http://127.0.0.1:7777/cb?kept=1";
const VERIFIER: &str = "pIUgx4tiqFpaOUz0HMc_QbIyQlL901w8mRmkrmhEJ_E";
const CHALLENGE: &str = "_drLS7o5FwkfUiBhlq2hwJnK_SC6yE7sKOde5O1fdzk";
const BASIC: &str = "application/x-www-form-urlencoded";

struct World {
    platform: Offline,
    /// For what the platform is asked with.
    workspace: Workspace,
    grant: CodeGrant,
    robot: String,
    robot_secret: String,
    shop: String,
    shop_secret: String,
    page: String,
    jwt: String,
}

// One for all runs: making it takes longer than asking it.
static WORLD: LazyLock<Mutex<World>> = LazyLock::new(|| Mutex::new(World::new()));

fn now() -> UnixMs {
    let since = std::time::UNIX_EPOCH.elapsed().expect("a clock after 1970");
    UnixMs(i64::try_from(since.as_millis()).expect("a date"))
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder").keep();
        let mut workspace = Workspace::open(&folder, KdfCost::TRIVIAL)
            .expect("a workspace")
            .workspace;
        let (session, _) = workspace
            .sign_up(
                SignUp {
                    organization: "Acme".to_owned(),
                    full_name: "Ada".to_owned(),
                    email: EmailAddress::parse("ada@example.com").expect("an address"),
                    password: Secret::new("purple gondola vermouth 42"),
                },
                now(),
            )
            .expect("signed up");
        let who = session.developer.id.clone();
        let mut make = |name: &str, auth: AuthMethod| {
            let mut scopes = ScopeSet::default();
            scopes.insert(ScopeId::find("ReadAccounts").expect("a scope"));
            let spec = AppSpec {
                properties: Properties {
                    name: name.to_owned(),
                    description: "Sells things to people at night.".to_owned(),
                    primary_contact: who.clone(),
                    promotion: Promotion::No,
                },
                card: AppCard {
                    display_name: None,
                    summary: None,
                    icon: None,
                },
                kind: AppKind::RestApi {
                    auth,
                    issue_refresh_tokens: true,
                },
                scopes,
                justifications: std::collections::BTreeMap::default(),
                access: Access::Private,
                interactive_messages: None,
            };
            let registration = Registration {
                spec,
                shared_secret: None,
            };
            let app = workspace
                .create_app(registration, &who, None, now())
                .expect("an app");
            let secret = workspace.client_secret(&app.id).expect("read");
            (
                app,
                secret
                    .map(|secret| secret.expose().to_owned())
                    .unwrap_or_default(),
            )
        };
        let code = |platform: Platform| AuthMethod::AuthorizationCode {
            platform,
            redirect_uris: vec![
                RedirectUri::parse(REDIRECT, platform.redirect_policy()).expect("a redirect URI"),
            ],
        };
        let (robot, robot_secret) = make("Robot", AuthMethod::Jwt);
        let (shop, shop_secret) = make("Shop", code(Platform::ServerSideWeb));
        let (page, _) = make("Page", code(Platform::ClientSideWeb));
        let new = NewJwt {
            label: "one".to_owned(),
            apps: AuthorizedApps::Organization,
            expires_at: None,
        };
        let credential = workspace.create_jwt(&who, &new, now()).expect("a JWT");
        let jwt = workspace.jwt_token(&credential.id).expect("its token");
        let beside = workspace.beside().expect("another connection");
        Self {
            platform: Offline::new(beside, Setup::default()).expect("a platform"),
            workspace,
            grant: CodeGrant {
                client: shop.client_id.clone(),
                owner: who,
                redirect_uri: REDIRECT.to_owned(),
                redirect_sent: true,
                challenge: Some(Challenge::from_stored(CHALLENGE, true)),
                scope: "ReadAccounts".to_owned(),
                nonce: None,
            },
            robot: robot.client_id.as_str().to_owned(),
            robot_secret,
            shop: shop.client_id.as_str().to_owned(),
            shop_secret,
            page: page.client_id.as_str().to_owned(),
            jwt: jwt.expose().to_owned(),
        }
    }

    fn filled(&mut self, text: &str) -> String {
        let mut text = text
            .replace("{robot}", &self.robot)
            .replace("{robot_secret}", &self.robot_secret)
            .replace("{shop}", &self.shop)
            .replace("{secret}", &self.shop_secret)
            .replace("{page}", &self.page)
            .replace("{jwt}", &self.jwt)
            .replace("{verifier}", VERIFIER)
            .replace(
                "{redirect}",
                "http%3A%2F%2F127.0.0.1%3A7777%2Fcb%3Fkept%3D1",
            );
        if text.contains("{code}") {
            let code = self
                .workspace
                .issue_code(&self.grant, now())
                .expect("a code");
            text = text.replace("{code}", code.expose());
        }
        text
    }
}

fn with<T>(work: impl FnOnce(&mut World) -> T) -> T {
    let mut world = WORLD
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    work(&mut world)
}

/// Holds for any request.
fn is_sane(came: &Came) {
    assert!(
        [200, 204, 302, 303, 400, 401, 403, 404, 405, 413, 415, 429].contains(&came.status),
        "{}",
        came.status
    );
    let kind = came
        .headers
        .get("content-type")
        .and_then(|kind| kind.to_str().ok());
    if kind.is_some_and(|kind| kind.starts_with("application/json")) {
        let json: serde_json::Value = serde_json::from_slice(&came.body).expect("JSON");
        for name in ["access_token", "refresh_token"] {
            if let Some(token) = json.get(name).and_then(|token| token.as_str()) {
                assert!(
                    !format!("{:?}", came.log).contains(token),
                    "{name} is in the log"
                );
            }
        }
    }
}

/// The query of an authorize request; behind a line break, the form of its page.
pub fn authorize(text: &str) {
    with(|world| {
        let text = world.filled(text);
        let (query, form) = text.split_once('\n').unwrap_or((&text, ""));
        let target = format!("/restapi/oauth/authorize?{query}");
        let method = if form.is_empty() { "GET" } else { "POST" };
        let headers = [("content-type", BASIC)];
        let Some(came) = world
            .platform
            .ask(method, &target, &headers, form.as_bytes())
        else {
            return;
        };
        is_sane(&came);
        let Some(to) = came.headers.get("location") else {
            return;
        };
        let to = to.to_str().expect("text");
        if to.starts_with("/restapi/oauth/authorize?") {
            return;
        }
        let end = ["?code=", "&code=", "?error=", "&error="]
            .iter()
            .filter_map(|mark| to.find(mark))
            .min()
            .expect("an answer");
        let redirect = to.get(..end).expect("a part");
        let is_registered = [RedirectPolicy::Confidential, RedirectPolicy::BrowserBased]
            .into_iter()
            .any(|policy| {
                let known = RedirectUri::parse(REDIRECT, policy).expect("a redirect URI");
                known.matches(redirect, policy)
            });
        assert!(is_registered, "{to}");
        assert!(!to.contains("code="), "nobody signed in: {to}");
    });
}

/// The lines of a token request's headers, an empty one, its body.
pub fn token(text: &str) {
    with(|world| {
        let text = world.filled(text);
        let (head, body) = text.split_once("\n\n").unwrap_or(("", &text));
        let mut headers: Vec<(&str, &str)> = head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .filter(|(name, _)| !name.eq_ignore_ascii_case("host"))
            .collect();
        headers.push(("content-type", BASIC));
        let path = "/restapi/oauth/token";
        let Some(came) = world.platform.ask("POST", path, &headers, body.as_bytes()) else {
            return;
        };
        is_sane(&came);
        if came.status == 200 {
            // What was proved: a secret, or a verifier of the app that has none.
            let proved = [&world.shop_secret, &world.robot_secret]
                .iter()
                .any(|secret| body.contains(secret.as_str()))
                || head.contains("uthorization: ")
                || body.contains(&world.page);
            assert!(proved, "{text}");
        }
    });
}

/// A JWT is the one that was signed, to the letter, or none.
pub fn jwt(text: &str) {
    with(|world| {
        let filled = text.replace("{jwt}", &world.jwt);
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
            .append_pair("assertion", &filled)
            .append_pair("client_id", &world.robot)
            .append_pair("client_secret", &world.robot_secret);
        let body = form.finish();
        let headers = [("content-type", BASIC)];
        let path = "/restapi/oauth/token";
        let came = world.platform.ask("POST", path, &headers, body.as_bytes());
        let came = came.expect("an answer");
        is_sane(&came);
        assert_eq!(came.status == 200, filled == world.jwt, "{filled}");
        assert!(!format!("{:?}", came.log).contains(&world.jwt));
    });
}
