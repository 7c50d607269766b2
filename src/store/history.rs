//! Who did what, when: a row in the transaction of each change, chained under the workspace key.
//! Deliberately absent: a way to change or remove a row.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{StoreError, Unlocked, Workspace};
use crate::{
    domain::{
        history::{Broken, Change, Entry, HistoryWindow, What},
        id::{AppId, DeveloperId},
        time::UnixMs,
    },
    vault::WorkspaceKey,
};

/// The developer who changes something, the time, and the key that authenticates the row.
#[derive(Clone, Copy)]
pub(super) struct Actor<'a> {
    pub(super) key: &'a WorkspaceKey,
    pub(super) who: &'a DeveloperId,
    pub(super) now: UnixMs,
}

/// The row to write about a change.
pub(super) struct Record<'a> {
    pub(super) app: Option<&'a AppId>,
    /// The name of the app or the organization, or `people::subject_of` a developer.
    pub(super) subject: &'a str,
    pub(super) what: What,
    pub(super) changes: Vec<Change>,
}

/// Some rows of the history, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryQuery {
    /// Only the rows of one app.
    pub app: Option<AppId>,
    /// Words that all have to occur in what is shown of a row.
    pub words: String,
    pub offset: u64,
    pub limit: u64,
}

/// Writes one row. Only inside the transaction of the change itself.
pub(super) fn record(
    step: &Connection,
    actor: Actor<'_>,
    record: &Record<'_>,
) -> Result<(), StoreError> {
    let (last, previous): (i64, Vec<u8>) = step
        .prepare_cached("SELECT seq, chain FROM history_end")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let seq = last + 1;
    let changes = serde_json::to_string(&record.changes)
        .map_err(|_| StoreError::Other("the history cannot be written".to_owned()))?;
    let written = Written {
        seq,
        at: actor.now.0,
        who: actor.who.as_str().to_owned(),
        app: record.app.map(|app| app.as_str().to_owned()),
        subject: record.subject.to_owned(),
        what: record.what.as_str().to_owned(),
        changes,
    };
    let chain = actor.key.link(&previous, &written.bytes());
    step.prepare_cached(
        "INSERT INTO history (seq, at, who, app_id, subject, what, changes, chain)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        written.seq,
        written.at,
        written.who,
        written.app,
        written.subject,
        written.what,
        written.changes,
        chain,
    ])?;
    step.prepare_cached("UPDATE history_end SET seq = ?1, chain = ?2")?
        .execute(params![seq, chain])?;
    Ok(())
}

/// A row as it is stored.
struct Written {
    seq: i64,
    at: i64,
    who: String,
    app: Option<String>,
    subject: String,
    what: String,
    changes: String,
}

impl Written {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            seq: row.get(0)?,
            at: row.get(1)?,
            who: row.get(2)?,
            app: row.get(3)?,
            subject: row.get(4)?,
            what: row.get(5)?,
            changes: row.get(6)?,
        })
    }

    /// The input of the chain: each part with its length, so that no byte can move from one part to
    /// the next.
    fn bytes(&self) -> Vec<u8> {
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
    fn searchable(&self) -> String {
        let changes: Vec<Change> = serde_json::from_str(&self.changes).unwrap_or_default();
        let parts = changes
            .into_iter()
            .flat_map(|change| [Some(change.field), change.before, change.after]);
        parts.flatten().collect::<Vec<_>>().join("\n")
    }

    fn entry(self) -> Result<Entry, StoreError> {
        let unreadable =
            || StoreError::Corrupt(format!("row {} of the history cannot be read", self.seq));
        Ok(Entry {
            seq: self.seq,
            at: UnixMs(self.at),
            who: DeveloperId::from_stored(self.who.clone()),
            app: self.app.clone().map(AppId::from_stored),
            subject: self.subject.clone(),
            what: What::from_stored(&self.what).ok_or_else(unreadable)?,
            changes: serde_json::from_str(&self.changes).map_err(|_| unreadable())?,
        })
    }
}

const COLUMNS: &str = "seq, at, who, app_id, subject, what, changes";

impl Workspace {
    /// Newest first. Words are searched in the subject, the operation, the name of the developer
    /// and the changes.
    pub fn history(&self, query: &HistoryQuery) -> Result<HistoryWindow, StoreError> {
        let step = self.db.unchecked_transaction()?;
        let words: Vec<String> = query
            .words
            .split_whitespace()
            .map(crate::domain::text::key)
            .collect();
        let developers = self.everybody()?;
        let app = query.app.as_ref().map(AppId::as_str);
        let mut statement = step.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM history WHERE ?1 IS NULL OR app_id = ?1 ORDER BY seq DESC"
        ))?;
        let mut rows = statement.query([app])?;
        let mut window = HistoryWindow {
            offset: query.offset,
            ..HistoryWindow::default()
        };
        if words.is_empty() && app.is_none() {
            return newest(&step, query, window);
        }
        while let Some(row) = rows.next()? {
            window.total += 1;
            let written = Written::read(row)?;
            let name = developers
                .iter()
                .find(|developer| developer.id.as_str() == written.who)
                .map_or("", |developer| developer.full_name.as_str());
            let what = What::from_stored(&written.what).map_or("", What::label);
            let text = crate::domain::text::key(&format!(
                "{}\n{what}\n{name}\n{}",
                written.subject,
                written.searchable()
            ));
            if !words.iter().all(|word| text.contains(word)) {
                continue;
            }
            let is_wanted =
                window.matched >= query.offset && (window.entries.len() as u64) < query.limit;
            window.matched += 1;
            if is_wanted {
                window.entries.push(written.entry()?);
            }
        }
        Ok(window)
    }

    /// Checks that no row was changed or removed. Returns the first place where one was.
    pub fn check_history(&self) -> Result<Option<Broken>, StoreError> {
        let Unlocked { key, .. } = self.unlocked()?;
        let step = self.db.unchecked_transaction()?;
        let mut statement = step.prepare(&format!(
            "SELECT {COLUMNS}, chain FROM history ORDER BY seq"
        ))?;
        let mut rows = statement.query([])?;
        let mut previous: Vec<u8> = Vec::new();
        let mut last = 0;
        while let Some(row) = rows.next()? {
            let written = Written::read(row)?;
            let chain: Vec<u8> = row.get(7)?;
            let is_next = written.seq == last + 1;
            if !is_next || key.link(&previous, &written.bytes()).as_slice() != chain {
                return Ok(Some(Broken::At(written.seq)));
            }
            last = written.seq;
            previous = chain;
        }
        let end: Option<(i64, Vec<u8>)> = step
            .query_row("SELECT seq, chain FROM history_end", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        Ok(match end {
            Some((seq, chain)) if seq == last && chain == previous => None,
            _ => Some(Broken::EndsBefore(last + 1)),
        })
    }
}

/// Without a search, only the rows that are shown are read.
fn newest(
    step: &Connection,
    query: &HistoryQuery,
    mut window: HistoryWindow,
) -> Result<HistoryWindow, StoreError> {
    let count: i64 = step.query_row("SELECT count(*) FROM history", [], |row| row.get(0))?;
    window.total = count.unsigned_abs();
    window.matched = window.total;
    let mut statement = step.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM history ORDER BY seq DESC LIMIT ?1 OFFSET ?2"
    ))?;
    let at_most = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let mut rows = statement.query([at_most(query.limit), at_most(query.offset)])?;
    while let Some(row) = rows.next()? {
        window.entries.push(Written::read(row)?.entry()?);
    }
    Ok(window)
}
