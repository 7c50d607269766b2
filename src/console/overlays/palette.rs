//! Every action by name: the actions that work here, and for the others the reason why not.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Position, Rect},
    text::{Line, Span},
};

use super::{
    super::Console,
    commands::{Command, commands},
};
use crate::{
    desk::{Overlay, Palette},
    form::{TextEdit as _, wrap},
    keymap::Action,
    ui::{
        line, overlay,
        rows::{Column, Columns, List},
        scroll::moved,
        theme::Theme,
    },
};

const WIDTH: u16 = 72;
/// Rows besides the list: the search, the explanation and blank ones.
const AROUND: u16 = 5;
const COLUMNS: Columns<2> = Columns::new(0, [Column::share("", 1), Column::cells("", 8)]);

/// If the next input may be a password, the palette stays closed: its search would show the
/// password.
pub(in crate::console) fn open(console: &mut Console) {
    if console.desk.session().is_none() || console.desk.is_locked() {
        return console.desk.warn("Sign in to use commands.");
    }
    let overlay = Overlay::Palette(Palette::default());
    console.desk.overlays.push(overlay);
}

fn search(console: &Console) -> String {
    match console.desk.overlays.last() {
        Some(Overlay::Palette(palette)) => palette.search.text().to_owned(),
        _ => String::new(),
    }
}

/// The action that was chosen, to be performed now that the palette is closed.
/// With what to press then, if it only leads to the page of the command.
pub(in crate::console) fn act(
    console: &mut Console,
    action: Action,
) -> Option<(Action, Option<String>)> {
    let commands = commands(console, &search(console));
    let Some(Overlay::Palette(palette)) = console.desk.overlays.last_mut() else {
        return None;
    };
    match action {
        Action::Back | Action::Palette => {
            console.desk.overlays.pop();
        }
        Action::Up | Action::Down | Action::PageUp | Action::PageDown => {
            palette.cursor = moved(palette.cursor, commands.len(), action);
        }
        Action::Edit(edit) => {
            palette.search.edit(edit);
            palette.cursor = 0;
        }
        Action::Confirm => {
            let Some(command) = commands.into_iter().nth(palette.cursor) else {
                let words = palette.search.text().trim();
                let message = format!("No command matches \"{words}\". Try another word.");
                console.desk.hint(message);
                return None;
            };
            console.desk.overlays.pop();
            match command.does {
                Ok(action) => return Some((action, command.then)),
                Err(reason) => console.desk.warn(reason),
            }
        }
        _ => {}
    }
    None
}

pub(in crate::console) fn draw(
    frame: &mut Frame<'_>,
    theme: &Theme,
    console: &Console,
    palette: &Palette,
) {
    let commands = commands(console, palette.search.text());
    let rows = u16::try_from(commands.len().max(1)).unwrap_or(u16::MAX);
    let areas = overlay::Areas::of(frame.area(), WIDTH, rows.saturating_add(AROUND));
    overlay::draw(frame, areas, theme, "Commands");
    let [search, _, list, _, about] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Fill(1),
        Constraint::Length(1),
        Constraint::Length(2),
    ])
    .areas(areas.inside);
    draw_search(frame, theme, palette, search);
    if commands.is_empty() {
        let message = "No matching command.";
        return frame.render_widget(Line::styled(message, theme.dim), list);
    }
    let list = Rect {
        x: areas.bars.x,
        width: areas.bars.width,
        ..list
    };
    let columns = COLUMNS.fit(list.width);
    let row = |command: &Command| {
        let (key, name) = match command.does {
            Err(_) => (theme.dim, theme.dim),
            Ok(_) => (theme.strong, theme.text),
        };
        columns.row([(command.name, name), (&command.key, key)], theme)
    };
    List::new(theme, palette.cursor, &row).draw(frame, list, &commands);
    // What is cut off in its row, or why it is off.
    let Some(command) = commands.get(palette.cursor) else {
        return;
    };
    let (message, style) = match &command.does {
        Err(reason) => (format!("{} {reason}", theme.glyphs.warning), theme.warning),
        Ok(_) => (command.about.to_owned(), theme.dim),
    };
    let lines = wrap::paragraph(&message, about.width);
    for (part, row) in lines.into_iter().zip(about.rows()) {
        frame.render_widget(Line::styled(part, style), row);
    }
}

fn draw_search(frame: &mut Frame<'_>, theme: &Theme, palette: &Palette, area: Rect) {
    let room = area.width.saturating_sub(2);
    let (search, x) = line::window(palette.search.text(), palette.search.cursor(), room, None);
    let prompt = vec![Span::styled(": ", theme.accent), Span::raw(search)];
    frame.render_widget(Line::from(prompt), area);
    frame.set_cursor_position(Position {
        x: (area.x + 2 + x).min(area.right().saturating_sub(1)),
        y: area.y,
    });
}
