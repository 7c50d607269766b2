//! Keys: password to key, wrap the workspace key, seal and open a secret.
//! Deliberately absent: files, SQL, the screen. What is sealed is kept by `store`.

mod kdf;
mod keys;
mod mac;
mod seal;
mod sign;
mod sign_rsa;

use rand::{
    SeedableRng as _,
    rngs::{StdRng, SysRng},
};

pub use kdf::{KdfCost, Salt};
pub use keys::{WorkspaceKey, WrappingKey};
pub use mac::Link;
pub use seal::{Aad, open, open_text, seal};
pub use sign::{JwtSigner, verify_es256};
pub use sign_rsa::RsaSigner;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// Wrong key, another row's blob, or a damaged one: an AEAD cannot tell them apart.
    #[error("The sealed value cannot be opened.")]
    NotOpened,
    #[error("The sealed value has a format that this version does not know.")]
    UnknownFormat,
    #[error("The stored cost of deriving a key is out of bounds.")]
    CostOutOfBounds,
    #[error("There is not enough memory to derive a key.")]
    OutOfMemory,
    #[error("The operating system gave no random numbers.")]
    NoRandomness,
}

/// A generator seeded by the operating system, for one operation.
///
/// The operating system's generator can fail. It is asked once, here, where that is a clean
/// error; what is handed on cannot fail half-way through a registration.
pub fn os_random() -> Result<StdRng, VaultError> {
    StdRng::try_from_rng(&mut SysRng).map_err(|_| VaultError::NoRandomness)
}
