//! What an app, a scope, a credential and a developer are.
//!
//! Deliberately absent: the terminal, SQL, files, the clock, the random generator
//! of the operating system (a generator is handed in where one is needed).

pub mod app;
pub mod credential;
pub mod developer;
pub mod diagnosis;
pub mod draft;
pub mod effective_scopes;
pub mod email;
pub mod env_file;
pub mod exchange;
pub mod explain;
pub mod fault;
pub mod handoff;
pub mod history;
pub mod icon;
pub mod id;
pub mod jwt;
pub mod jwt_text;
pub mod list;
pub mod number;
pub mod operation;
pub mod partner;
pub mod password;
pub mod pkce;
pub mod recovery_key;
pub mod redirect_uri;
pub mod scope;
pub mod secret;
pub mod snippet;
pub mod spec_changes;
pub mod tag;
pub mod text;
pub mod this_machine;
pub mod ticket;
pub mod time;
pub mod trial;
mod uri_text;
pub mod web_url;
pub mod webhook_event;
