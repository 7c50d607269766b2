//! Slows guessing: counts failures per e-mail address, known or not, in the file. An attempt whose
//! result is not known yet counts as a failure, but other attempts are not refused: they wait for
//! its result. Deliberately absent: a lock-out. The longest wait is a minute, whatever the clock
//! does.

use std::{
    thread,
    time::{Duration, Instant},
};

use rusqlite::{Connection, OptionalExtension as _, params};
use sha2::{Digest as _, Sha256};

use crate::domain::{text, time::UnixMs};
use crate::store::{SignInError, StoreError, Workspace, clock, must_change_one};

/// The first failures cost nothing: people mistype.
const FREE_FAILURES: u32 = 5;
const LONGEST_MS: u64 = 60_000;
/// The delay of an attempt while the disk is full.
const UNCOUNTED_TRY: Duration = Duration::from_secs(1);
/// How long an attempt waits for the result of another. If it takes longer, its program was killed.
const RESULT_MS: u64 = 3000;
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// After a day without failures the count starts again, which also keeps the table small.
const FORGET_MS: i64 = 24 * 60 * 60 * 1000;
/// Making the table forget an address by guessing at others takes longer than waiting.
const REMEMBERED_MAX: i64 = 10_000;

pub(in crate::store) struct Throttle {
    key: Key,
    failures: u32,
}

impl Throttle {
    pub(in crate::store) fn wait_ms(&self) -> u64 {
        wait_after(self.failures)
    }

    /// For the transaction of a successful sign-in.
    pub(in crate::store) fn forget(&self, db: &Connection) -> rusqlite::Result<()> {
        forget(db, self.key)
    }
}

/// Resets the count of a developer who gets a new password.
pub(in crate::store) fn forget_attempts(db: &Connection, email: &str) -> rusqlite::Result<()> {
    forget(db, Key::of(email))
}

fn forget(db: &Connection, key: Key) -> rusqlite::Result<()> {
    db.execute(
        "DELETE FROM sign_in_delays WHERE email_sha256 IN (?1, ?2)",
        params![key.failed, key.in_flight],
    )
    .map(|_| ())
}

/// The rows of an address: its failures, and those of its attempts whose result is not known yet.
#[derive(Clone, Copy)]
struct Key {
    failed: [u8; 32],
    in_flight: [u8; 32],
}

impl Key {
    fn of(email: &str) -> Self {
        let failed = Sha256::digest(text::key(email).as_bytes());
        Self {
            failed: failed.into(),
            // No address has this digest: it would need to be the digest of a digest.
            in_flight: Sha256::digest(failed).into(),
        }
    }
}

enum Counted {
    Attempt(Throttle),
    Refused {
        wait_ms: u64,
        /// An attempt that may still turn out to be right.
        is_one_in_flight: bool,
    },
}

/// 1, 2, 4 … 60 s, from the fifth failure on.
fn wait_after(failures: u32) -> u64 {
    failures.checked_sub(FREE_FAILURES).map_or(0, |over| {
        1000_u64
            .saturating_mul(2_u64.saturating_pow(over))
            .min(LONGEST_MS)
    })
}

impl Workspace {
    /// Counts an attempt as failed before it is checked, so that killing the program in between
    /// gains nothing. A success resets the count.
    ///
    /// While an attempt is in flight that may be right, it is not refused but waits for the result: a
    /// person who opens twenty consoles at once gets into all of them.
    ///
    /// On a full disk nothing can be counted, but people must be able to save their work: each
    /// attempt then takes a second.
    pub(in crate::store) fn count_attempt(
        &mut self,
        email: &str,
        now: UnixMs,
    ) -> Result<Throttle, SignInError> {
        let since = Instant::now();
        loop {
            let passed_ms = i64::try_from(since.elapsed().as_millis()).unwrap_or(i64::MAX);
            match self.count(email, UnixMs(now.0.saturating_add(passed_ms))) {
                Ok(Counted::Attempt(throttle)) => return Ok(throttle),
                Ok(Counted::Refused {
                    is_one_in_flight: true,
                    ..
                }) => thread::sleep(LOOK_AGAIN),
                Ok(Counted::Refused { wait_ms, .. }) => return Err(SignInError::Wait { wait_ms }),
                Err(StoreError::DiskFull) => {
                    thread::sleep(UNCOUNTED_TRY);
                    return Ok(Throttle {
                        key: Key::of(email),
                        failures: 0,
                    });
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn count(&mut self, email: &str, now: UnixMs) -> Result<Counted, StoreError> {
        let key = Key::of(email);
        let step = self.write()?;
        let mut changed = 0;
        // Otherwise a clock that is ahead would forget all failures.
        if clock::is_believed(&step, now)? {
            changed += step.execute(
                "DELETE FROM sign_in_delays WHERE failed_at < ?1",
                [now.0.saturating_sub(FORGET_MS)],
            )?;
        }
        changed += step.execute(
            "DELETE FROM sign_in_delays WHERE failed_at < (
                 SELECT failed_at FROM sign_in_delays ORDER BY failed_at DESC LIMIT 1 OFFSET ?1)",
            [REMEMBERED_MAX],
        )?;
        // If the clock is set back, a minute must not become a day.
        changed += step.execute(
            "UPDATE sign_in_delays SET failed_at = ?1 WHERE failed_at > ?1",
            [now.0],
        )?;
        let (failures, failed_ms_ago) = row(&step, key.failed, now)?;
        let (in_flight, begun_ms_ago) = row(&step, key.in_flight, now)?;
        let is_in_flight = in_flight > 0 && begun_ms_ago < RESULT_MS;
        let wait_ms = wait_after(failures).saturating_sub(failed_ms_ago);
        if wait_ms > 0 {
            if changed > 0 {
                step.commit()?;
            }
            return Ok(Counted::Refused {
                wait_ms,
                is_one_in_flight: is_in_flight,
            });
        }
        let failures = failures.saturating_add(1);
        let in_flight = if is_in_flight { in_flight } else { 0 };
        for (key, count) in [
            (key.failed, failures),
            (key.in_flight, in_flight.saturating_add(1)),
        ] {
            let changed = step.execute(
                "INSERT INTO sign_in_delays (email_sha256, failures, failed_at)
                 VALUES (?1, ?2, ?3)
                 ON CONFLICT (email_sha256) DO UPDATE SET failures = ?2, failed_at = ?3",
                params![key, count, now.0],
            )?;
            must_change_one(changed)?;
        }
        step.commit()?;
        Ok(Counted::Attempt(Throttle { key, failures }))
    }

    /// Notes that an attempt was wrong: its result is waited for no longer.
    pub(in crate::store) fn was_wrong(&self, throttle: &Throttle) {
        // If it cannot be noted, it counts as wrong after a moment.
        let _ = self.execute(
            "UPDATE sign_in_delays SET failures = max(failures - 1, 0) WHERE email_sha256 = ?1",
            [&throttle.key.in_flight],
        );
    }
}

/// A count, and how long ago it last rose.
fn row(db: &Connection, key: [u8; 32], now: UnixMs) -> rusqlite::Result<(u32, u64)> {
    let found: Option<(u32, i64)> = db
        .query_row(
            "SELECT failures, failed_at FROM sign_in_delays WHERE email_sha256 = ?1",
            [&key],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let (count, at) = found.unwrap_or((0, now.0));
    Ok((count, u64::try_from(now.0.saturating_sub(at)).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use crate::store::people::throttle::wait_after;

    #[test]
    fn the_wait_doubles_from_the_fifth_failure_up_to_a_minute() {
        let waits: Vec<u64> = (0..13).map(wait_after).collect();
        let seconds = [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60];
        assert_eq!(waits, seconds.map(|s| s * 1000));
        assert_eq!(wait_after(u32::MAX), 60_000);
    }
}
