//! Credentials, tokens, why they fail, and the settings and faults of the local server.

pub mod app_session;
pub mod credential;
pub mod diagnosis;
pub mod exchange;
pub mod explain;
pub mod fault;
pub mod jwt;
pub mod jwt_text;
pub mod new_app_link;
pub mod operation;
pub mod pkce;
pub mod scope_search;
pub mod setup;
pub mod trial;
pub mod webhook_event;
