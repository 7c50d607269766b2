//! Signs ID tokens: RS256 (RFC 7518 §3.3), which every OpenID client verifies (OpenID Connect Core
//! §15.1).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::CryptoRng;
use rsa::{
    PrivateKey,
    pkcs1v15::{Signature, SigningKey},
    signature::{SignatureEncoding as _, Signer as _},
    traits::PublicKeyParts as _,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{VaultError, sign::compact};
use crate::domain::secret::Secret;

/// RFC 7518 §3.3: the minimum, and what clients expect.
const BITS: usize = 2048;

/// The private key. Wiped on drop, hidden in `Debug`.
pub struct RsaSigner {
    key: SigningKey<Sha256>,
    jwk: Value,
    kid: String,
}

impl std::fmt::Debug for RsaSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RsaSigner(..)")
    }
}

impl RsaSigner {
    /// Takes a tenth of a second or more.
    pub fn mint(rng: &mut impl CryptoRng) -> Result<Self, VaultError> {
        let key = PrivateKey::new(rng, BITS).map_err(|_| VaultError::NoRandomness)?;
        let number = |bytes: &[u8]| {
            let leading = bytes.iter().take_while(|byte| **byte == 0).count();
            URL_SAFE_NO_PAD.encode(bytes.get(leading..).unwrap_or_default())
        };
        let (n, e) = (number(&key.n_bytes()), number(&key.e_bytes()));
        // RFC 7638 §3.2.
        let members = format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#);
        let kid = URL_SAFE_NO_PAD.encode(Sha256::digest(members.as_bytes()));
        let jwk = json!({
            "kty": "RSA", "n": n, "e": e, "kid": kid, "alg": "RS256", "use": "sig",
        });
        Ok(Self {
            key: SigningKey::new(key),
            jwk,
            kid,
        })
    }

    /// The public key, with its RFC 7638 thumbprint as `kid`.
    pub fn jwk(&self) -> &Value {
        &self.jwk
    }

    /// A compact JWS (RFC 7515 §3.1) with these claims.
    pub fn sign(&self, claims: &Value) -> Secret {
        compact("RS256", &self.kid, claims, |signed| {
            let signature: Signature = self.key.sign(signed);
            signature.to_vec()
        })
    }
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng as _, rngs::StdRng};
    use rsa::{BoxedUint, PublicKey, pkcs1v15::VerifyingKey, signature::Verifier as _};

    use super::*;

    #[test]
    fn what_is_signed_is_verified_with_the_published_key() {
        let signer = RsaSigner::mint(&mut StdRng::seed_from_u64(1)).unwrap();
        let token = signer.sign(&json!({ "sub": "1" }));
        let (signed, signature) = token.expose().rsplit_once('.').unwrap();
        let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
        let (header, _) = signed.split_once('.').unwrap();
        let header: Value = serde_json::from_slice(&decoded(header)).unwrap();
        let jwk = signer.jwk();
        assert_eq!(header["alg"], "RS256");
        assert_eq!(header["kid"], jwk["kid"]);
        assert_eq!(jwk["e"], "AQAB");

        let number = |name: &str| {
            let bytes = decoded(jwk[name].as_str().unwrap());
            let bits = u32::try_from(bytes.len() * 8).unwrap();
            BoxedUint::from_be_slice(&bytes, bits).unwrap()
        };
        let key = PublicKey::new(number("n"), number("e")).unwrap();
        let key = VerifyingKey::<Sha256>::new(key);
        let signature = Signature::try_from(decoded(signature).as_slice()).unwrap();
        key.verify(signed.as_bytes(), &signature).unwrap();
        key.verify(b"something else", &signature).unwrap_err();
        assert_eq!(format!("{signer:?}"), "RsaSigner(..)");
    }
}
