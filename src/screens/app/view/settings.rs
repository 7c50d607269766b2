//! The tab Settings: the answers of the form.

use super::content::{Content, Role};
use crate::domain::{
    app::{
        App,
        effective_scopes::{Standing, effective_scopes},
        spec::{MEMBERS, Shown},
    },
    people::developer::Session,
    text,
};

pub(super) fn settings(out: &mut Content, app: &App, session: Option<&Session>) {
    let spec = &app.spec;
    out.pair("Type", spec.app_type().label(), Role::Text);
    for member in MEMBERS {
        match member.shown {
            Shown::Values(label, values) => {
                out.pairs(label, values(spec).iter().map(String::as_str));
            }
            Shown::Scopes => all_scopes(out, app),
            Shown::Contact => {
                let contact = session
                    .and_then(|session| session.find(&spec.properties.primary_contact))
                    .map_or_else(
                        || "Deleted user".to_owned(),
                        |one| format!("{} <{}>", one.full_name, one.email.as_str()),
                    );
                out.pair("Primary Contact", &contact, Role::Text);
            }
            Shown::Elsewhere => {}
        }
    }
    out.pair("Created", &app.created_at.date_time(), Role::Text);
}

/// Every scope and its state, so that the effective permissions are visible.
fn all_scopes(out: &mut Content, app: &App) {
    let all = effective_scopes(app);
    if all.is_empty() {
        out.pair("Scopes", "none", Role::Text);
    }
    for (nth, (scope, standing)) in all.iter().enumerate() {
        let label = scope.scope().label;
        let (message, role) = match standing {
            Standing::Granted => (format!("{label}: granted"), Role::Text),
            Standing::Included { by } => (
                format!("{label}: included by {}", by.scope().label),
                Role::Note,
            ),
            Standing::Pending => (format!("{label}: waiting for approval"), Role::Warning),
            Standing::Rejected(reason) => (
                format!("{label}: rejected. {}", text::displayable(reason)),
                Role::Warning,
            ),
        };
        out.pair(if nth == 0 { "Scopes" } else { "" }, &message, role);
    }
}

/// The requested scopes, and the state of those that the app does not have yet.
pub(super) fn scopes(app: &App) -> String {
    let names: Vec<String> = effective_scopes(app)
        .into_iter()
        .filter(|(scope, _)| app.spec.scopes.iter().any(|asked| asked == *scope))
        .map(|(scope, standing)| {
            let label = scope.scope().label;
            match standing {
                Standing::Pending => format!("{label} (pending)"),
                Standing::Rejected(_) => format!("{label} (rejected)"),
                Standing::Granted | Standing::Included { .. } => label.to_owned(),
            }
        })
        .collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}
