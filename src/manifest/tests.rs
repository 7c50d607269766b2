//! What the tests of manifests share: people, icons, and apps that were registered.

use proptest::prelude::*;

use crate::{
    domain::{
        app::{
            App, AppSpec, AppStatus, AppType, Platform, Promotion,
            icon::{IconFormat, IconRef},
            partner::{self, PartnerId},
            scope::{self, ScopeId, ScopeSet},
        },
        id::{AppId, DeveloperId},
        oauth::credential::ClientId,
        people::{
            developer::{Developer, MemberState, Role},
            email::EmailAddress,
        },
        secret::Secret,
        text,
        time::UnixMs,
    },
    form::{Entry, Rows, TextEdit as _},
    manifest::{AppEntry, Finding},
    screens::create_app::{
        draft::{Draft, Facts},
        sections::{app_card::IconState, auth::Method, security::SecurityTab},
    },
};

pub fn facts() -> Facts {
    let developer = |id: &str, state| Developer {
        id: DeveloperId::from_stored(id),
        full_name: "Ada Lovelace".to_owned(),
        email: EmailAddress::parse(&format!("{id}@example.com")).unwrap(),
        role: Role::DeveloperAdmin,
        state,
        created_at: UnixMs(0),
    };
    Facts {
        me: DeveloperId::from_stored("ada"),
        developers: vec![
            developer("ada", MemberState::Active),
            developer("grace", MemberState::Active),
            developer("eve", MemberState::Disabled),
        ],
        name_answer: None,
        saved: None,
    }
}

pub fn icon() -> IconRef {
    IconRef {
        sha256: "ab".repeat(32),
        format: IconFormat::Png,
        side: 64,
    }
}

/// The settings, or what is wrong with the entry.
pub fn judged(entry: &AppEntry, existing: Option<&App>) -> Result<AppSpec, Vec<Finding>> {
    let mut icons = |name: &str| match name {
        "missing.png" => Err("No file is there.".to_owned()),
        _ => Ok(icon()),
    };
    let secret = Secret::new("0123456789abcdef0123456789abcdef");
    let (registration, found) = entry.judge(existing, &facts(), &mut icons, secret);
    let errors: Vec<Finding> = found.into_iter().filter(|one| !one.is_warning).collect();
    match registration {
        Some(registration) if errors.is_empty() => Ok(registration.spec),
        _ => Err(errors),
    }
}

pub fn registered(spec: AppSpec) -> App {
    App {
        id: AppId::from_stored("1"),
        version: 1,
        client_id: ClientId::from_stored("kX3vQ2mZT5yWc8Rb1LnPqA"),
        status: AppStatus::Active,
        spec,
        tickets: Vec::new(),
        secrets: Vec::new(),
        environments: Vec::new(),
        tags: vec!["b2b".to_owned()],
        created_by: DeveloperId::from_stored("ada"),
        created_at: UnixMs(0),
        deleted_at: None,
    }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("A sentence of more than twenty characters.".to_owned()),
        Just("Quotes \" and ' and \\ and \"\"\" in a longer text.".to_owned()),
        Just("First this. Then that. # Not a comment".to_owned()),
        "\\PC{0,40}",
    ]
}

fn uris() -> impl Strategy<Value = Vec<&'static str>> {
    let some = vec![
        "https://app.example.com/cb?a=1",
        "http://127.0.0.1:8080/callback",
        "com.example.app:/cb",
        "https://app.example.com/other",
    ];
    prop::sample::subsequence(some, 0..=4).prop_shuffle()
}

fn subset<T: Copy + std::fmt::Debug + 'static>(all: Vec<T>) -> impl Strategy<Value = Vec<T>> {
    let size = 0..=all.len().min(6);
    prop::sample::subsequence(all, size)
}

/// Settings that the form accepts.
pub fn specs() -> impl Strategy<Value = AppSpec> {
    let scopes: Vec<ScopeId> = scope::catalogue().iter().map(|one| one.id).collect();
    let partners: Vec<PartnerId> = partner::catalogue().iter().map(|one| one.id).collect();
    let texts = prop::collection::vec(text(), 6);
    let lists = (uris(), subset(scopes), subset(partners));
    let choices = (
        prop::sample::select(AppType::ALL.to_vec()),
        prop::sample::select(Promotion::ALL.to_vec()),
        prop::sample::select(vec![Method::AuthorizationCode, Method::Jwt]),
        prop::sample::select(Platform::ALL.to_vec()),
        any::<[bool; 6]>(),
    );
    (texts, lists, choices).prop_filter_map("not an app", |(texts, lists, choices)| {
        let (app_type, promotion, method, platform, flags) = choices;
        let [refresh, public, all, has_icon, interactive, web] = flags;
        let mut texts = texts.into_iter();
        let mut next = |least: &str| {
            let text = text::one_line(&texts.next().unwrap_or_default());
            Entry::new(if text.trim().is_empty() {
                least
            } else {
                text.trim()
            })
        };
        let mut draft = Draft::new(&facts().me);
        draft.app_type.app_type = Some(app_type);
        draft.properties.name = next("Orders");
        draft.properties.description = Entry::new(format!("{:->24}", next("x").text()));
        draft.properties.promotion = Some(promotion);
        draft.card.display_name = next(if app_type == AppType::RestApi {
            ""
        } else {
            "Shop"
        });
        draft.card.summary = next("");
        if has_icon || app_type != AppType::RestApi {
            draft.card.icon_path = Entry::new("i");
            draft.card.icon = IconState::Ready {
                path: "i".to_owned(),
                about: icon(),
                preview: None,
            };
        }
        let (uris, scopes, partners) = lists;
        draft.auth.method = Some(method);
        draft.auth.platform = Some(platform);
        draft.auth.issue_refresh_tokens = Some(refresh);
        draft.auth.redirect_uris = Rows::of(uris);
        let why = "Needed for every new customer: \"quotes\" too.";
        let scopes: ScopeSet = scopes.into_iter().collect();
        let asked: Vec<ScopeId> = scopes.requiring_approval().collect();
        let justified = asked.into_iter().map(|scope| (scope, Entry::new(why)));
        draft.security = SecurityTab::requesting(scopes, justified);
        draft.security.public = Some(public);
        draft.security.all_partners = all;
        draft.security.galleries = partners.into_iter().collect();
        draft.features.interactive = interactive;
        draft.features.webhook = Entry::new("https://app.example.com/hook");
        draft.features.dialog_urls = Rows::of(["www.example.com", "*.example.com"]);
        draft.features.shared_secret = Secret::new("0123456789abcdef0123456789abcdef");
        let broken = next("Paste it").text().replace(". ", ".\n\n");
        draft.features.instructions = Entry::new(format!("{broken}\n  {{{{ WEBHOOK_URL }}}}"));
        draft.features.web_install = web;
        draft.features.web_install_url = Entry::new("https://app.example.com/install");
        Some(draft.judge(&facts()).0?.spec)
    })
}
