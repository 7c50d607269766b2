//! Writes the facts as plain lines: headings, then `name  value`. Problems come last, each with its
//! fix. Text from outside is made safe here, once. Without a UTF-8 locale, everything is ASCII.

use std::{collections::BTreeMap, fmt::Display};

use serde_json::Value;

use super::{Facts, Variable, check::Check};
use crate::{
    clipboard::{Environment, Route},
    domain::text,
    runtime::capabilities::{Capabilities, Colors},
    ui::{
        layout::{MIN_HEIGHT, MIN_WIDTH},
        theme::ThemeName,
    },
};

/// Longest value. A variable may hold a very long one on purpose.
const MAX_CELLS: usize = 160;
const NAME: usize = 22;

/// The text, the same as JSON, and whether nothing needs fixing.
#[derive(Clone, Debug)]
pub struct Report {
    pub text: String,
    pub document: Value,
    pub is_well: bool,
}

impl Report {
    pub fn of(facts: &Facts) -> Self {
        let capabilities = Capabilities::detect(|name| facts.lookup(name));
        let mut writer = Writer {
            facts,
            ascii: !capabilities.unicode,
            text: String::new(),
            checks: Vec::new(),
            environment: BTreeMap::new(),
        };
        writer.program();
        writer.terminal(capabilities);
        writer.clipboard();
        writer.workspace();
        writer.settings();
        writer.overrides();
        writer.verdict();
        Self {
            document: writer.document(capabilities),
            is_well: writer.is_well(),
            text: writer.text,
        }
    }
}

pub(super) struct Writer<'f> {
    pub(super) facts: &'f Facts,
    ascii: bool,
    text: String,
    /// In the order of the text, safe to print.
    pub(super) checks: Vec<Check>,
    /// The variables that the text shows, safe to print.
    pub(super) environment: BTreeMap<&'static str, String>,
}

impl Writer<'_> {
    pub(super) fn head(&mut self, title: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(title);
        self.text.push('\n');
    }

    /// `value` may hold anything.
    pub(super) fn line(&mut self, name: &str, value: impl Display) {
        let value = self.clean(&value.to_string());
        let value = text::truncate_to_width(&value, MAX_CELLS, "...");
        let line = format!("  {name:<NAME$}{value}");
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// A line with the message of a check. Its fix comes at the end.
    pub(super) fn check(&mut self, name: &str, check: Check) {
        self.line(name, &check.message);
        self.record(check);
    }

    /// A check that has its lines already.
    pub(super) fn record(&mut self, check: Check) {
        self.checks.push(Check {
            name: self.bare(&check.name),
            message: self.bare(&check.message),
            fix: check.fix.map(|fix| self.bare(&fix)),
            ..check
        });
    }

    pub(super) fn is_well(&self) -> bool {
        self.checks.iter().all(|check| check.fix.is_none())
    }

    /// Safe to print, and without the path of the home folder.
    pub(super) fn clean(&self, value: &str) -> String {
        self.in_locale(self.bare(value))
    }

    fn in_locale(&self, value: String) -> String {
        if self.ascii {
            value
                .chars()
                .map(|c| if c.is_ascii() { c } else { '?' })
                .collect()
        } else {
            value
        }
    }

    /// The same for JSON, which is UTF-8 in every locale.
    pub(super) fn bare(&self, value: &str) -> String {
        let mut value = value.to_owned();
        for home in &self.facts.homes {
            if home.starts_with('/') && home.len() > 1 {
                value = without_home(&value, home.trim_end_matches('/'));
            }
        }
        text::displayable(&value).into_owned()
    }

    fn program(&mut self) {
        let program = &self.facts.program;
        self.head("Program");
        self.line("devconsole", program.version);
        let system = format!("{} {}, {}", program.os, program.arch, program.kernel);
        self.line("system", system);
        self.line("SQLite", program.sqlite);
        self.line("file format", program.format);
    }

    fn variable(&mut self, name: &'static str) {
        let variables = &self.facts.variables;
        let Some(variable) = variables.iter().find(|one| one.name == name) else {
            return self.line(name, "not set");
        };
        let value = self.bare(&variable.value);
        let value = text::truncate_to_width(&value, MAX_CELLS, "...");
        self.environment.insert(name, value);
        self.line(name, shown(variable));
    }

    fn is_set(&self, name: &str) -> bool {
        self.facts
            .lookup(name)
            .is_some_and(|value| !value.is_empty())
    }

    fn terminal(&mut self, capabilities: Capabilities) {
        self.head("Terminal");
        self.variable("TERM");
        self.variable("COLORTERM");
        if self.is_set("TERM_PROGRAM") {
            self.variable("TERM_PROGRAM");
            self.variable("TERM_PROGRAM_VERSION");
        }
        let inside = self.inside().join(", ");
        self.line("inside", or(inside, "nothing (no tmux, screen or SSH)"));
        let facts = self.facts;
        let is = |terminal| {
            if terminal {
                "a terminal"
            } else {
                "not a terminal"
            }
        };
        self.line("standard input", is(facts.stdin_is_terminal));
        self.line("standard output", is(facts.stdout_is_terminal));
        match facts.size {
            None => self.line("size", "unknown"),
            Some(size) => self.check("size", judged(size)),
        }
        let (colors, reason) = self.colors(capabilities);
        let colors = match colors {
            "none" => "none, bold and reverse only",
            "24_bit" => "24 bits",
            number => number,
        };
        self.line("colors", format!("{colors}: {reason}"));
        let (characters, reason) = self.characters(capabilities);
        self.line("characters", format!("{characters}: {reason}"));
        for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
            self.variable(name);
        }
    }

    pub(super) fn inside(&self) -> Vec<&'static str> {
        let mut inside: Vec<&str> = [
            ("TMUX", "tmux"),
            ("STY", "GNU screen"),
            ("SSH_CONNECTION", "SSH"),
            ("SSH_TTY", "SSH"),
            ("SSH_CLIENT", "SSH"),
        ]
        .into_iter()
        .filter(|(name, _)| self.is_set(name))
        .map(|(_, what)| what)
        .collect();
        // The variables of SSH stand side by side.
        inside.dedup();
        inside
    }

    /// How many, and why.
    pub(super) fn colors(&self, capabilities: Capabilities) -> (&'static str, String) {
        let term = or(self.facts.lookup("TERM").unwrap_or_default(), "(not set)");
        let limited = format!("TERM is {term}, and COLORTERM does not say truecolor or 24bit");
        match capabilities.colors {
            Colors::None if self.is_set("NO_COLOR") => ("none", "NO_COLOR is set".to_owned()),
            Colors::None => ("none", format!("TERM is {term}")),
            Colors::Ansi16 => ("16", limited),
            Colors::Ansi256 => ("256", limited),
            Colors::True if term.ends_with("-direct") => ("24_bit", format!("TERM is {term}")),
            Colors::True => ("24_bit", "COLORTERM is set".to_owned()),
        }
    }

    /// Which ones, and why.
    pub(super) fn characters(&self, capabilities: Capabilities) -> (&'static str, String) {
        let chosen = if capabilities.unicode {
            "UTF-8"
        } else {
            "ASCII"
        };
        ["LC_ALL", "LC_CTYPE", "LANG"]
            .into_iter()
            .find(|name| self.is_set(name))
            .map_or_else(
                || (chosen, "no locale is set".to_owned()),
                |name| (chosen, format!("from {name}")),
            )
    }

    fn clipboard(&mut self) {
        let environment = Environment::from_lookup(|name| self.facts.lookup(name));
        let route = Route::choose(&environment);
        self.head("Clipboard");
        self.line("route", format!("{route}: {}", route.why(&environment)));
        self.line("after a copy", route.known_after());
    }

    fn settings(&mut self) {
        self.head("Settings");
        let settings = &self.facts.settings;
        let file = settings.file.as_ref().map_or_else(
            || "no home folder".to_owned(),
            |file| file.display().to_string(),
        );
        let (found, theme) = match &settings.read {
            Ok(None) => (
                Check::ok("settings", "none (optional)"),
                ThemeName::default().as_str(),
            ),
            Ok(Some(config)) => (Check::ok("settings", "read"), config.theme.as_str()),
            Err(problem) => {
                let fix = format!("The settings: {problem}");
                (Check::problem("settings", "cannot be read", fix), "-")
            }
        };
        self.line("file", file);
        self.check("found", found);
        self.line("theme", theme);
    }

    fn overrides(&mut self) {
        self.head("Set in the environment");
        let before = self.text.len();
        for name in [
            "DEVCONSOLE_DATA_DIR",
            "DEVCONSOLE_LOCK_AFTER",
            "XDG_DATA_HOME",
            "XDG_CONFIG_HOME",
            "NO_COLOR",
        ] {
            if self.is_set(name) {
                self.variable(name);
            }
        }
        if self.text.len() == before {
            self.line("nothing", "");
        }
    }

    fn verdict(&mut self) {
        if self.is_well() {
            self.head("No problems found");
            return;
        }
        self.head("To fix");
        let fixes = self.checks.iter().filter_map(|check| check.fix.clone());
        let fixes: Vec<String> = fixes.map(|fix| self.in_locale(fix)).collect();
        for (nth, fix) in fixes.into_iter().enumerate() {
            self.text.push_str(&format!("  {}. {fix}\n", nth + 1));
        }
    }
}

fn judged((columns, rows): (u16, u16)) -> Check {
    let size = format!("{columns} x {rows}");
    if columns == 0 || rows == 0 {
        let message = "the terminal reports 0, so 80 x 24 is assumed";
        Check::warning("size", message)
    } else if columns < MIN_WIDTH || rows < MIN_HEIGHT {
        let message = format!("{size}, too small: use at least {MIN_WIDTH} x {MIN_HEIGHT}");
        Check::warning("size", message)
    } else {
        Check::ok("size", size)
    }
}

fn shown(variable: &Variable) -> String {
    match variable.value.as_str() {
        "" => "set, but empty".to_owned(),
        _ if !variable.is_utf8 => format!("{} (not UTF-8: taken as unset)", variable.value),
        value => value.to_owned(),
    }
}

fn or(text: String, otherwise: &str) -> String {
    if text.is_empty() {
        otherwise.to_owned()
    } else {
        text
    }
}

/// Only a whole folder name matches: `/home/ada` is not the beginning of `/home/adam`.
fn without_home(value: &str, home: &str) -> String {
    let mut out = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once(home) {
        let ends = !after
            .chars()
            .next()
            .is_some_and(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
        out.push_str(before);
        out.push_str(if ends { "~" } else { home });
        rest = after;
    }
    out.push_str(rest);
    out
}
