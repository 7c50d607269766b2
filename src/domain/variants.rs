//! Enums as lists and as words, over what `strum` derives from their variants.
//!
//! A stored word is in people's workspaces: renaming a variant must not change it. The test below
//! compares each one with what is on disk.

use strum::VariantArray;

use crate::domain::{
    app::{
        AppStatus, AppType, Environment, Platform, Promotion,
        icon::IconFormat,
        list::{Column, Facet, Is},
        partner::PartnerGroup,
    },
    export::{Style, snippet::Language},
    history::What,
    oauth::{fault::Fault, setup::Profile},
    people::{
        developer::{MemberState, Role},
        ticket::TicketState,
    },
};

macro_rules! listed {
    ($($name:ty),+ $(,)?) => {
        $(impl $name {
            pub const ALL: &'static [Self] = <Self as VariantArray>::VARIANTS;
        })+
    };
}

macro_rules! stored_as_words {
    ($($name:ty),+ $(,)?) => {
        listed!($($name),+);
        $(impl $name {
            /// The word in the workspace and in a filter.
            pub fn as_str(self) -> &'static str {
                self.into()
            }

            pub fn from_stored(word: &str) -> Option<Self> {
                word.parse().ok()
            }
        })+
    };
}

listed!(Column, Facet, Fault, Language, PartnerGroup, Profile, Style);

stored_as_words!(
    AppStatus,
    AppType,
    Environment,
    IconFormat,
    Is,
    MemberState,
    Platform,
    Promotion,
    Role,
    TicketState,
    What,
);

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! assert_words {
        ($($name:ident: $words:expr;)+) => {
            $(
                let words: Vec<_> = $name::ALL.iter().map(|one| one.as_str()).collect();
                assert_eq!(words, $words, stringify!($name));
                for (one, word) in $name::ALL.iter().zip(words) {
                    assert_eq!($name::from_stored(word), Some(*one), "{word}");
                }
                assert_eq!($name::from_stored(""), None);
            )+
        };
    }

    #[test]
    fn the_words_in_the_workspace_stay_what_they_are() {
        assert_words! {
            AppStatus: ["active", "suspended"];
            Platform: ["server_side_web", "client_side_web", "android", "ios", "windows", "mac"];
            Promotion: ["yes", "no", "unknown"];
            AppType: ["rest_api", "bot", "notification"];
            Environment: ["production", "sandbox"];
            IconFormat: ["png", "jpeg", "gif", "svg"];
            Is: ["active", "deleted", "favorite", "private", "public", "suspended"];
            MemberState: ["active", "disabled", "removed"];
            Role: ["developer_admin", "developer", "audit_user"];
            TicketState: ["pending", "approved", "rejected"];
            What: [
                "app_created",
                "app_changed",
                "app_suspended",
                "app_resumed",
                "app_deleted",
                "app_restored",
                "app_purged",
                "tags_changed",
                "secret_rotated",
                "rotation_finished",
                "rotation_cancelled",
                "shared_secret_changed",
                "environment_changed",
                "scope_requested",
                "scope_approved",
                "scope_rejected",
                "jwt_created",
                "jwt_apps_changed",
                "jwt_revoked",
                "organization_renamed",
                "developer_added",
                "role_changed",
                "password_reset",
                "password_changed",
                "recovery_key_made",
                "developer_disabled",
                "developer_enabled",
                "developer_removed",
                "organization_founded",
                "keys_introduced",
                "developer_joined",
                "secret_read", "sessions_ended",
            ];
        }
    }
}
