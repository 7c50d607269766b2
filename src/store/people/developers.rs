//! The organization and its developers. `sign_in` checks who they are.

use rand::rngs::StdRng;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::store::{
    StoreError, Workspace, acting_role, clock, current_role,
    file::stage::{Stage, organization, stage_of},
    history::{Record, Signer, record_statement},
    must_change_one,
    people::{
        approvals,
        identity::{ByPassword, Prepared, seen_of, under_recovery_key},
    },
    roster::{Seat, StatedKey, Statement, Verified},
    seen::Seen,
    unlocked::Unlocked,
};
use crate::{
    domain::{
        history::What,
        id::DeveloperId,
        oauth::credential::RecoveryKey,
        people::{
            developer::{Developer, Member, MemberDetails, MemberState, Role, Session, Team},
            email::EmailAddress,
            password::Owner,
        },
        secret::Secret,
        time::UnixMs,
    },
    vault::{self, Identity, Link, SecretsKey},
};

/// The first developer, and the new organization.
#[derive(Clone, Debug)]
pub struct SignUp {
    pub organization: String,
    pub full_name: String,
    pub email: EmailAddress,
    pub password: Secret,
}

impl Workspace {
    pub fn stage(&self) -> Result<Stage, StoreError> {
        Ok(stage_of(&self.db)?)
    }

    /// Creates the founder's keys, the first row of the history and the first secrets key. The
    /// recovery key is returned here once and not stored.
    pub fn sign_up(
        &mut self,
        sign_up: SignUp,
        now: UnixMs,
    ) -> Result<(Session, RecoveryKey), StoreError> {
        // Checked again inside the transaction. This check saves the slow derivation.
        must_be_first(&self.db)?;
        let owner = Owner {
            organization: &sign_up.organization,
            full_name: &sign_up.full_name,
            email: sign_up.email.as_str(),
        };
        owner.check(&sign_up.password)?;
        let mut rng = vault::os_random()?;
        let prepared = Prepared::make(&sign_up.password, self.cost, &mut rng)?;
        let recovery = RecoveryKey::mint(&mut rng);
        let first = Developer {
            id: DeveloperId::mint(&mut rng),
            full_name: sign_up.full_name,
            email: sign_up.email,
            role: Role::DeveloperAdmin,
            state: MemberState::Active,
            created_at: now,
        };
        self.establish(&sign_up.organization, &first, &prepared, &recovery)?;
        Ok((self.session(&first.id, None)?, recovery))
    }

    /// Founds the organization and signs its first developer in. The password is not checked here.
    pub(in crate::store) fn establish(
        &mut self,
        organization: &str,
        first: &Developer,
        prepared: &Prepared,
        recovery: &RecoveryKey,
    ) -> Result<(), StoreError> {
        let mut rng = vault::os_random()?;
        let now = first.created_at;
        let step = self.write()?;
        must_be_first(&step)?;
        let changed = step.execute(
            "INSERT INTO organization (only_row, name, created_at) VALUES (1, ?1, ?2)",
            params![organization, now.0],
        )?;
        must_change_one(changed)?;
        let unlocked = found(&step, first, organization, &mut rng)?;
        let keys = NewKeys::make(
            &unlocked,
            &Seat::of(first, &unlocked.keys.public(), true),
            &unlocked.identity,
            prepared,
            recovery,
            &mut rng,
        )?;
        insert(&step, first, &keys)?;
        let changed = step.execute("UPDATE developers SET last_sign_in_at = created_at", [])?;
        must_change_one(changed)?;
        clock::note(&step, now)?;
        step.commit()?;
        self.unlocked = Some(unlocked);
        Ok(())
    }

    /// The organization and its developers.
    pub fn team(&self) -> Result<Team, StoreError> {
        current_role(&self.db, &self.unlocked()?.who)?;
        let is_former = |member: &Member| member.developer.state == MemberState::Removed;
        let (former, members) = members(&self.db)?.into_iter().partition(is_former);
        Ok(Team {
            organization: organization(&self.db)?.unwrap_or_default(),
            members,
            former,
        })
    }

    /// Also of a developer who was removed.
    pub fn member_details(&self, id: &DeveloperId) -> Result<MemberDetails, StoreError> {
        acting_role(&self.db, &self.unlocked()?.who)?;
        let step = self.db.unchecked_transaction()?;
        let about = read_anyone(&step, id)?;
        // An address is free again after a removal: the time tells its developers apart.
        let added_by: Option<String> = step
            .prepare_cached(
                "SELECT who FROM history
                 WHERE app_id IS NULL AND what = ?1 AND subject = ?2 AND at = ?3",
            )?
            .query_row(
                params![
                    What::DeveloperAdded.as_str(),
                    subject_of(&about),
                    about.created_at.0
                ],
                |row| row.get(0),
            )
            .optional()?;
        let apps: i64 = step
            .prepare_cached(
                "SELECT count(*) FROM apps WHERE deleted_at IS NULL AND ?1 IN (created_by, contact)",
            )?
            .query_row([id.as_str()], |row| row.get(0))?;
        Ok(MemberDetails {
            added_by: added_by.map(DeveloperId::from_stored),
            apps: apps.unsigned_abs(),
        })
    }

    /// The session of the signed-in developer, read again after developers, roles or requests
    /// changed.
    pub fn current_session(&self) -> Result<Session, StoreError> {
        self.session(&self.unlocked()?.who, None)
    }

    /// All developers by name, removed ones too.
    pub(in crate::store) fn everybody(&self) -> Result<Vec<Developer>, StoreError> {
        let members = members(&self.db)?;
        Ok(members.into_iter().map(|one| one.developer).collect())
    }

    /// All developers of the organization, by name.
    pub fn developers(&self) -> Result<Vec<Developer>, StoreError> {
        let all = self.everybody()?.into_iter();
        Ok(all
            .filter(|one| one.state != MemberState::Removed)
            .collect())
    }

    /// Also of a developer who was removed.
    pub fn email_of(&self, id: &DeveloperId) -> Result<String, StoreError> {
        Ok(read_anyone(&self.db, id)?.email.as_str().to_owned())
    }

    /// `last_sign_in`: the sign-in before this one. `None` if the session is not new.
    pub(in crate::store) fn session(
        &self,
        who: &DeveloperId,
        last_sign_in: Option<UnixMs>,
    ) -> Result<Session, StoreError> {
        // One snapshot: the developers and their requests belong together.
        let step = self.db.unchecked_transaction()?;
        let (_, must_change_password) = current_role(&step, who)?;
        let (former, developers): (Vec<_>, Vec<_>) = self
            .everybody()?
            .into_iter()
            .partition(|one| one.state == MemberState::Removed);
        let developer = developers
            .iter()
            .find(|developer| &developer.id == who)
            .cloned()
            .ok_or(StoreError::NotFound("This developer"))?;
        let mut session = Session {
            developer,
            organization: organization(&step)?.unwrap_or_default(),
            developers,
            former,
            must_change_password,
            decided: last_sign_in
                .map(|since| approvals::decided_since(&step, who, since))
                .transpose()?
                .unwrap_or_default(),
            waiting: 0,
            warning: None,
        };
        session.waiting = approvals::may_decide(&step, &session)?;
        Ok(session)
    }
}

/// Writes the first row of the history, which states its own signer as the one Developer Admin.
fn found(
    step: &Connection,
    founder: &Developer,
    organization: &str,
    rng: &mut StdRng,
) -> Result<Unlocked, StoreError> {
    let identity = Identity::mint(Link::default(), rng);
    let keys = identity.keys();
    let secrets = SecretsKey::mint(1, rng);
    let statement = Statement {
        members: vec![Seat::of(founder, &keys.public(), true)],
        secrets_key: Some(StatedKey::of(&secrets)),
        introduced: None,
    };
    let signer = Signer {
        who: &founder.id,
        row: &keys,
        end: &keys,
        now: founder.created_at,
    };
    let written = Record {
        app: None,
        subject: organization,
        what: What::OrganizationFounded,
        changes: Vec::new(),
    };
    let origin = record_statement(step, signer, &written, &statement)?;
    let mut verified = Verified::default();
    verified.follow(step)?;
    let identity = identity.at_origin(origin);
    Ok(Unlocked::founded(
        founder.id.clone(),
        identity,
        verified,
        secrets,
    ))
}

fn must_be_first(db: &Connection) -> Result<(), StoreError> {
    match organization(db)? {
        None => Ok(()),
        Some(name) => Err(StoreError::Conflict(format!(
            "This workspace already belongs to {name}. Sign in instead."
        ))),
    }
}

pub(in crate::store) fn must_be_strong(
    db: &Connection,
    developer: &Developer,
    password: &Secret,
) -> Result<(), StoreError> {
    let owner = Owner {
        organization: &organization(db)?.unwrap_or_default(),
        full_name: &developer.full_name,
        email: developer.email.as_str(),
    };
    Ok(owner.check(password)?)
}

/// The stored values of a developer's keys.
pub(in crate::store) struct NewKeys {
    pub(in crate::store) by_password: ByPassword,
    pub(in crate::store) by_recovery: Vec<u8>,
    /// `None` if their role may not see secrets.
    pub(in crate::store) secrets_key: Option<Vec<u8>>,
    pub(in crate::store) seen: Vec<u8>,
}

impl NewKeys {
    /// For the developer of `seat`, who trusts the history as far as `by` has verified it.
    pub(in crate::store) fn make(
        by: &Unlocked,
        seat: &Seat,
        identity: &Identity,
        prepared: &Prepared,
        recovery: &RecoveryKey,
        rng: &mut StdRng,
    ) -> Result<Self, StoreError> {
        let of = [seat.id.as_str()];
        let seen = Seen::of(&by.verified).bytes();
        Ok(Self {
            by_password: prepared.seal(identity, &seat.id, rng)?,
            by_recovery: under_recovery_key(identity, &seat.id, recovery, rng)?,
            secrets_key: wrapped_for(by.secrets().ok(), seat, &identity.origin, rng),
            seen: identity.keys().seal_seen(&seen, rng, &seen_of(&of))?,
        })
    }

    /// Replaces the keys of a developer.
    pub(in crate::store) fn write(
        &self,
        step: &Connection,
        who: &DeveloperId,
    ) -> Result<(), StoreError> {
        self.by_password.write(step, who)?;
        let changed = step.execute(
            "UPDATE developers SET key_by_recovery = ?2, recovery_confirmed = 0,
                 secrets_key = ?3, seen = ?4
             WHERE id = ?1",
            params![who.as_str(), self.by_recovery, self.secrets_key, self.seen],
        )?;
        must_change_one(changed)
    }
}

/// The secrets key wrapped for a developer, if their role may see secrets. A developer who stated a
/// key that does not work gets none, and does not prevent a removal.
pub(in crate::store) fn wrapped_for(
    secrets: Option<&SecretsKey>,
    seat: &Seat,
    origin: &Link,
    rng: &mut StdRng,
) -> Option<Vec<u8>> {
    let keys = seat.keys().filter(|_| seat.holds_secrets())?;
    secrets?.wrap(&keys, origin, seat.id.as_str(), rng).ok()
}

pub(in crate::store) fn insert(
    step: &Connection,
    developer: &Developer,
    keys: &NewKeys,
) -> Result<(), StoreError> {
    let by_password = &keys.by_password;
    let changed = step.execute(
        "INSERT INTO developers (id, email, email_key, full_name, role, state, created_at,
             kdf_memory_kib, kdf_passes, kdf_lanes, kdf_salt, key_by_password, key_by_recovery,
             secrets_key, seen, page_salt, page_check)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
        params![
            developer.id.as_str(),
            developer.email.as_str(),
            developer.email.key(),
            developer.full_name,
            developer.role.as_str(),
            developer.state.as_str(),
            developer.created_at.0,
            by_password.cost.memory_kib,
            by_password.cost.passes,
            by_password.cost.lanes,
            by_password.salt.0,
            by_password.sealed,
            keys.by_recovery,
            keys.secrets_key,
            keys.seen,
            by_password.page.salt.0,
            by_password.page.check,
        ],
    )?;
    must_change_one(changed)
}

/// By name, removed ones included.
fn members(db: &Connection) -> Result<Vec<Member>, StoreError> {
    let mut query = db.prepare_cached(&format!(
        "SELECT {MEMBER_COLUMNS} FROM developers ORDER BY full_name COLLATE NOCASE, id"
    ))?;
    let mut rows = query.query([])?;
    let mut members = Vec::new();
    while let Some(row) = rows.next()? {
        members.push(member(row)?);
    }
    Ok(members)
}

const MEMBER_COLUMNS: &str =
    "id, full_name, email, role, state, created_at, last_sign_in_at, must_change_password";

/// `NotFound` for a developer who was removed.
pub(in crate::store) fn read_member(
    db: &Connection,
    id: &DeveloperId,
) -> Result<Member, StoreError> {
    let mut query = db.prepare_cached(&format!(
        "SELECT {MEMBER_COLUMNS} FROM developers WHERE id = ?1 AND state <> 'removed'"
    ))?;
    let mut rows = query.query([id.as_str()])?;
    let row = rows.next()?.ok_or(StoreError::NotFound("This developer"))?;
    member(row)
}

/// Removed ones too.
pub(in crate::store) fn read_anyone(
    db: &Connection,
    id: &DeveloperId,
) -> Result<Developer, StoreError> {
    let mut query = db.prepare_cached(&format!(
        "SELECT {MEMBER_COLUMNS} FROM developers WHERE id = ?1"
    ))?;
    let mut rows = query.query([id.as_str()])?;
    let row = rows.next()?.ok_or(StoreError::NotFound("This developer"))?;
    Ok(member(row)?.developer)
}

fn member(row: &Row<'_>) -> Result<Member, StoreError> {
    let role: String = row.get(3)?;
    let state: String = row.get(4)?;
    let developer = Developer {
        id: DeveloperId::from_stored(row.get::<_, String>(0)?),
        full_name: row.get(1)?,
        email: EmailAddress::from_stored(row.get::<_, String>(2)?),
        role: role_from(&role)?,
        state: MemberState::from_stored(&state)
            .ok_or_else(|| StoreError::Corrupt(format!("unknown state “{state}”")))?,
        created_at: UnixMs(row.get(5)?),
    };
    Ok(Member {
        developer,
        last_sign_in_at: row.get::<_, Option<i64>>(6)?.map(UnixMs),
        must_change_password: row.get(7)?,
    })
}

pub(in crate::store) fn role_from(stored: &str) -> Result<Role, StoreError> {
    Role::from_stored(stored).ok_or_else(|| StoreError::Corrupt(format!("unknown role “{stored}”")))
}

/// The name of a developer in the history, with the address, because names are not unique.
pub(in crate::store) fn subject_of(developer: &Developer) -> String {
    format!("{} <{}>", developer.full_name, developer.email.as_str())
}
