//! Rotating a Client Secret without an outage: the old and the new one work side by side for a
//! while.

use rand::rngs::StdRng;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::domain::{
    app::{App, ClientType},
    history::{Change, What},
    id::AppId,
    oauth::credential::{OVERLAP_HOURS_MAX, mint_client_secret},
    time::UnixMs,
};
use crate::store::{
    StoreError, Workspace,
    apps::{
        change::{managed, must_not_be_in_trash, write_down},
        register,
        secrets::{self, CURRENT, RETIRING, move_client_secret},
    },
    must_change_one, none_left,
    unlocked::Actor,
};

impl Workspace {
    /// Makes a new secret the current one; the old one works for `overlap_hours` more.
    pub fn rotate_secret(
        &mut self,
        id: &AppId,
        overlap_hours: u32,
        now: UnixMs,
    ) -> Result<App, StoreError> {
        self.change(now, |step, actor, rng| {
            rotate(step, actor, rng, id, overlap_hours)?;
            register::read(step, id)
        })
    }

    /// Ends the old secret now.
    pub fn finish_rotation(&mut self, id: &AppId, now: UnixMs) -> Result<App, StoreError> {
        self.change(now, |step, actor, _| {
            let app = managed(step, actor, id)?;
            must_rotate(step, id, now)?;
            drop_retiring(step, id)?;
            finish(step, actor, &app, What::RotationFinished)
        })
    }

    /// Discards the new secret; the old one is current again.
    pub fn cancel_rotation(&mut self, id: &AppId, now: UnixMs) -> Result<App, StoreError> {
        self.change(now, |step, actor, rng| {
            let app = managed(step, actor, id)?;
            must_rotate(step, id, now)?;
            let changed = step.execute(
                "DELETE FROM client_secrets WHERE app_id = ?1 AND state = 'current'",
                [id.as_str()],
            )?;
            must_change_one(changed)?;
            move_client_secret(step, actor, rng, id, (RETIRING, CURRENT), None)?;
            finish(step, actor, &app, What::RotationCancelled)
        })
    }
}

/// Refuses before anything is written: an operation on several apps continues with the others.
pub(in crate::store) fn rotate(
    step: &Connection,
    actor: Actor<'_>,
    rng: &mut StdRng,
    id: &AppId,
    overlap_hours: u32,
) -> Result<(), StoreError> {
    let app = managed(step, actor, id)?;
    must_not_be_in_trash(&app)?;
    if app.spec.client_type() == ClientType::Public {
        return Err(StoreError::Conflict(
            "This app has no Client Secret to rotate.".to_owned(),
        ));
    }
    if retiring(step, id, actor.now)?.is_some() {
        return Err(StoreError::Conflict(
            "A rotation is already in progress. Finish or cancel it first.".to_owned(),
        ));
    }
    let hours = overlap_hours.min(OVERLAP_HOURS_MAX);
    // A secret that does not open can be replaced, but not kept beside the new one.
    let before = match secrets::fingerprint(step, actor, id) {
        Err(StoreError::Corrupt(_)) if hours == 0 => Some("unreadable".to_owned()),
        before => before?,
    };
    let ends_at = actor
        .now
        .0
        .saturating_add(i64::from(hours) * 60 * 60 * 1000);
    drop_retiring(step, id)?;
    if hours == 0 {
        step.execute(
            "DELETE FROM client_secrets WHERE app_id = ?1",
            [id.as_str()],
        )?;
        none_left(step, "client_secrets WHERE app_id = ?1", [id.as_str()])?;
    } else {
        let states = (CURRENT, RETIRING);
        move_client_secret(step, actor, rng, id, states, Some(ends_at))?;
    }
    let secret = mint_client_secret(rng);
    secrets::keep_client_secret(step, actor, rng, id, &secret)?;
    let after = Some(actor.secrets()?.fingerprint(&secret));
    let ends = Some(format!("{hours} hours later"));
    let changes = vec![
        Change::new("Client Secret", before, after),
        Change::new("Old secret ends", None::<String>, ends),
    ];
    let subject = &app.spec.properties.name;
    write_down(step, actor, id, subject, What::SecretRotated, changes)
}

fn finish(step: &Connection, actor: Actor<'_>, app: &App, what: What) -> Result<App, StoreError> {
    let subject = &app.spec.properties.name;
    write_down(step, actor, &app.id, subject, what, Vec::new())?;
    register::read(step, &app.id)
}

fn must_rotate(step: &Connection, id: &AppId, now: UnixMs) -> Result<(), StoreError> {
    match retiring(step, id, now)? {
        Some(_) => Ok(()),
        None => Err(StoreError::Conflict(
            "No rotation is in progress: the old secret has already ended.".to_owned(),
        )),
    }
}

/// When the retiring secret ends, if one still works.
fn retiring(step: &Connection, id: &AppId, now: UnixMs) -> Result<Option<i64>, StoreError> {
    Ok(step
        .prepare_cached(
            "SELECT ends_at FROM client_secrets
             WHERE app_id = ?1 AND state = 'retiring' AND ends_at > ?2",
        )?
        .query_row(params![id.as_str(), now.0], |row| row.get(0))
        .optional()?)
}

fn drop_retiring(step: &Connection, id: &AppId) -> Result<(), StoreError> {
    step.execute(
        "DELETE FROM client_secrets WHERE app_id = ?1 AND state = 'retiring'",
        [id.as_str()],
    )?;
    let left = "client_secrets WHERE app_id = ?1 AND state = 'retiring'";
    none_left(step, left, [id.as_str()])
}
