//! Requests and answers as the log shows them, without secrets.

use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderName, StatusCode, header, request::Parts},
};
use serde_json::Value;

use super::{media_type::is_form, shown};
use crate::domain::text::displayable;

/// Parameters that are shown: a body may have thousands.
const PARAMETERS_MAX: usize = 100;
const SECRET_FIELDS: [&str; 3] = ["access_token", "refresh_token", "id_token"];

type Shown = fn(&str) -> String;

pub(super) fn request_text(parts: &Parts, body: &Bytes) -> String {
    let mut lines = vec![asked(parts)];
    if let Some(query) = parts.uri.query() {
        lines.extend(parameters(query.as_bytes()).map(|line| format!("  ?{line}")));
    }
    let headers: [(HeaderName, Shown); 3] = [
        (header::AUTHORIZATION, shown::authorization),
        (header::CONTENT_TYPE, shown::content_type),
        (header::USER_AGENT, shown::user_agent),
    ];
    for (name, shown) in headers {
        if let Some(value) = parts.headers.get(&name) {
            let value = value.to_str().map_or("[not text]".to_owned(), shown);
            lines.push(format!("{name}: {value}"));
        }
    }
    if is_form(&parts.headers) {
        lines.extend(parameters(body).map(|line| format!("  {line}")));
    } else if !body.is_empty() {
        lines.push(format!("  [{} bytes]", body.len()));
    }
    joined(&lines)
}

/// `hidden` is what the answer repeats of the request.
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
            lines.push(format!("{name}: {}", shown::cut(value)));
        }
    }
    if let Some(to) = headers
        .get(header::LOCATION)
        .and_then(|to| to.to_str().ok())
    {
        lines.extend(location(to, hidden));
    }
    if let Ok(mut json) = serde_json::from_slice::<Value>(body) {
        redact(&mut json, hidden);
        if let Ok(text) = serde_json::to_string_pretty(&json) {
            lines.extend(text.lines().map(|line| format!("  {line}")));
        }
    } else if !body.is_empty() {
        lines.push(format!("  [{} bytes]", body.len()));
    }
    joined(&lines)
}

fn location(to: &str, hidden: Option<&str>) -> Vec<String> {
    let (to, fragment) = to.split_once('#').unwrap_or((to, ""));
    let (path, query) = to.split_once('?').unwrap_or((to, ""));
    let path = if path.starts_with('/') {
        shown::path_of(path)
    } else {
        shown::uri(path)
    };
    let mut lines = vec![format!("location: {path}")];
    for (mark, text) in [('?', query), ('#', fragment)] {
        let pairs = url::form_urlencoded::parse(text.as_bytes());
        lines.extend(pairs.map(|(name, value)| {
            // This server's own words.
            let is_ours = ["error", "error_description"].contains(&name.as_ref());
            if is_ours {
                format!("  {mark}{name}={}", without(&value, hidden))
            } else {
                format!("  {mark}{}", shown::parameter(&name, &value))
            }
        }));
    }
    lines
}

fn parameters(text: &[u8]) -> impl Iterator<Item = String> {
    let pairs = url::form_urlencoded::parse(text).take(PARAMETERS_MAX);
    pairs.map(|(name, value)| shown::parameter(&name, &value))
}

/// The method and the path.
pub(super) fn asked(parts: &Parts) -> String {
    shown::asked(&parts.method, parts.uri.path())
}

/// Runs before serializing, which escapes quotes and so could hide the text.
fn redact(json: &mut Value, hidden: Option<&str>) {
    match json {
        Value::Object(fields) => {
            // The part of the request that an error is about.
            if let Some(Value::String(name)) = fields.get("parameterName").cloned() {
                if let Some(Value::String(value)) = fields.get_mut("parameterValue") {
                    *value = shown::parameter_value(&name, value);
                }
                fields.insert("parameterName".into(), shown::parameter_name(&name).into());
            }
            for (name, value) in fields {
                match value {
                    Value::String(text) if SECRET_FIELDS.contains(&name.as_str()) => {
                        *text = shown::withheld(text);
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

fn joined(lines: &[String]) -> String {
    let lines: Vec<_> = lines.iter().map(|line| displayable(line)).collect();
    lines.join("\n")
}

fn without(text: &str, hidden: Option<&str>) -> String {
    match hidden {
        Some(hidden) if !hidden.is_empty() => text.replace(hidden, &shown::withheld(hidden)),
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
        let body = Bytes::from_static(
            b"grant_type=refresh_token&assertion=s3cret&client_id=abc&unheard=s3cret",
        );
        let text = request_text(&request.into_parts().0, &body);
        assert!(text.contains("grant_type=refresh_token"), "{text}");
        for secret in ["s3cret", "c2VjcmV0", "st4te"] {
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
            let text = request_text(&parts, &Bytes::from(body));
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
