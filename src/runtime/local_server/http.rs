//! Sends and receives HTTP requests for tests of an app.

use std::{
    io::ErrorKind,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Bytes,
    extract::{Request, State},
    http::{HeaderMap, Method, Uri},
    middleware::{self, Next},
};
use serde_json::Value;
use tokio::{sync::mpsc, time::timeout};
use ureq::{Agent, Body, Proxy, http::Response};
use url::Url;

use crate::{
    domain::{
        app::scope::ScopeId,
        oauth::{
            diagnosis::Diagnosis,
            explain::{Explained, explain},
            fault::Fault,
            trial::Step,
        },
        secret::Secret,
        this_machine,
    },
    local_server::{FAULT_HEADER, Listening, for_port, runtime, whole_body},
};

/// Longest answer that is read.
const BODY_MAX: u64 = 64 * 1024;
/// How often a wait checks whether it was canceled.
const LOOK: Duration = Duration::from_millis(150);

/// Requests to this machine bypass the proxy, which would see secrets or could not reach it.
pub(super) fn agent(limit: Duration, url: &str) -> Agent {
    let is_here = Url::parse(url).is_ok_and(|url| this_machine::is_url(&url));
    Agent::config_builder()
        .proxy(Proxy::try_from_env().filter(|_| !is_here))
        .http_status_as_error(false)
        .timeout_global(Some(limit))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .build()
        .into()
}

/// An answer. Its text may hold tokens.
pub(super) struct Received {
    pub status: u16,
    pub text: Secret,
    pub took_ms: u64,
    /// The fault that the answer names.
    pub fault: Option<Fault>,
}

impl Received {
    pub fn json(&self) -> Value {
        serde_json::from_str(self.text.expose()).unwrap_or(Value::Null)
    }

    /// The scope that a refused API call names. A fault is not about the app.
    pub fn lacked_scope(&self) -> Option<ScopeId> {
        let json = self.json();
        let name = json.pointer("/errors/0/permissionName")?.as_str()?;
        ScopeId::find(name).filter(|_| self.status == 403 && self.fault.is_none())
    }

    /// A failed step, explained by the answer.
    pub fn failed(&self, what: &str) -> Step {
        let mut step = Step::failed(what, format!("The answer is {}.", self.status));
        step.took_ms = Some(self.took_ms);
        let json = self.json();
        let message = ["error_description", "message"]
            .iter()
            .find_map(|name| json.get(name)?.as_str());
        if let Some(message) = message {
            let message = message.trim_end_matches('.');
            step.detail = format!("{} {message}.", step.detail);
        }
        step.diagnosis = match (self.fault, explain(self.text.expose())) {
            (Some(fault), _) => Some(Diagnosis::of_fault(fault)),
            (None, Explained::Causes(all)) => all.into_iter().next(),
            (None, Explained::Fine(_) | Explained::Unknown) => None,
        };
        step
    }
}

pub(super) fn received(
    since: Instant,
    answer: Result<Response<Body>, ureq::Error>,
) -> Result<Received, String> {
    let mut answer = answer.map_err(|error| in_words(&error))?;
    let fault = answer
        .headers()
        .get(FAULT_HEADER)
        .and_then(|name| name.to_str().ok());
    let fault = Fault::ALL
        .iter()
        .copied()
        .find(|one| Some(one.label()) == fault);
    let text = answer
        .body_mut()
        .with_config()
        .limit(BODY_MAX)
        .read_to_string()
        .map_err(|error| in_words(&error))?;
    Ok(Received {
        fault,
        status: answer.status().as_u16(),
        text: Secret::new(text),
        took_ms: u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX),
    })
}

fn in_words(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Timeout(_) => "it took too long.".to_owned(),
        ureq::Error::Io(error) if error.kind() == ErrorKind::ConnectionRefused => {
            "nothing listens there.".to_owned()
        }
        ureq::Error::HostNotFound => "no machine has this name.".to_owned(),
        other => format!("{other}."),
    }
}

/// Whether requests to the URL arrive at an address that `listen` can use.
pub(super) fn leads_here(url: &Url) -> bool {
    url.scheme() == "http" && this_machine::is_url(url)
}

/// An address to listen at, on this machine.
pub(super) struct Place {
    host: String,
    /// 0 for any that is free.
    port: u16,
}

impl Place {
    pub fn of(url: &Url, port: u16) -> Self {
        let host = url.host_str().unwrap_or(Self::USUAL).to_owned();
        Self { host, port }
    }

    pub fn at(port: u16) -> Self {
        let host = Self::USUAL.to_owned();
        Self { host, port }
    }

    const USUAL: &str = "127.0.0.1";
}

/// A received request.
pub(super) struct Inbound {
    pub method: Method,
    pub uri: Uri,
    pub headers: HeaderMap,
    pub body: Bytes,
}

type Inbox = mpsc::Sender<Inbound>;

/// Received requests that wait to be looked at.
const WAITING_MAX: usize = 16;

/// Listens at the first of these places that is free, until `on_request` returns `false`, the time
/// is over, or the test is canceled. `on_start` gets the index of the place and the port.
pub(super) fn listen(
    places: &[Place],
    limit: Duration,
    is_wanted: &dyn Fn() -> bool,
    on_start: &dyn Fn(usize, u16),
    on_request: &mut dyn FnMut(Inbound) -> bool,
) -> Result<(), String> {
    let runtime = runtime().map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let (nth, listening) = first_free(places).await?;
        let (sender, mut requests) = mpsc::channel(WAITING_MAX);
        let port = listening.port;
        let gate = move |request: Request, next: Next| for_port(port, request, next);
        let app = Router::new()
            .fallback(taken)
            .layer(middleware::from_fn(whole_body))
            .layer(middleware::from_fn(gate))
            .with_state(sender);
        on_start(nth, port);
        let until = Instant::now() + limit;
        let wait = async {
            while is_wanted() && Instant::now() < until {
                if let Ok(Some(asked)) = timeout(LOOK, requests.recv()).await
                    && !on_request(asked)
                {
                    // Gives the browser time to receive the answer.
                    tokio::time::sleep(LOOK).await;
                    return;
                }
            }
        };
        listening.serve(app, wait).await;
        Ok(())
    })
}

async fn first_free(places: &[Place]) -> Result<(usize, Listening), String> {
    let mut problems = Vec::new();
    for (nth, Place { host, port }) in places.iter().enumerate() {
        match Listening::for_host(host, *port).await {
            Ok(listening) => return Ok((nth, listening)),
            Err(error) => {
                problems.push(format!("Port {port} of {host} cannot be used: {error}."));
            }
        }
    }
    Err(problems.join(" "))
}

async fn taken(
    State(inbox): State<Inbox>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> &'static str {
    // The listener may have ended a moment ago.
    let inbound = Inbound {
        method,
        uri,
        headers,
        body,
    };
    let _ = inbox.send(inbound).await;
    "devconsole has received this. You can close this page.\n"
}

#[cfg(test)]
mod tests {
    use url::Url;

    use crate::domain::this_machine::is_url;

    #[test]
    fn what_is_for_this_machine_goes_to_no_proxy() {
        for (url, here) in [
            ("http://127.0.0.1:8228/x", true),
            ("http://127.9.9.9/", true),
            ("http://[::1]:8228/", true),
            ("http://localhost:3000/", true),
            ("http://LOCALHOST/", true),
            ("http://spa.localhost:5173/", true),
            ("https://platform.ringcentral.com/", false),
            ("http://localhost.example.com/", false),
            ("http://192.168.0.1/", false),
            ("http://128.0.0.1/", false),
        ] {
            assert_eq!(is_url(&Url::parse(url).unwrap()), here, "{url}");
        }
    }
}
