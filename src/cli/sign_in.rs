//! Who runs a command, and their password. It is never an argument, and never a variable itself.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, IsTerminal as _, Read},
    path::Path,
    process::{Command, Stdio},
    time::{SystemTime, UNIX_EPOCH},
};

use zeroize::Zeroizing;

use super::{
    folders::path_of,
    global::Global,
    no_organization,
    output::{Exit, Finding, Refusal},
    plain::dialog::{AtTerminal, Dialog as _, LineEvent},
    texts::unreadable,
};
use crate::{
    domain::{people::developer::Session, secret::Secret, time::UnixMs},
    environment::{self, PASSWORD_COMMAND, PASSWORD_FILE},
    runtime::capabilities::Capabilities,
    store::{SignInError, Stage, Workspace},
    vault::KdfCost,
};

/// A longer first line is no password.
const PASSWORD_BYTES_MAX: u64 = 8 * 1024;

/// A workspace, and the developer who has signed in to it.
#[derive(Debug)]
pub struct SignedIn {
    pub workspace: Workspace,
    pub session: Session,
    pub now: UnixMs,
    /// What the screens show after a sign-in.
    pub warnings: Vec<String>,
}

/// A mistyped folder would be an empty workspace, in which nothing is found.
pub fn open(global: &Global) -> Result<Workspace, Refusal> {
    let folder = global.data_dir().map_err(Refusal::failed)?;
    let opened = Workspace::open_signed_up(&folder, KdfCost::default()).map_err(Refusal::failed)?;
    let none = || Refusal::failed(no_organization(&folder));
    Ok(opened.ok_or_else(none)?.workspace)
}

/// Opens the workspace and signs in. With `--dry-run`, nothing after it is kept.
pub fn sign_in(global: &Global, is_rehearsal: bool) -> Result<SignedIn, Refusal> {
    let mut workspace = open(global)?;
    let email = email(global, &workspace)?;
    let now = now();
    let password = password(&email)?;
    let session = workspace
        .sign_in(&email, &password, now)
        .map_err(|error| refused(&error))?;
    if session.must_change_password {
        let message = format!(
            "{email} still has a temporary password. Open devconsole and choose your own first."
        );
        return Err(Refusal::new(Exit::NotAllowed, None, message));
    }
    // As at the sign-in page, neither may prevent a sign-in.
    let _ = workspace.empty_trash(now);
    let _ = workspace.let_in(now);
    if is_rehearsal {
        workspace = workspace.rehearsing();
    }
    let warnings = session.warning.iter().cloned().collect();
    Ok(SignedIn {
        workspace,
        session,
        now,
        warnings,
    })
}

fn refused(error: &SignInError) -> Refusal {
    match error {
        SignInError::Refused { wait_ms } | SignInError::Wait { wait_ms } => Refusal {
            retry_after_s: (*wait_ms > 0).then(|| wait_ms.div_ceil(1000)),
            ..Refusal::new(Exit::NotSignedIn, None, error.to_string())
        },
        SignInError::Store(_) => Refusal::failed(error),
    }
}

fn email(global: &Global, workspace: &Workspace) -> Result<String, Refusal> {
    if let Some(email) = global.person() {
        return Ok(email.to_owned());
    }
    let last = match workspace.stage()? {
        Stage::Ready { last_email, .. } => last_email,
        Stage::Empty => None,
    };
    last.ok_or_else(|| {
        let message = "No developer has signed in here yet. Use --as EMAIL.";
        Refusal::new(Exit::NotSignedIn, Some("--as"), message)
    })
}

fn password(email: &str) -> Result<Secret, Refusal> {
    let file = environment::var_os(PASSWORD_FILE);
    let command = environment::var_os(PASSWORD_COMMAND);
    match (file, command) {
        (Some(_), Some(_)) => {
            let message = format!("Set {PASSWORD_FILE} or {PASSWORD_COMMAND}, not both.");
            Err(Refusal::new(Exit::Usage, None, message))
        }
        (Some(file), None) => of_file(&path_of(Path::new(&file))),
        (None, Some(command)) => of_command(&command.to_string_lossy()),
        (None, None) if can_ask() => prompt(email),
        (None, None) => {
            let message = format!(
                "No password for {email}: there is no terminal to ask in. Set {PASSWORD_FILE} or {PASSWORD_COMMAND}."
            );
            Err(Refusal::new(Exit::NotSignedIn, None, message))
        }
    }
}

/// A question needs a reader and an answer. Standard output may be piped.
pub fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

fn of_file(path: &Path) -> Result<Secret, Refusal> {
    let failed = |error: io::Error| {
        let mut refusal = unreadable(path.display(), &error).about(PASSWORD_FILE);
        refusal.exit = Exit::NotSignedIn;
        refusal
    };
    let file = File::open(path).map_err(failed)?;
    first_line(file).map_err(failed)?.ok_or_else(|| {
        let message = format!("The first line of {} is empty.", path.display());
        Refusal::new(Exit::NotSignedIn, Some(PASSWORD_FILE), message)
    })
}

/// Without a shell: no character of the command has a meaning besides quotes and blanks.
fn of_command(line: &str) -> Result<Secret, Refusal> {
    let refusal =
        |message: String| Refusal::new(Exit::NotSignedIn, Some(PASSWORD_COMMAND), message);
    let words = shell_words::split(line)
        .map_err(|_| refusal("A quotation mark is not closed.".to_owned()))?;
    let Some((program, rest)) = words.split_first() else {
        return Err(refusal("It names no program.".to_owned()));
    };
    let mut child = Command::new(program)
        .args(rest)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| refusal(format!("{program} cannot be run: {error}.")))?;
    let line = child.stdout.take().map(first_line).transpose();
    let status = child.wait();
    match (line, status) {
        (Ok(Some(Some(password))), Ok(status)) if status.success() => Ok(password),
        (Ok(_), Ok(status)) if status.success() => {
            Err(refusal(format!("{program} printed no password.")))
        }
        (_, Ok(status)) => Err(refusal(format!("{program} failed ({status})."))),
        (_, Err(error)) => Err(refusal(format!("{program} cannot be run: {error}."))),
    }
}

fn first_line(from: impl Read) -> io::Result<Option<Secret>> {
    let mut line = Zeroizing::new(Vec::with_capacity(PASSWORD_BYTES_MAX as usize));
    BufReader::new(from.take(PASSWORD_BYTES_MAX)).read_until(b'\n', &mut line)?;
    let text = Zeroizing::new(String::from_utf8_lossy(&line).into_owned());
    let text = text.trim_end_matches(['\r', '\n']);
    Ok((!text.is_empty()).then(|| Secret::new(text)))
}

fn prompt(email: &str) -> Result<Secret, Refusal> {
    let mut dialog =
        AtTerminal::on_stderr(Capabilities::of_process().unicode).map_err(Refusal::failed)?;
    dialog.ask(&format!("Password for {email}:"), true);
    loop {
        return match dialog.wait(None) {
            LineEvent::Line(line) => Ok(Secret::new(line.as_str())),
            LineEvent::Woke => continue,
            LineEvent::End => {
                let message = format!("No password for {email}.");
                Err(Refusal::new(Exit::NotSignedIn, None, message))
            }
            LineEvent::Signal(code) => Err(Refusal {
                exit: Exit::Other(code),
                findings: vec![Finding::new(None, "Stopped.")],
                retry_after_s: None,
            }),
        };
    }
}

pub fn now() -> UnixMs {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_millis());
    UnixMs(i64::try_from(since).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(result: Result<Secret, Refusal>) -> String {
        result.unwrap_err().findings.remove(0).message
    }

    #[test]
    fn a_command_is_run_without_a_shell() {
        let said = |line: &str| of_command(line).unwrap().expose().to_owned();
        assert_eq!(said("printf 'a b\\nsecond'"), "a b");
        assert_eq!(said("echo '$HOME; true'"), "$HOME; true");
    }

    #[test]
    fn a_command_that_gives_no_password_is_named() {
        assert_eq!(message(of_command("true")), "true printed no password.");
        assert_eq!(
            message(of_command("false")),
            "false failed (exit status: 1)."
        );
        assert_eq!(message(of_command("'")), "A quotation mark is not closed.");
        assert_eq!(message(of_command(" ")), "It names no program.");
        assert!(message(of_command("/no/such/program")).contains("cannot be run"));
    }

    #[test]
    fn the_first_line_of_a_file_is_the_password() {
        let read = |bytes: &[u8]| first_line(bytes).unwrap().map(|it| it.expose().to_owned());
        assert_eq!(read(b" a b \r\nrest").as_deref(), Some(" a b "));
        assert_eq!(read(b"no end").as_deref(), Some("no end"));
        assert_eq!(read(b"\nlater"), None);
        assert_eq!(read(b""), None);
    }
}
