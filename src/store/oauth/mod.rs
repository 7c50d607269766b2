//! What the local server reads and writes: clients, JWT credentials, sessions.

pub(in crate::store) mod clients;
pub(in crate::store) mod jwt;
pub(in crate::store) mod sessions;
