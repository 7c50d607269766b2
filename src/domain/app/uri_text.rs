//! Splits the text of a URI byte by byte, before a parser can correct it.
//!
//! A WHATWG parser corrects what it reads (case, dots, backslashes, ports). A rule that only looked
//! at the result would accept text that other programs read differently.

/// The parts of a hierarchical URI, as typed.
#[derive(Clone, Copy)]
pub(super) struct UriText<'a> {
    pub scheme: &'a str,
    /// The part between `//` and the path, query or fragment. `None` without `//`.
    pub authority: Option<&'a str>,
    /// The part after the authority (without one, after `scheme:`).
    pub tail: &'a str,
}

impl<'a> UriText<'a> {
    /// `None` without a well-formed scheme (RFC 3986 §3.1).
    pub fn split(text: &'a str) -> Option<Self> {
        let (scheme, rest) = text.split_once(':')?;
        let starts_well = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
        let goes_on_well = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        if !starts_well || !scheme.chars().all(goes_on_well) {
            return None;
        }
        let Some(after) = rest.strip_prefix("//") else {
            return Some(Self {
                scheme,
                authority: None,
                tail: rest,
            });
        };
        // A backslash ends it too: browsers read a backslash as a slash.
        let end = after.find(['/', '\\', '?', '#']).unwrap_or(after.len());
        let (authority, tail) = after.split_at_checked(end)?;
        Some(Self {
            scheme,
            authority: Some(authority),
            tail,
        })
    }

    pub fn is_http(&self) -> bool {
        matches!(self.scheme, "http" | "https")
    }

    /// The host with its brackets, and the port if a colon announces one.
    pub fn host_and_port(&self) -> (&'a str, Option<&'a str>) {
        let authority = self.authority.unwrap_or_default();
        let host_end = authority.rfind(']').unwrap_or_default();
        let colon = authority
            .rfind(':')
            .filter(|&colon| colon >= host_end)
            .and_then(|colon| authority.split_at_checked(colon));
        match colon {
            Some((host, port)) => (host, port.strip_prefix(':')),
            None => (authority, None),
        }
    }

    pub fn host(&self) -> &'a str {
        self.host_and_port().0
    }

    pub fn has_userinfo(&self) -> bool {
        self.authority.is_some_and(|text| text.contains('@'))
    }

    /// The part before the query and the fragment.
    pub fn path(&self) -> &'a str {
        self.tail.split(['?', '#']).next().unwrap_or_default()
    }
}

/// 1 to 65535, digits only, no leading zero.
pub(super) fn is_port(text: &str) -> bool {
    !text.starts_with('0')
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && text.parse::<u16>().is_ok()
}

/// Whether a host has an empty label. A single dot at the very end does not count.
pub(super) fn has_empty_label(host: &str) -> bool {
    host.strip_suffix('.')
        .unwrap_or(host)
        .split('.')
        .any(str::is_empty)
}

/// A mistake in a percent-encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PercentFault {
    NotTwoDigits,
    Control,
}

pub(super) fn percent_fault(text: &str) -> Option<PercentFault> {
    text.split('%').skip(1).find_map(|after| {
        let digits = after
            .get(..2)
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match digits {
            None => Some(PercentFault::NotTwoDigits),
            Some(byte) => byte.is_ascii_control().then_some(PercentFault::Control),
        }
    })
}

/// Whether a path has a `.` or `..` segment, also percent-encoded, with a parameter, or between
/// encoded slashes: some servers decode before they split the path, some after.
pub(super) fn has_dot_segment(path: &str) -> bool {
    let plain = path
        .to_ascii_lowercase()
        .replace("%2e", ".")
        .replace("%2f", "/")
        .replace("%5c", "/")
        .replace("%3b", ";");
    plain.split(['/', '\\']).any(|segment| {
        let name = segment.split(';').next().unwrap_or_default();
        matches!(name, "." | "..")
    })
}

#[cfg(test)]
mod tests {
    use crate::domain::app::uri_text::*;

    #[test]
    fn a_uri_is_taken_apart_as_typed() {
        for (text, parts) in [
            (
                "https://A.example:80/x?y",
                Some(("https", "A.example", Some("80"))),
            ),
            ("https://[::1]:1/", Some(("https", "[::1]", Some("1")))),
            ("https://[::1]", Some(("https", "[::1]", None))),
            ("https://h:", Some(("https", "h", Some("")))),
            ("com.a:/b", Some(("com.a", "", None))),
            ("https:/x", Some(("https", "", None))),
            ("//h/x", None),
            ("1a://h", None),
            ("", None),
        ] {
            let split = UriText::split(text).map(|uri| {
                let (host, port) = uri.host_and_port();
                (uri.scheme, host, port)
            });
            assert_eq!(split, parts, "{text}");
        }
    }

    #[test]
    fn a_port_is_a_number_a_socket_can_have() {
        for good in ["1", "80", "65535"] {
            assert!(is_port(good), "{good}");
        }
        for bad in ["", "0", "080", "65536", "+80", "8a"] {
            assert!(!is_port(bad), "{bad}");
        }
    }

    #[test]
    fn a_dot_segment_is_seen_through_its_disguises() {
        for path in [
            "/..",
            "/a/./b",
            "/%2e%2E/",
            "/..;/",
            "/a%2F../b",
            "/a%5C..",
            "/.%2e;x=1",
        ] {
            assert!(has_dot_segment(path), "{path}");
        }
        for path in ["", "/", "/...", "/a.b/.well-known", "/a..b"] {
            assert!(!has_dot_segment(path), "{path}");
        }
    }

    #[test]
    fn a_percent_sign_announces_two_hex_digits_and_no_control() {
        for (text, fault) in [
            ("%20%c3%A9", None),
            ("%", Some(PercentFault::NotTwoDigits)),
            ("%4", Some(PercentFault::NotTwoDigits)),
            ("%+1", Some(PercentFault::NotTwoDigits)),
            ("%%", Some(PercentFault::NotTwoDigits)),
            ("%20%0a", Some(PercentFault::Control)),
            ("%7f", Some(PercentFault::Control)),
        ] {
            assert_eq!(percent_fault(text), fault, "{text}");
        }
    }
}
