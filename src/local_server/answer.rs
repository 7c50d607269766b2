//! Answers in RingCentral's format. Facts: its error table and recorded answers. A code that begins
//! with `DEV-` is ours, where no source states one.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    Faults,
    rate::Quota,
    shown::{may_be_repeated, may_be_shown_as_id},
};
use crate::{
    domain::{
        app::App,
        id::AppId,
        oauth::{
            diagnosis::{Cause, Diagnosis},
            exchange::ActsAs,
            fault::Fault,
        },
        text::stray,
    },
    store::{Person, StoreError},
};

/// Ours: names the fault that made an answer fail.
pub const FAULT_HEADER: &str = "x-devconsole-fault";
const REALM: &str = "RingCentral REST API";

/// Facts about a request for the log, besides the bytes on the wire.
#[derive(Clone, Debug, Default)]
pub struct LogContext {
    pub app: Option<(AppId, String)>,
    pub acts_as: Option<ActsAs>,
    pub what: Option<&'static str>,
    pub code: Option<&'static str>,
    pub diagnosis: Option<Diagnosis>,
    /// The fault that made the answer fail.
    pub struck: Option<Fault>,
    /// Text of the request that the answer repeats, which may be a secret in the wrong place.
    pub hidden: Option<String>,
}

impl LogContext {
    pub fn is_of(&mut self, app: &App) {
        self.app = Some((app.id.clone(), app.spec.properties.name.clone()));
    }

    pub fn acts_as(&mut self, who: Option<Person>, by_jwt: bool) {
        self.acts_as = who.map(|who| ActsAs {
            name: who.full_name,
            by_jwt,
        });
    }

    pub fn refused(&mut self, refusal: &Refusal) {
        self.code = Some(refusal.code);
        self.diagnosis.clone_from(&refusal.about.why);
        if self.hidden.is_none() {
            self.hidden.clone_from(&refusal.about.hidden);
        }
    }

    /// For a page, which explains a refusal in its own words.
    pub fn explained(&mut self, code: &'static str, cause: Cause) {
        self.code = Some(code);
        self.diagnosis = Some(cause.into());
    }

    /// The request works here, but may not work with RingCentral. A refusal replaces this.
    pub fn warn(&mut self, cause: Cause) {
        self.diagnosis = Some(cause.into());
    }

    /// Whether an armed fault strikes now.
    pub fn strikes(&mut self, faults: &Faults, fault: Fault) -> bool {
        let strikes = faults.strikes(fault);
        if strikes {
            self.struck = Some(fault);
        }
        strikes
    }

    /// A fault looks like the error that it imitates; the log must say that it was a fault.
    pub fn why(&self) -> Option<Diagnosis> {
        let of_fault = self.struck.map(Diagnosis::of_fault);
        of_fault.or_else(|| self.diagnosis.clone())
    }

    pub fn onto(self, mut response: Response) -> Response {
        name_fault(&mut response, self.struck);
        response.extensions_mut().insert(self);
        response
    }
}

/// Names the fault in the answer too, which may be all that a reader has.
pub fn name_fault(response: &mut Response, fault: Option<Fault>) {
    if let Some(fault) = fault {
        let name = HeaderValue::from_static(fault.label());
        response.headers_mut().insert(FAULT_HEADER, name);
    }
}

/// Why a request was refused.
#[derive(Debug)]
pub struct Refusal {
    pub status: StatusCode,
    /// The OAuth `error`, or the API's `errorCode`.
    pub error: &'static str,
    pub code: &'static str,
    pub message: String,
    retry_after_s: Option<u64>,
    /// Boxed to keep a refusal small, because it is returned by value.
    about: Box<About>,
}

#[derive(Debug, Default)]
struct About {
    why: Option<Diagnosis>,
    /// RingCentral's name of the missing permission or scope.
    permission: Option<&'static str>,
    parameters: Vec<Parameter>,
    /// The methods of the path.
    allow: Option<String>,
    hidden: Option<String>,
    quota: Option<Quota>,
}

/// The part of the request that an error is about, in RingCentral's format.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Parameter {
    parameter_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter_value: Option<String>,
}

/// Longest repeated value, in characters.
const REPEATED_MAX: usize = 200;

impl Refusal {
    /// The token endpoint answers 400 to most (RFC 6749 §5.2).
    pub fn bad(error: &'static str, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            error,
            code,
            message: message.into(),
            retry_after_s: None,
            about: Box::default(),
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

    pub fn because(mut self, why: impl Into<Diagnosis>) -> Self {
        self.about.why = Some(why.into());
        self
    }

    /// Text that the log must not repeat.
    pub fn hiding(mut self, text: &str) -> Self {
        self.about.hidden = Some(text.to_owned());
        self
    }

    /// Names the parameter that the error is about, with its value unless that may be a secret.
    pub fn naming_parameter(mut self, name: &str, value: Option<&str>) -> Self {
        let value = value.filter(|_| may_be_repeated(name));
        self.about.parameters.push(Parameter {
            parameter_name: name.to_owned(),
            parameter_value: value.map(|value| value.chars().take(REPEATED_MAX).collect()),
        });
        self
    }

    /// If the value has stray characters around it, they replace any other cause. `name` is the
    /// name of the value for a person.
    pub fn or_stray(self, name: &str, value: &str) -> Self {
        match stray(value) {
            Some(how) => self.because(Diagnosis {
                cause: Cause::StrayCharacters,
                detail: Some(format!("{name} {how}.")),
            }),
            None => self,
        }
    }

    pub fn allowing(mut self, methods: &[&str]) -> Self {
        self.about.allow = Some(methods.join(", "));
        self
    }

    /// For an invalid Client ID. It is shown if it cannot be a secret.
    pub fn naming_client(self, id: &str) -> Self {
        const NAME: &str = "client_id";
        if may_be_shown_as_id(id) {
            self.naming_parameter(NAME, Some(id))
        } else {
            self.naming_parameter(NAME, None).hiding(id)
        }
    }

    /// Names the missing scope or permission.
    pub fn naming(mut self, permission: &'static str) -> Self {
        self.about.permission = Some(permission);
        self
    }

    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// What the caller has left of the rate group.
    pub fn with_quota(mut self, quota: Quota) -> Self {
        self.about.quota = Some(quota);
        self
    }

    pub fn after_s(mut self, seconds: u64) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// The answer of an OAuth endpoint.
    pub fn of_oauth(&self) -> Response {
        let body = json!({
            "error": self.error,
            "error_description": self.message,
            "errors": [self.one()],
        });
        let mut response = json_answer(self.status, &body);
        if self.error == "invalid_client" {
            challenge(&mut response, &format!("Basic realm=\"{REALM}\""));
        }
        self.headers(&mut response);
        response
    }

    /// The answer of an API endpoint.
    pub fn of_api(&self) -> Response {
        let body = json!({
            "errorCode": self.error,
            "message": self.message,
            "errors": [self.one()],
        });
        let mut response = json_answer(self.status, &body);
        // RFC 6750 §3: without credentials, the challenge has no error code.
        let error = match self.status {
            StatusCode::UNAUTHORIZED if self.code == "AGW-401" => Some(""),
            StatusCode::UNAUTHORIZED => Some(", error=\"invalid_token\""),
            StatusCode::FORBIDDEN => Some(", error=\"insufficient_scope\""),
            _ => None,
        };
        if let Some(error) = error {
            challenge(&mut response, &format!("Bearer realm=\"{REALM}\"{error}"));
        }
        self.headers(&mut response);
        response
    }

    /// The entry in the array `errors`.
    fn one(&self) -> Value {
        let mut one = json!({ "errorCode": self.code, "message": self.message });
        let mut say = |name: &str, value: Value| {
            if let Some(one) = one.as_object_mut() {
                one.insert(name.to_owned(), value);
            }
        };
        if let Some(name) = self.about.permission {
            say("permissionName", name.into());
        }
        if !self.about.parameters.is_empty() {
            say("parameters", json!(self.about.parameters));
        }
        one
    }

    fn headers(&self, response: &mut Response) {
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(quota) = self.about.quota {
            quota.onto(headers);
        }
        let allow = self.about.allow.as_deref();
        if let Some(Ok(allow)) = allow.map(HeaderValue::from_str) {
            headers.insert(header::ALLOW, allow);
        }
    }
}

/// The server failed, not the client.
impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::bad("temporarily_unavailable", "DEV-503", error.to_string())
            .with_status(StatusCode::SERVICE_UNAVAILABLE)
            .after_s(1)
            .because(Cause::Unavailable)
    }
}

fn challenge(response: &mut Response, sentence: &str) {
    if let Ok(value) = HeaderValue::from_str(sentence) {
        let headers = response.headers_mut();
        headers.insert(header::WWW_AUTHENTICATE, value);
    }
}

pub fn json_answer(status: StatusCode, body: &impl Serialize) -> Response {
    let mut response = (status, Json(body)).into_response();
    let headers = response.headers_mut();
    let json = HeaderValue::from_static("application/json;charset=UTF-8");
    headers.insert(header::CONTENT_TYPE, json);
    // RFC 6749 §5.1.
    let store = HeaderValue::from_static("no-store");
    headers.insert(header::CACHE_CONTROL, store);
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    // Some answers repeat parts of the request.
    let nosniff = HeaderValue::from_static("nosniff");
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, nosniff);
    response
}

/// The answer of the API to a request.
pub fn of_api(done: Result<Value, Refusal>, mut log: LogContext) -> Response {
    let response = match done {
        Ok(body) => json_answer(StatusCode::OK, &body),
        Err(refusal) => {
            log.refused(&refusal);
            refusal.of_api()
        }
    };
    log.onto(response)
}
