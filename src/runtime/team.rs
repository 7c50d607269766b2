//! The effects that concern people, one's own keys, and approvals.

use super::worker::{Outcome, Worker, said};
use crate::{
    domain::{
        people::{
            developer::{Session, Team},
            password,
        },
        secret::Secret,
        time::UnixMs,
    },
    message::{Answer, ApprovalWork, SignInRefusal, TeamDeed, TeamWork},
    store::{ProofError, StoreError},
    vault,
};

impl Worker {
    pub(super) fn team_work(&mut self, work: TeamWork, now: UnixMs) -> Vec<Outcome> {
        let mut answers = Vec::new();
        match work {
            TeamWork::Load => {
                answers.push(Answer::Team(self.workspace.team().map_err(said)));
            }
            TeamWork::Do(deed) => {
                let result = self.team_deed(&deed, now).map_err(said);
                answers.push(Answer::TeamChanged { deed, result });
            }
            TeamWork::ChangePassword { old, new } => {
                let result = self
                    .workspace
                    .change_password(&old, &new, now)
                    .and_then(|()| Ok(Box::new(self.workspace.current_session()?)));
                let is_done = result.is_ok();
                answers.push(Answer::PasswordChanged(result.map_err(unproven)));
                // Whoever was given their password has never been shown a recovery key.
                if is_done && let Ok(Some(key)) = self.workspace.replace_unconfirmed_recovery_key()
                {
                    answers.push(Answer::RecoveryKey(key));
                }
            }
            TeamWork::NewRecoveryKey { password } => {
                let result = self.workspace.new_recovery_key(&password, now);
                answers.push(Answer::NewRecoveryKey(result.map_err(unproven)));
            }
        }
        answers.into_iter().map(Outcome::Answer).collect()
    }

    /// The people as they are now, and the password that was made for one of them.
    fn team_deed(
        &mut self,
        deed: &TeamDeed,
        now: UnixMs,
    ) -> Result<(Team, Box<Session>, Option<Secret>), StoreError> {
        let workspace = &mut self.workspace;
        let mut password = None;
        match deed {
            TeamDeed::Rename { name } => workspace.rename_organization(name, now)?,
            TeamDeed::Add {
                full_name,
                email,
                role,
            } => {
                let first = password::mint_first(&mut vault::os_random()?);
                workspace.add_developer(full_name, email, *role, &first, now)?;
                password = Some(first);
            }
            TeamDeed::SetRole { id, role } => {
                workspace.set_role(id, *role, now)?;
            }
            TeamDeed::ResetPassword { id } => {
                let first = password::mint_first(&mut vault::os_random()?);
                workspace.reset_password(id, &first, now)?;
                password = Some(first);
            }
            TeamDeed::SetEnabled { id, on } => {
                workspace.set_enabled(id, *on, now)?;
            }
            TeamDeed::Remove { id } => workspace.remove_developer(id, now)?,
        }
        let session = Box::new(workspace.current_session()?);
        Ok((workspace.team()?, session, password))
    }

    pub(super) fn approval_work(&mut self, work: ApprovalWork, now: UnixMs) -> Vec<Outcome> {
        vec![Outcome::Answer(match work {
            ApprovalWork::Load => Answer::Requests(self.workspace.pending_requests().map_err(said)),
            ApprovalWork::Decide { ticket, decision } => {
                let result = self
                    .workspace
                    .decide(&ticket, &decision, now)
                    .and_then(|_| self.workspace.current_session())
                    .map(Box::new)
                    .map_err(said);
                Answer::Decided { decision, result }
            }
        })]
    }
}

fn unproven(error: ProofError) -> SignInRefusal {
    match error {
        ProofError::Wrong { wait_ms } => SignInRefusal::Wrong { wait_ms },
        ProofError::Wait { wait_ms } => SignInRefusal::Wait { wait_ms },
        ProofError::Store(error) => SignInRefusal::Failed(said(error)),
    }
}
