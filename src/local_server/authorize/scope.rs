//! The scope that a request gets.

use crate::{
    domain::{app::App, oauth::setup::Profile},
    local_server::{
        Shared,
        answer::Refusal,
        form::Form,
        openid_scopes::{OFFLINE_ACCESS, OPENID_SCOPE, WITHOUT_CLAIMS, is_openid},
        scopes::{must_be_of, refused, scope_of, words},
    },
};

/// RingCentral grants all scopes of the app, whatever is requested. The strict profile grants the
/// requested ones, which the app must have.
pub(super) fn scope(shared: &Shared, app: &App, form: &Form) -> Result<String, Refusal> {
    let strict = shared.profile == Profile::Strict;
    let asked = words(form.get("scope"));
    let is_openid_request = asked.contains(&OPENID_SCOPE);
    let (openid, own): (Vec<&str>, Vec<&str>) = asked.into_iter().partition(|one| is_openid(one));
    let mut scope = match (own.is_empty(), openid.first()) {
        (false, _) if strict => {
            must_be_of(app, &own)?;
            own.join(" ")
        }
        (true, Some(_)) if strict && is_openid_request => String::new(),
        // None of the requested scopes is known: refusing is better than granting more than was
        // requested.
        (true, Some(first)) if strict => {
            return Err(refused(first, "needs openid beside it"));
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
