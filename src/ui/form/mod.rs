//! A form drawn from its table of fields, the focus always in view.

mod choice;
mod drawing;
mod text;

use ratatui::{
    Frame,
    layout::{Position, Rect},
    text::Line,
    widgets::Paragraph,
};

use self::drawing::Drawing;
use super::{chrome, scroll::Scroll, theme::Theme};
use crate::form::{Field, FieldError, FormState, field::FieldId, wrap};

/// The input for drawing a form.
pub struct View<'a, D: 'static, C: 'static> {
    pub theme: &'a Theme,
    pub fields: &'a [Field<D, C>],
    pub data: &'a D,
    pub context: &'a C,
    pub form: &'a FormState,
    pub findings: &'a [FieldError],
    pub is_told: &'a dyn Fn(&FieldError) -> bool,
    /// Lines above the first field.
    pub about: Vec<Line<'a>>,
    /// Lines below a field's value, such as a picture.
    pub extra: &'a dyn Fn(FieldId) -> Vec<Line<'a>>,
    /// Whether the form has the focus: the cursor is shown only then.
    pub active: bool,
}

impl<D, C> std::fmt::Debug for View<'_, D, C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("View")
    }
}

pub fn draw<D, C>(frame: &mut Frame<'_>, area: Rect, view: View<'_, D, C>) {
    if area.is_empty() {
        return;
    }
    let rows = Drawing {
        view: &view,
        width: area.width,
        rows: Vec::new(),
    }
    .all();
    let first = rows
        .iter()
        .position(|row| row.slot == Some(view.form.focus));
    let last = rows
        .iter()
        .rposition(|row| row.slot == Some(view.form.focus));
    let height = usize::from(area.height);
    // The focus is centered if possible. A form that fits does not scroll.
    let middle = match (first, last) {
        (Some(first), Some(last)) if last - first < height => usize::midpoint(first, last),
        (Some(first), _) => first + height / 2,
        _ => 0,
    };
    let cursor_row = rows.iter().position(|row| row.cursor.is_some());
    let middle = cursor_row.unwrap_or(middle);
    let scroll = Scroll::around(middle, rows.len(), area.height);
    if let Some(at) = cursor_row.filter(|at| view.active && scroll.shown().contains(at))
        && let Some(x) = rows.get(at).and_then(|row| row.cursor)
        && let Ok(y) = u16::try_from(at - scroll.top)
    {
        frame.set_cursor_position(Position {
            x: area.x.saturating_add(x.min(area.width.saturating_sub(1))),
            y: area.y + y,
        });
    }
    let lines: Vec<Line<'_>> = scroll.cut(rows).into_iter().map(|row| row.line).collect();
    frame.render_widget(Paragraph::new(lines), area);
    // In the margin, beside the text.
    let edge = Rect {
        width: area.width.saturating_add(1),
        ..area
    };
    chrome::more(frame, edge.intersection(frame.area()), view.theme, scroll);
}

/// The help of the focused field, at the foot of the form.
pub fn help(frame: &mut Frame<'_>, area: Rect, theme: &Theme, text: &str) {
    let lines: Vec<Line<'_>> = wrap::paragraph(text, area.width)
        .into_iter()
        .map(|line| Line::styled(line, theme.dim))
        .collect();
    frame.render_widget(Paragraph::new(lines), area);
}
