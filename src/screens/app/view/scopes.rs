//! The tab Scopes: what the app's calls need, beside what it requests.

use super::content::{Content, Mark, Role};
use crate::{
    domain::{
        app::{
            proposal::Proposal,
            scope::ScopeId,
            scope_fit::{Narrower, Need, fit, waiting},
            usage::OperationUsage,
        },
        oauth::scope_search::brief,
        progress::grouped,
    },
    screens::app::AppPage,
};

const NO_CALLS: &str = "No calls yet. The local server counts which operations the app calls: run your program or its tests against it, then return here.";

/// Calls that stand below a scope.
const CALLS_SHOWN: usize = 5;

pub(super) fn scopes(out: &mut Content, page: &AppPage) {
    let Some(usage) = &page.usage else {
        return out.item(Mark::None, "Loading", Role::Note);
    };
    let requested = &page.app.spec.scopes;
    if usage.is_empty() {
        return out.item(Mark::None, NO_CALLS, Role::Note);
    }
    let waiting = waiting(&page.app);
    let found = fit(requested, &waiting, usage);
    let (refused, used): (Vec<_>, Vec<_>) = found
        .used
        .iter()
        .cloned()
        .partition(|one| waiting.contains(one.scope));
    needs(out, "Used", &used, Mark::Dot);
    needs(out, "Used, and not granted", &refused, Mark::Warning);
    labels(out, "Requested, never used", &found.unused, Mark::Warning);
    needs(out, "Needed and missing", &found.missing, Mark::Warning);
    if !found.narrower.is_empty() {
        begin(out, "A narrower scope is enough");
        for one in &found.narrower {
            out.item(Mark::Warning, &narrower(one), Role::Warning);
        }
    }
    let redundant = "Included in another scope that is used";
    labels(out, redundant, &found.redundant, Mark::Warning);
    let unmeasured = "Not measured, because no known operation needs them";
    labels(out, unmeasured, &found.unmeasured, Mark::Dot);
    begin(out, "Next");
    let proposal = Proposal::of(requested, &waiting, usage);
    out.item(Mark::Dot, &next(proposal, &found.waiting), Role::Text);
}

fn labels(out: &mut Content, head: &'static str, scopes: &[ScopeId], mark: Mark) {
    if scopes.is_empty() {
        return;
    }
    begin(out, head);
    for scope in scopes {
        out.item(mark, scope.scope().label, role_of(mark));
    }
}

fn role_of(mark: Mark) -> Role {
    match mark {
        Mark::Warning => Role::Warning,
        Mark::Dot | Mark::None => Role::Text,
    }
}

fn begin(out: &mut Content, head: &'static str) {
    if !out.is_empty() {
        out.blank();
    }
    out.head(head);
}

fn needs(out: &mut Content, head: &'static str, needs: &[Need<'_>], mark: Mark) {
    if needs.is_empty() {
        return;
    }
    begin(out, head);
    for need in needs {
        out.item(mark, need.scope.scope().label, role_of(mark));
        for call in need.calls.iter().take(CALLS_SHOWN) {
            out.item(Mark::None, &format!("  {}", told(call)), Role::Note);
        }
        let more = need.calls.len().saturating_sub(CALLS_SHOWN);
        if more > 0 {
            out.item(Mark::None, &format!("  and {more} more"), Role::Note);
        }
    }
}

/// `GET …/call-log: 12 calls, 2 refused, last 2026-12-01`
fn told(call: &OperationUsage) -> String {
    let count = match call.calls() {
        1 => "1 call".to_owned(),
        calls => format!("{} calls", grouped(calls)),
    };
    let refused = match call.scope_missing {
        0 => String::new(),
        refused => format!(", {} refused", grouped(refused)),
    };
    let last = call.last_at.date();
    format!("{}: {count}{refused}, last {last}", brief(call.operation))
}

fn narrower(one: &Narrower<'_>) -> String {
    let label = |scope: &ScopeId| scope.scope().label;
    let instead: Vec<&str> = one.instead.iter().map(label).collect();
    format!(
        "{}: {} is enough for the calls that were seen",
        label(&one.scope),
        instead.join(" and ")
    )
}

fn next(proposal: Option<Proposal>, waiting: &[ScopeId]) -> String {
    let Some(proposal) = proposal else {
        return match waiting {
            [] => "The app requests exactly what its calls need.".to_owned(),
            _ => "The app requests what its calls need. A Developer Admin has to approve the rest."
                .to_owned(),
        };
    };
    let labels: Vec<&str> = proposal
        .scopes
        .iter()
        .map(|one| one.scope().label)
        .collect();
    let scopes = match labels.as_slice() {
        [] => "no scopes".to_owned(),
        labels => labels.join(", "),
    };
    format!("P proposes {scopes}, as a change that you review before it is saved.")
}
