//! The secrets that a developer could read until they lost access to secrets: listed, and replaced
//! in steps of one transaction each.

mod find;

use rand::rngs::StdRng;
use rusqlite::Connection;

use self::find::{Found, beside, find, lost_at, name_of, named};
use crate::{
    domain::{
        id::DeveloperId,
        people::readable::{Count, Marks, ReadableId, ReadableWindow, Replaced},
        progress::{Progress, Work},
        time::UnixMs,
    },
    store::{
        StoreError, Workspace, apps::rotation::rotate, oauth::jwt::revoke, require_admin,
        unlocked::Actor,
    },
};

/// Secrets that one transaction replaces: a commit costs as much as many of them, and other
/// consoles wait for it.
const CHUNK: usize = 200;

/// The whole list, so that a window need not build it again. It is valid until the history has
/// another row: every change of the list writes one.
pub(in crate::store) struct Listed {
    who: DeveloperId,
    end: i64,
    /// Without rows.
    counts: ReadableWindow,
    found: Vec<Found>,
}

impl Workspace {
    /// The secrets that a developer could read until they lost access to secrets and that are still
    /// in use. `limit` may be 0: for the counts.
    pub fn readable_by(
        &mut self,
        who: &DeveloperId,
        offset: u64,
        limit: u64,
    ) -> Result<ReadableWindow, StoreError> {
        let listed = self.listed(who)?;
        let first = usize::try_from(offset).unwrap_or(usize::MAX);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let shown = listed.found.iter().skip(first).take(limit);
        let rows = shown
            .map(|one| named(&self.db, one))
            .collect::<Result<_, _>>()?;
        let window = ReadableWindow {
            offset,
            rows,
            ..listed.counts.clone()
        };
        self.readable = Some(listed);
        Ok(window)
    }

    /// Rotates the marked client secrets and revokes the marked JWT credentials. The old client
    /// secrets work for `overlap_hours` more. What is refused is left and counted.
    pub fn replace_readable(
        &mut self,
        who: &DeveloperId,
        marks: &Marks,
        overlap_hours: u32,
        now: UnixMs,
    ) -> Result<Replaced, StoreError> {
        let listed = self.listed(who)?.found.into_iter();
        let marked: Vec<ReadableId> = listed
            .filter(|one| marks.contains(&one.id, one.known.is_some()))
            .map(|one| one.id)
            .collect();
        let mut progress = Progress {
            work: Work::Replacing,
            done: 0,
            total: marked.len() as u64,
        };
        let mut replaced = Replaced::default();
        for chunk in marked.chunks(CHUNK) {
            let made = self.change(now, |step, actor, rng| {
                require_admin(step, actor.who)?;
                replace_all(step, actor, rng, chunk, overlap_hours)
            });
            match made {
                Ok(made) => add(&mut replaced, made),
                Err(error) if progress.done == 0 => return Err(error),
                // A committed part is done, and must be reported.
                Err(error) => {
                    replaced.stopped = Some(error.to_string());
                    break;
                }
            }
            progress.done += chunk.len() as u64;
            (self.report)(progress);
        }
        self.fold_log_away();
        Ok(replaced)
    }

    /// Takes the list from memory if it is still valid.
    fn listed(&mut self, who: &DeveloperId) -> Result<Listed, StoreError> {
        self.follow()?;
        let unlocked = self.unlocked()?;
        require_admin(&self.db, &unlocked.who)?;
        // If the roster does not hold, the result must not look as if no developer lost access.
        unlocked.must_hold()?;
        // One snapshot: the rows and the counts belong together.
        let step = self.db.unchecked_transaction()?;
        let end: i64 = step.query_row("SELECT seq FROM history_end", [], |row| row.get(0))?;
        let known = self.readable.take();
        if let Some(known) = known.filter(|known| known.who == *who && known.end == end) {
            return Ok(known);
        }
        Listed::make(&step, who, end)
    }
}

impl Listed {
    fn make(db: &Connection, who: &DeveloperId, end: i64) -> Result<Self, StoreError> {
        let mut listed = Self {
            who: who.clone(),
            end,
            counts: ReadableWindow::default(),
            found: Vec::new(),
        };
        let Some(at) = lost_at(db, who)? else {
            return Ok(listed);
        };
        listed.found = find(db, who, &at)?;
        let counts = &mut listed.counts;
        counts.lost = Some(at.lost);
        counts.beside = beside(db, at.lost.at)?;
        for one in &listed.found {
            *counts.all.of(&one.id) += 1;
            *counts.known.of(&one.id) += u64::from(one.known.is_some());
        }
        Ok(listed)
    }
}

fn replace_all(
    step: &Connection,
    actor: Actor<'_>,
    rng: &mut StdRng,
    ids: &[ReadableId],
    overlap_hours: u32,
) -> Result<Replaced, StoreError> {
    let mut replaced = Replaced::default();
    for id in ids {
        let made = match id {
            ReadableId::ClientSecret(app) => rotate(step, actor, rng, app, overlap_hours),
            ReadableId::Jwt(jwt) => revoke(step, actor, jwt),
        };
        match made {
            Ok(()) => *replaced.done.of(id) += 1,
            // These are returned before anything of the secret was written.
            Err(
                error @ (StoreError::NotAllowed(_)
                | StoreError::Conflict(_)
                | StoreError::NotFound(_)),
            ) => {
                replaced.left += 1;
                let name = || Ok::<_, StoreError>((name_of(step, id)?.0, error.to_string()));
                if replaced.first_left.is_none() {
                    replaced.first_left = Some(name()?);
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(replaced)
}

fn add(replaced: &mut Replaced, made: Replaced) {
    let Count {
        client_secrets,
        jwts,
    } = made.done;
    replaced.done.client_secrets += client_secrets;
    replaced.done.jwts += jwts;
    replaced.left += made.left;
    replaced.first_left = replaced.first_left.take().or(made.first_left);
}
