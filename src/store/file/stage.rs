//! Whether a developer has signed up in a workspace: readable before any sign-in.

use rusqlite::{Connection, OptionalExtension as _};

/// The first screen of a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// No developer has signed up yet.
    Empty,
    Ready {
        organization: String,
        /// The address of the last sign-in.
        last_email: Option<String>,
    },
}

pub(in crate::store) fn stage_of(db: &Connection) -> rusqlite::Result<Stage> {
    let Some(organization) = organization(db)? else {
        return Ok(Stage::Empty);
    };
    let last_email = db
        .query_row(
            "SELECT email FROM developers
             WHERE last_sign_in_at IS NOT NULL AND state = 'active'
             ORDER BY last_sign_in_at DESC, id LIMIT 1",
            [],
            |row| row.get(0),
        )
        .optional()?;
    Ok(Stage::Ready {
        organization,
        last_email,
    })
}

pub(in crate::store) fn organization(db: &Connection) -> rusqlite::Result<Option<String>> {
    db.query_row("SELECT name FROM organization", [], |row| row.get(0))
        .optional()
}
