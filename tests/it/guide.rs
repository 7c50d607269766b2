//! The form says what RingCentral's guide to registering an app says, where the choice is made.

use std::fs;

/// The statement of the guide; the tab of the form; words of the sentence there.
const STATEMENTS: &[(&str, &str, &[&str])] = &[
    (
        "Public apps get greater scrutiny",
        "security",
        &["greater scrutiny"],
    ),
    (
        "Some scopes need approval, because they allow sensitive operations",
        "security",
        &["sensitive operations", "approves or rejects"],
    ),
    (
        "A product whose own customers never sign in is private",
        "security",
        &["CPaaS", "Communication Platform as a Service", "private"],
    ),
    (
        "All current and future partners are recommended",
        "security",
        &["All current and future partners (recommended)"],
    ),
    (
        "A recurring job refreshes every stored token once a day",
        "auth",
        &["daily job", "every stored token"],
    ),
    (
        "The password flow is deprecated: scripts use JWT",
        "auth",
        &["password", "JWT"],
    ),
    (
        "A web installation is recommended",
        "features",
        &["Recommended", "installation"],
    ),
    (
        "The instructions for a manual installation are the developer's own",
        "features",
        &["Replace the template"],
    ),
    (
        "Notification Add-ins are deprecated, and hidden from many",
        "app_type",
        &["deprecated", "hidden from many"],
    ),
    (
        "Somebody gets important messages about the app",
        "properties",
        &["important messages"],
    ),
];

#[test]
fn each_statement_of_the_guide_is_made_where_the_choice_is_made() {
    for (statement, tab, words) in STATEMENTS {
        let package = env!("CARGO_MANIFEST_DIR");
        let file = format!("{package}/src/screens/create_app/sections/{tab}.rs");
        let source = fs::read_to_string(file).unwrap();
        // A sentence may continue in the next line of the source.
        let parts: Vec<&str> = source.split_whitespace().collect();
        let text = parts.join(" ").replace("\\ ", "");
        for word in *words {
            assert!(text.contains(word), "{statement}: {word:?} is not in {tab}");
        }
    }
}
