//! Operations on several apps in one transaction. An app that may not be changed is left as it is
//! and reported.

use rusqlite::{Connection, params};

use crate::domain::{
    app::{
        AppStatus,
        list::{Bulk, BulkDone, Left},
        tag,
    },
    history::{Change, What},
    id::AppId,
    time::UnixMs,
};
use crate::store::{
    StoreError, Workspace,
    apps::{
        change::{self, managed, must_not_be_in_trash, write_down},
        register,
    },
    must_change_one, none_left,
    unlocked::Actor,
};

impl Workspace {
    pub fn bulk(
        &mut self,
        ids: &[AppId],
        bulk: &Bulk,
        now: UnixMs,
    ) -> Result<BulkDone, StoreError> {
        self.change(now, |step, actor, _| {
            let mut done = BulkDone::default();
            for id in ids {
                match one(step, actor, id, bulk) {
                    Ok(()) => done.done.push(id.clone()),
                    // These are returned before anything of the app was written.
                    Err(
                        error @ (StoreError::NotAllowed(_)
                        | StoreError::Conflict(_)
                        | StoreError::NotFound(_)),
                    ) => done.left.push(Left {
                        app: id.clone(),
                        name: name_of(step, id),
                        reason: error.to_string(),
                        is_forbidden: matches!(error, StoreError::NotAllowed(_)),
                    }),
                    Err(error) => return Err(error),
                }
            }
            if let [one] = done.done.as_slice() {
                done.only = Some(name_of(step, one));
            }
            Ok(done)
        })
    }
}

pub(in crate::store) fn one(
    step: &Connection,
    actor: Actor<'_>,
    id: &AppId,
    bulk: &Bulk,
) -> Result<(), StoreError> {
    match bulk {
        Bulk::Suspend => change::set_status(step, actor, id, AppStatus::Suspended),
        Bulk::Resume => change::set_status(step, actor, id, AppStatus::Active),
        Bulk::Delete => change::delete(step, actor, id),
        Bulk::Restore => change::restore(step, actor, id),
        Bulk::SetTags(tags) => change_tags(step, actor, id, |_| tags.clone()),
        Bulk::ChangeTags { add, remove } => change_tags(step, actor, id, |before| {
            let stays = before.iter().filter(|tag| !remove.contains(tag));
            stays.chain(add).cloned().collect()
        }),
    }
}

pub(in crate::store) fn change_tags(
    step: &Connection,
    actor: Actor<'_>,
    id: &AppId,
    change: impl FnOnce(&[String]) -> Vec<String>,
) -> Result<(), StoreError> {
    let app = managed(step, actor, id)?;
    must_not_be_in_trash(&app)?;
    let mut tags = change(&app.tags);
    tags.sort_unstable();
    tags.dedup();
    tag::must_be_few(&tags).map_err(StoreError::Conflict)?;
    if tags == app.tags {
        return Ok(());
    }
    step.execute("DELETE FROM app_tags WHERE app_id = ?1", [id.as_str()])?;
    none_left(step, "app_tags WHERE app_id = ?1", [id.as_str()])?;
    for tag in &tags {
        let mut insert =
            step.prepare_cached("INSERT INTO app_tags (app_id, tag) VALUES (?1, ?2)")?;
        let changed = insert.execute(params![id.as_str(), tag])?;
        must_change_one(changed)?;
    }
    // The version stays: tags are not part of the settings that a form saves.
    register::write_search(step, id)?;
    let joined = |tags: &[String]| (!tags.is_empty()).then(|| tags.join(" "));
    let change = Change::new("Tags", joined(&app.tags), joined(&tags));
    let subject = &app.spec.properties.name;
    write_down(step, actor, id, subject, What::TagsChanged, vec![change])
}

fn name_of(step: &Connection, id: &AppId) -> String {
    step.query_row(
        "SELECT name FROM apps WHERE id = ?1",
        [id.as_str()],
        |row| row.get(0),
    )
    .unwrap_or_else(|_| "a deleted app".to_owned())
}
