//! What the list's filter looks through, in memory: at 100,000 apps SQLite needs 25 to 110 ms
//! for a filter, this 1 to 5. Read in slices while nobody waits; until it is complete, or when
//! it would grow too large, the list asks SQLite instead, with the same result.
//!
//! Holds no names of its own: rows that are shown are read from the file. Apps are only ever
//! added, which it notices by itself; whatever comes to change or delete one has to `forget`.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use rusqlite::Connection;

use crate::domain::{scope, text};

/// Rows that are read at once: one to two milliseconds that a key may have to wait for.
const SLICE: i64 = 1000;
/// More new rows than this at once are read in slices again.
const FEW: usize = 64;
/// Beyond this it costs more memory than it is worth.
const TEXT_MAX: usize = 48 * 1024 * 1024;

/// Lines of the search text that very many apps have: each is one bit of a row.
static KNOWN_LINES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut lines: Vec<String> = scope::catalogue()
        .iter()
        .flat_map(|scope| [scope.id.as_str(), scope.label])
        .map(text::key)
        .collect();
    lines.sort_unstable();
    lines.dedup();
    // Those beyond the bits of a row are kept as text.
    lines.truncate(u128::BITS as usize);
    lines
});

#[derive(Debug, Default)]
pub(super) struct ListIndex {
    progress: Progress,
    /// The other lines of all rows, by row; each ends in a line feed, so that no word is found
    /// across two of them.
    text: Vec<u8>,
    /// Where in `text` a row ends.
    ends: Vec<u32>,
    known: Vec<u128>,
    /// Ascending.
    rowids: Vec<i64>,
    /// Rows in the order of the list.
    order: Vec<u32>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Progress {
    /// Nobody has asked for the list yet.
    #[default]
    Unwanted,
    Reading,
    Complete,
    /// Too large, or unreadable: the list does without.
    Off,
}

/// The rows that a filter leaves, and those of them that are asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) total: u64,
    pub(super) matched: u64,
    pub(super) rowids: Vec<i64>,
}

impl ListIndex {
    /// From now on `read_ahead` has something to do.
    pub(super) fn want(&mut self) {
        if self.progress == Progress::Unwanted {
            self.progress = Progress::Reading;
        }
    }

    pub(super) fn forget(&mut self) {
        *self = Self {
            progress: Progress::Reading,
            ..Self::default()
        };
    }

    /// Reads one slice; answers whether more is to be read.
    pub(super) fn read_ahead(&mut self, db: &Connection) -> bool {
        if self.progress != Progress::Reading {
            return false;
        }
        self.progress = match self.read_slice(db) {
            Ok(progress) if self.text.len() <= TEXT_MAX => progress,
            Ok(_) | Err(_) => Progress::Off,
        };
        if self.progress == Progress::Off {
            *self = Self {
                progress: Progress::Off,
                ..Self::default()
            };
        }
        self.progress == Progress::Reading
    }

    fn read_slice(&mut self, db: &Connection) -> rusqlite::Result<Progress> {
        // One snapshot: the order must be that of the rows that were read.
        let step = db.unchecked_transaction()?;
        let read = self.read_rows(&step, SLICE)?;
        if read == SLICE as usize {
            return Ok(Progress::Reading);
        }
        let mut statement = step.prepare("SELECT rowid FROM apps ORDER BY name_key, id")?;
        let mut rows = statement.query([])?;
        self.order = Vec::with_capacity(self.rowids.len());
        while let Some(row) = rows.next()? {
            match self.rowids.binary_search(&row.get(0)?) {
                Ok(at) => self.order.push(at as u32),
                Err(_) => return Ok(Progress::Off),
            }
        }
        Ok(if self.order.len() == self.rowids.len() {
            Progress::Complete
        } else {
            Progress::Off
        })
    }

    fn read_rows(&mut self, db: &Connection, limit: i64) -> rusqlite::Result<usize> {
        let last = self.rowids.last().copied().unwrap_or(i64::MIN);
        let mut statement = db.prepare_cached(
            "SELECT rowid, search FROM apps WHERE rowid > ?1 ORDER BY rowid LIMIT ?2",
        )?;
        let mut rows = statement.query([last, limit])?;
        let mut read = 0;
        while let Some(row) = rows.next()? {
            self.add(row.get(0)?, row.get_ref(1)?.as_str()?);
            read += 1;
        }
        Ok(read)
    }

    fn add(&mut self, rowid: i64, search: &str) {
        let mut known = 0;
        for line in search.split('\n') {
            match KNOWN_LINES.binary_search_by(|known| known.as_str().cmp(line)) {
                Ok(bit) => known |= 1 << bit,
                Err(_) => {
                    self.text.extend_from_slice(line.as_bytes());
                    self.text.push(b'\n');
                }
            }
        }
        self.known.push(known);
        self.rowids.push(rowid);
        self.ends
            .push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
    }

    /// The rows of the list from `offset` on that have all the words; `None` when SQLite has
    /// to be asked.
    pub(super) fn find(
        &mut self,
        db: &Connection,
        words: &[String],
        offset: u64,
        limit: u64,
    ) -> rusqlite::Result<Option<Found>> {
        if self.progress != Progress::Complete || !self.catch_up(db)? {
            return Ok(None);
        }
        let has = self.rows_with(words);
        let mut found = Found {
            total: self.rowids.len() as u64,
            matched: 0,
            rowids: Vec::new(),
        };
        for &row in &self.order {
            if !has.contains(row as usize) {
                continue;
            }
            if found.matched >= offset && (found.rowids.len() as u64) < limit {
                found.rowids.extend(self.rowids.get(row as usize));
            }
            found.matched += 1;
        }
        Ok(Some(found))
    }

    /// Takes up what was added since; answers whether everything is known now.
    fn catch_up(&mut self, db: &Connection) -> rusqlite::Result<bool> {
        let newest: Option<i64> = db
            .prepare_cached("SELECT max(rowid) FROM apps")?
            .query_row([], |row| row.get(0))?;
        if newest == self.rowids.last().copied() {
            return Ok(true);
        }
        let before = self.rowids.len();
        // One more than few, to know whether there are more.
        if self.read_rows(db, FEW as i64 + 1)? > FEW || newest != self.rowids.last().copied() {
            self.progress = Progress::Reading;
            return Ok(false);
        }
        let mut rank = db.prepare_cached(
            "SELECT (SELECT count(*) FROM apps
                     WHERE (name_key, id) < (new.name_key, new.id))
             FROM apps new WHERE rowid = ?1",
        )?;
        let mut new = Vec::new();
        for (row, rowid) in self.rowids.iter().enumerate().skip(before) {
            let rank: i64 = rank.query_row([rowid], |found| found.get(0))?;
            new.push((usize::try_from(rank).unwrap_or_default(), row as u32));
        }
        // Ranks count the new ones too: in ascending order each finds its final place.
        new.sort_unstable();
        for (rank, row) in new {
            let place = rank.min(self.order.len());
            self.order.insert(place, row);
        }
        Ok(true)
    }

    fn rows_with(&self, words: &[String]) -> RowSet {
        let mut words: Vec<&String> = words.iter().collect();
        // The longest leaves the fewest rows for the others to look at.
        words.sort_unstable_by_key(|word| std::cmp::Reverse(word.len()));
        let mut words = words.into_iter().map(|word| Word::of(word));
        let Some(first) = words.next() else {
            return RowSet::all(self.rowids.len());
        };
        let mut has = self.rows_with_word(&first);
        for word in words {
            has.retain(|row| self.row_has(row, &word));
        }
        has
    }

    /// One pass over the whole text, which is much faster than asking each row.
    fn rows_with_word(&self, word: &Word<'_>) -> RowSet {
        let mut has = RowSet::none(self.rowids.len());
        if word.known != 0 {
            for (row, known) in self.known.iter().enumerate() {
                if known & word.known != 0 {
                    has.insert(row);
                }
            }
        }
        let mut at = 0;
        let mut row = 0;
        while let Some(hit) = self.text.get(at..).and_then(|rest| word.finder.find(rest)) {
            let hit = at + hit;
            while self.ends.get(row).is_some_and(|end| *end as usize <= hit) {
                row += 1;
            }
            has.insert(row);
            match self.ends.get(row) {
                Some(end) => at = *end as usize,
                None => break,
            }
        }
        has
    }

    fn row_has(&self, row: usize, word: &Word<'_>) -> bool {
        let known = self.known.get(row).copied().unwrap_or_default();
        if known & word.known != 0 {
            return true;
        }
        let start = row
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .map_or(0, |end| *end as usize);
        self.ends
            .get(row)
            .and_then(|end| self.text.get(start..*end as usize))
            .is_some_and(|text| word.finder.find(text).is_some())
    }
}

struct Word<'a> {
    finder: Finder<'a>,
    /// Lines that many apps have and that have this word.
    known: u128,
}

impl<'a> Word<'a> {
    fn of(word: &'a str) -> Self {
        let known = KNOWN_LINES
            .iter()
            .enumerate()
            .filter(|(_, line)| line.contains(word))
            .fold(0, |bits, (bit, _)| bits | 1 << bit);
        Self {
            finder: Finder::new(word),
            known,
        }
    }
}

/// A bit a row.
struct RowSet {
    bits: Vec<u64>,
}

impl RowSet {
    fn none(rows: usize) -> Self {
        Self {
            bits: vec![0; rows.div_ceil(64)],
        }
    }

    fn all(rows: usize) -> Self {
        Self {
            bits: vec![u64::MAX; rows.div_ceil(64)],
        }
    }

    fn insert(&mut self, row: usize) {
        if let Some(bits) = self.bits.get_mut(row / 64) {
            *bits |= 1 << (row % 64);
        }
    }

    fn contains(&self, row: usize) -> bool {
        self.bits
            .get(row / 64)
            .is_some_and(|bits| bits & 1 << (row % 64) != 0)
    }

    fn retain(&mut self, mut keep: impl FnMut(usize) -> bool) {
        for (at, bits) in self.bits.iter_mut().enumerate() {
            let mut left = *bits;
            while left != 0 {
                let bit = left.trailing_zeros() as usize;
                left &= left - 1;
                if !keep(at * 64 + bit) {
                    *bits &= !(1 << bit);
                }
            }
        }
    }
}
