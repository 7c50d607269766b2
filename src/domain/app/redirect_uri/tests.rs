//! One refusal for each rule, the warnings, and properties. Cases of other validators are in
//! `tests/it/redirect_cases.rs`.

use proptest::prelude::*;

use crate::domain::app::redirect_uri::{
    LoopbackPort::{self, FreeForNative},
    RedirectPolicy::{self, BrowserBased, Confidential, Native},
    RedirectUri, RedirectUriError as Refusal, RedirectUriWarning as Warning,
};

fn refusal(text: &str, policy: RedirectPolicy) -> Refusal {
    RedirectUri::parse(text, policy).expect_err(text)
}

#[test]
fn every_rule_has_its_instruction() {
    let long = format!("https://a.example/{}", "x".repeat(495));
    for (text, policy, expected) in [
        ("", Confidential, Refusal::Empty),
        (" \t", Confidential, Refusal::Empty),
        (long.as_str(), Confidential, Refusal::TooLong),
        ("https://a.example/a b", Confidential, Refusal::Space),
        ("https://a.example/\n", Confidential, Refusal::Control),
        ("https://a.example/\u{9b}", Confidential, Refusal::Control),
        ("https://münchen.example/", Confidential, Refusal::NotAscii),
        ("a.example/cb", Confidential, Refusal::NotAbsolute),
        (
            "HTTPS://a.example/",
            Confidential,
            Refusal::UpperCaseScheme("https".into()),
        ),
        ("com.example.app:/cb", Confidential, Refusal::WebNeedsHttp),
        ("com.example.app:/cb", BrowserBased, Refusal::WebNeedsHttp),
        (
            "JavaScript:alert(1)",
            Native,
            Refusal::ForbiddenScheme("javascript".into()),
        ),
        ("myapp:/cb", Native, Refusal::SchemeNeedsPeriod),
        ("com..app:/cb", Native, Refusal::SchemeNeedsPeriod),
        (
            "a.example:8080/cb",
            Native,
            Refusal::SchemeNeedsSlash("a.example".into()),
        ),
        ("https://a.example/#x", Confidential, Refusal::Fragment),
        ("https://*.a.example/", Confidential, Refusal::Wildcard),
        (
            "https://a.example\\@b.example/",
            Confidential,
            Refusal::Backslash,
        ),
        ("https://a.example/%zz", Confidential, Refusal::BadPercent),
        (
            "https://a.example/%0d",
            Confidential,
            Refusal::EncodedControl,
        ),
        (
            "https://a.example/<",
            Confidential,
            Refusal::ForbiddenCharacter('<'),
        ),
        ("https:///cb", Confidential, Refusal::NoHost("https".into())),
        (
            "https:a.example",
            Confidential,
            Refusal::NoHost("https".into()),
        ),
        ("https://ada@a.example/", Confidential, Refusal::UserInfo),
        ("https://a.example:/", Confidential, Refusal::BadPort),
        ("https://a.example:0443/", Confidential, Refusal::BadPort),
        ("https://a.example:65536/", Confidential, Refusal::BadPort),
        ("https://A.example/", Confidential, Refusal::UpperCaseHost),
        ("com.example.app://Host/", Native, Refusal::UpperCaseHost),
        ("https://a..example/", Confidential, Refusal::BadHost),
        ("https://[::1/", Confidential, Refusal::BadHost),
        (
            "https://0x7f.1/",
            Confidential,
            Refusal::HostNotCanonical("127.0.0.1".into()),
        ),
        ("https://a%2Eexample/", Confidential, Refusal::UpperCaseHost),
        (
            "https://a%2eexample/",
            Confidential,
            Refusal::HostNotCanonical("a.example".into()),
        ),
        (
            "https://a.example/x/../y",
            Confidential,
            Refusal::DotSegment,
        ),
        ("com.example.app:/%2e%2e/y", Native, Refusal::DotSegment),
        ("http://a.example/", Confidential, Refusal::HttpNotLoopback),
        ("https://localhost/", Native, Refusal::NativeHttpsLoopback),
    ] {
        assert_eq!(refusal(text, policy), expected, "{text}");
        assert!(expected.to_string().chars().count() <= 70, "{expected}");
        assert!(expected.to_string().ends_with('.'), "{expected}");
        assert!(!expected.rule().is_empty());
    }
}

#[test]
fn a_forbidden_character_comes_with_its_code() {
    assert_eq!(
        Refusal::ForbiddenCharacter('<').to_string(),
        "Encode < as %3C."
    );
}

#[test]
fn the_longest_uri_fits() {
    let text = format!("https://a.example/{}", "x".repeat(494));
    assert_eq!(text.len(), super::MAX_BYTES);
    assert_eq!(
        RedirectUri::parse(&text, Confidential).unwrap().as_str(),
        text
    );
}

#[test]
fn what_is_allowed_and_odd_is_warned_about() {
    for (text, policy, expected) in [
        ("https://a.example/cb", Confidential, vec![]),
        ("https://a.example/cb", Native, vec![]),
        ("com.example.app:/cb", Native, vec![]),
        ("com.example.app://cb", Native, vec![Warning::TwoSlashes]),
        ("http://127.0.0.1/cb", Native, vec![]),
        (
            "http://localhost/cb",
            Native,
            vec![Warning::LocalhostByName],
        ),
        (
            "http://localhost:5000/cb",
            Confidential,
            vec![Warning::LoopbackOfWebApp],
        ),
        (
            "http://127.0.0.1/cb",
            BrowserBased,
            vec![Warning::LoopbackOfWebApp],
        ),
    ] {
        let uri = RedirectUri::parse(text, policy).unwrap();
        assert_eq!(uri.warnings(policy), expected, "{text}");
    }
}

#[test]
fn only_a_native_app_may_change_its_loopback_port_and_only_where_that_is_allowed() {
    let uri = RedirectUri::parse("http://127.0.0.1:5000/cb", Confidential).unwrap();
    let other_port = "http://127.0.0.1:5001/cb";
    for policy in [Confidential, BrowserBased, Native] {
        assert!(uri.matches(uri.as_str(), policy, LoopbackPort::Exact));
        assert!(!uri.matches(other_port, policy, LoopbackPort::Exact));
    }
    assert!(!uri.matches(other_port, Confidential, FreeForNative));
    assert!(!uri.matches(other_port, BrowserBased, FreeForNative));
    assert!(uri.matches(other_port, Native, FreeForNative));
    assert!(!uri.matches("http://localhost:5000/cb", Native, FreeForNative));
    assert!(!uri.matches("http://127.0.0.1:0/cb", Native, FreeForNative));
}

#[test]
fn a_stored_uri_is_plain_text() {
    let uri = RedirectUri::parse("https://a.example/cb", Confidential).unwrap();
    let stored = serde_json::to_string(&uri).unwrap();
    assert_eq!(stored, r#""https://a.example/cb""#);
    assert_eq!(serde_json::from_str::<RedirectUri>(&stored).unwrap(), uri);
}

fn policies() -> impl Strategy<Value = RedirectPolicy> {
    prop::sample::select(vec![Confidential, BrowserBased, Native])
}

/// Text similar enough to a URI that many samples are accepted.
fn almost_uris() -> impl Strategy<Value = String> {
    let scheme = "(https|http|com\\.example\\.app|[a-z.+-]{1,6}|HTTPS)";
    let slashes = "(:|:/|://|:///|)";
    let host = "(localhost|127\\.0\\.0\\.1|\\[::1\\]|a\\.example|[a-zA-Z0-9.%@-]{0,8})";
    let port = "(|:|:[0-9]{1,6})";
    let tail = "[/?&=.;%a-z0-9~*#\\\\<+-]{0,12}";
    proptest::string::string_regex(&format!("{scheme}{slashes}{host}{port}{tail}")).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn parsing_never_panics(text in any::<String>(), other in any::<String>(), policy in policies()) {
        if let Ok(uri) = RedirectUri::parse(&text, policy) {
            uri.matches(&other, policy, FreeForNative);
            uri.warnings(policy);
        }
    }

    #[test]
    fn what_is_accepted_reads_the_same_to_a_browser(text in almost_uris(), policy in policies()) {
        if let Ok(uri) = RedirectUri::parse(&text, policy) {
            prop_assert_eq!(uri.as_str(), &text);
            prop_assert!(text.bytes().all(|byte| byte.is_ascii_graphic()));
            let read = url::Url::parse(&text).unwrap();
            let authority = match read.port() {
                Some(port) => format!("{}:{port}", read.host_str().unwrap_or_default()),
                None => read.host_str().unwrap_or_default().to_owned(),
            };
            let start = if read.has_host() || text.contains("://") {
                format!("{}://{authority}", read.scheme())
            } else {
                format!("{}:", read.scheme())
            };
            prop_assert!(text.starts_with(&start), "{} is read as {}", text, read);
            prop_assert_eq!(read.fragment(), None);
            prop_assert!(uri.matches(&text, policy, LoopbackPort::Exact));
        }
    }

    #[test]
    fn a_match_differs_in_the_port_at_most(a in almost_uris(), b in almost_uris(), policy in policies()) {
        if let Ok(uri) = RedirectUri::parse(&a, policy)
            && uri.matches(&b, policy, FreeForNative)
        {
            let without_port = |text: &str| {
                let mut url = url::Url::parse(text).unwrap();
                let _ = url.set_port(None);
                url.to_string()
            };
            prop_assert!(a == b || without_port(&a) == without_port(&b));
        }
    }
}
