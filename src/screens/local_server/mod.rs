//! The local server page: starts, stops and watches the local server, explains failures, and
//! switches faults on.

mod ask;
mod update;
pub(super) mod view;

use self::ask::Asked;
use crate::{
    desk::LocalServer,
    domain::oauth::{exchange::Exchange, explain::Explained},
    keymap::Action,
};

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
        /// The exchange that it was opened over.
        over: Option<u64>,
    },
}

#[derive(Debug)]
pub struct LocalServerPage {
    pub pane: Pane,
    /// The exchange that the cursor stays on; `None` to follow the newest one.
    at: Option<u64>,
    /// The last question.
    asked: Asked,
}

impl LocalServerPage {
    pub fn new(at_faults: bool) -> Self {
        Self {
            pane: if at_faults {
                Pane::Faults { cursor: 0 }
            } else {
                Pane::Log
            },
            at: None,
            asked: Asked::Text,
        }
    }

    /// The row of the log under the cursor.
    pub fn cursor(&self, local_server: &LocalServer) -> usize {
        let last = local_server.log.len().saturating_sub(1);
        let Some(number) = self.at else {
            return 0;
        };
        let row = local_server.log.iter().position(|one| one.number == number);
        row.unwrap_or(last)
    }

    /// The open exchange, otherwise the one under the cursor.
    pub fn exchange<'a>(&self, local_server: &'a LocalServer) -> Option<&'a Exchange> {
        match self.pane {
            Pane::Exchange { number, .. } => {
                local_server.log.iter().find(|one| one.number == number)
            }
            _ => local_server.log.get(self.cursor(local_server)),
        }
    }

    fn why_off(&self, action: Action, local_server: &LocalServer) -> Option<String> {
        match action {
            Action::CopyUrl if local_server.running.is_none() => {
                Some("The local server is not running. s starts it.".to_owned())
            }
            Action::Confirm | Action::ClearLog
                if matches!(self.pane, Pane::Log) && local_server.log.is_empty() =>
            {
                Some("No requests yet.".to_owned())
            }
            Action::GoToSetting => {
                let why = self
                    .exchange(local_server)
                    .and_then(|one| one.diagnosis.as_ref());
                let setting = why.and_then(|why| why.row().setting);
                setting
                    .is_none()
                    .then(|| "No setting fixes this. Change your code.".to_owned())
            }
            _ => None,
        }
    }
}
