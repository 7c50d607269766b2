//! An app: the valid settings of one (`AppSpec`) and what registering adds to them (`App`).

pub mod changes;
pub mod effective_scopes;
mod environment;
pub mod icon;
pub mod list;
pub mod partner;
pub mod redirect_uri;
pub mod scope;
pub mod tag;
mod uri_text;
pub mod web_url;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

pub use self::environment::{Environment, EnvironmentCredentials, Issued};
use super::{
    id::{AppId, DeveloperId},
    secret::Secret,
    time::UnixMs,
};
use crate::domain::{
    app::{
        icon::IconRef,
        partner::PartnerId,
        redirect_uri::{RedirectPolicy, RedirectUri},
        scope::{ScopeId, ScopeSet},
        web_url::{DialogUrl, WebUrl},
    },
    oauth::credential::{ClientId, SecretInfo},
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Promotion {
    Yes,
    No,
    Unknown,
}

/// From what type of app will you be calling the API?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "snake_case")]
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

/// Properties: internal, never shown publicly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Properties {
    pub name: String,
    pub description: String,
    pub primary_contact: DeveloperId,
    pub promotion: Promotion,
}

impl Properties {
    /// The answers that every app has. Optional ones are empty.
    pub fn new(
        name: impl Into<String>,
        description: impl Into<String>,
        primary_contact: DeveloperId,
        promotion: Promotion,
    ) -> Self {
        Self {
            name: name.into(),
            description: description.into(),
            primary_contact,
            promotion,
        }
    }
}

/// App Card: what others will see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppCard {
    pub display_name: Option<String>,
    pub summary: Option<String>,
    pub icon: Option<IconRef>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// 3-legged OAuth, authorization code.
    AuthorizationCode {
        platform: Platform,
        /// 1 to [`REDIRECT_URIS_MAX`], without duplicates.
        redirect_uris: Vec<RedirectUri>,
    },
    Jwt,
}

/// The part of the settings that depends on the type of app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppKind {
    RestApi {
        auth: AuthMethod,
        issue_refresh_tokens: bool,
    },
    Bot {
        /// The targets of the install callback; may be empty.
        redirect_uris: Vec<RedirectUri>,
    },
    Notification {
        /// May hold `{{ WEBHOOK_URL }}`.
        manual_instructions: String,
        web_install_url: Option<WebUrl>,
    },
}

/// Who will be authorized to access the app?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    Public(Partners),
    Private,
}

impl Access {
    pub fn label(&self) -> &'static str {
        match self {
            Self::Public(_) => "public",
            Self::Private => "private",
        }
    }
}

/// What brand partners are available?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Partners {
    /// All current and future carrier and brand partners.
    All,
    /// The forced RingCentral entry is always among them.
    Only(Vec<PartnerId>),
}

/// Interactive Messages. Its shared secret is sealed apart from the spec.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InteractiveMessages {
    pub outbound_webhook_url: WebUrl,
    pub dialog_urls: Vec<DialogUrl>,
}

/// The valid settings of an app, made from a draft. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppSpec {
    pub properties: Properties,
    pub card: AppCard,
    pub kind: AppKind,
    pub scopes: ScopeSet,
    /// One for each requested scope that requires approval.
    pub justifications: BTreeMap<ScopeId, String>,
    pub access: Access,
    pub interactive_messages: Option<InteractiveMessages>,
}

impl AppSpec {
    pub fn app_type(&self) -> AppType {
        match self.kind {
            AppKind::RestApi { .. } => AppType::RestApi,
            AppKind::Bot { .. } => AppType::Bot,
            AppKind::Notification { .. } => AppType::Notification,
        }
    }

    /// Client-side, mobile and desktop apps cannot keep a secret and get none (RFC 8252 §8.5).
    pub fn client_type(&self) -> ClientType {
        match &self.kind {
            AppKind::RestApi {
                auth: AuthMethod::AuthorizationCode { platform, .. },
                ..
            } => platform.client_type(),
            _ => ClientType::Confidential,
        }
    }

    pub fn redirect_uris(&self) -> &[RedirectUri] {
        match &self.kind {
            AppKind::RestApi {
                auth: AuthMethod::AuthorizationCode { redirect_uris, .. },
                ..
            }
            | AppKind::Bot { redirect_uris } => redirect_uris,
            _ => &[],
        }
    }

    /// A short label for the apps list.
    pub fn auth_label(&self) -> &'static str {
        match &self.kind {
            AppKind::RestApi {
                auth: AuthMethod::AuthorizationCode { .. },
                ..
            } => "3-legged OAuth",
            AppKind::RestApi {
                auth: AuthMethod::Jwt,
                ..
            } => "JWT",
            AppKind::Bot { .. } => "Bot install",
            AppKind::Notification { .. } => "none",
        }
    }

    /// Whether a user allows the app in a browser: the authorization code grant.
    pub fn is_signed_in_to(&self) -> bool {
        matches!(
            self.kind,
            AppKind::Bot { .. }
                | AppKind::RestApi {
                    auth: AuthMethod::AuthorizationCode { .. },
                    ..
                }
        )
    }

    pub fn issues_refresh_tokens(&self) -> bool {
        matches!(
            self.kind,
            AppKind::RestApi {
                issue_refresh_tokens: true,
                ..
            }
        )
    }

    pub fn uses_jwt(&self) -> bool {
        matches!(
            self.kind,
            AppKind::RestApi {
                auth: AuthMethod::Jwt,
                ..
            }
        )
    }
}

/// What the store needs to create an app: the settings, and the one secret that exists before it.
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
    /// For the signed-in developer.
    pub is_favourite: bool,
}

/// A window of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppWindow {
    /// All apps in the workspace.
    pub total: u64,
    /// Apps that match the filter.
    pub matched: u64,
    /// Position of the first row among the matching ones.
    pub offset: u64,
    pub rows: Vec<AppRow>,
}
