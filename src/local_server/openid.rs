//! OpenID Connect: ID tokens and user info, which tell an app who signed in.

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri},
    response::Response,
};
use serde_json::{Map, Value};

use super::{
    Server,
    answer::{LogContext, Refusal, of_api},
    bearer::bearer,
    form::Form,
    id_signer,
    media_type::is_form,
    now,
};
use crate::{
    domain::{
        id::DeveloperId,
        number::NumericId,
        oauth::{
            credential::{ClientId, mint_id},
            diagnosis::{Cause, Diagnosis},
        },
        people::developer::given_and_family,
        time::UnixMs,
    },
    store::{StoreError, Workspace},
    vault,
};

const LIFE_S: i64 = 3600;

/// Listed in the metadata. Source: RingCentral's metadata; `name` is ours.
pub(super) const CLAIMS: [&str; 14] = [
    "sub",
    "iss",
    "auth_time",
    "aud",
    "exp",
    "iat",
    "jti",
    "nonce",
    "account_id",
    "email",
    "email_verified",
    "given_name",
    "family_name",
    "name",
];

pub(super) struct Claims<'a> {
    pub issuer: &'a str,
    pub client: &'a ClientId,
    pub who: &'a DeveloperId,
    pub scope: &'a str,
    pub nonce: Option<&'a str>,
    pub signed_in_at: UnixMs,
}

/// The claims about a developer under a scope.
fn about(
    workspace: &Workspace,
    who: &DeveloperId,
    scope: &str,
) -> Result<Map<String, Value>, Refusal> {
    let person = workspace.person(who)?.unwrap_or_default();
    let mut claims = Map::new();
    let mut say = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    say("sub", NumericId::of_developer(who).to_string().into());
    say("account_id", workspace.account_id()?.to_string().into());
    let has = |one: &str| scope.split(' ').any(|found| found == one);
    if has("profile") {
        let (given, family) = given_and_family(&person.full_name);
        say("given_name", given.into());
        if !family.is_empty() {
            say("family_name", family.into());
        }
        say("name", person.full_name.clone().into());
    }
    if has("email") {
        say("email", person.email.into());
        // Developers sign in with this address. Some clients reject users with `false`.
        say("email_verified", true.into());
    }
    Ok(claims)
}

pub(super) fn id_token(workspace: &Workspace, of: &Claims<'_>) -> Result<String, Refusal> {
    let mut claims = about(workspace, of.who, of.scope)?;
    let issued_at = now().0.div_euclid(1000);
    let mut rng = vault::os_random().map_err(StoreError::from)?;
    let mut say = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    say("iss", of.issuer.into());
    say("aud", of.client.as_str().into());
    say("iat", issued_at.into());
    say("exp", (issued_at + LIFE_S).into());
    say("auth_time", of.signed_in_at.0.div_euclid(1000).into());
    say("jti", mint_id(&mut rng).into());
    if let Some(nonce) = of.nonce {
        say("nonce", nonce.into());
    }
    let signed = id_signer::signer()?.sign(&Value::Object(claims));
    Ok(signed.expose().to_owned())
}

/// The token may be in the body of a POST (OpenID Connect Core §5.3.1, RFC 6750 §2.2).
pub(super) async fn user_info(
    State(server): State<Server>,
    method: Method,
    headers: HeaderMap,
    uri: Uri,
    body: Bytes,
) -> Response {
    let mut log = LogContext {
        what: Some("user info"),
        ..LogContext::default()
    };
    let mut work = || -> Result<Value, Refusal> {
        let has_form = method == Method::POST && is_form(&headers);
        let form = has_form
            .then(|| Form::of_body(&headers, &body))
            .transpose()?;
        let bearer = bearer(&server, &headers, &uri, form.as_ref(), &mut log)?;
        if !bearer.scope.split(' ').any(|one| one == "openid") {
            let message = "The access token does not have the scope openid";
            let refusal = Refusal::bad("InsufficientPermissions", "CMN-401", message);
            return Err(refusal
                .with_status(StatusCode::FORBIDDEN)
                .because(Diagnosis {
                    cause: Cause::ScopeMissing,
                    detail: Some(
                        "The scope is openid. Request it in the authorize request.".to_owned(),
                    ),
                }));
        }
        let workspace = &server.cache().workspace;
        about(workspace, &bearer.owner, &bearer.scope).map(Value::Object)
    };
    let done = work();
    of_api(done, log)
}
