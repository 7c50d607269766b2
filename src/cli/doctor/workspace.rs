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
                self.to_mend.push(problem.clone());
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
                "from before an update; delete it once every developer has signed in",
            );
        }
        self.opened(disk);
        match disk.free_bytes {
            Some(free) if free < LITTLE_SPACE => {
                self.line("free space", format!("{}, wrong: too little", amount(free)));
                self.to_mend
                    .push("The disk is almost full: free some space.".to_owned());
            }
            Some(free) => self.line("free space", format!("{}, ok", amount(free))),
            None => self.line("free space", "not known"),
        }
        let minutes = self.facts.lock_after_minutes;
        self.line("locks after", format!("{minutes} minutes without a key"));
    }

    /// `is_shared` is for folders: a folder with other files must not be made private.
    fn entry(&mut self, entry: &Entry, path: &str, is_shared: Option<bool>) -> String {
        let (kind, mode, owner) = match entry {
            Entry::Absent if is_shared.is_some() => {
                return "not there: the console makes it".to_owned();
            }
            Entry::Absent => return "not there".to_owned(),
            Entry::Unknown(error) => {
                self.to_mend.push(format!("{path}: {error}."));
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
                _ => "plain file",
            };
            self.to_mend.push(format!(
                "{path} is not a {what}: put the {what} itself there."
            ));
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
            self.to_mend.push(format!(
                "{path} belongs to somebody else: give it to yourself{}.",
                command("sudo chown \"$USER\"", path, &self.clean(path))
            ));
            "wrong: not yours"
        } else if mode & FOR_OTHERS != 0 && shared_folder {
            "others can look into it, the workspace itself is private"
        } else if mode & FOR_OTHERS != 0 {
            self.to_mend.push(format!(
                "Other accounts can get at {path}: take their rights away{}.",
                command(&format!("chmod {private}"), path, &self.clean(path))
            ));
            "wrong: other accounts can get at it"
        } else if mode & least != least {
            self.to_mend.push(format!(
                "{path} cannot be written by you: allow it{}.",
                command(&format!("chmod {private}"), path, &self.clean(path))
            ));
            "wrong: you cannot write it"
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
                self.to_mend.push(problem.clone());
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
            self.line(
                "format",
                format!("{format}, brought up to date at the next start"),
            );
        }
        self.schema(altered.as_deref());
        if let Some(history) = history {
            self.history(history, *was_written);
        }
        match damage.first() {
            None => self.line("quick check", "ok"),
            Some(found) if *was_written => self.line(
                "quick check",
                format!("not sure, a console wrote meanwhile: {found}"),
            ),
            Some(_) => {
                for found in damage {
                    self.line("quick check", found);
                }
                self.to_mend.push(
                    "The workspace is damaged: put a backup in its place, and keep the damaged file and what is beside it."
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
                format!("not sure, a console wrote meanwhile: {what}"),
            );
        }
        self.line("history", &what);
        let way_on = match broken {
            Broken::Developer(_) => broken.way_on(),
            _ if *is_blocked => broken.way_on(),
            _ => "What the row says is not believed; everything else works.",
        };
        self.to_mend.push(format!("{what} {way_on}"));
    }

    fn schema(&mut self, altered: Option<&str>) {
        let Some(what) = altered else {
            return self.line("schema", "ok");
        };
        self.line("schema", format!("changed by another program: {what}"));
        self.to_mend.push(
            "Another program changed the workspace: restore a backup, and keep the changed file."
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
        format!(" ({what} {shown})")
    } else {
        format!(" ({what}, then the path)")
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
