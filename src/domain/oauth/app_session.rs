//! An OAuth session of an app, as the console lists it: without tokens.

use crate::domain::{id::DeveloperId, time::UnixMs};

/// Live sessions that a developer may have with an app; another one ends the oldest.
/// Source: RingCentral's documentation, "Access tokens".
pub const SESSIONS_MAX: usize = 5;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppSession {
    pub number: i64,
    pub owner: DeveloperId,
    pub opened_at: UnixMs,
    /// The JWT credential that opened it. `None` for a login in a browser.
    pub by_jwt: Option<String>,
    /// As the tokens have it: separated by spaces.
    pub scope: String,
    /// When its tokens were refreshed last.
    pub refreshed_at: Option<UnixMs>,
    pub state: SessionState,
}

impl AppSession {
    pub fn is_live(&self) -> bool {
        matches!(self.state, SessionState::Live { .. })
    }

    /// Whether the next login of its owner ends it. `all` are the sessions of one app, newest first.
    pub fn is_next_to_end(&self, all: &[Self]) -> bool {
        let mut theirs = all
            .iter()
            .filter(|one| one.is_live() && one.owner == self.owner);
        let oldest_kept = theirs.nth(SESSIONS_MAX - 1);
        oldest_kept.is_some_and(|one| one.number == self.number)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_of_five_live_sessions_ends_with_the_next_login() {
        let session = |number: i64, owner: &str, is_live: bool| AppSession {
            number,
            owner: DeveloperId::from_stored(owner),
            opened_at: UnixMs(number),
            by_jwt: None,
            scope: String::new(),
            refreshed_at: None,
            state: if is_live {
                SessionState::Live { until: UnixMs(99) }
            } else {
                SessionState::Revoked
            },
        };
        let mut all: Vec<_> = (1..=6)
            .rev()
            .map(|number| session(number, "ada", number != 4))
            .collect();
        all.push(session(0, "bob", true));
        let ending = |all: &[AppSession]| -> Vec<i64> {
            let ending = all.iter().filter(|one| one.is_next_to_end(all));
            ending.map(|one| one.number).collect()
        };
        assert_eq!(ending(&all), [1]);
        all.remove(0);
        assert_eq!(ending(&all), Vec::<i64>::new());
    }
}
