//! The log: every request and its answer, without secrets. What a request carries is shown when
//! it is known to be harmless, and is a length otherwise.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use serde_json::Value;

use super::{
    Platform,
    answer::{Refusal, Told, name_fault},
    is_for_us, not_for_us, now,
};
use crate::domain::{
    credential::ID_LEN, exchange::Exchange, fault::Fault, password::MIN_CHARS, text::displayable,
};

/// Of a request.
pub(super) const BODY_MAX: usize = 64 * 1024;
const SLOW: Duration = Duration::from_secs(5);
const RETRY_S: u64 = 2;
/// Of a parameter that is shown.
const SHOWN_MAX: usize = 300;
/// No parameter has a longer name, and every secret is longer: a body that is a token and nothing
/// else reads as a name without a value.
const NAME_MAX: usize = 32;

/// Parameters that hold no secret when they are used as they should be.
const HARMLESS: [&str; 25] = [
    "access_token_ttl",
    "action",
    "brandId",
    "brand_id",
    "client_id",
    "code_challenge",
    "code_challenge_method",
    "display",
    "endpoint_id",
    "error",
    "error_description",
    "expires_in",
    "grant_type",
    "iss",
    "localeId",
    "max_age",
    "nonce",
    "prompt",
    "redirect_uri",
    "refresh_token_ttl",
    "response_type",
    "scope",
    "token_type_hint",
    "ui_locales",
    "ui_options",
];
const SECRET_FIELDS: [&str; 3] = ["access_token", "refresh_token", "id_token"];

/// Where exchanges go.
pub struct Journal {
    numbers: Arc<AtomicU64>,
    tell: Box<dyn Fn(Exchange) + Send + Sync>,
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Journal(..)")
    }
}

impl Journal {
    pub fn new(tell: Box<dyn Fn(Exchange) + Send + Sync>) -> Self {
        Self::counting(Arc::default(), tell)
    }

    /// Goes on counting where another one stopped, so that a number names one exchange.
    pub fn counting(numbers: Arc<AtomicU64>, tell: Box<dyn Fn(Exchange) + Send + Sync>) -> Self {
        Self { numbers, tell }
    }
}

/// For a file or a pipe.
pub fn line(exchange: Exchange) -> String {
    let app = exchange
        .app
        .map_or_else(String::new, |(_, name)| format!(" {name}"));
    let why = exchange
        .diagnosis
        .map_or_else(String::new, |why| format!(": {}", why.row().what));
    let text = format!(
        "{} {} {}{app} {} {}.{:01} ms{why}",
        exchange.at.date_time(),
        exchange.status,
        exchange.what,
        exchange.result,
        exchange.took_us / 1000,
        exchange.took_us % 1000 / 100,
    );
    displayable(&text).into_owned()
}

/// Around every request: faults that concern all of them, and the log.
pub(super) async fn record(
    State(platform): State<Platform>,
    request: Request,
    next: Next,
) -> Response {
    let (at, since) = (now(), Instant::now());
    let slow = platform.faults.strikes(Fault::Slow).then_some(Fault::Slow);
    if slow.is_some() {
        tokio::time::sleep(SLOW).await;
    }
    let Some(journal) = platform.journal.clone() else {
        return answered(&platform, request, next).await;
    };
    let (parts, body) = request.into_parts();
    let copy = parts.clone();
    let (body, response) = match to_bytes(body, BODY_MAX).await {
        Ok(body) => {
            let request = Request::from_parts(parts, Body::from(body.clone()));
            (body, answered(&platform, request, next).await)
        }
        // Too large, or its sender is gone and hears no answer.
        Err(_) => (Bytes::new(), StatusCode::PAYLOAD_TOO_LARGE.into_response()),
    };
    let took_us = u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX);

    let (answer, answer_body) = response.into_parts();
    let Ok(answer_body) = to_bytes(answer_body, 4_000_000).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut told = answer.extensions.get::<Told>().cloned().unwrap_or_default();
    // A slow answer fails by itself alone: what else is wrong is told first.
    if told.diagnosis.is_none() {
        told.struck = told.struck.or(slow);
    }
    let diagnosis = told.why();
    let result = match told.code {
        Some(code) => code,
        // It looks fine and is not.
        None if told.struck.is_some() => "fault",
        None => plain(answer.status),
    };
    let exchange = Exchange {
        number: journal.numbers.fetch_add(1, Ordering::Relaxed),
        at,
        took_us,
        what: told.what.map_or_else(
            || displayable(&format!("{} {}", copy.method, copy.uri.path())).into_owned(),
            ToOwned::to_owned,
        ),
        status: answer.status.as_u16(),
        result: result.to_owned(),
        request: request_text(&copy, &body, told.hidden.as_deref()),
        response: response_text(
            answer.status,
            &answer.headers,
            &answer_body,
            told.hidden.as_deref(),
        ),
        app: told.app,
        diagnosis,
    };
    (journal.tell)(exchange);
    let mut response = Response::from_parts(answer, Body::from(answer_body));
    name_fault(&mut response, told.struck);
    response
}

/// What is said of an answer that has no code of its own.
fn plain(status: StatusCode) -> &'static str {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => "too large",
        _ if status.is_client_error() => "refused",
        _ if status.is_server_error() => "failed",
        _ => "ok",
    }
}

async fn answered(platform: &Platform, request: Request, next: Next) -> Response {
    if !is_for_us(request.headers(), platform.port) {
        return not_for_us(platform.port);
    }
    let mut told = Told::default();
    if told.strikes(&platform.faults, Fault::Unavailable) {
        let refusal = Refusal::bad("temporarily_unavailable", "DEV-503", "Service unavailable")
            .with_status(StatusCode::SERVICE_UNAVAILABLE)
            .after_s(RETRY_S);
        told.refused(&refusal);
        return told.onto(refusal.of_oauth());
    }
    next.run(request).await
}

fn request_text(parts: &Parts, body: &Bytes, hidden: Option<&str>) -> String {
    let mut lines = vec![format!("{} {}", parts.method, parts.uri.path())];
    if let Some(query) = parts.uri.query() {
        lines.extend(parameters(query.as_bytes()).map(|line| format!("  ?{line}")));
    }
    for name in [
        header::AUTHORIZATION,
        header::CONTENT_TYPE,
        header::USER_AGENT,
    ] {
        if let Some(value) = parts.headers.get(&name) {
            let value = value.to_str().unwrap_or("[not text]");
            let value = if name == header::AUTHORIZATION {
                authorization(value)
            } else {
                short(value)
            };
            lines.push(format!("{name}: {value}"));
        }
    }
    let is_form = parts
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if is_form {
        lines.extend(parameters(body).map(|line| format!("  {line}")));
    } else if !body.is_empty() {
        lines.push(format!("  [{} bytes]", body.len()));
    }
    clean(&lines, hidden)
}

fn response_text(
    status: StatusCode,
    headers: &HeaderMap,
    body: &Bytes,
    hidden: Option<&str>,
) -> String {
    let mut lines = vec![status.to_string()];
    for name in [
        header::CONTENT_TYPE,
        header::WWW_AUTHENTICATE,
        header::RETRY_AFTER,
    ] {
        if let Some(value) = headers.get(&name).and_then(|value| value.to_str().ok()) {
            lines.push(format!("{name}: {}", short(value)));
        }
    }
    if let Some(to) = headers
        .get(header::LOCATION)
        .and_then(|to| to.to_str().ok())
    {
        let (path, query) = to.split_once('?').unwrap_or((to, ""));
        lines.push(format!("location: {}", short(path)));
        lines.extend(parameters(query.as_bytes()).map(|line| format!("  ?{line}")));
    }
    if let Ok(mut json) = serde_json::from_slice::<Value>(body) {
        redact(&mut json, hidden);
        if let Ok(text) = serde_json::to_string_pretty(&json) {
            lines.extend(text.lines().map(|line| format!("  {line}")));
        }
    } else if !body.is_empty() {
        lines.push(format!("  [{} bytes]", body.len()));
    }
    clean(&lines, hidden)
}

fn parameters(text: &[u8]) -> impl Iterator<Item = String> {
    url::form_urlencoded::parse(text).map(|(name, value)| {
        // A Client Secret, or a password, that was put where the ID belongs.
        let is_no_id = name == "client_id" && !may_be_shown_as_id(&value);
        let is_harmless = HARMLESS.contains(&name.as_ref()) && !is_no_id;
        if is_harmless || value.is_empty() {
            format!("{}={}", word(&name), short(&value))
        } else {
            format!("{}={}", word(&name), withheld(&value))
        }
    })
}

/// What was sent as a Client ID and may be one, or a piece of one: passwords have twelve characters
/// at least, and every secret is longer than an ID.
pub(super) fn may_be_shown_as_id(text: &str) -> bool {
    let is_of_one = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    (text.len() == ID_LEN || text.len() < MIN_CHARS) && text.bytes().all(is_of_one)
}

/// A name, unless it is too long for one.
fn word(text: &str) -> String {
    if is_too_long_for_a_name(text) {
        withheld(text)
    } else {
        text.to_owned()
    }
}

pub(super) fn is_too_long_for_a_name(text: &str) -> bool {
    text.chars().nth(NAME_MAX).is_some()
}

fn withheld(value: &str) -> String {
    format!("[{} characters]", value.chars().count())
}

fn authorization(value: &str) -> String {
    let (scheme, rest) = value.split_once(' ').unwrap_or(("", value));
    format!("{} {}", word(scheme), withheld(rest))
}

fn short(text: &str) -> String {
    text.chars().take(SHOWN_MAX).collect()
}

/// Before it is written down: a text that has quotes reads otherwise afterwards.
fn redact(json: &mut Value, hidden: Option<&str>) {
    match json {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if SECRET_FIELDS.contains(&name.as_str()) => {
                        *text = withheld(text);
                    }
                    _ => redact(value, hidden),
                }
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|one| redact(one, hidden)),
        Value::String(text) => *text = without(text, hidden),
        _ => {}
    }
}

/// What was sent as a Client ID and is none is perhaps the secret.
fn clean(lines: &[String], hidden: Option<&str>) -> String {
    let clean: Vec<String> = lines
        .iter()
        .map(|line| displayable(&without(line, hidden)).into_owned())
        .collect();
    clean.join("\n")
}

fn without(text: &str, hidden: Option<&str>) -> String {
    match hidden {
        Some(hidden) if !hidden.is_empty() => text.replace(hidden, &withheld(hidden)),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_to_be_harmless_is_shown() {
        let request = Request::builder()
            .uri("/restapi/oauth/token?state=st4te&client_id=abc")
            .header("authorization", "Basic c2VjcmV0")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(())
            .unwrap();
        let body =
            Bytes::from_static(b"grant_type=x&assertion=s3cret&client_id=abc&unheard=s3cret");
        let text = request_text(&request.into_parts().0, &body, Some("abc"));
        assert!(text.contains("grant_type=x"), "{text}");
        for secret in ["s3cret", "c2VjcmV0", "st4te", "abc"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        let body = Bytes::from_static(br#"{"access_token":"s3cret","scope":"SMS"}"#);
        let text = response_text(StatusCode::OK, &HeaderMap::new(), &body, None);
        assert!(text.contains("SMS") && !text.contains("s3cret"), "{text}");
    }

    #[test]
    fn a_secret_in_the_wrong_place_is_withheld_too() {
        let secret = "s3cret".repeat(8);
        let request = Request::builder()
            .method("POST")
            .uri("/restapi/oauth/token")
            .header("authorization", format!("{secret} x"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(())
            .unwrap();
        let parts = request.into_parts().0;
        for body in [
            secret.clone(),
            format!("{secret}=1"),
            format!("client_id={secret}&client_id=abc"),
        ] {
            let text = request_text(&parts, &Bytes::from(body), None);
            assert!(!text.contains(&secret), "{text}");
        }
        let id = format!("\"{secret}\"\n");
        let body = serde_json::json!({ "errors": [{ "message": format!("Invalid: {id}") }] });
        let body = Bytes::from(body.to_string());
        let text = response_text(StatusCode::OK, &HeaderMap::new(), &body, Some(&id));
        assert!(
            text.contains("Invalid: [") && !text.contains(&secret),
            "{text}"
        );
    }
}
