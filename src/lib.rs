//! The map of the house. See `docs/ARCHITECTURE.md`.
//!
//! `domain ← form ← screens ← console ← runtime`; `ui` knows `domain` and `keymap`;
//! `store`, `vault`, `files` and `clipboard` know `domain` only.

pub mod clipboard;
pub mod domain;
pub mod files;
pub mod runtime;
pub mod store;
pub mod vault;
