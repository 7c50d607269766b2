//! Changing apps: settings, status, trash, rotation, roles, and their history.

use std::thread;

use super::{EMAIL, NOW, Rig, apps::create, browser_app, later, open, password, web_app};
use crate::{
    domain::{
        app::{Environment, Issued, Registration, TRASH_MS},
        history::{Broken, What},
        secret::Secret,
    },
    store::{HistoryQuery, Saved, StoreError},
};

const HOUR: i64 = 60 * 60 * 1000;

fn whats(rig: &Rig) -> Vec<What> {
    let query = HistoryQuery {
        limit: 100,
        ..HistoryQuery::default()
    };
    let window = rig.workspace.history(&query).unwrap();
    window
        .entries
        .iter()
        .rev()
        .map(|entry| entry.what)
        .filter(|what| *what != What::OrganizationFounded)
        .collect()
}

fn renamed(rig: &Rig, name: &str) -> Registration {
    web_app(name, &rig.session.developer)
}

#[test]
fn settings_are_saved_over_the_version_that_was_read_and_over_no_other() {
    let mut rig = Rig::new();
    let app = create(&mut rig, "First");
    let new = renamed(&rig, "Second");
    let saved = rig
        .workspace
        .update_app(&app.id, app.version, new, None, NOW);
    let Ok(Saved::Done(second)) = saved else {
        panic!("{saved:?}");
    };
    assert_eq!(second.spec.properties.name, "Second");
    assert_eq!(second.version, app.version + 1);
    let late = renamed(&rig, "Third");
    let saved = rig
        .workspace
        .update_app(&app.id, app.version, late, None, NOW);
    let Ok(Saved::Stale(theirs)) = saved else {
        panic!("{saved:?}");
    };
    assert_eq!(theirs, second);
    assert_eq!(whats(&rig), [What::AppCreated, What::AppChanged]);
    let query = HistoryQuery {
        app: Some(app.id),
        words: "second".to_owned(),
        limit: 9,
        ..HistoryQuery::default()
    };
    let window = rig.workspace.history(&query).unwrap();
    let [changed] = &window.entries[..] else {
        panic!("{window:?}");
    };
    let name = &changed.changes[1];
    assert_eq!(name.field, "App Name");
    assert_eq!(name.before.as_deref(), Some("First"));
    assert_eq!(name.after.as_deref(), Some("Second"));
    for not_shown in ["field", "\"", "{"] {
        let query = HistoryQuery {
            words: not_shown.to_owned(),
            ..HistoryQuery::default()
        };
        let matched = rig.workspace.history(&query).unwrap().matched;
        assert_eq!(matched, 0, "{not_shown}");
    }
}

/// Each console adds one letter and saves; after a conflict it tries again.
#[test]
fn two_consoles_at_one_app_lose_no_update() {
    let mut rig = Rig::new();
    let id = create(&mut rig, "App").id;
    let folder = rig.dir.path().to_owned();
    let work = |letter: char| {
        let (folder, id) = (folder.clone(), id.clone());
        move || {
            let mut workspace = open(&folder);
            workspace.sign_in(EMAIL, &password(), NOW).unwrap();
            let mut late = 0;
            for _ in 0..25 {
                loop {
                    let app = workspace.app(&id).unwrap();
                    let mut spec = app.spec;
                    spec.properties.description.push(letter);
                    let registration = Registration {
                        spec,
                        shared_secret: None,
                    };
                    let saved = workspace.update_app(&id, app.version, registration, None, NOW);
                    match saved.unwrap() {
                        Saved::Done(_) => break,
                        Saved::Stale(_) => late += 1,
                    }
                }
            }
            late
        }
    };
    let before = rig.workspace.app(&id).unwrap();
    let both = [work('x'), work('y')].map(thread::spawn);
    let late: i32 = both.map(|one| one.join().unwrap()).iter().sum();
    let after = rig.workspace.app(&id).unwrap();
    let added = after.spec.properties.description;
    let added = added
        .strip_prefix(&before.spec.properties.description)
        .unwrap();
    for letter in ['x', 'y'] {
        assert_eq!(
            added.matches(letter).count(),
            25,
            "{added}, {late} were late"
        );
    }
    assert_eq!(after.version, before.version + 50);
    assert_eq!(rig.workspace.check_history().unwrap(), None);
}

#[test]
fn a_client_that_moves_loses_or_gets_its_secret() {
    let mut rig = Rig::new();
    let app = create(&mut rig, "Moves");
    let browser = browser_app("Moves", &rig.session.developer);
    let saved = rig
        .workspace
        .update_app(&app.id, app.version, browser, None, NOW);
    let Ok(Saved::Done(app)) = saved else {
        panic!("{saved:?}");
    };
    assert!(app.secrets.is_empty());
    let web = renamed(&rig, "Moves");
    let saved = rig
        .workspace
        .update_app(&app.id, app.version, web, None, NOW);
    let Ok(Saved::Done(app)) = saved else {
        panic!("{saved:?}");
    };
    assert_eq!(app.secrets.len(), 1);
}

#[test]
fn two_secrets_work_while_one_retires_and_never_more() {
    let mut rig = Rig::new();
    let app = create(&mut rig, "Turns");
    let old = rig.workspace.client_secret(&app.id).unwrap().unwrap();
    let app = rig.workspace.rotate_secret(&app.id, 24, NOW).unwrap();
    let new = rig.workspace.client_secret(&app.id).unwrap().unwrap();
    assert_eq!(app.secrets.len(), 2);
    assert_eq!(app.secrets[0].ends_at, None);
    assert_eq!(app.secrets[1].ends_at, Some(later(24 * HOUR)));
    let works =
        |rig: &Rig, secret: &Secret, at| rig.works(&app.client_id, secret.expose(), later(at));
    assert!(works(&rig, &old, 24 * HOUR - 1) && works(&rig, &new, 0));
    assert!(!works(&rig, &old, 24 * HOUR) && works(&rig, &new, 24 * HOUR));
    let third = rig.workspace.rotate_secret(&app.id, 24, NOW);
    assert!(matches!(third, Err(StoreError::Conflict(_))), "{third:?}");

    // Canceled, the old secret stays; finished, the new one.
    rig.workspace.cancel_rotation(&app.id, NOW).unwrap();
    assert!(works(&rig, &old, 99 * HOUR) && !works(&rig, &new, 0));
    rig.workspace.rotate_secret(&app.id, 168, NOW).unwrap();
    let newest = rig.workspace.client_secret(&app.id).unwrap().unwrap();
    let app2 = rig.workspace.finish_rotation(&app.id, NOW).unwrap();
    assert_eq!(app2.secrets.len(), 1);
    assert!(!works(&rig, &old, 0) && works(&rig, &newest, 0));
    rig.workspace.finish_rotation(&app.id, NOW).unwrap_err();
    rig.workspace.cancel_rotation(&app.id, NOW).unwrap_err();

    // A rotation without overlap, and one that ended by itself.
    rig.workspace.rotate_secret(&app.id, 0, NOW).unwrap();
    assert!(!works(&rig, &newest, 0));
    rig.workspace.rotate_secret(&app.id, 1, NOW).unwrap();
    rig.workspace
        .cancel_rotation(&app.id, later(HOUR))
        .unwrap_err();
    rig.workspace
        .rotate_secret(&app.id, 1, later(HOUR))
        .unwrap();
    assert_eq!(rig.workspace.check_history().unwrap(), None);
}

#[test]
fn the_trash_keeps_an_app_thirty_days_and_its_secret_rests() {
    let mut rig = Rig::new();
    let app = create(&mut rig, "Goes");
    let other = create(&mut rig, "Stays");
    let secret = rig.workspace.client_secret(&app.id).unwrap().unwrap();
    let verify = |rig: &Rig| rig.works(&app.client_id, secret.expose(), NOW);
    rig.workspace.purge_app(&app.id, NOW).unwrap_err();
    let gone = rig.workspace.delete_app(&app.id, NOW).unwrap();
    assert_eq!(gone.deleted_at, Some(NOW));
    assert!(!verify(&rig));
    assert!(!rig.workspace.name_taken("Goes").unwrap());
    let late = renamed(&rig, "Goes");
    rig.workspace
        .update_app(&app.id, gone.version, late, None, NOW)
        .unwrap_err();
    rig.workspace.restore_app(&app.id, NOW).unwrap();
    assert!(verify(&rig));
    rig.workspace.delete_app(&app.id, NOW).unwrap();
    for days in 1..=30 {
        let at = later(days * 24 * HOUR);
        rig.workspace.sign_in(EMAIL, &password(), at).unwrap();
    }
    assert_eq!(rig.workspace.empty_trash(later(TRASH_MS)).unwrap(), 0);
    assert_eq!(rig.workspace.empty_trash(later(TRASH_MS + 1)).unwrap(), 1);
    rig.workspace.app(&app.id).unwrap_err();
    rig.workspace.app(&other.id).unwrap();
    assert_eq!(whats(&rig).last(), Some(&What::AppPurged));
}

#[test]
fn what_ringcentral_issued_is_sealed_and_opens_again() {
    let mut rig = Rig::new();
    let app = create(&mut rig, "Elsewhere");
    let issued = Issued {
        environment: Environment::Sandbox,
        server_url: Environment::Sandbox.server_url().to_owned(),
        client_id: "theirs".to_owned(),
        secret: Some(Secret::new("issued elsewhere")),
    };
    let app = rig
        .workspace
        .keep_environment(&app.id, &issued, NOW)
        .unwrap();
    assert_eq!(app.environments.len(), 1);
    let mut read = |environment| {
        rig.workspace
            .environment_secret(&app.id, environment)
            .unwrap()
    };
    assert_eq!(
        read(Environment::Sandbox).unwrap().expose(),
        "issued elsewhere"
    );
    assert!(read(Environment::Production).is_none());

    // What stays is no change.
    let (workspace, id) = (&mut rig.workspace, &app.id);
    workspace.keep_environment(id, &issued, NOW).unwrap();
    let query = HistoryQuery {
        app: Some(id.clone()),
        limit: 1,
        ..HistoryQuery::default()
    };
    let newest = &workspace.history(&query).unwrap().entries[0];
    let fields: Vec<&str> = newest
        .changes
        .iter()
        .map(|one| one.field.as_str())
        .collect();
    assert_eq!(fields, ["RingCentral sandbox (retired) Client Secret"]);

    let forget = |rig: &mut Rig, environment| {
        rig.workspace
            .forget_environment(&app.id, environment, NOW)
            .map(|app| app.environments.len())
    };
    let nothing = forget(&mut rig, Environment::Production);
    assert!(
        matches!(nothing, Err(StoreError::NotFound(_))),
        "{nothing:?}"
    );
    assert_eq!(forget(&mut rig, Environment::Sandbox).unwrap(), 0);
    let gone = rig
        .workspace
        .environment_secret(&app.id, Environment::Sandbox)
        .unwrap();
    assert!(gone.is_none());
    assert_eq!(rig.workspace.check_history().unwrap(), None);
}

#[test]
fn a_history_that_was_tampered_with_is_found_and_the_row_named() {
    let tamper = |sql: &str| {
        let mut rig = Rig::new();
        for name in ["One", "Two", "Three", "Four"] {
            create(&mut rig, name);
        }
        assert_eq!(rig.workspace.check_history().unwrap(), None);
        rig.workspace.db.execute_batch(sql).unwrap();
        rig.workspace.check_history().unwrap()
    };
    let cases = [
        (
            "UPDATE history SET subject = 'Won' WHERE seq = 1",
            Broken::At(1),
        ),
        (
            "UPDATE history SET at = at + 1 WHERE seq = 3",
            Broken::At(3),
        ),
        (
            "UPDATE history SET changes = '[ ]' WHERE seq = 5",
            Broken::At(5),
        ),
        ("DELETE FROM history WHERE seq = 2", Broken::At(3)),
        ("DELETE FROM history WHERE seq = 5", Broken::EndsBefore(5)),
        (
            "DELETE FROM history WHERE seq = 5;
             UPDATE history_end SET seq = 4",
            Broken::EndsBefore(5),
        ),
        (
            "DELETE FROM history WHERE seq = 5;
             UPDATE history_end SET seq = 4, link = (SELECT link FROM history WHERE seq = 4)",
            Broken::EndsBefore(5),
        ),
        (
            "UPDATE history SET seq = 9 WHERE seq = 2; UPDATE history SET seq = 2 WHERE seq = 3;
             UPDATE history SET seq = 3 WHERE seq = 9",
            Broken::At(2),
        ),
        ("DELETE FROM history", Broken::EndsBefore(1)),
        (
            "DELETE FROM history; UPDATE history_end SET seq = 0, link = zeroblob(32)",
            Broken::EndsBefore(1),
        ),
    ];
    for (sql, broken) in cases {
        assert_eq!(tamper(sql), Some(broken), "{sql}");
    }
}
