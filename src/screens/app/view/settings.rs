//! The tab Settings: what was answered in the form.

use super::Lines;
use crate::domain::{
    app::{
        Access, App, AppKind, AppSpec, AuthMethod, Partners, Promotion,
        effective_scopes::{Standing, effective_scopes},
    },
    people::developer::Session,
    text,
};

pub(super) fn settings(out: &mut Lines<'_>, app: &App, session: Option<&Session>) {
    let spec = &app.spec;
    let plain = out.theme.text;
    out.pair("Type", spec.app_type().label(), plain);
    out.pair("Authentication", spec.auth_label(), plain);
    if let AppKind::RestApi {
        auth,
        issue_refresh_tokens,
    } = &spec.kind
    {
        if let AuthMethod::AuthorizationCode { platform, .. } = auth {
            out.pair("Called from", platform.label(), plain);
        }
        out.pair(
            "Refresh tokens",
            if *issue_refresh_tokens {
                "issued"
            } else {
                "not issued"
            },
            plain,
        );
    }
    for (nth, uri) in spec.redirect_uris().iter().enumerate() {
        out.pair(
            if nth == 0 { "Redirect URIs" } else { "" },
            uri.as_str(),
            plain,
        );
    }
    all_scopes(out, app);
    out.pair("Access", &access(spec), plain);
    if let AppKind::Notification {
        manual_instructions,
        web_install_url,
    } = &spec.kind
    {
        out.pair("Manual install", manual_instructions, plain);
        if let Some(url) = web_install_url {
            out.pair("Web install", url.as_str(), plain);
        }
    }
    if let Some(interactive) = &spec.interactive_messages {
        out.pair(
            "Interactive",
            interactive.outbound_webhook_url.as_str(),
            plain,
        );
        for (nth, url) in interactive.dialog_urls.iter().enumerate() {
            out.pair(
                if nth == 0 { "Dialog URLs" } else { "" },
                url.as_str(),
                plain,
            );
        }
    }
    card(out, spec);
    out.pair("Description", &spec.properties.description, plain);
    out.pair("App Gallery", promotion(spec.properties.promotion), plain);
    let contact = session
        .and_then(|session| session.find(&spec.properties.primary_contact))
        .map_or_else(
            || "Deleted user".to_owned(),
            |one| format!("{} <{}>", one.full_name, one.email.as_str()),
        );
    out.pair("Primary Contact", &contact, plain);
    out.pair("Created", &app.created_at.date_time(), plain);
}

fn card(out: &mut Lines<'_>, spec: &AppSpec) {
    let plain = out.theme.text;
    if let Some(name) = &spec.card.display_name {
        out.pair("Display Name", name, plain);
    }
    if let Some(summary) = &spec.card.summary {
        out.pair("Summary", summary, plain);
    }
    if let Some(icon) = &spec.card.icon {
        let size = format!("{} {} x {}", icon.format.label(), icon.side, icon.side);
        out.pair("App Icon", &size, plain);
    }
}

fn promotion(answer: Promotion) -> &'static str {
    match answer {
        Promotion::Yes => "to be promoted",
        Promotion::No => "not to be promoted",
        Promotion::Unknown => "not decided",
    }
}

/// Every scope with how it stands: what the app may really do is plain to see.
fn all_scopes(out: &mut Lines<'_>, app: &App) {
    let all = effective_scopes(app);
    if all.is_empty() {
        out.pair("Scopes", "none", out.theme.text);
    }
    for (nth, (scope, standing)) in all.iter().enumerate() {
        let label = scope.scope().label;
        let (said, style) = match standing {
            Standing::Granted => (format!("{label}: granted"), out.theme.text),
            Standing::Included { by } => (
                format!("{label}: included by {}", by.scope().label),
                out.theme.dim,
            ),
            Standing::Pending => (
                format!("{label}: pending, not the app's yet"),
                out.theme.warning,
            ),
            Standing::Rejected(reason) => (
                format!("{label}: rejected. {}", text::displayable(reason)),
                out.theme.warning,
            ),
        };
        out.pair(if nth == 0 { "Scopes" } else { "" }, &said, style);
    }
}

/// What is asked for, with how it stands where it is not the app's.
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
