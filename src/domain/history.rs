//! What happened to apps and people: who, when, what, before and after.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use super::{
    id::{AppId, DeveloperId},
    time::UnixMs,
};

macro_rules! whats {
    ($($name:ident $label:literal,)+) => {
        /// What was done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
        #[strum(serialize_all = "snake_case")]
        pub enum What { $($name),+ }

        impl What {
            pub fn label(self) -> &'static str {
                match self { $(Self::$name => $label),+ }
            }
        }
    };
}

whats! {
    AppCreated "Created",
    AppChanged "Changed",
    AppSuspended "Suspended",
    AppResumed "Resumed",
    AppDeleted "Moved to the trash",
    AppRestored "Taken out of the trash",
    AppPurged "Deleted for good",
    TagsChanged "Tags changed",
    SecretRotated "Secret rotated",
    RotationFinished "Old secret ended",
    RotationCancelled "Rotation cancelled",
    SharedSecretChanged "Shared secret changed",
    EnvironmentChanged "Platform credentials changed",
    ScopeRequested "Approval requested",
    ScopeApproved "Scope approved",
    ScopeRejected "Scope rejected",
    JwtCreated "JWT credential created",
    JwtAppsChanged "JWT credential: apps changed",
    JwtRevoked "JWT credential revoked",
    OrganizationRenamed "Organization renamed",
    DeveloperAdded "Developer added",
    RoleChanged "Role changed",
    PasswordReset "Password reset",
    PasswordChanged "Password changed",
    RecoveryKeyMade "New recovery key",
    DeveloperDisabled "Developer disabled",
    DeveloperEnabled "Developer enabled",
    DeveloperRemoved "Developer removed",
}

/// One value before and after. Of a secret, only the fingerprint.
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
    /// Starts at 1 and has no gaps.
    pub seq: i64,
    pub at: UnixMs,
    pub who: DeveloperId,
    pub app: Option<AppId>,
    /// The name at that time: of the app, of the organization, or of the developer with the
    /// address.
    pub subject: String,
    pub what: What,
    pub changes: Vec<Change>,
}

/// Some of the entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryWindow {
    pub total: u64,
    pub matched: u64,
    pub offset: u64,
    pub entries: Vec<Entry>,
}

/// The first place where the history was tampered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// This row was edited, or a row before it was removed or moved.
    At(i64),
    /// This row and all after it were removed.
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
