//! The filter's words and the text to search, compressed.

use std::{collections::HashMap, sync::LazyLock};

use memchr::memmem::Finder;

use crate::domain::{app::scope, text};

/// Starts a reference to an origin. This byte does not occur in UTF-8.
const ORIGIN: u8 = 0xFF;
/// The number of an origin takes the low six bits of two bytes, with which no word can start.
const ORIGINS_MAX: usize = 1 << 12;

/// The two lines of a scope in the search text: its ID in lower case, then its label. Very many
/// apps have them, so each scope is one bit of a row.
pub(super) static SCOPE_LINES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    scope::catalogue()
        .iter()
        .map(|scope| (text::key(scope.id.as_str()), text::key(scope.label)))
        // Further scopes are kept as text.
        .take(u64::BITS as usize)
        .collect()
});

/// Redirect URIs up to the slash after the host: a team has few hosts and many URIs.
#[derive(Debug, Default)]
pub(super) struct Origins {
    all: Vec<Box<str>>,
    by_text: HashMap<Box<str>, usize>,
}

impl Origins {
    /// Writes a line of the search text, with its origin as a number.
    pub(super) fn write(&mut self, line: &str, text: &mut Vec<u8>) {
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

    /// Marks the origins for which `is` holds; `None` if there are none.
    fn matching(&self, is: impl Fn(&str) -> bool) -> Option<Vec<bool>> {
        let are: Vec<bool> = self.all.iter().map(|origin| is(origin)).collect();
        are.contains(&true).then_some(are)
    }
}

pub(super) struct Word<'a> {
    pub(super) text: &'a [u8],
    pub(super) finder: Finder<'a>,
    /// Scopes with this word in their ID or label.
    pub(super) scopes: u64,
    /// Origins that end in a beginning of the word, marked by number, with the rest of the word.
    /// The rest is empty if the origin contains the whole word.
    pub(super) by_origin: Vec<(Vec<bool>, &'a str)>,
}

impl<'a> Word<'a> {
    pub(super) fn of(word: &'a str, origins: &Origins) -> Self {
        let scopes = SCOPE_LINES
            .iter()
            .enumerate()
            .filter(|(_, (id, label))| id.contains(word) || label.contains(word))
            .fold(0, |bits, (bit, _)| bits | 1 << bit);
        let inside = origins.matching(|origin| origin.contains(word));
        // An origin ends in a slash, so a word can continue into the path only after one.
        let across = word.match_indices('/').filter_map(|(slash, _)| {
            let (begin, rest) = word.split_at_checked(slash + 1)?;
            Some((origins.matching(|origin| origin.ends_with(begin))?, rest))
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

    pub(super) fn find_by_origin(&self, text: &[u8]) -> Option<usize> {
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
