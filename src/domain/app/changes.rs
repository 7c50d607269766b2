//! The differences between two versions of an app's settings, value by value.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::domain::{
    app::{AppSpec, spec::Member},
    history::Change,
};

pub fn spec_changes(before: &AppSpec, after: &AppSpec) -> Vec<Change> {
    let (before, after) = (flat(before), flat(after));
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    paths
        .into_iter()
        .filter(|path| before.get(*path) != after.get(*path))
        .map(|path| {
            Change::new(
                Member::label_of(path).unwrap_or(path),
                before.get(path).cloned(),
                after.get(path).cloned(),
            )
        })
        .collect()
}

/// The value at each path of the stored settings.
pub(super) fn flat(spec: &AppSpec) -> BTreeMap<String, String> {
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
