//! Client secrets and shared secrets: sealed in, opened one at a time, compared by digest.
//! Deliberately absent: a query that returns more than one of them.

use rand::CryptoRng;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::{StoreError, Unlocked, Workspace, must_not_audit};
use crate::{
    domain::{
        credential::{ClientId, SecretDigest, mint_id},
        id::AppId,
        secret::Secret,
        time::UnixMs,
    },
    vault::{self, Aad, WorkspaceKey},
};

fn client_secret_at(row: &str) -> Aad<'_> {
    Aad {
        table: "client_secrets",
        row,
        column: "sealed",
        version: 1,
    }
}

fn shared_secret_of(app: &AppId) -> Aad<'_> {
    Aad {
        table: "shared_secrets",
        row: app.as_str(),
        column: "sealed",
        version: 1,
    }
}

pub(super) fn keep_client_secret(
    db: &Connection,
    key: &WorkspaceKey,
    rng: &mut impl CryptoRng,
    app: &AppId,
    secret: &Secret,
    now: UnixMs,
) -> Result<(), StoreError> {
    let id = mint_id(rng);
    let sealed = vault::seal(key, rng, secret.expose().as_bytes(), &client_secret_at(&id))?;
    db.execute(
        "INSERT INTO client_secrets (id, app_id, sealed, sha256, state, created_at)
         VALUES (?1, ?2, ?3, ?4, 'current', ?5)",
        params![
            id,
            app.as_str(),
            sealed,
            SecretDigest::of(secret).as_bytes(),
            now.0
        ],
    )?;
    Ok(())
}

pub(super) fn keep_shared_secret(
    db: &Connection,
    key: &WorkspaceKey,
    rng: &mut impl CryptoRng,
    app: &AppId,
    secret: &Secret,
    now: UnixMs,
) -> Result<(), StoreError> {
    let sealed = vault::seal(key, rng, secret.expose().as_bytes(), &shared_secret_of(app))?;
    db.execute(
        "INSERT INTO shared_secrets (app_id, sealed, created_at) VALUES (?1, ?2, ?3)",
        params![app.as_str(), sealed, now.0],
    )?;
    Ok(())
}

impl Workspace {
    /// `None` for a public client, which has none.
    pub fn client_secret(&self, app: &AppId) -> Result<Option<Secret>, StoreError> {
        let key = self.key_to_secrets()?;
        let stored: Option<(String, Vec<u8>)> = self
            .db
            .query_row(
                "SELECT id, sealed FROM client_secrets WHERE app_id = ?1 AND state = 'current'",
                [app.as_str()],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        stored
            .map(|(id, sealed)| Ok(vault::open_text(key, &sealed, &client_secret_at(&id))?))
            .transpose()
    }

    /// `None` for an app without Interactive Messages.
    pub fn shared_secret(&self, app: &AppId) -> Result<Option<Secret>, StoreError> {
        let key = self.key_to_secrets()?;
        let sealed: Option<Vec<u8>> = self
            .db
            .query_row(
                "SELECT sealed FROM shared_secrets WHERE app_id = ?1",
                [app.as_str()],
                |row| row.get(0),
            )
            .optional()?;
        sealed
            .map(|sealed| Ok(vault::open_text(key, &sealed, &shared_secret_of(app))?))
            .transpose()
    }

    /// Whether this is a live secret of that client. Works while locked: only digests are read.
    pub fn verify_client_secret(
        &self,
        client: &ClientId,
        presented: &str,
    ) -> Result<bool, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT client_secrets.sha256 FROM client_secrets
             JOIN apps ON apps.id = client_secrets.app_id WHERE apps.client_id = ?1",
        )?;
        let mut rows = query.query([client.as_str()])?;
        let mut matches = false;
        while let Some(row) = rows.next()? {
            // Not short-circuited: the time must not tell which of two secrets it was.
            matches |= SecretDigest::from_bytes(row.get(0)?).matches(presented);
        }
        Ok(matches)
    }

    fn key_to_secrets(&self) -> Result<&WorkspaceKey, StoreError> {
        let Unlocked { key, who } = self.unlocked()?;
        must_not_audit(&self.db, who, "see secrets")?;
        Ok(key)
    }
}
