//! The Sandbox: the local platform is started, stopped and watched here; what went wrong is
//! explained, and faults are switched on.

pub mod update;
pub mod view;

use std::collections::VecDeque;

use crate::{
    domain::{
        id::AppId,
        oauth::{
            exchange::Exchange,
            explain::Explained,
            fault::{Armed, Fault},
            setup::{PORT, Setup},
        },
    },
    keymap::{Action, Context},
};

/// Exchanges that are kept to be looked at.
pub const KEPT_MAX: usize = 500;

/// What is known of the local platform, whichever screen is open.
#[derive(Debug)]
pub struct Sandbox {
    pub setup: Setup,
    /// The port, while it runs.
    pub running: Option<u16>,
    /// The newest first.
    pub log: VecDeque<Exchange>,
    pub faults: Vec<(Fault, Armed)>,
    /// The number of the last trial.
    pub trials: u64,
}

impl Default for Sandbox {
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

impl Sandbox {
    pub fn url(&self) -> Option<String> {
        Some(format!("http://127.0.0.1:{}", self.running?))
    }

    pub fn armed(&self) -> usize {
        let on = self.faults.iter().filter(|(_, armed)| *armed != Armed::Off);
        on.count()
    }
}

#[derive(Debug, Default)]
pub enum Pane {
    #[default]
    Log,
    /// One exchange, by its number.
    Exchange {
        number: u64,
        scroll: u16,
    },
    Faults {
        cursor: usize,
    },
    Explained {
        what: Explained,
        scroll: u16,
    },
}

#[derive(Debug, Default)]
pub struct SandboxPage {
    pub pane: Pane,
    /// In the log.
    pub cursor: usize,
    /// The app whose page it was opened from, and where it leads back to.
    pub from: Option<AppId>,
}

impl SandboxPage {
    pub fn context(&self) -> Vec<Context> {
        let inner = match self.pane {
            Pane::Log => Context::Sandbox,
            Pane::Exchange { .. } => Context::Exchange,
            Pane::Faults { .. } => Context::Faults,
            Pane::Explained { .. } => Context::Explained,
        };
        vec![inner, Context::Anywhere]
    }

    /// The exchange that is open, or under the cursor.
    pub fn exchange<'a>(&self, sandbox: &'a Sandbox) -> Option<&'a Exchange> {
        match self.pane {
            Pane::Exchange { number, .. } => sandbox.log.iter().find(|one| one.number == number),
            _ => sandbox.log.get(self.cursor),
        }
    }

    pub fn why_off(&self, action: Action, sandbox: &Sandbox) -> Option<String> {
        match action {
            Action::CopyUrl if sandbox.running.is_none() => {
                Some("The local platform is not running. s starts it.".to_owned())
            }
            Action::Confirm | Action::ClearLog
                if matches!(self.pane, Pane::Log) && sandbox.log.is_empty() =>
            {
                Some("Nothing was asked yet.".to_owned())
            }
            Action::GoToSetting => {
                let why = self
                    .exchange(sandbox)
                    .and_then(|one| one.diagnosis.as_ref());
                let setting = why.and_then(|why| why.row().setting);
                setting.is_none().then(|| {
                    "There is no setting to change for this: it is in your code.".to_owned()
                })
            }
            _ => None,
        }
    }

    /// Whether an action has nothing to work on, so that the footer need not name it.
    pub fn is_idle(&self, action: Action, sandbox: &Sandbox) -> bool {
        self.why_off(action, sandbox).is_some()
    }
}
