//! The organization and its developers. `sign_in` checks who they are.

use rusqlite::{Connection, Row, params};

use crate::store::{
    StoreError, Unlocked, Workspace, current_role,
    file::stage::{Stage, organization, stage_of},
    people::{
        approvals,
        wrapped_keys::{ByPassword, NewKeys},
    },
};
use crate::{
    domain::{
        id::DeveloperId,
        oauth::credential::RecoveryKey,
        people::{
            developer::{Developer, Member, MemberState, Role, Session, Team},
            email::EmailAddress,
            password::Owner,
        },
        secret::Secret,
        time::UnixMs,
    },
    vault::{self, WorkspaceKey},
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

    /// Creates the workspace key. The recovery key is returned here once and not stored.
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
        let id = DeveloperId::mint(&mut rng);
        let key = WorkspaceKey::mint(&mut rng);
        let (keys, recovery) = NewKeys::make(&key, &id, &sign_up.password, self.cost, &mut rng)?;
        let step = self.write()?;
        must_be_first(&step)?;
        step.execute(
            "INSERT INTO organization (only_row, name, created_at) VALUES (1, ?1, ?2)",
            params![sign_up.organization, now.0],
        )?;
        let first = Developer {
            id: id.clone(),
            full_name: sign_up.full_name,
            email: sign_up.email,
            role: Role::DeveloperAdmin,
            state: MemberState::Active,
            created_at: now,
        };
        insert(&step, &first, &keys)?;
        step.execute("UPDATE developers SET last_sign_in_at = created_at", [])?;
        step.commit()?;
        let session = self.session(&id, None)?;
        self.unlocked = Some(Unlocked { key, who: id });
        Ok((session, recovery))
    }

    /// The organization and its developers.
    pub fn team(&self) -> Result<Team, StoreError> {
        current_role(&self.db, &self.unlocked()?.who)?;
        let mut members = members(&self.db)?;
        members.retain(|member| member.developer.state != MemberState::Removed);
        Ok(Team {
            organization: organization(&self.db)?.unwrap_or_default(),
            members,
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
        };
        session.waiting = approvals::may_decide(&step, &session)?;
        Ok(session)
    }
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

pub(in crate::store) fn insert(
    step: &Connection,
    developer: &Developer,
    keys: &NewKeys,
) -> Result<(), StoreError> {
    let ByPassword {
        cost,
        salt,
        wrapped,
    } = &keys.by_password;
    step.execute(
        "INSERT INTO developers (id, email, email_key, full_name, role, state, created_at,
             kdf_memory_kib, kdf_passes, kdf_lanes, kdf_salt, key_by_password, key_by_recovery)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        params![
            developer.id.as_str(),
            developer.email.as_str(),
            developer.email.key(),
            developer.full_name,
            developer.role.as_str(),
            developer.state.as_str(),
            developer.created_at.0,
            cost.memory_kib,
            cost.passes,
            cost.lanes,
            salt.0,
            wrapped,
            keys.by_recovery,
        ],
    )?;
    Ok(())
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
