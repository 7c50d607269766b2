//! Signs JWT credentials: ES256 (RFC 7518 §3.4) with a key of the workspace.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use p256::ecdsa::{
    Signature, SigningKey, VerifyingKey,
    signature::{Signer as _, Verifier as _},
};
use rand::CryptoRng;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::VaultError;
use crate::domain::secret::Secret;

/// The private key. Wiped on drop, hidden in `Debug`.
pub struct JwtSigner(SigningKey);

impl std::fmt::Debug for JwtSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JwtSigner(..)")
    }
}

impl JwtSigner {
    pub fn mint(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        loop {
            rng.fill_bytes(bytes.as_mut_slice());
            // Fails for zero and for numbers above the order of the curve: once in 2^32.
            if let Ok(key) = SigningKey::from_slice(bytes.as_slice()) {
                return Self(key);
            }
        }
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, VaultError> {
        SigningKey::from_slice(bytes)
            .map(Self)
            .map_err(|_| VaultError::NotOpened)
    }

    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.0.to_bytes().to_vec())
    }

    /// The public key, with its RFC 7638 thumbprint as `kid`.
    pub fn jwk(&self) -> Value {
        let point = self.0.verifying_key().to_sec1_point(false);
        let part = |range| URL_SAFE_NO_PAD.encode(point.as_bytes().get(range).unwrap_or_default());
        let (x, y) = (part(1..33), part(33..65));
        let members = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        let kid = URL_SAFE_NO_PAD.encode(Sha256::digest(members.as_bytes()));
        json!({
            "kty": "EC", "crv": "P-256", "x": x, "y": y,
            "kid": kid, "alg": "ES256", "use": "sig",
        })
    }

    /// A compact JWS (RFC 7515 §3.1) with these claims.
    pub fn sign(&self, kid: &str, claims: &Value) -> Secret {
        compact("ES256", kid, claims, |signed| {
            let signature: Signature = self.0.sign(signed);
            signature.to_bytes().to_vec()
        })
    }
}

/// A compact JWS with these claims, signed by `sign`.
pub(super) fn compact(
    alg: &str,
    kid: &str,
    claims: &Value,
    sign: impl FnOnce(&[u8]) -> Vec<u8>,
) -> Secret {
    let header = json!({ "alg": alg, "kid": kid, "typ": "JWT" });
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", encode(&header), encode(claims));
    let signature = URL_SAFE_NO_PAD.encode(sign(signed.as_bytes()));
    Secret::new(format!("{signed}.{signature}"))
}

/// Whether this public key (a JWK) verifies the signature.
pub fn verify_es256(jwk: &Value, signed: &[u8], signature: &[u8]) -> bool {
    let part = |name| {
        let part = jwk.get(name).and_then(Value::as_str).unwrap_or_default();
        URL_SAFE_NO_PAD.decode(part).unwrap_or_default()
    };
    let point = [vec![4], part("x"), part("y")].concat();
    let (Ok(key), Ok(signature)) = (
        VerifyingKey::from_sec1_bytes(&point),
        Signature::from_slice(signature),
    ) else {
        return false;
    };
    key.verify(signed, &signature).is_ok()
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng as _, rngs::StdRng};

    use super::*;

    fn decoded(part: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(part).unwrap()
    }

    #[test]
    fn what_is_signed_is_verified_with_the_published_key_and_with_no_other() {
        let mut rng = StdRng::seed_from_u64(1);
        let signer = JwtSigner::mint(&mut rng);
        let jwk = signer.jwk();
        let token = signer.sign(jwk["kid"].as_str().unwrap(), &json!({ "jti": "one" }));
        let parts: Vec<&str> = token.expose().split('.').collect();
        let header: Value = serde_json::from_slice(&decoded(parts[0])).unwrap();
        assert_eq!(header["alg"], "ES256");
        assert_eq!(header["kid"], jwk["kid"]);

        let mut point = vec![4];
        point.extend(decoded(jwk["x"].as_str().unwrap()));
        point.extend(decoded(jwk["y"].as_str().unwrap()));
        let key = VerifyingKey::from_sec1_bytes(&point).unwrap();
        let signature = Signature::from_slice(&decoded(parts[2])).unwrap();
        let signed = format!("{}.{}", parts[0], parts[1]);
        key.verify(signed.as_bytes(), &signature).unwrap();
        key.verify(b"something else", &signature).unwrap_err();
        let other = JwtSigner::mint(&mut rng).0;
        other
            .verifying_key()
            .verify(signed.as_bytes(), &signature)
            .unwrap_err();
        let again = JwtSigner::from_bytes(&signer.to_bytes()).unwrap();
        assert_eq!(again.jwk(), jwk);
        assert_eq!(format!("{again:?}"), "JwtSigner(..)");
        JwtSigner::from_bytes(&[0; 32]).unwrap_err();
    }
}
