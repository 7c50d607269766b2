//! The tab Credentials: every credential, its creation and last use, and credentials from RingCentral.

use super::content::{Content, Mark, Role};
use crate::{
    domain::{export::LOCAL_ONLY, oauth::credential::SecretInfo, time::UnixMs},
    request::Copyable,
    screens::app::AppPage,
};

const NO_SECRET: &str = "none: an app that people install, or that runs in their browser, could not keep one. It proves itself with PKCE (S256).";

const COPY_AS: &str = "Copy as";
const FOR_LOCAL_SERVER: &str = "For the local platform (b)";

/// The short form for the Overview.
pub(super) fn brief(out: &mut Content, page: &AppPage) {
    out.pair("Client ID", page.app.client_id.as_str(), Role::Credential);
    if page.has_secret() {
        pair(out, page, Copyable::ClientSecret, "Client Secret");
    } else {
        out.pair("Client Secret", NO_SECRET, Role::Text);
    }
    if page.has_shared_secret() {
        pair(out, page, Copyable::SharedSecret, "Shared Secret");
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
pub(super) fn credentials(out: &mut Content, page: &AppPage) {
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
    if page.app.environments.is_empty() {
        let text = "Credentials that the platform itself issued for this app can be kept here too: E for production, L for the legacy sandbox.";
        out.item(Mark::Dot, text, Role::Note);
    }
}

fn group_of(what: Copyable) -> &'static str {
    match what {
        Copyable::EnvironmentId(environment) | Copyable::EnvironmentSecret(environment) => {
            environment.label()
        }
        Copyable::LocalServerEnv | Copyable::Snippet(_) => FOR_LOCAL_SERVER,
        Copyable::EnvFile(_)
        | Copyable::BasicHeader
        | Copyable::CredentialsJson
        | Copyable::NewAppLink => COPY_AS,
        _ => "Issued here",
    }
}

fn one(out: &mut Content, page: &AppPage, what: Copyable, is_focused: bool) {
    let role = if is_focused {
        Role::Selected
    } else {
        Role::Text
    };
    if matches!(group_of(what), COPY_AS | FOR_LOCAL_SERVER) {
        let secret = if what.is_secret() {
            ""
        } else {
            ", without a secret"
        };
        out.item(Mark::None, &format!("{}{secret}", what.label()), role);
        if is_focused && what == Copyable::LocalServerEnv {
            out.item(Mark::None, LOCAL_ONLY, Role::Note);
        }
        return;
    }
    let label = match what {
        Copyable::EnvironmentId(_) => "Client ID",
        Copyable::EnvironmentSecret(_) => "Client Secret",
        Copyable::RetiringSecret => "Retiring secret",
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
    format!("made {}, {used}{ends}", when(secret.created_at))
}
