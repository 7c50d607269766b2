//! The state of an open workspace for the signed-in developer: their keys, the roster as verified,
//! and the secrets key if their role may see secrets.

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::{
    StoreError,
    people::identity::{StoredKeys, seen_of},
    roster::{End, Seat, Verified},
    seen::Seen,
};
use crate::{
    domain::{history::Broken, id::DeveloperId, progress::Progress, time::UnixMs},
    vault::{Identity, Link, MemberKeys, SecretsKey},
};

pub(super) struct Unlocked {
    pub(super) who: DeveloperId,
    pub(super) identity: Identity,
    pub(super) keys: MemberKeys,
    pub(super) verified: Verified,
    secrets: Option<SecretsKey>,
    /// The last row that this console verified or wrote.
    last: (i64, Link),
    /// The end of the history that this console wrote last.
    written: Option<End>,
    /// The first thing that was tampered with, for a warning to the developer.
    pub(super) broken: Option<Broken>,
    /// A statement or the end does not hold: nothing is sealed or changed.
    is_read_only: bool,
}

/// The developer who changes something, their keys, and the time.
#[derive(Clone, Copy)]
pub(super) struct Actor<'a> {
    pub(super) who: &'a DeveloperId,
    pub(super) vault: &'a Unlocked,
    pub(super) now: UnixMs,
    /// Receives the progress of a long operation.
    pub(super) report: &'a dyn Fn(Progress),
}

impl<'a> Actor<'a> {
    /// The key that seals secrets. An Audit-user has none.
    pub(super) fn secrets(self) -> Result<&'a SecretsKey, StoreError> {
        self.vault.secrets()
    }
}

impl Unlocked {
    /// After a sign-up: everything was just made here.
    pub(super) fn founded(
        who: DeveloperId,
        identity: Identity,
        verified: Verified,
        secrets: SecretsKey,
    ) -> Self {
        Self {
            who,
            keys: identity.keys(),
            identity,
            last: (verified.seq, verified.link),
            written: None,
            verified,
            secrets: Some(secrets),
            broken: None,
            is_read_only: false,
        }
    }

    /// Verifies what is new in the history since the developer's last sign-in, and takes the
    /// secrets key. What does not hold is kept in `broken`.
    pub(super) fn enter(
        db: &Connection,
        stored: &StoredKeys,
        identity: Identity,
    ) -> Result<Self, StoreError> {
        let mut unlocked = Self {
            who: stored.who.clone(),
            keys: identity.keys(),
            identity,
            verified: Verified::default(),
            last: (0, Link::default()),
            written: None,
            secrets: None,
            broken: None,
            is_read_only: false,
        };
        let _snapshot = snapshot(db)?;
        match unlocked.start(db, stored)? {
            Ok(verified) => {
                unlocked.last = (verified.seq, verified.link);
                unlocked.verified = verified;
                unlocked.verify(db)?;
            }
            Err(broken) => unlocked.breaks(broken),
        }
        unlocked.must_be_stated(db)?;
        Ok(unlocked)
    }

    /// The beginning of the history is no secret: keys that fit it prove nothing.
    fn must_be_stated(&self, db: &Connection) -> Result<(), StoreError> {
        let mut all = Verified::default();
        let verified = if self.is_read_only {
            all.follow(db)?;
            &all
        } else {
            &self.verified
        };
        let is_ours = verified.roster.origin() == Some(&self.identity.origin);
        if is_ours && verified.roster.seat(&self.who).is_none() {
            return Err(StoreError::AccessEnded);
        }
        Ok(())
    }

    /// The start of verifying: after the last row that the developer has seen.
    fn start(
        &self,
        db: &Connection,
        stored: &StoredKeys,
    ) -> Result<Result<Verified, Broken>, StoreError> {
        let sealed = stored.seen.as_deref().unwrap_or_default();
        let opened = self.keys.open_seen(sealed, &seen_of(&[self.who.as_str()]));
        let Some(seen) = opened.ok().and_then(|bytes| Seen::read(&bytes)) else {
            return Ok(Err(Broken::Seen));
        };
        let verified = match Verified::up_to(db, seen.seq, seen.link)? {
            Ok(verified) => verified,
            Err(broken) => return Ok(Err(broken)),
        };
        if verified.roster.digest() != seen.roster {
            return Ok(Err(Broken::At(seen.seq)));
        }
        Ok(Ok(verified))
    }

    /// Takes what others wrote since the last transaction: a role or state that ended acts at once,
    /// and a new secrets key is unwrapped.
    /// Refused if the developer's own role or state in the file is not the signed one, or if their
    /// keys were replaced.
    pub(super) fn follow(&mut self, db: &Connection) -> Result<(), StoreError> {
        self.take_news(db)?;
        self.must_be_as_signed(db)
    }

    pub(super) fn take_news(&mut self, db: &Connection) -> Result<(), StoreError> {
        let _snapshot = snapshot(db)?;
        let has_news: bool = db
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM history WHERE statement IS NOT NULL AND seq > ?1)",
            )?
            .query_row([self.verified.seq], |row| row.get(0))?;
        if self.is_read_only {
            return Ok(());
        }
        if has_news {
            return self.verify(db);
        }
        if let Some(broken) = self
            .verified
            .check_top(db, self.last, self.written.as_ref())?
        {
            self.stops(broken);
        }
        Ok(())
    }

    pub(super) fn must_be_as_signed(&self, db: &Connection) -> Result<(), StoreError> {
        if self.is_read_only {
            return Ok(());
        }
        // Only a row that was written into the file by hand has no seat.
        let seat = self.seat().ok_or(StoreError::AccessEnded)?;
        let is_as_signed = db
            .prepare_cached("SELECT role = ?2 AND state = ?3 FROM developers WHERE id = ?1")?
            .query_row(
                [seat.id.as_str(), seat.role.as_str(), seat.state.as_str()],
                |row| row.get(0),
            )
            .optional()?;
        if is_as_signed != Some(true) {
            return Err(StoreError::Tampered(Broken::Developer(seat.name.clone())));
        }
        if self.has_current_keys() {
            return Ok(());
        }
        if !seat.own {
            return Err(StoreError::MustChangePassword);
        }
        Err(replaced_elsewhere())
    }

    fn has_current_keys(&self) -> bool {
        let signed = self.seat().and_then(Seat::keys);
        signed == Some(self.keys.public())
    }

    /// The identity that the developer's password opened just now: an administrator may have reset
    /// it since the sign-in.
    pub(super) fn take_proven(
        &mut self,
        db: &Connection,
        identity: Identity,
    ) -> Result<(), StoreError> {
        self.take_news(db)?;
        if identity.origin != self.identity.origin {
            return Err(StoreError::Tampered(Broken::Replaced));
        }
        self.take_identity(db, identity)?;
        if self.has_current_keys() {
            return Ok(());
        }
        Err(replaced_elsewhere())
    }

    /// Verifies all rows since the last check.
    pub(super) fn verify(&mut self, db: &Connection) -> Result<(), StoreError> {
        let _snapshot = snapshot(db)?;
        let followed = self.verified.follow(db)?;
        if self.verified.roster.origin() != Some(&self.identity.origin) {
            self.breaks(Broken::Replaced);
            return Ok(());
        }
        if let Some(broken) = followed.first {
            self.is_read_only |= followed.is_lasting;
            self.broken.get_or_insert(broken);
        }
        if !self.is_read_only {
            if let Some(broken) = self
                .verified
                .check_top(db, self.last, self.written.as_ref())?
            {
                self.stops(broken);
                return Ok(());
            }
            self.last = (self.verified.seq, self.verified.link);
            if let Some(differing) = self.verified.differing(db)? {
                self.broken.get_or_insert(differing);
            }
            self.take_secrets(db)?;
        }
        Ok(())
    }

    fn breaks(&mut self, broken: Broken) {
        self.stops(broken);
        self.secrets = None;
    }

    /// Open data can still be read.
    fn stops(&mut self, broken: Broken) {
        self.broken = Some(broken);
        self.is_read_only = true;
    }

    /// Unwraps the current secrets key, if it differs from the one in memory.
    fn take_secrets(&mut self, db: &Connection) -> Result<(), StoreError> {
        let may_see = self.seat().is_some_and(|seat| seat.holds_secrets());
        let current = self.verified.roster.secrets_key().filter(|_| may_see);
        let Some(current) = current else {
            self.secrets = None;
            return Ok(());
        };
        if self.secrets.as_ref().map(SecretsKey::check) == Some(current.check.0) {
            return Ok(());
        }
        self.secrets = None;
        if !self.has_current_keys() {
            return Ok(());
        }
        let wrapped: Option<Vec<u8>> = db
            .query_row(
                "SELECT secrets_key FROM developers WHERE id = ?1",
                [self.who.as_str()],
                |row| row.get(0),
            )
            .optional()?
            .flatten();
        let who = self.who.as_str();
        let unwrapped = wrapped.map(|wrapped| {
            SecretsKey::unwrap(
                &wrapped,
                &self.keys,
                &self.identity.origin,
                who,
                current.epoch,
            )
        });
        match unwrapped {
            // A planted key opens, but its check value is not signed.
            Some(Ok(key)) if key.check() == current.check.0 => self.secrets = Some(key),
            _ => {
                let name = self.seat().map_or("", |seat| &seat.name).to_owned();
                self.broken.get_or_insert(Broken::SecretsKey(name));
            }
        }
        Ok(())
    }

    pub(super) fn secrets(&self) -> Result<&SecretsKey, StoreError> {
        self.secrets
            .as_ref()
            .ok_or_else(|| StoreError::NotAllowed("Your role cannot see secrets.".to_owned()))
    }

    /// The developer as signed.
    pub(super) fn seat(&self) -> Option<&Seat> {
        self.verified.roster.seat(&self.who)
    }

    pub(super) fn actor(&self, now: UnixMs) -> Actor<'_> {
        Actor {
            who: &self.who,
            vault: self,
            now,
            report: &|_| {},
        }
    }

    /// The last row of a transaction of this console, once that is committed.
    pub(super) fn wrote(&mut self, last: (i64, Link), end: Option<End>) {
        self.last = last;
        self.written = end;
    }

    /// The last row that this console verified or wrote, if it could verify any.
    pub(super) fn known(&self) -> Option<(i64, Link)> {
        (self.last.0 != 0).then_some(self.last)
    }

    /// Checks what this transaction wrote: an invalid statement would block every console.
    pub(super) fn must_believe(&self, step: &Connection) -> Result<(), StoreError> {
        let followed = self.verified.clone().follow(step)?;
        match followed.first {
            Some(broken) if followed.is_lasting => Err(StoreError::Tampered(broken)),
            _ => Ok(()),
        }
    }

    /// Nothing is sealed or changed on top of a history that does not hold.
    pub(super) fn must_hold(&self) -> Result<(), StoreError> {
        match &self.broken {
            Some(broken) if self.is_read_only => Err(StoreError::Tampered(broken.clone())),
            _ => Ok(()),
        }
    }

    /// The columns of `developers` are a copy of what was signed: where they differ, the signed
    /// values count, and the difference is named.
    pub(super) fn restate_columns(&self, step: &Connection) -> Result<(), StoreError> {
        if self.is_read_only {
            return Ok(());
        }
        // Apart, because two developers may have been given each other's.
        for seat in self.verified.roster.seats() {
            step.execute(
                "UPDATE developers SET email_key = 'restated ' || id
                 WHERE id = ?1 AND email_key <> ?2",
                params![seat.id.as_str(), seat.email_key()],
            )?;
        }
        for seat in self.verified.roster.seats() {
            step.execute(
                "UPDATE developers SET role = ?2, state = ?3, full_name = ?4, email = ?5,
                     email_key = ?6
                 WHERE id = ?1 AND (role <> ?2 OR state <> ?3 OR full_name <> ?4 OR email <> ?5
                     OR email_key <> ?6)",
                params![
                    seat.id.as_str(),
                    seat.role.as_str(),
                    seat.state.as_str(),
                    seat.name,
                    seat.email,
                    seat.email_key()
                ],
            )?;
        }
        Ok(())
    }

    /// After the developer's keys were replaced.
    pub(super) fn take_identity(
        &mut self,
        db: &Connection,
        identity: Identity,
    ) -> Result<(), StoreError> {
        self.keys = identity.keys();
        self.identity = identity;
        if !self.is_read_only {
            self.take_secrets(db)?;
        }
        Ok(())
    }

    /// Seals how far the developer has verified the history. It only ever moves on.
    pub(super) fn keep_seen(&self, step: &Connection) -> Result<(), StoreError> {
        // After their keys were replaced, only the new ones open it at the next sign-in.
        if self.is_read_only || !self.has_current_keys() {
            return Ok(());
        }
        let sealed = self.keys.seal_seen(
            &Seen::of(&self.verified).bytes(),
            &mut crate::vault::os_random()?,
            &seen_of(&[self.who.as_str()]),
        )?;
        step.execute(
            "UPDATE developers SET seen = ?2 WHERE id = ?1",
            params![self.who.as_str(), sealed],
        )?;
        Ok(())
    }
}

/// The rows and the end belong together: another console may write between two queries.
fn snapshot(db: &Connection) -> rusqlite::Result<Option<Transaction<'_>>> {
    db.is_autocommit()
        .then(|| db.unchecked_transaction())
        .transpose()
}

pub(super) fn replaced_elsewhere() -> StoreError {
    StoreError::Conflict(
        "Your password or recovery key was changed elsewhere. Sign in again.".to_owned(),
    )
}
