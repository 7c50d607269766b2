//! What each fuzz target checks. `tests/it/corpora.rs` replays the corpora through the same.

pub mod catalogue;
pub mod draft;
pub mod explain;
pub mod icon;
pub mod keys;
pub mod platform;
pub mod records;
pub mod redirect_uri;
pub mod sanitizer;
pub mod terminal_bytes;
mod unfit;
