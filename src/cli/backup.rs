//! `devconsole backup` and `devconsole restore`: output and questions. `store` makes the copies.

use std::{
    io::{self, IsTerminal as _, Write as _},
    path::Path,
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

use crate::{
    cli::{
        args::Args,
        doctor,
        folders::path_of,
        plain::dialog::{AtTerminal, Dialog as _, LineEvent, shown},
    },
    domain::time::UnixMs,
    runtime::capabilities::Capabilities,
    store::{self, BackedUp, Credential, Holds, Regains, Replaced, Restore, Restored, Revived},
};

/// One line, and the exit code.
type Failure = (String, u8);

const WRONG_USE: u8 = 2;

fn failure(error: impl std::fmt::Display) -> Failure {
    (error.to_string(), 1)
}

pub fn back_up(args: &Args, file: &Path) -> Result<ExitCode, Failure> {
    let folder = args.global.data_dir().map_err(failure)?;
    let done = store::back_up(&folder, &path_of(file)).map_err(failure)?;
    print_lines(&[backed_up(&done)]);
    Ok(ExitCode::SUCCESS)
}

pub fn restore(args: &Args, file: &Path, is_agreed: bool) -> Result<ExitCode, Failure> {
    let can_ask = io::stdin().is_terminal() && io::stdout().is_terminal();
    if !is_agreed && !can_ask {
        let problem = "There is no terminal to ask in. Add --yes to replace without asking.";
        return Err((problem.to_owned(), WRONG_USE));
    }
    let folder = args.global.data_dir().map_err(failure)?;
    let restore = Restore::prepare(&folder, &path_of(file)).map_err(failure)?;
    print_lines(&summary(&restore));
    print_lines(&revived(restore.revives(now()).map_err(failure)?));
    if let Some(broken) = restore.broken().map_err(failure)? {
        print_lines(&[format!("The backup was changed. {}", broken.describe())]);
    }
    if !is_agreed && let Answer::No(code) = ask()? {
        print_lines(&["Nothing was replaced.".to_owned()]);
        return Ok(ExitCode::from(code));
    }
    let done = restore.replace(now()).map_err(failure)?;
    print_lines(&done.notices);
    print_lines(&restored(&done));
    Ok(ExitCode::SUCCESS)
}

fn backed_up(done: &BackedUp) -> String {
    format!(
        "Backed up {} to {}: {}, {}.",
        owner(&done.holds),
        done.path.display(),
        counted(done.holds.apps, "app"),
        doctor::amount(done.bytes),
    )
}

fn summary(restore: &Restore) -> Vec<String> {
    let mut lines = vec![format!("Backup: {}", restore.file().display())];
    lines.extend(contents(restore.holds()));
    if let Some(at) = restore.written() {
        lines.push(format!("  Created       {}", at.date_time()));
    }
    lines.push(format!("Replaces: {}", restore.workspace().display()));
    match restore.replaces() {
        Replaced::Nothing => lines.push("  Nothing: there is no workspace yet.".to_owned()),
        Replaced::Workspace(holds) => lines.extend(contents(holds)),
        Replaced::Unreadable(why) => lines.push(format!("  It cannot be read. {why}")),
    }
    if restore.replaces() != &Replaced::Nothing {
        lines.push(
            "The current workspace is kept in the same folder under another name.".to_owned(),
        );
    }
    lines
}

/// Names beyond this many are counted.
const NAMED_MAX: usize = 10;

fn revived(found: Option<Revived>) -> Vec<String> {
    let Some(found) = found else {
        return vec![
            "It is not known what this restores: removed developers and revoked credentials may become valid again."
                .to_owned(),
        ];
    };
    let back = |one: &Regains| format!("{} ({}, now {})", one.name, one.role, one.now);
    let jwt = |one: &Credential| format!("“{}” of {}", one.label, one.owner);
    let sessions = |(name, count): &(String, i64)| format!("{name} ({count})");
    let rows = [
        ("Developers", named(&found.people, back)),
        ("Roles", named(&found.roles, back)),
        ("Old passwords", named(&found.passwords, String::clone)),
        ("Revoked JWTs", named(&found.jwt_credentials, jwt)),
        ("Ended sessions", named(&found.sessions, sessions)),
        ("Old secrets", named(&found.secrets, String::clone)),
        ("Inactive apps", named(&found.apps, String::clone)),
    ];
    let rows: Vec<String> = rows
        .into_iter()
        .filter_map(|(what, names)| Some(format!("  {what:<14}  {}", names?)))
        .collect();
    if rows.is_empty() {
        return rows;
    }
    let head = "Valid again after the restore, although ended or changed since the backup:";
    std::iter::once(head.to_owned()).chain(rows).collect()
}

fn named<T>(all: &[T], name: impl Fn(&T) -> String) -> Option<String> {
    let mut shown: Vec<String> = all.iter().take(NAMED_MAX).map(name).collect();
    let more = all.len().saturating_sub(shown.len());
    if more > 0 {
        shown.push(format!("and {more} more"));
    }
    (!shown.is_empty()).then(|| format!("{}: {}", all.len(), shown.join(", ")))
}

fn contents(holds: &Holds) -> Vec<String> {
    let last_used = holds
        .last_used
        .map_or_else(|| "never".to_owned(), UnixMs::date_time);
    vec![
        format!("  Organization  {}", owner(holds)),
        format!(
            "  Contains      {}, {}, {}",
            counted(holds.apps, "app"),
            counted(holds.drafts, "draft"),
            counted(holds.people, "developer"),
        ),
        format!("  Last used     {last_used}"),
    ]
}

fn restored(done: &Restored) -> Vec<String> {
    let mut lines = vec![format!("Restored {}.", done.workspace.display())];
    if let Some(kept) = &done.kept {
        lines.push(format!("The old workspace is kept as {}.", kept.display()));
    }
    if let Some(log) = &done.kept_log {
        lines.push(format!("Its last changes are kept as {}.", log.display()));
    }
    lines
}

fn owner(holds: &Holds) -> String {
    holds.organization.as_ref().map_or_else(
        || "a workspace without an organization".to_owned(),
        |name| format!("“{name}”"),
    )
}

fn counted(count: i64, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}

enum Answer {
    Yes,
    /// With the exit code.
    No(u8),
}

fn ask() -> Result<Answer, Failure> {
    let mut dialog = AtTerminal::new(is_unicode()).map_err(failure)?;
    dialog.ask("Type yes to restore:", false);
    loop {
        return Ok(match dialog.wait(None) {
            LineEvent::Line(line) if line.trim() == "yes" => Answer::Yes,
            LineEvent::Line(line) if line.trim() == "no" => Answer::No(1),
            // After typing y, a person may not notice that nothing happened.
            LineEvent::Line(_) => {
                dialog.ask(
                    "Type yes in full to restore, or no to change nothing:",
                    false,
                );
                continue;
            }
            LineEvent::End => Answer::No(1),
            LineEvent::Signal(code) => Answer::No(code),
            LineEvent::Woke => continue,
        });
    }
}

/// Names in a file may hold anything, so they are made safe to print.
fn print_lines(lines: &[String]) {
    let unicode = is_unicode();
    let mut out = io::stdout();
    for line in lines {
        // A closed output wants no more lines.
        let _ = writeln!(out, "{}", shown(line, unicode));
    }
}

fn is_unicode() -> bool {
    Capabilities::of_process().unicode
}

fn now() -> UnixMs {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_millis());
    UnixMs(i64::try_from(since).unwrap_or(i64::MAX))
}
