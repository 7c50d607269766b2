//! Unambiguous bytes from a list of parts, and the one derivation of keys besides Argon2id.

use hkdf::Hkdf;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// The first byte of every sealed value, signed message and wrapped key of this format.
pub(super) const FORMAT: u8 = 2;

/// `02`, then each part after its length (u64, little-endian), so that no two lists give the same
/// bytes. The first part names the purpose.
pub(super) fn parts(list: &[&[u8]]) -> Vec<u8> {
    let len = list.iter().map(|part| part.len() + 8).sum::<usize>() + 1;
    let mut bytes = Vec::with_capacity(len);
    bytes.push(FORMAT);
    for part in list {
        bytes.extend((part.len() as u64).to_le_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

/// HKDF-SHA256, 32 bytes. RFC 5869.
pub(super) fn derive(key: &[u8], salt: Option<&[u8]>, info: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut derived = Zeroizing::new([0_u8; 32]);
    // Expanding fails beyond 255 blocks only; this is one block.
    let _ = Hkdf::<Sha256>::new(salt, key).expand(&parts(info), derived.as_mut_slice());
    derived
}

pub(super) fn hash(list: &[&[u8]]) -> [u8; 32] {
    Sha256::digest(parts(list)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cannot_be_shifted_into_each_other() {
        assert_ne!(parts(&[b"ab", b"c"]), parts(&[b"a", b"bc"]));
        assert_ne!(parts(&[b"ab"]), parts(&[b"ab", b""]));
        assert_eq!(
            parts(&[b"a", b""]),
            [2, 1, 0, 0, 0, 0, 0, 0, 0, b'a', 0, 0, 0, 0, 0, 0, 0, 0]
        );
    }

    #[test]
    fn a_key_depends_on_key_salt_and_purpose() {
        let one = derive(b"key", None, &[b"sign"]);
        assert_ne!(one, derive(b"kez", None, &[b"sign"]));
        assert_ne!(one, derive(b"key", Some(b"salt"), &[b"sign"]));
        assert_ne!(one, derive(b"key", None, &[b"seen"]));
        assert_eq!(one, derive(b"key", None, &[b"sign"]));
    }
}
