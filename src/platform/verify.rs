//! Whether a presented JWT credential is one of ours, by its signature and its claims.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::Value;

use super::answer::Refusal;
use crate::{
    domain::{id::JwtId, time::UnixMs},
    vault,
};

/// Longer than any of ours by far.
const LENGTH_MAX: usize = 8 * 1024;

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    jti: String,
    exp: i64,
}

fn refused(message: &str) -> Refusal {
    Refusal::bad("invalid_grant", "DEV-101", message)
}

/// The credential that it names.
pub(super) fn verify(token: &str, keys: &[Value], now: UnixMs) -> Result<JwtId, Refusal> {
    let malformed = || refused("The assertion is not a JWT of this workspace: it cannot be read");
    if token.len() > LENGTH_MAX {
        return Err(malformed());
    }
    let (signed, signature) = token.rsplit_once('.').ok_or_else(malformed)?;
    let (header, claims) = signed.split_once('.').ok_or_else(malformed)?;
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| malformed());
    let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| malformed())?;
    if header.alg != "ES256" {
        return Err(Refusal::bad(
            "invalid_grant",
            "OAU-347",
            "Unsupported algorithm of the assertion: ES256 is the one that is used here",
        ));
    }
    let kid = header.kid.unwrap_or_default();
    let key = keys
        .iter()
        .find(|key| key.get("kid").and_then(Value::as_str) == Some(&kid))
        .ok_or_else(|| refused("The assertion was signed by another workspace or platform"))?;
    if !vault::verify_es256(key, signed.as_bytes(), &decode(signature)?) {
        return Err(refused("The signature of the assertion does not fit"));
    }
    let claims: Claims = serde_json::from_slice(&decode(claims)?).map_err(|_| malformed())?;
    if claims.exp * 1000 <= now.0 {
        return Err(refused("The JWT credential has expired: create a new one"));
    }
    Ok(JwtId::from_stored(claims.jti))
}
