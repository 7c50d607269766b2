//! Client secrets and shared secrets: stored sealed, opened one at a time, compared by digest.
//! Deliberately absent: a query that returns several of them.

use rand::CryptoRng;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::store::{StoreError, Unlocked, Workspace, history::Actor, require_writer};
use crate::{
    domain::{
        history::Change,
        id::AppId,
        oauth::credential::{ClientId, SecretDigest, SecretInfo, mint_id},
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

pub(in crate::store) fn keep_client_secret(
    step: &Connection,
    actor: Actor<'_>,
    rng: &mut impl CryptoRng,
    app: &AppId,
    secret: &Secret,
) -> Result<(), StoreError> {
    let id = mint_id(rng);
    let text = secret.expose().as_bytes();
    let sealed = vault::seal(actor.key, rng, text, &client_secret_at(&id))?;
    step.prepare_cached(
        "INSERT INTO client_secrets (id, app_id, sealed, sha256, state, created_at)
         VALUES (?1, ?2, ?3, ?4, 'current', ?5)",
    )?
    .execute(params![
        id,
        app.as_str(),
        sealed,
        SecretDigest::of(secret).as_bytes(),
        actor.now.0
    ])?;
    Ok(())
}

pub(in crate::store) fn keep_shared_secret(
    step: &Connection,
    actor: Actor<'_>,
    rng: &mut impl CryptoRng,
    app: &AppId,
    secret: &Secret,
) -> Result<(), StoreError> {
    let text = secret.expose().as_bytes();
    let sealed = vault::seal(actor.key, rng, text, &shared_secret_of(app))?;
    step.prepare_cached(
        "INSERT INTO shared_secrets (app_id, sealed, created_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (app_id) DO UPDATE SET sealed = excluded.sealed,
             created_at = excluded.created_at",
    )?
    .execute(params![app.as_str(), sealed, actor.now.0])?;
    Ok(())
}

/// Replaces the shared secret of an app and returns what the history says about it.
pub(in crate::store) fn replace_shared_secret(
    step: &Connection,
    actor: Actor<'_>,
    rng: &mut impl CryptoRng,
    app: &AppId,
    new: Option<&Secret>,
) -> Result<Option<Change>, StoreError> {
    let fingerprint = |secret: &Secret| actor.key.fingerprint(secret);
    let before = stored_shared_secret(step, actor.key, app)?
        .as_ref()
        .map(fingerprint);
    let after = new.map(fingerprint);
    if before == after {
        return Ok(None);
    }
    match new {
        Some(secret) => keep_shared_secret(step, actor, rng, app, secret)?,
        None => {
            step.execute(
                "DELETE FROM shared_secrets WHERE app_id = ?1",
                [app.as_str()],
            )?;
        }
    }
    Ok(Some(Change::new("Shared Secret", before, after)))
}

/// The fingerprint of the current Client Secret, if there is one.
pub(in crate::store) fn fingerprint(
    step: &Connection,
    actor: Actor<'_>,
    app: &AppId,
) -> Result<Option<String>, StoreError> {
    let secret = stored_client_secret(step, actor.key, app, "current")?;
    Ok(secret.map(|secret| actor.key.fingerprint(&secret)))
}

/// The live secrets, the current one first.
pub(in crate::store) fn infos(db: &Connection, app: &AppId) -> Result<Vec<SecretInfo>, StoreError> {
    let mut query = db.prepare_cached(
        "SELECT created_at, last_used_at, ends_at FROM client_secrets WHERE app_id = ?1
         ORDER BY state",
    )?;
    let infos = query.query_map([app.as_str()], |row| {
        Ok(SecretInfo {
            created_at: UnixMs(row.get(0)?),
            last_used_at: row.get::<_, Option<i64>>(1)?.map(UnixMs),
            ends_at: row.get::<_, Option<i64>>(2)?.map(UnixMs),
        })
    })?;
    Ok(infos.collect::<Result<_, _>>()?)
}

fn stored_client_secret(
    db: &Connection,
    key: &WorkspaceKey,
    app: &AppId,
    state: &str,
) -> Result<Option<Secret>, StoreError> {
    let stored: Option<(String, Vec<u8>)> = db
        .query_row(
            "SELECT id, sealed FROM client_secrets WHERE app_id = ?1 AND state = ?2",
            [app.as_str(), state],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    stored
        .map(|(id, sealed)| Ok(vault::open_text(key, &sealed, &client_secret_at(&id))?))
        .transpose()
}

fn stored_shared_secret(
    db: &Connection,
    key: &WorkspaceKey,
    app: &AppId,
) -> Result<Option<Secret>, StoreError> {
    let sealed: Option<Vec<u8>> = db
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

/// A secret in the form in which it is compared.
#[derive(Clone, Copy, Debug)]
pub struct KeptSecret {
    sha256: SecretDigest,
    /// When a retiring secret stops working.
    ends_at: Option<UnixMs>,
    last_used_at: Option<UnixMs>,
}

/// An app that logs in at each call must not cause a write at each call.
const USE_NOTED_EVERY_MS: i64 = 60_000;

impl Workspace {
    /// `None` for a public client.
    pub fn client_secret(&self, app: &AppId) -> Result<Option<Secret>, StoreError> {
        stored_client_secret(&self.db, self.key_to_secrets()?, app, "current")
    }

    /// The secret that a rotation replaced, while it still works.
    pub fn retiring_secret(&self, app: &AppId) -> Result<Option<Secret>, StoreError> {
        stored_client_secret(&self.db, self.key_to_secrets()?, app, "retiring")
    }

    /// `None` for an app without Interactive Messages.
    pub fn shared_secret(&self, app: &AppId) -> Result<Option<Secret>, StoreError> {
        stored_shared_secret(&self.db, self.key_to_secrets()?, app)
    }

    /// The digests of a client's secrets, unless the app is deleted. Works while locked, because
    /// nothing is opened.
    pub fn kept_secrets(&self, client: &ClientId) -> Result<Vec<KeptSecret>, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT client_secrets.sha256, client_secrets.ends_at, last_used_at FROM client_secrets
             JOIN apps ON apps.id = client_secrets.app_id
             WHERE apps.client_id = ?1 AND apps.deleted_at IS NULL",
        )?;
        let kept = query.query_map([client.as_str()], |row| {
            Ok(KeptSecret {
                sha256: SecretDigest::from_bytes(row.get(0)?),
                ends_at: row.get::<_, Option<i64>>(1)?.map(UnixMs),
                last_used_at: row.get::<_, Option<i64>>(2)?.map(UnixMs),
            })
        })?;
        Ok(kept.collect::<Result<_, _>>()?)
    }

    /// Whether the presented text is one of these secrets and works now. Its use is noted.
    pub fn verify_client_secret(
        &self,
        kept: &mut [KeptSecret],
        presented: &str,
        now: UnixMs,
    ) -> Result<bool, StoreError> {
        let presented = SecretDigest::of_presented(presented);
        let mut used = None;
        for secret in kept {
            // Not short-circuited: the time must not reveal which of two secrets matched.
            let is_it = secret.sha256.is(&presented);
            if is_it && secret.ends_at.is_none_or(|end| end > now) {
                used = Some(secret);
            }
        }
        let Some(used) = used else {
            return Ok(false);
        };
        let is_due = |before: UnixMs| now.0 - before.0 >= USE_NOTED_EVERY_MS;
        if used.last_used_at.is_none_or(is_due) {
            let is_noted = self.note_use(
                "UPDATE client_secrets SET last_used_at = ?2 WHERE sha256 = ?1",
                params![used.sha256.as_bytes(), now.0],
            )?;
            if is_noted {
                used.last_used_at = Some(now);
            }
        }
        Ok(true)
    }

    pub(in crate::store) fn key_to_secrets(&self) -> Result<&WorkspaceKey, StoreError> {
        let Unlocked { key, who } = self.unlocked()?;
        require_writer(&self.db, who, "see secrets")?;
        Ok(key)
    }
}
