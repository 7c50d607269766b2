//! Drafts of the create-app form. Sealed, because they hold a shared secret. Only the form knows
//! what is inside.

use rusqlite::{Connection, params};

use crate::store::{
    StoreError, Workspace, acting_role, apps::register::must_be, none_left, require_writer,
};
use crate::{
    domain::{
        draft::StoredDraft,
        id::{DeveloperId, DraftId},
        secret::Secret,
        time::UnixMs,
    },
    vault::{self, Place},
};

fn body_at<'a>(of: &'a [&'a str; 2]) -> Place<'a> {
    Place {
        table: "drafts",
        column: "body",
        of,
    }
}

pub(in crate::store) fn remove(
    db: &Connection,
    draft: &DraftId,
    owner: &DeveloperId,
) -> Result<(), StoreError> {
    db.execute(
        "DELETE FROM drafts WHERE id = ?1 AND owner = ?2",
        [draft.as_str(), owner.as_str()],
    )?;
    let left = "drafts WHERE id = ?1 AND owner = ?2";
    none_left(db, left, [draft.as_str(), owner.as_str()])
}

impl Workspace {
    /// Adds the draft or replaces its body. The row moves to the end: the clock may have been set
    /// back, and the draft that was saved last is offered first.
    pub fn save_draft(
        &mut self,
        id: &DraftId,
        owner: &DeveloperId,
        body: &Secret,
        now: UnixMs,
    ) -> Result<(), StoreError> {
        must_be(&self.unlocked()?.who, owner)?;
        self.change(now, |step, actor, rng| {
            require_writer(step, owner, "create apps")?;
            // Sealed in the transaction: another console may have replaced the key before it.
            let of = [id.as_str(), owner.as_str()];
            let text = body.expose().as_bytes();
            let sealed = vault::seal(actor.secrets()?, rng, text, &body_at(&of))?;
            let kept = step.execute(
                "INSERT INTO drafts (id, owner, body, updated_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (id) DO UPDATE SET body = ?3, updated_at = ?4,
                     rowid = (SELECT max(rowid) + 1 FROM drafts)
                 WHERE owner = ?2",
                params![id.as_str(), owner.as_str(), sealed, now.0],
            )?;
            if kept == 0 {
                return Err(StoreError::NotAllowed(
                    "This draft belongs to another developer.".to_owned(),
                ));
            }
            Ok(())
        })
    }

    /// Last saved first.
    pub fn drafts(&mut self, owner: &DeveloperId) -> Result<Vec<StoredDraft>, StoreError> {
        self.follow()?;
        let unlocked = self.unlocked()?;
        must_be(&unlocked.who, owner)?;
        acting_role(&self.db, &unlocked.who)?;
        // An Audit-user has no key, and may have drafts from before.
        let Ok(key) = unlocked.secrets() else {
            return Ok(Vec::new());
        };
        let mut query = self.db.prepare_cached(
            "SELECT id, body, updated_at FROM drafts WHERE owner = ?1 ORDER BY rowid DESC",
        )?;
        let mut rows = query.query([owner.as_str()])?;
        let mut drafts = Vec::new();
        while let Some(row) = rows.next()? {
            let id: String = row.get(0)?;
            let sealed: Vec<u8> = row.get(1)?;
            // A draft that cannot be opened must not hide the others.
            let body = vault::open_text(key, &sealed, &body_at(&[&id, owner.as_str()])).ok();
            drafts.push(StoredDraft {
                id: DraftId::from_stored(id),
                body,
                updated_at: UnixMs(row.get(2)?),
            });
        }
        Ok(drafts)
    }

    /// Discards a draft of the signed-in developer. A draft that is gone already is no error.
    pub fn discard_draft(&mut self, id: &DraftId) -> Result<(), StoreError> {
        let who = self.unlocked()?.who.clone();
        acting_role(&self.db, &who)?;
        let step = self.write()?;
        remove(&step, id, &who)?;
        step.commit()?;
        Ok(())
    }
}
