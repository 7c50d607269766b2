//! Compares our reading of a redirect URI with that of the `url` crate, which follows browsers: it
//! accepts everything we accept, and reads the same scheme, host, port, path and query. The text
//! after a line break is presented in a request: it must be the same, or for a native app the same
//! on this machine with another port.

use devconsole::domain::app::redirect_uri::{LoopbackPort, RedirectPolicy, RedirectUri};
use url::{Host, Url};

const POLICIES: [RedirectPolicy; 3] = [
    RedirectPolicy::Confidential,
    RedirectPolicy::BrowserBased,
    RedirectPolicy::Native,
];

fn is_this_machine(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    }
}

/// The parts that are compared, except the port.
fn without_port(text: &str) -> Option<String> {
    let mut url = Url::parse(text).ok()?;
    let is_loopback = url.host().is_some_and(|host| is_this_machine(&host));
    if url.scheme() != "http" || !is_loopback {
        return None;
    }
    url.set_port(None).ok()?;
    Some(url.into())
}

fn matching(uri: &RedirectUri, presented: &str, policy: RedirectPolicy) {
    let exact = uri.matches(presented, policy, LoopbackPort::Exact);
    assert_eq!(exact, uri.as_str() == presented, "{presented:?}");
    let fits = uri.matches(presented, policy, LoopbackPort::FreeForNative);
    if policy != RedirectPolicy::Native || !fits {
        assert_eq!(fits, uri.as_str() == presented, "{presented:?}");
        return;
    }
    let known = RedirectUri::parse(presented, policy).expect("one that might be registered");
    let back = known.matches(uri.as_str(), policy, LoopbackPort::FreeForNative);
    assert!(back, "either way round");
    if uri.as_str() != presented {
        let ours = without_port(uri.as_str()).expect("on this machine");
        let theirs = without_port(presented).expect("on this machine");
        assert_eq!(ours, theirs);
    }
}

/// The text whose reading is compared.
pub fn redirect_uri(text: &str) {
    let (text, presented) = text.split_once('\n').unwrap_or((text, text));
    for policy in POLICIES {
        let Ok(uri) = RedirectUri::parse(text, policy) else {
            continue;
        };
        matching(&uri, presented, policy);
        if without_port(text).is_some() {
            let start = "http://".len();
            let rest = text.get(start..).unwrap_or_default();
            let end = start + rest.find(['/', '?']).unwrap_or(rest.len());
            let (authority, tail) = text.split_at(end);
            let host = authority.trim_end_matches(|c: char| c.is_ascii_digit());
            let host = match host.strip_suffix(':') {
                Some(host) => host,
                None => authority,
            };
            let other = format!("{host}:49152{tail}");
            let is_any = policy == RedirectPolicy::Native;
            assert_eq!(
                uri.matches(&other, policy, LoopbackPort::FreeForNative),
                is_any || other == text,
                "{other:?}"
            );
        }
        assert_eq!(uri.as_str(), text, "kept byte for byte");
        assert!(uri.matches(text, policy, LoopbackPort::Exact));
        let _ = uri.warnings(policy);
        for other in [
            text.to_uppercase(),
            format!("{text}/"),
            format!("{text}?"),
            format!("{text}#"),
        ] {
            let fits = uri.matches(&other, policy, LoopbackPort::FreeForNative);
            assert!(other == text || !fits, "{other:?}");
        }
        let peer = Url::parse(text).expect("what we accept, the url crate accepts");
        let (scheme, rest) = text.split_once(':').expect("a scheme");
        assert!(scheme.eq_ignore_ascii_case(peer.scheme()), "{text:?}");
        assert_eq!(peer.fragment(), None, "{text:?}");
        assert!(
            peer.username().is_empty() && peer.password().is_none(),
            "{text:?}"
        );
        // A web browser encodes this one character differently.
        let is_web = matches!(peer.scheme(), "http" | "https");
        let quote = if is_web { "%27" } else { "'" };
        assert_eq!(
            peer.query().map(str::to_owned),
            text.split_once('?')
                .map(|(_, query)| query.replace('\'', quote)),
            "{text:?}"
        );
        if let Some(authority) = rest.strip_prefix("//") {
            let authority = authority.split(['/', '?']).next().unwrap_or_default();
            let host = peer.host_str().unwrap_or_default();
            assert!(
                authority.to_ascii_lowercase().starts_with(host),
                "{text:?}: {host:?}"
            );
        }
    }
}
