//! The history of the workspace: who, when, what, before and after.

mod update;
mod view;

use crate::{
    domain::history::{Entry as Row, HistoryWindow},
    form::Entry,
};

/// The number of rows read; the filter finds older ones.
pub const ROWS: u64 = 500;

#[derive(Debug, Default)]
pub struct HistoryPage {
    pub filter: Entry,
    /// The keys go to the filter.
    pub filtering: bool,
    pub window: HistoryWindow,
    pub loaded: bool,
    /// The number of the newest request; replies to older ones are dropped.
    asked: u64,
    pub cursor: usize,
}

impl HistoryPage {
    pub fn under_cursor(&self) -> Option<&Row> {
        self.window.entries.get(self.cursor)
    }
}
