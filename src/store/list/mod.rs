//! The list of apps: what its filter finds, in which order, and how it was left.

pub(in crate::store) mod index;
pub(in crate::store) mod search;
pub(in crate::store) mod views;
pub(in crate::store) mod window;
