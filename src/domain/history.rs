//! What happened to apps and people: who, when, what, before and after.

use serde::{Deserialize, Serialize};

use super::{
    id::{AppId, DeveloperId},
    time::UnixMs,
};

macro_rules! whats {
    ($($name:ident $stored:literal $label:literal,)+) => {
        /// What was done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum What { $($name),+ }

        impl What {
            pub const ALL: &[Self] = &[$(Self::$name),+];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $stored),+ }
            }

            pub fn label(self) -> &'static str {
                match self { $(Self::$name => $label),+ }
            }
        }
    };
}

whats! {
    AppCreated "app_created" "Created",
    AppChanged "app_changed" "Changed",
    AppSuspended "app_suspended" "Suspended",
    AppResumed "app_resumed" "Resumed",
    AppDeleted "app_deleted" "Moved to the trash",
    AppRestored "app_restored" "Taken out of the trash",
    AppPurged "app_purged" "Deleted for good",
    TagsChanged "tags_changed" "Tags changed",
    SecretRotated "secret_rotated" "Secret rotated",
    RotationFinished "rotation_finished" "Old secret ended",
    RotationCancelled "rotation_cancelled" "Rotation cancelled",
    SharedSecretChanged "shared_secret_changed" "Shared secret changed",
    EnvironmentChanged "environment_changed" "Platform credentials changed",
    ScopeRequested "scope_requested" "Approval requested",
    ScopeApproved "scope_approved" "Scope approved",
    ScopeRejected "scope_rejected" "Scope rejected",
    JwtCreated "jwt_created" "JWT credential created",
    JwtAppsChanged "jwt_apps_changed" "JWT credential: apps changed",
    JwtRevoked "jwt_revoked" "JWT credential revoked",
    OrganizationRenamed "organization_renamed" "Organization renamed",
    DeveloperAdded "developer_added" "Developer added",
    RoleChanged "role_changed" "Role changed",
    PasswordReset "password_reset" "Password reset",
    PasswordChanged "password_changed" "Password changed",
    RecoveryKeyMade "recovery_key_made" "New recovery key",
    DeveloperDisabled "developer_disabled" "Developer disabled",
    DeveloperEnabled "developer_enabled" "Developer enabled",
    DeveloperRemoved "developer_removed" "Developer removed",
}

impl What {
    pub fn from_stored(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|what| what.as_str() == text)
    }
}

/// One value before and after. A secret is here as its fingerprint, never in clear.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub field: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl Change {
    pub fn new(
        field: impl Into<String>,
        before: Option<impl Into<String>>,
        after: Option<impl Into<String>>,
    ) -> Self {
        Self {
            field: field.into(),
            before: before.map(Into::into),
            after: after.map(Into::into),
        }
    }
}

/// One row of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// 1 for the first one, without gaps.
    pub seq: i64,
    pub at: UnixMs,
    pub who: DeveloperId,
    pub app: Option<AppId>,
    /// The app's or the organization's name, or the developer's with the address: as it was then.
    pub subject: String,
    pub what: What,
    pub changes: Vec<Change>,
}

/// A part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryWindow {
    pub total: u64,
    pub matched: u64,
    pub offset: u64,
    pub entries: Vec<Entry>,
}

/// The first row at which the history is not what was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// The row was edited, or another one was removed or moved before it.
    At(i64),
    /// Rows from this one on are gone.
    EndsBefore(i64),
}

impl Broken {
    /// For a person.
    pub fn describe(&self) -> String {
        match self {
            Self::At(row) => format!(
                "The history was tampered with: row {row} is not what was written, or one before it was removed or moved."
            ),
            Self::EndsBefore(row) => {
                format!("The history was tampered with: row {row} and what followed it are gone.")
            }
        }
    }
}
