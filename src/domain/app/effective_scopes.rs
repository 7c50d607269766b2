//! What an app may really do: which of its scopes count, and what they bring along.

use crate::domain::{
    app::{
        App,
        scope::{ScopeId, ScopeSet},
    },
    people::ticket::{Ticket, TicketState},
};

/// How an app stands with a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Asked for, and the app's: approved, or free for all.
    Granted,
    /// Asked for and not decided yet.
    Pending,
    /// Asked for in vain; the reason.
    Rejected(String),
    /// Not asked for: a granted one brings it along.
    Included { by: ScopeId },
}

impl Standing {
    /// Whether the app has the scope.
    pub fn is_effective(&self) -> bool {
        matches!(self, Self::Granted | Self::Included { .. })
    }
}

/// What is asked for, in the order of the settings, then what comes along with what is granted.
/// What only a pending or rejected scope would bring is not there.
pub fn effective_scopes(app: &App) -> Vec<(ScopeId, Standing)> {
    of(&app.spec.scopes, &app.tickets)
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
            // Asked for as well: what a granted scope brings needs no approval of its own.
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
    use crate::domain::app::effective_scopes::{Standing, of};
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

    /// `asked` with the state of its request, if there is one; `scope standing` of what comes.
    fn effective(asked: &[(&str, Option<TicketState>)]) -> Vec<String> {
        let find = |name: &str| ScopeId::find(name).unwrap();
        let scopes = asked.iter().map(|(name, _)| find(name)).collect();
        let tickets: Vec<Ticket> = asked
            .iter()
            .filter_map(|(name, state)| Some(ticket(find(name), (*state)?)))
            .collect();
        let said = |(scope, standing): (ScopeId, Standing)| {
            let mark = if standing.is_effective() { '+' } else { '-' };
            let standing = match standing {
                Standing::Granted => "granted".to_owned(),
                Standing::Pending => "pending".to_owned(),
                Standing::Rejected(reason) => format!("rejected: {reason}"),
                Standing::Included { by } => format!("by {by}"),
            };
            format!("{mark}{scope} {standing}")
        };
        of(&scopes, &tickets).into_iter().map(said).collect()
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
        // Without a request nothing was approved.
        assert_eq!(
            effective(&[("CallControl", None)]),
            ["-CallControl pending"]
        );
        // Two levels deep, and one that needs approval when it is asked for alone.
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
