//! Requests for scopes that require approval: who asks, for which app, why, and since when.

mod update;
pub mod view;

use crate::domain::people::ticket::Request;

#[derive(Debug, Default)]
pub struct Approvals {
    /// `None` until the requests are read.
    pub requests: Option<Vec<Request>>,
    pub cursor: usize,
}

impl Approvals {
    pub fn under_cursor(&self) -> Option<&Request> {
        self.requests.as_ref()?.get(self.cursor)
    }
}
