//! URLs other than redirect URIs: pages and webhooks that RingCentral calls, and hosts of dialogs.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::Url;

use crate::domain::{
    app::uri_text::{UriText, has_empty_label, is_port, percent_fault},
    this_machine,
};

/// Longest URL, in bytes. Ours: RingCentral's limit is unknown.
pub const MAX_BYTES: usize = 512;

/// Each displays as an instruction.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WebUrlError {
    #[error("Enter a URL.")]
    Empty,
    #[error("Shorten it to 512 bytes.")]
    TooLong,
    #[error("Remove the spaces, or write them as %20.")]
    Space,
    #[error("Remove the line breaks, tabs and other control characters.")]
    Control,
    #[error("Use ASCII only: xn--… in the host, %XX in the path.")]
    NotAscii,
    #[error("Start with https://.")]
    NeedsHttps,
    #[error("Start with https:// (http:// only for 127.0.0.1, [::1], localhost).")]
    HttpNotLoopback,
    #[error("Remove the # and everything after it.")]
    Fragment,
    #[error("Replace \\ with /.")]
    Backslash,
    #[error("Follow each % with two hex digits, and encode no control characters.")]
    BadPercent,
    #[error("Remove the user name before the @.")]
    UserInfo,
    #[error("Add a host after https://.")]
    NoHost,
    #[error("Use a port from 1 to 65535, or remove it.")]
    BadPort,
    #[error("Enter a valid host name, e.g. app.example.com.")]
    BadHost,
    #[error("Write the host as {0}.")]
    HostNotCanonical(String),
    #[error("Start with https:// or with a host name.")]
    DialogNeedsHttps,
    #[error("Use * once, at the start: *.example.com.")]
    MisplacedWildcard,
    #[error("Use a host name with a period: www.example.com or *.example.com.")]
    HostNeedsPeriod,
}

/// A valid absolute URL. Kept as typed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WebUrl(String);

impl WebUrl {
    /// A page for users, e.g. the web installation page of an add-in.
    /// Source: RingCentral's create-app form, whose field begins with `https://`.
    ///
    /// # Errors
    /// The first rule that `text` breaks.
    pub fn parse_https(text: &str) -> Result<Self, WebUrlError> {
        check_bytes(text)?;
        let uri = UriText::split(text).ok_or(WebUrlError::NeedsHttps)?;
        if uri.scheme != "https" {
            return Err(WebUrlError::NeedsHttps);
        }
        check_rest(text, &uri)?;
        Ok(Self(text.to_owned()))
    }

    /// The URL that RingCentral posts events to. Ours, because RingCentral publishes no rule for
    /// the scheme: `https` anywhere, and `http` on this machine for local work.
    ///
    /// # Errors
    /// The first rule that `text` breaks.
    pub fn parse_webhook(text: &str) -> Result<Self, WebUrlError> {
        check_bytes(text)?;
        let uri = UriText::split(text).ok_or(WebUrlError::NeedsHttps)?;
        if !uri.is_http() {
            return Err(WebUrlError::NeedsHttps);
        }
        check_rest(text, &uri)?;
        if uri.scheme == "http" && !this_machine::is_host(uri.host()) {
            return Err(WebUrlError::HttpNotLoopback);
        }
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the URL leads to this machine.
    pub fn is_loopback(&self) -> bool {
        UriText::split(&self.0).is_some_and(|uri| this_machine::is_host(uri.host()))
    }
}

/// A host whose pages may be shown in a dialog. `www.example.com` is one host, `*.example.com` all
/// hosts below it; `https://` before it and a path after it are allowed. Kept as typed.
/// Source: `docs/team-messaging/adaptive-cards/modal-dialogs.md` of RingCentral's documentation.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DialogUrl(String);

impl DialogUrl {
    /// # Errors
    /// The first rule that `text` breaks.
    pub fn parse(text: &str) -> Result<Self, WebUrlError> {
        check_bytes(text)?;
        let bare = match text.split_once("://") {
            Some(("https", bare)) => bare,
            Some(_) => return Err(WebUrlError::DialogNeedsHttps),
            None => text,
        };
        // A star in place of a label is not part of the host: check the rest.
        let (below, plain) = match bare.strip_prefix("*.") {
            Some(rest) => (true, rest),
            None => (false, bare),
        };
        if plain.contains('*') {
            return Err(WebUrlError::MisplacedWildcard);
        }
        let url = format!("https://{plain}");
        let uri = UriText::split(&url).ok_or(WebUrlError::BadHost)?;
        check_rest(&url, &uri)?;
        let host = uri.host();
        let is_name_alone = !host.contains(['.', ':']);
        if is_name_alone && (below || host != "localhost") {
            return Err(WebUrlError::HostNeedsPeriod);
        }
        if below && is_address(&url) {
            return Err(WebUrlError::MisplacedWildcard);
        }
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_address(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| !matches!(url.host(), Some(url::Host::Domain(_))))
}

fn check_bytes(text: &str) -> Result<(), WebUrlError> {
    if text.trim().is_empty() {
        return Err(WebUrlError::Empty);
    }
    if text.len() > MAX_BYTES {
        return Err(WebUrlError::TooLong);
    }
    match text.chars().find(|c| !c.is_ascii_graphic()) {
        None => Ok(()),
        Some(' ') => Err(WebUrlError::Space),
        Some(c) if c.is_control() => Err(WebUrlError::Control),
        Some(_) => Err(WebUrlError::NotAscii),
    }
}

/// Checks everything after the scheme.
fn check_rest(text: &str, uri: &UriText<'_>) -> Result<(), WebUrlError> {
    if text.contains('#') {
        return Err(WebUrlError::Fragment);
    }
    if text.contains('\\') {
        return Err(WebUrlError::Backslash);
    }
    if percent_fault(text).is_some() {
        return Err(WebUrlError::BadPercent);
    }
    if uri.has_userinfo() {
        return Err(WebUrlError::UserInfo);
    }
    let (host, port) = uri.host_and_port();
    if host.is_empty() {
        return Err(WebUrlError::NoHost);
    }
    if port.is_some_and(|port| !is_port(port)) {
        return Err(WebUrlError::BadPort);
    }
    if host.contains('*') || has_empty_label(host) {
        return Err(WebUrlError::BadHost);
    }
    let parsed = Url::parse(text).map_err(|_| WebUrlError::BadHost)?;
    match parsed.host_str() {
        Some(read) if read == host => Ok(()),
        Some(read) => Err(WebUrlError::HostNotCanonical(read.to_owned())),
        None => Err(WebUrlError::NoHost),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::domain::app::web_url::{WebUrlError as Refusal, *};

    #[test]
    fn a_page_is_https() {
        for good in [
            "https://a.example",
            "https://a.example:8443/x?y=%20*",
            "https://10.0.0.1/",
        ] {
            assert_eq!(WebUrl::parse_https(good).unwrap().as_str(), good);
        }
        let long = format!("https://a.example/{}", "x".repeat(500));
        for (text, expected) in [
            ("", Refusal::Empty),
            ("   ", Refusal::Empty),
            (long.as_str(), Refusal::TooLong),
            ("https://a.example/a b", Refusal::Space),
            ("https://a.example/\u{1b}", Refusal::Control),
            ("https://münchen.example", Refusal::NotAscii),
            ("a.example", Refusal::NeedsHttps),
            ("http://localhost/", Refusal::NeedsHttps),
            ("HTTPS://a.example", Refusal::NeedsHttps),
            ("javascript:alert(1)", Refusal::NeedsHttps),
            ("https://a.example/#x", Refusal::Fragment),
            ("https://a.example\\b", Refusal::Backslash),
            ("https://a.example/%zz", Refusal::BadPercent),
            ("https://ada:pw@a.example/", Refusal::UserInfo),
            ("https://", Refusal::NoHost),
            ("https:///x", Refusal::NoHost),
            ("https:a.example", Refusal::NoHost),
            ("https://a.example:x/", Refusal::BadPort),
            ("https://*.example/", Refusal::BadHost),
            ("https://a..example/", Refusal::BadHost),
            (
                "https://A.example/",
                Refusal::HostNotCanonical("a.example".into()),
            ),
        ] {
            assert!(expected.to_string().ends_with('.'), "{expected}");
            assert_eq!(WebUrl::parse_https(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn a_webhook_may_be_plain_http_on_this_machine_only() {
        for (text, loopback) in [
            ("https://a.example/hook", false),
            ("https://localhost/hook", true),
            ("http://localhost:3000/hook", true),
            ("http://127.0.0.1/hook", true),
            ("http://[::1]:1/hook", true),
        ] {
            let url = WebUrl::parse_webhook(text).unwrap();
            assert_eq!(url.is_loopback(), loopback, "{text}");
        }
        for (text, expected) in [
            ("http://a.example/hook", Refusal::HttpNotLoopback),
            ("http://127.0.0.1.a.example/", Refusal::HttpNotLoopback),
            ("ftp://a.example/", Refusal::NeedsHttps),
            ("hook", Refusal::NeedsHttps),
        ] {
            assert_eq!(WebUrl::parse_webhook(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn a_dialog_host_may_stand_for_those_below_it() {
        for good in [
            "www.example.com",
            "*.example.com",
            "https://www.example.com",
            "https://*.example.com/dialogs",
            "www.example.com:8443/x",
            "localhost",
            "localhost:3000",
            "127.0.0.1",
        ] {
            assert_eq!(DialogUrl::parse(good).unwrap().as_str(), good);
        }
        for (text, expected) in [
            ("", Refusal::Empty),
            ("http://www.example.com", Refusal::DialogNeedsHttps),
            ("*", Refusal::MisplacedWildcard),
            ("www.*.com", Refusal::MisplacedWildcard),
            ("*.*.example.com", Refusal::MisplacedWildcard),
            ("*example.com", Refusal::MisplacedWildcard),
            ("*.127.0.0.1", Refusal::MisplacedWildcard),
            ("www.example.com/*", Refusal::MisplacedWildcard),
            ("*.com", Refusal::HostNeedsPeriod),
            ("*.localhost", Refusal::HostNeedsPeriod),
            ("example", Refusal::HostNeedsPeriod),
            ("/path", Refusal::NoHost),
            ("ada@example.com", Refusal::UserInfo),
            (
                "WWW.example.com",
                Refusal::HostNotCanonical("www.example.com".into()),
            ),
        ] {
            assert!(expected.to_string().ends_with('.'), "{expected}");
            assert_eq!(DialogUrl::parse(text), Err(expected), "{text}");
        }
    }

    proptest! {
        #[test]
        fn parsing_never_panics_and_keeps_the_text(
            text in prop_oneof![any::<String>(), "(https?://)?[*a-z0-9.:/@%\\[\\]\\\\#-]{0,20}"]
        ) {
            let parsed = [WebUrl::parse_https(&text), WebUrl::parse_webhook(&text)];
            for url in parsed.into_iter().flatten() {
                prop_assert_eq!(url.as_str(), &text);
                prop_assert!(Url::parse(&text).is_ok());
            }
            if let Ok(url) = DialogUrl::parse(&text) {
                prop_assert!(url.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
            }
        }
    }
}
