//! Pastes into a form. A paste is text and never triggers a key.

use zeroize::Zeroizing;

use super::{
    entry::TextEdit as _,
    field::{Control, Field},
    pasted_rows::pasted_rows,
    state::{FormEvent, FormState, Table, field_of, text_at_mut},
};
use crate::domain::text;

/// Longest search, in characters. A line of code may be one.
const QUERY_MAX: usize = 400;

impl FormState {
    /// Inserts a paste at the focus. In a repeatable field, several lines become several rows. The
    /// second value tells whether something was cut off.
    pub fn paste<D, C>(&mut self, table: &mut Table<'_, D, C>, pasted: &str) -> (FormEvent, bool) {
        if let Some(picker) = &mut self.picker {
            let cut = picker.query.paste(&text::one_line(pasted), QUERY_MAX);
            picker.at = 0;
            picker.browsing = false;
            return (FormEvent::Moved, cut);
        }
        let Some(field) = field_of(table.fields, self.focus.field) else {
            return (FormEvent::Ignored, false);
        };
        match &field.control {
            Control::Rows { max_rows, .. } if *max_rows > 0 => {
                self.paste_rows(table, field, pasted)
            }
            Control::Pick { .. } => {
                let query = text::one_line(pasted);
                (self.open_picker(field.id, &query), false)
            }
            _ => self.paste_text(table, field, pasted),
        }
    }

    fn paste_rows<D, C>(
        &mut self,
        table: &mut Table<'_, D, C>,
        field: &Field<D, C>,
        pasted: &str,
    ) -> (FormEvent, bool) {
        let Control::Rows {
            get_mut,
            max_rows,
            max,
            ..
        } = &field.control
        else {
            return (FormEvent::Ignored, false);
        };
        let rows = get_mut(table.data);
        let mut cut = false;
        for (nth, part) in pasted_rows(pasted).iter().enumerate() {
            if nth > 0 {
                if rows.len() >= *max_rows {
                    cut = true;
                    break;
                }
                // The rows before the last one are complete, so their errors are shown.
                self.touch();
                self.focus.row = Some(rows.add_after(self.focus.row));
            }
            if let Some(row) = self.focus.row.and_then(|key| rows.get_mut(key)) {
                cut |= row.entry.paste(&text::one_line(part), *max);
            }
        }
        (FormEvent::Changed(field.id), cut)
    }

    fn paste_text<D, C>(
        &self,
        table: &mut Table<'_, D, C>,
        field: &Field<D, C>,
        pasted: &str,
    ) -> (FormEvent, bool) {
        let keeps_lines = matches!(field.control, Control::Text { newlines: true, .. });
        let Some((entry, max)) = text_at_mut(table.fields, table.data, self.focus) else {
            return (FormEvent::Ignored, false);
        };
        let clean = Zeroizing::new(if entry.is_secret() {
            pasted.trim_end_matches(['\r', '\n']).to_owned()
        } else if keeps_lines {
            text::many_lines(pasted)
        } else {
            text::one_line(pasted)
        });
        let cut = entry.paste(&clean, max);
        (FormEvent::Changed(field.id), cut)
    }
}
