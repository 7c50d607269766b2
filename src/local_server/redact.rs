//! Shows requests and answers in the log: values that are known to be harmless, and the length of
//! all others.

use axum::{
    body::Bytes,
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use serde_json::Value;

use super::media_type::is_form;
use crate::domain::{oauth::credential::ID_LEN, people::password::MIN_CHARS, text::displayable};

/// Longest value that is shown.
const SHOWN_MAX: usize = 300;
/// Parameter names are shorter, and secrets are longer: a body that is just a token parses as a
/// name without a value.
const NAME_MAX: usize = 32;

/// Parameters without secrets, if they are used correctly.
const HARMLESS: [&str; 28] = [
    "access_token_ttl",
    "action",
    "brandId",
    "brand_id",
    "client_assertion_type",
    "client_id",
    "code_challenge",
    "code_challenge_method",
    "display",
    "endpoint_id",
    "error",
    "error_description",
    "expires_in",
    "grant_type",
    "iss",
    "localeId",
    "max_age",
    "nonce",
    "prompt",
    "redirect_uri",
    "refresh_token_ttl",
    "resource",
    "response_mode",
    "response_type",
    "scope",
    "token_type_hint",
    "ui_locales",
    "ui_options",
];
const SECRET_FIELDS: [&str; 3] = ["access_token", "refresh_token", "id_token"];

pub(super) fn request_text(parts: &Parts, body: &Bytes, hidden: Option<&str>) -> String {
    let mut lines = vec![asked(parts)];
    if let Some(query) = parts.uri.query() {
        lines.extend(parameters(query.as_bytes()).map(|line| format!("  ?{line}")));
    }
    for name in [
        header::AUTHORIZATION,
        header::CONTENT_TYPE,
        header::USER_AGENT,
    ] {
        if let Some(value) = parts.headers.get(&name) {
            let value = value.to_str().unwrap_or("[not text]");
            let value = if name == header::AUTHORIZATION {
                authorization(value)
            } else {
                short(value)
            };
            lines.push(format!("{name}: {value}"));
        }
    }
    if is_form(&parts.headers) {
        lines.extend(parameters(body).map(|line| format!("  {line}")));
    } else if !body.is_empty() {
        lines.push(format!("  [{} bytes]", body.len()));
    }
    clean(&lines, hidden)
}

pub(super) fn response_text(
    status: StatusCode,
    headers: &HeaderMap,
    body: &Bytes,
    hidden: Option<&str>,
) -> String {
    let mut lines = vec![status.to_string()];
    for name in [
        header::CONTENT_TYPE,
        header::WWW_AUTHENTICATE,
        header::RETRY_AFTER,
    ] {
        if let Some(value) = headers.get(&name).and_then(|value| value.to_str().ok()) {
            lines.push(format!("{name}: {}", short(value)));
        }
    }
    if let Some(to) = headers
        .get(header::LOCATION)
        .and_then(|to| to.to_str().ok())
    {
        let (to, fragment) = to.split_once('#').unwrap_or((to, ""));
        let (path, query) = to.split_once('?').unwrap_or((to, ""));
        lines.push(format!("location: {}", short(path)));
        lines.extend(parameters(query.as_bytes()).map(|line| format!("  ?{line}")));
        lines.extend(parameters(fragment.as_bytes()).map(|line| format!("  #{line}")));
    }
    if let Ok(mut json) = serde_json::from_slice::<Value>(body) {
        redact(&mut json, hidden);
        if let Ok(text) = serde_json::to_string_pretty(&json) {
            lines.extend(text.lines().map(|line| format!("  {line}")));
        }
    } else if !body.is_empty() {
        lines.push(format!("  [{} bytes]", body.len()));
    }
    clean(&lines, hidden)
}

fn parameters(text: &[u8]) -> impl Iterator<Item = String> {
    url::form_urlencoded::parse(text).map(|(name, value)| {
        // A Client Secret or a password in place of the Client ID.
        let is_no_id = name == "client_id" && !may_be_shown_as_id(&value);
        let is_harmless = is_harmless(&name) && !is_no_id;
        if is_harmless || value.is_empty() {
            format!("{}={}", word(&name), short(&value))
        } else {
            format!("{}={}", word(&name), withheld(&value))
        }
    })
}

/// Whether a value in place of a Client ID is short enough to show: passwords have at least twelve
/// characters, and secrets are longer than an ID.
pub(super) fn may_be_shown_as_id(text: &str) -> bool {
    let is_of_one = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    (text.len() == ID_LEN || text.len() < MIN_CHARS) && text.bytes().all(is_of_one)
}

/// Whether the values of a parameter are shown.
pub(super) fn is_harmless(name: &str) -> bool {
    HARMLESS.contains(&name)
}

/// The name, unless it is too long to be one.
fn word(text: &str) -> String {
    if is_too_long_for_a_name(text) {
        withheld(text)
    } else {
        text.to_owned()
    }
}

pub(super) fn is_too_long_for_a_name(text: &str) -> bool {
    text.chars().nth(NAME_MAX).is_some()
}

fn withheld(value: &str) -> String {
    format!("[{} characters]", value.chars().count())
}

fn authorization(value: &str) -> String {
    let (scheme, rest) = value.split_once(' ').unwrap_or(("", value));
    format!("{} {}", word(scheme), withheld(rest))
}

/// The method and the path.
pub(super) fn asked(parts: &Parts) -> String {
    short(&format!("{} {}", parts.method, parts.uri.path()))
}

fn short(text: &str) -> String {
    text.chars().take(SHOWN_MAX).collect()
}

/// Runs before serializing, which escapes quotes and so could hide the text.
fn redact(json: &mut Value, hidden: Option<&str>) {
    match json {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if SECRET_FIELDS.contains(&name.as_str()) => {
                        *text = withheld(text);
                    }
                    _ => redact(value, hidden),
                }
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|one| redact(one, hidden)),
        Value::String(text) => *text = without(text, hidden),
        _ => {}
    }
}

/// Hides a value that was sent as a Client ID but is not one: it may be the secret.
fn clean(lines: &[String], hidden: Option<&str>) -> String {
    let clean: Vec<String> = lines
        .iter()
        .map(|line| displayable(&without(line, hidden)).into_owned())
        .collect();
    clean.join("\n")
}

fn without(text: &str, hidden: Option<&str>) -> String {
    match hidden {
        Some(hidden) if !hidden.is_empty() => text.replace(hidden, &withheld(hidden)),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use axum::extract::Request;

    use super::*;

    #[test]
    fn only_what_is_known_to_be_harmless_is_shown() {
        let request = Request::builder()
            .uri("/restapi/oauth/token?state=st4te&client_id=abc")
            .header("authorization", "Basic c2VjcmV0")
            .header(
                "content-type",
                "Application/X-WWW-Form-Urlencoded; charset=UTF-8",
            )
            .body(())
            .unwrap();
        let body =
            Bytes::from_static(b"grant_type=x&assertion=s3cret&client_id=abc&unheard=s3cret");
        let text = request_text(&request.into_parts().0, &body, Some("abc"));
        assert!(text.contains("grant_type=x"), "{text}");
        for secret in ["s3cret", "c2VjcmV0", "st4te", "abc"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        let body = Bytes::from_static(br#"{"access_token":"s3cret","scope":"SMS"}"#);
        let text = response_text(StatusCode::OK, &HeaderMap::new(), &body, None);
        assert!(text.contains("SMS") && !text.contains("s3cret"), "{text}");
    }

    #[test]
    fn a_code_in_a_redirect_is_withheld_in_either_place() {
        for to in [
            "http://127.0.0.1:7777/cb?code=s3cret&state=s3cret&expires_in=60",
            "http://127.0.0.1:7777/cb?kept=s3cret#code=s3cret&state=s3cret&expires_in=60",
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::LOCATION, to.parse().unwrap());
            let text = response_text(StatusCode::FOUND, &headers, &Bytes::new(), None);
            assert!(
                text.contains("expires_in=60") && !text.contains("s3cret"),
                "{text}"
            );
        }
    }

    #[test]
    fn a_secret_in_the_wrong_place_is_withheld_too() {
        let secret = "s3cret".repeat(8);
        let request = Request::builder()
            .method("POST")
            .uri("/restapi/oauth/token")
            .header("authorization", format!("{secret} x"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(())
            .unwrap();
        let parts = request.into_parts().0;
        for body in [
            secret.clone(),
            format!("{secret}=1"),
            format!("client_id={secret}&client_id=abc"),
        ] {
            let text = request_text(&parts, &Bytes::from(body), None);
            assert!(!text.contains(&secret), "{text}");
        }
        let id = format!("\"{secret}\"\n");
        let body = serde_json::json!({ "errors": [{ "message": format!("Invalid: {id}") }] });
        let body = Bytes::from(body.to_string());
        let text = response_text(StatusCode::OK, &HeaderMap::new(), &body, Some(&id));
        assert!(
            text.contains("Invalid: [") && !text.contains(&secret),
            "{text}"
        );
    }
}
