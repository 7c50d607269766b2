//! Triggers that another program plants in the file. One that skips rows in silence must make an
//! operation fail: a person must not be told of a change that did not happen.

use std::collections::BTreeSet;

use rusqlite::Connection;

use super::{
    EMAIL, FILE_NAME, NOW, Rig, TempDir, browser_app, later, open, password,
    roles::{
        May, OPERATIONS, Operation, World, make_jwt, nothing, only_jwt, start_rotation, throw_away,
    },
    sessions::renewal,
    web_app,
};
use crate::{
    domain::{
        app::{TRASH_MS, list::Bulk},
        oauth::{credential::ClientId, jwt::AuthorizedApps},
        secret::Secret,
    },
    store::{
        BackupError, CodeGrant, Lifetimes, NewSession, OpenError, Refreshed, Replay, Restore,
        SignInError, StoreError, Terms, Tokens, Workspace, back_up, file::backup::TABLES, inspect,
    },
    vault::KdfCost,
};

/// Rows that are only kept for later: no message depends on them.
const UNTOLD: [&str; 3] = ["list_changes", "sign_in_delays", "former_refresh_tokens"];

const TERMS: Terms<'_> = Terms {
    lifetimes: Lifetimes {
        access_s: 3600,
        refresh_s: Some(604_800),
    },
    endpoint: None,
};

const KEEPS: &str = "CREATE TRIGGER keeps BEFORE UPDATE ON developers
                     BEGIN SELECT RAISE(IGNORE); END";
const NAMED: &str = "the trigger “keeps” was added";

fn client(w: &World) -> ClientId {
    w.rig.workspace.app(&w.app).unwrap().client_id
}

fn grant(w: &World) -> CodeGrant {
    CodeGrant {
        client: client(w),
        owner: w.other.clone(),
        redirect_uri: "https://example.com/cb".to_owned(),
        redirect_sent: true,
        challenge: None,
        scope: "ReadAccounts".to_owned(),
        nonce: None,
        signed_in_at: NOW,
    }
}

fn granted<T>(
    w: &mut World,
    grant: impl FnOnce(&mut Workspace) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let workspace = &mut w.rig.workspace;
    let done = workspace.begin_grants().and_then(|()| {
        let done = grant(workspace)?;
        workspace.commit_grants(NOW).map(|()| done)
    });
    workspace.forget_grants();
    done
}

pub(super) fn session_of_a_code(w: &mut World) -> Result<(Secret, Tokens), StoreError> {
    let grant = grant(w);
    let code = w.rig.workspace.issue_code(&grant, NOW)?;
    let tokens = granted(w, |it| it.redeem_code(code.expose(), &grant, TERMS, NOW))?;
    Ok((code, tokens))
}

/// The other developer has something of each kind.
fn settle_in(w: &mut World) {
    session_of_a_code(w).unwrap();
    let grant = grant(w);
    w.rig.workspace.issue_code(&grant, NOW).unwrap();
    let db = &w.rig.workspace.db;
    for sql in [
        "INSERT INTO drafts SELECT 'theirs', ?1, body, updated_at FROM drafts",
        "INSERT INTO favourites SELECT ?1, id FROM apps",
        "INSERT INTO views VALUES (?1, '{}')",
        "INSERT INTO jwt_credentials (id, owner, label, every_app, created_at, sealed)
         VALUES ('theirs', ?1, 'Theirs', 1, 1, NULL)",
    ] {
        db.execute(sql, [w.other.as_str()]).unwrap();
    }
}

fn limited_jwt(w: &mut World) {
    make_jwt(w).unwrap();
    let jwt = only_jwt(w);
    let apps = AuthorizedApps::Specific(vec![client(w)]);
    w.rig.workspace.set_jwt_apps(&jwt, &apps, NOW).unwrap();
    let (client, owner) = (client(w), w.rig.me());
    let new = NewSession {
        client: &client,
        owner: &owner,
        credential: Some(&jwt),
        scope: "ReadAccounts",
    };
    granted(w, |it| it.open_session(&new, TERMS, NOW)).unwrap();
}

fn tagged(w: &mut World) {
    bulk(w, &Bulk::SetTags(vec!["a".to_owned()])).unwrap();
}

fn favourite(w: &mut World) {
    w.rig.workspace.set_favourite(&w.app, true).unwrap();
}

fn bulk(w: &mut World, what: &Bulk) -> Result<(), StoreError> {
    let apps = [w.app.clone()];
    let done = w.rig.workspace.bulk(&apps, what, NOW)?;
    assert_eq!(done.done, apps, "{:?}", done.left);
    Ok(())
}

fn entered<T>(result: Result<T, SignInError>) -> Result<(), StoreError> {
    match result {
        Ok(_) => Ok(()),
        Err(SignInError::Store(error)) => Err(error),
        Err(error) => Err(StoreError::Other(error.to_string())),
    }
}

/// Besides the table of roles: operations without a role, or with more to write.
#[rustfmt::skip]
const MORE: &[Operation] = &[
    ("sign_in", May::Incoming, nothing, |w| {
        entered(w.rig.workspace.sign_in(EMAIL, &password(), NOW))
    }),
    ("recover", May::Incoming, nothing, |w| {
        let new = Secret::new("another horse battery staple");
        entered(w.rig.workspace.recover(EMAIL, &w.rig.recovery, new, NOW))
    }),
    ("remove_developer, who has all", May::Admins, settle_in, |w| {
        w.rig.workspace.remove_developer(&w.other, NOW)
    }),
    ("reset_password, with sessions", May::Admins, settle_in, |w| {
        w.rig.workspace.reset_password(&w.other, &password(), NOW).map(drop)
    }),
    ("set_jwt_apps, fewer", May::Makers, limited_jwt, |w| {
        let apps = AuthorizedApps::Specific(vec![ClientId::from_stored("elsewhere")]);
        w.rig.workspace.set_jwt_apps(&only_jwt(w), &apps, NOW).map(drop)
    }),
    ("revoke_jwt, with a session", May::Makers, limited_jwt, |w| {
        w.rig.workspace.revoke_jwt(&only_jwt(w), NOW)
    }),
    ("bulk, tags", May::Owners, tagged, |w| bulk(w, &Bulk::SetTags(vec!["b".to_owned()]))),
    ("bulk, delete", May::Owners, nothing, |w| bulk(w, &Bulk::Delete)),
    ("bulk, restore", May::Owners, throw_away, |w| bulk(w, &Bulk::Restore)),
    ("set_favourite, off", May::Active, favourite, |w| {
        w.rig.workspace.set_favourite(&w.app, false)
    }),
    ("update_app, of a draft", May::Owners, tagged, |w| {
        let new = web_app("Renamed", &w.rig.session.developer);
        let version = w.rig.workspace.app(&w.app)?.version;
        w.rig.workspace.update_app(&w.app, version, new, Some(&w.draft), NOW).map(drop)
    }),
    ("update_app, which then keeps no secret", May::Owners, start_rotation, |w| {
        let new = browser_app("Renamed", &w.rig.session.developer);
        let version = w.rig.workspace.app(&w.app)?.version;
        w.rig.workspace.update_app(&w.app, version, new, None, NOW).map(drop)
    }),
    ("rotate_secret, at once", May::Owners, nothing, |w| {
        w.rig.workspace.rotate_secret(&w.app, 0, NOW).map(drop)
    }),
    ("purge_app, with sessions", May::Owners, |w| { settle_in(w); throw_away(w); }, |w| {
        w.rig.workspace.purge_app(&w.app, NOW)
    }),
    ("empty_trash, due", May::Admins, throw_away, |w| {
        w.rig.workspace.empty_trash(later(TRASH_MS + 1)).map(drop)
    }),
    ("end_session", May::Incoming, nothing, |w| {
        let (_, tokens) = session_of_a_code(w)?;
        let client = client(w);
        w.rig.workspace.end_session(tokens.access.expose(), &client, NOW).map(drop)
    }),
    ("end_session_of_code", May::Incoming, nothing, |w| {
        let (code, _) = session_of_a_code(w)?;
        w.rig.workspace.end_session_of_code(code.expose(), NOW)
    }),
    ("refresh_session", May::Incoming, nothing, |w| {
        let (_, tokens) = session_of_a_code(w)?;
        let (client, old) = (client(w), tokens.refresh.unwrap());
        let done = granted(w, |it| {
            it.refresh_session(old.expose(), &client, TERMS, &renewal(Replay::Grace), NOW)
        })?;
        assert!(matches!(done, Refreshed::Tokens(_)));
        Ok(())
    }),
];

fn all() -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.iter().chain(MORE)
}

fn ready(before: fn(&mut World)) -> World {
    let mut world = World::new();
    before(&mut world);
    world
}

/// Seen by this connection alone, so that the schema of the file stays as it is.
fn plant(w: &World, table: &str, verb: &str, then: &str) {
    let sql = format!(
        "CREATE TEMP TABLE IF NOT EXISTS fired (what TEXT);
         CREATE TEMP TRIGGER {verb}_{table} BEFORE {verb} ON main.{table}
         BEGIN INSERT INTO fired VALUES ('{verb} {table}'); {then} END;"
    );
    w.rig.workspace.db.execute_batch(&sql).unwrap();
}

/// Which rows the operation writes, as pairs of a verb and a table.
fn written(operation: &Operation) -> BTreeSet<(String, String)> {
    let (name, _, before, act) = operation;
    let mut world = ready(*before);
    for (_, table) in TABLES {
        for verb in ["INSERT", "UPDATE", "DELETE"] {
            plant(&world, table, verb, "");
        }
    }
    act(&mut world).unwrap_or_else(|error| panic!("{name}: {error}"));
    let db = &world.rig.workspace.db;
    let mut query = db.prepare("SELECT DISTINCT what FROM fired").unwrap();
    let rows = query.query_map([], |row| row.get::<_, String>(0)).unwrap();
    rows.map(|what| {
        let what = what.unwrap();
        let (verb, table) = what.split_once(' ').unwrap();
        (verb.to_owned(), table.to_owned())
    })
    .collect()
}

#[test]
fn no_operation_succeeds_whose_rows_a_trigger_skips() {
    let mut wrong = Vec::new();
    for operation in all() {
        let (name, _, before, act) = operation;
        for (verb, table) in written(operation) {
            if UNTOLD.contains(&table.as_str()) {
                continue;
            }
            let mut world = ready(*before);
            plant(&world, &table, &verb, "SELECT RAISE(IGNORE);");
            if act(&mut world).is_ok() {
                wrong.push(format!("{name}: {verb} {table}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

fn beside(rig: &Rig) -> Connection {
    Connection::open(rig.dir.path().join(FILE_NAME)).unwrap()
}

#[test]
fn an_open_workspace_writes_nothing_once_a_trigger_was_planted() {
    for operation in all() {
        let (name, _, before, act) = operation;
        if written(operation).is_empty() {
            continue;
        }
        let mut world = ready(*before);
        beside(&world.rig).execute_batch(KEEPS).unwrap();
        let done = act(&mut world);
        assert!(
            matches!(&done, Err(StoreError::Altered(what)) if what == NAMED),
            "{name}: {done:?}"
        );
    }
}

#[test]
fn a_planted_trigger_is_named_at_open_by_doctor_by_backup_and_by_restore() {
    let rig = Rig::new();
    let saved = TempDir::new().unwrap();
    let good = saved.path().join("good.db");
    rig.workspace.back_up_to(&good).unwrap();
    let Rig { dir, workspace, .. } = rig;
    workspace.close().unwrap();
    let path = dir.path().join(FILE_NAME);
    let bad = saved.path().join("bad.db");
    std::fs::copy(&path, &bad).unwrap();
    for file in [&path, &bad] {
        Connection::open(file)
            .unwrap()
            .execute_batch(KEEPS)
            .unwrap();
    }
    let before = std::fs::read(&path).unwrap();

    let refused = Workspace::open(dir.path(), KdfCost::TRIVIAL).unwrap_err();
    assert!(
        matches!(&refused, OpenError::Altered { what, .. } if what == NAMED),
        "{refused}"
    );
    assert_eq!(std::fs::read(&path).unwrap(), before);
    let inspected = inspect(dir.path()).unwrap().unwrap();
    assert_eq!(inspected.altered.as_deref(), Some(NAMED));
    let refused = back_up(dir.path(), &saved.path().join("new.db")).unwrap_err();
    assert!(refused.to_string().contains(NAMED), "{refused}");
    let refused = Restore::prepare(dir.path(), &bad).unwrap_err();
    assert!(
        matches!(&refused, BackupError::Altered { what, .. } if what == NAMED),
        "{refused}"
    );

    // A good backup replaces the changed file, which is kept.
    let done = Restore::prepare(dir.path(), &good)
        .unwrap()
        .replace(NOW)
        .unwrap();
    assert!(done.kept.is_some());
    open(dir.path()).sign_in(EMAIL, &password(), NOW).unwrap();
}
