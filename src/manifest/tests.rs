//! What the tests of manifests share: people, icons, and apps that were registered.

use crate::{
    domain::{
        app::{
            App, AppSpec, AppStatus,
            icon::{IconFormat, IconRef},
        },
        id::{AppId, DeveloperId},
        oauth::credential::ClientId,
        people::{
            developer::{Developer, MemberState, Role},
            email::EmailAddress,
        },
        secret::Secret,
        time::UnixMs,
    },
    manifest::{AppEntry, Finding},
    screens::create_app::draft::Facts,
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
