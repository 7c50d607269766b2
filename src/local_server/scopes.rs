//! The scopes of an app and of its tokens. A scope that was taken from an app is missing at the next
//! request, whatever its tokens were issued for.

use super::{answer::Refusal, openid_scopes::is_openid, shown};
use crate::domain::{
    app::{App, effective_scopes::effective_scopes, scope::ScopeId},
    oauth::diagnosis::{Cause, Diagnosis},
};

pub(super) fn has(scope: &str, wanted: &str) -> bool {
    scope.split(' ').any(|one| one == wanted)
}

/// The scopes of a request, each once.
pub(super) fn words(scope: Option<&str>) -> Vec<&str> {
    let mut words: Vec<&str> = Vec::new();
    for word in scope.unwrap_or_default().split(' ') {
        if !word.is_empty() && !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

/// The scopes that the app may use.
pub(super) fn granted(app: &App) -> Vec<ScopeId> {
    effective_scopes(app)
        .into_iter()
        .filter(|(_, standing)| standing.is_effective())
        .map(|(scope, _)| scope)
        .collect()
}

/// The same, separated by spaces.
pub(super) fn scope_of(app: &App) -> String {
    let granted: Vec<&str> = granted(app).iter().map(|scope| scope.as_str()).collect();
    granted.join(" ")
}

/// The part of a scope granted before that the app still has.
pub(super) fn still_granted(app: &App, scope: &str) -> String {
    let granted = granted(app);
    let is_left =
        |word: &&str| is_openid(word) || granted.iter().any(|scope| scope.as_str() == *word);
    let left: Vec<&str> = scope.split(' ').filter(is_left).collect();
    left.join(" ")
}

/// Refuses a scope that the app does not have.
pub(super) fn must_be_of(app: &App, asked: &[&str]) -> Result<(), Refusal> {
    let all = granted(app);
    let is_missing = |one: &&&str| !all.iter().any(|scope| scope.as_str() == **one);
    match asked.iter().find(is_missing) {
        Some(other) => Err(refused(other, "is not one of the app's scopes")),
        None => Ok(()),
    }
}

/// An error that names the scope, as far as RFC 6749 §5.2 allows.
pub(super) fn refused(scope: &str, why: &str) -> Refusal {
    const NAMED_MAX: usize = 64;
    let is_allowed = |c: &char| matches!(c, ' '..='~') && !matches!(c, '"' | '\\');
    let named: String = scope.chars().filter(is_allowed).take(NAMED_MAX).collect();
    let message = format!("Scope {named} {why}");
    let is_known = shown::is_scope(&named);
    let refusal = Refusal::bad("invalid_scope", "CMN-101", message)
        .because(Diagnosis {
            cause: Cause::ScopeNotGranted,
            detail: Some(format!(
                "The scope is {}.",
                shown::parameter_value("scope", &named)
            )),
        })
        .naming_parameter("scope", Some(scope));
    if is_known {
        refusal
    } else {
        refusal.hiding(&named)
    }
}
