//! JWT credentials: the developer's, and for a Developer Admin those of all developers.

mod apps;
pub mod form;
mod update;
mod view;

use crate::{
    domain::{
        id::JwtId,
        oauth::{credential::ClientId, jwt::JwtCredential},
        people::{developer::Session, permission::CHANGE_JWT},
        secret::Secret,
    },
    keymap::Action,
};

#[derive(Debug, Default)]
pub struct JwtPage {
    /// `None` until the credentials are read.
    pub all: Option<Vec<JwtCredential>>,
    pub cursor: usize,
    /// A token in clear text, while it is revealed.
    pub revealed: Option<(JwtId, Secret)>,
    /// A new credential, which gets the cursor.
    wanted: Option<JwtId>,
    /// The app whose page led here: the cursor starts on its credential, and a new one is for it.
    app: Option<ClientId>,
    is_looked_for: bool,
}

impl JwtPage {
    pub fn new(wanted: Option<JwtId>) -> Self {
        Self {
            wanted,
            ..Self::default()
        }
    }

    pub fn of_app(app: ClientId) -> Self {
        Self {
            app: Some(app),
            is_looked_for: true,
            ..Self::default()
        }
    }

    pub fn under_cursor(&self) -> Option<&JwtCredential> {
        self.all.as_ref()?.get(self.cursor)
    }

    fn why_off(&self, action: Action, session: Option<&Session>) -> Option<String> {
        let on_one = matches!(
            action,
            Action::CopySecret | Action::Reveal | Action::Discard | Action::JwtApps
        );
        match self.under_cursor() {
            _ if !on_one => None,
            None => Some("No JWT credentials yet. n creates one.".to_owned()),
            Some(one) => session?.why_not_manage_jwt(&one.owner, CHANGE_JWT),
        }
    }
}
