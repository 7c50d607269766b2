//! An app as a file that people review: member names are those of RFC 7591 where it has one, in
//! `client`; what surrounds them is ours. Never holds a secret.

use serde::Serialize;

use super::app::{Access, App, AppKind, AppStatus, AuthMethod, Partners, Platform, Promotion};

/// The settings of one app. A member that has its default is left out.
#[derive(Debug, Serialize)]
pub struct Manifest<'a> {
    /// Internal: users see `client.client_name`.
    name: &'a str,
    #[serde(rename = "type")]
    app_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    platform: Option<Platform>,
    description: &'a str,
    access: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    partners: Option<Vec<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    promote: Option<Promotion>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'a str>,
    /// `sha256:…` of an icon in the workspace.
    #[serde(skip_serializing_if = "Option::is_none")]
    icon: Option<String>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    tags: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    justifications: serde_json::Map<String, serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interactive_messages: Option<Interactive<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    manual_instructions: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    web_install_url: Option<&'a str>,
    client: Client<'a>,
}

#[derive(Debug, Serialize)]
struct Interactive<'a> {
    outbound_webhook_url: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dialog_urls: Vec<&'a str>,
}

/// Client metadata of RFC 7591 §2.
#[derive(Debug, Serialize)]
struct Client<'a> {
    client_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    redirect_uris: Vec<&'a str>,
    grant_types: Vec<&'static str>,
    /// The RFC's default, `["code"]`, is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    response_types: Option<[&'static str; 0]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_endpoint_auth_method: Option<&'static str>,
    #[serde(skip_serializing_if = "String::is_empty")]
    scope: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    contacts: Vec<&'a str>,
}

impl<'a> Manifest<'a> {
    /// `contact`: the e-mail of the primary contact; `None` if they were removed.
    pub fn of(app: &'a App, contact: Option<&'a str>) -> Self {
        let spec = &app.spec;
        let of_client = spec.kind.of_client();
        let (instructions, web_install_url) = match &spec.kind {
            AppKind::Notification {
                manual_instructions,
                web_install_url,
            } => (
                Some(manual_instructions.as_str()),
                web_install_url.as_ref().map(|url| url.as_str()),
            ),
            _ => (None, None),
        };
        let justified = spec.justifications.iter();
        Self {
            name: &spec.properties.name,
            app_type: app.spec.app_type().as_str(),
            platform: spec.platform(),
            description: &spec.properties.description,
            access: spec.access.label(),
            partners: partners(&spec.access),
            promote: Some(spec.properties.promotion).filter(|one| *one != Promotion::Unknown),
            summary: spec.card.summary.as_deref(),
            icon: spec
                .card
                .icon
                .as_ref()
                .map(|icon| format!("sha256:{}", icon.sha256)),
            tags: &app.tags,
            status: (app.status == AppStatus::Suspended).then(|| app.status.as_str()),
            justifications: justified
                .map(|(scope, text)| (scope.as_str().to_owned(), text.as_str().into()))
                .collect(),
            interactive_messages: spec.interactive_messages.as_ref().map(|on| Interactive {
                outbound_webhook_url: on.outbound_webhook_url.as_str(),
                dialog_urls: on.dialog_urls.iter().map(|url| url.as_str()).collect(),
            }),
            manual_instructions: instructions,
            web_install_url,
            client: Client {
                client_id: app.client_id.as_str(),
                client_name: spec.card.display_name.as_deref(),
                redirect_uris: spec
                    .redirect_uris()
                    .iter()
                    .map(|uri| uri.as_str())
                    .collect(),
                response_types: (!spec.is_signed_in_to()).then_some([]),
                token_endpoint_auth_method: of_client.method,
                grant_types: of_client.grants,
                scope: scopes(app),
                contacts: contact.into_iter().collect(),
            },
        }
    }
}

/// What an app does at the token endpoint.
struct AtTokenEndpoint {
    grants: Vec<&'static str>,
    /// The RFC's default, `client_secret_basic`, is left out.
    method: Option<&'static str>,
}

impl AppKind {
    fn of_client(&self) -> AtTokenEndpoint {
        let (grant, refreshes, method) = match self {
            Self::RestApi {
                auth: AuthMethod::AuthorizationCode { platform, .. },
                issue_refresh_tokens,
            } => {
                let is_public = *platform != Platform::ServerSideWeb;
                (CODE, *issue_refresh_tokens, is_public.then_some("none"))
            }
            Self::RestApi {
                auth: AuthMethod::Jwt,
                issue_refresh_tokens,
            } => (JWT, *issue_refresh_tokens, None),
            Self::Bot { .. } => (CODE, false, None),
            Self::Notification { .. } => {
                return AtTokenEndpoint {
                    grants: Vec::new(),
                    method: None,
                };
            }
        };
        let refresh = refreshes.then_some("refresh_token");
        AtTokenEndpoint {
            grants: [grant].into_iter().chain(refresh).collect(),
            method,
        }
    }
}

const CODE: &str = "authorization_code";
/// RFC 7523 §8.
const JWT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// `None` of a private app, and for all partners, which is the default.
fn partners(access: &Access) -> Option<Vec<&'static str>> {
    match access {
        Access::Public(Partners::Only(partners)) => {
            let chosen = partners.iter().filter(|one| !one.partner().forced);
            Some(chosen.map(|one| one.as_str()).collect())
        }
        Access::Public(Partners::All) | Access::Private => None,
    }
}

/// RFC 6749 §3.3: separated by spaces.
fn scopes(app: &App) -> String {
    let scopes: Vec<&str> = app.spec.scopes.iter().map(|scope| scope.as_str()).collect();
    scopes.join(" ")
}
