//! Which local server answers for the workspace: a file beside it, named after the port, which the
//! server's process holds locked. A secret may be sent to such a port, because only a program that
//! may write to the folder can have made and locked the file.

use std::{
    fs::{self, File, OpenOptions},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use rustix::fs::{FlockOperation, flock};

use crate::{
    domain::oauth::setup::Profile,
    store::{Workspace, file::unfinished::ended},
};

/// A program that looks at the file holds its lock for a moment.
const TRIES: usize = 20;
const AGAIN: Duration = Duration::from_millis(5);

/// Held for as long as the local server has its port.
#[derive(Debug)]
pub struct Serving {
    path: PathBuf,
    _locked: File,
}

impl Serving {
    /// Call it after the port is open. `None` where files cannot be made or locked: then other
    /// consoles do not find the server.
    pub fn announce(workspace: &Workspace, port: u16, profile: Profile) -> Option<Self> {
        let path = path_of(workspace, port)?;
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false).mode(0o600);
        let file = options.open(&path).ok()?;
        let lock = || flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok();
        let mut tries = 0..TRIES;
        while !lock() {
            tries.next()?;
            thread::sleep(AGAIN);
        }
        fs::write(&path, profile.label()).ok()?;
        Some(Self {
            path,
            _locked: file,
        })
    }

    /// The profile of the local server that another program, or another part of this one, has at
    /// this port for the same workspace.
    pub fn elsewhere(workspace: &Workspace, port: u16) -> Option<Profile> {
        let path = path_of(workspace, port)?;
        let file = File::open(&path).ok()?;
        if flock(&file, FlockOperation::NonBlockingLockShared).is_ok() {
            return None;
        }
        let stored = fs::read_to_string(&path).ok()?;
        let mut all = Profile::ALL.iter().copied();
        all.find(|profile| profile.label() == stored)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // A file that stays is not locked and says nothing.
        let _ = fs::remove_file(&self.path);
    }
}

fn path_of(workspace: &Workspace, port: u16) -> Option<PathBuf> {
    let file = workspace.db.path().map(Path::new)?;
    Some(ended(file, &format!(".serving-{port}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::KdfCost;

    #[test]
    fn a_port_is_answered_for_as_long_as_its_file_is_locked() {
        let dir = tempfile::tempdir().unwrap();
        let workspace = Workspace::open(dir.path(), KdfCost::default())
            .unwrap()
            .workspace;
        let at = |port| Serving::elsewhere(&workspace, port);
        assert_eq!(at(8228), None);
        let serving = Serving::announce(&workspace, 8228, Profile::Strict).unwrap();
        assert_eq!(at(8228), Some(Profile::Strict));
        assert_eq!(at(8229), None);
        drop(serving);
        assert_eq!(at(8228), None);
        // The file that a killed server leaves.
        fs::write(path_of(&workspace, 8228).unwrap(), "strict").unwrap();
        assert_eq!(at(8228), None);
        Serving::announce(&workspace, 8228, Profile::RingCentral).unwrap();
    }
}
