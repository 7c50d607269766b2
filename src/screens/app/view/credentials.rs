//! The tab Credentials: every credential, its creation and last use, and credentials from RingCentral.

use super::content::{Content, Mark, Role};
use crate::{
    domain::{
        app::{Environment, Issuer},
        export::LOCAL_ONLY,
        oauth::credential::SecretInfo,
        people::developer::Session,
        time::UnixMs,
    },
    keymap::{self, Action, Mode},
    request::Copyable,
    screens::app::AppPage,
};

const NO_SECRET: &str =
    "none: this app runs on its users' devices, where a secret is not safe. It uses PKCE (S256).";

const LOCAL_SERVER: &str = "Local server";

/// The short form for the Overview.
pub(super) fn brief(out: &mut Content, page: &AppPage, session: Option<&Session>) {
    let copied_by = |out: &mut Content, action| {
        if page.why_off(action, session).is_none() {
            out.copied_by(keymap::first_key(Mode::App, action));
        }
    };
    out.pair("Client ID", page.app.client_id.as_str(), Role::Credential);
    copied_by(out, Action::CopyClientId);
    if page.has_secret() {
        pair(out, page, Copyable::ClientSecret, "Client Secret");
        copied_by(out, Action::CopySecret);
    } else {
        out.pair("Client Secret", NO_SECRET, Role::Text);
    }
    if page.has_shared_secret() {
        pair(out, page, Copyable::SharedSecret, "Shared Secret");
        copied_by(out, Action::CopySharedSecret);
    }
}

fn pair(out: &mut Content, page: &AppPage, what: Copyable, label: &'static str) {
    secret(out, page, what, label, Role::Credential, Role::Text);
}

fn secret(
    out: &mut Content,
    page: &AppPage,
    what: Copyable,
    label: &'static str,
    revealed: Role,
    masked: Role,
) {
    match page.revealed(what) {
        Some(secret) => out.pair(label, secret.expose(), revealed),
        None => out.masked(label, masked),
    }
}

/// Every credential; one of them is selected.
pub(super) fn credentials(out: &mut Content, page: &AppPage, session: Option<&Session>) {
    let mut group = "";
    for (nth, what) in page.copyables().into_iter().enumerate() {
        if group_of(what) != group {
            group = group_of(what);
            if nth > 0 {
                out.blank();
            }
            out.head(group);
        }
        if nth == page.cursor {
            out.focused(|out| one(out, page, what, true));
        } else {
            one(out, page, what, false);
        }
    }
    out.blank();
    let may_keep = page.why_off(Action::KeepProduction, session).is_none();
    out.item(Mark::Dot, kept_note(page, may_keep), Role::Note);
}

/// What the group of each server needs, or how to get it.
fn kept_note(page: &AppPage, may_keep: bool) -> &'static str {
    if !may_keep {
        "Credentials work only with the server of their group."
    } else if page.app.environments.is_empty() {
        "These credentials work with the local server only (b). RingCentral issues its own: register the app there, then press E to keep its credentials here. L keeps those of the retired sandbox."
    } else {
        "Credentials work only with the server of their group. E changes those of production, L those of the retired sandbox, Del removes them."
    }
}

fn group_of(what: Copyable) -> &'static str {
    if let Some(environment) = what.issued_by() {
        return environment.label();
    }
    match what {
        Copyable::NewAppLink | Copyable::JwtLink => Environment::Production.label(),
        _ => LOCAL_SERVER,
    }
}

/// What stands beside a row that is copied whole.
fn note_of(what: Copyable) -> Option<&'static str> {
    match what {
        Copyable::EnvFile(_)
        | Copyable::BasicHeader(_)
        | Copyable::CredentialsJson(_)
        | Copyable::NewAppLink => Some(""),
        Copyable::JwtLink => Some(", for this app only"),
        Copyable::Snippet(_) => Some(", reads the .env beside it"),
        _ => None,
    }
}

/// A line for each, with its group and, if it is no secret, its value.
pub(super) fn lines(page: &AppPage) -> Vec<String> {
    let line = |what: Copyable| {
        let value = match what {
            Copyable::ClientId => Some(page.app.client_id.as_str()),
            Copyable::EnvironmentId(environment) => page
                .environment(environment)
                .map(|kept| kept.client_id.as_str()),
            _ => None,
        };
        let value = value.map_or_else(String::new, |value| format!(": {value}"));
        format!("{}, {}{value}", group_of(what), what.label())
    };
    page.copyables().into_iter().map(line).collect()
}

fn one(out: &mut Content, page: &AppPage, what: Copyable, is_focused: bool) {
    let role = match what {
        Copyable::BasicHeader(_) | Copyable::CredentialsJson(_) | Copyable::NewAppLink => {
            Role::Note
        }
        _ => Role::Text,
    };
    if let Some(note) = note_of(what) {
        out.item(Mark::None, &format!("{}{note}", what.label()), role);
        if is_focused && what == Copyable::EnvFile(Issuer::LocalServer) {
            out.item(Mark::None, LOCAL_ONLY, Role::Note);
        }
        return;
    }
    let label = match what {
        Copyable::EnvironmentId(_) => "Client ID",
        Copyable::EnvironmentSecret(_) => "Client Secret",
        Copyable::RetiringSecret => "Old secret",
        other => other.label(),
    };
    match what {
        Copyable::ClientId => out.pair(label, page.app.client_id.as_str(), role),
        Copyable::EnvironmentId(environment) => {
            let kept = page.environment(environment);
            out.pair(label, kept.map_or("", |kept| kept.client_id.as_str()), role);
        }
        _ => secret(out, page, what, label, role, role),
    }
    let about = match what {
        Copyable::ClientSecret => page.app.secrets.first().map(age),
        Copyable::RetiringSecret => page.app.secrets.get(1).map(age),
        Copyable::EnvironmentId(environment) => page
            .environment(environment)
            .map(|kept| kept.server_url.clone()),
        _ => None,
    };
    if let Some(about) = about {
        out.pair("", &about, Role::Note);
    }
}

fn age(secret: &SecretInfo) -> String {
    let when = |at: UnixMs| at.date_time();
    let used = secret.last_used_at.map_or_else(
        || "not used yet".to_owned(),
        |at| format!("last used {}", when(at)),
    );
    let ends = secret
        .ends_at
        .map_or_else(String::new, |at| format!(", ends {}", when(at)));
    format!("created {}, {used}{ends}", when(secret.created_at))
}
