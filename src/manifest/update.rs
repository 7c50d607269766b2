//! Brings a manifest up to date and leaves what says the same as it is: its comments, its order and
//! its way of writing.

use std::collections::BTreeSet;

use serde_json::Value as Json;
use toml_edit::{ArrayOfTables, DocumentMut, Item, TableLike, Value};

use super::{
    AppEntry, File, Finding, Format,
    entry::{CODE, PUBLIC},
    shape::{APP, Kind, Member},
    write::{item_of, table_of, value_of, write},
};
use crate::domain::{
    app::{partner::PartnerId, scope::ScopeId},
    text,
};

/// An app as it is now. Its entry names the icon by its hash.
#[derive(Clone, Debug)]
pub struct Exported {
    pub entry: AppEntry,
    /// How a file names the icon.
    pub icon: Option<String>,
}

/// The manifest with these apps as they are now; apps that it lacks come last. `icon_of` is the hash
/// of an icon that the manifest names, if it can be read.
pub fn update(
    manifest: &str,
    format: Format,
    apps: &[Exported],
    icon_of: &dyn Fn(&str) -> Option<String>,
) -> Result<String, Vec<Finding>> {
    let file = File::read(manifest, format)?;
    let mut old: Vec<AppEntry> = file.apps.into_iter().map(|app| app.entry).collect();
    for entry in &mut old {
        if let Some(hash) = entry.icon.as_deref().and_then(icon_of) {
            entry.icon = Some(hash);
        }
    }
    match format {
        Format::Toml => in_toml(manifest, &old, apps),
        Format::Json => in_json(manifest, &old, apps),
    }
}

/// The place of an app in the manifest: by its Client ID, or else by its name.
fn place_of(app: &AppEntry, old: &[AppEntry]) -> Option<usize> {
    let name = |entry: &AppEntry| {
        let name = entry
            .name
            .as_deref()
            .or(entry.client.client_name.as_deref());
        name.map(text::key)
    };
    let by_id = old.iter().position(|one| {
        one.client.client_id.is_some() && one.client.client_id == app.client.client_id
    });
    by_id.or_else(|| old.iter().position(|one| name(one) == name(app)))
}

fn as_written(app: &Exported) -> AppEntry {
    AppEntry {
        icon: app.icon.clone().or_else(|| app.entry.icon.clone()),
        ..app.entry.clone()
    }
}

fn in_toml(manifest: &str, old: &[AppEntry], apps: &[Exported]) -> Result<String, Vec<Finding>> {
    // The manifest was read just before.
    let unread = |_| vec![Finding::error("", "This is not valid TOML.")];
    let mut document: DocumentMut = manifest.parse().map_err(unread)?;
    let item = document
        .entry("apps")
        .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    for app in apps {
        let Some(at) = place_of(&app.entry, old) else {
            append(item, &as_written(app));
            continue;
        };
        let is_inline = item.is_value();
        let table: Option<&mut dyn TableLike> = match item {
            Item::ArrayOfTables(tables) => tables.get_mut(at).map(|table| table as _),
            Item::Value(Value::Array(all)) => all
                .get_mut(at)
                .and_then(Value::as_inline_table_mut)
                .map(|table| table as _),
            _ => None,
        };
        let (before, after) = (old.get(at).map(json), json(&app.entry));
        if let (Some(table), Some(before)) = (table, before) {
            let written = json(&as_written(app));
            follow(table, APP, "", &before, &after, &written, is_inline);
        }
    }
    Ok(document.to_string())
}

fn append(item: &mut Item, app: &AppEntry) {
    match item {
        Item::ArrayOfTables(tables) => tables.push(table_of(app)),
        Item::Value(Value::Array(all)) => {
            all.push(Value::InlineTable(table_of(app).into_inline_table()));
        }
        _ => {}
    }
}

/// Text, lists and tables always serialize.
fn json(entry: &AppEntry) -> Json {
    serde_json::to_value(entry).unwrap_or_default()
}

fn follow(
    table: &mut dyn TableLike,
    members: &[Member],
    at: &str,
    before: &Json,
    after: &Json,
    written: &Json,
    is_inline: bool,
) {
    for member in members {
        let field = super::shape::joined(at, member.name);
        let values = [before, after, written].map(|table| table.get(member.name));
        let [old, new, written] = values;
        if is_same(&field, old, new) {
            continue;
        }
        if let (Kind::Table(below), Some(old), Some(new), Some(written)) =
            (member.kind, old, new, written)
            && let Some(item) = table.get_mut(member.name)
            && let is_inline = item.is_inline_table()
            && let Some(inner) = item.as_table_like_mut()
        {
            follow(inner, below, &field, old, new, written, is_inline);
            continue;
        }
        match written {
            Some(written) => put(table, member, written, is_inline),
            None => {
                table.remove(member.name);
            }
        }
    }
}

/// Sets a value and keeps the comment behind it.
fn put(table: &mut dyn TableLike, member: &Member, written: &Json, is_inline: bool) {
    let old = table.get_mut(member.name);
    if let Some(old) = old.and_then(Item::as_value_mut)
        && let Some(mut new) = value_of(member, written, !is_inline)
    {
        *new.decor_mut() = old.decor().clone();
        *old = new;
        return;
    }
    let item = if is_inline {
        value_of(member, written, false).map(Item::Value)
    } else {
        item_of(member, written)
    };
    if let Some(item) = item {
        table.insert(member.name, item);
    }
}

/// Whether two values of a member mean the same. Four members stay as they are in an app if the
/// manifest lacks them, so it may lack them.
fn is_same(field: &str, old: Option<&Json>, new: Option<&Json>) -> bool {
    const UNMANAGED: [&str; 4] = ["client.contacts", "icon", "tags", "status"];
    let is_derived = match field {
        "client.response_types" | "client.token_endpoint_auth_method" => true,
        "platform" => new == Some(&Json::from("server_side_web")),
        _ => false,
    };
    if old.is_none() && (is_derived || UNMANAGED.contains(&field)) {
        return true;
    }
    meaning(field, old, new) == meaning(field, new, old)
}

#[derive(Debug, PartialEq)]
enum Meaning {
    Absent,
    Text(String),
    Set(BTreeSet<String>),
    Other(Json),
}

/// `beside` is the value that it is compared with: what other members determine may be left out.
fn meaning(field: &str, value: Option<&Json>, beside: Option<&Json>) -> Meaning {
    let default = match field {
        "type" => "rest_api",
        "promote" => "unknown",
        "partners" => "all",
        "status" => "active",
        _ => "",
    };
    let all = |list: &[Json], name: fn(&str) -> String| -> BTreeSet<String> {
        list.iter().filter_map(Json::as_str).map(name).collect()
    };
    match (field, value) {
        ("client.response_types", None) => Meaning::Other(vec!["code"].into()),
        ("client.grant_types", None) => match beside.and_then(Json::as_array) {
            Some(other) if other.is_empty() || *other == [Json::from(CODE)] => {
                meaning(field, beside, None)
            }
            _ => Meaning::Absent,
        },
        ("client.token_endpoint_auth_method", Some(Json::String(method))) => {
            if method == PUBLIC {
                Meaning::Text(method.clone())
            } else {
                Meaning::Absent
            }
        }
        ("client.scope", Some(Json::String(scopes))) => {
            let scopes = scopes.split_whitespace().map(known_scope);
            Meaning::Set(scopes.collect())
        }
        ("client.contacts", Some(Json::Array(list))) => Meaning::Set(all(list, text::key)),
        ("partners", Some(Json::Array(list))) => Meaning::Set(
            all(list, known_partner)
                .into_iter()
                .filter(|slug| !is_forced(slug))
                .collect(),
        ),
        ("client.redirect_uris" | "client.response_types", Some(other @ Json::Array(list))) => {
            if list.is_empty() && field == "client.redirect_uris" {
                Meaning::Absent
            } else {
                Meaning::Other(other.clone())
            }
        }
        (_, Some(Json::Array(list))) if list.is_empty() && field != "client.grant_types" => {
            Meaning::Absent
        }
        (_, Some(Json::Array(list))) => Meaning::Set(all(list, |one| one.to_owned())),
        (_, Some(Json::String(one))) if one == default => Meaning::Absent,
        (_, Some(Json::String(one))) => Meaning::Text(text::normal(one.trim()).into_owned()),
        (_, Some(other)) => Meaning::Other(other.clone()),
        (_, None) => Meaning::Absent,
    }
}

fn known_scope(name: &str) -> String {
    ScopeId::find(name)
        .map_or(name, |scope| scope.as_str())
        .to_owned()
}

fn known_partner(name: &str) -> String {
    PartnerId::find(name)
        .map_or(name, |one| one.as_str())
        .to_owned()
}

fn is_forced(slug: &str) -> bool {
    PartnerId::find(slug).is_some_and(|partner| partner.partner().forced)
}

/// JSON has no comments. Members that are not about apps stay.
fn in_json(manifest: &str, old: &[AppEntry], apps: &[Exported]) -> Result<String, Vec<Finding>> {
    let unread = |_| vec![Finding::error("", "This is not valid JSON.")];
    let mut top: serde_json::Map<String, Json> = serde_json::from_str(manifest).map_err(unread)?;
    let Some(Json::Array(list)) = top.get_mut("apps") else {
        let new: Vec<AppEntry> = apps.iter().map(as_written).collect();
        return Ok(write(&new, Format::Json));
    };
    for app in apps {
        let written = json(&as_written(app));
        match place_of(&app.entry, old) {
            Some(at) => {
                if let (Some(Json::Object(table)), Some(old)) = (list.get_mut(at), old.get(at)) {
                    follow_json(table, APP, "", &json(old), &json(&app.entry), &written);
                }
            }
            None => list.push(written),
        }
    }
    let mut text = serde_json::to_string_pretty(&top).unwrap_or_default();
    text.push('\n');
    Ok(text)
}

fn follow_json(
    table: &mut serde_json::Map<String, Json>,
    members: &[Member],
    at: &str,
    before: &Json,
    after: &Json,
    written: &Json,
) {
    for member in members {
        let field = super::shape::joined(at, member.name);
        let [old, new, written] = [before, after, written].map(|table| table.get(member.name));
        if is_same(&field, old, new) {
            continue;
        }
        match (member.kind, table.get_mut(member.name), old, new, written) {
            (
                Kind::Table(below),
                Some(Json::Object(inner)),
                Some(old),
                Some(new),
                Some(written),
            ) => {
                follow_json(inner, below, &field, old, new, written);
            }
            (_, _, _, _, Some(written)) => {
                table.insert(member.name.to_owned(), written.clone());
            }
            (_, _, _, _, None) => {
                table.remove(member.name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::manifest::tests::{judged, registered, specs};

    const TOML: &str = include_str!("../../tests/data/manifests/three.toml");

    fn exported(text: &str, format: Format) -> Vec<Exported> {
        let file = File::read(text, format).unwrap();
        let apps = file.apps.into_iter().map(|app| {
            let spec = judged(&app.entry, None).unwrap();
            let mut entry = AppEntry::of(&registered(spec), Some("ada@example.com"));
            entry.client.client_id = app.entry.client.client_id;
            entry.tags = app.entry.tags;
            Exported { entry, icon: None }
        });
        apps.collect()
    }

    fn hash(_: &str) -> Option<String> {
        Some(format!("sha256:{}", "ab".repeat(32)))
    }

    #[test]
    fn a_manifest_that_says_the_same_stays_byte_for_byte() {
        let apps = exported(TOML, Format::Toml);
        assert_eq!(update(TOML, Format::Toml, &apps, &hash).unwrap(), TOML);
    }

    #[test]
    fn only_what_changed_is_written_and_comments_stay() {
        let mut apps = exported(TOML, Format::Toml);
        apps[0].entry.summary = Some("Changed.".to_owned());
        apps[0].entry.promote = None;
        apps[0].entry.client.scope = Some("EditAccounts ReadAccounts SMS".to_owned());
        apps[1].entry.client.client_id = Some("Zt7hB0uFQ9iMe4Vw6JxCsg".to_owned());
        let after = update(TOML, Format::Toml, &apps, &hash).unwrap();
        let wanted = TOML
            .replace("Invoices and receipts from your phone system.", "Changed.")
            .replace("promote = \"no\"\n", "")
            .replace("EditAccounts\nSMS\n", "EditAccounts\nReadAccounts\nSMS\n");
        let (before, rest) = after.split_once("name = \"Concierge\"").unwrap();
        assert!(wanted.starts_with(before), "{before}");
        assert!(before.contains("# internal; apply finds the app by it"));
        assert!(
            rest.contains("client_id = \"Zt7hB0uFQ9iMe4Vw6JxCsg\""),
            "{rest}"
        );
        let again = exported(&after, Format::Toml);
        assert_eq!(
            again[1].entry.client.client_id,
            apps[1].entry.client.client_id
        );
        assert_eq!(update(&after, Format::Toml, &again, &hash).unwrap(), after);
    }

    #[test]
    fn an_app_that_the_manifest_lacks_comes_last() {
        let mut apps = exported(TOML, Format::Toml);
        apps[2].entry.name = Some("Another".to_owned());
        for (format, text) in [
            (Format::Toml, TOML.to_owned()),
            (Format::Toml, "manifest = 1\n".to_owned()),
            (Format::Toml, "manifest = 1\napps = []\n".to_owned()),
            (
                Format::Json,
                include_str!("../../tests/data/manifests/three.json").to_owned(),
            ),
            (Format::Json, "{\"manifest\": 1}".to_owned()),
        ] {
            let after = update(&text, format, &apps[2..], &hash).unwrap();
            let file = File::read(&after, format).unwrap();
            let last = file.apps.last().unwrap();
            assert_eq!(last.entry.name.as_deref(), Some("Another"), "{after}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

        #[test]
        fn after_an_update_the_manifest_says_what_the_app_is(one in specs(), other in specs()) {
            let email = Some("ada@example.com");
            let (mut from, mut to) = (registered(one), registered(other));
            (from.tags, to.tags) = (Vec::new(), Vec::new());
            let before = AppEntry::of(&from, email);
            let after = Exported { entry: AppEntry::of(&to, email), icon: None };
            for format in [Format::Toml, Format::Json] {
                let text = write(std::slice::from_ref(&before), format);
                let text = update(&text, format, std::slice::from_ref(&after), &|_| None).unwrap();
                let read = File::read(&text, format).unwrap().apps.remove(0).entry;
                let wanted = to.clone();
                let spec = judged(&read, Some(&wanted));
                prop_assert_eq!(spec.as_ref().ok(), Some(&wanted.spec), "{}\n{:?}", text, spec);
            }
        }
    }
}
