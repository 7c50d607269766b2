//! The log of all requests and answers, without secrets.

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
    Server,
    answer::LogContext,
    gate, now,
    redact::{asked, request_text, response_text},
};
use crate::domain::{oauth::exchange::Exchange, text::displayable};

/// Sends log entries to a receiver.
pub struct Journal {
    numbers: Arc<AtomicU64>,
    send: Box<dyn Fn(Exchange) + Send + Sync>,
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Journal(..)")
    }
}

impl Journal {
    pub fn new(send: Box<dyn Fn(Exchange) + Send + Sync>) -> Self {
        Self::counting(Arc::new(AtomicU64::new(1)), send)
    }

    /// Continues the numbers of an earlier journal, so that each number stands for one request.
    pub fn counting(numbers: Arc<AtomicU64>, send: Box<dyn Fn(Exchange) + Send + Sync>) -> Self {
        Self { numbers, send }
    }
}

/// A line for a file or a pipe.
pub fn line(exchange: Exchange) -> String {
    let app = exchange
        .app
        .map_or_else(String::new, |(_, name)| format!(" {name}"));
    let who = exchange
        .acts_as
        .map_or_else(String::new, |who| format!(" as {}", who.name));
    let why = exchange
        .diagnosis
        .map_or_else(String::new, |why| format!(": {}", why.row().what));
    let text = format!(
        "{} {} {}{app}{who} {} {}.{:01} ms{why}",
        exchange.at.date_time(),
        exchange.status,
        exchange.what,
        exchange.result,
        exchange.took_us / 1000,
        exchange.took_us % 1000 / 100,
    );
    displayable(&text).into_owned()
}

/// Wraps every request.
pub(super) async fn record(State(server): State<Server>, request: Request, next: Next) -> Response {
    let (at, since) = (now(), Instant::now());
    let Some(journal) = server.journal.clone() else {
        return gate::for_port(server.port, request, next).await;
    };
    let (copy, body) = request.into_parts();
    // It is in memory already.
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let request = Request::from_parts(copy.clone(), body.clone().into());
    let response = gate::for_port(server.port, request, next).await;
    let took_us = u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX);

    let (answer, answer_body) = response.into_parts();
    let Ok(answer_body) = to_bytes(answer_body, 4_000_000).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let log = answer
        .extensions
        .get::<LogContext>()
        .cloned()
        .unwrap_or_default();
    let diagnosis = log.why();
    let result = match log.code {
        Some(code) => code,
        // The answer looks right, but a fault changed it.
        None if log.struck.is_some() => "fault",
        None => plain(answer.status),
    };
    let exchange = Exchange {
        number: journal.numbers.fetch_add(1, Ordering::Relaxed),
        at,
        took_us,
        what: log.what.map_or_else(|| asked(&copy), ToOwned::to_owned),
        status: answer.status.as_u16(),
        result: result.to_owned(),
        request: request_text(&copy, &body),
        response: response_text(
            answer.status,
            &answer.headers,
            &answer_body,
            log.hidden.as_deref(),
        ),
        app: log.app,
        acts_as: log.acts_as,
        diagnosis,
    };
    (journal.send)(exchange);
    Response::from_parts(answer, Body::from(answer_body))
}

/// The result of an answer without an error code.
fn plain(status: StatusCode) -> &'static str {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => "too large",
        _ if status.is_client_error() => "refused",
        _ if status.is_server_error() => "failed",
        _ => "ok",
    }
}
