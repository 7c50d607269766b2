//! Credentials that RingCentral issued for an app: server, Client ID, and the secret, sealed.

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::store::{
    StoreError, Workspace,
    apps::{
        change::{managed, must_not_be_in_trash},
        register,
    },
    history::{Record, record},
    must_change_one,
    unlocked::Actor,
};
use crate::{
    domain::{
        app::{App, Environment, EnvironmentCredentials, Issued},
        history::{Change, What},
        id::AppId,
        secret::Secret,
        time::UnixMs,
    },
    vault::{self, Place},
};

/// With the server and the Client ID, so that a secret is never sent to another server.
fn secret_at<'a>(of: &'a [&'a str; 4]) -> Place<'a> {
    Place {
        table: "environment_credentials",
        column: "sealed",
        of,
    }
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
            let key = actor.secrets()?;
            let environment = issued.environment.as_str();
            let of = [
                id.as_str(),
                environment,
                &issued.server_url,
                &issued.client_id,
            ];
            let sealed = issued
                .secret
                .as_ref()
                .map(|secret| vault::seal(key, rng, secret.expose().as_bytes(), &secret_at(&of)))
                .transpose()?;
            let changed = step.execute(
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
            must_change_one(changed)?;
            let fingerprint = issued.secret.as_ref().map(|secret| key.fingerprint(secret));
            let label = issued.environment.label();
            let before = app
                .environments
                .iter()
                .find(|kept| kept.environment == issued.environment)
                .map(|kept| kept.client_id.clone());
            let id = (before.as_ref() != Some(&issued.client_id)).then(|| {
                let label = format!("{label} Client ID");
                Change::new(label, before, Some(&issued.client_id))
            });
            let secret = Change::new(
                format!("{label} Client Secret"),
                None::<String>,
                fingerprint,
            );
            let changes = id.into_iter().chain([secret]).collect();
            write_down(step, actor, &app, changes)
        })
    }

    pub fn forget_environment(
        &mut self,
        id: &AppId,
        environment: Environment,
        now: UnixMs,
    ) -> Result<App, StoreError> {
        self.change(now, |step, actor, _| {
            let app = managed(step, actor, id)?;
            must_not_be_in_trash(&app)?;
            let kept = app
                .environments
                .iter()
                .find(|kept| kept.environment == environment);
            let kept = kept.ok_or(StoreError::NotFound("What RingCentral issued for this app"))?;
            let removed = step.execute(
                "DELETE FROM environment_credentials WHERE app_id = ?1 AND environment = ?2",
                [id.as_str(), environment.as_str()],
            )?;
            must_change_one(removed)?;
            let label = format!("{} Client ID", environment.label());
            let changes = vec![Change::new(label, Some(&kept.client_id), None::<String>)];
            write_down(step, actor, &app, changes)
        })
    }

    pub fn environment_secret(
        &mut self,
        id: &AppId,
        environment: Environment,
    ) -> Result<Option<Secret>, StoreError> {
        self.follow()?;
        let actor = self.reader_of_secrets(id)?;
        let stored: Option<(Vec<u8>, String, String)> = self
            .db
            .query_row(
                "SELECT sealed, server_url, client_id FROM environment_credentials
                 WHERE app_id = ?1 AND environment = ?2 AND sealed IS NOT NULL",
                [id.as_str(), environment.as_str()],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )
            .optional()?;
        let Some((sealed, server_url, client_id)) = stored else {
            return Ok(None);
        };
        let of = [id.as_str(), environment.as_str(), &server_url, &client_id];
        let secret = vault::open_text(actor.secrets()?, &sealed, &secret_at(&of))?;
        Ok(Some(secret))
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
