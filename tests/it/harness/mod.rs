//! Shared by the tests: the program driven in memory, on a real terminal, and over HTTP.

pub mod command;
pub mod driver;
pub mod form;
pub mod local_server;
pub mod platform;
pub mod program;
mod pty;
pub mod schema;
pub mod served;
mod sql;
pub mod steps;

pub use pty::{Exit, Launch, Session};
