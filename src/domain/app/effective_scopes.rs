//! Which scopes an app may use: those it requested and was granted, and those that they include.

use crate::domain::{
    app::{
        App,
        scope::{ScopeId, ScopeSet},
    },
    people::ticket::{Ticket, TicketState},
};

/// The state of one scope of an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The app requested and has it: approved, or free for all.
    Granted,
    /// Requested, and waiting for approval.
    Pending,
    /// Requested and rejected, for this reason.
    Rejected(String),
    /// Not requested: a granted scope includes it.
    Included { by: ScopeId },
}

impl Standing {
    /// Whether the app has the scope.
    pub fn is_effective(&self) -> bool {
        matches!(self, Self::Granted | Self::Included { .. })
    }
}

/// The requested scopes in the order of the settings, then those that the granted ones include. A
/// scope that only a pending or rejected one includes is left out.
pub fn effective_scopes(app: &App) -> Vec<(ScopeId, Standing)> {
    of(&app.spec.scopes, &app.tickets)
}

/// Why an app does not have a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lacking {
    NotRequested,
    /// This request waits; granted, it brings the scope.
    Pending {
        request: ScopeId,
    },
    Rejected {
        request: ScopeId,
        reason: String,
    },
}

/// `None` if the app has it. A request that waits counts before one that was rejected.
pub fn why_lacking(app: &App, wanted: ScopeId) -> Option<Lacking> {
    why(effective_scopes(app), wanted)
}

fn why(all: Vec<(ScopeId, Standing)>, wanted: ScopeId) -> Option<Lacking> {
    let brings = |request: ScopeId| {
        let alone: ScopeSet = [request].into_iter().collect();
        request == wanted || alone.included().iter().any(|(scope, _)| *scope == wanted)
    };
    let mut why = Lacking::NotRequested;
    for (scope, standing) in all {
        match standing {
            Standing::Granted | Standing::Included { .. } if scope == wanted => return None,
            Standing::Pending if brings(scope) => why = Lacking::Pending { request: scope },
            Standing::Rejected(reason) if brings(scope) && why == Lacking::NotRequested => {
                why = Lacking::Rejected {
                    request: scope,
                    reason,
                };
            }
            _ => {}
        }
    }
    Some(why)
}

fn of(asked: &ScopeSet, tickets: &[Ticket]) -> Vec<(ScopeId, Standing)> {
    let asked = asked.iter().map(|scope| {
        let ticket = tickets.iter().find(|ticket| ticket.scope == scope);
        (scope, standing(scope, ticket))
    });
    let mut scopes: Vec<(ScopeId, Standing)> = asked.collect();
    let granted: ScopeSet = scopes
        .iter()
        .filter(|(_, standing)| *standing == Standing::Granted)
        .map(|(scope, _)| *scope)
        .collect();
    for (scope, by) in granted.included() {
        let included = Standing::Included { by };
        match scopes.iter_mut().find(|(known, _)| *known == scope) {
            // Requested as well: a scope that a granted one includes needs no approval itself.
            Some((_, standing)) => *standing = included,
            None => scopes.push((scope, included)),
        }
    }
    scopes
}

fn standing(scope: ScopeId, ticket: Option<&Ticket>) -> Standing {
    if !scope.scope().requires_approval {
        return Standing::Granted;
    }
    let Some(ticket) = ticket else {
        return Standing::Pending;
    };
    match ticket.state {
        TicketState::Approved => Standing::Granted,
        TicketState::Pending => Standing::Pending,
        TicketState::Rejected => Standing::Rejected(ticket.reason.clone().unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::app::effective_scopes::{Lacking, Standing, of, why};
    use crate::domain::{
        app::scope::ScopeId,
        id::{AppId, DeveloperId, TicketId},
        people::ticket::{Ticket, TicketState},
        time::UnixMs,
    };

    fn ticket(scope: ScopeId, state: TicketState) -> Ticket {
        Ticket {
            id: TicketId::from_stored(scope.as_str()),
            app: AppId::from_stored("app"),
            scope,
            justification: String::new(),
            requested_by: DeveloperId::from_stored("ada"),
            state,
            created_at: UnixMs(0),
            decided_by: None,
            decided_at: None,
            reason: (state == TicketState::Rejected).then(|| "No need".to_owned()),
        }
    }

    /// `asked` are scopes with the state of their requests, if any. Returns `scope standing` lines.
    fn effective(asked: &[(&str, Option<TicketState>)]) -> Vec<String> {
        let find = |name: &str| ScopeId::find(name).unwrap();
        let scopes = asked.iter().map(|(name, _)| find(name)).collect();
        let tickets: Vec<Ticket> = asked
            .iter()
            .filter_map(|(name, state)| Some(ticket(find(name), (*state)?)))
            .collect();
        let text = |(scope, standing): (ScopeId, Standing)| {
            let mark = if standing.is_effective() { '+' } else { '-' };
            let standing = match standing {
                Standing::Granted => "granted".to_owned(),
                Standing::Pending => "pending".to_owned(),
                Standing::Rejected(reason) => format!("rejected: {reason}"),
                Standing::Included { by } => format!("by {by}"),
            };
            format!("{mark}{scope} {standing}")
        };
        of(&scopes, &tickets).into_iter().map(text).collect()
    }

    #[test]
    fn a_lacking_scope_is_traced_to_the_request_that_would_bring_it() {
        let (approved, pending, rejected) = (
            Some(TicketState::Approved),
            Some(TicketState::Pending),
            Some(TicketState::Rejected),
        );
        let find = |name: &str| ScopeId::find(name).unwrap();
        let why = |asked: &[(&str, Option<TicketState>)], wanted: &str| {
            let scopes = asked.iter().map(|(name, _)| find(name)).collect();
            let tickets: Vec<Ticket> = asked
                .iter()
                .filter_map(|(name, state)| Some(ticket(find(name), (*state)?)))
                .collect();
            why(of(&scopes, &tickets), find(wanted))
        };
        let waits = |request| {
            Some(Lacking::Pending {
                request: find(request),
            })
        };
        assert_eq!(why(&[], "ReadAccounts"), Some(Lacking::NotRequested));
        assert_eq!(
            why(&[("EditAccounts", pending)], "EditAccounts"),
            waits("EditAccounts")
        );
        assert_eq!(
            why(&[("EditAccounts", pending)], "ReadAccounts"),
            waits("EditAccounts")
        );
        assert_eq!(
            why(&[("Accounts", pending)], "ReadAccounts"),
            waits("Accounts")
        );
        assert_eq!(
            why(
                &[("EditAccounts", rejected), ("Accounts", pending)],
                "ReadAccounts"
            ),
            waits("Accounts")
        );
        assert_eq!(
            why(&[("EditAccounts", rejected)], "ReadAccounts"),
            Some(Lacking::Rejected {
                request: find("EditAccounts"),
                reason: "No need".to_owned()
            })
        );
        assert_eq!(
            why(&[("EditAccounts", pending)], "ReadMessages"),
            Some(Lacking::NotRequested)
        );
        for asked in [
            &[("EditAccounts", approved)][..],
            &[("EditAccounts", pending), ("ReadAccounts", None)],
        ] {
            assert_eq!(why(asked, "ReadAccounts"), None);
        }
    }

    #[test]
    fn only_what_is_granted_counts_and_brings_others_along() {
        let (approved, pending, rejected) = (
            Some(TicketState::Approved),
            Some(TicketState::Pending),
            Some(TicketState::Rejected),
        );
        assert_eq!(effective(&[]), Vec::<String>::new());
        assert_eq!(
            effective(&[("Faxes", None)]),
            ["+Faxes granted", "+ReadMessages by Faxes"]
        );
        assert_eq!(
            effective(&[("EditCallLog", pending), ("Faxes", None)]),
            [
                "-EditCallLog pending",
                "+Faxes granted",
                "+ReadMessages by Faxes"
            ]
        );
        assert_eq!(
            effective(&[("EditCallLog", approved)]),
            ["+EditCallLog granted", "+ReadCallLog by EditCallLog"]
        );
        assert_eq!(
            effective(&[("EditCallLog", rejected), ("ReadCallLog", None)]),
            ["-EditCallLog rejected: No need", "+ReadCallLog granted"]
        );
        // Nothing is approved without a request.
        assert_eq!(
            effective(&[("CallControl", None)]),
            ["-CallControl pending"]
        );
        // Included two levels deep, although it needs approval when an app requests it by itself.
        assert_eq!(
            effective(&[("Accounts", approved), ("EditAccounts", rejected)]),
            [
                "+Accounts granted",
                "+EditAccounts by Accounts",
                "+ReadAccounts by Accounts",
                "+EditExtensions by Accounts"
            ]
        );
    }
}
