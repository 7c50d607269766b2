//! Rows of the list, and the files that are made of them.

use super::Copyable;
use crate::domain::{app::AppWindow, id::AppId};

#[derive(Debug)]
pub struct FoundApps {
    pub window: AppWindow,
    /// Where the wanted app is among those that the filter leaves.
    pub position: Option<u64>,
}

#[derive(Clone, Debug)]
pub enum FileContent {
    /// The settings of apps.
    Export(Vec<AppId>),
    /// What can be copied, as a file.
    Handoff { app: AppId, what: Copyable },
}
