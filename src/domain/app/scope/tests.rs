//! Tables and properties of the scope catalog.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::domain::app::scope::*;

fn id(name: &str) -> ScopeId {
    ScopeId::find(name).unwrap()
}

fn set(names: &[&str]) -> ScopeSet {
    names.iter().map(|name| id(name)).collect()
}

#[test]
fn the_embedded_catalogue_parses() {
    let rows = rows(SOURCE).unwrap();
    assert_eq!(rows.len(), catalogue().len());
    assert_eq!(rows.len(), 41);
}

#[test]
fn every_scope_is_well_formed() {
    for scope in catalogue() {
        assert!(!scope.id.0.is_empty() && !scope.label.is_empty());
        assert!(!scope.description.is_empty() && !scope.access.is_empty());
        assert!(
            scope.id.0.bytes().all(|b| b.is_ascii_alphanumeric()),
            "RFC 6749 §3.3: {}",
            scope.id
        );
    }
}

#[test]
fn no_two_scopes_answer_to_one_name() {
    let mut owners = BTreeMap::new();
    for scope in catalogue() {
        for name in scope.names() {
            let owner = *owners.entry(squeezed(name)).or_insert(scope.id);
            assert_eq!(owner, scope.id, "{name}");
        }
    }
}

#[test]
fn every_included_scope_exists_and_none_includes_itself() {
    for scope in catalogue() {
        for included in &scope.includes {
            assert!(catalogue().iter().any(|other| other.id == *included));
        }
        let mut open = scope.includes.clone();
        let mut steps = 0;
        while let Some(next) = open.pop() {
            assert_ne!(next, scope.id, "a circle");
            steps += 1;
            assert!(steps < 100, "a circle");
            open.extend(&next.scope().includes);
        }
    }
}

#[test]
fn the_catalogue_is_sorted_by_label() {
    assert!(catalogue().is_sorted_by_key(|scope| text::key(scope.label)));
}

#[test]
fn a_scope_is_found_by_any_of_its_spellings() {
    for (typed, expected) in [
        ("ReadAccounts", "ReadAccounts"),
        ("read accounts", "ReadAccounts"),
        (" READ-ACCOUNTS ", "ReadAccounts"),
        ("A2P SMS", "A2PSMS"),
        ("Webhook Subscriptions", "SubscriptionWebhook"),
        ("WebhookSubscriptions", "SubscriptionWebhook"),
        ("WebSocket", "WebSocketsSubscription"),
        ("WebSocketsSubscriptions", "WebSocketsSubscription"),
        ("WebSocket Subscriptions", "WebSocketsSubscription"),
        ("VoIP Calling", "VoipCalling"),
    ] {
        assert_eq!(
            ScopeId::find(typed).map(ScopeId::as_str),
            Some(expected),
            "{typed}"
        );
    }
    for typed in ["", "  ", "-", "NoSuchScope", "NumberLookup", "GlipInternal"] {
        assert_eq!(ScopeId::find(typed), None, "{typed}");
    }
}

#[test]
fn a_scope_knows_its_row() {
    for scope in catalogue() {
        assert!(std::ptr::eq(scope.id.scope(), scope));
    }
}

#[test]
fn scopes_are_stored_by_name_and_an_unknown_one_is_named() {
    let chosen = set(&["SMS", "ReadAccounts"]);
    let stored = serde_json::to_string(&chosen).unwrap();
    assert_eq!(stored, r#"["ReadAccounts","SMS"]"#);
    assert_eq!(serde_json::from_str::<ScopeSet>(&stored).unwrap(), chosen);
    let error = serde_json::from_str::<ScopeSet>(r#"["Smoke"]"#).unwrap_err();
    assert!(error.to_string().contains("Smoke"), "{error}");
}

#[test]
fn scopes_can_be_keys_of_a_stored_map() {
    let reasons = BTreeMap::from([(id("CallControl"), "why".to_owned())]);
    let stored = serde_json::to_string(&reasons).unwrap();
    assert_eq!(stored, r#"{"CallControl":"why"}"#);
    assert_eq!(
        serde_json::from_str::<BTreeMap<ScopeId, String>>(&stored).unwrap(),
        reasons
    );
}

#[test]
fn a_scope_brings_along_what_it_includes_over_any_number_of_steps() {
    assert_eq!(
        set(&["Accounts"]).included(),
        [
            (id("EditAccounts"), id("Accounts")),
            (id("ReadAccounts"), id("Accounts")),
            (id("EditExtensions"), id("Accounts")),
        ]
    );
    assert_eq!(
        set(&["Accounts", "EditAccounts", "EditExtensions"]).included(),
        [(id("ReadAccounts"), id("EditAccounts"))]
    );
    assert_eq!(
        set(&["SMS", "Faxes"]).included(),
        [(id("ReadMessages"), id("Faxes"))]
    );
    assert_eq!(set(&["ReadMessages"]).included(), []);
}

#[test]
fn only_chosen_scopes_ask_for_approval() {
    let chosen = set(&["Accounts", "SMS", "CallControl"]);
    let asking: Vec<_> = chosen.requiring_approval().collect();
    assert_eq!(asking, [id("Accounts"), id("CallControl")]);
}

#[test]
fn toggling_twice_changes_nothing() {
    let mut chosen = set(&["SMS"]);
    assert!(chosen.toggle(id("Faxes")));
    assert!(!chosen.toggle(id("Faxes")));
    assert_eq!(chosen, set(&["SMS"]));
}

#[test]
fn an_empty_search_offers_the_current_scopes() {
    let offered = search("  ");
    assert_eq!(offered.len(), 38);
    assert!(offered.iter().all(|s| s.status == ScopeStatus::Current));
}

#[test]
fn a_search_puts_beginnings_before_middles_before_descriptions() {
    let names = |query| -> Vec<_> { search(query).iter().map(|s| s.id.as_str()).collect() };
    assert_eq!(names("sms"), ["SMS", "A2PSMS"]);
    assert_eq!(names("glip"), ["Glip"]);
    assert_eq!(names("accounts read"), ["ReadAccounts", "EditAccounts"]);
    assert_eq!(names("readaccounts"), ["ReadAccounts"]);
    assert_eq!(names("webhooksub"), ["SubscriptionWebhook"]);
    assert_eq!(names("nothing like it"), [] as [&str; 0]);
    assert_eq!(
        names("call")[..3],
        ["CallControl", "EditCallLog", "ReadCallLog"]
    );
}

proptest! {
    #[test]
    fn searching_never_panics_and_all_words_narrow_it(a in "\\PC{0,8}", b in "[a-z]{1,3}") {
        let wide = search(&b);
        for scope in search(&format!("{a} {b}")) {
            prop_assert!(wide.iter().any(|s| s.id == scope.id));
        }
    }
}
