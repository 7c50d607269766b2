//! Managing developers, for active Developer Admins only. At least one active Developer Admin
//! always remains.

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::store::{
    StoreError, Workspace,
    file::stage::organization,
    history::{Actor, Record, record},
    oauth::{clients::mint_developer, sessions::end_sessions_of},
    people::{
        developers::{insert, must_be_strong, read_member, subject_of},
        throttle::forget_attempts,
        wrapped_keys::NewKeys,
    },
    require_admin,
};
use crate::{
    domain::{
        history::{Change, What},
        id::DeveloperId,
        people::{
            developer::{Developer, Member, MemberState, NAME_MAX, Role},
            email::EmailAddress,
        },
        secret::Secret,
        text,
        time::UnixMs,
    },
    vault,
};

impl Workspace {
    pub fn rename_organization(&mut self, name: &str, now: UnixMs) -> Result<(), StoreError> {
        self.change(now, |step, actor, _| {
            require_admin(step, actor.who)?;
            let name = proper_name(name)?;
            let before = organization(step)?.unwrap_or_default();
            if before == name {
                return Ok(());
            }
            step.execute("UPDATE organization SET name = ?1", [&name])?;
            let written = Record {
                app: None,
                subject: &name,
                what: What::OrganizationRenamed,
                changes: vec![Change::new("Name", Some(before), Some(&name))],
            };
            record(step, actor, &written)
        })
    }

    /// Adds a developer, who signs in with this password and then has to choose another one. Nobody
    /// learns their recovery key: they get a new one at their first sign-in.
    pub fn add_developer(
        &mut self,
        full_name: &str,
        email: &EmailAddress,
        role: Role,
        password: &Secret,
        now: UnixMs,
    ) -> Result<Member, StoreError> {
        // Checked again inside the transaction. These checks save the slow derivation.
        require_admin(&self.db, &self.unlocked()?.who)?;
        must_be_free(&self.db, email)?;
        let mut rng = vault::os_random()?;
        let developer = Developer {
            id: mint_developer(&self.db, &mut rng)?,
            full_name: proper_name(full_name)?,
            email: email.clone(),
            role,
            state: MemberState::Active,
            created_at: now,
        };
        must_be_strong(&self.db, &developer, password)?;
        let keys = self.keys_for(&developer.id, password)?;
        self.change(now, |step, actor, _| {
            require_admin(step, actor.who)?;
            must_be_free(step, email)?;
            insert(step, &developer, &keys)?;
            step.execute(
                "UPDATE developers SET must_change_password = 1 WHERE id = ?1",
                [developer.id.as_str()],
            )?;
            forget_attempts(step, email.as_str())?;
            let role = Change::new("Role", None::<String>, Some(role.label()));
            write_down(step, actor, &developer, What::DeveloperAdded, vec![role])?;
            read_member(step, &developer.id)
        })
    }

    pub fn set_role(
        &mut self,
        id: &DeveloperId,
        role: Role,
        now: UnixMs,
    ) -> Result<Member, StoreError> {
        self.change(now, |step, actor, _| {
            require_admin(step, actor.who)?;
            let before = read_member(step, id)?.developer;
            if before.role != role {
                must_not_be_last_admin(step, &before)?;
                step.execute(
                    "UPDATE developers SET role = ?2 WHERE id = ?1",
                    [id.as_str(), role.as_str()],
                )?;
                let change = Change::new("Role", Some(before.role.label()), Some(role.label()));
                write_down(step, actor, &before, What::RoleChanged, vec![change])?;
            }
            read_member(step, id)
        })
    }

    /// Sets a new password for a developer who lost theirs, and ends their recovery key. Where they
    /// are signed in, they have to choose a password before they can do anything.
    pub fn reset_password(
        &mut self,
        id: &DeveloperId,
        password: &Secret,
        now: UnixMs,
    ) -> Result<Member, StoreError> {
        // Checked again inside the transaction. This check saves the slow derivation.
        require_admin(&self.db, &self.unlocked()?.who)?;
        must_be_strong(&self.db, &read_member(&self.db, id)?.developer, password)?;
        let keys = self.keys_for(id, password)?;
        let member = self.change(now, |step, actor, _| {
            require_admin(step, actor.who)?;
            // Somebody at an open console must not be able to take over the account.
            must_be_another(
                actor,
                id,
                "Your own password you change yourself, with the one you have.",
            )?;
            let member = read_member(step, id)?;
            step.execute(
                "UPDATE developers SET key_by_recovery = ?2, recovery_confirmed = 0,
                     must_change_password = 1
                 WHERE id = ?1",
                params![id.as_str(), keys.by_recovery],
            )?;
            keys.by_password.write(step, id)?;
            forget_attempts(step, member.developer.email.as_str())?;
            end_sessions_of(step, id, actor.now)?;
            let what = What::PasswordReset;
            write_down(step, actor, &member.developer, what, Vec::new())?;
            read_member(step, id)
        })?;
        self.fold_log_away();
        Ok(member)
    }

    /// A disabled developer cannot sign in; where they are signed in, their access ends.
    pub fn set_enabled(
        &mut self,
        id: &DeveloperId,
        enabled: bool,
        now: UnixMs,
    ) -> Result<Member, StoreError> {
        self.change(now, |step, actor, _| {
            require_admin(step, actor.who)?;
            let before = read_member(step, id)?.developer;
            if before.is_active() != enabled {
                let (state, what) = if enabled {
                    (MemberState::Active, What::DeveloperEnabled)
                } else {
                    must_be_another(actor, id, "You cannot disable yourself.")?;
                    must_not_be_last_admin(step, &before)?;
                    (MemberState::Disabled, What::DeveloperDisabled)
                };
                step.execute(
                    "UPDATE developers SET state = ?2 WHERE id = ?1",
                    [id.as_str(), state.as_str()],
                )?;
                write_down(step, actor, &before, what, Vec::new())?;
            }
            read_member(step, id)
        })
    }

    /// Permanent. Their apps stay, and so does their row, because the history refers to it. Their
    /// copies of the workspace key and their drafts are deleted, and their address is free again.
    pub fn remove_developer(&mut self, id: &DeveloperId, now: UnixMs) -> Result<(), StoreError> {
        self.change(now, |step, actor, _| {
            require_admin(step, actor.who)?;
            must_be_another(actor, id, "You cannot remove yourself.")?;
            let before = read_member(step, id)?.developer;
            must_not_be_last_admin(step, &before)?;
            // Every address has an @, so this key matches nobody.
            step.execute(
                "UPDATE developers SET state = 'removed', email_key = 'removed ' || id,
                     kdf_salt = x'', key_by_password = x'', key_by_recovery = x'',
                     recovery_confirmed = 0, must_change_password = 0
                 WHERE id = ?1",
                [id.as_str()],
            )?;
            for sql in [
                "DELETE FROM drafts WHERE owner = ?1",
                "DELETE FROM favourites WHERE developer_id = ?1",
                "DELETE FROM views WHERE developer_id = ?1",
            ] {
                step.execute(sql, [id.as_str()])?;
            }
            // Tokens of a removed developer cannot be used or read.
            step.execute(
                "UPDATE jwt_credentials SET revoked_at = ?2, sealed = NULL
                 WHERE owner = ?1 AND revoked_at IS NULL",
                params![id.as_str(), actor.now.0],
            )?;
            end_sessions_of(step, id, actor.now)?;
            write_down(step, actor, &before, What::DeveloperRemoved, Vec::new())
        })?;
        self.fold_log_away();
        Ok(())
    }

    fn keys_for(&self, id: &DeveloperId, password: &Secret) -> Result<NewKeys, StoreError> {
        let key = &self.unlocked()?.key;
        let (keys, _) = NewKeys::make(key, id, password, self.cost, &mut vault::os_random()?)?;
        Ok(keys)
    }
}

fn write_down(
    step: &Connection,
    actor: Actor<'_>,
    developer: &Developer,
    what: What,
    changes: Vec<Change>,
) -> Result<(), StoreError> {
    let written = Record {
        app: None,
        subject: &subject_of(developer),
        what,
        changes,
    };
    record(step, actor, &written)
}

fn proper_name(name: &str) -> Result<String, StoreError> {
    let name = text::one_line(name).trim().to_owned();
    if name.is_empty() {
        return Err(StoreError::Conflict("Give a name.".to_owned()));
    }
    if text::char_count(&name) > NAME_MAX {
        return Err(StoreError::Conflict(format!(
            "Shorten the name to {NAME_MAX} characters."
        )));
    }
    Ok(name)
}

fn must_be_another(actor: Actor<'_>, id: &DeveloperId, otherwise: &str) -> Result<(), StoreError> {
    if actor.who == id {
        return Err(StoreError::Conflict(otherwise.to_owned()));
    }
    Ok(())
}

fn must_be_free(db: &Connection, email: &EmailAddress) -> Result<(), StoreError> {
    let owner: Option<String> = db
        .query_row(
            "SELECT full_name FROM developers WHERE email_key = ?1",
            [email.key()],
            |row| row.get(0),
        )
        .optional()?;
    match owner {
        None => Ok(()),
        Some(name) => Err(StoreError::Conflict(format!(
            "This e-mail address is taken: it is {name}'s."
        ))),
    }
}

/// Call this before an active Developer Admin stops being one.
fn must_not_be_last_admin(step: &Connection, developer: &Developer) -> Result<(), StoreError> {
    if !developer.is_active_admin() || other_active_admin(step, &developer.id)? {
        return Ok(());
    }
    Err(StoreError::Conflict(
        "This is the last active Developer Admin. Make somebody else one first.".to_owned(),
    ))
}

pub(in crate::store) fn other_active_admin(
    step: &Connection,
    than: &DeveloperId,
) -> Result<bool, StoreError> {
    Ok(step.query_row(
        "SELECT EXISTS (SELECT 1 FROM developers
             WHERE role = 'developer_admin' AND state = 'active' AND id <> ?1)",
        [than.as_str()],
        |row| row.get(0),
    )?)
}
