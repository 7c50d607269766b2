//! `/restapi/oauth/authorize`: what an app asks for, who is asked, and what goes back.

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

use self::{
    prompt::{Prompt, signed_in_for},
    reply::{Failed, ResponseMode, redirect, refuse},
    request::{Wanted, wanted},
    scope::OPENID,
};
use super::{
    MoreSlashes, Platform, Profile, Shared,
    answer::{Refusal, Told},
    base_of,
    browsers::{Visit, cookie_of, fresh, set_cookie},
    form::Form,
    id_signer, now,
    pages::Page,
    token::granted,
};
use crate::{
    domain::{
        app::{App, ClientType},
        diagnosis::Cause,
        fault::Fault,
        secret::Secret,
    },
    store::{CODE_LIFE_MS, CodeGrant, SignInError},
    vault,
};

/// What the metadata promises.
pub(super) const RESPONSE_MODES: [&str; 3] = {
    let [query, fragment, form_post] = ResponseMode::ALL;
    [query.as_str(), fragment.as_str(), form_post.as_str()]
};

pub(super) async fn get(
    State(platform): State<Platform>,
    RawQuery(query): RawQuery,
    more_slashes: Option<Extension<MoreSlashes>>,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    // The cookie is for the path with one slash: at another one, nobody would be signed in.
    if more_slashes.is_some() {
        return again(&query);
    }
    // Whoever signs in may be told of by an ID token in a moment.
    id_signer::prepare();
    let mut told = Told {
        what: Some("login page"),
        ..Told::default()
    };
    let response = match wanted(&platform, &query, &mut told) {
        Ok(wanted) => show(&platform, &wanted, &query, &headers, &mut told),
        Err(failed) => Err(failed),
    };
    let response = response
        .unwrap_or_else(|failed| refuse(&platform, &headers, failed, StatusCode::FOUND, &mut told));
    told.onto(response)
}

pub(super) async fn post(
    State(platform): State<Platform>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let query = query.unwrap_or_default();
    // A request that an app sends with POST (OpenID Connect Core §3.1.2.1): the page is its own.
    if query.is_empty()
        && let Ok(asked) = Form::of_body(&headers, &body)
        && asked.get("client_id").is_some()
        && asked.get("form_key").is_none()
    {
        return again(&asked.into_query());
    }
    let mut told = Told {
        what: Some("login page"),
        ..Told::default()
    };
    let response = match answered(&platform, &query, &headers, &body, &mut told).await {
        Ok(response) => response,
        Err(failed) => refuse(
            &platform,
            &headers,
            failed,
            StatusCode::SEE_OTHER,
            &mut told,
        ),
    };
    told.onto(response)
}

/// The browser, by its cookie or a new one, and whether it is new.
fn browser_of(shared: &Shared, headers: &HeaderMap) -> Result<(String, bool), Refusal> {
    match cookie_of(headers, shared.port) {
        Some(browser) => Ok((browser, false)),
        None => {
            let mut rng = vault::os_random().map_err(crate::store::StoreError::from)?;
            Ok((fresh(&mut rng), true))
        }
    }
}

fn show(
    shared: &Shared,
    wanted: &Wanted,
    query: &str,
    headers: &HeaderMap,
    told: &mut Told,
) -> Result<Response, Failed> {
    let (browser, is_new) = browser_of(shared, headers)?;
    let visit = visit_of(shared, wanted, &browser);
    let mut response = match (visit, wanted.prompt) {
        (Some(visit), Prompt::Needed | Prompt::None)
            if visit.has_allowed(&wanted.app.client_id, &wanted.scope)
                && may_be_silent(shared, &wanted.app) =>
        {
            told.what = Some("code");
            return code(shared, wanted, &visit, headers, StatusCode::FOUND);
        }
        (visit, Prompt::None) => return Err(wanted.back(not_silent(shared, wanted, visit))),
        (Some(visit), _) => consent(shared, wanted, query, &browser, &visit)?,
        (None, _) => {
            let asked = Asked {
                email: &wanted.login_hint,
                problem: None,
                status: StatusCode::OK,
            };
            sign_in(shared, wanted, query, &browser, &asked)?
        }
    };
    if is_new {
        remember(&mut response, &browser, shared.port);
    }
    Ok(response)
}

/// Why a page would have to be shown.
fn not_silent(shared: &Shared, wanted: &Wanted, visit: Option<Visit>) -> Refusal {
    let (error, message, cause) = match visit {
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

/// Who is signed in in this browser, and may be for this request.
fn visit_of(shared: &Shared, wanted: &Wanted, browser: &str) -> Option<Visit> {
    let now = now();
    let visit = shared.browsers().visit(browser, now).cloned()?;
    let may = wanted.takes_sign_in_of(visit.since, now) && is_here(shared, &visit);
    may.then_some(visit)
}

/// Who was disabled, or got another password, is signed out everywhere.
fn is_here(shared: &Shared, visit: &Visit) -> bool {
    let mark = shared.records().workspace.sign_in_mark(&visit.who);
    mark.is_ok_and(|mark| mark == Some(visit.mark))
}

fn remember(response: &mut Response, browser: &str, port: u16) {
    if let Ok(cookie) = HeaderValue::from_str(&set_cookie(browser, port)) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
}

/// Runs something with what every page needs.
fn page<T>(
    shared: &Shared,
    wanted: &Wanted,
    query: &str,
    browser: &str,
    says: &str,
    draw: impl FnOnce(&Page<'_>) -> T,
) -> Result<T, Refusal> {
    let organization = shared
        .records()
        .workspace
        .organization_name()?
        .unwrap_or_default();
    let form_key = shared.browsers().form_key(browser, says);
    Ok(draw(&Page {
        app: &wanted.app,
        brand: wanted.brand,
        organization: &organization,
        query,
        form_key: &form_key,
        redirect_uri: &wanted.to.redirect_uri,
    }))
}

/// What the form of the sign-in page says: nothing that could be allowed. A scope is never this.
const SIGN_IN: &str = "\n";

struct Asked<'a> {
    email: &'a str,
    problem: Option<&'a str>,
    status: StatusCode,
}

fn sign_in(
    shared: &Shared,
    wanted: &Wanted,
    query: &str,
    browser: &str,
    asked: &Asked<'_>,
) -> Result<Response, Failed> {
    Ok(page(shared, wanted, query, browser, SIGN_IN, |page| {
        page.answer(asked.status, page.sign_in(asked.email, asked.problem))
    })?)
}

fn consent(
    shared: &Shared,
    wanted: &Wanted,
    query: &str,
    browser: &str,
    visit: &Visit,
) -> Result<Response, Failed> {
    let person = shared
        .records()
        .workspace
        .person(&visit.who)
        .map_err(Refusal::from)?;
    let person = person.unwrap_or_default();
    let is_asked = |scope: &str| wanted.scope.split(' ').any(|one| one == scope);
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

/// Who asks in the name of an app without a secret is not known: anything on this machine can
/// listen at a loopback port (RFC 8252 §8.6, RFC 6749 §10.2).
fn may_be_silent(shared: &Shared, app: &App) -> bool {
    shared.profile == Profile::RingCentral || app.spec.client_type() == ClientType::Confidential
}

/// What somebody pressed.
async fn answered(
    shared: &Arc<Shared>,
    query: &str,
    headers: &HeaderMap,
    body: &[u8],
    told: &mut Told,
) -> Result<Response, Failed> {
    let wanted = wanted(shared, query, told)?;
    let form = Form::of_body(headers, body)?;
    let browser = cookie_of(headers, shared.port).unwrap_or_default();
    let form_key = form.get("form_key").unwrap_or_default();
    let is_form_of = |says: &str| shared.browsers().is_form_of(&browser, says, form_key);
    // Scopes may have come to the app since they were shown.
    let is_consent = is_form_of(&wanted.consent());
    if !(is_consent || is_form_of(SIGN_IN)) || !is_from_here(headers) {
        return Ok(page(shared, &wanted, query, &browser, SIGN_IN, |page| {
            page.answer(StatusCode::FORBIDDEN, page.too_old())
        })?);
    }
    let visit = visit_of(shared, &wanted, &browser);
    match (form.get("action"), visit) {
        (Some("sign_in"), _) => {
            told.what = Some("sign-in");
            enter(shared, &wanted, query, &browser, &form, told).await
        }
        (Some("deny"), _) => {
            told.what = Some("consent");
            Err(wanted.denied())
        }
        (Some("allow"), Some(visit)) if is_consent => {
            told.what = Some("consent");
            if told.strikes(&shared.faults, Fault::ConsentDenied) {
                return Err(wanted.denied());
            }
            told.what = Some("code");
            let app = &wanted.app.client_id;
            shared.browsers().allow(&browser, app, &wanted.scope);
            code(shared, &wanted, &visit, headers, StatusCode::SEE_OTHER)
        }
        (Some("leave"), _) => {
            shared.browsers().leave(&browser);
            Ok(again(query))
        }
        _ => Ok(again(query)),
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

/// Back to the page, with GET: a reload then sends no password again.
fn again(query: &str) -> Response {
    let to = format!("/restapi/oauth/authorize?{query}");
    redirect(StatusCode::SEE_OTHER, &to)
}

async fn enter(
    shared: &Arc<Shared>,
    wanted: &Wanted,
    query: &str,
    browser: &str,
    form: &Form,
    told: &mut Told,
) -> Result<Response, Failed> {
    let email = form.get("email").unwrap_or_default().trim().to_owned();
    let password = Secret::new(form.get("password").unwrap_or_default());
    let begun = shared.records().workspace.begin_proof(&email, now());
    let judged = match begun {
        // Slow on purpose, and 64 MiB each: other requests go on meanwhile, other sign-ins wait.
        Ok(proof) => {
            let turn = shared.judging.acquire().await;
            let judged = tokio::task::spawn_blocking(move || proof.judge(&password)).await;
            drop(turn);
            judged.unwrap_or(Err(SignInError::Refused { wait_ms: 0 }))
        }
        Err(error) => Err(error),
    };
    let who = judged.and_then(|held| shared.records().workspace.end_proof(held));
    let (problem, status) = match who {
        Ok((who, mark)) => {
            let mut rng = vault::os_random()
                .map_err(|error| Refusal::from(crate::store::StoreError::from(error)))?;
            let mut browsers = shared.browsers();
            browsers.leave(browser);
            let browser = browsers.enter(who, mark, now(), &mut rng);
            let mut response = again(&signed_in_for(query));
            remember(&mut response, &browser, shared.port);
            return Ok(response);
        }
        Err(SignInError::Refused { .. }) => {
            told.explained("OAU-140", Cause::PasswordWrong);
            (
                "The e-mail and the password do not match.".to_owned(),
                StatusCode::FORBIDDEN,
            )
        }
        Err(error @ SignInError::Wait { .. }) => {
            told.explained("OAU-147", Cause::SignInWaits);
            (error.to_string(), StatusCode::TOO_MANY_REQUESTS)
        }
        Err(SignInError::Store(crate::store::StoreError::MustChangePassword)) => (
            "Choose your own password in the console first.".to_owned(),
            StatusCode::FORBIDDEN,
        ),
        Err(SignInError::Store(error)) => return Err(Refusal::from(error).into()),
    };
    let asked = Asked {
        email: &email,
        problem: Some(&problem),
        status,
    };
    sign_in(shared, wanted, query, browser, &asked)
}

fn code(
    shared: &Shared,
    wanted: &Wanted,
    visit: &Visit,
    headers: &HeaderMap,
    status: StatusCode,
) -> Result<Response, Failed> {
    let grant = CodeGrant {
        client: wanted.app.client_id.clone(),
        owner: visit.who.clone(),
        redirect_uri: wanted.to.redirect_uri.clone(),
        redirect_sent: wanted.redirect_sent,
        challenge: wanted.challenge.clone(),
        scope: wanted.scope.clone(),
        nonce: wanted.nonce.clone(),
        signed_in_at: visit.since,
    };
    let issued = shared.records().workspace.issue_code(&grant, now());
    let code = issued.map_err(|error| wanted.back(error.into()))?;
    let life_s = (CODE_LIFE_MS / 1000).to_string();
    let answer = [("code", code.expose()), ("expires_in", life_s.as_str())];
    Ok(wanted.to.with(shared, headers, status, &answer))
}
