//! What is read: keys, metadata, and the few API resources that a first call asks for.

use std::borrow::Cow;

use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};

use super::{
    Platform, Profile, Shared,
    answer::{Refusal, Told, json_answer},
    base_of, now,
};
use crate::{
    domain::{
        app::App,
        diagnosis::{Cause, Diagnosis},
        effective_scopes::{Standing, effective_scopes},
        fault::Fault,
        scope::ScopeId,
        time::UnixMs,
    },
    store::{Access, Bearer, Block},
};

/// How long a token that was replaced is told from one that is unknown. Source: answers of the
/// platform about refreshing, as far as they were observed.
const REPLACED_MS: i64 = 10_000;
const SKEW_MS: i64 = 60 * 60 * 1000;

pub(super) async fn jwks(State(platform): State<Platform>) -> Response {
    match platform.records().workspace.jwks() {
        Ok(mut keys) => {
            keys.push(platform.id_signer.jwk());
            json_answer(StatusCode::OK, &json!({ "keys": keys }))
        }
        Err(error) => Refusal::from(error).of_api(),
    }
}

/// RFC 8414 §2 and OpenID Connect Discovery §3 in one: the issuer is whatever it was asked as.
pub(super) async fn metadata(State(platform): State<Platform>, headers: HeaderMap) -> Response {
    let issuer = base_of(&headers);
    let at = |path: &str| format!("{issuer}/restapi/oauth/{path}");
    let methods: &[&str] = match platform.profile {
        Profile::RingCentral => &["S256", "plain"],
        Profile::Strict => &["S256"],
    };
    let body = json!({
        "issuer": issuer,
        "authorization_endpoint": at("authorize"),
        "token_endpoint": at("token"),
        "revocation_endpoint": at("revoke"),
        "introspection_endpoint": at("introspect"),
        "userinfo_endpoint": at("userinfo"),
        "jwks_uri": at("jwks"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": [
            "authorization_code",
            "refresh_token",
            "urn:ietf:params:oauth:grant-type:jwt-bearer",
        ],
        "code_challenge_methods_supported": methods,
        "token_endpoint_auth_methods_supported": [
            "client_secret_basic", "client_secret_post", "none",
        ],
        "authorization_response_iss_parameter_supported": platform.profile == Profile::Strict,
        "scopes_supported": ["openid", "email", "profile"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "name", "email"],
    });
    json_answer(StatusCode::OK, &body)
}

/// An app's icon, for the consent page. A picture may be a document with a script in it.
pub(super) async fn icon(State(platform): State<Platform>, Path(sha256): Path<String>) -> Response {
    match platform.records().workspace.icon(&sha256) {
        Ok(Some((format, bytes))) => {
            let mut response = bytes.into_response();
            let headers = response.headers_mut();
            for (name, value) in [
                (header::CONTENT_TYPE, format.media_type()),
                (
                    header::CONTENT_SECURITY_POLICY,
                    "default-src 'none'; sandbox",
                ),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ] {
                headers.insert(name, HeaderValue::from_static(value));
            }
            response
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => Refusal::from(error).of_api(),
    }
}

fn one_version() -> Value {
    json!({ "uri": "/restapi/v1.0", "uriString": "v1.0", "versionString": "devconsole" })
}

pub(super) async fn versions() -> Response {
    json_answer(StatusCode::OK, &json!({ "apiVersions": [one_version()] }))
}

pub(super) async fn version() -> Response {
    json_answer(StatusCode::OK, &one_version())
}

/// What a part of the API needs, as far as the names of the scopes tell: this choice is ours.
const NEEDS: [(&str, &str); 12] = [
    ("a2p-sms", "A2PSMS"),
    ("address-book", "ReadContacts"),
    ("call-log", "ReadCallLog"),
    ("fax", "Faxes"),
    ("message-store", "ReadMessages"),
    ("presence", "ReadPresence"),
    ("recording", "ReadCallRecording"),
    ("ring-out", "RingOut"),
    ("sms", "SMS"),
    ("subscription", "SubscriptionWebhook"),
    ("team-messaging", "TeamMessaging"),
    ("webinar", "ReadWebinars"),
];

/// The rest of the API: the token and the scope are looked at first, as the platform does it.
pub(super) async fn missing(
    State(platform): State<Platform>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let mut told = Told::default();
    let path = uri.path();
    let mut work = || -> Result<(), Refusal> {
        if path.starts_with("/restapi/") && !path.starts_with("/restapi/oauth/") {
            let found = NEEDS
                .iter()
                .find(|(part, _)| path.split('/').any(|one| one == *part));
            match found.and_then(|(_, scope)| ScopeId::find(scope)) {
                Some(scope) => drop(allowed(&platform, &headers, &uri, scope, &mut told)?),
                None => drop(bearer(&platform, &headers, &uri, &mut told)?),
            }
        }
        let message = format!("Resource for path {path} is not found");
        Err(Refusal::bad("CMN-102", "CMN-102", message)
            .with_status(StatusCode::NOT_FOUND)
            .because(Cause::NotFound))
    };
    let refusal = match work() {
        Ok(()) => return StatusCode::NOT_FOUND.into_response(),
        Err(refusal) => refusal,
    };
    told.refused(&refusal);
    told.onto(refusal.of_api())
}

pub(super) async fn wrong_method(uri: Uri) -> Response {
    let refusal = Refusal::bad("invalid_request", "OAU-151", "Method is not supported")
        .with_status(StatusCode::METHOD_NOT_ALLOWED)
        .because(Cause::NotAnEndpoint);
    let mut told = Told::default();
    told.refused(&refusal);
    let is_of_oauth = uri.path().starts_with("/restapi/oauth/");
    told.onto(if is_of_oauth {
        refusal.of_oauth()
    } else {
        refusal.of_api()
    })
}

/// The token of a request: in its header, or where the platform takes it too, in its query.
fn token<'a>(
    profile: Profile,
    headers: &'a HeaderMap,
    uri: &'a Uri,
) -> Result<Cow<'a, str>, Refusal> {
    let Some(header) = headers.get(header::AUTHORIZATION) else {
        let query = uri.query().unwrap_or_default();
        let found = url::form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "access_token" && profile == Profile::RingCentral);
        return found.map(|(_, token)| token).ok_or_else(|| {
            let message = "Authorization header is not specified";
            Refusal::unauthorized("AGW-401", "AGW-401", message).because(Cause::NoBearer)
        });
    };
    let value = header.to_str().unwrap_or_default();
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    // Two of the SDKs copy the lower-case token_type.
    if !scheme.eq_ignore_ascii_case("bearer") || token.trim().is_empty() {
        let message = "Invalid Authorization header";
        return Err(
            Refusal::unauthorized("InvalidToken", "OAU-134", message).because(Cause::NoBearer)
        );
    }
    Ok(Cow::Borrowed(token.trim()))
}

fn invalid(code: &'static str, message: &str, cause: Cause) -> Refusal {
    Refusal::unauthorized("TokenInvalid", code, message).because(cause)
}

fn is_jwt(token: &str) -> bool {
    token.starts_with("eyJ") && token.split('.').count() == 3
}

/// Whom the bearer token speaks for.
pub(super) fn bearer(
    shared: &Shared,
    headers: &HeaderMap,
    uri: &Uri,
    told: &mut Told,
) -> Result<Bearer, Refusal> {
    let token = token(shared.profile, headers, uri)?;
    if is_jwt(&token) {
        return Err(invalid(
            "OAU-149",
            "Parsing access token failed",
            Cause::JwtAsBearer,
        ));
    }
    let is_one = token
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if !is_one {
        return Err(invalid(
            "OAU-149",
            "Parsing access token failed",
            Cause::BearerUnreadable,
        ));
    }
    if told.strikes(&shared.faults, Fault::EvictedSession) {
        return Err(invalid("OAU-213", "Token not found", Cause::SessionEvicted));
    }
    let at = now();
    let skew = if told.strikes(&shared.faults, Fault::ClockSkew) {
        SKEW_MS
    } else {
        0
    };
    let workspace = &mut shared.records().workspace;
    match workspace.access(&token, UnixMs(at.0 + skew))? {
        Access::Speaks(bearer) => {
            if let Some(app) = workspace.client(&bearer.client)? {
                told.is_of(&app);
            }
            Ok(bearer)
        }
        Access::Blocked(bearer, block) => {
            if let Some(app) = workspace.client(&bearer.client)? {
                told.is_of(&app);
            }
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

/// The same, if its app has the scope.
fn allowed(
    shared: &Shared,
    headers: &HeaderMap,
    uri: &Uri,
    scope: ScopeId,
    told: &mut Told,
) -> Result<(Bearer, App), Refusal> {
    let bearer = bearer(shared, headers, uri, told)?;
    let app = shared.records().workspace.client(&bearer.client)?;
    let app = app.ok_or_else(|| invalid("OAU-213", "Token not found", Cause::UnknownClient))?;
    if bearer.scope.split(' ').any(|one| one == scope.as_str()) {
        return Ok((bearer, app));
    }
    let message = format!(
        "In order to call this API endpoint, application needs to have [{scope}] permission"
    );
    let is_pending = effective_scopes(&app)
        .iter()
        .any(|(one, standing)| *one == scope && *standing == Standing::Pending);
    Err(Refusal::bad("InsufficientPermissions", "CMN-401", message)
        .with_status(StatusCode::FORBIDDEN)
        .because(Diagnosis {
            cause: if is_pending {
                Cause::ScopePending
            } else {
                Cause::ScopeMissing
            },
            detail: Some(format!("It is {} ({scope}).", scope.scope().label)),
        })
        .naming(scope.as_str()))
}

fn is_mine(asked: &str, mine: &str) -> bool {
    asked == "~" || asked == mine
}

fn not_found(what: &str) -> Refusal {
    let message = format!("Resource for parameter [{what}] is not found");
    Refusal::bad("CMN-102", "CMN-102", message)
        .with_status(StatusCode::NOT_FOUND)
        .because(Cause::NotFound)
}

/// The organization is the one account that there is.
const ACCOUNT: &str = "1";
const READ_ACCOUNTS: &str = "ReadAccounts";
const READ_CLIENT_INFO: &str = "ReadClientInfo";

pub(super) fn of_api(work: Result<Value, Refusal>, mut told: Told) -> Response {
    let response = match work {
        Ok(body) => json_answer(StatusCode::OK, &body),
        Err(refusal) => {
            told.refused(&refusal);
            refusal.of_api()
        }
    };
    told.onto(response)
}

/// A scope that this program names itself.
fn known(scope: &str) -> Result<ScopeId, Refusal> {
    ScopeId::find(scope).ok_or_else(|| not_found("scope"))
}

pub(super) async fn account(
    State(platform): State<Platform>,
    Path(account): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let mut told = Told::default();
    let mut work = || -> Result<Value, Refusal> {
        allowed(&platform, &headers, &uri, known(READ_ACCOUNTS)?, &mut told)?;
        if !is_mine(&account, ACCOUNT) {
            return Err(not_found("accountId"));
        }
        Ok(json!({
            "id": 1,
            "uri": format!("{}/restapi/v1.0/account/1", base_of(&headers)),
            "status": "Confirmed",
        }))
    };
    of_api(work(), told)
}

pub(super) async fn extension(
    State(platform): State<Platform>,
    Path((account, extension)): Path<(String, String)>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let mut told = Told::default();
    let mut work = || -> Result<Value, Refusal> {
        let (bearer, _) = allowed(&platform, &headers, &uri, known(READ_ACCOUNTS)?, &mut told)?;
        if !is_mine(&account, ACCOUNT) {
            return Err(not_found("accountId"));
        }
        if !is_mine(&extension, bearer.owner.as_str()) {
            return Err(not_found("extensionId"));
        }
        let person = platform.records().workspace.person(&bearer.owner)?;
        let (name, email) = person.unwrap_or_default();
        let id = bearer.owner.as_str();
        let base = format!("{}/restapi/v1.0/account/1", base_of(&headers));
        Ok(json!({
            "id": id,
            "uri": format!("{base}/extension/{id}"),
            "name": name,
            "type": "User",
            "status": "Enabled",
            "contact": { "email": email },
        }))
    };
    of_api(work(), told)
}

/// What is registered of the app that asks. No source shows the platform's own answer: its shape
/// is ours.
pub(super) async fn client_info(
    State(platform): State<Platform>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let mut told = Told::default();
    let mut work = || -> Result<Value, Refusal> {
        let scope = known(READ_CLIENT_INFO)?;
        let (bearer, app) = allowed(&platform, &headers, &uri, scope, &mut told)?;
        Ok(json!({
            "client": {
                "id": bearer.client.as_str(),
                "name": app.spec.properties.name,
                "type": app.spec.app_type().label(),
                "authFlow": app.spec.auth_label(),
                "access": app.spec.access.label(),
                "status": app.status.label(),
                "scope": bearer.scope,
            },
        }))
    };
    of_api(work(), told)
}
