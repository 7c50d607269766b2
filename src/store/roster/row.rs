//! A row of the history as it is stored, signed and verified.

use rusqlite::{Row, types::Type};

use crate::{
    domain::{
        history::{Change, Entry, What},
        id::{AppId, DeveloperId},
        time::UnixMs,
    },
    store::StoreError,
    vault::{self, Link},
};

pub(in crate::store) struct StoredRow {
    pub seq: i64,
    pub at: i64,
    pub who: String,
    pub app: Option<String>,
    pub subject: String,
    pub what: String,
    pub changes: String,
    pub statement: Option<String>,
    pub link: Link,
    /// `None` in rows from before the history was signed.
    pub signature: Option<Vec<u8>>,
}

pub(in crate::store) const COLUMNS: &str =
    "seq, at, who, app_id, subject, what, changes, statement, link, signature";

impl StoredRow {
    pub fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            seq: row.get(0)?,
            at: row.get(1)?,
            who: row.get(2)?,
            app: row.get(3)?,
            subject: row.get(4)?,
            what: row.get(5)?,
            changes: row.get(6)?,
            statement: row.get(7)?,
            link: link_at(row, 8)?,
            signature: row.get(9)?,
        })
    }

    /// The link that the contents have after the row before.
    pub fn computed_link(&self, previous: &Link) -> Link {
        vault::link(
            previous,
            &[
                &self.seq.to_le_bytes(),
                &self.at.to_le_bytes(),
                self.who.as_bytes(),
                self.app.as_deref().unwrap_or_default().as_bytes(),
                self.subject.as_bytes(),
                self.what.as_bytes(),
                self.changes.as_bytes(),
                self.statement.as_deref().unwrap_or_default().as_bytes(),
            ],
        )
    }

    /// The input of the keyed chain of format 8.
    pub fn former_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend_from_slice(&self.seq.to_le_bytes());
        out.extend_from_slice(&self.at.to_le_bytes());
        let app = self.app.as_deref().unwrap_or_default();
        for part in [&self.who, app, &self.subject, &self.what, &self.changes] {
            out.extend_from_slice(&(part.len() as u64).to_le_bytes());
            out.extend_from_slice(part.as_bytes());
        }
        out
    }

    /// The changes as text to search: without the syntax of JSON.
    pub fn searchable(&self) -> String {
        let changes: Vec<Change> = serde_json::from_str(&self.changes).unwrap_or_default();
        let parts = changes
            .into_iter()
            .flat_map(|change| [Some(change.field), change.before, change.after]);
        parts.flatten().collect::<Vec<_>>().join("\n")
    }

    pub fn entry(self) -> Result<Entry, StoreError> {
        let seq = self.seq;
        let unreadable =
            || StoreError::Corrupt(format!("entry {seq} of the history cannot be read"));
        Ok(Entry {
            seq,
            at: UnixMs(self.at),
            what: What::from_stored(&self.what).ok_or_else(unreadable)?,
            changes: serde_json::from_str(&self.changes).map_err(|_| unreadable())?,
            who: DeveloperId::from_stored(self.who),
            app: self.app.map(AppId::from_stored),
            subject: self.subject,
        })
    }
}

/// A link of another length is damage, which no row may hide.
pub(in crate::store) fn link_at(row: &Row<'_>, column: usize) -> rusqlite::Result<Link> {
    let bytes: Vec<u8> = row.get(column)?;
    let len = bytes.len();
    bytes.try_into().map_err(|_| {
        let error = format!("a link of {len} bytes");
        rusqlite::Error::FromSqlConversionFailure(column, Type::Blob, error.into())
    })
}
