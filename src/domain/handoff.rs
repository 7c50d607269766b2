//! An app's credentials and settings in the forms that other programs read.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;
use url::Url;

use super::{
    app::{Access, App, AppKind, AuthMethod, Environment, Partners, Platform},
    secret::Secret,
};

/// Which names the lines of a `.env` have: three conventions live side by side.
/// Sources: the platform's environment template, its SDK repositories, the README of its
/// JavaScript SDK.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnvStyle {
    Samples,
    Sdks,
    Readme,
}

impl EnvStyle {
    /// Server, Client ID, Client Secret, redirect URI.
    fn names(
        self,
    ) -> (
        &'static str,
        &'static str,
        &'static str,
        Option<&'static str>,
    ) {
        match self {
            Self::Samples => (
                "RC_SERVER_URL",
                "RC_APP_CLIENT_ID",
                "RC_APP_CLIENT_SECRET",
                Some("RC_REDIRECT_URL"),
            ),
            Self::Sdks => (
                "RINGCENTRAL_SERVER_URL",
                "RINGCENTRAL_CLIENT_ID",
                "RINGCENTRAL_CLIENT_SECRET",
                Some("RINGCENTRAL_OAUTH_REDIRECT_URI"),
            ),
            Self::Readme => ("RC_SERVER_URL", "RC_CLIENT_ID", "RC_CLIENT_SECRET", None),
        }
    }
}

/// Lines that a shell and the dotenv libraries of JavaScript and Python read alike: no spaces
/// around the sign, single quotes, in which none of them expands anything.
pub fn env_file(app: &App, secret: Option<&Secret>, style: EnvStyle) -> Secret {
    let (server, id, secret_name, redirect) = style.names();
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        // A quote is allowed in a URI; how to escape one, those three do not agree on.
        if value.contains('\'') {
            text.push_str(&format!("# {name}: it has a quote in it, set it by hand\n"));
        } else {
            text.push_str(&format!("{name}='{value}'\n"));
        }
    };
    line(server, Environment::Production.server_url());
    line(id, app.client_id.as_str());
    if let Some(secret) = secret {
        line(secret_name, secret.expose());
    }
    if let (Some(name), Some(uri)) = (redirect, app.spec.redirect_uris().first()) {
        line(name, uri.as_str());
    }
    Secret::new(text)
}

/// The same for the local platform, under the names of all three conventions, with a JWT if there
/// is one: what samples and SDKs read, whichever they are.
pub fn sandbox_env(
    app: &App,
    secret: Option<&Secret>,
    jwt: Option<&Secret>,
    server: &str,
) -> Secret {
    let mut text = String::new();
    let mut line = |names: &[&str], value: &str| {
        for name in names {
            text.push_str(&format!("{name}='{value}'\n"));
        }
    };
    line(&["RC_SERVER_URL", "RINGCENTRAL_SERVER_URL"], server);
    let id = ["RC_APP_CLIENT_ID", "RC_CLIENT_ID", "RINGCENTRAL_CLIENT_ID"];
    line(&id, app.client_id.as_str());
    if let Some(secret) = secret {
        let names = [
            "RC_APP_CLIENT_SECRET",
            "RC_CLIENT_SECRET",
            "RINGCENTRAL_CLIENT_SECRET",
        ];
        line(&names, secret.expose());
    }
    if let Some(jwt) = jwt {
        let names = [
            "RC_USER_JWT",
            "RC_JWT",
            "RINGCENTRAL_JWT",
            "RINGCENTRAL_JWT_TOKEN",
        ];
        line(&names, jwt.expose());
    }
    // A quote is allowed in a URI; how to escape one, readers of these lines do not agree on.
    let uri = app
        .spec
        .redirect_uris()
        .iter()
        .find(|uri| !uri.as_str().contains('\''));
    if let Some(uri) = uri {
        let names = [
            "RC_REDIRECT_URL",
            "RC_REDIRECT_URI",
            "RINGCENTRAL_OAUTH_REDIRECT_URI",
        ];
        line(&names, uri.as_str());
    }
    Secret::new(text)
}

/// The settings of apps, to keep or to compare: no secret is among them.
pub fn export_json(apps: &[App]) -> String {
    let apps: Vec<_> = apps
        .iter()
        .map(|app| {
            json!({
                "client_id": app.client_id.as_str(),
                "status": app.status.as_str(),
                "tags": app.tags,
                "created_at": app.created_at.rfc3339(),
                "settings": app.spec,
            })
        })
        .collect();
    format!("{:#}\n", json!({ "apps": apps }))
}

/// RFC 6749 §2.3.1. Our ids and secrets have no character that its form encoding would change.
pub fn basic_header(app: &App, secret: &Secret) -> Secret {
    let pair = Secret::new(format!("{}:{}", app.client_id.as_str(), secret.expose()));
    Secret::new(format!(
        "Authorization: Basic {}",
        STANDARD.encode(pair.expose())
    ))
}

/// The form is ours: the platform's own credentials file is not documented.
pub fn credentials_json(app: &App, secret: Option<&Secret>) -> Secret {
    let uris: Vec<&str> = app
        .spec
        .redirect_uris()
        .iter()
        .map(|uri| uri.as_str())
        .collect();
    let mut value = json!({
        "server_url": Environment::Production.server_url(),
        "client_id": app.client_id.as_str(),
        "redirect_uris": uris,
    });
    if let (Some(secret), Some(fields)) = (secret, value.as_object_mut()) {
        fields.insert("client_secret".to_owned(), secret.expose().into());
    }
    Secret::new(format!("{value:#}"))
}

/// Opens the real console's form, filled in with these settings; `None` for a type of app that
/// the link has no word for. Holds no secret.
/// Source: `docs/basics/install-app-button.md` of the platform's documentation.
pub fn new_app_link(app: &App) -> Option<String> {
    let spec = &app.spec;
    let (kind, grant) = match &spec.kind {
        AppKind::RestApi {
            auth: AuthMethod::Jwt,
            ..
        } => ("ServerOther", Some("PersonalJWT")),
        AppKind::RestApi {
            auth: AuthMethod::AuthorizationCode { platform, .. },
            ..
        } => (platform_word(*platform), None),
        AppKind::Bot { .. } => ("ServerBot", None),
        AppKind::Notification { .. } => return None,
    };
    let mut link = Url::parse("https://developers.ringcentral.com/new-app").ok()?;
    let mut query = link.query_pairs_mut();
    query.append_pair("name", &spec.properties.name);
    query.append_pair("desc", &spec.properties.description);
    query.append_pair(
        "public",
        if spec.access == Access::Private {
            "false"
        } else {
            "true"
        },
    );
    query.append_pair("type", kind);
    if let Access::Public(Partners::Only(partners)) = &spec.access {
        let brands: Vec<String> = partners
            .iter()
            .flat_map(|id| &id.partner().brand_ids)
            .map(u32::to_string)
            .collect();
        query.append_pair("carriers", &brands.join(","));
    }
    let scopes: Vec<&str> = spec.scopes.iter().map(|scope| scope.as_str()).collect();
    query.append_pair("permissions", &scopes.join(","));
    let uris: Vec<&str> = spec
        .redirect_uris()
        .iter()
        .map(|uri| uri.as_str())
        .collect();
    query.append_pair("redirectUri", &uris.join(","));
    if let Some(grant) = grant {
        query.append_pair("grantType", grant);
    }
    drop(query);
    Some(link.into())
}

fn platform_word(platform: Platform) -> &'static str {
    match platform {
        Platform::ServerSideWeb => "ServerWeb",
        Platform::ClientSideWeb => "BrowserBased",
        Platform::Android => "MobileAndroid",
        Platform::Ios => "MobileIOS",
        Platform::Windows => "DesktopWindows",
        Platform::Mac => "DesktopMac",
    }
}
