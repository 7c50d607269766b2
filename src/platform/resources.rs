//! What is read: keys, metadata, and the few API resources that a first call asks for.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, Uri, header},
    response::Response,
};
use serde_json::{Value, json};

use super::{
    Platform, Shared,
    answer::{Refusal, json_answer},
    now,
};
use crate::store::Bearer;

pub(super) async fn jwks(State(platform): State<Platform>) -> Response {
    match platform.workspace().jwks() {
        Ok(keys) => json_answer(StatusCode::OK, &json!({ "keys": keys })),
        Err(error) => Refusal::from(error).of_api(),
    }
}

/// RFC 8414 §2. There is no authorization endpoint, since no grant here uses one.
pub(super) async fn metadata(State(platform): State<Platform>) -> Response {
    let issuer = format!("http://127.0.0.1:{}", platform.port);
    let body = json!({
        "issuer": issuer,
        "token_endpoint": format!("{issuer}/restapi/oauth/token"),
        "revocation_endpoint": format!("{issuer}/restapi/oauth/revoke"),
        "jwks_uri": format!("{issuer}/restapi/oauth/jwks"),
        "response_types_supported": [],
        "grant_types_supported": [
            "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "refresh_token",
        ],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
    });
    json_answer(StatusCode::OK, &body)
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

pub(super) async fn missing(uri: Uri) -> Response {
    let refusal = Refusal {
        status: StatusCode::NOT_FOUND,
        ..Refusal::bad(
            "CMN-102",
            "CMN-102",
            format!("Resource for path {} is not found", uri.path()),
        )
    };
    refusal.of_api()
}

/// Whom the bearer token speaks for, if its app has the scope.
fn allowed(shared: &Shared, headers: &HeaderMap, scope: &str) -> Result<Bearer, Refusal> {
    let header = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .ok_or_else(|| {
            Refusal::unauthorized(
                "AGW-401",
                "AGW-401",
                "Authorization header is not specified",
            )
        })?;
    let (scheme, token) = header.split_once(' ').unwrap_or((header, ""));
    // Two of the SDKs copy the lower-case token_type.
    if !scheme.eq_ignore_ascii_case("bearer") || token.trim().is_empty() {
        return Err(Refusal::unauthorized(
            "InvalidToken",
            "OAU-134",
            "Invalid Authorization header",
        ));
    }
    let bearer = shared
        .workspace()
        .bearer(token.trim(), now())?
        .ok_or_else(|| Refusal::unauthorized("TokenInvalid", "OAU-213", "Token not found"))?;
    if bearer.has_expired {
        return Err(Refusal::unauthorized(
            "TokenExpired",
            "OAU-128",
            "Access token expired",
        ));
    }
    if !bearer.scope.split(' ').any(|one| one == scope) {
        return Err(Refusal {
            status: StatusCode::FORBIDDEN,
            ..Refusal::bad(
                "InsufficientPermissions",
                "CMN-401",
                format!(
                    "In order to call this API endpoint, application needs to have [{scope}] permission"
                ),
            )
        });
    }
    Ok(bearer)
}

fn is_mine(asked: &str, mine: &str) -> bool {
    asked == "~" || asked == mine
}

fn not_found(what: &str) -> Refusal {
    Refusal {
        status: StatusCode::NOT_FOUND,
        ..Refusal::bad(
            "CMN-102",
            "CMN-102",
            format!("Resource for parameter [{what}] is not found"),
        )
    }
}

/// The organization is the one account that there is.
const ACCOUNT: &str = "1";

pub(super) async fn account(
    State(platform): State<Platform>,
    Path(account): Path<String>,
    headers: HeaderMap,
) -> Response {
    let work = || -> Result<Value, Refusal> {
        allowed(&platform, &headers, "ReadAccounts")?;
        if !is_mine(&account, ACCOUNT) {
            return Err(not_found("accountId"));
        }
        Ok(json!({
            "id": 1,
            "uri": format!("http://127.0.0.1:{}/restapi/v1.0/account/1", platform.port),
            "status": "Confirmed",
        }))
    };
    match work() {
        Ok(body) => json_answer(StatusCode::OK, &body),
        Err(refusal) => refusal.of_api(),
    }
}

pub(super) async fn extension(
    State(platform): State<Platform>,
    Path((account, extension)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let work = || -> Result<Value, Refusal> {
        let bearer = allowed(&platform, &headers, "ReadAccounts")?;
        if !is_mine(&account, ACCOUNT) {
            return Err(not_found("accountId"));
        }
        if !is_mine(&extension, bearer.owner.as_str()) {
            return Err(not_found("extensionId"));
        }
        let person = platform.workspace().person(&bearer.owner)?;
        let (name, email) = person.unwrap_or_default();
        let id = bearer.owner.as_str();
        let base = format!("http://127.0.0.1:{}/restapi/v1.0/account/1", platform.port);
        Ok(json!({
            "id": id,
            "uri": format!("{base}/extension/{id}"),
            "name": name,
            "type": "User",
            "status": "Enabled",
            "contact": { "email": email },
        }))
    };
    match work() {
        Ok(body) => json_answer(StatusCode::OK, &body),
        Err(refusal) => refusal.of_api(),
    }
}
