//! What happened in the workspace: who, when, what, before and after.

pub mod update;
pub mod view;

use crate::{
    domain::history::{Entry as Row, HistoryWindow},
    form::Entry,
    keymap::{Action, Context},
};

/// Rows that are read; older ones are found by the filter.
pub const ROWS: u64 = 500;

#[derive(Debug, Default)]
pub struct HistoryPage {
    pub filter: Entry,
    /// The filter has the keys.
    pub filtering: bool,
    pub window: HistoryWindow,
    pub loaded: bool,
    /// The newest question asked; older answers are dropped.
    pub generation: u64,
    pub cursor: usize,
}

impl HistoryPage {
    pub fn context(&self) -> Vec<Context> {
        if self.filtering {
            vec![Context::HistoryFilter, Context::Text, Context::Anywhere]
        } else {
            vec![Context::History, Context::Anywhere]
        }
    }

    pub fn under_cursor(&self) -> Option<&Row> {
        self.window.entries.get(self.cursor)
    }

    pub fn why_off(&self, action: Action) -> Option<String> {
        let has_app = self.under_cursor().is_some_and(|row| row.app.is_some());
        match action {
            Action::Confirm if !self.filtering && !has_app => {
                Some("This row is of no app that could be opened.".to_owned())
            }
            _ => None,
        }
    }
}
