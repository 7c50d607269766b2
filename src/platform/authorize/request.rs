//! What an app asks for, judged before anybody is bothered with it.

use axum::http::StatusCode;

use super::reply::{Back, Failed};
use crate::{
    domain::{
        app::{App, AppKind, AppStatus, AuthMethod, ClientType},
        credential::ClientId,
        diagnosis::{Cause, Diagnosis},
        partner,
        pkce::{Challenge, Method},
        redirect_uri::{RedirectPolicy, RedirectUri, difference},
        time::UnixMs,
    },
    platform::{
        Profile, Shared,
        answer::{Refusal, Told},
        client::suspended,
        form::Form,
        token::{granted, scope_of},
    },
};

const BRAND: u32 = 1210;
const PROMPT: &str = "prompt";
const LOGIN: &str = "login";
const MAX_AGE: &str = "max_age";
/// The scopes of OpenID, which no app has in its settings: name, label, what they allow.
pub(super) const OPENID: [(&str, &str, &str); 3] = [
    ("openid", "Sign-in", "Know who you are"),
    ("email", "E-mail", "Know your e-mail address"),
    ("profile", "Profile", "Know your name"),
];

fn is_openid(scope: &str) -> bool {
    OPENID.iter().any(|(name, ..)| *name == scope)
}

/// A request that may be put before somebody.
pub(super) struct Wanted {
    pub app: App,
    pub redirect_uri: String,
    pub redirect_sent: bool,
    pub state: Option<String>,
    pub challenge: Option<Challenge>,
    pub scope: String,
    pub nonce: Option<String>,
    pub brand: &'static str,
    pub login_hint: String,
    pub prompt: Prompt,
    /// How long ago the person may have signed in, in milliseconds.
    sign_in_age_ms: Option<i64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Prompt {
    /// Ask for what is not known yet.
    Needed,
    Consent,
    /// Show no page.
    None,
}

pub(super) fn wanted(shared: &Shared, query: &str, told: &mut Told) -> Result<Wanted, Failed> {
    let form = Form::of_query(query)?;
    let id = form.wanted("client_id")?;
    let app = shared
        .records()
        .workspace
        .client(&ClientId::from_stored(id))
        .map_err(Refusal::from)?
        .ok_or_else(|| {
            let message = format!("Invalid client: {id}");
            Refusal::bad("invalid_client", "OAU-153", message)
                .because(Cause::UnknownClient)
                .naming_client(id)
        })?;
    told.is_of(&app);
    if app.status == AppStatus::Suspended {
        return Err(suspended().into());
    }
    let Some((policy, client_type)) = login_of(&app) else {
        return Err(no_login().into());
    };
    let (redirect_uri, redirect_sent) = redirect_uri(&app, policy, form.get("redirect_uri"))?;
    let brand = brand(&form)?;
    let state = form.get("state").map(ToOwned::to_owned);

    type Checked = (Option<Challenge>, String, Prompt, Option<i64>);
    let checked = || -> Result<Checked, Refusal> {
        match form.get("response_type") {
            Some("code") => {}
            None => drop(form.wanted("response_type")?),
            Some(_) => {
                return Err(Refusal::bad(
                    "unsupported_response_type",
                    "CMN-101",
                    "response_type has to be code",
                )
                .because(Cause::ResponseType));
            }
        }
        Ok((
            challenge(shared, client_type, &form)?,
            scope(shared, &app, &form)?,
            prompt(&form)?,
            sign_in_age_ms(shared, &form)?,
        ))
    };
    match checked() {
        Ok((challenge, scope, prompt, sign_in_age_ms)) => Ok(Wanted {
            redirect_uri,
            redirect_sent,
            state,
            challenge,
            scope,
            nonce: form.get("nonce").map(ToOwned::to_owned),
            brand,
            login_hint: form.get("login_hint").unwrap_or_default().to_owned(),
            prompt,
            sign_in_age_ms,
            app,
        }),
        Err(refusal) => Err(Failed::SentBack(Box::new(Back {
            redirect_uri,
            state,
            refusal,
        }))),
    }
}

/// How an app's redirect URIs are compared, and whether it can keep a secret. `None` for one
/// that nobody signs in to.
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

/// Where the answer goes, and whether the app said so itself.
fn redirect_uri(
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
    match (sent, registered) {
        (Some(sent), _) => {
            let fits = registered.iter().any(|one| one.matches(sent, policy));
            if fits {
                Ok((sent.to_owned(), true))
            } else {
                let all: Vec<&str> = registered.iter().map(RedirectUri::as_str).collect();
                Err(differs(difference(&all, sent)))
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
        // One row stands for RingCentral and eight more names.
        Some(partner) if partner.forced => Ok("RingCentral"),
        Some(partner) => Ok(partner.label),
        None => Err(
            Refusal::bad("invalid_request", "OAU-101", "Invalid brandId")
                .with_status(StatusCode::FORBIDDEN)
                .because(Cause::BrandUnknown),
        ),
    }
}

/// PKCE is a must for who cannot keep a secret (RFC 9700 §2.1.1), and under OAuth 2.1 for all.
fn challenge(
    shared: &Shared,
    client_type: ClientType,
    form: &Form,
) -> Result<Option<Challenge>, Refusal> {
    let strict = shared.profile == Profile::Strict;
    let Some(text) = form.get("code_challenge") else {
        if strict || client_type == ClientType::Public {
            let message = "code_challenge is required";
            let by_profile = strict && client_type != ClientType::Public;
            return Err(
                Refusal::bad("invalid_request", "DEV-114", message).because(Diagnosis {
                    cause: Cause::ChallengeMissing,
                    detail: by_profile
                        .then(|| "The strict profile asks it of every app.".to_owned()),
                }),
            );
        }
        return Ok(None);
    };
    let found = Challenge::parse(text, form.get("code_challenge_method"));
    let found = found.map_err(|error| {
        Refusal::bad("invalid_request", "DEV-115", error.to_string())
            .because(Cause::ChallengeUnusable)
    })?;
    if strict && found.method == Method::Plain {
        let message = "code_challenge_method has to be S256";
        return Err(
            Refusal::bad("invalid_request", "DEV-116", message).because(Cause::PlainChallenge)
        );
    }
    Ok(Some(found))
}

/// The app's own scopes, whatever was asked for: so does the platform. Strictly, what was asked
/// for, which has to be among them.
fn scope(shared: &Shared, app: &App, form: &Form) -> Result<String, Refusal> {
    let sent = form.get("scope").unwrap_or_default();
    let openid: Vec<&str> = sent.split(' ').filter(|one| is_openid(one)).collect();
    let has_openid = openid.contains(&"openid");
    let asked: Vec<&str> = sent
        .split(' ')
        .filter(|one| !one.is_empty() && !is_openid(one))
        .collect();
    let mut scope = if shared.profile == Profile::Strict && !sent.is_empty() {
        let all = granted(app);
        if let Some(unknown) = asked
            .iter()
            .find(|one| !all.iter().any(|scope| scope.as_str() == **one))
        {
            return Err(Refusal::bad(
                "invalid_scope",
                "CMN-101",
                "The app does not have this scope",
            )
            .because(Diagnosis {
                cause: Cause::ScopeNotGranted,
                detail: Some(format!("The scope is {unknown}.")),
            }));
        }
        asked.join(" ")
    } else {
        scope_of(app)
    };
    if has_openid {
        for one in openid {
            if !scope.is_empty() {
                scope.push(' ');
            }
            scope.push_str(one);
        }
    }
    Ok(scope)
}

/// OpenID Connect Core §3.1.2.1. On the platform `login` is there when nothing is sent, and means
/// no more than that: by the standard it asks for the password again.
fn sign_in_age_ms(shared: &Shared, form: &Form) -> Result<Option<i64>, Refusal> {
    let asks_again = shared.profile == Profile::Strict
        && form
            .get(PROMPT)
            .is_some_and(|words| words.split(' ').any(|word| word == LOGIN));
    if asks_again {
        return Ok(Some(0));
    }
    let Some(text) = form.get(MAX_AGE) else {
        return Ok(None);
    };
    let seconds: Option<u32> = text.parse().ok();
    match seconds {
        Some(seconds) => Ok(Some(i64::from(seconds) * 1000)),
        None => Err(Refusal::bad(
            "invalid_request",
            "CMN-101",
            "max_age is no number of seconds",
        )
        .because(Cause::ParameterWrong)),
    }
}

/// The same request once somebody has signed in for it: it must not ask for that again.
pub(super) fn signed_in_for(query: &str) -> String {
    let mut same = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            MAX_AGE => {}
            PROMPT => {
                let words: Vec<&str> = value.split(' ').filter(|word| *word != LOGIN).collect();
                same.append_pair(PROMPT, &words.join(" "));
            }
            name => {
                same.append_pair(name, &value);
            }
        }
    }
    same.finish()
}

/// `login` and `sso` name the ways of a sign-in, which here is one.
fn prompt(form: &Form) -> Result<Prompt, Refusal> {
    let words: Vec<&str> = form.get(PROMPT).unwrap_or("login sso").split(' ').collect();
    if words
        .iter()
        .any(|word| ![LOGIN, "sso", "consent", "none"].contains(word))
    {
        return Err(
            Refusal::bad("invalid_request", "CMN-101", "prompt is not known")
                .because(Cause::ParameterWrong),
        );
    }
    match (words.contains(&"none"), words.contains(&"consent")) {
        (true, _) if words.len() > 1 => Err(Refusal::bad(
            "invalid_request",
            "CMN-101",
            "prompt=none goes with nothing else",
        )
        .because(Cause::ParameterWrong)),
        (true, _) => Ok(Prompt::None),
        (false, true) => Ok(Prompt::Consent),
        (false, false) => Ok(Prompt::Needed),
    }
}

impl Wanted {
    /// Whether a sign-in is young enough for this request.
    pub(super) fn takes_sign_in_of(&self, since: UnixMs, now: UnixMs) -> bool {
        self.sign_in_age_ms
            .is_none_or(|age_ms| now.0 - since.0 < age_ms)
    }

    pub(super) fn back(&self, refusal: Refusal) -> Failed {
        Failed::SentBack(Box::new(Back {
            redirect_uri: self.redirect_uri.clone(),
            state: self.state.clone(),
            refusal,
        }))
    }

    pub(super) fn denied(&self) -> Failed {
        self.back(
            Refusal::bad("access_denied", "access_denied", "Access was denied")
                .because(Cause::ConsentDenied),
        )
    }
}
