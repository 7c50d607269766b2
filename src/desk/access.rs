//! Who is in front of the console.

use crate::{domain::people::developer::Session, form::SecretEntry};

#[derive(Debug)]
pub enum Access {
    SignedOut,
    Open(Session),
    /// The page waits behind the lock as it was.
    Locked(Session, Lock),
}

/// What is typed into the lock.
#[derive(Debug, Default)]
pub struct Lock {
    pub password: SecretEntry,
    pub refusal: Option<String>,
    pub wait_until_ms: Option<u64>,
}
