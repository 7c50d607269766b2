//! Data of the local server: clients, JWT credentials, OAuth sessions, calls.

pub(in crate::store) mod clients;
pub(in crate::store) mod jwt;
pub(in crate::store) mod sessions;
pub(in crate::store) mod signing_keys;
pub(in crate::store) mod usage;
