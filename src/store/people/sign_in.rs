//! Signing in by password or by recovery key. `throttle` slows guessing.
//! There is no hash of a password to compare: a password is right if it opens the identity. The login
//! page of the local server compares a check that opens nothing.

use rand::rngs::StdRng;
use rusqlite::{Connection, OptionalExtension as _, params};
use subtle::ConstantTimeEq as _;

use crate::store::{
    SignInError, StoreError, Workspace, clock, current_role, must_change_one, none_left,
    oauth::{clients::sign_in_mark_of, sessions::end_sessions_of},
    people::{
        developers::{must_be_strong, read_member},
        identity::{ByPassword, KEY_COLUMNS, PageCheck, StoredKeys, under_recovery_key},
        keys,
        throttle::Throttle,
    },
    unlocked::Unlocked,
};
use crate::{
    domain::{
        history::{Broken, Change, What},
        id::DeveloperId,
        oauth::credential::RecoveryKey,
        people::developer::Session,
        secret::Secret,
        text,
        time::UnixMs,
    },
    vault::{self, FormerKey, Identity, Link, Salt, VaultError},
};

/// A password attempt at the login page that was not checked yet.
pub struct Proof {
    who: DeveloperId,
    page: PageCheck,
    known: bool,
}

/// A password that was right.
pub struct HeldProof {
    who: DeveloperId,
    page: PageCheck,
}

impl Proof {
    /// Slow on purpose.
    pub fn judge(self, password: &Secret) -> Result<HeldProof, SignInError> {
        let cost = self.page.cost;
        let derived = cost.derive(password, &self.page.salt)?.check();
        let is_right = bool::from(derived.ct_eq(&self.page.check));
        if !is_right || !self.known {
            return Err(SignInError::Refused { wait_ms: 0 });
        }
        Ok(HeldProof {
            who: self.who,
            page: self.page,
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
        if FormerKey::is_of(&stored.by_password) {
            return self.sign_in_from_former(stored, known, password, throttle, now);
        }
        let identity = self.accept(stored.open_by_password(password), known, &throttle)?;
        let raised = self.raised(&stored, &identity, password, &mut rng)?;
        let mut unlocked = Unlocked::enter(&self.db, &stored, identity)?;

        match self.write_down(&stored, &mut unlocked, raised, &throttle, now) {
            // A developer who is signed in can still save unsaved work. The next attempt is
            // counted.
            Ok(()) | Err(SignInError::Store(StoreError::DiskFull)) => self.enter(unlocked, &stored),
            Err(error) => Err(error),
        }
    }

    /// Collects what checking a password at the login page of the local server needs, so that the
    /// slow part works without the workspace. The page counts its attempts itself: they must not
    /// keep the person out of the console.
    pub fn begin_proof(&self, email: &str) -> Result<Proof, SignInError> {
        let mut rng = vault::os_random()?;
        let (stored, known) = self.stored_keys(email, &mut rng)?;
        // A developer without a check has not chosen a password yet. A made-up check takes the same
        // time.
        let nobody = || PageCheck {
            cost: self.cost,
            salt: stored.salt,
            check: [0; 32],
        };
        Ok(Proof {
            page: stored.page.unwrap_or_else(nobody),
            known: known && stored.page.is_some(),
            who: stored.who,
        })
    }

    /// The developer of a right password, with their `sign_in_mark`. The workspace stays locked.
    pub fn end_proof(&self, held: HeldProof) -> Result<(DeveloperId, [u8; 32]), SignInError> {
        let who = &held.who;
        let standing: Option<bool> = self
            .db
            .query_row(
                "SELECT must_change_password FROM developers
                 WHERE id = ?1 AND state = 'active' AND page_check = ?2",
                params![who.as_str(), held.page.check],
                |row| row.get(0),
            )
            .optional()?;
        match standing {
            None => Err(SignInError::Refused { wait_ms: 0 }),
            Some(true) => Err(SignInError::Store(StoreError::MustChangePassword)),
            Some(false) => {
                let mark = sign_in_mark_of(&held.page.check);
                Ok((held.who, mark))
            }
        }
    }

    /// The key, if the secret of a counted attempt opened it.
    pub(in crate::store) fn accept<T>(
        &self,
        key: Result<T, VaultError>,
        known: bool,
        throttle: &Throttle,
    ) -> Result<T, SignInError> {
        let accepted = accepted(key, known, throttle.wait_ms());
        if accepted.is_err() {
            self.was_wrong(throttle);
        }
        accepted
    }

    /// Writes what a successful sign-in changes.
    fn write_down(
        &mut self,
        stored: &StoredKeys,
        unlocked: &mut Unlocked,
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
        // Others may have signed something since it was verified.
        unlocked.take_news(&step)?;
        unlocked.restate_columns(&step)?;
        unlocked.keep_seen(&step)?;
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
        if FormerKey::is_of(&stored.by_recovery) {
            return self.recover_from_former(
                &stored,
                known,
                recovery,
                &new_password,
                &throttle,
                now,
            );
        }
        let identity = self.accept(stored.open_by_recovery(recovery), known, &throttle)?;
        self.must_be_strong_for(&stored.who, &new_password, &throttle)?;
        let next = RecoveryKey::mint(&mut rng);
        let by_recovery = under_recovery_key(&identity, &stored.who, &next, &mut rng)?;
        let who = &stored.who;
        let keys = ByPassword::make(&identity, who, &new_password, self.cost, &mut rng)?;
        let mut unlocked = Unlocked::enter(&self.db, &stored, identity)?;

        let step = self.write()?;
        unlocked.take_news(&step)?;
        unlocked.must_hold()?;
        unlocked.restate_columns(&step)?;
        // Former keys sign nothing, although a former recovery key opens them.
        unlocked.must_be_as_signed(&step)?;
        // Compared with the key that was opened: two consoles cannot both use the same recovery
        // key.
        let changed = step.execute(
            "UPDATE developers SET key_by_recovery = ?2, recovery_confirmed = 0,
                 must_change_password = 0
             WHERE id = ?1 AND key_by_recovery = ?3 AND state = 'active'",
            params![stored.who.as_str(), by_recovery, stored.by_recovery],
        )?;
        if changed == 0 {
            return Err(SignInError::Refused {
                wait_ms: throttle.wait_ms(),
            });
        }
        keys.write(&step, &stored.who)?;
        end_sessions_of(&step, &stored.who, now)?;
        let actor = unlocked.actor(now);
        let with = Change::new("With", None::<String>, Some("the recovery key"));
        keys::write_down(&step, actor, What::PasswordChanged, vec![with])?;
        welcome(&step, &stored.who, &throttle, now)?;
        step.commit()?;
        Ok((self.enter(unlocked, &stored)?, next))
    }

    /// Called after the proof: otherwise a stranger would learn which words are in the developer's
    /// name.
    pub(in crate::store) fn must_be_strong_for(
        &mut self,
        who: &DeveloperId,
        new_password: &Secret,
        throttle: &Throttle,
    ) -> Result<(), SignInError> {
        let developer = read_member(&self.db, who)?.developer;
        if let Err(weak) = must_be_strong(&self.db, &developer, new_password) {
            // The recovery key was right, so the attempt was not a guess.
            let step = self.write()?;
            throttle.forget(&step)?;
            step.commit()?;
            return Err(weak.into());
        }
        Ok(())
    }

    /// Replaces a recovery key that was never confirmed, because it was perhaps never seen. `None`
    /// if it was confirmed.
    pub fn replace_unconfirmed_recovery_key(&mut self) -> Result<Option<RecoveryKey>, StoreError> {
        self.follow()?;
        let mut rng = vault::os_random()?;
        let next = RecoveryKey::mint(&mut rng);
        let unlocked = self.unlocked()?;
        let who = unlocked.who.clone();
        let wrapped = under_recovery_key(&unlocked.identity, &who, &next, &mut rng)?;
        let step = self.write()?;
        // Allowed before a first password was changed: it is part of signing in.
        current_role(&step, &who)?;
        let replaced = step.execute(
            "UPDATE developers SET key_by_recovery = ?2 WHERE id = ?1 AND recovery_confirmed = 0",
            params![who.as_str(), wrapped],
        )?;
        if replaced == 0 {
            let left = "developers WHERE id = ?1 AND recovery_confirmed = 0";
            none_left(&step, left, [who.as_str()])?;
        }
        step.commit()?;
        Ok((replaced > 0).then_some(next))
    }

    /// The developer has proved that they wrote the recovery key down.
    pub fn confirm_recovery_key(&mut self) -> Result<(), StoreError> {
        let who = self.unlocked()?.who.clone();
        let step = self.write()?;
        current_role(&step, &who)?;
        let changed = step.execute(
            "UPDATE developers SET recovery_confirmed = 1 WHERE id = ?1",
            [who.as_str()],
        )?;
        must_change_one(changed)?;
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
        let nobody = Identity::mint(Link::default(), rng);
        let sealed = under_recovery_key(&nobody, &who, &RecoveryKey::mint(rng), rng)?;
        let stored = StoredKeys {
            cost: self.cost,
            salt: Salt::mint(rng),
            by_password: sealed.clone(),
            by_recovery: sealed,
            last_sign_in: UnixMs(0),
            seen: None,
            page: None,
            who,
        };
        Ok((stored, false))
    }

    /// Raises an outdated cost. Only possible now, because the password is known.
    fn raised(
        &self,
        stored: &StoredKeys,
        identity: &Identity,
        password: &Secret,
        rng: &mut StdRng,
    ) -> Result<Option<ByPassword>, VaultError> {
        let cost = stored.cost.raised_to(self.cost);
        if cost == stored.cost {
            return Ok(None);
        }
        ByPassword::make(identity, &stored.who, password, cost, rng).map(Some)
    }

    pub(in crate::store) fn enter(
        &mut self,
        unlocked: Unlocked,
        stored: &StoredKeys,
    ) -> Result<Session, SignInError> {
        let mut session = self.session(&stored.who, Some(stored.last_sign_in))?;
        session.warning = unlocked.broken.as_ref().map(Broken::describe);
        self.unlocked = Some(unlocked);
        Ok(session)
    }
}

fn accepted<T>(key: Result<T, VaultError>, known: bool, wait_ms: u64) -> Result<T, SignInError> {
    match key {
        Ok(key) if known => Ok(key),
        Ok(_) | Err(VaultError::NotOpened) => Err(SignInError::Refused { wait_ms }),
        Err(error) => Err(error.into()),
    }
}

pub(in crate::store) fn welcome(
    db: &Connection,
    who: &DeveloperId,
    throttle: &Throttle,
    now: UnixMs,
) -> Result<(), StoreError> {
    throttle.forget(db)?;
    clock::note(db, now)?;
    let changed = db.execute(
        "UPDATE developers SET last_sign_in_at = ?2 WHERE id = ?1",
        params![who.as_str(), now.0],
    )?;
    must_change_one(changed)
}
