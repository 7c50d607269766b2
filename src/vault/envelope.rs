//! 32 bytes sealed for one developer: HPKE (RFC 9180) in base mode, single shot.
//! Layout: format `02` ‖ encapsulated key (32) ‖ ciphertext and tag (48).

use hpke::{
    Deserializable as _, OpModeR, OpModeS, Serializable as _, aead::ChaCha20Poly1305,
    kdf::HkdfSha256, single_shot_open, single_shot_seal_with_rng,
};
use rand::CryptoRng;
use zeroize::Zeroizing;

use super::{MemberKeys, PublicKeys, VaultError, identity::Kem, parts::FORMAT};

const ENCAPSULATED_LEN: usize = 32;

pub(super) fn seal_for(
    keys: &PublicKeys,
    info: &[u8],
    bytes: &[u8; 32],
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, VaultError> {
    let (encapsulated, sealed) = single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, Kem>(
        &OpModeS::Base,
        &keys.wrap_key()?,
        info,
        bytes,
        b"",
        rng,
    )
    .map_err(|_| VaultError::NotOpened)?;
    let mut envelope = vec![FORMAT];
    envelope.extend_from_slice(&encapsulated.to_bytes());
    envelope.extend(sealed);
    Ok(envelope)
}

/// Boxed: bytes that move on the stack leave copies behind.
pub(super) fn open_with(
    keys: &MemberKeys,
    info: &[u8],
    envelope: &[u8],
) -> Result<Box<Zeroizing<[u8; 32]>>, VaultError> {
    let (format, rest) = envelope.split_first().ok_or(VaultError::NotOpened)?;
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
        &keys.unwrap,
        &encapsulated,
        info,
        sealed,
        b"",
    )
    .map(Zeroizing::new)
    .map_err(|_| VaultError::NotOpened)?;
    let mut bytes = Box::new(Zeroizing::new([0; 32]));
    if opened.len() != bytes.len() {
        return Err(VaultError::NotOpened);
    }
    bytes.copy_from_slice(&opened);
    Ok(bytes)
}
