//! Tab "Auth": the authentication method, the redirect URIs, and refresh tokens.

use serde::{Deserialize, Serialize};

use super::{DraftField, Section};
use crate::{
    domain::app::{
        AppKind, AppSpec, AppType, AuthMethod, Platform, REDIRECT_URIS_MAX,
        redirect_uri::{MAX_BYTES, RedirectPolicy, RedirectUri},
    },
    form::{Choice, ChoiceOption, FieldId, Report, RowKey, Rows, Slot, TextEdit},
    screens::create_app::draft::Draft,
};

pub const METHOD: FieldId = FieldId("auth.method");
pub const PLATFORM: FieldId = FieldId("auth.platform");
pub const REDIRECT_URIS: FieldId = FieldId("auth.redirect_uris");
pub const REFRESH: FieldId = FieldId("auth.issue_refresh_tokens");

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    AuthorizationCode,
    Jwt,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuthTab {
    pub method: Option<Method>,
    pub platform: Option<Platform>,
    pub redirect_uris: Rows,
    pub issue_refresh_tokens: Option<bool>,
}

impl AuthTab {
    pub fn of(spec: &AppSpec) -> Self {
        let mut tab = Self::default();
        if let AppKind::RestApi {
            auth,
            issue_refresh_tokens,
        } = &spec.kind
        {
            tab.issue_refresh_tokens = Some(*issue_refresh_tokens);
            match auth {
                AuthMethod::Jwt => tab.method = Some(Method::Jwt),
                AuthMethod::AuthorizationCode { platform, .. } => {
                    tab.method = Some(Method::AuthorizationCode);
                    tab.platform = Some(*platform);
                }
            }
        }
        tab.redirect_uris = Rows::of(spec.redirect_uris().iter().map(RedirectUri::as_str));
        tab
    }
}

impl Default for AuthTab {
    /// RingCentral's form opens with 3-legged OAuth and refresh tokens selected.
    fn default() -> Self {
        Self {
            method: Some(Method::AuthorizationCode),
            platform: None,
            redirect_uris: Rows::one(),
            issue_refresh_tokens: Some(true),
        }
    }
}

impl AuthTab {
    /// Until a platform is chosen, the stricter rules for confidential clients apply.
    pub fn redirect_policy(&self) -> RedirectPolicy {
        self.platform
            .map_or(RedirectPolicy::Confidential, Platform::redirect_policy)
    }
}

fn is_rest(draft: &Draft) -> bool {
    draft.app_type() == AppType::RestApi
}

fn is_authorization_code(draft: &Draft) -> bool {
    is_rest(draft) && draft.auth.method == Some(Method::AuthorizationCode)
}

fn policy(draft: &Draft) -> RedirectPolicy {
    if is_rest(draft) {
        draft.auth.redirect_policy()
    } else {
        RedirectPolicy::Confidential
    }
}

pub static SECTION: Section = Section {
    id: "auth",
    title: "Auth",
    about: |draft| match draft.app_type() {
        AppType::RestApi => {
            "How the app signs in. Scripts use JWT: the password flow was removed in 2025."
        }
        AppType::Bot => {
            "A bot gets a permanent token when it is installed: a private bot at the redirect URI, a \
             public bot for the code it receives there. RingCentral must be able to reach that URI."
        }
        AppType::Notification => {
            "Nothing to choose: a Notification Add-in posts through an incoming webhook and has no access token."
        }
    },
    fields: FIELDS,
};

static FIELDS: &[DraftField] = &[
    DraftField::choice(
        METHOD,
        "Authentication method",
        &Choice {
            options: &[
                ChoiceOption::new(
                    Method::AuthorizationCode,
                    "3-legged OAuth flow authorization code",
                    "Users sign in at RingCentral. The app exchanges a code for tokens.",
                ),
                ChoiceOption::new(
                    Method::Jwt,
                    "JWT auth flow",
                    "The app exchanges a JWT credential for tokens. There is no login page.",
                ),
            ],
            get: |draft| draft.auth.method,
            set: |draft, method| draft.auth.method = Some(method),
        },
    )
    .member("client.grant_types")
    .short("Authentication")
    .help("Many users with a UI: 3-legged OAuth. One service user, no UI: JWT.")
    .required()
    .shown_if(is_rest),
    DraftField::choice(
        PLATFORM,
        "From what type of app will you be calling the API?",
        &Choice {
            options: &[
                ChoiceOption::new(
                    Platform::ServerSideWeb,
                    "Server-side web app (most common)",
                    "Secret, PKCE recommended",
                ),
                ChoiceOption::new(
                    Platform::ClientSideWeb,
                    "Client-side web app, e.g. SPA, JavaScript",
                    "No secret, PKCE required",
                ),
                ChoiceOption::new(
                    Platform::Android,
                    "Android mobile app",
                    "No secret, PKCE required",
                ),
                ChoiceOption::new(Platform::Ios, "iOS mobile app", "No secret, PKCE required"),
                ChoiceOption::new(
                    Platform::Windows,
                    "Windows desktop app",
                    "No secret, PKCE required",
                ),
                ChoiceOption::new(Platform::Mac, "Mac desktop app", "No secret, PKCE required"),
            ],
            get: |draft| draft.auth.platform,
            set: |draft, platform| draft.auth.platform = Some(platform),
        },
    )
    .member("platform")
    .short("Called from")
    .help("Only server-side apps get a Client Secret. All others must use PKCE.")
    .required()
    .shown_if(is_authorization_code),
    DraftField::rows(
        REDIRECT_URIS,
        "OAuth Redirect URI",
        |draft| &draft.auth.redirect_uris,
        |draft| &mut draft.auth.redirect_uris,
    )
    .member("client.redirect_uris")
    .short("Redirect URIs")
    .help("Must match exactly what the app sends.")
    .keys("Enter adds a row. Paste several lines to add several rows.")
    .max(MAX_BYTES)
    .example("https://app.example.com/oauth2callback")
    .max_rows(REDIRECT_URIS_MAX)
    .required_if(is_authorization_code)
    .shown_if(|draft| is_authorization_code(draft) || draft.app_type() == AppType::Bot),
    DraftField::choice(
        REFRESH,
        "Issue refresh tokens?",
        &Choice {
            options: &[
                ChoiceOption::new(
                    true,
                    "Yes",
                    "Access can be renewed: let a daily job refresh every stored token.",
                ),
                ChoiceOption::new(
                    false,
                    "No",
                    "After 1 hour, users sign in again, or a JWT is exchanged again.",
                ),
            ],
            get: |draft| draft.auth.issue_refresh_tokens,
            set: |draft, issue| draft.auth.issue_refresh_tokens = Some(issue),
        },
    )
    .member("client.grant_types")
    .short("Refresh tokens")
    .help(
        "Lets the app get new access tokens without a new sign-in. A refresh token is valid for 7 \
         days and works once.",
    )
    .required()
    .shown_if(is_rest),
];

/// The parsed redirect URIs, or `None` if one of them is invalid.
pub fn check_redirect_uris(draft: &Draft, report: &mut Report) -> Option<Vec<RedirectUri>> {
    let policy = policy(draft);
    let mut uris: Vec<RedirectUri> = Vec::new();
    let mut sound = true;
    for row in draft.auth.redirect_uris.filled() {
        let slot = Slot::from((REDIRECT_URIS, row.key));
        match RedirectUri::parse(row.entry.text().trim(), policy) {
            Err(error) => {
                report.error_by(slot, error.to_string(), error.rule());
                sound = false;
            }
            Ok(uri) => {
                if let Some(first) = uris.iter().position(|other| *other == uri) {
                    report.error(
                        slot,
                        format!("Same as redirect URI {}. Remove one of them.", first + 1),
                    );
                    sound = false;
                }
                if let Some(warning) = uri.warnings(policy).first() {
                    report.warning(slot, warning.to_string());
                }
                uris.push(uri);
            }
        }
    }
    if uris.len() > REDIRECT_URIS_MAX {
        report.error(
            first_row(draft),
            format!("Use at most {REDIRECT_URIS_MAX} redirect URIs."),
        );
        sound = false;
    }
    sound.then_some(uris)
}

fn first_row(draft: &Draft) -> Slot {
    let key = draft
        .auth
        .redirect_uris
        .iter()
        .next()
        .map_or(RowKey::Nth(0), |row| row.key);
    (REDIRECT_URIS, key).into()
}

/// Method and refresh tokens of a REST API App.
pub fn check_rest(draft: &Draft, report: &mut Report) -> Option<(AuthMethod, bool)> {
    let tab = &draft.auth;
    let method = match tab.method {
        None => {
            report.error(METHOD, "Choose how the app signs in.");
            None
        }
        Some(Method::Jwt) => Some(AuthMethod::Jwt),
        Some(Method::AuthorizationCode) => {
            if tab.platform.is_none() {
                report.error(PLATFORM, "Choose where the app runs.");
            }
            let redirect_uris = check_redirect_uris(draft, report);
            if draft.auth.redirect_uris.filled().next().is_none() {
                report.error(first_row(draft), "Enter at least one redirect URI.");
                None
            } else {
                tab.platform
                    .zip(redirect_uris)
                    .map(|(platform, redirect_uris)| AuthMethod::AuthorizationCode {
                        platform,
                        redirect_uris,
                    })
            }
        }
    };
    match (tab.issue_refresh_tokens, tab.method) {
        (None, _) => report.error(REFRESH, "Choose yes or no."),
        (Some(false), Some(Method::AuthorizationCode)) => report.warning(
            REFRESH,
            "Without refresh tokens, users sign in again when the access token expires (1 hour).",
        ),
        _ => {}
    }
    method.zip(tab.issue_refresh_tokens)
}
