//! Developers, how they sign in, and their keys.

pub(in crate::store) mod developers;
pub(in crate::store) mod keys;
pub(in crate::store) mod sign_in;
pub(in crate::store) mod team;
pub(in crate::store) mod throttle;
pub(in crate::store) mod wrapped_keys;
