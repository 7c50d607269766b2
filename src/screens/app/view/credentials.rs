//! The tab Credentials: each of them, when it was made and used, and what the platform issued.

use super::Lines;
use crate::{
    domain::{handoff::LOCAL_ONLY, oauth::credential::SecretInfo, secret::Secret, time::UnixMs},
    request::Copyable,
    screens::app::AppPage,
};

const NO_SECRET: &str = "none: an app that people install, or that runs in their browser, could not keep one. It proves itself with PKCE (S256).";

const COPY_AS: &str = "Copy as";
const FOR_SANDBOX: &str = "For the local platform (b)";

/// As far as a first look wants them.
pub(super) fn brief(out: &mut Lines<'_>, page: &AppPage) {
    out.pair("Client ID", page.app.client_id.as_str(), out.theme.accent);
    if page.has_secret() {
        pair(out, page, Copyable::ClientSecret, "Client Secret");
    } else {
        out.pair("Client Secret", NO_SECRET, out.theme.text);
    }
    if page.has_shared_secret() {
        pair(out, page, Copyable::SharedSecret, "Shared Secret");
    }
}

fn pair(out: &mut Lines<'_>, page: &AppPage, what: Copyable, label: &'static str) {
    match page.revealed(what) {
        Some(secret) => out.pair(label, secret.expose(), out.theme.accent),
        None => {
            let masked = out.theme.glyphs.mask.repeat(16);
            out.pair(label, &masked, out.theme.text);
        }
    }
}

/// Every credential with the cursor on one of them; answers which lines that one has.
pub(super) fn credentials(out: &mut Lines<'_>, page: &AppPage) -> (usize, usize) {
    let mut focused = (0, 0);
    let mut group = "";
    for (nth, what) in page.copyables().into_iter().enumerate() {
        if group_of(what) != group {
            group = group_of(what);
            if nth > 0 {
                out.blank();
            }
            out.head(group);
        }
        let start = out.lines.len();
        let is_focused = nth == page.cursor;
        one(out, page, what, is_focused);
        if is_focused {
            focused = (start, out.lines.len());
        }
    }
    out.blank();
    if page.app.environments.is_empty() {
        let said = "Credentials that the platform itself issued for this app can be kept here too: E for production, L for the legacy sandbox.";
        out.item(out.theme.glyphs.dot, said, out.theme.dim);
    }
    focused
}

fn group_of(what: Copyable) -> &'static str {
    match what {
        Copyable::EnvironmentId(environment) | Copyable::EnvironmentSecret(environment) => {
            environment.label()
        }
        Copyable::SandboxEnv | Copyable::Snippet(_) => FOR_SANDBOX,
        Copyable::EnvFile(_)
        | Copyable::BasicHeader
        | Copyable::CredentialsJson
        | Copyable::NewAppLink => COPY_AS,
        _ => "Issued here",
    }
}

fn one(out: &mut Lines<'_>, page: &AppPage, what: Copyable, is_focused: bool) {
    let style = if is_focused {
        out.theme.selected
    } else {
        out.theme.text
    };
    if matches!(group_of(what), COPY_AS | FOR_SANDBOX) {
        let secret = if what.is_secret() {
            ""
        } else {
            ", without a secret"
        };
        out.item(" ", &format!("{}{secret}", what.label()), style);
        if is_focused && what == Copyable::SandboxEnv {
            out.item(" ", LOCAL_ONLY, out.theme.dim);
        }
        return;
    }
    let masked = Secret::new(out.theme.glyphs.mask.repeat(16));
    let shown = match what {
        Copyable::ClientId => Secret::new(page.app.client_id.as_str()),
        Copyable::EnvironmentId(environment) => page
            .environment(environment)
            .map(|kept| Secret::new(kept.client_id.as_str()))
            .unwrap_or_default(),
        _ => page.revealed(what).cloned().unwrap_or(masked),
    };
    let label = match what {
        Copyable::EnvironmentId(_) => "Client ID",
        Copyable::EnvironmentSecret(_) => "Client Secret",
        Copyable::RetiringSecret => "Retiring secret",
        other => other.label(),
    };
    out.pair(label, shown.expose(), style);
    let about = match what {
        Copyable::ClientSecret => page.app.secrets.first().map(age),
        Copyable::RetiringSecret => page.app.secrets.get(1).map(age),
        Copyable::EnvironmentId(environment) => page
            .environment(environment)
            .map(|kept| kept.server_url.clone()),
        _ => None,
    };
    if let Some(about) = about {
        out.pair("", &about, out.theme.dim);
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
