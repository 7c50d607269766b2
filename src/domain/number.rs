//! Numeric account and extension IDs of the organization and its developers. RingCentral's are
//! numbers, and its SDKs for Java and .NET parse them; the identifiers here are letters.
//!
//! The numbers are derived from the identifiers, so that workspaces of any age have them. A new
//! developer gets an identifier whose number is free.

use std::fmt;

use rand::CryptoRng;
use serde::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use super::{id::DeveloperId, time::UnixMs};

/// Twelve digits, as RingCentral's IDs have, and far below 2^53: JavaScript reads them exactly.
const FIRST: u64 = 100_000_000_000;
const COUNT: u64 = 900_000_000_000;

/// An account ID or an extension ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NumericId(u64);

impl NumericId {
    /// The extension ID of a developer.
    pub fn of_developer(id: &DeveloperId) -> Self {
        Self::derived(b"extension", id.as_str().as_bytes())
    }

    /// The account ID. A workspace has one organization, so its creation time identifies it.
    pub fn of_organization(created_at: UnixMs) -> Self {
        Self::derived(b"account", &created_at.0.to_be_bytes())
    }

    fn derived(kind: &[u8], of: &[u8]) -> Self {
        let digest = Sha256::new()
            .chain_update(kind)
            .chain_update([0])
            .chain_update(of)
            .finalize();
        let mut number = 0_u64;
        for byte in digest.iter().take(8) {
            number = number << 8 | u64::from(*byte);
        }
        Self(FIRST + number % COUNT)
    }

    /// Parses the number in a path. `None` if it cannot be an ID.
    pub fn parse(text: &str) -> Option<Self> {
        let number = text.parse().ok().map(Self)?;
        (number.to_string() == text).then_some(number)
    }

    pub fn as_u64(self) -> u64 {
        self.0
    }

    /// Whether a path means this ID: by its digits, or by `~`, which stands for the user's own.
    pub fn is_named(self, text: &str) -> bool {
        text == "~" || text == self.to_string()
    }
}

impl fmt::Display for NumericId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A JSON number.
impl Serialize for NumericId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

/// Mints an identifier whose number is not taken.
pub fn mint_developer(rng: &mut impl CryptoRng, taken: &[NumericId]) -> DeveloperId {
    loop {
        let id = DeveloperId::mint(rng);
        if !taken.contains(&NumericId::of_developer(&id)) {
            return id;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::{SeedableRng as _, rngs::StdRng};

    use super::*;

    // Calculated by another program.
    const DEVELOPER: u64 = 298_508_530_732;
    const ORGANIZATION: u64 = 576_564_141_526;

    proptest! {
        #[test]
        fn a_number_has_twelve_digits_and_is_exact_in_a_double(seed: u64, at: i64) {
            let id = DeveloperId::mint(&mut StdRng::seed_from_u64(seed));
            for number in [NumericId::of_developer(&id), NumericId::of_organization(UnixMs(at))] {
                prop_assert_eq!(number.to_string().len(), 12);
                prop_assert!(number.as_u64() < 1 << 53);
                prop_assert!(number.is_named(&number.to_string()) && number.is_named("~"));
                prop_assert!(!number.is_named(id.as_str()));
                prop_assert_eq!(NumericId::parse(&number.to_string()), Some(number));
                prop_assert_eq!(NumericId::parse(&format!("+{number}")), None);
                prop_assert_eq!(NumericId::parse(id.as_str()), None);
            }
        }
    }

    /// Apps store these numbers: every version must derive the same ones.
    #[test]
    fn a_number_never_changes() {
        let of = |id: &str| NumericId::of_developer(&DeveloperId::from_stored(id)).as_u64();
        assert_eq!(of("AAAAAAAAQAAAAAAAAAAAAA"), DEVELOPER);
        assert_eq!(
            NumericId::of_organization(UnixMs(1_795_424_400_000)).as_u64(),
            ORGANIZATION
        );
    }

    #[test]
    fn an_identifier_whose_number_is_taken_is_not_minted() {
        let mint = |taken: &[NumericId]| mint_developer(&mut StdRng::seed_from_u64(1), taken);
        let first = mint(&[]);
        let second = mint(&[NumericId::of_developer(&first)]);
        assert_ne!(first, second);
        assert_eq!(mint(&[NumericId::of_developer(&second)]), first);
    }
}
