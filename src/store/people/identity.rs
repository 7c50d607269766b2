//! Each developer's identity as it is stored: sealed under the password and under the recovery key.
//! Beside it, a check of the password that opens nothing, for the login page of the local server.

use rand::CryptoRng;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::{
    domain::{id::DeveloperId, oauth::credential::RecoveryKey, secret::Secret, time::UnixMs},
    store::StoreError,
    vault::{Identity, KdfCost, Place, Salt, VaultError, WrappingKey},
};

/// The sealed values in a developer's row.
pub(in crate::store) struct StoredKeys {
    pub(in crate::store) who: DeveloperId,
    pub(in crate::store) cost: KdfCost,
    pub(in crate::store) salt: Salt,
    pub(in crate::store) by_password: Vec<u8>,
    pub(in crate::store) by_recovery: Vec<u8>,
    pub(in crate::store) last_sign_in: UnixMs,
    /// `None` before the first sign-in with their own keys.
    pub(in crate::store) seen: Option<Vec<u8>>,
    pub(in crate::store) page: Option<PageCheck>,
}

pub(in crate::store) const KEY_COLUMNS: &str =
    "id, kdf_memory_kib, kdf_passes, kdf_lanes, kdf_salt, key_by_password,
     key_by_recovery, coalesce(last_sign_in_at, 0), seen, page_salt, page_check";

impl StoredKeys {
    pub(in crate::store) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let cost = KdfCost {
            memory_kib: row.get(1)?,
            passes: row.get(2)?,
            lanes: row.get(3)?,
        };
        let page = match (row.get(9)?, row.get(10)?) {
            (Some(salt), Some(check)) => Some(PageCheck {
                cost,
                salt: Salt(salt),
                check,
            }),
            _ => None,
        };
        Ok(Self {
            who: DeveloperId::from_stored(row.get::<_, String>(0)?),
            cost,
            salt: Salt(row.get(4)?),
            by_password: row.get(5)?,
            by_recovery: row.get(6)?,
            last_sign_in: UnixMs(row.get(7)?),
            seen: row.get(8)?,
            page,
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

    pub(in crate::store) fn under_password(
        &self,
        password: &Secret,
    ) -> Result<WrappingKey, VaultError> {
        self.cost.derive(password, &self.salt)
    }

    pub(in crate::store) fn open_by_password(
        &self,
        password: &Secret,
    ) -> Result<Identity, VaultError> {
        let under = self.under_password(password)?;
        let of = [self.who.as_str()];
        Identity::open(&self.by_password, &under, &by_password(&of))
    }

    pub(in crate::store) fn open_by_recovery(
        &self,
        recovery: &RecoveryKey,
    ) -> Result<Identity, VaultError> {
        let under = WrappingKey::from_recovery_key(recovery);
        let of = [self.who.as_str()];
        Identity::open(&self.by_recovery, &under, &by_recovery(&of))
    }
}

/// A password that is compared and opens nothing.
#[derive(Clone, Copy)]
pub(in crate::store) struct PageCheck {
    pub(in crate::store) cost: KdfCost,
    pub(in crate::store) salt: Salt,
    pub(in crate::store) check: [u8; 32],
}

impl PageCheck {
    /// Slow on purpose: never call it inside a transaction.
    pub(in crate::store) fn make(
        password: &Secret,
        cost: KdfCost,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, VaultError> {
        let salt = Salt::mint(rng);
        let check = cost.derive(password, &salt)?.check();
        Ok(Self { cost, salt, check })
    }
}

/// An identity sealed under a password, with the parameters of the derivation, and the check of the
/// same password.
pub(in crate::store) struct ByPassword {
    pub(in crate::store) cost: KdfCost,
    pub(in crate::store) salt: Salt,
    pub(in crate::store) sealed: Vec<u8>,
    pub(in crate::store) page: PageCheck,
}

impl ByPassword {
    /// Slow on purpose: never call it inside a transaction.
    pub(in crate::store) fn make(
        identity: &Identity,
        who: &DeveloperId,
        password: &Secret,
        cost: KdfCost,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, VaultError> {
        let prepared = Prepared::make(password, cost, rng)?;
        prepared.seal(identity, who, rng)
    }

    pub(in crate::store) fn write(
        &self,
        step: &Connection,
        who: &DeveloperId,
    ) -> Result<(), StoreError> {
        let changed = step.execute(
            "UPDATE developers SET kdf_memory_kib = ?2, kdf_passes = ?3, kdf_lanes = ?4,
                 kdf_salt = ?5, key_by_password = ?6, page_salt = ?7, page_check = ?8
             WHERE id = ?1",
            params![
                who.as_str(),
                self.cost.memory_kib,
                self.cost.passes,
                self.cost.lanes,
                self.salt.0,
                self.sealed,
                self.page.salt.0,
                self.page.check,
            ],
        )?;
        crate::store::must_change_one(changed)
    }
}

/// The slow part of `ByPassword`, done before the identity is known.
pub(in crate::store) struct Prepared {
    cost: KdfCost,
    salt: Salt,
    under: WrappingKey,
    page: PageCheck,
}

impl Prepared {
    /// Slow on purpose: never call it inside a transaction.
    pub(in crate::store) fn make(
        password: &Secret,
        cost: KdfCost,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, VaultError> {
        let salt = Salt::mint(rng);
        Ok(Self {
            cost,
            salt,
            under: cost.derive(password, &salt)?,
            page: PageCheck::make(password, cost, rng)?,
        })
    }

    pub(in crate::store) fn seal(
        &self,
        identity: &Identity,
        who: &DeveloperId,
        rng: &mut impl CryptoRng,
    ) -> Result<ByPassword, VaultError> {
        let of = [who.as_str()];
        Ok(ByPassword {
            cost: self.cost,
            salt: self.salt,
            sealed: identity.seal(&self.under, rng, &by_password(&of))?,
            page: self.page,
        })
    }
}

pub(in crate::store) fn under_recovery_key(
    identity: &Identity,
    who: &DeveloperId,
    recovery: &RecoveryKey,
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, VaultError> {
    let under = WrappingKey::from_recovery_key(recovery);
    identity.seal(&under, rng, &by_recovery(&[who.as_str()]))
}

pub(in crate::store) fn by_password<'a>(of: &'a [&'a str; 1]) -> Place<'a> {
    Place {
        table: "developers",
        column: "key_by_password",
        of,
    }
}

fn by_recovery<'a>(of: &'a [&'a str; 1]) -> Place<'a> {
    Place {
        column: "key_by_recovery",
        ..by_password(of)
    }
}

pub(in crate::store) fn seen_of<'a>(of: &'a [&'a str; 1]) -> Place<'a> {
    Place {
        column: "seen",
        ..by_password(of)
    }
}
