//! The keys of one developer, all derived from one random seed: one signs what they do, one opens
//! the secrets key that others wrapped for them, one seals what they have seen of the history.

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use hpke::{Deserializable as _, Kem as _, Serializable as _, kem::X25519HkdfSha256};
use rand::CryptoRng;
use zeroize::Zeroizing;

use super::{
    Place, VaultError, WrappingKey,
    parts::{derive, hash, parts},
    seal::{open_under, seal_under},
};

pub(super) type Kem = X25519HkdfSha256;
pub(super) type UnwrapKey = <Kem as hpke::Kem>::PrivateKey;

/// A link of the history: the SHA-256 of a row and of the link before it.
pub type Link = [u8; 32];

/// The private half of a developer: the seed of their keys, and the first link of the history that
/// they belong to. Opening it reveals a history that begins elsewhere.
pub struct Identity {
    seed: Zeroizing<[u8; 32]>,
    pub origin: Link,
}

impl Identity {
    pub fn mint(origin: Link, rng: &mut impl CryptoRng) -> Self {
        let mut seed = Zeroizing::new([0_u8; 32]);
        rng.fill_bytes(seed.as_mut_slice());
        Self { seed, origin }
    }

    /// The same keys in a history that begins with this link.
    #[must_use]
    pub fn at_origin(self, origin: Link) -> Self {
        Self { origin, ..self }
    }

    pub fn seal(
        &self,
        under: &WrappingKey,
        rng: &mut impl CryptoRng,
        place: &Place<'_>,
    ) -> Result<Vec<u8>, VaultError> {
        let mut both = Zeroizing::new([0_u8; 64]);
        let (seed, origin) = both.split_at_mut(32);
        seed.copy_from_slice(self.seed.as_slice());
        origin.copy_from_slice(&self.origin);
        seal_under(under.bytes(), rng, both.as_slice(), place)
    }

    /// `NotOpened` is the only sign of a wrong password: no hash of a password is stored.
    pub fn open(sealed: &[u8], under: &WrappingKey, place: &Place<'_>) -> Result<Self, VaultError> {
        let opened = open_under(under.bytes(), sealed, place)?;
        let (seed, origin) = opened
            .split_first_chunk::<32>()
            .ok_or(VaultError::NotOpened)?;
        Ok(Self {
            seed: Zeroizing::new(*seed),
            origin: origin.try_into().map_err(|_| VaultError::NotOpened)?,
        })
    }

    pub fn keys(&self) -> MemberKeys {
        let derived = |purpose: &[u8]| derive(self.seed.as_slice(), None, &[purpose]);
        let (unwrap, wrap) = Kem::derive_keypair(derived(b"devconsole/2 unwrap").as_slice());
        let sign = SigningKey::from_bytes(&derived(b"devconsole/2 sign"));
        MemberKeys {
            public: PublicKeys {
                sign: sign.verifying_key().to_bytes(),
                wrap: wrap.to_bytes().into(),
            },
            sign,
            unwrap,
            seen: derived(b"devconsole/2 seen"),
        }
    }
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity(…)")
    }
}

/// The keys of a developer who is signed in.
pub struct MemberKeys {
    sign: SigningKey,
    pub(super) unwrap: UnwrapKey,
    seen: Zeroizing<[u8; 32]>,
    public: PublicKeys,
}

impl MemberKeys {
    pub fn public(&self) -> PublicKeys {
        self.public
    }

    pub fn sign_row(&self, link: &Link) -> [u8; 64] {
        self.sign.sign(&row_message(link)).to_bytes()
    }

    /// For the end of the history, which cannot be moved without a key.
    pub fn sign_end(&self, seq: i64, link: &Link) -> [u8; 64] {
        self.sign.sign(&end_message(seq, link)).to_bytes()
    }

    pub fn seal_seen(
        &self,
        seen: &[u8],
        rng: &mut impl CryptoRng,
        place: &Place<'_>,
    ) -> Result<Vec<u8>, VaultError> {
        seal_under(&self.seen, rng, seen, place)
    }

    pub fn open_seen(
        &self,
        sealed: &[u8],
        place: &Place<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        open_under(&self.seen, sealed, place)
    }
}

impl std::fmt::Debug for MemberKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MemberKeys(…)")
    }
}

/// The public half of a developer's keys, as a statement names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKeys {
    /// Ed25519.
    pub sign: [u8; 32],
    /// X25519.
    pub wrap: [u8; 32],
}

impl PublicKeys {
    pub fn verifies_row(&self, link: &Link, signature: &[u8]) -> bool {
        self.verifies(&row_message(link), signature)
    }

    pub fn verifies_end(&self, seq: i64, link: &Link, signature: &[u8]) -> bool {
        self.verifies(&end_message(seq, link), signature)
    }

    /// Strict, so that a weak key or a malleable signature vouches for nothing.
    fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let Ok(key) = VerifyingKey::from_bytes(&self.sign) else {
            return false;
        };
        Signature::from_slice(signature)
            .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok())
    }

    pub(super) fn wrap_key(&self) -> Result<<Kem as hpke::Kem>::PublicKey, VaultError> {
        <Kem as hpke::Kem>::PublicKey::from_bytes(&self.wrap).map_err(|_| VaultError::NotOpened)
    }
}

fn row_message(link: &Link) -> Vec<u8> {
    parts(&[b"devconsole/2 row", link])
}

fn end_message(seq: i64, link: &Link) -> Vec<u8> {
    parts(&[b"devconsole/2 end", &seq.to_le_bytes(), link])
}

/// The link of a row: its parts, after the link before it (zeros before the first row).
pub fn link(previous: &Link, row: &[&[u8]]) -> Link {
    let mut list: Vec<&[u8]> = vec![b"devconsole/2 link", previous];
    list.extend_from_slice(row);
    hash(&list)
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng as _, rngs::StdRng};

    use super::*;
    use crate::{domain::people::recovery_key::RecoveryKey, vault::WrappingKey};

    const PLACE: Place<'_> = Place {
        table: "developers",
        column: "key_by_recovery",
        of: &["ada"],
    };

    #[test]
    fn an_identity_opens_under_its_own_key_at_its_own_place_only() {
        let mut rng = StdRng::seed_from_u64(9);
        let identity = Identity::mint([7; 32], &mut rng);
        let recovery = RecoveryKey::mint(&mut rng);
        let under = WrappingKey::from_recovery_key(&recovery);
        let sealed = identity.seal(&under, &mut rng, &PLACE).unwrap();
        assert_eq!(sealed.len(), 105);

        let opened = Identity::open(&sealed, &under, &PLACE).unwrap();
        assert_eq!(opened.keys().public(), identity.keys().public());
        assert_eq!(opened.origin, [7; 32]);

        let elsewhere = Place {
            of: &["grace"],
            ..PLACE
        };
        assert!(Identity::open(&sealed, &under, &elsewhere).is_err());
        let other = WrappingKey::from_recovery_key(&RecoveryKey::mint(&mut rng));
        assert!(Identity::open(&sealed, &other, &PLACE).is_err());
    }

    #[test]
    fn a_signature_is_for_one_message_of_one_developer() {
        let mut rng = StdRng::seed_from_u64(9);
        let ada = Identity::mint([0; 32], &mut rng).keys();
        let grace = Identity::mint([0; 32], &mut rng).keys().public();
        let signature = ada.sign_row(&[1; 32]);
        assert!(ada.public().verifies_row(&[1; 32], &signature));
        assert!(!ada.public().verifies_row(&[2; 32], &signature));
        assert!(!grace.verifies_row(&[1; 32], &signature));
        assert!(!ada.public().verifies_end(1, &[1; 32], &signature));
        let end = ada.sign_end(4, &[1; 32]);
        assert!(ada.public().verifies_end(4, &[1; 32], &end));
        assert!(!ada.public().verifies_end(5, &[1; 32], &end));
        assert!(!ada.public().verifies_row(&[1; 32], &signature[..63]));
    }

    #[test]
    fn what_was_seen_opens_for_the_same_developer_only() {
        let mut rng = StdRng::seed_from_u64(9);
        let ada = Identity::mint([0; 32], &mut rng).keys();
        let grace = Identity::mint([0; 32], &mut rng).keys();
        let sealed = ada.seal_seen(b"seen", &mut rng, &PLACE).unwrap();
        assert_eq!(ada.open_seen(&sealed, &PLACE).unwrap().as_slice(), b"seen");
        assert!(grace.open_seen(&sealed, &PLACE).is_err());
    }
}
