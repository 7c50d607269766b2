//! What commands print: results to standard output, all else to standard error. Text is for people
//! and may change; JSON is the contract.

use std::{
    io::{self, IsTerminal as _, Write as _},
    process::ExitCode,
};

use clap::Args;
use rustix::termios::tcgetwinsize;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::domain::text;

/// The kinds of failures that have an exit code; clap's own is 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Failed,
    NotFound,
    Conflict,
}

impl Exit {
    fn code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::NotFound => 4,
            Self::Conflict => 5,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
        }
    }
}

/// Why a command did not do what was asked, and what it is about: an argument or a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub exit: Exit,
    pub field: Option<&'static str>,
    pub message: String,
}

impl Refusal {
    pub fn new(exit: Exit, field: Option<&'static str>, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            exit,
            field,
            message,
        }
    }

    pub fn failed(error: impl std::fmt::Display) -> Self {
        Self::new(Exit::Failed, None, error.to_string())
    }
}

/// How a command prints its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Args)]
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

/// The result of a command, in both forms.
#[derive(Debug)]
pub struct Output {
    pub schema: &'static str,
    pub members: Map<String, Value>,
    pub text: Text,
    pub exit: ExitCode,
}

#[derive(Debug)]
pub enum Text {
    Lines(Vec<String>),
    /// At a terminal with heads, fitted to its width; piped, full values between tabs.
    Table {
        heads: Vec<&'static str>,
        rows: Vec<Vec<String>>,
    },
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
            exit: ExitCode::SUCCESS,
        }
    }
}

/// Prints the result of a command and returns the exit code.
pub fn print(format: Format, result: Result<Output, Refusal>) -> ExitCode {
    let is_json = format.json.is_some();
    let refusal = match result {
        Ok(output) => match write(&output, is_json) {
            Ok(()) => return output.exit,
            // A reader that has seen enough, such as head, is no failure.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return output.exit,
            Err(error) => {
                Refusal::failed(format_args!("Standard output cannot be written: {error}."))
            }
        },
        Err(refusal) => refusal,
    };
    let line = if is_json {
        let error = json!({ "field": refusal.field, "message": refusal.message });
        let (exit, code) = (refusal.exit.code(), refusal.exit.name());
        let members = json!({ "exit": exit, "code": code, "errors": [error] });
        let members = members.as_object().cloned().unwrap_or_default();
        object("error/1", &members).unwrap_or_default()
    } else {
        let field = refusal
            .field
            .map_or_else(String::new, |field| format!("{field}: "));
        text::displayable(&format!("devconsole: {field}{}", refusal.message)).into_owned()
    };
    // A closed standard error cannot be reported anywhere.
    let _ = writeln!(io::stderr(), "{line}");
    ExitCode::from(refusal.exit.code())
}

fn write(output: &Output, is_json: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if is_json {
        writeln!(out, "{}", object(output.schema, &output.members)?)?;
        return out.flush();
    }
    let is_terminal = out.is_terminal();
    let lines = match &output.text {
        Text::Lines(lines) => lines.clone(),
        Text::Table { heads, rows } if is_terminal => fitted(heads, rows, columns()),
        Text::Table { rows, .. } => rows.iter().map(|row| row.join("\t")).collect(),
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
fn object(schema: &str, members: &Map<String, Value>) -> serde_json::Result<String> {
    let rest = serde_json::to_string(members)?;
    let rest = rest.strip_prefix('{').unwrap_or_default();
    let comma = if members.is_empty() { "" } else { "," };
    Ok(format!("{{\"schema\":\"{schema}\"{comma}{rest}"))
}

fn columns() -> usize {
    tcgetwinsize(io::stdout()).map_or(80, |size| usize::from(size.ws_col).max(20))
}

/// Two spaces between columns. Where the row is too long, the widest column is cut until it fits.
fn fitted(heads: &[&'static str], rows: &[Vec<String>], room: usize) -> Vec<String> {
    let heads: Vec<String> = heads.iter().map(|&head| head.to_owned()).collect();
    let mut widths: Vec<usize> = heads.iter().map(|head| text::width(head)).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = text::width(&text::displayable(cell)).max(*width);
        }
    }
    let gaps = 2 * widths.len().saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > room {
        match widths.iter_mut().max() {
            Some(widest) if *widest > 4 => *widest -= 1,
            _ => break,
        }
    }
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, &width)| {
            let cell = text::truncate_to_width(&text::displayable(cell), width, "…");
            let blank = width.saturating_sub(text::width(&cell));
            format!("{cell}{}", " ".repeat(blank))
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    [&heads].into_iter().chain(rows).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::fitted;

    #[test]
    fn the_widest_column_gives_way() {
        let rows = [
            vec![
                "A name that is far too long".to_owned(),
                "active".to_owned(),
            ],
            vec!["Short".to_owned(), "in trash".to_owned()],
        ];
        assert_eq!(
            fitted(&["NAME", "STATUS"], &rows, 20),
            [
                "NAME        STATUS",
                "A name th…  active",
                "Short       in trash"
            ]
        );
        assert_eq!(fitted(&["NAME", "STATUS"], &[], 80), ["NAME  STATUS"]);
    }
}
