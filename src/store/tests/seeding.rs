//! A workspace in memory: what it holds, who may sign in, and that it has no file.

use serde_json::json;

use super::{NOW, spec_with};
use crate::{
    domain::{
        app::{AppStatus, Registration, scope::ScopeId},
        oauth::{
            credential::ClientId,
            jwt::{AuthorizedApps, NewJwt},
        },
        people::{developer::Role, email::EmailAddress, ticket::TicketState},
        secret::Secret,
    },
    store::{AppQuery, NewPerson, SeededApp, Seeding},
};

const CLIENT_ID: &str = "p2Na8KdGRx-Yq5Ls_1oTvQ";
const SECRET: &str = "a secret of the environment";

fn person(full_name: &str, email: &str, role: Role) -> NewPerson {
    NewPerson {
        full_name: full_name.to_owned(),
        email: EmailAddress::parse(email).unwrap(),
        role,
    }
}

fn begun() -> Seeding {
    let founder = person("Ada Lovelace", "ada@example.com", Role::DeveloperAdmin);
    Seeding::begin("CI", founder, NOW).unwrap()
}

fn report(seeding: &Seeding) -> SeededApp {
    let kind = json!({ "rest_api": { "auth": "jwt", "issue_refresh_tokens": true } });
    let scopes = ["EditAccounts", "EditCallLog", "ReadCallLog"];
    SeededApp {
        registration: Registration {
            spec: spec_with("Report", &seeding.people()[0].0, &kind, &scopes),
            shared_secret: None,
        },
        client_id: ClientId::from_stored(CLIENT_ID),
        client_secret: Secret::new(SECRET),
        approved: vec![ScopeId::find("EditCallLog").unwrap()],
        is_suspended: false,
        tags: vec!["night".to_owned()],
    }
}

#[test]
fn apps_have_the_credentials_and_the_approvals_that_they_are_given() {
    let mut seeding = begun();
    let mut other = report(&seeding);
    other.client_id = ClientId::from_stored("other");
    other.is_suspended = true;
    let apps = vec![report(&seeding), other];
    seeding.create_apps(apps).unwrap();
    let ada = seeding.people()[0].0.id.clone();
    let new = NewJwt {
        label: "ci".to_owned(),
        apps: AuthorizedApps::Specific(vec![ClientId::from_stored(CLIENT_ID)]),
        expires_at: None,
    };
    let token = seeding.create_jwt(&ada, &new).unwrap();
    assert_eq!(token.expose().split('.').count(), 3);

    let mut workspace = seeding.finish();
    assert!(!workspace.is_unlocked());
    let id = ClientId::from_stored(CLIENT_ID);
    let mut kept = workspace.kept_secrets(&id).unwrap();
    assert!(
        workspace
            .verify_client_secret(&mut kept, SECRET, NOW)
            .unwrap()
    );
    let app = workspace.client(&id).unwrap().unwrap();
    let states: Vec<_> = app
        .tickets
        .iter()
        .map(|ticket| (ticket.scope.as_str(), ticket.state))
        .collect();
    assert_eq!(
        states,
        [
            ("EditAccounts", TicketState::Pending),
            ("EditCallLog", TicketState::Approved),
        ]
    );
    assert_eq!(
        (app.status, app.tags),
        (AppStatus::Active, vec!["night".to_owned()])
    );
    let other = workspace.client(&ClientId::from_stored("other")).unwrap();
    assert_eq!(other.unwrap().status, AppStatus::Suspended);
    let found = workspace.apps(&AppQuery {
        words: "tag:night is:active".to_owned(),
        limit: 10,
        ..AppQuery::default()
    });
    assert_eq!(found.unwrap().rows.len(), 1);
}

#[test]
fn everybody_signs_in_with_a_generated_password_and_may_have_a_token_at_once() {
    let mut seeding = begun();
    let grace = person("Grace Hopper", "grace@example.com", Role::Developer);
    seeding.add(grace.clone()).unwrap();
    let refused = seeding.add(grace).unwrap_err();
    assert!(
        refused.to_string().contains("already used by Grace Hopper"),
        "{refused}"
    );
    let id = seeding.people()[1].0.id.clone();
    let new = NewJwt {
        label: "hers".to_owned(),
        apps: AuthorizedApps::Organization,
        expires_at: None,
    };
    seeding.create_jwt(&id, &new).unwrap();
    let passwords: Vec<Secret> = seeding
        .people()
        .iter()
        .map(|(_, one)| one.clone())
        .collect();
    assert_ne!(passwords[0].expose(), passwords[1].expose());
    let mut workspace = seeding.finish();
    for (email, password) in ["ada@example.com", "grace@example.com"]
        .iter()
        .zip(&passwords)
    {
        let session = workspace.sign_in(email, password, NOW).unwrap();
        assert!(!session.must_change_password);
        assert_eq!(session.warning, None);
        let proof = workspace.begin_proof(email).unwrap();
        workspace.end_proof(proof.judge(password).unwrap()).unwrap();
    }
    assert_eq!(workspace.check_history().unwrap(), None);
}

#[test]
fn a_workspace_in_memory_has_no_file() {
    let workspace = begun().finish();
    assert!(workspace.db.path().is_none_or(str::is_empty));
    let mode: String = workspace
        .db
        .query_row("PRAGMA journal_mode", [], |row| row.get(0))
        .unwrap();
    assert_eq!(mode, "memory");
}
