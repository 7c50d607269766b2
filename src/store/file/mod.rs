//! The file: opening, migrating, copying, restoring, and refusing without a change.

pub(in crate::store) mod backup;
pub(in crate::store) mod disk;
pub(in crate::store) mod functions;
pub(in crate::store) mod header;
pub(in crate::store) mod inspect;
pub(in crate::store) mod locks;
pub(in crate::store) mod log;
pub(in crate::store) mod mark;
pub(in crate::store) mod migrate;
pub(in crate::store) mod open;
pub(in crate::store) mod preflight;
pub(in crate::store) mod restore;
pub(in crate::store) mod revives;
pub(in crate::store) mod schema;
pub(in crate::store) mod serving;
pub(in crate::store) mod stage;
pub(in crate::store) mod unfinished;
