//! Managing developers, for active Developer Admins only. At least one active Developer Admin
//! always remains.

use rand::rngs::StdRng;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::store::{
    StoreError, Workspace,
    file::stage::organization,
    history::{Record, record, record_statement},
    must_change_one, none_left,
    oauth::{clients::mint_developer, sessions::end_sessions_of},
    people::{
        developers::{NewKeys, insert, must_be_strong, read_member, wrapped_for},
        identity::Prepared,
        rekey::replace_secrets_key,
        throttle::forget_attempts,
    },
    require_admin,
    roster::{Seat, StatedKey, Statement},
    unlocked::Actor,
};
use crate::{
    domain::{
        history::{Change, What},
        id::DeveloperId,
        oauth::credential::RecoveryKey,
        people::{
            developer::{Developer, Member, MemberState, NAME_MAX, Role},
            email::EmailAddress,
        },
        secret::Secret,
        text,
        time::UnixMs,
    },
    vault::{self, Identity, SecretsKey},
};

/// How a developer comes into the organization.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Admitted {
    /// With a first password, which an administrator has seen.
    MustChoosePassword,
    /// In a workspace in memory, at the login page and with tokens. No console opens it, so the
    /// signed history may still say that they must choose a password.
    HasSignedIn,
}

impl Workspace {
    pub fn rename_organization(&mut self, name: &str, now: UnixMs) -> Result<(), StoreError> {
        self.change(now, |step, actor, _| {
            require_admin(step, actor.who)?;
            let name = proper_name(name)?;
            let before = organization(step)?.unwrap_or_default();
            if before == name {
                return Ok(());
            }
            let changed = step.execute("UPDATE organization SET name = ?1", [&name])?;
            must_change_one(changed)?;
            let written = Record {
                app: None,
                subject: &name,
                what: What::OrganizationRenamed,
                changes: vec![Change::new("Name", Some(before), Some(&name))],
            };
            record(step, actor, &written)
        })
    }

    /// Adds a developer, who signs in with this password and then must choose another one. Their
    /// recovery key is never shown: they get a new one at their first sign-in.
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
        let prepared = Prepared::make(password, self.cost, &mut rng)?;
        self.admit(&developer, &prepared, Admitted::MustChoosePassword)
    }

    pub(in crate::store) fn admit(
        &mut self,
        developer: &Developer,
        prepared: &Prepared,
        admitted: Admitted,
    ) -> Result<Member, StoreError> {
        let has_signed_in = admitted == Admitted::HasSignedIn;
        self.change_people(developer.created_at, |step, actor, rng| {
            require_admin(step, actor.who)?;
            must_be_free(step, &developer.email)?;
            let identity = Identity::mint(actor.vault.identity.origin, rng);
            let seat = Seat::of(developer, &identity.keys().public(), false);
            // Never shown: they get another one at their first sign-in.
            let recovery = RecoveryKey::mint(rng);
            let keys = NewKeys::make(actor.vault, &seat, &identity, prepared, &recovery, rng)?;
            insert(step, developer, &keys)?;
            let changed = step.execute(
                "UPDATE developers SET must_change_password = ?2, last_sign_in_at = ?3
                 WHERE id = ?1",
                params![
                    developer.id.as_str(),
                    !has_signed_in,
                    has_signed_in.then_some(developer.created_at.0)
                ],
            )?;
            must_change_one(changed)?;
            forget_attempts(step, developer.email.as_str())?;
            let role = Change::new("Role", None::<String>, Some(developer.role.label()));
            state(step, actor, What::DeveloperAdded, vec![role], seat, rng)?;
            read_member(step, &developer.id)
        })
    }

    pub fn set_role(
        &mut self,
        id: &DeveloperId,
        role: Role,
        now: UnixMs,
    ) -> Result<Member, StoreError> {
        self.change_people(now, |step, actor, rng| {
            require_admin(step, actor.who)?;
            let before = read_member(step, id)?.developer;
            if before.role != role {
                must_not_be_last_admin(actor, &before)?;
                let changed = step.execute(
                    "UPDATE developers SET role = ?2 WHERE id = ?1",
                    [id.as_str(), role.as_str()],
                )?;
                must_change_one(changed)?;
                let change = Change::new("Role", Some(before.role.label()), Some(role.label()));
                let seat = Seat {
                    role,
                    ..signed(actor, id)?
                };
                state(step, actor, What::RoleChanged, vec![change], seat, rng)?;
            }
            read_member(step, id)
        })
    }

    /// Sets a new password for a developer who lost theirs, and ends their recovery key. Where they
    /// are signed in, they must choose a password before they can do anything.
    pub fn reset_password(
        &mut self,
        id: &DeveloperId,
        password: &Secret,
        now: UnixMs,
    ) -> Result<Member, StoreError> {
        // Checked again inside the transaction. This check saves the slow derivation.
        require_admin(&self.db, &self.unlocked()?.who)?;
        must_be_strong(&self.db, &read_member(&self.db, id)?.developer, password)?;
        let prepared = Prepared::make(password, self.cost, &mut vault::os_random()?)?;
        let member = self.change_people(now, |step, actor, rng| {
            require_admin(step, actor.who)?;
            // Another person at an open console must not be able to take over the account.
            must_be_another(
                actor,
                id,
                "You cannot reset your own password. Change it instead.",
            )?;
            let member = read_member(step, id)?;
            let identity = Identity::mint(actor.vault.identity.origin, rng);
            let seat = signed(actor, id)?.with_keys(&identity.keys().public(), false);
            let recovery = RecoveryKey::mint(rng);
            let keys = NewKeys::make(actor.vault, &seat, &identity, &prepared, &recovery, rng)?;
            keys.write(step, id)?;
            let changed = step.execute(
                "UPDATE developers SET must_change_password = 1 WHERE id = ?1",
                [id.as_str()],
            )?;
            must_change_one(changed)?;
            step.execute("DELETE FROM joining WHERE developer = ?1", [id.as_str()])?;
            forget_attempts(step, member.developer.email.as_str())?;
            end_sessions_of(step, id, actor.now)?;
            state(step, actor, What::PasswordReset, Vec::new(), seat, rng)?;
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
        self.change_people(now, |step, actor, rng| {
            require_admin(step, actor.who)?;
            let before = read_member(step, id)?.developer;
            if before.is_active() != enabled {
                let (new, what) = if enabled {
                    (MemberState::Active, What::DeveloperEnabled)
                } else {
                    must_be_another(actor, id, "You cannot disable yourself.")?;
                    must_not_be_last_admin(actor, &before)?;
                    (MemberState::Disabled, What::DeveloperDisabled)
                };
                let changed = step.execute(
                    "UPDATE developers SET state = ?2 WHERE id = ?1",
                    [id.as_str(), new.as_str()],
                )?;
                must_change_one(changed)?;
                let seat = Seat {
                    state: new,
                    ..signed(actor, id)?
                };
                state(step, actor, what, Vec::new(), seat, rng)?;
            }
            read_member(step, id)
        })
    }

    /// Permanent. Their apps stay, and so does their row, because the history refers to it. Their
    /// keys and their drafts are deleted, and their address is free again.
    pub fn remove_developer(&mut self, id: &DeveloperId, now: UnixMs) -> Result<(), StoreError> {
        self.change_people(now, |step, actor, rng| {
            require_admin(step, actor.who)?;
            must_be_another(actor, id, "You cannot remove yourself.")?;
            let before = read_member(step, id)?.developer;
            must_not_be_last_admin(actor, &before)?;
            let seat = Seat {
                state: MemberState::Removed,
                ..signed(actor, id)?
            };
            let changed = step.execute(
                "UPDATE developers SET state = 'removed', email_key = ?2,
                     kdf_salt = x'', key_by_password = x'', key_by_recovery = x'',
                     recovery_confirmed = 0, must_change_password = 0, seen = NULL,
                     page_salt = NULL, page_check = NULL
                 WHERE id = ?1",
                [id.as_str(), &seat.email_key()],
            )?;
            must_change_one(changed)?;
            for theirs in [
                "joining WHERE developer = ?1",
                "drafts WHERE owner = ?1",
                "favourites WHERE developer_id = ?1",
                "views WHERE developer_id = ?1",
            ] {
                step.execute(&format!("DELETE FROM {theirs}"), [id.as_str()])?;
                none_left(step, theirs, [id.as_str()])?;
            }
            // Tokens of a removed developer cannot be used or read.
            step.execute(
                "UPDATE jwt_credentials SET revoked_at = ?2, sealed = NULL
                 WHERE owner = ?1 AND revoked_at IS NULL",
                params![id.as_str(), actor.now.0],
            )?;
            let left = "jwt_credentials WHERE owner = ?1 AND revoked_at IS NULL";
            none_left(step, left, [id.as_str()])?;
            end_sessions_of(step, id, actor.now)?;
            state(step, actor, What::DeveloperRemoved, Vec::new(), seat, rng)
        })?;
        self.fold_log_away();
        Ok(())
    }
}

/// The developer as signed.
fn signed(actor: Actor<'_>, id: &DeveloperId) -> Result<Seat, StoreError> {
    let seat = actor.vault.verified.roster.seat(id);
    seat.cloned().ok_or(StoreError::NotFound("This developer"))
}

/// Signs the new role or state of a developer. A developer who loses the right to the secrets key
/// cannot open what is sealed later; for one who gets the right, the key is wrapped.
fn state(
    step: &Connection,
    actor: Actor<'_>,
    what: What,
    mut changes: Vec<Change>,
    seat: Seat,
    rng: &mut StdRng,
) -> Result<(), StoreError> {
    let roster = &actor.vault.verified.roster;
    let before = roster.seat(&seat.id);
    let held = before.filter(|before| before.holds_secrets());
    let loses = held.is_some_and(|held| !seat.holds_secrets() || held.keys() != seat.keys());
    let subject = format!("{} <{}>", seat.name, seat.email);
    let mut statement = Statement {
        members: vec![seat],
        secrets_key: None,
        introduced: None,
    };
    if loses {
        let next = SecretsKey::mint(roster.epoch() + 1, rng);
        statement.secrets_key = Some(StatedKey::of(&next));
        let after = roster.after(&statement);
        changes.extend(replace_secrets_key(step, actor, &after, &next, rng)?);
    } else if let Some(seat) = statement.members.first() {
        let origin = &actor.vault.identity.origin;
        let wrapped = wrapped_for(Some(actor.secrets()?), seat, origin, rng);
        let changed = step.execute(
            "UPDATE developers SET secrets_key = ?2 WHERE id = ?1",
            params![seat.id.as_str(), wrapped],
        )?;
        must_change_one(changed)?;
    }
    let written = Record {
        app: None,
        subject: &subject,
        what,
        changes,
    };
    record_statement(step, actor.into(), &written, &statement).map(|_| ())
}

pub(in crate::store) fn proper_name(name: &str) -> Result<String, StoreError> {
    let name = text::one_line(name).trim().to_owned();
    if name.is_empty() {
        return Err(StoreError::Conflict("Enter a name.".to_owned()));
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
            "This e-mail address is already used by {name}."
        ))),
    }
}

/// Call this before an active Developer Admin stops being one.
fn must_not_be_last_admin(actor: Actor<'_>, developer: &Developer) -> Result<(), StoreError> {
    let seats = actor.vault.verified.roster.seats();
    let others = seats.filter(|seat| seat.id != developer.id && seat.is_active_admin());
    let others: Vec<&Seat> = others.collect();
    if !developer.is_active_admin() || others.iter().any(|seat| seat.is_admin_with_keys()) {
        return Ok(());
    }
    let why = if others.is_empty() {
        "This is the last active Developer Admin. Give another developer this role first."
    } else {
        "The other Developer Admins must sign in once after the upgrade first."
    };
    Err(StoreError::Conflict(why.to_owned()))
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
