//! What differs between two versions of an app's settings, value by value.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::domain::{app::AppSpec, history::Change};

/// Beginnings of paths in the stored settings, and the label that the form gives to what is there.
/// The first that matches counts.
const LABELS: &[(&str, &str)] = &[
    ("properties.name", "App Name"),
    ("properties.description", "App Description"),
    ("properties.primary_contact", "Primary Contact"),
    ("properties.promotion", "App Gallery"),
    ("card.display_name", "Display Name"),
    ("card.summary", "Summary"),
    ("card.icon", "Icon"),
    ("kind.rest_api.issue_refresh_tokens", "Refresh tokens"),
    (
        "kind.rest_api.auth.authorization_code.redirect_uris",
        "Redirect URI",
    ),
    ("kind.rest_api.auth.authorization_code.platform", "Platform"),
    ("kind.rest_api.auth", "Authentication"),
    ("kind.bot.redirect_uris", "Redirect URI"),
    (
        "kind.notification.manual_instructions",
        "Installation instructions",
    ),
    ("kind.notification.web_install_url", "Installation URL"),
    ("scopes", "Scopes"),
    ("justifications", "Justification"),
    ("access", "Access"),
    (
        "interactive_messages.outbound_webhook_url",
        "Outbound webhook URL",
    ),
    ("interactive_messages.dialog_urls", "Dialog URL"),
    ("interactive_messages", "Interactive Messages"),
];

pub fn spec_changes(before: &AppSpec, after: &AppSpec) -> Vec<Change> {
    let (before, after) = (flat(before), flat(after));
    let paths: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    paths
        .into_iter()
        .filter(|path| before.get(*path) != after.get(*path))
        .map(|path| {
            Change::new(
                label(path),
                before.get(path).cloned(),
                after.get(path).cloned(),
            )
        })
        .collect()
}

fn label(path: &str) -> String {
    LABELS
        .iter()
        .find(|(begin, _)| path.starts_with(begin))
        .map_or(path, |(_, label)| label)
        .to_owned()
}

fn flat(spec: &AppSpec) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    if let Ok(value) = serde_json::to_value(spec) {
        leaves("", &value, &mut out);
    }
    out
}

/// A list is one value: otherwise removing one of ten scopes would look like nine changes.
fn leaves(path: &str, value: &Value, out: &mut BTreeMap<String, String>) {
    match value {
        Value::Null => {}
        Value::Object(fields) => {
            for (name, value) in fields {
                let below = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                leaves(&below, value, out);
            }
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(plain).collect();
            out.insert(path.to_owned(), items.join(", "));
        }
        leaf => {
            out.insert(path.to_owned(), plain(leaf));
        }
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
