//! Exchanges a refresh token for a new pair. The old pair is remembered for a while.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rand::{Rng as _, rngs::StdRng};
use rusqlite::{Connection, params};
use sha2::Sha512;
use zeroize::Zeroizing;

use crate::store::oauth::sessions::{
    Lifetimes, Terms, Tokens,
    bearer::Block,
    end,
    kept::{Ended, OauthSession, Token, find},
    token::{numbered, session_of},
};
use crate::{
    domain::{
        oauth::credential::{CLIENT_SECRET_LEN, ClientId},
        secret::Secret,
        time::UnixMs,
    },
    store::{StoreError, Workspace, must_change_one},
};

/// How long the same pair is returned again.
/// Source: RingCentral's documentation and its observed answers.
const UNUSED_GRACE_MS: i64 = 60 * 60 * 1000;
const USED_GRACE_MS: i64 = 10_000;
/// Source: RingCentral's documentation, "Refresh tokens".
const REFRESH_LIFE_MAX_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// Former refresh tokens of a session that are remembered.
const FORMER_MAX: u32 = 100;
const SALT_BYTES: usize = 32;

/// How a replaced refresh token is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replay {
    /// It returns the same pair for a while, because responses can get lost.
    Grace,
    /// It or its successor was stolen, so the session ends (RFC 9700 §4.14.2).
    EndsSession,
}

/// The changes that a refresh makes to its session.
pub struct Renewal<'a> {
    pub replay: Replay,
    /// The part of a scope granted before that the app still has.
    pub still_granted: &'a dyn Fn(&str) -> String,
    /// The scope of the new access token, if less is asked for than the session has.
    pub narrower: Option<String>,
    /// How long after its login a session can be refreshed, in milliseconds.
    pub age_max_ms: Option<i64>,
}

impl std::fmt::Debug for Renewal<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Renewal({:?})", self.replay)
    }
}

/// The result of presenting a refresh token.
#[derive(Clone, Debug)]
pub enum Refreshed {
    Tokens(Tokens),
    Unknown,
    /// It was issued to another client.
    OfAnother,
    Expired,
    /// It was replaced, and the grace period is over.
    Replaced,
    /// A newer session replaced its session.
    Evicted,
    /// Refused as if it were unknown, until the block ends.
    Blocked(Block),
}

impl Workspace {
    /// Issues a new pair of tokens; the old pair stops working.
    pub fn refresh_session(
        &mut self,
        token: &str,
        client: &ClientId,
        terms: Terms<'_>,
        renewal: &Renewal<'_>,
        now: UnixMs,
    ) -> Result<Refreshed, StoreError> {
        let refreshed = self.granting(|db, rng| {
            let (mut session, which) = match find(db, token)? {
                Some((_, Token::Access | Token::ReplacedAccess)) | None => {
                    return Ok(Refreshed::Unknown);
                }
                Some((session, _)) if session.client != *client => return Ok(Refreshed::OfAnother),
                Some(found) => found,
            };
            let still = renewal.still_granted;
            session.scope = still(&session.scope);
            session.access_scope = session.access_scope.as_deref().map(still);
            match (session.ended, session.block, which) {
                (Some(Ended::Evicted), ..) => Ok(Refreshed::Evicted),
                (_, Some(block), _) => Ok(Refreshed::Blocked(block)),
                (Some(Ended::Revoked), ..) => Ok(Refreshed::Unknown),
                (None | Some(Ended::Expired), None, Token::ReplacedRefresh) => {
                    replayed(db, session, token, renewal.replay, now)
                }
                (None | Some(Ended::Expired), None, Token::FormerRefresh) => {
                    stolen(db, &session, renewal.replay, now)
                }
                (None | Some(Ended::Expired), None, _) => {
                    refresh(db, rng, session, token, terms, renewal, now)
                }
            }
        })?;
        if matches!(refreshed, Refreshed::Replaced)
            && renewal.replay == Replay::EndsSession
            && let Some(session) = session_of(token)
        {
            self.grants.stolen.push((session, now));
        }
        Ok(refreshed)
    }
}

fn refresh(
    db: &Connection,
    rng: &mut StdRng,
    mut session: OauthSession,
    token: &str,
    mut terms: Terms<'_>,
    renewal: &Renewal<'_>,
    now: UnixMs,
) -> Result<Refreshed, StoreError> {
    if session.refresh_ends_at.is_none_or(|end| end <= now) {
        return Ok(Refreshed::Expired);
    }
    if let Some(age_max_ms) = renewal.age_max_ms {
        let left_s = (session.created_at.0 + age_max_ms - now.0).div_euclid(1000);
        if left_s <= 0 {
            return Ok(Refreshed::Expired);
        }
        let refresh_s = &mut terms.lifetimes.refresh_s;
        *refresh_s = refresh_s.map(|seconds| seconds.min(left_s));
    }
    session.access_scope.clone_from(&renewal.narrower);
    if let Some(endpoint) = terms.endpoint {
        endpoint.clone_into(&mut session.endpoint);
    }
    let mut salt = [0_u8; SALT_BYTES];
    rng.fill_bytes(&mut salt);
    let number = session.number;
    db.prepare_cached("DELETE FROM former_refresh_tokens WHERE session = ?1 AND ends_at <= ?2")?
        .execute(params![number, now.0])?;
    // Its lifetime is not stored; none is longer than today's.
    db.prepare_cached(
        "INSERT INTO former_refresh_tokens (session, sha256, ends_at)
         SELECT number, replaced_refresh, ?2 FROM sessions
         WHERE number = ?1 AND replaced_refresh IS NOT NULL",
    )?
    .execute(params![number, now.0 + REFRESH_LIFE_MAX_MS])?;
    // A client that refreshes at each call would fill the disk. A token from before these is
    // refused too, but does not end the session.
    db.prepare_cached(
        "DELETE FROM former_refresh_tokens WHERE session = ?1 AND sha256 NOT IN (
             SELECT sha256 FROM former_refresh_tokens WHERE session = ?1
             ORDER BY ends_at DESC LIMIT ?2)",
    )?
    .execute(params![number, FORMER_MAX])?;
    let scope = session.scope.clone();
    let tokens = successors(session, token, &salt, terms.lifetimes);
    let (access, refresh) = tokens.digests();
    let (access_ends_at, refresh_ends_at) = terms.lifetimes.ends(now);
    let changed = db
        .prepare_cached(
            "UPDATE sessions SET replaced_access = access, replaced_refresh = refresh, salt = ?2,
             replaced_at = ?3, used_at = NULL, access = ?4, access_ends_at = ?5, refresh = ?6,
             refresh_ends_at = ?7, endpoint = ?8, scope = ?9, access_scope = ?10
         WHERE number = ?1",
        )?
        .execute(params![
            number,
            salt,
            now.0,
            access,
            access_ends_at,
            refresh,
            refresh_ends_at,
            tokens.endpoint,
            scope,
            renewal.narrower,
        ])?;
    must_change_one(changed)?;
    Ok(Refreshed::Tokens(tokens))
}

/// Derived from the refresh token that they replace: presenting it again gives the same pair, and
/// the file alone does not reveal it.
fn successors(session: OauthSession, old: &str, salt: &[u8], lifetimes: Lifetimes) -> Tokens {
    let derived = |kind| numbered(&derived(old, salt, kind), session.number);
    Tokens {
        access: derived(b"access"),
        refresh: lifetimes.refresh_s.map(|_| derived(b"refresh")),
        session: session.id,
        endpoint: session.endpoint,
        owner: session.owner,
        scope: session.access_scope.unwrap_or(session.scope),
        lifetimes,
    }
}

/// 264 bits, like a minted token.
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

/// Handles a refresh token that was replaced.
fn replayed(
    step: &Connection,
    session: OauthSession,
    token: &str,
    replay: Replay,
    now: UnixMs,
) -> Result<Refreshed, StoreError> {
    let Some(replaced) = session.replaced.clone() else {
        return Ok(Refreshed::Replaced);
    };
    let until = match replaced.used_at {
        Some(at) => at.0 + USED_GRACE_MS,
        None => replaced.at.0 + UNUSED_GRACE_MS,
    };
    if replay == Replay::Grace && now.0 <= until {
        return Ok(same_pair(session, &replaced.salt, token, now));
    }
    stolen(step, &session, replay, now)
}

/// The successor was used before: one of the two was stolen, or the app confused them.
fn stolen(
    step: &Connection,
    session: &OauthSession,
    replay: Replay,
    now: UnixMs,
) -> Result<Refreshed, StoreError> {
    if replay == Replay::EndsSession {
        end(step, session.number, Ended::Revoked, now)?;
    }
    Ok(Refreshed::Replaced)
}

/// The same pair again, with the rest of its lifetime.
fn same_pair(session: OauthSession, salt: &[u8], token: &str, now: UnixMs) -> Refreshed {
    let left_s = |end: UnixMs| {
        let left = (end.0 - now.0).div_euclid(1000);
        (left > 0).then_some(left)
    };
    let Some(access_s) = left_s(session.access_ends_at) else {
        return Refreshed::Replaced;
    };
    let lifetimes = Lifetimes {
        access_s,
        refresh_s: session.refresh_ends_at.and_then(left_s),
    };
    Refreshed::Tokens(successors(session, token, salt, lifetimes))
}
