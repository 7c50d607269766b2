//! The local server without a network, on a workspace filled through the store: a client's
//! request goes in, its response and its line of the log come out.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use devconsole::{
    domain::{
        app::{
            Access, App, AppCard, AppKind, AppSpec, AuthMethod, Platform, Promotion, Properties,
            Registration,
            redirect_uri::RedirectUri,
            scope::{ScopeId, ScopeSet},
        },
        id::DeveloperId,
        oauth::{
            diagnosis::Cause,
            exchange::Exchange,
            jwt::{AuthorizedApps, NewJwt},
            setup::{Profile, Setup},
        },
        people::{developer::Role, email::EmailAddress},
        secret::Secret,
        time::UnixMs,
    },
    local_server::offline::{Came, Offline},
    store::{FILE_NAME, SignUp, Workspace},
    vault::KdfCost,
};
use serde_json::Value;
use tempfile::TempDir;
use url::form_urlencoded;

use super::driver::{EMAIL, PASSWORD};

pub const REDIRECT: &str = "http://127.0.0.1:7777/cb";
pub const AUTHORIZE: &str = "/restapi/oauth/authorize";
pub const TOKEN: &str = "/restapi/oauth/token";
pub const ME: &str = "/restapi/v1.0/account/~/extension/~";
const FORM: &str = "application/x-www-form-urlencoded";
const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// An app, and its secret if it has one.
pub struct Registered {
    pub app: App,
    pub secret: String,
}

impl Registered {
    pub fn id(&self) -> &str {
        self.app.client_id.as_str()
    }

    pub fn basic(&self) -> String {
        basic(self.id(), &self.secret)
    }
}

pub fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

/// An organization with one developer, Ada Lovelace.
pub struct Office {
    folder: TempDir,
    pub workspace: Workspace,
    pub ada: DeveloperId,
}

pub fn now() -> UnixMs {
    let since = std::time::UNIX_EPOCH.elapsed().expect("a clock after 1970");
    UnixMs(i64::try_from(since.as_millis()).expect("a date"))
}

impl Office {
    pub fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let mut workspace = Workspace::open(folder.path(), KdfCost::TRIVIAL)
            .expect("a workspace")
            .workspace;
        let (session, _) = workspace
            .sign_up(
                SignUp {
                    organization: "Acme Corp".to_owned(),
                    full_name: "Ada Lovelace".to_owned(),
                    email: EmailAddress::parse(EMAIL).expect("an address"),
                    password: Secret::new(PASSWORD),
                },
                now(),
            )
            .expect("signed up");
        Self {
            folder,
            workspace,
            ada: session.developer.id,
        }
    }

    pub fn add(&mut self, full_name: &str, email: &str) -> DeveloperId {
        let email = EmailAddress::parse(email).expect("an address");
        let password = Secret::new("gondola umbrella 58 violet");
        let added =
            self.workspace
                .add_developer(full_name, &email, Role::Developer, &password, now());
        added.expect("added").developer.id
    }

    /// With refresh tokens, and these scopes.
    pub fn app(&mut self, auth: AuthMethod, scopes: &[&str]) -> Registered {
        self.app_of(auth, scopes, true)
    }

    pub fn app_of(&mut self, auth: AuthMethod, scopes: &[&str], refreshes: bool) -> Registered {
        let scopes: ScopeSet = scopes
            .iter()
            .map(|scope| ScopeId::find(scope).expect("a scope"))
            .collect();
        let justifications = scopes
            .iter()
            .filter(|scope| scope.scope().requires_approval)
            .map(|scope| (scope, "It needs this for its work at night.".to_owned()));
        let spec = AppSpec {
            properties: Properties::new(
                "Shop",
                "Sells things to people at night.",
                self.ada.clone(),
                Promotion::No,
            ),
            card: AppCard::default(),
            kind: AppKind::RestApi {
                auth,
                issue_refresh_tokens: refreshes,
            },
            justifications: justifications.collect(),
            scopes,
            access: Access::Private,
            interactive_messages: None,
        };
        let registration = Registration {
            spec,
            shared_secret: None,
        };
        let app = self
            .workspace
            .create_app(registration, &self.ada, None, now())
            .expect("an app");
        let secret = self.workspace.client_secret(&app.id).expect("read");
        Registered {
            app,
            secret: secret.map_or_else(String::new, |secret| secret.expose().to_owned()),
        }
    }

    /// A server-side web app with ReadAccounts.
    pub fn shop(&mut self) -> Registered {
        self.app(
            code_app(Platform::ServerSideWeb, REDIRECT),
            &["ReadAccounts"],
        )
    }

    /// A single-page app with ReadAccounts.
    pub fn page(&mut self) -> Registered {
        self.app(
            code_app(Platform::ClientSideWeb, REDIRECT),
            &["ReadAccounts"],
        )
    }

    fn file(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.folder.path().join(FILE_NAME)).expect("the file")
    }

    /// Changes the file as no operation does.
    pub fn execute(&self, sql: &str) {
        self.file().execute_batch(sql).expect("changed");
    }

    /// Rows of a table.
    pub fn count(&self, table: &str) -> u32 {
        let db = self.file();
        let sql = format!("SELECT count(*) FROM {table}");
        db.query_row(&sql, [], |row| row.get(0)).expect("a count")
    }

    pub fn jwt(&mut self) -> String {
        let new = NewJwt {
            label: "one".to_owned(),
            apps: AuthorizedApps::Organization,
            expires_at: None,
        };
        let credential = self.workspace.create_jwt(&self.ada, &new, now());
        let token = self
            .workspace
            .jwt_token(&credential.expect("a credential").id);
        token.expect("its token").expose().to_owned()
    }

    pub fn serve(&self, profile: Profile) -> Server {
        let setup = Setup {
            profile,
            ..Setup::default()
        };
        let beside = self.workspace.beside().expect("another connection");
        Server(Offline::new(beside, setup).expect("a server"))
    }
}

pub fn code_app(platform: Platform, redirect: &str) -> AuthMethod {
    let uri = RedirectUri::parse(redirect, platform.redirect_policy());
    AuthMethod::AuthorizationCode {
        platform,
        redirect_uris: vec![uri.expect("a redirect URI")],
    }
}

pub struct Server(pub Offline);

/// A response with its parsed body.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub came: Came,
    pub json: Value,
}

impl Answer {
    pub fn text(&self, name: &str) -> &str {
        let found = self.json.get(name).and_then(Value::as_str);
        found.unwrap_or_default()
    }

    pub fn code(&self) -> &str {
        let code = self.json.pointer("/errors/0/errorCode");
        code.and_then(Value::as_str).unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> &str {
        let value = self.came.headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    pub fn page(&self) -> String {
        String::from_utf8_lossy(&self.came.body).into_owned()
    }

    /// The line of the log.
    pub fn log(&self) -> &Exchange {
        let [exchange] = self.came.log.as_slice() else {
            panic!("one line: {:?}", self.came.log);
        };
        exchange
    }

    pub fn cause(&self) -> Option<Cause> {
        self.log().diagnosis.as_ref().map(|why| why.cause)
    }

    /// The detail that the log has about this case.
    pub fn detail(&self) -> &str {
        let why = self.log().diagnosis.as_ref();
        why.and_then(|why| why.detail.as_deref())
            .unwrap_or_default()
    }

    /// The parameters that the app gets in the query of a redirect.
    pub fn came_back(&self) -> Vec<(String, String)> {
        let to = self.header("location");
        let (_, query) = to.split_once('?').unwrap_or_else(|| panic!("{self:?}"));
        pairs(query)
    }
}

pub fn pairs(text: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(text.as_bytes())
        .into_owned()
        .collect()
}

pub fn value<'a>(pairs: &'a [(String, String)], name: &str) -> &'a str {
    let found = pairs.iter().find(|(found, _)| found == name);
    found.map_or("", |(_, value)| value)
}

pub fn form(pairs: &[(&str, &str)]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(pairs);
    form.finish()
}

impl Server {
    pub fn ask(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let came = self.0.ask(method, target, headers, body.as_bytes());
        let came = came.expect("HTTP");
        Answer {
            status: came.status,
            json: serde_json::from_slice(&came.body).unwrap_or(Value::Null),
            came,
        }
    }

    pub fn get(&self, target: &str) -> Answer {
        self.ask("GET", target, &[], "")
    }

    /// A form, with an Authorization header or without one.
    pub fn post(
        &self,
        target: &str,
        authorization: Option<&str>,
        fields: &[(&str, &str)],
    ) -> Answer {
        let mut headers = vec![("content-type", FORM)];
        headers.extend(authorization.map(|value| ("authorization", value)));
        self.ask("POST", target, &headers, &form(fields))
    }

    pub fn call(&self, method: &str, path: &str, token: &str) -> Answer {
        let bearer = format!("Bearer {token}");
        self.ask(method, path, &[("authorization", &bearer)], "")
    }

    pub fn log_in(&self, app: &Registered, jwt: &str) -> Answer {
        let fields = [("grant_type", JWT_BEARER), ("assertion", jwt)];
        self.post(TOKEN, Some(&app.basic()), &fields)
    }

    pub fn exchange(&self, app: &Registered, code: &str, more: &[(&str, &str)]) -> Answer {
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT),
        ];
        fields.extend(more);
        let basic = app.basic();
        let authorization = if app.secret.is_empty() {
            fields.push(("client_id", app.id()));
            None
        } else {
            Some(basic.as_str())
        };
        self.post(TOKEN, authorization, &fields)
    }

    /// A browser that was not here before.
    pub fn stranger(&self) -> Visitor<'_> {
        Visitor {
            server: self,
            cookie: String::new(),
        }
    }

    /// A browser in which Ada has signed in.
    pub fn visitor(&self, app: &Registered) -> Visitor<'_> {
        let mut visitor = self.stranger();
        let challenge = "c".repeat(43);
        let pkce = [
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ];
        visitor.sign_in(&request(app, &pkce));
        visitor
    }

    /// A code, and the other parameters of the redirect.
    pub fn code(&self, app: &Registered, more: &[(&str, &str)]) -> Vec<(String, String)> {
        let answer = self.visitor(app).allow(&request(app, more));
        assert_eq!(answer.status, 303, "{answer:?}");
        answer.came_back()
    }
}

/// A request for a code, as the query of the login page.
pub fn request(app: &Registered, more: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("response_type", "code"),
        ("client_id", app.id()),
        ("redirect_uri", REDIRECT),
        ("state", "a b&c"),
    ];
    // Another value replaces the usual one.
    fields.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    fields.extend(more);
    form(&fields)
}

/// A browser with one cookie.
pub struct Visitor<'a> {
    server: &'a Server,
    cookie: String,
}

impl Visitor<'_> {
    fn keep(&mut self, answer: Answer) -> Answer {
        if let Some((cookie, _)) = answer.header("set-cookie").split_once(';') {
            self.cookie = cookie.to_owned();
        }
        answer
    }

    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    pub fn open(&mut self, query: &str) -> Answer {
        let target = format!("{AUTHORIZE}?{query}");
        let headers = [("cookie", self.cookie.as_str())];
        let answer = self.server.ask("GET", &target, &headers, "");
        self.keep(answer)
    }

    /// The form key of this page.
    pub fn form_key(&mut self, query: &str) -> String {
        let page = self.open(query).page();
        let (_, after) = page
            .split_once("name=\"form_key\" value=\"")
            .unwrap_or_else(|| panic!("no form: {page}"));
        after.split('"').next().unwrap_or_default().to_owned()
    }

    pub fn press(&mut self, query: &str, more: &[(&str, &str)]) -> Answer {
        let key = self.form_key(query);
        self.press_with(&key, query, more)
    }

    pub fn press_with(&mut self, key: &str, query: &str, more: &[(&str, &str)]) -> Answer {
        let mut fields = vec![("form_key", key)];
        fields.extend(more);
        let target = format!("{AUTHORIZE}?{query}");
        let headers = [("content-type", FORM), ("cookie", self.cookie.as_str())];
        let answer = self.server.ask("POST", &target, &headers, &form(&fields));
        self.keep(answer)
    }

    pub fn sign_in(&mut self, query: &str) {
        let fields = [
            ("action", "sign_in"),
            ("email", EMAIL),
            ("password", PASSWORD),
        ];
        let answer = self.press(query, &fields);
        assert_eq!(answer.status, 303, "{answer:?}");
    }

    pub fn allow(&mut self, query: &str) -> Answer {
        self.press(query, &[("action", "allow")])
    }
}

/// The header or the claims of a JWT; its signature is checked in another test.
pub fn part_of(jwt: &str, nth: usize) -> Value {
    let part = jwt.split('.').nth(nth).expect("a JWT");
    let bytes = URL_SAFE_NO_PAD.decode(part).expect("base64url");
    serde_json::from_slice(&bytes).expect("JSON")
}
