//! Which other programs have the workspace open: found by this program's lock on the folder, and by
//! the locks of SQLite on its files, which are queried and never taken here.

use std::{
    fs::File,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use rustix::{
    fs::{FlockOperation, flock},
    io::Errno,
    process::{Flock, FlockOffsetType, FlockType, fcntl_getlk},
};

use crate::store::{error::OpenError, file::unfinished::ended};

const AGAIN: Duration = Duration::from_millis(5);

/// A shared lock for each program of ours that works in the folder, exclusive during a restore:
/// SQLite would not notice that its file is replaced, and would mix the log of one file with
/// another. The lock is on the folder itself, so no lock file is needed.
#[derive(Debug)]
pub(in crate::store) struct Presence {
    /// `None` if the file system has no such locks. Then only SQLite's locks protect the files.
    folder: Option<File>,
    is_alone: bool,
}

impl Presence {
    /// Exclusive, if no other program of ours is there.
    pub(in crate::store) fn enter(dir: &Path, patience: Duration) -> Result<Self, OpenError> {
        const EITHER: &[FlockOperation] = &[
            FlockOperation::NonBlockingLockExclusive,
            FlockOperation::NonBlockingLockShared,
        ];
        Self::wait(dir, patience, EITHER)
    }

    pub(in crate::store) fn among_others(
        dir: &Path,
        patience: Duration,
    ) -> Result<Self, OpenError> {
        Self::wait(dir, patience, &[FlockOperation::NonBlockingLockShared])
    }

    pub(in crate::store) fn alone(dir: &Path, patience: Duration) -> Result<Self, OpenError> {
        Self::wait(dir, patience, &[FlockOperation::NonBlockingLockExclusive])
    }

    /// Whether no other program of ours is there, and none can come before [`Self::share`].
    pub(in crate::store) fn is_alone(&self) -> bool {
        self.is_alone && self.folder.is_some()
    }

    /// The same, or unknown: then SQLite's own locks must be queried.
    pub(in crate::store) fn may_be_alone(&self) -> bool {
        self.is_alone || self.folder.is_none()
    }

    /// Lets others in. Another program may have been alone in between, but it replaces no file that
    /// is open.
    pub(in crate::store) fn share(&mut self, patience: Duration) -> Result<(), OpenError> {
        let shared = &[FlockOperation::NonBlockingLockShared];
        if let Some(folder) = self.folder.as_ref().filter(|_| self.is_alone) {
            let since = Instant::now();
            while try_each(folder, shared).is_none() {
                if since.elapsed() >= patience {
                    return Err(OpenError::Locked);
                }
                thread::sleep(AGAIN);
            }
            self.is_alone = false;
        }
        Ok(())
    }

    fn wait(dir: &Path, patience: Duration, wanted: &[FlockOperation]) -> Result<Self, OpenError> {
        let Ok(folder) = File::open(dir) else {
            return Ok(Self::unknown());
        };
        let since = Instant::now();
        loop {
            match try_each(&folder, wanted) {
                Some(Ok(how)) => {
                    return Ok(Self {
                        folder: Some(folder),
                        is_alone: how == FlockOperation::NonBlockingLockExclusive,
                    });
                }
                Some(Err(())) => return Ok(Self::unknown()),
                None if since.elapsed() >= patience => return Err(OpenError::Locked),
                None => thread::sleep(AGAIN),
            }
        }
    }

    pub(in crate::store) fn unknown() -> Self {
        Self {
            folder: None,
            is_alone: false,
        }
    }
}

/// `None` while another program has the lock; an error if there are no such locks.
fn try_each(folder: &File, wanted: &[FlockOperation]) -> Option<Result<FlockOperation, ()>> {
    for &how in wanted {
        match flock(folder, how) {
            Ok(()) => return Some(Ok(how)),
            Err(Errno::WOULDBLOCK) => {}
            Err(_) => return Some(Err(())),
        }
    }
    None
}

/// Bytes of the file and its `-shm` that SQLite locks (os_unix.c, wal.c, walformat.html).
const PENDING: u64 = 0x4000_0000;
const SHARED: (u64, u64) = (PENDING + 2, 510);
const WAL_WRITER: u64 = 120;

/// Whether another process has the file open with SQLite. This process must not have it open:
/// closing a file here would release its locks.
pub(in crate::store) fn is_open_elsewhere(path: &Path) -> bool {
    let whole = (PENDING, SHARED.0 + SHARED.1 - PENDING);
    conflicts(path, FlockType::WriteLock, whole)
}

/// Waits until no other program has the file exclusively or writes to it.
pub(in crate::store) fn wait_for_writers(path: &Path, patience: Duration) -> Result<(), OpenError> {
    let since = Instant::now();
    let shm = ended(path, "-shm");
    while conflicts(path, FlockType::ReadLock, SHARED)
        || conflicts(path, FlockType::ReadLock, (PENDING, 1))
        || conflicts(&shm, FlockType::WriteLock, (WAL_WRITER, 1))
    {
        if since.elapsed() >= patience {
            return Err(OpenError::Locked);
        }
        thread::sleep(AGAIN);
    }
    Ok(())
}

fn conflicts(path: &Path, how: FlockType, (start, length): (u64, u64)) -> bool {
    let wanted = Flock {
        start,
        length,
        pid: None,
        typ: how,
        offset_type: FlockOffsetType::Set,
    };
    // If the query fails, SQLite finds out later.
    File::open(path).is_ok_and(|file| fcntl_getlk(&file, &wanted).is_ok_and(|held| held.is_some()))
}
