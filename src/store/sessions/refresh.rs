//! A refresh token becomes a new pair; the old pair is remembered for a while.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rand::{Rng as _, rngs::StdRng};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use sha2::Sha512;
use zeroize::Zeroizing;

use super::{EVICTED, EXPIRED, Lifetimes, REVOKED, Tokens, digest, keep};
use crate::{
    domain::{
        credential::{CLIENT_SECRET_LEN, ClientId},
        id::DeveloperId,
        secret::Secret,
        time::UnixMs,
    },
    store::{StoreError, Workspace},
};

/// How long the pair of a refresh is given again. Source: the platform's documentation and its
/// answers about refreshing, as far as they were observed.
const UNUSED_GRACE_MS: i64 = 60 * 60 * 1000;
const USED_GRACE_MS: i64 = 10_000;
const SALT_BYTES: usize = 32;

/// What becomes of a refresh token that was replaced already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replay {
    /// The same pair again, for a while: answers get lost.
    Grace,
    /// It was stolen, or its successor was: the session ends (RFC 9700 §4.14.2).
    EndsSession,
}

/// What came of a refresh token.
#[derive(Clone, Debug)]
pub enum Refreshed {
    Tokens(Tokens),
    Unknown,
    Expired,
    /// It was replaced before, and the grace is over.
    Replaced,
    /// Its session was ended by a newer one.
    Evicted,
}

impl Workspace {
    /// New tokens for a session; the old ones are dead.
    pub fn refresh_session(
        &mut self,
        token: &str,
        client: &ClientId,
        lifetimes: Lifetimes,
        replay: Replay,
        now: UnixMs,
    ) -> Result<Refreshed, StoreError> {
        self.granting(|db, rng| refresh(db, rng, token, client, lifetimes, replay, now))
    }
}

fn refresh(
    db: &Connection,
    rng: &mut StdRng,
    token: &str,
    client: &ClientId,
    lifetimes: Lifetimes,
    replay: Replay,
    now: UnixMs,
) -> Result<Refreshed, StoreError> {
    let found: Option<(Opened, i64)> = db
        .prepare_cached(
            "SELECT sessions.id, owner, scope, ended_by, expires_at FROM session_tokens
                 JOIN sessions ON sessions.id = session
                 JOIN developers ON developers.id = owner
                 WHERE sha256 = ?1 AND kind = 'refresh' AND client_id = ?2
                     AND developers.state = 'active'",
        )?
        .query_row(params![digest(token).as_bytes(), client.as_str()], |row| {
            Ok((Opened::read(row)?, row.get(4)?))
        })
        .optional()?;
    let Some((opened, expires_at)) = found else {
        return replayed(db, token, client, replay, now);
    };
    if let Some(ended) = opened.refused() {
        return Ok(ended);
    }
    if expires_at <= now.0 {
        return Ok(Refreshed::Expired);
    }
    // One generation of replaced tokens is kept.
    db.prepare_cached("DELETE FROM replaced_tokens WHERE session = ?1")?
        .execute([&opened.session])?;
    let mut salt = [0_u8; SALT_BYTES];
    rng.fill_bytes(&mut salt);
    db.prepare_cached(
        "INSERT INTO replaced_tokens (sha256, session, kind, replaced_at, salt)
             SELECT sha256, session, kind, ?2, iif(kind = 'refresh', ?3, NULL)
             FROM session_tokens WHERE session = ?1",
    )?
    .execute(params![opened.session, now.0, salt])?;
    db.prepare_cached("DELETE FROM session_tokens WHERE session = ?1")?
        .execute([&opened.session])?;
    let tokens = opened.successors(token, &salt, lifetimes);
    keep(db, &tokens, lifetimes, now)?;
    Ok(Refreshed::Tokens(tokens))
}

/// A session that a token was found for.
struct Opened {
    session: String,
    owner: DeveloperId,
    scope: String,
    ended_by: Option<String>,
}

impl Opened {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            session: row.get(0)?,
            owner: DeveloperId::from_stored(row.get::<_, String>(1)?),
            scope: row.get(2)?,
            ended_by: row.get(3)?,
        })
    }

    fn refused(&self) -> Option<Refreshed> {
        match self.ended_by.as_deref() {
            None | Some(EXPIRED) => None,
            Some(EVICTED) => Some(Refreshed::Evicted),
            Some(_) => Some(Refreshed::Unknown),
        }
    }

    /// Made of the refresh token that they replace: who presents it again gets them again, and
    /// the file alone does not tell them.
    fn successors(self, old: &str, salt: &[u8], lifetimes: Lifetimes) -> Tokens {
        Tokens {
            access: derived(old, salt, b"access"),
            refresh: lifetimes.refresh_s.map(|_| derived(old, salt, b"refresh")),
            session: self.session,
            owner: self.owner,
            scope: self.scope,
            lifetimes,
        }
    }
}

/// 264 bits, as a minted token has.
fn derived(old: &str, salt: &[u8], kind: &[u8]) -> Secret {
    let mut text = String::with_capacity(CLIENT_SECRET_LEN);
    // HMAC takes a key of any length.
    if let Ok(mut mac) = Hmac::<Sha512>::new_from_slice(old.as_bytes()) {
        mac.update(salt);
        mac.update(kind);
        let bytes = Zeroizing::new(mac.finalize().into_bytes().to_vec());
        URL_SAFE_NO_PAD.encode_string(bytes.get(..33).unwrap_or_default(), &mut text);
    }
    Secret::new(text)
}

/// What a refresh token that was replaced is still worth.
fn replayed(
    step: &Connection,
    token: &str,
    client: &ClientId,
    replay: Replay,
    now: UnixMs,
) -> Result<Refreshed, StoreError> {
    type Row = (Opened, i64, Option<Vec<u8>>, Option<i64>);
    let found: Option<Row> = step
        .prepare_cached(
            "SELECT sessions.id, owner, scope, ended_by, replaced_at, salt, used_at
             FROM replaced_tokens
             JOIN sessions ON sessions.id = session
             JOIN developers ON developers.id = owner
             WHERE sha256 = ?1 AND kind = 'refresh' AND client_id = ?2
                 AND developers.state = 'active'",
        )?
        .query_row(params![digest(token).as_bytes(), client.as_str()], |row| {
            Ok((Opened::read(row)?, row.get(4)?, row.get(5)?, row.get(6)?))
        })
        .optional()?;
    let Some((opened, replaced_at, salt, used_at)) = found else {
        return Ok(Refreshed::Unknown);
    };
    if let Some(ended) = opened.refused() {
        return Ok(ended);
    }
    let until = used_at.map_or(replaced_at + UNUSED_GRACE_MS, |at| at + USED_GRACE_MS);
    match (replay, salt) {
        (Replay::Grace, Some(salt)) if now.0 <= until => again(step, opened, token, &salt, now),
        (Replay::Grace, _) => Ok(Refreshed::Replaced),
        (Replay::EndsSession, _) => {
            end(step, &opened.session, REVOKED, now)?;
            Ok(Refreshed::Replaced)
        }
    }
}

/// The pair that was given before, with what is left of it.
fn again(
    step: &Connection,
    opened: Opened,
    token: &str,
    salt: &[u8],
    now: UnixMs,
) -> Result<Refreshed, StoreError> {
    let left_s = |token: &Secret| -> Result<Option<i64>, StoreError> {
        let expires_at: Option<i64> = step
            .prepare_cached("SELECT expires_at FROM session_tokens WHERE sha256 = ?1")?
            .query_row([digest(token.expose()).as_bytes()], |row| row.get(0))
            .optional()?;
        let left = expires_at.map(|at| (at - now.0).div_euclid(1000));
        Ok(left.filter(|left| *left > 0))
    };
    let both = Lifetimes {
        access_s: 0,
        refresh_s: Some(0),
    };
    let mut tokens = opened.successors(token, salt, both);
    let Some(access_s) = left_s(&tokens.access)? else {
        return Ok(Refreshed::Replaced);
    };
    let refresh_s = match &tokens.refresh {
        Some(refresh) => left_s(refresh)?,
        None => None,
    };
    if refresh_s.is_none() {
        tokens.refresh = None;
    }
    tokens.lifetimes = Lifetimes {
        access_s,
        refresh_s,
    };
    Ok(Refreshed::Tokens(tokens))
}

fn end(step: &Connection, session: &str, by: &str, now: UnixMs) -> rusqlite::Result<()> {
    step.execute(
        "UPDATE sessions SET ended_at = ?2, ended_by = ?3 WHERE id = ?1 AND ended_at IS NULL",
        params![session, now.0, by],
    )?;
    Ok(())
}
