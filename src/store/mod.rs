//! The workspace: one SQLite file, one connection, one file of code for each group of tables.
//! Deliberately absent: an ORM, the clock (`now` is handed in), secrets in clear text.

mod apps;
mod error;
mod file;
mod history;
mod list;
mod oauth;
mod people;

#[cfg(test)]
mod tests;

use rusqlite::{Connection, OptionalExtension as _, Params};

pub use apps::change::Saved;
pub use apps::secrets::KeptSecret;
pub use error::{BackupError, OpenError, ProofError, SignInError, StoreError};
pub use file::backup::{BackedUp, Holds, back_up};
pub use file::inspect::{Inspected, inspect, known_format, sqlite_version};
pub use file::open::{FILE_NAME, Opened};
pub use file::restore::{Replaced, Restore, Restored};
pub use file::stage::Stage;
pub use history::HistoryQuery;
pub use list::window::AppQuery;
pub use oauth::clients::{JwtStanding, Person};
pub use oauth::sessions::{
    Access, Bearer, Block, CODE_LIFE_MS, CodeGrant, KnownCode, Lifetimes, NewSession, Refreshed,
    Replay, Revoked, Terms, Tokens,
};
pub use people::developers::SignUp;
pub use people::sign_in::{HeldProof, Proof};

use self::{
    file::{locks::Presence, mark::Write},
    list::index::ListIndex,
};
use crate::{
    domain::{
        id::DeveloperId,
        people::{
            developer::{MemberState, Role},
            permission,
        },
    },
    vault::{KdfCost, WorkspaceKey},
};

/// An open workspace. It knows who is signed in, so that roles are checked where the data is, and
/// not only in the screens.
pub struct Workspace {
    db: Connection,
    cost: KdfCost,
    unlocked: Option<Unlocked>,
    list: ListIndex,
    grants: oauth::sessions::Grants,
    /// The last field, so that the file is closed before another program may replace it.
    _presence: Presence,
}

struct Unlocked {
    key: WorkspaceKey,
    who: DeveloperId,
}

impl Workspace {
    /// Forgets the workspace key and the signed-in developer. Settings stay readable, secrets do
    /// not.
    pub fn lock(&mut self) {
        self.unlocked = None;
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
        Ok(Write::begin(&mut self.db)?)
    }

    /// Runs one statement in a commit of its own, or in the commit of the grants that were begun.
    fn execute(&self, sql: &str, values: impl Params) -> rusqlite::Result<usize> {
        let own = self.db.is_autocommit();
        let own = own.then(|| Write::begin_on(&self.db)).transpose()?;
        let changed = self.db.prepare_cached(sql)?.execute(values)?;
        own.map_or(Ok(()), Write::commit)?;
        Ok(changed)
    }
}

/// The role of a developer who acts or sees a secret. Refused until they have chosen a password of
/// their own.
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
