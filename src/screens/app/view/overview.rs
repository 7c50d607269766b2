//! The tab Overview: credentials first, then warnings and next steps.

use url::Url;

use super::{
    content::{Content, Mark, Role},
    credentials,
};
use crate::{
    domain::{
        app::{App, AppKind, AppStatus, AuthMethod},
        people::{developer::Session, ticket::TicketState},
        text, this_machine,
    },
    keymap::Action,
    screens::app::AppPage,
};

pub(super) fn overview(out: &mut Content, page: &AppPage, session: Option<&Session>) {
    let app = &page.app;
    let may = |action| page.why_off(action, session).is_none();
    state(
        out,
        app,
        session,
        may(Action::ToggleStatus),
        may(Action::Restore),
    );
    out.head("Credentials");
    credentials::brief(out, page, session);
    if !app.tags.is_empty() {
        out.pair("Tags", &app.tags.join(" "), Role::Text);
    }
    tickets(out, app);
    warnings(out, app, may(Action::FinishRotation));
    if app.deleted_at.is_none() {
        next_steps(out, page, session);
    }
}

/// Reasons why the credentials do not work.
fn state(
    out: &mut Content,
    app: &App,
    session: Option<&Session>,
    may_resume: bool,
    may_restore: bool,
) {
    let mut warn = |text: &str| {
        out.item(Mark::Warning, text, Role::Warning);
        out.blank();
    };
    if let Some(at) = app.deleted_at {
        let message = format!(
            "In the trash since {}: its credentials do not work.{} It is deleted permanently after 30 days.",
            at.date(),
            if may_restore {
                " u brings it back."
            } else {
                ""
            }
        );
        warn(&message);
    } else if app.status == AppStatus::Suspended {
        let resume = if may_resume { " z resumes it." } else { "" };
        warn(&format!("Suspended: its credentials do not work.{resume}"));
    }
    let contact = &app.spec.properties.primary_contact;
    if session.is_some_and(|session| session.find(contact).is_none()) {
        warn("The primary contact is a deleted user. A Developer Admin can choose another one.");
    }
}

/// Settings that are allowed but often cause problems later.
fn warnings(out: &mut Content, app: &App, may_finish: bool) {
    let mut message = Vec::new();
    if let AppKind::RestApi {
        auth: AuthMethod::AuthorizationCode { .. },
        issue_refresh_tokens: false,
    } = &app.spec.kind
    {
        message.push(
            "No refresh tokens: users sign in again when the access token expires (1 hour)."
                .to_owned(),
        );
    }
    for uri in app.spec.redirect_uris() {
        let by_name = Url::parse(uri.as_str())
            .is_ok_and(|url| url.host_str().is_some_and(this_machine::is_localhost_name));
        if by_name {
            message.push(format!(
                "{} uses a host name, which can point elsewhere. Use 127.0.0.1 instead (RFC 8252 §8.3).",
                uri.as_str()
            ));
        }
    }
    if let Some(ends_at) = app.secrets.iter().find_map(|secret| secret.ends_at) {
        message.push(format!(
            "The old Client Secret works until {}.{}",
            ends_at.date_time(),
            if may_finish {
                " F ends it now, X restores it."
            } else {
                ""
            }
        ));
    }
    if message.is_empty() {
        return;
    }
    out.blank();
    out.head("Warnings");
    for text in message {
        out.item(Mark::Warning, &text, Role::Warning);
    }
}

const TRY: &str = "T tests the login and a first API call with the local server.";

const INSTALL: &str =
    "T installs the bot at the local server: its redirect URI receives the bot's token.";

const FOR_A_PROGRAM: &str =
    "The tab Credentials has a .env file and a first call for your own program.";

/// Once the credentials were used, the first steps are done.
fn next_steps(out: &mut Content, page: &AppPage, session: Option<&Session>) {
    out.blank();
    // After a rotation, the old one was.
    let secrets = page.app.secrets.iter();
    let used = secrets.filter_map(|secret| secret.last_used_at).max();
    if let Some(at) = used {
        out.head("In use");
        let when = format!("The Client Secret was last used {}.", at.date_time());
        out.item(Mark::Dot, &when, Role::Text);
        return out.item(Mark::Dot, FOR_A_PROGRAM, Role::Text);
    }
    out.head("Next");
    let steps: &[&str] = match &page.app.spec.kind {
        AppKind::RestApi {
            auth: AuthMethod::Jwt,
            ..
        } => &[
            "J creates a JWT credential for this app. It belongs to you and acts with your permissions.",
            "Exchange the JWT for an access token, with the Client ID and Client Secret. Keep the token until it expires: RingCentral allows five logins a minute.",
            TRY,
        ],
        AppKind::RestApi { .. } if page.has_secret() => &[
            "Send users to the login page, then exchange the code for tokens with the Client ID and Client Secret.",
            TRY,
        ],
        AppKind::RestApi { .. } => &[
            "Send users to the login page with a PKCE challenge (S256), then exchange the code for tokens with the Client ID and the verifier.",
            TRY,
        ],
        AppKind::Bot { .. } => &[page.app.spec.why_not_installed().unwrap_or(INSTALL)],
        AppKind::Notification { .. } => {
            &["Install the add-in into a chat and post to its webhook."]
        }
    };
    let is_off = |action| page.why_off(action, session).is_some();
    for step in steps {
        // A step with a key is for those who may press it.
        let is_refused = [TRY, INSTALL].contains(step) && is_off(Action::TryIt);
        if !is_refused {
            out.item(Mark::Dot, step, Role::Text);
        }
    }
}

fn tickets(out: &mut Content, app: &App) {
    let pending: Vec<_> = app
        .tickets
        .iter()
        .filter(|ticket| ticket.state != TicketState::Approved)
        .collect();
    if pending.is_empty() {
        return;
    }
    out.blank();
    out.head("Approval");
    for ticket in pending {
        let label = ticket.scope.scope().label;
        let message = match (ticket.state, &ticket.reason) {
            (TicketState::Rejected, Some(reason)) => {
                format!("{label}: rejected. {}", text::displayable(reason))
            }
            (TicketState::Rejected, None) => format!("{label}: rejected."),
            _ => format!(
                "{label}: waiting for approval since {}. Justification: {}",
                ticket.created_at.date(),
                text::displayable(&ticket.justification),
            ),
        };
        out.item(Mark::Warning, &message, Role::Warning);
    }
}
