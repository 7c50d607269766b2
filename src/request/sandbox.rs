//! The local platform, and what is tried against it.

use crate::domain::oauth::trial::Step;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlatformStart {
    /// With the port.
    Started(u16),
    /// The one that ran before may still run.
    Failed {
        problem: String,
        running: Option<u16>,
    },
}

/// What the threads of the local platform say without being asked.
#[derive(Clone, Debug)]
pub enum News {
    /// A trial started it.
    Started(u16),
    /// With what it ended of.
    Stopped(String),
    /// Something was asked of it.
    Exchanges,
    Step {
        trial: u64,
        step: Step,
    },
    /// An address for somebody to open.
    Url {
        trial: u64,
        url: String,
    },
    TrialEnded {
        trial: u64,
    },
}
