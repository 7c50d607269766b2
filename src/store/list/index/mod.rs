//! The text that the list's filter searches, in memory. At 100,000 apps, SQLite needs 25 to 110 ms
//! for a filter, and this index 1 to 5 ms. It is read in slices while the worker is idle. Until it
//! is complete, and if it would grow too large, the list asks SQLite, with the same result.
//!
//! Rows that are shown are read from the file, so the index holds no names. It adds new apps by
//! itself; any other change of the list increases `list_changes`, and the index is read again.

mod facts;
mod row_set;
mod scopes;
mod search_text;

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension as _};

use crate::domain::app::list::Sort;
use crate::store::list::index::{
    facts::Facts, row_set::RowSet, scopes::SCOPE_LINES, search_text::SearchText,
};
use crate::store::list::{
    search::{CLIENT_ID_MIN, Filter, around_client_id, begins_client_id, searched},
    window::LIVE,
};

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
    scopes: Vec<u64>,
    /// The other lines of all rows.
    text: SearchText,
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
            Ok(progress) if self.text.bytes() <= TEXT_MAX => progress,
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
        // One snapshot: the order must match the rows.
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
        self.text.shrink();
        self.facts.shrink();
        Ok(if self.order.len() == self.rowids.len() {
            Progress::Complete
        } else {
            Progress::Off
        })
    }

    /// Reserves memory for all rows, estimated from the first ones: growing in steps would copy
    /// everything and leave holes of the same size.
    fn make_room(&mut self, db: &Connection, read: usize) -> rusqlite::Result<()> {
        let rows: i64 = db.query_row(LIVE, [], |row| row.get(0))?;
        let more = usize::try_from(rows)
            .unwrap_or_default()
            .saturating_sub(read);
        self.text.make_room(read, more, TEXT_MAX);
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
                &searched(row.get_ref(1)?.as_str()?),
                row.get_ref(2)?.as_str()?,
            );
            read += 1;
        }
        Ok(read)
    }

    fn add(&mut self, rowid: u32, search: &str, client_id: &str) {
        let (names, rest) = around_client_id(search, client_id);
        let mut before = "";
        for line in names.split('\n') {
            // In most apps, the display name repeats the name.
            if line != before {
                self.text.write(line);
            }
            before = line;
        }
        let mut scopes = 0;
        let mut lines = rest.split('\n').skip(1).peekable();
        while let Some(line) = lines.next() {
            let scope = SCOPE_LINES
                .iter()
                .position(|(id, label)| id == line && lines.peek() == Some(&label.as_str()));
            if let Some(bit) = scope {
                scopes |= 1 << bit;
                lines.next();
            } else {
                self.text.write(line);
            }
        }
        self.text.end_row();
        self.scopes.push(scopes);
        self.rowids.push(rowid);
    }

    /// The matching rows from `offset` on. `None` if SQLite must be asked.
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
        let mut has = self.rows_with(db, &filter.words)?;
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

    fn rows_with(&self, db: &Connection, words: &[String]) -> rusqlite::Result<RowSet> {
        let mut words: Vec<&String> = words.iter().collect();
        // The longest word leaves the fewest rows.
        words.sort_unstable_by_key(|word| std::cmp::Reverse(word.len()));
        let mut has = RowSet::all(self.rowids.len());
        for word in words {
            has.intersect(&self.rows_with_word(db, word)?);
            if has.is_empty() {
                break;
            }
        }
        Ok(has)
    }

    fn rows_with_word(&self, db: &Connection, word: &str) -> rusqlite::Result<RowSet> {
        let mut has = RowSet::none(self.rowids.len());
        let wanted = scopes::with(word);
        if wanted != 0 {
            for (row, scopes) in self.scopes.iter().enumerate() {
                if scopes & wanted != 0 {
                    has.insert(row);
                }
            }
        }
        self.text.insert_rows_with(word, &mut has);
        self.insert_rows_by_client_id(db, word, &mut has)?;
        Ok(has)
    }

    /// Client IDs are as many bytes as all other text together, and SQLite has an index of them. It
    /// compares bytes, so each spelling of the first letters is a separate range.
    fn insert_rows_by_client_id(
        &self,
        db: &Connection,
        word: &str,
        has: &mut RowSet,
    ) -> rusqlite::Result<()> {
        let Some(start) = word.get(..CLIENT_ID_MIN).filter(|start| start.is_ascii()) else {
            return Ok(());
        };
        let mut range = db.prepare_cached(
            "SELECT rowid, client_id FROM apps
             WHERE client_id >= ?1 AND client_id < ?1 || char(127) AND deleted_at IS NULL",
        )?;
        for start in spellings(start) {
            let mut rows = range.query([start])?;
            while let Some(row) = rows.next()? {
                if begins_client_id(row.get_ref(1)?.as_str()?, word)
                    && let Ok(at) = self.rowids.binary_search(&row.get(0)?)
                {
                    has.insert(at);
                }
            }
        }
        Ok(())
    }
}

/// All ways to write a lower-case text in small and capital letters.
fn spellings(text: &str) -> BTreeSet<String> {
    let spelled = |capitals: u32| {
        let letters = text.chars().enumerate();
        letters.map(move |(at, c)| match capitals >> at & 1 {
            0 => c,
            _ => c.to_ascii_uppercase(),
        })
    };
    let all = 0..1 << text.chars().count();
    all.map(|capitals| spelled(capitals).collect()).collect()
}

fn changes(db: &Connection) -> rusqlite::Result<i64> {
    db.prepare_cached("SELECT count FROM list_changes")?
        .query_row([], |row| row.get(0))
}
