//! Client secrets and shared secrets: stored sealed, opened one at a time, compared by digest.
//! Deliberately absent: a query that returns several of them.

use rand::CryptoRng;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::store::{
    StoreError, Workspace, acting_role,
    apps::{change::write_down, register},
    must_change_one,
    unlocked::Actor,
};
use crate::{
    domain::{
        app::App,
        history::{Change, Reading, What},
        id::AppId,
        oauth::credential::{ClientId, SecretDigest, SecretInfo, mint_id},
        people::permission,
        secret::Secret,
        time::UnixMs,
    },
    vault::{self, Place},
};

/// With the app and its Client ID, so that two apps cannot be given each other's secrets; with the
/// state, so that a secret that was replaced cannot be made the current one again.
fn client_secret_at<'a>(of: &'a [&'a str; 4]) -> Place<'a> {
    Place {
        table: "client_secrets",
        column: "sealed",
        of,
    }
}

fn shared_secret_at<'a>(of: &'a [&'a str; 2]) -> Place<'a> {
    Place {
        table: "shared_secrets",
        column: "sealed",
        of,
    }
}

fn client_id_of(db: &Connection, app: &AppId) -> Result<String, StoreError> {
    db.prepare_cached("SELECT client_id FROM apps WHERE id = ?1")?
        .query_row([app.as_str()], |row| row.get(0))
        .optional()?
        .ok_or(StoreError::NotFound("This app"))
}

pub(in crate::store) fn keep_client_secret(
    step: &Connection,
    actor: Actor<'_>,
    rng: &mut impl CryptoRng,
    app: &AppId,
    secret: &Secret,
) -> Result<(), StoreError> {
    let id = mint_id(rng);
    let client_id = client_id_of(step, app)?;
    let text = secret.expose().as_bytes();
    let of = [&id, app.as_str(), &client_id, CURRENT];
    let sealed = vault::seal(actor.secrets()?, rng, text, &client_secret_at(&of))?;
    let changed = step
        .prepare_cached(
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
    must_change_one(changed)
}

pub(in crate::store) fn keep_shared_secret(
    step: &Connection,
    actor: Actor<'_>,
    rng: &mut impl CryptoRng,
    app: &AppId,
    secret: &Secret,
) -> Result<(), StoreError> {
    let client_id = client_id_of(step, app)?;
    let text = secret.expose().as_bytes();
    let of = [app.as_str(), &client_id];
    let sealed = vault::seal(actor.secrets()?, rng, text, &shared_secret_at(&of))?;
    let changed = step
        .prepare_cached(
            "INSERT INTO shared_secrets (app_id, sealed, created_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (app_id) DO UPDATE SET sealed = excluded.sealed,
             created_at = excluded.created_at",
        )?
        .execute(params![app.as_str(), sealed, actor.now.0])?;
    must_change_one(changed)
}

/// Replaces the shared secret of an app and returns what the history says about it.
pub(in crate::store) fn replace_shared_secret(
    step: &Connection,
    actor: Actor<'_>,
    rng: &mut impl CryptoRng,
    app: &AppId,
    new: Option<&Secret>,
) -> Result<Option<Change>, StoreError> {
    let key = actor.secrets()?;
    let fingerprint = |secret: &Secret| key.fingerprint(secret);
    let before = stored_shared_secret(step, actor, app)?
        .as_ref()
        .map(fingerprint);
    let after = new.map(fingerprint);
    if before == after {
        return Ok(None);
    }
    match new {
        Some(secret) => keep_shared_secret(step, actor, rng, app, secret)?,
        None => {
            let changed = step.execute(
                "DELETE FROM shared_secrets WHERE app_id = ?1",
                [app.as_str()],
            )?;
            must_change_one(changed)?;
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
    let key = actor.secrets()?;
    let secret = stored_client_secret(step, actor, app, CURRENT)?;
    Ok(secret.map(|secret| key.fingerprint(&secret)))
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

/// The secret that an app presents.
pub(in crate::store) const CURRENT: &str = "current";
/// The secret that a rotation replaced, while it still works.
pub(in crate::store) const RETIRING: &str = "retiring";

fn stored_client_secret(
    db: &Connection,
    actor: Actor<'_>,
    app: &AppId,
    state: &str,
) -> Result<Option<Secret>, StoreError> {
    let stored: Option<(String, Vec<u8>, Vec<u8>)> = db
        .query_row(
            "SELECT id, sealed, sha256 FROM client_secrets WHERE app_id = ?1 AND state = ?2",
            [app.as_str(), state],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    let Some((id, sealed, sha256)) = stored else {
        return Ok(None);
    };
    let client_id = client_id_of(db, app)?;
    let of = [&id, app.as_str(), &client_id, state];
    let secret = vault::open_text(actor.secrets()?, &sealed, &client_secret_at(&of))?;
    // The digest is not sealed: apps log in by it while the vault is closed.
    if SecretDigest::of(&secret).as_bytes().as_slice() != sha256 {
        return Err(StoreError::Corrupt(format!(
            "the stored digest of the Client Secret of {client_id} does not match it"
        )));
    }
    Ok(Some(secret))
}

/// The secret in `before` gets the state `after`, and is sealed for it.
pub(in crate::store) fn move_client_secret(
    step: &Connection,
    actor: Actor<'_>,
    rng: &mut impl CryptoRng,
    app: &AppId,
    (before, after): (&str, &str),
    ends_at: Option<i64>,
) -> Result<(), StoreError> {
    let Some(secret) = stored_client_secret(step, actor, app, before)? else {
        return Err(StoreError::NotFound("This secret"));
    };
    let id: String = step.query_row(
        "SELECT id FROM client_secrets WHERE app_id = ?1 AND state = ?2",
        [app.as_str(), before],
        |row| row.get(0),
    )?;
    let client_id = client_id_of(step, app)?;
    let text = secret.expose().as_bytes();
    let of = [&id, app.as_str(), &client_id, after];
    let sealed = vault::seal(actor.secrets()?, rng, text, &client_secret_at(&of))?;
    let changed = step.execute(
        "UPDATE client_secrets SET state = ?3, ends_at = ?4, sealed = ?5
         WHERE app_id = ?1 AND state = ?2",
        params![app.as_str(), before, after, ends_at, sealed],
    )?;
    must_change_one(changed)
}

pub(in crate::store) fn stored_shared_secret(
    db: &Connection,
    actor: Actor<'_>,
    app: &AppId,
) -> Result<Option<Secret>, StoreError> {
    let sealed: Option<Vec<u8>> = db
        .query_row(
            "SELECT sealed FROM shared_secrets WHERE app_id = ?1",
            [app.as_str()],
            |row| row.get(0),
        )
        .optional()?;
    let Some(sealed) = sealed else {
        return Ok(None);
    };
    let client_id = client_id_of(db, app)?;
    let of = [app.as_str(), &client_id];
    let place = shared_secret_at(&of);
    Ok(Some(vault::open_text(actor.secrets()?, &sealed, &place)?))
}

/// A secret in the form in which it is compared.
#[derive(Clone, Debug)]
pub struct KeptSecret {
    app: AppId,
    sha256: SecretDigest,
    /// When a retiring secret stops working.
    ends_at: Option<UnixMs>,
    last_used_at: Option<UnixMs>,
}

/// An app that logs in at each call must not cause a write at each call.
const USE_NOTED_EVERY_MS: i64 = 60_000;

/// By the app, whose secrets lie together: the digest alone has no index.
pub(in crate::store) const NOTE_USE: &str =
    "UPDATE client_secrets SET last_used_at = ?3 WHERE app_id = ?1 AND sha256 = ?2";

impl Workspace {
    /// Writes to the history that a developer got to see secrets of an app, or took them along.
    /// Called before they do.
    pub fn record_reading(
        &mut self,
        app: &AppId,
        what: &[&str],
        reading: Reading,
        now: UnixMs,
    ) -> Result<(), StoreError> {
        self.change(now, |step, actor, _| {
            let found = reads_secrets(step, actor, app)?;
            let changes = what
                .iter()
                .map(|what| Change::new(*what, None::<String>, Some(reading.as_str())))
                .collect();
            let subject = &found.spec.properties.name;
            write_down(step, actor, app, subject, What::SecretRead, changes)
        })
    }

    /// `None` for a public client.
    pub fn client_secret(&mut self, app: &AppId) -> Result<Option<Secret>, StoreError> {
        self.follow()?;
        stored_client_secret(&self.db, self.reader_of_secrets(app)?, app, CURRENT)
    }

    /// The secret that a rotation replaced, while it still works.
    pub fn retiring_secret(&mut self, app: &AppId) -> Result<Option<Secret>, StoreError> {
        self.follow()?;
        stored_client_secret(&self.db, self.reader_of_secrets(app)?, app, RETIRING)
    }

    /// `None` for an app without Interactive Messages.
    pub fn shared_secret(&mut self, app: &AppId) -> Result<Option<Secret>, StoreError> {
        self.follow()?;
        stored_shared_secret(&self.db, self.reader_of_secrets(app)?, app)
    }

    /// The digests of a client's secrets, unless the app is deleted. Works while locked, because
    /// nothing is opened.
    pub fn kept_secrets(&self, client: &ClientId) -> Result<Vec<KeptSecret>, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT client_secrets.sha256, client_secrets.ends_at, last_used_at, app_id
             FROM client_secrets
             JOIN apps ON apps.id = client_secrets.app_id
             WHERE apps.client_id = ?1 AND apps.deleted_at IS NULL",
        )?;
        let kept = query.query_map([client.as_str()], |row| {
            Ok(KeptSecret {
                app: AppId::from_stored(row.get::<_, String>(3)?),
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
                NOTE_USE,
                params![used.app.as_str(), used.sha256.as_bytes(), now.0],
            )?;
            if is_noted {
                used.last_used_at = Some(now);
            }
        }
        Ok(true)
    }

    pub(in crate::store) fn reader_of_secrets(&self, app: &AppId) -> Result<Actor<'_>, StoreError> {
        let actor = self.unlocked()?.actor(UnixMs(0));
        reads_secrets(&self.db, actor, app)?;
        Ok(actor)
    }
}

/// The app, if the signed-in developer may see its secrets.
fn reads_secrets(db: &Connection, actor: Actor<'_>, app: &AppId) -> Result<App, StoreError> {
    let role = acting_role(db, actor.who)?;
    let found = register::read(db, app)?;
    let is_contact = found.spec.properties.primary_contact == *actor.who;
    permission::may_see_secrets(role, is_contact || found.created_by == *actor.who)?;
    Ok(found)
}
