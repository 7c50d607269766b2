//! Checks an authorize request before a page is shown.

use axum::http::StatusCode;

use super::{
    prompt::{Prompt, prompt, sign_in_age_ms},
    reply::{Failed, ResponseMode, ReturnTo},
    scope::scope,
};
use crate::{
    domain::{
        app::{
            App, AppKind, AppStatus, AuthMethod, ClientType, partner,
            redirect_uri::{RedirectPolicy, RedirectUri, difference},
        },
        oauth::{
            credential::ClientId,
            diagnosis::{Cause, Diagnosis},
            pkce::{Challenge, Method},
            setup::Profile,
        },
        time::UnixMs,
    },
    local_server::{
        Shared,
        answer::{LogContext, Refusal},
        client::suspended,
        form::Form,
        openid_scopes::OPENID_SCOPE,
        scopes::has,
        shown,
    },
};

const BRAND: u32 = 1210;

/// A valid request.
pub(super) struct Wanted {
    pub app: App,
    pub to: ReturnTo,
    pub redirect_sent: bool,
    pub challenge: Option<Challenge>,
    pub scope: String,
    pub nonce: Option<String>,
    pub brand: &'static str,
    pub login_hint: String,
    pub prompt: Prompt,
    /// The longest time since the sign-in, in milliseconds.
    sign_in_age_ms: Option<i64>,
}

pub(super) fn wanted(shared: &Shared, query: &str, log: &mut LogContext) -> Result<Wanted, Failed> {
    let form = Form::of_query(query)?;
    let id = form.wanted("client_id")?;
    let app = shared
        .cache()
        .workspace
        .client(&ClientId::from_stored(id))
        .map_err(Refusal::from)?
        .ok_or_else(|| {
            let message = format!("Invalid client: {id}");
            Refusal::bad("invalid_client", "OAU-153", message)
                .because(Cause::UnknownClient)
                .or_stray("client_id", id)
                .naming_client(id)
        })?;
    log.is_of(&app);
    if app.status == AppStatus::Suspended {
        return Err(suspended().into());
    }
    let Some((policy, client_type)) = login_of(&app) else {
        return Err(no_login().into());
    };
    let (redirect_uri, redirect_sent) =
        redirect_uri(shared, &app, policy, form.get("redirect_uri"))?;
    let brand = brand(&form)?;
    let to = ReturnTo {
        mode: response_mode(&form, &redirect_uri).unwrap_or_default(),
        redirect_uri,
        state: form.get("state").map(ToOwned::to_owned),
    };
    match checked(shared, &app, client_type, &form, &to) {
        Ok(checked) => Ok(Wanted {
            to,
            redirect_sent,
            challenge: checked.challenge,
            scope: checked.scope,
            nonce: form.get("nonce").map(ToOwned::to_owned),
            brand,
            login_hint: form.get("login_hint").unwrap_or_default().to_owned(),
            prompt: checked.prompt,
            sign_in_age_ms: checked.sign_in_age_ms,
            app,
        }),
        Err(refusal) => Err(Failed::SentBack(Box::new((to, refusal)))),
    }
}

struct Checked {
    challenge: Option<Challenge>,
    scope: String,
    prompt: Prompt,
    sign_in_age_ms: Option<i64>,
}

/// From here on, errors are sent to the app.
fn checked(
    shared: &Shared,
    app: &App,
    client_type: ClientType,
    form: &Form,
    to: &ReturnTo,
) -> Result<Checked, Refusal> {
    response_mode(form, &to.redirect_uri)?;
    for (name, error) in [
        ("request", "request_not_supported"),
        ("request_uri", "request_uri_not_supported"),
        ("registration", "registration_not_supported"),
    ] {
        if form.get(name).is_some() {
            let message = format!("Parameter {name} is not supported");
            return Err(Refusal::bad(error, "DEV-122", message).because(Cause::RequestObject));
        }
    }
    if form.wanted("response_type")? != "code" {
        let message = "response_type must be code";
        return Err(
            Refusal::bad("unsupported_response_type", "CMN-101", message)
                .because(Cause::ResponseType),
        );
    }
    let scope = scope(shared, app, form)?;
    Ok(Checked {
        challenge: challenge(shared, client_type, &scope, form)?,
        scope,
        prompt: prompt(form)?,
        sign_in_age_ms: sign_in_age_ms(shared, form)?,
    })
}

/// The default is a code in the query.
fn response_mode(form: &Form, redirect_uri: &str) -> Result<ResponseMode, Refusal> {
    let Some(text) = form.get("response_mode") else {
        return Ok(ResponseMode::default());
    };
    let refused = |why: &str| {
        Refusal::bad("invalid_request", "DEV-121", why)
            .because(Cause::ResponseMode)
            .naming_parameter("response_mode", Some(text))
    };
    let found = text
        .parse()
        .map_err(|_| refused("response_mode is not supported: use query, fragment or form_post"))?;
    let is_web = ["http://", "https://"]
        .iter()
        .any(|start| redirect_uri.starts_with(start));
    if found == ResponseMode::FormPost && !is_web {
        return Err(refused(
            "response_mode=form_post needs an http or https redirect URI",
        ));
    }
    Ok(found)
}

/// How the app's redirect URIs are compared, and whether it can keep a secret. `None` for an app
/// without a login.
fn login_of(app: &App) -> Option<(RedirectPolicy, ClientType)> {
    match &app.spec.kind {
        AppKind::RestApi {
            auth: AuthMethod::AuthorizationCode { platform, .. },
            ..
        } => Some((platform.redirect_policy(), platform.client_type())),
        AppKind::Bot { redirect_uris } if !redirect_uris.is_empty() => {
            Some((RedirectPolicy::Confidential, ClientType::Confidential))
        }
        _ => None,
    }
}

fn no_login() -> Refusal {
    Refusal::bad(
        "invalid_client",
        "OAU-113",
        "No redirect URI is registered for this client application",
    )
    .with_status(StatusCode::FORBIDDEN)
    .because(Cause::NoRedirectUri)
}

/// Whether an app has a redirect URI: it may have been removed since a login.
pub(in crate::local_server) fn is_registered(shared: &Shared, app: &App, uri: &str) -> bool {
    let port = shared.profile.loopback_port();
    let mut registered = app.spec.redirect_uris().iter();
    login_of(app).is_some_and(|(policy, _)| registered.any(|one| one.matches(uri, policy, port)))
}

/// The redirect URI, and whether the request contains it.
fn redirect_uri(
    shared: &Shared,
    app: &App,
    policy: RedirectPolicy,
    sent: Option<&str>,
) -> Result<(String, bool), Refusal> {
    let registered = app.spec.redirect_uris();
    let differs = |detail| {
        Refusal::bad("invalid_request", "OAU-109", "Redirect URIs do not match").because(
            Diagnosis {
                cause: Cause::RedirectUriDiffers,
                detail,
            },
        )
    };
    let port = shared.profile.loopback_port();
    match (sent, registered) {
        (Some(sent), _) => {
            let fits = registered.iter().any(|one| one.matches(sent, policy, port));
            if fits {
                Ok((sent.to_owned(), true))
            } else {
                let all: Vec<&str> = registered.iter().map(RedirectUri::as_str).collect();
                Err(differs(difference(&all, &shown::uri(sent)))
                    .or_stray("redirect_uri", sent)
                    .naming_parameter("redirect_uri", Some(sent)))
            }
        }
        (None, [only]) => Ok((only.as_str().to_owned(), false)),
        (None, _) => Err(differs(Some(
            "The request has no redirect_uri, and more than one is registered.".to_owned(),
        ))),
    }
}

fn brand(form: &Form) -> Result<&'static str, Refusal> {
    let Some(sent) = form.get("brand_id").or_else(|| form.get("brandId")) else {
        return Ok("RingCentral");
    };
    let number: Option<u32> = sent.parse().ok();
    if number == Some(BRAND) {
        return Ok("RingCentral");
    }
    let found = partner::catalogue()
        .iter()
        .find(|partner| number.is_some_and(|number| partner.brand_ids.contains(&number)));
    match found {
        // One row stands for RingCentral and eight other names.
        Some(partner) if partner.forced => Ok("RingCentral"),
        Some(partner) => Ok(partner.label),
        None => Err(
            Refusal::bad("invalid_request", "OAU-101", "Invalid brandId")
                .with_status(StatusCode::FORBIDDEN)
                .because(Cause::BrandUnknown),
        ),
    }
}

/// PKCE is required for an app without a secret and, under OAuth 2.1, for all but OpenID clients
/// with a secret: their nonce protects them too (RFC 9700 §2.1.1).
fn challenge(
    shared: &Shared,
    client_type: ClientType,
    scope: &str,
    form: &Form,
) -> Result<Option<Challenge>, Refusal> {
    let strict = shared.profile == Profile::Strict;
    let is_public = client_type == ClientType::Public;
    let Some(text) = form.get("code_challenge") else {
        let has_nonce = form.get("nonce").is_some() && has(scope, OPENID_SCOPE);
        if is_public || strict && !has_nonce {
            let message = "code_challenge is required";
            return Err(Refusal::bad("invalid_request", "DEV-114", message)
                .because(Diagnosis {
                    cause: Cause::ChallengeMissing,
                    detail: (!is_public).then(|| {
                        "The strict profile requires it of every app, unless an OpenID request has a nonce."
                            .to_owned()
                    }),
                })
                .naming_parameter("code_challenge", None));
        }
        return Ok(None);
    };
    let found = Challenge::parse(text, form.get("code_challenge_method"));
    let found = found.map_err(|error| {
        Refusal::bad("invalid_request", "DEV-115", error.to_string())
            .because(Cause::ChallengeUnusable)
    })?;
    if strict && found.method == Method::Plain {
        let message = "code_challenge_method must be S256";
        return Err(
            Refusal::bad("invalid_request", "DEV-116", message).because(Cause::PlainChallenge)
        );
    }
    Ok(Some(found))
}

impl Wanted {
    /// Whether a sign-in is recent enough for this request.
    pub(super) fn takes_sign_in_of(&self, since: UnixMs, now: UnixMs) -> bool {
        self.sign_in_age_ms
            .is_none_or(|age_ms| now.0 - since.0 < age_ms)
    }

    /// The question of the consent page, so that its form is not accepted as an answer to another
    /// app.
    pub(super) fn consent(&self) -> String {
        let client = self.app.client_id.as_str();
        format!("{client}\n{}\n{}", self.to.redirect_uri, self.scope)
    }

    /// The question of the sign-in page, for the same app, redirect URI and scope.
    pub(super) fn sign_in(&self) -> String {
        format!("sign in\n{}", self.consent())
    }

    pub(super) fn back(&self, refusal: Refusal) -> Failed {
        Failed::SentBack(Box::new((self.to.clone(), refusal)))
    }

    pub(super) fn denied(&self) -> Failed {
        self.back(
            Refusal::bad("access_denied", "access_denied", "Access was denied")
                .because(Cause::ConsentDenied),
        )
    }
}
