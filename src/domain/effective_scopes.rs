//! What an app may really do: which of its scopes count, and what they bring along.

use super::{
    app::App,
    scope::{ScopeId, ScopeSet},
    ticket::{Ticket, TicketState},
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
    let asked = app.spec.scopes.iter().map(|scope| {
        let ticket = app.tickets.iter().find(|ticket| ticket.scope == scope);
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
