//! The command palette over a screen.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    text::{Line, Span},
};

use super::{chrome, layout, line, theme::Theme};
use crate::{
    console::Console,
    form::{TextEdit, wrap},
    palette::{self, Palette},
};

const WIDTH: u16 = 76;

pub fn draw(frame: &mut Frame<'_>, theme: &Theme, console: &Console, palette: &Palette) {
    let area = frame.area();
    let area = layout::centred(area, WIDTH, area.height.saturating_sub(2));
    let inside = chrome::dialog(frame, area, theme, "Commands");
    let inside = layout::margin_wide(inside);
    let row = |nth: u16| {
        Rect {
            y: inside.y.saturating_add(nth),
            height: 1,
            ..inside
        }
        .intersection(inside)
    };
    let room = inside.width.saturating_sub(2);
    let (search, x) = line::window(palette.search.text(), palette.search.cursor(), room, None);
    let prompt = vec![Span::styled(": ", theme.accent), Span::raw(search)];
    frame.render_widget(Line::from(prompt), row(0));
    frame.set_cursor_position(Position {
        x: (inside.x + 2 + x).min(inside.right().saturating_sub(1)),
        y: inside.y,
    });

    let commands = palette::commands(console);
    if commands.is_empty() {
        let said = "No command is called so. Backspace goes back.";
        frame.render_widget(Line::styled(said, theme.dim), row(2));
        return;
    }
    // The search above; below, what is cut off in its row, or why it is off.
    let height = usize::from(inside.height.saturating_sub(5));
    let top = (palette.cursor + 1).saturating_sub(height);
    let key_width = 8;
    let shown = commands.iter().enumerate().skip(top).take(height);
    for ((nth, command), y) in shown.zip(2..) {
        let style = match (nth == palette.cursor, &command.off) {
            (true, _) => theme.selected,
            (false, Some(_)) => theme.dim,
            (false, None) => theme.text,
        };
        let name_width = inside.width.saturating_sub(key_width + 1);
        let text = format!(
            "{} {}",
            line::cell(&command.key, key_width, theme.glyphs.ellipsis),
            line::cell(command.name, name_width, theme.glyphs.ellipsis),
        );
        frame.render_widget(Line::styled(text, style), row(y));
    }
    let Some(command) = commands.get(palette.cursor) else {
        return;
    };
    let (said, style) = match &command.off {
        Some(reason) => (format!("{} {reason}", theme.glyphs.warning), theme.warning),
        None => (command.name.to_owned(), theme.dim),
    };
    let below = inside.height.saturating_sub(2);
    for (part, y) in wrap::paragraph(&said, inside.width)
        .into_iter()
        .zip(below..)
    {
        frame.render_widget(Line::styled(part, style), row(y));
    }
}
