//! Who did what, when: a row in the transaction of each change, signed by the developer who did it.
//! `roster` verifies the rows. Deliberately absent: a way to change or remove a row.

use rusqlite::{Connection, params};

use super::{
    StoreError, Workspace, must_change_one,
    roster::{COLUMNS, Statement, StoredRow, check_all},
    unlocked::Actor,
};
use crate::{
    domain::{
        history::{Broken, Change, HistoryWindow, What},
        id::{AppId, DeveloperId},
        time::UnixMs,
    },
    vault::{Link, MemberKeys},
};

/// The row to write about a change.
#[derive(Clone)]
pub(super) struct Record<'a> {
    pub(super) app: Option<&'a AppId>,
    /// The name of the app or the organization, or `people::subject_of` a developer.
    pub(super) subject: &'a str,
    pub(super) what: What,
    pub(super) changes: Vec<Change>,
}

/// Who signs a row, and with which keys.
#[derive(Clone, Copy)]
pub(super) struct Signer<'a> {
    pub(super) who: &'a DeveloperId,
    /// The keys before the row.
    pub(super) row: &'a MemberKeys,
    /// The keys after it, which sign the end.
    pub(super) end: &'a MemberKeys,
    pub(super) now: UnixMs,
}

impl<'a> From<Actor<'a>> for Signer<'a> {
    fn from(actor: Actor<'a>) -> Self {
        Self {
            who: actor.who,
            row: &actor.vault.keys,
            end: &actor.vault.keys,
            now: actor.now,
        }
    }
}

/// Some rows of the history, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryQuery {
    /// Only the rows of one app.
    pub app: Option<AppId>,
    /// Words that must all occur in what is shown of a row.
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
    write(step, actor.into(), record, None).map(|_| ())
}

/// Writes a row that states something about developers or the secrets key. Returns its link.
pub(super) fn record_statement(
    step: &Connection,
    signer: Signer<'_>,
    record: &Record<'_>,
    statement: &Statement,
) -> Result<Link, StoreError> {
    write(step, signer, record, Some(statement))
}

fn write(
    step: &Connection,
    signer: Signer<'_>,
    record: &Record<'_>,
    statement: Option<&Statement>,
) -> Result<Link, StoreError> {
    let (last, previous) = last_row(step)?;
    let next = last.checked_add(1);
    let unwritable = |_| StoreError::Other("the history cannot be written".to_owned());
    let mut row = StoredRow {
        seq: next.ok_or(StoreError::Tampered(Broken::At(last)))?,
        at: signer.now.0,
        who: signer.who.as_str().to_owned(),
        app: record.app.map(|app| app.as_str().to_owned()),
        subject: record.subject.to_owned(),
        what: record.what.as_str().to_owned(),
        changes: serde_json::to_string(&record.changes).map_err(unwritable)?,
        statement: statement
            .map(serde_json::to_string)
            .transpose()
            .map_err(unwritable)?,
        link: Link::default(),
        signature: None,
    };
    row.link = row.computed_link(&previous);
    let signature = signer.row.sign_row(&row.link);
    let end = signer.end.sign_end(row.seq, &row.link);
    let changed = step
        .prepare_cached(
            "INSERT INTO history (seq, at, who, app_id, subject, what, changes, statement, link,
                 signature)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            row.seq,
            row.at,
            row.who,
            row.app,
            row.subject,
            row.what,
            row.changes,
            row.statement,
            row.link,
            signature,
        ])?;
    must_change_one(changed)?;
    let changed = step
        .prepare_cached("UPDATE history_end SET seq = ?1, link = ?2, signature = ?3")?
        .execute(params![row.seq, row.link, end])?;
    must_change_one(changed)?;
    Ok(row.link)
}

/// The number and the link of the last row. There is no link before the first row.
pub(super) fn last_row(step: &Connection) -> Result<(i64, Link), StoreError> {
    let (seq, link): (i64, Vec<u8>) = step
        .prepare_cached("SELECT seq, link FROM history_end")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok((seq, link.try_into().unwrap_or_default()))
}

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
            let written = StoredRow::read(row)?;
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

    /// Verifies every row, from the first one. Returns the first place that does not hold, or that
    /// differs from what this console has verified before.
    pub fn check_history(&self) -> Result<Option<Broken>, StoreError> {
        let unlocked = self.unlocked()?;
        let step = self.db.unchecked_transaction()?;
        let (verified, broken) = check_all(&step)?;
        if verified.roster.origin() != Some(&unlocked.identity.origin) {
            return Ok(broken.or(Some(Broken::Replaced)));
        }
        match (broken, unlocked.known()) {
            (None, Some(known)) => verified.check_top(&step, known, None),
            (broken, _) => Ok(broken),
        }
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
        window.entries.push(StoredRow::read(row)?.entry()?);
    }
    Ok(window)
}
