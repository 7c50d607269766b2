//! The frame around every screen: header, title, status line, footer.

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::{Alignment, Rect},
    text::{Line, Span},
    widgets::{Block, BorderType, Borders, Clear, Paragraph, Widget},
};
use unicode_width::UnicodeWidthStr;

use super::{layout, line, theme::Theme};
use crate::keymap::{self, Action, Can, Mode};

/// A line with text at both ends. If there is no room for both, the right end is left out.
pub fn ends(frame: &mut Frame<'_>, area: Rect, left: Line<'_>, right: Line<'_>) {
    let area = layout::margin_wide(area);
    let fits = left.width() + right.width() + 2 <= usize::from(area.width);
    frame.render_widget(left, area);
    if fits {
        frame.render_widget(right.alignment(Alignment::Right), area);
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

/// The keys that work here, as many whole entries as fit, and the key of the help. `verb`: what the
/// form of the page does when it is sent.
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
    let help = if in_help {
        ""
    } else if typing || stack.first() == Some(&Mode::Pick) {
        "^G help"
    } else {
        "? help"
    };
    let room = usize::from(area.width).saturating_sub(help.len() + 2);
    let mut used = 0;
    let mut spans: Vec<Span<'_>> = Vec::new();
    for binding in keymap::active(stack) {
        let can = can(binding.action);
        if !binding.footer || !can.is_named() {
            continue;
        }
        let key = keymap::shown_key(stack, binding);
        let is_form = binding.mode == Mode::Form && binding.action == Action::Submit;
        let label = verb.filter(|_| is_form).unwrap_or(binding.label);
        let width = key.width() + 1 + label.width() + 2;
        if used + width > room {
            continue;
        }
        used += width;
        let (key_style, label_style) = if can.why_off().is_some() {
            (theme.dim, theme.dim)
        } else {
            (theme.strong, theme.text)
        };
        spans.push(Span::styled(key, key_style));
        spans.push(Span::styled(format!(" {label}  "), label_style));
    }
    if let Some((key, label)) = help.split_once(' ') {
        spans.push(Span::styled(key, theme.strong));
        spans.push(Span::raw(format!(" {label}")));
    }
    frame.render_widget(Line::from(spans), area);
}

/// A box over the current screen. Returns its inside.
pub fn dialog(frame: &mut Frame<'_>, area: Rect, theme: &Theme, title: &str) -> Rect {
    let block = Block::new()
        .borders(Borders::ALL)
        .border_type(BorderType::Plain)
        .border_style(theme.accent)
        .title(Span::styled(format!(" {title} "), theme.strong));
    let inside = block.inner(area);
    frame.render_widget(Clear, area);
    if theme.glyphs.unicode {
        frame.render_widget(block, area);
    } else {
        ascii_box(frame.buffer_mut(), area, theme, title);
    }
    inside
}

/// Not every character set has box-drawing characters.
fn ascii_box(buffer: &mut Buffer, area: Rect, theme: &Theme, title: &str) {
    let inner = usize::from(area.width.saturating_sub(2));
    for y in area.top()..area.bottom() {
        let edge = y == area.top() || y + 1 == area.bottom();
        let line = if edge {
            format!("+{}+", "-".repeat(inner))
        } else {
            format!("|{}|", " ".repeat(inner))
        };
        Line::styled(line, theme.accent).render(
            Rect {
                y,
                height: 1,
                ..area
            },
            buffer,
        );
    }
    let head = Rect {
        x: area.x.saturating_add(1),
        height: 1,
        ..area
    };
    Line::styled(format!(" {title} "), theme.strong).render(head.intersection(area), buffer);
}

/// A question with its two answers.
pub fn question(
    frame: &mut Frame<'_>,
    area: Rect,
    theme: &Theme,
    title: &str,
    text: &str,
    yes: &str,
) {
    let width = 60.min(area.width.saturating_sub(2)).max(1);
    let text = line::foreign(text, u16::MAX, "", theme.text)
        .content
        .into_owned();
    let lines = crate::form::wrap::paragraph(&text, width.saturating_sub(4));
    let height = u16::try_from(lines.len()).unwrap_or(3).saturating_add(4);
    let inside = dialog(frame, layout::centered(area, width, height), theme, title);
    let mut rows: Vec<Line<'_>> = lines
        .into_iter()
        .map(|line| Line::from(format!(" {line}")))
        .collect();
    rows.push(Line::default());
    rows.push(Line::from(vec![
        Span::styled(" Enter ", theme.strong),
        Span::raw(format!("{yes}    ")),
        Span::styled("Esc ", theme.strong),
        Span::raw("no"),
    ]));
    frame.render_widget(Paragraph::new(rows), inside);
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
