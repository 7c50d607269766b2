//! Keys: derives a key from a password, opens a developer's identity, signs the history, wraps the
//! secrets key, seals and opens secrets.
//! Deliberately absent: files, SQL, the screen. `store` keeps what is sealed.

mod envelope;
mod former;
mod identity;
mod joining;
mod kdf;
mod keys;
#[cfg(test)]
mod known;
mod parts;
mod seal;
mod secrets_key;
mod sign;
mod sign_rsa;
#[cfg(test)]
pub(crate) mod stack;

use rand::{
    SeedableRng as _,
    rngs::{StdRng, SysRng},
};

pub use former::{FormerKey, FormerPlace, former_recovery};
pub use identity::{Identity, Link, MemberKeys, PublicKeys, link};
pub use joining::Joiner;
pub use kdf::{KdfCost, Salt};
pub use keys::WrappingKey;
pub use seal::{Place, open, open_text, seal};
pub use secrets_key::SecretsKey;
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
    #[error("The operating system returned no random numbers.")]
    NoRandomness,
}

/// A generator for one operation, seeded by the operating system.
///
/// The operating system's generator can fail. It is used only here, where an error is easy to
/// report; the returned one cannot fail in the middle of a registration.
pub fn os_random() -> Result<StdRng, VaultError> {
    StdRng::try_from_rng(&mut SysRng).map_err(|_| VaultError::NoRandomness)
}
