//! Writes the facts as plain lines: headings, then `name  value`. Problems come last, each with its
//! fix. Text from outside is made safe here, once. Without a UTF-8 locale, everything is ASCII.

use std::fmt::Display;

use crate::cli::doctor::{Facts, Variable};
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

/// The text, and whether nothing needs fixing.
#[derive(Clone, Debug)]
pub struct Report {
    pub text: String,
    pub is_well: bool,
}

impl Report {
    pub fn of(facts: &Facts) -> Self {
        let capabilities = Capabilities::detect(|name| facts.lookup(name));
        let mut writer = Writer {
            facts,
            ascii: !capabilities.unicode,
            text: String::new(),
            to_fix: Vec::new(),
        };
        writer.program();
        writer.terminal(capabilities);
        writer.clipboard();
        writer.workspace();
        writer.settings();
        writer.overrides();
        writer.verdict();
        Self {
            is_well: writer.to_fix.is_empty(),
            text: writer.text,
        }
    }
}

pub(super) struct Writer<'f> {
    pub(super) facts: &'f Facts,
    ascii: bool,
    text: String,
    pub(super) to_fix: Vec<String>,
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

    /// Safe to print, and without the path of the home folder.
    pub(super) fn clean(&self, value: &str) -> String {
        let mut value = value.to_owned();
        for home in &self.facts.homes {
            if home.starts_with('/') && home.len() > 1 {
                value = without_home(&value, home.trim_end_matches('/'));
            }
        }
        let value = text::displayable(&value);
        if self.ascii {
            value
                .chars()
                .map(|c| if c.is_ascii() { c } else { '?' })
                .collect()
        } else {
            value.into_owned()
        }
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
        let value = match self.facts.variables.iter().find(|one| one.name == name) {
            None => "not set".to_owned(),
            Some(variable) => shown(variable),
        };
        self.line(name, value);
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
        let inside: Vec<&str> = [
            ("TMUX", "tmux"),
            ("STY", "GNU screen"),
            ("SSH_CONNECTION", "SSH"),
            ("SSH_TTY", "SSH"),
            ("SSH_CLIENT", "SSH"),
        ]
        .into_iter()
        .filter(|(name, _)| self.is_set(name))
        .map(|(_, what)| what)
        .fold(Vec::new(), |mut inside, what| {
            if !inside.contains(&what) {
                inside.push(what);
            }
            inside
        });
        self.line(
            "inside",
            or(inside.join(", "), "nothing (no tmux, screen or SSH)"),
        );
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
            Some((0, _) | (_, 0)) => {
                self.line("size", "the terminal reports 0, so 80 x 24 is assumed")
            }
            Some((columns, rows)) if columns < MIN_WIDTH || rows < MIN_HEIGHT => self.line(
                "size",
                format!("{columns} x {rows}, too small: use at least {MIN_WIDTH} x {MIN_HEIGHT}"),
            ),
            Some((columns, rows)) => self.line("size", format!("{columns} x {rows}")),
            None => self.line("size", "unknown"),
        }
        self.line("colors", self.colors(capabilities));
        self.line("characters", self.characters(capabilities));
        for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
            self.variable(name);
        }
    }

    fn colors(&self, capabilities: Capabilities) -> String {
        let term = or(self.facts.lookup("TERM").unwrap_or_default(), "(not set)");
        match capabilities.colors {
            Colors::None if self.is_set("NO_COLOR") => {
                "none, bold and reverse only: NO_COLOR is set".to_owned()
            }
            Colors::None => format!("none, bold and reverse only: TERM is {term}"),
            Colors::Ansi16 => {
                format!("16: TERM is {term}, and COLORTERM does not say truecolor or 24bit")
            }
            Colors::Ansi256 => {
                format!("256: TERM is {term}, and COLORTERM does not say truecolor or 24bit")
            }
            Colors::True if term.ends_with("-direct") => format!("24 bits: TERM is {term}"),
            Colors::True => "24 bits: COLORTERM is set".to_owned(),
        }
    }

    fn characters(&self, capabilities: Capabilities) -> String {
        let chosen = if capabilities.unicode {
            "UTF-8"
        } else {
            "ASCII"
        };
        ["LC_ALL", "LC_CTYPE", "LANG"]
            .into_iter()
            .find(|name| self.is_set(name))
            .map_or_else(
                || format!("{chosen}: no locale is set"),
                |name| format!("{chosen}: from {name}"),
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
            Ok(None) => ("none (optional)", ThemeName::default().as_str()),
            Ok(Some(config)) => ("read", config.theme.as_str()),
            Err(_) => ("cannot be read", "-"),
        };
        self.line("file", file);
        self.line("found", found);
        self.line("theme", theme);
        if let Err(problem) = &settings.read {
            self.to_fix.push(format!("The settings: {problem}"));
        }
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
        if self.to_fix.is_empty() {
            self.head("No problems found");
            return;
        }
        self.head("To fix");
        for (nth, problem) in self.to_fix.clone().into_iter().enumerate() {
            let problem = self.clean(&problem);
            self.text.push_str(&format!("  {}. {problem}\n", nth + 1));
        }
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
