//! What a token that is presented stands for.

use rusqlite::{OptionalExtension as _, Row, params};

use super::{EVICTED, EXPIRED, digest};
use crate::{
    domain::{credential::ClientId, id::DeveloperId, time::UnixMs},
    store::{StoreError, Workspace},
};

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
    /// It is as good as unknown while this lasts.
    Blocked(Bearer, Block),
}

/// Who may not act at the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Block {
    AppSuspended,
    OwnerDisabled,
    CredentialRevoked,
}

impl Workspace {
    /// What an access token is worth. `Unknown` also for one whose app is deleted.
    pub fn access(&self, token: &str, now: UnixMs) -> Result<Access, StoreError> {
        type Found = (Bearer, Option<String>, Option<Block>);
        let found: Option<Found> = self
            .db
            .prepare_cached(&format!(
                "SELECT {BEARER}, developers.state = 'active', apps.status = 'active',
                     jwt_credentials.revoked_at IS NULL
                 FROM session_tokens {MAY_ACT}
                 WHERE sha256 = ?1 AND kind = 'access' AND apps.deleted_at IS NULL"
            ))?
            .query_row([digest(token).as_bytes()], |row| {
                let block = match (row.get(6)?, row.get(7)?, row.get(8)?) {
                    (true, true, true) => None,
                    (_, false, _) => Some(Block::AppSuspended),
                    (false, ..) => Some(Block::OwnerDisabled),
                    (.., false) => Some(Block::CredentialRevoked),
                };
                Ok((bearer(row)?, row.get(5)?, block))
            })
            .optional()?;
        match found {
            Some((_, Some(by), _)) if by == EVICTED => Ok(Access::Evicted),
            Some((bearer, _, Some(block))) => Ok(Access::Blocked(bearer, block)),
            Some((_, Some(by), _)) if by == EXPIRED => Ok(Access::Expired),
            Some((_, Some(_), _)) => Ok(Access::Unknown),
            Some((bearer, None, None)) if bearer.expires_at <= now => Ok(Access::Expired),
            Some((bearer, None, None)) => Ok(Access::Speaks(bearer)),
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
