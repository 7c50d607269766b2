//! The difference between two entries, member by member.

use std::collections::BTreeMap;

use serde_json::Value;

use super::AppEntry;
use crate::domain::app::{App, AppSpec, AppStatus, ClientType, plan::PlannedField, scope::ScopeId};

/// The order in which members are shown. Others follow by name.
const ORDER: &[&str] = &[
    "name",
    "type",
    "platform",
    "description",
    "access",
    "partners",
];

/// The settings, tags and status of an app after a change. What is `None` stays.
pub(super) struct After<'a> {
    pub spec: &'a AppSpec,
    pub tags: &'a [String],
    pub status: AppStatus,
}

/// `email`: the address of a developer, if they are there.
pub(super) fn changes(
    before: Option<&App>,
    after: &After<'_>,
    email: impl Fn(&AppSpec) -> Option<String>,
) -> Vec<PlannedField> {
    let entry = |spec: &AppSpec, tags: &[String], status: AppStatus| {
        let mut entry = AppEntry::of_spec(spec, email(spec).as_deref());
        entry.tags = Some(tags.to_vec());
        entry.status = (status == AppStatus::Suspended).then(|| status.as_str().to_owned());
        leaves(&entry)
    };
    let old = before.map_or_else(BTreeMap::new, |app| entry(&app.spec, &app.tags, app.status));
    let new = entry(after.spec, after.tags, after.status);
    let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
    names.sort_by_key(|name| {
        let at = ORDER.iter().position(|known| known == name);
        (at.unwrap_or(ORDER.len()), *name)
    });
    names.dedup();
    let fields = names.into_iter().filter_map(|name| {
        let mut field = difference(old.get(name), new.get(name))?;
        field.field.clone_from(name);
        field.consequence = consequence(&field, before, after);
        Some(field)
    });
    fields.collect()
}

enum Leaf {
    One(String),
    /// A list without an order.
    Set(Vec<String>),
    List(Vec<String>),
}

impl Leaf {
    fn text(&self) -> String {
        match self {
            Self::One(text) => text.clone(),
            Self::Set(all) | Self::List(all) => all.join(" "),
        }
    }

    fn elements(&self) -> Option<&[String]> {
        match self {
            Self::One(_) => None,
            Self::Set(all) | Self::List(all) => Some(all),
        }
    }
}

/// Each member with its dotted name.
fn leaves(entry: &AppEntry) -> BTreeMap<String, Leaf> {
    let mut found = BTreeMap::new();
    // An entry is text, lists and tables: it always serializes.
    collect(
        &serde_json::to_value(entry).unwrap_or_default(),
        "",
        &mut found,
    );
    // They follow from other members.
    for derived in ["client.response_types", "client.token_endpoint_auth_method"] {
        found.remove(derived);
    }
    found
}

fn collect(value: &Value, at: &str, found: &mut BTreeMap<String, Leaf>) {
    let texts = |all: &[Value]| {
        let texts = all.iter().filter_map(Value::as_str).map(str::to_owned);
        texts.collect::<Vec<_>>()
    };
    let leaf = match value {
        Value::Object(table) => {
            for (name, value) in table {
                collect(value, &super::shape::joined(at, name), found);
            }
            return;
        }
        Value::Array(all) if all.is_empty() => return,
        Value::Array(all) if ["client.redirect_uris", "client.contacts"].contains(&at) => {
            Leaf::List(texts(all))
        }
        Value::Array(all) => Leaf::Set(texts(all)),
        Value::String(scopes) if at == "client.scope" => {
            Leaf::Set(scopes.split_whitespace().map(str::to_owned).collect())
        }
        Value::String(text) => Leaf::One(text.clone()),
        other => Leaf::One(other.to_string()),
    };
    found.insert(at.to_owned(), leaf);
}

fn difference(before: Option<&Leaf>, after: Option<&Leaf>) -> Option<PlannedField> {
    let elements = |leaf: Option<&Leaf>| leaf.and_then(Leaf::elements).unwrap_or_default().to_vec();
    let without = |all: &[String], others: &[String]| -> Vec<String> {
        all.iter()
            .filter(|one| !others.contains(one))
            .cloned()
            .collect()
    };
    let (old, new) = (elements(before), elements(after));
    let (add, remove) = (without(&new, &old), without(&old, &new));
    if add.is_empty() && remove.is_empty() {
        let has_order = matches!(before.or(after), Some(Leaf::One(_) | Leaf::List(_)));
        let (before, after) = (before.map(Leaf::text), after.map(Leaf::text));
        return (has_order && before != after).then(|| PlannedField {
            before,
            after,
            ..PlannedField::default()
        });
    }
    Some(PlannedField {
        add,
        remove,
        ..PlannedField::default()
    })
}

/// What else the change of a member does.
fn consequence(
    field: &PlannedField,
    before: Option<&App>,
    after: &After<'_>,
) -> Option<&'static str> {
    let before = before?;
    let types = (before.spec.client_type(), after.spec.client_type());
    match field.field.as_str() {
        "platform" | "client.grant_types" => match types {
            (ClientType::Confidential, ClientType::Public) => Some("ends the Client Secret"),
            (ClientType::Public, ClientType::Confidential) => Some("makes a Client Secret"),
            _ => None,
        },
        "client.scope" => {
            let mut added = field.add.iter().filter_map(|name| ScopeId::find(name));
            let asks = added.any(|scope| scope.scope().requires_approval);
            asks.then_some("files a request for approval")
        }
        "access" => (after.spec.access.label() == "public").then_some("cannot be undone"),
        "interactive_messages.outbound_webhook_url" => match (&field.before, &field.after) {
            (None, Some(_)) => Some("makes a shared secret"),
            (Some(_), None) => Some("ends the shared secret"),
            _ => None,
        },
        "status" => field.after.is_some().then_some("no one can sign in to it"),
        _ => None,
    }
}
