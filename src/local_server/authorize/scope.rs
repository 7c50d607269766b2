//! The scope that a request gets.

use crate::{
    domain::{
        app::App,
        oauth::{
            diagnosis::{Cause, Diagnosis},
            setup::Profile,
        },
    },
    local_server::{
        Shared,
        answer::Refusal,
        form::Form,
        token::{granted, scope_of},
    },
};

pub(super) const OPENID_SCOPE: &str = "openid";
const OFFLINE_ACCESS: &str = "offline_access";
/// Scopes of OpenID, which are not in an app's settings: name, label, what they allow.
pub(super) const OPENID: [(&str, &str, &str); 4] = [
    (OPENID_SCOPE, "Sign-in", "Know who you are"),
    ("email", "E-mail", "Know your e-mail address"),
    ("profile", "Profile", "Know your name"),
    (
        OFFLINE_ACCESS,
        "Offline access",
        "Stay signed in as you while you are away",
    ),
];
/// OpenID scopes without any data here. Unknown scopes are ignored (OpenID Connect Core §3.1.2.1).
const WITHOUT_CLAIMS: [&str; 2] = ["address", "phone"];

fn is_openid(scope: &str) -> bool {
    WITHOUT_CLAIMS.contains(&scope) || OPENID.iter().any(|(name, ..)| *name == scope)
}

pub(super) fn has(scope: &str, wanted: &str) -> bool {
    scope.split(' ').any(|one| one == wanted)
}

/// RingCentral grants all scopes of the app, whatever is requested. The strict profile grants the
/// requested ones, which the app has to have.
pub(super) fn scope(shared: &Shared, app: &App, form: &Form) -> Result<String, Refusal> {
    let strict = shared.profile == Profile::Strict;
    let mut asked: Vec<&str> = Vec::new();
    for word in form.get("scope").unwrap_or_default().split(' ') {
        if !word.is_empty() && !asked.contains(&word) {
            asked.push(word);
        }
    }
    let is_openid_request = asked.contains(&OPENID_SCOPE);
    let (openid, own): (Vec<&str>, Vec<&str>) = asked.into_iter().partition(|one| is_openid(one));
    let mut scope = match (own.is_empty(), openid.first()) {
        (false, _) if strict => {
            let all = granted(app);
            let is_ours = |one: &str| all.iter().any(|scope| scope.as_str() == one);
            if let Some(other) = own.iter().find(|one| !is_ours(one)) {
                return Err(scope_refused(other, "is not one of the app's scopes"));
            }
            own.join(" ")
        }
        (true, Some(_)) if strict && is_openid_request => String::new(),
        // None of the requested scopes is known: refusing is better than granting more than was
        // requested.
        (true, Some(first)) if strict => {
            return Err(scope_refused(first, "needs openid beside it"));
        }
        _ => scope_of(app),
    };
    let may_be_offline = strict && app.spec.issues_refresh_tokens();
    let is_granted = |one: &str| match one {
        OFFLINE_ACCESS => may_be_offline,
        other => !WITHOUT_CLAIMS.contains(&other),
    };
    for one in openid {
        if is_openid_request && is_granted(one) {
            if !scope.is_empty() {
                scope.push(' ');
            }
            scope.push_str(one);
        }
    }
    Ok(scope)
}

/// An error that names the scope, as far as RFC 6749 §5.2 allows.
fn scope_refused(scope: &str, why: &str) -> Refusal {
    const NAMED_MAX: usize = 64;
    let is_allowed = |c: &char| matches!(c, ' '..='~') && !matches!(c, '"' | '\\');
    let named: String = scope.chars().filter(is_allowed).take(NAMED_MAX).collect();
    let message = format!("Scope {named} {why}");
    Refusal::bad("invalid_scope", "CMN-101", message)
        .because(Diagnosis {
            cause: Cause::ScopeNotGranted,
            detail: Some(format!("The scope is {named}.")),
        })
        .naming_parameter("scope", Some(scope))
}
