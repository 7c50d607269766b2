//! Apps, and what belongs to one: secrets, requests, icons, drafts.

pub(in crate::store) mod apply;
pub(in crate::store) mod bulk;
pub(in crate::store) mod change;
pub(in crate::store) mod drafts;
pub(in crate::store) mod environments;
pub(in crate::store) mod icons;
pub(in crate::store) mod register;
pub(in crate::store) mod rotation;
pub(in crate::store) mod secrets;
pub(in crate::store) mod tickets;
