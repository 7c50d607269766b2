//! What happened in the workspace: who, when, what, before and after.

mod update;
pub mod view;

use crate::{
    domain::history::{Entry as Row, HistoryWindow},
    form::Entry,
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
    /// The newest question asked; older replies are dropped.
    asked: u64,
    pub cursor: usize,
}

impl HistoryPage {
    pub fn under_cursor(&self) -> Option<&Row> {
        self.window.entries.get(self.cursor)
    }
}
