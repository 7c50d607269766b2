//! The workspace key, and the keys that wrap it: from a password and from a recovery key. Keys are
//! wiped on drop, hidden in `Debug`, and never compared outside of tests.

use rand::CryptoRng;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::{
    Aad, VaultError,
    seal::{open_under, seal_under},
};
use crate::domain::people::recovery_key::RecoveryKey;

/// Seals every secret of a workspace. Random; a new password does not change it.
pub struct WorkspaceKey(Zeroizing<[u8; 32]>);

/// Opens only one developer's wrapped copy of the workspace key.
pub struct WrappingKey(Zeroizing<[u8; 32]>);

impl WorkspaceKey {
    pub fn mint(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        rng.fill_bytes(bytes.as_mut_slice());
        Self(bytes)
    }

    pub fn wrap(
        &self,
        under: &WrappingKey,
        rng: &mut impl CryptoRng,
        aad: &Aad<'_>,
    ) -> Result<Vec<u8>, VaultError> {
        seal_under(&under.0, rng, self.0.as_slice(), aad)
    }

    /// `NotOpened` is the only sign of a wrong password: no hash of a password is stored.
    pub fn unwrap_from(
        wrapped: &[u8],
        under: &WrappingKey,
        aad: &Aad<'_>,
    ) -> Result<Self, VaultError> {
        let opened = open_under(&under.0, wrapped, aad)?;
        let mut bytes = Zeroizing::new([0_u8; 32]);
        if opened.len() != bytes.len() {
            return Err(VaultError::NotOpened);
        }
        bytes.copy_from_slice(&opened);
        Ok(Self(bytes))
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl WrappingKey {
    pub(super) fn new(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    /// One SHA-256 without stretching: the recovery key has 200 random bits, so that slow guessing
    /// would not make it safer. The label separates this use from any other hash of the key.
    pub fn from_recovery_key(key: &RecoveryKey) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"devconsole recovery key v1\0");
        hash.update(key.expose().as_bytes());
        Self(Zeroizing::new(hash.finalize().into()))
    }

    #[cfg(test)]
    pub(super) fn same_as(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl std::fmt::Debug for WorkspaceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WorkspaceKey(…)")
    }
}

impl std::fmt::Debug for WrappingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WrappingKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng as _, rngs::StdRng};

    use super::*;

    const PLACE: Aad<'_> = Aad {
        table: "developers",
        row: "ada",
        column: "key_by_recovery",
        version: 1,
    };

    #[test]
    fn a_wrapped_key_comes_back_under_the_same_recovery_key_only() {
        let mut rng = StdRng::seed_from_u64(9);
        let key = WorkspaceKey::mint(&mut rng);
        let recovery = RecoveryKey::mint(&mut rng);
        let under = WrappingKey::from_recovery_key(&recovery);
        let wrapped = key.wrap(&under, &mut rng, &PLACE).unwrap();

        let typed = RecoveryKey::parse(&recovery.expose().to_lowercase()).unwrap();
        let again = WrappingKey::from_recovery_key(&typed);
        let opened = WorkspaceKey::unwrap_from(&wrapped, &again, &PLACE).unwrap();
        assert_eq!(opened.bytes(), key.bytes());

        let other = WrappingKey::from_recovery_key(&RecoveryKey::mint(&mut rng));
        let refused = WorkspaceKey::unwrap_from(&wrapped, &other, &PLACE).unwrap_err();
        assert_eq!(refused, VaultError::NotOpened);
    }

    #[test]
    fn keys_do_not_print() {
        let mut rng = StdRng::seed_from_u64(9);
        let key = WorkspaceKey::mint(&mut rng);
        assert_eq!(format!("{key:?}"), "WorkspaceKey(…)");
    }
}
