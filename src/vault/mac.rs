//! Values that are keyed but not secret: the chain of the history, and fingerprints of secrets.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::WorkspaceKey;
use crate::domain::secret::Secret;

/// A link of the history's chain.
pub type Link = [u8; 32];

impl WorkspaceKey {
    /// The link of a row after `previous`. It cannot be forged without the key.
    pub fn link(&self, previous: &[u8], row: &[u8]) -> Link {
        self.mac(b"devconsole history v1\0", &[previous, row])
    }

    /// Shows in the history whether two secrets differ, and reveals nothing else about them.
    pub fn fingerprint(&self, secret: &Secret) -> String {
        let mac = self.mac(
            b"devconsole fingerprint v1\0",
            &[secret.expose().as_bytes()],
        );
        mac.iter()
            .take(6)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    fn mac(&self, purpose: &[u8], parts: &[&[u8]]) -> Link {
        // HMAC pads a short key with zeros to a block. Padding it here rules out an error about its
        // length.
        let mut block = Zeroizing::new([0_u8; 64]);
        for (to, from) in block.iter_mut().zip(self.bytes()) {
            *to = *from;
        }
        let mut mac = Hmac::<Sha256>::new((&*block).into());
        mac.update(purpose);
        for part in parts {
            // With the length, so that no two lists of parts give the same bytes.
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}
