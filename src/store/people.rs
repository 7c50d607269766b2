//! The organization and its developers. How one proves to be one of them: `sign_in`.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{StoreError, Unlocked, Workspace, sign_in::NewKeys};
use crate::{
    domain::{
        credential::RecoveryKey,
        developer::{Developer, Role, Session},
        email::EmailAddress,
        id::DeveloperId,
        secret::Secret,
        time::UnixMs,
    },
    vault::{self, WorkspaceKey},
};

/// What the first screen has to offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nobody has signed up yet.
    Empty,
    Ready {
        organization: String,
        /// Of whoever signed in last.
        last_email: Option<String>,
    },
}

/// The first developer, and the organization that comes with them.
#[derive(Clone, Debug)]
pub struct SignUp {
    pub organization: String,
    pub full_name: String,
    pub email: EmailAddress,
    pub password: Secret,
}

impl Workspace {
    pub fn stage(&self) -> Result<Stage, StoreError> {
        let Some(organization) = organization(&self.db)? else {
            return Ok(Stage::Empty);
        };
        let last_email = self
            .db
            .query_row(
                "SELECT email FROM developers WHERE last_sign_in_at IS NOT NULL
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

    /// Makes the workspace key. The recovery key is told once, here, and kept nowhere.
    pub fn sign_up(
        &mut self,
        sign_up: SignUp,
        now: UnixMs,
    ) -> Result<(Session, RecoveryKey), StoreError> {
        // Also asked inside the transaction: this one only saves the slow derivation.
        must_be_first(&self.db)?;
        let mut rng = vault::os_random()?;
        let id = DeveloperId::mint(&mut rng);
        let key = WorkspaceKey::mint(&mut rng);
        let (keys, recovery) = NewKeys::make(&key, &id, &sign_up.password, self.cost, &mut rng)?;
        let step = self.write()?;
        must_be_first(&step)?;
        step.execute(
            "INSERT INTO organization (only_row, name, created_at) VALUES (1, ?1, ?2)",
            params![sign_up.organization, now.0],
        )?;
        step.execute(
            "INSERT INTO developers (id, email, email_key, full_name, role, created_at,
                 last_sign_in_at, kdf_memory_kib, kdf_passes, kdf_lanes, kdf_salt,
                 key_by_password, key_by_recovery)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            params![
                id.as_str(),
                sign_up.email.as_str(),
                sign_up.email.key(),
                sign_up.full_name,
                Role::DeveloperAdmin.as_str(),
                now.0,
                keys.cost.memory_kib,
                keys.cost.passes,
                keys.cost.lanes,
                keys.salt.0,
                keys.by_password,
                keys.by_recovery,
            ],
        )?;
        step.commit()?;
        let session = self.session(&id)?;
        self.unlocked = Some(Unlocked { key, who: id });
        Ok((session, recovery))
    }

    /// Everybody of the organization, by name.
    pub fn developers(&self) -> Result<Vec<Developer>, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT id, full_name, email, role, created_at FROM developers
             ORDER BY full_name COLLATE NOCASE, id",
        )?;
        let mut rows = query.query([])?;
        let mut people = Vec::new();
        while let Some(row) = rows.next()? {
            people.push(developer(row)?);
        }
        Ok(people)
    }

    pub(super) fn session(&self, who: &DeveloperId) -> Result<Session, StoreError> {
        let developers = self.developers()?;
        let developer = developers
            .iter()
            .find(|developer| &developer.id == who)
            .cloned()
            .ok_or(StoreError::NotFound("This developer"))?;
        Ok(Session {
            developer,
            organization: organization(&self.db)?.unwrap_or_default(),
            developers,
        })
    }
}

fn organization(db: &Connection) -> Result<Option<String>, StoreError> {
    Ok(db
        .query_row("SELECT name FROM organization", [], |row| row.get(0))
        .optional()?)
}

fn must_be_first(db: &Connection) -> Result<(), StoreError> {
    match organization(db)? {
        None => Ok(()),
        Some(name) => Err(StoreError::Conflict(format!(
            "This workspace already belongs to {name}. Sign in instead."
        ))),
    }
}

fn developer(row: &Row<'_>) -> Result<Developer, StoreError> {
    let role: String = row.get(3)?;
    Ok(Developer {
        id: DeveloperId::from_stored(row.get::<_, String>(0)?),
        full_name: row.get(1)?,
        email: EmailAddress::from_stored(row.get::<_, String>(2)?),
        role: Role::from_stored(&role)
            .ok_or_else(|| StoreError::Corrupt(format!("unknown role “{role}”")))?,
        created_at: UnixMs(row.get(4)?),
    })
}
