//! Slows guessing, in memory. Deliberately absent: a lock-out. The longest wait is a minute, and a
//! right secret ends it.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

use crate::domain::time::UnixMs;

const WAIT_MAX_S: i64 = 60;
/// Most remembered names: made-up ones must not fill the memory.
const REMEMBERED_MAX: usize = 10_000;

#[derive(Debug)]
pub struct Throttle {
    /// Failures before the first wait.
    free: u32,
    /// Failures, and the end of the wait, by the digest of the name.
    wrong: HashMap<[u8; 32], (u32, UnixMs)>,
}

impl Throttle {
    pub fn after(free: u32) -> Self {
        Self {
            free,
            wrong: HashMap::new(),
        }
    }

    /// Seconds to wait, if any.
    pub fn wait_s(&self, name: &str, now: UnixMs) -> Option<u64> {
        let (_, until) = self.wrong.get(&digest(name))?;
        // Whatever the clock does, the longest wait is a minute.
        let left = (until.0 - now.0).min(WAIT_MAX_S * 1000);
        (left > 0).then(|| left.unsigned_abs().div_ceil(1000))
    }

    /// Counts a failure, except during a wait. Returns the rest of the wait.
    pub fn was_wrong(&mut self, name: &str, now: UnixMs) -> Option<u64> {
        if let Some(wait_s) = self.wait_s(name, now) {
            return Some(wait_s);
        }
        if self.wrong.len() >= REMEMBERED_MAX {
            self.wrong.retain(|_, (_, until)| until.0 > now.0);
        }
        let (failures, until) = self.wrong.entry(digest(name)).or_default();
        *failures += 1;
        if let Some(over) = failures.checked_sub(self.free) {
            let wait_s = (1_i64 << over.min(6)).min(WAIT_MAX_S);
            *until = UnixMs(now.0 + wait_s * 1000);
        }
        None
    }

    pub fn was_right(&mut self, name: &str) {
        self.wrong.remove(&digest(name));
    }
}

fn digest(name: &str) -> [u8; 32] {
    Sha256::digest(name.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guessing_is_slowed_and_a_right_secret_forgives() {
        let mut throttle = Throttle::after(10);
        let mut now = UnixMs(0);
        for _ in 1..10 {
            assert_eq!(throttle.was_wrong("a", now), None);
            assert_eq!(throttle.wait_s("a", now), None);
        }
        let waits: Vec<u64> = (0..8)
            .map(|_| {
                assert_eq!(throttle.was_wrong("a", now), None);
                let wait = throttle.wait_s("a", now).unwrap();
                assert_eq!(throttle.was_wrong("a", now), Some(wait), "not counted");
                now = UnixMs(now.0 + wait as i64 * 1000);
                wait
            })
            .collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(throttle.wait_s("b", now), None);
        throttle.was_right("a");
        throttle.was_wrong("a", now);
        assert_eq!(throttle.wait_s("a", now), None);
    }
}
