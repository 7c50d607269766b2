//! The organization and the people who sign in to it.

use serde::{Deserialize, Serialize};

use super::{app::App, email::EmailAddress, id::DeveloperId, time::UnixMs};

/// Console roles, as the platform names them.
/// Source: `docs/basics/inviting-developers.md` of the platform's documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Any app, and the people of the organization.
    DeveloperAdmin,
    /// Own apps.
    Developer,
    /// Sees settings, changes nothing.
    AuditUser,
}

impl Role {
    pub const ALL: [Self; 3] = [Self::DeveloperAdmin, Self::Developer, Self::AuditUser];

    pub fn label(self) -> &'static str {
        match self {
            Self::DeveloperAdmin => "Developer Admin",
            Self::Developer => "Developer",
            Self::AuditUser => "Audit-user",
        }
    }

    /// How the role is kept in the workspace.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DeveloperAdmin => "developer_admin",
            Self::Developer => "developer",
            Self::AuditUser => "audit_user",
        }
    }

    pub fn from_stored(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    pub fn may_create_apps(self) -> bool {
        self != Self::AuditUser
    }
}

/// A person of the organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Developer {
    pub id: DeveloperId,
    pub full_name: String,
    pub email: EmailAddress,
    pub role: Role,
    pub created_at: UnixMs,
}

/// Who is signed in, and to what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub developer: Developer,
    pub organization: String,
    /// Everybody of the organization, the signed-in developer included, by name.
    pub developers: Vec<Developer>,
}

impl Session {
    /// Those who can change what a role forbids.
    pub fn admins(&self) -> impl Iterator<Item = &Developer> {
        self.developers
            .iter()
            .filter(|developer| developer.role == Role::DeveloperAdmin)
    }

    /// Why the signed-in developer may not change an app, if so. The store has the last word.
    pub fn why_not_manage(&self, app: &App) -> Option<String> {
        let me = &self.developer;
        let is_own = app.created_by == me.id || app.spec.properties.primary_contact == me.id;
        match me.role {
            Role::DeveloperAdmin => None,
            Role::Developer if is_own => None,
            Role::Developer => Some(
                "This app is somebody else's: only its creator, its contact or a Developer Admin may change it."
                    .to_owned(),
            ),
            Role::AuditUser => Some(format!(
                "Your role is {}: it may not change apps.",
                me.role.label()
            )),
        }
    }

    pub fn find(&self, id: &DeveloperId) -> Option<&Developer> {
        self.developers.iter().find(|developer| &developer.id == id)
    }
}
