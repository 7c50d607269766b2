//! Functions that queries of this program use.

use rusqlite::{Connection, functions::FunctionFlags};

use crate::store::list::search::finds;

/// Defines `finds(search, client_id, word)` in SQL.
pub(in crate::store) fn define_finds(db: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_DIRECTONLY;
    db.create_scalar_function("finds", 3, flags, |found| {
        let [search, client_id, word] = [0, 1, 2].map(|at| found.get_raw(at).as_str());
        Ok(finds(search?, client_id?, word?))
    })
}
