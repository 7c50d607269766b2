//! Answers to the app through the browser.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use strum::{EnumString, VariantNames};

use percent_encoding::{CONTROLS, utf8_percent_encode};

use crate::{
    domain::oauth::setup::Profile,
    local_server::{
        Shared,
        answer::{LogContext, Refusal},
        base_of, pages,
    },
};

/// How an answer reaches the app (OAuth 2.0 Multiple Response Types §2.1, OAuth 2.0 Form Post
/// Response Mode).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, EnumString, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub(super) enum ResponseMode {
    #[default]
    Query,
    Fragment,
    FormPost,
}

/// The destination of an answer.
#[derive(Clone, Debug)]
pub(super) struct ReturnTo {
    pub redirect_uri: String,
    pub mode: ResponseMode,
    pub state: Option<String>,
}

impl ReturnTo {
    /// Sends the browser to the app with this answer.
    pub fn with(
        &self,
        shared: &Shared,
        headers: &HeaderMap,
        status: StatusCode,
        answer: &[(&str, &str)],
    ) -> Response {
        let mut answer = answer.to_vec();
        answer.extend(self.state.as_deref().map(|state| ("state", state)));
        let issuer = base_of(headers);
        if shared.profile == Profile::Strict {
            // RFC 9207 §2.
            answer.push(("iss", &issuer));
        }
        match self.mode {
            ResponseMode::Query => redirect(status, &with_answer(&self.redirect_uri, &answer)),
            ResponseMode::Fragment => {
                let to = format!("{}#{}", self.redirect_uri, encoded(&answer));
                redirect(status, &to)
            }
            ResponseMode::FormPost => pages::form_post(&self.redirect_uri, &answer),
        }
    }
}

/// An error is sent to the app only if the redirect URI is known to be its own. Otherwise it is
/// shown in the browser (RFC 6749 §4.1.2.1).
pub(super) enum Failed {
    Shown(Refusal),
    SentBack(Box<(ReturnTo, Refusal)>),
}

impl From<Refusal> for Failed {
    fn from(refusal: Refusal) -> Self {
        Self::Shown(refusal)
    }
}

pub(super) fn refuse(
    shared: &Shared,
    headers: &HeaderMap,
    failed: Failed,
    status: StatusCode,
    log: &mut LogContext,
) -> Response {
    match failed {
        Failed::Shown(refusal) => {
            log.refused(&refusal);
            refusal.of_oauth()
        }
        Failed::SentBack(back) => {
            let (to, refusal) = *back;
            log.refused(&refusal);
            let answer = [
                ("error", refusal.error),
                ("error_description", refusal.message.as_str()),
            ];
            to.with(shared, headers, status, &answer)
        }
    }
}

fn encoded(answer: &[(&str, &str)]) -> String {
    let mut text = url::form_urlencoded::Serializer::new(String::new());
    text.extend_pairs(answer);
    text.finish()
}

/// Keeps the registered text unchanged, including its query (RFC 6749 §3.1.2).
fn with_answer(redirect_uri: &str, answer: &[(&str, &str)]) -> String {
    let query = encoded(answer);
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
    // A query may come with letters that a header cannot have.
    let to = utf8_percent_encode(to, CONTROLS).to_string();
    if let Ok(to) = HeaderValue::from_str(&to) {
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
