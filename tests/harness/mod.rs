//! What the tests against a real terminal share. A test file that does not use all of it says
//! `#[expect(dead_code, reason = "…")] mod harness;`.

// Always true here; it tells clippy that helpers of tests are tests, where `expect` is right.
#[cfg(test)]
pub mod program;
#[cfg(test)]
mod pty;

#[cfg(test)]
pub use pty::{Exit, Launch, Session};
