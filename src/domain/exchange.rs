//! One request to the local platform and its answer, as the log tells them: without secrets.

use super::{diagnosis::Diagnosis, id::AppId, time::UnixMs};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Grows by one with each.
    pub number: u64,
    pub at: UnixMs,
    pub took_us: u64,
    /// Whose request it was, once the app is known.
    pub app: Option<(AppId, String)>,
    /// In a word: the grant, or method and path.
    pub what: String,
    pub status: u16,
    /// `ok`, or the code of the refusal.
    pub result: String,
    pub request: String,
    pub response: String,
    pub diagnosis: Option<Diagnosis>,
}

impl Exchange {
    pub fn is_failure(&self) -> bool {
        self.status >= 400 || self.diagnosis.is_some()
    }
}
