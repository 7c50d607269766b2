//! Checks for all requests: whether the request is for this server, and faults that affect every
//! path.

use std::time::Duration;

use axum::{
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

/// Runs first, in every listener: a page on another site whose name resolves to this machine (DNS
/// rebinding) must learn nothing and send nothing.
pub async fn for_port(port: u16, request: Request, next: Next) -> Response {
    if is_for_us(request.uri(), request.headers(), port) {
        return next.run(request).await;
    }
    let text = format!(
        "This server accepts only the hosts localhost, 127.0.0.1 and [::1] with port {port}.\n"
    );
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
