//! The text that the list's filter searches, in memory. At 100,000 apps, SQLite needs 25 to 110 ms
//! for a filter, and this index 1 to 5 ms. It is read in slices while the worker is idle. Until it
//! is complete, and if it would grow too large, the list asks SQLite, with the same result.
//!
//! Rows that are shown are read from the file, so the index holds no names. It adds new apps by
//! itself; any other change of the list increases `list_changes`, and the index is read again.

mod facts;
mod row_set;
mod words;

use rusqlite::{Connection, OptionalExtension as _};

use crate::domain::{app::list::Sort, text};
use crate::store::list::index::{
    facts::Facts,
    row_set::RowSet,
    words::{Origins, SCOPE_LINES, Word},
};
use crate::store::list::search::Filter;

/// Rows that are read at once: a key waits one to two milliseconds at most.
const SLICE: i64 = 1000;
/// More new rows than this are read in slices again.
const FEW: usize = 64;
/// Above this size, the index costs more memory than it is worth.
const TEXT_MAX: usize = 48 * 1024 * 1024;

#[derive(Debug, Default)]
pub(in crate::store) struct ListIndex {
    progress: Progress,
    /// `list_changes` when reading began.
    changes: i64,
    /// The other lines of all rows, in row order. Each ends in a line feed, so that no word matches
    /// across two lines.
    text: Vec<u8>,
    /// The end of each row in `text`.
    ends: Vec<u32>,
    scopes: Vec<u64>,
    origins: Origins,
    facts: Facts,
    /// Ascending. If a row ID does not fit, SQLite is asked instead.
    rowids: Vec<u32>,
    /// Rows in order of their names.
    order: Vec<u32>,
    /// Rows in the order that was last requested, if it was another one.
    sorted: Option<(Sort, Vec<u32>)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Progress {
    /// The list has not been requested yet.
    #[default]
    Unwanted,
    Reading,
    Complete,
    /// Too large, or unreadable: SQLite is asked instead.
    Off,
}

/// How many rows there are and how many match, with the IDs of the requested ones.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::store) struct Found {
    pub(in crate::store) total: u64,
    pub(in crate::store) matched: u64,
    pub(in crate::store) rowids: Vec<i64>,
}

impl ListIndex {
    /// From now on, `read_ahead` reads.
    pub(in crate::store) fn want(&mut self) {
        if self.progress == Progress::Unwanted {
            self.progress = Progress::Reading;
        }
    }

    pub(in crate::store) fn forget(&mut self) {
        *self = Self {
            progress: Progress::Reading,
            ..Self::default()
        };
    }

    /// Reads one slice. Returns whether there is more to read.
    pub(in crate::store) fn read_ahead(&mut self, db: &Connection) -> bool {
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
        // One snapshot: the order has to be that of the rows.
        let step = db.unchecked_transaction()?;
        let changes = changes(&step)?;
        let is_first = self.rowids.is_empty();
        if is_first {
            self.changes = changes;
        } else if self.changes != changes {
            self.forget();
            return Ok(Progress::Reading);
        }
        let read = self.read_rows(&step, SLICE)?;
        if is_first && read > 0 {
            self.make_room(&step, read)?;
        }
        if read == SLICE as usize {
            return Ok(Progress::Reading);
        }
        let mut statement =
            step.prepare("SELECT rowid FROM apps WHERE deleted_at IS NULL ORDER BY name_key, id")?;
        let mut rows = statement.query([])?;
        self.order = Vec::with_capacity(self.rowids.len());
        while let Some(row) = rows.next()? {
            match self.rowids.binary_search(&row.get(0)?) {
                Ok(at) => self.order.push(at as u32),
                Err(_) => return Ok(Progress::Off),
            }
        }
        self.text.shrink_to_fit();
        Ok(if self.order.len() == self.rowids.len() {
            Progress::Complete
        } else {
            Progress::Off
        })
    }

    /// Reserves memory for all rows, estimated from the first ones: growing in steps would copy
    /// everything and leave holes of the same size.
    fn make_room(&mut self, db: &Connection, read: usize) -> rusqlite::Result<()> {
        let rows: i64 = db.query_row(
            "SELECT count(*) FROM apps WHERE deleted_at IS NULL",
            [],
            |row| row.get(0),
        )?;
        let more = usize::try_from(rows)
            .unwrap_or_default()
            .saturating_sub(read);
        // A tenth more than estimated.
        let text = self.text.len() * more / read / 10 * 11;
        self.text.reserve_exact(text.min(TEXT_MAX));
        self.ends.reserve_exact(more);
        self.scopes.reserve_exact(more);
        self.rowids.reserve_exact(more);
        self.facts.make_room(more);
        Ok(())
    }

    fn read_rows(&mut self, db: &Connection, limit: i64) -> rusqlite::Result<usize> {
        let last = self.rowids.last().map_or(i64::MIN, |last| i64::from(*last));
        let mut statement = db.prepare_cached(&format!(
            "SELECT rowid, search, client_id, {} FROM apps
             WHERE rowid > ?1 AND deleted_at IS NULL ORDER BY rowid LIMIT ?2",
            facts::COLUMNS
        ))?;
        let mut rows = statement.query([last, limit])?;
        let mut read = 0;
        while let Some(row) = rows.next()? {
            if !self.facts.add(row, 3)? {
                return Err(rusqlite::Error::IntegralValueOutOfRange(3, 0));
            }
            self.add(
                row.get(0)?,
                &text::normal(row.get_ref(1)?.as_str()?),
                &text::key(row.get_ref(2)?.as_str()?),
            );
            read += 1;
        }
        Ok(read)
    }

    fn add(&mut self, rowid: u32, search: &str, client_id: &str) {
        let mut scopes = 0;
        // Names come first, and may be spelled like a scope.
        let mut is_behind_names = false;
        let mut before = "";
        let mut lines = search.split('\n').peekable();
        while let Some(line) = lines.next() {
            is_behind_names |= line == client_id;
            let scope = SCOPE_LINES
                .iter()
                .position(|(id, label)| id == line && lines.peek() == Some(&label.as_str()))
                .filter(|_| is_behind_names);
            if let Some(bit) = scope {
                scopes |= 1 << bit;
                lines.next();
            } else if line != before {
                // In most apps, the display name repeats the name.
                self.origins.write(line, &mut self.text);
            }
            before = line;
        }
        self.scopes.push(scopes);
        self.rowids.push(rowid);
        self.ends
            .push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
    }

    /// The matching rows from `offset` on. `None` if SQLite has to be asked.
    pub(in crate::store) fn find(
        &mut self,
        db: &Connection,
        filter: &Filter,
        sort: Sort,
        offset: u64,
        limit: u64,
    ) -> rusqlite::Result<Option<Found>> {
        if filter.in_trash || self.progress != Progress::Complete || !self.catch_up(db)? {
            return Ok(None);
        }
        let mut has = self.rows_with(&filter.words);
        for condition in &filter.conditions {
            self.facts
                .narrow(&mut has, condition, &self.scopes, &self.rowids, db)?;
        }
        let mut found = Found {
            total: self.rowids.len() as u64,
            matched: 0,
            rowids: Vec::new(),
        };
        let mut rows = Vec::new();
        for &row in self.in_order(sort) {
            if !has.contains(row as usize) {
                continue;
            }
            if found.matched >= offset && (rows.len() as u64) < limit {
                rows.push(row as usize);
            }
            found.matched += 1;
        }
        found.rowids = rows
            .into_iter()
            .filter_map(|row| self.rowids.get(row).map(|rowid| i64::from(*rowid)))
            .collect();
        Ok(Some(found))
    }

    fn in_order(&mut self, sort: Sort) -> &[u32] {
        if sort == Sort::default() {
            return &self.order;
        }
        if self.sorted.as_ref().is_none_or(|(known, _)| *known != sort) {
            self.sorted = Some((sort, self.facts.sort(&self.order, sort)));
        }
        self.sorted
            .as_ref()
            .map_or(&self.order, |(_, sorted)| sorted)
    }

    /// Adds new rows. Returns whether the index is complete.
    fn catch_up(&mut self, db: &Connection) -> rusqlite::Result<bool> {
        if self.changes != changes(db)? {
            self.forget();
            return Ok(false);
        }
        let newest: Option<i64> = db
            .prepare_cached(
                "SELECT rowid FROM apps WHERE deleted_at IS NULL ORDER BY rowid DESC LIMIT 1",
            )?
            .query_row([], |row| row.get(0))
            .optional()?;
        let is_last = |index: &Self| newest == index.rowids.last().map(|last| i64::from(*last));
        if is_last(self) {
            return Ok(true);
        }
        if newest.is_some_and(|rowid| u32::try_from(rowid).is_err()) {
            self.progress = Progress::Off;
            return Ok(false);
        }
        let before = self.rowids.len();
        // One more than `FEW`, to see whether there are more.
        if self.read_rows(db, FEW as i64 + 1)? > FEW || !is_last(self) {
            self.progress = Progress::Reading;
            return Ok(false);
        }
        self.sorted = None;
        let mut rank = db.prepare_cached(
            "SELECT (SELECT count(*) FROM apps
                     WHERE deleted_at IS NULL AND (name_key, id) < (new.name_key, new.id))
             FROM apps new WHERE rowid = ?1",
        )?;
        let mut new = Vec::new();
        for (row, rowid) in self.rowids.iter().enumerate().skip(before) {
            let rank: i64 = rank.query_row([rowid], |found| found.get(0))?;
            new.push((usize::try_from(rank).unwrap_or_default(), row as u32));
        }
        // Ranks count the new rows too: in ascending order, each gets its final position.
        new.sort_unstable();
        for (rank, row) in new {
            let place = rank.min(self.order.len());
            self.order.insert(place, row);
        }
        Ok(true)
    }

    fn rows_with(&self, words: &[String]) -> RowSet {
        let mut words: Vec<&String> = words.iter().collect();
        // The longest word leaves the fewest rows to search.
        words.sort_unstable_by_key(|word| std::cmp::Reverse(word.len()));
        let mut words = words.into_iter().map(|word| Word::of(word, &self.origins));
        let Some(first) = words.next() else {
            return RowSet::all(self.rowids.len());
        };
        let mut has = self.rows_with_word(&first);
        for word in words {
            has.retain(|row| self.row_has(row, &word));
        }
        has
    }

    /// Searches the whole text at once, which is much faster than row by row.
    fn rows_with_word(&self, word: &Word<'_>) -> RowSet {
        let mut has = RowSet::none(self.rowids.len());
        if word.scopes != 0 {
            for (row, scopes) in self.scopes.iter().enumerate() {
                if scopes & word.scopes != 0 {
                    has.insert(row);
                }
            }
        }
        match *word.text {
            // A single letter occurs in nearly every row, and a word search has too high a cost per
            // match.
            [letter] => self.insert_where(&mut has, |rest| memchr::memchr(letter, rest)),
            _ => self.insert_where(&mut has, |rest| word.finder.find(rest)),
        }
        if !word.by_origin.is_empty() {
            self.insert_where(&mut has, |rest| word.find_by_origin(rest));
        }
        has
    }

    /// Inserts the rows in which `find` finds something. `find` gets the text from the start of a
    /// row.
    fn insert_where(&self, has: &mut RowSet, find: impl Fn(&[u8]) -> Option<usize>) {
        let mut at = 0;
        let mut row = 0;
        while let Some(hit) = self.text.get(at..).and_then(&find) {
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
    }

    fn row_has(&self, row: usize, word: &Word<'_>) -> bool {
        let scopes = self.scopes.get(row).copied().unwrap_or_default();
        if scopes & word.scopes != 0 {
            return true;
        }
        let start = row
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .map_or(0, |end| *end as usize);
        self.ends
            .get(row)
            .and_then(|end| self.text.get(start..*end as usize))
            .is_some_and(|text| {
                word.finder.find(text).is_some() || word.find_by_origin(text).is_some()
            })
    }
}

fn changes(db: &Connection) -> rusqlite::Result<i64> {
    db.prepare_cached("SELECT count FROM list_changes")?
        .query_row([], |row| row.get(0))
}
