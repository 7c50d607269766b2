//! The history of the whole workspace.

use crate::{
    domain::{
        history::{Broken, HistoryWindow},
        problem::Problem,
    },
    request::{CheckHistory, FindHistory, Perform},
    runtime::worker::Worker,
    store::HistoryQuery,
};

impl Perform<FindHistory> for Worker {
    fn perform(&mut self, request: &FindHistory) -> Result<HistoryWindow, Problem> {
        let query = HistoryQuery {
            words: request.words.clone(),
            limit: request.limit,
            ..HistoryQuery::default()
        };
        Ok(self.workspace.history(&query)?)
    }
}

impl Perform<CheckHistory> for Worker {
    fn perform(&mut self, _: &CheckHistory) -> Result<Option<Broken>, Problem> {
        Ok(self.workspace.check_history()?)
    }
}
