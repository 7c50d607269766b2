//! The part of a request that the log shows: known values, and the length of all others. A secret
//! can be in any place by mistake, so that a name says nothing about its value.

use std::{collections::HashSet, sync::LazyLock};

use axum::http::Method;
use url::Url;

use super::openid_scopes::is_openid;
use crate::domain::{
    app::scope::ScopeId,
    oauth::{credential::ID_LEN, operation},
    people::password::MIN_CHARS,
};

/// Longest segment of a redirect URI that is shown. Secrets are longer.
const SEGMENT_MAX: usize = 32;
/// Digits of the largest number that is shown, e.g. of an account.
const DIGITS_MAX: usize = 19;

/// Characters of a path or a value that are shown.
const SHOWN_MAX: usize = 300;

/// How a value is recognized as harmless.
enum Known {
    /// All words are among these.
    Words(&'static [&'static str]),
    Number,
    ClientId,
    Scope,
    Locale,
    /// Shown without its query.
    Uri,
    /// The value is never shown.
    Nothing,
}

/// Parameters that the log names. Their values come from a client, which may have mixed them up.
const PARAMETERS: [(&str, Known); 46] = [
    ("access_token", Known::Nothing),
    ("access_token_ttl", Known::Number),
    (
        "action",
        Known::Words(&["sign_in", "allow", "deny", "leave"]),
    ),
    ("assertion", Known::Nothing),
    ("audience", Known::Uri),
    ("brandId", Known::Number),
    ("brand_id", Known::Number),
    ("client_assertion", Known::Nothing),
    (
        "client_assertion_type",
        Known::Words(&[
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "urn:ietf:params:oauth:client-assertion-type:saml2-bearer",
        ]),
    ),
    ("client_id", Known::ClientId),
    ("client_secret", Known::Nothing),
    ("code", Known::Nothing),
    ("code_challenge", Known::Nothing),
    ("code_challenge_method", Known::Words(&["S256", "plain"])),
    ("code_verifier", Known::Nothing),
    ("display", Known::Words(&["page", "popup", "touch", "wap"])),
    ("email", Known::Nothing),
    ("endpoint_id", Known::Nothing),
    ("extension", Known::Nothing),
    ("form_key", Known::Nothing),
    ("grant_type", Known::Words(&GRANTS)),
    ("id_token_hint", Known::Nothing),
    ("localeId", Known::Locale),
    ("login_hint", Known::Nothing),
    ("max_age", Known::Number),
    ("nonce", Known::Nothing),
    ("password", Known::Nothing),
    (
        "prompt",
        Known::Words(&["login", "sso", "consent", "select_account", "none"]),
    ),
    ("redirect_uri", Known::Uri),
    ("refresh_token", Known::Nothing),
    ("refresh_token_ttl", Known::Number),
    ("registration", Known::Nothing),
    ("request", Known::Nothing),
    ("request_uri", Known::Nothing),
    ("resource", Known::Uri),
    (
        "response_mode",
        Known::Words(&["query", "fragment", "form_post", "web_message"]),
    ),
    (
        "response_type",
        Known::Words(&["code", "token", "id_token", "none"]),
    ),
    ("scope", Known::Scope),
    ("state", Known::Nothing),
    ("token", Known::Nothing),
    (
        "token_type_hint",
        Known::Words(&["access_token", "refresh_token", "id_token"]),
    ),
    ("ui_locales", Known::Locale),
    (
        "ui_options",
        Known::Words(&[
            "hide_logo",
            "hide_tos",
            "hide_remember_me",
            "external_popup",
        ]),
    ),
    ("username", Known::Nothing),
    // Only in answers, which this server writes itself.
    ("expires_in", Known::Number),
    ("iss", Known::Uri),
];

const GRANTS: [&str; 8] = [
    "authorization_code",
    "client_credentials",
    "password",
    "refresh_token",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "urn:ietf:params:oauth:grant-type:saml2-bearer",
    "urn:ietf:params:oauth:grant-type:token-exchange",
];

/// Segments of the paths that exist, here or at RingCentral.
static SEGMENTS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let pages = [
        "restapi",
        "oauth",
        "authorize",
        "token",
        "revoke",
        "introspect",
        "jwks",
        "userinfo",
        "icons",
        ".well-known",
        "oauth-authorization-server",
        "openid-configuration",
        "favicon.ico",
        "v1.0",
        "v2",
        "~",
    ];
    operation::catalogue()
        .iter()
        .flat_map(|operation| operation.path.split('/'))
        .filter(|segment| !segment.contains('{'))
        .chain(pages)
        .collect()
});

pub(super) fn cut(text: &str) -> String {
    text.chars().take(SHOWN_MAX).collect()
}

pub(super) fn withheld(text: &str) -> String {
    format!("[{} characters]", text.chars().count())
}

fn or_withheld(text: &str, is_known: bool) -> String {
    if is_known {
        text.to_owned()
    } else {
        withheld(text)
    }
}

/// A parameter, as far as it is known.
pub(super) fn parameter(name: &str, value: &str) -> String {
    let value = cut(&parameter_value(name, value));
    format!("{}={value}", parameter_name(name))
}

pub(super) fn is_parameter(name: &str) -> bool {
    PARAMETERS.iter().any(|(known, _)| *known == name)
}

/// Whether an answer repeats the value to the client that sent it.
pub(super) fn may_be_repeated(name: &str) -> bool {
    let known = PARAMETERS.iter().find(|(known, _)| *known == name);
    known.is_some_and(|(_, known)| !matches!(known, Known::Nothing))
}

pub(super) fn parameter_name(name: &str) -> String {
    or_withheld(name, is_parameter(name))
}

pub(super) fn parameter_value(name: &str, value: &str) -> String {
    if value.is_empty() {
        return String::new();
    }
    let known = PARAMETERS.iter().find(|(known, _)| *known == name);
    let each = |is_known: &dyn Fn(&str) -> bool| {
        let words = value.split(' ');
        words
            .map(|word| or_withheld(word, word.is_empty() || is_known(word)))
            .collect::<Vec<_>>()
            .join(" ")
    };
    match known.map(|(_, known)| known) {
        Some(Known::Words(words)) => each(&|word| words.contains(&word)),
        Some(Known::Scope) => each(&is_scope),
        Some(Known::Locale) => each(&is_locale),
        Some(Known::Number) => or_withheld(value, is_number(value)),
        Some(Known::ClientId) => or_withheld(value, may_be_shown_as_id(value)),
        Some(Known::Uri) => uri(value),
        Some(Known::Nothing) | None => withheld(value),
    }
}

fn is_number(text: &str) -> bool {
    text.len() <= DIGITS_MAX && text.bytes().all(|byte| byte.is_ascii_digit())
}

pub(super) fn is_scope(text: &str) -> bool {
    is_openid(text) || ScopeId::find(text).is_some()
}

/// E.g. `en_US`.
fn is_locale(text: &str) -> bool {
    let (language, region) = text.split_once(['_', '-']).unwrap_or((text, ""));
    let is_short = |part: &str| part.len() <= 3 && part.bytes().all(|b| b.is_ascii_alphabetic());
    is_short(language) && is_short(region)
}

/// Whether a value in place of a Client ID is short enough to show: passwords have at least twelve
/// characters, and secrets are longer than an ID.
pub(super) fn may_be_shown_as_id(text: &str) -> bool {
    let is_of_one = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    (text.len() == ID_LEN || text.len() < MIN_CHARS) && text.bytes().all(is_of_one)
}

/// The destination of a URI, without the values that it carries. The shown parts are unchanged.
pub(super) fn uri(text: &str) -> String {
    let is_plain = Url::parse(text).is_ok_and(|url| {
        let has_user = !url.username().is_empty() || url.password().is_some();
        !url.cannot_be_a_base() && !has_user
    });
    if !is_plain {
        return withheld(text);
    }
    let (rest, fragment) = parted(text, '#');
    let (path, query) = parted(rest, '?');
    let short = |part: &str| or_withheld(part, part.len() <= SEGMENT_MAX);
    let segments: Vec<String> = path
        .split('/')
        .enumerate()
        .map(|(nth, segment)| match nth {
            // The host.
            2 => segment.split('.').map(short).collect::<Vec<_>>().join("."),
            _ => short(segment),
        })
        .collect();
    let mut shown = segments.join("/");
    for (mark, part) in [('?', query), ('#', fragment)] {
        if let Some(part) = part {
            shown.push(mark);
            if !part.is_empty() {
                shown.push_str(&withheld(part));
            }
        }
    }
    shown
}

fn parted(text: &str, mark: char) -> (&str, Option<&str>) {
    match text.split_once(mark) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

/// The method and the path.
pub(super) fn asked(method: &Method, path: &str) -> String {
    let is_known = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::HEAD,
        Method::OPTIONS,
    ]
    .contains(method);
    let method = or_withheld(method.as_str(), is_known);
    format!("{method} {}", path_of(path))
}

/// The segments that a known path has.
pub(super) fn path_of(path: &str) -> String {
    let is_known = |segment: &str| is_number(segment) || SEGMENTS.contains(segment);
    let segments: Vec<String> = path
        .split('/')
        .map(|segment| or_withheld(segment, is_known(segment)))
        .collect();
    cut(&segments.join("/"))
}

/// The scheme of an Authorization header.
pub(super) fn authorization(value: &str) -> String {
    let (scheme, rest) = value.split_once(' ').unwrap_or(("", value));
    let is_known = ["", "basic", "bearer", "digest"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known));
    format!("{} {}", or_withheld(scheme, is_known), withheld(rest))
}

pub(super) fn content_type(value: &str) -> String {
    const KNOWN: [&str; 6] = [
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "text/html",
        "text/plain",
        "application/octet-stream",
    ];
    let (essence, parameters) = value.split_once(';').unwrap_or((value, ""));
    let is_known = KNOWN
        .iter()
        .any(|known| essence.trim().eq_ignore_ascii_case(known));
    let mut shown = or_withheld(essence, is_known);
    if !parameters.is_empty() {
        let is_known = parameters.trim().eq_ignore_ascii_case("charset=utf-8");
        shown = format!("{shown};{}", or_withheld(parameters, is_known));
    }
    shown
}

/// Products and their versions, e.g. `RCJSSDK/5.0.4`.
pub(super) fn user_agent(value: &str) -> String {
    let is_name = |name: &str| {
        let is_of_one = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
        (1..=SEGMENT_MAX).contains(&name.len()) && name.bytes().all(is_of_one)
    };
    let is_version = |version: &str| {
        let is_of_one = |byte: u8| byte.is_ascii_digit() || byte == b'.';
        (1..=SEGMENT_MAX).contains(&version.len()) && version.bytes().all(is_of_one)
    };
    let is_product = |word: &&str| {
        let parts = word.split_once('/');
        parts.is_some_and(|(name, version)| is_name(name) && is_version(version))
    };
    let products: Vec<&str> = value.split(' ').filter(is_product).collect();
    if products.is_empty() {
        withheld(value)
    } else {
        products.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_shown_if_it_is_known_whatever_its_name() {
        for (name, value, expected) in [
            ("grant_type", "refresh_token", "grant_type=refresh_token"),
            ("grant_type", "hunter2", "grant_type=[7 characters]"),
            ("hunter2", "", "[7 characters]="),
            ("scope", "SMS hunter2", "scope=SMS [7 characters]"),
            ("prompt", "none", "prompt=none"),
            ("max_age", "60", "max_age=60"),
            ("max_age", "60s", "max_age=[3 characters]"),
            ("ui_locales", "en-US de", "ui_locales=en-US de"),
            ("state", "abc", "state=[3 characters]"),
            (
                "redirect_uri",
                "http://127.0.0.1:7777/cb?token=hunter2#x",
                "redirect_uri=http://127.0.0.1:7777/cb?[13 characters]#[1 characters]",
            ),
            (
                "redirect_uri",
                "com.example.app:/cb",
                "redirect_uri=com.example.app:/cb",
            ),
            ("redirect_uri", "hunter2", "redirect_uri=[7 characters]"),
            (
                "redirect_uri",
                "http://me:hunter2@a.example/",
                "redirect_uri=[28 characters]",
            ),
            ("redirect_uri", "a:hunter2", "redirect_uri=[9 characters]"),
        ] {
            assert_eq!(parameter(name, value), expected);
        }
    }

    #[test]
    fn of_a_path_the_segments_of_known_routes_are_shown() {
        let path = |path| asked(&Method::GET, path);
        for known in [
            "/",
            "/favicon.ico",
            "/restapi/oauth/token",
            "/restapi/v1.0/account/~/extension/1234567/sms",
        ] {
            assert_eq!(path(known), format!("GET {known}"));
        }
        assert_eq!(
            path("/restapi/oauth/hunter2/x"),
            "GET /restapi/oauth/[7 characters]/[1 characters]"
        );
    }

    #[test]
    fn of_headers_what_is_known_is_shown() {
        assert_eq!(authorization("Bearer abc"), "Bearer [3 characters]");
        assert_eq!(authorization("abc x"), "[3 characters] [1 characters]");
        let form = "application/x-www-form-urlencoded";
        assert_eq!(content_type(form), form);
        let with = format!("{form}; charset=UTF-8");
        assert_eq!(content_type(&with), with);
        assert_eq!(content_type("text/plain; a=b"), "text/plain;[4 characters]");
        let browser = "Mozilla/5.0 (X11; Linux) Chrome/131.0.0.0 hunter2";
        assert_eq!(user_agent(browser), "Mozilla/5.0 Chrome/131.0.0.0");
        assert_eq!(user_agent("hunter2"), "[7 characters]");
    }
}
