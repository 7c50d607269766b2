//! The meaning of a presented token.

use rusqlite::params;

use crate::store::oauth::sessions::kept::{Ended, Token, find};
use crate::{
    domain::{id::DeveloperId, oauth::credential::ClientId, time::UnixMs},
    store::{StoreError, Workspace},
};

/// The app and the developer that an access token stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer {
    pub client: ClientId,
    pub owner: DeveloperId,
    pub scope: String,
    /// A JWT credential opened the session.
    pub by_jwt: bool,
    pub issued_at: UnixMs,
    pub expires_at: UnixMs,
}

/// The state of an access token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    Speaks(Bearer),
    Unknown,
    Expired,
    /// A refresh replaced it.
    Replaced {
        at: UnixMs,
    },
    /// A newer session replaced its session.
    Evicted,
    /// Refused as if it were unknown, until the block ends.
    Blocked(Bearer, Block),
}

/// Why a session is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Block {
    AppSuspended,
    OwnerDisabled,
    CredentialRevoked,
}

impl Workspace {
    /// Looks up an access token. `Unknown` also if its app is deleted. The first use after a
    /// refresh starts the end of the grace period.
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
        let bearer = session.bearer(which, expires_at);
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

    /// The session of a live token of this client, of either kind (RFC 7662 §2.2).
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
            .map(|at| session.bearer(which, at)))
    }
}
