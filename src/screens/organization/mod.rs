//! The organization: its name, its developers, and a Developer Admin's changes to them.

pub mod add;
mod ask;
pub mod role;
mod update;
mod view;

use crate::{
    domain::{
        id::DeveloperId,
        people::{
            developer::{Member, MemberDetails, MemberState, Session, Team},
            permission::CREATE_JWT,
        },
        progress::grouped,
        secret::Secret,
    },
    keymap::Action,
    request::{TeamChange, TeamDeed},
};

/// A password that an administrator must pass on to a developer.
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
    /// The developers who were removed are listed too.
    pub with_former: bool,
    /// The developer whose row is unfolded, while the cursor is on it.
    unfolded: Option<(DeveloperId, MemberDetails)>,
    /// Lost access to secrets that are still in use: their page opens next.
    left: Option<(DeveloperId, String)>,
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

    fn former(&self) -> &[Member] {
        self.team.as_ref().map_or(&[], |team| &team.former)
    }

    /// The developers as listed.
    pub fn rows(&self) -> Vec<&Member> {
        let former = self.former().iter().filter(|_| self.with_former);
        self.members().iter().chain(former).collect()
    }

    pub fn under_cursor(&self) -> Option<&Member> {
        self.rows().get(self.cursor).copied()
    }

    pub fn unfolded(&self) -> Option<&MemberDetails> {
        let here = &self.under_cursor()?.developer.id;
        let (of, details) = self.unfolded.as_ref()?;
        (of == here).then_some(details)
    }

    /// The facts about a developer, with their names. The unfolded row has more than the others.
    pub fn facts(&self, member: &Member, session: Option<&Session>) -> Vec<(&'static str, String)> {
        let one = &member.developer;
        let details = self.unfolded.as_ref();
        let details = details.filter(|(of, _)| *of == one.id);
        let added_by = details.and_then(|(_, details)| details.added_by.as_ref());
        let by = added_by
            .zip(session)
            .map_or_else(String::new, |(who, session)| {
                format!(" by {}", session.author(who))
            });
        let seen = member.last_sign_in_at;
        let seen = seen.map_or_else(|| "never".to_owned(), |at| at.date_time());
        let mut facts = vec![
            ("E-mail", one.email.as_str().to_owned()),
            ("Added", format!("{}{by}", one.created_at.date_time())),
            ("Last seen", seen),
        ];
        facts.extend(details.map(|(_, details)| ("Apps", grouped(details.apps))));
        facts
    }

    fn why_off(&self, action: Action, session: Option<&Session>) -> Option<String> {
        if action == Action::ShowFormer && self.former().is_empty() {
            return Some("No removed developers.".to_owned());
        }
        let is_for_members = matches!(
            action,
            Action::ChangeRole
                | Action::ResetPassword
                | Action::ToggleStatus
                | Action::Discard
                | Action::OpenJwt
        );
        let developer = self.under_cursor().map(|member| &member.developer);
        let removed = developer.filter(|developer| developer.state == MemberState::Removed);
        if let Some(removed) = removed.filter(|_| is_for_members) {
            return Some(format!("{} was removed.", removed.full_name));
        }
        let me = session.map(|session| &session.developer.id);
        if developer.is_some_and(|one| Some(&one.id) == me)
            && let Some(why) = why_not_oneself(action)
        {
            return Some(why.to_owned());
        }
        if let (Action::OpenJwt, Some(owner)) = (action, developer) {
            return session?.why_not_manage_jwt(&owner.id, CREATE_JWT);
        }
        let is_for_admins = matches!(
            action,
            Action::New
                | Action::Rename
                | Action::ChangeRole
                | Action::ResetPassword
                | Action::ToggleStatus
                | Action::Discard
                | Action::OpenReadable
        );
        if !is_for_admins {
            return None;
        }
        session?.why_not_administer()
    }
}

/// What a developer cannot do to their own account. The store refuses it, too.
fn why_not_oneself(action: Action) -> Option<&'static str> {
    match action {
        Action::ResetPassword => Some("This is your own account: w changes your password."),
        Action::ToggleStatus => Some("You cannot disable yourself. Another Developer Admin can."),
        Action::Discard => Some("You cannot remove yourself. Another Developer Admin can."),
        _ => None,
    }
}
