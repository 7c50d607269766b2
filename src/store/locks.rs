//! Who else has the workspace open: by our own lock on its folder, and by the locks that SQLite
//! puts on its files, which are asked about and never taken here.

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

use super::{error::OpenError, unfinished::ended};

const AGAIN: Duration = Duration::from_millis(5);

/// That a program of ours works in the folder. Many may, but nobody while a restore replaces the
/// file under them: SQLite would not notice that, and mix the log of one file with another.
/// It is a lock on the folder itself, so that no file of its own is needed.
#[derive(Debug)]
pub(super) struct Presence {
    /// `None` where the file system has no such locks; SQLite's own are all there is then.
    folder: Option<File>,
    is_alone: bool,
}

impl Presence {
    /// Alone, if no other program of ours is there.
    pub(super) fn enter(dir: &Path, patience: Duration) -> Result<Self, OpenError> {
        const EITHER: &[FlockOperation] = &[
            FlockOperation::NonBlockingLockExclusive,
            FlockOperation::NonBlockingLockShared,
        ];
        Self::wait(dir, patience, EITHER)
    }

    pub(super) fn among_others(dir: &Path, patience: Duration) -> Result<Self, OpenError> {
        Self::wait(dir, patience, &[FlockOperation::NonBlockingLockShared])
    }

    pub(super) fn alone(dir: &Path, patience: Duration) -> Result<Self, OpenError> {
        Self::wait(dir, patience, &[FlockOperation::NonBlockingLockExclusive])
    }

    /// No other program of ours is there, and none comes before [`Self::share`].
    pub(super) fn is_alone(&self) -> bool {
        self.is_alone && self.folder.is_some()
    }

    /// The same, or nobody can tell: then SQLite's own locks are to be asked.
    pub(super) fn may_be_alone(&self) -> bool {
        self.is_alone || self.folder.is_none()
    }

    /// Lets others in. In between another program may have been alone: what it replaces is not
    /// open by then, and what is open it does not replace.
    pub(super) fn share(&mut self, patience: Duration) -> Result<(), OpenError> {
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

    pub(super) fn unknown() -> Self {
        Self {
            folder: None,
            is_alone: false,
        }
    }
}

/// `None` while somebody else has it; an error where there are no such locks.
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

/// Bytes of the file and of its `-shm` that SQLite locks (os_unix.c and wal.c; walformat.html).
const PENDING: u64 = 0x4000_0000;
const SHARED: (u64, u64) = (PENDING + 2, 510);
const WAL_WRITER: u64 = 120;

/// Whether another process has the file open with SQLite; this process must not, since closing
/// a file here would take its locks away.
pub(super) fn is_open_elsewhere(path: &Path) -> bool {
    let whole = (PENDING, SHARED.0 + SHARED.1 - PENDING);
    conflicts(path, FlockType::WriteLock, whole)
}

/// Waits until nobody else has it to themselves or writes.
pub(super) fn wait_for_writers(path: &Path, patience: Duration) -> Result<(), OpenError> {
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
    // What cannot be asked is found out by SQLite.
    File::open(path).is_ok_and(|file| fcntl_getlk(&file, &wanted).is_ok_and(|held| held.is_some()))
}
