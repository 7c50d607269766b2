//! Rows of the list, and the files that are made from them.

use super::Copyable;
use crate::domain::{app::AppWindow, id::AppId};

#[derive(Debug)]
pub struct FoundApps {
    pub window: AppWindow,
    /// The position of the wanted app among those that match the filter.
    pub position: Option<u64>,
}

#[derive(Clone, Debug)]
pub enum FileContent {
    /// The settings of these apps.
    Export(Vec<AppId>),
    /// A copyable value, as a file.
    Handoff { app: AppId, what: Copyable },
}

impl FileContent {
    pub fn is_secret(&self) -> bool {
        matches!(self, Self::Handoff { what, .. } if what.is_secret())
    }
}
