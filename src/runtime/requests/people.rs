//! Sign-in, developers, and requests that wait for a reviewer.

use crate::{
    domain::{
        oauth::credential::RecoveryKey,
        people::{
            developer::{MemberDetails, Session, Team},
            password,
            readable::{ReadableWindow, Replaced},
            ticket::Request as ApprovalRequest,
        },
        problem::Problem,
    },
    request::{
        ChangePassword, ChangeTeam, ConfirmRecoveryKey, Decide, FindReadable, LoadApprovals,
        LoadMember, LoadSession, LoadTeam, Lock, NewRecoveryKey, Perform, Recover, ReplaceReadable,
        SignIn, SignUp, SignedIn, SignedUp, TeamChange, TeamDeed,
    },
    runtime::worker::Worker,
    store::{self, OwnKeys, Stage, StoreError},
    vault,
};

impl Worker {
    fn enter(&mut self, session: Session, recovery_key: Option<RecoveryKey>) -> SignedIn {
        self.who = Some(session.developer.id.clone());
        SignedIn {
            session: Box::new(session),
            recovery_key,
        }
    }

    /// A recovery key that was never confirmed may never have been seen, so it is replaced.
    fn unseen_recovery_key(&mut self) -> Option<RecoveryKey> {
        // A full disk must not prevent a sign-in. The next sign-in tries again.
        self.workspace
            .replace_unconfirmed_recovery_key()
            .ok()
            .flatten()
    }
}

impl Perform<SignUp> for Worker {
    fn perform(&mut self, request: &SignUp) -> Result<SignedUp, Problem> {
        let people = store::SignUp {
            organization: request.organization.clone(),
            full_name: request.full_name.clone(),
            email: request.email.clone(),
            password: request.password.clone(),
        };
        let result = self.workspace.sign_up(people, self.now);
        if matches!(result, Err(StoreError::Conflict(_)))
            && let Ok(Stage::Ready {
                organization,
                last_email,
            }) = self.workspace.stage()
        {
            return Ok(SignedUp::Already {
                organization,
                last_email,
            });
        }
        let (session, key) = result?;
        Ok(SignedUp::Done(self.enter(session, Some(key))))
    }
}

impl Perform<SignIn> for Worker {
    fn perform(&mut self, request: &SignIn) -> Result<SignedIn, Problem> {
        let session = self
            .workspace
            .sign_in(&request.email, &request.password, self.now)?;
        // A full disk must not prevent a sign-in. The next sign-in tries again.
        let _ = self.workspace.empty_trash(self.now);
        // Neither must a developer who cannot be let in yet.
        let _ = self.workspace.let_in(self.now);
        // The recovery key is issued after the developer has chosen a password.
        let key = if session.must_change_password {
            None
        } else {
            self.unseen_recovery_key()
        };
        Ok(self.enter(session, key))
    }
}

impl Perform<Recover> for Worker {
    fn perform(&mut self, request: &Recover) -> Result<SignedIn, Problem> {
        let password = request.password.clone();
        let (session, key) =
            self.workspace
                .recover(&request.email, &request.key, password, self.now)?;
        Ok(self.enter(session, Some(key)))
    }
}

impl Perform<ConfirmRecoveryKey> for Worker {
    fn perform(&mut self, _: &ConfirmRecoveryKey) -> Result<(), Problem> {
        Ok(self.workspace.confirm_recovery_key()?)
    }
}

impl Perform<Lock> for Worker {
    fn perform(&mut self, _: &Lock) -> Result<(), Problem> {
        self.workspace.lock();
        Ok(())
    }
}

impl Perform<ChangePassword> for Worker {
    fn perform(&mut self, request: &ChangePassword) -> Result<SignedIn, Problem> {
        let keys = if request.replace_keys {
            OwnKeys::Replace
        } else {
            OwnKeys::Keep
        };
        self.workspace
            .change_password(&request.old, &request.new, keys, self.now)?;
        let session = self.workspace.current_session()?;
        // With the password from an administrator, no recovery key was issued.
        let key = self.unseen_recovery_key();
        Ok(self.enter(session, key))
    }
}

impl Perform<NewRecoveryKey> for Worker {
    fn perform(&mut self, request: &NewRecoveryKey) -> Result<RecoveryKey, Problem> {
        Ok(self
            .workspace
            .new_recovery_key(&request.password, self.now)?)
    }
}

impl Perform<LoadSession> for Worker {
    fn perform(&mut self, _: &LoadSession) -> Result<Box<Session>, Problem> {
        Ok(Box::new(self.workspace.current_session()?))
    }
}

impl Perform<LoadTeam> for Worker {
    fn perform(&mut self, _: &LoadTeam) -> Result<Team, Problem> {
        self.workspace.let_in(self.now)?;
        Ok(self.workspace.team()?)
    }
}

impl Perform<LoadMember> for Worker {
    fn perform(&mut self, request: &LoadMember) -> Result<MemberDetails, Problem> {
        Ok(self.workspace.member_details(&request.developer)?)
    }
}

impl Perform<ChangeTeam> for Worker {
    fn perform(&mut self, request: &ChangeTeam) -> Result<TeamChange, Problem> {
        let (workspace, now) = (&mut self.workspace, self.now);
        let mut first_password = None;
        match &request.deed {
            TeamDeed::Rename { name } => workspace.rename_organization(name, now)?,
            TeamDeed::Add {
                full_name,
                email,
                role,
            } => {
                let first = password::mint_first(&mut vault::os_random().map_err(unavailable)?);
                workspace.add_developer(full_name, email, *role, &first, now)?;
                first_password = Some(first);
            }
            TeamDeed::SetRole { id, role } => {
                workspace.set_role(id, *role, now)?;
            }
            TeamDeed::ResetPassword { id } => {
                let first = password::mint_first(&mut vault::os_random().map_err(unavailable)?);
                workspace.reset_password(id, &first, now)?;
                first_password = Some(first);
            }
            TeamDeed::SetEnabled { id, on } => {
                workspace.set_enabled(id, *on, now)?;
            }
            TeamDeed::Remove { id } => workspace.remove_developer(id, now)?,
        }
        // The change is done. If the list cannot be read now, its page says why.
        let readable = request.deed.leaves().map_or(0, |id| {
            let counted = workspace.readable_by(id, 0, 0);
            counted.map_or(0, |window| window.all.total())
        });
        Ok(TeamChange {
            readable,
            session: Box::new(workspace.current_session()?),
            team: workspace.team()?,
            first_password,
        })
    }
}

impl Perform<FindReadable> for Worker {
    fn perform(&mut self, request: &FindReadable) -> Result<ReadableWindow, Problem> {
        let (offset, limit) = (request.offset, request.limit);
        Ok(self
            .workspace
            .readable_by(&request.developer, offset, limit)?)
    }
}

impl Perform<ReplaceReadable> for Worker {
    fn perform(&mut self, request: &ReplaceReadable) -> Result<Replaced, Problem> {
        Ok(self.workspace.replace_readable(
            &request.developer,
            &request.marks,
            request.overlap_hours,
            self.now,
        )?)
    }
}

impl Perform<LoadApprovals> for Worker {
    fn perform(&mut self, _: &LoadApprovals) -> Result<Vec<ApprovalRequest>, Problem> {
        Ok(self.workspace.pending_requests()?)
    }
}

impl Perform<Decide> for Worker {
    fn perform(&mut self, request: &Decide) -> Result<Box<Session>, Problem> {
        self.workspace
            .decide(&request.ticket, &request.decision, self.now)?;
        Ok(Box::new(self.workspace.current_session()?))
    }
}

fn unavailable(error: vault::VaultError) -> StoreError {
    error.into()
}
