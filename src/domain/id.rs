//! Names of rows: opaque, never reused.

use rand::{
    CryptoRng,
    distr::{Alphanumeric, Distribution as _},
};
use serde::{Deserialize, Serialize};

use crate::domain::{
    oauth::credential::{ID_LEN, mint_id},
    time::UnixMs,
};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident($($now:ident)?)),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps an identifier that exists already, e.g. one from the workspace.
            pub fn from_stored(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            pub fn mint(rng: &mut impl CryptoRng $(, $now: UnixMs)?) -> Self {
                Self(ids!(@text rng $(, $now)?))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    )+};
    (@text $rng:ident) => { mint_id($rng) };
    (@text $rng:ident, $now:ident) => { in_order_of_time($rng, $now) };
}

ids! {
    /// A registered app in the workspace. Not the Client ID.
    AppId(now),
    /// A developer of the organization.
    DeveloperId(),
    /// A draft of the create-app form.
    DraftId(),
    /// A request for a scope that requires approval.
    TicketId(now),
    /// A JWT credential; the `jti` of its token.
    JwtId(),
}

/// In the order of their bytes, which is the order of an index.
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Enough for the milliseconds of 6,900 years.
const TIME_LEN: usize = 8;

/// The time, then 83 random bits: new rows lie next to each other in each index, and a save writes
/// the same few pages however many rows there are. A random identifier writes another page each
/// time.
fn in_order_of_time(rng: &mut impl CryptoRng, now: UnixMs) -> String {
    let mut rest = now.0.unsigned_abs();
    let mut time = [b'0'; TIME_LEN];
    for digit in time.iter_mut().rev() {
        let value = (rest % DIGITS.len() as u64) as usize;
        *digit = DIGITS.get(value).copied().unwrap_or(b'0');
        rest /= DIGITS.len() as u64;
    }
    let random = Alphanumeric.sample_iter(rng).take(ID_LEN - TIME_LEN);
    time.into_iter().chain(random).map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rand::{SeedableRng as _, rngs::StdRng};

    use super::*;

    #[test]
    fn an_app_that_is_made_later_has_a_greater_id() {
        let mut rng = StdRng::seed_from_u64(1);
        let times = [0, 1, 61, 62, 1_795_469_700_000, 1_795_469_700_001, 1 << 47];
        let ids = times.map(|at| AppId::mint(&mut rng, UnixMs(at)));
        assert!(ids.is_sorted(), "{ids:?}");
        for id in ids {
            assert_eq!(id.as_str().len(), ID_LEN);
            assert!(id.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric()));
        }
    }

    #[test]
    fn ids_of_one_millisecond_differ() {
        let mut rng = StdRng::seed_from_u64(1);
        let ids: HashSet<_> = (0..10_000)
            .map(|_| AppId::mint(&mut rng, UnixMs(1)))
            .collect();
        assert_eq!(ids.len(), 10_000);
    }
}
