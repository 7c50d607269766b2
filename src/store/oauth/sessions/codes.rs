//! Authorization codes: issued after consent, redeemed once.

use rusqlite::{OptionalExtension as _, params};

use crate::store::oauth::sessions::{NewSession, Terms, Tokens, kept::Ended, open};
use crate::{
    domain::{
        id::DeveloperId,
        oauth::{
            credential::{ClientId, SecretDigest, mint_client_secret},
            pkce::Challenge,
        },
        secret::Secret,
        time::UnixMs,
    },
    store::{StoreError, Workspace, must_change_one, none_left},
    vault,
};

/// Codes are kept this long, to distinguish a second use from an unknown code.
const CODES_REMEMBERED_MS: i64 = 24 * 3600 * 1000;
/// Source: RingCentral's documentation, "Authorization code flow".
pub const CODE_LIFE_MS: i64 = 60_000;

/// The grant behind a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeGrant {
    pub client: ClientId,
    pub owner: DeveloperId,
    pub redirect_uri: String,
    /// Whether the authorize request had a redirect_uri: then the token request needs it (RFC 6749
    /// §4.1.3).
    pub redirect_sent: bool,
    pub challenge: Option<Challenge>,
    pub scope: String,
    pub nonce: Option<String>,
    /// When the user entered the password.
    pub signed_in_at: UnixMs,
}

/// A stored code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownCode {
    pub grant: CodeGrant,
    pub issued_at: UnixMs,
    pub is_used: bool,
    /// When it was used. `None` once its session is forgotten.
    pub used_at: Option<UnixMs>,
    /// The user's password has changed since.
    pub is_withdrawn: bool,
    pub owner_is_active: bool,
}

impl Workspace {
    /// Issues a code after the user's consent.
    pub fn issue_code(&mut self, grant: &CodeGrant, now: UnixMs) -> Result<Secret, StoreError> {
        let code = mint_client_secret(&mut vault::os_random()?);
        let step = self.write()?;
        step.execute(
            "DELETE FROM authorization_codes WHERE issued_at < ?1",
            [now.0 - CODES_REMEMBERED_MS],
        )?;
        let changed = step.execute(
            "INSERT INTO authorization_codes (sha256, client_id, owner, redirect_uri,
                 redirect_sent, challenge, challenge_s256, scope, nonce, issued_at,
                 signed_in_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            params![
                SecretDigest::of(&code).as_bytes(),
                grant.client.as_str(),
                grant.owner.as_str(),
                grant.redirect_uri,
                grant.redirect_sent,
                grant.challenge.as_ref().map(Challenge::as_str),
                grant.challenge.as_ref().is_some_and(Challenge::is_s256),
                grant.scope,
                grant.nonce,
                now.0,
                grant.signed_in_at.0
            ],
        )?;
        must_change_one(changed)?;
        step.commit()?;
        Ok(code)
    }

    pub fn code(&self, code: &str) -> Result<Option<KnownCode>, StoreError> {
        Ok(self
            .db
            .prepare_cached(
                "SELECT codes.client_id, codes.owner, redirect_uri, redirect_sent, challenge,
                     challenge_s256, codes.scope, nonce, issued_at, session IS NOT NULL,
                     signed_in_at, is_withdrawn, developers.state = 'active', sessions.created_at
                 FROM authorization_codes AS codes
                 JOIN developers ON developers.id = codes.owner
                 LEFT JOIN sessions ON sessions.number = codes.session
                 WHERE codes.sha256 = ?1",
            )?
            .query_row([SecretDigest::of_presented(code).as_bytes()], |row| {
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
                        signed_in_at: UnixMs(row.get(10)?),
                    },
                    issued_at: UnixMs(row.get(8)?),
                    is_used: row.get(9)?,
                    is_withdrawn: row.get(11)?,
                    owner_is_active: row.get(12)?,
                    used_at: row.get::<_, Option<i64>>(13)?.map(UnixMs),
                })
            })
            .optional()?)
    }

    /// Opens a session for a valid code, within grants that were begun when it was checked.
    pub fn redeem_code(
        &mut self,
        code: &str,
        grant: &CodeGrant,
        terms: Terms<'_>,
        now: UnixMs,
    ) -> Result<Tokens, StoreError> {
        let new = NewSession {
            client: &grant.client,
            owner: &grant.owner,
            credential: None,
            scope: &grant.scope,
        };
        let tokens = self.granting(|db, rng| {
            let (session, tokens) = open(db, &new, terms, now, rng)?;
            let changed = db.execute(
                "UPDATE authorization_codes SET session = ?2 WHERE sha256 = ?1",
                params![SecretDigest::of_presented(code).as_bytes(), session],
            )?;
            must_change_one(changed)?;
            Ok(tokens)
        })?;
        self.has_opened(&new);
        Ok(tokens)
    }

    /// Ends the session of a code that was presented again (RFC 6749 §4.1.2).
    pub fn end_session_of_code(&mut self, code: &str, now: UnixMs) -> Result<(), StoreError> {
        let session: Option<Option<i64>> = self
            .db
            .query_row(
                "SELECT session FROM authorization_codes WHERE sha256 = ?1",
                [SecretDigest::of_presented(code).as_bytes()],
                |row| row.get(0),
            )
            .optional()?;
        let Some(session) = session.flatten() else {
            return Ok(());
        };
        self.execute(
            "UPDATE sessions SET ended_at = ?2, ended_by = ?3
             WHERE number = ?1 AND ended_at IS NULL",
            params![session, now.0, Ended::Revoked.as_str()],
        )?;
        none_left(
            &self.db,
            "sessions WHERE number = ?1 AND ended_at IS NULL",
            [session],
        )?;
        if !self.db.is_autocommit() {
            self.grants.stolen.push((session, now));
        }
        Ok(())
    }
}
