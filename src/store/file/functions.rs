//! Functions that queries of this program use.

use memchr::memmem;
use rusqlite::{Connection, functions::FunctionFlags};

use crate::domain::text;

/// Defines `finds(text, word)` in SQL. Older versions stored text as it was typed; words are
/// normalized.
pub(in crate::store) fn define_finds(db: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_DIRECTONLY;
    db.create_scalar_function("finds", 2, flags, |found| {
        let (text, word) = (found.get_raw(0).as_str()?, found.get_raw(1).as_str()?);
        let text = text::normal(text);
        Ok(memmem::find(text.as_bytes(), word.as_bytes()).is_some())
    })
}
