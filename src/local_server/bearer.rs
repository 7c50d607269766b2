//! Finds the access token of a request, and the developer and app that it stands for.

use std::borrow::Cow;

use axum::http::{HeaderMap, Uri, header};

use super::{
    Shared,
    answer::{LogContext, Refusal},
    form::Form,
    now,
    scopes::still_granted,
};
use crate::domain::oauth::setup::Profile;
use crate::{
    domain::{
        oauth::{
            diagnosis::Cause,
            fault::Fault,
            jwt_text::{JwtKind, kind_of},
        },
        time::UnixMs,
    },
    store::{Access, Bearer, Block},
};

/// A replaced token is reported as replaced for this long, then as unknown.
/// Source: RingCentral's answers, as far as they were observed.
const REPLACED_MS: i64 = 10_000;
const SKEW_MS: i64 = 60 * 60 * 1000;

/// The token in the header, in a form body or, as RingCentral also accepts, in the query.
fn token<'a>(
    profile: Profile,
    headers: &'a HeaderMap,
    uri: &'a Uri,
    form: Option<&'a Form>,
) -> Result<Cow<'a, str>, Refusal> {
    let in_body = form.and_then(|form| form.get("access_token"));
    let Some(header) = headers.get(header::AUTHORIZATION) else {
        if let Some(token) = in_body {
            return Ok(Cow::Borrowed(token));
        }
        let query = uri.query().unwrap_or_default();
        let found = url::form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "access_token" && profile == Profile::RingCentral);
        return found.map(|(_, token)| token).ok_or_else(|| {
            let message = "Authorization header is not specified";
            Refusal::unauthorized("AGW-401", "AGW-401", message).because(Cause::NoBearer)
        });
    };
    if in_body.is_some() {
        // RFC 6750 §2.
        let message = "The access token is both in the Authorization header and in the body";
        return Err(
            Refusal::bad("invalid_request", "DEV-117", message).because(Cause::TwoCredentials)
        );
    }
    let value = header.to_str().unwrap_or_default();
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    // Two SDKs copy the lower-case token_type.
    if !scheme.eq_ignore_ascii_case("bearer") || token.trim().is_empty() {
        let message = "Invalid Authorization header";
        return Err(
            Refusal::unauthorized("InvalidToken", "OAU-134", message).because(Cause::NoBearer)
        );
    }
    Ok(Cow::Borrowed(token.trim()))
}

pub(super) fn invalid(code: &'static str, message: &str, cause: Cause) -> Refusal {
    Refusal::unauthorized("TokenInvalid", code, message).because(cause)
}

/// Refuses text that cannot be a token of this server.
fn must_be_readable(token: &str) -> Result<(), Refusal> {
    let is_of_one = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let cause = match kind_of(token) {
        Some(JwtKind::IdToken) => Cause::IdTokenAsBearer,
        Some(JwtKind::Other) => Cause::JwtAsBearer,
        None if token.bytes().all(is_of_one) => return Ok(()),
        None => Cause::BearerUnreadable,
    };
    let refusal = invalid("OAU-149", "Parsing access token failed", cause);
    Err(refusal.or_stray("The access token", token))
}

/// The developer and app that the token stands for.
pub(super) fn bearer(
    shared: &Shared,
    headers: &HeaderMap,
    uri: &Uri,
    form: Option<&Form>,
    log: &mut LogContext,
) -> Result<Bearer, Refusal> {
    let token = token(shared.profile, headers, uri, form)?;
    must_be_readable(&token)?;
    if log.strikes(&shared.faults, Fault::EvictedSession) {
        return Err(invalid("OAU-213", "Token not found", Cause::SessionEvicted));
    }
    let at = now();
    let skew = if log.strikes(&shared.faults, Fault::ClockSkew) {
        SKEW_MS
    } else {
        0
    };
    let workspace = &mut shared.cache().workspace;
    let mut access = workspace.access(&token, UnixMs(at.0 + skew))?;
    if let Access::Speaks(bearer) | Access::Blocked(bearer, _) = &mut access
        && let Some(app) = workspace.client(&bearer.client)?
    {
        log.is_of(&app);
        bearer.scope = still_granted(&app, &bearer.scope);
        if shared.journal.is_some() {
            log.acts_as(workspace.person(&bearer.owner)?, bearer.by_jwt);
        }
    }
    match access {
        Access::Speaks(bearer) => Ok(bearer),
        Access::Blocked(_, block) => {
            let cause = match block {
                Block::AppSuspended => Cause::AppSuspended,
                Block::OwnerDisabled => Cause::JwtOwnerDisabled,
                Block::CredentialRevoked => Cause::JwtRevoked,
            };
            Err(invalid("OAU-213", "Token not found", cause))
        }
        Access::Expired => {
            Err(
                Refusal::unauthorized("TokenExpired", "OAU-128", "Access token expired")
                    .because(Cause::AccessTokenExpired),
            )
        }
        Access::Replaced { at: replaced } if at.0 - replaced.0 < REPLACED_MS => Err(invalid(
            "OAU-129",
            "Access token corrupted",
            Cause::AccessTokenReplaced,
        )),
        Access::Evicted => Err(invalid("OAU-213", "Token not found", Cause::SessionEvicted)),
        Access::Replaced { .. } | Access::Unknown => Err(invalid(
            "OAU-213",
            "Token not found",
            Cause::RefreshTokenReplaced,
        )),
    }
}
