//! Reasons to refuse a redirect URI or to warn about it: what to do, and the rule behind it.

use std::fmt;

use thiserror::Error;

/// Each displays as an instruction; [`RedirectUriError::rule`] cites the rule.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RedirectUriError {
    #[error("Enter a redirect URI.")]
    Empty,
    #[error("Shorten it to 512 bytes.")]
    TooLong,
    #[error("Remove the spaces, or write them as %20.")]
    Space,
    #[error("Remove the line breaks, tabs and other control characters.")]
    Control,
    #[error("Use ASCII only: xn--… in the host, %XX in the path.")]
    NotAscii,
    #[error("Enter the full URI, e.g. https://app.example.com/callback.")]
    NotAbsolute,
    #[error("Use lower case for the scheme: {0}.")]
    UpperCaseScheme(String),
    #[error("Start with https://.")]
    WebNeedsHttp,
    #[error("Use another scheme: {0} cannot return a code to an app.")]
    ForbiddenScheme(String),
    #[error("Use a reversed domain as the scheme: com.example.app:/callback.")]
    SchemeNeedsPeriod,
    #[error("Put a slash after the scheme: {0}:/callback.")]
    SchemeNeedsSlash(String),
    #[error("Remove the # and everything after it.")]
    Fragment,
    #[error("Enter each URI in full: wildcards (*) are not supported.")]
    Wildcard,
    #[error("Replace \\ with /.")]
    Backslash,
    #[error("Follow each % with two hex digits, or write it as %25.")]
    BadPercent,
    #[error("Remove the encoded control characters: %00 to %1F, %7F.")]
    EncodedControl,
    #[error("Encode {0} as %{code:02X}.", code = u32::from(*.0))]
    ForbiddenCharacter(char),
    #[error("Add two slashes and a host, e.g. {0}://app.example.com.")]
    NoHost(String),
    #[error("Remove the user name before the @.")]
    UserInfo,
    #[error("Use a port from 1 to 65535, or remove it.")]
    BadPort,
    #[error("Use lower case for the host.")]
    UpperCaseHost,
    #[error("Enter a valid host name, e.g. app.example.com.")]
    BadHost,
    #[error("Write the host as {0}.")]
    HostNotCanonical(String),
    #[error("Remove the . and .. segments from the path.")]
    DotSegment,
    #[error("Start with https:// (http:// only for 127.0.0.1, [::1], localhost).")]
    HttpNotLoopback,
    #[error("Use http:// for this machine, https:// for your own hosts.")]
    NativeHttpsLoopback,
}

impl RedirectUriError {
    /// The rule that the URI breaks. Rules marked "ours" exist so that the others can be checked.
    pub fn rule(&self) -> &'static str {
        match self {
            Self::Empty | Self::NotAbsolute | Self::Fragment => "RFC 6749 §3.1.2",
            Self::TooLong => "our limit",
            Self::Space
            | Self::Control
            | Self::NotAscii
            | Self::BadPercent
            | Self::ForbiddenCharacter(_) => "RFC 3986 §2",
            Self::EncodedControl => "RFC 3986 §7.3",
            Self::Wildcard => "RFC 9700 §2.1, exact match",
            Self::WebNeedsHttp => "our rule for web apps",
            Self::ForbiddenScheme(_) => "RFC 9700 §4.1.3, no open redirectors",
            Self::SchemeNeedsPeriod => "RFC 8252 §8.4",
            Self::SchemeNeedsSlash(_) => "RFC 8252 §7.1",
            Self::UserInfo => "RFC 3986 §7.6",
            Self::NoHost(_) | Self::BadPort | Self::BadHost => "RFC 3986 §3.2",
            Self::UpperCaseScheme(_)
            | Self::UpperCaseHost
            | Self::HostNotCanonical(_)
            | Self::DotSegment
            | Self::Backslash => "RFC 9700 §2.1, one spelling (RFC 3986 §6.2)",
            Self::HttpNotLoopback => "RFC 9700 §2.6, RFC 8252 §7.3",
            Self::NativeHttpsLoopback => "RFC 8252 §7.3",
        }
    }
}

/// Allowed, but likely a mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectUriWarning {
    /// A name can be resolved to another machine, an address cannot.
    LocalhostByName,
    /// Nothing listens on the machines of a web app's users.
    LoopbackOfWebApp,
    /// The word after `//` is a host, and a URI with a private-use scheme has none.
    TwoSlashes,
}

impl RedirectUriWarning {
    pub fn rule(self) -> &'static str {
        match self {
            Self::LocalhostByName => "RFC 8252 §8.3",
            Self::LoopbackOfWebApp => "RFC 9700 §2.6",
            Self::TwoSlashes => "RFC 8252 §7.1",
        }
    }
}

impl fmt::Display for RedirectUriWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LocalhostByName => "Use 127.0.0.1 or [::1] instead of localhost.",
            Self::LoopbackOfWebApp => {
                "Works on this machine only. Enter an https:// URI for your users."
            }
            Self::TwoSlashes => "Use one slash after a private-use scheme.",
        })
    }
}
