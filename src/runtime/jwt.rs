//! The effects that concern JWT credentials.

use super::worker::{Outcome, Worker, said};
use crate::{
    domain::time::UnixMs,
    message::{Answer, Copyable, JwtDone, JwtWork},
};

impl Worker {
    pub(super) fn jwt_work(&mut self, work: JwtWork, now: UnixMs) -> Vec<Outcome> {
        let workspace = &mut self.workspace;
        let (done, result) = match work {
            JwtWork::Load => {
                let all = workspace.jwt_credentials().map_err(said);
                return vec![Outcome::Answer(Answer::Jwts(all))];
            }
            JwtWork::FindApps { query, unnamed } => {
                let result = workspace.apps_for_jwt(&query, &unnamed).map_err(said);
                return vec![Outcome::Answer(Answer::JwtAppsFound { query, result })];
            }
            JwtWork::Reveal { id } => {
                let result = workspace.jwt_token(&id).map_err(said);
                return vec![Outcome::Answer(Answer::JwtToken { id, result })];
            }
            JwtWork::Copy { id } => {
                return match workspace.jwt_token(&id) {
                    Ok(token) => self.copy(Copyable::JwtToken, &token),
                    Err(error) => vec![Outcome::Answer(Answer::Copied {
                        what: Copyable::JwtToken,
                        result: Err(said(error)),
                    })],
                };
            }
            JwtWork::Create { owner, new } => match workspace.create_jwt(&owner, &new, now) {
                Ok(made) => (JwtDone::Created(made.id), Ok(())),
                Err(error) => (JwtDone::NotCreated, Err(error)),
            },
            JwtWork::SetApps { id, apps } => {
                let result = workspace.set_jwt_apps(&id, &apps, now).map(drop);
                (JwtDone::AppsChanged(id), result)
            }
            JwtWork::Revoke { id } => (JwtDone::Revoked, workspace.revoke_jwt(&id, now)),
        };
        let result = result.map_err(said);
        vec![Outcome::Answer(Answer::JwtDone { done, result })]
    }
}
