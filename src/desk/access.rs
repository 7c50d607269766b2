//! Whether a developer is signed in, and whether the console is locked.

use crate::{domain::people::developer::Session, form::SecretEntry};

#[derive(Debug)]
pub enum Access {
    SignedOut,
    Open(Session),
    /// The page waits unchanged behind the lock.
    Locked(Session, Lock),
}

/// The password as it is typed into the lock.
#[derive(Debug, Default)]
pub struct Lock {
    pub password: SecretEntry,
    pub refusal: Option<String>,
    pub wait_until_ms: Option<u64>,
}
