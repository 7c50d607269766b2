//! The secrets that a developer could read: the row that took the access away, and everything that
//! is older. The order of the history decides that, not the clocks of the consoles.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
};

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::{
    domain::{
        history::{Change, What},
        id::{AppId, DeveloperId, JwtId},
        people::readable::{Known, Lost, Readable, ReadableId},
        time::UnixMs,
    },
    store::{
        StoreError,
        oauth::jwt::subject_of_credential,
        roster::{Seat, Statement},
    },
};

/// `deleted_at` lies behind the settings of an app, which are long: the index has it.
const NOT_IN_TRASH: &str = "app_id NOT IN (SELECT id FROM apps WHERE deleted_at IS NOT NULL)";

/// Labels of other secrets of an app in the history, which are not the client secret. The last two
/// are from older versions.
const OTHER_SECRETS: [&str; 8] = [
    "Shared Secret",
    "old Client Secret",
    "production Client Secret",
    "retired sandbox Client Secret",
    ".env for production",
    ".env for the retired sandbox",
    "retiring Client Secret",
    "platform's Client Secret",
];

/// The row that took the access away.
pub(super) struct LostAt {
    pub(super) seq: i64,
    pub(super) lost: Lost,
}

/// A secret of the list, without its name: there may be 100,000.
pub(super) struct Found {
    pub(super) id: ReadableId,
    last_used_at: Option<i64>,
    created_at: i64,
    pub(super) known: Option<Known>,
}

/// The last row that took a secrets key away from the developer or replaced it because of them.
pub(super) fn lost_at(db: &Connection, who: &DeveloperId) -> Result<Option<LostAt>, StoreError> {
    let mut query = db.prepare_cached(
        "SELECT seq, at, what, statement FROM history WHERE statement IS NOT NULL ORDER BY seq",
    )?;
    let mut rows = query.query([])?;
    let (mut seat, mut lost, mut introduced) = (None::<Seat>, None, None);
    while let Some(row) = rows.next()? {
        let (seq, statement): (i64, String) = (row.get(0)?, row.get(3)?);
        let unreadable =
            || StoreError::Corrupt(format!("entry {seq} of the history cannot be read"));
        let statement: Statement = serde_json::from_str(&statement).map_err(|_| unreadable())?;
        let Some(after) = statement.members.into_iter().find(|seat| seat.id == *who) else {
            continue;
        };
        let what = What::from_stored(&row.get::<_, String>(2)?).ok_or_else(unreadable)?;
        let at = || -> Result<LostAt, StoreError> {
            let at = UnixMs(row.get(1)?);
            let lost = Lost { at, what };
            Ok(LostAt { seq, lost })
        };
        if what == What::KeysIntroduced && after.sign.is_none() {
            introduced = Some(at()?);
        }
        let held = seat.is_some_and(|before| before.holds_secrets());
        if held && statement.secrets_key.is_some() {
            lost = Some(at()?);
        }
        seat = Some(after);
    }
    // Before each developer had keys, all of them held the one key, Audit-users too.
    let holds = seat.is_some_and(|seat| seat.holds_secrets());
    Ok(lost.or(introduced.filter(|_| !holds)))
}

/// Most recently used first, then newest.
pub(super) fn find(
    db: &Connection,
    who: &DeveloperId,
    at: &LostAt,
) -> Result<Vec<Found>, StoreError> {
    let mut found = client_secrets(db, who, at)?;
    found.extend(credentials(db, who, at)?);
    found.sort_by(|a, b| {
        let key = |one: &Found| Reverse((one.last_used_at, one.created_at));
        key(a).cmp(&key(b)).then_with(|| b.id.cmp(&a.id))
    });
    Ok(found)
}

fn client_secrets(
    db: &Connection,
    who: &DeveloperId,
    at: &LostAt,
) -> Result<Vec<Found>, StoreError> {
    let since = Since::read(db, at.seq)?;
    let read = apps_read(db, who, at.seq)?;
    let own = own_apps(db, who)?;
    // Without the rows of the apps, which are long.
    let mut query = db.prepare_cached(&format!(
        "SELECT app_id, last_used_at, created_at FROM client_secrets
         WHERE state = 'current' AND {NOT_IN_TRASH}"
    ))?;
    let mut rows = query.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let app: String = row.get(0)?;
        let created_at: i64 = row.get(2)?;
        if since.has_made(&app, created_at) {
            continue;
        }
        let known = if own.contains(&app) {
            Some(Known::Own)
        } else {
            read.contains(&app).then_some(Known::Read)
        };
        found.push(Found {
            id: ReadableId::ClientSecret(AppId::from_stored(app)),
            last_used_at: row.get(1)?,
            created_at,
            known,
        });
    }
    Ok(found)
}

fn own_apps(db: &Connection, who: &DeveloperId) -> Result<HashSet<String>, StoreError> {
    let mut query =
        db.prepare_cached("SELECT id FROM apps WHERE created_by = ?1 OR contact = ?1")?;
    let own = query.query_map([who.as_str()], |row| row.get(0))?;
    Ok(own.collect::<Result<_, _>>()?)
}

/// The apps whose client secret was made after a row of the history.
struct Since {
    made: HashSet<String>,
    /// The times of changed settings. An app that became able to keep a secret got one with them.
    changed: HashSet<(String, i64)>,
}

impl Since {
    fn read(db: &Connection, seq: i64) -> Result<Self, StoreError> {
        let mut query = db.prepare_cached(
            "SELECT app_id, what, at FROM history
             WHERE seq > ?1 AND app_id IS NOT NULL
                 AND what IN ('app_created', 'app_changed', 'secret_rotated', 'rotation_cancelled')
             ORDER BY seq",
        )?;
        let mut rows = query.query([seq])?;
        // Whether the current secret is new, and the one before the last rotation.
        let mut apps: HashMap<String, (bool, bool)> = HashMap::new();
        let mut changed = HashSet::new();
        while let Some(row) = rows.next()? {
            let (app, what): (String, String) = (row.get(0)?, row.get(1)?);
            let (current, before) = apps.get(&app).copied().unwrap_or_default();
            let next = match What::from_stored(&what) {
                Some(What::AppCreated) => (true, before),
                Some(What::SecretRotated) => (true, current),
                // The secret before is the current one again.
                Some(What::RotationCancelled) => (before, before),
                _ => {
                    changed.insert((app, row.get(2)?));
                    continue;
                }
            };
            apps.insert(app, next);
        }
        let made = apps.into_iter().filter(|(_, (current, _))| *current);
        Ok(Self {
            made: made.map(|(app, _)| app).collect(),
            changed,
        })
    }

    fn has_made(&self, app: &str, created_at: i64) -> bool {
        self.made.contains(app)
            || (!self.changed.is_empty() && self.changed.contains(&(app.to_owned(), created_at)))
    }
}

/// The apps whose client secret the developer read, by the history before a row. A secret that was
/// rotated after it was read does not count.
fn apps_read(
    db: &Connection,
    who: &DeveloperId,
    before: i64,
) -> Result<HashSet<String>, StoreError> {
    let mut query = db.prepare_cached(
        "SELECT app_id, seq, changes FROM history
         WHERE seq < ?2 AND who = ?1 AND what = 'secret_read' AND app_id IS NOT NULL",
    )?;
    let mut rows = query.query(params![who.as_str(), before])?;
    let mut last_read: HashMap<String, i64> = HashMap::new();
    while let Some(row) = rows.next()? {
        let changes: String = row.get(2)?;
        // Changes that cannot be read might be about the client secret.
        let changes: Vec<Change> = serde_json::from_str(&changes).unwrap_or_default();
        let is_other = |change: &Change| OTHER_SECRETS.contains(&change.field.as_str());
        if changes.is_empty() || !changes.iter().all(is_other) {
            last_read.insert(row.get(0)?, row.get(1)?);
        }
    }
    let mut rotated = db.prepare_cached(
        "SELECT max(seq) FROM history
         WHERE app_id = ?1 AND seq < ?2 AND what = 'secret_rotated' AND NOT EXISTS (
             SELECT 1 FROM history AS later
             WHERE later.app_id = ?1 AND later.seq > history.seq
                 AND later.what = 'rotation_cancelled')",
    )?;
    let mut read = HashSet::new();
    for (app, seq) in last_read {
        let rotated: Option<i64> = rotated.query_row(params![app, before], |row| row.get(0))?;
        if rotated.is_none_or(|rotated| rotated < seq) {
            read.insert(app);
        }
    }
    Ok(read)
}

/// Unrevoked JWT credentials of other owners. A credential names the key that signed it, and the
/// row retired the former keys.
fn credentials(db: &Connection, who: &DeveloperId, at: &LostAt) -> Result<Vec<Found>, StoreError> {
    let read = subjects_read(db, who, at.seq)?;
    let mut query = db.prepare_cached(
        "SELECT id, owner, label, credentials.last_used_at, credentials.created_at
         FROM jwt_credentials AS credentials LEFT JOIN signing_keys USING (kid)
         WHERE revoked_at IS NULL AND owner <> ?1
             AND (kid IS NULL OR retired_at IS NOT NULL)
             AND (retired_at <= ?2 OR credentials.created_at <= ?2)",
    )?;
    let mut rows = query.query(params![who.as_str(), at.lost.at.0])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (owner, label): (String, String) = (row.get(1)?, row.get(2)?);
        let subject = subject_of_credential(db, &label, &DeveloperId::from_stored(owner));
        found.push(Found {
            id: ReadableId::Jwt(JwtId::from_stored(row.get::<_, String>(0)?)),
            last_used_at: row.get(3)?,
            created_at: row.get(4)?,
            known: read.contains(&subject).then_some(Known::Read),
        });
    }
    Ok(found)
}

/// The names of the JWT credentials that the developer read. The history has no other mark of them.
fn subjects_read(
    db: &Connection,
    who: &DeveloperId,
    before: i64,
) -> Result<HashSet<String>, StoreError> {
    let mut query = db.prepare_cached(
        "SELECT subject FROM history
         WHERE seq < ?2 AND who = ?1 AND what = 'secret_read' AND app_id IS NULL",
    )?;
    let subjects = query.query_map(params![who.as_str(), before], |row| row.get(0))?;
    Ok(subjects.collect::<Result<_, _>>()?)
}

/// Secrets that the developer could read as well and that are not replaced here.
pub(super) fn beside(db: &Connection, at: UnixMs) -> Result<u64, StoreError> {
    let count: i64 = db
        .prepare_cached(&format!(
            "SELECT (SELECT count(*) FROM shared_secrets
                     WHERE created_at <= ?1 AND {NOT_IN_TRASH})
                 + (SELECT count(*) FROM environment_credentials
                    WHERE changed_at <= ?1 AND sealed IS NOT NULL AND {NOT_IN_TRASH})"
        ))?
        .query_row([at.0], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

pub(super) fn named(db: &Connection, found: &Found) -> Result<Readable, StoreError> {
    let (name, of) = name_of(db, &found.id)?;
    Ok(Readable {
        name,
        of,
        last_used_at: found.last_used_at.map(UnixMs),
        created_at: UnixMs(found.created_at),
        known: found.known,
        id: found.id.clone(),
    })
}

/// The name of an app and its Client ID, or the label of a JWT credential and its owner.
pub(super) fn name_of(db: &Connection, id: &ReadableId) -> Result<(String, String), StoreError> {
    let named = match id {
        ReadableId::ClientSecret(app) => db
            .prepare_cached("SELECT name, client_id FROM apps WHERE id = ?1")?
            .query_row([app.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?,
        ReadableId::Jwt(jwt) => db
            .prepare_cached(
                "SELECT label, full_name FROM jwt_credentials
                 JOIN developers ON developers.id = owner WHERE jwt_credentials.id = ?1",
            )?
            .query_row([jwt.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?,
    };
    Ok(named.unwrap_or_else(|| ("a deleted app".to_owned(), String::new())))
}
