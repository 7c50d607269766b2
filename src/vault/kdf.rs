//! Derives a 32-byte key from a password, by Argon2id.

use argon2::{Algorithm, Argon2, Params, Version};
use rand::CryptoRng;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::{Zeroize as _, Zeroizing};

use super::{VaultError, WrappingKey};
use crate::domain::secret::Secret;

/// Salt of a password. Not secret; new with each password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Salt(pub [u8; 16]);

impl Salt {
    pub fn mint(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }
}

/// The cost of guessing a password. Stored next to each wrapped key, so that it can be raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KdfCost {
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
}

impl Default for KdfCost {
    /// 64 MiB, 3 passes: above the OWASP floor (19 MiB, 2), about 150 ms on a small machine.
    fn default() -> Self {
        Self {
            memory_kib: 64 * 1024,
            passes: 3,
            lanes: 1,
        }
    }
}

impl KdfCost {
    /// Protects no password that a person chose. For generated passwords, and for tests.
    pub const TRIVIAL: Self = Self {
        memory_kib: 8,
        passes: 1,
        lanes: 1,
    };

    /// A higher cost in a file is an attack on the machine.
    const MOST: Self = Self {
        memory_kib: 1024 * 1024,
        passes: 10,
        lanes: 16,
    };

    /// The maximum of each parameter, so that raising one never lowers another.
    #[must_use]
    pub fn raised_to(self, other: Self) -> Self {
        Self {
            memory_kib: self.memory_kib.max(other.memory_kib),
            passes: self.passes.max(other.passes),
            lanes: self.lanes.max(other.lanes),
        }
    }

    /// The same password, salt and cost give the same key. Slow and memory-hungry on purpose.
    ///
    /// The password is normalized to NFC first (NIST SP 800-63B-4 §3.1.1.2): "é" may arrive as one
    /// code point or as two, depending on the keyboard. It is never truncated.
    pub fn derive(self, password: &Secret, salt: &Salt) -> Result<WrappingKey, VaultError> {
        let params = self.params()?;
        let password = normalised(password);
        let mut key = Box::new(Zeroizing::new([0_u8; 32]));
        let derived = Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(
            password.as_bytes(),
            &salt.0,
            key.as_mut_slice(),
        );
        wipe_stack();
        derived.map_err(|error| match error {
            argon2::Error::OutOfMemory => VaultError::OutOfMemory,
            _ => VaultError::CostOutOfBounds,
        })?;
        Ok(WrappingKey::new(key))
    }

    fn params(self) -> Result<Params, VaultError> {
        let most = Self::MOST;
        if self.memory_kib > most.memory_kib || self.passes > most.passes || self.lanes > most.lanes
        {
            return Err(VaultError::CostOutOfBounds);
        }
        Params::new(self.memory_kib, self.passes, self.lanes, Some(32))
            .map_err(|_| VaultError::CostOutOfBounds)
    }
}

/// Wipes what the functions that have just returned left on the stack: the thread may live on.
#[inline(never)]
fn wipe_stack() {
    // More than the frames of Argon2 and of its last hash.
    let mut frame = [0_u8; 64 * 1024];
    frame.zeroize();
}

fn normalised(password: &Secret) -> Zeroizing<String> {
    let text = password.expose();
    // NFC grows UTF-8 at most threefold (UAX #15). With this room there is no reallocation, which
    // would leave a copy behind that is not wiped.
    let mut normal = Zeroizing::new(String::with_capacity(text.len().saturating_mul(3)));
    normal.extend(text.nfc());
    normal
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    const SALT: Salt = Salt([7; 16]);

    fn key(password: &str, salt: &Salt, cost: KdfCost) -> WrappingKey {
        cost.derive(&Secret::new(password), salt).unwrap()
    }

    #[test]
    fn the_key_depends_on_password_salt_and_cost() {
        let base = key("pa55 word", &SALT, KdfCost::TRIVIAL);
        assert!(base.same_as(&key("pa55 word", &SALT, KdfCost::TRIVIAL)));
        assert!(!base.same_as(&key("pa55 wore", &SALT, KdfCost::TRIVIAL)));
        assert!(!base.same_as(&key("pa55 word", &Salt([8; 16]), KdfCost::TRIVIAL)));
        let dearer = KdfCost {
            passes: 2,
            ..KdfCost::TRIVIAL
        };
        assert!(!base.same_as(&key("pa55 word", &SALT, dearer)));
    }

    /// A thread that checks a password of the login page lives on, and nothing overwrites its stack.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_derived_key_is_not_left_on_the_stack() {
        let sought = key("pa55 word", &SALT, KdfCost::TRIVIAL).bytes().to_vec();
        let derives = move || {
            let derived = key("pa55 word", &SALT, KdfCost::TRIVIAL);
            let moved = Some(derived);
            drop(moved);
            crate::vault::stack::has(&sought)
        };
        assert!(!std::thread::spawn(derives).join().unwrap());
    }

    #[test]
    fn a_composed_and_a_decomposed_letter_are_the_same_password() {
        let composed = key("caf\u{e9}", &SALT, KdfCost::TRIVIAL);
        assert!(composed.same_as(&key("cafe\u{301}", &SALT, KdfCost::TRIVIAL)));
        assert!(!composed.same_as(&key("cafe", &SALT, KdfCost::TRIVIAL)));
    }

    #[test]
    fn a_long_password_is_not_cut_short() {
        let long = "x".repeat(300);
        let longer = format!("{long}y");
        let first = key(&long, &SALT, KdfCost::TRIVIAL);
        assert!(!first.same_as(&key(&longer, &SALT, KdfCost::TRIVIAL)));
    }

    #[test]
    fn a_stored_cost_out_of_bounds_is_refused_at_once() {
        let started = Instant::now();
        for cost in [
            KdfCost {
                memory_kib: 16 * 1024 * 1024,
                ..KdfCost::default()
            },
            KdfCost {
                memory_kib: 1,
                ..KdfCost::default()
            },
            KdfCost {
                passes: 11,
                ..KdfCost::default()
            },
            KdfCost {
                passes: 0,
                ..KdfCost::default()
            },
            KdfCost {
                lanes: 17,
                ..KdfCost::default()
            },
        ] {
            let refused = cost.derive(&Secret::new("x"), &SALT).unwrap_err();
            assert_eq!(refused, VaultError::CostOutOfBounds);
        }
        assert!(started.elapsed() < Duration::from_millis(100));
    }

    #[test]
    fn raising_a_cost_never_lowers_a_part_of_it() {
        let odd = KdfCost {
            memory_kib: 128 * 1024,
            passes: 1,
            lanes: 1,
        };
        let raised = odd.raised_to(KdfCost::default());
        assert_eq!(raised.memory_kib, 128 * 1024);
        assert_eq!(raised.passes, 3);
        assert_eq!(raised.raised_to(KdfCost::TRIVIAL), raised);
    }
}
