//! One app: its form, and the operations on it.

use super::Copyable;
use crate::domain::{
    app::{App, Environment, proposal::Proposal},
    draft::StoredDraft,
    id::{AppId, DeveloperId, DraftId},
    secret::Secret,
    time::UnixMs,
};

/// An operation on an existing app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    Suspend,
    Resume,
    /// Moves the app to the trash.
    Delete,
    Restore,
    /// Deletes the app permanently.
    Purge,
    Rotate {
        overlap_hours: u32,
    },
    FinishRotation,
    CancelRotation,
    /// Removes what RingCentral issued.
    ForgetEnvironment(Environment),
}

/// The result of saving an existing app.
#[derive(Debug)]
pub enum Updated {
    Done(Box<App>),
    /// Another console saved in the meantime: this is its version, with its shared secret.
    Stale {
        app: Box<App>,
        shared: Secret,
        /// `None` if the history does not say.
        by: Option<SavedBy>,
    },
}

/// Who changed an app last, and when.
#[derive(Debug)]
pub struct SavedBy {
    pub developer: DeveloperId,
    pub name: String,
    pub at: UnixMs,
}

/// The secrets of an app in clear text, while they are revealed.
#[derive(Clone, Debug, Default)]
pub struct AppSecrets {
    pub client: Option<Secret>,
    pub retiring: Option<Secret>,
    pub environments: Vec<(Environment, Secret)>,
    pub shared: Option<Secret>,
}

impl AppSecrets {
    /// The labels of the secrets that exist.
    pub fn labels(&self) -> Vec<&'static str> {
        let own = [
            self.client.as_ref().map(|_| Copyable::ClientSecret),
            self.retiring.as_ref().map(|_| Copyable::RetiringSecret),
            self.shared.as_ref().map(|_| Copyable::SharedSecret),
        ];
        let issued = self.environments.iter();
        let issued = issued.map(|(environment, _)| Copyable::EnvironmentSecret(*environment));
        own.into_iter()
            .flatten()
            .chain(issued)
            .map(Copyable::label)
            .collect()
    }
}

/// The source of the answers that a form starts with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormOf {
    NewApp,
    /// If there is a draft of changes, a question comes first.
    Edit(AppId),
    /// The draft of changes.
    Resume(DraftId),
    /// Discards the draft of changes.
    EditAnew(AppId, DraftId),
    /// The same as `Edit`, or the draft of changes, with the proposed scopes.
    Propose(AppId, Proposal),
    /// A new app with the settings of this one.
    Clone(AppId),
    /// A new app with what RingCentral's prefilled link says.
    Link(String),
}

/// A form that may be shown.
#[derive(Debug)]
pub struct OpenedForm {
    pub draft: DraftId,
    /// The app's current shared secret when it is edited, otherwise a new one.
    pub shared_secret: Secret,
    /// `None` for a new app.
    pub app: Option<Box<App>>,
    /// Drafts that may be about the app, last saved first.
    pub drafts: Vec<StoredDraft>,
}

/// Completions of a path that is being typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PathCompletion {
    pub common: String,
    pub candidates: Vec<String>,
}
