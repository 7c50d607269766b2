//! Credentials that RingCentral issued for an app: server, Client ID, and the secret, sealed.

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::store::{
    StoreError, Workspace,
    apps::{
        change::{managed, must_not_be_in_trash},
        register,
    },
    history::{Actor, Record, record},
};
use crate::{
    domain::{
        app::{App, Environment, EnvironmentCredentials, Issued},
        history::{Change, What},
        id::AppId,
        secret::Secret,
        time::UnixMs,
    },
    vault::{self, Aad},
};

fn secret_at<'a>(row: &'a str) -> Aad<'a> {
    Aad {
        table: "environment_credentials",
        row,
        column: "sealed",
        version: 1,
    }
}

fn row_of(app: &AppId, environment: Environment) -> String {
    format!("{}/{}", app.as_str(), environment.as_str())
}

impl Workspace {
    pub fn keep_environment(
        &mut self,
        id: &AppId,
        issued: &Issued,
        now: UnixMs,
    ) -> Result<App, StoreError> {
        self.change(now, |step, actor, rng| {
            let app = managed(step, actor, id)?;
            must_not_be_in_trash(&app)?;
            let row = row_of(id, issued.environment);
            let sealed = issued
                .secret
                .as_ref()
                .map(|secret| {
                    vault::seal(actor.key, rng, secret.expose().as_bytes(), &secret_at(&row))
                })
                .transpose()?;
            step.execute(
                "INSERT INTO environment_credentials (app_id, environment, server_url, client_id,
                     sealed, changed_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (app_id, environment) DO UPDATE SET server_url = excluded.server_url,
                     client_id = excluded.client_id, sealed = excluded.sealed,
                     changed_at = excluded.changed_at",
                params![
                    id.as_str(),
                    issued.environment.as_str(),
                    issued.server_url,
                    issued.client_id,
                    sealed,
                    now.0
                ],
            )?;
            let fingerprint = issued
                .secret
                .as_ref()
                .map(|secret| actor.key.fingerprint(secret));
            let label = issued.environment.label();
            let before = app
                .environments
                .iter()
                .find(|kept| kept.environment == issued.environment)
                .map(|kept| kept.client_id.clone());
            let changes = vec![
                Change::new(
                    format!("{label} Client ID"),
                    before,
                    Some(&issued.client_id),
                ),
                Change::new(
                    format!("{label} Client Secret"),
                    None::<String>,
                    fingerprint,
                ),
            ];
            write_down(step, actor, &app, changes)
        })
    }

    pub fn environment_secret(
        &self,
        id: &AppId,
        environment: Environment,
    ) -> Result<Option<Secret>, StoreError> {
        let key = self.key_to_secrets()?;
        let sealed: Option<Option<Vec<u8>>> = self
            .db
            .query_row(
                "SELECT sealed FROM environment_credentials WHERE app_id = ?1 AND environment = ?2",
                [id.as_str(), environment.as_str()],
                |row| row.get(0),
            )
            .optional()?;
        let row = row_of(id, environment);
        sealed
            .flatten()
            .map(|sealed| Ok(vault::open_text(key, &sealed, &secret_at(&row))?))
            .transpose()
    }
}

fn write_down(
    step: &Connection,
    actor: Actor<'_>,
    app: &App,
    changes: Vec<Change>,
) -> Result<App, StoreError> {
    let written = Record {
        app: Some(&app.id),
        subject: &app.spec.properties.name,
        what: What::EnvironmentChanged,
        changes,
    };
    record(step, actor, &written)?;
    register::read(step, &app.id)
}

pub(in crate::store) fn of(
    db: &Connection,
    app: &AppId,
) -> Result<Vec<EnvironmentCredentials>, StoreError> {
    let mut query = db.prepare_cached(
        "SELECT environment, server_url, client_id, sealed IS NOT NULL, changed_at
         FROM environment_credentials WHERE app_id = ?1 ORDER BY environment",
    )?;
    let mut rows = query.query([app.as_str()])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let stored: String = row.get(0)?;
        all.push(EnvironmentCredentials {
            environment: Environment::from_stored(&stored)
                .ok_or_else(|| StoreError::Corrupt(format!("unknown environment “{stored}”")))?,
            server_url: row.get(1)?,
            client_id: row.get(2)?,
            has_secret: row.get(3)?,
            changed_at: UnixMs(row.get(4)?),
        });
    }
    Ok(all)
}
