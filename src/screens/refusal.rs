//! An attempt that was refused, and the wait until the next one.

use ratatui::text::{Line, Span};

use super::page::Look;
use crate::{
    domain::{
        problem::{Problem, ProblemKind},
        time::Clock,
    },
    ui::{finding, layout},
};

/// Why the last attempt was refused, and when the next one is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub text: String,
    pub until_ms: u64,
}

impl Refusal {
    /// `wrong` says that the proof was wrong. It must not reveal which half was.
    pub fn of(problem: &Problem, wrong: &str, clock: Clock) -> Self {
        Self {
            text: match problem.kind {
                ProblemKind::Wrong { .. } => wrong.to_owned(),
                ProblemKind::Throttled { .. } => "Too many tries.".to_owned(),
                _ => problem.text.clone(),
            },
            until_ms: clock.mono_ms + problem.wait_ms(),
        }
    }
}

/// Why the last attempt was refused, and how long until the next one is accepted.
pub fn refusal_lines(
    look: &Look<'_>,
    refusal: Option<&str>,
    wait_until_ms: Option<u64>,
) -> Vec<Line<'static>> {
    let theme = look.theme;
    let mut lines = Vec::new();
    if let Some(refusal) = refusal {
        let mark = Span::styled(theme.glyphs.error, theme.error);
        lines.extend(finding::lines(
            mark,
            refusal,
            theme,
            layout::text_width(look.size),
        ));
    }
    let left_ms = wait_until_ms.map_or(0, |until| until.saturating_sub(look.clock.mono_ms));
    if left_ms > 0 {
        lines.push(Line::styled(
            format!("  Try again in {} s.", left_ms.div_ceil(1000)),
            theme.warning,
        ));
    }
    lines
}
