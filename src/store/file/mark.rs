//! A number that changes with each commit. It tells which file a log belongs to, and which state of
//! that file. SQLite cannot tell: the checksums of a log only prove that the log is whole, and
//! SQLite replays it into whichever file has the name.
//!
//! The number is in the header, in the field for a suggested cache size
//! (sqlite.org/fileformat2.html §1.3.11). Nothing follows that suggestion: `open::connect` and
//! older versions of this program set their own cache size. So the number needs neither a table nor
//! a new format, and it is on page 1, which is in the log of each commit.

use std::{fs::File, io, ops::Deref, os::unix::fs::FileExt as _};

use rand::RngExt as _;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::store::file::header;

/// In KiB when negative. The system's page cache has the pages that miss.
pub(in crate::store) const CACHE_SIZE: &str = "PRAGMA cache_size = -1024";

/// 1 to `i32::MAX`: for SQLite, 0 means none, and negative values lose their sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store) struct Mark(i32);

impl Mark {
    pub(in crate::store) fn from_stored(number: i64) -> Option<Self> {
        let number = i32::try_from(number).ok()?;
        (number > 0).then_some(Self(number))
    }

    /// The first number of a file. Two copies of one file that are both used must not count the
    /// same.
    pub(in crate::store) fn random() -> Self {
        Self(rand::rng().random_range(1..=i32::MAX))
    }

    pub(in crate::store) fn next(self) -> Self {
        Self(self.0.checked_add(1).unwrap_or(1))
    }
}

/// Must be the last step of a transaction that changed something.
pub(in crate::store) fn advance(db: &Connection) -> rusqlite::Result<()> {
    let Mark(next) = of(db)?.map_or_else(Mark::random, Mark::next);
    // The first pragma also changes the cache of this connection; the second one restores it.
    db.execute_batch(&format!("PRAGMA default_cache_size = {next}; {CACHE_SIZE}"))
}

pub(in crate::store) fn is_there(db: &Connection) -> rusqlite::Result<bool> {
    of(db).map(|mark| mark.is_some())
}

fn of(db: &Connection) -> rusqlite::Result<Option<Mark>> {
    let stored = db
        .prepare_cached("PRAGMA default_cache_size")?
        .query_row([], |row| row.get(0))?;
    Ok(Mark::from_stored(stored))
}

/// Gives a copy its own numbers, so that a log of the original does not fit it. Not for a file that
/// SQLite has open.
pub(in crate::store) fn renew(file: &File) -> io::Result<()> {
    file.write_all_at(&Mark::random().0.to_be_bytes(), header::MARK as u64)
}

/// A transaction with the write lock.
#[derive(Debug)]
pub(in crate::store) struct Write<'a> {
    step: Transaction<'a>,
    changes_before: u64,
}

impl<'a> Write<'a> {
    /// Takes the lock at once: a transaction that reads first cannot wait for another writer; it
    /// fails.
    pub(in crate::store) fn begin(db: &'a mut Connection) -> rusqlite::Result<Self> {
        Self::begin_on(db)
    }

    /// For a connection without a transaction.
    pub(in crate::store) fn begin_on(db: &'a Connection) -> rusqlite::Result<Self> {
        let step = Transaction::new_unchecked(db, TransactionBehavior::Immediate)?;
        Ok(Self {
            changes_before: step.total_changes(),
            step,
        })
    }

    /// Without a change, nothing is written to the log.
    pub(in crate::store) fn commit(self) -> rusqlite::Result<()> {
        if self.step.total_changes() != self.changes_before {
            advance(&self.step)?;
        }
        self.step.commit()
    }
}

impl<'a> Deref for Write<'a> {
    type Target = Transaction<'a>;

    fn deref(&self) -> &Self::Target {
        &self.step
    }
}
