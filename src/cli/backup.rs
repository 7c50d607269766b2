//! `devconsole backup` and `devconsole restore`: output and questions. `store` makes the copies.

use std::{
    io::{self, IsTerminal as _, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

use serde_json::{Map, Value, json};

use crate::{
    cli::{
        doctor,
        folders::path_of,
        global::Global,
        output::{Exit, Output, Refusal, Text},
        plain::dialog::{AtTerminal, Dialog as _, LineEvent, shown},
    },
    domain::time::UnixMs,
    runtime::capabilities::Capabilities,
    store::{
        self, BackedUp, BackupError, Credential, Holds, Regains, Replaced, Restore, Restored,
        Revived,
    },
};

pub fn back_up(global: &Global, file: &Path) -> Result<Output, Refusal> {
    let folder = global.data_dir().map_err(Refusal::failed)?;
    let done = store::back_up(&folder, &path_of(file)).map_err(refused)?;
    let mut members = contained(&done.holds);
    members.insert("path".to_owned(), shown_path(&done.path));
    members.insert("bytes".to_owned(), done.bytes.into());
    let text = Text::Raw(shown_lines(&[backed_up(&done)]));
    Ok(Output::new("backup/1", members, text))
}

/// Text is printed as it comes, because a question may stand in the middle of it.
pub fn restore(
    global: &Global,
    file: &Path,
    is_agreed: bool,
    is_json: bool,
) -> Result<Output, Refusal> {
    must_be_answered(is_agreed, is_json)?;
    let print_lines = |lines: &[String]| {
        if !is_json {
            print_lines(lines);
        }
    };
    let folder = global.data_dir().map_err(Refusal::failed)?;
    let restore = Restore::prepare(&folder, &path_of(file)).map_err(refused)?;
    print_lines(&summary(&restore));
    let back = restore.revives(now()).map_err(Refusal::failed)?;
    print_lines(&revived(back.as_ref()));
    let broken = restore.broken().map_err(Refusal::failed)?;
    let broken = broken.map(|broken| format!("The backup was changed. {}", broken.describe()));
    print_lines(broken.as_slice());
    if !is_agreed && let Answer::No(code) = ask()? {
        let lines = shown_lines(&["Nothing was replaced.".to_owned()]);
        let mut output = Output::new("restore/1", Map::new(), Text::Raw(lines));
        output.exit = ExitCode::from(code);
        return Ok(output);
    }
    let mut members = contained(restore.holds());
    members.insert(
        "valid_again".to_owned(),
        back.as_ref().map(valid_again).into(),
    );
    members.insert("changed".to_owned(), broken.into());
    let done = restore.replace(now()).map_err(Refusal::failed)?;
    let path = |path: &Option<PathBuf>| path.as_deref().map_or(Value::Null, shown_path);
    members.insert("workspace".to_owned(), shown_path(&done.workspace));
    members.insert("kept".to_owned(), path(&done.kept));
    members.insert("kept_log".to_owned(), path(&done.kept_log));
    members.insert("notices".to_owned(), json!(done.notices));
    let lines = [done.notices.clone(), restored(&done)].concat();
    let text = Text::Raw(shown_lines(&lines));
    Ok(Output::new("restore/1", members, text))
}

fn must_be_answered(is_agreed: bool, is_json: bool) -> Result<(), Refusal> {
    if is_agreed {
        return Ok(());
    }
    if is_json {
        let message = "Required with --json, which never asks.";
        return Err(Refusal::new(Exit::Usage, Some("--yes"), message));
    }
    if io::stdin().is_terminal() && io::stdout().is_terminal() {
        return Ok(());
    }
    let message = "There is no terminal to ask in. Add --yes to replace without asking.";
    Err(Refusal::new(Exit::Usage, None, message))
}

fn refused(error: BackupError) -> Refusal {
    let exit = match error {
        BackupError::Exists { .. } => Exit::Conflict,
        BackupError::Missing { .. } => Exit::NotFound,
        _ => Exit::Failed,
    };
    Refusal::new(exit, None, error.to_string())
}

/// A path that is not UTF-8 is shown as well as possible.
fn shown_path(path: &Path) -> Value {
    path.to_string_lossy().into()
}

fn contained(holds: &Holds) -> Map<String, Value> {
    let members = [
        ("organization", json!(holds.organization)),
        ("apps", json!(holds.apps)),
        ("drafts", json!(holds.drafts)),
        ("people", json!(holds.people)),
        ("last_used_at", json!(holds.last_used.map(UnixMs::rfc3339))),
    ];
    let members = members.into_iter();
    members
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn valid_again(found: &Revived) -> Value {
    let back = |all: &[Regains]| -> Vec<Value> {
        all.iter()
            .map(|one| json!({ "name": one.name, "role": one.role, "now": one.now }))
            .collect()
    };
    let jwts = found.jwt_credentials.iter();
    let jwts = jwts.map(|one| json!({ "label": one.label, "person": one.owner }));
    let sessions = found.sessions.iter();
    let sessions = sessions.map(|(name, count)| json!({ "person": name, "count": count }));
    json!({
        "people": back(&found.people),
        "roles": back(&found.roles),
        "passwords": found.passwords,
        "jwts": jwts.collect::<Vec<_>>(),
        "sessions": sessions.collect::<Vec<_>>(),
        "secrets": found.secrets,
        "apps": found.apps,
    })
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

fn revived(found: Option<&Revived>) -> Vec<String> {
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

fn ask() -> Result<Answer, Refusal> {
    let mut dialog = AtTerminal::new(is_unicode()).map_err(Refusal::failed)?;
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

fn print_lines(lines: &[String]) {
    let mut out = io::stdout();
    for line in shown_lines(lines) {
        // A closed output wants no more lines.
        let _ = writeln!(out, "{line}");
    }
}

/// Names in a file may hold anything, so they are made safe to print.
fn shown_lines(lines: &[String]) -> Vec<String> {
    let unicode = is_unicode();
    let lines = lines.iter();
    lines.map(|line| shown(line, unicode).to_string()).collect()
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
