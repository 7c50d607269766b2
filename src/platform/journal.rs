//! The log: every request and its answer, without secrets.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::{
    Platform,
    answer::Told,
    gate, now,
    redact::{asked, request_text, response_text},
};
use crate::domain::{exchange::Exchange, text::displayable};

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

/// Around every request.
pub(super) async fn record(
    State(platform): State<Platform>,
    request: Request,
    next: Next,
) -> Response {
    let (at, since) = (now(), Instant::now());
    let (request, body) = gate::received(request).await;
    let Some(journal) = platform.journal.clone() else {
        return gate::for_us(&platform, request, next).await;
    };
    let (copy, rest) = request.into_parts();
    let request = Request::from_parts(copy.clone(), rest);
    let response = gate::for_us(&platform, request, next).await;
    let took_us = u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX);

    let (answer, answer_body) = response.into_parts();
    let Ok(answer_body) = to_bytes(answer_body, 4_000_000).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let told = answer.extensions.get::<Told>().cloned().unwrap_or_default();
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
            || displayable(&asked(&copy)).into_owned(),
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
    Response::from_parts(answer, Body::from(answer_body))
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
