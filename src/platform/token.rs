//! `/restapi/oauth/token` and `/restapi/oauth/revoke`.
//! Deliberately absent: the authorization code grant, which needs a page to sign in at.

use std::collections::HashMap;

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde_json::json;

use super::{
    Platform, Shared,
    answer::{Refusal, json_answer},
    client::authenticate,
    group, now,
    verify::verify,
};
use crate::{
    domain::{
        app::{App, AppKind},
        effective_scopes::effective_scopes,
        jwt::AuthorizedApps,
    },
    store::{Lifetimes, NewSession, Tokens},
};

const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const ACCESS_S: i64 = 3600;
const ACCESS_MIN_S: i64 = 600;
const REFRESH_S: i64 = 604_800;

/// The parameters of a request, each of which may be there once (RFC 6749 §3.2).
#[derive(Debug)]
pub struct Form(HashMap<String, String>);

impl Form {
    fn parse(headers: &HeaderMap, body: &[u8]) -> Result<Self, Refusal> {
        let kind = headers
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or_default();
        if !kind
            .to_ascii_lowercase()
            .starts_with("application/x-www-form-urlencoded")
        {
            return Err(Refusal {
                status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
                ..Refusal::bad(
                    "invalid_request",
                    "CMN-120",
                    "The body has to be application/x-www-form-urlencoded",
                )
            });
        }
        let mut pairs = HashMap::new();
        for (name, value) in url::form_urlencoded::parse(body) {
            if pairs
                .insert(name.clone().into_owned(), value.into_owned())
                .is_some()
            {
                return Err(Refusal::bad(
                    "invalid_request",
                    "OAU-111",
                    format!("Parameter {name} is there twice"),
                ));
            }
        }
        Ok(Self(pairs))
    }

    /// An empty parameter counts as none (RFC 6749 §3.2).
    pub fn get(&self, name: &str) -> Option<&str> {
        let value = self.0.get(name)?;
        (!value.is_empty()).then_some(value.as_str())
    }

    fn wanted(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| {
            Refusal::bad(
                "invalid_request",
                "CMN-101",
                format!("Parameter {name} is missing"),
            )
        })
    }

    fn seconds(&self, name: &str) -> Option<i64> {
        self.get(name)?.parse().ok()
    }
}

pub(super) async fn token(
    State(platform): State<Platform>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    group::answered(platform, headers, body).await
}

pub(super) fn answer(
    shared: &Shared,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Response, Refusal> {
    let form = Form::parse(headers, body)?;
    let app = authenticate(shared, headers, &form)?;
    let lifetimes = lifetimes(&app, &form);
    let tokens = match form.wanted("grant_type")? {
        JWT_BEARER => by_jwt(shared, &app, &form, lifetimes)?,
        "refresh_token" => by_refresh(shared, &app, &form, lifetimes)?,
        _ => {
            return Err(Refusal::bad(
                "invalid_request",
                "OAU-250",
                "Unsupported grant type",
            ));
        }
    };
    Ok(handed_out(&tokens, lifetimes))
}

fn lifetimes(app: &App, form: &Form) -> Lifetimes {
    let issues = matches!(
        app.spec.kind,
        AppKind::RestApi {
            issue_refresh_tokens: true,
            ..
        }
    );
    let refresh_s = form.seconds("refresh_token_ttl").unwrap_or(REFRESH_S);
    Lifetimes {
        access_s: form
            .seconds("access_token_ttl")
            .unwrap_or(ACCESS_S)
            .clamp(ACCESS_MIN_S, ACCESS_S),
        refresh_s: (issues && refresh_s > 0).then(|| refresh_s.min(REFRESH_S)),
    }
}

fn not_for_this_grant() -> Refusal {
    Refusal::bad(
        "unauthorized_client",
        "OAU-251",
        "Unauthorized for this grant type: the app's Auth settings decide that",
    )
}

/// Checked in this order: the token itself, revoked, the apps, the owner, the app's own grant.
fn by_jwt(
    shared: &Shared,
    app: &App,
    form: &Form,
    lifetimes: Lifetimes,
) -> Result<Tokens, Refusal> {
    let refused = |message: &str| Refusal::bad("invalid_grant", "DEV-101", message);
    let assertion = form.wanted("assertion")?;
    let mut workspace = shared.workspace();
    let id = verify(
        assertion,
        &workspace.jwks()?,
        &mut shared.signatures(),
        now(),
    )?;
    let Some(standing) = workspace.jwt_standing(&id)? else {
        return Err(refused("The JWT credential is unknown here"));
    };
    if standing.is_revoked {
        return Err(refused("The JWT credential was revoked"));
    }
    if let AuthorizedApps::Specific(apps) = &standing.apps
        && !apps.contains(&app.client_id)
    {
        return Err(refused(
            "This app is not among those that the JWT credential allows",
        ));
    }
    if !standing.owner_is_active {
        return Err(Refusal::bad(
            "invalid_grant",
            "OAU-236",
            "The owner of the JWT credential is disabled",
        ));
    }
    if !app.spec.uses_jwt() {
        return Err(not_for_this_grant());
    }
    let scope = scope_of(app);
    let new = NewSession {
        client: &app.client_id,
        owner: &standing.owner,
        credential: Some(&id),
        scope: &scope,
    };
    Ok(workspace.open_session(&new, lifetimes, now())?)
}

fn by_refresh(
    shared: &Shared,
    app: &App,
    form: &Form,
    lifetimes: Lifetimes,
) -> Result<Tokens, Refusal> {
    let token = form.wanted("refresh_token")?;
    if lifetimes.refresh_s.is_none() && form.seconds("refresh_token_ttl").is_none() {
        return Err(not_for_this_grant());
    }
    let mut workspace = shared.workspace();
    workspace
        .refresh_session(token, &app.client_id, lifetimes, now())?
        .ok_or_else(|| Refusal::bad("invalid_grant", "OAU-213", "Token not found"))
}

/// What the app may really do, space by space.
fn scope_of(app: &App) -> String {
    let granted: Vec<&str> = effective_scopes(app)
        .into_iter()
        .filter(|(_, standing)| standing.is_effective())
        .map(|(scope, _)| scope.as_str())
        .collect();
    granted.join(" ")
}

fn handed_out(tokens: &Tokens, lifetimes: Lifetimes) -> Response {
    let mut body = json!({
        "access_token": tokens.access.expose(),
        "token_type": "bearer",
        "expires_in": lifetimes.access_s,
        "scope": tokens.scope,
        "owner_id": tokens.owner.as_str(),
        "endpoint_id": tokens.session,
        "session_id": tokens.session,
    });
    if let (Some(refresh), Some(seconds), Some(body)) =
        (&tokens.refresh, lifetimes.refresh_s, body.as_object_mut())
    {
        body.insert("refresh_token".to_owned(), refresh.expose().into());
        body.insert("refresh_token_expires_in".to_owned(), seconds.into());
    }
    json_answer(StatusCode::OK, &body)
}

/// RFC 7009: what is unknown is as good as revoked.
pub(super) async fn revoke(
    State(platform): State<Platform>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let work = || -> Result<(), Refusal> {
        let form = Form::parse(&headers, &body)?;
        let app = authenticate(&platform, &headers, &form)?;
        let token = form.wanted("token")?;
        let workspace = &mut platform.workspace();
        Ok(workspace.end_session(token, &app.client_id)?)
    };
    match work() {
        Ok(()) => StatusCode::OK.into_response(),
        Err(refusal) => refusal.of_oauth(),
    }
}
