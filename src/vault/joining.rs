//! Proof of a password of format 8, from a developer to an administrator: the key that the password
//! derives, sealed with HPKE for the administrator and for one pair of new keys.

use hpke::{
    Deserializable as _, OpModeR, OpModeS, Serializable as _, aead::ChaCha20Poly1305,
    kdf::HkdfSha256, single_shot_open, single_shot_seal_with_rng,
};
use rand::CryptoRng;
use zeroize::Zeroizing;

use super::{
    Link, MemberKeys, PublicKeys, VaultError, WrappingKey,
    identity::Kem,
    parts::{FORMAT, parts},
};

const ENCAPSULATED_LEN: usize = 32;

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
        let (encapsulated, sealed) =
            single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, Kem>(
                &OpModeS::Base,
                &admin.wrap_key()?,
                &self.info(),
                under_password.bytes(),
                b"",
                rng,
            )
            .map_err(|_| VaultError::NotOpened)?;
        let mut proof = vec![FORMAT];
        proof.extend_from_slice(&encapsulated.to_bytes());
        proof.extend(sealed);
        Ok(proof)
    }

    /// The key that the developer's password derives.
    pub fn open(&self, proof: &[u8], admin: &MemberKeys) -> Result<WrappingKey, VaultError> {
        let (format, rest) = proof.split_first().ok_or(VaultError::NotOpened)?;
        if *format != FORMAT {
            return Err(VaultError::UnknownFormat);
        }
        let (encapsulated, sealed) = rest
            .split_first_chunk::<ENCAPSULATED_LEN>()
            .ok_or(VaultError::NotOpened)?;
        let encapsulated = <Kem as hpke::Kem>::EncappedKey::from_bytes(encapsulated)
            .map_err(|_| VaultError::NotOpened)?;
        let opened = single_shot_open::<ChaCha20Poly1305, HkdfSha256, Kem>(
            &OpModeR::Base,
            &admin.unwrap,
            &encapsulated,
            &self.info(),
            sealed,
            b"",
        )
        .map(Zeroizing::new)
        .map_err(|_| VaultError::NotOpened)?;
        let bytes: [u8; 32] = opened
            .as_slice()
            .try_into()
            .map_err(|_| VaultError::NotOpened)?;
        Ok(WrappingKey::new(Box::new(Zeroizing::new(bytes))))
    }
}
