//! The app's own page: its credentials, what to do next, and its settings.

pub mod unboxed;
pub mod update;
pub mod view;

use crate::{
    domain::{
        app::{App, ClientType},
        developer::{Role, Session},
    },
    keymap::Action,
    message::AppSecrets,
};

#[derive(Debug)]
pub struct AppPage {
    pub app: Box<App>,
    /// In clear, while it is revealed.
    pub secrets: Option<AppSecrets>,
    /// The page follows right after Create.
    pub is_new: bool,
    pub scroll: u16,
    /// The credentials alone, for the mouse.
    pub unboxed: bool,
}

impl AppPage {
    pub fn new(app: Box<App>, is_new: bool) -> Self {
        Self {
            app,
            secrets: None,
            is_new,
            scroll: 0,
            unboxed: false,
        }
    }

    pub fn has_secret(&self) -> bool {
        self.app.spec.client_type() == ClientType::Confidential
    }

    pub fn has_shared_secret(&self) -> bool {
        self.app.spec.interactive_messages.is_some()
    }

    /// Why there is no secret to show or copy.
    pub fn why_no_secret(&self, action: Action, session: Option<&Session>) -> Option<String> {
        let there = match action {
            Action::CopySharedSecret => self.has_shared_secret(),
            Action::CopySecret => self.has_secret(),
            _ => self.has_secret() || self.has_shared_secret(),
        };
        if !there && action == Action::CopySharedSecret {
            return Some(
                "This app has no Interactive Messages, hence no Shared Secret.".to_owned(),
            );
        }
        if !there {
            return Some(
                "This app has no Client Secret: it could not keep one. It proves itself with PKCE."
                    .to_owned(),
            );
        }
        session
            .is_some_and(|session| session.developer.role == Role::AuditUser)
            .then(|| "Your role, Audit-user, sees settings but no secrets.".to_owned())
    }
}
