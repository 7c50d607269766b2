//! Keys: derives a key from a password, wraps the workspace key, seals and opens secrets.
//! Deliberately absent: files, SQL, the screen. `store` keeps what is sealed.

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
    /// A wrong key, a value from another row, or damage: an AEAD cannot tell them apart.
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

/// A generator for one operation, seeded by the operating system.
///
/// The operating system's generator can fail. It is used only here, where an error is easy to
/// report; the returned one cannot fail in the middle of a registration.
pub fn os_random() -> Result<StdRng, VaultError> {
    StdRng::try_from_rng(&mut SysRng).map_err(|_| VaultError::NoRandomness)
}
