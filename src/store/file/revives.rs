//! Rights that ended since the backup and that a restore makes valid again: removed developers
//! could sign in, and revoked credentials would work.

use std::path::Path;

use rusqlite::Connection;

use crate::domain::{
    people::developer::{MemberState, Role},
    time::UnixMs,
};
use crate::store::file::{
    inspect::{open_quietly, uri},
    migrate,
};

/// The formats that introduced the state of a developer, JWT credentials, and numbered sessions.
const STATES: i64 = 2;
const JWT: i64 = 4;
const SESSIONS: i64 = 7;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Revived {
    /// Developers who were removed or disabled.
    pub people: Vec<Regains>,
    /// Developers whose role has changed.
    pub roles: Vec<Regains>,
    /// Developers whose password has changed.
    pub passwords: Vec<String>,
    /// Revoked JWT credentials.
    pub jwt_credentials: Vec<Credential>,
    /// Ended sessions, by developer.
    pub sessions: Vec<(String, i64)>,
    /// Apps whose replaced or deleted client secrets work again.
    pub secrets: Vec<String>,
    /// Apps that were suspended or deleted.
    pub apps: Vec<String>,
}

/// A developer who gets a role back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regains {
    pub name: String,
    /// In the backup.
    pub role: String,
    /// The state or the role in the workspace now.
    pub now: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    pub label: String,
    pub owner: String,
}

impl Revived {
    /// Neither file is changed.
    pub(in crate::store) fn compare(
        workspace: &Path,
        backup: &Path,
        now: UnixMs,
    ) -> rusqlite::Result<Self> {
        let db = open_quietly(workspace)?;
        db.execute("ATTACH ?1 AS backup", [uri(backup, "mode=ro&immutable=1")])?;
        let format: i64 = db.query_row("PRAGMA backup.user_version", [], |row| row.get(0))?;
        let both = migrate::version_of(&db)?.min(format);
        let mut found = Self::default();
        // A backup of another workspace replaces everything; nothing in it ended here.
        if !has_same_people(&db)? {
            return Ok(found);
        }
        // In a workspace of the first format, no developer could leave and nothing could be
        // deleted.
        if migrate::version_of(&db)? >= STATES {
            found.people = people(&db, format)?;
        }
        if both >= STATES {
            found.compare_people_and_apps(&db, now)?;
        }
        if both >= JWT {
            found.jwt_credentials = jwt_credentials(&db, now)?;
        }
        if both >= SESSIONS {
            found.sessions = sessions(&db, now)?;
        }
        Ok(found)
    }

    fn compare_people_and_apps(&mut self, db: &Connection, now: UnixMs) -> rusqlite::Result<()> {
        let both_active = "FROM backup.developers AS was
             JOIN main.developers AS is_now ON is_now.id = was.id
             WHERE was.state = 'active' AND is_now.state = 'active'";
        self.roles = regains(
            db,
            &format!(
                "SELECT was.full_name, was.role, is_now.role {both_active}
                     AND was.role <> is_now.role ORDER BY was.full_name"
            ),
        )?;
        let passwords = format!(
            "SELECT was.full_name {both_active}
                 AND was.key_by_password <> is_now.key_by_password ORDER BY was.full_name"
        );
        self.passwords = names(db, &passwords, [])?;
        self.secrets = names(
            db,
            "SELECT DISTINCT apps.name FROM backup.client_secrets AS was
             JOIN backup.apps AS apps ON apps.id = was.app_id
             WHERE coalesce(was.ends_at > ?1, 1) AND NOT EXISTS (
                 SELECT 1 FROM main.client_secrets AS is_now
                 WHERE is_now.app_id = was.app_id AND is_now.sha256 = was.sha256)
             ORDER BY apps.name",
            [now.0],
        )?;
        self.apps = names(
            db,
            "SELECT was.name FROM backup.apps AS was
             LEFT JOIN main.apps AS is_now ON is_now.id = was.id
             WHERE was.status = 'active' AND was.deleted_at IS NULL
                 AND (is_now.id IS NULL OR is_now.status <> 'active'
                     OR is_now.deleted_at IS NOT NULL)
             ORDER BY was.name",
            [],
        )?;
        Ok(())
    }
}

fn has_same_people(db: &Connection) -> rusqlite::Result<bool> {
    db.prepare("SELECT 1 FROM main.developers JOIN backup.developers USING (id)")?
        .exists([])
}

fn people(db: &Connection, format: i64) -> rusqlite::Result<Vec<Regains>> {
    let was_active = match format >= STATES {
        true => "was.state = 'active'",
        false => "1",
    };
    regains(
        db,
        &format!(
            "SELECT was.full_name, was.role, is_now.state FROM backup.developers AS was
             JOIN main.developers AS is_now ON is_now.id = was.id
             WHERE {was_active} AND is_now.state <> 'active' ORDER BY was.full_name"
        ),
    )
}

fn jwt_credentials(db: &Connection, now: UnixMs) -> rusqlite::Result<Vec<Credential>> {
    let mut query = db.prepare(
        "SELECT was.label, owners.full_name FROM backup.jwt_credentials AS was
         JOIN backup.developers AS owners ON owners.id = was.owner
         JOIN main.jwt_credentials AS is_now ON is_now.id = was.id
         WHERE was.revoked_at IS NULL AND is_now.revoked_at IS NOT NULL
             AND coalesce(was.expires_at > ?1, 1)
         ORDER BY owners.full_name, was.label",
    )?;
    let rows = query.query_map([now.0], |row| {
        Ok(Credential {
            label: row.get(0)?,
            owner: row.get(1)?,
        })
    })?;
    rows.collect()
}

/// A session that is not in the workspace any more was ended too: its app is deleted, or it was
/// forgotten.
fn sessions(db: &Connection, now: UnixMs) -> rusqlite::Result<Vec<(String, i64)>> {
    let mut query = db.prepare(
        "SELECT owners.full_name, count(*) FROM backup.sessions AS was
         JOIN backup.developers AS owners ON owners.id = was.owner
         LEFT JOIN main.sessions AS is_now ON is_now.number = was.number AND is_now.id = was.id
         WHERE was.ended_at IS NULL AND (is_now.id IS NULL OR is_now.ended_at IS NOT NULL)
             AND max(was.access_ends_at, coalesce(was.refresh_ends_at, 0)) > ?1
         GROUP BY owners.id ORDER BY owners.full_name",
    )?;
    let rows = query.query_map([now.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

fn regains(db: &Connection, sql: &str) -> rusqlite::Result<Vec<Regains>> {
    let mut query = db.prepare(sql)?;
    let rows = query.query_map([], |row| {
        Ok(Regains {
            name: row.get(0)?,
            role: label(row.get(1)?),
            now: label(row.get(2)?),
        })
    })?;
    rows.collect()
}

/// The label of a role or a state; a word of a newer version is shown as it is.
fn label(stored: String) -> String {
    let role = Role::from_stored(&stored).map(Role::label);
    let state = || MemberState::from_stored(&stored).map(MemberState::label);
    match role.or_else(state) {
        Some(label) => label.to_owned(),
        None => stored,
    }
}

fn names(
    db: &Connection,
    sql: &str,
    values: impl rusqlite::Params,
) -> rusqlite::Result<Vec<String>> {
    let mut query = db.prepare(sql)?;
    let rows = query.query_map(values, |row| row.get(0))?;
    rows.collect()
}
