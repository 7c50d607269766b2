//! Verifies the signature and claims of a presented JWT credential.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::Value;

use super::answer::Refusal;
use crate::{
    domain::{
        id::{DeveloperId, JwtId},
        oauth::{
            diagnosis::Cause,
            jwt::{AUDIENCE, ISSUER},
        },
        time::UnixMs,
    },
    vault,
};

/// Far longer than any credential of this program.
const LENGTH_MAX: usize = 8 * 1024;

/// A JWT credential with a valid signature. Its expiration is checked at each login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Assertion {
    pub credential: JwtId,
    /// The developer that it signs in.
    pub owner: DeveloperId,
    /// The `kid` of the key that signed it.
    pub key: String,
    expires_at_s: i64,
}

impl Assertion {
    pub(super) fn must_not_have_expired(&self, now: UnixMs) -> Result<(), Refusal> {
        if self.expires_at_s > now.0.div_euclid(1000) {
            return Ok(());
        }
        let message = "The JWT credential has expired: create a new one";
        Err(refused("DEV-103", message, Cause::JwtExpired))
    }
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    jti: String,
    iss: String,
    aud: String,
    sub: String,
    exp: i64,
}

fn refused(code: &'static str, message: &str, cause: Cause) -> Refusal {
    Refusal::bad("invalid_grant", code, message).because(cause)
}

/// The credential that the token names.
pub(super) fn verify(token: &str, keys: &[Value]) -> Result<Assertion, Refusal> {
    let malformed = || {
        let message = "The assertion is not a readable JWT of this workspace";
        refused("DEV-105", message, Cause::JwtUnreadable)
    };
    if token.len() > LENGTH_MAX {
        return Err(malformed());
    }
    let (signed, signature) = token.rsplit_once('.').ok_or_else(malformed)?;
    let (header, claims) = signed.split_once('.').ok_or_else(malformed)?;
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| malformed());
    let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| malformed())?;
    if header.alg != "ES256" {
        let message = "Unsupported algorithm of the assertion: use ES256";
        return Err(refused("OAU-347", message, Cause::JwtAlgorithm));
    }
    let kid = header.kid.unwrap_or_default();
    let key = keys
        .iter()
        .find(|key| key.get("kid").and_then(Value::as_str) == Some(&kid))
        .ok_or_else(|| {
            let message = "The assertion was signed by another workspace or by RingCentral";
            refused("DEV-104", message, Cause::JwtForeign)
        })?;
    if !vault::verify_es256(key, signed.as_bytes(), &decode(signature)?) {
        let message = "The signature of the assertion is not valid";
        return Err(refused("DEV-105", message, Cause::JwtUnreadable));
    }
    let claims: Claims = serde_json::from_slice(&decode(claims)?).map_err(|_| malformed())?;
    // RFC 7523 §3: the key may sign other tokens one day.
    if claims.iss != ISSUER || claims.aud != AUDIENCE {
        let message = "The assertion is not a JWT credential: its issuer or audience differs";
        return Err(refused("DEV-105", message, Cause::JwtUnreadable));
    }
    Ok(Assertion {
        credential: JwtId::from_stored(claims.jti),
        owner: DeveloperId::from_stored(claims.sub),
        key: kid,
        expires_at_s: claims.exp,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::{SeedableRng as _, rngs::StdRng};
    use serde_json::json;

    use super::*;
    use crate::vault::JwtSigner;

    fn verify(token: &str, keys: &[Value], now: UnixMs) -> Result<JwtId, Refusal> {
        let assertion = super::verify(token, keys)?;
        assertion.must_not_have_expired(now)?;
        Ok(assertion.credential)
    }

    const NOW: UnixMs = UnixMs(1_795_424_400_000);

    /// A signed credential with these claims instead of the usual ones.
    fn signed(claims: &Value) -> (String, Vec<Value>) {
        let mut all = json!({ "iss": ISSUER, "aud": AUDIENCE, "sub": "me" });
        for (name, value) in claims.as_object().unwrap() {
            all[name] = value.clone();
        }
        let signer = JwtSigner::mint(&mut StdRng::seed_from_u64(1));
        let key = signer.jwk();
        let kid = key["kid"].as_str().unwrap();
        (signer.sign(kid, &all).expose().to_owned(), vec![key])
    }

    #[test]
    fn what_is_signed_for_another_purpose_is_no_credential() {
        for claims in [
            json!({ "jti": "one", "exp": i64::MAX, "iss": "another" }),
            json!({ "jti": "one", "exp": i64::MAX, "aud": "/elsewhere" }),
            json!({ "jti": "one", "exp": i64::MAX, "aud": ["/restapi/oauth/token"] }),
            json!({ "jti": "one", "exp": i64::MAX, "sub": null }),
        ] {
            let (token, keys) = signed(&claims);
            verify(&token, &keys, NOW).unwrap_err();
        }
    }

    #[test]
    fn ours_is_known_until_its_end_and_by_its_own_key_alone() {
        let end = NOW.0 / 1000 + 1;
        let (token, keys) = signed(&json!({ "jti": "one", "exp": end }));
        assert_eq!(
            verify(&token, &keys, NOW).unwrap(),
            JwtId::from_stored("one")
        );
        let over = verify(&token, &keys, UnixMs(end * 1000)).unwrap_err();
        assert!(over.message.contains("expired"), "{over:?}");
        let other = JwtSigner::mint(&mut StdRng::seed_from_u64(2)).jwk();
        let foreign = verify(&token, &[other], NOW).unwrap_err();
        assert!(foreign.message.contains("another workspace"), "{foreign:?}");
        let (nameless, keys) = signed(&json!({ "exp": end }));
        verify(&nameless, &keys, NOW).unwrap_err();
        let (endless, keys) = signed(&json!({ "jti": "one", "exp": i64::MAX }));
        assert_eq!(
            verify(&endless, &keys, NOW).unwrap(),
            JwtId::from_stored("one")
        );
    }

    #[test]
    fn a_signature_is_of_its_key_and_of_what_it_signed() {
        let (token, keys) = signed(&json!({ "jti": "one", "exp": NOW.0 / 1000 + 9 }));
        verify(&token, &keys, NOW).unwrap();
        // Another key under the same ID.
        let mut other = JwtSigner::mint(&mut StdRng::seed_from_u64(2)).jwk();
        other["kid"] = keys[0]["kid"].clone();
        verify(&token, &[other], NOW).unwrap_err();
        // The same signature with other claims.
        let (more, _) = signed(&json!({ "jti": "two", "exp": NOW.0 / 1000 + 9 }));
        let (claims, _) = more.rsplit_once('.').unwrap();
        let (_, signature) = token.rsplit_once('.').unwrap();
        let mixed = format!("{claims}.{signature}");
        verify(&mixed, &keys, NOW).unwrap_err();
    }

    proptest! {
        #[test]
        fn anything_else_is_refused(text in "\\PC{0,80}(\\.\\PC{0,80}){0,3}") {
            let (_, keys) = signed(&json!({}));
            prop_assert!(verify(&text, &keys, NOW).is_err());
        }

        /// Changing one letter of any part invalidates the token.
        #[test]
        fn a_token_that_was_changed_is_refused(at in 0_usize..200, letter in "[A-Za-z0-9_-]") {
            let (token, keys) = signed(&json!({ "jti": "one", "exp": NOW.0 / 1000 + 9 }));
            let at = at % token.len();
            let mut changed = token.clone();
            changed.replace_range(at..=at, &letter);
            // The last letter of a part has unused bits.
            prop_assume!(changed != token && token.as_bytes()[at] != b'.');
            if let Ok(id) = verify(&changed, &keys, NOW) {
                prop_assert_eq!(id, JwtId::from_stored("one"));
                prop_assert_eq!(at + 1, token.len());
            }
        }
    }
}
