//! Requests for scopes that require approval. Who answers them is not known here.

use rand::CryptoRng;
use rusqlite::{Connection, params};

use super::StoreError;
use crate::domain::{
    id::{AppId, DeveloperId, TicketId},
    scope::ScopeId,
    ticket::{Ticket, TicketState},
    time::UnixMs,
};

pub(super) fn file(
    db: &Connection,
    rng: &mut impl CryptoRng,
    app: &AppId,
    scope: ScopeId,
    justification: &str,
    by: &DeveloperId,
    now: UnixMs,
) -> Result<(), StoreError> {
    db.execute(
        "INSERT INTO tickets (id, app_id, scope, justification, requested_by, state, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            TicketId::mint(rng).as_str(),
            app.as_str(),
            scope.as_str(),
            justification,
            by.as_str(),
            TicketState::Pending.as_str(),
            now.0,
        ],
    )?;
    Ok(())
}

pub(super) fn of(db: &Connection, app: &AppId) -> Result<Vec<Ticket>, StoreError> {
    let mut query = db.prepare_cached(
        "SELECT id, scope, justification, requested_by, state, created_at
         FROM tickets WHERE app_id = ?1 ORDER BY scope",
    )?;
    let mut rows = query.query([app.as_str()])?;
    let mut tickets = Vec::new();
    while let Some(row) = rows.next()? {
        let scope: String = row.get(1)?;
        let state: String = row.get(4)?;
        tickets.push(Ticket {
            id: TicketId::from_stored(row.get::<_, String>(0)?),
            app: app.clone(),
            scope: ScopeId::find(&scope)
                .ok_or_else(|| StoreError::Corrupt(format!("unknown scope “{scope}”")))?,
            justification: row.get(2)?,
            requested_by: DeveloperId::from_stored(row.get::<_, String>(3)?),
            state: TicketState::from_stored(&state)
                .ok_or_else(|| StoreError::Corrupt(format!("unknown ticket state “{state}”")))?,
            created_at: UnixMs(row.get(5)?),
        });
    }
    Ok(tickets)
}
