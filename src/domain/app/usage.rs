//! Which operations an app called, and with which outcome. One entry an operation.

use crate::domain::{
    app::scope::ScopeId,
    oauth::operation::{self, Operation},
    time::UnixMs,
};

/// How a call of an operation ended, for an app with a valid token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Answered,
    /// Token and scope were right, and only the local server lacks the operation.
    NotSimulated,
    /// Refused, because the token has no scope that allows it.
    ScopeMissing,
    /// Refused for another reason, e.g. because there is no such resource.
    Failed,
}

/// The calls of one operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationUsage {
    pub operation: &'static Operation,
    pub answered: u64,
    pub not_simulated: u64,
    pub scope_missing: u64,
    pub failed: u64,
    pub first_at: UnixMs,
    pub last_at: UnixMs,
    /// The scope that last allowed a call: the needed one, or another one that includes it. `None`
    /// if the operation needs none, or every call was refused.
    pub allowed_by: Option<ScopeId>,
}

impl OperationUsage {
    /// Without a call yet.
    pub fn none_at(operation: &'static Operation, at: UnixMs) -> Self {
        Self {
            operation,
            answered: 0,
            not_simulated: 0,
            scope_missing: 0,
            failed: 0,
            first_at: at,
            last_at: at,
            allowed_by: None,
        }
    }

    /// `None` if this version does not know the operation.
    pub fn of(id: &str, at: UnixMs) -> Option<Self> {
        operation::by_id(id).map(|operation| Self::none_at(operation, at))
    }

    pub fn count(&mut self, outcome: Outcome, allowed_by: Option<ScopeId>, at: UnixMs) {
        let counter = match outcome {
            Outcome::Answered => &mut self.answered,
            Outcome::NotSimulated => &mut self.not_simulated,
            Outcome::ScopeMissing => &mut self.scope_missing,
            Outcome::Failed => &mut self.failed,
        };
        *counter = counter.saturating_add(1);
        self.first_at = self.first_at.min(at);
        self.last_at = self.last_at.max(at);
        self.allowed_by = allowed_by.or(self.allowed_by);
    }

    /// Adds earlier calls of the same operation.
    pub fn add(&mut self, earlier: &Self) {
        let all = [
            (&mut self.answered, earlier.answered),
            (&mut self.not_simulated, earlier.not_simulated),
            (&mut self.scope_missing, earlier.scope_missing),
            (&mut self.failed, earlier.failed),
        ];
        for (counter, more) in all {
            *counter = counter.saturating_add(more);
        }
        self.first_at = self.first_at.min(earlier.first_at);
        self.last_at = self.last_at.max(earlier.last_at);
        self.allowed_by = self.allowed_by.or(earlier.allowed_by);
    }

    pub fn calls(&self) -> u64 {
        [
            self.answered,
            self.not_simulated,
            self.scope_missing,
            self.failed,
        ]
        .into_iter()
        .fold(0, u64::saturating_add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_by_outcome() {
        let read = ScopeId::find("ReadAccounts");
        let mut usage = OperationUsage::of("readExtension", UnixMs(5)).unwrap();
        assert_eq!(usage.calls(), 0);
        for (outcome, by, at) in [
            (Outcome::ScopeMissing, None, 5),
            (Outcome::Answered, read, 9),
            (Outcome::Answered, read, 7),
            (Outcome::Failed, None, 8),
            (Outcome::NotSimulated, read, 3),
        ] {
            usage.count(outcome, by, UnixMs(at));
        }
        let counts = (
            usage.answered,
            usage.not_simulated,
            usage.scope_missing,
            usage.failed,
        );
        assert_eq!((counts, usage.calls()), ((2, 1, 1, 1), 5));
        assert_eq!((usage.first_at, usage.last_at), (UnixMs(3), UnixMs(9)));
        assert_eq!(usage.allowed_by, read);
        let mut both = OperationUsage::of("readExtension", UnixMs(4)).unwrap();
        both.add(&usage);
        assert_eq!(both, usage);
        both.add(&usage);
        assert_eq!(both.calls(), 10);
        assert_eq!(OperationUsage::of("of a newer version", UnixMs(0)), None);
    }
}
