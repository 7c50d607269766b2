//! An OAuth session of an app, as the console lists it: without tokens.

use crate::domain::{id::DeveloperId, time::UnixMs};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppSession {
    pub owner: DeveloperId,
    pub opened_at: UnixMs,
    /// A JWT credential opened it, and not a login in a browser.
    pub by_jwt: bool,
    pub state: SessionState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionState {
    /// Until its last token expires.
    Live {
        until: UnixMs,
    },
    Expired,
    Revoked,
    /// A newer session replaced it.
    Evicted,
}

impl SessionState {
    pub fn label(self) -> String {
        match self {
            Self::Live { until } => format!("live until {}", until.date_time()),
            Self::Expired => "expired".to_owned(),
            Self::Revoked => "revoked".to_owned(),
            Self::Evicted => "ended by a newer session".to_owned(),
        }
    }
}
