//! A plan in color, and the progress of applying it.

use std::{
    io::{self, IsTerminal as _, Write as _},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use clap::builder::styling::{AnsiColor, Style};

use crate::{
    domain::{
        app::plan_lines::{LineRole, PlanLine},
        progress::Progress,
    },
    environment,
    store::Report,
};

/// Shows a plan before a question about it, on standard error.
pub fn show(plan: &[PlanLine], last: &str) {
    let mut out = io::stderr().lock();
    let is_terminal = out.is_terminal();
    // A closed standard error cannot be reported anywhere.
    let _ = write_plan(&mut out, plan, is_terminal);
    let _ = writeln!(out, "{last}");
}

pub fn write_plan(
    out: &mut impl io::Write,
    plan: &[PlanLine],
    is_terminal: bool,
) -> io::Result<()> {
    let is_off =
        |name: &str, off: fn(&str) -> bool| environment::var(name).is_some_and(|value| off(&value));
    let is_colored =
        is_terminal && !is_off("NO_COLOR", |_| true) && !is_off("TERM", |term| term == "dumb");
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
