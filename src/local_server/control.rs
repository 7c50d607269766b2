//! `/__devconsole`: a test reads what its apps requested, and switches faults on. Only for a server
//! in memory. The token keeps out other programs; a page, which may not have it, is refused by its
//! origin.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    body::Bytes,
    extract::{RawQuery, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    routing::get,
};
use serde::Serialize;
use serde_json::json;
use strum::VariantArray as _;

use super::{
    Server,
    answer::json_answer,
    body::whole_body,
    gate,
    kept_log::{KeptLog, LogEntry},
    usage::write_now,
    usage_document::UsageDocument,
};
use crate::domain::{
    oauth::{
        credential::SecretDigest,
        exchange::Exchange,
        fault::{Armed, Fault},
    },
    secret::Secret,
};

#[derive(Debug)]
pub struct Control {
    token: SecretDigest,
    /// Names that a request for the log may filter by.
    apps: Vec<String>,
    log: Mutex<KeptLog>,
}

impl Control {
    pub fn new(token: &Secret, apps: Vec<String>) -> Self {
        Self {
            token: SecretDigest::of(token),
            apps,
            log: Mutex::default(),
        }
    }

    pub fn keep(&self, exchange: &Exchange) {
        self.log().push(LogEntry::from(exchange));
    }

    fn log(&self) -> MutexGuard<'_, KeptLog> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lets_in(&self, headers: &HeaderMap) -> bool {
        let mut all = headers.get_all(header::AUTHORIZATION).iter();
        let (Some(one), None) = (all.next(), all.next()) else {
            return false;
        };
        let credentials = one.to_str().ok().and_then(|text| text.split_once(' '));
        credentials.is_some_and(|(scheme, token)| {
            scheme.eq_ignore_ascii_case("Bearer") && self.token.matches(token)
        })
    }
}

type Controlled = State<Arc<Control>>;

pub(super) fn router(control: Arc<Control>, port: u16) -> Router<Server> {
    let guarded = Arc::clone(&control);
    let usage_control = Arc::clone(&control);
    let guard = move |request: Request, next: Next| {
        let control = Arc::clone(&guarded);
        async move { guard(&control, request, next).await }
    };
    let log = Router::new()
        .route("/__devconsole/log", get(read_log).delete(clear_log))
        .with_state(control);
    let usage = move |server, query| read_usage(usage_control, server, query);
    let faults = get(list_faults).put(arm_faults).delete(disarm_faults);
    Router::new()
        .route("/__devconsole/faults", faults)
        .route("/__devconsole/usage", get(usage))
        .merge(log)
        .layer(middleware::from_fn(whole_body))
        .layer(middleware::from_fn(guard))
        .layer(middleware::from_fn(move |request, next| {
            gate::for_port(port, request, next)
        }))
}

async fn guard(control: &Control, request: Request, next: Next) -> Response {
    if request.headers().contains_key(header::ORIGIN) {
        let why = "Requests with an Origin header are refused: pages have no access.";
        return refused(StatusCode::FORBIDDEN, why);
    }
    if !control.lets_in(request.headers()) {
        let why = "Send Authorization: Bearer, with the control_token of the credentials file.";
        let mut response = refused(StatusCode::UNAUTHORIZED, why);
        let challenge = HeaderValue::from_static("Bearer realm=\"devconsole\"");
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, challenge);
        return response;
    }
    next.run(request).await
}

fn refused(status: StatusCode, why: impl Into<String>) -> Response {
    json_answer(status, &json!({ "message": why.into() }))
}

async fn read_log(State(control): Controlled, RawQuery(query): RawQuery) -> Response {
    match asked(&control, query.as_deref().unwrap_or_default()) {
        Ok((after, app)) => {
            let document = control.log().document(after, app.as_deref());
            json_answer(StatusCode::OK, &document)
        }
        Err(response) => *response,
    }
}

/// Which operations the apps called, up to this request.
async fn read_usage(
    control: Arc<Control>,
    State(server): State<Server>,
    RawQuery(query): RawQuery,
) -> Response {
    let asked = match asked(&control, query.as_deref().unwrap_or_default()) {
        Ok((0, app)) => app,
        Ok(_) => return refused(StatusCode::BAD_REQUEST, "The only parameter is app."),
        Err(response) => return *response,
    };
    let all = || control.apps.iter().map(String::as_str).collect();
    let names: Vec<&str> = asked.as_deref().map_or_else(all, |name| vec![name]);
    let read =
        write_now(&server).and_then(|()| UsageDocument::of(&mut server.cache().workspace, &names));
    match read {
        Ok(document) => json_answer(StatusCode::OK, &document),
        Err(error) => refused(StatusCode::SERVICE_UNAVAILABLE, error.to_string()),
    }
}

/// The parameters `after` and `app`. Any other one is refused: a test that reads the wrong entries
/// proves nothing.
fn asked(control: &Control, query: &str) -> Result<(u64, Option<String>), Box<Response>> {
    let refused = |status, why: &str| Err(Box::new(refused(status, why)));
    let (mut after, mut app) = (0, None);
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match (name.as_ref(), value.parse()) {
            ("after", Ok(number)) => after = number,
            ("after", Err(_)) => {
                return refused(StatusCode::BAD_REQUEST, "after must be a number.");
            }
            ("app", _) if control.apps.iter().any(|known| *known == value) => {
                app = Some(value.into_owned());
            }
            ("app", _) => return refused(StatusCode::NOT_FOUND, "No app has this name."),
            _ => {
                let why = "The only parameters are after and app.";
                return refused(StatusCode::BAD_REQUEST, why);
            }
        }
    }
    Ok((after, app))
}

async fn clear_log(State(control): Controlled) -> Response {
    control.log().clear();
    StatusCode::NO_CONTENT.into_response()
}

async fn list_faults(State(server): State<Server>) -> Response {
    let armed = server.faults.armed().into_iter();
    let document = FaultsDocument {
        schema: "serve.faults/1",
        faults: armed
            .map(|(fault, armed)| (fault.into(), armed.label()))
            .collect(),
    };
    json_answer(StatusCode::OK, &document)
}

#[derive(Serialize)]
struct FaultsDocument {
    schema: &'static str,
    faults: BTreeMap<&'static str, &'static str>,
}

/// Switches on all of the named faults, or none.
async fn arm_faults(server: State<Server>, body: Bytes) -> Response {
    match wanted(&body) {
        Ok(wanted) => {
            for (fault, armed) in wanted {
                server.faults.arm(fault, armed);
            }
            list_faults(server).await
        }
        Err(why) => refused(StatusCode::BAD_REQUEST, why),
    }
}

fn wanted(body: &[u8]) -> Result<Vec<(Fault, Armed)>, String> {
    let named: BTreeMap<String, String> = serde_json::from_slice(body)
        .map_err(|_| "Send a JSON object, e.g. {\"too_many_requests\": \"once\"}.".to_owned())?;
    let read = named.iter().map(|(name, how)| {
        let fault: Fault = name.parse().map_err(|_| {
            let all: Vec<&str> = Fault::ALL.iter().map(|&one| one.into()).collect();
            format!("Unknown fault. The faults are {}.", all.join(", "))
        })?;
        let armed = Armed::VARIANTS.iter().find(|armed| armed.label() == how);
        let armed = armed.ok_or_else(|| format!("{name}: Use off, once or always."))?;
        Ok((fault, *armed))
    });
    read.collect()
}

async fn disarm_faults(State(server): State<Server>) -> Response {
    for fault in Fault::ALL {
        server.faults.arm(*fault, Armed::Off);
    }
    StatusCode::NO_CONTENT.into_response()
}
