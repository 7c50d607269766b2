//! The command line: its arguments, their limits and defaults.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{
    ColorChoice, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum,
    builder::PossibleValue,
    error::{ContextKind, ContextValue},
    value_parser,
};
use clap_complete::Shell;

use serde::Deserialize;

use super::{
    approvals::Approvals,
    apps::Apps,
    env::Env,
    explain::Explain,
    global::Global,
    history::History,
    jwt::Jwts,
    output::{self, Exit, Format, Refusal},
    people::People,
    scopes::Scopes,
    serve::Serve,
};
use crate::{
    domain::{oauth::setup::Profile, text},
    environment::{DATA_DIR, LOCK_AFTER, PERSON},
};

/// A terminal console for RingCentral apps: register them, keep their credentials, test them offline.
#[derive(Clone, Debug, PartialEq, Eq, Parser)]
#[command(version, about)]
pub struct Args {
    #[command(flatten)]
    pub global: Global,

    /// Lock after this many minutes without a key press
    #[arg(
        long,
        value_name = "MINUTES",
        env = LOCK_AFTER,
        hide_env_values = true,
        default_value_t = 10,
        value_parser = clap::value_parser!(u16).range(1..=1440),
    )]
    lock_after: u16,

    /// Plain mode: lines and prompts instead of a full screen, for screen readers. Also with
    /// ACCESSIBLE=1; the default if TERM=dumb. `brief` leaves hints out
    #[arg(
        long,
        value_name = "KIND",
        value_enum,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "full"
    )]
    plain: Option<PlainKind>,

    /// What to run instead of the console
    #[command(subcommand)]
    command: Option<Command>,
}

/// How much plain mode says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum PlainKind {
    /// Explains each kind of page once
    Full,
    /// Only prompts, answers and errors
    Brief,
}

/// What to run instead of the console.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Command {
    Serve(Serve),

    /// List, show and change apps
    #[command(subcommand)]
    App(Apps),

    Env(Env),

    /// Manage JWT credentials
    #[command(subcommand)]
    Jwt(Jwts),

    /// Decide on requests for scopes
    #[command(subcommand)]
    Approvals(Approvals),

    /// Manage the developers of the organization
    #[command(subcommand)]
    People(People),

    History(History),

    /// Look up the scopes that an app can request
    #[command(subcommand)]
    Scopes(Scopes),

    /// Explain a failed login or call from its response or error
    Explain(Explain),

    /// Print the completions of a shell
    Completions {
        #[arg(value_name = "SHELL", value_parser = value_parser!(Shell))]
        shell: Shell,
    },

    /// Print the manual page
    Man {
        /// Write the pages of all commands to this folder
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },

    /// Check the terminal, clipboard and workspace, and print a report for a bug report
    Doctor {
        /// Show live what each key sends, for a bug report about a key
        #[arg(long, conflicts_with = "json")]
        keys: bool,

        #[command(flatten)]
        format: Format,
    },

    /// Save a backup of the workspace, also while the console is open; needs no password
    Backup {
        /// File to create; an existing file is never overwritten
        #[arg(value_name = "FILE")]
        file: PathBuf,

        #[command(flatten)]
        format: Format,
    },

    /// Replace the workspace with a backup; asks first and keeps the old workspace
    Restore {
        /// Backup, or any workspace that is not open
        #[arg(value_name = "FILE")]
        file: PathBuf,

        /// Replace without asking
        #[arg(long)]
        yes: bool,

        #[command(flatten)]
        format: Format,
    },
}

impl ValueEnum for Profile {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.label()).help(match self {
            Self::RingCentral => "As RingCentral is documented and was observed",
            Self::Strict => "As RFC 6749, RFC 9700 and OAuth 2.1 require",
        }))
    }
}

impl Args {
    /// Parses the process's arguments. On `--help`, `--version` or a mistake it prints and returns
    /// the exit code: 0, 0 and 2.
    pub fn of_process() -> Result<Self, ExitCode> {
        let color = wanted_color(std::env::args_os().skip(1));
        let parsed = parser(|name| std::env::var_os(name))
            .color(color)
            .try_get_matches()
            .map_err(without_variables)
            .and_then(|found| Self::from_arg_matches(&found));
        parsed.map_err(|mistake| {
            if !mistake.use_stderr() {
                mistake.exit();
            }
            let mut flags = std::env::args_os().skip(1).take_while(|one| one != "--");
            if flags.any(|one| one.to_str().is_some_and(asks_for_json)) {
                return output::refuse(&usage(&mistake), true);
            }
            // An argument that it repeats may hold control characters.
            let mut out = std::io::stderr();
            for line in mistake.to_string().lines() {
                // A closed standard error cannot be reported anywhere.
                let _ = writeln!(out, "{}", text::displayable(line));
            }
            ExitCode::from(2)
        })
    }

    pub fn instead(&self) -> Option<&Command> {
        self.command.as_ref()
    }

    pub fn plain(&self) -> Option<PlainKind> {
        self.plain
    }

    /// The console locks after this time without a key.
    pub fn lock_after(&self) -> Duration {
        Duration::from_secs(u64::from(self.lock_after).saturating_mul(60))
    }
}

/// Clap needs to know before it has read the arguments.
fn wanted_color(arguments: impl Iterator<Item = OsString>) -> ColorChoice {
    let mut flags = arguments.take_while(|one| one != "--");
    let mut wanted = None;
    while let Some(flag) = flags.next() {
        if flag == "--color" {
            wanted = flags.next();
        } else if let Some(value) = flag.to_str().and_then(|it| it.strip_prefix("--color=")) {
            wanted = Some(value.into());
        }
    }
    match wanted.as_ref().and_then(|it| it.to_str()) {
        Some("always") => ColorChoice::Always,
        Some("never") => ColorChoice::Never,
        _ => ColorChoice::Auto,
    }
}

fn asks_for_json(argument: &str) -> bool {
    argument == "--json" || argument.starts_with("--json=")
}

/// The same mistake without the flags that variables stand for: in its usage line they would look
/// as if they had been typed, or were required.
fn without_variables(mistake: clap::Error) -> clap::Error {
    if !mistake.use_stderr() {
        return mistake;
    }
    let again = parser(|_| Some(OsString::new())).try_get_matches();
    // If a variable is wrong, there is none without it.
    again.err().unwrap_or(mistake)
}

/// Clap's text without its colors, its usage line and its hint to the help.
fn usage(mistake: &clap::Error) -> Refusal {
    let text = mistake.render().to_string();
    let text = text.trim_start_matches("error: ");
    let sentences: Vec<String> = text
        .split("\n\n")
        .map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|part| !part.starts_with("Usage:") && !part.starts_with("For more information"))
        .collect();
    let field = match mistake.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(one)) => Some(one.as_str()),
        Some(ContextValue::Strings(all)) => all.first().map(String::as_str),
        _ => None,
    };
    // "--limit <N>" is --limit, "<APP>" is APP.
    let field = field.and_then(|field| field.split([' ', '[', '=']).next());
    let field = field.map(|field| field.trim_matches(['<', '>']));
    Refusal::new(Exit::Usage, field, sentences.join("; "))
}

/// Clap takes an empty variable for a value, so empty variables are removed first.
fn parser(lookup: impl Fn(&str) -> Option<OsString>) -> clap::Command {
    let variables = [
        ("data_dir", DATA_DIR),
        ("lock_after", LOCK_AFTER),
        ("person", PERSON),
    ];
    variables
        .into_iter()
        .filter(|(_, variable)| lookup(variable).is_some_and(|value| value.is_empty()))
        .fold(Args::command(), |command, (id, _)| {
            command.mut_arg(id, |arg| arg.env(None::<&'static str>))
        })
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use clap::{ColorChoice, CommandFactory as _, Parser as _, error::ErrorKind};

    use crate::cli::{
        args::{Args, Command, PlainKind},
        output::Format,
    };

    fn parse(arguments: &[&str]) -> Result<Args, ErrorKind> {
        Args::try_parse_from(std::iter::once(&"devconsole").chain(arguments))
            .map_err(|error| error.kind())
    }

    #[test]
    fn the_definition_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn plain_mode_is_full_or_brief() {
        let kind = |arguments: &[&str]| parse(arguments).map(|args| args.plain());
        assert_eq!(kind(&[]), Ok(None));
        assert_eq!(kind(&["--plain"]), Ok(Some(PlainKind::Full)));
        assert_eq!(kind(&["--plain=brief"]), Ok(Some(PlainKind::Brief)));
        assert!(kind(&["--plain=short"]).is_err());
    }

    #[test]
    fn a_given_folder_is_taken_as_it_is() {
        let args = parse(&["--data-dir", "/some/where"]).unwrap();
        assert_eq!(args.global.data_dir().unwrap(), Path::new("/some/where"));
        let relative = parse(&["--data-dir", "some/where"]).unwrap();
        let here = std::env::current_dir().unwrap();
        assert_eq!(relative.global.data_dir().unwrap(), here.join("some/where"));
    }

    #[test]
    fn a_folder_that_no_shell_has_expanded_is_in_the_home_folder() {
        let home = crate::environment::home().unwrap();
        for given in ["~/dc", "'~/dc'", " ~/dc\n"] {
            let args = parse(&["--data-dir", given]).unwrap();
            assert_eq!(args.global.data_dir().unwrap(), home.join("dc"), "{given}");
        }
        let args = parse(&["--data-dir=~/dc"]).unwrap();
        assert_eq!(args.global.data_dir().unwrap(), home.join("dc"));
    }

    #[test]
    fn a_variable_that_is_set_to_nothing_is_not_asked() {
        let asked = |value: Option<&str>| {
            let parser = super::parser(|_| value.map(Into::into));
            let env = parser.get_arguments().filter(|arg| arg.get_env().is_some());
            env.count()
        };
        assert_eq!((asked(None), asked(Some("/x")), asked(Some(""))), (3, 3, 0));
    }

    #[test]
    fn the_idle_lock_is_between_a_minute_and_a_day() {
        let minutes = |text: &str| parse(&["--lock-after", text]).map(|args| args.lock_after());
        assert_eq!(minutes("1"), Ok(Duration::from_secs(60)));
        assert_eq!(minutes("1440"), Ok(Duration::from_secs(86_400)));
        for wrong in ["0", "1441", "-1", "ten", ""] {
            assert!(minutes(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_help_repeats_nothing_from_the_environment() {
        for argument in Args::command().get_arguments() {
            assert!(argument.get_env().is_none() || argument.is_hide_env_values_set());
        }
    }

    #[test]
    fn the_options_may_stand_on_either_side_of_the_command() {
        for arguments in [
            ["--data-dir", "/some/where", "doctor"],
            ["doctor", "--data-dir", "/some/where"],
        ] {
            let args = parse(&arguments).unwrap();
            assert_eq!(args.global.data_dir().unwrap(), Path::new("/some/where"));
            let doctor = Command::Doctor {
                keys: false,
                format: Format::default(),
            };
            assert_eq!(args.instead(), Some(&doctor));
        }
        assert_eq!(parse(&[]).unwrap().instead(), None);
    }

    #[test]
    fn a_backup_and_a_restore_need_a_file() {
        let file = || "b.db".into();
        let format = Format::default();
        for (arguments, wanted) in [
            (
                vec!["backup", "b.db"],
                Command::Backup {
                    file: file(),
                    format,
                },
            ),
            (
                vec!["restore", "b.db"],
                Command::Restore {
                    file: file(),
                    yes: false,
                    format,
                },
            ),
            (
                vec!["restore", "--yes", "b.db"],
                Command::Restore {
                    file: file(),
                    yes: true,
                    format,
                },
            ),
        ] {
            assert_eq!(parse(&arguments).unwrap().instead(), Some(&wanted));
        }
        for arguments in [&["backup"][..], &["restore"], &["restore", "--yes"]] {
            assert_eq!(
                parse(arguments),
                Err(ErrorKind::MissingRequiredArgument),
                "{arguments:?}"
            );
        }
    }

    #[test]
    fn the_color_of_the_help_is_known_before_the_arguments_are_read() {
        let wanted = |arguments: &[&str]| super::wanted_color(arguments.iter().map(Into::into));
        for (arguments, color) in [
            (&["--help"][..], ColorChoice::Auto),
            (&["--color", "always", "app"], ColorChoice::Always),
            (&["app", "--color=never", "-h"], ColorChoice::Never),
            (&["app", "--color=auto"], ColorChoice::Auto),
            (
                &["env", "A", "--", "ls", "--color=always"],
                ColorChoice::Auto,
            ),
            (&["--color"], ColorChoice::Auto),
        ] {
            assert_eq!(wanted(arguments), color, "{arguments:?}");
        }
    }

    #[test]
    fn help_and_version_are_answered() {
        assert_eq!(parse(&["--help"]), Err(ErrorKind::DisplayHelp));
        assert_eq!(parse(&["--version"]), Err(ErrorKind::DisplayVersion));
        assert_eq!(parse(&["--ascii"]), Err(ErrorKind::UnknownArgument));
    }
}
