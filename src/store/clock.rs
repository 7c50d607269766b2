//! Whether the clock of this machine can be believed. What a wrong clock would delete waits until
//! sign-ins have agreed on the time for some days.

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::domain::time::UnixMs;
use crate::store::{StoreError, must_change_one};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
/// Longer than a vacation, shorter than an app stays in the trash.
const NEAR_MS: u64 = 14 * DAY_MS;
/// A clock that is wrong by weeks is noticed within this time: no certificate is valid any more.
const STEADY_MS: u64 = 2 * DAY_MS;

/// The last sign-in, and the first one after the clock jumped.
struct Seen {
    at: i64,
    steady_since: i64,
}

/// For the transaction of a sign-in.
pub(in crate::store) fn note(step: &Connection, now: UnixMs) -> Result<(), StoreError> {
    let steady_since = match seen(step)? {
        Some(seen) if is_near(step, &seen, now)? => seen.steady_since,
        _ => now.0,
    };
    let changed = step.execute(
        "INSERT INTO clock (only_row, seen_at, steady_since) VALUES (1, ?1, ?2)
         ON CONFLICT (only_row) DO UPDATE SET seen_at = ?1, steady_since = ?2",
        params![now.0, steady_since],
    )?;
    must_change_one(changed)
}

pub(in crate::store) fn is_believed(db: &Connection, now: UnixMs) -> Result<bool, StoreError> {
    let Some(seen) = seen(db)? else {
        return Ok(false);
    };
    let is_steady = now.0.saturating_sub(seen.steady_since) >= STEADY_MS.cast_signed();
    Ok(is_steady && is_near(db, &seen, now)?)
}

/// The newest time in the file.
pub(in crate::store) fn newest(db: &Connection) -> Result<Option<UnixMs>, StoreError> {
    let seen = seen(db)?.map(|seen| seen.at);
    Ok(seen.max(last_change(db)?).map(UnixMs))
}

fn seen(db: &Connection) -> rusqlite::Result<Option<Seen>> {
    db.prepare_cached("SELECT seen_at, steady_since FROM clock")?
        .query_row([], |row| {
            Ok(Seen {
                at: row.get(0)?,
                steady_since: row.get(1)?,
            })
        })
        .optional()
}

/// A console may stay open for weeks after its sign-in, so changes count too.
fn is_near(db: &Connection, seen: &Seen, now: UnixMs) -> rusqlite::Result<bool> {
    let newest = last_change(db)?.map_or(seen.at, |at| at.max(seen.at));
    Ok(newest.abs_diff(now.0) <= NEAR_MS)
}

fn last_change(db: &Connection) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached("SELECT at FROM history ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()
}
