//! One app of a manifest. Member names are those of RFC 7591 where it has one, in `client`; what
//! surrounds them is ours. Never holds a secret.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::app::{
    Access, App, AppKind, AppSpec, AppStatus, AuthMethod, ClientType, Partners, Promotion,
    scope::ScopeId,
};

pub(super) const CODE: &str = "authorization_code";
pub(super) const REFRESH: &str = "refresh_token";
/// RFC 7523 §8.
pub(super) const JWT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
pub(super) const PUBLIC: &str = "none";

/// The settings of one app as they are written: values are not checked. A member that has its
/// default is left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AppEntry {
    /// Internal: users see `client.client_name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub app_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partners: Option<PartnersEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promote: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// A path relative to the file, a `data:` URL, or `sha256:…` of an icon in the workspace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub justifications: Option<BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interactive_messages: Option<InteractiveEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manual_instructions: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web_install_url: Option<String>,
    pub client: ClientEntry,
}

/// `"all"`, or the partners.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PartnersEntry {
    Word(String),
    Only(Vec<String>),
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InteractiveEntry {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outbound_webhook_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dialog_urls: Option<Vec<String>>,
}

/// Client metadata of RFC 7591 §2.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClientEntry {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_uris: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_types: Option<Vec<String>>,
    /// The RFC's default, `["code"]`, is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_types: Option<Vec<String>>,
    /// The RFC's default, `client_secret_basic`, is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_method: Option<String>,
    /// Separated by spaces (RFC 6749 §3.3) or line breaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The e-mail address of the primary contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contacts: Option<Vec<String>>,
    /// Of OpenID Connect Registration. Compared with `platform`, never written.
    #[serde(skip_serializing)]
    pub application_type: Option<String>,
    /// Read as `icon` if it is a `data:` URL, never written.
    #[serde(skip_serializing)]
    pub logo_uri: Option<String>,
}

impl AppEntry {
    /// `contact`: the e-mail of the primary contact; `None` if they were removed.
    pub fn of(app: &App, contact: Option<&str>) -> Self {
        let mut entry = Self::of_spec(&app.spec, contact);
        entry.client.client_id = Some(app.client_id.as_str().to_owned());
        entry.tags = (!app.tags.is_empty()).then(|| app.tags.clone());
        entry.status = (app.status == AppStatus::Suspended).then(|| app.status.as_str().to_owned());
        entry
    }

    /// What the settings say: neither identity nor state.
    pub fn of_spec(spec: &AppSpec, contact: Option<&str>) -> Self {
        let (instructions, web_install_url) = match &spec.kind {
            AppKind::Notification {
                manual_instructions,
                web_install_url,
            } => (Some(manual_instructions.clone()), web_install_url.as_ref()),
            _ => (None, None),
        };
        let properties = &spec.properties;
        let justified = spec.justifications.iter();
        let justified: BTreeMap<String, String> = justified
            .map(|(scope, text)| (scope.as_str().to_owned(), text.clone()))
            .collect();
        Self {
            name: Some(properties.name.clone()),
            app_type: Some(spec.app_type().as_str().to_owned()),
            platform: spec.platform().map(|one| one.as_str().to_owned()),
            description: Some(properties.description.clone()),
            access: Some(spec.access.label().to_owned()),
            partners: partners(&spec.access),
            promote: (properties.promotion != Promotion::Unknown)
                .then(|| properties.promotion.as_str().to_owned()),
            summary: spec.card.summary.clone(),
            icon: spec
                .card
                .icon
                .as_ref()
                .map(|icon| format!("sha256:{}", icon.sha256)),
            tags: None,
            status: None,
            justifications: (!justified.is_empty()).then_some(justified),
            interactive_messages: spec.interactive_messages.as_ref().map(|on| {
                let urls = on.dialog_urls.iter().map(|url| url.as_str().to_owned());
                InteractiveEntry {
                    outbound_webhook_url: Some(on.outbound_webhook_url.as_str().to_owned()),
                    dialog_urls: some(urls.collect()),
                }
            }),
            manual_instructions: instructions,
            web_install_url: web_install_url.map(|url| url.as_str().to_owned()),
            client: client(spec, contact),
        }
    }

    /// The same app with the members that `other` has. Members that only fitted the former value of
    /// another one are left out: a private app has no partners.
    #[must_use]
    pub fn overlay(mut self, other: Self) -> Self {
        self.forget_what_depends_on(&other);
        let mut justifications = known_scopes(self.justifications.unwrap_or_default());
        justifications.extend(known_scopes(other.justifications.unwrap_or_default()));
        Self {
            name: other.name.or(self.name),
            app_type: other.app_type.or(self.app_type),
            platform: other.platform.or(self.platform),
            description: other.description.or(self.description),
            access: other.access.or(self.access),
            partners: other.partners.or(self.partners),
            promote: other.promote.or(self.promote),
            summary: other.summary.or(self.summary),
            icon: other.icon.or(self.icon),
            tags: other.tags.or(self.tags),
            status: other.status.or(self.status),
            justifications: (!justifications.is_empty()).then_some(justifications),
            interactive_messages: match (self.interactive_messages, other.interactive_messages) {
                (Some(before), Some(after)) => Some(InteractiveEntry {
                    outbound_webhook_url: after
                        .outbound_webhook_url
                        .or(before.outbound_webhook_url),
                    dialog_urls: after.dialog_urls.or(before.dialog_urls),
                }),
                (before, after) => after.or(before),
            },
            manual_instructions: other.manual_instructions.or(self.manual_instructions),
            web_install_url: other.web_install_url.or(self.web_install_url),
            client: self.client.overlay(other.client),
        }
    }

    fn forget_what_depends_on(&mut self, other: &Self) {
        let client = &mut self.client;
        if let Some(grants) = &other.client.grant_types {
            client.response_types = None;
            if !grants.iter().any(|grant| grant == CODE) {
                self.platform = None;
                client.redirect_uris = None;
                client.token_endpoint_auth_method = None;
            }
        }
        if other.platform.is_some() {
            client.token_endpoint_auth_method = None;
        }
        if other.access.as_deref() == Some("private") {
            self.partners = None;
        }
        if let (Some(scope), Some(justifications)) = (&other.client.scope, &mut self.justifications)
        {
            let requested: Vec<ScopeId> =
                scope.split_whitespace().filter_map(ScopeId::find).collect();
            justifications
                .retain(|name, _| ScopeId::find(name).is_some_and(|id| requested.contains(&id)));
        }
    }
}

impl ClientEntry {
    fn overlay(self, other: Self) -> Self {
        Self {
            client_id: other.client_id.or(self.client_id),
            client_name: other.client_name.or(self.client_name),
            redirect_uris: other.redirect_uris.or(self.redirect_uris),
            grant_types: other.grant_types.or(self.grant_types),
            response_types: other.response_types.or(self.response_types),
            token_endpoint_auth_method: other
                .token_endpoint_auth_method
                .or(self.token_endpoint_auth_method),
            scope: other.scope.or(self.scope),
            contacts: other.contacts.or(self.contacts),
            application_type: other.application_type.or(self.application_type),
            logo_uri: other.logo_uri.or(self.logo_uri),
        }
    }
}

fn some(values: Vec<String>) -> Option<Vec<String>> {
    (!values.is_empty()).then_some(values)
}

/// With the names of the catalog, so that two spellings of a scope are one member.
fn known_scopes(justifications: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let named = justifications.into_iter().map(|(name, text)| {
        let known = ScopeId::find(&name).map(|scope| scope.as_str().to_owned());
        (known.unwrap_or(name), text)
    });
    named.collect()
}

fn client(spec: &AppSpec, contact: Option<&str>) -> ClientEntry {
    let scopes: Vec<&str> = spec.scopes.iter().map(ScopeId::as_str).collect();
    let uris = spec.redirect_uris().iter();
    ClientEntry {
        client_name: spec.card.display_name.clone(),
        redirect_uris: some(uris.map(|uri| uri.as_str().to_owned()).collect()),
        grant_types: Some(grants(&spec.kind).map(str::to_owned).collect()),
        response_types: (!spec.is_signed_in_to()).then(Vec::new),
        token_endpoint_auth_method: (spec.client_type() == ClientType::Public)
            .then(|| PUBLIC.to_owned()),
        scope: (!scopes.is_empty()).then(|| scopes.join(" ")),
        contacts: contact.map(|email| vec![email.to_owned()]),
        ..ClientEntry::default()
    }
}

/// What an app presents at the token endpoint.
fn grants(kind: &AppKind) -> impl Iterator<Item = &'static str> {
    let (grant, refreshes) = match kind {
        AppKind::RestApi {
            auth,
            issue_refresh_tokens,
        } => {
            let grant = match auth {
                AuthMethod::AuthorizationCode { .. } => CODE,
                AuthMethod::Jwt => JWT,
            };
            (Some(grant), *issue_refresh_tokens)
        }
        AppKind::Bot { .. } => (Some(CODE), false),
        AppKind::Notification { .. } => (None, false),
    };
    grant.into_iter().chain(refreshes.then_some(REFRESH))
}

/// `None` of a private app, and for all partners, which is the default.
fn partners(access: &Access) -> Option<PartnersEntry> {
    match access {
        Access::Public(Partners::Only(partners)) => {
            let chosen = partners.iter().filter(|one| !one.partner().forced);
            let slugs = chosen.map(|one| one.as_str().to_owned());
            Some(PartnersEntry::Only(slugs.collect()))
        }
        Access::Public(Partners::All) | Access::Private => None,
    }
}
