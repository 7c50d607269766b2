//! `/restapi/oauth/token`, `/restapi/oauth/revoke` and `/restapi/oauth/introspect`.

mod grants;
mod group;

pub(super) use self::group::CommitGroup;

use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode},
    response::{IntoResponse as _, Response},
};
use serde::Serialize;
use serde_json::json;
use url::form_urlencoded;

use self::grants::{by_code, by_jwt, by_refresh, not_found};
use super::{
    Server, Shared,
    answer::{LogContext, Refusal, json_answer},
    base_of,
    cache::Cache,
    client::authenticate,
    form::Form,
    id_signer, now, openid,
    openid_scopes::OPENID_SCOPE,
    rate::WINDOW_S,
    scopes::{has, still_granted},
};
use crate::domain::oauth::setup::Profile;
use crate::{
    domain::{
        app::{App, ClientType},
        number::NumericId,
        oauth::{
            diagnosis::{Cause, Diagnosis},
            fault::Fault,
        },
    },
    store::{Lifetimes, Revoked, Terms, Tokens},
};

const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const ACCESS_S: i64 = 3600;
const ACCESS_MIN_S: i64 = 600;
const REFRESH_S: i64 = 604_800;
const ENDPOINT_LEN_MAX: usize = 64;

pub(super) async fn token(
    State(server): State<Server>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if may_want_id_token(&body) {
        id_signer::ready().await;
    }
    group::answered(server, headers, body).await
}

/// Waiting for the key must not happen inside a shared commit.
fn may_want_id_token(body: &[u8]) -> bool {
    form_urlencoded::parse(body)
        .any(|(name, value)| name == "grant_type" && value == "authorization_code")
}

/// Durable once its group is committed.
pub(super) fn grant(
    shared: &Shared,
    cache: &mut Cache,
    headers: &HeaderMap,
    body: &[u8],
) -> Response {
    let mut log = LogContext {
        what: Some("token"),
        ..LogContext::default()
    };
    let answered = answer(shared, cache, headers, body, &mut log);
    of_oauth(answered, log)
}

fn answer(
    shared: &Shared,
    cache: &mut Cache,
    headers: &HeaderMap,
    body: &[u8],
    log: &mut LogContext,
) -> Result<Response, Refusal> {
    let form = Form::of_body(headers, body)?;
    log.what = match form.get("grant_type") {
        Some(JWT_BEARER) => Some("JWT"),
        Some("refresh_token") => Some("refresh"),
        Some("authorization_code") => Some("code for tokens"),
        _ => log.what,
    };
    if log.strikes(&shared.faults, Fault::TooManyRequests) {
        return Err(too_many(5));
    }
    let app = authenticate(shared, cache, headers, &form, log)?;
    let quota = shared.take_login(&app.client_id);
    if quota.is_exhausted() {
        let refusal = too_many(u64::from(WINDOW_S)).because(Cause::TooManyRequests);
        return Err(refusal.with_quota(quota));
    }
    if log.strikes(&shared.faults, Fault::InvalidGrant) {
        return Err(not_found());
    }
    let terms = terms(&app, &form);
    let mut id_token = None;
    let tokens = match form.wanted("grant_type")? {
        JWT_BEARER => by_jwt(shared, cache, &app, &form, terms, log)?,
        "refresh_token" => by_refresh(shared, cache, &app, &form, terms)?,
        "authorization_code" => {
            let (tokens, grant) = by_code(shared, cache, &app, &form, terms, log)?;
            if has(&tokens.scope, OPENID_SCOPE) {
                let issuer = base_of(headers);
                let claims = openid::Claims {
                    issuer: &issuer,
                    client: &app.client_id,
                    who: &tokens.owner,
                    scope: &tokens.scope,
                    nonce: grant.nonce.as_deref(),
                    signed_in_at: grant.signed_in_at,
                };
                id_token = Some(openid::id_token(&cache.workspace, &claims)?);
            }
            tokens
        }
        other => return Err(unsupported(shared, other)),
    };
    let mut response = handed_out(shared, &tokens, id_token, log);
    quota.onto(response.headers_mut());
    Ok(response)
}

fn unsupported(shared: &Shared, grant_type: &str) -> Refusal {
    let error = match shared.profile {
        Profile::RingCentral => "invalid_request",
        Profile::Strict => "unsupported_grant_type",
    };
    let known = ["password", "client_credentials"].contains(&grant_type);
    Refusal::bad(error, "OAU-250", "Unsupported grant type").because(Diagnosis {
        cause: Cause::UnsupportedGrant,
        // Any other value may be a secret in the wrong place.
        detail: known.then(|| format!("grant_type is {grant_type}.")),
    })
}

fn of_oauth(done: Result<Response, Refusal>, mut log: LogContext) -> Response {
    let response = done.unwrap_or_else(|refusal| {
        log.refused(&refusal);
        refusal.of_oauth()
    });
    log.onto(response)
}

fn too_many(seconds: u64) -> Refusal {
    Refusal::bad("too_many_requests", "CMN-301", "Request rate exceeded")
        .with_status(StatusCode::TOO_MANY_REQUESTS)
        .after_s(seconds)
}

fn terms<'a>(app: &App, form: &'a Form) -> Terms<'a> {
    let refresh_s = form.seconds("refresh_token_ttl").unwrap_or(REFRESH_S);
    let lifetimes = Lifetimes {
        access_s: form
            .seconds("access_token_ttl")
            .unwrap_or(ACCESS_S)
            .clamp(ACCESS_MIN_S, ACCESS_S),
        refresh_s: (app.spec.issues_refresh_tokens() && refresh_s > 0)
            .then(|| refresh_s.min(REFRESH_S)),
    };
    Terms {
        lifetimes,
        endpoint: form.get("endpoint_id").filter(|id| is_endpoint(id)),
    }
}

/// An invalid endpoint ID is ignored, and a new one is made. Source: RingCentral's API description.
fn is_endpoint(id: &str) -> bool {
    let is_of_one = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    id.len() <= ENDPOINT_LEN_MAX && id.bytes().all(is_of_one)
}

/// RFC 6749 §5.1, with RingCentral's additions.
#[derive(Serialize)]
struct TokenAnswer<'a> {
    access_token: &'a str,
    token_type: &'static str,
    expires_in: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token_expires_in: Option<i64>,
    scope: &'a str,
    owner_id: String,
    endpoint_id: &'a str,
    session_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
}

fn handed_out(
    shared: &Shared,
    tokens: &Tokens,
    id_token: Option<String>,
    log: &mut LogContext,
) -> Response {
    let refresh = tokens.refresh.as_ref().zip(tokens.lifetimes.refresh_s);
    let refresh = refresh.filter(|_| !log.strikes(&shared.faults, Fault::MissingRefreshToken));
    let body = TokenAnswer {
        access_token: tokens.access.expose(),
        token_type: "bearer",
        expires_in: tokens.lifetimes.access_s,
        refresh_token: refresh.map(|(token, _)| token.expose()),
        refresh_token_expires_in: refresh.map(|(_, seconds)| seconds),
        scope: &tokens.scope,
        owner_id: NumericId::of_developer(&tokens.owner).to_string(),
        endpoint_id: &tokens.endpoint,
        session_id: &tokens.session,
        id_token,
    };
    if log.strikes(&shared.faults, Fault::TruncatedJson) {
        let text = serde_json::to_string(&body).unwrap_or_default();
        let half = text.get(..text.len() / 2).unwrap_or_default().to_owned();
        let whole = json_answer(StatusCode::OK, &body);
        return (StatusCode::OK, whole.headers().clone(), half).into_response();
    }
    let mut response = json_answer(StatusCode::OK, &body);
    if log.strikes(&shared.faults, Fault::WrongContentType) {
        let html = HeaderValue::from_static("text/html");
        let headers = response.headers_mut();
        headers.insert(axum::http::header::CONTENT_TYPE, html);
    }
    response
}

/// RFC 7009: revoking an unknown token succeeds.
pub(super) async fn revoke(
    State(server): State<Server>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut log = LogContext {
        what: Some("revoke"),
        ..LogContext::default()
    };
    let work = || -> Result<(), Refusal> {
        let form = Form::of_body(&headers, &body)?;
        let query = Form::of_query(&query.unwrap_or_default())?;
        let mut cache = server.cache();
        let app = authenticate(&server, &mut cache, &headers, &form, &mut log)?;
        let token = token_to_revoke(server.profile, &form, &query)?;
        let workspace = &mut cache.workspace;
        let ended = workspace.end_session(token, &app.client_id, now())?;
        // RFC 7009 §2.1. RingCentral answers 200 in this case too.
        if ended == Revoked::OfAnother && server.profile == Profile::Strict {
            let message = "The token was issued to another application";
            return Err(
                Refusal::bad("invalid_grant", "OAU-120", message).because(Cause::TokenOfAnother)
            );
        }
        Ok(())
    };
    let response = match work() {
        Ok(()) => StatusCode::OK.into_response(),
        Err(refusal) => {
            log.refused(&refusal);
            refusal.of_oauth()
        }
    };
    log.onto(response)
}

/// From the body or, as RingCentral also accepts, from the query.
fn token_to_revoke<'a>(
    profile: Profile,
    form: &'a Form,
    query: &'a Form,
) -> Result<&'a str, Refusal> {
    const TOKEN: &str = "token";
    match (form.get(TOKEN), query.get(TOKEN)) {
        (_, None) => form.wanted(TOKEN),
        (Some(in_body), Some(in_query)) if in_body != in_query => {
            let message = "Parameter token differs between query and body";
            Err(Refusal::bad("invalid_request", "OAU-150", message)
                .because(Cause::ValuesDiffer)
                .naming_parameter(TOKEN, None))
        }
        (Some(in_body), Some(_)) => Ok(in_body),
        (None, Some(in_query)) if profile == Profile::RingCentral => Ok(in_query),
        (None, Some(_)) => {
            let message = "Parameter token must be in the body";
            Err(Refusal::bad("invalid_request", "CMN-101", message)
                .because(Diagnosis {
                    cause: Cause::ParameterMissing,
                    detail: Some(
                        "token is in the URL. The strict profile reads the body only (RFC 7009 §2.1)."
                            .to_owned(),
                    ),
                })
                .naming_parameter(TOKEN, None))
        }
    }
}

/// RFC 7662, for an app with a secret, about its own tokens.
pub(super) async fn introspect(
    State(server): State<Server>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut log = LogContext {
        what: Some("introspect"),
        ..LogContext::default()
    };
    let mut work = || -> Result<Response, Refusal> {
        let form = Form::of_body(&headers, &body)?;
        let mut cache = server.cache();
        let app = authenticate(&server, &mut cache, &headers, &form, &mut log)?;
        if app.spec.client_type() == ClientType::Public {
            let message = "Client authentication is required";
            return Err(Refusal::unauthorized("invalid_client", "OAU-123", message)
                .because(Cause::SecretMissing));
        }
        let token = form.wanted("token")?;
        let found = cache.workspace.introspect(token, &app.client_id, now())?;
        let body = found.map_or_else(
            || json!({ "active": false }),
            |bearer| {
                json!({
                    "active": true,
                    "client_id": bearer.client.as_str(),
                    "sub": NumericId::of_developer(&bearer.owner).to_string(),
                    "scope": still_granted(&app, &bearer.scope),
                    "token_type": "bearer",
                    "exp": bearer.expires_at.0.div_euclid(1000),
                })
            },
        );
        Ok(json_answer(StatusCode::OK, &body))
    };
    let done = work();
    of_oauth(done, log)
}

#[cfg(test)]
mod tests {
    use super::may_want_id_token;

    #[test]
    fn the_key_is_waited_for_by_requests_with_a_code() {
        for (body, expected) in [
            ("code=c&grant_type=authorization_code", true),
            ("grant_type=authorization%5Fcode", true),
            ("grant_type=refresh_token", false),
            ("grant_type=x&assertion=authorization_code", false),
            ("", false),
        ] {
            assert_eq!(may_want_id_token(body.as_bytes()), expected, "{body}");
        }
    }
}
