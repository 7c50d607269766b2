//! The grants of a token request: JWT credential, authorization code, refresh token.

use crate::{
    domain::{
        app::{App, redirect_uri::difference, scope::ScopeId},
        oauth::{
            diagnosis::{Cause, Diagnosis},
            fault::Fault,
            jwt::AuthorizedApps,
            setup::Profile,
        },
        time::UnixMs,
    },
    local_server::{
        Shared,
        answer::{LogContext, Refusal},
        authorize::is_registered,
        cache::Cache,
        client::suspended,
        form::Form,
        now,
        scopes::{has, must_be_of, scope_of, still_granted, words},
        shown,
    },
    store::{
        Block, CODE_LIFE_MS, CodeGrant, NewSession, Refreshed, Renewal, Replay, Terms, Tokens,
    },
};

/// How long after a login its refresh tokens work in the strict profile, however often they are
/// exchanged. RingCentral has no such end.
const CHAIN_MAX_MS: i64 = 30 * 24 * 60 * 60 * 1000;

fn not_for_this_grant(app: &App, wanted: &str) -> Refusal {
    Refusal::bad(
        "unauthorized_client",
        "OAU-251",
        "Unauthorized for this grant type",
    )
    .because(Diagnosis {
        cause: Cause::GrantNotAllowed,
        detail: Some(format!(
            "The app uses {}, but the request is for {wanted}.",
            app.spec.auth_label()
        )),
    })
}

pub(super) fn not_found() -> Refusal {
    Refusal::bad("invalid_grant", "OAU-213", "Token not found")
}

/// The developer behind the grant is disabled.
fn owner_disabled() -> Refusal {
    let message = "The developer that the app would act as is disabled";
    Refusal::bad("invalid_grant", "OAU-236", message).because(Cause::JwtOwnerDisabled)
}

/// Checked in this order: the token, its revocation, its apps, its owner, the app's grant type.
pub(super) fn by_jwt(
    shared: &Shared,
    cache: &mut Cache,
    app: &App,
    form: &Form,
    terms: Terms<'_>,
    log: &mut LogContext,
) -> Result<Tokens, Refusal> {
    let revoked = || {
        let message = "The JWT credential was revoked";
        Refusal::bad("invalid_grant", "DEV-102", message).because(Cause::JwtRevoked)
    };
    let assertion = form.wanted("assertion")?;
    let assertion = cache
        .assertion(assertion)
        .map_err(|refusal| refusal.or_stray("assertion", assertion))?;
    assertion.must_not_have_expired(now())?;
    let id = &assertion.credential;
    let Some(standing) = cache.credential(id)? else {
        return Err(revoked());
    };
    if standing.owner != assertion.owner {
        let message = "The assertion and its credential have different users";
        return Err(Refusal::bad("invalid_grant", "DEV-105", message).because(Cause::JwtUnreadable));
    }
    if standing
        .key
        .as_ref()
        .is_some_and(|key| *key != assertion.key)
    {
        let message = "The assertion was not signed with the key of its credential";
        return Err(Refusal::bad("invalid_grant", "DEV-105", message).because(Cause::JwtUnreadable));
    }
    if standing.is_revoked || log.strikes(&shared.faults, Fault::RevokedJwt) {
        return Err(revoked());
    }
    if let AuthorizedApps::Specific(apps) = &standing.apps
        && !apps.contains(&app.client_id)
    {
        let message = "The JWT credential does not allow this app";
        return Err(
            Refusal::bad("invalid_grant", "DEV-101", message).because(Cause::JwtNotForThisApp)
        );
    }
    if !standing.owner_is_active {
        return Err(owner_disabled());
    }
    if !app.spec.uses_jwt() {
        return Err(not_for_this_grant(app, "a JWT credential"));
    }
    if shared.journal.is_some() {
        log.acts_as(cache.workspace.person(&standing.owner)?, true);
    }
    let scope = scope_by_jwt(shared, app, form)?;
    let new = NewSession {
        client: &app.client_id,
        owner: &standing.owner,
        credential: Some(id),
        scope: &scope,
    };
    Ok(cache.workspace.open_session(&new, terms, now())?)
}

/// RingCentral grants all scopes of the app, whatever is requested.
fn scope_by_jwt(shared: &Shared, app: &App, form: &Form) -> Result<String, Refusal> {
    let asked = words(form.get("scope"));
    if shared.profile == Profile::RingCentral || asked.is_empty() {
        return Ok(scope_of(app));
    }
    must_be_of(app, &asked)?;
    Ok(asked.join(" "))
}

fn bad(code: &'static str, message: &str, cause: Cause) -> Refusal {
    Refusal::bad("invalid_grant", code, message).because(cause)
}

fn must_have_redirect_uri(grant: &CodeGrant, form: &Form) -> Result<(), Refusal> {
    let sent = form.get("redirect_uri");
    let fits = sent.map_or(!grant.redirect_sent, |sent| sent == grant.redirect_uri);
    if fits {
        return Ok(());
    }
    let refusal = Refusal::bad("invalid_grant", "OAU-109", "Redirect URIs do not match");
    Err(refusal.because(Diagnosis {
        cause: Cause::RedirectUriDiffers,
        detail: sent.map_or_else(
            || {
                Some(
                    "The token request has no redirect_uri, but the authorize request had one."
                        .to_owned(),
                )
            },
            |sent| difference(&[&grant.redirect_uri], &shown::uri(sent)),
        ),
    }))
}

fn must_have_verifier(grant: &CodeGrant, form: &Form) -> Result<(), Refusal> {
    match (&grant.challenge, form.get("code_verifier")) {
        (None, None) => Ok(()),
        (Some(challenge), Some(verifier)) if challenge.accepts(verifier) => Ok(()),
        (Some(_), Some(verifier)) => {
            let message = "code_verifier does not match the code_challenge";
            Err(bad("DEV-111", message, Cause::VerifierWrong).or_stray("code_verifier", verifier))
        }
        (Some(_), None) => {
            let message = "code_verifier is missing";
            Err(bad("DEV-112", message, Cause::VerifierMissing))
        }
        // Removing the challenge from a login must not help an attacker (RFC 9700 §4.8.2).
        (None, Some(_)) => {
            let message = "code_verifier without a code_challenge";
            Err(bad("DEV-113", message, Cause::VerifierUnexpected))
        }
    }
}

/// The new session, and the login data for its ID token.
pub(super) fn by_code(
    shared: &Shared,
    cache: &mut Cache,
    app: &App,
    form: &Form,
    terms: Terms<'_>,
    log: &mut LogContext,
) -> Result<(Tokens, CodeGrant), Refusal> {
    if !app.spec.is_signed_in_to() {
        return Err(not_for_this_grant(app, "an authorization code"));
    }
    let code = form.wanted("code")?;
    let now = now();
    let workspace = &mut cache.workspace;
    let known = workspace.code(code)?.ok_or_else(|| {
        bad("OAU-106", "Invalid authorization code", Cause::CodeUnknown).or_stray("code", code)
    })?;
    let mut grant = known.grant;
    if grant.client != app.client_id {
        let message = "The authorization code was issued to another application";
        return Err(bad("OAU-110", message, Cause::CodeOfAnother));
    }
    if known.is_used {
        // The code was stolen: the session that it opened ends (RFC 6749 §4.1.2).
        workspace.end_session_of_code(code, now)?;
        return Err(used_twice(known.used_at, now));
    }
    if !known.owner_is_active {
        return Err(owner_disabled());
    }
    if known.is_withdrawn {
        let refusal = Refusal::bad("invalid_grant", "OAU-106", "Invalid authorization code");
        return Err(refusal.because(Diagnosis {
            cause: Cause::CodeUnknown,
            detail: Some("The password was changed after the login.".to_owned()),
        }));
    }
    let is_late = now.0 - known.issued_at.0 >= CODE_LIFE_MS;
    if is_late || log.strikes(&shared.faults, Fault::ExpiredCode) {
        return Err(bad(
            "OAU-108",
            "Authorization code is expired",
            Cause::CodeExpired,
        ));
    }
    if !is_registered(shared, app, &grant.redirect_uri) {
        return Err(
            Refusal::bad("invalid_grant", "OAU-109", "Redirect URIs do not match").because(
                Diagnosis {
                    cause: Cause::RedirectUriDiffers,
                    detail: Some("It was removed from the app after the login.".to_owned()),
                },
            ),
        );
    }
    must_have_redirect_uri(&grant, form)?;
    must_have_verifier(&grant, form)?;
    grant.scope = still_granted(app, &grant.scope);
    let tokens = workspace.redeem_code(code, &grant, terms, now)?;
    Ok((tokens, grant))
}

fn used_twice(first: Option<UnixMs>, now: UnixMs) -> Refusal {
    let ago = first.map(|at| (now.0 - at.0).max(0));
    let detail = ago.map(|ago_ms| {
        if ago_ms < 1000 {
            format!("It was used {ago_ms} ms ago.")
        } else {
            format!("It was used {} s ago.", ago_ms / 1000)
        }
    });
    Refusal::bad("invalid_grant", "OAU-106", "Invalid authorization code").because(Diagnosis {
        cause: Cause::CodeUsedTwice,
        detail,
    })
}

/// A refresh may not request more than was granted (RFC 6749 §6).
fn must_not_be_wider(asked: &[&str], granted: &str) -> Result<(), Refusal> {
    let Some(more) = asked.iter().find(|one| !has(granted, one)) else {
        return Ok(());
    };
    let message = "The scope exceeds what was granted";
    let known = ScopeId::find(more).map(|scope| format!("The scope is {scope}."));
    Err(
        Refusal::bad("invalid_scope", "CMN-101", message).because(Diagnosis {
            cause: Cause::ScopeNotGranted,
            detail: known,
        }),
    )
}

pub(super) fn by_refresh(
    shared: &Shared,
    cache: &mut Cache,
    app: &App,
    form: &Form,
    terms: Terms<'_>,
) -> Result<Tokens, Refusal> {
    let token = form.wanted("refresh_token")?;
    if !app.spec.issues_refresh_tokens() {
        let refusal = not_for_this_grant(app, "a refresh");
        return Err(refusal.because(Cause::NoRefreshTokens));
    }
    let workspace = &mut cache.workspace;
    let is_strict = shared.profile == Profile::Strict;
    let asked = words(form.get("scope").filter(|_| is_strict));
    if !asked.is_empty()
        && let Some(granted) = workspace.introspect(token, &app.client_id, now())?
    {
        must_not_be_wider(&asked, &still_granted(app, &granted.scope))?;
    }
    let renewal = Renewal {
        replay: if is_strict {
            Replay::EndsSession
        } else {
            Replay::Grace
        },
        still_granted: &|scope| still_granted(app, scope),
        narrower: (!asked.is_empty()).then(|| asked.join(" ")),
        age_max_ms: is_strict.then_some(CHAIN_MAX_MS),
    };
    match workspace.refresh_session(token, &app.client_id, terms, &renewal, now())? {
        Refreshed::Tokens(tokens) => Ok(tokens),
        Refreshed::Expired => Err(Refusal::bad("invalid_grant", "OAU-210", "Token expired")
            .because(Cause::RefreshTokenExpired)),
        Refreshed::OfAnother => {
            let message = "The refresh token was issued to another application";
            Err(Refusal::bad("invalid_grant", "OAU-120", message).because(Cause::TokenOfAnother))
        }
        Refreshed::Evicted => Err(not_found().because(Cause::SessionEvicted)),
        Refreshed::Blocked(Block::OwnerDisabled) => Err(owner_disabled()),
        Refreshed::Blocked(Block::CredentialRevoked) => Err(not_found().because(Cause::JwtRevoked)),
        Refreshed::Blocked(Block::AppSuspended) => Err(suspended()),
        Refreshed::Unknown | Refreshed::Replaced => Err(not_found()
            .because(Cause::RefreshTokenReplaced)
            .or_stray("refresh_token", token)),
    }
}
