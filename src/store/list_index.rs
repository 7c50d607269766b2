//! What the list's filter looks through, in memory: at 100,000 apps SQLite needs 25 to 110 ms
//! for a filter, this 1 to 5. Read in slices while nobody waits; until it is complete, or when
//! it would grow too large, the list asks SQLite instead, with the same result.
//!
//! Holds no names of its own: rows that are shown are read from the file. Apps that are added it
//! takes up by itself; whatever else changes the list grows `list_changes`, and it reads again.

use std::{collections::HashMap, sync::LazyLock};

use memchr::memmem::Finder;
use rusqlite::{Connection, OptionalExtension as _};

use crate::domain::{scope, text};

/// Rows that are read at once: one to two milliseconds that a key may have to wait for.
const SLICE: i64 = 1000;
/// More new rows than this at once are read in slices again.
const FEW: usize = 64;
/// Beyond this it costs more memory than it is worth.
const TEXT_MAX: usize = 48 * 1024 * 1024;

/// Starts a reference to an origin in the text; UTF-8 has no such byte.
const ORIGIN: u8 = 0xFF;
/// An origin's number takes the low six bits of two bytes, which no word can start with.
const ORIGINS_MAX: usize = 1 << 12;

/// A scope's two lines of the search text: the lower-case id, and the label below it. Very many
/// apps have them, so each is one bit of a row.
static SCOPE_LINES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    scope::catalogue()
        .iter()
        .map(|scope| (text::key(scope.id.as_str()), text::key(scope.label)))
        // Those beyond the bits of a row are kept as text.
        .take(u64::BITS as usize)
        .collect()
});

#[derive(Debug, Default)]
pub(super) struct ListIndex {
    progress: Progress,
    /// `list_changes` when it began to read.
    changes: i64,
    /// The other lines of all rows, by row; each ends in a line feed, so that no word is found
    /// across two of them.
    text: Vec<u8>,
    /// Where in `text` a row ends.
    ends: Vec<u32>,
    scopes: Vec<u64>,
    origins: Origins,
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
        let changes = changes(&step)?;
        if self.rowids.is_empty() {
            self.changes = changes;
        } else if self.changes != changes {
            self.forget();
            return Ok(Progress::Reading);
        }
        let read = self.read_rows(&step, SLICE)?;
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

    fn read_rows(&mut self, db: &Connection, limit: i64) -> rusqlite::Result<usize> {
        let last = self.rowids.last().copied().unwrap_or(i64::MIN);
        let mut statement = db.prepare_cached(
            "SELECT rowid, search FROM apps WHERE rowid > ?1 AND deleted_at IS NULL
             ORDER BY rowid LIMIT ?2",
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
        let mut scopes = 0;
        let mut before = "";
        let mut lines = search.split('\n').peekable();
        while let Some(line) = lines.next() {
            let scope = SCOPE_LINES
                .iter()
                .position(|(id, label)| id == line && lines.peek() == Some(&label.as_str()));
            if let Some(bit) = scope {
                scopes |= 1 << bit;
                lines.next();
            } else if line != before {
                // The display name is the name again in most apps.
                self.origins.write(line, &mut self.text);
            }
            before = line;
        }
        self.scopes.push(scopes);
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
                     WHERE deleted_at IS NULL AND (name_key, id) < (new.name_key, new.id))
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

    /// Passes over the whole text, which is much faster than asking each row.
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
            // Found again in nearly every row: a search for words starts too slowly for that.
            [letter] => self.insert_where(&mut has, |rest| memchr::memchr(letter, rest)),
            _ => self.insert_where(&mut has, |rest| word.finder.find(rest)),
        }
        if !word.by_origin.is_empty() {
            self.insert_where(&mut has, |rest| word.find_by_origin(rest));
        }
        has
    }

    /// Inserts the rows in which `find` finds something. It is given the text from the start of
    /// some row on.
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

/// Beginnings of redirect URIs, up to the slash behind the host: a platform team has few hosts
/// and many URIs.
#[derive(Debug, Default)]
struct Origins {
    all: Vec<Box<str>>,
    by_text: HashMap<Box<str>, usize>,
}

impl Origins {
    /// Writes a line of the search text, its origin as a number.
    fn write(&mut self, line: &str, text: &mut Vec<u8>) {
        let path = line.find("://").and_then(|colon| {
            line.get(colon + 3..)?
                .find('/')
                .map(|at| colon + 3 + at + 1)
        });
        let (origin, rest) = path.and_then(|at| line.split_at_checked(at)).unzip();
        match origin.and_then(|origin| self.number(origin)) {
            Some(number) => {
                text.push(ORIGIN);
                text.extend([number >> 6, number & 0x3F].map(|bits| 0x80 | bits as u8));
                text.extend_from_slice(rest.unwrap_or_default().as_bytes());
            }
            None => text.extend_from_slice(line.as_bytes()),
        }
        text.push(b'\n');
    }

    fn number(&mut self, origin: &str) -> Option<usize> {
        if let Some(number) = self.by_text.get(origin) {
            return Some(*number);
        }
        let number = self.all.len();
        if number >= ORIGINS_MAX {
            return None;
        }
        self.all.push(origin.into());
        self.by_text.insert(origin.into(), number);
        Some(number)
    }

    /// Which of them are so; `None` when none is.
    fn that(&self, is: impl Fn(&str) -> bool) -> Option<Vec<bool>> {
        let are: Vec<bool> = self.all.iter().map(|origin| is(origin)).collect();
        are.contains(&true).then_some(are)
    }
}

fn changes(db: &Connection) -> rusqlite::Result<i64> {
    db.prepare_cached("SELECT count FROM list_changes")?
        .query_row([], |row| row.get(0))
}

struct Word<'a> {
    text: &'a [u8],
    finder: Finder<'a>,
    /// Scopes that have this word in their id or their label.
    scopes: u64,
    /// Origins, by number, that have a beginning of the word at their end, and what is left of
    /// it; nothing is when the origin has all of it.
    by_origin: Vec<(Vec<bool>, &'a str)>,
}

impl<'a> Word<'a> {
    fn of(word: &'a str, origins: &Origins) -> Self {
        let scopes = SCOPE_LINES
            .iter()
            .enumerate()
            .filter(|(_, (id, label))| id.contains(word) || label.contains(word))
            .fold(0, |bits, (bit, _)| bits | 1 << bit);
        let inside = origins.that(|origin| origin.contains(word));
        // An origin ends in a slash: only behind one can a word go on into the path.
        let across = word.match_indices('/').filter_map(|(slash, _)| {
            let (begin, rest) = word.split_at_checked(slash + 1)?;
            Some((origins.that(|origin| origin.ends_with(begin))?, rest))
        });
        Self {
            text: word.as_bytes(),
            finder: Finder::new(word),
            scopes,
            by_origin: inside
                .map(|are| (are, ""))
                .into_iter()
                .chain(across)
                .collect(),
        }
    }

    fn find_by_origin(&self, text: &[u8]) -> Option<usize> {
        if self.by_origin.is_empty() {
            return None;
        }
        memchr::memchr_iter(ORIGIN, text).find(|at| {
            let Some([_, high, low, path @ ..]) = text.get(*at..) else {
                return false;
            };
            let number = usize::from(high & 0x3F) << 6 | usize::from(low & 0x3F);
            self.by_origin.iter().any(|(are, rest)| {
                are.get(number).is_some_and(|is| *is) && path.starts_with(rest.as_bytes())
            })
        })
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
