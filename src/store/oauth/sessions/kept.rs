//! A stored OAuth session, and which of its tokens was presented.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use strum::{EnumString, IntoStaticStr};

use crate::store::oauth::sessions::{
    bearer::{Bearer, Block},
    token,
};
use crate::{
    domain::{
        id::DeveloperId,
        oauth::credential::{ClientId, SecretDigest},
        time::UnixMs,
    },
    store::StoreError,
};

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(super) enum Ended {
    /// A newer session replaced it.
    Evicted,
    Revoked,
    /// Its lifetime ended; its tokens carry that too.
    Expired,
}

impl Ended {
    pub(super) fn as_str(self) -> &'static str {
        self.into()
    }

    /// A word of a newer version also means that the session has ended.
    pub(super) fn from_stored(word: &str) -> Self {
        word.parse().unwrap_or(Self::Revoked)
    }
}

/// Which token of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Access,
    Refresh,
    ReplacedAccess,
    ReplacedRefresh,
    /// A refresh token from before the replaced one.
    FormerRefresh,
}

/// The pair of tokens before the current one.
#[derive(Clone, Debug)]
pub(super) struct Replaced {
    pub at: UnixMs,
    pub salt: Vec<u8>,
    /// When its successor was first used.
    pub used_at: Option<UnixMs>,
}

#[derive(Clone, Debug)]
pub(super) struct OauthSession {
    pub number: i64,
    pub id: String,
    pub endpoint: String,
    pub client: ClientId,
    pub owner: DeveloperId,
    pub by_jwt: bool,
    pub scope: String,
    /// The scope of the access token, if it is narrower than that of the session.
    pub access_scope: Option<String>,
    pub created_at: UnixMs,
    pub access_ends_at: UnixMs,
    /// `None` without a refresh token.
    pub refresh_ends_at: Option<UnixMs>,
    pub replaced: Option<Replaced>,
    pub ended: Option<Ended>,
    /// Why the session may not be used now. A suspended app counts before all else.
    pub block: Option<Block>,
}

impl OauthSession {
    pub(super) fn bearer(self, which: Token, expires_at: UnixMs) -> Bearer {
        let narrower = self.access_scope.filter(|_| which == Token::Access);
        Bearer {
            client: self.client,
            owner: self.owner,
            scope: narrower.unwrap_or(self.scope),
            by_jwt: self.by_jwt,
            issued_at: self.created_at,
            expires_at,
        }
    }
}

/// The session of a token. `None` if its app is deleted.
pub(super) fn find(
    db: &Connection,
    token: &str,
) -> Result<Option<(OauthSession, Token)>, StoreError> {
    let Some(number) = token::session_of(token) else {
        return Ok(None);
    };
    let found = db
        .prepare_cached(
            "SELECT sessions.id, endpoint, sessions.client_id, sessions.owner, scope,
                 sessions.created_at, access_ends_at, refresh_ends_at, replaced_at, salt, used_at,
                 ended_by, developers.state = 'active', apps.status = 'active',
                 jwt_credentials.revoked_at IS NULL,
                 sessions.access, refresh, replaced_access, replaced_refresh, access_scope,
                 sessions.credential IS NOT NULL
             FROM sessions
             JOIN developers ON developers.id = sessions.owner
             JOIN apps ON apps.client_id = sessions.client_id
             LEFT JOIN jwt_credentials ON jwt_credentials.id = credential
             WHERE number = ?1 AND apps.deleted_at IS NULL",
        )?
        .query_row([number], |row| {
            Ok((read(row, number)?, presented(row, token)?))
        })
        .optional()?;
    let Some((session, which)) = found else {
        return Ok(None);
    };
    let which = match which {
        Some(which) => Some(which),
        None => is_former(db, number, token)?.then_some(Token::FormerRefresh),
    };
    Ok(which.map(|which| (session, which)))
}

fn is_former(db: &Connection, session: i64, token: &str) -> rusqlite::Result<bool> {
    db.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM former_refresh_tokens WHERE session = ?1 AND sha256 = ?2)",
    )?
    .query_row(
        params![session, SecretDigest::of_presented(token).as_bytes()],
        |row| row.get(0),
    )
}

fn read(row: &Row<'_>, number: i64) -> rusqlite::Result<OauthSession> {
    let ended: Option<String> = row.get(11)?;
    let block = match (row.get(13)?, row.get(12)?, row.get(14)?) {
        (false, ..) => Some(Block::AppSuspended),
        (true, false, _) => Some(Block::OwnerDisabled),
        (true, true, false) => Some(Block::CredentialRevoked),
        (true, true, true) => None,
    };
    let replaced_at: Option<i64> = row.get(8)?;
    let replaced = match replaced_at {
        None => None,
        Some(at) => Some(Replaced {
            at: UnixMs(at),
            salt: row.get(9)?,
            used_at: row.get::<_, Option<i64>>(10)?.map(UnixMs),
        }),
    };
    Ok(OauthSession {
        number,
        id: row.get(0)?,
        endpoint: row.get(1)?,
        client: ClientId::from_stored(row.get::<_, String>(2)?),
        owner: DeveloperId::from_stored(row.get::<_, String>(3)?),
        by_jwt: row.get(20)?,
        scope: row.get(4)?,
        access_scope: row.get(19)?,
        created_at: UnixMs(row.get(5)?),
        access_ends_at: UnixMs(row.get(6)?),
        refresh_ends_at: row.get::<_, Option<i64>>(7)?.map(UnixMs),
        replaced,
        ended: ended.as_deref().map(Ended::from_stored),
        block,
    })
}

/// Compares all four digests, so that the time does not reveal which one matched.
fn presented(row: &Row<'_>, token: &str) -> rusqlite::Result<Option<Token>> {
    const COLUMNS: [(usize, Token); 4] = [
        (15, Token::Access),
        (16, Token::Refresh),
        (17, Token::ReplacedAccess),
        (18, Token::ReplacedRefresh),
    ];
    let presented = SecretDigest::of_presented(token);
    let mut found = None;
    for (column, which) in COLUMNS {
        let kept: Option<[u8; 32]> = row.get(column)?;
        if kept.is_some_and(|kept| SecretDigest::from_bytes(kept).is(&presented)) {
            found = Some(which);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::Ended;

    #[test]
    fn the_words_for_an_end_stay_what_they_are() {
        for (ended, word) in [
            (Ended::Evicted, "evicted"),
            (Ended::Revoked, "revoked"),
            (Ended::Expired, "expired"),
        ] {
            assert_eq!((ended.as_str(), Ended::from_stored(word)), (word, ended));
        }
        assert_eq!(Ended::from_stored("of a newer version"), Ended::Revoked);
    }
}
