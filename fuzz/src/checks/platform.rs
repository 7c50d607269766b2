//! Any request to the local server: it answers, redirects only to the app, issues nothing without
//! proof, and logs no secret.
//!
//! A request is written as in HTTP: method and target, headers, an empty line, the body. A target
//! that begins with `?` is for the endpoint under test; `strict ` before the method selects that
//! profile. Placeholders, e.g. `{secret}`, stand for values that a fuzzer cannot guess.

use std::sync::{LazyLock, Mutex};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use devconsole::{
    domain::{
        app::{
            Access, AppCard, AppKind, AppSpec, AuthMethod, Platform, Promotion, Properties,
            Registration,
            redirect_uri::RedirectUri,
            scope::{ScopeId, ScopeSet},
        },
        oauth::{
            credential::ClientId,
            jwt::{AuthorizedApps, NewJwt},
            pkce::Challenge,
            setup::{Profile, Setup},
        },
        people::email::EmailAddress,
        secret::Secret,
        time::UnixMs,
    },
    local_server::offline::{Came, Offline},
    store::{CodeGrant, SignUp, Workspace},
    vault::KdfCost,
};
use url::form_urlencoded;

const REDIRECT: &str = "http://127.0.0.1:7777/cb?kept=1";
/// The second redirect URI of the client-side app.
const SECOND: &str = "https://page.example/cb";
const VERIFIER: &str = "pIUgx4tiqFpaOUz0HMc_QbIyQlL901w8mRmkrmhEJ_E";
const CHALLENGE: &str = "_drLS7o5FwkfUiBhlq2hwJnK_SC6yE7sKOde5O1fdzk";
const FORM: &str = "application/x-www-form-urlencoded";
const EMAIL: &str = "ada@example.com";
const PASSWORD: &str = "purple gondola vermouth 42";
const AUTHORIZE: &str = "/restapi/oauth/authorize";
const TOKEN: &str = "/restapi/oauth/token";
const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// Parameters whose values the log must not show: they hold a secret, rightly or by mistake.
const WITHHELD: [&str; 12] = [
    "access_token",
    "assertion",
    "client_id",
    "client_secret",
    "code",
    "code_verifier",
    "form_key",
    "id_token",
    "password",
    "refresh_token",
    "state",
    "token",
];

struct World {
    workspace: Workspace,
    grant: CodeGrant,
    robot: String,
    robot_secret: String,
    shop: String,
    shop_secret: String,
    page: String,
    jwt: String,
}

// Shared by all runs, because creating it takes longer than a request. The local server in front of
// it is new each time, so that wrong secrets in earlier requests do not affect a later one.
static WORLD: LazyLock<Mutex<World>> = LazyLock::new(|| Mutex::new(World::new()));

fn now() -> UnixMs {
    let since = std::time::UNIX_EPOCH.elapsed().expect("a clock after 1970");
    UnixMs(i64::try_from(since.as_millis()).expect("a date"))
}

fn registered(platform: Platform) -> Vec<RedirectUri> {
    let all: &[&str] = match platform {
        Platform::ClientSideWeb => &[REDIRECT, SECOND],
        _ => &[REDIRECT],
    };
    all.iter()
        .map(|one| RedirectUri::parse(one, platform.redirect_policy()).expect("a redirect URI"))
        .collect()
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
                    email: EmailAddress::parse(EMAIL).expect("an address"),
                    password: Secret::new(PASSWORD),
                },
                now(),
            )
            .expect("signed up");
        let who = session.developer.id.clone();
        let mut make = |name: &str, auth: AuthMethod| {
            let mut scopes = ScopeSet::default();
            scopes.insert(ScopeId::find("ReadAccounts").expect("a scope"));
            let spec = AppSpec {
                properties: Properties::new(
                    name,
                    "Sells things to people at night.",
                    who.clone(),
                    Promotion::No,
                ),
                card: AppCard::default(),
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
            redirect_uris: registered(platform),
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
        Self {
            workspace,
            grant: CodeGrant {
                client: shop.client_id.clone(),
                owner: who,
                redirect_uri: REDIRECT.to_owned(),
                redirect_sent: true,
                challenge: Some(Challenge::from_stored(CHALLENGE, true)),
                scope: "ReadAccounts".to_owned(),
                nonce: None,
                signed_in_at: now(),
            },
            robot: robot.client_id.as_str().to_owned(),
            robot_secret,
            shop: shop.client_id.as_str().to_owned(),
            shop_secret,
            page: page.client_id.as_str().to_owned(),
            jwt: jwt.expose().to_owned(),
        }
    }

    /// A local server without requests so far, and the request in `text`.
    fn begin(&mut self, text: &str) -> Run {
        let (profile, text) = match text.strip_prefix("strict ") {
            Some(text) => (Profile::Strict, text),
            None => (Profile::RingCentral, text),
        };
        let setup = Setup {
            profile,
            ..Setup::default()
        };
        let beside = self.workspace.beside().expect("another connection");
        let mut run = Run {
            profile,
            platform: Offline::new(beside, setup).expect("a platform"),
            text: text.to_owned(),
            secrets: vec![
                self.shop_secret.clone(),
                self.robot_secret.clone(),
                self.jwt.clone(),
                PASSWORD.to_owned(),
            ],
            codes: Vec::new(),
            refresh: None,
            cookie: None,
        };
        let basic = STANDARD.encode(format!("{}:{}", self.shop, self.shop_secret));
        let [header, claims, signature] = self.parts();
        let twin = twin(signature);
        for (name, value) in [
            ("{robot}", self.robot.as_str()),
            ("{robot_secret}", &self.robot_secret),
            ("{shop}", &self.shop),
            ("{secret}", &self.shop_secret),
            ("{page}", &self.page),
            ("{jwt}", &self.jwt),
            ("{header}", header),
            ("{claims}", claims),
            ("{signature}", signature),
            ("{twin}", &twin),
            ("{basic}", &basic),
            ("{verifier}", VERIFIER),
            ("{challenge}", CHALLENGE),
            ("{email}", "ada%40example.com"),
            ("{password}", "purple+gondola+vermouth+42"),
            (
                "{redirect}",
                "http%3A%2F%2F127.0.0.1%3A7777%2Fcb%3Fkept%3D1",
            ),
        ] {
            run.text = run.text.replace(name, value);
        }
        run.secrets.push(basic);
        self.fill_codes(&mut run);
        self.fill_tokens(&mut run);
        self.fill_browser(&mut run);
        run
    }

    fn parts(&self) -> [&str; 3] {
        let mut parts = self.jwt.split('.');
        std::array::from_fn(|_| parts.next().expect("a part"))
    }

    fn code(&mut self, client: &str) -> String {
        let mut grant = self.grant.clone();
        grant.client = ClientId::from_stored(client);
        let code = self.workspace.issue_code(&grant, now()).expect("a code");
        code.expose().to_owned()
    }

    fn fill_codes(&mut self, run: &mut Run) {
        let (shop, page) = (self.shop.clone(), self.page.clone());
        for (name, client) in [("{code}", shop), ("{page_code}", page)] {
            if run.text.contains(name) {
                let code = self.code(&client);
                run.text = run.text.replace(name, &code);
                run.secrets.push(code.clone());
                run.codes.push((code, client));
            }
        }
    }

    fn fill_tokens(&mut self, run: &mut Run) {
        if !run.text.contains("{access}") && !run.text.contains("{refresh}") {
            return;
        }
        let code = self.code(&self.shop.clone());
        let body = form(&[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
            ("client_id", &self.shop),
            ("client_secret", &self.shop_secret),
        ]);
        let came = run.ask("POST", TOKEN, &[("content-type", FORM)], &body);
        let json: serde_json::Value = serde_json::from_slice(&came.body).expect("JSON");
        for (name, field) in [("{access}", "access_token"), ("{refresh}", "refresh_token")] {
            let token = json.get(field).and_then(|token| token.as_str());
            let token = token.expect("a token").to_owned();
            run.text = run.text.replace(name, &token);
            if field == "refresh_token" {
                run.refresh = Some(token.clone());
            }
            run.secrets.push(token);
        }
    }

    /// A browser that is signed in, and the values of its forms.
    fn fill_browser(&mut self, run: &mut Run) {
        if !run.text.contains("{cookie}") && !run.text.contains("{form_key}") {
            return;
        }
        // The consent page is for one app.
        let client: &str = if run.text.contains("{page}") || run.text.contains(&self.page) {
            &self.page
        } else {
            &self.shop
        };
        let query = form(&[
            ("response_type", "code"),
            ("client_id", client),
            ("redirect_uri", REDIRECT),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]);
        let target = format!("{AUTHORIZE}?{query}");
        let (stranger, key) = form_of(&run.ask("GET", &target, &[], ""));
        let stranger = stranger.expect("a cookie");
        let body = form(&[
            ("action", "sign_in"),
            ("email", EMAIL),
            ("password", PASSWORD),
            ("form_key", &key),
        ]);
        let headers = [("content-type", FORM), ("cookie", stranger.as_str())];
        let (cookie, _) = form_of(&run.ask("POST", &target, &headers, &body));
        let cookie = cookie.expect("a cookie");
        let (_, key) = form_of(&run.ask("GET", &target, &[("cookie", &cookie)], ""));
        run.text = run.text.replace("{cookie}", &cookie);
        run.text = run.text.replace("{form_key}", &key);
        let value = cookie.split_once('=').map(|(_, value)| value.to_owned());
        run.secrets.extend(value);
        run.secrets.push(key);
        run.cookie = Some(cookie);
    }
}

/// The other signature that is valid wherever this one is. Anyone can compute it: `s` subtracted
/// from the order of the curve.
fn twin(signature: &str) -> String {
    const ORDER: [u8; 32] = [
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc,
        0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];
    let mut bytes = URL_SAFE_NO_PAD.decode(signature).expect("base64");
    let mut borrow = 0;
    for (byte, order) in bytes.iter_mut().skip(32).zip(ORDER).rev() {
        let left = i16::from(order) - i16::from(*byte) - borrow;
        borrow = i16::from(left < 0);
        *byte = u8::try_from(left.rem_euclid(256)).expect("a byte");
    }
    URL_SAFE_NO_PAD.encode(bytes)
}

fn form(pairs: &[(&str, &str)]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(pairs);
    form.finish()
}

/// The cookie and the form key of a response.
fn form_of(came: &Came) -> (Option<String>, String) {
    let cookie = came.headers.get("set-cookie");
    let cookie = cookie.and_then(|cookie| cookie.to_str().ok()?.split(';').next());
    let page = String::from_utf8_lossy(&came.body);
    let key = page
        .split_once("name=\"form_key\" value=\"")
        .and_then(|(_, rest)| rest.split('"').next());
    (
        cookie.map(ToOwned::to_owned),
        key.unwrap_or_default().to_owned(),
    )
}

/// One request, and the credentials it could use.
struct Run {
    profile: Profile,
    platform: Offline,
    text: String,
    secrets: Vec<String>,
    /// With the app that each was issued to.
    codes: Vec<(String, String)>,
    refresh: Option<String>,
    cookie: Option<String>,
}

impl Run {
    fn ask(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Came {
        let came = self
            .platform
            .ask(method, target, headers, body.as_bytes())
            .expect("HTTP");
        assert!(came.status < 400, "{}", String::from_utf8_lossy(&came.body));
        came
    }
}

struct Asked<'a> {
    method: &'a str,
    path: String,
    query: &'a str,
    headers: Vec<(&'a str, &'a str)>,
    body: &'a str,
}

type Pairs = Vec<(String, String)>;

fn pairs(text: &str) -> Pairs {
    form_urlencoded::parse(text.as_bytes())
        .into_owned()
        .collect()
}

fn value<'a>(pairs: &'a Pairs, name: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(known, value)| known == name && !value.is_empty())
        .map(|(_, value)| value.as_str())
}

impl<'a> Asked<'a> {
    fn parse(text: &'a str, endpoint: &str) -> Option<Self> {
        let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
        let mut lines = head.lines();
        let (method, target) = lines.next()?.split_once(' ')?;
        // A fragment is not sent.
        let (target, _) = target.split_once('#').unwrap_or((target, ""));
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let path = if path.is_empty() { endpoint } else { path };
        let mut headers: Vec<_> = lines.filter_map(|line| line.split_once(": ")).collect();
        if !headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("content-type"))
        {
            headers.push(("content-type", FORM));
        }
        Some(Self {
            method,
            path: path.to_owned(),
            query,
            headers,
            body,
        })
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| *value)
    }

    /// The part of the log that may hold anything, even a secret.
    fn is_told(&self) -> String {
        let mut told = format!("{} {}", self.method, self.path);
        for (name, value) in &self.headers {
            if !["authorization", "cookie"].contains(&name.to_ascii_lowercase().as_str()) {
                told.push_str(value);
            }
        }
        for (name, value) in pairs(self.query).iter().chain(&pairs(self.body)) {
            // A name of usual length is logged, whatever it is.
            if name.chars().count() <= 32 {
                told.push('\n');
                told.push_str(name);
            }
            if !WITHHELD.contains(&name.as_str()) {
                told.push('\n');
                told.push_str(value);
            }
        }
        told
    }
}

fn with<T>(work: impl FnOnce(&mut World) -> T) -> T {
    let mut world = WORLD
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    work(&mut world)
}

fn request(text: &str, endpoint: &str) {
    with(|world| {
        let run = world.begin(text);
        let Some(asked) = Asked::parse(&run.text, endpoint) else {
            return;
        };
        let target = match asked.query {
            "" => asked.path.clone(),
            query => format!("{}?{query}", asked.path),
        };
        let body = asked.body.as_bytes();
        let came = run
            .platform
            .ask(asked.method, &target, &asked.headers, body);
        let Some(came) = came else {
            return;
        };
        is_sane(&came);
        keeps_secrets(&run, &asked, &came);
        leads_to_the_app(world, &run, &asked, &came);
        let is_token = asked.path.trim_start_matches('/') == TOKEN.trim_start_matches('/');
        if is_token && asked.method == "POST" && came.status == 200 {
            was_proved(world, &run, &asked);
        }
    });
}

/// Holds for any request.
fn is_sane(came: &Came) {
    assert!(
        [
            200, 204, 302, 303, 400, 401, 403, 404, 405, 413, 415, 421, 429, 501
        ]
        .contains(&came.status),
        "{}",
        came.status
    );
    let kind = came.headers.get("content-type");
    let is_json = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    // A response to HEAD has no body.
    if is_json && !came.body.is_empty() {
        let _: serde_json::Value = serde_json::from_slice(&came.body).expect("JSON");
    }
}

/// A response reveals a secret only to a client that knows it; the log reveals none.
fn keeps_secrets(run: &Run, asked: &Asked<'_>, came: &Came) {
    let body = String::from_utf8_lossy(&came.body);
    let answer = format!("{:?}{body}", came.headers);
    let all_that_was_sent = format!(
        "{}\n{:?}\n{:?}",
        run.text,
        pairs(asked.query),
        pairs(asked.body)
    );
    let mut fresh = Vec::new();
    if let Ok(json) = serde_json::from_slice::<serde_json::Value>(&came.body) {
        for name in ["access_token", "refresh_token", "id_token"] {
            let token = json.get(name).and_then(|token| token.as_str());
            fresh.extend(token.map(ToOwned::to_owned));
        }
    }
    if came.status != 303
        && let Some((_, answer)) = sent_back(came)
    {
        fresh.extend(value(&answer, "code").map(ToOwned::to_owned));
    }
    let told = asked.is_told();
    let log: Vec<String> = came
        .log
        .iter()
        .map(|one| {
            let detail = one.diagnosis.as_ref().and_then(|why| why.detail.as_deref());
            let detail = detail.unwrap_or_default();
            [&one.what, &one.result, &one.request, &one.response, detail].join("\n")
        })
        .collect();
    let log = log.join("\n");
    for secret in &run.secrets {
        let is_form_key = run.cookie.is_some() && body.contains("form_key");
        assert!(
            is_form_key || all_that_was_sent.contains(secret.as_str()) || !answer.contains(secret),
            "{secret} is in the answer to {}",
            run.text
        );
    }
    for secret in run.secrets.iter().chain(&fresh) {
        // A long one may have been cut.
        let secret = secret.get(..200).unwrap_or(secret);
        assert!(
            told.contains(secret) || !log.contains(secret),
            "{secret} is in the log of {}: {log}",
            run.text
        );
    }
}

/// Where a browser is sent, and with which parameters: by a redirect, or by a page that posts them.
fn sent_back(came: &Came) -> Option<(String, Pairs)> {
    if let Some(to) = came.headers.get("location") {
        let to = to.to_str().expect("text").to_owned();
        let (_, answer) = to.split_once('#').or(to.split_once('?'))?;
        let answer = pairs(answer);
        return Some((to, answer));
    }
    let page = std::str::from_utf8(&came.body).ok()?;
    let (_, form) = page.split_once("<form method=\"post\" action=\"http")?;
    let plain = |text: &str| {
        let marks = [
            ("&quot;", "\""),
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&amp;", "&"),
        ];
        marks.iter().fold(text.to_owned(), |text, (name, mark)| {
            text.replace(name, mark)
        })
    };
    let (to, fields) = form.split_once('"')?;
    let fields = fields.split("name=\"").skip(1).filter_map(|field| {
        let (name, rest) = field.split_once("\" value=\"")?;
        let (value, _) = rest.split_once('"')?;
        Some((plain(name), plain(value)))
    });
    Some((format!("http{}", plain(to)), fields.collect()))
}

/// Back to the page, or to a redirect URI of the app, with the state that was sent, and with a code
/// only for a browser that is signed in.
fn leads_to_the_app(world: &World, run: &Run, asked: &Asked<'_>, came: &Came) {
    let Some((to, answer)) = sent_back(came) else {
        return;
    };
    let page = to.strip_prefix(&format!("{AUTHORIZE}?"));
    let is_page = page.is_some_and(|query| pairs(query) == pairs(asked.query));
    // A POST request has its parameters in the body, and so does its page.
    if is_page || asked.query.is_empty() && to.starts_with(AUTHORIZE) {
        return;
    }
    let sent = pairs(asked.query);
    let client = value(&sent, "client_id").expect("an app");
    let platform = if client == world.shop {
        Platform::ServerSideWeb
    } else {
        assert_eq!(client, world.page, "only these two have a login page");
        Platform::ClientSideWeb
    };
    let policy = platform.redirect_policy();
    let redirect = value(&sent, "redirect_uri").unwrap_or(REDIRECT);
    let is_registered = registered(platform)
        .iter()
        .any(|one| one.matches(redirect, policy, run.profile.loopback_port()));
    assert!(is_registered, "{to}");
    let rest = to.strip_prefix(redirect).expect("the redirect URI");
    let answer = match rest.strip_prefix(['?', '&', '#']) {
        Some(answer) => pairs(answer),
        None => {
            assert_eq!(value(&sent, "response_mode"), Some("form_post"), "{to}");
            answer
        }
    };
    assert_eq!(value(&answer, "state"), value(&sent, "state"), "{to}");
    for (name, _) in &answer {
        let is_known = match name.as_str() {
            "code" | "expires_in" | "error" | "error_description" | "state" => true,
            "iss" => value(&answer, "iss") == Some("http://127.0.0.1:8228"),
            _ => false,
        };
        assert!(is_known, "{to}");
    }
    if value(&answer, "code").is_some() {
        let cookie = run.cookie.as_deref().expect("a session");
        let is_signed_in = asked
            .headers
            .iter()
            .any(|(name, sent)| name.eq_ignore_ascii_case("cookie") && sent.contains(cookie));
        assert!(is_signed_in, "no session: {to}");
    }
}

/// Tokens require the app's secret, if it has one, and the credential of the grant.
fn was_proved(world: &World, run: &Run, asked: &Asked<'_>) {
    let body = pairs(asked.body);
    let (client, secret) = match asked.header("authorization") {
        Some(header) => {
            let (_, encoded) = header.split_once(' ').expect("a scheme");
            let decoded = STANDARD.decode(encoded.trim()).expect("base64");
            let decoded = String::from_utf8(decoded).expect("text");
            let (client, secret) = decoded.split_once(':').expect("two parts");
            (client.to_owned(), secret.to_owned())
        }
        None => (
            value(&body, "client_id").expect("an app").to_owned(),
            value(&body, "client_secret").unwrap_or_default().to_owned(),
        ),
    };
    let is_proved = (client == world.page && secret.is_empty())
        || (client == world.shop && secret == world.shop_secret)
        || (client == world.robot && secret == world.robot_secret);
    assert!(is_proved, "{}", run.text);
    let sent = |name| value(&body, name).unwrap_or_default();
    let is_granted = match sent("grant_type") {
        JWT_BEARER => client == world.robot && sent("assertion") == world.jwt,
        "authorization_code" => {
            let fits = |(code, to): &(String, String)| *code == sent("code") && *to == client;
            run.codes.iter().any(fits)
                && sent("code_verifier") == VERIFIER
                && sent("redirect_uri") == REDIRECT
        }
        "refresh_token" => {
            client == world.shop && run.refresh.as_deref() == Some(sent("refresh_token"))
        }
        _ => false,
    };
    assert!(is_granted, "{}", run.text);
}

pub fn authorize(text: &str) {
    request(text, AUTHORIZE);
}

pub fn token(text: &str) {
    request(text, TOKEN);
}

/// A JWT is accepted only exactly as signed, or with the twin of its signature: that says the same,
/// and computing it takes the original.
pub fn jwt(text: &str) {
    with(|world| {
        let run = world.begin(text);
        let body = form(&[
            ("grant_type", JWT_BEARER),
            ("assertion", &run.text),
            ("client_id", &world.robot),
            ("client_secret", &world.robot_secret),
        ]);
        let headers = [("content-type", FORM)];
        let came = run.platform.ask("POST", TOKEN, &headers, body.as_bytes());
        let came = came.expect("an answer");
        is_sane(&came);
        let [header, claims, signature] = world.parts();
        let is_signed =
            run.text == world.jwt || run.text == format!("{header}.{claims}.{}", twin(signature));
        assert_eq!(came.status == 200, is_signed, "{}", run.text);
        assert!(!format!("{:?}", came.log).contains(&world.jwt));
    });
}
