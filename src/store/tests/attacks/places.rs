//! Sealed values that are moved to another row.

use rusqlite::{Connection, params, types::Value};

use super::opened;
use crate::{
    domain::{
        app::{Environment, Issued, Registration},
        id::DraftId,
        oauth::jwt::{AuthorizedApps, NewJwt},
        secret::Secret,
    },
    store::tests::{NOW, Rig, apps::create, spec_with, web_app},
};

/// Two rows or more in each table with a sealed column.
fn filled() -> Rig {
    let mut rig = Rig::new();
    let me = rig.me();
    for name in ["One", "Two"] {
        let kind =
            serde_json::json!({ "rest_api": { "auth": "jwt", "issue_refresh_tokens": true } });
        let registration = Registration {
            spec: spec_with(name, &rig.session.developer, &kind, &["ReadAccounts"]),
            shared_secret: Some(Secret::new(name)),
        };
        let app = rig
            .workspace
            .create_app(registration, &me, None, NOW)
            .unwrap();
        rig.workspace.rotate_secret(&app.id, 24, NOW).unwrap();
        for environment in [Environment::Sandbox, Environment::Production] {
            let issued = Issued {
                environment,
                server_url: format!("https://{name}.example.com"),
                client_id: format!("{name}-{environment:?}"),
                secret: Some(Secret::new("issued")),
            };
            rig.workspace
                .keep_environment(&app.id, &issued, NOW)
                .unwrap();
        }
        let jwt = NewJwt {
            label: name.to_owned(),
            apps: AuthorizedApps::Organization,
            expires_at: None,
        };
        rig.workspace.create_jwt(&me, &jwt, NOW).unwrap();
        let draft = DraftId::from_stored(name);
        rig.workspace
            .save_draft(&draft, &me, &Secret::new("{}"), NOW)
            .unwrap();
    }
    rig
}

/// Exchanges a column of two rows, which `by` tells apart.
fn swap(db: &Connection, table: &str, column: &str, by: &str) {
    let sql = format!("SELECT {by}, {column} FROM {table} ORDER BY 1");
    let mut query = db.prepare(&sql).unwrap();
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    let rows: Vec<(Value, Value)> = rows.unwrap().collect::<Result<_, _>>().unwrap();
    let ((one, first), (other, second)) = (&rows[0], &rows[1]);
    let write = |row: &Value, value: &Value| {
        let sql = format!("UPDATE {table} SET {column} = ?2 WHERE {by} = ?1");
        assert_eq!(db.execute(&sql, params![row, value]).unwrap(), 1);
    };
    let meanwhile = match first {
        Value::Blob(_) => Value::Blob(b"elsewhere".to_vec()),
        _ => Value::Text("elsewhere".to_owned()),
    };
    write(one, &meanwhile);
    write(other, first);
    write(one, second);
}

#[test]
fn a_sealed_value_opens_where_it_was_sealed_and_nowhere_else() {
    let rig = filled();
    let db = &rig.workspace.db;
    db.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON")
        .unwrap();
    let key = rig.workspace.unlocked().unwrap().secrets().unwrap();
    assert_eq!(opened(db, key), (4 + 2 + 4 + 2 + 1 + 2, Vec::new()));

    // Every column that says whose a value is, and what tells the rows apart meanwhile.
    const BOUND: &[(&str, &str, &[&str])] = &[
        ("client_secrets", "state || hex(sealed)", &["id", "app_id"]),
        ("client_secrets", "state || id", &["sealed"]),
        ("shared_secrets", "hex(sealed)", &["app_id"]),
        ("shared_secrets", "app_id", &["sealed"]),
        (
            "environment_credentials",
            "environment || hex(sealed)",
            &["app_id", "server_url", "client_id"],
        ),
        (
            "environment_credentials",
            "environment || app_id",
            &["sealed"],
        ),
        ("jwt_credentials", "hex(sealed)", &["id"]),
        ("jwt_credentials", "id", &["sealed"]),
        ("drafts", "hex(body)", &["id"]),
        ("drafts", "id", &["body"]),
        ("apps", "id", &["client_id"]),
    ];
    for (table, by, columns) in BOUND {
        for column in *columns {
            db.execute_batch("SAVEPOINT attack").unwrap();
            swap(db, table, column, by);
            let (_, closed) = opened(db, key);
            assert!(!closed.is_empty(), "{table}.{column}");
            db.execute_batch("ROLLBACK TO attack; RELEASE attack")
                .unwrap();
        }
    }
    const CHANGED: &[&str] = &[
        "DELETE FROM client_secrets WHERE state = 'current';
         UPDATE client_secrets SET state = 'current'",
        "DELETE FROM environment_credentials WHERE environment = 'sandbox';
         UPDATE environment_credentials SET environment = 'sandbox'",
        "UPDATE environment_credentials SET server_url = 'https://evil.example.com'",
        "UPDATE jwt_credentials SET owner = 'other'",
        "UPDATE jwt_credentials SET kid = 'other'",
        "UPDATE drafts SET owner = 'other'",
        "UPDATE signing_keys SET kid = 'other'",
    ];
    for sql in CHANGED {
        db.execute_batch("SAVEPOINT attack").unwrap();
        db.execute_batch(sql).unwrap();
        let (_, closed) = opened(db, key);
        assert!(!closed.is_empty(), "{sql}");
        db.execute_batch("ROLLBACK TO attack; RELEASE attack")
            .unwrap();
    }
}

#[test]
fn two_apps_cannot_be_given_each_others_secret() {
    let mut rig = Rig::new();
    let me = rig.me();
    let apps = ["One", "Two"].map(|name| {
        let new = web_app(name, &rig.session.developer);
        rig.workspace.create_app(new, &me, None, NOW).unwrap().id
    });
    let db = &rig.workspace.db;
    db.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    swap(db, "client_secrets", "app_id", "id");
    for app in &apps {
        rig.workspace.client_secret(app).unwrap_err();
    }
}

/// The digest of another secret is what the local server compares.
#[test]
fn a_digest_that_is_not_of_the_sealed_secret_is_named() {
    let mut rig = Rig::new();
    let app = create(&mut rig, "One");
    rig.workspace
        .db
        .execute("UPDATE client_secrets SET sha256 = zeroblob(32)", [])
        .unwrap();
    let error = rig.workspace.client_secret(&app.id).unwrap_err();
    assert!(error.to_string().contains("digest"), "{error}");
}
