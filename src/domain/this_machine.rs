//! Which hosts are this machine. Everything asks here: redirect URIs, origins of pages, the `Host`
//! of a request, webhooks, the proxy.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::Url;

/// `127.0.0.0/8`, `[::1]`, `localhost` and names below it (RFC 6761 §6.3), in any case. `host` is
/// as in a URL, with an IPv6 address in brackets.
pub fn is_host(host: &str) -> bool {
    is_localhost_name(host) || address(host).is_some()
}

/// Whether a URL leads to this machine.
pub fn is_url(url: &Url) -> bool {
    url.host_str().is_some_and(is_host)
}

/// A name: a resolver could return another address (RFC 8252 §8.3).
pub fn is_localhost_name(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let below = match host.strip_suffix("localhost") {
        Some("") => return true,
        Some(below) => below,
        None => return false,
    };
    let is_of_label = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    below.strip_suffix('.').is_some_and(|labels| {
        labels
            .split('.')
            .all(|label| !label.is_empty() && label.bytes().all(is_of_label))
    })
}

/// The loopback address that the text spells.
pub fn address(host: &str) -> Option<IpAddr> {
    let address = match host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        Some(inner) => IpAddr::V6(inner.parse::<Ipv6Addr>().ok()?),
        None => IpAddr::V4(host.parse::<Ipv4Addr>().ok()?),
    };
    address.is_loopback().then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_this_machine() {
        for host in [
            "127.0.0.1",
            "127.9.9.9",
            "[::1]",
            "localhost",
            "LocalHost",
            "a.localhost",
            "my-app.api_2.localhost",
        ] {
            assert!(is_host(host), "{host}");
        }
        for host in [
            "",
            "128.0.0.1",
            "testlocalhost",
            "127.0.0.1.a.example",
            "localhost.a.example",
            "0.0.0.0",
            "[::]",
            "[::2]",
            "::1",
            "[127.0.0.1]",
            "10.0.0.1",
            ".localhost",
            "a..localhost",
            "\"<x>.localhost",
            "a b.localhost",
            "127.1",
        ] {
            assert!(!is_host(host), "{host}");
        }
    }

    #[test]
    fn a_url_is_judged_by_its_host() {
        for (url, expected) in [
            ("http://spa.localhost:5173/x", true),
            ("https://127.0.0.2", true),
            ("http://[::1]:1/", true),
            ("https://app.example/?localhost", false),
            ("com.example.app:/cb", false),
        ] {
            assert_eq!(is_url(&Url::parse(url).unwrap()), expected, "{url}");
        }
    }
}
