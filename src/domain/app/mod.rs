//! An app: its valid settings (`AppSpec`) and what registering adds to them (`App`).

mod access;
pub mod changes;
pub mod effective_scopes;
mod environment;
pub mod icon;
pub mod list;
pub mod partner;
pub mod plan;
pub mod plan_lines;
pub mod proposal;
pub mod redirect_uri;
pub mod scope;
pub mod scope_fit;
pub mod spec;
pub mod tag;
mod uri_text;
pub mod usage;
pub mod web_url;

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

pub use self::{
    access::{Access, Partners},
    environment::{Environment, EnvironmentCredentials, Issued, Issuer},
    spec::{AppCard, AppKind, AppSpec, AuthMethod, InteractiveMessages, Properties},
};
use super::{
    id::{AppId, DeveloperId},
    secret::Secret,
    time::UnixMs,
};
use crate::domain::{
    app::redirect_uri::RedirectPolicy,
    oauth::{
        credential::{ClientId, SecretInfo},
        jwt,
    },
    people::ticket::Ticket,
};

/// Longest App Name, in characters. Source: RingCentral's `new-app` deep link.
pub const NAME_MAX: usize = 64;
/// App Description, in characters. Sources: RingCentral's form (20), its deep link (256).
pub const DESCRIPTION_MIN: usize = 20;
pub const DESCRIPTION_MAX: usize = 256;
/// Longest Display Name, in characters. Ours: RingCentral's limit is unknown.
pub const DISPLAY_NAME_MAX: usize = 64;
/// Longest Summary, in characters (about two lines of a card). Ours.
pub const SUMMARY_MAX: usize = 150;
/// Most redirect URIs of an app. Source: RingCentral's `new-app` deep link.
pub const REDIRECT_URIS_MAX: usize = 10;
/// Justification of a scope that requires approval, in characters. Ours.
pub const JUSTIFICATION_MIN: usize = 20;
pub const JUSTIFICATION_MAX: usize = 500;
/// Longest manual installation instructions, in characters. Ours.
pub const INSTRUCTIONS_MAX: usize = 2000;
/// Most approved URLs for dialogs. Ours.
pub const DIALOG_URLS_MAX: usize = 20;

#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum AppType {
    RestApi,
    Bot,
    Notification,
}

impl AppType {
    pub fn label(self) -> &'static str {
        match self {
            Self::RestApi => "REST API App",
            Self::Bot => "Bot Add-in",
            Self::Notification => "Notification Add-in",
        }
    }
}

/// Do you intend to promote this app in the App Gallery?
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Promotion {
    Yes,
    No,
    Unknown,
}

impl Promotion {
    pub fn label(self) -> &'static str {
        match self {
            Self::Yes => "to be promoted",
            Self::No => "not to be promoted",
            Self::Unknown => "not decided",
        }
    }
}

/// From what type of app will you be calling the API?
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Platform {
    ServerSideWeb,
    ClientSideWeb,
    Android,
    Ios,
    Windows,
    Mac,
}

impl Platform {
    pub fn label(self) -> &'static str {
        match self {
            Self::ServerSideWeb => "Server-side web app",
            Self::ClientSideWeb => "Client-side web app",
            Self::Android => "Android mobile app",
            Self::Ios => "iOS mobile app",
            Self::Windows => "Windows desktop app",
            Self::Mac => "Mac desktop app",
        }
    }

    pub fn redirect_policy(self) -> RedirectPolicy {
        match self {
            Self::ServerSideWeb => RedirectPolicy::Confidential,
            Self::ClientSideWeb => RedirectPolicy::BrowserBased,
            Self::Android | Self::Ios | Self::Windows | Self::Mac => RedirectPolicy::Native,
        }
    }

    pub fn client_type(self) -> ClientType {
        match self {
            Self::ServerSideWeb => ClientType::Confidential,
            _ => ClientType::Public,
        }
    }
}

/// Ability to keep a secret (RFC 6749 §2.1). Not who may use the app: that is [`Access`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientType {
    Confidential,
    Public,
}

/// Everything that the store needs to create an app: the settings, and the one secret that exists
/// before it.
#[derive(Clone, Debug)]
pub struct Registration {
    pub spec: AppSpec,
    /// Present exactly when the spec has Interactive Messages.
    pub shared_secret: Option<Secret>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum AppStatus {
    Active,
    Suspended,
}

impl AppStatus {
    pub fn label(self) -> &'static str {
        self.as_str()
    }
}

/// A registered app. Secrets are not part of it: each is read on its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct App {
    pub id: AppId,
    /// Grows with each save. A save that is based on an older version is refused.
    pub version: i64,
    pub client_id: ClientId,
    pub status: AppStatus,
    pub spec: AppSpec,
    pub tickets: Vec<Ticket>,
    /// The live Client Secrets, the current one first; none for a public client.
    pub secrets: Vec<SecretInfo>,
    pub environments: Vec<EnvironmentCredentials>,
    pub tags: Vec<String>,
    pub created_by: DeveloperId,
    pub created_at: UnixMs,
    /// When it was moved to the trash.
    pub deleted_at: Option<UnixMs>,
}

/// How long the trash keeps an app. Ours: RingCentral has no way to delete one.
pub const TRASH_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// One line of the apps list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppRow {
    pub id: AppId,
    pub name: String,
    pub app_type: AppType,
    pub auth: String,
    pub access: String,
    pub status: AppStatus,
    pub client_id: ClientId,
    pub created_at: UnixMs,
    pub tags: Vec<String>,
    /// In the trash.
    pub is_deleted: bool,
    /// Created by the signed-in developer, or theirs as primary contact.
    pub is_own: bool,
    /// For the signed-in developer.
    pub is_favourite: bool,
    /// A scope waits for an approval.
    pub is_waiting: bool,
    /// When the Client Secret that was replaced stops working.
    pub secret_retires_at: Option<UnixMs>,
    /// When the first of the JWT credentials made for this app expires.
    pub jwt_ends_at: Option<UnixMs>,
}

/// A warning on a row of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowMark {
    Suspended,
    WaitsForApproval,
    SecretRetires,
    JwtEnds,
}

impl RowMark {
    /// At most nine cells, for a column of the list.
    pub fn short(self) -> &'static str {
        match self {
            Self::Suspended => "suspended",
            Self::WaitsForApproval => "approval",
            Self::SecretRetires => "rotation",
            Self::JwtEnds => "JWT ends",
        }
    }
}

impl AppRow {
    /// The most urgent first.
    pub fn warnings(&self, now: UnixMs) -> Vec<RowMark> {
        let retires = self.secret_retires_at.is_some_and(|at| at > now);
        let ends = self.jwt_ends_at.is_some_and(|at| jwt::ends_soon(at, now));
        [
            (RowMark::Suspended, self.status == AppStatus::Suspended),
            (RowMark::JwtEnds, ends),
            (RowMark::SecretRetires, retires),
            (RowMark::WaitsForApproval, self.is_waiting),
        ]
        .into_iter()
        .filter_map(|(mark, is_so)| is_so.then_some(mark))
        .collect()
    }
}

/// A window of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppWindow {
    /// All apps in the workspace.
    pub total: u64,
    /// Apps in the trash. Counted only if there is no other app.
    pub in_trash: u64,
    /// Apps that match the filter.
    pub matched: u64,
    /// Position of the first row among the matching ones.
    pub offset: u64,
    pub rows: Vec<AppRow>,
}
