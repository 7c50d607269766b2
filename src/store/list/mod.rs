//! The list of apps: filter, order, and each developer's view of it.

pub(in crate::store) mod index;
pub(in crate::store) mod search;
pub(in crate::store) mod views;
pub(in crate::store) mod window;
