//! Queries of the local server: clients, keys, credentials, people. All of them work while the
//! vault is locked: signatures are checked with the public key.

use std::time::Duration;

use rand::CryptoRng;
use rusqlite::{Connection, OptionalExtension as _, Params};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::domain::{
    app::{App, icon::IconFormat},
    id::{AppId, DeveloperId, JwtId},
    number::{self, NumericId},
    oauth::{credential::ClientId, jwt::AuthorizedApps},
    people::developer::MemberState,
    time::UnixMs,
};
use crate::store::{StoreError, Workspace, apps::register, file::open::WRITE_WAIT};

/// The state of a presented JWT credential in the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JwtStanding {
    pub owner: DeveloperId,
    pub apps: AuthorizedApps,
    pub is_revoked: bool,
    pub owner_is_active: bool,
    /// The only key that may have signed it: developers who left may know a former key.
    /// `None` until the workspace gives each developer their own keys.
    pub key: Option<String>,
}

/// The developer data that the local server returns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    pub full_name: String,
    pub email: String,
    /// `false` if disabled.
    pub is_active: bool,
}

/// All developers, removed ones too.
fn developer_ids(db: &Connection) -> Result<Vec<DeveloperId>, StoreError> {
    let mut query = db.prepare_cached("SELECT id FROM developers ORDER BY created_at, id")?;
    let ids = query.query_map([], |row| row.get::<_, String>(0))?;
    let ids = ids.map(|id| id.map(DeveloperId::from_stored));
    Ok(ids.collect::<Result<_, _>>()?)
}

/// An identifier for a new developer, whose extension ID is free.
pub(in crate::store) fn mint_developer(
    db: &Connection,
    rng: &mut impl CryptoRng,
) -> Result<DeveloperId, StoreError> {
    let taken: Vec<NumericId> = developer_ids(db)?
        .iter()
        .map(NumericId::of_developer)
        .collect();
    Ok(number::mint_developer(rng, &taken))
}

impl Workspace {
    /// A number that changes when another process, or another connection of this one, has
    /// committed.
    pub fn changes_of_others(&self) -> Result<i64, StoreError> {
        match self.grants.as_of {
            Some(number) => Ok(number),
            None => self.data_version(),
        }
    }

    pub(in crate::store) fn data_version(&self) -> Result<i64, StoreError> {
        Ok(self
            .db
            .prepare_cached("PRAGMA data_version")?
            .query_row([], |row| row.get(0))?)
    }

    /// Notes that something was used, and returns whether it could. A busy workspace or a full disk
    /// does not stop the request: the next use is noted instead.
    pub(in crate::store) fn note_use(
        &self,
        sql: &str,
        values: impl Params,
    ) -> Result<bool, StoreError> {
        self.db.busy_timeout(Duration::ZERO)?;
        let noted = self.execute(sql, values);
        self.db.busy_timeout(WRITE_WAIT)?;
        match noted {
            Ok(_) => Ok(true),
            Err(StoreError::DiskFull | StoreError::Busy) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// An app by its Client ID, unless it is in the trash.
    pub fn client(&self, id: &ClientId) -> Result<Option<App>, StoreError> {
        let found: Option<String> = self
            .db
            .prepare_cached("SELECT id FROM apps WHERE client_id = ?1 AND deleted_at IS NULL")?
            .query_row([id.as_str()], |row| row.get(0))
            .optional()?;
        found
            .map(|id| register::read(&self.db, &AppId::from_stored(id)))
            .transpose()
    }

    /// The public keys that verify JWT credentials, as JWKs.
    pub fn jwks(&self) -> Result<Vec<Value>, StoreError> {
        let mut query = self
            .db
            .prepare_cached("SELECT jwk FROM signing_keys ORDER BY created_at DESC, kid")?;
        let mut rows = query.query([])?;
        let mut keys = Vec::new();
        while let Some(row) = rows.next()? {
            let key = serde_json::from_str(row.get_ref(0)?.as_str().unwrap_or_default());
            keys.push(key.map_err(|_| StoreError::Corrupt("a key cannot be read".to_owned()))?);
        }
        Ok(keys)
    }

    pub fn jwt_standing(&self, id: &JwtId) -> Result<Option<JwtStanding>, StoreError> {
        let found = self
            .db
            .prepare_cached(
                "SELECT owner, every_app, revoked_at IS NOT NULL, developers.state, kid
                 FROM jwt_credentials JOIN developers ON developers.id = owner
                 WHERE jwt_credentials.id = ?1",
            )?
            .query_row([id.as_str()], |row| {
                Ok((
                    row.get::<_, String>(0)?,
                    row.get::<_, bool>(1)?,
                    row.get::<_, bool>(2)?,
                    row.get::<_, String>(3)?,
                    row.get::<_, Option<String>>(4)?,
                ))
            })
            .optional()?;
        let Some((owner, every_app, is_revoked, state, key)) = found else {
            return Ok(None);
        };
        let apps = if every_app {
            AuthorizedApps::Organization
        } else {
            let mut query = self.db.prepare_cached(
                "SELECT client_id FROM jwt_credential_apps WHERE credential = ?1",
            )?;
            let ids = query.query_map([id.as_str()], |row| row.get::<_, String>(0))?;
            let ids = ids.map(|id| id.map(ClientId::from_stored));
            AuthorizedApps::Specific(ids.collect::<Result<_, _>>()?)
        };
        Ok(Some(JwtStanding {
            owner: DeveloperId::from_stored(owner),
            apps,
            is_revoked,
            owner_is_active: MemberState::from_stored(&state) == Some(MemberState::Active),
            key,
        }))
    }

    /// `None` for a developer who was removed.
    pub fn person(&self, id: &DeveloperId) -> Result<Option<Person>, StoreError> {
        let found = self
            .db
            .prepare_cached("SELECT full_name, email, state FROM developers WHERE id = ?1")?
            .query_row([id.as_str()], |row| {
                let state: String = row.get(2)?;
                Ok((row.get(0)?, row.get(1)?, MemberState::from_stored(&state)))
            })
            .optional()?;
        let person = |(full_name, email, state)| match state {
            Some(MemberState::Active) => Some((full_name, email, true)),
            Some(MemberState::Disabled) => Some((full_name, email, false)),
            Some(MemberState::Removed) | None => None,
        };
        let found = found.and_then(person);
        Ok(found.map(|(full_name, email, is_active)| Person {
            full_name,
            email,
            is_active,
        }))
    }

    /// The developer with this extension ID.
    pub fn developer_with(&self, number: NumericId) -> Result<Option<DeveloperId>, StoreError> {
        let all = developer_ids(&self.db)?;
        Ok(all
            .into_iter()
            .find(|id| NumericId::of_developer(id) == number))
    }

    /// The account ID of the organization.
    pub fn account_id(&self) -> Result<NumericId, StoreError> {
        let created_at = self
            .db
            .prepare_cached("SELECT created_at FROM organization")?
            .query_row([], |row| row.get(0))?;
        Ok(NumericId::of_organization(UnixMs(created_at)))
    }

    /// An icon as it was uploaded, for the consent page.
    pub fn icon(&self, sha256: &str) -> Result<Option<(IconFormat, Vec<u8>)>, StoreError> {
        let found: Option<(String, Vec<u8>)> = self
            .db
            .query_row(
                "SELECT format, bytes FROM icons WHERE sha256 = ?1",
                [sha256],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        Ok(found.and_then(|(format, bytes)| Some((IconFormat::from_stored(&format)?, bytes))))
    }

    /// A mark that changes with the password. `None` if the developer may not sign in.
    pub fn sign_in_mark(&self, who: &DeveloperId) -> Result<Option<[u8; 32]>, StoreError> {
        let check: Option<Option<Vec<u8>>> = self
            .db
            .prepare_cached("SELECT page_check FROM developers WHERE id = ?1 AND state = 'active'")?
            .query_row([who.as_str()], |row| row.get(0))
            .optional()?;
        Ok(check.flatten().as_deref().map(sign_in_mark_of))
    }

    pub fn organization_name(&self) -> Result<Option<String>, StoreError> {
        Ok(self
            .db
            .query_row("SELECT name FROM organization", [], |row| row.get(0))
            .optional()?)
    }
}

/// Calculated from the check of the password.
pub(in crate::store) fn sign_in_mark_of(page_check: &[u8]) -> [u8; 32] {
    Sha256::digest(page_check).into()
}
