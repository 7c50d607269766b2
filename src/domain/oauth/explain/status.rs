//! HTTP statuses in a text, and what RingCentral means by them.

use crate::domain::oauth::diagnosis::Cause;

/// An HTTP status that comes without a code, as RingCentral uses it, most likely first.
fn general_status(status: u16) -> (&'static str, &'static [Cause]) {
    match status {
        400 => (
            "bad request",
            &[
                Cause::Refused,
                Cause::GrantNotAllowed,
                Cause::RefreshTokenReplaced,
                Cause::CodeExpired,
            ],
        ),
        401 => (
            "unauthorized",
            &[
                Cause::AccessTokenExpired,
                Cause::RefreshTokenReplaced,
                Cause::BearerUnreadable,
                Cause::NoBearer,
            ],
        ),
        403 => (
            "forbidden",
            &[
                Cause::ScopeMissing,
                Cause::UserPermission,
                Cause::NoRedirectUri,
            ],
        ),
        404 => ("not found", &[Cause::NotFound, Cause::ResourceNotFound]),
        405 => ("method not allowed", &[Cause::NotAnEndpoint]),
        408 => ("request timeout", &[Cause::ServerFailed]),
        415 => ("unsupported media type", &[Cause::ContentType]),
        429 => ("too many requests", &[Cause::TooManyRequests]),
        500 => ("internal server error", &[Cause::ServerFailed]),
        501 => ("not implemented", &[Cause::NotSimulated]),
        502 => ("bad gateway", &[Cause::GatewayFailed]),
        503 => ("service unavailable", &[Cause::Unavailable]),
        504 => ("gateway timeout", &[Cause::GatewayFailed]),
        _ => ("", &[]),
    }
}

/// A number counts only where the text calls it a status, or is nothing else: 503 can as well be
/// a port, a size or a time.
pub fn of_statuses(text: &str) -> Vec<Cause> {
    const BEFORE: [&str; 6] = ["http", "status", "code", "error", "1.0", "1.1"];
    let text = text.to_ascii_lowercase();
    let words: Vec<&str> = text
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '.'))
        .map(|word| word.trim_matches('.'))
        .filter(|word| !word.is_empty())
        .collect();
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let status = word.parse().ok().filter(|_| word.len() == 3);
        let (reason, causes) = status.map_or(("", &[][..]), general_status);
        let before = at.checked_sub(1).and_then(|before| words.get(before));
        let is_named = before.is_some_and(|before| {
            BEFORE.contains(before) || before.strip_suffix("code") == Some("status")
        });
        // HTTP/2 401: the version is another number.
        let is_line = at
            .checked_sub(2)
            .and_then(|first| words.get(first))
            .is_some_and(|first| *first == "http")
            && before.is_some_and(|version| version.len() == 1);
        let behind = words.get(at + 1..).unwrap_or_default().join(" ");
        let has_reason = !reason.is_empty() && behind.starts_with(reason);
        if words.len() == 1 || is_named || is_line || has_reason {
            found.extend_from_slice(causes);
        }
    }
    found
}
