//! Metadata and public keys for clients, and the icons of apps.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};

use super::{
    Server,
    answer::{Refusal, json_answer},
    authorize::RESPONSE_MODES,
    base_of, id_signer, openid,
};
use crate::domain::oauth::setup::Profile;

/// ID tokens are signed with the first key, JWT credentials with those after it.
pub(super) async fn jwks(State(server): State<Server>) -> Response {
    id_signer::ready().await;
    let keys = || -> Result<Vec<Value>, Refusal> {
        let mut keys = vec![id_signer::signer()?.jwk().clone()];
        keys.extend(server.cache().workspace.jwks()?);
        Ok(keys)
    };
    match keys() {
        Ok(keys) => json_answer(StatusCode::OK, &json!({ "keys": keys })),
        Err(refusal) => refusal.of_api(),
    }
}

/// RFC 8414 §2 and OpenID Connect Discovery §3 in one document. The issuer is the address that the
/// client uses. Lists only what works here.
pub(super) async fn metadata(State(server): State<Server>, headers: HeaderMap) -> Response {
    id_signer::prepare();
    let issuer = base_of(&headers);
    let at = |path: &str| format!("{issuer}/restapi/oauth/{path}");
    let is_strict = server.profile == Profile::Strict;
    let challenges: &[&str] = if is_strict {
        &["S256"]
    } else {
        &["S256", "plain"]
    };
    let scopes: &[&str] = if is_strict {
        &["openid", "email", "profile", "offline_access"]
    } else {
        &["openid", "email", "profile"]
    };
    let secrets = ["client_secret_basic", "client_secret_post"];
    let or_none = ["client_secret_basic", "client_secret_post", "none"];
    let body = json!({
        "issuer": issuer,
        "authorization_endpoint": at("authorize"),
        "token_endpoint": at("token"),
        "revocation_endpoint": at("revoke"),
        "introspection_endpoint": at("introspect"),
        "userinfo_endpoint": at("userinfo"),
        "jwks_uri": at("jwks"),
        "response_types_supported": ["code"],
        "response_modes_supported": RESPONSE_MODES,
        "grant_types_supported": [
            "authorization_code",
            "refresh_token",
            "urn:ietf:params:oauth:grant-type:jwt-bearer",
        ],
        "code_challenge_methods_supported": challenges,
        "token_endpoint_auth_methods_supported": or_none,
        "revocation_endpoint_auth_methods_supported": or_none,
        "introspection_endpoint_auth_methods_supported": secrets,
        "authorization_response_iss_parameter_supported": is_strict,
        "scopes_supported": scopes,
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": openid::CLAIMS,
        "claims_parameter_supported": false,
        "request_parameter_supported": false,
        // The default is true (OpenID Connect Discovery §3).
        "request_uri_parameter_supported": false,
    });
    json_answer(StatusCode::OK, &body)
}

/// An app's icon, for the consent page. Served so that a script in an SVG cannot run.
pub(super) async fn icon(State(server): State<Server>, Path(sha256): Path<String>) -> Response {
    match server.cache().workspace.icon(&sha256) {
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
