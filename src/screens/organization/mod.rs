//! The organization: its name, its developers, and a Developer Admin's changes to them.

pub mod add;
mod ask;
mod update;
mod view;

use crate::{
    domain::{
        people::developer::{Member, Session, Team},
        secret::Secret,
    },
    keymap::Action,
    request::{TeamChange, TeamDeed},
};

/// A password that an administrator has to pass on to a developer.
#[derive(Debug)]
pub struct Handed {
    pub name: String,
    pub password: Secret,
}

#[derive(Debug, Default)]
pub struct Organization {
    pub team: Option<Team>,
    pub cursor: usize,
    pub handed: Option<Handed>,
    /// A change that was made on another page.
    done: Option<(TeamDeed, TeamChange)>,
}

impl Organization {
    pub fn after(deed: TeamDeed, change: TeamChange) -> Self {
        Self {
            done: Some((deed, change)),
            ..Self::default()
        }
    }

    pub fn members(&self) -> &[Member] {
        self.team.as_ref().map_or(&[], |team| &team.members)
    }

    pub fn under_cursor(&self) -> Option<&Member> {
        self.members().get(self.cursor)
    }

    fn why_off(action: Action, session: Option<&Session>) -> Option<String> {
        let is_for_admins = matches!(
            action,
            Action::New
                | Action::Rename
                | Action::ChangeRole
                | Action::ResetPassword
                | Action::ToggleStatus
                | Action::Discard
        );
        if !is_for_admins {
            return None;
        }
        session?.why_not_administer()
    }
}
