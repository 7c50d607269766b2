//! What commands print: results to standard output, all else to standard error. Text is for people
//! and may change; JSON is the contract.

use std::{
    io::{self, IsTerminal as _, Write as _},
    process::ExitCode,
};

use clap::Args;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    colored::{self, Color},
    global::Global,
    table::{self, Table},
};
use crate::{
    domain::{app::plan_lines::PlanLine, text},
    manifest,
    store::StoreError,
};

/// The kinds of failures that have an exit code. Which one it is depends on the kind of error, never
/// on its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Failed,
    Usage,
    NotAllowed,
    NotFound,
    Conflict,
    NotSignedIn,
    /// A signal, or a code that only `env -- COMMAND` has.
    Other(u8),
}

impl Exit {
    pub fn code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::NotAllowed => 3,
            Self::NotFound => 4,
            Self::Conflict => 5,
            Self::NotSignedIn => 6,
            Self::Other(code) => code,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Usage => "usage",
            Self::NotAllowed => "not_allowed",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::NotSignedIn => "not_signed_in",
            Self::Other(_) => "stopped",
        }
    }
}

/// What is wrong, and where: an argument, a variable, or a member of the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub field: Option<String>,
    pub message: String,
    /// The rule that it cites, e.g. `RFC 6749 §3.1.2`.
    pub rule: Option<&'static str>,
}

impl Finding {
    pub fn new(field: Option<&str>, message: impl Into<String>) -> Self {
        Self {
            field: field.map(str::to_owned),
            message: message.into(),
            rule: None,
        }
    }

    /// In one line, after where it is and before its rule.
    pub fn line(&self) -> String {
        let field = self.field.as_deref();
        let field = field.map_or_else(String::new, |field| format!("{field}: "));
        let rule = self
            .rule
            .map_or_else(String::new, |rule| format!(" [{rule}]"));
        format!("{field}{}{rule}", self.message)
    }
}

impl From<manifest::Finding> for Finding {
    fn from(found: manifest::Finding) -> Self {
        Self {
            field: (!found.field.is_empty()).then_some(found.field),
            message: found.message,
            rule: found.rule,
        }
    }
}

/// Why a command did not do what was asked. All findings are reported at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub exit: Exit,
    pub findings: Vec<Finding>,
    /// When another try is accepted.
    pub retry_after_s: Option<u64>,
}

impl Refusal {
    pub fn new(exit: Exit, field: Option<&str>, message: impl Into<String>) -> Self {
        Self {
            exit,
            findings: vec![Finding::new(field, message)],
            retry_after_s: None,
        }
    }

    /// For values of a file.
    pub fn of_findings(findings: impl IntoIterator<Item = manifest::Finding>) -> Self {
        Self {
            exit: Exit::Failed,
            findings: findings.into_iter().map(Finding::from).collect(),
            retry_after_s: None,
        }
    }

    pub fn failed(error: impl std::fmt::Display) -> Self {
        Self::new(Exit::Failed, None, error.to_string())
    }

    /// The same, about an argument.
    #[must_use]
    pub fn about(mut self, field: &str) -> Self {
        for finding in &mut self.findings {
            finding.field = Some(field.to_owned());
        }
        self
    }

    fn object(&self) -> String {
        let errors: Vec<Value> = self
            .findings
            .iter()
            .map(|one| json!({ "field": one.field, "message": one.message, "rule": one.rule }))
            .collect();
        let mut members = Map::new();
        members.insert("exit".to_owned(), self.exit.code().into());
        members.insert("code".to_owned(), self.exit.name().into());
        members.insert("errors".to_owned(), errors.into());
        if let Some(wait) = self.retry_after_s {
            members.insert("retry_after_s".to_owned(), wait.into());
        }
        // Strings and numbers always serialize.
        object("error/1", &members).unwrap_or_default()
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        let exit = match error {
            StoreError::NotAllowed(_)
            | StoreError::AccessEnded
            | StoreError::MustChangePassword => Exit::NotAllowed,
            StoreError::NotFound(_) => Exit::NotFound,
            StoreError::Conflict(_) => Exit::Conflict,
            _ => Exit::Failed,
        };
        Self::new(exit, None, error.to_string())
    }
}

/// How a command prints its result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Args)]
pub struct Format {
    /// Print JSON, as docs/CLI.md describes it; a number asks for that version of it
    #[arg(
        long,
        value_name = "VERSION",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "1",
        value_parser = clap::value_parser!(u8).range(1..=1),
    )]
    json: Option<u8>,
}

impl Format {
    pub fn is_json(self) -> bool {
        self.json.is_some()
    }
}

/// The result of a command, in both forms.
#[derive(Debug)]
pub struct Output {
    pub schema: &'static str,
    pub members: Map<String, Value>,
    pub text: Text,
    /// Said on standard error, in text and in JSON.
    pub notes: Vec<String>,
    /// What was not done. In JSON, members say it.
    pub problems: Vec<String>,
    pub exit: ExitCode,
}

#[derive(Debug)]
pub enum Text {
    Lines(Vec<String>),
    /// For another program: printed as it is, with its tabs and escapes.
    Raw(Vec<String>),
    /// What a manifest changes, and a last line. In color where that is wanted.
    Plan(Vec<PlanLine>, String),
    /// At a terminal with heads, fitted to its width; piped, full values between tabs.
    Table(Table),
}

impl Output {
    pub fn new(schema: &'static str, members: impl Serialize, text: Text) -> Self {
        let members = match serde_json::to_value(members) {
            Ok(Value::Object(members)) => members,
            // No member serializes to anything else.
            Ok(_) | Err(_) => Map::new(),
        };
        Self {
            schema,
            members,
            text,
            notes: Vec::new(),
            problems: Vec::new(),
            exit: ExitCode::SUCCESS,
        }
    }

    /// The value of a dotted JSON name below a member: text as it is, a list a line each, all else as
    /// JSON.
    pub fn value_of(self, member: &str, field: &str) -> Result<Self, Refusal> {
        let whole = self.members.get(member).cloned().unwrap_or_default();
        let found = field
            .split('.')
            .try_fold(&whole, |value, name| match value {
                Value::Array(all) => name.parse().ok().and_then(|at: usize| all.get(at)),
                other => other.get(name),
            });
        let plain = |value: &Value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let lines = match found {
            None => {
                let message = format!("There is no \"{field}\". --json shows all names.");
                return Err(Refusal::new(Exit::NotFound, Some("--get"), message));
            }
            Some(Value::Array(all)) => all.iter().map(plain).collect(),
            Some(Value::Null) => Vec::new(),
            Some(value) => vec![plain(value)],
        };
        Ok(Self {
            text: Text::Lines(lines),
            ..self
        })
    }

    /// Warnings stand before everything else and do not change the exit code.
    #[must_use]
    pub fn warning(mut self, warnings: impl IntoIterator<Item = String>) -> Self {
        let warnings = warnings.into_iter().map(|one| format!("warning: {one}"));
        self.notes.splice(0..0, warnings);
        self
    }
}

/// Prints the result of a command and returns the exit code. A quiet one drops notes, never errors.
pub fn print(format: Format, global: &Global, result: Result<Output, Refusal>) -> ExitCode {
    let refusal = match result {
        Ok(output) => match write(&output, format.is_json(), global.color()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Refusal::failed(format_args!("Standard output cannot be written: {error}."))
            }
            // A reader that has seen enough, such as head, is no failure.
            Ok(()) | Err(_) => {
                if !global.is_quiet() {
                    say(&output.notes);
                }
                if !format.is_json() {
                    say_problems(output.problems.iter());
                }
                return output.exit;
            }
        },
        Err(refusal) => refusal,
    };
    refuse(&refusal, format.is_json())
}

/// Prints why a command did nothing and returns the exit code.
pub fn refuse(refusal: &Refusal, is_json: bool) -> ExitCode {
    if is_json {
        say(&[refusal.object()]);
    } else {
        say_problems(refusal.findings.iter().map(Finding::line));
    }
    ExitCode::from(refusal.exit.code())
}

fn say_problems(problems: impl Iterator<Item = impl std::fmt::Display>) {
    let lines: Vec<String> = problems.map(|one| format!("devconsole: {one}")).collect();
    say(&lines);
}

/// Notes, on standard error.
pub fn say(lines: &[String]) {
    for line in lines {
        // A closed standard error cannot be reported anywhere.
        let _ = writeln!(io::stderr(), "{}", text::displayable(line));
    }
}

fn write(output: &Output, is_json: bool, color: Color) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if is_json {
        writeln!(out, "{}", object(output.schema, &output.members)?)?;
        return out.flush();
    }
    let is_terminal = out.is_terminal();
    let lines = match &output.text {
        Text::Lines(lines) => lines.clone(),
        Text::Raw(lines) => {
            for line in lines {
                writeln!(out, "{line}")?;
            }
            return out.flush();
        }
        Text::Plan(plan, last) => {
            colored::write_plan(&mut out, plan, color.applies(is_terminal))?;
            vec![last.clone()]
        }
        Text::Table(table) if is_terminal && table.rows.is_empty() => {
            // A closed standard error cannot be reported anywhere.
            let _ = writeln!(io::stderr(), "{}", table.none);
            Vec::new()
        }
        Text::Table(table) if is_terminal => table::fitted(table, table::columns()),
        Text::Table(table) => table.rows.iter().map(|row| table::piped(row)).collect(),
    };
    for line in lines {
        // A name may hold control characters, and a tab here separates values.
        let line = line
            .split('\t')
            .map(text::displayable)
            .collect::<Vec<_>>()
            .join("\t");
        writeln!(out, "{line}")?;
    }
    out.flush()
}

/// The schema comes first, so that a reader sees it before it has to understand the rest.
pub fn object(schema: &str, members: &Map<String, Value>) -> serde_json::Result<String> {
    let rest = serde_json::to_string(members)?;
    let rest = rest.strip_prefix('{').unwrap_or_default();
    let comma = if members.is_empty() { "" } else { "," };
    Ok(format!("{{\"schema\":\"{schema}\"{comma}{rest}"))
}
