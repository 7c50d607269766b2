//! What a token that is presented stands for.

use rusqlite::params;

use crate::store::oauth::sessions::kept::{Ended, Token, find};
use crate::{
    domain::{id::DeveloperId, oauth::credential::ClientId, time::UnixMs},
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
    /// What an access token is worth. `Unknown` also for one whose app is deleted. The first use
    /// after a refresh starts the end of the grace.
    pub fn access(&mut self, token: &str, now: UnixMs) -> Result<Access, StoreError> {
        let Some((session, which)) = find(&self.db, token)? else {
            return Ok(Access::Unknown);
        };
        let replaced = session.replaced.as_ref();
        match which {
            Token::Access => {}
            Token::ReplacedAccess => {
                let at = replaced.map(|replaced| replaced.at);
                return Ok(at.map_or(Access::Unknown, |at| Access::Replaced { at }));
            }
            Token::Refresh | Token::ReplacedRefresh | Token::FormerRefresh => {
                return Ok(Access::Unknown);
            }
        }
        let is_first_use = replaced.is_some_and(|replaced| replaced.used_at.is_none());
        let (number, ended, block) = (session.number, session.ended, session.block);
        let expires_at = session.access_ends_at;
        let bearer = session.bearer(expires_at);
        match (ended, block) {
            (Some(Ended::Evicted), _) => Ok(Access::Evicted),
            (_, Some(block)) => Ok(Access::Blocked(bearer, block)),
            (Some(Ended::Expired), _) => Ok(Access::Expired),
            (Some(Ended::Revoked), _) => Ok(Access::Unknown),
            (None, None) if expires_at <= now => Ok(Access::Expired),
            (None, None) => {
                if is_first_use {
                    self.note_use(
                        "UPDATE sessions SET used_at = ?2 WHERE number = ?1 AND used_at IS NULL",
                        params![number, now.0],
                    )?;
                }
                Ok(Access::Speaks(bearer))
            }
        }
    }

    /// What either token of this client's stands for, while it is live (RFC 7662 §2.2).
    pub fn introspect(
        &self,
        token: &str,
        client: &ClientId,
        now: UnixMs,
    ) -> Result<Option<Bearer>, StoreError> {
        let Some((session, which)) = find(&self.db, token)? else {
            return Ok(None);
        };
        let expires_at = match which {
            Token::Access => Some(session.access_ends_at),
            Token::Refresh => session.refresh_ends_at,
            Token::ReplacedAccess | Token::ReplacedRefresh | Token::FormerRefresh => None,
        };
        let is_live =
            session.client == *client && session.ended.is_none() && session.block.is_none();
        Ok(expires_at
            .filter(|at| is_live && *at > now)
            .map(|at| session.bearer(at)))
    }
}
