//! The lock: only a password field is shown; the screen behind it waits as it was.

pub mod update;
pub mod view;

use crate::{domain::people::developer::Session, form::SecretEntry, keymap::Context};

#[derive(Debug)]
pub struct Locked {
    pub organization: String,
    pub full_name: String,
    pub email: String,
    pub password: SecretEntry,
    pub refusal: Option<String>,
    pub wait_until_ms: Option<u64>,
}

impl Locked {
    pub fn new(session: &Session) -> Self {
        Self {
            organization: session.organization.clone(),
            full_name: session.developer.full_name.clone(),
            email: session.developer.email.as_str().to_owned(),
            password: SecretEntry::default(),
            refusal: None,
            wait_until_ms: None,
        }
    }

    pub fn context(&self) -> Vec<Context> {
        vec![Context::Locked, Context::Password, Context::Anywhere]
    }
}
