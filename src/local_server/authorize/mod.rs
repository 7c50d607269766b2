//! `/restapi/oauth/authorize`: checks the request, shows the login and consent pages, and redirects
//! back to the app.

mod enter;
mod prompt;
mod reply;
mod request;
mod scope;

use std::sync::Arc;

use axum::{
    Extension,
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use strum::VariantNames as _;

use self::{
    enter::{SignInForm, enter, sign_in_page},
    prompt::Prompt,
    reply::{Failed, ResponseMode, redirect, refuse},
    request::{Wanted, wanted},
};
use super::{
    MoreSlashes, Server, Shared,
    answer::{LogContext, Refusal},
    base_of,
    form::Form,
    id_signer,
    login_sessions::{LoginSession, cookie_of, fresh, set_cookie},
    now,
    openid_scopes::OPENID,
    pages::Page,
    scopes::{granted, has},
};
use crate::domain::oauth::setup::Profile;
use crate::{
    domain::{
        app::{App, ClientType},
        id::DeveloperId,
        oauth::{diagnosis::Cause, fault::Fault},
        time::UnixMs,
    },
    store::{CODE_LIFE_MS, CodeGrant, StoreError},
    vault,
};

pub(super) use self::request::is_registered;

/// Listed in the metadata.
pub(super) const RESPONSE_MODES: &[&str] = ResponseMode::VARIANTS;

pub(super) async fn get(
    State(server): State<Server>,
    RawQuery(query): RawQuery,
    more_slashes: Option<Extension<MoreSlashes>>,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    // The cookie is for the path with one slash: at another path, the browser would look signed
    // out.
    if more_slashes.is_some() {
        return redirect_to_page(&query);
    }
    // A sign-in may be followed by an ID token, and its key takes long to mint.
    id_signer::prepare();
    let mut log = LogContext {
        what: Some("login page"),
        ..LogContext::default()
    };
    let response = match wanted(&server, &query, &mut log) {
        Ok(wanted) => show(&server, &wanted, &query, &headers, &mut log),
        Err(failed) => Err(failed),
    };
    let response = response
        .unwrap_or_else(|failed| refuse(&server, &headers, failed, StatusCode::FOUND, &mut log));
    log.onto(response)
}

pub(super) async fn post(
    State(server): State<Server>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let query = query.unwrap_or_default();
    // An app may send the request with POST (OpenID Connect Core §3.1.2.1). The forms of the pages
    // keep it in the query.
    if query.is_empty()
        && let Ok(asked) = Form::of_body(&headers, &body)
        && asked.get("client_id").is_some()
        && asked.get("form_key").is_none()
    {
        return redirect_to_page(&asked.into_query());
    }
    let mut log = LogContext {
        what: Some("login page"),
        ..LogContext::default()
    };
    let response = match answered(&server, &query, &headers, &body, &mut log).await {
        Ok(response) => response,
        Err(failed) => refuse(&server, &headers, failed, StatusCode::SEE_OTHER, &mut log),
    };
    log.onto(response)
}

/// The ID of the browser from its cookie, or a new one, and whether it is new.
fn browser_of(shared: &Shared, headers: &HeaderMap) -> Result<(String, bool), Refusal> {
    match cookie_of(headers, shared.port) {
        Some(browser) => Ok((browser, false)),
        None => {
            let mut rng = vault::os_random().map_err(StoreError::from)?;
            Ok((fresh(&mut rng), true))
        }
    }
}

fn show(
    shared: &Shared,
    wanted: &Wanted,
    query: &str,
    headers: &HeaderMap,
    log: &mut LogContext,
) -> Result<Response, Failed> {
    if let Some(who) = &shared.consent {
        if log.strikes(&shared.faults, Fault::ConsentDenied) {
            log.what = Some("consent");
            return Err(wanted.denied());
        }
        log.what = Some("code");
        return code(shared, wanted, (who, now()), headers, StatusCode::FOUND);
    }
    let (browser, is_new) = browser_of(shared, headers)?;
    let session = session_of(shared, wanted, &browser);
    let mut response = match (session, wanted.prompt) {
        (Some(session), Prompt::Needed | Prompt::None)
            if session.has_allowed(
                &wanted.app.client_id,
                &wanted.to.redirect_uri,
                &wanted.scope,
            ) && may_be_silent(shared, &wanted.app) =>
        {
            log.what = Some("code");
            let signed_in = (&session.who, session.since);
            return code(shared, wanted, signed_in, headers, StatusCode::FOUND);
        }
        (session, Prompt::None) => return Err(wanted.back(not_silent(shared, wanted, session))),
        (Some(session), _) => consent(shared, wanted, query, &browser, &session)?,
        (None, _) => {
            let asked = SignInForm {
                email: &wanted.login_hint,
                problem: None,
                status: StatusCode::OK,
            };
            sign_in_page(shared, wanted, query, &browser, &asked)?
        }
    };
    if is_new {
        remember(&mut response, &browser, shared.port);
    }
    Ok(response)
}

/// Why a page must be shown.
fn not_silent(shared: &Shared, wanted: &Wanted, session: Option<LoginSession>) -> Refusal {
    let (error, message, cause) = match session {
        None => (
            "login_required",
            "prompt=none needs a user who is signed in in this browser",
            Cause::LoginRequired,
        ),
        Some(_) if !may_be_silent(shared, &wanted.app) => (
            "consent_required",
            "prompt=none never succeeds for an app without a secret in the strict profile",
            Cause::ConsentEachTime,
        ),
        Some(_) => (
            "consent_required",
            "prompt=none needs a user who has allowed the app",
            Cause::LoginRequired,
        ),
    };
    Refusal::bad(error, "CMN-405", message).because(cause)
}

/// The login session of this browser, if the request accepts it.
fn session_of(shared: &Shared, wanted: &Wanted, browser: &str) -> Option<LoginSession> {
    let now = now();
    let session = shared.login_sessions().session(browser, now).cloned()?;
    let may = wanted.takes_sign_in_of(session.since, now) && is_here(shared, &session);
    may.then_some(session)
}

/// A developer who was disabled, or whose password changed, is signed out everywhere.
fn is_here(shared: &Shared, session: &LoginSession) -> bool {
    let mark = shared.cache().workspace.sign_in_mark(&session.who);
    mark.is_ok_and(|mark| mark == Some(session.mark))
}

fn remember(response: &mut Response, browser: &str, port: u16) {
    if let Ok(cookie) = HeaderValue::from_str(&set_cookie(browser, port)) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
}

/// Runs `work` with the parts that every page needs.
fn page<T>(
    shared: &Shared,
    wanted: &Wanted,
    query: &str,
    browser: &str,
    says: &str,
    draw: impl FnOnce(&Page<'_>) -> T,
) -> Result<T, Refusal> {
    let organization = shared
        .cache()
        .workspace
        .organization_name()?
        .unwrap_or_default();
    let form_key = shared.login_sessions().form_key(browser, says);
    Ok(draw(&Page {
        app: &wanted.app,
        brand: wanted.brand,
        organization: &organization,
        query,
        form_key: &form_key,
        redirect_uri: &wanted.to.redirect_uri,
    }))
}

fn consent(
    shared: &Shared,
    wanted: &Wanted,
    query: &str,
    browser: &str,
    session: &LoginSession,
) -> Result<Response, Failed> {
    let person = shared
        .cache()
        .workspace
        .person(&session.who)
        .map_err(Refusal::from)?;
    let person = person.unwrap_or_default();
    let is_asked = |scope: &str| has(&wanted.scope, scope);
    let scopes: Vec<_> = granted(&wanted.app)
        .into_iter()
        .filter(|scope| is_asked(scope.as_str()))
        .map(|scope| (scope.scope().label, scope.scope().description))
        .chain(
            OPENID
                .into_iter()
                .filter_map(|(scope, label, about)| is_asked(scope).then_some((label, about))),
        )
        .collect();
    Ok(page(
        shared,
        wanted,
        query,
        browser,
        &wanted.consent(),
        |page| page.answer(StatusCode::OK, page.consent(&person, &scopes)),
    )?)
}

/// Without a secret, the identity of the app is unknown: any program on this machine can listen at
/// a loopback port (RFC 8252 §8.6, RFC 6749 §10.2).
fn may_be_silent(shared: &Shared, app: &App) -> bool {
    shared.profile == Profile::RingCentral || app.spec.client_type() == ClientType::Confidential
}

/// Handles a pressed button.
async fn answered(
    shared: &Arc<Shared>,
    query: &str,
    headers: &HeaderMap,
    body: &[u8],
    log: &mut LogContext,
) -> Result<Response, Failed> {
    let wanted = wanted(shared, query, log)?;
    let form = Form::of_body(headers, body)?;
    let browser = cookie_of(headers, shared.port);
    let form_key = form.get("form_key").unwrap_or_default();
    let is_form_of = |says: &str| {
        let browser = browser.as_deref();
        browser.is_some_and(|browser| shared.login_sessions().is_form_of(browser, says, form_key))
    };
    // The app may have got more scopes since the page was shown.
    let is_consent = is_form_of(&wanted.consent());
    let is_form = is_consent || is_form_of(&wanted.sign_in());
    let Some(browser) = browser
        .as_deref()
        .filter(|_| is_form && is_from_here(headers))
    else {
        return Ok(page(shared, &wanted, query, "", "", |page| {
            page.answer(StatusCode::FORBIDDEN, page.too_old())
        })?);
    };
    let session = session_of(shared, &wanted, browser);
    match (form.get("action"), session) {
        (Some("sign_in"), _) => {
            log.what = Some("sign-in");
            enter(shared, &wanted, query, browser, &form, log).await
        }
        (Some("deny"), _) => {
            log.what = Some("consent");
            Err(wanted.denied())
        }
        (Some("allow"), Some(session)) if is_consent => {
            log.what = Some("consent");
            if log.strikes(&shared.faults, Fault::ConsentDenied) {
                return Err(wanted.denied());
            }
            log.what = Some("code");
            let app = &wanted.app.client_id;
            let uri = &wanted.to.redirect_uri;
            let mut login_sessions = shared.login_sessions();
            login_sessions.allow(browser, app, uri, &wanted.scope);
            drop(login_sessions);
            let signed_in = (&session.who, session.since);
            code(shared, &wanted, signed_in, headers, StatusCode::SEE_OTHER)
        }
        (Some("leave"), _) => {
            shared.login_sessions().leave(browser);
            Ok(redirect_to_page(query))
        }
        _ => Ok(redirect_to_page(query)),
    }
}

fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match text(header::ORIGIN) {
        // Not every browser sends it with a form of the same site.
        None => true,
        Some(origin) => origin == base_of(headers),
    }
}

/// Redirects to the page with GET, so that reloading does not send the password again.
fn redirect_to_page(query: &str) -> Response {
    let to = format!("/restapi/oauth/authorize?{query}");
    redirect(StatusCode::SEE_OTHER, &to)
}

fn code(
    shared: &Shared,
    wanted: &Wanted,
    (who, signed_in_at): (&DeveloperId, UnixMs),
    headers: &HeaderMap,
    status: StatusCode,
) -> Result<Response, Failed> {
    let grant = CodeGrant {
        client: wanted.app.client_id.clone(),
        owner: who.clone(),
        redirect_uri: wanted.to.redirect_uri.clone(),
        redirect_sent: wanted.redirect_sent,
        challenge: wanted.challenge.clone(),
        scope: wanted.scope.clone(),
        nonce: wanted.nonce.clone(),
        signed_in_at,
    };
    let issued = shared.cache().workspace.issue_code(&grant, now());
    let code = issued.map_err(|error| wanted.back(error.into()))?;
    let life_s = (CODE_LIFE_MS / 1000).to_string();
    let answer = [("code", code.expose()), ("expires_in", life_s.as_str())];
    Ok(wanted.to.with(shared, headers, status, &answer))
}
