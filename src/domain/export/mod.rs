//! An app's credentials and settings in the formats of other programs.

pub mod env_file;
pub mod snippet;

use std::path::PathBuf;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;
use strum::VariantArray;
use url::Url;

use self::Style::{Readme, Samples, Sdks};
use super::{
    app::{Access, App, AppKind, AuthMethod, Issuer, Partners, Platform},
    secret::Secret,
};
use crate::domain::export::env_file::{EnvFile, Unreadable};

/// The result of writing a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    Written {
        path: PathBuf,
        /// It is in a work tree of git, and no `.gitignore` names it.
        is_unignored: bool,
    },
    /// A file of that name exists and is unchanged.
    Exists(PathBuf),
}

/// Credentials of an app together with the only server that accepts them. What is handed over is
/// made of one such value, so that an ID never goes to another server.
#[derive(Clone, Debug)]
pub struct Credentials {
    pub issuer: Issuer,
    pub server_url: String,
    pub client_id: String,
    /// A public client has none.
    pub secret: Option<Secret>,
    pub jwt: Option<Secret>,
}

/// The first line of a `.env` for the local server. Seven of RingCentral's quick-starts (SMS,
/// social messaging) never read `RC_SERVER_URL`.
pub const LOCAL_ONLY: &str = "Works with the local server only. Some samples ignore RC_SERVER_URL and send these values to RingCentral: check yours first.";

/// The names by which programs read credentials: three conventions exist side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray)]
pub enum Style {
    /// The samples of RingCentral's documentation.
    Samples,
    /// The repositories of its SDKs.
    Sdks,
    /// The README of its JavaScript SDK.
    Readme,
}

type Names = &'static [(&'static str, &'static [Style])];

const SERVER: Names = &[
    ("RC_SERVER_URL", &[Samples, Readme]),
    ("RINGCENTRAL_SERVER_URL", &[Sdks]),
];
const ID: Names = &[
    ("RC_APP_CLIENT_ID", &[Samples]),
    ("RC_CLIENT_ID", &[Readme]),
    ("RINGCENTRAL_CLIENT_ID", &[Sdks]),
];
const SECRET: Names = &[
    ("RC_APP_CLIENT_SECRET", &[Samples]),
    ("RC_CLIENT_SECRET", &[Readme]),
    ("RINGCENTRAL_CLIENT_SECRET", &[Sdks]),
];
const JWT: Names = &[
    ("RC_USER_JWT", &[Samples]),
    ("RC_JWT", &[Readme]),
    ("RINGCENTRAL_JWT", &[Sdks]),
    ("RINGCENTRAL_JWT_TOKEN", &[Sdks]),
];
/// RingCentral's template and its samples differ in the first two.
const REDIRECT: Names = &[
    ("RC_REDIRECT_URL", &[Samples, Readme]),
    ("RC_REDIRECT_URI", &[Samples, Readme]),
    ("RINGCENTRAL_OAUTH_REDIRECT_URI", &[Sdks]),
];

fn of_styles(names: Names, styles: &[Style]) -> impl Iterator<Item = &'static str> {
    names
        .iter()
        .filter(|(_, of)| of.iter().any(|style| styles.contains(style)))
        .map(|(name, _)| *name)
}

/// The variables for a program that is started with them: no file, so every value fits.
pub fn variables(
    app: &App,
    credentials: &Credentials,
    styles: &[Style],
) -> Vec<(&'static str, Secret)> {
    let redirect = app.spec.redirect_uris().first();
    let values = [
        (SERVER, Some(Secret::new(credentials.server_url.as_str()))),
        (ID, Some(Secret::new(credentials.client_id.as_str()))),
        (SECRET, credentials.secret.clone()),
        (JWT, credentials.jwt.clone()),
        (REDIRECT, redirect.map(|uri| Secret::new(uri.as_str()))),
    ];
    let known = values
        .into_iter()
        .filter_map(|(names, value)| Some((names, value?)));
    known
        .flat_map(|(names, value)| of_styles(names, styles).map(move |name| (name, value.clone())))
        .collect()
}

/// A `.env` under the names of these conventions; with all of them, any sample and any SDK can read
/// it. Sources: RingCentral's environment template, its SDK repositories, the README of its
/// JavaScript SDK. Left out: `ringcentral-demos-oauth`, which is unchanged since 2018, uses other
/// names for each language, and points to a retired server.
///
/// # Errors
/// No redirect URI of the app can be written to such a file.
pub fn env_file(
    app: &App,
    credentials: &Credentials,
    styles: &[Style],
) -> Result<Secret, Unreadable> {
    let mut file = EnvFile::default();
    match credentials.issuer {
        Issuer::LocalServer => file.comment(LOCAL_ONLY),
        Issuer::RingCentral(environment) => file.comment(environment.label()),
    }
    let set = |file: &mut EnvFile, names: Names, value: &str| {
        of_styles(names, styles).try_for_each(|name| file.set(name, value))
    };
    set(&mut file, SERVER, &credentials.server_url)?;
    set(&mut file, ID, &credentials.client_id)?;
    if let Some(secret) = &credentials.secret {
        set(&mut file, SECRET, secret.expose())?;
    }
    if app.spec.uses_jwt() {
        match &credentials.jwt {
            Some(jwt) => set(&mut file, JWT, jwt.expose())?,
            None => {
                file.comment(where_jwts_come_from(credentials.issuer));
                set(&mut file, JWT, "")?;
            }
        }
    }
    // The first redirect URI that can be written, since any of them works. The error is about the
    // first one.
    let mut why = None;
    for uri in app.spec.redirect_uris() {
        match set(&mut file, REDIRECT, uri.as_str()) {
            Ok(()) => return Ok(file.finish()),
            Err(refused) => why = why.or(Some(refused)),
        }
    }
    why.map_or_else(|| Ok(file.finish()), Err)
}

fn where_jwts_come_from(issuer: Issuer) -> &'static str {
    match issuer {
        Issuer::LocalServer => {
            "No JWT credential allows this app yet. Create one in devconsole: J on the app's page."
        }
        Issuer::RingCentral(_) => {
            "Create the JWT in RingCentral's Developer Console: your name, Credentials, Create JWT."
        }
    }
}

/// RFC 6749 §2.3.1. The IDs and secrets have no character that the form encoding would change.
pub fn basic_header(client_id: &str, secret: &Secret) -> Secret {
    let pair = Secret::new(format!("{client_id}:{}", secret.expose()));
    Secret::new(format!(
        "Authorization: Basic {}",
        STANDARD.encode(pair.expose())
    ))
}

/// The format is ours: RingCentral does not document its credentials file.
pub fn credentials_json(app: &App, credentials: &Credentials) -> Secret {
    let uris: Vec<&str> = app
        .spec
        .redirect_uris()
        .iter()
        .map(|uri| uri.as_str())
        .collect();
    let mut value = json!({
        "server_url": credentials.server_url,
        "client_id": credentials.client_id,
        "redirect_uris": uris,
    });
    if let (Some(secret), Some(fields)) = (&credentials.secret, value.as_object_mut()) {
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

/// A link for customers of a public app: it opens RingCentral's form for a new JWT credential,
/// limited to this app. `client_id` is RingCentral's. Source:
/// `docs/authentication/jwt/jwt-for-public-apps.md` of RingCentral's documentation.
pub fn jwt_link(client_id: &str) -> Option<String> {
    let form = "https://developers.ringcentral.com/console/my-credentials/create";
    let link = Url::parse_with_params(form, [("client_id", client_id)]).ok()?;
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
        app::{AppSpec, AppStatus, Environment},
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

    fn made_here(jwt: Option<&str>) -> Credentials {
        Credentials {
            issuer: Issuer::LocalServer,
            server_url: "http://127.0.0.1:8228".to_owned(),
            client_id: "AZwEVwGEcfGet2PCouA7K6".to_owned(),
            secret: Some(Secret::new("s3cret_-")),
            jwt: jwt.map(Secret::new),
        }
    }

    fn issued_by_ringcentral() -> Credentials {
        let environment = Environment::Production;
        Credentials {
            issuer: Issuer::RingCentral(environment),
            server_url: environment.server_url().to_owned(),
            client_id: "theirs".to_owned(),
            secret: Some(Secret::new("their_secret")),
            jwt: None,
        }
    }

    fn robot() -> App {
        let mut app = app(&[]);
        if let AppKind::RestApi { auth, .. } = &mut app.spec.kind {
            *auth = AuthMethod::Jwt;
        }
        app
    }

    #[test]
    fn an_env_file_has_no_quotes_and_the_names_of_all_conventions() {
        let file = env_file(&app(&[PLAIN]), &issued_by_ringcentral(), Style::ALL).unwrap();
        assert_eq!(
            file.expose(),
            format!(
                "# Production\n\
                 RC_SERVER_URL=https://platform.ringcentral.com\n\
                 RINGCENTRAL_SERVER_URL=https://platform.ringcentral.com\n\
                 RC_APP_CLIENT_ID=theirs\nRC_CLIENT_ID=theirs\nRINGCENTRAL_CLIENT_ID=theirs\n\
                 RC_APP_CLIENT_SECRET=their_secret\nRC_CLIENT_SECRET=their_secret\n\
                 RINGCENTRAL_CLIENT_SECRET=their_secret\n\
                 RC_REDIRECT_URL={PLAIN}\nRC_REDIRECT_URI={PLAIN}\n\
                 RINGCENTRAL_OAUTH_REDIRECT_URI={PLAIN}\n"
            )
        );
    }

    #[test]
    fn server_and_credentials_are_of_one_issuer_in_everything_that_is_handed_over() {
        for (credentials, other) in [
            (made_here(None), issued_by_ringcentral()),
            (issued_by_ringcentral(), made_here(None)),
        ] {
            let app = app(&[PLAIN]);
            let json = credentials_json(&app, &credentials);
            let env = env_file(&app, &credentials, Style::ALL).unwrap();
            for text in [json.expose(), env.expose()] {
                let secret = credentials.secret.as_ref().map_or("", Secret::expose);
                for own in [&credentials.server_url, &credentials.client_id] {
                    assert!(text.contains(own.as_str()), "{own} in {text}");
                }
                assert!(text.contains(secret), "{text}");
                for foreign in [&other.server_url, &other.client_id] {
                    assert!(!text.contains(foreign.as_str()), "{foreign} in {text}");
                }
            }
        }
    }

    #[test]
    fn the_first_redirect_uri_that_all_readers_hold_is_taken_and_else_it_is_refused() {
        let file = env_file(&app(&[ODD, PLAIN]), &made_here(None), Style::ALL).unwrap();
        let last = format!("RINGCENTRAL_OAUTH_REDIRECT_URI={PLAIN}\n");
        assert!(file.expose().ends_with(&last));
        let refused = env_file(&app(&[ODD]), &made_here(None), Style::ALL).unwrap_err();
        assert!(
            refused.to_string().starts_with("RC_REDIRECT_URL cannot"),
            "{refused}"
        );
    }

    #[test]
    fn a_jwt_that_there_is_not_has_a_line_and_says_where_it_comes_from() {
        let with = env_file(&robot(), &made_here(Some("a.b.c")), Style::ALL).unwrap();
        assert!(with.expose().contains("\nRC_USER_JWT=a.b.c\n"));
        for (credentials, source) in [
            (made_here(None), "J on the app's page"),
            (issued_by_ringcentral(), "RingCentral's Developer Console"),
        ] {
            let file = env_file(&robot(), &credentials, Style::ALL).unwrap();
            let mut lines = file.expose().lines();
            assert!(lines.any(|line| line.starts_with('#') && line.contains(source)));
            assert_eq!(lines.next(), Some("RC_USER_JWT="));
        }
        let file = env_file(&app(&[PLAIN]), &made_here(None), Style::ALL).unwrap();
        assert!(!file.expose().contains("JWT"), "it would not use one");
    }

    #[test]
    fn the_file_for_the_local_server_warns_first() {
        let file = env_file(&app(&[PLAIN]), &made_here(None), Style::ALL).unwrap();
        let lines: Vec<&str> = file.expose().lines().collect();
        assert_eq!(lines[0], format!("# {LOCAL_ONLY}"));
        assert!(lines.contains(&"RC_SERVER_URL=http://127.0.0.1:8228"));
    }
}
