//! A request for a scope that requires approval.

use serde::{Deserialize, Serialize};

use super::{
    id::{AppId, DeveloperId, TicketId},
    scope::ScopeId,
    time::UnixMs,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketState {
    Pending,
    Approved,
    Rejected,
}

impl TicketState {
    pub const ALL: [Self; 3] = [Self::Pending, Self::Approved, Self::Rejected];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }

    pub fn from_stored(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// While it is pending, the scope is asked for and not the app's.
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
    /// Why it was rejected.
    pub reason: Option<String>,
}
