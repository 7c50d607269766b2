//! Reports folder and files, with fixes: modes, owners, the file's health.

use super::{Disk, Entry, Kind, check::Check, report::Writer};
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
                let check = Check::problem("folder", problem, problem);
                return self.check("folder", check);
            }
        };
        let folder = disk.folder.to_string_lossy().into_owned();
        self.line("folder", &folder);
        let is_shared = Some(disk.is_shared_folder);
        let about = self.entry("folder", &disk.folder_entry, &folder, is_shared);
        self.check("", about);
        for (name, entry) in &disk.files {
            let about = self.entry(name, entry, &format!("{folder}/{name}"), None);
            self.check(name, about);
        }
        for name in &disk.old_copies {
            let message = "from before an update; delete it after every developer has signed in";
            self.check(name, Check::warning(name, message));
        }
        self.opened(disk);
        let free = match disk.free_bytes {
            Some(free) if free < LITTLE_SPACE => Check::problem(
                "free_space",
                format!("{}, wrong: too little", amount(free)),
                "The disk is almost full. Free some space.",
            ),
            Some(free) => Check::ok("free_space", format!("{}, ok", amount(free))),
            None => Check::warning("free_space", "unknown"),
        };
        self.check("free space", free);
        let minutes = self.facts.lock_after_minutes;
        self.line(
            "locks after",
            format!("{minutes} minutes without a key press"),
        );
    }

    /// `is_shared` is for folders: a folder with other files must not be made private.
    fn entry(&self, name: &str, entry: &Entry, path: &str, is_shared: Option<bool>) -> Check {
        let (kind, mode, owner) = match entry {
            Entry::Absent if is_shared.is_some() => {
                return Check::ok(name, "missing, created at the next start");
            }
            Entry::Absent => return Check::ok(name, "none"),
            Entry::Unknown(error) => {
                return Check::problem(name, error, format!("{path}: {error}."));
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
            let fix = format!("{path} is not a {what}. Replace it with a {what}.");
            return Check::problem(name, format!("wrong: not a {what}"), fix);
        }
        let judged = self.judged(path, mode, owner, wanted, shared_folder);
        Check {
            name: name.to_owned(),
            message: format!("mode {mode:04o}, {owned_by}, {}", judged.message),
            ..judged
        }
    }

    /// Checks owner and mode.
    fn judged(
        &self,
        path: &str,
        mode: u32,
        owner: u32,
        wanted: Kind,
        shared_folder: bool,
    ) -> Check {
        let (least, private) = match wanted {
            Kind::Folder => (0o700, "700"),
            _ => (0o600, "600"),
        };
        let run = |what: &str| command(what, path, &self.clean(path));
        let chmod = format!("chmod {private}");
        if owner != self.facts.me {
            let fix = run("sudo chown \"$USER\"");
            let fix = format!("{path} belongs to another account. {fix}");
            Check::problem("", "wrong: owned by another account", fix)
        } else if mode & FOR_OTHERS != 0 && shared_folder {
            Check::warning("", "other accounts can read it, the workspace is private")
        } else if mode & FOR_OTHERS != 0 {
            let fix = format!("Other accounts can read {path}. {}", run(&chmod));
            Check::problem("", "wrong: other accounts can read it", fix)
        } else if mode & least != least {
            let fix = format!("You cannot write to {path}. {}", run(&chmod));
            Check::problem("", "wrong: you cannot write to it", fix)
        } else {
            Check::ok("", "ok")
        }
    }

    fn opened(&mut self, disk: &Disk) {
        let inspected = match &disk.inspected {
            Ok(Some(inspected)) => inspected,
            Ok(None) => {
                return self.check("opens", Check::ok("opens", "nothing to open yet"));
            }
            Err(problem) => {
                let check = Check::problem("opens", format!("no: {problem}"), problem);
                return self.check("opens", check);
            }
        };
        let Inspected {
            format,
            damage,
            altered,
            history,
            was_written,
        } = inspected;
        self.check("opens", Check::ok("opens", "yes, read-only"));
        let state = if *format == self.facts.program.format {
            "ok"
        } else {
            "updated at the next start"
        };
        self.check("format", Check::ok("format", format!("{format}, {state}")));
        self.check("schema", schema(altered.as_deref()));
        if let Some(history) = history {
            self.check("history", judged_history(history, *was_written));
        }
        self.damage(damage, *was_written);
    }

    /// Each damage has its line, all of them have one fix.
    fn damage(&mut self, damage: &[String], was_written: bool) {
        const NAME: &str = "quick_check";
        let Some(first) = damage.first() else {
            return self.check("quick check", Check::ok(NAME, "ok"));
        };
        if was_written {
            let message = format!("uncertain, a console was writing: {first}");
            return self.check("quick check", Check::warning(NAME, message));
        }
        for found in damage {
            self.line("quick check", found);
        }
        let fix = "The workspace is damaged. Restore a backup with devconsole restore FILE: the damaged file is kept.";
        self.record(Check::problem(NAME, damage.join("; "), fix));
    }
}

fn judged_history(history: &SignedHistory, was_written: bool) -> Check {
    const NAME: &str = "history";
    let SignedHistory {
        rows,
        head,
        broken,
        is_blocked,
    } = history;
    let Some(broken) = broken else {
        let plural = if *rows == 1 { "" } else { "s" };
        let message = format!("ok, {rows} signed row{plural}, the last is {head}");
        return Check::ok(NAME, message);
    };
    let what = broken.describe();
    if was_written {
        return Check::warning(NAME, format!("uncertain, a console was writing: {what}"));
    }
    let way_on = match broken {
        Broken::Developer(_) => broken.way_on(),
        _ if *is_blocked => broken.way_on(),
        _ => "The entry is ignored. Everything else works.",
    };
    let fix = format!("{what} {way_on}");
    Check::problem(NAME, what, fix)
}

fn schema(altered: Option<&str>) -> Check {
    match altered {
        None => Check::ok("schema", "ok"),
        Some(what) => Check::problem(
            "schema",
            format!("changed by another program: {what}"),
            "Another program changed the workspace. Restore a backup with devconsole restore FILE: the changed file is kept.",
        ),
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
