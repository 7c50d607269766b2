//! When text is in color, a plan in color, and the progress of applying it.

use std::{
    io::{self, IsTerminal as _, Write as _},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use clap::{
    ValueEnum,
    builder::styling::{AnsiColor, Style},
};

use crate::{
    domain::{
        app::plan_lines::{LineRole, PlanLine},
        progress::Progress,
    },
    environment,
    store::Report,
};

/// When the text of commands is in color.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// At a terminal, unless NO_COLOR is set or TERM=dumb
    #[default]
    Auto,
    /// Also where there is no terminal, e.g. in the log of a CI job
    Always,
    /// Not even at a terminal
    Never,
}

impl Color {
    pub fn applies(self, is_terminal: bool) -> bool {
        self.chosen(is_terminal, environment::var)
    }

    fn chosen(self, is_terminal: bool, lookup: impl Fn(&str) -> Option<String>) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => {
                is_terminal
                    && lookup("NO_COLOR").is_none()
                    && lookup("TERM").is_none_or(|term| term != "dumb")
            }
        }
    }
}

/// Shows a plan before a question about it, on standard error.
pub fn show(plan: &[PlanLine], last: &str, color: Color) {
    let mut out = io::stderr().lock();
    let is_colored = color.applies(out.is_terminal());
    // A closed standard error cannot be reported anywhere.
    let _ = write_plan(&mut out, plan, is_colored);
    let _ = writeln!(out, "{last}");
}

pub fn write_plan(out: &mut impl io::Write, plan: &[PlanLine], is_colored: bool) -> io::Result<()> {
    for line in plan {
        let color = match line.role {
            LineRole::Plain => None,
            LineRole::Added => Some(AnsiColor::Green),
            LineRole::Removed => Some(AnsiColor::Red),
            LineRole::Changed => Some(AnsiColor::Yellow),
        };
        let style = Style::new().fg_color(color.filter(|_| is_colored).map(Into::into));
        write!(out, "{style}{}{style:#}", line.text)?;
        if let Some(consequence) = line.consequence {
            write!(out, "  ! {consequence}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Shows how far a long command is, in one line of a terminal. A quick one shows nothing.
pub fn reporter(is_quiet: bool) -> Report {
    const AFTER: Duration = Duration::from_millis(500);
    const EVERY: Duration = Duration::from_millis(150);
    let is_shown = !is_quiet && io::stderr().is_terminal();
    let next = Mutex::new(Instant::now() + AFTER);
    Arc::new(move |progress: Progress| {
        let mut next = next.lock().unwrap_or_else(PoisonError::into_inner);
        let is_last = progress.done >= progress.total;
        if !is_shown || (Instant::now() < *next && !is_last) {
            return;
        }
        *next = Instant::now() + EVERY;
        let end = if is_last { "\r\x1b[K" } else { "" };
        let mut out = io::stderr().lock();
        // A closed standard error cannot be reported anywhere.
        let _ = write!(out, "\r\x1b[K{}{end}", bar(progress));
        let _ = out.flush();
    })
}

/// `[######              ] 3,200 of 10,000 apps written`
fn bar(progress: Progress) -> String {
    const CELLS: u64 = 20;
    let filled = progress.done.saturating_mul(CELLS) / progress.total.max(1);
    let cells: String = (0..CELLS)
        .map(|at| if at < filled { '#' } else { ' ' })
        .collect();
    format!("[{cells}] {}", progress.describe())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::progress::Work;

    #[test]
    fn the_environment_counts_only_if_no_flag_decides() {
        let with = |variables: &'static [(&str, &str)]| {
            move |name: &str| {
                let found = variables.iter().find(|(of, _)| *of == name);
                found.map(|(_, value)| (*value).to_owned())
            }
        };
        for off in [&[("NO_COLOR", "1")][..], &[("TERM", "dumb")]] {
            let chosen = |color: Color| color.chosen(true, with(off));
            assert_eq!(
                [Color::Auto, Color::Always, Color::Never].map(chosen),
                [false, true, false],
                "{off:?}"
            );
        }
        let usual = with(&[("TERM", "xterm")]);
        assert!(Color::Auto.chosen(true, usual) && !Color::Auto.chosen(false, usual));
        assert!(Color::Always.chosen(false, usual) && !Color::Never.chosen(true, usual));
    }

    #[test]
    fn a_bar_says_how_far_it_is() {
        let at = |done| {
            bar(Progress {
                work: Work::Applying,
                done,
                total: 10_000,
            })
        };
        assert_eq!(
            at(5_000),
            "[##########          ] 5,000 of 10,000 apps written"
        );
        assert_eq!(
            at(10_000),
            "[####################] 10,000 of 10,000 apps written"
        );
    }
}
