//! Registering apps, and who may.

use std::{collections::BTreeSet, thread};

use serde_json::json;

use super::{Rig, browser_app, later, open, password, web_app, *};
use crate::{
    domain::{
        app::{
            App, ClientType,
            icon::{Icon, IconFormat, IconRef, PREVIEW_SIDE, Preview},
            list::Sort,
            scope::{ScopeId, catalogue},
        },
        id::AppId,
        oauth::credential::{CLIENT_SECRET_LEN, ClientId},
        people::ticket::TicketState,
    },
    store::{AppQuery, StoreError, apps::secrets::NOTE_USE},
};

pub(super) fn create(rig: &mut Rig, name: &str) -> App {
    let registration = web_app(name, &rig.session.developer);
    let me = rig.me();
    rig.workspace
        .create_app(registration, &me, None, NOW)
        .unwrap()
}

pub(super) fn query(words: &str, offset: u64, limit: u64) -> AppQuery {
    AppQuery {
        words: words.to_owned(),
        sort: Sort::default(),
        offset,
        limit,
    }
}

#[test]
fn an_app_comes_back_as_it_was_registered_after_a_restart() {
    let mut rig = Rig::new();
    let app = create(&mut rig, "Call log");
    let secret = rig.workspace.client_secret(&app.id).unwrap().unwrap();
    assert_eq!(secret.expose().len(), CLIENT_SECRET_LEN);
    rig.workspace.close().unwrap();

    let mut again = open(rig.dir.path());
    assert_eq!(again.app(&app.id).unwrap(), app);
    assert_eq!(app.version, 1);
    assert!(matches!(
        again.client_secret(&app.id),
        Err(StoreError::VaultLocked)
    ));
    again.sign_in(EMAIL, &password(), later(1)).unwrap();
    let reread = again.client_secret(&app.id).unwrap().unwrap();
    assert_eq!(reread.expose(), secret.expose());
    assert!(again.shared_secret(&app.id).unwrap().is_none());
}

#[test]
fn a_public_client_gets_no_secret() {
    let mut rig = Rig::new();
    let registration = browser_app("In the browser", &rig.session.developer);
    let me = rig.me();
    let app = rig
        .workspace
        .create_app(registration, &me, None, NOW)
        .unwrap();
    assert!(rig.workspace.client_secret(&app.id).unwrap().is_none());
    assert!(!rig.works(&app.client_id, "", NOW));
}

#[test]
fn a_shared_secret_is_kept_and_read_back() {
    let mut rig = Rig::new();
    let mut registration = web_app("Cards", &rig.session.developer);
    registration.shared_secret = Some(Secret::new("0123456789abcdefghijABCDEFGHIJ01"));
    let me = rig.me();
    let app = rig
        .workspace
        .create_app(registration, &me, None, NOW)
        .unwrap();
    let shared = rig.workspace.shared_secret(&app.id).unwrap().unwrap();
    assert_eq!(shared.expose(), "0123456789abcdefghijABCDEFGHIJ01");
}

#[test]
fn a_client_secret_is_verified_while_the_workspace_is_locked() {
    let mut rig = Rig::new();
    let app = create(&mut rig, "Call log");
    let other = create(&mut rig, "Other");
    let secret = rig.workspace.client_secret(&app.id).unwrap().unwrap();
    rig.workspace.lock();
    assert!(!rig.workspace.is_unlocked());
    let verify = |id: &ClientId, text: &str| rig.works(id, text, NOW);
    assert!(verify(&app.client_id, secret.expose()));
    assert!(!verify(&other.client_id, secret.expose()));
    assert!(!verify(&app.client_id, "wrong"));
    assert!(!verify(&ClientId::from_stored("nobody"), secret.expose()));
}

#[test]
fn secrets_swapped_between_two_apps_do_not_open() {
    let mut rig = Rig::new();
    let (one, two) = (create(&mut rig, "One"), create(&mut rig, "Two"));
    rig.workspace
        .db
        .execute_batch(
            "CREATE TEMP TABLE was AS SELECT app_id, sealed FROM client_secrets;
             UPDATE client_secrets SET sealed =
                 (SELECT sealed FROM was WHERE was.app_id <> client_secrets.app_id);",
        )
        .unwrap();
    for app in [one, two] {
        assert!(matches!(
            rig.workspace.client_secret(&app.id),
            Err(StoreError::Corrupt(_))
        ));
    }
}

#[test]
fn each_scope_that_requires_approval_files_a_pending_ticket() {
    let mut rig = Rig::new();
    let wanted: ScopeId = catalogue()
        .iter()
        .find(|scope| scope.requires_approval)
        .unwrap()
        .id;
    let mut registration = web_app("Needs approval", &rig.session.developer);
    registration.spec.scopes.insert(wanted);
    registration
        .spec
        .justifications
        .insert(wanted, "Customers asked for it.".to_owned());
    let me = rig.me();
    let app = rig
        .workspace
        .create_app(registration, &me, None, NOW)
        .unwrap();
    let [ticket] = app.tickets.as_slice() else {
        panic!("one ticket, not {}", app.tickets.len());
    };
    assert_eq!(ticket.scope, wanted);
    assert_eq!(ticket.justification, "Customers asked for it.");
    assert_eq!(
        (ticket.state, &ticket.requested_by),
        (TicketState::Pending, &me)
    );
}

#[test]
fn an_audit_user_creates_nothing_and_reads_no_secret() {
    let mut rig = Rig::new();
    let app = create(&mut rig, "Call log");
    rig.set_role(Role::AuditUser);
    let me = rig.me();
    let registration = web_app("Another", &rig.session.developer);
    let refused = rig
        .workspace
        .create_app(registration, &me, None, NOW)
        .unwrap_err();
    assert_eq!(
        refused.to_string(),
        "Your role, Audit-user, cannot create apps."
    );
    for secret in [
        rig.workspace.client_secret(&app.id),
        rig.workspace.shared_secret(&app.id),
    ] {
        assert!(matches!(secret, Err(StoreError::NotAllowed(_))));
    }
    assert_eq!(rig.workspace.apps(&query("", 0, 9)).unwrap().total, 1);
}

#[test]
fn no_app_is_created_in_the_name_of_another_or_while_locked() {
    let mut rig = Rig::new();
    let registration = web_app("Call log", &rig.session.developer);
    let stranger = DeveloperId::from_stored("stranger");
    let refused = rig
        .workspace
        .create_app(registration.clone(), &stranger, None, NOW);
    assert!(matches!(refused, Err(StoreError::NotAllowed(_))));
    rig.workspace.lock();
    let me = rig.me();
    let refused = rig.workspace.create_app(registration, &me, None, NOW);
    assert!(matches!(refused, Err(StoreError::VaultLocked)));
}

#[test]
fn two_windows_create_apps_at_the_same_time_and_none_is_lost() {
    let rig = Rig::new();
    let dir = rig.dir.path().to_owned();
    let me = rig.session.developer.clone();
    let ids: BTreeSet<AppId> = thread::scope(|scope| {
        let hands: Vec<_> = (0..2)
            .map(|hand| {
                let (dir, me) = (&dir, &me);
                scope.spawn(move || {
                    let mut workspace = open(dir);
                    workspace.sign_in(EMAIL, &password(), later(1)).unwrap();
                    (0..50)
                        .map(|number| {
                            let app = web_app(&format!("App {hand} {number}"), me);
                            workspace.create_app(app, &me.id, None, NOW).unwrap().id
                        })
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        hands
            .into_iter()
            .flat_map(|hand| hand.join().unwrap())
            .collect()
    });
    assert_eq!(ids.len(), 100);
    let mut workspace = rig.workspace;
    assert_eq!(workspace.apps(&query("", 0, 1)).unwrap().total, 100);
}

#[test]
fn a_full_disk_is_said_and_leaves_no_half_app() {
    let mut rig = Rig::new();
    create(&mut rig, "First");
    let pages: i64 = rig
        .workspace
        .db
        .query_row("PRAGMA page_count", [], |row| row.get(0))
        .unwrap();
    rig.workspace
        .db
        .query_row(
            &format!("PRAGMA max_page_count = {}", pages + 2),
            [],
            |_| Ok(()),
        )
        .unwrap();
    let me = rig.me();
    let mut made = 1;
    let error = loop {
        let app = web_app(&format!("App {made}"), &rig.session.developer);
        match rig.workspace.create_app(app, &me, None, NOW) {
            Ok(_) => made += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, StoreError::DiskFull), "{error}");
    for table in ["apps", "client_secrets"] {
        let rows: i64 = rig
            .workspace
            .db
            .query_row(&format!("SELECT count(*) FROM {table}"), [], |row| {
                row.get(0)
            })
            .unwrap();
        assert_eq!(rows, made, "{table}");
    }
}

#[test]
fn many_apps_at_once_are_like_apps_one_by_one_and_come_all_or_not_at_all() {
    let mut rig = Rig::new();
    let me = rig.me();
    let batch = [
        (web_app("Call log", &rig.session.developer), NOW),
        (browser_app("Board", &rig.session.developer), later(7)),
    ];
    let ids = rig.workspace.create_apps(batch.clone(), &me).unwrap();
    for (id, (registration, at)) in ids.iter().zip(&batch) {
        let app = rig.workspace.app(id).unwrap();
        assert_eq!((&app.spec, app.created_at), (&registration.spec, *at));
        let has_secret = rig.workspace.client_secret(id).unwrap().is_some();
        assert_eq!(
            has_secret,
            app.spec.client_type() == ClientType::Confidential
        );
    }

    let [good, mut bad] = batch;
    bad.0.spec.card.icon = Some(icon().about);
    let refused = rig.workspace.create_apps([good.clone(), bad], &me);
    assert!(matches!(refused, Err(StoreError::Conflict(_))));
    assert_eq!(rig.workspace.apps(&query("", 0, 9)).unwrap().total, 2);

    let stranger = DeveloperId::from_stored("stranger");
    let refused = rig.workspace.create_apps([good.clone()], &stranger);
    assert!(matches!(refused, Err(StoreError::NotAllowed(_))));
    rig.set_role(Role::AuditUser);
    let refused = rig.workspace.create_apps([good.clone()], &me);
    assert!(matches!(refused, Err(StoreError::NotAllowed(_))));
    rig.workspace.lock();
    let refused = rig.workspace.create_apps([good], &me);
    assert!(matches!(refused, Err(StoreError::VaultLocked)));
}

pub(super) fn icon() -> Icon {
    let mut pixels = vec![None; PREVIEW_SIDE * PREVIEW_SIDE];
    pixels[3] = Some([0, 128, 255]);
    Icon {
        about: IconRef {
            sha256: "ab".repeat(32),
            format: IconFormat::Png,
            side: 240,
        },
        bytes: vec![1, 2, 3],
        preview: Preview { pixels },
    }
}

#[test]
fn an_icon_is_kept_once_and_its_preview_comes_back() {
    let mut rig = Rig::new();
    let about = rig.workspace.keep_icon(&icon(), NOW).unwrap();
    rig.workspace.keep_icon(&icon(), later(5)).unwrap();
    let preview = rig.workspace.icon_preview(&about.sha256).unwrap();
    assert_eq!(preview, Some(icon().preview));
    assert_eq!(rig.workspace.icon_preview("unknown").unwrap(), None);
}

#[test]
fn an_app_whose_icon_is_not_kept_is_refused_with_what_to_do() {
    let mut rig = Rig::new();
    let mut registration = web_app("With icon", &rig.session.developer);
    registration.spec.card.icon = Some(icon().about);
    let me = rig.me();
    let refused = rig
        .workspace
        .create_app(registration.clone(), &me, None, NOW);
    assert!(matches!(refused, Err(StoreError::Conflict(_))));
    rig.workspace.keep_icon(&icon(), NOW).unwrap();
    rig.workspace
        .create_app(registration, &me, None, NOW)
        .unwrap();
}

#[test]
fn settings_that_cannot_be_read_are_called_damaged() {
    let mut rig = Rig::new();
    let app = create(&mut rig, "Call log");
    rig.workspace
        .db
        .execute("UPDATE apps SET spec = ?1", [json!({}).to_string()])
        .unwrap();
    assert!(matches!(
        rig.workspace.app(&app.id),
        Err(StoreError::Corrupt(_))
    ));
    let gone = rig.workspace.app(&AppId::from_stored("gone")).unwrap_err();
    assert_eq!(gone.to_string(), "This app no longer exists.");
}

#[test]
fn the_use_of_a_secret_is_noted_without_reading_those_of_other_apps() {
    let mut rig = Rig::new();
    create(&mut rig, "Call log");
    let db = &rig.workspace.db;
    let mut plan = db
        .prepare(&format!("EXPLAIN QUERY PLAN {NOTE_USE}"))
        .unwrap();
    let values = ["app", "digest", "0"];
    let steps = plan
        .query_map(values, |row| row.get::<_, String>(3))
        .unwrap();
    let steps: Vec<String> = steps.map(Result::unwrap).collect();
    assert_eq!(
        steps,
        ["SEARCH client_secrets USING PRIMARY KEY (app_id=?)"]
    );
}
