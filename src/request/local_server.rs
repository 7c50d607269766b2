//! The local server, and the trials that run against it.

use crate::domain::{oauth::trial::Step, progress::Progress};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerStart {
    /// With the port.
    Started(u16),
    /// The local server that ran before may still be running.
    Failed {
        problem: String,
        running: Option<u16>,
    },
}

/// Events from the threads of the local server, of the trials and of the worker, sent without a
/// request.
#[derive(Clone, Debug)]
pub enum News {
    /// A trial started the local server, on this port.
    Started(u16),
    /// With the reason.
    Stopped(String),
    /// The local server received a request.
    Exchanges,
    Step {
        trial: u64,
        step: Step,
    },
    /// An address for the person to open.
    Url {
        trial: u64,
        url: String,
    },
    TrialEnded {
        trial: u64,
    },
    /// The request with this number takes long.
    Progress {
        request: u64,
        progress: Progress,
    },
}
