//! Text fields.

use ratatui::text::{Line, Span};

use super::drawing::{Drawing, Drawn};
use crate::{
    domain::text,
    form::{Control, Field, RowKey, Rows, Slot, TextEdit, wrap},
    ui::{line, scroll::first_shown},
};

impl<'a, D, C> Drawing<'_, 'a, D, C> {
    pub(super) fn text_field(
        &mut self,
        field: &Field<D, C>,
        entry: &dyn TextEdit,
        max: usize,
        lines: u16,
    ) {
        let slot = Slot::from(field.id);
        let count = text::char_count(entry.text().trim());
        // Shown if the limit is near or part of the rule.
        let counts = !entry.is_secret() && (lines > 1 || count * 2 > max);
        self.label(field, slot, counts.then_some((count, max)));
        if lines > 1 {
            self.long_text(slot, entry, lines);
        } else {
            self.text(slot, entry, example(field), None);
        }
        self.extra(field.id, slot);
    }

    pub(super) fn text_rows(
        &mut self,
        field: &Field<D, C>,
        rows: &Rows,
        max_rows: usize,
        row_label: fn(&RowKey) -> String,
    ) {
        let slot = Slot::from(field.id);
        self.label(field, slot, None);
        let many = rows.len() > 1 && max_rows > 0;
        for (nth, row) in rows.iter().enumerate() {
            let slot = Slot::from((field.id, row.key));
            if let RowKey::Scope(_) = row.key {
                let label = format!("  {}", row_label(&row.key));
                self.push(slot, Line::styled(label, self.view.theme.text));
            }
            let number = many.then_some(nth + 1);
            self.text(slot, &row.entry, example(field), number);
            self.findings(slot);
        }
        let filled = rows.filled().count();
        self.rows_note(slot, filled, rows.len() < max_rows, max_rows);
    }

    /// On a single empty row, Enter adds none.
    fn rows_note(&mut self, slot: Slot, filled: usize, has_room: bool, max: usize) {
        if max > 0 && filled > 0 && self.view.form.focus.field == slot.field {
            let note = if has_room {
                format!("  Enter adds another ({filled} of {max})")
            } else {
                format!("  {max} of {max}: no more can be added")
            };
            self.push(slot, Line::styled(note, self.view.theme.dim));
        }
    }

    fn text(&mut self, slot: Slot, entry: &dyn TextEdit, example: &'a str, number: Option<usize>) {
        let theme = self.view.theme;
        let mut spans = vec![self.bar(slot)];
        let mut before = 2;
        if let Some(number) = number {
            let number = format!("{number} ");
            before += u16::try_from(number.len()).unwrap_or(2);
            spans.push(Span::styled(number, theme.dim));
        }
        let room = self.width.saturating_sub(before);
        let focused = self.has_focus(slot);
        let mask = entry.masked().then_some(theme.glyphs.mask);
        let cursor = if focused { entry.cursor() } else { 0 };
        let (shown, x) = line::window(entry.text(), cursor, room, mask);
        if entry.text().is_empty() && !example.is_empty() {
            spans.push(Span::styled(
                text::truncate_to_width(
                    &format!("e.g. {example}"),
                    usize::from(room),
                    theme.glyphs.ellipsis,
                ),
                theme.dim,
            ));
        } else {
            spans.push(Span::raw(shown));
        }
        self.rows.push(Drawn {
            line: Line::from(spans),
            slot: Some(slot),
            cursor: focused.then_some(before + x),
        });
    }

    fn long_text(&mut self, slot: Slot, entry: &dyn TextEdit, height: u16) {
        let focused = self.has_focus(slot);
        let room = self.width.saturating_sub(2);
        let ranges = wrap::lines(entry.text(), room);
        let (cursor_line, inside) = wrap::locate(&ranges, entry.cursor());
        let height = usize::from(height).max(ranges.len().min(8));
        let top = first_shown(&(cursor_line..cursor_line + 1), height);
        for at in top..top + height {
            let range = ranges.get(at).cloned().unwrap_or(0..0);
            let value = entry.text().get(range).unwrap_or_default();
            let here = focused && at == cursor_line;
            let (shown, x) = line::window(
                value,
                if here { inside } else { 0 },
                room.saturating_add(1),
                None,
            );
            let bar = self.bar(slot);
            self.rows.push(Drawn {
                line: Line::from(vec![bar, Span::raw(shown)]),
                slot: Some(slot),
                cursor: here.then_some(2 + x),
            });
        }
    }
}

fn example<D, C>(field: &Field<D, C>) -> &'static str {
    match field.control {
        Control::Text { example, .. } | Control::Rows { example, .. } => example,
        _ => "",
    }
}
