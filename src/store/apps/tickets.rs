//! Requests for scopes that require approval. `approvals` decides them.

use rand::CryptoRng;
use rusqlite::{Connection, Row, params};

use crate::domain::{
    app::{AppSpec, scope::ScopeId},
    id::{AppId, DeveloperId, TicketId},
    people::ticket::{Ticket, TicketState},
    time::UnixMs,
};
use crate::store::{StoreError, must_change_one, unlocked::Actor};

/// Files a request, or the same one with a new justification. It is pending afterwards.
pub(in crate::store) fn file(
    step: &Connection,
    rng: &mut impl CryptoRng,
    actor: Actor<'_>,
    app: &AppId,
    scope: ScopeId,
    justification: &str,
) -> Result<(), StoreError> {
    let changed = step.prepare_cached(
        "INSERT INTO tickets (id, app_id, scope, justification, requested_by, state, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (app_id, scope) DO UPDATE SET id = excluded.id,
             justification = excluded.justification, requested_by = excluded.requested_by,
             state = excluded.state, created_at = excluded.created_at, decided_by = NULL,
             decided_at = NULL, reason = NULL",
    )?
    .execute(params![
        TicketId::mint(rng, actor.now).as_str(),
        app.as_str(),
        scope.as_str(),
        justification,
        actor.who.as_str(),
        TicketState::Pending.as_str(),
        actor.now.0,
    ])?;
    must_change_one(changed)
}

/// Updates the requests after the settings changed: removes those for scopes that are no longer
/// requested, and files a new or newly justified one.
pub(in crate::store) fn follow(
    step: &Connection,
    rng: &mut impl CryptoRng,
    actor: Actor<'_>,
    app: &AppId,
    spec: &AppSpec,
) -> Result<(), StoreError> {
    let filed = of(step, app)?;
    let wanted: Vec<ScopeId> = spec.scopes.requiring_approval().collect();
    for ticket in &filed {
        if !wanted.contains(&ticket.scope) {
            let changed =
                step.execute("DELETE FROM tickets WHERE id = ?1", [ticket.id.as_str()])?;
            must_change_one(changed)?;
        }
    }
    for scope in wanted {
        let justification = spec.justifications.get(&scope).map_or("", String::as_str);
        let stands = filed
            .iter()
            .any(|ticket| ticket.scope == scope && ticket.justification == justification);
        if !stands {
            file(step, rng, actor, app, scope, justification)?;
        }
    }
    Ok(())
}

pub(in crate::store) const COLUMNS: &str = "tickets.id, tickets.app_id, tickets.scope,
    tickets.justification, tickets.requested_by, tickets.state, tickets.created_at,
    tickets.decided_by, tickets.decided_at, tickets.reason";

pub(in crate::store) fn of(db: &Connection, app: &AppId) -> Result<Vec<Ticket>, StoreError> {
    let mut query = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM tickets WHERE app_id = ?1 ORDER BY scope"
    ))?;
    let mut rows = query.query([app.as_str()])?;
    let mut tickets = Vec::new();
    while let Some(row) = rows.next()? {
        tickets.push(ticket(row)?);
    }
    Ok(tickets)
}

/// Reads a row that begins with `COLUMNS`.
pub(in crate::store) fn ticket(row: &Row<'_>) -> Result<Ticket, StoreError> {
    let scope: String = row.get(2)?;
    let state: String = row.get(5)?;
    Ok(Ticket {
        id: TicketId::from_stored(row.get::<_, String>(0)?),
        app: AppId::from_stored(row.get::<_, String>(1)?),
        scope: ScopeId::find(&scope)
            .ok_or_else(|| StoreError::Corrupt(format!("unknown scope “{scope}”")))?,
        justification: row.get(3)?,
        requested_by: DeveloperId::from_stored(row.get::<_, String>(4)?),
        state: TicketState::from_stored(&state)
            .ok_or_else(|| StoreError::Corrupt(format!("unknown ticket state “{state}”")))?,
        created_at: UnixMs(row.get(6)?),
        decided_by: row
            .get::<_, Option<String>>(7)?
            .map(DeveloperId::from_stored),
        decided_at: row.get::<_, Option<i64>>(8)?.map(UnixMs),
        reason: row.get(9)?,
    })
}
