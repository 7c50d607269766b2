//! Redirect URIs: which may be registered, and which a request may present.
//!
//! The text is kept byte for byte, because registered and presented text are compared so (RFC 6749
//! §3.1.2.3, RFC 9700 §2.1). Text that a parser would correct is refused, with the corrected form
//! as the instruction.

mod error;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::domain::app::redirect_uri::error::RedirectUriError as Refusal;
pub use crate::domain::app::redirect_uri::error::{RedirectUriError, RedirectUriWarning};
use crate::domain::{
    app::uri_text::{
        PercentFault, UriText, has_dot_segment, has_empty_label, is_port, percent_fault,
    },
    this_machine,
};

/// Longest redirect URI, in bytes. Ours: RingCentral's limit is unknown.
pub const MAX_BYTES: usize = 512;

/// Schemes that run, read or send something instead of handing a code to an app.
const FORBIDDEN_SCHEMES: [&str; 24] = [
    "about",
    "blob",
    "cid",
    "content",
    "data",
    "file",
    "filesystem",
    "ftp",
    "ftps",
    "intent",
    "jar",
    "javascript",
    "ldap",
    "mailto",
    "sftp",
    "sms",
    "smsto",
    "ssh",
    "tel",
    "urn",
    "vbscript",
    "view-source",
    "ws",
    "wss",
];

/// Printable ASCII that RFC 3986 §2 does not allow in URIs. Browsers disagree on whether to
/// percent-encode these characters. A separate rule refuses the backslash.
const FORBIDDEN_CHARACTERS: [char; 8] = ['"', '<', '>', '^', '`', '{', '|', '}'];

/// The set of rules for a kind of client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectPolicy {
    /// A server-side web app, which keeps a secret: http(s) only, compared exactly.
    Confidential,
    /// A single-page app, a public client: http(s) only, compared exactly.
    BrowserBased,
    /// A mobile or desktop app (RFC 8252): private-use schemes, claimed https, loopback http,
    /// whose port may be free.
    Native,
}

/// How the port of a loopback URI is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoopbackPort {
    /// Like the rest of the URI. RingCentral does this.
    Exact,
    /// A native app learns its port only when it starts to listen (RFC 8252 §7.3, RFC 9700
    /// §4.1.3).
    FreeForNative,
}

impl LoopbackPort {
    /// Whether an app of this kind may present another port than it registered.
    pub fn is_free(self, policy: RedirectPolicy) -> bool {
        self == Self::FreeForNative && policy == RedirectPolicy::Native
    }
}

/// A redirect URI that a policy accepted.
///
/// Reading one from the workspace does not check it again: a rule that becomes stricter must not
/// make a registered app unreadable.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RedirectUri(String);

impl RedirectUri {
    /// # Errors
    /// The first rule that `text` breaks. The text is checked as it is, without trimming.
    pub fn parse(text: &str, policy: RedirectPolicy) -> Result<Self, RedirectUriError> {
        check_bytes(text)?;
        let uri = UriText::split(text).ok_or(Refusal::NotAbsolute)?;
        check_scheme(&uri, policy)?;
        check_characters(text)?;
        check_authority(&uri)?;
        check_against_parser(text, &uri)?;
        check_transport(&uri, policy)?;
        if has_dot_segment(uri.path()) {
            return Err(Refusal::DotSegment);
        }
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Allowed, but likely a mistake.
    pub fn warnings(&self, policy: RedirectPolicy) -> Vec<RedirectUriWarning> {
        let Some(uri) = UriText::split(&self.0) else {
            return Vec::new();
        };
        let native = policy == RedirectPolicy::Native;
        let loopback = uri.is_http() && this_machine::is_host(uri.host());
        [
            (
                native && loopback && this_machine::is_localhost_name(uri.host()),
                RedirectUriWarning::LocalhostByName,
            ),
            (!native && loopback, RedirectUriWarning::LoopbackOfWebApp),
            (
                !uri.is_http() && uri.authority.is_some(),
                RedirectUriWarning::TwoSlashes,
            ),
        ]
        .into_iter()
        .filter_map(|(applies, warning)| applies.then_some(warning))
        .collect()
    }

    /// Whether a request may use this text as its redirect URI. Compared byte for byte, except for
    /// a port that is free.
    pub fn matches(&self, presented: &str, policy: RedirectPolicy, port: LoopbackPort) -> bool {
        self.0 == presented
            || port.is_free(policy)
                && self.is_same_loopback(presented)
                && Self::parse(presented, policy).is_ok()
    }

    fn is_same_loopback(&self, presented: &str) -> bool {
        let (Some(ours), Some(theirs)) = (UriText::split(&self.0), UriText::split(presented))
        else {
            return false;
        };
        ours.scheme == "http"
            && this_machine::is_host(ours.host())
            && (ours.scheme, ours.host(), ours.tail) == (theirs.scheme, theirs.host(), theirs.tail)
    }
}

/// Describes how the presented URI differs from the most similar registered one.
pub fn difference(registered: &[&str], sent: &str) -> Option<String> {
    let common = |one: &str| {
        one.bytes()
            .zip(sent.bytes())
            .take_while(|(a, b)| a == b)
            .count()
    };
    let nearest = registered.iter().copied().max_by_key(|one| common(one))?;
    let at = common(nearest);
    let rest = |text: &str| text.get(at..).unwrap_or_default().to_owned();
    let text = match (rest(nearest).as_str(), rest(sent).as_str()) {
        ("", "/") => "the request has a slash at the end, the registered URI has none".to_owned(),
        ("/", "") => "the registered URI has a slash at the end, the request has none".to_owned(),
        ("", more) => format!("the request continues with {}", shortened(more)),
        (more, "") => format!("the request ends before {}", shortened(more)),
        (ours, theirs) => format!(
            "they differ at character {}: registered {}, sent {}",
            at + 1,
            shortened(ours),
            shortened(theirs)
        ),
    };
    Some(format!("The closest registered URI is {nearest}: {text}."))
}

fn shortened(text: &str) -> String {
    const SHOWN: usize = 24;
    let mut shown: String = text.chars().take(SHOWN).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push_str("...");
    }
    shown
}

fn check_bytes(text: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::Empty);
    }
    if text.len() > MAX_BYTES {
        return Err(Refusal::TooLong);
    }
    match text.chars().find(|c| !c.is_ascii_graphic()) {
        None => Ok(()),
        Some(' ') => Err(Refusal::Space),
        Some(c) if c.is_control() => Err(Refusal::Control),
        Some(_) => Err(Refusal::NotAscii),
    }
}

fn check_scheme(uri: &UriText<'_>, policy: RedirectPolicy) -> Result<(), Refusal> {
    let scheme = uri.scheme.to_ascii_lowercase();
    if FORBIDDEN_SCHEMES.contains(&scheme.as_str()) {
        return Err(Refusal::ForbiddenScheme(scheme));
    }
    if scheme != uri.scheme {
        return Err(Refusal::UpperCaseScheme(scheme));
    }
    if uri.is_http() {
        return Ok(());
    }
    if policy != RedirectPolicy::Native {
        return Err(Refusal::WebNeedsHttp);
    }
    if !scheme.contains('.') || scheme.split('.').any(str::is_empty) {
        return Err(Refusal::SchemeNeedsPeriod);
    }
    if uri.authority.is_none() && !uri.tail.starts_with('/') {
        return Err(Refusal::SchemeNeedsSlash(scheme));
    }
    Ok(())
}

fn check_characters(text: &str) -> Result<(), Refusal> {
    for (unwanted, refusal) in [
        ('#', Refusal::Fragment),
        ('*', Refusal::Wildcard),
        ('\\', Refusal::Backslash),
    ] {
        if text.contains(unwanted) {
            return Err(refusal);
        }
    }
    match percent_fault(text) {
        Some(PercentFault::NotTwoDigits) => return Err(Refusal::BadPercent),
        Some(PercentFault::Control) => return Err(Refusal::EncodedControl),
        None => {}
    }
    match text.chars().find(|c| FORBIDDEN_CHARACTERS.contains(c)) {
        Some(c) => Err(Refusal::ForbiddenCharacter(c)),
        None => Ok(()),
    }
}

fn check_authority(uri: &UriText<'_>) -> Result<(), Refusal> {
    if uri.has_userinfo() {
        return Err(Refusal::UserInfo);
    }
    let (host, port) = uri.host_and_port();
    if host.is_empty() && (uri.is_http() || port.is_some()) {
        return Err(Refusal::NoHost(uri.scheme.to_owned()));
    }
    if port.is_some_and(|port| !is_port(port)) {
        return Err(Refusal::BadPort);
    }
    if host.contains(|c: char| c.is_ascii_uppercase()) {
        return Err(Refusal::UpperCaseHost);
    }
    if !host.is_empty() && has_empty_label(host) {
        return Err(Refusal::BadHost);
    }
    Ok(())
}

/// Refuses a host that the parser reads differently from how it was typed: `127.000.000.001`,
/// `0x7f.1`, `keycloak%2Eorg`, `[0:0:0:0:0:0:0:1]`.
fn check_against_parser(text: &str, uri: &UriText<'_>) -> Result<(), Refusal> {
    let parsed = Url::parse(text).map_err(|_| Refusal::BadHost)?;
    match parsed.host_str().unwrap_or_default() {
        host if host == uri.host() => Ok(()),
        "" => Err(Refusal::BadHost),
        host => Err(Refusal::HostNotCanonical(host.to_owned())),
    }
}

fn check_transport(uri: &UriText<'_>, policy: RedirectPolicy) -> Result<(), Refusal> {
    let loopback = this_machine::is_host(uri.host());
    match uri.scheme {
        "http" if !loopback => Err(Refusal::HttpNotLoopback),
        "https" if loopback && policy == RedirectPolicy::Native => {
            Err(Refusal::NativeHttpsLoopback)
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
