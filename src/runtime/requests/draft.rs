//! Drafts: apps that are being created and are not registered yet.

use crate::{
    domain::{
        app::icon::{IconRef, Preview},
        draft::StoredDraft,
        problem::Problem,
    },
    files,
    request::{
        CompletePath, DiscardDraft, LoadDrafts, LoadPreview, PathCompletion, Perform, ReadIcon,
        SaveDraft,
    },
    runtime::worker::Worker,
};

impl Perform<LoadDrafts> for Worker {
    fn perform(&mut self, _: &LoadDrafts) -> Result<Vec<StoredDraft>, Problem> {
        let who = self.owner()?;
        Ok(self.workspace.drafts(&who)?)
    }
}

impl Perform<SaveDraft> for Worker {
    fn perform(&mut self, request: &SaveDraft) -> Result<(), Problem> {
        let who = self.owner()?;
        self.workspace
            .save_draft(&request.draft, &who, &request.body, self.now)?;
        Ok(())
    }
}

impl Perform<DiscardDraft> for Worker {
    fn perform(&mut self, request: &DiscardDraft) -> Result<(), Problem> {
        Ok(self.workspace.discard_draft(&request.draft)?)
    }
}

impl Perform<ReadIcon> for Worker {
    fn perform(&mut self, request: &ReadIcon) -> Result<(IconRef, Preview), Problem> {
        let icon = files::icon::read(&request.path).map_err(|error| error.to_string())?;
        let about = self.workspace.keep_icon(&icon, self.now)?;
        Ok((about, icon.preview))
    }
}

impl Perform<LoadPreview> for Worker {
    fn perform(&mut self, request: &LoadPreview) -> Result<Option<Preview>, Problem> {
        // If a picture cannot be shown, its size is shown instead.
        let preview = self.workspace.icon_preview(&request.icon.sha256);
        Ok(preview.ok().flatten())
    }
}

impl Perform<CompletePath> for Worker {
    fn perform(&mut self, request: &CompletePath) -> Result<PathCompletion, Problem> {
        let completion = files::completion::complete(&request.typed);
        Ok(PathCompletion {
            common: completion.common,
            candidates: completion.candidates,
        })
    }
}
