//! The parameters of a request, from its query or its body.

use std::collections::{HashMap, hash_map::Entry};

use axum::http::{HeaderMap, StatusCode};

use super::{answer::Refusal, media_type::is_form, shown::is_parameter};
use crate::domain::oauth::diagnosis::{Cause, Diagnosis};

/// Only these parameters may be repeated (RFC 6749 §3.1, §3.2); their first value counts.
/// Source: RFC 8707 §2, RFC 8693 §2.1.
const REPEATABLE: [&str; 2] = ["resource", "audience"];

#[derive(Default)]
pub struct Form(HashMap<String, String>);

/// Values may be secrets.
impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Form({} parameters)", self.0.len())
    }
}

impl Form {
    pub fn of_query(query: &str) -> Result<Self, Refusal> {
        Self::pairs(query.as_bytes())
    }

    /// An empty body has no parameters, whatever its type.
    pub fn of_body(headers: &HeaderMap, body: &[u8]) -> Result<Self, Refusal> {
        if body.is_empty() {
            return Ok(Self::default());
        }
        if !is_form(headers) {
            let message = "The body must be application/x-www-form-urlencoded";
            let refusal = Refusal::bad("invalid_request", "DEV-415", message)
                .with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE);
            return Err(refusal.because(Cause::ContentType));
        }
        Self::pairs(body)
    }

    fn pairs(text: &[u8]) -> Result<Self, Refusal> {
        let mut pairs = HashMap::new();
        for (name, value) in url::form_urlencoded::parse(text) {
            match pairs.entry(name.into_owned()) {
                Entry::Vacant(place) => {
                    place.insert(value.into_owned());
                }
                Entry::Occupied(place) if REPEATABLE.contains(&place.key().as_str()) => {}
                Entry::Occupied(place) => return Err(twice(place.key())),
            }
        }
        Ok(Self(pairs))
    }

    pub fn into_query(self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.0);
        query.finish()
    }

    /// An empty parameter counts as missing (RFC 6749 §3.2): one SDK sends six of them.
    pub fn get(&self, name: &str) -> Option<&str> {
        let value = self.0.get(name)?;
        (!value.is_empty()).then_some(value.as_str())
    }

    pub fn wanted(&self, name: &'static str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| {
            let message = format!("Parameter {name} is missing");
            Refusal::bad("invalid_request", "CMN-101", message)
                .because(Diagnosis {
                    cause: Cause::ParameterMissing,
                    detail: Some(format!("{name} is missing.")),
                })
                .naming_parameter(name, None)
        })
    }

    pub fn seconds(&self, name: &str) -> Option<i64> {
        self.get(name)?.parse().ok()
    }
}

fn twice(name: &str) -> Refusal {
    let message = format!("Parameter {name} is sent twice");
    let refusal = Refusal::bad("invalid_request", "OAU-111", message)
        .because(Cause::ParameterTwice)
        .naming_parameter(name, None);
    if is_parameter(name) {
        refusal
    } else {
        refusal.hiding(name)
    }
}
