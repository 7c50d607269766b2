//! Whether a token may call an operation, and the refusal if not.

use axum::http::StatusCode;

use crate::{
    domain::{
        app::{
            App,
            effective_scopes::{Lacking, why_lacking},
            scope::ScopeId,
        },
        oauth::diagnosis::Diagnosis,
    },
    local_server::answer::Refusal,
    store::Bearer,
};

/// The scope of the token that allows what needs `scope`: the same one, or one that includes it.
pub(super) fn allowed_by(scope: ScopeId, bearer: &Bearer, app: &App) -> Result<ScopeId, Refusal> {
    let granted = || bearer.scope.split(' ');
    if granted().any(|one| one == scope.as_str()) {
        return Ok(scope);
    }
    granted()
        .filter_map(ScopeId::find)
        .find(|one| one.includes(scope))
        .ok_or_else(|| lacking(scope, app))
}

fn lacking(scope: ScopeId, app: &App) -> Refusal {
    // The first sentence is RingCentral's.
    let message = format!(
        "In order to call this API endpoint, application needs to have [{scope}] permission.{}{}",
        state(scope, app),
        also(scope)
    );
    Refusal::bad("InsufficientPermissions", "CMN-401", message)
        .with_status(StatusCode::FORBIDDEN)
        .because(Diagnosis::of_scope(app, scope))
        .naming(scope.as_str())
}

/// What the app can expect.
fn state(scope: ScopeId, app: &App) -> String {
    let requested = |request: ScopeId| {
        if request == scope {
            scope.to_string()
        } else {
            format!("{request}, which includes {scope},")
        }
    };
    match why_lacking(app, scope) {
        None => " The app has it now: log in again.".to_owned(),
        Some(Lacking::NotRequested) => String::new(),
        Some(Lacking::Pending { request }) => {
            format!(
                " The request for {} is pending approval.",
                requested(request)
            )
        }
        Some(Lacking::Rejected { request, .. }) => {
            format!(" The request for {} was rejected.", requested(request))
        }
    }
}

fn also(scope: ScopeId) -> String {
    let including = scope.included_in();
    if including.is_empty() {
        return String::new();
    }
    let names: Vec<&str> = including.iter().map(|one| one.as_str()).collect();
    format!(" Included in: {}.", names.join(", "))
}
