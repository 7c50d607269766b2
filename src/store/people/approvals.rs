//! Decisions on requests for scopes that require approval. `tickets` files the requests.

use rusqlite::{Connection, OptionalExtension as _, Params, params};

use crate::domain::{
    app::App,
    history::{Change, What},
    id::{AppId, DeveloperId, TicketId},
    people::{
        developer::{Role, Session},
        permission,
        ticket::{Decision, REASON_MAX, Request, Ticket, TicketState, WAITING_MAX},
    },
    text,
    time::UnixMs,
};
use crate::store::{
    StoreError, Workspace,
    apps::{
        change::must_not_be_in_trash,
        register,
        tickets::{self, ticket},
    },
    current_role,
    history::{Record, record},
    must_change_one,
    oauth::usage,
    people::{developers::read_member, team::other_active_admin},
    require_admin,
    unlocked::Actor,
};

/// Most requests that are read at once. Deciding some makes room for the rest.
const REQUESTS_MAX: u64 = 500;

/// Counts the pending requests up to ?3, without those of apps in the trash. If ?2 is true, without
/// those of developer ?1.
pub(in crate::store) const WAITING: &str =
    "WITH trashed (number) AS (SELECT count(*) FROM apps CROSS JOIN tickets ON tickets.app_id = apps.id
         WHERE apps.deleted_at IS NOT NULL AND tickets.state = 'pending'
             AND NOT (?2 AND requested_by = ?1))
     SELECT (SELECT count(*) FROM (SELECT 1 FROM tickets
         WHERE state = 'pending' AND NOT (?2 AND requested_by = ?1)
         LIMIT ?3 + (SELECT number FROM trashed))) - number FROM trashed";
pub(in crate::store) const DECIDED: &str =
    "tickets.requested_by = ?1 AND tickets.state <> 'pending'
     AND tickets.decided_by <> ?1 AND tickets.decided_at >= ?2";

impl Workspace {
    /// Oldest first. A Developer Admin sees all of them, others those of their own apps. Apps in
    /// the trash have no pending requests.
    pub fn pending_requests(&self) -> Result<Vec<Request>, StoreError> {
        let who = &self.unlocked()?.who;
        let step = self.db.unchecked_transaction()?;
        match current_role(&step, who)?.0 {
            Role::DeveloperAdmin => pending(&step),
            Role::Developer | Role::AuditUser => requests(
                &step,
                "tickets.state = 'pending' AND (apps.created_by = ?1
                     OR json_extract(apps.spec, '$.properties.primary_contact') = ?1)",
                [who.as_str()],
            ),
        }
    }

    /// Returns the app, with or without the scope. Its version stays, because its settings do not
    /// change.
    pub fn decide(
        &mut self,
        id: &TicketId,
        decision: &Decision,
        now: UnixMs,
    ) -> Result<App, StoreError> {
        self.change(now, |step, actor, _| {
            require_admin(step, actor.who)?;
            let ticket = still_pending(step, id)?;
            let app = register::read(step, &ticket.app)?;
            must_not_be_in_trash(&app)?;
            let me = read_member(step, actor.who)?.developer;
            permission::may_decide(&me, &ticket, other_active_admin(step, &me.id)?)?;
            write_decision(step, actor, &app, &ticket, decision)?;
            register::read(step, &app.id)
        })
    }

    /// The signed-in developer's requests that others decided, oldest decision first.
    pub fn decided_since(&self, since: UnixMs) -> Result<Vec<Request>, StoreError> {
        let who = &self.unlocked()?.who;
        current_role(&self.db, who)?;
        decided_since(&self.db, who, since)
    }
}

/// Writes a decision without asking who may decide.
pub(in crate::store) fn write_decision(
    step: &Connection,
    actor: Actor<'_>,
    app: &App,
    ticket: &Ticket,
    decision: &Decision,
) -> Result<(), StoreError> {
    let (state, what, reason) = match decision {
        Decision::Approve => (TicketState::Approved, What::ScopeApproved, None),
        Decision::Reject { reason } => (
            TicketState::Rejected,
            What::ScopeRejected,
            Some(proper_reason(reason)?),
        ),
    };
    let changed = step.execute(
        "UPDATE tickets SET state = ?2, decided_by = ?3, decided_at = ?4, reason = ?5
         WHERE id = ?1",
        params![
            ticket.id.as_str(),
            state.as_str(),
            actor.who.as_str(),
            actor.now.0,
            reason
        ],
    )?;
    must_change_one(changed)?;
    let scope = ticket.scope.scope().label;
    let mut changes = vec![Change::new("Scope", None::<String>, Some(scope))];
    changes.extend(reason.map(|reason| Change::new("Reason", None::<String>, Some(reason))));
    let written = Record {
        app: Some(&app.id),
        subject: &app.spec.properties.name,
        what,
        changes,
    };
    record(step, actor, &written)
}

fn pending(db: &Connection) -> Result<Vec<Request>, StoreError> {
    requests(db, "tickets.state = 'pending'", [])
}

/// How many requests the signed-in developer may decide. There may be tens of thousands, so an
/// index counts all of them, and the few of the trash are subtracted.
pub(in crate::store) fn may_decide(db: &Connection, session: &Session) -> Result<u64, StoreError> {
    let me = &session.developer;
    if me.role != Role::DeveloperAdmin {
        return Ok(0);
    }
    let not_mine = session.admins().any(|admin| admin.id != me.id);
    let count: i64 = db.prepare_cached(WAITING)?.query_row(
        params![me.id.as_str(), not_mine, WAITING_MAX as i64],
        |row| row.get(0),
    )?;
    Ok(count.unsigned_abs())
}

/// Includes decisions in the millisecond of the sign-in: showing one twice is better than never.
pub(in crate::store) fn decided_since(
    db: &Connection,
    who: &DeveloperId,
    since: UnixMs,
) -> Result<Vec<Request>, StoreError> {
    let mut decided = requests(db, DECIDED, params![who.as_str(), since.0])?;
    decided.sort_by_key(|request| request.ticket.decided_at);
    Ok(decided)
}

pub(in crate::store) fn requests_that(which: &str) -> String {
    format!(
        "SELECT {}, apps.name, developers.full_name
         FROM tickets JOIN apps ON apps.id = tickets.app_id
             JOIN developers ON developers.id = tickets.requested_by
         WHERE apps.deleted_at IS NULL AND {which}
         ORDER BY tickets.created_at, tickets.id LIMIT {REQUESTS_MAX}",
        tickets::COLUMNS
    )
}

fn requests(db: &Connection, which: &str, values: impl Params) -> Result<Vec<Request>, StoreError> {
    let mut query = db.prepare_cached(&requests_that(which))?;
    let mut rows = query.query(values)?;
    let mut requests = Vec::new();
    while let Some(row) = rows.next()? {
        let ticket = ticket(row)?;
        requests.push(Request {
            usage: usage::of(db, &ticket.app)?,
            ticket,
            app_name: row.get("name")?,
            asked_by: row.get("full_name")?,
        });
    }
    Ok(requests)
}

/// A request that was made again has a new ID, so a decision always concerns the request that was
/// read.
fn still_pending(step: &Connection, id: &TicketId) -> Result<Ticket, StoreError> {
    let app: Option<String> = step
        .query_row(
            "SELECT app_id FROM tickets WHERE id = ?1",
            [id.as_str()],
            |row| row.get(0),
        )
        .optional()?;
    let tickets = match app {
        Some(app) => tickets::of(step, &AppId::from_stored(app))?,
        None => Vec::new(),
    };
    let found = tickets.into_iter().find(|ticket| &ticket.id == id);
    let message = match found {
        Some(ticket) if ticket.state == TicketState::Pending => return Ok(ticket),
        Some(ticket) if ticket.state == TicketState::Approved => {
            "This request was already approved."
        }
        Some(_) => "This request was already rejected.",
        None => {
            let what = "This request was withdrawn or replaced: it";
            return Err(StoreError::NotFound(what));
        }
    };
    Err(StoreError::Conflict(message.to_owned()))
}

fn proper_reason(reason: &str) -> Result<String, StoreError> {
    let reason = text::many_lines(reason).trim().to_owned();
    if reason.is_empty() {
        return Err(StoreError::Conflict(
            "Enter a reason: the requester needs to know what to change.".to_owned(),
        ));
    }
    if text::char_count(&reason) > REASON_MAX {
        return Err(StoreError::Conflict(format!(
            "Shorten the reason to {REASON_MAX} characters."
        )));
    }
    Ok(reason)
}
