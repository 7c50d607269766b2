//! Answers in the platform's shape. Facts: its error table and recorded answers; a code that
//! begins with `DEV-` is ours, where no source states one.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};

use crate::store::StoreError;

const REALM: &str = "RingCentral REST API";

/// Why a request was refused.
#[derive(Debug)]
pub struct Refusal {
    pub status: StatusCode,
    /// The OAuth `error`, or the API's `errorCode`.
    pub error: &'static str,
    pub code: &'static str,
    pub message: String,
    pub retry_after_s: Option<u64>,
}

impl Refusal {
    /// The token endpoint answers 400 to most (RFC 6749 §5.2).
    pub fn bad(error: &'static str, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            error,
            code,
            message: message.into(),
            retry_after_s: None,
        }
    }

    pub fn unauthorized(
        error: &'static str,
        code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            ..Self::bad(error, code, message)
        }
    }

    /// As the token endpoint says it.
    pub fn of_oauth(&self) -> Response {
        let body = json!({
            "error": self.error,
            "error_description": self.message,
            "errors": [{ "errorCode": self.code, "message": self.message }],
        });
        let mut response = json_answer(self.status, &body);
        if self.error == "invalid_client" {
            challenge(&mut response, &format!("Basic realm=\"{REALM}\""));
        }
        self.wait(&mut response);
        response
    }

    /// As the API says it.
    pub fn of_api(&self) -> Response {
        let body = json!({
            "errorCode": self.error,
            "message": self.message,
            "errors": [{ "errorCode": self.code, "message": self.message }],
        });
        let mut response = json_answer(self.status, &body);
        if self.status == StatusCode::UNAUTHORIZED {
            let said = format!("Bearer realm=\"{REALM}\", error=\"invalid_token\"");
            challenge(&mut response, &said);
        }
        response
    }

    fn wait(&self, response: &mut Response) {
        if let Some(seconds) = self.retry_after_s {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
    }
}

/// The machine failed, not whoever asked.
impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            error: "temporarily_unavailable",
            code: "DEV-503",
            message: error.to_string(),
            retry_after_s: Some(1),
        }
    }
}

fn challenge(response: &mut Response, said: &str) {
    if let Ok(value) = HeaderValue::from_str(said) {
        let headers = response.headers_mut();
        headers.insert(header::WWW_AUTHENTICATE, value);
    }
}

pub fn json_answer(status: StatusCode, body: &Value) -> Response {
    let mut response = (status, Json(body)).into_response();
    let headers = response.headers_mut();
    let json = HeaderValue::from_static("application/json;charset=UTF-8");
    headers.insert(header::CONTENT_TYPE, json);
    // RFC 6749 §5.1.
    let store = HeaderValue::from_static("no-store");
    headers.insert(header::CACHE_CONTROL, store);
    response
}
