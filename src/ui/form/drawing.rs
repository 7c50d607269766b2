//! The lines of a form, field by field: label, value, findings.

use ratatui::{
    style::Style,
    text::{Line, Span},
};
use unicode_width::UnicodeWidthStr;

use super::View;
use crate::{
    form::{Control, Field, Severity, Slot, field::FieldId, shown_fields, state::text_at, wrap},
    ui::finding,
};

/// A line of the form and its slot.
pub(super) struct Drawn<'a> {
    pub line: Line<'a>,
    pub slot: Option<Slot>,
    pub cursor: Option<u16>,
}

pub(super) struct Drawing<'v, 'a, D: 'static, C: 'static> {
    pub(super) view: &'v View<'a, D, C>,
    pub(super) width: u16,
    pub(super) rows: Vec<Drawn<'a>>,
}

impl<'a, D, C> Drawing<'_, 'a, D, C> {
    pub(super) fn all(mut self) -> Vec<Drawn<'a>> {
        for line in self.view.about.clone() {
            self.rows.push(Drawn {
                line,
                slot: None,
                cursor: None,
            });
        }
        if !self.rows.is_empty() {
            self.blank();
        }
        for field in shown_fields(self.view.fields, self.view.data) {
            self.field(field);
            self.blank();
        }
        // No blank line below the last field.
        self.rows.pop();
        self.rows
    }

    fn blank(&mut self) {
        self.rows.push(Drawn {
            line: Line::default(),
            slot: None,
            cursor: None,
        });
    }

    pub(super) fn push(&mut self, slot: Slot, line: Line<'a>) {
        self.rows.push(Drawn {
            line,
            slot: Some(slot),
            cursor: None,
        });
    }

    pub(super) fn has_focus(&self, slot: Slot) -> bool {
        self.view.form.focus == slot
    }

    /// The bar before a value, heavy for the focused field.
    pub(super) fn bar(&self, slot: Slot) -> Span<'a> {
        let theme = self.view.theme;
        if self.has_focus(slot) {
            Span::styled(format!("{} ", theme.glyphs.bar_focus), theme.accent)
        } else {
            Span::styled(format!("{} ", theme.glyphs.bar), theme.dim)
        }
    }

    fn field(&mut self, field: &Field<D, C>) {
        let slot = Slot::from(field.id);
        let data = self.view.data;
        match &field.control {
            Control::Text {
                get, max, lines, ..
            } => self.text_field(field, get(data), *max, *lines),
            Control::Choice(choice) => {
                self.label(field, slot, None);
                self.choice(slot, &choice.options(), choice.chosen(data));
            }
            Control::Toggle { get, .. } => self.toggle(field, get(data)),
            Control::Rows {
                get,
                max_rows,
                row_label,
                ..
            } => return self.text_rows(field, get(data), *max_rows, *row_label),
            Control::Pick {
                chosen, note, many, ..
            } => {
                self.label(field, slot, None);
                self.picked(slot, &chosen(data, self.view.context), *many);
                self.note(slot, &note(data));
            }
            Control::Generated { get } => {
                self.label(field, slot, None);
                self.generated(slot, get(data));
            }
        }
        self.findings(slot);
    }

    pub(super) fn label_style(&self, focused: bool) -> Style {
        if focused {
            self.view.theme.accent
        } else {
            self.view.theme.strong
        }
    }

    /// The label, and the character count at the right end.
    pub(super) fn label(
        &mut self,
        field: &Field<D, C>,
        slot: Slot,
        counter: Option<(usize, usize)>,
    ) {
        let theme = self.view.theme;
        let focused = self.view.form.focus.field == field.id;
        let style = self.label_style(focused);
        let mut parts = wrap::paragraph(field.label, self.width.saturating_sub(2));
        let last = parts.pop().unwrap_or_default();
        for part in parts {
            self.push(slot, Line::styled(part, style));
        }
        let mut spans = vec![Span::styled(last, style)];
        if (field.required)(self.view.data) {
            spans.push(Span::styled(" *", theme.error));
        }
        if let Some((count, max)) = counter.filter(|(count, _)| focused || *count > 0) {
            let text = format!("{count}/{max}");
            let used: usize = spans.iter().map(Span::width).sum();
            let gap = usize::from(self.width).saturating_sub(used + text.width() + 2);
            let style = if count > max { theme.error } else { theme.dim };
            if gap > 0 {
                spans.push(Span::raw(" ".repeat(gap)));
                spans.push(Span::styled(text, style));
            }
        }
        self.push(slot, Line::from(spans));
    }

    pub(super) fn extra(&mut self, field: FieldId, slot: Slot) {
        for line in (self.view.extra)(field) {
            self.push(slot, line);
        }
    }

    /// Errors and warnings below the field. While a field is edited for the first time, an error is
    /// shown as a hint.
    pub(super) fn findings(&mut self, slot: Slot) {
        let theme = self.view.theme;
        let typed = text_at(self.view.fields, self.view.data, slot)
            .is_some_and(|entry| !entry.text().trim().is_empty());
        for finding in self.view.findings.iter().filter(|one| one.slot == slot) {
            let told = (self.view.is_told)(finding);
            let (mark, style) = match (told, finding.severity) {
                (true, Severity::Error) => {
                    (Span::styled(theme.glyphs.error, theme.error), theme.text)
                }
                (true, Severity::Warning) => (
                    Span::styled(theme.glyphs.warning, theme.warning),
                    theme.text,
                ),
                (false, _) if self.has_focus(slot) && typed => {
                    (Span::styled(theme.glyphs.dot, theme.dim), theme.dim)
                }
                _ => continue,
            };
            let room = self.width.saturating_sub(2);
            for mut line in finding::with_style(mark, &finding.with_rule(), style, theme, room) {
                line.spans.insert(0, Span::raw("  "));
                self.push(slot, line);
            }
        }
    }
}
