//! The organization and the people who sign in to it.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::domain::{
    app::App,
    id::DeveloperId,
    people::{
        email::EmailAddress,
        permission::{self, Denied},
        ticket::Request,
    },
    text,
    time::UnixMs,
};

/// Longest name of an organization or a person, in characters. Ours.
pub const NAME_MAX: usize = 100;
/// The name of a developer who was removed, as RingCentral shows it.
const DELETED: &str = "Deleted user";

/// Roles, named as in RingCentral's console.
/// Source: `docs/basics/inviting-developers.md` of RingCentral's documentation.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Role {
    /// Changes all apps and manages the people of the organization.
    DeveloperAdmin,
    /// Changes their own apps.
    Developer,
    /// Reads settings and changes nothing.
    AuditUser,
}

impl Role {
    pub fn label(self) -> &'static str {
        match self {
            Self::DeveloperAdmin => "Developer Admin",
            Self::Developer => "Developer",
            Self::AuditUser => "Audit-user",
        }
    }

    /// Parses a role as a person types it: `admin`, `developer`, `audit-user`, or its label.
    pub fn parse(typed: &str) -> Option<Self> {
        match text::key(typed).as_str() {
            "admin" | "developer admin" => Some(Self::DeveloperAdmin),
            "developer" => Some(Self::Developer),
            "audit" | "audit user" | "audit-user" => Some(Self::AuditUser),
            _ => None,
        }
    }

    pub fn may_create_apps(self) -> bool {
        permission::may_write(self, "create apps").is_ok()
    }
}

/// Whether a developer may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum MemberState {
    Active,
    /// Until a Developer Admin enables them.
    Disabled,
    /// Permanently. Their row stays, because the history refers to it.
    Removed,
}

impl MemberState {
    pub fn label(self) -> &'static str {
        self.as_str()
    }
}

/// A person of the organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Developer {
    pub id: DeveloperId,
    pub full_name: String,
    pub email: EmailAddress,
    pub role: Role,
    pub state: MemberState,
    pub created_at: UnixMs,
}

impl Developer {
    pub fn is_active(&self) -> bool {
        self.state == MemberState::Active
    }

    pub fn is_active_admin(&self) -> bool {
        self.is_active() && self.role == Role::DeveloperAdmin
    }
}

/// A developer as the People page shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub developer: Developer,
    /// `None` if they have never signed in.
    pub last_sign_in_at: Option<UnixMs>,
    /// An administrator set their password, and they have not changed it yet.
    pub must_change_password: bool,
}

/// What the People page shows of a developer on request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberDetails {
    /// `None` for the founder of the organization.
    pub added_by: Option<DeveloperId>,
    /// Apps that they created or are the primary contact of, without those in the trash.
    pub apps: u64,
}

/// The organization and its developers, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    pub organization: String,
    pub members: Vec<Member>,
    /// Those who were removed.
    pub former: Vec<Member>,
}

/// The signed-in developer, with the organization and its people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub developer: Developer,
    pub organization: String,
    /// All developers of the organization, by name, the signed-in one included. Disabled ones too,
    /// because they have apps; lists to choose from offer only the active ones.
    pub developers: Vec<Developer>,
    /// Developers who were removed, for the history.
    pub former: Vec<Developer>,
    /// An administrator set the password: nothing else is allowed until it is changed.
    pub must_change_password: bool,
    /// The signed-in developer's requests that others decided since the last sign-in.
    pub decided: Vec<Request>,
    /// Requests that the signed-in developer may decide.
    pub waiting: u64,
    /// What the developer must know first, e.g. that the file was tampered with.
    pub warning: Option<String>,
}

impl Session {
    /// The active Developer Admins, who can change roles.
    pub fn admins(&self) -> impl Iterator<Item = &Developer> {
        self.developers
            .iter()
            .filter(|developer| developer.is_active_admin())
    }

    /// Developers who can become the contact of an app.
    pub fn active(&self) -> impl Iterator<Item = &Developer> {
        self.developers
            .iter()
            .filter(|developer| developer.is_active())
    }

    /// Whether an app is the signed-in developer's: created by them, or theirs as primary contact.
    pub fn owns(&self, app: &App) -> bool {
        let me = &self.developer.id;
        app.created_by == *me || app.spec.properties.primary_contact == *me
    }

    /// Why the signed-in developer may not change an app, if so. The store has the last word.
    pub fn why_not_manage(&self, is_own: bool) -> Option<String> {
        reason(permission::may_manage(self.developer.role, is_own))
    }

    /// The same for the secrets of an app.
    pub fn why_not_see_secrets(&self, is_own: bool) -> Option<String> {
        reason(permission::may_see_secrets(self.developer.role, is_own))
    }

    /// The same for a JWT credential. `what` is one of those in `permission`.
    pub fn why_not_manage_jwt(&self, owner: &DeveloperId, what: &str) -> Option<String> {
        let me = &self.developer;
        let is_own = me.id == *owner;
        reason(permission::may_manage_credential(me.role, is_own, what))
    }

    /// Why the signed-in developer may not create a JWT credential for themselves, if so.
    pub fn why_no_own_jwt(&self) -> Option<String> {
        self.why_not_manage_jwt(&self.developer.id, permission::CREATE_JWT)
    }

    /// Why the signed-in developer may not manage the people, if so.
    pub fn why_not_administer(&self) -> Option<String> {
        reason(permission::may_administer(self.developer.role))
    }

    /// Why the signed-in developer may not decide a request, if so. The store has the last word.
    pub fn why_not_decide(&self, request: &Request) -> Option<String> {
        let me = &self.developer;
        let has_other_admin = self.admins().any(|admin| admin.id != me.id);
        reason(permission::may_decide(me, &request.ticket, has_other_admin))
    }

    /// `None` for a developer who was removed.
    pub fn find(&self, id: &DeveloperId) -> Option<&Developer> {
        self.developers.iter().find(|developer| &developer.id == id)
    }

    /// The name of an app's owner.
    pub fn name_of(&self, id: &DeveloperId) -> String {
        self.find(id)
            .map_or_else(|| DELETED.to_owned(), |one| one.full_name.clone())
    }

    /// The name of a developer in the history, also of one who was removed since.
    pub fn author(&self, id: &DeveloperId) -> String {
        let former = || self.former.iter().find(|developer| &developer.id == id);
        match (self.find(id), former()) {
            (Some(one), _) => one.full_name.clone(),
            (None, Some(one)) => format!("{} (removed)", one.full_name),
            (None, None) => DELETED.to_owned(),
        }
    }
}

fn reason(permission: Result<(), Denied>) -> Option<String> {
    permission.err().map(|denied| denied.to_string())
}

/// Splits a full name into given and family name. The last word counts as the family name; a single
/// word is a given name.
pub fn given_and_family(full_name: &str) -> (&str, &str) {
    let full_name = full_name.trim();
    match full_name.rsplit_once(char::is_whitespace) {
        Some((given, family)) => (given.trim_end(), family),
        None => (full_name, ""),
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::people::developer::given_and_family;

    #[test]
    fn a_full_name_is_split_at_its_last_word() {
        for (full, parts) in [
            ("Ada Lovelace", ("Ada", "Lovelace")),
            (" Grace Brewster  Hopper ", ("Grace Brewster", "Hopper")),
            ("Ada", ("Ada", "")),
            ("", ("", "")),
        ] {
            assert_eq!(given_and_family(full), parts, "{full:?}");
        }
    }
}
