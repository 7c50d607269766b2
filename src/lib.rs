//! A developer console for the terminal. `docs/ARCHITECTURE.md` has the map and says why.
//!
//! ```text
//!  keys, paste, resize ──┐
//!                        ├─► Msg ─► console::update(&mut Console, Msg) ─► Vec<Effect> ─► runtime
//!  replies, news ────────┘               │                                                │
//!         ▲                              ▼                                                │
//!         │                 console::draw(&Console, &Theme, &mut Frame)                   │
//!         └───────────────────────────── one channel ◄────────────────────────────────────┘
//! ```
//!
//! `domain ← keymap ← form ← request ← desk ← ui ← screens ← manifest ← console ← runtime ← cli`; `store`,
//! `vault`, `files`, `clipboard` and `local_server` stand below `runtime` and know `domain`.

// A function is read at a glance; only a table, and one `match` with an arm for each case, is longer.
#![cfg_attr(not(test), warn(clippy::too_many_lines))]

// The command line, and what it starts: the console in either mode, the local server, doctor.
pub mod cli;
// Chooses the clipboard, and writes its bytes.
pub mod clipboard;
// The root of the state, and `update`.
pub mod console;
// State that all pages share.
pub mod desk;
// Apps, scopes, credentials and developers.
pub mod domain;
// Files that a person names: icons, paths being typed.
pub mod files;
// Environment variables, read by one rule.
pub mod environment;
// The vocabulary of a form.
pub mod form;
// Every key, once.
pub mod keymap;
// The local server: an HTTP server on this machine that accepts what was issued.
pub mod local_server;
// Apps as a file: read, written and compared.
pub mod manifest;
// Requests to the outside: one line per operation.
pub mod request;
// Side effects: terminal, threads, the loop.
pub mod runtime;
// One folder per screen.
pub mod screens;
// SQLite.
pub mod store;
// Theme, layout and widgets.
pub mod ui;
// Keys: password to key, seal and open a secret.
pub mod vault;
