//! Explains a pasted error, token response or redirect: finds the causes that its codes and words
//! point to.

mod status;

use serde_json::Value;
use url::form_urlencoded;

use self::status::of_statuses;
use crate::domain::oauth::{
    diagnosis::{Cause, Diagnosis, by_sign},
    jwt_text::{JwtKind, kind_of},
    new_app_link,
};

/// The explanation of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Explained {
    /// Most likely first.
    Causes(Vec<Diagnosis>),
    /// A complete token response.
    Fine(String),
    Unknown,
}

/// Never repeats the pasted text, which may hold a token.
pub fn explain(text: &str) -> Explained {
    let text = text.trim();
    if let Some(json) = json_in(text) {
        return match of_json(&json) {
            Explained::Unknown => causes(of_statuses(text)),
            known => known,
        };
    }
    if let Some(sentence) = new_app_link::about(text) {
        return Explained::Fine(sentence);
    }
    if let Some(kind) = kind_of(text) {
        let sentence = match kind {
            JwtKind::IdToken => {
                "This is an ID token: it says who signed in. Call the API with the access_token of the same response."
            }
            JwtKind::Other => {
                "This is a JWT, not an access token. Exchange it for one: send it as assertion with grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer."
            }
        };
        return Explained::Fine(sentence.to_owned());
    }
    let bearer = text
        .trim_start_matches("Authorization: ")
        .trim_start_matches("Bearer ")
        .trim_start_matches("bearer ");
    if let Some(kind) = kind_of(bearer) {
        return Explained::Causes(vec![as_bearer(kind).into()]);
    }
    let query = text.split_once('?').map_or(text, |(_, query)| query);
    let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    let has = |wanted: &str| pairs.iter().any(|(name, _)| name == wanted);
    let errors = || pairs.iter().filter(|(name, _)| name == "error");
    let mut found: Vec<Cause> = errors().filter_map(|(_, error)| by_sign(error)).collect();
    found.extend(signs_in(text));
    if text.contains("#access_token=") {
        found.push(Cause::ResponseType);
    }
    // A token request, as a log or a network tab shows it.
    if has("client_secret") && has("grant_type") {
        found.push(Cause::SecretPosted);
    }
    if found.is_empty() {
        found.extend(errors().flat_map(|(_, error)| general(error)));
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        found.extend(words.flat_map(general));
    }
    if found.is_empty() {
        found.extend(of_statuses(text));
    }
    if found.is_empty() && text.contains("://") && has("code") {
        return Explained::Fine(
            "The browser returned with an authorization code. Exchange it once, within 60 s, with the same redirect_uri and, if you sent a code_challenge, with the code_verifier.".to_owned(),
        );
    }
    causes(found)
}

/// Causes of an OAuth error that comes without a code, most likely first.
fn general(error: &str) -> &'static [Cause] {
    match error {
        "invalid_grant" => &[
            Cause::CodeExpired,
            Cause::RefreshTokenReplaced,
            Cause::RedirectUriDiffers,
            Cause::VerifierWrong,
        ],
        "invalid_client" => &[
            Cause::WrongSecret,
            Cause::UnknownClient,
            Cause::SecretMissing,
        ],
        "invalid_token" => &[Cause::AccessTokenExpired, Cause::AccessTokenReplaced],
        "insufficient_scope" => &[Cause::ScopeMissing],
        "server_error" => &[Cause::Unavailable],
        _ => &[],
    }
}

/// Parses a whole JSON text, or the JSON inside a log line.
fn json_in(text: &str) -> Option<Value> {
    let start = text.find('{')?;
    let end = text.rfind('}')?;
    serde_json::from_str(text.get(start..=end)?).ok()
}

fn of_json(json: &Value) -> Explained {
    if json.get("access_token").is_some() {
        return of_tokens(json);
    }
    let mut found = Vec::new();
    let all = json.get("errors").and_then(Value::as_array);
    let codes = all
        .into_iter()
        .flatten()
        .filter_map(|one| one.get("errorCode")?.as_str());
    let codes: Vec<&str> = codes.collect();
    let mut messages: Vec<&str> = Vec::new();
    for name in ["message", "error_description", "description"] {
        messages.extend(json.get(name).and_then(Value::as_str));
    }
    for message in &messages {
        found.extend(by_words(message, &codes));
    }
    found.extend(codes.into_iter().filter_map(by_sign));
    for name in ["errorCode", "error"] {
        let sentence = json.get(name).and_then(Value::as_str);
        found.extend(sentence.and_then(by_sign));
    }
    for message in messages {
        found.extend(signs_in(message));
    }
    if found.is_empty() {
        let error = json.get("error").and_then(Value::as_str);
        found.extend(error.into_iter().flat_map(general));
    }
    // A code is more precise than a general OAuth error, so the error adds nothing.
    if found.len() > 1 {
        found.retain(|cause| *cause != Cause::ParameterWrong);
    }
    let detail = json
        .pointer("/errors/0/permissionName")
        .and_then(Value::as_str)
        .and_then(crate::domain::app::scope::ScopeId::find)
        .map(|scope| format!("The scope is {} ({scope}).", scope.scope().label));
    match causes(found) {
        Explained::Causes(mut all) => {
            if let (Some(first), Some(_)) = (all.first_mut(), &detail) {
                first.detail = detail;
            }
            Explained::Causes(all)
        }
        other => other,
    }
}

fn of_tokens(json: &Value) -> Explained {
    let mut found = Vec::new();
    let access = json.get("access_token").and_then(Value::as_str);
    found.extend(access.and_then(kind_of).map(as_bearer));
    if json.get("refresh_token").is_none() {
        found.push(Cause::NoRefreshTokens);
    }
    let life = json.get("expires_in").and_then(Value::as_i64);
    if life.is_none() {
        found.push(Cause::LifeUnreadable);
    }
    if !found.is_empty() {
        return causes(found);
    }
    let scope = json
        .get("scope")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let scopes = match scope.split_whitespace().count() {
        1 => "1 scope".to_owned(),
        many => format!("{many} scopes"),
    };
    Explained::Fine(format!(
        "This token response is correct: an access token for {} s, {scopes}, and a refresh token.",
        life.unwrap_or_default()
    ))
}

/// Codes anywhere in a text: `OAU-251`, `CMN-401`, `DEV-101`, `invalid_grant` and the like.
fn signs_in(text: &str) -> Vec<Cause> {
    let words = || text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'));
    let codes = words().filter(|word| word.len() > 3 && word.contains(['-', '_']));
    codes.filter_map(by_sign).collect()
}

/// Matches the words of messages that have no code, or a code that is too general.
fn by_words(message: &str, codes: &[&str]) -> Option<Cause> {
    let message = message.to_ascii_lowercase();
    let has = |words: &str| message.contains(words);
    // With code OAU-134, the same words are about a bearer token.
    if has("invalid authorization header") && !codes.contains(&"OAU-134") {
        Some(Cause::HeaderUnreadable)
    } else if has("invalid client:") {
        Some(Cause::UnknownClient)
    } else if has("redirect uris do not match") {
        Some(Cause::RedirectUriDiffers)
    } else if has("unauthorized for this grant") {
        Some(Cause::GrantNotAllowed)
    } else if has("application release status") {
        Some(Cause::AppSuspended)
    } else if has("access token expired") {
        Some(Cause::AccessTokenExpired)
    } else if has("token expired") {
        Some(Cause::RefreshTokenExpired)
    } else {
        None
    }
}

fn causes(found: Vec<Cause>) -> Explained {
    let mut all: Vec<Diagnosis> = Vec::new();
    for cause in found {
        if all.iter().all(|known| known.cause != cause) {
            all.push(cause.into());
        }
    }
    if all.is_empty() {
        Explained::Unknown
    } else {
        Explained::Causes(all)
    }
}

/// Why a JWT was sent where an access token belongs.
fn as_bearer(kind: JwtKind) -> Cause {
    match kind {
        JwtKind::IdToken => Cause::IdTokenAsBearer,
        JwtKind::Other => Cause::JwtAsBearer,
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::oauth::explain::*;

    fn first(text: &str) -> Cause {
        match explain(text) {
            Explained::Causes(all) => all[0].cause,
            other => panic!("{other:?} for {text}"),
        }
    }

    #[test]
    fn ringcentrals_answers_are_explained() {
        for (text, cause) in [
            (
                r#"{"error":"unauthorized_client","error_description":"Unauthorized for this grant type","errors":[{"errorCode":"OAU-251","message":"Unauthorized for this grant type"}]}"#,
                Cause::GrantNotAllowed,
            ),
            (
                r#"HTTP 400 {"error":"invalid_grant","error_description":"Token not found","errors":[{"errorCode":"OAU-213"}]}"#,
                Cause::RefreshTokenReplaced,
            ),
            (
                r#"{"errorCode":"InsufficientPermissions","message":"x","errors":[{"errorCode":"CMN-401","permissionName":"SMS"}]}"#,
                Cause::ScopeMissing,
            ),
            (
                "https://app.example/cb?error=access_denied&state=x",
                Cause::ConsentDenied,
            ),
            ("Error: OAU-113 no redirect", Cause::NoRedirectUri),
            (
                r#"{"errorCode":"TokenExpired","message":"Access token expired","errors":[{"errorCode":"OAU-128","message":"Access token expired"}]}"#,
                Cause::AccessTokenExpired,
            ),
            (
                r#"{"error":"invalid_grant","error_description":"Token expired","errors":[{"errorCode":"OAU-210","message":"Token expired"}]}"#,
                Cause::RefreshTokenExpired,
            ),
            (
                r#"{"errorCode":"InvalidToken","message":"Invalid Authorization header","errors":[{"errorCode":"OAU-134","message":"Invalid Authorization header"}]}"#,
                Cause::NoBearer,
            ),
            (
                r#"{"error":"invalid_client","error_description":"Invalid Authorization header value","errors":[{"errorCode":"OAU-123","message":"Invalid Authorization header value"}]}"#,
                Cause::HeaderUnreadable,
            ),
            ("401", Cause::AccessTokenExpired),
            (" 403. ", Cause::ScopeMissing),
            ("HTTP 400", Cause::Refused),
            ("HTTP/2 401", Cause::AccessTokenExpired),
            ("404 Not Found", Cause::NotFound),
            ("status: 429", Cause::TooManyRequests),
            ("Request failed with status code 500", Cause::ServerFailed),
            ("statusCode=502", Cause::GatewayFailed),
            (r#"HTTP 403 {"what":"else"}"#, Cause::ScopeMissing),
            (r#"{"status":503,"path":"/x"}"#, Cause::Unavailable),
            ("HTTP/1.1 503 Service Unavailable", Cause::Unavailable),
            (
                "the server said 405 method not allowed",
                Cause::NotAnEndpoint,
            ),
            (
                r#"{"access_token":"x","expires_in":3600}"#,
                Cause::NoRefreshTokens,
            ),
            ("Bearer eyJhbGciOi.eyJzdWIi.c2ln", Cause::JwtAsBearer),
            (
                r#"{"error":"invalid_grant","error_description":"foo bar"}"#,
                Cause::CodeExpired,
            ),
            (r#"{"error":"invalid_client"}"#, Cause::WrongSecret),
            (
                r#"WWW-Authenticate: Bearer realm="x", error="invalid_token""#,
                Cause::AccessTokenExpired,
            ),
            ("error=insufficient_scope", Cause::ScopeMissing),
            (
                "https://app.example/cb?error=server_error",
                Cause::Unavailable,
            ),
            (
                "http://localhost:5000/cb#access_token=x&expires_in=60",
                Cause::ResponseType,
            ),
            (
                r#"{"access_token":"x","refresh_token":"y","expires_in":"3600"}"#,
                Cause::LifeUnreadable,
            ),
            (
                r#"{"error":"invalid_request","errors":[{"errorCode":"OAU-250"}]}"#,
                Cause::UnsupportedGrant,
            ),
        ] {
            assert_eq!(first(text), cause, "{text}");
        }
        let scope = explain(r#"{"errors":[{"errorCode":"CMN-401","permissionName":"SMS"}]}"#);
        let Explained::Causes(all) = scope else {
            panic!("{scope:?}");
        };
        assert_eq!(all[0].detail.as_deref(), Some("The scope is SMS (SMS)."));
    }

    #[test]
    fn every_code_of_the_table_is_found_in_an_error_body() {
        for cause in Cause::ALL {
            let is_code = |sign: &&&str| sign.contains('-') && !sign.contains(' ');
            for sign in cause.row().signs.iter().filter(is_code) {
                let body = format!(r#"{{"errors":[{{"errorCode":"{sign}","message":"?"}}]}}"#);
                assert_eq!(first(&body), *cause, "{sign}");
            }
        }
    }

    #[test]
    fn a_whole_token_response_is_fine_and_nothing_is_made_of_anything_else() {
        let whole = r#"{"access_token":"s3cret","refresh_token":"s3cret","expires_in":3600,"scope":"SMS Faxes"}"#;
        let Explained::Fine(sentence) = explain(whole) else {
            panic!("not fine");
        };
        assert!(
            sentence.contains("3600 s, 2 scopes") && !sentence.contains("s3cret"),
            "{sentence}"
        );
        for (text, word) in [
            ("http://localhost:5000/cb?code=abc&state=st", "within 60 s"),
            ("eyJhbGciOi.eyJzdWIi.c2ln", "assertion"),
        ] {
            let Explained::Fine(sentence) = explain(text) else {
                panic!("not fine: {text}");
            };
            assert!(
                sentence.contains(word) && !sentence.contains("abc"),
                "{sentence}"
            );
        }
        for text in [
            "",
            "hello",
            "{",
            "{}",
            "[]",
            "{\"errors\":5}",
            "200",
            "12345",
            "it took 503 ms",
            "401 apps",
            "http://127.0.0.1:404/500",
            "{\"port\":503}",
        ] {
            assert_eq!(explain(text), Explained::Unknown, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_survived(text in "\\PC*") {
            let _ = explain(&text);
        }
    }
}
