//! OAuth sessions: opened by a JWT credential or a code, refreshed, ended. Tokens are stored as
//! digests.

mod bearer;
mod codes;
mod kept;
mod listed;
mod refresh;
mod token;

use std::collections::BTreeSet;

use rand::rngs::StdRng;
use rusqlite::{Connection, params};

use crate::store::oauth::sessions::kept::Ended;
pub use crate::store::oauth::sessions::{
    bearer::{Access, Bearer, Block},
    codes::{CODE_LIFE_MS, CodeGrant, KnownCode},
    refresh::{Refreshed, Renewal, Replay},
};
use crate::store::{StoreError, Workspace, file::mark, must_change_one, none_left};
use crate::{
    domain::{
        id::{DeveloperId, JwtId},
        oauth::{
            app_session::SESSIONS_MAX,
            credential::{ClientId, SecretDigest, mint_id},
        },
        secret::Secret,
        time::UnixMs,
    },
    vault,
};

/// Ended sessions that are kept, to distinguish their tokens from unknown ones.
const ENDED_MAX: usize = 20;

/// Lifetimes of tokens, in seconds. `None`: without a refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    pub access_s: i64,
    pub refresh_s: Option<i64>,
}

impl Lifetimes {
    /// When the tokens expire if they are issued now.
    fn ends(self, now: UnixMs) -> (i64, Option<i64>) {
        let end = |seconds: i64| now.0 + seconds * 1000;
        (end(self.access_s), self.refresh_s.map(end))
    }
}

/// The terms of a token request, whatever its grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms<'a> {
    pub lifetimes: Lifetimes,
    /// The client's name for the device or server it runs on. `None`: a new one is made.
    pub endpoint: Option<&'a str>,
}

/// A session to be opened.
#[derive(Clone, Debug)]
pub struct NewSession<'a> {
    pub client: &'a ClientId,
    pub owner: &'a DeveloperId,
    pub credential: Option<&'a JwtId>,
    pub scope: &'a str,
}

/// Issued tokens. They can be read here only.
#[derive(Clone, Debug)]
pub struct Tokens {
    pub session: String,
    pub endpoint: String,
    pub owner: DeveloperId,
    pub scope: String,
    pub access: Secret,
    pub refresh: Option<Secret>,
    /// The rest of their lifetimes.
    pub lifetimes: Lifetimes,
}

impl Tokens {
    /// The digests to store.
    fn digests(&self) -> ([u8; 32], Option<[u8; 32]>) {
        let digest = |token: &Secret| *SecretDigest::of(token).as_bytes();
        (digest(&self.access), self.refresh.as_ref().map(digest))
    }
}

/// The result of revoking a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revoked {
    /// Its session has ended, now or before.
    Ended,
    /// It was issued to another client. Nothing changed.
    OfAnother,
    Unknown,
}

/// Grants that are not committed yet.
#[derive(Debug, Default)]
pub(in crate::store) struct Grants {
    /// Other connections cannot commit meanwhile, so `changes_of_others` stays the same.
    pub(in crate::store) as_of: Option<i64>,
    rng: Option<StdRng>,
    /// The developers and apps that got a new session.
    opened: BTreeSet<(DeveloperId, ClientId)>,
    /// Sessions that end because one of their tokens was stolen. They end even if the commit fails,
    /// e.g. because of another request at the same time.
    stolen: Vec<(i64, UnixMs)>,
    /// One grant failed half-way: none may be committed.
    is_spoiled: bool,
}

impl Workspace {
    /// Starts a commit that ends at `commit_grants`: simultaneous requests share the cost of a
    /// durable write. No token may leave before the commit.
    pub fn begin_grants(&mut self) -> Result<(), StoreError> {
        self.db.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        self.schema.must_be_ours(&self.db)?;
        self.grants = Grants {
            // The first read of the transaction: a number from before it would be too old.
            as_of: Some(self.data_version()?),
            rng: Some(vault::os_random()?),
            ..Grants::default()
        };
        Ok(())
    }

    pub fn commit_grants(&mut self, now: UnixMs) -> Result<(), StoreError> {
        if self.grants.is_spoiled {
            let told = "a token requested at the same time could not be saved";
            return Err(StoreError::Other(told.to_owned()));
        }
        for (owner, client) in std::mem::take(&mut self.grants.opened) {
            end_the_oldest(&self.db, &owner, &client, now)?;
        }
        mark::advance(&self.db)?;
        self.db.prepare_cached("COMMIT")?.execute([])?;
        self.grants.stolen.clear();
        Ok(())
    }

    /// Rolls back the grants since `begin_grants`, unless they were committed.
    pub fn forget_grants(&mut self) {
        let stolen = std::mem::take(&mut self.grants).stolen;
        if !self.db.is_autocommit() {
            // If even this fails, the next `begin_grants` reports it.
            let _ = self.db.execute_batch("ROLLBACK");
        }
        if !stolen.is_empty() {
            // If this fails too, the thief's next request ends the session.
            let _ = self.end_stolen(&stolen);
        }
    }

    fn end_stolen(&mut self, stolen: &[(i64, UnixMs)]) -> Result<(), StoreError> {
        let step = self.write()?;
        for (session, now) in stolen {
            end(&step, *session, Ended::Revoked, *now)?;
        }
        step.commit()?;
        Ok(())
    }

    /// Runs one of the grants that were begun. If it fails, none of them is committed: a savepoint
    /// for each would copy every page that it touches.
    fn granting<T>(
        &mut self,
        grant: impl FnOnce(&Connection, &mut StdRng) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let was_spoiled = std::mem::replace(&mut self.grants.is_spoiled, true);
        let rng = self.grants.rng.as_mut();
        let rng = rng.ok_or_else(|| StoreError::Other("no grants were begun".to_owned()))?;
        let granted = grant(&self.db, rng)?;
        self.grants.is_spoiled = was_spoiled;
        Ok(granted)
    }

    /// Must be within begun grants, as for codes and refreshes.
    pub fn open_session(
        &mut self,
        new: &NewSession<'_>,
        terms: Terms<'_>,
        now: UnixMs,
    ) -> Result<Tokens, StoreError> {
        let tokens = self.granting(|db, rng| {
            let (_, tokens) = open(db, new, terms, now, rng)?;
            if let Some(credential) = new.credential {
                // An app that logs in at each call must not cause another write at each call.
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

    /// Ends the session of a token, if the session belongs to this client (RFC 7009 §2.1).
    pub fn end_session(
        &mut self,
        token: &str,
        client: &ClientId,
        now: UnixMs,
    ) -> Result<Revoked, StoreError> {
        match kept::find(&self.db, token)? {
            Some((session, _)) if session.client == *client => {
                let step = self.write()?;
                end(&step, session.number, Ended::Revoked, now)?;
                let left = "sessions WHERE number = ?1 AND ended_at IS NULL";
                none_left(&step, left, [session.number])?;
                step.commit()?;
                Ok(Revoked::Ended)
            }
            Some(_) => Ok(Revoked::OfAnother),
            None => Ok(Revoked::Unknown),
        }
    }
}

fn end(step: &Connection, session: i64, why: Ended, now: UnixMs) -> rusqlite::Result<()> {
    step.prepare_cached(
        "UPDATE sessions SET ended_at = ?2, ended_by = ?3 WHERE number = ?1 AND ended_at IS NULL",
    )?
    .execute(params![session, now.0, why.as_str()])?;
    Ok(())
}

/// Ends all sessions after a password change: a person who knew the old password must not continue.
/// Source: RingCentral's documentation, "Access tokens".
pub(in crate::store) fn end_sessions_of(
    step: &Connection,
    who: &DeveloperId,
    now: UnixMs,
) -> Result<(), StoreError> {
    step.execute(
        "UPDATE sessions SET ended_at = ?2, ended_by = ?3 WHERE owner = ?1 AND ended_at IS NULL",
        params![who.as_str(), now.0, Ended::Revoked.as_str()],
    )?;
    step.execute(
        "UPDATE authorization_codes SET is_withdrawn = 1 WHERE owner = ?1",
        [who.as_str()],
    )?;
    for left in [
        "sessions WHERE owner = ?1 AND ended_at IS NULL",
        "authorization_codes WHERE owner = ?1 AND NOT is_withdrawn",
    ] {
        none_left(step, left, [who.as_str()])?;
    }
    Ok(())
}

/// Ends the sessions of a JWT credential: for apps that it no longer allows or, if it was revoked,
/// all of them.
pub(in crate::store) fn end_sessions_by(
    step: &Connection,
    credential: &JwtId,
    is_revoked: bool,
    now: UnixMs,
) -> Result<(), StoreError> {
    const THEIRS: &str = "credential = ?1 AND ended_at IS NULL
        AND (?2 OR client_id NOT IN (
            SELECT client_id FROM jwt_credential_apps WHERE credential = ?1))";
    step.execute(
        &format!("UPDATE sessions SET ended_at = ?3, ended_by = ?4 WHERE {THEIRS}"),
        params![
            credential.as_str(),
            is_revoked,
            now.0,
            Ended::Revoked.as_str()
        ],
    )?;
    let left = format!("sessions WHERE {THEIRS}");
    none_left(step, &left, params![credential.as_str(), is_revoked])
}

/// Deletes all sessions and codes of a deleted app.
pub(in crate::store) fn forget_client(
    step: &Connection,
    client: &ClientId,
) -> Result<(), StoreError> {
    for table in ["sessions", "authorization_codes"] {
        let forget = format!("DELETE FROM {table} WHERE client_id = ?1");
        step.execute(&forget, [client.as_str()])?;
        none_left(
            step,
            &format!("{table} WHERE client_id = ?1"),
            [client.as_str()],
        )?;
    }
    Ok(())
}

fn open(
    step: &Connection,
    new: &NewSession<'_>,
    terms: Terms<'_>,
    now: UnixMs,
    rng: &mut StdRng,
) -> Result<(i64, Tokens), StoreError> {
    let lifetimes = terms.lifetimes;
    let number = step
        .prepare_cached("SELECT coalesce(max(number), 0) + 1 FROM sessions")?
        .query_row([], |row| row.get(0))?;
    let session = mint_id(rng);
    let tokens = Tokens {
        endpoint: terms.endpoint.map_or_else(|| mint_id(rng), str::to_owned),
        session,
        owner: new.owner.clone(),
        scope: new.scope.to_owned(),
        access: token::mint(rng, number),
        refresh: lifetimes.refresh_s.map(|_| token::mint(rng, number)),
        lifetimes,
    };
    let (access, refresh) = tokens.digests();
    let (access_ends_at, refresh_ends_at) = lifetimes.ends(now);
    let changed = step
        .prepare_cached(
            "INSERT INTO sessions (number, id, endpoint, client_id, owner, credential, scope,
             created_at, access, access_ends_at, refresh, refresh_ends_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .execute(params![
            number,
            tokens.session,
            tokens.endpoint,
            new.client.as_str(),
            new.owner.as_str(),
            new.credential.map(JwtId::as_str),
            new.scope,
            now.0,
            access,
            access_ends_at,
            refresh,
            refresh_ends_at,
        ])?;
    must_change_one(changed)?;
    Ok((number, tokens))
}

/// Runs once for all sessions that were opened together. The youngest sessions stay, whatever the
/// clock said when they were opened; expired ones do not count. Of the ended ones, the youngest are
/// kept.
fn end_the_oldest(
    db: &Connection,
    owner: &DeveloperId,
    client: &ClientId,
    now: UnixMs,
) -> rusqlite::Result<()> {
    let mut sessions = db.prepare_cached(
        "SELECT number, ended_at IS NOT NULL,
             max(access_ends_at, coalesce(refresh_ends_at, 0)) <= ?3
         FROM sessions WHERE client_id = ?1 AND owner = ?2 ORDER BY number DESC",
    )?;
    let mut rows = sessions.query(params![client.as_str(), owner.as_str(), now.0])?;
    let (mut live, mut remembered) = (0, 0);
    let (mut ending, mut forgotten) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next()? {
        let number: i64 = row.get(0)?;
        let why = match (row.get(1)?, row.get(2)?) {
            (true, _) => None,
            (false, true) => Some(Ended::Expired),
            (false, false) if live == SESSIONS_MAX => Some(Ended::Evicted),
            (false, false) => {
                live += 1;
                continue;
            }
        };
        if remembered == ENDED_MAX {
            forgotten.push(number);
            continue;
        }
        remembered += 1;
        ending.extend(why.map(|why| (number, why)));
    }
    drop(rows);
    for (number, why) in ending {
        end(db, number, why, now)?;
    }
    for number in forgotten {
        db.prepare_cached("DELETE FROM sessions WHERE number = ?1")?
            .execute([number])?;
    }
    Ok(())
}
