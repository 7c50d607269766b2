//! A request to the local server and its answer, as the log shows them: without secrets.

use crate::domain::{id::AppId, oauth::diagnosis::Diagnosis, time::UnixMs};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Increases by one with each request.
    pub number: u64,
    pub at: UnixMs,
    pub took_us: u64,
    /// The app that sent the request, once it is known.
    pub app: Option<(AppId, String)>,
    pub acts_as: Option<ActsAs>,
    /// A few words: the grant, or method and path.
    pub what: String,
    pub status: u16,
    /// `ok`, or the error code.
    pub result: String,
    pub request: String,
    pub response: String,
    pub diagnosis: Option<Diagnosis>,
}

/// The developer whose permissions a call has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActsAs {
    pub name: String,
    /// Their JWT credential logged in, not the developer in a browser.
    pub by_jwt: bool,
}

impl Exchange {
    /// A warning does not count as a failure.
    pub fn is_failure(&self) -> bool {
        let diagnosis = self.diagnosis.as_ref();
        self.status >= 400 || diagnosis.is_some_and(|why| !why.is_warning())
    }

    /// Whether there is something to explain.
    pub fn is_remarkable(&self) -> bool {
        self.is_failure() || self.diagnosis.is_some()
    }
}
