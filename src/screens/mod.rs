//! A folder a screen: its state (`mod.rs`), its keys (`update.rs`), its picture (`view.rs`).
//!
//! Deliberately absent: files, SQL, clipboard, clock, threads. A screen asks with an `Effect`.

pub mod app;
pub mod approvals;
pub mod apps;
pub mod create_app;
pub mod history;
pub mod jwt;
pub mod locked;
pub mod organization;
pub mod password;
pub mod prompt;
pub mod sandbox;
pub mod sign_in;
pub mod sign_up;
pub mod trial;
