//! The secrets that a developer could read until they lost access to secrets, and their
//! replacement.

use std::sync::{Arc, Mutex};

use super::{
    GRACE, NOW, Rig,
    apps::create,
    attacks::{grace, leaving::LEAVING},
    browser_app, later, web_app,
};
use crate::{
    domain::{
        app::{App, Environment, Issuer},
        history::{Reading, What},
        id::DeveloperId,
        oauth::jwt::{AuthorizedApps, NewJwt},
        people::{
            developer::Role,
            readable::{Count, Known, Marked, Marks, ReadableWindow},
        },
        progress::Work,
        secret::Secret,
        time::UnixMs,
    },
    request::Copyable,
    store::{StoreError, Workspace},
};

fn list(rig: &mut Rig, who: &DeveloperId) -> ReadableWindow {
    rig.workspace.readable_by(who, 0, 1000).unwrap()
}

fn names(rig: &mut Rig, who: &DeveloperId) -> Vec<String> {
    let rows = list(rig, who).rows.into_iter();
    let mut names: Vec<String> = rows.map(|row| row.name).collect();
    names.sort();
    names
}

fn jwt(console: &mut Workspace, label: &str) {
    let new = NewJwt {
        label: label.to_owned(),
        apps: AuthorizedApps::Organization,
        expires_at: None,
    };
    let me = console.current_session().unwrap().developer.id;
    console.create_jwt(&me, &new, NOW).unwrap();
}

fn read(console: &mut Workspace, app: &App, what: &str) {
    let reading = Reading::Copied;
    console
        .record_reading(&app.id, &[what], reading, NOW)
        .unwrap();
}

/// Grace as a Developer Admin, with her own app and JWT credential.
fn with_grace() -> (Rig, Workspace, DeveloperId) {
    let mut rig = Rig::new();
    let mut console = grace(&mut rig, Role::DeveloperAdmin);
    let me = console.current_session().unwrap().developer;
    let own = web_app("Own", &me);
    console.create_app(own, &me.id, None, NOW).unwrap();
    jwt(&mut console, "Hers");
    (rig, console, me.id)
}

fn rotate(rig: &mut Rig, app: &App, hours: u32) {
    rig.workspace.rotate_secret(&app.id, hours, NOW).unwrap();
}

/// Secrets of an app other than its Client Secret.
const OTHERS: [Copyable; 6] = [
    Copyable::SharedSecret,
    Copyable::RetiringSecret,
    Copyable::EnvironmentSecret(Environment::Production),
    Copyable::EnvironmentSecret(Environment::Sandbox),
    Copyable::EnvFile(Issuer::RingCentral(Environment::Production)),
    Copyable::EnvFile(Issuer::RingCentral(Environment::Sandbox)),
];

/// All of this happens in the same millisecond: the history decides what is older.
#[test]
fn each_way_of_leaving_lists_what_is_older_and_marks_what_is_known() {
    for (name, leave) in LEAVING {
        let (mut rig, mut console, id) = with_grace();
        let seen = create(&mut rig, "Read");
        let rotated = create(&mut rig, "Read and rotated");
        let shared = create(&mut rig, "Only its shared secret");
        read(&mut console, &seen, "Client Secret");
        read(&mut console, &rotated, ".env (RC_CLIENT_ID)");
        rotate(&mut rig, &rotated, 0);
        for other in OTHERS {
            read(&mut console, &shared, other.label());
        }
        jwt(&mut rig.workspace, "Ada's");
        let deleted = create(&mut rig, "In the trash");
        rig.workspace.delete_app(&deleted.id, NOW).unwrap();
        let public = browser_app("Keeps none", &rig.session.developer);
        let me = rig.me();
        rig.workspace.create_app(public, &me, None, NOW).unwrap();
        assert_eq!(list(&mut rig, &id), ReadableWindow::default(), "{name}");

        leave(&mut rig, &id);
        create(&mut rig, "After");
        jwt(&mut rig.workspace, "After");
        let window = list(&mut rig, &id);
        let known: Vec<_> = window
            .rows
            .iter()
            .map(|row| (row.name.as_str(), row.known))
            .collect();
        let of = |name: &str| known.iter().find(|(one, _)| *one == name).unwrap().1;
        assert_eq!(of("Own"), Some(Known::Own), "{name}");
        assert_eq!(of("Read"), Some(Known::Read), "{name}");
        for other in ["Read and rotated", "Only its shared secret", "Ada's"] {
            assert_eq!(of(other), None, "{name}: {other}");
        }
        assert_eq!(known.len(), 5, "{name}: {known:?}");
        let count = |client_secrets, jwts| Count {
            client_secrets,
            jwts,
        };
        assert_eq!((window.all, window.known), (count(4, 1), count(2, 0)));
        assert_eq!(window.lost.unwrap().at, NOW);
    }
}

#[test]
fn a_jwt_credential_that_was_read_is_marked() {
    let (mut rig, mut console, id) = with_grace();
    jwt(&mut rig.workspace, "Ada's");
    let all = console.jwt_credentials().unwrap();
    let adas = all.iter().find(|one| one.label == "Ada's").unwrap();
    console
        .record_jwt_reading(&adas.id, Reading::Revealed, NOW)
        .unwrap();
    rig.workspace.remove_developer(&id, NOW).unwrap();
    let window = list(&mut rig, &id);
    let row = window.rows.iter().find(|row| row.name == "Ada's").unwrap();
    assert_eq!(row.known, Some(Known::Read));
    assert_eq!(row.of, "Ada Lovelace");
    assert_eq!(window.known.jwts, 1);
}

#[test]
fn a_rotated_secret_is_gone_and_is_back_when_the_rotation_is_cancelled() {
    let mut rig = Rig::new();
    let id = rig.add("Grace Hopper", GRACE, Role::Developer);
    let (one, two) = (create(&mut rig, "One"), create(&mut rig, "Two"));
    // In progress before she leaves: the new secret is one that she could read too.
    rotate(&mut rig, &two, 24);
    rig.workspace.remove_developer(&id, NOW).unwrap();
    assert_eq!(names(&mut rig, &id), ["One", "Two"]);
    rotate(&mut rig, &one, 24);
    assert_eq!(names(&mut rig, &id), ["Two"]);
    rig.workspace.cancel_rotation(&one.id, NOW).unwrap();
    rig.workspace.cancel_rotation(&two.id, NOW).unwrap();
    assert_eq!(names(&mut rig, &id), ["One", "Two"]);
    rotate(&mut rig, &one, 24);
    rig.workspace.finish_rotation(&one.id, NOW).unwrap();
    rotate(&mut rig, &one, 0);
    assert_eq!(names(&mut rig, &id), ["Two"]);
    rig.workspace.delete_app(&two.id, NOW).unwrap();
    assert!(names(&mut rig, &id).is_empty());
    rig.workspace.restore_app(&two.id, NOW).unwrap();
    assert_eq!(names(&mut rig, &id), ["Two"]);
}

#[test]
fn an_app_that_can_keep_a_secret_only_since_then_has_a_new_one() {
    let mut rig = Rig::new();
    let id = rig.add("Grace Hopper", GRACE, Role::Developer);
    let me = rig.session.developer.clone();
    let app = browser_app("Both", &me);
    let app = rig.workspace.create_app(app, &me.id, None, NOW).unwrap();
    let old = create(&mut rig, "Old");
    rig.workspace.remove_developer(&id, later(1)).unwrap();
    for app in [app, old] {
        let name = &app.spec.properties.name;
        let new = web_app(name, &me);
        let workspace = &mut rig.workspace;
        workspace
            .update_app(&app.id, app.version, new, None, later(2))
            .unwrap();
    }
    assert_eq!(names(&mut rig, &id), ["Old"]);
}

#[test]
fn those_used_last_come_first_and_then_the_newest() {
    let mut rig = Rig::new();
    let id = rig.add("Grace Hopper", GRACE, Role::Developer);
    for (nth, name) in ["Never, older", "Never", "Long ago", "Today"]
        .into_iter()
        .enumerate()
    {
        let (app, me) = (web_app(name, &rig.session.developer), rig.me());
        let at = later(nth as i64);
        rig.workspace.create_app(app, &me, None, at).unwrap();
    }
    for (name, at) in [("Long ago", 10), ("Today", 20)] {
        let sql = "UPDATE client_secrets SET last_used_at = ?2
             WHERE app_id = (SELECT id FROM apps WHERE name = ?1)";
        rig.workspace.db.execute(sql, (name, at)).unwrap();
    }
    rig.workspace.remove_developer(&id, NOW).unwrap();
    let window = rig.workspace.readable_by(&id, 1, 2).unwrap();
    let rows: Vec<&str> = window.rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(rows, ["Long ago", "Never"]);
    assert_eq!((window.offset, window.all.client_secrets), (1, 4));
}

#[test]
fn who_never_held_the_key_could_read_nothing_and_who_lost_it_before_nothing_newer() {
    let mut rig = Rig::new();
    let audit = rig.add("Charles Babbage", "charles@example.com", Role::AuditUser);
    let id = rig.add("Grace Hopper", GRACE, Role::Developer);
    create(&mut rig, "First");
    rig.workspace.remove_developer(&audit, NOW).unwrap();
    assert_eq!(list(&mut rig, &audit), ReadableWindow::default());

    rig.workspace.set_role(&id, Role::AuditUser, NOW).unwrap();
    create(&mut rig, "Second");
    rig.workspace.remove_developer(&id, NOW).unwrap();
    let window = list(&mut rig, &id);
    assert_eq!(window.lost.unwrap().what, What::RoleChanged);
    assert_eq!(names(&mut rig, &id), ["First"]);
    // Ada could read and can.
    let me = rig.me();
    assert_eq!(list(&mut rig, &me), ReadableWindow::default());
}

#[test]
fn a_developer_who_left_twice_could_read_what_was_made_in_between() {
    let (mut rig, _, id) = with_grace();
    create(&mut rig, "First");
    rig.workspace.set_enabled(&id, false, NOW).unwrap();
    create(&mut rig, "While away");
    rig.workspace.set_enabled(&id, true, NOW).unwrap();
    assert_eq!(names(&mut rig, &id), ["First", "Own"]);
    create(&mut rig, "While back");
    rig.workspace.remove_developer(&id, NOW).unwrap();
    create(&mut rig, "Last");
    let all = ["First", "Own", "While away", "While back"];
    assert_eq!(names(&mut rig, &id), all);
}

#[test]
fn secrets_that_are_not_replaced_here_are_counted() {
    let mut rig = Rig::new();
    let id = rig.add("Grace Hopper", GRACE, Role::Developer);
    let mut app = web_app("Cards", &rig.session.developer);
    app.shared_secret = Some(Secret::new("0123456789abcdefghijABCDEFGHIJ01"));
    let me = rig.me();
    rig.workspace.create_app(app, &me, None, NOW).unwrap();
    rig.workspace.remove_developer(&id, later(1)).unwrap();
    assert_eq!(list(&mut rig, &id).beside, 1);
}

#[test]
fn the_marked_ones_are_replaced_and_what_is_refused_is_left_and_named() {
    let (mut rig, console, id) = with_grace();
    drop(console);
    let twice = create(&mut rig, "Two live");
    let plain = create(&mut rig, "Plain");
    let before = rig.workspace.client_secret(&plain.id).unwrap().unwrap();
    rotate(&mut rig, &twice, 24);
    jwt(&mut rig.workspace, "Ada's");
    rig.workspace.remove_developer(&id, NOW).unwrap();

    let known = Marks::default();
    let replaced = rig.workspace.replace_readable(&id, &known, 24, NOW);
    let done = replaced.unwrap().done;
    assert_eq!((done.client_secrets, done.jwts), (1, 0), "her own app");
    assert_eq!(names(&mut rig, &id), ["Ada's", "Plain", "Two live"]);

    let all = Marks::all_of(Marked::Everything);
    let replaced = rig.workspace.replace_readable(&id, &all, 24, NOW).unwrap();
    assert_eq!((replaced.done.client_secrets, replaced.done.jwts), (1, 1));
    assert_eq!(replaced.left, 1);
    let (name, why) = replaced.first_left.unwrap();
    assert_eq!(name, "Two live");
    assert!(why.contains("A rotation is already in progress"), "{why}");
    assert_eq!(replaced.stopped, None);
    assert_eq!(names(&mut rig, &id), ["Two live"]);
    // The old secret works until the hours are over.
    let works = |rig: &Rig, at: UnixMs| rig.works(&plain.client_id, before.expose(), at);
    assert!(works(&rig, NOW) && !works(&rig, later(25 * 60 * 60 * 1000)));
    let credentials = rig.workspace.jwt_credentials().unwrap();
    assert!(credentials.is_empty(), "{credentials:?}");
    assert_eq!(rig.workspace.check_history().unwrap(), None);
}

#[test]
fn only_an_admin_sees_or_replaces_them() {
    let mut rig = Rig::new();
    let mut console = grace(&mut rig, Role::Developer);
    let id = rig.add("Charles Babbage", "charles@example.com", Role::Developer);
    create(&mut rig, "App");
    rig.workspace.remove_developer(&id, NOW).unwrap();
    let refused = console.readable_by(&id, 0, 10).unwrap_err();
    assert!(matches!(refused, StoreError::NotAllowed(_)), "{refused}");
    let all = Marks::all_of(Marked::Everything);
    let refused = console.replace_readable(&id, &all, 0, NOW).unwrap_err();
    assert!(matches!(refused, StoreError::NotAllowed(_)), "{refused}");
    assert_eq!(names(&mut rig, &id), ["App"]);
}

fn with_apps(count: usize) -> (Rig, DeveloperId) {
    let mut rig = Rig::new();
    let id = rig.add("Grace Hopper", GRACE, Role::Developer);
    let me = rig.me();
    let developer = rig.session.developer.clone();
    for first in (0..count).step_by(2000) {
        let batch = first..count.min(first + 2000);
        let apps = batch.map(|nth| (web_app(&format!("App {nth}"), &developer), NOW));
        let apps: Vec<_> = apps.collect();
        rig.workspace.create_apps(apps, &me).unwrap();
    }
    (rig, id)
}

#[test]
fn a_thousand_are_sealed_anew_and_replaced_in_whole_steps_with_progress() {
    let (mut rig, id) = with_apps(1000);
    let heard: Arc<Mutex<Vec<_>>> = Arc::default();
    let told = Arc::clone(&heard);
    rig.workspace = rig.workspace.reporting(Arc::new(move |progress| {
        told.lock().unwrap().push(progress);
    }));
    rig.workspace.remove_developer(&id, NOW).unwrap();
    let take = || std::mem::take(&mut *heard.lock().unwrap());
    let sealing = take();
    assert!(sealing.iter().all(|at| at.work == Work::Sealing));
    assert!(sealing.is_sorted_by_key(|at| at.done), "{sealing:?}");
    let last = sealing.last().unwrap();
    assert_eq!((last.done, last.total), (1000, 1000));

    assert_eq!(list(&mut rig, &id).all.client_secrets, 1000);
    let all = Marks::all_of(Marked::Everything);
    let replaced = rig.workspace.replace_readable(&id, &all, 0, NOW).unwrap();
    assert_eq!((replaced.done.client_secrets, replaced.left), (1000, 0));
    let replacing: Vec<u64> = take().iter().map(|at| at.done).collect();
    assert_eq!(replacing, [200, 400, 600, 800, 1000]);
    assert_eq!(list(&mut rig, &id).all.total(), 0);
    assert_eq!(rig.workspace.check_history().unwrap(), None);
}

/// After a crash or a full disk between two steps, the finished steps are whole, and the rest is
/// listed again.
#[test]
fn a_step_that_fails_ends_it_and_the_steps_before_count() {
    let (mut rig, id) = with_apps(450);
    rig.workspace.remove_developer(&id, NOW).unwrap();
    let order = list(&mut rig, &id);
    // The third step meets a secret that does not open, and that cannot be kept for an hour.
    let broken = &order.rows[449].of;
    let sql = "UPDATE client_secrets SET sha256 = x'00'
         WHERE app_id = (SELECT id FROM apps WHERE client_id = ?1)";
    rig.workspace.db.execute(sql, [broken]).unwrap();
    let all = Marks::all_of(Marked::Everything);
    let replaced = rig.workspace.replace_readable(&id, &all, 1, NOW).unwrap();
    assert_eq!(replaced.done.client_secrets, 400);
    assert!(replaced.stopped.unwrap().contains("digest"));
    assert_eq!(list(&mut rig, &id).all.client_secrets, 50);
    assert_eq!(rig.workspace.check_history().unwrap(), None);
}

/// `APPS=100000 cargo test --release --lib figures_of_leaving -- --ignored --nocapture`
#[test]
#[ignore = "figures: minutes in a debug build"]
#[expect(clippy::print_stdout, reason = "the figures, for --nocapture")]
fn figures_of_leaving() {
    use std::time::Instant;

    let count = std::env::var("APPS").map_or(10_000, |apps| apps.parse().unwrap());
    let (mut rig, id) = with_apps(count);
    let start = Instant::now();
    rig.workspace.remove_developer(&id, NOW).unwrap();
    println!("{count} apps: removed in {:?}", start.elapsed());
    for offset in [0, count as u64 / 2] {
        let start = Instant::now();
        let window = rig.workspace.readable_by(&id, offset, 300).unwrap();
        let rows = window.rows.len();
        println!("{rows} rows from {offset} in {:?}", start.elapsed());
    }
    let start = Instant::now();
    let all = Marks::all_of(Marked::Everything);
    let replaced = rig.workspace.replace_readable(&id, &all, 24, NOW).unwrap();
    let done = replaced.done.client_secrets;
    println!("{done} rotated in {:?}", start.elapsed());
}
