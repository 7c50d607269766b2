use serde_json::{Value, json};

use crate::{
    domain::app::{Access, AppKind, AuthMethod, Partners},
    manifest::{
        AppEntry, File, Format,
        draft::fields,
        shape::{APP, CLIENT, Kind},
        tests::{judged, registered},
    },
};

const TOML: &str = include_str!("../../../tests/data/manifests/three.toml");
const JSON: &str = include_str!("../../../tests/data/manifests/three.json");

fn read(text: &str, format: Format) -> File {
    File::read(text, format).unwrap()
}

/// An app without an error, with these members changed. `null` leaves one out.
fn entry(changes: Value) -> AppEntry {
    let mut app = json!({
        "name": "Orders",
        "description": "Copies orders into the call log.",
        "access": "private",
        "client": { "redirect_uris": ["https://shop.example.com/cb"] },
    });
    merge(&mut app, changes);
    let text = json!({ "manifest": 1, "apps": [app] }).to_string();
    read(&text, Format::Json).apps.remove(0).entry
}

fn merge(into: &mut Value, changes: Value) {
    match (into, changes) {
        (Value::Object(into), Value::Object(changes)) => {
            for (name, value) in changes {
                if value.is_null() {
                    into.remove(&name);
                } else {
                    merge(into.entry(name).or_insert(Value::Null), value);
                }
            }
        }
        (into, value) => *into = value,
    }
}

/// The members with an error.
fn refused(changes: Value) -> Vec<String> {
    let result = judged(&entry(changes), None);
    let found = result.err().unwrap_or_default();
    found.into_iter().map(|finding| finding.field).collect()
}

#[test]
fn toml_and_json_say_the_same() {
    let (toml, json) = (read(TOML, Format::Toml), read(JSON, Format::Json));
    assert_eq!(toml.apps.len(), 3);
    for (one, other) in toml.apps.iter().zip(&json.apps) {
        let spec = judged(&one.entry, None);
        assert!(spec.is_ok(), "{spec:?}");
        assert_eq!(spec, judged(&other.entry, None));
    }
}

#[test]
fn what_an_entry_says_comes_back() {
    for app in read(TOML, Format::Toml).apps {
        let spec = judged(&app.entry, None).unwrap();
        let again = AppEntry::of_spec(&spec, Some("ada@example.com"));
        assert_eq!(judged(&again, None).unwrap(), spec);
    }
}

#[test]
fn an_absent_member_has_its_default() {
    let spec = judged(&entry(json!({})), None).unwrap();
    let AppKind::RestApi {
        auth: AuthMethod::AuthorizationCode { platform, .. },
        issue_refresh_tokens: false,
    } = &spec.kind
    else {
        panic!("{:?}", spec.kind);
    };
    assert_eq!(platform.as_str(), "server_side_web");
    assert_eq!(spec.properties.primary_contact.as_str(), "ada");
    assert_eq!(spec.card.display_name, None);
    let public = judged(&entry(json!({ "access": "public" })), None).unwrap();
    assert_eq!(public.access, Access::Public(Partners::All));
    let named = judged(
        &entry(json!({ "name": null, "client": { "client_name": "Shop" } })),
        None,
    );
    assert_eq!(named.unwrap().properties.name, "Shop");
}

#[test]
fn contact_and_icon_of_an_existing_app_stay_unless_named() {
    let first = entry(json!({ "icon": "a.png", "client": { "contacts": ["grace@example.com"] } }));
    let app = registered(judged(&first, None).unwrap());
    let after = judged(&entry(json!({})), Some(&app)).unwrap();
    assert_eq!(after.properties.primary_contact.as_str(), "grace");
    assert_eq!(after.card.icon, app.spec.card.icon);
    let named = entry(json!({ "client": { "contacts": ["ADA@example.com"] } }));
    let after = judged(&named, Some(&app)).unwrap();
    assert_eq!(after.properties.primary_contact.as_str(), "ada");
}

#[test]
fn an_error_is_at_the_member_that_has_to_change() {
    for (changes, fields) in [
        (json!({ "name": "" }), vec!["name"]),
        (json!({ "name": "Or\nders" }), vec!["name"]),
        (json!({ "description": null }), vec!["description"]),
        (json!({ "type": "bto" }), vec!["type"]),
        (json!({ "type": "bot" }), vec!["client.client_name", "icon"]),
        (json!({ "access": null }), vec!["access"]),
        (json!({ "access": "secret" }), vec!["access"]),
        (json!({ "promote": "maybe" }), vec!["promote"]),
        (json!({ "icon": "missing.png" }), vec!["icon"]),
        (json!({ "tags": ["a b"] }), vec!["tags[0]"]),
        (json!({ "status": "dead" }), vec!["status"]),
        (json!({ "partners": ["bt-cloud-work"] }), vec!["partners"]),
        (
            json!({ "access": "public", "partners": ["bt-cloud-wrok"] }),
            vec!["partners[0]"],
        ),
        (
            json!({ "client": { "redirect_uris": null } }),
            vec!["client.redirect_uris"],
        ),
        (
            json!({ "client": { "redirect_uris": ["https://a.example/cb", "https://a.example/cb#x", " "] } }),
            vec!["client.redirect_uris[2]", "client.redirect_uris[1]"],
        ),
        (
            json!({ "client": { "scope": "EditAccounts" } }),
            vec!["justifications.EditAccounts"],
        ),
        (
            json!({ "justifications": { "SMS": "Texts the receipt to the customer." } }),
            vec!["justifications.SMS"],
        ),
        (
            json!({ "client": { "scope": "Sms2" } }),
            vec!["client.scope"],
        ),
        (
            json!({ "client": { "contacts": ["eve@example.com"] } }),
            vec!["client.contacts[0]"],
        ),
        (
            json!({ "client": { "contacts": ["ada@example.com", "grace@example.com"] } }),
            vec!["client.contacts"],
        ),
        (
            json!({ "client": { "grant_types": ["password"] } }),
            vec!["client.grant_types[0]"],
        ),
        (
            json!({ "client": { "token_endpoint_auth_method": "none" } }),
            vec!["platform"],
        ),
        (
            json!({ "platform": "ios", "client": { "token_endpoint_auth_method": "client_secret_post" } }),
            vec!["client.token_endpoint_auth_method"],
        ),
        (
            json!({ "client": { "application_type": "native" } }),
            vec!["client.application_type"],
        ),
        (
            json!({ "client": { "response_types": ["token"] } }),
            vec!["client.response_types"],
        ),
        (
            json!({ "manual_instructions": "Paste {{ WEBHOOK_URL }}." }),
            vec!["manual_instructions"],
        ),
        (
            json!({ "interactive_messages": {} }),
            vec!["interactive_messages.outbound_webhook_url"],
        ),
    ] {
        assert_eq!(refused(changes.clone()), fields, "{changes}");
    }
}

#[test]
fn the_rule_is_apart_from_the_message() {
    let wrong = entry(json!({ "client": { "redirect_uris": ["https://a.example/cb#x"] } }));
    let found = judged(&wrong, None).unwrap_err();
    assert_eq!(found[0].rule, Some("RFC 6749 §3.1.2"), "{found:?}");
    assert!(!found[0].message.contains("RFC"), "{found:?}");
}

#[test]
fn every_field_of_the_form_has_a_member_or_is_fixed() {
    let known = |name: &str| {
        name.split('.')
            .try_fold(Kind::Table(APP), |kind, name| match kind {
                Kind::Table(members) => {
                    let mut members = members.iter();
                    members
                        .find(|member| member.name == name)
                        .map(|one| one.kind)
                }
                _ => None,
            })
            .is_some()
    };
    for field in fields() {
        let is_fixed = matches!(
            field.id.0,
            "features.shared_secret" | "features.integrated_installation"
        );
        assert_eq!(field.member.is_empty(), is_fixed, "{:?}", field.id);
        assert!(is_fixed || known(field.member), "{}", field.member);
    }
    let full = serde_json::to_value(AppEntry {
        icon: Some(String::new()),
        ..entry(json!({}))
    });
    let full = full.unwrap();
    for name in full.as_object().unwrap().keys() {
        assert!(known(name), "{name}");
    }
    assert!(CLIENT.len() > full["client"].as_object().unwrap().len());
}

#[test]
fn members_win_and_what_depends_on_the_former_value_goes() {
    let public = entry(json!({
        "access": "public",
        "partners": ["bt-cloud-work"],
        "platform": "ios",
        "justifications": { "EditAccounts": "Creates an extension for each customer." },
        "client": { "scope": "EditAccounts SMS", "token_endpoint_auth_method": "none" },
    }));
    let change: AppEntry = serde_json::from_value(json!({
        "summary": "Orders",
        "client": { "grant_types": ["urn:ietf:params:oauth:grant-type:jwt-bearer"], "scope": "SMS" },
    }))
    .unwrap();
    let after = public.clone().overlay(change);
    let spec = judged(&after, None).unwrap();
    assert!(spec.uses_jwt());
    assert_eq!(spec.card.summary.as_deref(), Some("Orders"));
    assert_eq!(spec.properties.name, "Orders");
    let private: AppEntry = serde_json::from_value(json!({ "access": "private" })).unwrap();
    let after = judged(&public.overlay(private), None).unwrap();
    assert_eq!(after.access, Access::Private);
}
