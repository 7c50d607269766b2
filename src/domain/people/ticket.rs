//! A request for a scope that requires approval.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::domain::{
    app::{scope::ScopeId, usage::OperationUsage},
    id::{AppId, DeveloperId, TicketId},
    progress::grouped,
    time::UnixMs,
};

/// Longest reason of a rejection, in characters. Ours.
pub const REASON_MAX: usize = 500;

/// Waiting requests are counted this far: counting all of a large workspace would delay the sign-in.
pub const WAITING_MAX: u64 = 1_000;

/// `3`, or `1,000 or more`.
pub fn number_waiting(count: u64) -> String {
    match count {
        WAITING_MAX.. => format!("{} or more", grouped(WAITING_MAX)),
        _ => count.to_string(),
    }
}

#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum TicketState {
    Pending,
    Approved,
    Rejected,
}

/// While it is pending, the app has requested the scope but does not have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    pub id: TicketId,
    pub app: AppId,
    pub scope: ScopeId,
    pub justification: String,
    pub requested_by: DeveloperId,
    pub state: TicketState,
    pub created_at: UnixMs,
    pub decided_by: Option<DeveloperId>,
    pub decided_at: Option<UnixMs>,
    /// The reason for a rejection.
    pub reason: Option<String>,
}

/// A ticket, with what a reviewer and the requester need to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub ticket: Ticket,
    pub app_name: String,
    /// The requester's name, also if they were removed since.
    pub asked_by: String,
    /// The operations that the app called.
    pub usage: Vec<OperationUsage>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    Approve,
    /// The requester needs to know what to change.
    Reject {
        reason: String,
    },
}

#[cfg(test)]
mod tests {
    use super::number_waiting;

    #[test]
    fn a_count_that_was_cut_off_says_so() {
        assert_eq!(number_waiting(3), "3");
        assert_eq!(number_waiting(999), "999");
        assert_eq!(number_waiting(1_000), "1,000 or more");
    }
}
