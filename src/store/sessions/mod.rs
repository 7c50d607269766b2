//! Sessions of the local platform: opened by a credential or a code, refreshed, ended. Tokens are
//! kept as digests alone.

mod bearer;
mod codes;
mod refresh;

use std::collections::BTreeSet;

use rand::rngs::StdRng;
use rusqlite::{Connection, params};

pub use self::{
    bearer::{Access, Bearer, Block},
    codes::{CODE_LIFE_MS, CodeGrant, KnownCode},
    refresh::{Refreshed, Replay},
};
use super::{StoreError, Workspace};
use crate::{
    domain::{
        credential::{ClientId, SecretDigest, mint_client_secret, mint_id},
        id::{DeveloperId, JwtId},
        secret::Secret,
        time::UnixMs,
    },
    vault,
};

/// Live sessions of one developer with one app; the oldest ends beyond it.
/// Source: the platform's documentation, "Access tokens".
const SESSIONS_MAX: i64 = 5;
/// Sessions that ended and are remembered, so that their tokens can be told from unknown ones.
const ENDED_MAX: i64 = 20;

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
    /// What is left of their lives.
    pub lifetimes: Lifetimes,
}

const EVICTED: &str = "evicted";
const REVOKED: &str = "revoked";
/// By themselves: their tokens still say so.
const EXPIRED: &str = "expired";

/// What was granted and is not committed yet.
#[derive(Debug, Default)]
pub(super) struct Grants {
    /// Whose sessions with which app became more.
    opened: BTreeSet<(DeveloperId, ClientId)>,
    /// One failed half done: none of them may be committed.
    is_spoiled: bool,
}

impl Workspace {
    /// What is granted from here to `commit_grants` is one commit: several who ask at once share
    /// what it costs to be durable. Nothing may be handed out before.
    pub fn begin_grants(&mut self) -> Result<(), StoreError> {
        self.db.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        self.grants = Grants::default();
        Ok(())
    }

    pub fn commit_grants(&mut self, now: UnixMs) -> Result<(), StoreError> {
        if self.grants.is_spoiled {
            let told = "a token that was asked for at the same time could not be kept";
            return Err(StoreError::Other(told.to_owned()));
        }
        for (owner, client) in std::mem::take(&mut self.grants.opened) {
            end_the_oldest(&self.db, &owner, &client, now)?;
        }
        self.db.prepare_cached("COMMIT")?.execute([])?;
        Ok(())
    }

    /// Takes back what was granted since `begin_grants`, unless that was committed.
    pub fn forget_grants(&mut self) {
        self.grants = Grants::default();
        if !self.db.is_autocommit() {
            // Should even this fail, the next to begin is told.
            let _ = self.db.execute_batch("ROLLBACK");
        }
    }

    /// One of the grants that were begun. Should it fail, none of them is committed: a savepoint
    /// for each would copy every page that it touches.
    fn granting<T>(
        &mut self,
        grant: impl FnOnce(&Connection, &mut StdRng) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let was_spoiled = std::mem::replace(&mut self.grants.is_spoiled, true);
        let granted = grant(&self.db, &mut vault::os_random()?)?;
        self.grants.is_spoiled = was_spoiled;
        Ok(granted)
    }

    /// Within grants that were begun; so are those by a code or a refresh.
    pub fn open_session(
        &mut self,
        new: &NewSession<'_>,
        lifetimes: Lifetimes,
        now: UnixMs,
    ) -> Result<Tokens, StoreError> {
        let tokens = self.granting(|db, rng| {
            let tokens = open(db, new, lifetimes, now, rng)?;
            if let Some(credential) = new.credential {
                // A login at each call must not be one more write at each call.
                db.prepare_cached(
                    "UPDATE jwt_credentials SET last_used_at = ?2
                     WHERE id = ?1 AND coalesce(last_used_at, 0) <= ?2 - 60000",
                )?
                .execute(params![credential.as_str(), now.0])?;
            }
            Ok(tokens)
        })?;
        self.has_opened(new);
        Ok(tokens)
    }

    fn has_opened(&mut self, new: &NewSession<'_>) {
        let whose = (new.owner.clone(), new.client.clone());
        self.grants.opened.insert(whose);
    }

    /// Ends the whole session that a token is of, if it is this client's (RFC 7009 §2.1).
    pub fn end_session(
        &mut self,
        token: &str,
        client: &ClientId,
        now: UnixMs,
    ) -> Result<(), StoreError> {
        self.db.execute(
            "UPDATE sessions SET ended_at = ?3, ended_by = ?4
             WHERE ended_at IS NULL AND client_id = ?2 AND id IN (
                 SELECT session FROM session_tokens WHERE sha256 = ?1
                 UNION SELECT session FROM replaced_tokens WHERE sha256 = ?1)",
            params![digest(token).as_bytes(), client.as_str(), now.0, REVOKED],
        )?;
        Ok(())
    }
}

/// Another password: whoever knew the old one must not go on. Source: the platform's
/// documentation, "Access tokens".
pub(super) fn end_sessions_of(
    step: &Connection,
    who: &DeveloperId,
    now: UnixMs,
) -> rusqlite::Result<()> {
    step.execute(
        "UPDATE sessions SET ended_at = ?2, ended_by = ?3 WHERE owner = ?1 AND ended_at IS NULL",
        params![who.as_str(), now.0, REVOKED],
    )?;
    Ok(())
}

/// What a JWT credential opened: for apps that it is not for, or, once it is revoked, all of it.
pub(super) fn end_sessions_by(
    step: &Connection,
    credential: &JwtId,
    is_revoked: bool,
    now: UnixMs,
) -> rusqlite::Result<()> {
    step.execute(
        "UPDATE sessions SET ended_at = ?2, ended_by = ?3
         WHERE credential = ?1 AND ended_at IS NULL
             AND (?4 OR client_id NOT IN (
                 SELECT client_id FROM jwt_credential_apps WHERE credential = ?1))",
        params![credential.as_str(), now.0, REVOKED, is_revoked],
    )?;
    Ok(())
}

fn open(
    step: &Connection,
    new: &NewSession<'_>,
    lifetimes: Lifetimes,
    now: UnixMs,
    rng: &mut StdRng,
) -> Result<Tokens, StoreError> {
    let session = mint_id(rng);
    // After a clock that was set back the new one is still the newest.
    step.prepare_cached(
        "INSERT INTO sessions (id, client_id, owner, credential, scope, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, max(?6, coalesce((
             SELECT created_at + (created_at > ?6) FROM sessions
             WHERE owner = ?3 AND client_id = ?2 AND ended_at IS NULL
             ORDER BY created_at DESC LIMIT 1), 0)))",
    )?
    .execute(params![
        session,
        new.client.as_str(),
        new.owner.as_str(),
        new.credential.map(JwtId::as_str),
        new.scope,
        now.0
    ])?;
    let tokens = Tokens {
        session,
        owner: new.owner.clone(),
        scope: new.scope.to_owned(),
        access: mint_client_secret(rng),
        refresh: lifetimes.refresh_s.map(|_| mint_client_secret(rng)),
        lifetimes,
    };
    keep(step, &tokens, lifetimes, now)?;
    Ok(tokens)
}

/// Once for all that were opened together.
fn end_the_oldest(
    db: &Connection,
    owner: &DeveloperId,
    client: &ClientId,
    now: UnixMs,
) -> rusqlite::Result<()> {
    let (owner, client) = (owner.as_str(), client.as_str());
    // Those that are over do not count towards the live ones, and are forgotten like all others.
    db.prepare_cached(
        "UPDATE sessions SET ended_at = ?3, ended_by = ?4
         WHERE owner = ?1 AND client_id = ?2 AND ended_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM session_tokens
                 WHERE session = sessions.id AND expires_at > ?3)",
    )?
    .execute(params![owner, client, now.0, EXPIRED])?;
    db.prepare_cached(
        "UPDATE sessions SET ended_at = ?4, ended_by = ?5 WHERE id IN (
             SELECT id FROM sessions
             WHERE owner = ?1 AND client_id = ?2 AND ended_at IS NULL
             ORDER BY created_at DESC, id DESC LIMIT -1 OFFSET ?3)",
    )?
    .execute(params![owner, client, SESSIONS_MAX, now.0, EVICTED])?;
    db.prepare_cached(
        "DELETE FROM sessions WHERE id IN (
             SELECT id FROM sessions
             WHERE owner = ?1 AND client_id = ?2 AND ended_at IS NOT NULL
             ORDER BY ended_at DESC, id DESC LIMIT -1 OFFSET ?3)",
    )?
    .execute(params![owner, client, ENDED_MAX])?;
    Ok(())
}

fn keep(
    step: &Connection,
    tokens: &Tokens,
    lifetimes: Lifetimes,
    now: UnixMs,
) -> Result<(), StoreError> {
    let mut insert = step.prepare_cached(
        "INSERT INTO session_tokens (sha256, session, kind, expires_at) VALUES (?1, ?2, ?3, ?4)",
    )?;
    let mut one = |token: &Secret, kind: &str, seconds: i64| {
        insert.execute(params![
            digest(token.expose()).as_bytes(),
            tokens.session,
            kind,
            now.0 + seconds * 1000
        ])
    };
    one(&tokens.access, "access", lifetimes.access_s)?;
    if let (Some(refresh), Some(seconds)) = (&tokens.refresh, lifetimes.refresh_s) {
        one(refresh, "refresh", seconds)?;
    }
    Ok(())
}

fn digest(token: &str) -> SecretDigest {
    SecretDigest::of(&Secret::new(token))
}
