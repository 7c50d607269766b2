//! The step after a sign-in, however the developer proved their identity.

use super::page::{Next, Place};
use crate::{
    desk::{Access, Cx},
    domain::secret::Secret,
    request::SignedIn,
};

/// Longest e-mail address, in characters. Source: RFC 5321 §4.5.3.1.
pub const EMAIL_MAX: usize = 254;

/// `typed`: the password that was accepted, if it was one.
pub fn enter(signed_in: SignedIn, typed: Option<Secret>, cx: &mut Cx<'_>) -> Next {
    let SignedIn {
        session,
        recovery_key,
    } = signed_in;
    let must_change = session.must_change_password;
    cx.access = Access::Open(*session);
    Next::Instead(match recovery_key {
        _ if must_change => Place::FirstPassword { known: typed },
        Some(key) => Place::RecoveryKey {
            key,
            is_another: false,
        },
        None => Place::Entrance,
    })
}
