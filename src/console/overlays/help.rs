//! The keys that work on the page below, printed from the keymap.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use super::super::Console;
use crate::{
    desk::Overlay,
    form::wrap,
    keymap::{self, Action, Mode},
    ui::{overlay, scroll::scrolled, theme::Theme},
};

const WIDTH: u16 = 72;
const KEY_WIDTH: u16 = 14;

/// The content of a line, before it is styled.
enum Row {
    Blank,
    Head(&'static str),
    Note(String),
    Key { keys: String, help: String },
}

pub(in crate::console) fn act(console: &mut Console, action: Action) {
    let last = last_scroll(console);
    let Some(Overlay::Help(scroll)) = console.desk.overlays.last_mut() else {
        return;
    };
    match action {
        Action::Back | Action::Help => {
            console.desk.overlays.pop();
        }
        Action::Up | Action::Down | Action::PageUp | Action::PageDown => {
            *scroll = scrolled(*scroll, last, action);
        }
        _ => {}
    }
}

fn rows(stack: &[Mode], width: u16) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut head: Option<Mode> = None;
    for binding in keymap::active(stack) {
        if head != Some(binding.mode) {
            if head.is_some() {
                rows.push(Row::Blank);
            }
            head = Some(binding.mode);
            rows.push(Row::Head(binding.mode.title()));
            let note = binding.mode.note().unwrap_or_default();
            let note = wrap::paragraph(note, width).into_iter();
            rows.extend(note.filter(|part| !part.is_empty()).map(Row::Note));
        }
        let keys: Vec<String> = binding
            .keys
            .iter()
            .take(3)
            .map(|key| keymap::show(key))
            .collect();
        let mut keys = keys.join(" ");
        let room = width.saturating_sub(KEY_WIDTH + 2);
        for help in wrap::paragraph(binding.help, room) {
            let keys = std::mem::take(&mut keys);
            rows.push(Row::Key { keys, help });
        }
    }
    rows
}

fn below(console: &Console) -> Vec<Mode> {
    console.modes_below(|overlay| matches!(overlay, Overlay::Help(_)))
}

fn areas(window: Rect, rows: &[Row]) -> overlay::Areas {
    let height = u16::try_from(rows.len()).unwrap_or(u16::MAX);
    overlay::Areas::of(window, WIDTH, height)
}

fn last_scroll(console: &Console) -> u16 {
    let window = Rect::new(0, 0, console.desk.size.0, console.desk.size.1);
    let rows = rows(&below(console), overlay::inner_width(window, WIDTH));
    let height = areas(window, &rows).inside.height;
    u16::try_from(rows.len())
        .unwrap_or(u16::MAX)
        .saturating_sub(height)
}

pub(in crate::console) fn draw(
    frame: &mut Frame<'_>,
    theme: &Theme,
    console: &Console,
    scroll: u16,
) {
    let width = overlay::inner_width(frame.area(), WIDTH);
    let rows = rows(&below(console), width).into_iter();
    let lines = rows.map(|row| match row {
        Row::Blank => Line::default(),
        Row::Head(title) => Line::styled(title, theme.accent),
        Row::Note(text) => Line::styled(text, theme.dim),
        Row::Key { keys, help } => {
            let width = usize::from(KEY_WIDTH);
            Line::from(vec![
                Span::styled(format!("{keys:<width$}"), theme.strong),
                Span::raw(help),
            ])
        }
    });
    overlay::lines(
        frame,
        theme,
        "Keys that work here",
        WIDTH,
        lines.collect(),
        scroll,
    );
}
