//! Developers, how they sign in, their keys, and what they decide.

pub(in crate::store) mod approvals;
pub(in crate::store) mod developers;
pub(in crate::store) mod keys;
pub(in crate::store) mod sign_in;
pub(in crate::store) mod team;
pub(in crate::store) mod throttle;
pub(in crate::store) mod wrapped_keys;
