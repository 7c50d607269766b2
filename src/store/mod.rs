//! The workspace: one SQLite file, one connection, one file of code for each group of tables.
//! Deliberately absent: an ORM, the clock (`now` is handed in), secrets in clear text.

mod apps;
mod clock;
mod error;
mod file;
mod history;
mod list;
mod oauth;
mod people;
mod roster;
mod seeding;
mod seen;
mod unlocked;

#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use rusqlite::{Connection, OptionalExtension as _, Params};

pub use apps::apply::{Applied, RegisteredApps};
pub use apps::change::Saved;
pub use apps::secrets::KeptSecret;
pub use error::{BackupError, OpenError, ProofError, SignInError, StoreError};
pub use file::backup::{BackedUp, Holds, back_up};
pub use file::inspect::{Inspected, inspect, known_format, sqlite_version};
pub use file::migrate::is_old_copy;
pub use file::open::{FILE_NAME, Opened};
pub use file::restore::{Replaced, Restore, Restored};
pub use file::revives::{Credential, Regains, Revived};
pub use file::serving::Serving;
pub use file::stage::Stage;
pub use history::HistoryQuery;
pub use list::window::AppQuery;
pub use oauth::clients::{JwtStanding, Person};
pub use oauth::sessions::{
    Access, Bearer, Block, CODE_LIFE_MS, CodeGrant, KnownCode, Lifetimes, NewSession, Refreshed,
    Renewal, Replay, Revoked, Terms, Tokens,
};
pub use people::developers::SignUp;
pub use people::keys::OwnKeys;
pub use people::sign_in::{HeldProof, Proof};
pub use roster::{SignedHistory, restated};
pub use seeding::{NewPerson, SeededApp, Seeding};

use self::{
    file::{locks::Presence, mark::Write, open::WRITE_WAIT, schema::Compared},
    list::index::ListIndex,
    people::readable::Listed,
    unlocked::Unlocked,
};
use crate::{
    domain::{
        id::DeveloperId,
        people::{
            developer::{MemberState, Role},
            permission,
        },
        progress::Progress,
    },
    vault::KdfCost,
};

/// Receives the progress of a long operation.
pub type Report = Arc<dyn Fn(Progress) + Send + Sync>;

/// An open workspace. It knows who is signed in, so that roles are checked where the data is, and
/// not only in the screens.
pub struct Workspace {
    db: Connection,
    cost: KdfCost,
    unlocked: Option<Unlocked>,
    list: ListIndex,
    grants: oauth::sessions::Grants,
    schema: Compared,
    report: Report,
    /// Changes run whole and are then rolled back.
    rehearses: bool,
    readable: Option<Listed>,
    /// The last field, so that the file is closed before another program may replace it.
    _presence: Presence,
}

impl Workspace {
    /// Forgets the keys and the signed-in developer. Settings stay readable, secrets do
    /// not.
    pub fn lock(&mut self) {
        // Locking must not fail: what was not kept is verified again at the next sign-in.
        let _ = self.verify_and_keep_seen();
        self.unlocked = None;
        self.readable = None;
    }

    fn verify_and_keep_seen(&mut self) -> Result<(), StoreError> {
        let Some(unlocked) = &mut self.unlocked else {
            return Ok(());
        };
        let before = unlocked.verified.seq;
        unlocked.verify(&self.db)?;
        if unlocked.verified.seq == before {
            return Ok(());
        }
        // The keys must not stay in memory because another program writes.
        self.db.busy_timeout(Duration::ZERO)?;
        let kept = self.keep_seen();
        self.db.busy_timeout(WRITE_WAIT)?;
        kept
    }

    /// Stores how far the developer has verified the history. On a full disk, the next sign-in
    /// does.
    fn keep_seen(&mut self) -> Result<(), StoreError> {
        let unlocked = self.unlocked.as_ref().ok_or(StoreError::VaultLocked)?;
        let kept = Write::begin(&mut self.db)
            .map_err(StoreError::from)
            .and_then(|step| {
                unlocked.keep_seen(&step)?;
                Ok(step.commit()?)
            });
        match kept {
            Err(StoreError::DiskFull) => Ok(()),
            kept => kept,
        }
    }

    /// Sets the receiver of the progress of long operations.
    #[must_use]
    pub fn reporting(mut self, report: Report) -> Self {
        self.report = report;
        self
    }

    /// Runs every change of the signed-in developer whole, with all checks, and keeps none.
    #[must_use]
    pub fn rehearsing(mut self) -> Self {
        self.rehearses = true;
        self
    }

    pub fn is_unlocked(&self) -> bool {
        self.unlocked.is_some()
    }

    /// Folds the log into the file, so that deleted data is gone from both.
    pub fn close(mut self) -> Result<(), StoreError> {
        self.lock();
        // Another program may still be reading; then the log stays, which is no error.
        self.db
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        self.db.close().map_err(|(_, error)| error.into())
    }

    fn unlocked(&self) -> Result<&Unlocked, StoreError> {
        self.unlocked.as_ref().ok_or(StoreError::VaultLocked)
    }

    fn write(&mut self) -> Result<Write<'_>, StoreError> {
        let step = Write::begin(&mut self.db)?;
        self.schema.must_be_ours(&step)?;
        Ok(step)
    }

    /// Runs one statement in its own commit, or in that of the grants that were begun.
    fn execute(&self, sql: &str, values: impl Params) -> Result<usize, StoreError> {
        let own = self.db.is_autocommit();
        let own = own.then(|| Write::begin_on(&self.db)).transpose()?;
        self.schema.must_be_ours(&self.db)?;
        let changed = self.db.prepare_cached(sql)?.execute(values)?;
        own.map_or(Ok(()), Write::commit)?;
        Ok(changed)
    }
}

/// The role of a developer who acts or sees a secret. Refused until they have chosen their own
/// password.
fn acting_role(db: &Connection, who: &DeveloperId) -> Result<Role, StoreError> {
    let (role, must_change_password) = current_role(db, who)?;
    if must_change_password {
        return Err(StoreError::MustChangePassword);
    }
    Ok(role)
}

/// The role in the file now, and whether the password must be changed first. An administrator may
/// have changed the role, or ended the access, from another console.
fn current_role(db: &Connection, who: &DeveloperId) -> Result<(Role, bool), StoreError> {
    let (role, state, must_change): (String, String, bool) = db
        .prepare_cached("SELECT role, state, must_change_password FROM developers WHERE id = ?1")?
        .query_row([who.as_str()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?
        .ok_or(StoreError::AccessEnded)?;
    // Any other state, also one of a newer version, ends the access.
    if MemberState::from_stored(&state) != Some(MemberState::Active) {
        return Err(StoreError::AccessEnded);
    }
    Ok((people::developers::role_from(&role)?, must_change))
}

/// For a statement that must change one row. SQLite reports no error when a trigger of another
/// program skips the row.
fn must_change_one(changed: usize) -> Result<(), StoreError> {
    if changed == 1 {
        return Ok(());
    }
    Err(StoreError::NotWritten)
}

/// After a statement that must leave no such row. `rows` is a table with a condition.
fn none_left(db: &Connection, rows: &str, values: impl Params) -> Result<(), StoreError> {
    let sql = format!("SELECT EXISTS (SELECT 1 FROM {rows})");
    if db
        .prepare_cached(&sql)?
        .query_row(values, |row| row.get(0))?
    {
        return Err(StoreError::NotWritten);
    }
    Ok(())
}

fn require_admin(db: &Connection, who: &DeveloperId) -> Result<(), StoreError> {
    Ok(permission::may_administer(acting_role(db, who)?)?)
}

fn require_writer(db: &Connection, who: &DeveloperId, what: &str) -> Result<(), StoreError> {
    Ok(permission::may_write(acting_role(db, who)?, what)?)
}

impl std::fmt::Debug for Workspace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Workspace")
            .field("unlocked", &self.is_unlocked())
            .finish_non_exhaustive()
    }
}
