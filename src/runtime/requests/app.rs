//! One app: its page, its form, and the operations on it.

use crate::{
    domain::{
        app::{App, AppStatus, Environment, usage::OperationUsage},
        history::{Entry, Reading, What},
        id::{AppId, DraftId},
        oauth::{app_session::AppSession, credential::mint_shared_secret},
        problem::Problem,
        secret::Secret,
    },
    request::{
        AppSecrets, ChangeApp, CheckName, CreateApp, Deed, EndSessions, FormOf, KeepEnvironment,
        LoadApp, LoadHistory, LoadSessions, LoadUsage, MintSharedSecret, OpenForm, OpenedForm,
        Perform, RevealSecrets, SavedBy, UpdateApp, Updated,
    },
    runtime::worker::Worker,
    store::{HistoryQuery, Saved, StoreError},
    vault,
};

/// Only the newest rows; more than a person scrolls through.
const HISTORY_ROWS: u64 = 500;

impl Perform<LoadApp> for Worker {
    fn perform(&mut self, request: &LoadApp) -> Result<Box<App>, Problem> {
        Ok(Box::new(self.workspace.app(&request.app)?))
    }
}

impl Perform<ChangeApp> for Worker {
    fn perform(&mut self, request: &ChangeApp) -> Result<Option<Box<App>>, Problem> {
        let (workspace, now, id) = (&mut self.workspace, self.now, &request.app);
        let app = match request.deed {
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
            Deed::ForgetEnvironment(which) => workspace.forget_environment(id, which, now)?,
        };
        Ok(Some(Box::new(app)))
    }
}

impl Perform<KeepEnvironment> for Worker {
    fn perform(&mut self, request: &KeepEnvironment) -> Result<Box<App>, Problem> {
        let kept = self
            .workspace
            .keep_environment(&request.app, &request.issued, self.now)?;
        Ok(Box::new(kept))
    }
}

impl Perform<LoadHistory> for Worker {
    fn perform(&mut self, request: &LoadHistory) -> Result<Vec<Entry>, Problem> {
        Ok(self.workspace.history(&history_of(&request.app))?.entries)
    }
}

impl Perform<LoadSessions> for Worker {
    fn perform(&mut self, request: &LoadSessions) -> Result<Vec<AppSession>, Problem> {
        Ok(self.workspace.app_sessions(&request.app, self.now)?)
    }
}

impl Perform<EndSessions> for Worker {
    fn perform(&mut self, request: &EndSessions) -> Result<u64, Problem> {
        let (workspace, now) = (&mut self.workspace, self.now);
        Ok(workspace.end_app_sessions(&request.app, request.session, now)?)
    }
}

impl Perform<LoadUsage> for Worker {
    fn perform(&mut self, request: &LoadUsage) -> Result<Vec<OperationUsage>, Problem> {
        Ok(self.workspace.usage_of(&request.app)?)
    }
}

impl Perform<RevealSecrets> for Worker {
    fn perform(&mut self, request: &RevealSecrets) -> Result<AppSecrets, Problem> {
        let (workspace, app) = (&mut self.workspace, &request.app);
        let mut environments = Vec::new();
        for environment in Environment::ALL.iter().copied() {
            let secret = workspace.environment_secret(app, environment)?;
            environments.extend(secret.map(|secret| (environment, secret)));
        }
        let secrets = AppSecrets {
            client: workspace.client_secret(app)?,
            retiring: workspace.retiring_secret(app)?,
            shared: workspace.shared_secret(app)?,
            environments,
        };
        let labels = secrets.labels();
        workspace.record_reading(app, &labels, Reading::Revealed, self.now)?;
        Ok(secrets)
    }
}

impl Perform<OpenForm> for Worker {
    fn perform(&mut self, request: &OpenForm) -> Result<OpenedForm, Problem> {
        let mut rng = vault::os_random().map_err(StoreError::from)?;
        if let FormOf::EditAnew(_, draft) = &request.of {
            self.workspace.discard_draft(draft)?;
        }
        let drafts = match &request.of {
            FormOf::Edit(_) | FormOf::Resume(_) | FormOf::Propose(..) => {
                let who = self.owner()?;
                self.workspace.drafts(&who)?
            }
            _ => Vec::new(),
        };
        let (app, shared) = match &request.of {
            FormOf::NewApp | FormOf::Resume(_) | FormOf::Link(_) => (None, None),
            FormOf::Edit(app) | FormOf::EditAnew(app, _) | FormOf::Propose(app, _) => {
                let (app, shared) = self.workspace.app_to_edit(app)?;
                (Some(app), shared)
            }
            FormOf::Clone(app) => (Some(self.workspace.app(app)?), None),
        };
        Ok(OpenedForm {
            drafts,
            draft: DraftId::mint(&mut rng),
            shared_secret: shared.unwrap_or_else(|| mint_shared_secret(&mut rng)),
            app: app.map(Box::new),
        })
    }
}

impl Perform<CreateApp> for Worker {
    fn perform(&mut self, request: &CreateApp) -> Result<Box<App>, Problem> {
        let who = self.owner()?;
        let registration = (*request.registration).clone();
        let app =
            self.workspace
                .create_app(registration, &who, request.draft.as_ref(), self.now)?;
        Ok(Box::new(app))
    }
}

impl Perform<UpdateApp> for Worker {
    fn perform(&mut self, request: &UpdateApp) -> Result<Updated, Problem> {
        let registration = (*request.registration).clone();
        let saved = self.workspace.update_app(
            &request.app,
            request.version,
            registration,
            request.draft.as_ref(),
            self.now,
        )?;
        Ok(match saved {
            Saved::Done(app) => Updated::Done(app),
            Saved::Stale(app) => {
                let shared = self.workspace.shared_secret(&app.id)?.unwrap_or_default();
                let by = self.saved_by(&app)?;
                Updated::Stale { app, shared, by }
            }
        })
    }
}

impl Worker {
    /// Who made the version of an app that is in the file now.
    fn saved_by(&self, app: &App) -> Result<Option<SavedBy>, StoreError> {
        let entries = self.workspace.history(&history_of(&app.id))?.entries;
        let is_a_version = |what: What| {
            matches!(
                what,
                What::AppChanged | What::AppSuspended | What::AppResumed | What::AppRestored
            )
        };
        let Some(last) = entries.into_iter().find(|one| is_a_version(one.what)) else {
            return Ok(None);
        };
        let session = self.workspace.current_session()?;
        Ok(Some(SavedBy {
            name: session.author(&last.who),
            developer: last.who,
            at: last.at,
        }))
    }
}

fn history_of(app: &AppId) -> HistoryQuery {
    HistoryQuery {
        app: Some(app.clone()),
        limit: HISTORY_ROWS,
        ..HistoryQuery::default()
    }
}

impl Perform<MintSharedSecret> for Worker {
    fn perform(&mut self, _: &MintSharedSecret) -> Result<Secret, Problem> {
        let mut rng = vault::os_random().map_err(StoreError::from)?;
        Ok(mint_shared_secret(&mut rng))
    }
}

impl Perform<CheckName> for Worker {
    fn perform(&mut self, request: &CheckName) -> Result<bool, Problem> {
        // Only a warning depends on the answer.
        Ok(self.workspace.name_taken(&request.name).unwrap_or_default())
    }
}
