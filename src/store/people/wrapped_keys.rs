//! Each developer's copies of the workspace key: one wrapped under the password, one under the
//! recovery key.

use rand::CryptoRng;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::{
    domain::{id::DeveloperId, oauth::credential::RecoveryKey, secret::Secret, time::UnixMs},
    store::StoreError,
    vault::{Aad, KdfCost, Salt, VaultError, WorkspaceKey, WrappingKey},
};

/// The wrapped workspace keys in a developer's row.
pub(in crate::store) struct StoredKeys {
    pub(in crate::store) who: DeveloperId,
    pub(in crate::store) cost: KdfCost,
    pub(in crate::store) salt: Salt,
    pub(in crate::store) by_password: Vec<u8>,
    pub(in crate::store) by_recovery: Vec<u8>,
    pub(in crate::store) last_sign_in: UnixMs,
}

pub(in crate::store) const KEY_COLUMNS: &str =
    "id, kdf_memory_kib, kdf_passes, kdf_lanes, kdf_salt, key_by_password,
     key_by_recovery, coalesce(last_sign_in_at, 0)";

impl StoredKeys {
    pub(in crate::store) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            who: DeveloperId::from_stored(row.get::<_, String>(0)?),
            cost: KdfCost {
                memory_kib: row.get(1)?,
                passes: row.get(2)?,
                lanes: row.get(3)?,
            },
            salt: Salt(row.get(4)?),
            by_password: row.get(5)?,
            by_recovery: row.get(6)?,
            last_sign_in: UnixMs(row.get(7)?),
        })
    }

    /// For a developer who is signed in.
    pub(in crate::store) fn of(db: &Connection, who: &DeveloperId) -> Result<Self, StoreError> {
        db.query_row(
            &format!("SELECT {KEY_COLUMNS} FROM developers WHERE id = ?1 AND state = 'active'"),
            [who.as_str()],
            Self::read,
        )
        .optional()?
        .ok_or(StoreError::AccessEnded)
    }

    pub(in crate::store) fn open_by_password(
        &self,
        password: &Secret,
    ) -> Result<WorkspaceKey, VaultError> {
        let under = self.cost.derive(password, &self.salt)?;
        WorkspaceKey::unwrap_from(&self.by_password, &under, &by_password(&self.who))
    }
}

/// The workspace key wrapped under a password, with the parameters of the derivation.
pub(in crate::store) struct ByPassword {
    pub(in crate::store) cost: KdfCost,
    pub(in crate::store) salt: Salt,
    pub(in crate::store) wrapped: Vec<u8>,
}

impl ByPassword {
    /// Slow on purpose: never call it inside a transaction.
    pub(in crate::store) fn make(
        key: &WorkspaceKey,
        who: &DeveloperId,
        password: &Secret,
        cost: KdfCost,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, VaultError> {
        let salt = Salt::mint(rng);
        let under = cost.derive(password, &salt)?;
        let wrapped = key.wrap(&under, rng, &by_password(who))?;
        Ok(Self {
            cost,
            salt,
            wrapped,
        })
    }

    pub(in crate::store) fn write(
        &self,
        step: &Connection,
        who: &DeveloperId,
    ) -> rusqlite::Result<()> {
        step.execute(
            "UPDATE developers SET kdf_memory_kib = ?2, kdf_passes = ?3, kdf_lanes = ?4,
                 kdf_salt = ?5, key_by_password = ?6
             WHERE id = ?1",
            params![
                who.as_str(),
                self.cost.memory_kib,
                self.cost.passes,
                self.cost.lanes,
                self.salt.0,
                self.wrapped
            ],
        )
        .map(|_| ())
    }
}

pub(in crate::store) fn under_recovery_key(
    key: &WorkspaceKey,
    who: &DeveloperId,
    recovery: &RecoveryKey,
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, VaultError> {
    let under = WrappingKey::from_recovery_key(recovery);
    key.wrap(&under, rng, &by_recovery(who))
}

/// Both wrapped copies of the workspace key for one developer.
pub(in crate::store) struct NewKeys {
    pub(in crate::store) by_password: ByPassword,
    pub(in crate::store) by_recovery: Vec<u8>,
}

impl NewKeys {
    pub(in crate::store) fn make(
        key: &WorkspaceKey,
        who: &DeveloperId,
        password: &Secret,
        cost: KdfCost,
        rng: &mut impl CryptoRng,
    ) -> Result<(Self, RecoveryKey), VaultError> {
        let recovery = RecoveryKey::mint(rng);
        let keys = Self {
            by_password: ByPassword::make(key, who, password, cost, rng)?,
            by_recovery: under_recovery_key(key, who, &recovery, rng)?,
        };
        Ok((keys, recovery))
    }
}

pub(in crate::store) fn by_password(who: &DeveloperId) -> Aad<'_> {
    Aad {
        table: "developers",
        row: who.as_str(),
        column: "key_by_password",
        version: 1,
    }
}

pub(in crate::store) fn by_recovery(who: &DeveloperId) -> Aad<'_> {
    Aad {
        column: "key_by_recovery",
        ..by_password(who)
    }
}
