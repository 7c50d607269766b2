//! Whether an app requests the scopes that its calls need, and no others.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    app::{
        App,
        effective_scopes::effective_scopes,
        scope::{ScopeId, ScopeSet},
        usage::OperationUsage,
    },
    oauth::operation,
};

/// A scope, and the calls that need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need<'a> {
    pub scope: ScopeId,
    pub calls: Vec<&'a OperationUsage>,
}

/// A requested scope that allows more than the calls need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Narrower<'a> {
    pub scope: ScopeId,
    /// Scopes that it includes, which are enough.
    pub instead: Vec<ScopeId>,
    pub calls: Vec<&'a OperationUsage>,
}

/// The requested scopes of an app, compared with its calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeFit<'a> {
    /// Requested, and needed by calls.
    pub used: Vec<Need<'a>>,
    /// Requested, and needed by no call.
    pub unused: Vec<ScopeId>,
    /// Needed by calls, and neither requested nor included in a requested scope.
    pub missing: Vec<Need<'a>>,
    pub narrower: Vec<Narrower<'a>>,
    /// Requested, and no operation needs them: calls cannot show whether they are used.
    pub unmeasured: Vec<ScopeId>,
    /// Used, and not granted: calls that need them are refused.
    pub waiting: Vec<ScopeId>,
    /// Used, and included in another one that is used and granted.
    pub redundant: Vec<ScopeId>,
    /// The fewest scopes that allow all calls.
    pub needed: ScopeSet,
}

impl ScopeFit<'_> {
    /// What the app should request.
    pub fn proposed(&self) -> ScopeSet {
        let unmeasured = self.unmeasured.iter().copied();
        self.needed.iter().chain(unmeasured).collect()
    }
}

/// The requested scopes that an app does not have: their requests are pending or were rejected.
pub fn waiting(app: &App) -> ScopeSet {
    let standing = effective_scopes(app).into_iter();
    let waiting = standing.filter(|(_, standing)| !standing.is_effective());
    waiting.map(|(scope, _)| scope).collect()
}

/// `waiting` are those of the requested scopes that are not granted. A scope that another one includes
/// can only go once that one is granted.
pub fn fit<'a>(
    requested: &ScopeSet,
    waiting: &ScopeSet,
    usage: &'a [OperationUsage],
) -> ScopeFit<'a> {
    let is_granted = |scope: ScopeId| {
        let is_had = requested.contains(scope) && !waiting.contains(scope);
        is_had || !scope.scope().requires_approval
    };
    let calls = by_scope(usage);
    let needed: BTreeSet<ScopeId> = calls.keys().copied().collect();
    let mut covered: BTreeMap<ScopeId, Vec<ScopeId>> = BTreeMap::new();
    let mut missing = Vec::new();
    for scope in &needed {
        match source(*scope, requested, waiting, &needed) {
            Some(source) => covered.entry(source).or_default().push(*scope),
            None => missing.push(Need {
                scope: *scope,
                calls: calls.get(scope).cloned().unwrap_or_default(),
            }),
        }
    }
    let all = |scopes: &[ScopeId]| -> Vec<&OperationUsage> {
        let each = scopes.iter().filter_map(|scope| calls.get(scope));
        each.flatten().copied().collect()
    };
    let mut found = ScopeFit {
        used: Vec::new(),
        unused: Vec::new(),
        missing,
        narrower: Vec::new(),
        unmeasured: Vec::new(),
        waiting: Vec::new(),
        redundant: Vec::new(),
        needed: fewest(&needed, is_granted),
    };
    for scope in requested.iter() {
        match covered.get(&scope) {
            None if is_measured(scope) => found.unused.push(scope),
            None => found.unmeasured.push(scope),
            Some(scopes) => {
                let calls = all(scopes);
                if !needed.contains(&scope) {
                    found.narrower.push(Narrower {
                        scope,
                        instead: fewest(&scopes.iter().copied().collect(), is_granted)
                            .iter()
                            .collect(),
                        calls: calls.clone(),
                    });
                } else if !found.needed.contains(scope) {
                    found.redundant.push(scope);
                }
                if waiting.contains(scope) {
                    found.waiting.push(scope);
                }
                found.used.push(Need { scope, calls });
            }
        }
    }
    found
}

/// The calls that need each scope.
fn by_scope(usage: &[OperationUsage]) -> BTreeMap<ScopeId, Vec<&OperationUsage>> {
    let mut calls: BTreeMap<ScopeId, Vec<&OperationUsage>> = BTreeMap::new();
    for one in usage.iter().filter(|one| one.calls() > 0) {
        if let Some(scope) = one.operation.scope {
            calls.entry(scope).or_default().push(one);
        }
    }
    calls
}

/// The requested scope that allows calls which need this one: itself, one that is needed anyway, or
/// another one that includes it and is granted.
fn source(
    scope: ScopeId,
    requested: &ScopeSet,
    waiting: &ScopeSet,
    needed: &BTreeSet<ScopeId>,
) -> Option<ScopeId> {
    if requested.contains(scope) {
        return Some(scope);
    }
    let granted = || requested.iter().filter(|one| !waiting.contains(*one));
    let including = || granted().filter(|one| one.includes(scope));
    including()
        .find(|one| needed.contains(one))
        .or_else(|| including().next())
}

/// Without those that another one includes.
fn fewest(scopes: &BTreeSet<ScopeId>, is_granted: impl Fn(ScopeId) -> bool) -> ScopeSet {
    let is_included = |scope: &ScopeId| {
        let mut others = scopes.iter();
        others.any(|other| other.includes(*scope) && is_granted(*other))
    };
    let own = scopes.iter().filter(|scope| !is_included(scope));
    own.copied().collect()
}

/// Whether a call can show that the scope is used.
fn is_measured(scope: ScopeId) -> bool {
    operation::catalogue()
        .iter()
        .filter_map(|operation| operation.scope)
        .any(|needed| needed == scope || scope.includes(needed))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{
        app::{scope::catalogue, usage::Outcome},
        time::UnixMs,
    };

    fn scopes(names: &[&str]) -> ScopeSet {
        names
            .iter()
            .map(|name| ScopeId::find(name).unwrap())
            .collect()
    }

    fn usage(ids: &[&str]) -> Vec<OperationUsage> {
        let once = |id: &&str| {
            let mut one = OperationUsage::of(id, UnixMs(1)).unwrap();
            one.count(Outcome::Answered, None, UnixMs(1));
            one
        };
        ids.iter().map(once).collect()
    }

    /// Lines: what was found about the requested scopes, then the proposed ones.
    fn found(requested: &[&str], called: &[&str]) -> Vec<String> {
        let usage = usage(called);
        let fit = fit(&scopes(requested), &ScopeSet::default(), &usage);
        let names = |all: &[ScopeId]| {
            let all: Vec<&str> = all.iter().map(|one| one.as_str()).collect();
            all.join(" ")
        };
        let calls = |all: &[&OperationUsage]| {
            let all: Vec<&str> = all.iter().map(|one| one.operation.id).collect();
            all.join(" ")
        };
        let mut lines = Vec::new();
        let used = fit.used.iter();
        lines.extend(used.map(|one| format!("used {}: {}", one.scope, calls(&one.calls))));
        lines.extend(fit.unused.iter().map(|one| format!("unused {one}")));
        let missing = fit.missing.iter();
        lines.extend(missing.map(|one| format!("missing {}: {}", one.scope, calls(&one.calls))));
        let narrower = fit.narrower.iter();
        lines
            .extend(narrower.map(|one| format!("narrower {}: {}", one.scope, names(&one.instead))));
        lines.extend(fit.unmeasured.iter().map(|one| format!("unmeasured {one}")));
        let proposed: Vec<ScopeId> = fit.proposed().iter().collect();
        lines.push(format!("proposed {}", names(&proposed)));
        lines
    }

    #[test]
    fn each_requested_scope_is_judged_by_the_calls() {
        let cases: [(&[&str], &[&str], &[&str]); 7] = [
            (
                &["ReadAccounts", "SMS"],
                &["readExtension"],
                &[
                    "used ReadAccounts: readExtension",
                    "unused SMS",
                    "proposed ReadAccounts",
                ],
            ),
            // Only reads were seen.
            (
                &["EditCallLog"],
                &["readUserCallLog"],
                &[
                    "used EditCallLog: readUserCallLog",
                    "narrower EditCallLog: ReadCallLog",
                    "proposed ReadCallLog",
                ],
            ),
            (
                &["EditCallLog"],
                &["readUserCallLog", "deleteUserCallLog"],
                &[
                    "used EditCallLog: deleteUserCallLog readUserCallLog",
                    "proposed EditCallLog",
                ],
            ),
            // The narrower one is requested too.
            (
                &["EditCallLog", "ReadCallLog"],
                &["readUserCallLog"],
                &[
                    "used ReadCallLog: readUserCallLog",
                    "unused EditCallLog",
                    "proposed ReadCallLog",
                ],
            ),
            // Two scopes include ReadMessages: only SMS is needed anyway.
            (
                &["Faxes", "SMS"],
                &["createSMSMessage", "listMessages"],
                &[
                    "used SMS: listMessages createSMSMessage",
                    "unused Faxes",
                    "proposed SMS",
                ],
            ),
            (
                &["ReadAccounts"],
                &["createSMSMessage", "listMessages"],
                &[
                    "unused ReadAccounts",
                    "missing ReadMessages: listMessages",
                    "missing SMS: createSMSMessage",
                    "proposed SMS",
                ],
            ),
            // No operation needs it.
            (
                &["SubscriptionWebhook"],
                &["listCountries"],
                &[
                    "unmeasured SubscriptionWebhook",
                    "proposed SubscriptionWebhook",
                ],
            ),
        ];
        for (requested, called, expected) in cases {
            assert_eq!(
                found(requested, called),
                expected,
                "{requested:?} {called:?}"
            );
        }
        assert_eq!(
            found(&["Accounts"], &["readExtension", "updateExtension"]),
            [
                "used Accounts: updateExtension readExtension",
                "narrower Accounts: EditExtensions ReadAccounts",
                "proposed EditExtensions ReadAccounts",
            ]
        );
    }

    #[test]
    fn an_entry_without_a_call_needs_nothing() {
        let none = [OperationUsage::of("readExtension", UnixMs(1)).unwrap()];
        assert!(
            fit(&ScopeSet::default(), &ScopeSet::default(), &none)
                .needed
                .is_empty()
        );
    }

    /// Once what is requested is granted, apart from requests that may be rejected.
    fn allows(scopes: &ScopeSet, granted: &ScopeSet, usage: &[OperationUsage]) -> bool {
        let is_had = |one: ScopeId| granted.contains(one) || !one.scope().requires_approval;
        let mut needed = usage.iter().filter_map(|one| one.operation.scope);
        needed.all(|scope| {
            let mut including = scopes.iter().filter(|one| one.includes(scope));
            scopes.contains(scope) || including.any(is_had)
        })
    }

    proptest! {
        #[test]
        fn the_proposed_scopes_allow_all_calls_and_none_can_be_left_out(
            asked in prop::collection::btree_set(0..catalogue().len(), 0..12),
            called in prop::collection::btree_set(0..operation::catalogue().len(), 0..24),
            are_waiting in any::<bool>(),
        ) {
            let requested: ScopeSet = asked.iter().map(|at| catalogue()[*at].id).collect();
            let ids: Vec<&str> = called.iter().map(|at| operation::catalogue()[*at].id).collect();
            let usage = usage(&ids);
            let waiting: ScopeSet = match are_waiting {
                true => requested.requiring_approval().collect(),
                false => ScopeSet::default(),
            };
            let granted = requested.iter().filter(|one| !waiting.contains(*one)).collect();
            let allows = |scopes: &ScopeSet, usage: &[OperationUsage]| allows(scopes, &granted, usage);
            let fit = fit(&requested, &waiting, &usage);
            prop_assert!(allows(&fit.needed, &usage));
            prop_assert!(allows(&fit.proposed(), &usage));
            for scope in fit.needed.iter() {
                let mut fewer = fit.needed.clone();
                fewer.remove(scope);
                prop_assert!(!allows(&fewer, &usage), "{scope} can be left out");
            }
            // Each requested scope is judged once, and each finding is right.
            let judged = fit.used.len() + fit.unused.len() + fit.unmeasured.len();
            prop_assert_eq!(judged, requested.len());
            for need in &fit.missing {
                prop_assert!(!allows(&requested, &usage), "{:?} is not missing", need.scope);
            }
            prop_assert_eq!(fit.missing.is_empty(), allows(&requested, &usage));
            let mut rest = requested.clone();
            for scope in &fit.unused {
                rest.remove(*scope);
            }
            prop_assert_eq!(allows(&rest, &usage), allows(&requested, &usage));
        }
    }

    #[test]
    fn an_included_scope_goes_only_once_the_including_one_is_granted() {
        let both = scopes(&["EditCallLog", "ReadCallLog"]);
        let usage = usage(&["readUserCallLog", "deleteUserCallLog"]);
        let pending = scopes(&["EditCallLog"]);
        let found = fit(&both, &pending, &usage);
        assert_eq!(found.proposed(), both);
        assert_eq!(found.waiting, [ScopeId::find("EditCallLog").unwrap()]);
        assert!(found.redundant.is_empty());
        let granted = fit(&both, &ScopeSet::default(), &usage);
        assert_eq!(granted.proposed(), pending);
        assert_eq!(granted.redundant, [ScopeId::find("ReadCallLog").unwrap()]);
        // A pending scope allows nothing yet, and what includes it is not there either.
        let alone = fit(&pending, &pending, &usage);
        let missing: Vec<&str> = alone.missing.iter().map(|one| one.scope.as_str()).collect();
        assert_eq!(missing, ["ReadCallLog"]);
        assert_eq!(alone.proposed(), both);
    }
}
