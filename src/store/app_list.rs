//! The apps list: a window of rows, by name, filtered. Never loads more than the window.

use rusqlite::{Connection, OptionalExtension as _, Row, params_from_iter, types::Value};

use super::{StoreError, Workspace, list_index::Found, search::Filter};
use crate::domain::{
    app::{AppRow, AppStatus, AppType, AppWindow},
    credential::ClientId,
    id::AppId,
    text,
    time::UnixMs,
};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppQuery {
    /// Words that must all be found; empty for every app.
    pub words: String,
    pub offset: u64,
    pub limit: u64,
}

const COLUMNS: &str = "id, name, app_type, auth, access, status, client_id, created_at";

impl Workspace {
    pub fn apps(&mut self, query: &AppQuery) -> Result<AppWindow, StoreError> {
        let filter = Filter::of(&query.words);
        self.list.want();
        // One snapshot: another window's save must not fall between the counts and the rows.
        let step = self.db.unchecked_transaction()?;
        let found = if filter.in_trash {
            None
        } else {
            self.list
                .find(&step, &filter.words, query.offset, query.limit)?
        };
        if let Some(found) = found {
            if let Some(window) = rows_of(&step, query, &found)? {
                return Ok(window);
            }
            self.list.forget();
        }
        by_sql(&step, query, &filter)
    }

    /// Makes the next filters faster, a millisecond or two at a time; answers whether there is
    /// more to do. For when nobody waits.
    pub fn read_ahead(&mut self) -> bool {
        self.list.read_ahead(&self.db)
    }

    /// The row number of an app in that list, to put the cursor on it; `None` when the words
    /// do not find it.
    pub fn position_of(&self, app: &AppId, words: &str) -> Result<Option<u64>, StoreError> {
        let filter = Filter::of(words);
        let step = self.db.unchecked_transaction()?;
        let name_key: Option<String> = step
            .query_row(
                &format!("SELECT name_key FROM apps WHERE {} AND id = ?", filter.sql),
                params_from_iter(filter.with([Value::Text(app.as_str().to_owned())])),
                |row| row.get(0),
            )
            .optional()?;
        let Some(name_key) = name_key else {
            return Ok(None);
        };
        let before = step.query_row(
            &format!(
                "SELECT count(*) FROM apps WHERE {} AND (name_key, id) < (?, ?)",
                filter.sql
            ),
            params_from_iter(
                filter.with([Value::Text(name_key), Value::Text(app.as_str().to_owned())]),
            ),
            counted,
        )?;
        Ok(Some(before))
    }

    /// Whether an app of this name exists, capitals aside. A courtesy: two apps may share one.
    pub fn name_taken(&self, name: &str) -> Result<bool, StoreError> {
        Ok(self.db.query_row(
            "SELECT EXISTS (SELECT 1 FROM apps WHERE name_key = ?1 AND deleted_at IS NULL)",
            [text::key(name)],
            |row| row.get(0),
        )?)
    }
}

fn by_sql(step: &Connection, query: &AppQuery, filter: &Filter) -> Result<AppWindow, StoreError> {
    let total = step.query_row(
        "SELECT count(*) FROM apps WHERE deleted_at IS NULL",
        [],
        counted,
    )?;
    let matched = if filter.words.is_empty() && !filter.in_trash {
        total
    } else {
        step.prepare_cached(&format!("SELECT count(*) FROM apps WHERE {}", filter.sql))?
            .query_row(params_from_iter(&filter.words), counted)?
    };
    let mut statement = step.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM apps WHERE {} ORDER BY name_key, id LIMIT ? OFFSET ?",
        filter.sql
    ))?;
    let window = [at_most_i64(query.limit), at_most_i64(query.offset)];
    let mut found = statement.query(params_from_iter(filter.with(window)))?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        rows.push(app_row(row)?);
    }
    Ok(AppWindow {
        total,
        matched,
        offset: query.offset,
        rows,
    })
}

/// `None` when a row is gone, which somebody has done behind our back.
fn rows_of(
    step: &Connection,
    query: &AppQuery,
    found: &Found,
) -> Result<Option<AppWindow>, StoreError> {
    let mut statement = step.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM apps WHERE rowid = ?1 AND deleted_at IS NULL"
    ))?;
    let mut rows = Vec::with_capacity(found.rowids.len());
    for rowid in &found.rowids {
        let mut row = statement.query([rowid])?;
        let Some(row) = row.next()? else {
            return Ok(None);
        };
        rows.push(app_row(row)?);
    }
    Ok(Some(AppWindow {
        total: found.total,
        matched: found.matched,
        offset: query.offset,
        rows,
    }))
}

fn app_row(row: &Row<'_>) -> Result<AppRow, StoreError> {
    let app_type: String = row.get(2)?;
    let status: String = row.get(5)?;
    Ok(AppRow {
        id: AppId::from_stored(row.get::<_, String>(0)?),
        name: row.get(1)?,
        app_type: AppType::from_stored(&app_type)
            .ok_or_else(|| StoreError::Corrupt(format!("unknown app type “{app_type}”")))?,
        auth: row.get(3)?,
        access: row.get(4)?,
        status: status_of(&status)?,
        client_id: ClientId::from_stored(row.get::<_, String>(6)?),
        created_at: UnixMs(row.get(7)?),
    })
}

pub(super) fn status_of(stored: &str) -> Result<AppStatus, StoreError> {
    AppStatus::from_stored(stored)
        .ok_or_else(|| StoreError::Corrupt(format!("unknown status “{stored}”")))
}

fn counted(row: &Row<'_>) -> rusqlite::Result<u64> {
    row.get(0).map(i64::unsigned_abs)
}

fn at_most_i64(number: u64) -> Value {
    Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}
