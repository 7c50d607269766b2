//! Copies to the clipboard, and clears it.

use crate::{
    clipboard::{Cleared, Copied, Sequence},
    domain::{history::Reading, id::AppId, problem::Problem, secret::Secret},
    request::{Claim, ClearClipboard, Copy, CopyAppSecret, CopyJwt, Copyable, Perform},
    runtime::worker::{Outcome, Worker},
};

impl Perform<Copy> for Worker {
    fn perform(&mut self, request: &Copy) -> Result<Claim, Problem> {
        self.copy(request.what, &request.text)
    }
}

impl Perform<CopyAppSecret> for Worker {
    fn perform(&mut self, request: &CopyAppSecret) -> Result<Claim, Problem> {
        let secret = self.app_secret(&request.app, request.what)?;
        self.copy(request.what, &secret)
    }
}

impl Perform<CopyJwt> for Worker {
    fn perform(&mut self, request: &CopyJwt) -> Result<Claim, Problem> {
        let token = self.workspace.jwt_token(&request.jwt)?;
        self.workspace
            .record_jwt_reading(&request.jwt, Reading::Copied, self.now)?;
        self.copy(Copyable::JwtToken, &token)
    }
}

impl Perform<ClearClipboard> for Worker {
    fn perform(&mut self, _: &ClearClipboard) -> Result<Option<String>, Problem> {
        let cleared = self.clipboard.clear();
        if let Cleared::Terminal(sequence) = &cleared {
            self.send_to_terminal(sequence);
        }
        let notice = cleared.notice().to_owned();
        match &cleared {
            Cleared::Failed => Err(notice.into()),
            Cleared::Nothing => Ok(None),
            _ => Ok(Some(notice)),
        }
    }
}

impl Worker {
    fn copy(&mut self, what: Copyable, text: &Secret) -> Result<Claim, Problem> {
        let copied = if what.is_secret() {
            self.clipboard.copy(text)
        } else {
            self.clipboard.copy_text(text.expose())
        };
        if let Copied::Terminal(sequence) = &copied {
            self.send_to_terminal(sequence);
        }
        let notice = copied.notice().to_owned();
        if !copied.is_out() {
            return Err(notice.into());
        }
        let (place, clears) = copied.countdown();
        Ok(Claim {
            notice,
            place,
            clears,
        })
    }

    fn send_to_terminal(&mut self, sequence: &Sequence) {
        self.outbox
            .push(Outcome::ToTerminal(sequence.as_bytes().to_vec()));
    }

    fn app_secret(&mut self, app: &AppId, what: Copyable) -> Result<Secret, Problem> {
        let workspace = &mut self.workspace;
        let secret = match what {
            Copyable::ClientSecret => workspace.client_secret(app),
            Copyable::RetiringSecret => workspace.retiring_secret(app),
            Copyable::SharedSecret => workspace.shared_secret(app),
            Copyable::EnvironmentSecret(environment) => {
                workspace.environment_secret(app, environment)
            }
            Copyable::EnvFile(_)
            | Copyable::BasicHeader(_)
            | Copyable::CredentialsJson(_)
            | Copyable::NewAppLink
            | Copyable::JwtLink
            | Copyable::Snippet(_) => self.export(app, what),
            // These are not secrets of an app; they are copied from the screen.
            Copyable::ClientId
            | Copyable::EnvironmentId(_)
            | Copyable::FirstPassword
            | Copyable::JwtToken
            | Copyable::RecoveryKey
            | Copyable::LocalServerUrl
            | Copyable::LoginUrl => Ok(None),
        };
        let secret = secret?;
        let secret = secret.ok_or_else(|| format!("This app has no {}.", what.label()))?;
        if what.is_secret() {
            let reading = Reading::Copied;
            self.workspace
                .record_reading(app, &[what.label()], reading, self.now)?;
        }
        Ok(secret)
    }
}
