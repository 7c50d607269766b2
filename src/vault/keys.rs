//! The keys that seal a developer's identity: from a password and from a recovery key. Wiped on drop,
//! hidden in `Debug`, and never compared outside of tests.

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::parts::derive;
use crate::domain::people::recovery_key::RecoveryKey;

/// Opens only one developer's identity. Boxed: a key that moves on the stack leaves copies behind.
pub struct WrappingKey(Box<Zeroizing<[u8; 32]>>);

impl WrappingKey {
    pub(super) fn new(bytes: Box<Zeroizing<[u8; 32]>>) -> Self {
        Self(bytes)
    }

    /// Without stretching: the recovery key has 200 random bits, so that slow guessing would not
    /// make it safer.
    pub fn from_recovery_key(key: &RecoveryKey) -> Self {
        Self(Box::new(derive(
            key.expose().as_bytes(),
            None,
            &[b"devconsole/2 recovery"],
        )))
    }

    /// For a password that is only compared: what is stored of it opens nothing.
    pub fn check(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_slice()).into()
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    #[cfg(test)]
    pub(super) fn same_as(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl std::fmt::Debug for WrappingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WrappingKey(…)")
    }
}
