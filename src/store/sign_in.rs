//! Proving who one is: by password or by recovery key. Guessing is slowed by `delays`.
//! There is no hash of a password to compare: what opens the workspace key is right.

use rand::{CryptoRng, rngs::StdRng};
use rusqlite::{OptionalExtension as _, params};

use super::{SignInError, StoreError, Unlocked, Workspace, delays::Delay};
use crate::{
    domain::{
        credential::RecoveryKey, developer::Session, id::DeveloperId, secret::Secret, text,
        time::UnixMs,
    },
    vault::{self, Aad, KdfCost, Salt, VaultError, WorkspaceKey, WrappingKey},
};

/// What a developer's row holds of the workspace key.
struct StoredKeys {
    who: DeveloperId,
    cost: KdfCost,
    salt: Salt,
    by_password: Vec<u8>,
    by_recovery: Vec<u8>,
}

/// One developer's two copies of the workspace key, freshly wrapped.
pub(super) struct NewKeys {
    pub(super) cost: KdfCost,
    pub(super) salt: Salt,
    pub(super) by_password: Vec<u8>,
    pub(super) by_recovery: Vec<u8>,
}

impl NewKeys {
    pub(super) fn make(
        key: &WorkspaceKey,
        who: &DeveloperId,
        password: &Secret,
        cost: KdfCost,
        rng: &mut impl CryptoRng,
    ) -> Result<(Self, RecoveryKey), VaultError> {
        let salt = Salt::mint(rng);
        let recovery = RecoveryKey::mint(rng);
        let under_password = cost.derive(password, &salt)?;
        let under_recovery = WrappingKey::from_recovery_key(&recovery);
        let keys = Self {
            cost,
            salt,
            by_password: key.wrap(&under_password, rng, &by_password(who))?,
            by_recovery: key.wrap(&under_recovery, rng, &by_recovery(who))?,
        };
        Ok((keys, recovery))
    }
}

fn by_password(who: &DeveloperId) -> Aad<'_> {
    Aad {
        table: "developers",
        row: who.as_str(),
        column: "key_by_password",
        version: 1,
    }
}

fn by_recovery(who: &DeveloperId) -> Aad<'_> {
    Aad {
        column: "key_by_recovery",
        ..by_password(who)
    }
}

impl Workspace {
    pub fn sign_in(
        &mut self,
        email: &str,
        password: &Secret,
        now: UnixMs,
    ) -> Result<Session, SignInError> {
        let delay = self.count_try(email, now)?;
        let mut rng = vault::os_random()?;
        let (stored, known) = self.stored_keys(email, &mut rng)?;
        let under = stored.cost.derive(password, &stored.salt)?;
        let key = WorkspaceKey::unwrap_from(&stored.by_password, &under, &by_password(&stored.who));
        let key = accepted(key, known, &delay)?;
        let raised = self.raised(&stored, &key, password, &mut rng)?;

        match self.write_down(&stored, raised, &delay, now) {
            // Who is let in may still save what is not on disk: the next try is counted.
            Ok(()) | Err(StoreError::DiskFull) => self.enter(key, stored.who),
            Err(error) => Err(error.into()),
        }
    }

    /// What a successful sign-in leaves behind.
    fn write_down(
        &mut self,
        stored: &StoredKeys,
        raised: Option<(KdfCost, Salt, Vec<u8>)>,
        delay: &Delay,
        now: UnixMs,
    ) -> Result<(), StoreError> {
        let who = &stored.who;
        let step = self.write()?;
        if let Some((cost, salt, wrapped)) = raised {
            step.execute(
                "UPDATE developers SET kdf_memory_kib = ?2, kdf_passes = ?3, kdf_lanes = ?4,
                     kdf_salt = ?5, key_by_password = ?6
                 WHERE id = ?1 AND key_by_password = ?7",
                params![
                    who.as_str(),
                    cost.memory_kib,
                    cost.passes,
                    cost.lanes,
                    salt.0,
                    wrapped,
                    stored.by_password
                ],
            )?;
        }
        welcome(&step, who, delay, now)?;
        step.commit()?;
        Ok(())
    }

    /// A new password by the recovery key, which is used up: a new one comes back.
    pub fn recover(
        &mut self,
        email: &str,
        recovery: &RecoveryKey,
        new_password: Secret,
        now: UnixMs,
    ) -> Result<(Session, RecoveryKey), SignInError> {
        let delay = self.count_try(email, now)?;
        let mut rng = vault::os_random()?;
        let (stored, known) = self.stored_keys(email, &mut rng)?;
        let under = WrappingKey::from_recovery_key(recovery);
        let key = WorkspaceKey::unwrap_from(&stored.by_recovery, &under, &by_recovery(&stored.who));
        let key = accepted(key, known, &delay)?;
        let (keys, next) = NewKeys::make(&key, &stored.who, &new_password, self.cost, &mut rng)?;

        let step = self.write()?;
        // Against the copy that was opened: two windows cannot both use up the same key.
        let changed = step.execute(
            "UPDATE developers SET kdf_memory_kib = ?2, kdf_passes = ?3, kdf_lanes = ?4,
                 kdf_salt = ?5, key_by_password = ?6, key_by_recovery = ?7,
                 recovery_confirmed = 0
             WHERE id = ?1 AND key_by_recovery = ?8",
            params![
                stored.who.as_str(),
                keys.cost.memory_kib,
                keys.cost.passes,
                keys.cost.lanes,
                keys.salt.0,
                keys.by_password,
                keys.by_recovery,
                stored.by_recovery
            ],
        )?;
        if changed == 0 {
            return Err(SignInError::Refused {
                wait_ms: delay.wait_ms(),
            });
        }
        welcome(&step, &stored.who, &delay, now)?;
        step.commit()?;
        Ok((self.enter(key, stored.who)?, next))
    }

    /// A recovery key that was never confirmed was perhaps never seen: it is replaced. `None`
    /// for whoever has written theirs down.
    pub fn replace_unconfirmed_recovery_key(&mut self) -> Result<Option<RecoveryKey>, StoreError> {
        let Unlocked { key, who } = self.unlocked()?;
        let confirmed: bool = self.db.query_row(
            "SELECT recovery_confirmed FROM developers WHERE id = ?1",
            [who.as_str()],
            |row| row.get(0),
        )?;
        if confirmed {
            return Ok(None);
        }
        let mut rng = vault::os_random()?;
        let next = RecoveryKey::mint(&mut rng);
        let under = WrappingKey::from_recovery_key(&next);
        let wrapped = key.wrap(&under, &mut rng, &by_recovery(who))?;
        self.db.execute(
            "UPDATE developers SET key_by_recovery = ?2 WHERE id = ?1",
            params![who.as_str(), wrapped],
        )?;
        Ok(Some(next))
    }

    /// The person has shown to have the recovery key.
    pub fn confirm_recovery_key(&mut self) -> Result<(), StoreError> {
        let who = self.unlocked()?.who.clone();
        self.db.execute(
            "UPDATE developers SET recovery_confirmed = 1 WHERE id = ?1",
            [who.as_str()],
        )?;
        Ok(())
    }

    /// For an address that nobody has: keys that look and cost alike and open nothing, so
    /// that the time of a refusal does not tell who is a developer here.
    fn stored_keys(
        &self,
        email: &str,
        rng: &mut StdRng,
    ) -> Result<(StoredKeys, bool), SignInError> {
        let found = self
            .db
            .query_row(
                "SELECT id, kdf_memory_kib, kdf_passes, kdf_lanes, kdf_salt, key_by_password,
                     key_by_recovery
                 FROM developers WHERE email_key = ?1",
                [text::key(email)],
                |row| {
                    Ok(StoredKeys {
                        who: DeveloperId::from_stored(row.get::<_, String>(0)?),
                        cost: KdfCost {
                            memory_kib: row.get(1)?,
                            passes: row.get(2)?,
                            lanes: row.get(3)?,
                        },
                        salt: Salt(row.get(4)?),
                        by_password: row.get(5)?,
                        by_recovery: row.get(6)?,
                    })
                },
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
            who,
        };
        Ok((stored, false))
    }

    /// The password is at hand only now: a cost that is out of date is raised now or never.
    fn raised(
        &self,
        stored: &StoredKeys,
        key: &WorkspaceKey,
        password: &Secret,
        rng: &mut StdRng,
    ) -> Result<Option<(KdfCost, Salt, Vec<u8>)>, VaultError> {
        let cost = stored.cost.raised_to(self.cost);
        if cost == stored.cost {
            return Ok(None);
        }
        let salt = Salt::mint(rng);
        let under = cost.derive(password, &salt)?;
        let wrapped = key.wrap(&under, rng, &by_password(&stored.who))?;
        Ok(Some((cost, salt, wrapped)))
    }

    fn enter(&mut self, key: WorkspaceKey, who: DeveloperId) -> Result<Session, SignInError> {
        let session = self.session(&who)?;
        self.unlocked = Some(Unlocked { key, who });
        Ok(session)
    }
}

fn accepted(
    key: Result<WorkspaceKey, VaultError>,
    known: bool,
    delay: &Delay,
) -> Result<WorkspaceKey, SignInError> {
    match key {
        Ok(key) if known => Ok(key),
        Ok(_) | Err(VaultError::NotOpened) => Err(SignInError::Refused {
            wait_ms: delay.wait_ms(),
        }),
        Err(error) => Err(error.into()),
    }
}

fn welcome(
    db: &rusqlite::Connection,
    who: &DeveloperId,
    delay: &Delay,
    now: UnixMs,
) -> Result<(), StoreError> {
    delay.forget(db)?;
    db.execute(
        "UPDATE developers SET last_sign_in_at = ?2 WHERE id = ?1",
        params![who.as_str(), now.0],
    )?;
    Ok(())
}
