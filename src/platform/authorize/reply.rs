//! What goes back to the app by way of the browser.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};

use crate::platform::{
    Profile, Shared,
    answer::{Refusal, Told},
    base_of,
};

/// An error goes back to the app once its redirect URI is known to be its own; before, it is
/// shown (RFC 6749 §4.1.2.1).
pub(super) enum Failed {
    Shown(Refusal),
    SentBack(Box<Back>),
}

impl From<Refusal> for Failed {
    fn from(refusal: Refusal) -> Self {
        Self::Shown(refusal)
    }
}

pub(super) struct Back {
    pub redirect_uri: String,
    pub state: Option<String>,
    pub refusal: Refusal,
}

pub(super) fn refuse(
    shared: &Shared,
    headers: &HeaderMap,
    failed: Failed,
    status: StatusCode,
    told: &mut Told,
) -> Response {
    match failed {
        Failed::Shown(refusal) => {
            told.refused(&refusal);
            refusal.of_oauth()
        }
        Failed::SentBack(back) => {
            let Back {
                redirect_uri,
                state,
                refusal,
            } = *back;
            told.refused(&refusal);
            let mut answer = vec![
                ("error", refusal.error),
                ("error_description", refusal.message.as_str()),
            ];
            answer.extend(state.as_deref().map(|state| ("state", state)));
            let issuer = base_of(headers);
            if shared.profile == Profile::Strict {
                answer.push(("iss", &issuer));
            }
            redirect(status, &with_answer(&redirect_uri, &answer))
        }
    }
}

/// The text that was registered stays as it is, its query too (RFC 6749 §3.1.2).
pub(super) fn with_answer(redirect_uri: &str, answer: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(answer);
    let query = query.finish();
    let joint = match redirect_uri.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some((_, known)) if known.ends_with('&') => "",
        Some(_) => "&",
    };
    format!("{redirect_uri}{joint}{query}")
}

pub(super) fn redirect(status: StatusCode, to: &str) -> Response {
    let mut response = status.into_response();
    let headers = response.headers_mut();
    if let Ok(to) = HeaderValue::from_str(to) {
        headers.insert(header::LOCATION, to);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let none = HeaderValue::from_static("no-referrer");
    headers.insert(header::REFERRER_POLICY, none);
    response
}

#[cfg(test)]
mod tests {
    use super::with_answer;

    #[test]
    fn a_query_that_was_registered_is_kept() {
        for (registered, expected) in [
            ("https://a.example/cb", "https://a.example/cb?code=x+y"),
            ("https://a.example/cb?", "https://a.example/cb?code=x+y"),
            (
                "https://a.example/cb?p=1",
                "https://a.example/cb?p=1&code=x+y",
            ),
            ("com.example.app:/cb", "com.example.app:/cb?code=x+y"),
        ] {
            assert_eq!(with_answer(registered, &[("code", "x y")]), expected);
        }
    }
}
