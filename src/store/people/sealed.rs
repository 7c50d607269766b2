//! Every column that is sealed under the secrets key, and how to seal all of them again.

use rand::rngs::StdRng;
use rusqlite::{Connection, params, types::Value};
use zeroize::Zeroizing;

use crate::{
    domain::{
        history::Change,
        progress::{Progress, Work},
    },
    store::{StoreError, must_change_one},
    vault::{self, Place, SecretsKey, VaultError},
};

/// Rows that are read at a time.
const CHUNK: i64 = 512;

/// A sealed column.
pub(in crate::store) struct Sealed {
    pub(in crate::store) table: &'static str,
    pub(in crate::store) column: &'static str,
    /// An expression that tells the rows of `only` apart and walks them in order.
    key: &'static str,
    first: fn() -> Value,
    only: &'static str,
    /// The parts of the place, as columns.
    of: &'static [&'static str],
    /// The row's part of a place in format 8.
    former: &'static str,
}

fn empty() -> Value {
    Value::Text(String::new())
}

const CLIENT_SECRET: &[&str] = &["id", "app_id", CLIENT_ID, "state"];
const CLIENT_ID: &str = "(SELECT client_id FROM apps WHERE id = app_id)";

pub(in crate::store) const SEALED: &[Sealed] = &[
    Sealed {
        table: "client_secrets",
        column: "sealed",
        key: "app_id",
        first: empty,
        only: "state = 'current'",
        of: CLIENT_SECRET,
        former: "id",
    },
    Sealed {
        table: "client_secrets",
        column: "sealed",
        key: "app_id",
        first: empty,
        only: "state = 'retiring'",
        of: CLIENT_SECRET,
        former: "id",
    },
    Sealed {
        table: "shared_secrets",
        column: "sealed",
        key: "app_id",
        first: empty,
        only: "true",
        of: &["app_id", CLIENT_ID],
        former: "app_id",
    },
    Sealed {
        table: "environment_credentials",
        column: "sealed",
        key: "app_id",
        first: empty,
        only: "environment = 'production'",
        of: ENVIRONMENT,
        former: "app_id || '/' || environment",
    },
    Sealed {
        table: "environment_credentials",
        column: "sealed",
        key: "app_id",
        first: empty,
        only: "environment = 'sandbox'",
        of: ENVIRONMENT,
        former: "app_id || '/' || environment",
    },
    Sealed {
        table: "jwt_credentials",
        column: "sealed",
        key: "id",
        first: empty,
        only: "true",
        of: &["id", "owner", "coalesce(kid, '')"],
        former: "id",
    },
    Sealed {
        table: "signing_keys",
        column: "sealed",
        key: "kid",
        first: empty,
        only: "retired_at IS NULL",
        of: &["kid"],
        former: "kid",
    },
    Sealed {
        table: "drafts",
        column: "body",
        key: "id",
        first: empty,
        only: "true",
        of: &["id", "owner"],
        former: "id",
    },
];

const ENVIRONMENT: &[&str] = &["app_id", "environment", "server_url", "client_id"];

/// A sealed value as it is in the file.
pub(in crate::store) struct Found<'a> {
    pub(in crate::store) sealed: &'a [u8],
    pub(in crate::store) place: Place<'a>,
    /// The row's part of a place in format 8.
    pub(in crate::store) former: &'a str,
}

/// Opens every sealed value and seals it under `next`. Only inside the transaction that introduces
/// `next`. A value that does not open is left as it is: a spoiled cell must not keep a developer in.
/// Returns the rows of these.
pub(in crate::store) fn seal_anew(
    step: &Connection,
    next: &SecretsKey,
    rng: &mut StdRng,
    report: &dyn Fn(Progress),
    open: impl Fn(Found<'_>) -> Result<Zeroizing<Vec<u8>>, VaultError>,
) -> Result<Vec<Unopened>, StoreError> {
    let mut unopened = Vec::new();
    let mut progress = Progress {
        work: Work::Sealing,
        done: 0,
        total: 0,
    };
    for sealed in SEALED {
        progress.total += sealed.count(step)?;
    }
    for sealed in SEALED {
        let left = sealed.seal_anew(step, next, rng, &open, &mut |sealed| {
            progress.done += sealed;
            report(progress);
        })?;
        unopened.extend(left);
    }
    Ok(unopened)
}

impl Sealed {
    fn count(&self, step: &Connection) -> Result<u64, StoreError> {
        let Self {
            table,
            column,
            only,
            ..
        } = self;
        let sql = format!("SELECT count(*) FROM {table} WHERE {column} IS NOT NULL AND {only}");
        let count: i64 = step.query_row(&sql, [], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    fn seal_anew(
        &self,
        step: &Connection,
        next: &SecretsKey,
        rng: &mut StdRng,
        open: &impl Fn(Found<'_>) -> Result<Zeroizing<Vec<u8>>, VaultError>,
        report: &mut dyn FnMut(u64),
    ) -> Result<Vec<Unopened>, StoreError> {
        let Self {
            table,
            column,
            key,
            only,
            former,
            ..
        } = self;
        let of = self.of.join(", ");
        let mut chunk = step.prepare(&format!(
            "SELECT {key}, {column}, {former}, {of} FROM {table}
             WHERE {column} IS NOT NULL AND {only} AND {key} > ?1 ORDER BY {key} LIMIT {CHUNK}"
        ))?;
        let mut update = step.prepare(&format!(
            "UPDATE {table} SET {column} = ?2 WHERE {key} = ?1 AND {only}"
        ))?;
        let mut after = (self.first)();
        let mut unopened = Vec::new();
        loop {
            let read = chunk.query_map([&after], |row| {
                let parts = (0..self.of.len()).map(|nth| row.get(3 + nth));
                Ok(Row {
                    key: row.get(0)?,
                    sealed: row.get(1)?,
                    former: row.get(2)?,
                    of: parts.collect::<Result<_, _>>()?,
                })
            })?;
            let rows: Vec<Row> = read.collect::<Result<_, _>>()?;
            let Some(last) = rows.last() else {
                return Ok(unopened);
            };
            after = last.key.clone();
            for row in &rows {
                match self.sealed_anew(row, next, rng, open)? {
                    Some(sealed) => must_change_one(update.execute(params![row.key, sealed])?)?,
                    None => unopened.push(Unopened {
                        table: self.table,
                        row: row.former.clone(),
                    }),
                }
            }
            report(rows.len() as u64);
        }
    }

    /// `None` for a value that does not open.
    fn sealed_anew(
        &self,
        row: &Row,
        next: &SecretsKey,
        rng: &mut StdRng,
        open: &impl Fn(Found<'_>) -> Result<Zeroizing<Vec<u8>>, VaultError>,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let of: Vec<&str> = row.of.iter().map(String::as_str).collect();
        let place = Place {
            table: self.table,
            column: self.column,
            of: &of,
        };
        let found = Found {
            sealed: &row.sealed,
            place,
            former: &row.former,
        };
        match open(found) {
            Ok(opened) => Ok(Some(vault::seal(next, rng, &opened, &place)?)),
            Err(VaultError::NotOpened | VaultError::UnknownFormat) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// A sealed value that does not open.
#[derive(Debug)]
pub(in crate::store) struct Unopened {
    table: &'static str,
    row: String,
}

/// The change that the history records about them.
pub(in crate::store) fn left_unopened(unopened: &[Unopened]) -> Option<Change> {
    const NAMED: usize = 3;
    let rows = unopened.iter().take(NAMED);
    let mut named: Vec<String> = rows
        .map(|one| format!("{} {}", one.table, one.row))
        .collect();
    let more = unopened.len().saturating_sub(NAMED);
    if more > 0 {
        named.push(format!("{more} more"));
    }
    let none = None::<String>;
    (!named.is_empty()).then(|| Change::new("Cannot be opened", none, Some(named.join(", "))))
}

struct Row {
    key: Value,
    sealed: Vec<u8>,
    former: String,
    of: Vec<String>,
}
