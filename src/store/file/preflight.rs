//! Decides whether a workspace may be opened, before SQLite may write: opening a file recovers its
//! log, and closing it folds the log in. A refused workspace is left unchanged.

use std::path::Path;

use rusqlite::{Connection, ErrorCode};

use crate::store::{
    error::OpenError,
    file::{
        disk::{self, Found},
        header::Header,
        inspect::{check, has_strays, open_alone, open_quietly},
        locks::{self, Presence},
        log::{Journal, Wal},
        mark::Mark,
        migrate,
        open::{BUSY_WAIT, open_error},
        schema,
        stage::{Stage, stage_of},
        unfinished::ended,
    },
};

/// The file that holds SQLite's index of a log.
const SHM_BYTES: u64 = 32 * 1024;

/// The findings about a sound workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct Preflight {
    /// The file is missing or empty.
    pub(in crate::store) is_new: bool,
    /// `None` if only SQLite can tell: another program has it open, or a change was cut off.
    pub(in crate::store) is_signed_up: Option<bool>,
}

impl Preflight {
    /// If another program has the file open, its log is in use and is not judged here.
    pub(in crate::store) fn run(
        dir: &Path,
        path: &Path,
        presence: &Presence,
    ) -> Result<Self, OpenError> {
        let found = disk::look_at(path)?;
        if let Found::Header(header) = &found {
            header.must_be_ours(path)?;
        }
        disk::must_be_usable(dir, path)?;
        if !ended(path, "-shm").exists() {
            disk::must_have_room(dir, SHM_BYTES)?;
        }
        let is_new = matches!(found, Found::Nothing);
        let is_signed_up = if is_new {
            let none = must_not_have_lost_its_file(path);
            none.map(|()| Some(false))?
        } else {
            look_inside(path, presence)?
        };
        Ok(Self {
            is_new,
            is_signed_up,
        })
    }
}

/// As `is_signed_up` of [`Preflight`].
fn look_inside(path: &Path, presence: &Presence) -> Result<Option<bool>, OpenError> {
    if presence.may_be_alone() && !locks::is_open_elsewhere(path) {
        let sound = must_be_sound(path);
        // If the folder cannot be locked, another program may have begun to write in the meantime.
        if sound.is_ok() || !locks::is_open_elsewhere(path) {
            return sound;
        }
    }
    locks::wait_for_writers(path, BUSY_WAIT)?;
    Ok(None)
}

/// Whether a developer has signed up. For a file that no program has open; `None` if SQLite must
/// first undo an interrupted change.
pub(in crate::store) fn must_be_sound(path: &Path) -> Result<Option<bool>, OpenError> {
    let fit = must_fit(path)?;
    if fit == Fit::HasJournal {
        return Ok(None);
    }
    let failed = |error| open_error(path, &error);
    let db = open_quietly(path).map_err(failed)?;
    let format = migrate::version_of(&db).map_err(failed)?;
    let known = crate::store::known_format();
    if format > known {
        return Err(OpenError::Newer {
            found: format,
            known,
        });
    }
    if fit == Fit::Unknown {
        must_be_whole(&db, path)?;
    }
    schema::must_be_ours(&db, path)?;
    // Everything that a start reads. Older formats have other columns.
    if format == known {
        let stage = stage_of(&db).map_err(failed)?;
        return Ok(Some(stage != Stage::Empty));
    }
    let organizations = "SELECT count(*) FROM organization";
    let found: i64 = db
        .query_row(organizations, [], |row| row.get(0))
        .map_err(failed)?;
    Ok(Some(found > 0))
}

/// Whether a file and its log or journal belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Fit {
    /// There is no log, or the log is the file's own.
    Own,
    /// The file's own journal: a change was cut off and must be undone.
    HasJournal,
    /// The log has no mark: an older version or another program wrote it.
    Unknown,
}

/// Refuses the log of another file, or of another state of this one. The file must not be in use.
pub(in crate::store) fn must_fit(path: &Path) -> Result<Fit, OpenError> {
    let header = match disk::look_at(path)? {
        Found::Header(header) => header,
        Found::Nothing => return must_not_have_lost_its_file(path).map(|()| Fit::Own),
    };
    header.must_be_ours(path)?;
    if let Some(found) = read_journal(path)? {
        if !is_own_journal(path, &header, &found) {
            return Err(foreign(path, "-journal"));
        }
        return Ok(Fit::HasJournal);
    }
    match read_wal(path, header.mark())? {
        None => Ok(Fit::Own),
        Some(wal) => {
            if let Some(last) = &wal.last {
                last.must_be_known()?;
            }
            fit_of_wal(&header, &wal).ok_or_else(|| foreign(path, "-wal"))
        }
    }
}

/// Opening a pipe or a device of that name could wait forever.
fn read_wal(path: &Path, mark: Option<Mark>) -> Result<Option<Wal>, OpenError> {
    let wal = ended(path, "-wal");
    disk::plain_file(&wal)?;
    Wal::read(&wal, mark).map_err(|error| disk::refused(&wal, &error))
}

fn read_journal(path: &Path) -> Result<Option<Journal>, OpenError> {
    let journal = ended(path, "-journal");
    disk::plain_file(&journal)?;
    Journal::read(&journal).map_err(|error| disk::refused(&journal, &error))
}

/// A log begins where the file was when the log before it had been folded in, and the file may have
/// any of its commits since: folding stops anywhere.
fn fit_of_wal(header: &Header, wal: &Wal) -> Option<Fit> {
    // SQLite never leaves a log next to a file that uses none, and each copy that this program
    // makes uses none.
    if !header.wants_log() {
        return None;
    }
    match (header.mark(), wal.first_mark) {
        (Some(mark), Some(first)) => (wal.has_mark || mark.next() == first).then_some(Fit::Own),
        // Once there is a mark, every first page has one.
        (Some(_), None) if wal.last.is_some() => None,
        _ => Some(Fit::Unknown),
    }
}

/// The interrupted change may or may not have changed the first page. SQLite counts such changes.
fn is_own_journal(path: &Path, header: &Header, journal: &Journal) -> bool {
    if journal.pages_before == 0 {
        // The change that created the workspace: undoing it empties the file.
        return header.change_counter() <= 1 && !is_in_use_by_people(path);
    }
    let Some(before) = &journal.header else {
        return header.pages() == journal.pages_before;
    };
    let counted = header
        .change_counter()
        .wrapping_sub(before.change_counter());
    let marks_fit = match (before.mark(), header.mark()) {
        (Some(before), Some(now)) => now == before || now == before.next(),
        _ => true,
    };
    counted <= 1 && marks_fit
}

/// Whether a developer has signed up. A file whose creation was interrupted cannot be read.
fn is_in_use_by_people(path: &Path) -> bool {
    open_alone(path).is_ok_and(|db| stage_of(&db).is_ok_and(|stage| stage != Stage::Empty))
}

/// SQLite would delete a log whose file is missing.
fn must_not_have_lost_its_file(path: &Path) -> Result<(), OpenError> {
    let lost = |end| OpenError::LostFile {
        path: path.to_owned(),
        log: ended(path, end),
    };
    if read_wal(path, None)?.is_some() {
        return Err(lost("-wal"));
    }
    if read_journal(path)?.is_some_and(|journal| journal.pages_before > 0) {
        return Err(lost("-journal"));
    }
    Ok(())
}

/// Without a mark, only a full check can tell: the log of another file breaks the trees.
fn must_be_whole(db: &Connection, path: &Path) -> Result<(), OpenError> {
    if is_whole(db).map_err(|error| open_error(path, &error))? {
        return Ok(());
    }
    // Folding may have been cut off; then the file is not whole without its log.
    let is_whole_alone = open_alone(path).and_then(|db| is_whole(&db));
    Err(match is_whole_alone {
        Ok(true) => foreign(path, "-wal"),
        Ok(false) | Err(_) => OpenError::Damaged {
            path: path.to_owned(),
        },
    })
}

fn is_whole(db: &Connection) -> rusqlite::Result<bool> {
    let is_damage =
        |error: &rusqlite::Error| error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt);
    match check(db, "integrity_check") {
        Ok(found) => Ok(found.is_empty() && !has_strays(db)?),
        Err(error) if is_damage(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

fn foreign(path: &Path, end: &str) -> OpenError {
    OpenError::ForeignLog {
        path: path.to_owned(),
        log: ended(path, end),
    }
}
