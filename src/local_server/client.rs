//! Identifies and authenticates the app of a request.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    Shared,
    answer::{LogContext, Refusal},
    cache::Cache,
    form::Form,
    now,
};
use crate::domain::oauth::setup::Profile;
use crate::domain::{
    app::{App, AppStatus, ClientType},
    oauth::{
        credential::{CLIENT_SECRET_LEN, ClientId, ID_LEN},
        diagnosis::{Cause, Diagnosis},
        jwt_text::{algorithm, claim},
    },
    secret::Secret,
};

/// Wrong secrets of a client before the first wait.
pub(super) const FREE_TRIES: u32 = 10;

struct Presented {
    id: String,
    secret: Option<Secret>,
    is_posted: bool,
}

/// Basic authentication, or `client_id` in the body. Two SDKs send both.
fn presented(headers: &HeaderMap, form: &Form, profile: Profile) -> Result<Presented, Refusal> {
    match headers.get(header::AUTHORIZATION) {
        None => in_body(form),
        Some(value) => in_header(value, form, profile),
    }
}

fn in_body(form: &Form) -> Result<Presented, Refusal> {
    let id = form.get("client_id").ok_or_else(|| {
        Refusal::bad(
            "invalid_client",
            "OAU-123",
            "Client authentication is required",
        )
        .because(Diagnosis {
            cause: Cause::ParameterMissing,
            detail: Some(
                "Send client_id in the body, or an Authorization header. The URL is not read."
                    .to_owned(),
            ),
        })
        .naming_parameter("client_id", None)
    })?;
    Ok(Presented {
        id: id.to_owned(),
        secret: form.get("client_secret").map(Secret::new),
        is_posted: true,
    })
}

fn in_header(value: &HeaderValue, form: &Form, profile: Profile) -> Result<Presented, Refusal> {
    let wrong = || {
        Refusal::unauthorized(
            "invalid_client",
            "OAU-123",
            "Invalid Authorization header value",
        )
        .because(Cause::HeaderUnreadable)
    };
    let value = value.to_str().map_err(|_| wrong())?;
    let (scheme, encoded) = value.split_once(' ').ok_or_else(wrong)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        let message = "Authorization method is not supported";
        let cause = if scheme.eq_ignore_ascii_case("bearer") {
            Cause::BearerForClient
        } else {
            Cause::HeaderUnreadable
        };
        return Err(Refusal::unauthorized("invalid_client", "OAU-151", message).because(cause));
    }
    let decoded = STANDARD.decode(encoded.trim()).map_err(|_| wrong())?;
    let decoded = Secret::new(String::from_utf8(decoded).map_err(|_| wrong())?);
    let (id, secret) = decoded.expose().split_once(':').ok_or_else(wrong)?;
    let id = form_decoded(id);
    if form.get("client_id").is_some_and(|other| other != id) {
        let message = "client_id in the body differs from the one in the header";
        return Err(
            Refusal::bad("invalid_request", "OAU-150", message).because(Cause::ValuesDiffer)
        );
    }
    // RFC 6749 §2.3: one method in a request.
    if profile == Profile::Strict && form.get("client_secret").is_some() {
        let message = "client_secret is both in the body and in the header";
        return Err(
            Refusal::bad("invalid_request", "DEV-117", message).because(Cause::TwoCredentials)
        );
    }
    Ok(Presented {
        id,
        // The Python SDK sends an empty secret for an app without one.
        secret: (!secret.is_empty()).then(|| Secret::new(form_decoded(secret))),
        is_posted: false,
    })
}

/// `client_secret_jwt` and `private_key_jwt` (RFC 7523 §2.2) are in RingCentral's metadata. The
/// stored digest of a secret cannot check an HMAC, and neither this console nor RingCentral's lets
/// you register a public key.
fn assertion_refused(assertion: &str) -> Refusal {
    let is_hmac = algorithm(assertion).is_some_and(|alg| alg.starts_with("HS"));
    let (code, method, cause) = if is_hmac {
        ("DEV-118", "client_secret_jwt", Cause::SecretJwt)
    } else {
        ("DEV-119", "private_key_jwt", Cause::PrivateKeyJwt)
    };
    let message = format!(
        "{method} cannot be checked by the local server: authenticate with client_secret_basic"
    );
    Refusal::unauthorized("invalid_client", code, message)
        .because(cause)
        .naming_parameter("client_assertion", None)
}

/// RFC 6749 §2.3.1 form-encodes both parts; SDKs send them unencoded. Generated values are the same
/// either way, because they have no `%` or `+`.
fn form_decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let decoded = url::form_urlencoded::parse(text.as_bytes()).next();
    decoded.map_or_else(String::new, |(text, _)| text.into_owned())
}

pub(super) fn suspended() -> Refusal {
    let message = "Bad Application Release Status: Blocked. The app is suspended.";
    Refusal::bad("invalid_client", "OAU-127", message).because(Cause::AppSuspended)
}

fn unknown(id: &str, secret: Option<&Secret>) -> Refusal {
    let is_swapped = id.len() == CLIENT_SECRET_LEN
        && secret.is_some_and(|secret| secret.expose().len() == ID_LEN);
    let cause = if is_swapped {
        Cause::IdAndSecretSwapped
    } else {
        Cause::UnknownClient
    };
    Refusal::bad("invalid_client", "OAU-153", format!("Invalid client: {id}"))
        .because(cause)
        .or_stray("client_id", id)
        .naming_client(id)
}

fn guessing(wait_s: u64) -> Refusal {
    Refusal::bad("too_many_requests", "CMN-301", "Request rate exceeded")
        .with_status(StatusCode::TOO_MANY_REQUESTS)
        .after_s(wait_s)
        .because(Cause::GuessingSlowed)
}

/// The app, after it has authenticated itself.
pub(super) fn authenticate(
    shared: &Shared,
    cache: &mut Cache,
    headers: &HeaderMap,
    form: &Form,
    log: &mut LogContext,
) -> Result<Arc<App>, Refusal> {
    if let Some(assertion) = form.get("client_assertion") {
        let named = form.get("client_id").map(ToOwned::to_owned);
        let id = named
            .or_else(|| claim(assertion, "sub"))
            .unwrap_or_default();
        if let Some(app) = cache.app(&ClientId::from_stored(id))? {
            log.is_of(&app);
        }
        return Err(assertion_refused(assertion));
    }
    let Presented {
        id,
        secret,
        is_posted,
    } = presented(headers, form, shared.profile)?;
    if is_posted && secret.is_some() && shared.profile == Profile::RingCentral {
        log.warn(Cause::SecretPosted);
    }
    let mut found = proved(shared, cache, &id, secret, log);
    if let Err(refusal) = &mut found
        && shared.profile == Profile::Strict
        && refusal.error == "invalid_client"
        && refusal.status == StatusCode::BAD_REQUEST
        && headers.contains_key(header::AUTHORIZATION)
    {
        // RFC 6749 §5.2.
        refusal.status = StatusCode::UNAUTHORIZED;
    }
    found
}

fn proved(
    shared: &Shared,
    cache: &mut Cache,
    id: &str,
    secret: Option<Secret>,
    log: &mut LogContext,
) -> Result<Arc<App>, Refusal> {
    let now = now();
    let client = ClientId::from_stored(id);
    let Some(app) = cache.app(&client)? else {
        return Err(unknown(id, secret.as_ref()));
    };
    log.is_of(&app);
    let wrong = || {
        let message = "Invalid client credentials";
        Refusal::unauthorized("invalid_client", "OAU-146", message)
    };
    match (app.spec.client_type(), secret) {
        (ClientType::Public, None) => {}
        // An app that sends a secret expects it to be checked.
        (ClientType::Public, Some(_)) => return Err(wrong().because(Cause::SecretOfPublicApp)),
        (ClientType::Confidential, None) => {
            let message = "Client authentication is required";
            return Err(
                Refusal::bad("invalid_client", "OAU-123", message).because(Cause::SecretMissing)
            );
        }
        (ClientType::Confidential, Some(secret)) => {
            if !cache.verify_secret(&client, secret.expose(), now)? {
                // A client with the right secret is never refused because others guess.
                return Err(match shared.secret_throttle().was_wrong(id, now) {
                    Some(wait_s) => guessing(wait_s),
                    None => wrong()
                        .because(Cause::WrongSecret)
                        .or_stray("client_secret", secret.expose()),
                });
            }
            shared.secret_throttle().was_right(id);
        }
    }
    if app.status == AppStatus::Suspended {
        return Err(suspended());
    }
    Ok(app)
}
