//! Developers, how they sign in, their keys, and what they decide.

pub(in crate::store) mod approvals;
pub(in crate::store) mod developers;
pub(in crate::store) mod identity;
pub(in crate::store) mod joining;
pub(in crate::store) mod keys;
pub(in crate::store) mod readable;
pub(in crate::store) mod rekey;
pub(in crate::store) mod sealed;
pub(in crate::store) mod sign_in;
pub(in crate::store) mod team;
pub(in crate::store) mod throttle;
pub(in crate::store) mod upgrade;
