//! Changes of one's own password and recovery key. They require the password, because somebody else
//! may sit at an open console.

use rusqlite::{Connection, params};

use crate::store::{
    ProofError, StoreError, Unlocked, Workspace, acting_role, current_role,
    history::{Actor, Record, record},
    oauth::sessions::end_sessions_of,
    people::{
        developers::{must_be_strong, read_member, subject_of},
        sign_in::accepted,
        throttle::Throttle,
        wrapped_keys::{ByPassword, StoredKeys, under_recovery_key},
    },
};
use crate::{
    domain::{
        history::{Change, What},
        oauth::credential::{RecoveryKey, SecretDigest},
        secret::Secret,
        time::UnixMs,
    },
    vault,
};

impl Workspace {
    /// Also allowed before a first password was changed, when nothing else is.
    pub fn change_password(
        &mut self,
        old: &Secret,
        new: &Secret,
        now: UnixMs,
    ) -> Result<(), ProofError> {
        let who = &self.unlocked()?.who;
        current_role(&self.db, who)?;
        // Before the attempt is counted: these are slips, not guesses.
        if SecretDigest::of(old).matches(new.expose()) {
            return Err(StoreError::Conflict(
                "Choose another password than the one you have.".to_owned(),
            )
            .into());
        }
        must_be_strong(&self.db, &read_member(&self.db, who)?.developer, new)?;
        let (stored, throttle) = self.prove(old, now)?;
        let Unlocked { key, who } = self.unlocked()?;
        let keys = ByPassword::make(key, who, new, self.cost, &mut vault::os_random()?)?;
        self.change_unasked(now, |step, actor, _| {
            current_role(step, actor.who)?;
            // Compared with the key that was opened: an administrator may have reset it meanwhile.
            let changed = step.execute(
                "UPDATE developers SET must_change_password = 0
                 WHERE id = ?1 AND key_by_password = ?2",
                params![actor.who.as_str(), stored.by_password],
            )?;
            must_have_changed(changed)?;
            keys.write(step, actor.who)?;
            throttle.forget(step)?;
            end_sessions_of(step, actor.who, actor.now)?;
            write_down(step, actor, What::PasswordChanged, Vec::new())
        })?;
        self.fold_log_away();
        Ok(())
    }

    /// Replaces a recovery key that was lost or seen by others. The old one stops working.
    pub fn new_recovery_key(
        &mut self,
        password: &Secret,
        now: UnixMs,
    ) -> Result<RecoveryKey, ProofError> {
        acting_role(&self.db, &self.unlocked()?.who)?;
        let (stored, throttle) = self.prove(password, now)?;
        let mut rng = vault::os_random()?;
        let next = RecoveryKey::mint(&mut rng);
        self.change(now, |step, actor, rng| {
            let wrapped = under_recovery_key(actor.key, actor.who, &next, rng)?;
            let changed = step.execute(
                "UPDATE developers SET key_by_recovery = ?2, recovery_confirmed = 0
                 WHERE id = ?1 AND key_by_password = ?3 AND key_by_recovery = ?4",
                params![
                    actor.who.as_str(),
                    wrapped,
                    stored.by_password,
                    stored.by_recovery
                ],
            )?;
            must_have_changed(changed)?;
            throttle.forget(step)?;
            write_down(step, actor, What::RecoveryKeyMade, Vec::new())
        })?;
        self.fold_log_away();
        Ok(next)
    }

    /// Counted and slowed like a sign-in: an open console must not allow guessing.
    fn prove(
        &mut self,
        password: &Secret,
        now: UnixMs,
    ) -> Result<(StoredKeys, Throttle), ProofError> {
        let who = self.unlocked()?.who.clone();
        let email = read_member(&self.db, &who)?.developer.email;
        let throttle = self.count_attempt(email.as_str(), now)?;
        let stored = StoredKeys::of(&self.db, &who)?;
        accepted(stored.open_by_password(password), true, &throttle)?;
        Ok((stored, throttle))
    }
}

fn must_have_changed(rows: usize) -> Result<(), StoreError> {
    if rows > 0 {
        return Ok(());
    }
    Err(StoreError::Conflict(
        "Your password or recovery key was changed elsewhere meanwhile. Sign in again.".to_owned(),
    ))
}

/// Writes to the history that developers changed something of their own.
pub(in crate::store) fn write_down(
    step: &Connection,
    actor: Actor<'_>,
    what: What,
    changes: Vec<Change>,
) -> Result<(), StoreError> {
    let me = read_member(step, actor.who)?.developer;
    let written = Record {
        app: None,
        subject: &subject_of(&me),
        what,
        changes,
    };
    record(step, actor, &written)
}
