//! A developer of format 8 gets keys: the console files them at the next sign-in, with a proof of the
//! password, and an administrator's console lets them in.

use rand::rngs::StdRng;
use rusqlite::{Connection, OptionalExtension as _, params};
use sha2::{Digest as _, Sha256};

use crate::store::{
    StoreError, Workspace,
    history::{Record, record_statement},
    must_change_one,
    people::{
        developers::wrapped_for,
        identity::{ByPassword, PageCheck, Prepared, StoredKeys, seen_of},
        upgrade::former_by_password,
    },
    require_admin,
    roster::{COLUMNS, Hex, Roster, Seat, Statement, StoredRow, Verified, link_at},
    seen::Seen,
    unlocked::Actor,
};
use crate::{
    domain::{
        history::{Broken, What},
        id::DeveloperId,
        people::developer::MemberState,
        time::UnixMs,
    },
    vault::{self, FormerKey, Identity, Joiner, Link, PublicKeys, Salt},
};

impl Workspace {
    /// Lets in the developers of format 8 who have proved their password. No question is needed:
    /// only a person who knew the password can have made the proof.
    pub fn let_in(&mut self, now: UnixMs) -> Result<(), StoreError> {
        let unlocked = self.unlocked()?;
        let is_admin = unlocked
            .seat()
            .is_some_and(|seat| seat.is_admin_with_keys() && seat.own);
        let mut query = self
            .db
            .prepare("SELECT developer FROM joining_proofs WHERE admin = ?1")?;
        let waiting: Vec<String> = query
            .query_map([unlocked.who.as_str()], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        drop(query);
        if !is_admin {
            return Ok(());
        }
        for developer in waiting {
            let developer = DeveloperId::from_stored(developer);
            self.change_people(now, |step, actor, rng| admit(step, actor, &developer, rng))?;
        }
        Ok(())
    }
}

/// Files the keys of a developer who proved their password, for each administrator who has keys.
pub(in crate::store) fn file_joining(
    step: &Connection,
    stored: &StoredKeys,
    (former, under): (&FormerKey, &vault::WrappingKey),
    prepared: &Prepared,
    rng: &mut StdRng,
) -> Result<(), StoreError> {
    let mut verified = Verified::default();
    let followed = verified.follow(step)?;
    if let Some(broken) = followed.first.filter(|_| followed.is_lasting) {
        return Err(StoreError::Tampered(broken));
    }
    let roster = &verified.roster;
    let origin = *roster.origin().ok_or(StoreError::AccessEnded)?;
    // The proof of the password would go to the keys of an attacker who began another history.
    if !is_introduced_by(step, &origin, former)? {
        return Err(StoreError::Tampered(Broken::Replaced));
    }
    let identity = Identity::mint(origin, rng);
    let public = identity.keys().public();
    let by_password = prepared.seal(&identity, &stored.who, rng)?;
    let developer = stored.who.as_str();
    let seen =
        identity
            .keys()
            .seal_seen(&Seen::of(&verified).bytes(), rng, &seen_of(&[developer]))?;
    step.execute("DELETE FROM joining WHERE developer = ?1", [developer])?;
    let changed = step.execute(
        "INSERT INTO joining (developer, sign, wrap, kdf_memory_kib, kdf_passes, kdf_lanes,
             kdf_salt, key_by_password, page_salt, page_check, seen)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        params![
            developer,
            public.sign,
            public.wrap,
            by_password.cost.memory_kib,
            by_password.cost.passes,
            by_password.cost.lanes,
            by_password.salt.0,
            by_password.sealed,
            by_password.page.salt.0,
            by_password.page.check,
            seen,
        ],
    )?;
    must_change_one(changed)?;
    let joiner = Joiner {
        developer,
        keys: public,
        origin,
    };
    for (admin, keys) in admins(roster) {
        let proof = joiner.prove(under, &keys, rng)?;
        let changed = step.execute(
            "INSERT INTO joining_proofs (developer, admin, proof) VALUES (?1, ?2, ?3)",
            params![developer, admin.as_str(), proof],
        )?;
        must_change_one(changed)?;
    }
    Ok(())
}

/// Whether a holder of the key that all developers shared began the history with this first signed
/// row.
fn is_introduced_by(
    step: &Connection,
    origin: &Link,
    former: &FormerKey,
) -> Result<bool, StoreError> {
    let row = step
        .query_row(
            &format!(
                "SELECT {COLUMNS} FROM history WHERE statement IS NOT NULL AND link = ?1
                 ORDER BY seq LIMIT 1"
            ),
            [origin],
            StoredRow::read,
        )
        .optional()?;
    let Some(row) = row else {
        return Ok(false);
    };
    let before = step
        .query_row(
            "SELECT link FROM history WHERE seq < ?1 ORDER BY seq DESC LIMIT 1",
            [row.seq],
            |row| link_at(row, 0),
        )
        .optional()?;
    // The link was verified, not the current contents of the row.
    if row.computed_link(&before.unwrap_or_default()) != *origin {
        return Ok(false);
    }
    let text = row.statement.unwrap_or_default();
    let statement: Option<Statement> = serde_json::from_str(&text).ok();
    let expected = statement.as_ref().and_then(|statement| {
        let admin = statement.members.iter().find_map(Seat::keys)?;
        let check = statement.secrets_key.as_ref()?.check;
        Some(Hex(former.introduces(&admin, &check.0)))
    });
    Ok(expected.is_some() && expected == statement.and_then(|one| one.introduced))
}

fn admins(roster: &Roster) -> impl Iterator<Item = (&DeveloperId, PublicKeys)> {
    let with_keys = |seat: &&Seat| seat.is_admin_with_keys() && seat.own;
    let admins = roster.seats().filter(with_keys);
    admins.filter_map(|seat| Some((&seat.id, seat.keys()?)))
}

/// A developer's filed keys.
struct Filed {
    keys: PublicKeys,
    proof: Vec<u8>,
    by_password: ByPassword,
    seen: Vec<u8>,
}

fn admit(
    step: &Connection,
    actor: Actor<'_>,
    developer: &DeveloperId,
    rng: &mut StdRng,
) -> Result<(), StoreError> {
    require_admin(step, actor.who)?;
    let roster = &actor.vault.verified.roster;
    let seat = roster.seat(developer).cloned();
    let Some(seat) = seat.filter(|seat| seat.state != MemberState::Removed) else {
        return forget_filed(step, developer);
    };
    let filed = match filed(step, actor.who, developer) {
        // Another program wrote it.
        Err(rusqlite::Error::FromSqlConversionFailure(..)) => None,
        found => found?,
    };
    let filed = match filed {
        Some(filed) if is_proved(step, actor, &seat, &filed)? => filed,
        // Forged with the shared key, but without this developer's password.
        _ => return forget_filed(step, developer),
    };
    let seat = seat.with_keys(&filed.keys, true);
    filed.by_password.write(step, developer)?;
    let origin = &actor.vault.identity.origin;
    let wrapped = wrapped_for(Some(actor.secrets()?), &seat, origin, rng);
    let changed = step.execute(
        "UPDATE developers SET secrets_key = ?2, seen = ?3, key_by_recovery = x'',
             recovery_confirmed = 0
         WHERE id = ?1",
        params![developer.as_str(), wrapped, filed.seen],
    )?;
    must_change_one(changed)?;
    forget_filed(step, developer)?;
    let written = Record {
        app: None,
        subject: &format!("{} <{}>", seat.name, seat.email),
        what: What::DeveloperJoined,
        changes: Vec::new(),
    };
    let statement = Statement {
        members: vec![seat],
        secrets_key: None,
        introduced: None,
    };
    record_statement(step, actor.into(), &written, &statement).map(|_| ())
}

fn forget_filed(step: &Connection, developer: &DeveloperId) -> Result<(), StoreError> {
    step.execute(
        "DELETE FROM joining WHERE developer = ?1",
        [developer.as_str()],
    )?;
    Ok(())
}

/// The developer's wrapped key is still the one of format 8, the proof opens it, and it is the key
/// that all developers shared.
fn is_proved(
    step: &Connection,
    actor: Actor<'_>,
    seat: &Seat,
    filed: &Filed,
) -> Result<bool, StoreError> {
    let wrapped: Vec<u8> = step.query_row(
        "SELECT key_by_password FROM developers WHERE id = ?1",
        [seat.id.as_str()],
        |row| row.get(0),
    )?;
    if seat.former != Some(Hex(Sha256::digest(&wrapped).into())) {
        return Ok(false);
    }
    let joiner = Joiner {
        developer: seat.id.as_str(),
        keys: filed.keys,
        origin: actor.vault.identity.origin,
    };
    let Ok(under) = joiner.open(&filed.proof, &actor.vault.keys) else {
        return Ok(false);
    };
    let place = former_by_password(&seat.id);
    match FormerKey::unwrap_from(&wrapped, &under, &place) {
        Ok(former) => is_introduced_by(step, &joiner.origin, &former),
        Err(_) => Ok(false),
    }
}

fn filed(
    step: &Connection,
    admin: &DeveloperId,
    developer: &DeveloperId,
) -> rusqlite::Result<Option<Filed>> {
    step.query_row(
        "SELECT sign, wrap, kdf_memory_kib, kdf_passes, kdf_lanes, kdf_salt, key_by_password,
                 page_salt, page_check, proof, seen
             FROM joining JOIN joining_proofs USING (developer)
             WHERE developer = ?1 AND admin = ?2",
        [developer.as_str(), admin.as_str()],
        |row| {
            let cost = vault::KdfCost {
                memory_kib: row.get(2)?,
                passes: row.get(3)?,
                lanes: row.get(4)?,
            };
            Ok(Filed {
                keys: PublicKeys {
                    sign: row.get(0)?,
                    wrap: row.get(1)?,
                },
                proof: row.get(9)?,
                seen: row.get(10)?,
                by_password: ByPassword {
                    cost,
                    salt: Salt(row.get(5)?),
                    sealed: row.get(6)?,
                    page: PageCheck {
                        cost,
                        salt: Salt(row.get(7)?),
                        check: row.get(8)?,
                    },
                },
            })
        },
    )
    .optional()
}
