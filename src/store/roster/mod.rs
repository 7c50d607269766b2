//! The developers of the organization, as signed: the fold of all statements of the history. A
//! role, a state and a key count only if a Developer Admin stated them, back to the founder.

mod row;
mod rules;
mod statement;
mod verify;

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

pub(in crate::store) use self::{
    row::{COLUMNS, StoredRow, link_at},
    statement::{Hex, Seat, StatedKey, Statement},
    verify::{End, Verified, check_all, signed_end},
};
pub use self::{statement::restated, verify::SignedHistory};
use crate::{domain::id::DeveloperId, vault::Link};

/// The state of the statements up to a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::store) struct Roster {
    seats: BTreeMap<DeveloperId, Seat>,
    key: Option<StatedKey>,
    /// The link of the first signed row.
    origin: Option<Link>,
}

impl Roster {
    pub fn seat(&self, who: &DeveloperId) -> Option<&Seat> {
        self.seats.get(who)
    }

    pub fn seats(&self) -> impl Iterator<Item = &Seat> {
        self.seats.values()
    }

    pub fn secrets_key(&self) -> Option<&StatedKey> {
        self.key.as_ref()
    }

    pub fn epoch(&self) -> u32 {
        self.key.as_ref().map_or(0, |key| key.epoch)
    }

    pub fn origin(&self) -> Option<&Link> {
        self.origin.as_ref()
    }

    /// Compared with what a developer has seen, so that the signatures of rows that they have
    /// verified before need not be verified again.
    pub fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for seat in self.seats.values() {
            // A seat has no map and no float, so it always serializes, and always alike.
            hash.update(serde_json::to_vec(seat).unwrap_or_default());
            hash.update(b"\n");
        }
        hash.update(serde_json::to_vec(&self.key).unwrap_or_default());
        hash.finalize().into()
    }

    /// Applies a statement that is believed.
    fn apply(&mut self, statement: &Statement) {
        for seat in &statement.members {
            self.seats.insert(seat.id.clone(), seat.clone());
        }
        if let Some(key) = &statement.secrets_key {
            self.key = Some(key.clone());
        }
    }

    /// The roster after a statement, for the developer who is about to sign it.
    #[must_use]
    pub fn after(&self, statement: &Statement) -> Self {
        let mut after = self.clone();
        after.apply(statement);
        after
    }
}
