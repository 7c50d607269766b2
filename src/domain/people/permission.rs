//! The permissions of each role. A screen asks before it offers an action, the store before it
//! performs it. Both call these functions, so that they agree and give the same reason.

use thiserror::Error;

use crate::domain::people::{
    developer::{Developer, Role},
    ticket::Ticket,
};

/// Displays as the reason.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct Denied(String);

/// Completes "it may not …".
pub const CREATE_JWT: &str = "create JWT credentials";
pub const CHANGE_JWT: &str = "change JWT credentials";

type Permission = Result<(), Denied>;

fn denied(reason: impl Into<String>) -> Permission {
    Err(Denied(reason.into()))
}

/// Managing people, and approving what apps request.
pub fn may_administer(role: Role) -> Permission {
    match role {
        Role::DeveloperAdmin => Ok(()),
        Role::Developer | Role::AuditUser => denied("Only a Developer Admin can do this."),
    }
}

/// Everything but reading. `what` completes the sentence "it may not …".
pub fn may_write(role: Role, what: &str) -> Permission {
    match role {
        Role::DeveloperAdmin | Role::Developer => Ok(()),
        Role::AuditUser => denied(format!("Your role, {}, cannot {what}.", role.label())),
    }
}

/// Changing an app. A Developer Admin may change any, a developer their own.
/// Source: `docs/basics/inviting-developers.md` of RingCentral's documentation. That an app also
/// belongs to its primary contact is ours, so that it can be handed over.
pub fn may_manage(role: Role, is_own: bool) -> Permission {
    may_write(role, "change apps")?;
    if is_own || role == Role::DeveloperAdmin {
        return Ok(());
    }
    denied("Only the app's creator, its primary contact or a Developer Admin can change it.")
}

/// Seeing the secrets of an app. A Developer Admin sees all, a developer those of their own apps.
/// Source: `docs/basics/inviting-developers.md` of RingCentral's documentation, as for `may_manage`.
pub fn may_see_secrets(role: Role, is_own: bool) -> Permission {
    may_write(role, "see secrets")?;
    if is_own || role == Role::DeveloperAdmin {
        return Ok(());
    }
    denied("Only the app's creator, its primary contact or a Developer Admin can see its secrets.")
}

/// Creating, changing or seeing a JWT credential. It belongs to the developer that it signs in.
/// `what` completes the sentence "it may not …".
pub fn may_manage_credential(role: Role, is_own: bool, what: &str) -> Permission {
    may_write(role, what)?;
    if is_own || role == Role::DeveloperAdmin {
        return Ok(());
    }
    denied("This credential belongs to another developer.")
}

/// Approving or rejecting a request for a scope. `has_other_admin`: another active Developer Admin
/// exists. Ours, since RingCentral's developer support decides there: a Developer Admin decides
/// their own requests only if there is no other admin.
pub fn may_decide(who: &Developer, ticket: &Ticket, has_other_admin: bool) -> Permission {
    may_administer(who.role)?;
    if ticket.requested_by == who.id && has_other_admin {
        return denied("You cannot decide your own request. Ask another Developer Admin.");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_is_managed_by_its_owners_and_by_administrators() {
        for (role, is_own, may) in [
            (Role::DeveloperAdmin, false, true),
            (Role::DeveloperAdmin, true, true),
            (Role::Developer, false, false),
            (Role::Developer, true, true),
            (Role::AuditUser, false, false),
            (Role::AuditUser, true, false),
        ] {
            assert_eq!(may_manage(role, is_own).is_ok(), may, "{role:?} {is_own}");
        }
    }

    #[test]
    fn the_reason_names_the_role() {
        assert_eq!(
            may_manage(Role::AuditUser, true).unwrap_err().to_string(),
            "Your role, Audit-user, cannot change apps."
        );
    }
}
