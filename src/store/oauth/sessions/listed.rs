//! The sessions of an app, for its developers: listed, and ended.

use rusqlite::{Connection, params};

use crate::{
    domain::{
        history::{Change, What},
        id::{AppId, DeveloperId},
        oauth::app_session::{AppSession, SessionState},
        time::UnixMs,
    },
    store::{
        StoreError, Workspace,
        apps::change::managed,
        history::{Record, record},
        none_left,
        oauth::sessions::kept::Ended,
    },
};

/// More than a page of the console is read for. Newest first.
const LISTED_MAX: i64 = 200;

impl Workspace {
    pub fn app_sessions(&self, app: &AppId, now: UnixMs) -> Result<Vec<AppSession>, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT number, sessions.owner, sessions.created_at, jwt_credentials.label, scope,
                 replaced_at, max(access_ends_at, coalesce(refresh_ends_at, 0)), ended_by
             FROM sessions JOIN apps ON apps.client_id = sessions.client_id
             LEFT JOIN jwt_credentials ON jwt_credentials.id = credential
             WHERE apps.id = ?1 ORDER BY number DESC LIMIT ?2",
        )?;
        let mut rows = query.query(params![app.as_str(), LISTED_MAX])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let until = UnixMs(row.get(6)?);
            let ended: Option<String> = row.get(7)?;
            all.push(AppSession {
                number: row.get(0)?,
                owner: DeveloperId::from_stored(row.get::<_, String>(1)?),
                opened_at: UnixMs(row.get(2)?),
                by_jwt: row.get(3)?,
                scope: row.get(4)?,
                refreshed_at: row.get::<_, Option<i64>>(5)?.map(UnixMs),
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

    /// Ends a session of an app, or all of them with the codes that could open another one: their
    /// tokens are refused from now on. Returns how many were live.
    pub fn end_app_sessions(
        &mut self,
        app: &AppId,
        session: Option<i64>,
        now: UnixMs,
    ) -> Result<u64, StoreError> {
        self.change(now, |step, actor, _| {
            let app = managed(step, actor, app)?;
            let ended = end(step, app.client_id.as_str(), session, now)?;
            if ended > 0 {
                let changes = vec![Change::new(
                    "Ended",
                    None::<String>,
                    Some(ended.to_string()),
                )];
                let written = Record {
                    app: Some(&app.id),
                    subject: &app.spec.properties.name,
                    what: What::SessionsEnded,
                    changes,
                };
                record(step, actor, &written)?;
            }
            Ok(ended)
        })
    }
}

fn end(
    step: &Connection,
    client: &str,
    session: Option<i64>,
    now: UnixMs,
) -> Result<u64, StoreError> {
    const LIVE: &str = "client_id = ?1 AND (?2 IS NULL OR number = ?2) AND ended_at IS NULL
        AND max(access_ends_at, coalesce(refresh_ends_at, 0)) > ?3";
    let sql = format!("UPDATE sessions SET ended_at = ?3, ended_by = ?4 WHERE {LIVE}");
    let ended = step.prepare_cached(&sql)?.execute(params![
        client,
        session,
        now.0,
        Ended::Revoked.as_str()
    ])?;
    none_left(
        step,
        &format!("sessions WHERE {LIVE}"),
        params![client, session, now.0],
    )?;
    if session.is_none() {
        step.prepare_cached(
            "UPDATE authorization_codes SET is_withdrawn = 1 WHERE client_id = ?1",
        )?
        .execute([client])?;
        let left = "authorization_codes WHERE client_id = ?1 AND NOT is_withdrawn";
        none_left(step, left, [client])?;
    }
    Ok(ended as u64)
}
