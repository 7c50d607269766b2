//! Checks for all requests: whether the request is for this server, and faults that affect every
//! path.

use std::time::Duration;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::{
    Server, Shared,
    answer::{LogContext, Refusal, name_fault},
};
use crate::domain::{
    oauth::{diagnosis::Diagnosis, fault::Fault},
    this_machine,
};

const SLOW: Duration = Duration::from_secs(5);
const RETRY_S: u64 = 2;

/// Replaces a body that was not read to its end.
#[derive(Clone, Copy)]
struct TooLarge;

pub(super) fn too_large(parts: Parts) -> Request {
    let mut request = Request::from_parts(parts, Body::empty());
    request.extensions_mut().insert(TooLarge);
    request
}

/// Runs first: a page on another site whose name resolves to this machine (DNS rebinding) must
/// learn nothing.
pub(super) async fn for_us(shared: &Shared, request: Request, next: Next) -> Response {
    if is_for_us(request.headers(), shared.port) {
        return next.run(request).await;
    }
    let port = shared.port;
    let said =
        format!("This server answers to localhost, 127.0.0.1 and [::1] with port {port} only.\n");
    (StatusCode::MISDIRECTED_REQUEST, said).into_response()
}

fn is_for_us(headers: &HeaderMap, port: u16) -> bool {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let Some(host) = host else {
        return false;
    };
    let (name, sent) = match host.rsplit_once(':') {
        Some((name, sent)) if !sent.ends_with(']') => (name, sent.parse().ok()),
        _ => (host, Some(80)),
    };
    sent == Some(port) && this_machine::is_host(name)
}

/// Faults that affect all requests. CORS preflights are spared: a page would not see their answer.
pub(super) async fn faults(State(server): State<Server>, request: Request, next: Next) -> Response {
    let is_slow = server.faults.strikes(Fault::Slow);
    if is_slow {
        tokio::time::sleep(SLOW).await;
    }
    let mut response = answered(&server, request, next).await;
    if is_slow {
        slowed(&mut response);
    }
    response
}

async fn answered(shared: &Shared, request: Request, next: Next) -> Response {
    if request.extensions().get::<TooLarge>().is_some() {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    }
    let mut log = LogContext::default();
    if log.strikes(&shared.faults, Fault::Unavailable) {
        let refusal = Refusal::bad("temporarily_unavailable", "DEV-503", "Service unavailable")
            .with_status(StatusCode::SERVICE_UNAVAILABLE)
            .after_s(RETRY_S);
        log.refused(&refusal);
        return log.onto(refusal.of_oauth());
    }
    next.run(request).await
}

/// Slowness is only reported if nothing else went wrong.
fn slowed(response: &mut Response) {
    let log: &mut LogContext = response.extensions_mut().get_or_insert_default();
    let is_fine = log.diagnosis.as_ref().is_none_or(Diagnosis::is_warning);
    if is_fine && log.struck.is_none() {
        log.struck = Some(Fault::Slow);
        name_fault(response, Some(Fault::Slow));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_for_us_by_any_name_of_this_machine_and_our_port() {
        let is = |host: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            is_for_us(&headers, 8228)
        };
        for host in [
            "127.0.0.1:8228",
            "[::1]:8228",
            "LOCALHOST:8228",
            "api.localhost:8228",
        ] {
            assert!(is(host), "{host}");
        }
        for host in [
            "",
            "localhost",
            "localhost:8229",
            "evil.example:8228",
            "localhost.evil.example:8228",
            "[::1]",
            "::1:8228",
            "a b.localhost:8228",
        ] {
            assert!(!is(host), "{host}");
        }
        assert!(!is_for_us(&HeaderMap::new(), 8228));
    }
}
