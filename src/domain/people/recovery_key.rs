//! The recovery key: opens a workspace when the password is lost, and is made to be written on
//! paper. The vault does the unwrapping.

use rand::CryptoRng;
use zeroize::Zeroizing;

use crate::domain::secret::Secret;

/// Crockford's base 32: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a key without its dashes: 5 bits each, 200 together.
pub const RECOVERY_KEY_CHARS: usize = 40;
const GROUP: usize = 5;
const WRITTEN_LEN: usize = RECOVERY_KEY_CHARS + RECOVERY_KEY_CHARS / GROUP - 1;

/// 8 groups of 5, joined by dashes: `7K3QX-…`.
#[derive(Clone, Debug)]
pub struct RecoveryKey(Secret);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecoveryKeyError {
    #[error("A recovery key has {RECOVERY_KEY_CHARS} letters and digits; this has {found}.")]
    Length { found: usize },
    #[error("A recovery key has letters and digits only, and no U.")]
    Character,
}

impl RecoveryKey {
    pub fn mint(rng: &mut impl CryptoRng) -> Self {
        let mut random = Zeroizing::new([0_u8; RECOVERY_KEY_CHARS]);
        rng.fill_bytes(random.as_mut_slice());
        // 32 divides 256: the low five bits of a byte are unbiased.
        Self::write(random.iter().map(|byte| byte & 31))
    }

    /// Parses what a person typed. Case, spaces and dashes do not matter, O is read as 0, I and L
    /// as 1.
    pub fn parse(typed: &str) -> Result<Self, RecoveryKeyError> {
        let mut values = Zeroizing::new(Vec::with_capacity(RECOVERY_KEY_CHARS));
        let mut found = 0_usize;
        for character in typed.chars().filter(|c| !is_separator(*c)) {
            let value = value_of(character).ok_or(RecoveryKeyError::Character)?;
            found = found.saturating_add(1);
            if found <= RECOVERY_KEY_CHARS {
                values.push(value);
            }
        }
        if found != RECOVERY_KEY_CHARS {
            return Err(RecoveryKeyError::Length { found });
        }
        Ok(Self::write(values.iter().copied()))
    }

    /// The whole key with its dashes, as it is written down.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    pub fn groups(&self) -> impl Iterator<Item = &str> {
        self.expose().split('-')
    }

    /// The part that a person types to prove that the key was written down.
    pub fn last_group(&self) -> &str {
        self.groups().last().unwrap_or_default()
    }

    /// Whether `typed` is the last group, parsed as tolerantly as in [`Self::parse`].
    pub fn ends_with(&self, typed: &str) -> bool {
        let values = |text: &str| -> Option<Vec<u8>> {
            text.chars()
                .filter(|c| !is_separator(*c))
                .map(value_of)
                .collect()
        };
        values(typed).is_some_and(|typed| Some(typed) == values(self.last_group()))
    }

    fn write(values: impl Iterator<Item = u8>) -> Self {
        let mut text = String::with_capacity(WRITTEN_LEN);
        for (at, value) in values.enumerate() {
            if at > 0 && at.is_multiple_of(GROUP) {
                text.push('-');
            }
            text.extend(ALPHABET.get(usize::from(value)).copied().map(char::from));
        }
        Self(Secret::new(text))
    }
}

fn is_separator(character: char) -> bool {
    // Other hyphens and dashes too: text editors replace them.
    character.is_whitespace() || matches!(character, '-' | '\u{2010}'..='\u{2015}')
}

fn value_of(character: char) -> Option<u8> {
    let plain = match character.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let at = ALPHABET
        .iter()
        .position(|known| char::from(*known) == plain)?;
    u8::try_from(at).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::{SeedableRng as _, rngs::StdRng};

    use crate::domain::people::recovery_key::*;

    fn minted(seed: u64) -> RecoveryKey {
        RecoveryKey::mint(&mut StdRng::seed_from_u64(seed))
    }

    #[test]
    fn a_key_is_eight_groups_of_five() {
        let key = minted(1);
        assert_eq!(key.groups().count(), 8);
        assert!(key.groups().all(|group| group.len() == 5));
        assert!(key.expose().ends_with(key.last_group()));
        assert_eq!(key.expose().len(), WRITTEN_LEN);
        assert_ne!(minted(1).expose(), minted(2).expose());
    }

    #[test]
    fn debug_does_not_show_the_key() {
        let key = minted(3);
        assert!(!format!("{key:?}").contains(key.last_group()));
    }

    #[test]
    fn a_short_and_a_long_key_are_told_their_length() {
        assert_eq!(
            RecoveryKey::parse("ABCDE-12345").unwrap_err().to_string(),
            "A recovery key has 40 letters and digits; this has 10."
        );
        let long = format!("{}0", minted(4).expose());
        assert_eq!(
            RecoveryKey::parse(&long).unwrap_err(),
            RecoveryKeyError::Length { found: 41 }
        );
        assert_eq!(
            RecoveryKey::parse("U").unwrap_err(),
            RecoveryKeyError::Character
        );
    }

    proptest! {
        #[test]
        fn a_key_is_read_however_it_was_copied(seed: u64) {
            let key = minted(seed);
            let sloppy = key
                .expose()
                .to_lowercase()
                .replace('-', " \u{2013} ")
                .replace('0', "o")
                .replace('1', "l");
            let read = RecoveryKey::parse(&format!("  {sloppy}\n")).unwrap();
            prop_assert_eq!(read.expose(), key.expose());
        }

        #[test]
        fn parsing_anything_never_panics(typed: String) {
            let _ = RecoveryKey::parse(&typed);
        }
    }
}
