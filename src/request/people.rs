//! People, and how they get in.

use crate::domain::{
    id::DeveloperId,
    oauth::credential::RecoveryKey,
    people::{
        developer::{Role, Session, Team},
        email::EmailAddress,
    },
    secret::Secret,
};

/// Somebody proved who they are.
#[derive(Debug)]
pub struct SignedIn {
    pub session: Box<Session>,
    /// A new one, to be written down.
    pub recovery_key: Option<RecoveryKey>,
}

#[derive(Debug)]
pub enum SignedUp {
    Done(SignedIn),
    /// Another console signed up while this one was typing.
    Already {
        organization: String,
        last_email: Option<String>,
    },
}

/// What a Developer Admin does with the people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TeamDeed {
    Rename {
        name: String,
    },
    /// The console makes the first password.
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

/// The people as they are afterwards.
#[derive(Debug)]
pub struct TeamChange {
    pub team: Team,
    pub session: Box<Session>,
    /// If one was made.
    pub first_password: Option<Secret>,
}
