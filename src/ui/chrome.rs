//! The frame around every screen: header, title, status line, footer.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::Paragraph,
};
use unicode_width::UnicodeWidthStr;

use super::{layout, line, scroll::Scroll, theme::Theme};
use crate::keymap::{self, Action, Binding, Can, Mode};

/// In a narrower window, the key of the commands gives its room to a key of the page.
const NARROW: u16 = 50;

/// A line with text at both ends, each in its own style. If there is no room for both, the right
/// end is left out.
pub fn ends(frame: &mut Frame<'_>, area: Rect, left: Line<'_>, right: Line<'_>) {
    let area = layout::margin_wide(area);
    let cells = |line: &Line<'_>| u16::try_from(line.width()).unwrap_or(u16::MAX);
    let (before, behind) = (cells(&left), cells(&right));
    let fits = before.saturating_add(behind).saturating_add(2) <= area.width;
    // The style of a line fills its area: an area as wide as its text keeps it off the other end.
    let of = |x: u16, width: u16| Rect { x, width, ..area }.intersection(area);
    frame.render_widget(left, of(area.x, before));
    if fits {
        frame.render_widget(right, of(area.right().saturating_sub(behind), behind));
    }
}

pub fn header(frame: &mut Frame<'_>, area: Rect, theme: &Theme, organization: &str, who: &str) {
    let mut left = vec![Span::styled("devconsole", theme.strong)];
    if !organization.is_empty() {
        left.push(Span::raw("  "));
        left.push(line::foreign(
            organization,
            area.width.saturating_sub(16),
            theme.glyphs.ellipsis,
            theme.dim,
        ));
    }
    let right = line::foreign(who, area.width / 2, theme.glyphs.ellipsis, theme.dim);
    ends(frame, area, left.into(), right.into());
}

pub fn rule(frame: &mut Frame<'_>, area: Rect, theme: &Theme) {
    let line = theme.glyphs.rule.repeat(usize::from(area.width));
    frame.render_widget(Line::styled(line, theme.dim), area);
}

/// The keys that work here, as many whole entries as fit, and the key of the help. `verb`: what
/// submitting the form of the page, or answering the question, does.
pub fn footer(
    frame: &mut Frame<'_>,
    area: Rect,
    theme: &Theme,
    stack: &[Mode],
    verb: Option<&str>,
    can: impl Fn(Action) -> Can,
) {
    let area = layout::margin_wide(area);
    let typing = stack.iter().any(|mode| mode.takes_text());
    let in_help = stack.first() == Some(&Mode::Help);
    let is_covered = stack.first().is_some_and(|mode| !mode.is_page());
    let is_narrow = area.width < NARROW;
    // The pages are behind these two, on every screen.
    let last: &[(&str, &str)] = if in_help {
        &[]
    } else if typing || stack.first() == Some(&Mode::Pick) {
        &[("^G", "help")]
    } else if is_covered || is_narrow {
        &[("?", "help")]
    } else {
        &[(":", "commands"), ("?", "help")]
    };
    let cells = |(key, label): &(&str, &str)| key.width() + 1 + label.width() + 2;
    let room = usize::from(area.width).saturating_sub(last.iter().map(cells).sum());
    let mut named: Vec<&Binding> = keymap::active(stack);
    named.retain(|one| one.footer && can(one.action).is_named());
    let entry = |one: &&Binding| {
        let has_verb = matches!(
            (one.mode, one.action),
            (Mode::Form, Action::Submit) | (Mode::Confirm | Mode::Prompt, Action::Confirm)
        );
        let label = verb.filter(|_| has_verb).unwrap_or(one.label);
        (keymap::shown_key(stack, one), label)
    };
    let entries: Vec<(String, &str)> = named.iter().map(entry).collect();
    let widths = entries.iter().map(|(key, label)| cells(&(key, label)));
    let main = named.iter().position(|one| one.action == Action::Submit);
    let kept = fitting(&widths.collect::<Vec<_>>(), main.unwrap_or_default(), room);
    let mut spans: Vec<Span<'_>> = Vec::new();
    for ((key, label), _) in entries.into_iter().zip(kept).filter(|(_, kept)| *kept) {
        spans.push(Span::styled(key, theme.strong));
        spans.push(Span::styled(format!(" {label}  "), theme.text));
    }
    for (key, label) in last {
        spans.push(Span::styled(*key, theme.strong));
        spans.push(Span::raw(format!(" {label}  ")));
    }
    frame.render_widget(Line::from(spans), area);
}

/// The entries that fit, the main one before all others.
fn fitting(widths: &[usize], main: usize, room: usize) -> Vec<bool> {
    let mut left = room.saturating_sub(widths.get(main).copied().unwrap_or_default());
    let mut fits = |at: usize, width: usize| {
        let fits = at == main || width <= left;
        if fits && at != main {
            left -= width;
        }
        fits
    };
    let widths = widths.iter().enumerate();
    widths.map(|(at, width)| fits(at, *width)).collect()
}

/// A key to press, set off from the text around it.
pub fn button(theme: &Theme, key: &str, label: &str) -> [Span<'static>; 2] {
    [
        Span::styled(format!(" {key} "), theme.button),
        Span::styled(format!(" {label}"), theme.accent),
    ]
}

/// Marks at the right edge that there is more above or below.
pub fn more(frame: &mut Frame<'_>, area: Rect, theme: &Theme, scroll: Scroll) {
    let (up, down) = if theme.glyphs.unicode {
        ("↑", "↓")
    } else {
        ("^", "v")
    };
    let x = area.right().saturating_sub(1);
    for (shown, y, mark) in [
        (scroll.is_more_above(), area.top(), up),
        (scroll.below() > 0, area.bottom().saturating_sub(1), down),
    ] {
        if shown {
            let at = Rect::new(x, y, 1, 1).intersection(area);
            frame.render_widget(Span::styled(mark, theme.accent), at);
        }
    }
}

/// The window is too small for anything else.
pub fn too_small(frame: &mut Frame<'_>) {
    let text = format!(
        "Make the window at least {} x {}.",
        layout::MIN_WIDTH,
        layout::MIN_HEIGHT
    );
    let lines: Vec<Line<'_>> = crate::form::wrap::paragraph(&text, frame.area().width)
        .into_iter()
        .map(Line::from)
        .collect();
    frame.render_widget(Paragraph::new(lines), frame.area());
}
