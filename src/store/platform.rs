//! What the local platform asks and keeps: clients, credentials, sessions and their tokens.
//! All of it works while the vault is locked: tokens are kept as digests, signatures are checked
//! with the public key.

use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::Value;

use super::{StoreError, Workspace, apps};
use crate::{
    domain::{
        app::App,
        credential::{ClientId, SecretDigest, mint_client_secret, mint_id},
        developer::MemberState,
        id::{AppId, DeveloperId, JwtId},
        jwt::AuthorizedApps,
        secret::Secret,
        time::UnixMs,
    },
    vault,
};

/// Live sessions of one developer with one app; the oldest ends beyond it.
/// Source: the platform's documentation, "Access tokens".
const SESSIONS_MAX: i64 = 5;

/// What a presented JWT credential is worth by what the workspace knows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JwtStanding {
    pub owner: DeveloperId,
    pub apps: AuthorizedApps,
    pub is_revoked: bool,
    pub owner_is_active: bool,
}

/// How long tokens live, in seconds; without a refresh token for `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    pub access_s: i64,
    pub refresh_s: Option<i64>,
}

/// A session that is to be opened.
#[derive(Clone, Debug)]
pub struct NewSession<'a> {
    pub client: &'a ClientId,
    pub owner: &'a DeveloperId,
    pub credential: Option<&'a JwtId>,
    pub scope: &'a str,
}

/// What is handed out, once.
#[derive(Clone, Debug)]
pub struct Tokens {
    pub session: String,
    pub owner: DeveloperId,
    pub scope: String,
    pub access: Secret,
    pub refresh: Option<Secret>,
}

/// Whom an access token speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer {
    pub client: ClientId,
    pub owner: DeveloperId,
    pub scope: String,
    pub has_expired: bool,
}

impl Workspace {
    /// An app by its Client ID; none that is in the trash.
    pub fn client(&self, id: &ClientId) -> Result<Option<App>, StoreError> {
        let found: Option<String> = self
            .db
            .prepare_cached("SELECT id FROM apps WHERE client_id = ?1 AND deleted_at IS NULL")?
            .query_row([id.as_str()], |row| row.get(0))
            .optional()?;
        found
            .map(|id| apps::read(&self.db, &AppId::from_stored(id)))
            .transpose()
    }

    /// The public keys that JWT credentials are verified with, as JWKs.
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
                "SELECT owner, every_app, revoked_at IS NOT NULL, developers.state
                 FROM jwt_credentials JOIN developers ON developers.id = owner
                 WHERE jwt_credentials.id = ?1",
            )?
            .query_row([id.as_str()], |row| {
                Ok((
                    row.get::<_, String>(0)?,
                    row.get::<_, bool>(1)?,
                    row.get::<_, bool>(2)?,
                    row.get::<_, String>(3)?,
                ))
            })
            .optional()?;
        let Some((owner, every_app, is_revoked, state)) = found else {
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
        }))
    }

    /// What is granted from here to `commit_grants` is one commit: several who ask at once share
    /// what it costs to be durable. Nothing may be handed out before.
    pub fn begin_grants(&self) -> Result<(), StoreError> {
        Ok(self.db.execute_batch("BEGIN IMMEDIATE")?)
    }

    pub fn commit_grants(&self) -> Result<(), StoreError> {
        Ok(self.db.execute_batch("COMMIT")?)
    }

    /// Takes back what was granted since `begin_grants`, unless that was committed.
    pub fn forget_grants(&self) {
        if !self.db.is_autocommit() {
            // Should even this fail, the next to begin is told.
            let _ = self.db.execute_batch("ROLLBACK");
        }
    }

    /// All or nothing within the grants that were begun.
    pub fn open_session(
        &mut self,
        new: &NewSession<'_>,
        lifetimes: Lifetimes,
        now: UnixMs,
    ) -> Result<Tokens, StoreError> {
        let mut rng = vault::os_random()?;
        let step = self.db.savepoint()?;
        // The oldest ends first: the new one may be younger by nothing, or by the clock older.
        step.prepare_cached(
            "DELETE FROM sessions WHERE owner = ?1 AND client_id = ?2 AND id NOT IN (
                 SELECT id FROM sessions WHERE owner = ?1 AND client_id = ?2
                 ORDER BY created_at DESC, id LIMIT ?3)",
        )?
        .execute(params![
            new.owner.as_str(),
            new.client.as_str(),
            SESSIONS_MAX - 1
        ])?;
        let session = mint_id(&mut rng);
        step.prepare_cached(
            "INSERT INTO sessions (id, client_id, owner, credential, scope, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            session,
            new.client.as_str(),
            new.owner.as_str(),
            new.credential.map(JwtId::as_str),
            new.scope,
            now.0
        ])?;
        let (access, refresh) = hand_out(&step, &session, lifetimes, now, &mut rng)?;
        if let Some(credential) = new.credential {
            step.prepare_cached("UPDATE jwt_credentials SET last_used_at = ?2 WHERE id = ?1")?
                .execute(params![credential.as_str(), now.0])?;
        }
        step.commit()?;
        Ok(Tokens {
            session,
            owner: new.owner.clone(),
            scope: new.scope.to_owned(),
            access,
            refresh,
        })
    }

    /// New tokens for a session, all or nothing within the grants that were begun; the old ones are
    /// dead. `None` when the refresh token is not one
    /// of this client's, or is over.
    pub fn refresh_session(
        &mut self,
        token: &str,
        client: &ClientId,
        lifetimes: Lifetimes,
        now: UnixMs,
    ) -> Result<Option<Tokens>, StoreError> {
        let mut rng = vault::os_random()?;
        let step = self.db.savepoint()?;
        let found: Option<(String, String, String)> = step
            .prepare_cached(
                "SELECT sessions.id, owner, scope FROM session_tokens
                 JOIN sessions ON sessions.id = session
                 JOIN developers ON developers.id = owner
                 WHERE sha256 = ?1 AND kind = 'refresh' AND client_id = ?2 AND expires_at > ?3
                     AND developers.state = 'active'",
            )?
            .query_row(
                params![digest(token).as_bytes(), client.as_str(), now.0],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )
            .optional()?;
        let Some((session, owner, scope)) = found else {
            return Ok(None);
        };
        step.prepare_cached("DELETE FROM session_tokens WHERE session = ?1")?
            .execute([&session])?;
        let (access, refresh) = hand_out(&step, &session, lifetimes, now, &mut rng)?;
        step.commit()?;
        Ok(Some(Tokens {
            session,
            owner: DeveloperId::from_stored(owner),
            scope,
            access,
            refresh,
        }))
    }

    /// Ends the whole session that a token is of, if it is this client's (RFC 7009 §2.1).
    pub fn end_session(&mut self, token: &str, client: &ClientId) -> Result<(), StoreError> {
        self.db.execute(
            "DELETE FROM sessions WHERE client_id = ?2 AND id IN (
                 SELECT session FROM session_tokens WHERE sha256 = ?1)",
            params![digest(token).as_bytes(), client.as_str()],
        )?;
        Ok(())
    }

    /// Whom an access token speaks for. `None` for one that is unknown, or whose app or developer
    /// may no longer act.
    pub fn bearer(&self, token: &str, now: UnixMs) -> Result<Option<Bearer>, StoreError> {
        Ok(self
            .db
            .prepare_cached(
                "SELECT sessions.client_id, sessions.owner, scope, session_tokens.expires_at <= ?2
                 FROM session_tokens
                 JOIN sessions ON sessions.id = session
                 JOIN developers ON developers.id = sessions.owner
                 JOIN apps ON apps.client_id = sessions.client_id
                 LEFT JOIN jwt_credentials ON jwt_credentials.id = credential
                 WHERE sha256 = ?1 AND kind = 'access' AND developers.state = 'active'
                     AND apps.deleted_at IS NULL AND apps.status = 'active'
                     AND jwt_credentials.revoked_at IS NULL",
            )?
            .query_row(params![digest(token).as_bytes(), now.0], |row| {
                Ok(Bearer {
                    client: ClientId::from_stored(row.get::<_, String>(0)?),
                    owner: DeveloperId::from_stored(row.get::<_, String>(1)?),
                    scope: row.get(2)?,
                    has_expired: row.get(3)?,
                })
            })
            .optional()?)
    }

    /// The name and the address of a developer, for what the platform tells of them.
    pub fn person(&self, id: &DeveloperId) -> Result<Option<(String, String)>, StoreError> {
        Ok(self
            .db
            .query_row(
                "SELECT full_name, email FROM developers WHERE id = ?1",
                [id.as_str()],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?)
    }
}

fn digest(token: &str) -> SecretDigest {
    SecretDigest::of(&Secret::new(token))
}

fn hand_out(
    step: &Connection,
    session: &str,
    lifetimes: Lifetimes,
    now: UnixMs,
    rng: &mut rand::rngs::StdRng,
) -> Result<(Secret, Option<Secret>), StoreError> {
    let mut one = |kind: &str, seconds: i64| -> Result<Secret, StoreError> {
        let token = mint_client_secret(rng);
        step.prepare_cached(
            "INSERT INTO session_tokens (sha256, session, kind, expires_at) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![
            digest(token.expose()).as_bytes(),
            session,
            kind,
            now.0 + seconds * 1000
        ])?;
        Ok(token)
    };
    let access = one("access", lifetimes.access_s)?;
    let refresh = lifetimes
        .refresh_s
        .map(|seconds| one("refresh", seconds))
        .transpose()?;
    Ok((access, refresh))
}
