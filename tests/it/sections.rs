//! The rules of the form: tables of `(input, verdict)`, and what holds for the judgement of any
//! draft.

use devconsole::{
    domain::{
        app::{
            AppType, Platform, Promotion,
            icon::{IconFormat, IconRef},
            scope::ScopeId,
        },
        id::DeveloperId,
        people::{
            developer::{Developer, MemberState, Role},
            email::EmailAddress,
        },
        secret::Secret,
        time::UnixMs,
    },
    form::{Control, Entry, Field, FieldError, FieldId, RowKey, Rows, Severity, TextEdit as _},
    screens::{
        create_app::{
            draft::{Draft, Facts},
            sections::{
                SECTIONS,
                app_card::{self, IconState},
                app_type, auth, by_section, features, properties, security,
            },
        },
        organization::add,
    },
};

use crate::harness::{driver::Driver, form::app};
use proptest::prelude::*;

fn facts() -> Facts {
    let me = DeveloperId::from_stored("me");
    Facts {
        me: me.clone(),
        developers: vec![Developer {
            id: me,
            full_name: "Ada Lovelace".to_owned(),
            email: EmailAddress::from_stored("ada@example.com"),
            role: Role::DeveloperAdmin,
            state: MemberState::Active,
            created_at: UnixMs(0),
        }],
        name_answer: Some(("taken".to_owned(), true)),
        saved: None,
    }
}

/// A private REST API app with JWT and nothing missing.
fn sound() -> Draft {
    let mut draft = Draft::new(&facts().me);
    draft.app_type.app_type = Some(AppType::RestApi);
    draft.properties.name = Entry::new("Orders");
    draft.properties.description = Entry::new("Syncs orders to the call log.");
    draft.properties.promotion = Some(Promotion::No);
    draft.auth.method = Some(auth::Method::Jwt);
    draft.security.public = Some(false);
    draft.features.shared_secret = Secret::new("0123456789abcdef0123456789abcdef");
    draft
}

fn icon() -> IconState {
    IconState::Ready {
        path: "icon.png".to_owned(),
        about: IconRef {
            sha256: "00".repeat(32),
            format: IconFormat::Png,
            side: 64,
        },
        preview: None,
    }
}

fn findings(draft: &Draft) -> Vec<FieldError> {
    let (_, report) = draft.judge(&facts());
    by_section(report)
        .into_iter()
        .flat_map(|(_, findings)| findings)
        .collect()
}

fn is_accepted(draft: &Draft) -> bool {
    draft.judge(&facts()).0.is_some()
}

/// The findings of a field: errors with `✗`, warnings with `!`.
fn said(draft: &Draft, field: FieldId) -> String {
    findings(draft)
        .into_iter()
        .filter(|finding| finding.slot.field == field)
        .map(|finding| match finding.severity {
            Severity::Error => format!("✗ {}", finding.with_rule()),
            Severity::Warning => format!("! {}", finding.with_rule()),
        })
        .collect::<Vec<_>>()
        .join(" | ")
}

fn rows(values: &[&str]) -> Rows {
    if values.is_empty() {
        return Rows::one();
    }
    let mut rows = Rows::default();
    for value in values {
        let key = rows.add_after(None);
        if let Some(row) = rows.get_mut(key) {
            row.entry = Entry::new(*value);
        }
    }
    rows
}

#[test]
fn a_valid_draft_has_no_finding_and_is_accepted() {
    assert_eq!(findings(&sound()), []);
    assert!(is_accepted(&sound()));
}

#[test]
fn names_and_descriptions_have_limits() {
    let long = "x".repeat(65);
    let names = [
        ("", "✗ Enter a name."),
        ("   ", "✗ Enter a name."),
        ("A", ""),
        (&"x".repeat(64), ""),
        (&long, "✗ Shorten the name to 64 characters: it has 65."),
        (&"👨‍👩‍👧".repeat(64), ""),
        (
            " Taken ",
            "! Another app has this name. Allowed, but hard to tell apart.",
        ),
    ];
    for (typed, verdict) in names {
        let mut draft = sound();
        draft.properties.name = Entry::new(typed);
        assert_eq!(said(&draft, properties::NAME), verdict, "{typed:?}");
    }
    let descriptions = [
        (0, "✗ Describe what the app does in at least 20 characters."),
        (1, "✗ Enter at least 20 characters: 19 more."),
        (19, "✗ Enter at least 20 characters: 1 more."),
        (20, ""),
        (256, ""),
        (
            257,
            "✗ Shorten the description to 256 characters: it has 257.",
        ),
    ];
    for (count, verdict) in descriptions {
        let mut draft = sound();
        draft.properties.description = Entry::new("x".repeat(count));
        assert_eq!(said(&draft, properties::DESCRIPTION), verdict, "{count}");
    }
}

#[test]
fn answers_without_a_default_are_required() {
    let mut draft = sound();
    draft.app_type.app_type = None;
    draft.properties.promotion = None;
    draft.properties.primary_contact = Some(DeveloperId::from_stored("another developer"));
    draft.security.public = None;
    assert_eq!(said(&draft, app_type::TYPE), "✗ Choose an app type.");
    assert!(said(&draft, properties::PROMOTION).starts_with('✗'));
    assert!(said(&draft, properties::CONTACT).starts_with('✗'));
    assert_eq!(
        said(&draft, security::ACCESS),
        "✗ Choose private or public."
    );
}

#[test]
fn risky_answers_cause_warnings_and_no_errors() {
    let mut draft = sound();
    draft.security.public = Some(true);
    draft.auth.method = Some(auth::Method::AuthorizationCode);
    draft.auth.platform = Some(Platform::ServerSideWeb);
    draft.auth.redirect_uris = rows(&["https://app.example.com/cb"]);
    draft.auth.issue_refresh_tokens = Some(false);
    assert!(said(&draft, security::ACCESS).starts_with('!'));
    assert!(said(&draft, auth::REFRESH).starts_with('!'));
    assert!(is_accepted(&draft));
}

#[test]
fn the_card_is_required_for_bots_and_add_ins() {
    for (kind, required) in [
        (AppType::RestApi, false),
        (AppType::Bot, true),
        (AppType::Notification, true),
    ] {
        let mut draft = sound();
        draft.app_type.app_type = Some(kind);
        assert_eq!(
            !said(&draft, app_card::DISPLAY_NAME).is_empty(),
            required,
            "{kind:?}"
        );
        assert_eq!(
            !said(&draft, app_card::ICON).is_empty(),
            required,
            "{kind:?}"
        );
        draft.card.display_name = Entry::new("Orders");
        draft.card.icon_path = Entry::new("icon.png");
        draft.card.icon = icon();
        draft.features.instructions = Entry::new("Enter {{ WEBHOOK_URL }} in its settings.");
        assert!(is_accepted(&draft), "{kind:?} {:?}", findings(&draft));
    }
    let mut draft = sound();
    draft.card.icon = icon();
    draft.card.icon_path = Entry::new("another.png");
    assert!(said(&draft, app_card::ICON).starts_with("✗ Not loaded yet"));
    draft.card.summary = Entry::new("x".repeat(151));
    assert!(said(&draft, app_card::SUMMARY).starts_with("✗ Shorten"));
}

#[test]
fn one_to_ten_valid_and_different_redirect_uris_are_required() {
    let eleven: Vec<String> = (0..11)
        .map(|n| format!("https://example.com/{n}"))
        .collect();
    let eleven: Vec<&str> = eleven.iter().map(String::as_str).collect();
    let cases: &[(&[&str], &str)] = &[
        (&[], "✗ Enter at least one redirect URI."),
        (&[""], "✗ Enter at least one redirect URI."),
        (&["https://example.com/cb"], ""),
        (&["https://example.com/cb", ""], ""),
        (
            &["https://example.com/cb", "https://example.com/cb"],
            "✗ Same as redirect URI 1. Remove one of them.",
        ),
        (&["https://example.com/cb", "https://example.com/cb/"], ""),
        (&eleven, "✗ Use at most 10 redirect URIs."),
    ];
    for (uris, verdict) in cases {
        let mut draft = sound();
        draft.auth.method = Some(auth::Method::AuthorizationCode);
        draft.auth.platform = Some(Platform::ServerSideWeb);
        draft.auth.redirect_uris = rows(uris);
        assert_eq!(said(&draft, auth::REDIRECT_URIS), *verdict, "{uris:?}");
    }
}

#[test]
fn the_platform_decides_which_redirect_uris_are_valid() {
    for (platform, uri, accepted) in [
        (Platform::ServerSideWeb, "com.example.app:/cb", false),
        (Platform::ClientSideWeb, "com.example.app:/cb", false),
        (Platform::Ios, "com.example.app:/cb", true),
        (Platform::Android, "myapp:/cb", false),
        (Platform::Mac, "http://127.0.0.1/cb", true),
        (Platform::Windows, "http://example.com/cb", false),
    ] {
        let mut draft = sound();
        draft.auth.method = Some(auth::Method::AuthorizationCode);
        draft.auth.platform = Some(platform);
        draft.auth.redirect_uris = rows(&[uri]);
        let verdict = said(&draft, auth::REDIRECT_URIS);
        assert_eq!(
            !verdict.contains('✗'),
            accepted,
            "{platform:?} {uri}: {verdict}"
        );
        if !accepted {
            assert!(verdict.ends_with(']'), "names its rule: {verdict}");
        }
    }
}

#[test]
fn each_scope_that_requires_approval_asks_for_its_own_justification() {
    let mut draft = sound();
    let toggle = SECTIONS
        .iter()
        .flat_map(|section| section.fields)
        .find(|field| field.id == security::SCOPES)
        .map(|field| &field.control);
    let Some(Control::Pick { toggle, .. }) = toggle else {
        panic!("scopes are picked");
    };
    toggle(&mut draft, "EditAccounts");
    toggle(&mut draft, "SMS");
    let call_control = ScopeId::find("CallControl").unwrap();
    toggle(&mut draft, "CallControl");
    assert_eq!(draft.security.justifications.len(), 2);
    let row = draft
        .security
        .justifications
        .get_mut(RowKey::Scope(call_control))
        .unwrap();
    row.entry = Entry::new("Agents transfer calls.");
    let missing = findings(&draft);
    assert_eq!(missing.len(), 1);
    assert_eq!(
        missing[0].slot.row,
        ScopeId::find("EditAccounts").map(RowKey::Scope)
    );
    toggle(&mut draft, "EditAccounts");
    assert!(is_accepted(&draft));
    assert_eq!(row_text(&draft, call_control), "Agents transfer calls.");
}

fn row_text(draft: &Draft, scope: ScopeId) -> &str {
    draft
        .security
        .justifications
        .get(RowKey::Scope(scope))
        .map_or("", |row| row.entry.text())
}

#[test]
fn interactive_messages_need_a_webhook_and_valid_dialog_urls() {
    let webhooks = [
        ("", false),
        ("https://app.example.com/hook", true),
        ("http://app.example.com/hook", false),
        ("http://127.0.0.1:3000/hook", true),
        ("ftp://app.example.com", false),
    ];
    for (url, accepted) in webhooks {
        let mut draft = sound();
        draft.features.interactive = true;
        draft.features.webhook = Entry::new(url);
        assert_eq!(is_accepted(&draft), accepted, "{url}");
    }
    for (urls, accepted) in [
        (&["www.example.com"][..], true),
        (&["*.example.com", "example.com"][..], true),
        (&["www.example.com", "www.example.com"][..], false),
        (&["not a host"][..], false),
        (&[""][..], true),
    ] {
        let mut draft = sound();
        draft.features.interactive = true;
        draft.features.webhook = Entry::new("https://app.example.com/hook");
        draft.features.dialog_urls = rows(urls);
        assert_eq!(is_accepted(&draft), accepted, "{urls:?}");
    }
}

#[test]
fn every_type_platform_and_role_can_be_chosen() {
    fn is_offered<D, C>(fields: &[Field<D, C>], id: FieldId, data: &D) -> bool {
        let field = fields.iter().find(|field| field.id == id);
        let Some(Control::Choice(choice)) = field.map(|field| &field.control) else {
            panic!("{id:?} is a choice");
        };
        choice.chosen(data).is_some()
    }
    let mut draft = sound();
    for app_type in AppType::ALL {
        draft.app_type.app_type = Some(*app_type);
        let fields = app_type::SECTION.fields;
        assert!(is_offered(fields, app_type::TYPE, &draft), "{app_type:?}");
    }
    for platform in Platform::ALL {
        draft.auth.platform = Some(*platform);
        let fields = auth::SECTION.fields;
        assert!(is_offered(fields, auth::PLATFORM, &draft), "{platform:?}");
    }
    let mut form = add::AddForm::default();
    for role in Role::ALL {
        form.role = Some(*role);
        assert!(is_offered(add::FIELDS, add::ROLE, &form), "{role:?}");
    }
}

#[test]
fn fields_that_are_not_shown_are_not_checked() {
    let mut draft = sound();
    draft.features.webhook = Entry::new("nonsense");
    draft.features.web_install = true;
    draft.features.web_install_url = Entry::new("nonsense");
    draft.features.instructions = Entry::new("");
    draft.auth.redirect_uris = rows(&["nonsense"]);
    assert_eq!(findings(&draft), []);
}

#[test]
fn a_notification_add_in_needs_instructions_and_an_https_page() {
    let mut draft = sound();
    draft.app_type.app_type = Some(AppType::Notification);
    draft.card.display_name = Entry::new("Deploys");
    draft.card.icon_path = Entry::new("icon.png");
    draft.card.icon = icon();
    let template = said(&draft, features::INSTRUCTIONS);
    assert!(template.starts_with("✗ Replace the template"), "{template}");
    draft.features.instructions = Entry::new("Ask the operator.");
    assert!(said(&draft, features::INSTRUCTIONS).starts_with('!'));
    draft.features.instructions = Entry::new("");
    assert!(said(&draft, features::INSTRUCTIONS).starts_with('✗'));
    draft.features.web_install = true;
    draft.features.web_install_url = Entry::new("http://example.com");
    assert!(said(&draft, features::WEB_INSTALL_URL).starts_with('✗'));
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("A sentence of more than twenty characters.".to_owned()),
        Just("https://app.example.com/cb".to_owned()),
        Just("com.example.app:/cb".to_owned()),
        Just("http://localhost:5000/cb".to_owned()),
        Just("*.example.com".to_owned()),
        Just("icon.png".to_owned()),
        "\\PC{0,30}",
        "x{0,300}",
    ]
}

fn drafts() -> impl Strategy<Value = Draft> {
    let texts = prop::collection::vec(text(), 9);
    let lists = (
        prop::collection::vec(text(), 0..12),
        prop::collection::vec(text(), 0..4),
    );
    let answers = (
        prop::option::of(prop::sample::select(AppType::ALL.to_vec())),
        prop::option::of(prop::sample::select(vec![Promotion::Yes, Promotion::No])),
        prop::option::of(prop::sample::select(vec![
            auth::Method::AuthorizationCode,
            auth::Method::Jwt,
        ])),
        prop::option::of(prop::sample::select(Platform::ALL.to_vec())),
        prop::option::of(any::<bool>()),
        prop::option::of(any::<bool>()),
        any::<[bool; 5]>(),
    );
    (texts, lists, answers).prop_map(|(texts, (uris, hosts), answers)| {
        let (kind, promotion, method, platform, refresh, public, flags) = answers;
        let [interactive, web_install, all_partners, has_icon, has_secret] = flags;
        let mut texts = texts.into_iter();
        let mut next = || Entry::new(texts.next().unwrap_or_default());
        let mut draft = Draft::new(&facts().me);
        draft.app_type.app_type = kind;
        draft.properties.name = next();
        draft.properties.description = next();
        draft.properties.promotion = promotion;
        draft.card.display_name = next();
        draft.card.summary = next();
        draft.card.icon_path = next();
        if has_icon {
            draft.card.icon = icon();
        }
        draft.auth.method = method;
        draft.auth.platform = platform;
        draft.auth.redirect_uris = rows(&uris.iter().map(String::as_str).collect::<Vec<_>>());
        draft.auth.issue_refresh_tokens = refresh;
        draft.security.public = public;
        draft.security.all_partners = all_partners;
        draft.features.interactive = interactive;
        draft.features.webhook = next();
        draft.features.dialog_urls = rows(&hosts.iter().map(String::as_str).collect::<Vec<_>>());
        draft.features.instructions = next();
        draft.features.web_install = web_install;
        draft.features.web_install_url = next();
        if has_secret {
            draft.features.shared_secret = Secret::new("0123456789abcdef0123456789abcdef");
        }
        draft
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn a_draft_becomes_a_registration_exactly_when_it_has_no_error(draft in drafts()) {
        let (registration, report) = draft.judge(&facts());
        prop_assert_eq!(registration.is_some(), !report.has_errors(), "{:?}", report);
    }

    #[test]
    fn every_finding_is_in_its_tab_at_a_slot_that_is_shown(draft in drafts()) {
        let all = draft.judge(&facts()).1.into_findings();
        let mut told = 0;
        for (section, findings) in by_section(draft.judge(&facts()).1) {
            let slots = devconsole::form::state::slots(section.fields, &draft);
            told += findings.len();
            for finding in findings {
                prop_assert!(slots.contains(&finding.slot), "{:?}", finding);
            }
        }
        prop_assert_eq!(told, all.len());
    }
}

#[test]
fn a_warning_does_not_repeat_what_stands_beside_the_choice() {
    let mut driver = Driver::signed_up();
    driver.start(app("Shop").server_side("http://example.com/cb"));
    driver.answer(auth::REFRESH, "No");
    driver.press("<ctrl-s>");
    driver.go_to(auth::REFRESH);
    driver.resize(100, 60);
    for part in ["sign in again when", "http:// only for"] {
        assert_eq!(driver.text().matches(part).count(), 1, "{}", driver.text());
    }
}

#[test]
fn a_single_empty_row_is_not_counted() {
    let mut driver = Driver::signed_up();
    driver.start(app("Shop").with(auth::PLATFORM, "Server-side web app"));
    driver.go_to(auth::REDIRECT_URIS);
    assert!(!driver.shows("of 10"), "{}", driver.text());
    driver.press("https://shop.example.com/cb");
    assert!(driver.shows("(1 of 10)"), "{}", driver.text());
}
