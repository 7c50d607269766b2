//! The settings of an app, and what the history and the tab Settings call each of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Access, AppType, ClientType, Platform, Promotion};
use crate::domain::{
    app::{
        icon::IconRef,
        redirect_uri::RedirectUri,
        scope::{ScopeId, ScopeSet},
        web_url::{DialogUrl, WebUrl},
    },
    id::DeveloperId,
};

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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
        /// 1 to [`REDIRECT_URIS_MAX`](super::REDIRECT_URIS_MAX), without duplicates.
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

    /// What cannot change after creation, or once an app is public: the member of a manifest, and
    /// why. Sources: with the fields in `domain/app`.
    pub fn why_not_replaced_by(&self, after: &Self) -> Option<(&'static str, &'static str)> {
        if self.app_type() != after.app_type() {
            let why = "The app type cannot be changed after the app is created.";
            return Some(("type", why));
        }
        let goes_private =
            matches!(self.access, Access::Public(_)) && after.access == Access::Private;
        goes_private.then_some(("access", "A public app cannot be made private."))
    }

    pub fn platform(&self) -> Option<Platform> {
        match self.kind {
            AppKind::RestApi {
                auth: AuthMethod::AuthorizationCode { platform, .. },
                ..
            } => Some(platform),
            _ => None,
        }
    }

    /// Client-side, mobile and desktop apps cannot keep a secret and get none (RFC 8252 §8.5).
    pub fn client_type(&self) -> ClientType {
        self.platform()
            .map_or(ClientType::Confidential, Platform::client_type)
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

    /// Why the local server cannot install a bot. RingCentral sends a public bot a code, which is
    /// not simulated.
    pub fn why_not_installed(&self) -> Option<&'static str> {
        let AppKind::Bot { redirect_uris } = &self.kind else {
            return None;
        };
        if self.access != Access::Private {
            Some("The local server installs private bots. RingCentral sends a public bot a code.")
        } else if redirect_uris.is_empty() {
            Some("Add a redirect URI: it receives the bot's token.")
        } else {
            None
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

/// A member of [`AppSpec`] as the history and the tab Settings show it.
#[derive(Debug)]
pub struct Member {
    /// The beginning of its path in the stored settings.
    path: &'static str,
    /// Its name in the history.
    label: &'static str,
    pub shown: Shown,
}

/// How the tab Settings shows a member.
#[derive(Debug)]
pub enum Shown {
    /// A label of at most 15 characters and the values beside it; without a value, nothing.
    Values(&'static str, fn(&AppSpec) -> Vec<String>),
    /// The scopes with their approvals, which are not part of the settings.
    Scopes,
    /// The primary contact by name.
    Contact,
    /// Nothing, or a part of another row.
    Elsewhere,
}

const fn member(path: &'static str, label: &'static str) -> Member {
    Member {
        path,
        label,
        shown: Shown::Elsewhere,
    }
}

impl Member {
    const fn shown(self, shown: Shown) -> Self {
        Self { shown, ..self }
    }

    const fn values(self, label: &'static str, values: fn(&AppSpec) -> Vec<String>) -> Self {
        self.shown(Shown::Values(label, values))
    }

    /// The name of a path in the stored settings.
    pub fn label_of(path: &str) -> Option<&'static str> {
        MEMBERS
            .iter()
            .filter(|member| member.is_at(path))
            .max_by_key(|member| member.path.len())
            .map(|member| member.label)
    }

    fn is_at(&self, path: &str) -> bool {
        path.strip_prefix(self.path)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

/// Every member of the settings, in the order of the tab Settings.
pub const MEMBERS: &[Member] = &[
    member("kind.rest_api.auth", "Authentication")
        .values("Authentication", |spec| texts([spec.auth_label()])),
    member("kind.rest_api.auth.authorization_code.platform", "Platform")
        .values("Called from", |spec| {
            texts(spec.platform().map(Platform::label))
        }),
    member("kind.rest_api.issue_refresh_tokens", "Refresh tokens").values(
        "Refresh tokens",
        |spec| {
            let is_rest = spec.app_type() == AppType::RestApi;
            let issued = if spec.issues_refresh_tokens() {
                "issued"
            } else {
                "not issued"
            };
            texts(is_rest.then_some(issued))
        },
    ),
    member(
        "kind.rest_api.auth.authorization_code.redirect_uris",
        "Redirect URI",
    )
    .values("Redirect URIs", |spec| {
        texts(spec.redirect_uris().iter().map(RedirectUri::as_str))
    }),
    member("kind.bot.redirect_uris", "Redirect URI"),
    member("scopes", "Scopes").shown(Shown::Scopes),
    member("justifications", "Justification"),
    member("access", "Access").values("Access", |spec| texts([spec.access.summary()])),
    member(
        "kind.notification.manual_instructions",
        "Installation instructions",
    )
    .values("Manual install", |spec| match &spec.kind {
        AppKind::Notification {
            manual_instructions,
            ..
        } => texts([manual_instructions]),
        _ => Vec::new(),
    }),
    member("kind.notification.web_install_url", "Installation URL").values("Web install", |spec| {
        match &spec.kind {
            AppKind::Notification {
                web_install_url, ..
            } => texts(web_install_url.iter().map(WebUrl::as_str)),
            _ => Vec::new(),
        }
    }),
    member(
        "interactive_messages.outbound_webhook_url",
        "Outbound webhook URL",
    )
    .values("Interactive", |spec| {
        let interactive = spec.interactive_messages.iter();
        texts(interactive.map(|it| it.outbound_webhook_url.as_str()))
    }),
    member("interactive_messages.dialog_urls", "Dialog URL").values("Dialog URLs", |spec| {
        let interactive = spec.interactive_messages.iter();
        texts(interactive.flat_map(|it| it.dialog_urls.iter().map(DialogUrl::as_str)))
    }),
    member("card.display_name", "Display Name")
        .values("Display Name", |spec| texts(&spec.card.display_name)),
    member("card.summary", "Summary").values("Summary", |spec| texts(&spec.card.summary)),
    member("card.icon", "Icon").values("App Icon", |spec| {
        texts(spec.card.icon.iter().map(|icon| {
            let (format, side) = (icon.format.label(), icon.side);
            format!("{format} {side} x {side}")
        }))
    }),
    member("properties.name", "App Name"),
    member("properties.description", "App Description")
        .values("Description", |spec| texts([&spec.properties.description])),
    member("properties.promotion", "App Gallery").values("App Gallery", |spec| {
        texts([spec.properties.promotion.label()])
    }),
    member("properties.primary_contact", "Primary Contact").shown(Shown::Contact),
];

/// Without empty ones.
fn texts<T: ToString>(values: impl IntoIterator<Item = T>) -> Vec<String> {
    let texts = values.into_iter().map(|value| value.to_string());
    texts.filter(|text| !text.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::app::{
        Partners, changes::flat, icon::IconFormat, redirect_uri::RedirectPolicy,
    };

    /// An app of each kind, and all other members filled in.
    fn full() -> Vec<AppSpec> {
        let uri = RedirectUri::parse("https://a.example/cb", RedirectPolicy::Confidential).unwrap();
        let url = WebUrl::parse_https("https://a.example/hook").unwrap();
        let rest = |auth| AppKind::RestApi {
            auth,
            issue_refresh_tokens: true,
        };
        let kinds = [
            rest(AuthMethod::Jwt),
            rest(AuthMethod::AuthorizationCode {
                platform: Platform::ServerSideWeb,
                redirect_uris: vec![uri.clone()],
            }),
            AppKind::Bot {
                redirect_uris: vec![uri],
            },
            AppKind::Notification {
                manual_instructions: "Paste the URL.".to_owned(),
                web_install_url: Some(url.clone()),
            },
        ];
        let scope = ScopeId::find("EditAccounts").unwrap();
        kinds
            .map(|kind| AppSpec {
                properties: Properties {
                    name: "Orders".to_owned(),
                    description: "Syncs orders.".to_owned(),
                    primary_contact: DeveloperId::from_stored("ada"),
                    promotion: Promotion::No,
                },
                card: AppCard {
                    display_name: Some("Orders".to_owned()),
                    summary: Some("Orders in the call log.".to_owned()),
                    icon: Some(IconRef {
                        sha256: "00".repeat(32),
                        format: IconFormat::Png,
                        side: 64,
                    }),
                },
                kind,
                scopes: ScopeSet::from_iter([scope]),
                justifications: BTreeMap::from([(scope, "We sync our directory.".to_owned())]),
                access: Access::Public(Partners::All),
                interactive_messages: Some(InteractiveMessages {
                    outbound_webhook_url: url.clone(),
                    dialog_urls: vec![DialogUrl::parse("*.a.example").unwrap()],
                }),
            })
            .into()
    }

    #[test]
    fn every_member_has_a_row_and_every_row_a_member() {
        let paths: BTreeSet<String> = full()
            .iter()
            .flat_map(|spec| flat(spec).into_keys())
            .collect();
        for path in &paths {
            assert!(Member::label_of(path).is_some(), "no row for {path}");
        }
        for member in MEMBERS {
            let exists = paths.iter().any(|path| member.is_at(path));
            assert!(exists, "no member at {}", member.path);
        }
    }

    #[test]
    fn the_most_exact_row_names_a_member() {
        let label = Member::label_of;
        assert_eq!(label("kind.rest_api.auth"), Some("Authentication"));
        let platform = "kind.rest_api.auth.authorization_code.platform";
        assert_eq!(label(platform), Some("Platform"));
        assert_eq!(label("properties.name_of_another"), None);
    }

    #[test]
    fn an_empty_text_is_left_out() {
        assert_eq!(texts(["", "a"]), ["a"]);
    }
}
