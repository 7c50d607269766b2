//! The first 100 bytes of an SQLite file (sqlite.org/fileformat2.html §1.3), read without SQLite
//! from the file, or from its first page in a log.

use crate::store::{
    error::OpenError,
    file::{mark::Mark, migrate},
};
use std::path::Path;

pub(in crate::store) const HEADER_LEN: usize = 100;

const MAGIC: &[u8] = b"SQLite format 3\0";
/// 1 for a rollback journal, 2 for a write-ahead log.
const READ_VERSION: usize = 19;
const CHANGE_COUNTER: usize = 24;
const PAGES: usize = 28;
/// The offset of the [`Mark`].
pub(in crate::store) const MARK: usize = 48;
const USER_VERSION: usize = 60;
const APPLICATION_ID: usize = 68;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct Header([u8; HEADER_LEN]);

impl Header {
    pub(in crate::store) fn new(bytes: [u8; HEADER_LEN]) -> Self {
        Self(bytes)
    }

    /// Reads the header of a whole page.
    pub(in crate::store) fn of_page(page: &[u8]) -> Option<Self> {
        page.first_chunk().copied().map(Self)
    }

    /// Refuses a file of another program, or of a newer version of this one.
    pub(in crate::store) fn must_be_ours(&self, path: &Path) -> Result<(), OpenError> {
        let is_ours = self.0.starts_with(MAGIC)
            && self.number(APPLICATION_ID) == migrate::APPLICATION_ID.cast_unsigned();
        if !is_ours {
            return Err(OpenError::NotAWorkspace {
                path: path.to_owned(),
            });
        }
        self.must_be_known()
    }

    pub(in crate::store) fn must_be_known(&self) -> Result<(), OpenError> {
        let (found, known) = (self.format(), crate::store::known_format());
        if found > known {
            return Err(OpenError::Newer { found, known });
        }
        Ok(())
    }

    pub(in crate::store) fn format(&self) -> i64 {
        i64::from(self.number(USER_VERSION).cast_signed())
    }

    /// Whether the file uses a write-ahead log.
    pub(in crate::store) fn wants_log(&self) -> bool {
        self.0.get(READ_VERSION) == Some(&2)
    }

    pub(in crate::store) fn change_counter(&self) -> u32 {
        self.number(CHANGE_COUNTER)
    }

    pub(in crate::store) fn pages(&self) -> u32 {
        self.number(PAGES)
    }

    /// `None` if only older versions have written to the file.
    pub(in crate::store) fn mark(&self) -> Option<Mark> {
        Mark::from_stored(self.number(MARK).cast_signed().into())
    }

    fn number(&self, at: usize) -> u32 {
        let bytes = self.0.get(at..).and_then(|rest| rest.first_chunk());
        bytes.map_or(0, |bytes| u32::from_be_bytes(*bytes))
    }
}
