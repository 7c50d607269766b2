//! What happened to apps and people: who, when, what, before and after.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use super::{
    id::{AppId, DeveloperId},
    text,
    time::UnixMs,
};

macro_rules! whats {
    ($($name:ident $needs:ident $label:literal,)+) => {
        /// The operation that a row of the history records.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
        #[strum(serialize_all = "snake_case")]
        pub enum What { $($name),+ }

        impl What {
            pub fn label(self) -> &'static str {
                match self { $(Self::$name => $label),+ }
            }

            /// The permission that this requires: a row by a developer without it is refused.
            pub fn needs(self) -> Needs {
                match self { $(Self::$name => Needs::$needs),+ }
            }
        }
    };
}

whats! {
    AppCreated Writer "Created",
    AppChanged Writer "Changed",
    AppSuspended Writer "Suspended",
    AppResumed Writer "Resumed",
    AppDeleted Writer "Moved to the trash",
    AppRestored Writer "Restored",
    AppPurged Writer "Deleted permanently",
    TagsChanged Writer "Tags changed",
    SecretRotated Writer "Secret rotated",
    RotationFinished Writer "Old secret ended",
    RotationCancelled Writer "Rotation canceled",
    SharedSecretChanged Writer "Shared secret changed",
    EnvironmentChanged Writer "RingCentral credentials changed",
    ScopeRequested Writer "Approval requested",
    ScopeApproved Admin "Scope approved",
    ScopeRejected Admin "Scope rejected",
    JwtCreated Writer "JWT credential created",
    JwtAppsChanged Writer "JWT credential: apps changed",
    JwtRevoked Writer "JWT credential revoked",
    OrganizationRenamed Admin "Organization renamed",
    DeveloperAdded Admin "Developer added",
    RoleChanged Admin "Role changed",
    PasswordReset Admin "Password reset",
    PasswordChanged Nothing "Password changed",
    RecoveryKeyMade Nothing "New recovery key",
    DeveloperDisabled Admin "Developer disabled",
    DeveloperEnabled Admin "Developer enabled",
    DeveloperRemoved Admin "Developer removed",
    OrganizationFounded Admin "Organization created",
    KeysIntroduced Admin "Keys added",
    DeveloperJoined Admin "Developer joined",
    SecretRead Writer "Secret read",
    SessionsEnded Writer "Sessions ended",
}

/// How a developer got to see a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    Revealed,
    Copied,
    /// To a file.
    Written,
    /// To a program, as variables.
    Passed,
}

impl Reading {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Revealed => "revealed",
            Self::Copied => "copied",
            Self::Written => "written to a file",
            Self::Passed => "passed to a program",
        }
    }
}

/// The permission that the role of a developer must include.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Own password and keys: any active developer.
    Nothing,
    /// Any role but Audit-user.
    Writer,
    /// Developer Admin.
    Admin,
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
    /// In one line, for the entry of this kind.
    pub fn told(&self, what: What) -> String {
        let is_of_settings = matches!(
            what,
            What::AppChanged | What::TagsChanged | What::JwtAppsChanged
        );
        let shown = |value: &str| match is_fingerprint(value) {
            true => format!("fingerprint {value}"),
            false => text::displayable(value).into_owned(),
        };
        let value = match (self.before.as_deref(), self.after.as_deref()) {
            (Some(before), Some(after)) => format!("{} → {}", shown(before), shown(after)),
            (None, Some(after)) if is_of_settings => format!("added {}", shown(after)),
            (None, Some(after)) => shown(after),
            (Some(before), None) => format!("removed {}", shown(before)),
            // A JWT credential without a date.
            (None, None) if what == What::JwtCreated => "never".to_owned(),
            (None, None) => return self.field.clone(),
        };
        format!("{}: {value}", self.field)
    }

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

/// Stands for a secret: equal secrets have the same one, and it does not lead back to the secret.
fn is_fingerprint(value: &str) -> bool {
    // The number of its key comes first. Old entries have none.
    let digits = match value.split_once('·') {
        Some((key, digits)) if key.parse::<u32>().is_ok() => digits,
        Some(_) => return false,
        None => value,
    };
    let is_hex = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    digits.len() == 12 && digits.bytes().all(is_hex)
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

/// The first place where the history, or a copy of what it states, was tampered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// This row was edited, or a row before it was removed or moved.
    At(i64),
    /// This row is refused, for this reason: its signature, or the rights of its signer.
    Refused(i64, &'static str),
    /// This row and all after it were removed.
    EndsBefore(i64),
    /// The history begins with another row than at the first sign-in.
    Replaced,
    /// The record of the rows that the developer had verified is missing from the file, or does not
    /// open.
    Seen,
    /// The columns of this developer differ from what was signed.
    Developer(String),
    /// The secrets key of this developer differs from the signed one.
    SecretsKey(String),
}

impl Broken {
    /// What to do about it.
    pub fn way_on(&self) -> &'static str {
        match self {
            Self::Developer(_) => "Sign in again: the signed values are used.",
            Self::SecretsKey(_) => {
                "A Developer Admin can reset their password to give them the key again."
            }
            _ => "Restore a backup before you change anything.",
        }
    }

    /// For a person.
    pub fn describe(&self) -> String {
        match self {
            Self::At(row) => format!(
                "The history was tampered with: entry {row} was changed, or an entry before it was removed or moved."
            ),
            Self::Refused(row, why) => {
                format!("The history was tampered with: entry {row} is not valid, because {why}.")
            }
            Self::EndsBefore(row) => {
                format!(
                    "The history was tampered with: entry {row} and the entries after it are missing."
                )
            }
            Self::Replaced => {
                "The history was replaced: it belongs to another workspace.".to_owned()
            }
            Self::Seen => {
                "Your record of the verified history is missing from the file.".to_owned()
            }
            Self::SecretsKey(name) => {
                format!(
                    "The secrets key of {name} was changed in the file, so secrets cannot be opened."
                )
            }
            Self::Developer(name) => format!(
                "The role, state, name or e-mail address of {name} was changed in the file without a signature."
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_says_what_its_values_are() {
        let told = |what, field: &str, before: Option<&str>, after: Option<&str>| {
            Change::new(field, before, after).told(what)
        };
        let secret = |before, after| told(What::SecretRotated, "Client Secret", before, after);
        assert_eq!(
            secret(Some("1·0a1b2c3d4e5f"), Some("2·ffffffffffff")),
            "Client Secret: fingerprint 1·0a1b2c3d4e5f → fingerprint 2·ffffffffffff"
        );
        assert_eq!(
            secret(None, Some("0a1b2c3d4e5f")),
            "Client Secret: fingerprint 0a1b2c3d4e5f"
        );
        assert_eq!(
            told(What::JwtCreated, "Expires", None, None),
            "Expires: never"
        );
        for name in ["a·0a1b2c3d4e5f", "0a1b2c3d4e5", "0A1B2C3D4E5F"] {
            let label = format!("App Name: {name}");
            assert_eq!(told(What::AppCreated, "App Name", None, Some(name)), label);
        }
    }
}
