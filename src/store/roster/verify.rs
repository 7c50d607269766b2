//! Walks the rows of the history: links, signatures, statements and the end.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension as _};

use super::{COLUMNS, Roster, StoredRow, row::link_at};
use crate::{
    domain::{history::Broken, id::DeveloperId},
    store::StoreError,
    vault::Link,
};

/// Rows that were verified: the roster after them, and the last of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::store) struct Verified {
    pub roster: Roster,
    pub seq: i64,
    pub link: Link,
}

impl Verified {
    /// Folds the statements up to a row that the developer has verified before; the digest of what
    /// they saw then vouches for them.
    pub fn up_to(
        db: &Connection,
        seq: i64,
        link: Link,
    ) -> Result<Result<Self, Broken>, StoreError> {
        let at: Option<Link> = db
            .prepare_cached("SELECT link FROM history WHERE seq = ?1")?
            .query_row([seq], |row| link_at(row, 0))
            .optional()?;
        if at.is_none() {
            return Ok(Err(Broken::EndsBefore(seq)));
        }
        let mut roster = Roster::default();
        let mut query = db.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM history WHERE statement IS NOT NULL AND seq <= ?1 ORDER BY seq"
        ))?;
        let mut rows = query.query([seq])?;
        while let Some(row) = rows.next()? {
            let row = StoredRow::read(row)?;
            if let Err(why) = roster.admit_seen(&row) {
                return Ok(Err(Broken::Refused(row.seq, why)));
            }
        }
        if at != Some(link) {
            return Ok(Err(Broken::At(seq)));
        }
        Ok(Ok(Self { roster, seq, link }))
    }

    /// Verifies all rows after the last verified one, and the end. An ordinary row whose signer may
    /// not write it is reported and skipped. A statement that does not hold ends the walk, and so
    /// does a row that may hide one: it was changed, or its signer is unknown.
    pub fn follow(&mut self, db: &Connection) -> Result<Followed, StoreError> {
        let mut followed = Followed::default();
        let mut query = db.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM history WHERE seq > ?1 ORDER BY seq"
        ))?;
        let mut rows = query.query([self.seq])?;
        while let Some(row) = rows.next()? {
            let row = StoredRow::read(row)?;
            let is_next = self.seq.checked_add(1) == Some(row.seq);
            let refused = if !is_next || row.computed_link(&self.link) != row.link {
                Some((Broken::At(row.seq), false))
            } else {
                let refused = self.roster.admit(&row).err();
                refused.map(|found| (Broken::Refused(row.seq, found.why), found.is_signed))
            };
            if let Some((broken, is_signed)) = refused {
                followed.first.get_or_insert(broken);
                // There are no statements before the first signed row.
                let may_hide_one = !is_signed && self.roster.origin().is_some();
                if row.statement.is_some() || may_hide_one {
                    followed.is_lasting = true;
                    return Ok(followed);
                }
            }
            (self.seq, self.link) = (row.seq, row.link);
        }
        if let Some(broken) = self.check_end(db)? {
            followed.first.get_or_insert(broken);
            followed.is_lasting = true;
        }
        if followed.first.is_none() {
            followed.first = too_early(db)?.map(Broken::At);
        }
        Ok(followed)
    }

    /// The first developer whose columns are not a copy of what was signed, who is in no statement,
    /// or whose row is gone.
    pub fn differing(&self, db: &Connection) -> Result<Option<Broken>, StoreError> {
        let (edited, other) = self.compare_columns(db)?;
        Ok(edited.or(other))
    }

    /// The first developer whose columns are not a copy of what was signed.
    pub fn edited(&self, db: &Connection) -> Result<Option<Broken>, StoreError> {
        Ok(self.compare_columns(db)?.0)
    }

    fn compare_columns(
        &self,
        db: &Connection,
    ) -> Result<(Option<Broken>, Option<Broken>), StoreError> {
        let mut query = db.prepare_cached(
            "SELECT id, role, state, full_name, email, email_key FROM developers",
        )?;
        let mut rows = query.query([])?;
        let mut other = None;
        let mut found = BTreeSet::new();
        while let Some(row) = rows.next()? {
            let id = DeveloperId::from_stored(row.get::<_, String>(0)?);
            let columns: [String; 5] = [
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
                row.get(5)?,
            ];
            let [role, state, name, email, key] = &columns;
            let named = || Broken::Developer(name.clone());
            let Some(seat) = self.roster.seat(&id) else {
                other.get_or_insert_with(named);
                continue;
            };
            let is_copy = seat.role.as_str() == role
                && seat.state.as_str() == state
                && seat.name == *name
                && seat.email == *email
                && seat.email_key() == *key;
            if !is_copy {
                return Ok((Some(named()), other));
            }
            found.insert(id);
        }
        let mut seats = self.roster.seats();
        let deleted = seats.find(|seat| !found.contains(&seat.id));
        let deleted = deleted.map(|seat| Broken::Developer(seat.name.clone()));
        Ok((None, other.or(deleted)))
    }

    /// Before something is signed on top: the end is signed, and `known` is still there. Otherwise
    /// the next signature would vouch for a history whose last rows were cut off.
    pub fn check_top(
        &self,
        db: &Connection,
        known: (i64, Link),
        written: Option<&End>,
    ) -> Result<Option<Broken>, StoreError> {
        // The signature that this console wrote last need not be verified before the next change.
        let is_unchanged = written.is_some() && signed_end(db)?.as_ref() == written;
        if is_unchanged && last_link(db)? == Some(known) {
            return Ok(None);
        }
        let (seq, link): (i64, Link) = known;
        let found: Option<Link> = db
            .prepare_cached("SELECT link FROM history WHERE seq = ?1")?
            .query_row([seq], |row| link_at(row, 0))
            .optional()?;
        if found != Some(link) {
            let broken = found.map_or(Broken::EndsBefore(seq), |_| Broken::At(seq));
            return Ok(Some(broken));
        }
        match last_link(db)? {
            Some((seq, link)) => self.check_end_at(db, seq, &link),
            None => Ok(Some(Broken::EndsBefore(1))),
        }
    }

    fn check_end(&self, db: &Connection) -> Result<Option<Broken>, StoreError> {
        self.check_end_at(db, self.seq, &self.link)
    }

    /// The signature of the end, by the last row's signer.
    fn check_end_at(
        &self,
        db: &Connection,
        last: i64,
        last_link: &Link,
    ) -> Result<Option<Broken>, StoreError> {
        let end = signed_end(db)?.filter(|end| end.seq == last && end.link == *last_link);
        let Some(end) = end else {
            return Ok(Some(missing_after(last)));
        };
        let who: String = db
            .prepare_cached("SELECT who FROM history WHERE seq = ?1")?
            .query_row([last], |row| row.get(0))
            .optional()?
            .unwrap_or_default();
        let seat = self.roster.seat(&DeveloperId::from_stored(who));
        let holds = seat.and_then(super::Seat::keys).is_some_and(|keys| {
            keys.verifies_end(last, last_link, &end.signature.unwrap_or_default())
        });
        Ok((!holds).then(|| missing_after(last)))
    }
}

/// The end of the history, signed by the author of its last row.
#[derive(PartialEq, Eq)]
pub(in crate::store) struct End {
    seq: i64,
    link: Vec<u8>,
    signature: Option<Vec<u8>>,
}

pub(in crate::store) fn signed_end(db: &Connection) -> rusqlite::Result<Option<End>> {
    db.prepare_cached("SELECT seq, link, signature FROM history_end")?
        .query_row([], |row| {
            Ok(End {
                seq: row.get(0)?,
                link: row.get(1)?,
                signature: row.get(2)?,
            })
        })
        .optional()
}

fn last_link(db: &Connection) -> rusqlite::Result<Option<(i64, Link)>> {
    db.prepare_cached("SELECT seq, link FROM history ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, link_at(row, 1)?)))
        .optional()
}

fn missing_after(last: i64) -> Broken {
    Broken::EndsBefore(last.saturating_add(1))
}

/// The first row with a number that no row has.
fn too_early(db: &Connection) -> Result<Option<i64>, StoreError> {
    Ok(db
        .prepare_cached("SELECT seq FROM history WHERE seq < 1 ORDER BY seq LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()?)
}

/// The result of verifying.
#[derive(Debug, Default)]
pub(in crate::store) struct Followed {
    /// The first row that does not hold.
    pub first: Option<Broken>,
    /// It is a statement, may hide one, or is the end: nothing may be sealed or changed until it is
    /// resolved.
    pub is_lasting: bool,
}

/// A signed history, verified without a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedHistory {
    pub rows: i64,
    /// The beginning of the last link, to compare by eye: an older copy of the whole file holds too.
    pub head: String,
    pub broken: Option<Broken>,
    /// Nothing is sealed or changed on top of it.
    pub is_blocked: bool,
}

impl SignedHistory {
    /// `None` while no developer has their own keys.
    pub(in crate::store) fn of(db: &Connection) -> Result<Option<Self>, StoreError> {
        let mut verified = Verified::default();
        let followed = verified.follow(db)?;
        if !has_own_keys(db)? {
            return Ok(None);
        }
        let differing = verified.differing(db)?;
        let [a, b, c, d, ..] = verified.link;
        Ok(Some(Self {
            rows: verified.seq,
            head: format!("{a:02x}{b:02x}{c:02x}{d:02x}"),
            broken: followed.first.or(differing),
            is_blocked: followed.is_lasting,
        }))
    }
}

fn has_own_keys(db: &Connection) -> rusqlite::Result<bool> {
    db.query_row(
        "SELECT EXISTS (SELECT 1 FROM history WHERE statement IS NOT NULL)
             OR EXISTS (SELECT 1 FROM developers WHERE page_check IS NOT NULL
                 OR (key_by_password <> x'' AND substr(key_by_password, 1, 1) <> x'01'))",
        [],
        |row| row.get(0),
    )
}

/// All rows from the first one, without a password. Returns the first that does not hold.
pub(in crate::store) fn check_all(
    db: &Connection,
) -> Result<(Verified, Option<Broken>), StoreError> {
    let mut verified = Verified::default();
    let followed = verified.follow(db)?;
    let first = followed.first.or_else(|| {
        let is_empty = verified.roster.origin().is_none();
        is_empty.then_some(Broken::EndsBefore(1))
    });
    Ok((verified, first))
}
