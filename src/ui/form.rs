//! A form drawn from its table of fields: label, control, findings; the focus always in view.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    style::Style,
    text::{Line, Span},
    widgets::Paragraph,
};
use unicode_width::UnicodeWidthStr;

use super::{
    line,
    scroll::{Scroll, first_shown},
    theme::Theme,
};
use crate::{
    domain::text,
    form::{
        ChoiceOption, Control, Field, FieldError, FormState, PickOption, RowKey, Severity, Slot,
        TextEdit, field::FieldId, shown_fields, wrap,
    },
};

/// Everything that is needed to draw a form.
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
    /// Whether the form has the keys: the cursor is shown only then.
    pub active: bool,
}

impl<D, C> std::fmt::Debug for View<'_, D, C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("View")
    }
}

/// One row of the form, and which slot it belongs to.
struct Drawn<'a> {
    line: Line<'a>,
    slot: Option<Slot>,
    cursor: Option<u16>,
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
    // The focus sits in the middle where it can; a form that fits does not move at all.
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
    more(
        frame,
        area,
        view.theme,
        scroll.is_more_above(),
        scroll.below() > 0,
    );
}

/// Says that the form goes on above or below.
pub fn more(frame: &mut Frame<'_>, area: Rect, theme: &Theme, above: bool, below: bool) {
    let (up, down) = if theme.glyphs.unicode {
        ("↑", "↓")
    } else {
        ("^", "v")
    };
    let x = area.right().saturating_sub(1);
    for (shown, y, mark) in [
        (above, area.top(), up),
        (below, area.bottom().saturating_sub(1), down),
    ] {
        if shown {
            frame.render_widget(
                Line::styled(mark, theme.dim),
                Rect::new(x, y, 1, 1).intersection(area),
            );
        }
    }
}

struct Drawing<'v, 'a, D: 'static, C: 'static> {
    view: &'v View<'a, D, C>,
    width: u16,
    rows: Vec<Drawn<'a>>,
}

impl<'a, D, C> Drawing<'_, 'a, D, C> {
    fn all(mut self) -> Vec<Drawn<'a>> {
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
        // No blank line is owed below the last field.
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

    fn push(&mut self, slot: Slot, line: Line<'a>) {
        self.rows.push(Drawn {
            line,
            slot: Some(slot),
            cursor: None,
        });
    }

    fn has_focus(&self, slot: Slot) -> bool {
        self.view.form.focus == slot
    }

    /// The bar before a value: heavy where the focus is.
    fn bar(&self, slot: Slot) -> Span<'a> {
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
            } => {
                let entry = get(data);
                let count = text::char_count(entry.text().trim());
                // Where the limit is near, or part of the rule.
                let counts = !entry.is_secret() && (*lines > 1 || count * 2 > *max);
                let counter = counts.then_some((count, *max));
                self.label(field, slot, counter);
                if *lines > 1 {
                    self.long_text(slot, entry, *lines);
                } else {
                    self.text(slot, entry, example(field), None);
                }
                self.extra(field.id, slot);
                self.findings(slot);
            }
            Control::Choice {
                options, chosen, ..
            } => {
                self.label(field, slot, None);
                self.choice(slot, options, chosen(data));
                self.findings(slot);
            }
            Control::Toggle { get, .. } => {
                let glyphs = self.view.theme.glyphs;
                let mark = if get(data) { glyphs.on } else { glyphs.off };
                let style = self.label_style(self.has_focus(slot));
                let bar = self.bar(slot);
                self.push(
                    slot,
                    Line::from(vec![
                        bar,
                        Span::raw(format!("{mark} ")),
                        Span::styled(field.label, style),
                    ]),
                );
                self.findings(slot);
            }
            Control::Rows {
                get,
                max_rows,
                row_label,
                ..
            } => {
                self.label(field, slot, None);
                let rows = get(data);
                let many = rows.len() > 1 && *max_rows > 0;
                for (nth, row) in rows.iter().enumerate() {
                    let slot = Slot::from((field.id, row.key));
                    if let RowKey::Scope(_) = row.key {
                        let bar = self.bar(slot);
                        self.push(
                            slot,
                            Line::from(vec![
                                bar,
                                Span::styled(row_label(&row.key), self.view.theme.dim),
                            ]),
                        );
                    }
                    let number = many.then_some(nth + 1);
                    self.text(slot, &row.entry, example(field), number);
                    self.findings(slot);
                }
                self.rows_note(slot, rows.len(), *max_rows);
            }
            Control::Pick {
                chosen, note, many, ..
            } => {
                self.label(field, slot, None);
                self.picked(slot, &chosen(data, self.view.context), *many);
                let note = note(data);
                if !note.is_empty() {
                    for line in wrap::paragraph(&note, self.width.saturating_sub(2)) {
                        self.push(slot, Line::styled(format!("  {line}"), self.view.theme.dim));
                    }
                }
                self.findings(slot);
            }
            Control::Generated { get } => {
                self.label(field, slot, None);
                let secret = get(data);
                let shown = if self.view.form.revealed == Some(field.id) {
                    secret.expose().to_owned()
                } else {
                    self.view.theme.glyphs.mask.repeat(16)
                };
                let bar = self.bar(slot);
                self.push(slot, Line::from(vec![bar, Span::raw(shown)]));
                self.findings(slot);
            }
        }
    }

    fn rows_note(&mut self, slot: Slot, count: usize, max: usize) {
        if max > 0 && self.view.form.focus.field == slot.field {
            let note = if count < max {
                format!("  Enter adds another ({count} of {max})")
            } else {
                format!("  {max} of {max}: no more can be added")
            };
            self.push(slot, Line::styled(note, self.view.theme.dim));
        }
    }

    fn label_style(&self, focused: bool) -> Style {
        if focused {
            self.view.theme.accent
        } else {
            self.view.theme.strong
        }
    }

    /// The label, and at the right end how much room is used.
    fn label(&mut self, field: &Field<D, C>, slot: Slot, counter: Option<(usize, usize)>) {
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
                    &format!("such as {example}"),
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

    fn choice(&mut self, slot: Slot, options: &'static [ChoiceOption], chosen: Option<usize>) {
        let theme = self.view.theme;
        let mark = |at| {
            if chosen == Some(at) {
                theme.glyphs.chosen
            } else {
                theme.glyphs.open
            }
        };
        let style = |at| {
            if chosen == Some(at) {
                theme.strong
            } else {
                theme.text
            }
        };
        let room = usize::from(self.width);
        let in_one_line: usize = options.iter().map(|one| one.label.width() + 7).sum();
        if options.iter().all(|one| one.help.is_empty()) && in_one_line + 2 <= room {
            let mut spans = vec![self.bar(slot)];
            for (at, option) in options.iter().enumerate() {
                spans.push(Span::styled(
                    format!("{} {}   ", mark(at), option.label),
                    style(at),
                ));
            }
            return self.push(slot, Line::from(spans));
        }
        let label_width = options
            .iter()
            .map(|one| one.label.width())
            .max()
            .unwrap_or(0);
        let beside = options
            .iter()
            .all(|one| 6 + label_width + 2 + one.help.width() <= room);
        for (at, option) in options.iter().enumerate() {
            let labels = wrap::paragraph(option.label, self.width.saturating_sub(6));
            for (nth, label) in labels.into_iter().enumerate() {
                let lead = if nth == 0 { mark(at) } else { "   " };
                let gap = label_width.saturating_sub(label.width()) + 2;
                let mut spans = vec![
                    self.bar(slot),
                    Span::styled(format!("{lead} {label}"), style(at)),
                ];
                if beside && !option.help.is_empty() {
                    spans.push(Span::styled(
                        format!("{}{}", " ".repeat(gap), option.help),
                        theme.dim,
                    ));
                }
                self.push(slot, Line::from(spans));
            }
            if !beside && !option.help.is_empty() {
                for line in wrap::paragraph(option.help, self.width.saturating_sub(6)) {
                    let bar = self.bar(slot);
                    self.push(
                        slot,
                        Line::from(vec![bar, Span::styled(format!("    {line}"), theme.dim)]),
                    );
                }
            }
        }
    }

    fn picked(&mut self, slot: Slot, chosen: &[PickOption], many: bool) {
        let theme = self.view.theme;
        let room = usize::from(self.width.saturating_sub(2));
        if chosen.is_empty() {
            let bar = self.bar(slot);
            let text = if many {
                "none chosen; Enter opens the list, typing searches it"
            } else {
                "nobody chosen; Enter opens the list"
            };
            return self.push(slot, Line::from(vec![bar, Span::styled(text, theme.dim)]));
        }
        if !many {
            for one in chosen {
                let bar = self.bar(slot);
                let label = line::foreign(
                    &one.label,
                    self.width / 2,
                    theme.glyphs.ellipsis,
                    theme.text,
                );
                let detail = line::foreign(
                    &one.detail,
                    self.width / 3,
                    theme.glyphs.ellipsis,
                    theme.dim,
                );
                self.push(slot, Line::from(vec![bar, label, Span::raw("   "), detail]));
            }
            return;
        }
        let mut spans = vec![self.bar(slot)];
        let mut used = 0;
        for one in chosen {
            let mark = one
                .mark
                .filter(|mark| *mark != "always")
                .map(|mark| format!(": {mark}"))
                .unwrap_or_default();
            let chip = format!("[{}{mark}]", one.label);
            if used > 0 && used + chip.width() > room {
                let line = std::mem::replace(&mut spans, vec![self.bar(slot)]);
                self.push(slot, Line::from(line));
                used = 0;
            }
            used += chip.width() + 1;
            let style = if mark.is_empty() {
                theme.text
            } else {
                theme.warning
            };
            spans.push(Span::styled(chip, style));
            spans.push(Span::raw(" "));
        }
        self.push(slot, Line::from(spans));
    }

    fn extra(&mut self, field: FieldId, slot: Slot) {
        for line in (self.view.extra)(field) {
            self.push(slot, line);
        }
    }

    /// Errors and warnings right under the field. While a field is typed into for the first
    /// time, what would be wrong is only hinted at.
    fn findings(&mut self, slot: Slot) {
        let theme = self.view.theme;
        let typed = crate::form::state::text_at(self.view.fields, self.view.data, slot)
            .is_some_and(|entry| !entry.text().trim().is_empty());
        for finding in self.view.findings.iter().filter(|one| one.slot == slot) {
            let told = (self.view.is_told)(finding);
            let (mark, style) = match (told, finding.severity) {
                (true, Severity::Error) => (theme.glyphs.error, theme.error),
                (true, Severity::Warning) => (theme.glyphs.warning, theme.warning),
                (false, _) if self.has_focus(slot) && typed => (theme.glyphs.dot, theme.dim),
                _ => continue,
            };
            let message = text::displayable(&finding.message).into_owned();
            for (nth, line) in wrap::paragraph(&message, self.width.saturating_sub(4))
                .into_iter()
                .enumerate()
            {
                let lead = if nth == 0 {
                    format!("  {mark} ")
                } else {
                    "    ".to_owned()
                };
                self.push(slot, Line::styled(format!("{lead}{line}"), style));
            }
        }
    }
}

fn example<D, C>(field: &Field<D, C>) -> &'static str {
    match field.control {
        Control::Text { example, .. } | Control::Rows { example, .. } => example,
        _ => "",
    }
}

/// The help of the focused field, at the foot of the form.
pub fn help(frame: &mut Frame<'_>, area: Rect, theme: &Theme, text: &str) {
    let lines: Vec<Line<'_>> = wrap::paragraph(text, area.width)
        .into_iter()
        .map(|line| Line::styled(line, theme.dim))
        .collect();
    frame.render_widget(Paragraph::new(lines), area);
}
