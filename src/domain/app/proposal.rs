//! The scopes that an app should request, as a change of its settings.

use crate::domain::{
    app::{
        JUSTIFICATION_MAX,
        scope::{ScopeId, ScopeSet},
        scope_fit::fit,
        usage::OperationUsage,
    },
    oauth::scope_search::brief,
    progress::grouped,
};

/// The scopes that the calls of an app need, with a reason for each that requires approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    pub scopes: ScopeSet,
    /// Drafts: a developer reads and completes them before a reviewer does.
    pub reasons: Vec<(ScopeId, String)>,
}

/// Operations that are named; the others are counted.
const NAMED_MAX: usize = 3;

impl Proposal {
    /// `None` if the app made no call, or requests exactly what its calls need.
    pub fn of(requested: &ScopeSet, waiting: &ScopeSet, usage: &[OperationUsage]) -> Option<Self> {
        if usage.is_empty() {
            return None;
        }
        let found = fit(requested, waiting, usage);
        let scopes = found.proposed();
        if scopes == *requested {
            return None;
        }
        let reason = |scope: ScopeId| (scope, reason(scope, usage));
        let reasons = scopes.requiring_approval().map(reason).collect();
        Some(Self { scopes, reasons })
    }
}

fn reason(scope: ScopeId, usage: &[OperationUsage]) -> String {
    let calls = calls_in_words(scope, usage).unwrap_or_default();
    let text = format!("In tests, the app called {calls}.");
    text.chars().take(JUSTIFICATION_MAX).collect()
}

/// The calls that a scope allows, e.g. `GET …/call-log (2 times) and 1 more operation`. `None` without
/// one.
pub fn calls_in_words(scope: ScopeId, usage: &[OperationUsage]) -> Option<String> {
    let needs = |one: &&OperationUsage| {
        let needed = one.operation.scope;
        needed.is_some_and(|needed| needed == scope || scope.includes(needed))
    };
    let mut calls: Vec<&OperationUsage> = usage.iter().filter(needs).collect();
    // First what this scope alone allows.
    calls.sort_by_key(|one| (one.operation.scope != Some(scope), one.operation.id));
    let named: Vec<String> = calls
        .iter()
        .take(NAMED_MAX)
        .map(|one| format!("{} ({})", brief(one.operation), times(one.calls())))
        .collect();
    let more = match calls.len().saturating_sub(named.len()) {
        0 => String::new(),
        1 => " and 1 more operation".to_owned(),
        more => format!(" and {more} more operations"),
    };
    (!named.is_empty()).then(|| format!("{}{more}", named.join(", ")))
}

fn times(calls: u64) -> String {
    match calls {
        1 => "once".to_owned(),
        calls => format!("{} times", grouped(calls)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        app::{JUSTIFICATION_MIN, usage::Outcome},
        time::UnixMs,
    };

    fn usage(ids: &[&str]) -> Vec<OperationUsage> {
        let twice = |id: &&str| {
            let mut one = OperationUsage::of(id, UnixMs(1)).unwrap();
            one.count(Outcome::Answered, None, UnixMs(1));
            one.count(Outcome::ScopeMissing, None, UnixMs(2));
            one
        };
        ids.iter().map(twice).collect()
    }

    fn scopes(names: &[&str]) -> ScopeSet {
        let find = |name: &&str| ScopeId::find(name).unwrap();
        names.iter().map(find).collect()
    }

    #[test]
    fn a_scope_that_requires_approval_gets_a_reason_made_of_its_calls() {
        let calls = usage(&["readUserCallLog", "deleteUserCallLog"]);
        let proposal = Proposal::of(&scopes(&["SMS"]), &ScopeSet::default(), &calls).unwrap();
        // Until the request is approved, reading needs the scope for it.
        assert_eq!(proposal.scopes, scopes(&["EditCallLog", "ReadCallLog"]));
        let [(scope, reason)] = proposal.reasons.as_slice() else {
            panic!("{proposal:?}");
        };
        assert_eq!(scope.as_str(), "EditCallLog");
        assert_eq!(
            reason,
            "In tests, the app called DELETE …/extension/{extensionId}/call-log (2 times), GET \
             …/extension/{extensionId}/call-log (2 times)."
        );
        assert!((JUSTIFICATION_MIN..=JUSTIFICATION_MAX).contains(&reason.chars().count()));
    }

    #[test]
    fn nothing_is_proposed_without_calls_or_where_the_scopes_fit() {
        let sms = scopes(&["SMS"]);
        assert_eq!(Proposal::of(&sms, &ScopeSet::default(), &[]), None);
        let calls = usage(&["readUserCallLog"]);
        assert_eq!(
            Proposal::of(&scopes(&["ReadCallLog"]), &ScopeSet::default(), &calls),
            None
        );
    }

    #[test]
    fn a_reason_is_never_longer_than_a_justification_may_be() {
        let all: Vec<&str> = crate::domain::oauth::operation::catalogue()
            .iter()
            .filter(|one| one.scope.is_some())
            .map(|one| one.id)
            .collect();
        let proposal =
            Proposal::of(&ScopeSet::default(), &ScopeSet::default(), &usage(&all)).unwrap();
        for (scope, reason) in proposal.reasons {
            assert!(
                reason.chars().count() <= JUSTIFICATION_MAX,
                "{scope}: {reason}"
            );
        }
    }
}
