//! Credentials, tokens, what goes wrong with them, and the local server's part in it.

pub mod credential;
pub mod diagnosis;
pub mod exchange;
pub mod explain;
pub mod fault;
pub mod jwt;
pub mod jwt_text;
pub mod operation;
pub mod pkce;
pub mod setup;
pub mod trial;
pub mod webhook_event;
