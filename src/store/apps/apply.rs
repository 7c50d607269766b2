//! Many apps at once, as a manifest has them: reading, comparing and writing are one transaction,
//! and one app that may not be changed rolls all of it back.

use std::sync::Arc;

use rand::rngs::StdRng;
use rusqlite::{Connection, params, params_from_iter};

use crate::domain::{
    app::{
        App, AppSpec, AppStatus, Registration,
        icon::{Icon, IconRef},
        plan::{Registered, Step, StepKind},
    },
    id::AppId,
    oauth::credential::{ClientId, mint_shared_secret},
    progress::{Progress, Work},
    text,
    time::UnixMs,
};
use crate::store::{
    StoreError, Workspace,
    apps::{
        bulk::change_tags,
        change::{self, managed, must_not_be_in_trash},
        icons, register, secrets,
    },
    list::{search::Filter, window::LIVE},
    require_writer,
    unlocked::Actor,
};

/// The apps in one snapshot of the file.
pub struct RegisteredApps<'a> {
    db: &'a Connection,
    who: Option<&'a crate::domain::id::DeveloperId>,
}

impl std::fmt::Debug for RegisteredApps<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RegisteredApps")
    }
}

/// What became of a plan.
#[derive(Debug)]
pub enum Applied {
    Done,
    /// Nothing was changed: these apps may not be changed, each with the reason.
    Refused(Vec<(String, StoreError)>),
}

/// Most apps that a refusal names.
const REFUSED_MAX: usize = 100;
const REPORT_EVERY: usize = 64;

impl Workspace {
    /// Reads apps in one snapshot. Needs no sign-in.
    pub fn read_apps<T>(
        &self,
        read: impl FnOnce(&RegisteredApps<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let step = self.db.unchecked_transaction()?;
        let who = self.unlocked.as_ref().map(|unlocked| &unlocked.who);
        read(&RegisteredApps { db: &step, who })
    }

    /// Takes the steps that `decide` makes of the apps as they are, all or none. The icons are those
    /// that the steps need.
    pub fn apply(
        &mut self,
        now: UnixMs,
        decide: impl FnOnce(&RegisteredApps<'_>) -> Result<(Vec<Step>, Vec<Icon>), StoreError>,
    ) -> Result<Applied, StoreError> {
        let report = Arc::clone(&self.report);
        let mut refused = Vec::new();
        let result = self.change(now, |step, actor, rng| {
            let apps = RegisteredApps {
                db: step,
                who: Some(actor.who),
            };
            let (steps, icons) = decide(&apps)?;
            if !icons.is_empty() && !steps.is_empty() {
                require_writer(step, actor.who, "add icons")?;
            }
            for icon in &icons {
                icons::keep(step, icon, now)?;
            }
            let total = steps.len();
            for (nth, one) in steps.into_iter().enumerate() {
                let name = one.name.clone();
                match take(step, actor, rng, one) {
                    Ok(()) => {}
                    Err(
                        error @ (StoreError::NotAllowed(_)
                        | StoreError::Conflict(_)
                        | StoreError::NotFound(_)),
                    ) => refused.push((name, error)),
                    Err(error) => return Err(error),
                }
                if refused.len() >= REFUSED_MAX {
                    break;
                }
                if nth % REPORT_EVERY == 0 {
                    report(progress(nth, total));
                }
            }
            report(progress(total, total));
            if refused.is_empty() {
                return Ok(());
            }
            // An error rolls back; the caller gets all of them.
            Err(StoreError::Conflict(String::new()))
        });
        match result {
            Err(StoreError::Conflict(_)) if !refused.is_empty() => Ok(Applied::Refused(refused)),
            result => result.map(|()| Applied::Done),
        }
    }
}

fn progress(done: usize, total: usize) -> Progress {
    Progress {
        work: Work::Applying,
        done: done as u64,
        total: total as u64,
    }
}

fn take(
    step: &Connection,
    actor: Actor<'_>,
    rng: &mut StdRng,
    one: Step,
) -> Result<(), StoreError> {
    match one.what {
        StepKind::Create {
            spec,
            client_id,
            tags,
            status,
        } => {
            require_writer(step, actor.who, "create apps")?;
            let shared_secret = spec
                .interactive_messages
                .is_some()
                .then(|| mint_shared_secret(rng));
            let registration = Registration {
                spec: *spec,
                shared_secret,
            };
            must_be_free(step, client_id.as_ref())?;
            let mut issued = register::Issued::mint(rng);
            if let Some(client_id) = client_id {
                issued.client_id = client_id;
            }
            let id = register::register(step, actor, rng, registration, &issued)?;
            if !tags.is_empty() {
                change_tags(step, actor, &id, |_| tags)?;
            }
            if status == AppStatus::Suspended {
                change::set_status(step, actor, &id, status)?;
            }
            Ok(())
        }
        StepKind::Change {
            app,
            spec,
            tags,
            status,
        } => {
            let before = managed(step, actor, &app)?;
            must_not_be_in_trash(&before)?;
            if let Some(spec) = spec {
                save(step, actor, rng, &before, *spec)?;
            }
            if let Some(tags) = tags {
                change_tags(step, actor, &app, |_| tags)?;
            }
            if let Some(status) = status {
                change::set_status(step, actor, &app, status)?;
            }
            Ok(())
        }
        StepKind::Trash(app) => change::delete(step, actor, &app),
    }
}

fn must_be_free(step: &Connection, client_id: Option<&ClientId>) -> Result<(), StoreError> {
    let Some(client_id) = client_id else {
        return Ok(());
    };
    let is_used: bool = step
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM apps WHERE client_id = ?1)")?
        .query_row([client_id.as_str()], |row| row.get(0))?;
    if is_used {
        let message = "Another app has this Client ID.";
        return Err(StoreError::Conflict(message.to_owned()));
    }
    Ok(())
}

/// The shared secret stays, starts, or ends with the Interactive Messages.
fn save(
    step: &Connection,
    actor: Actor<'_>,
    rng: &mut StdRng,
    before: &App,
    spec: AppSpec,
) -> Result<(), StoreError> {
    let shared_secret = if spec.interactive_messages.is_some() {
        let kept = secrets::stored_shared_secret(step, actor, &before.id)?;
        Some(kept.unwrap_or_else(|| mint_shared_secret(rng)))
    } else {
        None
    };
    let after = Registration {
        spec,
        shared_secret,
    };
    change::save(step, actor, rng, before, &after)
}

impl RegisteredApps<'_> {
    fn read(&self, sql: &str, values: impl rusqlite::Params) -> Result<Vec<App>, StoreError> {
        let mut query = self.db.prepare_cached(sql)?;
        let ids = query.query_map(values, |row| row.get::<_, String>(0))?;
        ids.map(|id| register::read(self.db, &AppId::from_stored(id?)))
            .collect()
    }
}

impl Registered for RegisteredApps<'_> {
    type Error = StoreError;

    fn of_client_id(&self, id: &str) -> Result<Option<App>, StoreError> {
        let found = self.read("SELECT id FROM apps WHERE client_id = ?1", [id])?;
        Ok(found.into_iter().next())
    }

    fn named(&self, name: &str) -> Result<Vec<App>, StoreError> {
        let key = text::key(name);
        self.read(
            // Older versions stored the key as the name was typed.
            "SELECT id FROM apps WHERE name_key IN (?1, ?2) AND deleted_at IS NULL ORDER BY id",
            params![key, text::parted(&key)],
        )
    }

    fn matching(&self, filter: &str) -> Result<Vec<App>, StoreError> {
        let filter = Filter::of(filter, self.db, self.who)?;
        let (clause, values) = filter.sql();
        let sql = format!(
            "SELECT id FROM apps WHERE {clause} AND deleted_at IS NULL ORDER BY name_key, id"
        );
        self.read(&sql, params_from_iter(values))
    }

    fn count(&self) -> Result<u64, StoreError> {
        let count: i64 = self.db.query_row(LIVE, [], |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    fn icon(&self, sha256: &str) -> Result<Option<IconRef>, StoreError> {
        icons::about(self.db, sha256)
    }
}
