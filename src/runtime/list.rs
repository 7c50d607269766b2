//! The effects of the list beside its rows, of the history, and the files that a person asks for.

use super::worker::{Outcome, Worker, said};
use crate::{
    domain::{handoff, secret::Secret, text, time::UnixMs},
    files::output,
    message::{Answer, FileContent, FileWork, HistoryWork, ListWork},
    store::{HistoryQuery, StoreError},
};

impl Worker {
    pub(super) fn list_work(&mut self, work: ListWork, now: UnixMs) -> Vec<Outcome> {
        let workspace = &mut self.workspace;
        vec![Outcome::Answer(match work {
            ListWork::LoadView => Answer::View(workspace.list_view().map_err(said)),
            ListWork::SaveView(view) => {
                Answer::ViewSaved(workspace.keep_list_view(&view).map_err(said))
            }
            ListWork::LoadTags => Answer::Tags(workspace.tags().map_err(said)),
            ListWork::SetFavourite { app, on } => {
                let result = workspace.set_favourite(&app, on).map_err(said);
                Answer::FavouriteSet { app, on, result }
            }
            ListWork::Bulk { apps, bulk } => {
                let result = workspace.bulk(&apps, &bulk, now).map_err(said);
                Answer::Bulk { bulk, result }
            }
        })]
    }

    pub(super) fn history_work(&self, work: HistoryWork) -> Vec<Outcome> {
        vec![Outcome::Answer(match work {
            HistoryWork::Load {
                generation,
                words,
                limit,
            } => {
                let query = HistoryQuery {
                    words,
                    limit,
                    ..HistoryQuery::default()
                };
                let result = self.workspace.history(&query).map_err(said);
                Answer::AllHistory { generation, result }
            }
            HistoryWork::Check => {
                Answer::HistoryChecked(self.workspace.check_history().map_err(said))
            }
        })]
    }

    pub(super) fn write_file(&self, work: FileWork, now: UnixMs) -> Vec<Outcome> {
        let result = self
            .content(&work.what, now)
            .map_err(said)
            .and_then(|content| {
                output::write(&work.path, content.expose().as_bytes(), work.replace)
            });
        vec![Outcome::Answer(Answer::FileWritten { work, result })]
    }

    fn content(&self, what: &FileContent, now: UnixMs) -> Result<Secret, StoreError> {
        match what {
            FileContent::Export(ids) => {
                let mut apps = ids
                    .iter()
                    .map(|id| self.workspace.app(id))
                    .collect::<Result<Vec<_>, _>>()?;
                apps.sort_by_cached_key(|app| text::key(&app.spec.properties.name));
                Ok(Secret::new(handoff::export_json(&apps)))
            }
            FileContent::Handoff { app, what } => self
                .handoff(app, *what, now)?
                .ok_or_else(|| StoreError::Conflict("This app has no such thing.".to_owned())),
        }
    }
}
