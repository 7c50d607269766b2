//! The lock.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    text::{Line, Span},
    widgets::Paragraph,
};

use super::Locked;
use crate::{
    console::Console,
    form::TextEdit,
    screens::sign_in::view::refusal_lines,
    ui::{
        chrome,
        layout::{self, Areas},
        line,
        theme::Theme,
    },
};

pub fn draw(
    console: &Console,
    locked: &Locked,
    theme: &Theme,
    frame: &mut Frame<'_>,
    areas: &Areas,
) {
    chrome::ends(
        frame,
        areas.title,
        Line::styled("Locked", theme.strong),
        Line::styled("everything is as you left it", theme.dim),
    );
    let area = layout::margin(areas.body);
    let mut lines = refusal_lines(
        console,
        theme,
        locked.refusal.as_deref(),
        locked.wait_until_ms,
    );
    if !lines.is_empty() {
        lines.push(Line::default());
    }
    lines.push(Line::from(vec![
        Span::styled("Password", theme.accent),
        Span::raw("  "),
        line::foreign(
            &locked.email,
            area.width.saturating_sub(12),
            theme.glyphs.ellipsis,
            theme.dim,
        ),
    ]));
    let mask = locked.password.masked().then_some(theme.glyphs.mask);
    let y = u16::try_from(lines.len()).unwrap_or(0);
    let (shown, x) = line::window(
        locked.password.text(),
        locked.password.cursor(),
        area.width.saturating_sub(2),
        mask,
    );
    lines.push(Line::from(vec![
        Span::styled(format!("{} ", theme.glyphs.bar_focus), theme.accent),
        Span::raw(shown),
    ]));
    frame.render_widget(Paragraph::new(lines), area);
    let at = Rect::new(area.x + 2 + x, area.y + y, 1, 1).intersection(area);
    if !at.is_empty() && console.help.is_none() {
        frame.set_cursor_position(Position { x: at.x, y: at.y });
    }
}
