//! Reports folder and files, with fixes: modes, owners, the file's health.

use crate::cli::doctor::{Disk, Entry, Kind, report::Writer};
use crate::{
    domain::history::Broken,
    store::{Inspected, SignedHistory},
};

/// All permissions of other accounts.
const FOR_OTHERS: u32 = 0o077;
const STICKY: u32 = 0o1000;
/// A draft with an icon and the log need no more than this.
const LITTLE_SPACE: u64 = 16 << 20;

impl Writer<'_> {
    pub(super) fn workspace(&mut self) {
        self.head("Workspace");
        let disk = match &self.facts.disk {
            Ok(disk) => disk,
            Err(problem) => {
                self.line("folder", problem);
                self.to_fix.push(problem.clone());
                return;
            }
        };
        let folder = disk.folder.to_string_lossy().into_owned();
        self.line("folder", &folder);
        let about = self.entry(&disk.folder_entry, &folder, Some(disk.is_shared_folder));
        self.line("", about);
        for (name, entry) in &disk.files {
            let about = self.entry(entry, &format!("{folder}/{name}"), None);
            self.line(name, about);
        }
        for name in &disk.old_copies {
            self.line(
                name,
                "from before an update; delete it after every developer has signed in",
            );
        }
        self.opened(disk);
        match disk.free_bytes {
            Some(free) if free < LITTLE_SPACE => {
                self.line("free space", format!("{}, wrong: too little", amount(free)));
                self.to_fix
                    .push("The disk is almost full. Free some space.".to_owned());
            }
            Some(free) => self.line("free space", format!("{}, ok", amount(free))),
            None => self.line("free space", "unknown"),
        }
        let minutes = self.facts.lock_after_minutes;
        self.line(
            "locks after",
            format!("{minutes} minutes without a key press"),
        );
    }

    /// `is_shared` is for folders: a folder with other files must not be made private.
    fn entry(&mut self, entry: &Entry, path: &str, is_shared: Option<bool>) -> String {
        let (kind, mode, owner) = match entry {
            Entry::Absent if is_shared.is_some() => {
                return "missing, created at the next start".to_owned();
            }
            Entry::Absent => return "none".to_owned(),
            Entry::Unknown(error) => {
                self.to_fix.push(format!("{path}: {error}."));
                return error.clone();
            }
            Entry::There { kind, mode, owner } => (*kind, *mode, *owner),
        };
        let shared_folder = is_shared == Some(true) || (is_shared.is_some() && mode & STICKY != 0);
        let wanted = match is_shared {
            Some(_) => Kind::Folder,
            None => Kind::File,
        };
        let owned_by = if owner == self.facts.me {
            "yours".to_owned()
        } else {
            format!("owned by user {owner}")
        };
        if kind != wanted {
            let what = match wanted {
                Kind::Folder => "folder",
                _ => "regular file",
            };
            self.to_fix
                .push(format!("{path} is not a {what}. Replace it with a {what}."));
            return format!("wrong: not a {what}");
        }
        let judged = self.judged(path, mode, owner, wanted, shared_folder);
        format!("mode {mode:04o}, {owned_by}, {judged}")
    }

    /// Checks owner and mode, and adds the fix of what is wrong.
    fn judged(
        &mut self,
        path: &str,
        mode: u32,
        owner: u32,
        wanted: Kind,
        shared_folder: bool,
    ) -> &'static str {
        let (least, private) = match wanted {
            Kind::Folder => (0o700, "700"),
            _ => (0o600, "600"),
        };
        if owner != self.facts.me {
            self.to_fix.push(format!(
                "{path} belongs to another account. {}",
                command("sudo chown \"$USER\"", path, &self.clean(path))
            ));
            "wrong: owned by another account"
        } else if mode & FOR_OTHERS != 0 && shared_folder {
            "other accounts can read it, the workspace is private"
        } else if mode & FOR_OTHERS != 0 {
            self.to_fix.push(format!(
                "Other accounts can read {path}. {}",
                command(&format!("chmod {private}"), path, &self.clean(path))
            ));
            "wrong: other accounts can read it"
        } else if mode & least != least {
            self.to_fix.push(format!(
                "You cannot write to {path}. {}",
                command(&format!("chmod {private}"), path, &self.clean(path))
            ));
            "wrong: you cannot write to it"
        } else {
            "ok"
        }
    }

    fn opened(&mut self, disk: &Disk) {
        let inspected = match &disk.inspected {
            Ok(Some(inspected)) => inspected,
            Ok(None) => return self.line("opens", "nothing to open yet"),
            Err(problem) => {
                self.line("opens", format!("no: {problem}"));
                self.to_fix.push(problem.clone());
                return;
            }
        };
        let Inspected {
            format,
            damage,
            altered,
            history,
            was_written,
        } = inspected;
        self.line("opens", "yes, read-only");
        if *format == self.facts.program.format {
            self.line("format", format!("{format}, ok"));
        } else {
            self.line("format", format!("{format}, updated at the next start"));
        }
        self.schema(altered.as_deref());
        if let Some(history) = history {
            self.history(history, *was_written);
        }
        match damage.first() {
            None => self.line("quick check", "ok"),
            Some(found) if *was_written => self.line(
                "quick check",
                format!("uncertain, a console was writing: {found}"),
            ),
            Some(_) => {
                for found in damage {
                    self.line("quick check", found);
                }
                self.to_fix.push(
                    "The workspace is damaged. Restore a backup with devconsole restore FILE: the damaged file is kept."
                        .to_owned(),
                );
            }
        }
    }
}

impl Writer<'_> {
    fn history(&mut self, history: &SignedHistory, was_written: bool) {
        let SignedHistory {
            rows,
            head,
            broken,
            is_blocked,
        } = history;
        let Some(broken) = broken else {
            let plural = if *rows == 1 { "" } else { "s" };
            return self.line(
                "history",
                format!("ok, {rows} signed row{plural}, the last is {head}"),
            );
        };
        let what = broken.describe();
        if was_written {
            return self.line(
                "history",
                format!("uncertain, a console was writing: {what}"),
            );
        }
        self.line("history", &what);
        let way_on = match broken {
            Broken::Developer(_) => broken.way_on(),
            _ if *is_blocked => broken.way_on(),
            _ => "The entry is ignored. Everything else works.",
        };
        self.to_fix.push(format!("{what} {way_on}"));
    }

    fn schema(&mut self, altered: Option<&str>) {
        let Some(what) = altered else {
            return self.line("schema", "ok");
        };
        self.line("schema", format!("changed by another program: {what}"));
        self.to_fix.push(
            "Another program changed the workspace. Restore a backup with devconsole restore FILE: the changed file is kept."
                .to_owned(),
        );
    }
}

/// A sentence instead of a command if the path is not shown exactly.
fn command(what: &str, path: &str, shown: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-~".contains(c);
    let is_same = shown.strip_prefix('~').map_or(shown == path, |rest| {
        rest.starts_with('/') && path.ends_with(rest)
    });
    if is_same && shown.chars().all(is_plain) {
        format!("Run: {what} {shown}")
    } else {
        format!("Run: {what}, followed by the path")
    }
}

pub(crate) fn amount(bytes: u64) -> String {
    const UNITS: &[(u32, &str)] = &[(30, "GiB"), (20, "MiB"), (10, "KiB")];
    for (shift, unit) in UNITS {
        if bytes >= 1 << shift {
            let tenths = (u128::from(bytes) * 10) >> shift;
            return format!("{}.{} {unit}", tenths / 10, tenths % 10);
        }
    }
    format!("{bytes} bytes")
}
