//! Writes a manifest in the order in which it is read best: one scope and one redirect URI a line,
//! so that a change is a difference of one line.

use serde::Serialize;
use serde_json::Value as Json;
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value, value};

use super::{
    AppEntry, File, Format,
    shape::{APP, Kind, Member},
};

/// For editors. The file is in `docs/schema`.
pub(super) const SCHEMA: &str = "devconsole-manifest-1.schema.json";

#[derive(Serialize)]
struct Written<'a> {
    #[serde(rename = "$schema")]
    schema: &'a str,
    manifest: i64,
    apps: &'a [AppEntry],
}

/// A manifest with these apps.
pub fn write(apps: &[AppEntry], format: Format) -> String {
    match format {
        Format::Json => {
            let file = Written {
                schema: SCHEMA,
                manifest: File::VERSION,
                apps,
            };
            // Text, lists and tables always serialize.
            let mut text = serde_json::to_string_pretty(&file).unwrap_or_default();
            text.push('\n');
            text
        }
        Format::Toml => {
            let mut document = DocumentMut::new();
            document.insert("manifest", value(File::VERSION));
            let mut tables = ArrayOfTables::new();
            tables.extend(apps.iter().map(table_of));
            if !tables.is_empty() {
                document.insert("apps", Item::ArrayOfTables(tables));
            }
            format!("#:schema {SCHEMA}\n{document}")
        }
    }
}

pub(super) fn table_of(app: &AppEntry) -> Table {
    // Text, lists and tables always serialize.
    let json = serde_json::to_value(app).unwrap_or_default();
    let mut table = table_with(&json, APP);
    table.decor_mut().set_prefix("\n");
    table
}

fn table_with(json: &Json, members: &[Member]) -> Table {
    let mut table = Table::new();
    for member in members {
        if let Some(json) = json.get(member.name)
            && let Some(item) = item_of(member, json)
        {
            table.insert(member.name, item);
        }
    }
    table
}

/// The value of a member outside an inline table.
pub(super) fn item_of(member: &Member, json: &Json) -> Option<Item> {
    match member.kind {
        Kind::Table(members) => Some(Item::Table(table_with(json, members))),
        Kind::Named => {
            let mut table = Table::new();
            for (name, json) in json.as_object()? {
                table.insert(name, value(json.as_str()?));
            }
            Some(Item::Table(table))
        }
        _ => value_of(member, json, true).map(Item::Value),
    }
}

/// The value of a member that is not a table.
pub(super) fn value_of(member: &Member, json: &Json, may_break: bool) -> Option<Value> {
    match json {
        Json::String(scopes) if member.name == "scope" && may_break => {
            let lines: Vec<&str> = scopes.split_whitespace().collect();
            // Names of scopes are letters.
            let text = format!("\"\"\"\n{}\n\"\"\"", lines.join("\n"));
            text.parse().ok()
        }
        Json::String(text) => Some(text.as_str().into()),
        Json::Array(all) => {
            let mut array: Array = all.iter().filter_map(Json::as_str).collect();
            let is_long = ["redirect_uris", "dialog_urls"].contains(&member.name);
            if is_long && all.len() > 1 && may_break {
                for one in array.iter_mut() {
                    one.decor_mut().set_prefix("\n    ");
                }
                array.set_trailing("\n");
                array.set_trailing_comma(true);
            }
            Some(Value::Array(array))
        }
        Json::Object(table) => {
            let mut inline = InlineTable::new();
            for (name, json) in table {
                let member = members_of(member.kind).iter().find(|one| one.name == name);
                let written = match member {
                    Some(member) => value_of(member, json, false),
                    None => json.as_str().map(Value::from),
                };
                inline.insert(name, written?);
            }
            Some(Value::InlineTable(inline))
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => None,
    }
}

fn members_of(kind: Kind) -> &'static [Member] {
    match kind {
        Kind::Table(members) => members,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::manifest::tests::{judged, registered, specs};

    fn read(text: &str, format: Format) -> AppEntry {
        let mut file = File::read(text, format).unwrap();
        file.apps.remove(0).entry
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

        #[test]
        fn an_export_says_the_same_app_byte_for_byte(spec in specs()) {
            for format in [Format::Toml, Format::Json] {
                let app = registered(spec.clone());
                let entry = AppEntry::of(&app, Some("ada@example.com"));
                let text = write(std::slice::from_ref(&entry), format);
                let again = read(&text, format);
                let applied = judged(&again, None);
                prop_assert_eq!(applied.as_ref().ok(), Some(&spec), "{}\n{:?}", text, applied);
                let mut second = AppEntry::of(&registered(applied.unwrap()), Some("ada@example.com"));
                second.client.client_id.clone_from(&entry.client.client_id);
                prop_assert_eq!(write(&[second], format), text);
            }
        }
    }

    #[test]
    fn each_scope_and_each_redirect_uri_has_its_line() {
        let text = include_str!("../../tests/data/manifests/three.json");
        let mut apps = File::read(text, Format::Json).unwrap().apps;
        let apps: Vec<AppEntry> = apps.drain(..).map(|app| app.entry).collect();
        let written = include_str!("../../tests/data/manifests/written.toml");
        assert_eq!(write(&apps, Format::Toml), written);
    }
}
