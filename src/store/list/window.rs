//! A window of rows of the apps list, filtered and sorted. Never loads more than the window.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _, Row, params_from_iter, types::Value};

use crate::domain::{
    app::{AppRow, AppStatus, AppType, AppWindow, list::Sort},
    id::{AppId, DeveloperId},
    oauth::credential::ClientId,
    text,
    time::UnixMs,
};
use crate::store::{
    StoreError, Workspace,
    list::{
        index::Found,
        search::{Filter, order_sql, sort_column},
    },
};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppQuery {
    /// Words and facets that must all match; empty for every app.
    pub words: String,
    pub sort: Sort,
    pub offset: u64,
    pub limit: u64,
}

/// More than a completion can show.
const TAGS_SHOWN: i64 = 500;

/// The signed-in developer is bound as `?1`: for favorites, and for apps of their own.
const COLUMNS: &str = "id, name, app_type, auth, access, status, client_id, created_at,
    deleted_at IS NOT NULL,
    (SELECT group_concat(tag, ' ') FROM app_tags WHERE app_id = apps.id),
    EXISTS (SELECT 1 FROM favourites WHERE app_id = apps.id AND developer_id = ?1),
    EXISTS (SELECT 1 FROM tickets WHERE app_id = apps.id AND state = 'pending'),
    (SELECT ends_at FROM client_secrets WHERE app_id = apps.id AND state = 'retiring'),
    coalesce(?1 IN (created_by, contact), 0)";

/// The number of apps outside the trash. Without a condition, SQLite counts the entries of the
/// smallest index a page at a time.
pub(in crate::store) const LIVE: &str = "SELECT (SELECT count(*) FROM apps)
    - (SELECT count(*) FROM apps WHERE deleted_at IS NOT NULL)";

/// Credentials that expire first; more do not fit on a screen.
const EXPIRING_MAX: i64 = 500;

impl Workspace {
    pub fn apps(&mut self, query: &AppQuery) -> Result<AppWindow, StoreError> {
        self.list.want();
        let who = self.unlocked.as_ref().map(|unlocked| &unlocked.who);
        // One snapshot: a save of another console must not fall between the counts and the rows.
        let step = self.db.unchecked_transaction()?;
        let filter = Filter::of(&query.words, &step, who)?;
        let found = self
            .list
            .find(&step, &filter, query.sort, query.offset, query.limit)?;
        if let Some(found) = found {
            if let Some(mut window) = rows_of(&step, query, &found, who)? {
                complete(&step, &mut window)?;
                return Ok(window);
            }
            self.list.forget();
        }
        let mut window = by_sql(&step, query, &filter, who)?;
        complete(&step, &mut window)?;
        Ok(window)
    }

    /// Prepares the index for filters, a millisecond or two at a time. Returns whether there is
    /// more to do. For idle time.
    pub fn read_ahead(&mut self) -> bool {
        self.list.read_ahead(&self.db)
    }

    /// The position of an app in that list, for the cursor. `None` if the filter does not match it.
    pub fn position_of(
        &self,
        app: &AppId,
        words: &str,
        sort: Sort,
    ) -> Result<Option<u64>, StoreError> {
        let step = self.db.unchecked_transaction()?;
        let who = self.unlocked.as_ref().map(|unlocked| &unlocked.who);
        let filter = Filter::of(words, &step, who)?;
        let (clause, bound) = filter.sql();
        let column = sort_column(sort.column);
        let with = |more: Vec<Value>| params_from_iter([bound.clone(), more].concat());
        let place: Option<(Value, Value)> = step
            .query_row(
                &format!(
                    "SELECT {}, name_key FROM apps WHERE {clause} AND id = ?",
                    column.unwrap_or("name_key")
                ),
                with(vec![Value::Text(app.as_str().to_owned())]),
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        let Some((value, name_key)) = place else {
            return Ok(None);
        };
        let name = [name_key, Value::Text(app.as_str().to_owned())];
        let less = if sort.reversed { ">" } else { "<" };
        let (before, names) = match column {
            None => (format!("(name_key, id) {less} (?, ?)"), name.to_vec()),
            // Equal rows are sorted by name, in both directions.
            Some(column) => (
                format!("({column} {less} ? OR ({column} = ? AND (name_key, id) < (?, ?)))"),
                [&[value.clone(), value], name.as_slice()].concat(),
            ),
        };
        let before = step.query_row(
            &format!("SELECT count(*) FROM apps WHERE {clause} AND {before}"),
            with(names),
            counted,
        )?;
        Ok(Some(before))
    }

    /// All tags in use, by name.
    pub fn tags(&self) -> Result<Vec<String>, StoreError> {
        let mut query = self
            .db
            .prepare_cached("SELECT DISTINCT tag FROM app_tags ORDER BY tag LIMIT ?1")?;
        let tags = query.query_map([TAGS_SHOWN], |row| row.get(0))?;
        Ok(tags.collect::<Result<_, _>>()?)
    }

    /// The apps that a script means: the one with this Client ID, or else all of this name, ignoring
    /// case. Those in the trash only if no other one fits.
    pub fn apps_called(&self, given: &str) -> Result<Vec<AppId>, StoreError> {
        let key = text::key(given);
        let mut query = self.db.prepare_cached(
            "SELECT id, client_id = ?1, deleted_at IS NOT NULL FROM apps
             WHERE client_id = ?1 OR name_key IN (?2, ?3) ORDER BY id",
        )?;
        let rows = query.query_map([given.trim(), &key, &text::parted(&key)], |row| {
            Ok((
                AppId::from_stored(row.get::<_, String>(0)?),
                row.get(1)?,
                row.get(2)?,
            ))
        })?;
        let found: Vec<(AppId, bool, bool)> = rows.collect::<Result<_, _>>()?;
        let best = found
            .iter()
            .map(|(_, by_id, in_trash)| (!by_id, *in_trash))
            .min();
        let is_best =
            |(_, by_id, in_trash): &(AppId, bool, bool)| Some((!by_id, *in_trash)) == best;
        Ok(found
            .into_iter()
            .filter(is_best)
            .map(|(id, ..)| id)
            .collect())
    }

    /// Whether an app of this name exists, ignoring case. Only informs: two apps may share a name.
    pub fn name_taken(&self, name: &str) -> Result<bool, StoreError> {
        // Older versions stored the key as the name was typed.
        let key = text::key(name);
        let parted = text::parted(&key);
        Ok(self.db.query_row(
            "SELECT EXISTS (SELECT 1 FROM apps WHERE name_key IN (?1, ?2) AND deleted_at IS NULL)",
            [key, parted],
            |row| row.get(0),
        )?)
    }
}

fn by_sql(
    step: &Connection,
    query: &AppQuery,
    filter: &Filter,
    who: Option<&DeveloperId>,
) -> Result<AppWindow, StoreError> {
    let total = step.query_row(LIVE, [], counted)?;
    let (clause, bound) = filter.sql();
    let matched = if filter.is_open() && !filter.in_trash {
        total
    } else {
        step.prepare_cached(&format!("SELECT count(*) FROM apps WHERE {clause}"))?
            .query_row(params_from_iter(&bound), counted)?
    };
    let mut statement = step.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM apps WHERE {clause} ORDER BY {} LIMIT ? OFFSET ?",
        order_sql(query.sort)
    ))?;
    let window = [at_most_i64(query.limit), at_most_i64(query.offset)];
    let bound = [vec![named(who)], bound, window.to_vec()].concat();
    let mut found = statement.query(params_from_iter(bound))?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        rows.push(app_row(row)?);
    }
    Ok(AppWindow {
        total,
        matched,
        offset: query.offset,
        rows,
        in_trash: 0,
    })
}

fn complete(step: &Connection, window: &mut AppWindow) -> Result<(), StoreError> {
    if window.total == 0 {
        window.in_trash = step.query_row("SELECT count(*) FROM apps", [], counted)?;
    }
    add_expiring(step, window)
}

/// Once for the window: there is no index from an app to the credentials that name it.
fn add_expiring(step: &Connection, window: &mut AppWindow) -> Result<(), StoreError> {
    let mut query = step.prepare_cached(
        "SELECT client_id, min(expires_at) FROM
             (SELECT id, expires_at FROM jwt_credentials
              WHERE revoked_at IS NULL AND expires_at IS NOT NULL
              ORDER BY expires_at LIMIT ?1)
         JOIN jwt_credential_apps ON credential = id GROUP BY client_id",
    )?;
    let ends = query.query_map([EXPIRING_MAX], |row| {
        Ok((row.get::<_, String>(0)?, UnixMs(row.get(1)?)))
    })?;
    let ends: HashMap<String, UnixMs> = ends.collect::<Result<_, _>>()?;
    for row in &mut window.rows {
        row.jwt_ends_at = ends.get(row.client_id.as_str()).copied();
    }
    Ok(())
}

fn named(who: Option<&DeveloperId>) -> Value {
    who.map_or(Value::Null, |who| Value::Text(who.as_str().to_owned()))
}

/// `None` if a row is missing, because another program deleted it.
fn rows_of(
    step: &Connection,
    query: &AppQuery,
    found: &Found,
    who: Option<&DeveloperId>,
) -> Result<Option<AppWindow>, StoreError> {
    let mut statement = step.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM apps WHERE rowid = ?2 AND deleted_at IS NULL"
    ))?;
    let mut rows = Vec::with_capacity(found.rowids.len());
    for rowid in &found.rowids {
        let mut row = statement.query(rusqlite::params![named(who), rowid])?;
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
        in_trash: 0,
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
        tags: row
            .get::<_, Option<String>>(9)?
            .map_or_else(Vec::new, in_order),
        is_deleted: row.get(8)?,
        is_favourite: row.get(10)?,
        is_waiting: row.get(11)?,
        secret_retires_at: row.get::<_, Option<i64>>(12)?.map(UnixMs),
        jwt_ends_at: None,
        is_own: row.get(13)?,
    })
}

fn in_order(tags: String) -> Vec<String> {
    let mut tags: Vec<String> = tags.split(' ').map(str::to_owned).collect();
    tags.sort_unstable();
    tags
}

pub(in crate::store) fn status_of(stored: &str) -> Result<AppStatus, StoreError> {
    AppStatus::from_stored(stored)
        .ok_or_else(|| StoreError::Corrupt(format!("unknown status “{stored}”")))
}

fn counted(row: &Row<'_>) -> rusqlite::Result<u64> {
    row.get(0).map(i64::unsigned_abs)
}

fn at_most_i64(number: u64) -> Value {
    Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}
