//! Signing in by password or by recovery key. `throttle` slows guessing.
//! There is no hash of a password to compare: a password is right if it opens the workspace key.

use rand::rngs::StdRng;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::store::{
    SignInError, StoreError, Unlocked, Workspace, current_role,
    history::Actor,
    oauth::{clients::sign_in_mark_of, sessions::end_sessions_of},
    people::{
        developers::{must_be_strong, read_member},
        keys,
        throttle::Throttle,
        wrapped_keys::{
            ByPassword, KEY_COLUMNS, NewKeys, StoredKeys, by_password, by_recovery,
            under_recovery_key,
        },
    },
};
use crate::{
    domain::{
        history::{Change, What},
        id::DeveloperId,
        oauth::credential::RecoveryKey,
        people::developer::Session,
        secret::Secret,
        text,
        time::UnixMs,
    },
    vault::{self, Salt, VaultError, WorkspaceKey, WrappingKey},
};

/// A password attempt that was counted but not checked yet.
pub struct Proof {
    stored: StoredKeys,
    known: bool,
    throttle: Throttle,
}

/// A password that was right.
pub struct HeldProof {
    stored: StoredKeys,
    throttle: Throttle,
}

impl Proof {
    /// Slow on purpose.
    pub fn judge(self, password: &Secret) -> Result<HeldProof, SignInError> {
        accepted(
            self.stored.open_by_password(password),
            self.known,
            &self.throttle,
        )?;
        Ok(HeldProof {
            stored: self.stored,
            throttle: self.throttle,
        })
    }
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Proof(..)")
    }
}

impl std::fmt::Debug for HeldProof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HeldProof(..)")
    }
}

impl Workspace {
    pub fn sign_in(
        &mut self,
        email: &str,
        password: &Secret,
        now: UnixMs,
    ) -> Result<Session, SignInError> {
        let throttle = self.count_attempt(email, now)?;
        let mut rng = vault::os_random()?;
        let (stored, known) = self.stored_keys(email, &mut rng)?;
        let key = accepted(stored.open_by_password(password), known, &throttle)?;
        let raised = self.raised(&stored, &key, password, &mut rng)?;

        match self.write_down(&stored, raised, &throttle, now) {
            // A developer who is signed in can still save unsaved work. The next attempt is
            // counted.
            Ok(()) | Err(SignInError::Store(StoreError::DiskFull)) => self.enter(key, stored),
            Err(error) => Err(error),
        }
    }

    /// Counts an attempt at the login page of the local server, and collects what checking it
    /// needs, so that the slow part works without the workspace.
    pub fn begin_proof(&mut self, email: &str, now: UnixMs) -> Result<Proof, SignInError> {
        let throttle = self.count_attempt(email, now)?;
        let mut rng = vault::os_random()?;
        let (stored, known) = self.stored_keys(email, &mut rng)?;
        Ok(Proof {
            stored,
            known,
            throttle,
        })
    }

    /// The developer of a right password, with their `sign_in_mark`. The workspace stays locked.
    pub fn end_proof(&mut self, held: HeldProof) -> Result<(DeveloperId, [u8; 32]), SignInError> {
        let who = &held.stored.who;
        let standing: Option<bool> = self
            .db
            .query_row(
                "SELECT must_change_password FROM developers
                 WHERE id = ?1 AND state = 'active' AND key_by_password = ?2",
                params![who.as_str(), held.stored.by_password],
                |row| row.get(0),
            )
            .optional()?;
        match standing {
            None => Err(SignInError::Refused {
                wait_ms: held.throttle.wait_ms(),
            }),
            Some(true) => Err(SignInError::Store(StoreError::MustChangePassword)),
            Some(false) => {
                let step = self.write()?;
                held.throttle.forget(&step)?;
                step.commit()?;
                let mark = sign_in_mark_of(&held.stored.by_password);
                Ok((held.stored.who, mark))
            }
        }
    }

    /// Writes what a successful sign-in changes.
    fn write_down(
        &mut self,
        stored: &StoredKeys,
        raised: Option<ByPassword>,
        throttle: &Throttle,
        now: UnixMs,
    ) -> Result<(), SignInError> {
        let who = &stored.who;
        let step = self.write()?;
        let is_as_opened: bool = step.query_row(
            "SELECT EXISTS (SELECT 1 FROM developers
                 WHERE id = ?1 AND state = 'active' AND key_by_password = ?2)",
            params![who.as_str(), stored.by_password],
            |row| row.get(0),
        )?;
        // The developer was disabled, or got another password, while this one was checked.
        if !is_as_opened {
            return Err(SignInError::Refused {
                wait_ms: throttle.wait_ms(),
            });
        }
        if let Some(raised) = raised {
            raised.write(&step, who)?;
        }
        welcome(&step, who, throttle, now)?;
        step.commit()?;
        Ok(())
    }

    /// Sets a new password by the recovery key, and returns the new recovery key that replaces it.
    pub fn recover(
        &mut self,
        email: &str,
        recovery: &RecoveryKey,
        new_password: Secret,
        now: UnixMs,
    ) -> Result<(Session, RecoveryKey), SignInError> {
        let throttle = self.count_attempt(email, now)?;
        let mut rng = vault::os_random()?;
        let (stored, known) = self.stored_keys(email, &mut rng)?;
        let under = WrappingKey::from_recovery_key(recovery);
        let key = WorkspaceKey::unwrap_from(&stored.by_recovery, &under, &by_recovery(&stored.who));
        let key = accepted(key, known, &throttle)?;
        // After the proof: a stranger would learn which words are in somebody's name.
        let developer = read_member(&self.db, &stored.who)?.developer;
        if let Err(weak) = must_be_strong(&self.db, &developer, &new_password) {
            // The recovery key was right, so the attempt was not a guess.
            let step = self.write()?;
            throttle.forget(&step)?;
            step.commit()?;
            return Err(weak.into());
        }
        let (keys, next) = NewKeys::make(&key, &stored.who, &new_password, self.cost, &mut rng)?;

        let step = self.write()?;
        // Compared with the key that was opened: two consoles cannot both use the same recovery
        // key.
        let changed = step.execute(
            "UPDATE developers SET key_by_recovery = ?2, recovery_confirmed = 0,
                 must_change_password = 0
             WHERE id = ?1 AND key_by_recovery = ?3 AND state = 'active'",
            params![stored.who.as_str(), keys.by_recovery, stored.by_recovery],
        )?;
        if changed == 0 {
            return Err(SignInError::Refused {
                wait_ms: throttle.wait_ms(),
            });
        }
        keys.by_password.write(&step, &stored.who)?;
        end_sessions_of(&step, &stored.who, now).map_err(StoreError::from)?;
        let actor = Actor {
            key: &key,
            who: &stored.who,
            now,
        };
        let with = Change::new("With", None::<String>, Some("the recovery key"));
        keys::write_down(&step, actor, What::PasswordChanged, vec![with])?;
        welcome(&step, &stored.who, &throttle, now)?;
        step.commit()?;
        Ok((self.enter(key, stored)?, next))
    }

    /// Replaces a recovery key that was never confirmed, because it was perhaps never seen. `None`
    /// if it was confirmed.
    pub fn replace_unconfirmed_recovery_key(&mut self) -> Result<Option<RecoveryKey>, StoreError> {
        let mut rng = vault::os_random()?;
        let next = RecoveryKey::mint(&mut rng);
        let Unlocked { key, who } = self.unlocked()?;
        let who = who.clone();
        let wrapped = under_recovery_key(key, &who, &next, &mut rng)?;
        let step = self.write()?;
        // Allowed before a first password was changed: it is part of signing in.
        current_role(&step, &who)?;
        let replaced = step.execute(
            "UPDATE developers SET key_by_recovery = ?2 WHERE id = ?1 AND recovery_confirmed = 0",
            params![who.as_str(), wrapped],
        )?;
        step.commit()?;
        Ok((replaced > 0).then_some(next))
    }

    /// The developer has proved that they wrote the recovery key down.
    pub fn confirm_recovery_key(&mut self) -> Result<(), StoreError> {
        let who = self.unlocked()?.who.clone();
        let step = self.write()?;
        current_role(&step, &who)?;
        step.execute(
            "UPDATE developers SET recovery_confirmed = 1 WHERE id = ?1",
            [who.as_str()],
        )?;
        step.commit()?;
        Ok(())
    }

    /// For an unknown address, or a developer who may not sign in: keys that cost the same time and
    /// open nothing, so that the time of a refusal does not reveal who is a developer here.
    fn stored_keys(
        &self,
        email: &str,
        rng: &mut StdRng,
    ) -> Result<(StoredKeys, bool), SignInError> {
        let found = self
            .db
            .query_row(
                &format!(
                    "SELECT {KEY_COLUMNS} FROM developers
                     WHERE email_key = ?1 AND state = 'active'"
                ),
                [text::key(email)],
                StoredKeys::read,
            )
            .optional()?;
        if let Some(stored) = found {
            return Ok((stored, true));
        }
        let who = DeveloperId::mint(rng);
        let other_key = WorkspaceKey::mint(rng);
        let nobody_has = WrappingKey::from_recovery_key(&RecoveryKey::mint(rng));
        let stored = StoredKeys {
            cost: self.cost,
            salt: Salt::mint(rng),
            by_password: other_key.wrap(&nobody_has, rng, &by_password(&who))?,
            by_recovery: other_key.wrap(&nobody_has, rng, &by_recovery(&who))?,
            last_sign_in: UnixMs(0),
            who,
        };
        Ok((stored, false))
    }

    /// Raises an outdated cost. Only possible now, because the password is known.
    fn raised(
        &self,
        stored: &StoredKeys,
        key: &WorkspaceKey,
        password: &Secret,
        rng: &mut StdRng,
    ) -> Result<Option<ByPassword>, VaultError> {
        let cost = stored.cost.raised_to(self.cost);
        if cost == stored.cost {
            return Ok(None);
        }
        ByPassword::make(key, &stored.who, password, cost, rng).map(Some)
    }

    fn enter(&mut self, key: WorkspaceKey, stored: StoredKeys) -> Result<Session, SignInError> {
        let session = self.session(&stored.who, Some(stored.last_sign_in))?;
        self.unlocked = Some(Unlocked {
            key,
            who: stored.who,
        });
        Ok(session)
    }
}

pub(in crate::store) fn accepted(
    key: Result<WorkspaceKey, VaultError>,
    known: bool,
    throttle: &Throttle,
) -> Result<WorkspaceKey, SignInError> {
    match key {
        Ok(key) if known => Ok(key),
        Ok(_) | Err(VaultError::NotOpened) => Err(SignInError::Refused {
            wait_ms: throttle.wait_ms(),
        }),
        Err(error) => Err(error.into()),
    }
}

fn welcome(
    db: &Connection,
    who: &DeveloperId,
    throttle: &Throttle,
    now: UnixMs,
) -> Result<(), StoreError> {
    throttle.forget(db)?;
    db.execute(
        "UPDATE developers SET last_sign_in_at = ?2 WHERE id = ?1",
        params![who.as_str(), now.0],
    )?;
    Ok(())
}
