//! Opens what format 8 of the workspace sealed, for the upgrade to a key pair for each developer.
//! Deliberately absent: sealing.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

#[cfg(test)]
use super::seal::seal_format;
use super::{Link, PublicKeys, VaultError, WrappingKey, parts::derive, seal::open_format};
use crate::domain::{people::recovery_key::RecoveryKey, secret::Secret};

const FORMAT: u8 = 1;

/// The place of a sealed value in format 8.
#[derive(Clone, Copy, Debug)]
pub struct FormerPlace<'a> {
    pub table: &'a str,
    pub row: &'a str,
    pub column: &'a str,
}

impl FormerPlace<'_> {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![FORMAT];
        for part in [self.table, self.row, self.column] {
            bytes.extend((part.len() as u64).to_le_bytes());
            bytes.extend(part.as_bytes());
        }
        bytes.extend(1_u32.to_le_bytes());
        bytes
    }
}

/// The one key that all developers shared.
pub struct FormerKey(Zeroizing<[u8; 32]>);

impl FormerKey {
    /// Whether a wrapped key is of format 8.
    pub fn is_of(wrapped: &[u8]) -> bool {
        wrapped.first() == Some(&FORMAT)
    }

    pub fn unwrap_from(
        wrapped: &[u8],
        under: &WrappingKey,
        place: &FormerPlace<'_>,
    ) -> Result<Self, VaultError> {
        let opened = open_under(under.bytes(), wrapped, place)?;
        let bytes: [u8; 32] = opened
            .as_slice()
            .try_into()
            .map_err(|_| VaultError::NotOpened)?;
        Ok(Self(Zeroizing::new(bytes)))
    }

    pub fn open(
        &self,
        sealed: &[u8],
        place: &FormerPlace<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        open_under(&self.0, sealed, place)
    }

    pub fn open_text(&self, sealed: &[u8], place: &FormerPlace<'_>) -> Result<Secret, VaultError> {
        super::seal::text_of(self.open(sealed, place)?)
    }

    /// Proves to those who share the key that the administrator who introduced these keys had it
    /// too.
    pub fn introduces(&self, admin: &PublicKeys, check: &[u8; 32]) -> [u8; 32] {
        *derive(
            self.0.as_slice(),
            None,
            &[b"devconsole/2 introduced", &admin.sign, &admin.wrap, check],
        )
    }

    /// The link of a row of the history, keyed.
    pub fn link(&self, previous: &[u8], row: &[u8]) -> Link {
        let mut block = Zeroizing::new([0_u8; 64]);
        for (to, from) in block.iter_mut().zip(self.0.iter()) {
            *to = *from;
        }
        let mut mac = Hmac::<Sha256>::new((&*block).into());
        mac.update(b"devconsole history v1\0");
        for part in [previous, row] {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

impl std::fmt::Debug for FormerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FormerKey(…)")
    }
}

/// The key that a recovery key of format 8 opens with.
pub fn former_recovery(key: &RecoveryKey) -> WrappingKey {
    let mut hash = Sha256::new();
    hash.update(b"devconsole recovery key v1\0");
    hash.update(key.expose().as_bytes());
    WrappingKey::new(Box::new(Zeroizing::new(hash.finalize().into())))
}

fn open_under(
    key: &[u8; 32],
    sealed: &[u8],
    place: &FormerPlace<'_>,
) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    open_format(FORMAT, key, sealed, &place.bytes())
}

#[cfg(test)]
impl FormerKey {
    /// A wrapped key of format 8 that an attacker makes up.
    pub fn forged(
        under: &WrappingKey,
        place: &FormerPlace<'_>,
        rng: &mut impl rand::CryptoRng,
    ) -> Vec<u8> {
        seal_format(FORMAT, under.bytes(), rng, &[7; 32], &place.bytes()).unwrap()
    }
}
