//! The strength of a password, as a line below its field.

use ratatui::text::{Line, Span};

use crate::{domain::people::password::Strength, ui::theme::Theme};

/// Five boxes and a word: `■■■□□ fair`. The finding of the field says how to improve it.
pub(super) fn strength_line(strength: &Strength, theme: &Theme) -> Line<'static> {
    let (full, empty) = if theme.glyphs.unicode {
        ("■", "□")
    } else {
        ("#", ".")
    };
    let steps = usize::from(strength.score.min(4)) + 1;
    let style = match strength.score {
        0 | 1 => theme.error,
        2 => theme.warning,
        _ => theme.good,
    };
    Line::from(vec![
        Span::raw("  "),
        Span::styled(full.repeat(steps), style),
        Span::styled(empty.repeat(5 - steps), theme.dim),
        Span::styled(format!(" {}", strength.label()), style),
    ])
}
