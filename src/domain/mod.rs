//! The domain: apps, scopes, credentials and developers.
//!
//! Deliberately absent: the terminal, SQL, files, the clock, the random generator of the operating
//! system (a generator is handed in where one is needed).

pub mod app;
pub mod draft;
pub mod export;
pub mod history;
pub mod id;
pub mod number;
pub mod oauth;
pub mod people;
pub mod problem;
pub mod progress;
pub mod secret;
pub mod text;
pub mod this_machine;
pub mod time;
mod variants;
