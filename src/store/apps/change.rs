//! Changing an app: its settings, its status, the trash. Each change is one transaction, checks the
//! role, and is written to the history.

use rand::CryptoRng;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use crate::store::{
    StoreError, Workspace, Write, acting_role,
    apps::{drafts, register, secrets, tickets},
    clock,
    history::{Record, last_row, record},
    must_change_one, none_left,
    oauth::sessions,
    require_admin,
    roster::signed_end,
    unlocked::Actor,
};
use crate::{
    domain::{
        app::{App, AppSpec, AppStatus, ClientType, Registration, TRASH_MS, changes::spec_changes},
        history::{Change, What},
        id::{AppId, DraftId},
        oauth::credential::mint_client_secret,
        people::permission,
        secret::Secret,
        text,
        time::UnixMs,
    },
    vault,
};

/// The result of saving settings.
#[derive(Debug)]
pub enum Saved {
    Done(Box<App>),
    /// Another developer saved this newer version. Nothing was changed.
    Stale(Box<App>),
}

impl Workspace {
    /// The app with its shared secret, if the signed-in developer may change it.
    pub fn app_to_edit(&mut self, id: &AppId) -> Result<(App, Option<Secret>), StoreError> {
        self.follow()?;
        let actor = self.unlocked()?.actor(UnixMs(0));
        let app = managed(&self.db, actor, id)?;
        must_not_be_in_trash(&app)?;
        let secret = secrets::stored_shared_secret(&self.db, actor, id)?;
        Ok((app, secret))
    }

    /// A transaction of the signed-in developer, who may act.
    pub(in crate::store) fn change<T>(
        &mut self,
        now: UnixMs,
        work: impl FnOnce(&Transaction<'_>, Actor<'_>, &mut rand::rngs::StdRng) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.change_unasked(now, |step, actor, rng| {
            acting_role(step, actor.who)?;
            // The mark in the file is not signed.
            if actor.vault.seat().is_some_and(|seat| !seat.own) {
                return Err(StoreError::MustChangePassword);
            }
            work(step, actor, rng)
        })
    }

    /// The same without a check: `work` must check the role.
    pub(in crate::store) fn change_unasked<T>(
        &mut self,
        now: UnixMs,
        work: impl FnOnce(&Transaction<'_>, Actor<'_>, &mut rand::rngs::StdRng) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        // Borrowed apart: the transaction borrows the connection, and the keys stay readable.
        let unlocked = self.unlocked.as_mut().ok_or(StoreError::VaultLocked)?;
        let mut rng = vault::os_random()?;
        let step = Write::begin(&mut self.db)?;
        self.schema.must_be_ours(&step)?;
        unlocked.follow(&step)?;
        unlocked.must_hold()?;
        let made = work(&step, unlocked.actor(now), &mut rng)?;
        if self.rehearses {
            return Ok(made);
        }
        let (last, end) = (last_row(&step)?, signed_end(&step)?);
        step.commit()?;
        unlocked.wrote(last, end);
        Ok(made)
    }

    /// A transaction that states something about developers. All rows are verified first, because a
    /// key is wrapped for the developers that the history names. `work` must check the role. A
    /// statement that other consoles would refuse is not committed.
    pub(in crate::store) fn change_people<T>(
        &mut self,
        now: UnixMs,
        work: impl FnOnce(&Transaction<'_>, Actor<'_>, &mut rand::rngs::StdRng) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let unlocked = self.unlocked.as_mut().ok_or(StoreError::VaultLocked)?;
        let mut rng = vault::os_random()?;
        let step = Write::begin(&mut self.db)?;
        self.schema.must_be_ours(&step)?;
        unlocked.verify(&step)?;
        unlocked.must_hold()?;
        // A column that was edited could make a change look done already.
        if let Some(edited) = unlocked.verified.edited(&step)? {
            return Err(StoreError::Tampered(edited));
        }
        let actor = Actor {
            report: &*self.report,
            ..unlocked.actor(now)
        };
        let made = work(&step, actor, &mut rng)?;
        unlocked.must_believe(&step)?;
        if self.rehearses {
            return Ok(made);
        }
        let (last, end) = (last_row(&step)?, signed_end(&step)?);
        step.commit()?;
        unlocked.wrote(last, end);
        // A committed change must not be reported as a failure. The next transaction takes the
        // rows, and the next sign-in stores them.
        let _ = unlocked.take_news(&self.db);
        let _ = self.keep_seen();
        Ok(made)
    }

    /// Takes other consoles' changes, before something is opened.
    pub(in crate::store) fn follow(&mut self) -> Result<(), StoreError> {
        let unlocked = self.unlocked.as_mut().ok_or(StoreError::VaultLocked)?;
        unlocked.follow(&self.db)
    }

    /// Saves settings, unless the app has another version than `version`.
    pub fn update_app(
        &mut self,
        id: &AppId,
        version: i64,
        registration: Registration,
        draft: Option<&DraftId>,
        now: UnixMs,
    ) -> Result<Saved, StoreError> {
        self.change(now, |step, actor, rng| {
            require_manager(step, actor, id)?;
            let before = register::read(step, id)?;
            must_not_be_in_trash(&before)?;
            if before.version != version {
                return Ok(Saved::Stale(Box::new(before)));
            }
            save(step, actor, rng, &before, &registration)?;
            if let Some(draft) = draft {
                drafts::remove(step, draft, actor.who)?;
            }
            Ok(Saved::Done(Box::new(register::read(step, id)?)))
        })
    }

    pub fn set_status(
        &mut self,
        id: &AppId,
        status: AppStatus,
        now: UnixMs,
    ) -> Result<App, StoreError> {
        self.change(now, |step, actor, _| {
            set_status(step, actor, id, status)?;
            register::read(step, id)
        })
    }

    /// Moves an app to the trash, where it stays for 30 days. Its secrets stop working.
    pub fn delete_app(&mut self, id: &AppId, now: UnixMs) -> Result<App, StoreError> {
        self.change(now, |step, actor, _| {
            delete(step, actor, id)?;
            register::read(step, id)
        })
    }

    pub fn restore_app(&mut self, id: &AppId, now: UnixMs) -> Result<App, StoreError> {
        self.change(now, |step, actor, _| {
            restore(step, actor, id)?;
            register::read(step, id)
        })
    }

    /// Deletes an app of the trash permanently, with its secrets in the file and in the log.
    pub fn purge_app(&mut self, id: &AppId, now: UnixMs) -> Result<(), StoreError> {
        self.change(now, |step, actor, _| {
            let app = managed(step, actor, id)?;
            if app.deleted_at.is_none() {
                return Err(StoreError::Conflict(
                    "Only an app in the trash can be deleted permanently.".to_owned(),
                ));
            }
            purge(step, actor, &app)
        })?;
        self.fold_log()
    }

    /// Deletes apps permanently that were in the trash for 30 days. Waits while the clock is not
    /// believed.
    pub fn empty_trash(&mut self, now: UnixMs) -> Result<usize, StoreError> {
        let count = self.change(now, |step, actor, _| {
            require_admin(step, actor.who)?;
            if !clock::is_believed(step, now)? {
                return Ok(0);
            }
            let mut statement = step
                .prepare("SELECT id FROM apps WHERE deleted_at IS NOT NULL AND deleted_at < ?1")?;
            let due: Vec<String> = statement
                .query_map([now.0.saturating_sub(TRASH_MS)], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            for id in &due {
                let app = register::read(step, &AppId::from_stored(id.clone()))?;
                purge(step, actor, &app)?;
            }
            Ok(due.len())
        })?;
        if count > 0 {
            self.fold_log()?;
        }
        Ok(count)
    }

    /// The file's deleted pages are overwritten only when the log is folded into it.
    fn fold_log(&self) -> Result<(), StoreError> {
        // A console that is reading delays this until the next time.
        self.db
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    /// Does not report a failure: the change itself succeeded, and closing folds the log again.
    pub(in crate::store) fn fold_log_away(&self) {
        let _ = self.fold_log();
    }
}

/// Replaces the settings of an app, with all that follows from them.
pub(in crate::store) fn save(
    step: &Connection,
    actor: Actor<'_>,
    rng: &mut impl CryptoRng,
    before: &App,
    after: &Registration,
) -> Result<(), StoreError> {
    let Registration {
        spec,
        shared_secret,
    } = after;
    must_be_allowed(&before.spec, spec)?;
    let id = &before.id;
    register::write_spec(step, id, spec)?;
    follow_client_type(step, actor, rng, before, spec)?;
    let mut changes = spec_changes(&before.spec, spec);
    changes.extend(secrets::replace_shared_secret(
        step,
        actor,
        rng,
        id,
        shared_secret.as_ref(),
    )?);
    tickets::follow(step, rng, actor, id, spec)?;
    let subject = &spec.properties.name;
    write_down(step, actor, id, subject, What::AppChanged, changes)
}

pub(in crate::store) fn set_status(
    step: &Connection,
    actor: Actor<'_>,
    id: &AppId,
    status: AppStatus,
) -> Result<(), StoreError> {
    let app = managed(step, actor, id)?;
    must_not_be_in_trash(&app)?;
    if app.status == status {
        return Ok(());
    }
    let changed = step.execute(
        "UPDATE apps SET status = ?2, version = version + 1 WHERE id = ?1",
        params![id.as_str(), status.as_str()],
    )?;
    must_change_one(changed)?;
    register::write_search(step, id)?;
    let what = match status {
        AppStatus::Active => What::AppResumed,
        AppStatus::Suspended => What::AppSuspended,
    };
    write_down(step, actor, id, &app.spec.properties.name, what, Vec::new())
}

pub(in crate::store) fn delete(
    step: &Connection,
    actor: Actor<'_>,
    id: &AppId,
) -> Result<(), StoreError> {
    let app = managed(step, actor, id)?;
    if app.deleted_at.is_some() {
        return Ok(());
    }
    // A clock that is behind must not shorten the time in the trash.
    let at = clock::newest(step)?.unwrap_or_default().max(actor.now);
    let changed = step.execute(
        "UPDATE apps SET deleted_at = ?2, deleted_by = ?3, version = version + 1 WHERE id = ?1",
        params![id.as_str(), at.0, actor.who.as_str()],
    )?;
    must_change_one(changed)?;
    register::write_search(step, id)?;
    let subject = &app.spec.properties.name;
    write_down(step, actor, id, subject, What::AppDeleted, Vec::new())
}

pub(in crate::store) fn restore(
    step: &Connection,
    actor: Actor<'_>,
    id: &AppId,
) -> Result<(), StoreError> {
    let app = managed(step, actor, id)?;
    if app.deleted_at.is_none() {
        return Ok(());
    }
    let changed = step.execute(
        "UPDATE apps SET deleted_at = NULL, deleted_by = NULL, version = version + 1
         WHERE id = ?1",
        [id.as_str()],
    )?;
    must_change_one(changed)?;
    register::write_search(step, id)?;
    let subject = &app.spec.properties.name;
    write_down(step, actor, id, subject, What::AppRestored, Vec::new())
}

fn purge(step: &Connection, actor: Actor<'_>, app: &App) -> Result<(), StoreError> {
    let changed = step.execute("DELETE FROM apps WHERE id = ?1", [app.id.as_str()])?;
    must_change_one(changed)?;
    sessions::forget_client(step, &app.client_id)?;
    let subject = &app.spec.properties.name;
    write_down(step, actor, &app.id, subject, What::AppPurged, Vec::new())
}

pub(in crate::store) fn write_down(
    step: &Connection,
    actor: Actor<'_>,
    app: &AppId,
    subject: &str,
    what: What,
    changes: Vec<Change>,
) -> Result<(), StoreError> {
    let app = Some(app);
    record(
        step,
        actor,
        &Record {
            app,
            subject,
            what,
            changes,
        },
    )
}

/// The app, if the signed-in developer may change it.
pub(in crate::store) fn managed(
    step: &Connection,
    actor: Actor<'_>,
    id: &AppId,
) -> Result<App, StoreError> {
    require_manager(step, actor, id)?;
    register::read(step, id)
}

pub(in crate::store) fn require_manager(
    step: &Connection,
    actor: Actor<'_>,
    id: &AppId,
) -> Result<(), StoreError> {
    let role = acting_role(step, actor.who)?;
    let is_own: Option<bool> = step
        .prepare_cached(
            "SELECT created_by = ?2 OR json_extract(spec, '$.properties.primary_contact') = ?2
             FROM apps WHERE id = ?1",
        )?
        .query_row([id.as_str(), actor.who.as_str()], |row| row.get(0))
        .optional()?;
    let is_own = is_own.ok_or(StoreError::NotFound("This app"))?;
    Ok(permission::may_manage(role, is_own)?)
}

pub(in crate::store) fn must_not_be_in_trash(app: &App) -> Result<(), StoreError> {
    if app.deleted_at.is_none() {
        return Ok(());
    }
    Err(StoreError::Conflict(
        "This app is in the trash. Restore it first.".to_owned(),
    ))
}

fn must_be_allowed(before: &AppSpec, after: &AppSpec) -> Result<(), StoreError> {
    match before.why_not_replaced_by(after) {
        None => Ok(()),
        Some((_, why)) => Err(StoreError::Conflict(why.to_owned())),
    }
}

/// A client that can no longer keep a secret loses its own; a client that now can gets one.
fn follow_client_type(
    step: &Connection,
    actor: Actor<'_>,
    rng: &mut impl CryptoRng,
    before: &App,
    after: &AppSpec,
) -> Result<(), StoreError> {
    match (before.spec.client_type(), after.client_type()) {
        (ClientType::Confidential, ClientType::Public) => {
            step.execute(
                "DELETE FROM client_secrets WHERE app_id = ?1",
                [before.id.as_str()],
            )?;
            none_left(
                step,
                "client_secrets WHERE app_id = ?1",
                [before.id.as_str()],
            )?;
        }
        (ClientType::Public, ClientType::Confidential) => {
            let secret = mint_client_secret(rng);
            secrets::keep_client_secret(step, actor, rng, &before.id, &secret)?;
        }
        _ => {}
    }
    Ok(())
}

/// The name in the form for comparing.
pub(in crate::store) fn name_key(spec: &AppSpec) -> String {
    text::key(&spec.properties.name)
}
