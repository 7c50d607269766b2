//! Checks for all requests: whether the request is for this server, and faults that affect every
//! path.

use std::{future::poll_fn, pin::Pin, time::Duration};

use axum::{
    body::{Body, Bytes, HttpBody as _},
    extract::{Request, State},
    http::{HeaderMap, StatusCode, Uri, header},
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

/// What is kept of a body.
const BODY_MAX: usize = 64 * 1024;
/// What is read of a body at all. RingCentral takes faxes of up to 50 MB.
const READ_MAX: usize = 64 * 1024 * 1024;

/// In place of a body that is too large, or that broke off: how it is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct NotWhole(StatusCode);

/// Reads a body. Of one that is too large the rest is read and dropped: a client that is still
/// sending would be cut off before it reads the answer.
pub(super) async fn received(request: Request) -> (Request, Bytes) {
    let (parts, mut body) = request.into_parts();
    match kept_of(&mut body).await {
        Ok(kept) => (Request::from_parts(parts, Body::from(kept.clone())), kept),
        Err(refused) => {
            let mut request = Request::from_parts(parts, Body::empty());
            request.extensions_mut().insert(refused);
            (request, Bytes::new())
        }
    }
}

async fn kept_of(body: &mut Body) -> Result<Bytes, NotWhole> {
    let (mut kept, mut seen) = (Vec::new(), 0_usize);
    while let Some(frame) = poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await {
        let frame = frame.map_err(|_| NotWhole(StatusCode::BAD_REQUEST))?;
        let data = frame.into_data().unwrap_or_default();
        seen = seen.saturating_add(data.len());
        if seen <= BODY_MAX {
            kept.extend_from_slice(&data);
        }
        if seen > READ_MAX {
            break;
        }
    }
    if seen > BODY_MAX {
        return Err(NotWhole(StatusCode::PAYLOAD_TOO_LARGE));
    }
    Ok(kept.into())
}

/// Of the endpoints that read their body. An operation of the API is answered whatever is sent to
/// it, e.g. a fax.
pub(super) async fn whole_body(request: Request, next: Next) -> Response {
    match request.extensions().get() {
        Some(NotWhole(status)) => status.into_response(),
        None => next.run(request).await,
    }
}

/// Runs first: a page on another site whose name resolves to this machine (DNS rebinding) must
/// learn nothing.
pub(super) async fn for_us(shared: &Shared, request: Request, next: Next) -> Response {
    if is_for_us(request.uri(), request.headers(), shared.port) {
        return next.run(request).await;
    }
    let port = shared.port;
    let text =
        format!("This server answers to localhost, 127.0.0.1 and [::1] with port {port} only.\n");
    (StatusCode::MISDIRECTED_REQUEST, text).into_response()
}

/// A request has one `Host`, and an absolute target must not name another (RFC 9112 §3.2): answers
/// use it as the issuer.
fn is_for_us(uri: &Uri, headers: &HeaderMap, port: u16) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return false;
    };
    let Ok(host) = host.to_str() else {
        return false;
    };
    if uri.authority().is_some_and(|authority| authority != host) {
        return false;
    }
    let name = host.strip_suffix(&format!(":{port}"));
    name.or((port == 80).then_some(host))
        .is_some_and(this_machine::is_host)
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
        let is = |host: &str| is_for_us(&Uri::default(), &headers_of(&[host]), 8228);
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
            "127.0.0.1:08228",
            "127.0.0.1:+8228",
            "user@127.0.0.1:8228",
        ] {
            assert!(!is(host), "{host}");
        }
        for (host, expected) in [
            ("localhost", true),
            ("[::1]:80", true),
            ("localhost:81", false),
        ] {
            let found = is_for_us(&Uri::default(), &headers_of(&[host]), 80);
            assert_eq!(found, expected, "{host}");
        }
    }

    #[test]
    fn a_request_that_names_no_host_or_two_is_not_for_us() {
        let ours = "127.0.0.1:8228";
        let path = Uri::from_static("/restapi");
        for hosts in [&[][..], &[ours, ours], &[ours, "evil.example:8228"]] {
            assert!(!is_for_us(&path, &headers_of(hosts), 8228), "{hosts:?}");
        }
        for (target, expected) in [
            ("http://127.0.0.1:8228/restapi", true),
            ("http://evil.example:8228/restapi", false),
            ("http://localhost:8228/restapi", false),
        ] {
            let uri = Uri::from_static(target);
            assert_eq!(
                is_for_us(&uri, &headers_of(&[ours]), 8228),
                expected,
                "{target}"
            );
        }
    }

    fn headers_of(hosts: &[&str]) -> HeaderMap {
        let host = |host: &&str| (header::HOST, host.parse().unwrap());
        hosts.iter().map(host).collect()
    }
}
