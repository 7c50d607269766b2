//! The sessions of an app, for its developers.

use rusqlite::params;

use crate::{
    domain::{
        id::{AppId, DeveloperId},
        oauth::app_session::{AppSession, SessionState},
        time::UnixMs,
    },
    store::{StoreError, Workspace, oauth::sessions::kept::Ended},
};

/// More than a page of the console is read for. Newest first.
const LISTED_MAX: i64 = 200;

impl Workspace {
    pub fn app_sessions(&self, app: &AppId, now: UnixMs) -> Result<Vec<AppSession>, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT sessions.owner, sessions.created_at, credential IS NOT NULL,
                 max(access_ends_at, coalesce(refresh_ends_at, 0)), ended_by
             FROM sessions JOIN apps ON apps.client_id = sessions.client_id
             WHERE apps.id = ?1 ORDER BY number DESC LIMIT ?2",
        )?;
        let mut rows = query.query(params![app.as_str(), LISTED_MAX])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let ended: Option<String> = row.get(4)?;
            let until = UnixMs(row.get(3)?);
            all.push(AppSession {
                owner: DeveloperId::from_stored(row.get::<_, String>(0)?),
                opened_at: UnixMs(row.get(1)?),
                by_jwt: row.get(2)?,
                state: match ended.as_deref().map(Ended::from_stored) {
                    Some(Ended::Evicted) => SessionState::Evicted,
                    Some(Ended::Revoked) => SessionState::Revoked,
                    Some(Ended::Expired) => SessionState::Expired,
                    None if until <= now => SessionState::Expired,
                    None => SessionState::Live { until },
                },
            });
        }
        Ok(all)
    }
}
