//! The state of the local server as far as the console knows it, whichever page is open.

use std::collections::VecDeque;

use crate::domain::oauth::{
    exchange::Exchange,
    fault::{Armed, Fault},
    setup::{PORT, Setup},
};

/// The console keeps this many exchanges.
const KEPT_MAX: usize = 500;

#[derive(Debug)]
pub struct LocalServer {
    pub setup: Setup,
    /// The port, while the local server is running.
    pub running: Option<u16>,
    /// Newest first.
    pub log: VecDeque<Exchange>,
    pub faults: Vec<(Fault, Armed)>,
    /// The number of the latest trial.
    pub trials: u64,
}

impl Default for LocalServer {
    fn default() -> Self {
        Self {
            setup: Setup {
                port: PORT,
                ..Setup::default()
            },
            running: None,
            log: VecDeque::new(),
            faults: Vec::new(),
            trials: 0,
        }
    }
}

impl LocalServer {
    pub fn url(&self) -> Option<String> {
        Some(format!("http://127.0.0.1:{}", self.running?))
    }

    pub fn take(&mut self, new: Vec<Exchange>) {
        for exchange in new {
            self.log.push_front(exchange);
        }
        self.log.truncate(KEPT_MAX);
    }

    pub fn armed(&self) -> usize {
        let on = self.faults.iter().filter(|(_, armed)| *armed != Armed::Off);
        on.count()
    }
}
