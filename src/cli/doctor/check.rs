//! One thing that doctor looked at, and what to do if it is wrong.

use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    pub name: String,
    pub state: State,
    pub message: String,
    /// Only a problem has one.
    pub fix: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Ok,
    /// Worth knowing. It needs no fix.
    Warning,
    Problem,
}

impl Check {
    pub fn ok(name: &str, message: impl Into<String>) -> Self {
        Self::of(name, State::Ok, message)
    }

    pub fn warning(name: &str, message: impl Into<String>) -> Self {
        Self::of(name, State::Warning, message)
    }

    pub fn problem(name: &str, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            fix: Some(fix.into()),
            ..Self::of(name, State::Problem, message)
        }
    }

    fn of(name: &str, state: State, message: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            state,
            message: message.into(),
            fix: None,
        }
    }
}
