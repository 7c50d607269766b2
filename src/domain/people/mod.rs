//! The organization's developers: who they are, how they sign in, and what they may do.

pub mod developer;
pub mod email;
pub mod password;
pub mod permission;
pub mod readable;
pub mod recovery_key;
pub mod ticket;
