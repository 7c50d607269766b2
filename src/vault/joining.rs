//! Proof of a password of format 8, from a developer to an administrator: the key that the password
//! derives, sealed with HPKE for the administrator and for one pair of new keys.

use rand::CryptoRng;

use super::{
    Link, MemberKeys, PublicKeys, VaultError, WrappingKey,
    envelope::{open_with, seal_for},
    parts::parts,
};

/// The developer who joins, with the keys that they made.
#[derive(Clone, Copy, Debug)]
pub struct Joiner<'a> {
    pub developer: &'a str,
    pub keys: PublicKeys,
    pub origin: Link,
}

impl Joiner<'_> {
    fn info(&self) -> Vec<u8> {
        parts(&[
            b"devconsole/2 joining",
            &self.origin,
            self.developer.as_bytes(),
            &self.keys.sign,
            &self.keys.wrap,
        ])
    }

    pub fn prove(
        &self,
        under_password: &WrappingKey,
        admin: &PublicKeys,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, VaultError> {
        seal_for(admin, &self.info(), under_password.bytes(), rng)
    }

    /// The key that the developer's password derives.
    pub fn open(&self, proof: &[u8], admin: &MemberKeys) -> Result<WrappingKey, VaultError> {
        let bytes = open_with(admin, &self.info(), proof)?;
        Ok(WrappingKey::new(bytes))
    }
}
