//! A number that changes with each commit. It tells which file a log belongs to, and which moment
//! of that file. SQLite cannot tell: the checksums of a log prove that the log is whole, and it is
//! played into whatever file has the name.
//!
//! The number is in the header, in the field for a suggested cache size (sqlite.org/fileformat2.html
//! §1.3.11). Nobody follows that suggestion: `open::connect` and older versions of this program set
//! their own cache size. So the number needs no table and no new format, and page 1, which holds
//! it, is in the log of each commit.

use std::{fs::File, io, ops::Deref, os::unix::fs::FileExt as _};

use rand::RngExt as _;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::store::file::header;

/// In KiB when negative. What misses the cache is in the page cache of the system.
pub(in crate::store) const CACHE_SIZE: &str = "PRAGMA cache_size = -1024";

/// 1 to `i32::MAX`: SQLite takes 0 for none, and the absolute value of a negative one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store) struct Mark(i32);

impl Mark {
    pub(in crate::store) fn from_stored(number: i64) -> Option<Self> {
        let number = i32::try_from(number).ok()?;
        (number > 0).then_some(Self(number))
    }

    /// Where a file begins to count. Two copies of one file that both go on must not have the
    /// same numbers.
    pub(in crate::store) fn random() -> Self {
        Self(rand::rng().random_range(1..=i32::MAX))
    }

    pub(in crate::store) fn next(self) -> Self {
        Self(self.0.checked_add(1).unwrap_or(1))
    }
}

/// The last step of a transaction that changed something.
pub(in crate::store) fn advance(db: &Connection) -> rusqlite::Result<()> {
    let Mark(next) = of(db)?.map_or_else(Mark::random, Mark::next);
    // The first pragma also applies to this connection, from which the second one protects.
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

/// A copy counts from somewhere else: what belongs to the first file does not belong to it. Not for
/// a file that SQLite has open.
pub(in crate::store) fn renew(file: &File) -> io::Result<()> {
    file.write_all_at(&Mark::random().0.to_be_bytes(), header::MARK as u64)
}

/// A transaction that has the write lock.
#[derive(Debug)]
pub(in crate::store) struct Write<'a> {
    step: Transaction<'a>,
    changes_before: u64,
}

impl<'a> Write<'a> {
    /// Takes the lock at once: a transaction that reads first and then wants to write cannot wait
    /// for another writer, it fails.
    pub(in crate::store) fn begin(db: &'a mut Connection) -> rusqlite::Result<Self> {
        Self::begin_on(db)
    }

    /// For a connection on which no transaction has begun.
    pub(in crate::store) fn begin_on(db: &'a Connection) -> rusqlite::Result<Self> {
        let step = Transaction::new_unchecked(db, TransactionBehavior::Immediate)?;
        Ok(Self {
            changes_before: step.total_changes(),
            step,
        })
    }

    /// Without a change it leaves no trace in the log.
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
