//! OpenID Connect: who signed in, as an ID token and as user info. ID tokens are signed with a key
//! of this run, since the workspace's own is sealed; they are looked at right after a login.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    response::Response,
};
use rand::CryptoRng;
use serde_json::{Value, json};

use super::{
    Platform, Shared,
    answer::{Refusal, Told},
    now,
    resources::{bearer, of_api},
};
use crate::{
    domain::{
        credential::ClientId,
        diagnosis::{Cause, Diagnosis},
        id::DeveloperId,
        time::UnixMs,
    },
    store::Workspace,
    vault::JwtSigner,
};

const LIFE_S: i64 = 3600;

#[derive(Debug)]
pub struct IdSigner {
    kid: String,
    signer: JwtSigner,
}

impl IdSigner {
    pub fn mint(rng: &mut impl CryptoRng) -> Self {
        let signer = JwtSigner::mint(rng);
        let kid = signer
            .jwk()
            .get("kid")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        Self { kid, signer }
    }

    pub fn jwk(&self) -> Value {
        self.signer.jwk()
    }
}

pub(super) struct Claims<'a> {
    pub issuer: &'a str,
    pub client: &'a ClientId,
    pub who: &'a DeveloperId,
    pub scope: &'a str,
    pub nonce: Option<&'a str>,
    pub signed_in_at: UnixMs,
}

/// What may be told of somebody under a scope.
fn about(workspace: &Workspace, who: &DeveloperId, scope: &str) -> Result<Value, Refusal> {
    let (name, email) = workspace.person(who)?.unwrap_or_default();
    let mut claims = json!({ "sub": who.as_str() });
    let has = |one: &str| scope.split(' ').any(|found| found == one);
    if let Some(claims) = claims.as_object_mut() {
        if has("profile") {
            claims.insert("name".to_owned(), name.into());
        }
        if has("email") {
            claims.insert("email".to_owned(), email.into());
        }
    }
    Ok(claims)
}

pub(super) fn id_token(
    shared: &Shared,
    workspace: &Workspace,
    about_whom: &Claims<'_>,
) -> Result<String, Refusal> {
    let mut claims = about(workspace, about_whom.who, about_whom.scope)?;
    let issued_at = now().0.div_euclid(1000);
    if let Some(claims) = claims.as_object_mut() {
        claims.insert("iss".to_owned(), about_whom.issuer.into());
        claims.insert("aud".to_owned(), about_whom.client.as_str().into());
        claims.insert("iat".to_owned(), issued_at.into());
        claims.insert("exp".to_owned(), (issued_at + LIFE_S).into());
        let signed_in_at = about_whom.signed_in_at.0.div_euclid(1000);
        claims.insert("auth_time".to_owned(), signed_in_at.into());
        if let Some(nonce) = about_whom.nonce {
            claims.insert("nonce".to_owned(), nonce.into());
        }
    }
    let signed = shared.id_signer.signer.sign(&shared.id_signer.kid, &claims);
    Ok(signed.expose().to_owned())
}

pub(super) async fn user_info(
    State(platform): State<Platform>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let mut told = Told::default();
    let mut work = || -> Result<Value, Refusal> {
        let bearer = bearer(&platform, &headers, &uri, &mut told)?;
        if !bearer.scope.split(' ').any(|one| one == "openid") {
            let message = "The access token does not have the scope openid";
            let refusal = Refusal::bad("InsufficientPermissions", "CMN-401", message);
            return Err(refusal
                .with_status(StatusCode::FORBIDDEN)
                .because(Diagnosis {
                    cause: Cause::ScopeMissing,
                    detail: Some("It is openid, which the authorize request asks for.".to_owned()),
                }));
        }
        about(&platform.records().workspace, &bearer.owner, &bearer.scope)
    };
    let done = work();
    of_api(done, told)
}
