//! The tab Settings: the answers of the form.

use super::content::{Content, Role};
use crate::domain::{
    app::{
        Access, App, AppKind, AppSpec, AuthMethod, Partners, Promotion,
        effective_scopes::{Standing, effective_scopes},
    },
    people::developer::Session,
    text,
};

pub(super) fn settings(out: &mut Content, app: &App, session: Option<&Session>) {
    let spec = &app.spec;
    authentication(out, spec);
    let uris = spec.redirect_uris().iter().map(|uri| uri.as_str());
    out.pairs("Redirect URIs", uris);
    all_scopes(out, app);
    out.pair("Access", &access(spec), Role::Text);
    features(out, spec);
    card(out, spec);
    let properties = &spec.properties;
    out.pair("Description", &properties.description, Role::Text);
    out.pair("App Gallery", promotion(properties.promotion), Role::Text);
    let contact = session
        .and_then(|session| session.find(&properties.primary_contact))
        .map_or_else(
            || "Deleted user".to_owned(),
            |one| format!("{} <{}>", one.full_name, one.email.as_str()),
        );
    out.pair("Primary Contact", &contact, Role::Text);
    out.pair("Created", &app.created_at.date_time(), Role::Text);
}

fn authentication(out: &mut Content, spec: &AppSpec) {
    out.pair("Type", spec.app_type().label(), Role::Text);
    out.pair("Authentication", spec.auth_label(), Role::Text);
    let AppKind::RestApi {
        auth,
        issue_refresh_tokens,
    } = &spec.kind
    else {
        return;
    };
    if let AuthMethod::AuthorizationCode { platform, .. } = auth {
        out.pair("Called from", platform.label(), Role::Text);
    }
    let issued = if *issue_refresh_tokens {
        "issued"
    } else {
        "not issued"
    };
    out.pair("Refresh tokens", issued, Role::Text);
}

fn features(out: &mut Content, spec: &AppSpec) {
    if let AppKind::Notification {
        manual_instructions,
        web_install_url,
    } = &spec.kind
    {
        out.pair("Manual install", manual_instructions, Role::Text);
        if let Some(url) = web_install_url {
            out.pair("Web install", url.as_str(), Role::Text);
        }
    }
    if let Some(interactive) = &spec.interactive_messages {
        let webhook = interactive.outbound_webhook_url.as_str();
        out.pair("Interactive", webhook, Role::Text);
        let dialogs = interactive.dialog_urls.iter().map(|url| url.as_str());
        out.pairs("Dialog URLs", dialogs);
    }
}

fn card(out: &mut Content, spec: &AppSpec) {
    if let Some(name) = &spec.card.display_name {
        out.pair("Display Name", name, Role::Text);
    }
    if let Some(summary) = &spec.card.summary {
        out.pair("Summary", summary, Role::Text);
    }
    if let Some(icon) = &spec.card.icon {
        let size = format!("{} {} x {}", icon.format.label(), icon.side, icon.side);
        out.pair("App Icon", &size, Role::Text);
    }
}

fn promotion(answer: Promotion) -> &'static str {
    match answer {
        Promotion::Yes => "to be promoted",
        Promotion::No => "not to be promoted",
        Promotion::Unknown => "not decided",
    }
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
            Standing::Pending => (
                format!("{label}: pending, not the app's yet"),
                Role::Warning,
            ),
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

pub(super) fn access(spec: &AppSpec) -> String {
    match &spec.access {
        Access::Private => "private: credentials of your own account".to_owned(),
        Access::Public(Partners::All) => "public, all current and future partners".to_owned(),
        Access::Public(Partners::Only(partners)) => {
            let names: Vec<&str> = partners.iter().map(|id| id.partner().label).collect();
            format!("public: {}", names.join(", "))
        }
    }
}
