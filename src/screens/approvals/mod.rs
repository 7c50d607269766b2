//! Requests for scopes that require approval: who asks, for which app, why, since when.

pub mod update;
pub mod view;

use crate::{
    domain::people::{developer::Session, ticket::Request},
    keymap::{Action, Context},
};

#[derive(Debug, Default)]
pub struct Approvals {
    /// `None` until they are read.
    pub requests: Option<Vec<Request>>,
    pub cursor: usize,
}

impl Approvals {
    pub fn context(&self) -> Vec<Context> {
        vec![Context::Approvals, Context::Anywhere]
    }

    pub fn under_cursor(&self) -> Option<&Request> {
        self.requests.as_ref()?.get(self.cursor)
    }

    pub fn why_off(&self, action: Action, session: Option<&Session>) -> Option<String> {
        if !matches!(action, Action::Approve | Action::Reject | Action::Confirm) {
            return None;
        }
        let Some(request) = self.under_cursor() else {
            return Some("No request is waiting.".to_owned());
        };
        if action == Action::Confirm {
            return None;
        }
        session?.why_not_decide(request)
    }
}
