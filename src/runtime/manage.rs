//! The effects that change apps that exist.

use super::worker::{Outcome, Worker, said};
use crate::{
    domain::{
        app::{App, AppStatus},
        handoff::{self, env_file::Unreadable, snippet::snippet},
        history::Entry,
        id::{AppId, DraftId},
        oauth::credential::mint_shared_secret,
        secret::Secret,
        time::UnixMs,
    },
    message::{Answer, Copyable, Deed, Manage, Opening, Updated},
    store::{HistoryQuery, Saved, StoreError},
    vault,
};

/// More rows than anybody scrolls through; the newest ones.
const HISTORY_ROWS: u64 = 500;

impl Worker {
    pub(super) fn manage(&mut self, manage: Manage, now: UnixMs) -> Vec<Outcome> {
        let answer = match manage {
            Manage::Open { app, how } => {
                let result = self.open(&app, how).map_err(said);
                Answer::AppOpened { how, result }
            }
            Manage::Update {
                app,
                version,
                registration,
                draft,
            } => {
                let saved =
                    self.workspace
                        .update_app(&app, version, *registration, draft.as_ref(), now);
                Answer::AppUpdated(saved.and_then(|saved| self.updated(saved)).map_err(said))
            }
            Manage::Do { app, deed } => {
                let result = self.deed(&app, deed, now).map_err(said);
                Answer::AppManaged { app, deed, result }
            }
            Manage::KeepEnvironment { app, issued } => {
                let kept = self.workspace.keep_environment(&app, &issued, now);
                Answer::EnvironmentKept(kept.map(Box::new).map_err(said))
            }
            Manage::ForgetEnvironment { app, environment } => {
                let kept = self.workspace.forget_environment(&app, environment, now);
                Answer::EnvironmentKept(kept.map(Box::new).map_err(said))
            }
            Manage::LoadHistory { app } => {
                let result = self.history(&app).map_err(said);
                Answer::History { app, result }
            }
        };
        vec![Outcome::Answer(answer)]
    }

    fn open(&self, id: &AppId, how: Opening) -> Result<(Box<App>, DraftId, Secret), StoreError> {
        let mut rng = vault::os_random()?;
        let (app, shared) = match how {
            Opening::Edit => self.workspace.app_to_edit(id)?,
            Opening::Clone => (self.workspace.app(id)?, None),
        };
        let shared = shared.unwrap_or_else(|| mint_shared_secret(&mut rng));
        Ok((Box::new(app), DraftId::mint(&mut rng), shared))
    }

    fn updated(&self, saved: Saved) -> Result<Updated, StoreError> {
        Ok(match saved {
            Saved::Done(app) => Updated::Done(app),
            Saved::Stale(app) => {
                let shared = self.workspace.shared_secret(&app.id)?.unwrap_or_default();
                Updated::Stale { app, shared }
            }
        })
    }

    fn deed(
        &mut self,
        id: &AppId,
        deed: Deed,
        now: UnixMs,
    ) -> Result<Option<Box<App>>, StoreError> {
        let workspace = &mut self.workspace;
        let app = match deed {
            Deed::Suspend => workspace.set_status(id, AppStatus::Suspended, now)?,
            Deed::Resume => workspace.set_status(id, AppStatus::Active, now)?,
            Deed::Delete => workspace.delete_app(id, now)?,
            Deed::Restore => workspace.restore_app(id, now)?,
            Deed::Purge => {
                workspace.purge_app(id, now)?;
                return Ok(None);
            }
            Deed::Rotate { overlap_hours } => workspace.rotate_secret(id, overlap_hours, now)?,
            Deed::FinishRotation => workspace.finish_rotation(id, now)?,
            Deed::CancelRotation => workspace.cancel_rotation(id, now)?,
        };
        Ok(Some(Box::new(app)))
    }

    /// Credentials in the form that another program reads; `None` where an app has none such.
    pub(super) fn handoff(
        &self,
        id: &AppId,
        what: Copyable,
        now: UnixMs,
    ) -> Result<Option<Secret>, StoreError> {
        let app = self.workspace.app(id)?;
        if what == Copyable::NewAppLink {
            return Ok(handoff::new_app_link(&app).map(Secret::new));
        }
        if let Copyable::Snippet(language) = what {
            return Ok(snippet(&app, language).map(Secret::new));
        }
        if what == Copyable::SandboxEnv {
            return self.sandbox_env(id, now).map(Some);
        }
        let secret = self.workspace.client_secret(id)?;
        Ok(match what {
            Copyable::EnvFile(style) => {
                let file = handoff::env_file(&app, secret.as_ref(), style);
                Some(file.map_err(not_written)?)
            }
            Copyable::CredentialsJson => Some(handoff::credentials_json(&app, secret.as_ref())),
            Copyable::BasicHeader => secret.map(|secret| handoff::basic_header(&app, &secret)),
            _ => None,
        })
    }

    fn history(&self, app: &AppId) -> Result<Vec<Entry>, StoreError> {
        let query = HistoryQuery {
            app: Some(app.clone()),
            limit: HISTORY_ROWS,
            ..HistoryQuery::default()
        };
        Ok(self.workspace.history(&query)?.entries)
    }
}

/// Said before anything is written or copied.
#[expect(clippy::needless_pass_by_value, reason = "a function for map_err")]
pub(super) fn not_written(error: Unreadable) -> StoreError {
    StoreError::NotAllowed(error.to_string())
}
