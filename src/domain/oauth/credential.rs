//! Minting credentials, and comparing a presented one. The caller hands in the random generator;
//! nothing here seals or stores.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::{
    CryptoRng,
    distr::{Alphanumeric, Distribution as _},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

pub use crate::domain::people::recovery_key::{RecoveryKey, RecoveryKeyError};
use crate::domain::{secret::Secret, time::UnixMs};

/// Characters of a Client ID and of every other identifier.
pub const ID_LEN: usize = 22;
/// Characters of a Client Secret: 33 random bytes, above the 160 bits of RFC 6749 §10.10.
pub const CLIENT_SECRET_LEN: usize = 44;
/// Characters of a shared secret. Source: RingCentral's form for interactive messages.
pub const SHARED_SECRET_LEN: usize = 32;

const CLIENT_SECRET_BYTES: usize = 33;
/// The value that base64url encodes as '-'.
const DASH: u8 = 62;

/// 22 characters: a version 4 UUID in unpadded base64url, like RingCentral's identifiers. An
/// identifier is not a secret: a UUID has only 122 random bits.
pub(crate) fn mint_id(rng: &mut impl CryptoRng) -> String {
    let mut uuid = [0_u8; 16];
    rng.fill_bytes(&mut uuid);
    uuid[6] = (uuid[6] & 0x0f) | 0x40;
    uuid[8] = (uuid[8] & 0x3f) | 0x80;
    // A command would read a leading '-' of a pasted identifier as an option.
    if uuid[0] >> 2 == DASH {
        uuid[0] ^= 0x80;
    }
    URL_SAFE_NO_PAD.encode(uuid)
}

/// Identifies an app to the authorization server. Not a secret (RFC 6749 §2.2).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientId(String);

impl ClientId {
    pub fn mint(rng: &mut impl CryptoRng) -> Self {
        Self(mint_id(rng))
    }

    /// Wraps a Client ID that exists already, or one from a request.
    pub fn from_stored(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ClientId {
    /// Whether a text could be the Client ID of an app elsewhere. RingCentral's have 22 characters;
    /// the range is wide, so that only text that cannot be one is refused.
    pub fn may_be(text: &str) -> bool {
        let is_of_one = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        (FOREIGN_ID_MIN..=FOREIGN_ID_MAX).contains(&text.len()) && text.chars().all(is_of_one)
    }
}

const FOREIGN_ID_MIN: usize = 20;
const FOREIGN_ID_MAX: usize = 64;

/// The longest overlap of a rotated secret with its successor, in hours. Ours: RingCentral cannot
/// rotate secrets.
pub const OVERLAP_HOURS_MAX: u32 = 168;
pub const OVERLAP_HOURS: u32 = 24;

/// The facts about a live Client Secret, without its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretInfo {
    pub created_at: UnixMs,
    pub last_used_at: Option<UnixMs>,
    /// When a retiring secret stops working. `None` for the current one.
    pub ends_at: Option<UnixMs>,
}

/// 44 characters of `[A-Za-z0-9_-]`, 264 bits.
pub fn mint_client_secret(rng: &mut impl CryptoRng) -> Secret {
    let mut bytes = Zeroizing::new([0_u8; CLIENT_SECRET_BYTES]);
    rng.fill_bytes(bytes.as_mut_slice());
    // The exact capacity: a string that grows would leave a copy behind, which is not wiped.
    let mut text = String::with_capacity(CLIENT_SECRET_LEN);
    URL_SAFE_NO_PAD.encode_string(bytes.as_slice(), &mut text);
    Secret::new(text)
}

/// 32 alphanumerics, about 190 bits, each character equally likely.
pub fn mint_shared_secret(rng: &mut impl CryptoRng) -> Secret {
    let mut text = String::with_capacity(SHARED_SECRET_LEN);
    for _ in 0..SHARED_SECRET_LEN {
        text.push(char::from(Alphanumeric.sample(rng)));
    }
    Secret::new(text)
}

/// SHA-256 of a secret. Only for secrets of 112 bits or more (ASVS 6.5.2), never for a password.
#[derive(Clone, Copy, Debug)]
pub struct SecretDigest([u8; 32]);

impl SecretDigest {
    pub fn of(secret: &Secret) -> Self {
        Self(Sha256::digest(secret.expose().as_bytes()).into())
    }

    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The digest of text from a request, which may be anything.
    pub fn of_presented(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// Compares in constant time.
    pub fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }

    /// Compares digests, so that the time does not even reveal the length.
    pub fn matches(&self, presented: &str) -> bool {
        self.is(&Self::of_presented(presented))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;
    use rand::{SeedableRng as _, rngs::StdRng};

    use crate::domain::oauth::credential::*;

    fn is_url_safe(text: &str) -> bool {
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    }

    proptest! {
        #[test]
        fn an_id_is_the_base64url_of_a_version_4_uuid_and_no_option(seed: u64) {
            let id = mint_id(&mut StdRng::seed_from_u64(seed));
            prop_assert_eq!(id.len(), ID_LEN);
            prop_assert!(is_url_safe(&id));
            prop_assert!(!id.starts_with('-'));
            prop_assert!(matches!(id.as_bytes()[8], b'Q' | b'R' | b'S' | b'T'));
            prop_assert!(matches!(id.as_bytes()[21], b'A' | b'Q' | b'g' | b'w'));
        }

        #[test]
        fn a_client_secret_has_44_url_safe_characters(seed: u64) {
            let secret = mint_client_secret(&mut StdRng::seed_from_u64(seed));
            prop_assert_eq!(secret.expose().len(), CLIENT_SECRET_LEN);
            prop_assert!(is_url_safe(secret.expose()));
        }

        #[test]
        fn a_shared_secret_has_32_alphanumerics(seed: u64) {
            let secret = mint_shared_secret(&mut StdRng::seed_from_u64(seed));
            prop_assert_eq!(secret.expose().len(), SHARED_SECRET_LEN);
            prop_assert!(secret.expose().bytes().all(|byte| byte.is_ascii_alphanumeric()));
        }

        #[test]
        fn a_digest_matches_its_own_secret_and_no_other(secret: String, other: String) {
            let digest = SecretDigest::of(&Secret::new(secret.clone()));
            prop_assert!(digest.matches(&secret));
            prop_assert_eq!(digest.matches(&other), secret == other);
            prop_assert!(SecretDigest::from_bytes(*digest.as_bytes()).matches(&secret));
        }
    }

    #[test]
    fn ten_thousand_of_each_never_repeat() {
        let rng = &mut StdRng::seed_from_u64(7);
        let mut seen = HashSet::new();
        for _ in 0..10_000 {
            assert!(seen.insert(mint_id(rng)));
            assert!(seen.insert(mint_client_secret(rng).expose().to_owned()));
            assert!(seen.insert(mint_shared_secret(rng).expose().to_owned()));
        }
    }

    #[test]
    fn the_bits_of_client_secrets_are_balanced() {
        let rng = &mut StdRng::seed_from_u64(11);
        let (mut ones, mut bits) = (0_u32, 0_u32);
        for _ in 0..4_000 {
            let secret = mint_client_secret(rng);
            let bytes = URL_SAFE_NO_PAD.decode(secret.expose()).unwrap();
            ones += bytes.iter().map(|byte| byte.count_ones()).sum::<u32>();
            bits += 8 * u32::try_from(bytes.len()).unwrap();
        }
        let sigma = f64::from(bits).sqrt() / 2.0;
        assert!((f64::from(ones) - f64::from(bits) / 2.0).abs() < 4.0 * sigma);
    }
}
