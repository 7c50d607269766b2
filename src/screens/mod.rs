//! One folder or file for each page: its state, its keys and replies (`update`), its drawing
//! (`view`). Code that several pages share is in the files beside them.

pub mod app;
pub mod approvals;
pub mod apps;
mod bulk;
pub mod create_app;
mod entrance;
mod files;
mod fix;
pub mod form_page;
pub mod history;
pub mod import;
pub mod jwt;
pub mod local_server;
pub mod organization;
pub mod page;
pub mod password;
pub mod readable;
pub mod recovery_key;
pub mod refusal;
pub mod sessions;
pub mod sign_in;
pub mod sign_up;
pub mod trial;
