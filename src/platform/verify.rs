//! Whether a presented JWT credential is one of ours, by its signature and its claims.

use std::collections::HashSet;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::answer::Refusal;
use crate::{
    domain::{diagnosis::Cause, id::JwtId, time::UnixMs},
    vault,
};

/// Longer than any of ours by far.
const LENGTH_MAX: usize = 8 * 1024;

/// A robot shows the same assertion at every login, and checking it is most of the work.
const REMEMBERED_MAX: usize = 1024;

/// Signatures that fitted. One that fits once fits for ever: nothing else is remembered, so that
/// every other check is made anew.
#[derive(Debug, Default)]
pub struct Signatures(HashSet<[u8; 32]>);

impl Signatures {
    fn fits(&mut self, key: &Value, signed: &[u8], signature: &[u8]) -> bool {
        let mut all = Sha256::new();
        all.update(key.to_string());
        // Where a part ends is a part of what is remembered; the key is JSON, which has no NUL.
        all.update([0]);
        all.update(signature.len().to_le_bytes());
        all.update(signature);
        all.update(signed);
        let all: [u8; 32] = all.finalize().into();
        if self.0.contains(&all) {
            return true;
        }
        if !vault::verify_es256(key, signed, signature) {
            return false;
        }
        if self.0.len() >= REMEMBERED_MAX {
            self.0.clear();
        }
        self.0.insert(all);
        true
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
    exp: i64,
}

fn refused(code: &'static str, message: &str, cause: Cause) -> Refusal {
    Refusal::bad("invalid_grant", code, message).because(cause)
}

/// The credential that it names.
pub(super) fn verify(
    token: &str,
    keys: &[Value],
    known: &mut Signatures,
    now: UnixMs,
) -> Result<JwtId, Refusal> {
    let malformed = || {
        let message = "The assertion is not a JWT of this workspace: it cannot be read";
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
        let message = "Unsupported algorithm of the assertion: ES256 is the one that is used here";
        return Err(refused("OAU-347", message, Cause::JwtAlgorithm));
    }
    let kid = header.kid.unwrap_or_default();
    let key = keys
        .iter()
        .find(|key| key.get("kid").and_then(Value::as_str) == Some(&kid))
        .ok_or_else(|| {
            let message = "The assertion was signed by another workspace or platform";
            refused("DEV-104", message, Cause::JwtForeign)
        })?;
    if !known.fits(key, signed.as_bytes(), &decode(signature)?) {
        let message = "The signature of the assertion does not fit";
        return Err(refused("DEV-105", message, Cause::JwtUnreadable));
    }
    let claims: Claims = serde_json::from_slice(&decode(claims)?).map_err(|_| malformed())?;
    if claims.exp <= now.0.div_euclid(1000) {
        let message = "The JWT credential has expired: create a new one";
        return Err(refused("DEV-103", message, Cause::JwtExpired));
    }
    Ok(JwtId::from_stored(claims.jti))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::{SeedableRng as _, rngs::StdRng};
    use serde_json::json;

    use super::*;
    use crate::vault::JwtSigner;

    /// Twice: what is remembered must not change the answer.
    fn verify(token: &str, keys: &[Value], now: UnixMs) -> Result<JwtId, Refusal> {
        let mut known = Signatures::default();
        let first = super::verify(token, keys, &mut known, now);
        let again = super::verify(token, keys, &mut known, now);
        assert_eq!(first.as_ref().ok(), again.as_ref().ok());
        again
    }

    const NOW: UnixMs = UnixMs(1_795_424_400_000);

    fn signed(claims: &Value) -> (String, Vec<Value>) {
        let signer = JwtSigner::mint(&mut StdRng::seed_from_u64(1));
        let key = signer.jwk();
        let kid = key["kid"].as_str().unwrap();
        (signer.sign(kid, claims).expose().to_owned(), vec![key])
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
    fn a_signature_is_remembered_for_its_key_and_what_it_signed() {
        let mut known = Signatures::default();
        let (token, keys) = signed(&json!({ "jti": "one", "exp": NOW.0 / 1000 + 9 }));
        super::verify(&token, &keys, &mut known, NOW).unwrap();
        let (end, expired) = (UnixMs(NOW.0 + 9000), "has expired");
        let over = super::verify(&token, &keys, &mut known, end).unwrap_err();
        assert!(over.message.contains(expired), "{over:?}");
        // Another key under the same name.
        let mut other = JwtSigner::mint(&mut StdRng::seed_from_u64(2)).jwk();
        other["kid"] = keys[0]["kid"].clone();
        super::verify(&token, &[other], &mut known, NOW).unwrap_err();
        // The same signature below other claims.
        let (more, _) = signed(&json!({ "jti": "two", "exp": NOW.0 / 1000 + 9 }));
        let (claims, _) = more.rsplit_once('.').unwrap();
        let (_, signature) = token.rsplit_once('.').unwrap();
        let mixed = format!("{claims}.{signature}");
        super::verify(&mixed, &keys, &mut known, NOW).unwrap_err();
        for nth in 0..2 * REMEMBERED_MAX {
            let key = json!({ "nth": nth });
            assert!(!known.fits(&key, b"a.b", b"c"));
        }
        assert_eq!(known.0.len(), 1);
    }

    proptest! {
        #[test]
        fn anything_else_is_refused(text in "\\PC{0,80}(\\.\\PC{0,80}){0,3}") {
            let (_, keys) = signed(&json!({}));
            prop_assert!(verify(&text, &keys, NOW).is_err());
        }

        /// One letter of any part changed, and it is not the same token any more.
        #[test]
        fn a_token_that_was_changed_is_refused(at in 0_usize..200, letter in "[A-Za-z0-9_-]") {
            let (token, keys) = signed(&json!({ "jti": "one", "exp": NOW.0 / 1000 + 9 }));
            let at = at % token.len();
            let mut changed = token.clone();
            changed.replace_range(at..=at, &letter);
            // The last letter of a part has bits that say nothing.
            prop_assume!(changed != token && token.as_bytes()[at] != b'.');
            if let Ok(id) = verify(&changed, &keys, NOW) {
                prop_assert_eq!(id, JwtId::from_stored("one"));
                prop_assert_eq!(at + 1, token.len());
            }
        }
    }
}
