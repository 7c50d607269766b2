//! Replaces the secrets key when a developer loses the right to it: everything is sealed again in
//! the transaction that takes the right away.

use rand::rngs::StdRng;
use rusqlite::{Connection, params};

use crate::store::{
    StoreError, must_change_one,
    oauth::signing_keys::replace_signing_key,
    people::{
        developers::wrapped_for,
        sealed::{left_unopened, seal_anew},
    },
    roster::Roster,
    unlocked::Actor,
};
use crate::{
    domain::history::Change,
    vault::{self, SecretsKey},
};

/// Returns the change for the history. `after`: the roster with the statement that this transaction
/// signs.
pub(in crate::store) fn replace_secrets_key(
    step: &Connection,
    actor: Actor<'_>,
    after: &Roster,
    next: &SecretsKey,
    rng: &mut StdRng,
) -> Result<Option<Change>, StoreError> {
    let current = actor.secrets()?;
    let unopened = seal_anew(step, next, rng, actor.report, |found| {
        vault::open(current, found.sealed, &found.place)
    })?;
    // A developer who left may know the old one: it must not verify later tokens.
    replace_signing_key(step, next, actor.now, rng)?;
    for seat in after.seats() {
        let wrapped = wrapped_for(Some(next), seat, &actor.vault.identity.origin, rng);
        let changed = step.execute(
            "UPDATE developers SET secrets_key = ?2 WHERE id = ?1",
            params![seat.id.as_str(), wrapped],
        )?;
        must_change_one(changed)?;
    }
    Ok(left_unopened(&unopened))
}
