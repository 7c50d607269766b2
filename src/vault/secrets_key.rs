//! The key that seals the secrets of a workspace. It is wrapped for each developer who may see
//! secrets with HPKE (RFC 9180, base mode), and replaced when a developer loses that right.

use rand::CryptoRng;
use zeroize::Zeroizing;

use super::{
    Link, MemberKeys, PublicKeys, VaultError,
    envelope::{open_with, seal_for},
    parts::{derive, hash, parts},
};
use crate::domain::secret::Secret;

pub struct SecretsKey {
    bytes: Box<Zeroizing<[u8; 32]>>,
    /// Counts the keys of a workspace, from 1.
    epoch: u32,
}

impl SecretsKey {
    pub fn mint(epoch: u32, rng: &mut impl CryptoRng) -> Self {
        let mut bytes = Box::new(Zeroizing::new([0_u8; 32]));
        rng.fill_bytes(bytes.as_mut_slice());
        Self { bytes, epoch }
    }

    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// Stands in the signed statement that introduces the key: a planted key has another one.
    pub fn check(&self) -> [u8; 32] {
        hash(&[b"devconsole/2 secrets key", self.bytes.as_slice()])
    }

    /// For a developer of the workspace whose history begins with `origin`.
    pub fn wrap(
        &self,
        keys: &PublicKeys,
        origin: &Link,
        developer: &str,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, VaultError> {
        let info = wrap_info(origin, developer, self.epoch);
        seal_for(keys, &info, &self.bytes, rng)
    }

    pub fn unwrap(
        wrapped: &[u8],
        keys: &MemberKeys,
        origin: &Link,
        developer: &str,
        epoch: u32,
    ) -> Result<Self, VaultError> {
        let info = wrap_info(origin, developer, epoch);
        let bytes = open_with(keys, &info, wrapped)?;
        Ok(Self { bytes, epoch })
    }

    /// Shows in the history whether two secrets differ, and reveals nothing else about them. It can
    /// be compared with fingerprints of the same key only, whose number it begins with.
    pub fn fingerprint(&self, secret: &Secret) -> String {
        let info: [&[u8]; 2] = [b"devconsole/2 fingerprint", secret.expose().as_bytes()];
        let mac = derive(self.bytes.as_slice(), None, &info);
        let digits: String = mac
            .iter()
            .take(6)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("{}·{digits}", self.epoch)
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }
}

impl std::fmt::Debug for SecretsKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SecretsKey({}, …)", self.epoch)
    }
}

fn wrap_info(origin: &Link, developer: &str, epoch: u32) -> Vec<u8> {
    parts(&[
        b"devconsole/2 wrap",
        origin,
        developer.as_bytes(),
        &epoch.to_le_bytes(),
    ])
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng as _, rngs::StdRng};

    use super::*;
    use crate::vault::Identity;

    const ORIGIN: Link = [7; 32];

    #[test]
    fn a_wrapped_key_opens_for_its_developer_its_workspace_and_its_epoch_only() {
        let mut rng = StdRng::seed_from_u64(3);
        let ada = Identity::mint(ORIGIN, &mut rng).keys();
        let grace = Identity::mint(ORIGIN, &mut rng).keys();
        let key = SecretsKey::mint(4, &mut rng);
        let wrapped = key.wrap(&ada.public(), &ORIGIN, "ada", &mut rng).unwrap();
        assert_eq!(wrapped.len(), 81);

        let opened = SecretsKey::unwrap(&wrapped, &ada, &ORIGIN, "ada", 4).unwrap();
        assert_eq!(opened.check(), key.check());
        let refused = [
            SecretsKey::unwrap(&wrapped, &grace, &ORIGIN, "ada", 4),
            SecretsKey::unwrap(&wrapped, &ada, &[8; 32], "ada", 4),
            SecretsKey::unwrap(&wrapped, &ada, &ORIGIN, "grace", 4),
            SecretsKey::unwrap(&wrapped, &ada, &ORIGIN, "ada", 5),
        ];
        assert!(refused.iter().all(Result::is_err));
    }

    #[test]
    fn any_flipped_bit_and_any_cut_of_a_wrapped_key_fails() {
        let mut rng = StdRng::seed_from_u64(3);
        let ada = Identity::mint(ORIGIN, &mut rng).keys();
        let key = SecretsKey::mint(1, &mut rng);
        let wrapped = key.wrap(&ada.public(), &ORIGIN, "ada", &mut rng).unwrap();
        for bit in 0..wrapped.len() * 8 {
            // The highest bit of an X25519 point is ignored (RFC 7748 §5), but HPKE hashes it.
            let mut broken = wrapped.clone();
            broken[bit / 8] ^= 1 << (bit % 8);
            let opened = SecretsKey::unwrap(&broken, &ada, &ORIGIN, "ada", 1);
            assert!(opened.is_err(), "bit {bit}");
        }
        for len in 0..wrapped.len() {
            let opened = SecretsKey::unwrap(&wrapped[..len], &ada, &ORIGIN, "ada", 1);
            assert!(opened.is_err(), "cut at {len}");
        }
    }

    #[test]
    fn fingerprints_differ_by_secret_and_by_key() {
        let mut rng = StdRng::seed_from_u64(3);
        let (one, two) = (SecretsKey::mint(1, &mut rng), SecretsKey::mint(2, &mut rng));
        let (a, b) = (Secret::new("a"), Secret::new("b"));
        assert_eq!(one.fingerprint(&a), one.fingerprint(&a));
        assert_ne!(one.fingerprint(&a), one.fingerprint(&b));
        assert_ne!(one.fingerprint(&a), two.fingerprint(&a));
        assert!(one.fingerprint(&a).starts_with("1·"));
    }

    #[test]
    fn keys_do_not_print() {
        let mut rng = StdRng::seed_from_u64(9);
        let key = SecretsKey::mint(1, &mut rng);
        assert_eq!(format!("{key:?}"), "SecretsKey(1, …)");
    }
}
