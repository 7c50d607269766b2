//! Changes of the signed-in developer's password and recovery key. They require the password,
//! because another person may be at an open console.

use rand::rngs::StdRng;
use rusqlite::{Connection, params};

use crate::store::{
    ProofError, StoreError, Workspace, acting_role, current_role,
    history::{Record, Signer, record, record_statement},
    oauth::sessions::end_sessions_of,
    people::{
        developers::{NewKeys, must_be_strong, read_member, subject_of},
        identity::{Prepared, StoredKeys, under_recovery_key},
        rekey::replace_secrets_key,
        throttle::Throttle,
    },
    roster::{StatedKey, Statement},
    unlocked::{Actor, replaced_elsewhere},
};
use crate::{
    domain::{
        history::{Change, What},
        oauth::credential::{RecoveryKey, SecretDigest},
        secret::Secret,
        time::UnixMs,
    },
    vault::{self, Identity, SecretsKey},
};

/// Whether a new password comes with new keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnKeys {
    Keep,
    /// Another person may know the password: with it and a copy of the file, they know the keys.
    Replace,
}

impl Workspace {
    /// Also allowed before a first password was changed, when nothing else is.
    pub fn change_password(
        &mut self,
        old: &Secret,
        new: &Secret,
        keys: OwnKeys,
        now: UnixMs,
    ) -> Result<(), ProofError> {
        let who = &self.unlocked()?.who;
        current_role(&self.db, who)?;
        // Before the attempt is counted: these are slips, not guesses.
        if SecretDigest::of(old).matches(new.expose()) {
            return Err(StoreError::Conflict(
                "Choose a password other than your current one.".to_owned(),
            )
            .into());
        }
        must_be_strong(&self.db, &read_member(&self.db, who)?.developer, new)?;
        let (stored, throttle) = self.prove(old, now)?;
        let mut rng = vault::os_random()?;
        let prepared = Prepared::make(new, self.cost, &mut rng)?;
        let changed = Changed {
            stored,
            prepared,
            throttle,
        };
        let unlocked = self.unlocked()?;
        // An administrator made the first keys, and could know them.
        let is_first = unlocked.seat().is_some_and(|seat| !seat.own);
        if keys == OwnKeys::Keep && !is_first {
            self.change_unasked(now, |step, actor, rng| {
                changed.under_same_keys(step, actor, rng)
            })?;
        } else {
            let origin = unlocked.identity.origin;
            let own = Identity::mint(origin, &mut rng);
            self.change_people(now, |step, actor, rng| {
                changed.under_own_keys(step, actor, &own, !is_first, rng)
            })?;
            // The password is changed: on an error, the next sign-in does the rest.
            if let Some(unlocked) = &mut self.unlocked {
                let _ = unlocked.take_identity(&self.db, own);
            }
            let _ = self.keep_seen();
        }
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
            let wrapped = under_recovery_key(&actor.vault.identity, actor.who, &next, rng)?;
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
        let identity = self.accept(stored.open_by_password(password), true, &throttle)?;
        let unlocked = self.unlocked.as_mut().ok_or(StoreError::VaultLocked)?;
        unlocked.take_proven(&self.db, identity)?;
        Ok((stored, throttle))
    }
}

/// A new password that was proved and derived, before the transaction that stores it.
struct Changed {
    stored: StoredKeys,
    prepared: Prepared,
    throttle: Throttle,
}

impl Changed {
    fn under_same_keys(
        &self,
        step: &Connection,
        actor: Actor<'_>,
        rng: &mut StdRng,
    ) -> Result<(), StoreError> {
        self.begin(step, actor)?;
        let keys = self.prepared.seal(&actor.vault.identity, actor.who, rng)?;
        keys.write(step, actor.who)?;
        write_down(step, actor, What::PasswordChanged, Vec::new())
    }

    /// The former keys sign their replacement. `may_be_known`: the secrets key is replaced too.
    fn under_own_keys(
        &self,
        step: &Connection,
        actor: Actor<'_>,
        own: &Identity,
        may_be_known: bool,
        rng: &mut StdRng,
    ) -> Result<(), StoreError> {
        self.begin(step, actor)?;
        let keys = own.keys();
        let seat = actor.vault.seat().ok_or(StoreError::AccessEnded)?;
        let seat = seat.with_keys(&keys.public(), true);
        // Never shown: the developer gets another one, which they must confirm.
        let recovery = RecoveryKey::mint(rng);
        let new = NewKeys::make(actor.vault, &seat, own, &self.prepared, &recovery, rng)?;
        new.write(step, actor.who)?;
        let me = read_member(step, actor.who)?.developer;
        let mut changes = vec![Change::new("Keys", None::<String>, Some("replaced"))];
        let replaces = may_be_known && seat.holds_secrets();
        let mut statement = Statement {
            members: vec![seat],
            secrets_key: None,
            introduced: None,
        };
        if replaces {
            let roster = &actor.vault.verified.roster;
            let next = SecretsKey::mint(roster.epoch() + 1, rng);
            statement.secrets_key = Some(StatedKey::of(&next));
            let after = roster.after(&statement);
            changes.extend(replace_secrets_key(step, actor, &after, &next, rng)?);
        }
        let written = Record {
            app: None,
            subject: &subject_of(&me),
            what: What::PasswordChanged,
            changes,
        };
        let signer = Signer {
            end: &keys,
            ..Signer::from(actor)
        };
        record_statement(step, signer, &written, &statement).map(|_| ())
    }

    fn begin(&self, step: &Connection, actor: Actor<'_>) -> Result<(), StoreError> {
        current_role(step, actor.who)?;
        // Compared with the key that was opened: an administrator may have reset it meanwhile.
        let changed = step.execute(
            "UPDATE developers SET must_change_password = 0
             WHERE id = ?1 AND key_by_password = ?2",
            params![actor.who.as_str(), self.stored.by_password],
        )?;
        must_have_changed(changed)?;
        self.throttle.forget(step)?;
        end_sessions_of(step, actor.who, actor.now)?;
        Ok(())
    }
}

fn must_have_changed(rows: usize) -> Result<(), StoreError> {
    if rows > 0 {
        return Ok(());
    }
    Err(replaced_elsewhere())
}

/// Writes to the history that developers changed their own password or keys.
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
