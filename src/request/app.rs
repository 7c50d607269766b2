//! One app: what is done to it, and its form.

use crate::domain::{
    app::{App, Environment},
    id::{AppId, DraftId},
    secret::Secret,
};

/// What is done to an app that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    Suspend,
    Resume,
    /// Into the trash.
    Delete,
    Restore,
    /// For good.
    Purge,
    Rotate {
        overlap_hours: u32,
    },
    FinishRotation,
    CancelRotation,
}

/// What came of saving an app that exists.
#[derive(Debug)]
pub enum Updated {
    Done(Box<App>),
    /// Somebody saved meanwhile: this is their version, with its shared secret.
    Stale {
        app: Box<App>,
        shared: Secret,
    },
}

/// The secrets of an app in clear, while they are revealed.
#[derive(Clone, Debug, Default)]
pub struct AppSecrets {
    pub client: Option<Secret>,
    pub retiring: Option<Secret>,
    pub environments: Vec<(Environment, Secret)>,
    pub shared: Option<Secret>,
}

/// What the answers of a form begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormOf {
    NewApp,
    Edit(AppId),
    /// Another app like it.
    Clone(AppId),
}

/// A form that may be shown.
#[derive(Debug)]
pub struct OpenedForm {
    pub draft: DraftId,
    /// The app's own to edit it, a new one otherwise.
    pub shared_secret: Secret,
    /// `None` for a new app.
    pub app: Option<Box<App>>,
}

/// What a path that is being typed could become.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PathCompletion {
    pub common: String,
    pub candidates: Vec<String>,
}
