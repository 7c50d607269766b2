//! The rate limit group Auth: five requests a minute for an app. Each request over the limit starts
//! the wait again.
//! Source: RingCentral's documentation, "Rate limits".

use std::collections::HashMap;

use crate::domain::{oauth::credential::ClientId, time::UnixMs};

pub const LIMIT: u32 = 5;
pub const WINDOW_S: u64 = 60;
const WINDOW_MS: i64 = 60_000;

/// The rest of an app's requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quota {
    Unlimited,
    Left(u32),
    Exhausted,
}

#[derive(Debug, Default)]
pub struct RateGroup(HashMap<ClientId, (UnixMs, u32)>);

impl RateGroup {
    /// Counts a request. A refused one starts the wait again.
    pub fn take(&mut self, client: &ClientId, now: UnixMs) -> Quota {
        self.0.retain(|_, (since, _)| now.0 - since.0 < WINDOW_MS);
        let (since, count) = self.0.entry(client.clone()).or_insert((now, 0));
        *count += 1;
        if *count > LIMIT {
            *since = now;
        }
        LIMIT
            .checked_sub(*count)
            .map_or(Quota::Exhausted, Quota::Left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_waits_and_asking_meanwhile_makes_it_longer() {
        let mut group = RateGroup::default();
        let (one, other) = (ClientId::from_stored("a"), ClientId::from_stored("b"));
        for left in (0..5).rev() {
            assert_eq!(group.take(&one, UnixMs(0)), Quota::Left(left));
        }
        assert_eq!(group.take(&one, UnixMs(30_000)), Quota::Exhausted);
        assert_eq!(group.take(&other, UnixMs(30_000)), Quota::Left(4));
        assert_eq!(group.take(&one, UnixMs(80_000)), Quota::Exhausted);
        assert_eq!(group.take(&one, UnixMs(140_000)), Quota::Left(4));
    }
}
