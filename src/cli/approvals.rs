//! `devconsole approvals`: requests for scopes that require approval.

use clap::Subcommand;
use serde_json::{Value, json};

use super::{
    done::{Changing, Done, Skipped, Subject},
    global::Global,
    output::{Exit, Format, Output, Refusal, Text},
    sign_in::{SignedIn, sign_in},
    table::{Cell, Table},
    texts::argument_or_input,
};
use crate::{
    domain::{
        id::TicketId,
        people::ticket::{Decision, Request},
    },
    store::StoreError,
};

/// Requests for scopes that require approval.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Approvals {
    /// List pending requests: of your apps, and as a Developer Admin all of them
    List {
        #[command(flatten)]
        format: Format,
    },
    /// Approve requests
    Approve {
        /// Ids, as the list prints them
        #[arg(value_name = "REQUEST", required = true)]
        requests: Vec<String>,

        #[command(flatten)]
        changing: Changing,
    },
    /// Reject a request
    Reject {
        /// Its id, as the list prints it
        #[arg(value_name = "REQUEST")]
        request: String,

        /// Why, for the requester; - reads it from standard input
        #[arg(long, value_name = "TEXT")]
        reason: String,

        #[command(flatten)]
        changing: Changing,
    },
}

impl Approvals {
    pub fn format(&self) -> Format {
        match self {
            Self::List { format } => *format,
            Self::Approve { changing, .. } | Self::Reject { changing, .. } => changing.format,
        }
    }

    pub fn run(&self, global: &Global) -> Result<Output, Refusal> {
        match self {
            Self::List { .. } => list(sign_in(global, false)?),
            Self::Approve { requests, changing } => {
                let signed_in = sign_in(global, changing.dry_run)?;
                decide(signed_in, requests, &Decision::Approve, changing.dry_run)
            }
            Self::Reject {
                request,
                reason,
                changing,
            } => {
                let reason = argument_or_input(reason).map_err(|it| it.about("--reason"))?;
                let signed_in = sign_in(global, changing.dry_run)?;
                let requests = std::slice::from_ref(request);
                let decision = Decision::Reject { reason };
                decide(signed_in, requests, &decision, changing.dry_run)
            }
        }
    }
}

fn list(signed_in: SignedIn) -> Result<Output, Refusal> {
    let workspace = &signed_in.workspace;
    let mut rows = Vec::new();
    let mut objects: Vec<Value> = Vec::new();
    for request in workspace.pending_requests()? {
        let ticket = &request.ticket;
        let asked_by = workspace.email_of(&ticket.requested_by)?;
        let client_id = workspace.app(&ticket.app)?.client_id;
        rows.push(vec![
            ticket.id.as_str().into(),
            ticket.scope.as_str().into(),
            request.app_name.as_str().into(),
            asked_by.as_str().into(),
            Cell::day(ticket.created_at),
            ticket.justification.as_str().into(),
        ]);
        objects.push(json!({
            "id": ticket.id.as_str(),
            "app": request.app_name,
            "client_id": client_id.as_str(),
            "scope": ticket.scope.as_str(),
            "justification": ticket.justification,
            "requested_by": asked_by,
            "created_at": ticket.created_at.rfc3339(),
        }));
    }
    let table = Table {
        heads: vec![
            "REQUEST",
            "SCOPE",
            "APP",
            "REQUESTED BY",
            "SINCE",
            "JUSTIFICATION",
        ],
        rows,
        flexible: 2,
        none: "No request is pending.",
    };
    let members = json!({ "requests": objects });
    let output = Output::new("approvals/1", members, Text::Table(table));
    Ok(output.warning(signed_in.warnings))
}

/// Also of a mistyped one.
const UNKNOWN: &str = "No request has this id. It may have been withdrawn or replaced.";

/// Each in a separate transaction, as in the console.
fn decide(
    mut signed_in: SignedIn,
    ids: &[String],
    decision: &Decision,
    is_rehearsal: bool,
) -> Result<Output, Refusal> {
    let workspace = &mut signed_in.workspace;
    let pending = workspace.pending_requests()?;
    let mut done = Done {
        participle: match decision {
            Decision::Approve => "approved",
            Decision::Reject { .. } => "rejected",
        }
        .to_owned(),
        id: "id",
        done: Vec::new(),
        skipped: Vec::new(),
    };
    for id in ids {
        let known = pending.iter().find(|one| one.ticket.id.as_str() == id);
        let subject = Subject {
            name: known.map_or_else(|| id.clone(), title),
            id: id.clone(),
        };
        let (reason, exit) =
            match workspace.decide(&TicketId::from_stored(id.as_str()), decision, signed_in.now) {
                Ok(_) => {
                    done.done.push(subject);
                    continue;
                }
                Err(error @ StoreError::NotAllowed(_)) => (error.to_string(), Exit::NotAllowed),
                Err(error @ StoreError::Conflict(_)) => (error.to_string(), Exit::Conflict),
                Err(StoreError::NotFound(_)) => (UNKNOWN.to_owned(), Exit::NotFound),
                Err(error) => return Err(error.into()),
            };
        done.skipped.push(Skipped {
            subject,
            reason,
            exit,
        });
    }
    Ok(done.output(is_rehearsal).warning(signed_in.warnings))
}

fn title(request: &Request) -> String {
    format!("{} for {}", request.ticket.scope, request.app_name)
}
