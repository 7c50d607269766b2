//! An app's credentials and settings in the formats of other programs.

pub mod env_file;
pub mod snippet;

use std::path::PathBuf;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;
use url::Url;

use super::{
    app::{Access, App, AppKind, AuthMethod, Environment, Partners, Platform},
    secret::Secret,
};
use crate::domain::export::env_file::{EnvFile, Unreadable};

/// The result of writing a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// The name of the new file.
    Written(PathBuf),
    /// A file of that name exists and is unchanged.
    Exists(PathBuf),
}

/// Names of the variables in a `.env`: three conventions exist side by side. Sources: RingCentral's
/// environment template, its SDK repositories, the README of its JavaScript SDK. Left out:
/// `ringcentral-demos-oauth`, which is unchanged since 2018, uses other names for each language,
/// and points to a retired server.
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

/// # Errors
/// No redirect URI of the app can be written to such a file, under a name of this style.
pub fn env_file(app: &App, secret: Option<&Secret>, style: EnvStyle) -> Result<Secret, Unreadable> {
    let (server, id, secret_name, redirect) = style.names();
    let mut file = EnvFile::default();
    file.set(server, Environment::Production.server_url())?;
    file.set(id, app.client_id.as_str())?;
    if let Some(secret) = secret {
        file.set(secret_name, secret.expose())?;
    }
    if let Some(name) = redirect {
        redirect_uri(&mut file, app, &[name])?;
    }
    Ok(file.finish())
}

/// The first line of a `.env` for the local server. Seven of RingCentral's quick-starts (SMS,
/// social messaging) never read `RC_SERVER_URL`.
pub const LOCAL_ONLY: &str = "Works with the local server only. Some samples ignore RC_SERVER_URL and send these values to RingCentral: check yours first.";

/// The same for the local server, under the names of all three conventions, with a JWT if the app
/// has one: any sample or SDK can read it.
///
/// # Errors
/// As for [`env_file()`].
pub fn local_server_env(
    app: &App,
    secret: Option<&Secret>,
    jwt: Option<&Secret>,
    server: &str,
) -> Result<Secret, Unreadable> {
    let mut file = EnvFile::default();
    file.comment(LOCAL_ONLY);
    let mut set =
        |names: &[&str], value: &str| names.iter().try_for_each(|name| file.set(name, value));
    set(&["RC_SERVER_URL", "RINGCENTRAL_SERVER_URL"], server)?;
    let id = ["RC_APP_CLIENT_ID", "RC_CLIENT_ID", "RINGCENTRAL_CLIENT_ID"];
    set(&id, app.client_id.as_str())?;
    if let Some(secret) = secret {
        let names = [
            "RC_APP_CLIENT_SECRET",
            "RC_CLIENT_SECRET",
            "RINGCENTRAL_CLIENT_SECRET",
        ];
        set(&names, secret.expose())?;
    }
    if let Some(jwt) = jwt {
        let names = [
            "RC_USER_JWT",
            "RC_JWT",
            "RINGCENTRAL_JWT",
            "RINGCENTRAL_JWT_TOKEN",
        ];
        set(&names, jwt.expose())?;
    }
    let names = [
        "RC_REDIRECT_URL",
        "RC_REDIRECT_URI",
        "RINGCENTRAL_OAUTH_REDIRECT_URI",
    ];
    redirect_uri(&mut file, app, &names)?;
    Ok(file.finish())
}

/// Writes the first redirect URI that can be written, since any of them works. The error is about
/// the first one.
fn redirect_uri(file: &mut EnvFile, app: &App, names: &[&str]) -> Result<(), Unreadable> {
    let mut why = None;
    for uri in app.spec.redirect_uris() {
        let set = names
            .iter()
            .try_for_each(|name| file.set(name, uri.as_str()));
        match set {
            Ok(()) => return Ok(()),
            Err(refused) => why = why.or(Some(refused)),
        }
    }
    why.map_or(Ok(()), Err)
}

/// The settings of apps, to archive or to compare. Holds no secret.
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

/// RFC 6749 §2.3.1. The IDs and secrets have no character that the form encoding would change.
pub fn basic_header(app: &App, secret: &Secret) -> Secret {
    let pair = Secret::new(format!("{}:{}", app.client_id.as_str(), secret.expose()));
    Secret::new(format!(
        "Authorization: Basic {}",
        STANDARD.encode(pair.expose())
    ))
}

/// The format is ours: RingCentral does not document its credentials file.
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

/// A link that opens the form of RingCentral's console, filled in with these settings. Holds no
/// secret. `None` for a type of app that the link has no word for.
/// Source: `docs/basics/install-app-button.md` of RingCentral's documentation.
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::{
        app::{AppSpec, AppStatus},
        id::{AppId, DeveloperId},
        oauth::credential::ClientId,
        time::UnixMs,
    };

    fn app(redirect_uris: &[&str]) -> App {
        let spec: AppSpec = serde_json::from_value(json!({
            "properties": {
                "name": "Shop", "description": "Sells things to people.",
                "primary_contact": "ada", "promotion": "no",
            },
            "card": { "display_name": null, "summary": null, "icon": null },
            "kind": { "rest_api": {
                "auth": { "authorization_code": {
                    "platform": "server_side_web", "redirect_uris": redirect_uris,
                } },
                "issue_refresh_tokens": true,
            } },
            "scopes": [], "justifications": {}, "access": "private", "interactive_messages": null,
        }))
        .unwrap();
        App {
            id: AppId::from_stored("app"),
            version: 1,
            client_id: ClientId::from_stored("AZwEVwGEcfGet2PCouA7K6"),
            status: AppStatus::Active,
            spec,
            tickets: Vec::new(),
            secrets: Vec::new(),
            environments: Vec::new(),
            tags: Vec::new(),
            created_by: DeveloperId::from_stored("ada"),
            created_at: UnixMs(0),
            deleted_at: None,
        }
    }

    const PLAIN: &str = "https://example.com/cb";
    const ODD: &str = "https://example.com/cb?a=1&b=2";

    #[test]
    fn an_env_file_has_no_quotes_and_the_names_of_its_style() {
        let secret = Secret::new("s3cret_-");
        let file = env_file(&app(&[PLAIN]), Some(&secret), EnvStyle::Samples).unwrap();
        let id = "AZwEVwGEcfGet2PCouA7K6";
        assert_eq!(
            file.expose(),
            format!(
                "RC_SERVER_URL=https://platform.ringcentral.com\nRC_APP_CLIENT_ID={id}\n\
                 RC_APP_CLIENT_SECRET=s3cret_-\nRC_REDIRECT_URL={PLAIN}\n"
            )
        );
        let file = env_file(&app(&[PLAIN]), None, EnvStyle::Sdks).unwrap();
        assert!(file.expose().contains("\nRINGCENTRAL_OAUTH_REDIRECT_URI="));
    }

    #[test]
    fn the_first_redirect_uri_that_all_readers_hold_is_taken_and_else_it_is_refused() {
        let file = env_file(&app(&[ODD, PLAIN]), None, EnvStyle::Samples).unwrap();
        assert!(
            file.expose()
                .ends_with(&format!("RC_REDIRECT_URL={PLAIN}\n"))
        );
        let refused = env_file(&app(&[ODD]), None, EnvStyle::Samples).unwrap_err();
        assert!(
            refused.to_string().starts_with("RC_REDIRECT_URL cannot"),
            "{refused}"
        );
        // The README style has no name for a redirect URI, so none is needed.
        env_file(&app(&[ODD]), None, EnvStyle::Readme).unwrap();
        local_server_env(&app(&[ODD]), None, None, "http://127.0.0.1:8228").unwrap_err();
    }

    #[test]
    fn the_file_for_the_local_server_warns_first() {
        let (app, jwt) = (app(&[PLAIN]), Secret::new("a.b.c"));
        let file = local_server_env(&app, None, Some(&jwt), "http://127.0.0.1:8228").unwrap();
        let lines: Vec<&str> = file.expose().lines().collect();
        assert_eq!(lines[0], format!("# {LOCAL_ONLY}"));
        assert!(
            lines[1..].iter().all(|line| line.contains('=')),
            "{lines:?}"
        );
        for wanted in ["RC_SERVER_URL=http://127.0.0.1:8228", "RC_USER_JWT=a.b.c"] {
            assert!(lines.contains(&wanted), "{wanted}");
        }
    }
}
