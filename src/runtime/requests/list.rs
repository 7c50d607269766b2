//! The list and the drafts above it.

use crate::{
    domain::{
        app::list::{BulkDone, ListView},
        problem::Problem,
    },
    request::{
        ChangeApps, FindApps, FoundApps, LoadTags, LoadView, Perform, SaveView, SetFavourite,
    },
    runtime::worker::Worker,
    store::AppQuery,
};

impl Perform<FindApps> for Worker {
    fn perform(&mut self, request: &FindApps) -> Result<FoundApps, Problem> {
        let (words, sort, limit) = (&request.words, request.sort, request.limit);
        // The position decides which rows are read. An app that is not found is no error.
        let position = request.wanted.as_ref().and_then(|app| {
            let position = self.workspace.position_of(app, words, sort);
            position.ok().flatten()
        });
        let offset = position.map_or(request.offset, |at| at.saturating_sub(limit / 2));
        let window = self.workspace.apps(&AppQuery {
            words: words.clone(),
            sort,
            offset,
            limit,
        })?;
        Ok(FoundApps { window, position })
    }
}

impl Perform<LoadView> for Worker {
    fn perform(&mut self, _: &LoadView) -> Result<ListView, Problem> {
        Ok(self.workspace.list_view()?)
    }
}

impl Perform<SaveView> for Worker {
    fn perform(&mut self, request: &SaveView) -> Result<(), Problem> {
        Ok(self.workspace.keep_list_view(&request.view)?)
    }
}

impl Perform<LoadTags> for Worker {
    fn perform(&mut self, _: &LoadTags) -> Result<Vec<String>, Problem> {
        Ok(self.workspace.tags()?)
    }
}

impl Perform<SetFavourite> for Worker {
    fn perform(&mut self, request: &SetFavourite) -> Result<(), Problem> {
        Ok(self.workspace.set_favourite(&request.app, request.on)?)
    }
}

impl Perform<ChangeApps> for Worker {
    fn perform(&mut self, request: &ChangeApps) -> Result<BulkDone, Problem> {
        Ok(self
            .workspace
            .bulk(&request.apps, &request.bulk, self.now)?)
    }
}
