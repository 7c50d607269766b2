//! The organization's developers: who they are, how they prove it, what they may ask for.

pub mod developer;
pub mod email;
pub mod password;
pub mod permission;
pub mod recovery_key;
pub mod ticket;
