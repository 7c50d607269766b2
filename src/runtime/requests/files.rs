//! Files that a person asks for, and credentials in the format that another program reads.

use crate::{
    domain::{
        app::{Environment, Issuer},
        export::{self, Output, Style, env_file::Unreadable, snippet::snippet},
        history::Reading,
        id::AppId,
        problem::Problem,
        secret::Secret,
        text,
    },
    files::output,
    manifest::{Format, write},
    request::{Copyable, FileContent, Perform, WriteFile},
    runtime::{
        credentials::{credentials, jwt_for},
        manifest,
        worker::Worker,
    },
    store::StoreError,
};

impl Perform<WriteFile> for Worker {
    fn perform(&mut self, request: &WriteFile) -> Result<Output, Problem> {
        // A question comes first: nothing is read, and nothing recorded, for a file that is kept.
        if !request.replace
            && let Some(path) = output::existing(&request.path)
        {
            return Ok(Output::Exists(path));
        }
        let content = self.content(&request.content, &request.path)?;
        let bytes = content.expose().as_bytes();
        Ok(output::write(&request.path, bytes, request.replace)?)
    }
}

impl Worker {
    fn content(&mut self, content: &FileContent, path: &str) -> Result<Secret, Problem> {
        match content {
            FileContent::Export(ids) => {
                let mut apps = ids
                    .iter()
                    .map(|id| self.workspace.app(id))
                    .collect::<Result<Vec<_>, _>>()?;
                apps.sort_by_cached_key(|app| text::key(&app.spec.properties.name));
                let (entries, _) = manifest::entries(&self.workspace, &apps)?;
                let entries = manifest::with_icon_files(&self.workspace, path, &entries)?;
                Ok(Secret::new(write(&entries, Format::of(path, ""))))
            }
            FileContent::Handoff { app, what } => {
                let content = self.export(app, *what)?;
                let nothing =
                    || StoreError::Conflict("This app has no such credential.".to_owned());
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
        let issuer = match what {
            Copyable::NewAppLink => return Ok(export::new_app_link(&app).map(Secret::new)),
            Copyable::JwtLink => {
                let mut kept = app.environments.iter();
                let kept = kept.find(|kept| kept.environment == Environment::Production);
                let link = kept.and_then(|kept| export::jwt_link(&kept.client_id));
                return Ok(link.map(Secret::new));
            }
            Copyable::Snippet(language) => return Ok(snippet(&app, language).map(Secret::new)),
            Copyable::EnvFile(issuer)
            | Copyable::CredentialsJson(issuer)
            | Copyable::BasicHeader(issuer) => issuer,
            _ => return Ok(None),
        };
        let server_url = format!("http://127.0.0.1:{}", self.local_server.port());
        let jwt = match (issuer, &self.who) {
            (Issuer::LocalServer, Some(who)) if app.spec.uses_jwt() => {
                let jwt = jwt_for(&mut self.workspace, who, &app.client_id, self.now);
                // A token that does not open is left out: the file says where they come from.
                jwt.ok().flatten().map(|(_, token)| token)
            }
            _ => None,
        };
        let Some(credentials) = credentials(&mut self.workspace, &app, issuer, server_url, jwt)?
        else {
            return Ok(None);
        };
        Ok(match what {
            Copyable::EnvFile(_) => {
                let file = export::env_file(&app, &credentials, Style::ALL);
                Some(file.map_err(not_written)?)
            }
            Copyable::CredentialsJson(_) => Some(export::credentials_json(&app, &credentials)),
            _ => {
                let secret = credentials.secret.as_ref();
                secret.map(|secret| export::basic_header(&credentials.client_id, secret))
            }
        })
    }
}

/// Reported before anything is written or copied.
#[expect(clippy::needless_pass_by_value, reason = "a function for map_err")]
fn not_written(error: Unreadable) -> StoreError {
    StoreError::NotAllowed(error.to_string())
}
