//! The checks of the fuzz targets. `tests/it/corpora.rs` replays the corpora through the same
//! checks.

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
