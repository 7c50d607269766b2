//! Files that a person asks for, and credentials in the format that another program reads.

use crate::{
    domain::{
        export::{self, Output, env_file::Unreadable, snippet::snippet},
        history::Reading,
        id::AppId,
        problem::Problem,
        secret::Secret,
        text,
    },
    files::output,
    request::{Copyable, FileContent, Perform, WriteFile},
    runtime::worker::Worker,
    store::StoreError,
};

impl Perform<WriteFile> for Worker {
    fn perform(&mut self, request: &WriteFile) -> Result<Output, Problem> {
        let content = self.content(&request.content)?;
        let bytes = content.expose().as_bytes();
        Ok(output::write(&request.path, bytes, request.replace)?)
    }
}

impl Worker {
    fn content(&mut self, content: &FileContent) -> Result<Secret, StoreError> {
        match content {
            FileContent::Export(ids) => {
                let mut apps = ids
                    .iter()
                    .map(|id| self.workspace.app(id))
                    .collect::<Result<Vec<_>, _>>()?;
                apps.sort_by_cached_key(|app| text::key(&app.spec.properties.name));
                Ok(Secret::new(export::export_json(&apps)))
            }
            FileContent::Handoff { app, what } => {
                let content = self.export(app, *what)?;
                let nothing = || StoreError::Conflict("This app has no such thing.".to_owned());
                let content = content.ok_or_else(nothing)?;
                if what.is_secret() {
                    let reading = Reading::Written;
                    self.workspace
                        .record_reading(app, &[what.label()], reading, self.now)?;
                }
                Ok(content)
            }
        }
    }

    /// `None` if the app has no such value.
    pub(super) fn export(
        &mut self,
        id: &AppId,
        what: Copyable,
    ) -> Result<Option<Secret>, StoreError> {
        let app = self.workspace.app(id)?;
        if what == Copyable::NewAppLink {
            return Ok(export::new_app_link(&app).map(Secret::new));
        }
        if let Copyable::Snippet(language) = what {
            return Ok(snippet(&app, language).map(Secret::new));
        }
        if what == Copyable::LocalServerEnv {
            return self.local_server_env(id).map(Some);
        }
        let secret = self.workspace.client_secret(id)?;
        Ok(match what {
            Copyable::EnvFile(style) => {
                let file = export::env_file(&app, secret.as_ref(), style);
                Some(file.map_err(not_written)?)
            }
            Copyable::CredentialsJson => Some(export::credentials_json(&app, secret.as_ref())),
            Copyable::BasicHeader => secret.map(|secret| export::basic_header(&app, &secret)),
            _ => None,
        })
    }

    /// Settings for a program that signs in at the local server, with a JWT if there is one.
    fn local_server_env(&mut self, id: &AppId) -> Result<Secret, StoreError> {
        let app = self.workspace.app(id)?;
        let secret = self.workspace.client_secret(id)?;
        let jwt = if app.spec.uses_jwt() {
            self.jwt_for(&app.client_id).ok().flatten()
        } else {
            None
        };
        let server = format!("http://127.0.0.1:{}", self.local_server.port());
        let jwt = jwt.as_ref().map(|(_, token)| token);
        export::local_server_env(&app, secret.as_ref(), jwt, &server).map_err(not_written)
    }
}

/// Reported before anything is written or copied.
#[expect(clippy::needless_pass_by_value, reason = "a function for map_err")]
fn not_written(error: Unreadable) -> StoreError {
    StoreError::NotAllowed(error.to_string())
}
