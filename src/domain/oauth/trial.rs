//! A test of an app: its steps in order, each with its result.

use crate::domain::oauth::diagnosis::Diagnosis;

/// The user agent of the console's own test calls, which the server does not count as calls of the app.
pub const USER_AGENT: &str = concat!("devconsole/", env!("CARGO_PKG_VERSION"));

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrialKind {
    /// Log in at the local server and make a first API call.
    Login,
    /// Post a signed sample to the app's Outbound Webhook URL.
    TestEvent,
    /// Wait for events and check their signatures.
    Listen,
}

impl TrialKind {
    pub fn title(self) -> &'static str {
        match self {
            Self::Login => "Try it",
            Self::TestEvent => "Send a test event",
            Self::Listen => "Listen for events",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub what: String,
    pub is_ok: bool,
    /// The result in a line or two, without secrets.
    pub detail: String,
    pub took_ms: Option<u64>,
    pub diagnosis: Option<Diagnosis>,
}

impl Step {
    pub fn ok(what: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            is_ok: true,
            detail: detail.into(),
            took_ms: None,
            diagnosis: None,
        }
    }

    pub fn failed(what: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            is_ok: false,
            ..Self::ok(what, detail)
        }
    }
}
