//! From format 8, where all developers shared one key, to a key pair for each. The first Developer
//! Admin who signs in introduces the keys; each other developer files theirs at their next sign-in,
//! with a proof of their password, and an administrator's console lets them in.

use std::sync::Arc;

use rand::rngs::StdRng;
use rusqlite::{Connection, params};
use sha2::{Digest as _, Sha256};

use crate::store::{
    SignInError, StoreError, Workspace,
    history::{Record, Signer, record_statement},
    must_change_one,
    oauth::signing_keys::replace_signing_key,
    people::{
        developers::{NewKeys, read_anyone, read_member, subject_of},
        identity::{Prepared, StoredKeys},
        joining::file_joining,
        sealed::{left_unopened, seal_anew},
        sign_in::welcome,
        throttle::Throttle,
    },
    roster::{Hex, Seat, StatedKey, Statement, StoredRow, Verified},
    unlocked::Unlocked,
};
use crate::{
    domain::{
        history::{Change, What},
        id::DeveloperId,
        oauth::{credential::RecoveryKey, jwt_text},
        people::developer::{MemberState, Session},
        progress::Progress,
        secret::Secret,
        time::UnixMs,
    },
    vault::{self, FormerKey, FormerPlace, Identity, Link, SecretsKey, former_recovery},
};

fn former_place<'a>(table: &'a str, row: &'a str) -> FormerPlace<'a> {
    FormerPlace {
        table,
        row,
        column: "sealed",
    }
}

pub(in crate::store) fn former_by_password(who: &DeveloperId) -> FormerPlace<'_> {
    FormerPlace {
        table: "developers",
        row: who.as_str(),
        column: "key_by_password",
    }
}

impl Workspace {
    /// A sign-in of a developer whose keys are of format 8.
    pub(in crate::store) fn sign_in_from_former(
        &mut self,
        stored: StoredKeys,
        known: bool,
        password: &Secret,
        throttle: Throttle,
        now: UnixMs,
    ) -> Result<Session, SignInError> {
        let under = stored.under_password(password)?;
        let place = former_by_password(&stored.who);
        let former = FormerKey::unwrap_from(&stored.by_password, &under, &place);
        let former = self.accept(former, known, &throttle)?;
        let mut rng = vault::os_random()?;
        let prepared = Prepared::make(password, self.cost, &mut rng)?;
        if !is_introduced(&self.db)? {
            let introduced = self.introduce(&stored, &former, &prepared, &throttle, now)?;
            return Ok(introduced.0);
        }
        let step = self.write()?;
        file_joining(&step, &stored, (&former, &under), &prepared, &mut rng)?;
        throttle.forget(&step)?;
        step.commit()?;
        Err(waits().into())
    }

    /// The first Developer Admin may come with a recovery key. Afterwards, recovery keys of format 8
    /// open nothing.
    pub(in crate::store) fn recover_from_former(
        &mut self,
        stored: &StoredKeys,
        known: bool,
        recovery: &RecoveryKey,
        new_password: &Secret,
        throttle: &Throttle,
        now: UnixMs,
    ) -> Result<(Session, RecoveryKey), SignInError> {
        let place = FormerPlace {
            column: "key_by_recovery",
            ..former_by_password(&stored.who)
        };
        let under = former_recovery(recovery);
        let former = FormerKey::unwrap_from(&stored.by_recovery, &under, &place);
        let former = self.accept(former, known, throttle)?;
        if is_introduced(&self.db)? {
            return Err(StoreError::Conflict(
                "This recovery key is no longer valid. Ask a Developer Admin to reset your password."
                    .to_owned(),
            )
            .into());
        }
        self.must_be_strong_for(&stored.who, new_password, throttle)?;
        let prepared = Prepared::make(new_password, self.cost, &mut vault::os_random()?)?;
        self.introduce(stored, &former, &prepared, throttle, now)
    }

    fn introduce(
        &mut self,
        stored: &StoredKeys,
        former: &FormerKey,
        prepared: &Prepared,
        throttle: &Throttle,
        now: UnixMs,
    ) -> Result<(Session, RecoveryKey), SignInError> {
        let mut rng = vault::os_random()?;
        let recovery = RecoveryKey::mint(&mut rng);
        let report = Arc::clone(&self.report);
        let step = self.write()?;
        if is_introduced(&step)? {
            return Err(StoreError::Conflict(
                "Another Developer Admin has just signed in. Sign in again.".to_owned(),
            )
            .into());
        }
        let unlocked = introduce_keys(&step, &stored.who, former, now, &*report, &mut rng)?;
        let seat = unlocked.seat().ok_or(StoreError::AccessEnded)?;
        let identity = &unlocked.identity;
        let keys = NewKeys::make(&unlocked, seat, identity, prepared, &recovery, &mut rng)?;
        keys.write(&step, &stored.who)?;
        let changed = step.execute(
            "UPDATE developers SET must_change_password = 0 WHERE id = ?1",
            [stored.who.as_str()],
        )?;
        must_change_one(changed)?;
        welcome(&step, &stored.who, throttle, now)?;
        step.commit()?;
        self.fold_log_away();
        let mut session = self.enter(unlocked, stored)?;
        session.warning = Some(
            "Each developer now has their own keys. The others sign in once as before; check \
             their roles under People."
                .to_owned(),
        );
        Ok((session, recovery))
    }
}

fn waits() -> StoreError {
    StoreError::Conflict(
        "Your keys were created. Sign in again after a Developer Admin has signed in.".to_owned(),
    )
}

fn is_introduced(db: &Connection) -> Result<bool, StoreError> {
    Ok(db.query_row(
        "SELECT EXISTS (SELECT 1 FROM history WHERE statement IS NOT NULL)",
        [],
        |row| row.get(0),
    )?)
}

/// Signs the roster of format 8, and seals everything again under a key that only the administrator
/// holds until the others have signed in.
fn introduce_keys(
    step: &Connection,
    who: &DeveloperId,
    former: &FormerKey,
    now: UnixMs,
    report: &dyn Fn(Progress),
    rng: &mut StdRng,
) -> Result<Unlocked, StoreError> {
    let me = read_member(step, who)?.developer;
    if !me.is_active_admin() {
        return Err(StoreError::NotAllowed(
            "A Developer Admin must sign in first: this workspace is from an older version."
                .to_owned(),
        ));
    }
    let chain = relink(step, former)?;
    name_signing_keys(step, former)?;
    let identity = Identity::mint(Link::default(), rng);
    let keys = identity.keys();
    let secrets = SecretsKey::mint(1, rng);
    let mut members = former_seats(step)?;
    for seat in &mut members {
        if seat.id == *who {
            *seat = Seat::of(&me, &keys.public(), true);
        }
    }
    let statement = Statement {
        members,
        secrets_key: Some(StatedKey::of(&secrets)),
        introduced: Some(Hex(former.introduces(&keys.public(), &secrets.check()))),
    };
    let unopened = seal_anew(step, &secrets, rng, report, |found| {
        former.open(found.sealed, &former_place(found.place.table, found.former))
    })?;
    let before = Change::new("History before", None::<String>, Some(chain));
    let changes = std::iter::once(before).chain(left_unopened(&unopened));
    let written = Record {
        app: None,
        subject: &subject_of(&me),
        what: What::KeysIntroduced,
        changes: changes.collect(),
    };
    let signer = Signer {
        who,
        row: &keys,
        end: &keys,
        now,
    };
    let origin = record_statement(step, signer, &written, &statement)?;
    // All former developers may know the old one.
    replace_signing_key(step, &secrets, now, rng)?;
    let mut verified = Verified::default();
    verified.follow(step)?;
    let identity = identity.at_origin(origin);
    Ok(Unlocked::founded(who.clone(), identity, verified, secrets))
}

/// All developers, without keys, and with what proves their password.
fn former_seats(step: &Connection) -> Result<Vec<Seat>, StoreError> {
    let mut query = step.prepare("SELECT id, key_by_password FROM developers ORDER BY id")?;
    let rows = query.query_map([], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, Vec<u8>>(1)?))
    })?;
    let mut seats = Vec::new();
    for row in rows {
        let (id, wrapped) = row?;
        let id = DeveloperId::from_stored(id);
        let developer = read_anyone(step, &id)?;
        let is_removed = developer.state == MemberState::Removed;
        seats.push(Seat {
            id,
            name: developer.full_name,
            email: developer.email.as_str().to_owned(),
            role: developer.role,
            state: developer.state,
            own: false,
            sign: None,
            wrap: None,
            former: (!is_removed).then(|| Hex(Sha256::digest(&wrapped).into())),
        });
    }
    Ok(seats)
}

/// Gives the rows of format 8 their links, and says whether their keyed chain was whole.
fn relink(step: &Connection, former: &FormerKey) -> Result<String, StoreError> {
    let mut query = step.prepare(
        "SELECT seq, at, who, app_id, subject, what, changes, NULL, zeroblob(32), NULL, link
         FROM history ORDER BY seq",
    )?;
    let mut update = step.prepare("UPDATE history SET link = ?2 WHERE seq = ?1")?;
    let mut rows = query.query([])?;
    let (mut chain, mut link, mut last) = (Vec::new(), Link::default(), 0_i64);
    let mut found = "complete".to_owned();
    let mut links = Vec::new();
    while let Some(row) = rows.next()? {
        let stored: Vec<u8> = row.get(10)?;
        let row = StoredRow::read(row)?;
        let is_next = last.checked_add(1) == Some(row.seq);
        let is_whole = former.link(&chain, &row.former_bytes()).as_slice() == stored;
        if (!is_next || !is_whole) && found == "complete" {
            found = format!("changed at entry {}", row.seq);
        }
        link = row.computed_link(&link);
        links.push((row.seq, link));
        (chain, last) = (stored, row.seq);
    }
    drop(rows);
    for (seq, link) in &links {
        must_change_one(update.execute(params![seq, link])?)?;
    }
    if !links.is_empty() {
        let changed = step.execute(
            "UPDATE history_end SET seq = ?1, link = ?2",
            params![last, link],
        )?;
        must_change_one(changed)?;
    }
    Ok(found)
}

/// Each token names the key that signed it; from now on its row does too.
fn name_signing_keys(step: &Connection, former: &FormerKey) -> Result<(), StoreError> {
    let mut query =
        step.prepare("SELECT id, sealed FROM jwt_credentials WHERE sealed IS NOT NULL")?;
    let rows = query.query_map([], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, Vec<u8>>(1)?))
    })?;
    for row in rows.collect::<Result<Vec<_>, _>>()? {
        let (id, sealed) = row;
        let token = former.open_text(&sealed, &former_place("jwt_credentials", &id))?;
        let kid = jwt_text::key_id(token.expose());
        let changed = step.execute(
            "UPDATE jwt_credentials SET kid = ?2 WHERE id = ?1",
            params![id, kid],
        )?;
        must_change_one(changed)?;
    }
    Ok(())
}
