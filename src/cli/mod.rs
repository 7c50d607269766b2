//! The command line, and what it starts. The top of the program: nothing imports it.

pub mod approvals;
pub mod apps;
pub mod args;
mod ask;
mod audit;
pub mod backup;
mod checked;
mod colored;
pub mod config;
pub mod doctor;
mod done;
pub mod env;
pub mod explain;
mod folders;
mod generated;
mod global;
pub mod history;
pub mod jwt;
pub mod output;
pub mod people;
pub mod plain;
pub mod scopes;
mod serve;
mod sign_in;
mod table;
mod texts;
mod written;

use std::{
    io::{IsTerminal as _, Write as _},
    path::Path,
    process::ExitCode,
};

use self::{
    args::{Args, Command, PlainKind},
    colored::Color,
    config::Config,
    output::Format,
    plain::{
        Plain,
        dialog::{AtTerminal, Dialog as _},
    },
};
use crate::{
    clipboard::{Clipboard, Environment},
    desk::Settings,
    domain::text,
    environment,
    runtime::{
        self, Failure, Start, capabilities::Capabilities, hardening, terminal::TerminalError,
        worker::Worker,
    },
    store::{Opened, Stage, Workspace},
    ui::theme::ThemeName,
    vault::KdfCost,
};

/// Runs the program. Returns the exit code: 0, 1 for a failure, 2 for wrong usage, 101 for a bug,
/// 128 + n after a signal.
pub fn run() -> ExitCode {
    hardening::harden();
    let args = match Args::of_process() {
        Ok(args) => args,
        Err(code) => return code,
    };
    let global = &args.global;
    let print = |format, result| output::print(format, global, result);
    let started = match args.instead() {
        Some(Command::Serve(serve)) => return serve.run(global),
        Some(Command::App(apps)) => return print(apps.format(), apps.run(global)),
        Some(Command::Env(env)) => return print(env.format, env.run(global)),
        Some(Command::Jwt(jwts)) => return print(jwts.format(), jwts.run(global)),
        Some(Command::Approvals(approvals)) => {
            return print(approvals.format(), approvals.run(global));
        }
        Some(Command::People(people)) => return print(people.format(), people.run(global)),
        Some(Command::History(history)) => return print(history.format, history.run(global)),
        Some(Command::Scopes(scopes)) => return print(scopes.format(), scopes.run(global)),
        Some(Command::Explain(explain)) => return print(explain.format, explain.run()),
        Some(Command::Completions { shell }) => {
            return print(Format::default(), Ok(generated::completions(*shell)));
        }
        Some(Command::Man { dir }) => {
            return print(Format::default(), generated::man(dir.as_deref()));
        }
        Some(Command::Doctor { keys: true, .. }) => return doctor::keys::run(),
        Some(Command::Doctor { format, .. }) => return print(*format, Ok(doctor::run(&args))),
        Some(Command::Backup { file, format }) => {
            return print(*format, backup::back_up(global, file));
        }
        Some(Command::Restore { file, yes, format }) => {
            let restored = backup::restore(global, file, *yes, format.is_json());
            return print(*format, restored);
        }
        None => start(&args),
    };
    match started {
        Ok(code) => code,
        Err((problem, code)) => {
            // A path in the message may hold control characters. A closed standard error cannot be
            // reported.
            let problem = text::displayable(&problem);
            let _ = writeln!(std::io::stderr(), "devconsole: {problem}");
            ExitCode::from(code)
        }
    }
}

fn failure(error: impl std::fmt::Display) -> Failure {
    (error.to_string(), 1)
}

/// Why a command finds nothing in a folder.
fn no_organization(folder: &Path) -> String {
    format!(
        "There is no organization in {}. Start devconsole and sign up, or choose another folder with --data-dir.",
        folder.display()
    )
}

fn start(args: &Args) -> Result<ExitCode, Failure> {
    // Before anything is created on disk.
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        let error = TerminalError::NotATerminal;
        return Err((error.to_string(), error.exit_code()));
    }
    let config = config().map_err(failure)?;
    let data_dir = args.global.data_dir().map_err(failure)?;
    let mut opened = Workspace::open(&data_dir, KdfCost::default()).map_err(failure)?;
    opened.notices.extend(environment::ignored());
    let organization = match opened.workspace.stage().map_err(failure)? {
        Stage::Empty => None,
        Stage::Ready {
            organization,
            last_email,
        } => Some((organization, last_email)),
    };

    let settings = Settings {
        lock_after_ms: u64::try_from(args.lock_after().as_millis()).unwrap_or(u64::MAX),
        folder: std::env::current_dir()
            .ok()
            .and_then(|folder| folder.into_os_string().into_string().ok())
            .unwrap_or_default(),
        way_in: way_in(args),
    };
    let is_dumb = environment::var("TERM").is_some_and(|term| term == "dumb");
    let start = Start {
        organization,
        settings,
    };
    let is_accessible = environment::var("ACCESSIBLE").is_some_and(|on| on != "0");
    let wanted = args.plain().or(config.plain.kind());
    if let Some(kind) = wanted.or((is_dumb || is_accessible).then_some(PlainKind::Full)) {
        return start_plain(opened, start, kind);
    }
    runtime::run(opened, start, theme(args.global.color(), config.theme))
}

/// The terminal decides how many colors a theme has, a person whether it has any.
fn theme(color: Color, chosen: ThemeName) -> ThemeName {
    match color {
        Color::Never => ThemeName::Mono,
        Color::Auto | Color::Always => chosen,
    }
}

/// The workspace belongs to an account on a machine: a new developer needs to know both.
fn way_in(args: &Args) -> String {
    let names = rustix::system::uname();
    let host = names.nodename().to_string_lossy();
    let account = ["USER", "LOGNAME"].into_iter().find_map(environment::var);
    let account = account.map_or_else(
        || "with this account".to_owned(),
        |name| format!("as {name}"),
    );
    let folder = args.global.given_folder();
    let folder = folder.map_or_else(String::new, |folder| {
        format!(" --data-dir {}", folder.display())
    });
    format!("sign in to the machine {host} {account} and run: devconsole{folder}")
}

fn start_plain(opened: Opened, start: Start, kind: PlainKind) -> Result<ExitCode, Failure> {
    let mut dialog = AtTerminal::new(Capabilities::of_process().unicode).map_err(failure)?;
    for notice in opened.notices {
        dialog.say(&notice);
    }
    let clipboard = Clipboard::new(&Environment::of_process());
    let worker = Worker::new(opened.workspace, clipboard);
    let is_brief = kind == PlainKind::Brief;
    Plain::new(start.console((80, 24)), worker, &mut dialog, is_brief)
        .run()
        .map(ExitCode::from)
        .map_err(|problem| (problem, 1))
}

fn config() -> Result<Config, config::ConfigError> {
    let read = config::file().map(|file| Config::read(&file)).transpose()?;
    Ok(read.flatten().unwrap_or_default())
}
