//! Sessions of the local platform: opened by a credential or a code, refreshed, ended. Tokens are
//! kept as digests alone.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rand::{Rng as _, rngs::StdRng};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use sha2::Sha512;
use zeroize::Zeroizing;

use super::{StoreError, Workspace};
use crate::{
    domain::{
        credential::{CLIENT_SECRET_LEN, ClientId, SecretDigest, mint_client_secret, mint_id},
        id::{DeveloperId, JwtId},
        pkce::Challenge,
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
/// Codes that are remembered, so that a second use is told from an unknown code.
const CODES_REMEMBERED_MS: i64 = 24 * 3600 * 1000;
/// Source: the platform's documentation, "Authorization code flow".
pub const CODE_LIFE_MS: i64 = 60_000;
/// How long the pair of a refresh is given again. Source: the platform's documentation and its
/// answers about refreshing, as far as they were observed.
const UNUSED_GRACE_MS: i64 = 60 * 60 * 1000;
const USED_GRACE_MS: i64 = 10_000;
const SALT_BYTES: usize = 32;

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

/// Whom an access token speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer {
    pub client: ClientId,
    pub owner: DeveloperId,
    pub scope: String,
    pub issued_at: UnixMs,
    pub expires_at: UnixMs,
}

/// What an access token is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    Speaks(Bearer),
    Unknown,
    Expired,
    /// A refresh took its place.
    Replaced {
        at: UnixMs,
    },
    /// Its session was ended by a newer one.
    Evicted,
}

/// What a code stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeGrant {
    pub client: ClientId,
    pub owner: DeveloperId,
    pub redirect_uri: String,
    /// The authorize request named it: then the token request has to (RFC 6749 §4.1.3).
    pub redirect_sent: bool,
    pub challenge: Option<Challenge>,
    pub scope: String,
    pub nonce: Option<String>,
}

/// What is known of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownCode {
    pub grant: CodeGrant,
    pub issued_at: UnixMs,
    pub is_used: bool,
}

const EVICTED: &str = "evicted";
const REVOKED: &str = "revoked";

impl Workspace {
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

    /// All or nothing within the grants that were begun; so are those by a code or a refresh.
    pub fn open_session(
        &mut self,
        new: &NewSession<'_>,
        lifetimes: Lifetimes,
        now: UnixMs,
    ) -> Result<Tokens, StoreError> {
        let mut rng = vault::os_random()?;
        let step = self.db.savepoint()?;
        let tokens = open(&step, new, lifetimes, now, &mut rng)?;
        if let Some(credential) = new.credential {
            // A login at each call must not be one more write at each call.
            step.prepare_cached(
                "UPDATE jwt_credentials SET last_used_at = ?2
                 WHERE id = ?1 AND coalesce(last_used_at, 0) <= ?2 - 60000",
            )?
            .execute(params![credential.as_str(), now.0])?;
        }
        step.commit()?;
        Ok(tokens)
    }

    /// A code for what somebody allowed.
    pub fn issue_code(&mut self, grant: &CodeGrant, now: UnixMs) -> Result<Secret, StoreError> {
        let code = mint_client_secret(&mut vault::os_random()?);
        let step = self.write()?;
        step.execute(
            "DELETE FROM authorization_codes WHERE issued_at < ?1",
            [now.0 - CODES_REMEMBERED_MS],
        )?;
        step.execute(
            "INSERT INTO authorization_codes (sha256, client_id, owner, redirect_uri,
                 redirect_sent, challenge, challenge_s256, scope, nonce, issued_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            params![
                digest(code.expose()).as_bytes(),
                grant.client.as_str(),
                grant.owner.as_str(),
                grant.redirect_uri,
                grant.redirect_sent,
                grant.challenge.as_ref().map(Challenge::as_str),
                grant.challenge.as_ref().is_some_and(Challenge::is_s256),
                grant.scope,
                grant.nonce,
                now.0
            ],
        )?;
        step.commit()?;
        Ok(code)
    }

    pub fn code(&self, code: &str) -> Result<Option<KnownCode>, StoreError> {
        Ok(self
            .db
            .prepare_cached(
                "SELECT client_id, owner, redirect_uri, redirect_sent, challenge, challenge_s256,
                     scope, nonce, issued_at, session IS NOT NULL
                 FROM authorization_codes WHERE sha256 = ?1",
            )?
            .query_row([digest(code).as_bytes()], |row| {
                let is_s256: bool = row.get(5)?;
                let challenge: Option<String> = row.get(4)?;
                Ok(KnownCode {
                    grant: CodeGrant {
                        client: ClientId::from_stored(row.get::<_, String>(0)?),
                        owner: DeveloperId::from_stored(row.get::<_, String>(1)?),
                        redirect_uri: row.get(2)?,
                        redirect_sent: row.get(3)?,
                        challenge: challenge.map(|text| Challenge::from_stored(text, is_s256)),
                        scope: row.get(6)?,
                        nonce: row.get(7)?,
                    },
                    issued_at: UnixMs(row.get(8)?),
                    is_used: row.get(9)?,
                })
            })
            .optional()?)
    }

    /// A session for a code that was found good. `None` when it was used before, or its owner is
    /// disabled: then nothing was opened.
    pub fn redeem_code(
        &mut self,
        code: &str,
        grant: &CodeGrant,
        lifetimes: Lifetimes,
        now: UnixMs,
    ) -> Result<Option<Tokens>, StoreError> {
        let mut rng = vault::os_random()?;
        let step = self.db.savepoint()?;
        let may: bool = step
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM developers WHERE id = ?1 AND state = 'active')",
            )?
            .query_row([grant.owner.as_str()], |row| row.get(0))?;
        if !may {
            return Ok(None);
        }
        let new = NewSession {
            client: &grant.client,
            owner: &grant.owner,
            credential: None,
            scope: &grant.scope,
        };
        let tokens = open(&step, &new, lifetimes, now, &mut rng)?;
        let changed = step.execute(
            "UPDATE authorization_codes SET session = ?2 WHERE sha256 = ?1 AND session IS NULL",
            params![digest(code).as_bytes(), tokens.session],
        )?;
        if changed == 0 {
            return Ok(None);
        }
        step.commit()?;
        Ok(Some(tokens))
    }

    /// A code was presented again: what it opened ends (RFC 6749 §4.1.2).
    pub fn end_session_of_code(&mut self, code: &str, now: UnixMs) -> Result<(), StoreError> {
        self.db.execute(
            "UPDATE sessions SET ended_at = ?2, ended_by = ?3
             WHERE ended_at IS NULL AND id IN (
                 SELECT session FROM authorization_codes WHERE sha256 = ?1)",
            params![digest(code).as_bytes(), now.0, REVOKED],
        )?;
        Ok(())
    }

    /// New tokens for a session; the old ones are dead.
    pub fn refresh_session(
        &mut self,
        token: &str,
        client: &ClientId,
        lifetimes: Lifetimes,
        replay: Replay,
        now: UnixMs,
    ) -> Result<Refreshed, StoreError> {
        let mut rng = vault::os_random()?;
        let step = self.db.savepoint()?;
        let found: Option<(Opened, i64)> = step
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
            let again = replayed(&step, token, client, lifetimes, replay, now)?;
            step.commit()?;
            return Ok(again);
        };
        if let Some(ended) = opened.refused() {
            return Ok(ended);
        }
        if expires_at <= now.0 {
            return Ok(Refreshed::Expired);
        }
        // One generation of replaced tokens is kept.
        step.prepare_cached("DELETE FROM replaced_tokens WHERE session = ?1")?
            .execute([&opened.session])?;
        let mut salt = [0_u8; SALT_BYTES];
        rng.fill_bytes(&mut salt);
        step.prepare_cached(
            "INSERT INTO replaced_tokens (sha256, session, kind, replaced_at, salt)
             SELECT sha256, session, kind, ?2, iif(kind = 'refresh', ?3, NULL)
             FROM session_tokens WHERE session = ?1",
        )?
        .execute(params![opened.session, now.0, salt])?;
        step.prepare_cached("DELETE FROM session_tokens WHERE session = ?1")?
            .execute([&opened.session])?;
        let tokens = opened.successors(token, &salt, lifetimes);
        keep(&step, &tokens, lifetimes, now)?;
        step.commit()?;
        Ok(Refreshed::Tokens(tokens))
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

    /// What an access token is worth. `Unknown` also for one whose app, developer or credential
    /// may no longer act.
    pub fn access(&self, token: &str, now: UnixMs) -> Result<Access, StoreError> {
        let found: Option<(Bearer, Option<String>)> = self
            .db
            .prepare_cached(&format!(
                "SELECT {BEARER} FROM session_tokens {MAY_ACT}
                 WHERE sha256 = ?1 AND kind = 'access' AND developers.state = 'active'
                     AND apps.deleted_at IS NULL AND apps.status = 'active'
                     AND jwt_credentials.revoked_at IS NULL"
            ))?
            .query_row([digest(token).as_bytes()], |row| {
                Ok((bearer(row)?, row.get(5)?))
            })
            .optional()?;
        match found {
            Some((_, Some(by))) if by == EVICTED => Ok(Access::Evicted),
            Some((_, Some(_))) => Ok(Access::Unknown),
            Some((bearer, None)) if bearer.expires_at <= now => Ok(Access::Expired),
            Some((bearer, None)) => Ok(Access::Speaks(bearer)),
            None => {
                let replaced: Option<i64> = self
                    .db
                    .prepare_cached(
                        "SELECT replaced_at FROM replaced_tokens
                         WHERE sha256 = ?1 AND kind = 'access'",
                    )?
                    .query_row([digest(token).as_bytes()], |row| row.get(0))
                    .optional()?;
                Ok(replaced.map_or(Access::Unknown, |at| Access::Replaced { at: UnixMs(at) }))
            }
        }
    }

    /// The first use of an access token after a refresh starts the end of the grace.
    pub fn note_use(&mut self, token: &str, now: UnixMs) -> Result<(), StoreError> {
        let waits: Option<Vec<u8>> = self
            .db
            .prepare_cached(
                "SELECT replaced_tokens.sha256 FROM replaced_tokens
                 JOIN session_tokens USING (session)
                 WHERE session_tokens.sha256 = ?1 AND replaced_tokens.kind = 'refresh'
                     AND used_at IS NULL",
            )?
            .query_row([digest(token).as_bytes()], |row| row.get(0))
            .optional()?;
        if let Some(waits) = waits {
            self.db.execute(
                "UPDATE replaced_tokens SET used_at = ?2 WHERE sha256 = ?1",
                params![waits, now.0],
            )?;
        }
        Ok(())
    }

    /// What either token of this client's stands for, while it is live (RFC 7662 §2.2).
    pub fn introspect(
        &self,
        token: &str,
        client: &ClientId,
        now: UnixMs,
    ) -> Result<Option<Bearer>, StoreError> {
        let found = self
            .db
            .prepare_cached(&format!(
                "SELECT {BEARER} FROM session_tokens {MAY_ACT}
                 WHERE sha256 = ?1 AND sessions.client_id = ?2 AND session_tokens.expires_at > ?3
                     AND ended_at IS NULL AND developers.state = 'active'
                     AND apps.deleted_at IS NULL AND apps.status = 'active'
                     AND jwt_credentials.revoked_at IS NULL"
            ))?
            .query_row(
                params![digest(token).as_bytes(), client.as_str(), now.0],
                bearer,
            )
            .optional()?;
        Ok(found)
    }
}

const BEARER: &str = "sessions.client_id, sessions.owner, scope, sessions.created_at,
     session_tokens.expires_at, ended_by";
const MAY_ACT: &str = "JOIN sessions ON sessions.id = session
     JOIN developers ON developers.id = sessions.owner
     JOIN apps ON apps.client_id = sessions.client_id
     LEFT JOIN jwt_credentials ON jwt_credentials.id = credential";

fn bearer(row: &Row<'_>) -> rusqlite::Result<Bearer> {
    Ok(Bearer {
        client: ClientId::from_stored(row.get::<_, String>(0)?),
        owner: DeveloperId::from_stored(row.get::<_, String>(1)?),
        scope: row.get(2)?,
        issued_at: UnixMs(row.get(3)?),
        expires_at: UnixMs(row.get(4)?),
    })
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
            None => None,
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
    lifetimes: Lifetimes,
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
        (Replay::Grace, Some(salt)) if now.0 <= until => Ok(Refreshed::Tokens(
            opened.successors(token, &salt, lifetimes),
        )),
        (Replay::Grace, _) => Ok(Refreshed::Replaced),
        (Replay::EndsSession, _) => {
            end(step, &opened.session, REVOKED, now)?;
            Ok(Refreshed::Replaced)
        }
    }
}

fn end(step: &Connection, session: &str, by: &str, now: UnixMs) -> rusqlite::Result<()> {
    step.execute(
        "UPDATE sessions SET ended_at = ?2, ended_by = ?3 WHERE id = ?1 AND ended_at IS NULL",
        params![session, now.0, by],
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
    // The oldest ends. Of one millisecond the new one stays.
    step.prepare_cached(
        "UPDATE sessions SET ended_at = ?4, ended_by = ?5 WHERE id IN (
             SELECT id FROM sessions
             WHERE owner = ?1 AND client_id = ?2 AND ended_at IS NULL AND id <> ?6
             ORDER BY created_at DESC, id LIMIT -1 OFFSET ?3)",
    )?
    .execute(params![
        new.owner.as_str(),
        new.client.as_str(),
        SESSIONS_MAX - 1,
        now.0,
        EVICTED,
        session
    ])?;
    step.prepare_cached(
        "DELETE FROM sessions WHERE id IN (
             SELECT id FROM sessions
             WHERE owner = ?1 AND client_id = ?2 AND ended_at IS NOT NULL
             ORDER BY ended_at DESC, id LIMIT -1 OFFSET ?3)",
    )?
    .execute(params![new.owner.as_str(), new.client.as_str(), ENDED_MAX])?;
    let tokens = Tokens {
        session,
        owner: new.owner.clone(),
        scope: new.scope.to_owned(),
        access: mint_client_secret(rng),
        refresh: lifetimes.refresh_s.map(|_| mint_client_secret(rng)),
    };
    keep(step, &tokens, lifetimes, now)?;
    Ok(tokens)
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
