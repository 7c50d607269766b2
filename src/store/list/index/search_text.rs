//! The text that the filter searches, compressed: pieces that rows share, such as the words of
//! names and the hosts of redirect URIs, are kept once.
//!
//! Each piece ends in a character that is neither a letter nor a digit. So a word of letters and
//! digits is always inside one piece, and only other words need the whole text of a row.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher},
    sync::Arc,
};

use memchr::memmem::Finder;

use crate::store::list::index::row_set::RowSet;

/// Marks the first code of a row.
const FIRST: u16 = 0x8000;
/// Stands for the next piece of the row in `rare`.
const RARE: u16 = 0;
/// Further ones are rare, whatever their number.
const SHARED_MAX: usize = 1 << 13;
/// Bits of the filter that finds a piece that was seen before.
const SEEN_BITS: usize = 1 << 16;

#[derive(Debug, Default)]
pub(super) struct SearchText {
    /// By code, from 1 on.
    shared: Vec<Arc<str>>,
    codes_of: HashMap<Arc<str>, u16>,
    seen: Option<RowSet>,
    codes: Vec<u16>,
    /// The start of the row that is written.
    row_start: usize,
    /// Pieces of one row each, in row order.
    rare: String,
    /// The end of each row in `rare`.
    ends: Vec<u32>,
    line: String,
}

impl SearchText {
    pub(super) fn bytes(&self) -> usize {
        self.rare.len() + self.codes.len() * size_of::<u16>()
    }

    /// Reserves memory for as many more rows as these: growing in steps would copy everything and
    /// leave holes of the same size.
    pub(super) fn make_room(&mut self, read: usize, more: usize, limit: usize) {
        // A tenth more than estimated.
        let estimate = |length: usize| length.saturating_mul(more) / read.max(1) / 10 * 11;
        self.codes
            .reserve_exact(estimate(self.codes.len()).min(limit));
        self.rare
            .reserve_exact(estimate(self.rare.len()).min(limit));
        self.ends.reserve_exact(more);
    }

    pub(super) fn shrink(&mut self) {
        self.codes.shrink_to_fit();
        self.rare.shrink_to_fit();
    }

    pub(super) fn write(&mut self, line: &str) {
        let mut text = std::mem::take(&mut self.line);
        text.clear();
        text.push_str(line);
        text.push('\n');
        let mut rest = text.as_str();
        if let Some((origin, path)) = origin(&text)
            && let Some(code) = self.shared_code(origin)
        {
            self.codes.push(code);
            rest = path;
        }
        for piece in rest.split_inclusive(is_separator) {
            match self.shared_code(piece) {
                Some(code) => self.codes.push(code),
                None => {
                    self.codes.push(RARE);
                    self.rare.push_str(piece);
                }
            }
        }
        self.line = text;
    }

    pub(super) fn end_row(&mut self) {
        if let Some(first) = self.codes.get_mut(self.row_start) {
            *first |= FIRST;
        }
        self.row_start = self.codes.len();
        self.ends
            .push(u32::try_from(self.rare.len()).unwrap_or(u32::MAX));
    }

    /// The code of a piece from the second row on that has it.
    fn shared_code(&mut self, piece: &str) -> Option<u16> {
        if let Some(code) = self.codes_of.get(piece) {
            return Some(*code);
        }
        if self.shared.len() >= SHARED_MAX {
            return None;
        }
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(piece);
        let bit = hash as usize % SEEN_BITS;
        let seen = self.seen.get_or_insert_with(|| RowSet::none(SEEN_BITS));
        if !seen.contains(bit) {
            seen.insert(bit);
            return None;
        }
        let shared: Arc<str> = piece.into();
        self.shared.push(Arc::clone(&shared));
        let code = u16::try_from(self.shared.len()).ok()?;
        self.codes_of.insert(shared, code);
        Some(code)
    }

    /// Inserts the rows in whose text the word is.
    pub(super) fn insert_rows_with(&self, word: &str, has: &mut RowSet) {
        let is_inside_a_piece = !word.contains(is_separator) || word.chars().nth(1).is_none();
        if is_inside_a_piece {
            self.insert_by_piece(word, has);
        } else {
            self.insert_by_text(word, has);
        }
    }

    fn insert_by_piece(&self, word: &str, has: &mut RowSet) {
        let finder = Finder::new(word);
        self.insert_by_shared_piece(&finder, has);
        match *word.as_bytes() {
            // A single letter occurs in nearly every row, and a word search has too high a cost per
            // match.
            [letter] => self.insert_where(has, |rest| memchr::memchr(letter, rest)),
            _ => self.insert_where(has, |rest| finder.find(rest)),
        }
    }

    /// A million codes are read here: a branch for each would cost more than all the rest.
    fn insert_by_shared_piece(&self, finder: &Finder<'_>, has: &mut RowSet) {
        let mut wanted = [false; SHARED_MAX + 1];
        let mut is_any = false;
        for (wanted, piece) in wanted.iter_mut().skip(1).zip(&self.shared) {
            *wanted = finder.find(piece.as_bytes()).is_some();
            is_any |= *wanted;
        }
        if !is_any {
            return;
        }
        let (mut rows, mut bits) = (0_usize, 0_u64);
        for code in &self.codes {
            if code & FIRST != 0 {
                if rows > 0 && rows.is_multiple_of(64) {
                    has.insert_64(rows / 64 - 1, bits);
                    bits = 0;
                }
                rows += 1;
            }
            let is_wanted = wanted.get(usize::from(code & !FIRST)).copied();
            bits |= u64::from(is_wanted.unwrap_or_default()) << ((rows.wrapping_sub(1)) % 64);
        }
        has.insert_64(rows.saturating_sub(1) / 64, bits);
    }

    /// Inserts the rows in whose rare pieces `find` finds something. `find` gets the text from the
    /// start of a row.
    fn insert_where(&self, has: &mut RowSet, find: impl Fn(&[u8]) -> Option<usize>) {
        let text = self.rare.as_bytes();
        let mut at = 0;
        let mut row = 0;
        while let Some(hit) = text.get(at..).and_then(&find) {
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

    /// Puts the text of rows together that have the longest parts of the word. A part is inside one
    /// piece, as the separator behind it is.
    fn insert_by_text(&self, word: &str, has: &mut RowSet) {
        let mut parts: Vec<&str> = word.split_inclusive(is_separator).collect();
        parts.sort_unstable_by_key(|part| std::cmp::Reverse(part.len()));
        let mut candidates = RowSet::all(self.ends.len());
        for part in parts.iter().take(2) {
            let mut with_part = RowSet::none(self.ends.len());
            self.insert_by_piece(part, &mut with_part);
            candidates.intersect(&with_part);
        }
        self.insert_by_shared_piece(&Finder::new(word), has);
        let finder = Finder::new(word);
        let mut text = String::new();
        let mut codes = self.codes.as_slice();
        for row in 0..self.ends.len() {
            let next = codes.iter().skip(1).position(|code| code & FIRST != 0);
            let (of_row, rest) = codes.split_at(next.map_or(codes.len(), |at| at + 1));
            codes = rest;
            if candidates.contains(row) && !has.contains(row) {
                text.clear();
                self.put_together(row, of_row, &mut text);
                if finder.find(text.as_bytes()).is_some() {
                    has.insert(row);
                }
            }
        }
    }

    fn put_together(&self, row: usize, codes: &[u16], text: &mut String) {
        let end_of = |row: usize| self.ends.get(row).copied().unwrap_or_default() as usize;
        let start = row.checked_sub(1).map_or(0, end_of);
        let mut rare = self
            .rare
            .get(start..end_of(row))
            .unwrap_or_default()
            .split_inclusive(is_separator);
        for code in codes {
            let shared = usize::from(code & !FIRST).checked_sub(1);
            text.push_str(match shared {
                Some(at) => self.shared.get(at).map_or("", AsRef::as_ref),
                None => rare.next().unwrap_or_default(),
            });
        }
    }
}

fn is_separator(c: char) -> bool {
    !c.is_alphanumeric()
}

/// A redirect URI up to the slash after the host, and the rest: a team has few hosts and many URIs.
fn origin(line: &str) -> Option<(&str, &str)> {
    let host = line.find("://")? + 3;
    let slash = line.get(host..)?.find('/')?;
    line.split_at_checked(host + slash + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each row has these lines.
    fn of(rows: &[&str]) -> SearchText {
        let mut text = SearchText::default();
        for row in rows {
            for line in row.split('\n') {
                text.write(line);
            }
            text.end_row();
        }
        text
    }

    #[test]
    fn each_part_of_each_text_is_found_in_the_rows_that_have_it() {
        let rows = [
            "order desk berlin\nidq8\nhttps://desk.example.net/order-desk/oauth2callback/1",
            "order desk: berlin, 2\nidw7\nhttps://desk.example.net/order-desk/oauth2callback/2",
            "通話記録 order\nid\nhttps://desk.example.net/\nmyapp://cb",
            "order  desk/\nidé\n/",
            "",
        ];
        let text = of(&rows);
        assert!(text.shared.len() > 5);
        let mut words = vec!["/cb\n".to_owned(), "absent".to_owned(), "a/b".to_owned()];
        for row in rows {
            let at: Vec<usize> = row
                .char_indices()
                .map(|(at, _)| at)
                .chain([row.len()])
                .collect();
            for (nth, start) in at.iter().enumerate() {
                let ends = at.iter().skip(nth + 1);
                words.extend(ends.map(|end| row[*start..*end].to_owned()));
            }
        }
        for word in words {
            let mut has = RowSet::none(rows.len());
            text.insert_rows_with(&word, &mut has);
            for (nth, row) in rows.iter().enumerate() {
                let has = has.contains(nth);
                assert_eq!(has, format!("{row}\n").contains(&word), "{word:?} {row:?}");
            }
        }
    }

    #[test]
    fn pieces_beyond_the_codes_are_found_too() {
        let rows: Vec<String> = (0..2 * SHARED_MAX)
            .map(|nth| format!("w{nth}x w{nth}x w{nth}x"))
            .collect();
        let text = of(&rows.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(text.shared.len(), SHARED_MAX);
        for nth in [0, 1, SHARED_MAX, 2 * SHARED_MAX - 1] {
            let mut has = RowSet::none(rows.len());
            text.insert_rows_with(&format!("w{nth}x"), &mut has);
            let found: Vec<usize> = (0..rows.len()).filter(|row| has.contains(*row)).collect();
            assert_eq!(found, [nth]);
        }
    }
}
