//! `/restapi/oauth/authorize`: what an app asks for, who is asked, and what goes back.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};

use super::{
    Platform, Profile, Shared,
    answer::{Refusal, Told},
    base_of,
    browsers::{Visit, cookie_of, fresh, set_cookie},
    form::Form,
    now,
    pages::Page,
    token::{granted, scope_of},
};
use crate::{
    domain::{
        app::{App, AppKind, AppStatus, AuthMethod, ClientType},
        credential::ClientId,
        diagnosis::{Cause, Diagnosis},
        fault::Fault,
        id::DeveloperId,
        partner,
        pkce::{Challenge, Method},
        redirect_uri::{RedirectPolicy, RedirectUri, difference},
        secret::Secret,
    },
    store::{CODE_LIFE_MS, CodeGrant, SignInError},
    vault,
};

const BRAND: u32 = 1210;
const OPENID: [&str; 3] = ["openid", "email", "profile"];

/// A request that may be put before somebody.
struct Wanted {
    app: App,
    redirect_uri: String,
    redirect_sent: bool,
    state: Option<String>,
    challenge: Option<Challenge>,
    scope: String,
    nonce: Option<String>,
    brand: &'static str,
    login_hint: String,
    prompt: Prompt,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Prompt {
    /// Ask for what is not known yet.
    Needed,
    Consent,
    /// Show no page.
    None,
}

/// An error goes back to the app once its redirect URI is known to be its own; before, it is
/// shown (RFC 6749 §4.1.2.1).
enum Failed {
    Shown(Refusal),
    SentBack(Box<Back>),
}

impl From<Refusal> for Failed {
    fn from(refusal: Refusal) -> Self {
        Self::Shown(refusal)
    }
}

struct Back {
    redirect_uri: String,
    state: Option<String>,
    refusal: Refusal,
}

pub(super) async fn get(
    State(platform): State<Platform>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
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

fn wanted(shared: &Shared, query: &str, told: &mut Told) -> Result<Wanted, Failed> {
    let form = Form::of_query(query)?;
    let id = form.wanted("client_id")?;
    let workspace = shared.workspace();
    let app = workspace
        .client(&ClientId::from_stored(id))
        .map_err(Refusal::from)?
        .ok_or_else(|| {
            let message = format!("Invalid client: {id}");
            Refusal::bad("invalid_client", "OAU-153", message)
                .because(Cause::UnknownClient)
                .hiding(id)
        })?;
    drop(workspace);
    told.is_of(&app);
    if app.status == AppStatus::Suspended {
        return Err(super::client::suspended().into());
    }
    let Some((policy, client_type)) = login_of(&app) else {
        return Err(no_login().into());
    };
    let (redirect_uri, redirect_sent) = redirect_uri(&app, policy, form.get("redirect_uri"))?;
    let brand = brand(&form)?;
    let state = form.get("state").map(ToOwned::to_owned);

    let checked = || -> Result<(Option<Challenge>, String, Prompt), Refusal> {
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
        ))
    };
    match checked() {
        Ok((challenge, scope, prompt)) => Ok(Wanted {
            redirect_uri,
            redirect_sent,
            state,
            challenge,
            scope,
            nonce: form.get("nonce").map(ToOwned::to_owned),
            brand,
            login_hint: form.get("login_hint").unwrap_or_default().to_owned(),
            prompt,
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
            return Err(Refusal::bad("invalid_request", "DEV-114", message)
                .because(Cause::ChallengeMissing));
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
    let openid: Vec<&str> = sent.split(' ').filter(|one| OPENID.contains(one)).collect();
    let is_openid = openid.contains(&"openid");
    let asked: Vec<&str> = sent
        .split(' ')
        .filter(|one| !one.is_empty() && !OPENID.contains(one))
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
    if is_openid {
        for one in openid {
            if !scope.is_empty() {
                scope.push(' ');
            }
            scope.push_str(one);
        }
    }
    Ok(scope)
}

/// `login` and `sso` name the ways of a sign-in, which here is one.
fn prompt(form: &Form) -> Result<Prompt, Refusal> {
    let words: Vec<&str> = form
        .get("prompt")
        .unwrap_or("login sso")
        .split(' ')
        .collect();
    if words
        .iter()
        .any(|word| !["login", "sso", "consent", "none"].contains(word))
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
    fn back(&self, refusal: Refusal) -> Failed {
        Failed::SentBack(Box::new(Back {
            redirect_uri: self.redirect_uri.clone(),
            state: self.state.clone(),
            refusal,
        }))
    }

    fn denied(&self) -> Failed {
        self.back(
            Refusal::bad("access_denied", "access_denied", "Access was denied")
                .because(Cause::ConsentDenied),
        )
    }
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
    let visit = shared.browsers().visit(&browser, now()).cloned();
    let visit = visit.filter(|visit| is_here(shared, visit));
    let mut response = match (visit, wanted.prompt) {
        (Some(visit), Prompt::Needed | Prompt::None)
            if visit.allowed.contains(&wanted.app.client_id) =>
        {
            told.what = Some("code");
            return code(shared, wanted, &visit.who, headers, StatusCode::FOUND);
        }
        (visit, Prompt::None) => {
            let error = if visit.is_some() {
                "consent_required"
            } else {
                "login_required"
            };
            let message = "prompt=none needs a person who is signed in and has consented";
            return Err(
                wanted.back(Refusal::bad(error, "CMN-405", message).because(Cause::LoginRequired))
            );
        }
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

/// Who was disabled, or got another password, is signed out everywhere.
fn is_here(shared: &Shared, visit: &Visit) -> bool {
    let mark = shared.workspace().sign_in_mark(&visit.who);
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
    draw: impl FnOnce(&Page<'_>) -> T,
) -> Result<T, Refusal> {
    let organization = shared.workspace().organization_name()?.unwrap_or_default();
    let form_key = shared.browsers().form_key(browser);
    Ok(draw(&Page {
        app: &wanted.app,
        brand: wanted.brand,
        organization: &organization,
        query,
        form_key: &form_key,
        redirect_uri: &wanted.redirect_uri,
    }))
}

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
    Ok(page(shared, wanted, query, browser, |page| {
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
        .workspace()
        .person(&visit.who)
        .map_err(Refusal::from)?;
    let (name, email) = person.unwrap_or_default();
    let scopes: Vec<_> = granted(&wanted.app)
        .into_iter()
        .filter(|scope| wanted.scope.split(' ').any(|one| one == scope.as_str()))
        .collect();
    Ok(page(shared, wanted, query, browser, |page| {
        page.answer(StatusCode::OK, page.consent((&name, &email), &scopes))
    })?)
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
    let is_ours = shared
        .browsers()
        .is_form_of(&browser, form.get("form_key").unwrap_or_default());
    if !is_ours || !is_from_here(headers) {
        return Ok(page(shared, &wanted, query, &browser, |page| {
            page.answer(StatusCode::FORBIDDEN, page.too_old())
        })?);
    }
    let visit = shared.browsers().visit(&browser, now()).cloned();
    let visit = visit.filter(|visit| is_here(shared, visit));
    match (form.get("action"), visit) {
        (Some("sign_in"), _) => {
            told.what = Some("sign-in");
            enter(shared, &wanted, query, &browser, &form).await
        }
        (Some("deny"), _) => {
            told.what = Some("consent");
            Err(wanted.denied())
        }
        (Some("allow"), Some(visit)) => {
            told.what = Some("consent");
            if told.strikes(&shared.faults, Fault::ConsentDenied) {
                return Err(wanted.denied());
            }
            told.what = Some("code");
            shared.browsers().allow(&browser, &wanted.app.client_id);
            code(shared, &wanted, &visit.who, headers, StatusCode::SEE_OTHER)
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
) -> Result<Response, Failed> {
    let email = form.get("email").unwrap_or_default().trim().to_owned();
    let password = Secret::new(form.get("password").unwrap_or_default());
    let begun = shared.workspace().begin_proof(&email, now());
    let judged = match begun {
        // Slow on purpose: other requests go on meanwhile.
        Ok(proof) => tokio::task::spawn_blocking(move || proof.judge(&password))
            .await
            .unwrap_or(Err(SignInError::Refused { wait_ms: 0 })),
        Err(error) => Err(error),
    };
    let who = judged.and_then(|held| shared.workspace().end_proof(held));
    let (problem, status) = match who {
        Ok(who) => {
            let mut rng = vault::os_random()
                .map_err(|error| Refusal::from(crate::store::StoreError::from(error)))?;
            let mark = shared
                .workspace()
                .sign_in_mark(&who)
                .map_err(Refusal::from)?;
            let mark = mark.unwrap_or_default();
            let mut browsers = shared.browsers();
            browsers.leave(browser);
            let browser = browsers.enter(who, mark, now(), &mut rng);
            let mut response = again(query);
            remember(&mut response, &browser, shared.port);
            return Ok(response);
        }
        Err(SignInError::Refused { .. }) => (
            "This e-mail and this password do not belong together.".to_owned(),
            StatusCode::FORBIDDEN,
        ),
        Err(error @ SignInError::Wait { .. }) => (error.to_string(), StatusCode::TOO_MANY_REQUESTS),
        Err(SignInError::Store(crate::store::StoreError::MustChangePassword)) => (
            "Choose a password of your own in the console first.".to_owned(),
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
    who: &DeveloperId,
    headers: &HeaderMap,
    status: StatusCode,
) -> Result<Response, Failed> {
    let grant = CodeGrant {
        client: wanted.app.client_id.clone(),
        owner: who.clone(),
        redirect_uri: wanted.redirect_uri.clone(),
        redirect_sent: wanted.redirect_sent,
        challenge: wanted.challenge.clone(),
        scope: wanted.scope.clone(),
        nonce: wanted.nonce.clone(),
    };
    let issued = shared.workspace().issue_code(&grant, now());
    let code = issued.map_err(|error| wanted.back(error.into()))?;
    let life_s = (CODE_LIFE_MS / 1000).to_string();
    let mut answer = vec![("code", code.expose()), ("expires_in", life_s.as_str())];
    answer.extend(wanted.state.as_deref().map(|state| ("state", state)));
    let issuer = base_of(headers);
    if shared.profile == Profile::Strict {
        // RFC 9207 §2.
        answer.push(("iss", &issuer));
    }
    Ok(redirect(
        status,
        &with_answer(&wanted.redirect_uri, &answer),
    ))
}

fn refuse(
    shared: &Shared,
    headers: &HeaderMap,
    failed: Failed,
    status: StatusCode,
    told: &mut Told,
) -> Response {
    match failed {
        Failed::Shown(refusal) => {
            told.refused(&refusal);
            refusal.of_oauth()
        }
        Failed::SentBack(back) => {
            let Back {
                redirect_uri,
                state,
                refusal,
            } = *back;
            told.refused(&refusal);
            let mut answer = vec![
                ("error", refusal.error),
                ("error_description", refusal.message.as_str()),
            ];
            answer.extend(state.as_deref().map(|state| ("state", state)));
            let issuer = base_of(headers);
            if shared.profile == Profile::Strict {
                answer.push(("iss", &issuer));
            }
            redirect(status, &with_answer(&redirect_uri, &answer))
        }
    }
}

/// The text that was registered stays as it is, its query too (RFC 6749 §3.1.2).
fn with_answer(redirect_uri: &str, answer: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(answer);
    let query = query.finish();
    let joint = match redirect_uri.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some((_, known)) if known.ends_with('&') => "",
        Some(_) => "&",
    };
    format!("{redirect_uri}{joint}{query}")
}

fn redirect(status: StatusCode, to: &str) -> Response {
    let mut response = status.into_response();
    let headers = response.headers_mut();
    if let Ok(to) = HeaderValue::from_str(to) {
        headers.insert(header::LOCATION, to);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let none = HeaderValue::from_static("no-referrer");
    headers.insert(header::REFERRER_POLICY, none);
    response
}

#[cfg(test)]
mod tests {
    use super::with_answer;

    #[test]
    fn a_query_that_was_registered_is_kept() {
        for (registered, expected) in [
            ("https://a.example/cb", "https://a.example/cb?code=x+y"),
            ("https://a.example/cb?", "https://a.example/cb?code=x+y"),
            (
                "https://a.example/cb?p=1",
                "https://a.example/cb?p=1&code=x+y",
            ),
            ("com.example.app:/cb", "com.example.app:/cb?code=x+y"),
        ] {
            assert_eq!(with_answer(registered, &[("code", "x y")]), expected);
        }
    }
}
