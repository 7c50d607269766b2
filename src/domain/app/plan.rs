//! What a manifest changes in a workspace: the steps to take, and how they are shown.

use serde::Serialize;

use super::{App, AppSpec, AppStatus, icon::IconRef};
use crate::domain::{id::AppId, oauth::credential::ClientId};

/// The registered apps, as one transaction sees them.
pub trait Registered {
    type Error;

    /// Also an app in the trash.
    fn of_client_id(&self, id: &str) -> Result<Option<App>, Self::Error>;

    /// Outside the trash, ignoring case.
    fn named(&self, name: &str) -> Result<Vec<App>, Self::Error>;

    /// Outside the trash, by the filter of the list.
    fn matching(&self, filter: &str) -> Result<Vec<App>, Self::Error>;

    /// Outside the trash.
    fn count(&self) -> Result<u64, Self::Error>;

    /// An icon of the workspace.
    fn icon(&self, sha256: &str) -> Result<Option<IconRef>, Self::Error>;
}

/// One change of a plan. The name is for messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub name: String,
    pub what: StepKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepKind {
    Create {
        spec: Box<AppSpec>,
        /// `None` for one that is made.
        client_id: Option<ClientId>,
        tags: Vec<String>,
        status: AppStatus,
    },
    /// What is `None` stays.
    Change {
        app: AppId,
        spec: Option<Box<AppSpec>>,
        tags: Option<Vec<String>>,
        status: Option<AppStatus>,
    },
    Trash(AppId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PlannedAction {
    Create,
    Change,
    Trash,
}

/// What happens to one app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlannedApp {
    pub action: PlannedAction,
    pub name: String,
    /// Before a rename.
    pub former_name: Option<String>,
    pub client_id: Option<String>,
    /// The version that is changed.
    pub version: Option<i64>,
    /// `Bot Add-in, private`
    #[serde(skip)]
    pub summary: String,
    pub fields: Vec<PlannedField>,
}

/// A member before and after: lists by element, all else as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PlannedField {
    pub field: String,
    pub before: Option<String>,
    pub after: Option<String>,
    pub add: Vec<String>,
    pub remove: Vec<String>,
    pub consequence: Option<&'static str>,
}

/// A manifest compared with a workspace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// Of the manifest and of the version of each app in it.
    #[serde(rename = "plan")]
    pub digest: String,
    pub unchanged: u64,
    /// Apps outside the manifest, which stay.
    pub untouched: u64,
    pub apps: Vec<PlannedApp>,
}

impl Plan {
    pub fn count(&self, action: PlannedAction) -> usize {
        self.apps.iter().filter(|app| app.action == action).count()
    }

    pub fn is_empty(&self) -> bool {
        self.apps.is_empty()
    }
}
