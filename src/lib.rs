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
//! `domain ← keymap ← form ← request ← desk ← ui ← screens ← console ← runtime ← cli`; `store`,
//! `vault`, `files`, `clipboard` and `local_server` stand below `runtime` and know `domain`.

// The command line, and what it starts: the console in either form, the local server, doctor.
pub mod cli;
// Which clipboard, and the bytes for it.
pub mod clipboard;
// The root of the state, and `update`.
pub mod console;
// What all pages share.
pub mod desk;
// What an app, a scope, a credential and a developer are.
pub mod domain;
// What a person points at on disk: icons, paths being typed.
pub mod files;
// The variables that are read, by one rule.
pub mod environment;
// The vocabulary of a form.
pub mod form;
// Every key, once.
pub mod keymap;
// The local server: an HTTP server on this machine that accepts what was issued.
pub mod local_server;
// What is asked of the outside: a line an operation.
pub mod request;
// The imperative rim: terminal, threads, the loop.
pub mod runtime;
// A folder a screen.
pub mod screens;
// SQLite.
pub mod store;
// Theme, layout and widgets.
pub mod ui;
// Keys: password to key, seal and open a secret.
pub mod vault;
