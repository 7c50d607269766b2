//! `devconsole doctor`: collects facts about program, terminal and workspace for a bug report,
//! which `report` writes as text and `document` as JSON. Nothing is created, changed or locked, and only the variables named here
//! are read.

mod check;
mod document;
pub mod keys;
mod report;
#[cfg(test)]
mod tests;
mod workspace;

use std::{
    fs,
    io::{self, IsTerminal as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

pub use crate::cli::doctor::report::Report;
pub(crate) use crate::cli::doctor::workspace::amount;
use crate::{
    cli::{
        args::Args,
        config::{self, Config},
        output::{Exit, Output, Text},
    },
    store::{self, Inspected},
};

/// Variables whose values are reported.
const SHOWN: &[&str] = &[
    "TERM",
    "COLORTERM",
    "TERM_PROGRAM",
    "TERM_PROGRAM_VERSION",
    "NO_COLOR",
    "LC_ALL",
    "LC_CTYPE",
    "LANG",
    "DEVCONSOLE_DATA_DIR",
    "DEVCONSOLE_LOCK_AFTER",
    "XDG_DATA_HOME",
    "XDG_CONFIG_HOME",
];

/// Variables that are only reported as set: their values are addresses and paths, which do not
/// help.
const HINTED: &[&str] = &[
    "TMUX",
    "STY",
    "SSH_CONNECTION",
    "SSH_TTY",
    "SSH_CLIENT",
    "DISPLAY",
    "WAYLAND_DISPLAY",
];

/// The contents of a report.
#[derive(Clone, Debug)]
pub struct Facts {
    pub program: Program,
    pub variables: Vec<Variable>,
    pub stdin_is_terminal: bool,
    pub stdout_is_terminal: bool,
    pub size: Option<(u16, u16)>,
    /// The home folder, with and without symbolic links.
    pub homes: Vec<String>,
    pub me: u32,
    pub lock_after_minutes: u64,
    pub settings: Settings,
    pub disk: Result<Disk, String>,
}

/// The settings file.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `None` without a home folder.
    pub file: Option<PathBuf>,
    /// `Ok(None)` if the file does not exist.
    pub read: Result<Option<Config>, String>,
}

impl Settings {
    fn look_at(file: Option<PathBuf>) -> Self {
        let read = file.as_deref().map(Config::read).transpose();
        Self {
            read: read.map(Option::flatten).map_err(|error| error.to_string()),
            file,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Program {
    pub version: &'static str,
    pub os: &'static str,
    pub arch: &'static str,
    pub kernel: String,
    pub sqlite: &'static str,
    pub format: i64,
}

/// An environment variable that is set.
#[derive(Clone, Debug)]
pub struct Variable {
    pub name: &'static str,
    pub value: String,
    /// A variable that is not UTF-8 counts as unset.
    pub is_utf8: bool,
}

#[derive(Clone, Debug)]
pub struct Disk {
    pub folder: PathBuf,
    pub folder_entry: Entry,
    /// Whether the folder holds other files than the workspace.
    pub is_shared_folder: bool,
    /// The files of the workspace, by name.
    pub files: Vec<(&'static str, Entry)>,
    /// The names of copies that an update of the format left.
    pub old_copies: Vec<String>,
    pub free_bytes: Option<u64>,
    /// `None` if there is no workspace yet.
    pub inspected: Result<Option<Inspected>, String>,
}

#[derive(Clone, Debug)]
pub enum Entry {
    Absent,
    There { kind: Kind, mode: u32, owner: u32 },
    Unknown(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    File,
    Folder,
    Link,
    Other,
}

impl Facts {
    pub fn gather(args: &Args) -> Self {
        Self {
            program: Program::this(),
            variables: variables(|name| std::env::var_os(name)),
            stdin_is_terminal: io::stdin().is_terminal(),
            stdout_is_terminal: io::stdout().is_terminal(),
            size: size(),
            homes: homes(),
            me: rustix::process::geteuid().as_raw(),
            lock_after_minutes: args.lock_after().as_secs() / 60,
            settings: Settings::look_at(config::file()),
            disk: args
                .global
                .data_dir()
                .map(|folder| Disk::look_at(&folder))
                .map_err(|error| error.to_string()),
        }
    }

    /// Reads a variable like the rest of the program.
    pub fn lookup(&self, name: &str) -> Option<String> {
        self.variables
            .iter()
            .find(|variable| {
                variable.name == name && variable.is_utf8 && !variable.value.is_empty()
            })
            .map(|variable| variable.value.clone())
    }
}

impl Program {
    fn this() -> Self {
        let about = rustix::system::uname();
        Self {
            version: env!("CARGO_PKG_VERSION"),
            os: std::env::consts::OS,
            arch: std::env::consts::ARCH,
            // The name of the machine is left out.
            kernel: format!(
                "{} {}",
                about.sysname().to_string_lossy(),
                about.release().to_string_lossy()
            ),
            sqlite: store::sqlite_version(),
            format: store::known_format(),
        }
    }
}

impl Disk {
    pub fn look_at(folder: &Path) -> Self {
        let file = |end: &str| folder.join(format!("{}{end}", store::FILE_NAME));
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let (mut old_copies, others): (Vec<String>, Vec<String>) = entries
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .partition(|name| store::is_old_copy(name));
        old_copies.sort_unstable();
        Self {
            folder_entry: Entry::of(fs::metadata(folder)),
            is_shared_folder: others
                .iter()
                .any(|name| !name.starts_with(store::FILE_NAME)),
            old_copies,
            files: [
                ("workspace.db", ""),
                ("workspace.db-wal", "-wal"),
                ("workspace.db-shm", "-shm"),
            ]
            .map(|(name, end)| (name, Entry::of(fs::symlink_metadata(file(end)))))
            .to_vec(),
            free_bytes: free_bytes(folder),
            inspected: store::inspect(folder).map_err(|error| error.to_string()),
            folder: folder.to_owned(),
        }
    }
}

impl Entry {
    fn of(about: io::Result<fs::Metadata>) -> Self {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
        match about {
            Ok(about) => Self::There {
                kind: match about.file_type() {
                    kind if kind.is_file() => Kind::File,
                    kind if kind.is_dir() => Kind::Folder,
                    kind if kind.is_symlink() => Kind::Link,
                    _ => Kind::Other,
                },
                mode: about.permissions().mode() & 0o7777,
                owner: about.uid(),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::Absent,
            Err(error) => Self::Unknown(error.to_string()),
        }
    }
}

fn variables(lookup: impl Fn(&str) -> Option<std::ffi::OsString>) -> Vec<Variable> {
    SHOWN
        .iter()
        .chain(HINTED)
        .filter_map(|name| {
            let value = lookup(name)?;
            Some(Variable {
                name,
                is_utf8: value.to_str().is_some(),
                value: value.to_string_lossy().into_owned(),
            })
        })
        .collect()
}

/// From the terminal's driver, not from the terminal.
fn size() -> Option<(u16, u16)> {
    let size = rustix::termios::tcgetwinsize(io::stdout())
        .or_else(|_| rustix::termios::tcgetwinsize(io::stdin()))
        .ok()?;
    Some((size.ws_col, size.ws_row))
}

fn homes() -> Vec<String> {
    let Some(folders) = directories::BaseDirs::new() else {
        return Vec::new();
    };
    let home = folders.home_dir().to_owned();
    let without_links = fs::canonicalize(&home).unwrap_or_else(|_| home.clone());
    [home, without_links]
        .iter()
        .map(|home| home.to_string_lossy().into_owned())
        .collect()
}

/// Free space of the folder, or of where it would be created.
fn free_bytes(folder: &Path) -> Option<u64> {
    let there = folder.ancestors().find(|folder| folder.exists())?;
    let about = rustix::fs::statvfs(there).ok()?;
    Some(about.f_bavail.saturating_mul(about.f_frsize))
}

/// The exit code is 0 if nothing is wrong, 1 if something needs fixing.
pub fn run(args: &Args) -> Output {
    let report = Report::of(&Facts::gather(args));
    let lines = report.text.lines().map(str::to_owned).collect();
    let mut output = Output::new("doctor/1", report.document, Text::Raw(lines));
    if !report.is_well {
        output.exit = ExitCode::from(Exit::Failed.code());
    }
    output
}
