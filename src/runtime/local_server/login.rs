//! Tests the login of an app against the local server, from its credentials to a first API call.

use std::{
    cell::RefCell,
    time::{Duration, Instant},
};

use rand::Rng as _;
use serde_json::Value;
use ureq::Agent;
use url::{Url, form_urlencoded};

use super::{
    Trial,
    http::{Inbound, Place, Received, agent, leads_here, listen, received},
    install::{Bot, install},
};
use crate::{
    domain::{
        app::{
            App, AppKind, AuthMethod,
            redirect_uri::{LoopbackPort, RedirectPolicy},
        },
        export::basic_header,
        oauth::{
            credential::mint_client_secret,
            diagnosis::{Cause, Diagnosis},
            pkce::s256,
            trial::{Step, USER_AGENT},
        },
        secret::Secret,
    },
    vault,
};

const LIMIT: Duration = Duration::from_secs(20);
const LISTEN: &str = "Listen at the redirect URI";
/// Time for the user to sign in.
const BROWSER: Duration = Duration::from_secs(300);
const ANY_PORT: u16 = 0;
const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

pub(in crate::runtime) struct Job {
    pub base: String,
    /// The console's own local server answers, not that of another program with the workspace.
    pub is_here: bool,
    pub loopback_port: LoopbackPort,
    pub app: App,
    pub secret: Option<Secret>,
    pub jwt: Option<(String, Secret)>,
    /// The data that a bot gets when it is installed.
    pub bot: Option<Bot>,
}

/// The issued tokens.
struct Issued {
    access: Secret,
    refresh: Option<Secret>,
}

pub(in crate::runtime) fn run(trial: &Trial, job: &Job) {
    let whose = if job.is_here {
        ""
    } else {
        ", started by another devconsole: its log is there"
    };
    let detail = format!("{}{whose}", job.base);
    trial.say(Step::ok("The local server is running", detail));
    if let Some(bot) = &job.bot {
        return install(trial, &job.app, bot);
    }
    let client = Client {
        agent: agent(LIMIT, &job.base),
        trial,
        job,
    };
    let tokens = match &job.app.spec.kind {
        AppKind::RestApi {
            auth: AuthMethod::Jwt,
            ..
        } => client.by_jwt(),
        AppKind::RestApi {
            auth: AuthMethod::AuthorizationCode { platform, .. },
            ..
        } => client.by_code(platform.redirect_policy()),
        _ => {
            let message =
                "This type of app does not sign in: a notification add-in posts to a webhook.";
            trial.say(Step::failed("Log in", message));
            None
        }
    };
    let Some(held) = tokens else {
        return;
    };
    client.first_call(&held.access);
    let held = client.refresh(held);
    client.revoke(&held);
}

struct Client<'a> {
    agent: Agent,
    trial: &'a Trial,
    job: &'a Job,
}

impl Client<'_> {
    fn post(&self, path: &str, fields: &[(&str, &str)]) -> Result<Received, String> {
        let since = Instant::now();
        let mut request = self.agent.post(format!("{}{path}", self.job.base));
        let mut fields = fields.to_vec();
        match &self.job.secret {
            Some(secret) => {
                let header = basic_header(self.job.app.client_id.as_str(), secret);
                let value = header
                    .expose()
                    .split_once(": ")
                    .map_or("", |(_, value)| value);
                request = request.header("Authorization", value);
            }
            None => fields.push(("client_id", self.job.app.client_id.as_str())),
        }
        received(since, request.send_form(fields))
    }

    /// Records the answer as a step, and returns it if it is a success.
    fn wanted(&self, what: &str, answer: Result<Received, String>) -> Option<Received> {
        match answer {
            Ok(received) if received.status == 200 => Some(received),
            Ok(received) => {
                self.trial.say(received.failed(what));
                None
            }
            Err(problem) => {
                self.trial.say(Step::failed(what, problem));
                None
            }
        }
    }

    fn tokens(&self, what: &str, answer: Result<Received, String>) -> Option<Issued> {
        let received = self.wanted(what, answer)?;
        let json = received.json();
        let text = |name: &str| json.get(name).and_then(Value::as_str);
        let Some(access) = text("access_token").map(Secret::new) else {
            let mut step = Step::failed(what, "The response has no readable access_token.");
            step.took_ms = Some(received.took_ms);
            step.diagnosis = received.fault.map(Diagnosis::of_fault);
            self.trial.say(step);
            return None;
        };
        let life = json
            .get("expires_in")
            .and_then(Value::as_i64)
            .unwrap_or_default();
        let scope = text("scope").filter(|scope| !scope.is_empty());
        let refresh = text("refresh_token").map(Secret::new);
        let with = if refresh.is_some() {
            ", a refresh token"
        } else {
            ""
        };
        let mut step = Step::ok(
            what,
            format!(
                "Access token for {life} s{with}; scope {}.",
                scope.unwrap_or("none")
            ),
        );
        step.took_ms = Some(received.took_ms);
        step.is_ok = received.fault.is_none();
        step.diagnosis = received.fault.map(Diagnosis::of_fault);
        self.trial.say(step);
        Some(Issued { access, refresh })
    }

    fn by_jwt(&self) -> Option<Issued> {
        let Some((label, token)) = &self.job.jwt else {
            let mut step = Step::failed("Find a JWT credential", "");
            step.diagnosis = Some(Cause::NoJwtCredential.into());
            self.trial.say(step);
            return None;
        };
        self.trial
            .say(Step::ok("JWT credential", format!("\"{label}\".")));
        let fields = [("grant_type", JWT_BEARER), ("assertion", token.expose())];
        let answer = self.post("/restapi/oauth/token", &fields);
        self.tokens("Exchange the JWT for tokens", answer)
    }

    fn by_code(&self, policy: RedirectPolicy) -> Option<Issued> {
        let found = self.loopback(policy);
        let places: Vec<Place> = found
            .iter()
            .map(|(_, url, port)| Place::of(url, *port))
            .collect();
        if found.is_empty() {
            let mut step = Step::failed(LISTEN, "");
            step.diagnosis = Some(Cause::NotOnThisMachine.into());
            self.trial.say(step);
            return None;
        }
        let Ok(mut rng) = vault::os_random() else {
            self.trial.say(Step::failed(
                LISTEN,
                "The system returned no random numbers.",
            ));
            return None;
        };
        let state = format!("{:016x}", rng.next_u64());
        let verifier = mint_client_secret(&mut rng);
        let challenge = s256(verifier.expose());
        // Place and port are known once listening has begun.
        let redirect = RefCell::new(String::new());
        let started = |nth: usize, port: u16| {
            let uri = match found.get(nth) {
                Some((registered, _, ANY_PORT)) => with_port(registered, port),
                Some((registered, ..)) => registered.clone(),
                None => String::new(),
            };
            self.trial.say(Step::ok(LISTEN, uri.clone()));
            self.trial.show(&self.login_url(&uri, &state, &challenge));
            redirect.replace(uri);
        };
        let answered = self.redirected(&places, &state, &started)?;
        let code = self.code_of(&answered)?;
        let redirect = redirect.into_inner();
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code.expose()),
            ("redirect_uri", &redirect),
            ("code_verifier", verifier.expose()),
        ];
        let answer = self.post("/restapi/oauth/token", &fields);
        self.tokens("Exchange the code for tokens", answer)
    }

    fn login_url(&self, redirect_uri: &str, state: &str, challenge: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs([
            ("response_type", "code"),
            ("client_id", self.job.app.client_id.as_str()),
            ("redirect_uri", redirect_uri),
            ("state", state),
            ("code_challenge", challenge),
            ("code_challenge_method", "S256"),
        ]);
        format!(
            "{}/restapi/oauth/authorize?{}",
            self.job.base,
            query.finish()
        )
    }

    /// Waits until the browser is redirected to the app with this `state`.
    fn redirected(
        &self,
        places: &[Place],
        state: &str,
        on_start: &dyn Fn(usize, u16),
    ) -> Option<Vec<(String, String)>> {
        let mut answered: Option<Vec<(String, String)>> = None;
        let mut take = |request: Inbound| {
            let query = request.uri.query().unwrap_or_default().as_bytes();
            let pairs: Vec<(String, String)> = form_urlencoded::parse(query).into_owned().collect();
            // Other requests to this port do not belong to the login.
            let value = |wanted: &str| {
                let found = pairs.iter().find(|(name, _)| name == wanted);
                found.map(|(_, value)| value.as_str())
            };
            let is_it = value("state") == Some(state);
            if is_it {
                answered = Some(pairs);
            } else if value("code").or_else(|| value("error")).is_some() {
                let message = "The state differs from the one sent, so this response is ignored. It is from an older login, or forged.";
                self.trial.say(Step::failed("Unexpected response", message));
            }
            !is_it
        };
        let is_wanted = || self.trial.is_wanted();
        if let Err(problem) = listen(places, BROWSER, &is_wanted, on_start, &mut take) {
            self.trial.say(Step::failed(LISTEN, problem));
            return None;
        }
        if answered.is_none() && self.trial.is_wanted() {
            let minutes = BROWSER.as_secs() / 60;
            let detail = format!("No sign-in within {minutes} minutes.");
            self.trial.say(Step::failed(LISTEN, detail));
        }
        answered
    }

    /// The code from the browser's redirect.
    fn code_of(&self, pairs: &[(String, String)]) -> Option<Secret> {
        const WHAT: &str = "The browser returned";
        let value = |name: &str| {
            let found = pairs.iter().find(|(found, _)| found == name);
            found.map(|(_, value)| value.as_str())
        };
        if let Some(error) = value("error") {
            let mut step = Step::failed(WHAT, format!("With the error {error}."));
            step.diagnosis = crate::domain::oauth::diagnosis::by_sign(error).map(Into::into);
            self.trial.say(step);
            return None;
        }
        self.trial
            .say(Step::ok(WHAT, "With a code and the correct state."));
        value("code").map(Secret::new)
    }

    /// The registered redirect URIs on this machine, with the ports to listen at: the registered
    /// ones, which SSH can be told to forward, then any where the rules allow that.
    fn loopback(&self, policy: RedirectPolicy) -> Vec<(String, Url, u16)> {
        let all = self.job.app.spec.redirect_uris().iter();
        let found: Vec<(String, Url)> = all
            .filter_map(|uri| {
                let url = Url::parse(uri.as_str()).ok().filter(leads_here)?;
                Some((uri.as_str().to_owned(), url))
            })
            .collect();
        let is_free = self.job.loopback_port.is_free(policy);
        let free = found.iter().filter(|_| is_free).cloned();
        let free = free
            .map(|(uri, url)| (uri, url, ANY_PORT))
            .collect::<Vec<_>>();
        let registered = found.into_iter().filter_map(|(uri, url)| {
            // Port 80 of a URI that names none is open to administrators only.
            let port = if is_free {
                url.port()
            } else {
                url.port_or_known_default()
            };
            port.map(|port| (uri, url, port))
        });
        registered.chain(free).collect()
    }

    fn first_call(&self, access: &Secret) {
        const WHAT: &str = "First call: GET account/~/extension/~";
        let since = Instant::now();
        let url = format!("{}/restapi/v1.0/account/~/extension/~", self.job.base);
        let bearer = Secret::new(format!("Bearer {}", access.expose()));
        let request = self
            .agent
            .get(url)
            .header("User-Agent", USER_AGENT)
            .header("Authorization", bearer.expose());
        let answer = received(since, request.call());
        if let Ok(refused) = &answer
            && let Some(scope) = refused.lacked_scope()
        {
            let mut step = refused.failed(WHAT);
            step.diagnosis = Some(Diagnosis::of_scope(&self.job.app, scope));
            self.trial.say(step);
        } else if let Some(received) = self.wanted(WHAT, answer) {
            let json = received.json();
            let name = json.get("name").and_then(Value::as_str).unwrap_or_default();
            let mut step = Step::ok(WHAT, format!("Signed in as {name}."));
            step.took_ms = Some(received.took_ms);
            self.trial.say(step);
        }
    }

    fn refresh(&self, held: Issued) -> Issued {
        const WHAT: &str = "Refresh";
        let Some(refresh) = &held.refresh else {
            let message = "The app does not issue refresh tokens.";
            self.trial.say(Step::ok(WHAT, message));
            return held;
        };
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh.expose()),
        ];
        let answer = self.post("/restapi/oauth/token", &fields);
        self.tokens(WHAT, answer).unwrap_or(held)
    }

    fn revoke(&self, held: &Issued) {
        const WHAT: &str = "Revoke";
        let answer = self.post("/restapi/oauth/revoke", &[("token", held.access.expose())]);
        if let Some(received) = self.wanted(WHAT, answer) {
            let mut step = Step::ok(WHAT, "Session revoked.");
            step.took_ms = Some(received.took_ms);
            self.trial.say(step);
        }
    }
}

/// The registered text with the port that is in use.
fn with_port(redirect_uri: &str, found: u16) -> String {
    let Ok(url) = Url::parse(redirect_uri) else {
        return redirect_uri.to_owned();
    };
    let host = url.host_str().unwrap_or("127.0.0.1");
    let after = redirect_uri
        .strip_prefix("http://")
        .and_then(|rest| rest.find('/').and_then(|at| rest.get(at..)));
    format!("http://{host}:{found}{}", after.unwrap_or_default())
}
