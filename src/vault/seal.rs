//! Seals and opens one value: XChaCha20-Poly1305 with the place of the value as associated data.
//! Layout: format `02` ‖ nonce (24) ‖ ciphertext and tag.

use chacha20poly1305::{
    Key, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, KeyInit as _, Payload},
};
use rand::CryptoRng;
use zeroize::Zeroizing;

use super::{
    SecretsKey, VaultError,
    parts::{FORMAT, parts},
};
use crate::domain::secret::Secret;

const NONCE_LEN: usize = 24;

/// The place of a sealed value: everything that decides whose it is. At another place it does not
/// open.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub table: &'a str,
    pub column: &'a str,
    /// The row, and whatever else of it must not be changed under the value.
    pub of: &'a [&'a str],
}

impl Place<'_> {
    fn bytes(&self) -> Vec<u8> {
        let mut list: Vec<&[u8]> = vec![self.table.as_bytes(), self.column.as_bytes()];
        list.extend(self.of.iter().map(|part| part.as_bytes()));
        parts(&list)
    }
}

pub fn seal(
    key: &SecretsKey,
    rng: &mut impl CryptoRng,
    plaintext: &[u8],
    place: &Place<'_>,
) -> Result<Vec<u8>, VaultError> {
    seal_under(key.bytes(), rng, plaintext, place)
}

/// Fails the same way for a wrong key, another place and damage.
pub fn open(
    key: &SecretsKey,
    sealed: &[u8],
    place: &Place<'_>,
) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    open_under(key.bytes(), sealed, place)
}

pub fn open_text(key: &SecretsKey, sealed: &[u8], place: &Place<'_>) -> Result<Secret, VaultError> {
    text_of(open(key, sealed, place)?)
}

pub(super) fn text_of(mut bytes: Zeroizing<Vec<u8>>) -> Result<Secret, VaultError> {
    let text = String::from_utf8(std::mem::take(&mut *bytes)).map_err(|error| {
        drop(Zeroizing::new(error.into_bytes()));
        VaultError::NotOpened
    })?;
    Ok(Secret::new(text))
}

pub(super) fn seal_under(
    key: &[u8; 32],
    rng: &mut impl CryptoRng,
    plaintext: &[u8],
    place: &Place<'_>,
) -> Result<Vec<u8>, VaultError> {
    seal_format(FORMAT, key, rng, plaintext, &place.bytes())
}

pub(super) fn seal_format(
    format: u8,
    key: &[u8; 32],
    rng: &mut impl CryptoRng,
    plaintext: &[u8],
    aad: &[u8],
) -> Result<Vec<u8>, VaultError> {
    // 24 random bytes do not repeat, however many values one key seals.
    let mut nonce = [0_u8; NONCE_LEN];
    rng.fill_bytes(&mut nonce);
    let payload = Payload {
        msg: plaintext,
        aad,
    };
    let ciphertext = XChaCha20Poly1305::new(<&Key>::from(key))
        .encrypt(&XNonce::from(nonce), payload)
        .map_err(|_| VaultError::NotOpened)?;
    let mut sealed = Vec::with_capacity(1 + NONCE_LEN + ciphertext.len());
    sealed.push(format);
    sealed.extend(nonce);
    sealed.extend(ciphertext);
    Ok(sealed)
}

pub(super) fn open_under(
    key: &[u8; 32],
    sealed: &[u8],
    place: &Place<'_>,
) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    open_format(FORMAT, key, sealed, &place.bytes())
}

/// Format 8 of the workspace has the same layout after another first byte.
pub(super) fn open_format(
    format: u8,
    key: &[u8; 32],
    sealed: &[u8],
    aad: &[u8],
) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let (first, rest) = sealed.split_first().ok_or(VaultError::NotOpened)?;
    if *first != format {
        return Err(VaultError::UnknownFormat);
    }
    let (nonce, ciphertext) = rest
        .split_first_chunk::<NONCE_LEN>()
        .ok_or(VaultError::NotOpened)?;
    let payload = Payload {
        msg: ciphertext,
        aad,
    };
    XChaCha20Poly1305::new(<&Key>::from(key))
        .decrypt(<&XNonce>::from(nonce), payload)
        .map(Zeroizing::new)
        .map_err(|_| VaultError::NotOpened)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rand::{SeedableRng as _, rngs::StdRng};

    use super::*;

    fn place(row: &'static str) -> Place<'static> {
        let of: &[&str] = match row {
            "a" => &["a", "app"],
            _ => &["b", "app"],
        };
        Place {
            table: "client_secrets",
            column: "sealed",
            of,
        }
    }

    fn rig() -> (SecretsKey, StdRng) {
        let mut rng = StdRng::seed_from_u64(5);
        (SecretsKey::mint(1, &mut rng), rng)
    }

    #[test]
    fn what_was_sealed_opens_in_its_own_place() {
        let (key, mut rng) = rig();
        let sealed = seal(&key, &mut rng, b"s3cret", &place("a")).unwrap();
        assert!(!sealed.windows(6).any(|window| window == b"s3cret"));
        let opened = open_text(&key, &sealed, &place("a")).unwrap();
        assert_eq!(opened.expose(), "s3cret");
    }

    #[test]
    fn two_values_swapped_between_rows_do_not_open() {
        let (key, mut rng) = rig();
        let first = seal(&key, &mut rng, b"first", &place("a")).unwrap();
        let second = seal(&key, &mut rng, b"second", &place("b")).unwrap();
        assert!(open(&key, &first, &place("b")).is_err());
        assert!(open(&key, &second, &place("a")).is_err());
        let other_app = Place {
            of: &["a", "other app"],
            ..place("a")
        };
        assert!(open(&key, &first, &other_app).is_err());
    }

    #[test]
    fn any_flipped_bit_and_any_cut_fails() {
        let (key, mut rng) = rig();
        let sealed = seal(&key, &mut rng, b"value", &place("a")).unwrap();
        for bit in 0..sealed.len() * 8 {
            let mut broken = sealed.clone();
            broken[bit / 8] ^= 1 << (bit % 8);
            assert!(open(&key, &broken, &place("a")).is_err(), "bit {bit}");
        }
        for len in 0..sealed.len() {
            assert!(
                open(&key, &sealed[..len], &place("a")).is_err(),
                "cut at {len}"
            );
        }
    }

    #[test]
    fn another_key_does_not_open_it() {
        let (key, mut rng) = rig();
        let sealed = seal(&key, &mut rng, b"value", &place("a")).unwrap();
        assert!(open(&SecretsKey::mint(1, &mut rng), &sealed, &place("a")).is_err());
    }

    #[test]
    fn a_hundred_thousand_values_never_share_a_nonce() {
        let (key, _) = rig();
        let mut rng = super::super::os_random().unwrap();
        let mut nonces = HashSet::new();
        for _ in 0..100_000 {
            let sealed = seal(&key, &mut rng, b"", &place("a")).unwrap();
            assert!(nonces.insert(sealed[1..=NONCE_LEN].to_vec()));
        }
    }
}
