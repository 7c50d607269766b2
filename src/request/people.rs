//! Developers, and how they sign in.

use crate::domain::{
    id::DeveloperId,
    oauth::credential::RecoveryKey,
    people::{
        developer::{Role, Session, Team},
        email::EmailAddress,
    },
    secret::Secret,
};

/// The developer proved their identity.
#[derive(Debug)]
pub struct SignedIn {
    pub session: Box<Session>,
    /// A new key, to be written down.
    pub recovery_key: Option<RecoveryKey>,
}

#[derive(Debug)]
pub enum SignedUp {
    Done(SignedIn),
    /// Another console signed up while this form was being filled in.
    Already {
        organization: String,
        last_email: Option<String>,
    },
}

/// A Developer Admin's changes to the developers and the organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TeamDeed {
    Rename {
        name: String,
    },
    /// The console generates the first password.
    Add {
        full_name: String,
        email: EmailAddress,
        role: Role,
    },
    SetRole {
        id: DeveloperId,
        role: Role,
    },
    ResetPassword {
        id: DeveloperId,
    },
    SetEnabled {
        id: DeveloperId,
        on: bool,
    },
    Remove {
        id: DeveloperId,
    },
}

impl TeamDeed {
    /// The developer who loses access to the secrets that they could read.
    pub fn leaves(&self) -> Option<&DeveloperId> {
        match self {
            Self::SetRole {
                id,
                role: Role::AuditUser,
            }
            | Self::ResetPassword { id }
            | Self::SetEnabled { id, on: false }
            | Self::Remove { id } => Some(id),
            _ => None,
        }
    }
}

/// The developers after a change.
#[derive(Debug)]
pub struct TeamChange {
    pub team: Team,
    pub session: Box<Session>,
    /// Set if a first password was generated.
    pub first_password: Option<Secret>,
    /// Secrets that are still in use, if the change took the access to them away.
    pub readable: u64,
}
