//! Slows guessing: counts failures per e-mail address, known or not, in the file.
//! Deliberately absent: a lock-out. The longest wait is a minute, whatever the clock does.

use std::time::Duration;

use rusqlite::{OptionalExtension as _, params};
use sha2::{Digest as _, Sha256};

use crate::domain::{text, time::UnixMs};
use crate::store::{SignInError, StoreError, Workspace};

/// The first failures cost nothing: people mistype.
const FREE_FAILURES: u32 = 5;
const LONGEST_MS: u64 = 60_000;
/// The delay of an attempt while the disk is full.
const UNCOUNTED_TRY: Duration = Duration::from_secs(1);
/// After a day without failures the count starts again, which also keeps the table small.
const FORGET_MS: i64 = 24 * 60 * 60 * 1000;

pub(in crate::store) struct Throttle {
    email_sha256: [u8; 32],
    failures: u32,
}

impl Throttle {
    pub(in crate::store) fn wait_ms(&self) -> u64 {
        wait_after(self.failures)
    }

    /// For the transaction of a successful sign-in.
    pub(in crate::store) fn forget(&self, db: &rusqlite::Connection) -> rusqlite::Result<()> {
        db.execute(
            "DELETE FROM sign_in_delays WHERE email_sha256 = ?1",
            [&self.email_sha256],
        )
        .map(|_| ())
    }
}

/// Resets the count of a developer who gets a new password.
pub(in crate::store) fn forget_attempts(
    db: &rusqlite::Connection,
    email: &str,
) -> rusqlite::Result<()> {
    db.execute(
        "DELETE FROM sign_in_delays WHERE email_sha256 = ?1",
        [&digest_of(email)],
    )
    .map(|_| ())
}

fn digest_of(email: &str) -> [u8; 32] {
    Sha256::digest(text::key(email).as_bytes()).into()
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
    /// On a full disk nothing can be counted, but people must be able to save their work: each
    /// attempt then takes a second.
    pub(in crate::store) fn count_attempt(
        &mut self,
        email: &str,
        now: UnixMs,
    ) -> Result<Throttle, SignInError> {
        match self.count(email, now) {
            Err(SignInError::Store(StoreError::DiskFull)) => {
                std::thread::sleep(UNCOUNTED_TRY);
                Ok(Throttle {
                    email_sha256: digest_of(email),
                    failures: 0,
                })
            }
            counted => counted,
        }
    }

    fn count(&mut self, email: &str, now: UnixMs) -> Result<Throttle, SignInError> {
        let email_sha256 = digest_of(email);
        let step = self.write()?;
        step.execute(
            "DELETE FROM sign_in_delays WHERE failed_at < ?1",
            [now.0.saturating_sub(FORGET_MS)],
        )?;
        // If the clock is set back, a minute must not become a day.
        step.execute(
            "UPDATE sign_in_delays SET failed_at = ?1 WHERE failed_at > ?1",
            [now.0],
        )?;
        let before: Option<(u32, i64)> = step
            .query_row(
                "SELECT failures, failed_at FROM sign_in_delays WHERE email_sha256 = ?1",
                [&email_sha256],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        let (failures, failed_at) = before.unwrap_or((0, now.0));
        let passed = u64::try_from(now.0.saturating_sub(failed_at)).unwrap_or(0);
        let wait_ms = wait_after(failures).saturating_sub(passed);
        if wait_ms > 0 {
            step.commit()?;
            return Err(SignInError::Wait { wait_ms });
        }
        let failures = failures.saturating_add(1);
        step.execute(
            "INSERT INTO sign_in_delays (email_sha256, failures, failed_at) VALUES (?1, ?2, ?3)
             ON CONFLICT (email_sha256) DO UPDATE SET failures = ?2, failed_at = ?3",
            params![email_sha256, failures, now.0],
        )?;
        step.commit().map_err(StoreError::from)?;
        Ok(Throttle {
            email_sha256,
            failures,
        })
    }
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
