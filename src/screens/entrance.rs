//! The step after a sign-in, however the developer proved their identity.

use super::page::{Next, Place};
use crate::{
    desk::{Access, Cx},
    request::SignedIn,
};

/// Longest e-mail address, in characters. Source: RFC 5321 §4.5.3.1.
pub const EMAIL_MAX: usize = 254;

pub fn enter(signed_in: SignedIn, cx: &mut Cx<'_>) -> Next {
    let SignedIn {
        session,
        recovery_key,
    } = signed_in;
    let must_change = session.must_change_password;
    cx.access = Access::Open(*session);
    Next::Instead(match recovery_key {
        _ if must_change => Place::Password { is_first: true },
        Some(key) => Place::RecoveryKey {
            key,
            is_another: false,
        },
        None => Place::Entrance,
    })
}
