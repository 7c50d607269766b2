//! Our own reading of a redirect URI against that of the `url` crate, which browsers' rules are
//! behind: what we accept, it accepts too, and reads the same scheme, host, port, path and query.

use devconsole::domain::redirect_uri::{RedirectPolicy, RedirectUri};
use url::Url;

const POLICIES: [RedirectPolicy; 3] = [
    RedirectPolicy::Confidential,
    RedirectPolicy::BrowserBased,
    RedirectPolicy::Native,
];

/// The text whose reading is compared.
pub fn redirect_uri(text: &str) {
    for policy in POLICIES {
        let Ok(uri) = RedirectUri::parse(text, policy) else {
            continue;
        };
        assert_eq!(uri.as_str(), text, "kept byte for byte");
        assert!(uri.matches(text, policy));
        let _ = uri.warnings(policy);
        for other in [
            text.to_uppercase(),
            format!("{text}/"),
            format!("{text}?"),
            format!("{text}#"),
        ] {
            assert!(other == text || !uri.matches(&other, policy), "{other:?}");
        }
        let peer = Url::parse(text).expect("what we accept, the url crate accepts");
        let (scheme, rest) = text.split_once(':').expect("a scheme");
        assert!(scheme.eq_ignore_ascii_case(peer.scheme()), "{text:?}");
        assert_eq!(peer.fragment(), None, "{text:?}");
        assert!(
            peer.username().is_empty() && peer.password().is_none(),
            "{text:?}"
        );
        // A web browser spells this one character otherwise when it goes there.
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
