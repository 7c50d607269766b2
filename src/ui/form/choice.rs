//! Fields whose value is chosen or generated.

use ratatui::{
    style::Style,
    text::{Line, Span},
};
use unicode_width::UnicodeWidthStr;

use super::drawing::Drawing;
use crate::{
    domain::secret::Secret,
    form::{Field, OptionText, PickOption, Slot, wrap},
    ui::line,
};

impl<'a, D, C> Drawing<'_, 'a, D, C> {
    pub(super) fn toggle(&mut self, field: &Field<D, C>, is_on: bool) {
        let slot = Slot::from(field.id);
        let glyphs = self.view.theme.glyphs;
        let mark = if is_on { glyphs.on } else { glyphs.off };
        let style = self.label_style(self.has_focus(slot));
        let bar = self.bar(slot);
        let mark = Span::raw(format!("{mark} "));
        let label = Span::styled(field.label, style);
        self.push(slot, Line::from(vec![bar, mark, label]));
    }

    pub(super) fn generated(&mut self, slot: Slot, secret: &Secret) {
        let shown = if self.view.form.revealed == Some(slot.field) {
            secret.expose().to_owned()
        } else {
            self.view.theme.glyphs.mask.repeat(16)
        };
        let bar = self.bar(slot);
        self.push(slot, Line::from(vec![bar, Span::raw(shown)]));
    }

    pub(super) fn note(&mut self, slot: Slot, note: &str) {
        if note.is_empty() {
            return;
        }
        for line in wrap::paragraph(note, self.width.saturating_sub(2)) {
            self.push(slot, Line::styled(format!("  {line}"), self.view.theme.dim));
        }
    }

    pub(super) fn choice(&mut self, slot: Slot, options: &[OptionText], chosen: Option<usize>) {
        let room = usize::from(self.width);
        let in_one_line: usize = options.iter().map(|one| one.label.width() + 7).sum();
        if options.iter().all(|one| one.help.is_empty()) && in_one_line + 2 <= room {
            let mut spans = vec![self.bar(slot)];
            for (at, option) in options.iter().enumerate() {
                let (mark, style) = self.choice_mark(chosen == Some(at));
                spans.push(Span::styled(format!("{mark} {}   ", option.label), style));
            }
            return self.push(slot, Line::from(spans));
        }
        let label_width = options.iter().map(|one| one.label.width()).max();
        let label_width = label_width.unwrap_or(0);
        let beside = options
            .iter()
            .all(|one| 6 + label_width + 2 + one.help.width() <= room);
        for (at, option) in options.iter().enumerate() {
            self.option(
                slot,
                option,
                chosen == Some(at),
                beside.then_some(label_width),
            );
        }
    }

    fn choice_mark(&self, is_chosen: bool) -> (&'static str, Style) {
        let theme = self.view.theme;
        if is_chosen {
            (theme.glyphs.chosen, theme.strong)
        } else {
            (theme.glyphs.open, theme.text)
        }
    }

    /// An option on a separate line, with its help beside the label or below it.
    fn option(&mut self, slot: Slot, option: &OptionText, is_chosen: bool, help_at: Option<usize>) {
        let dim = self.view.theme.dim;
        let (mark, style) = self.choice_mark(is_chosen);
        let room = self.width.saturating_sub(6);
        for (nth, label) in wrap::paragraph(option.label, room).into_iter().enumerate() {
            let lead = if nth == 0 { mark } else { "   " };
            let mut spans = vec![
                self.bar(slot),
                Span::styled(format!("{lead} {label}"), style),
            ];
            if let Some(width) = help_at.filter(|_| !option.help.is_empty()) {
                let gap = " ".repeat(width.saturating_sub(label.width()) + 2);
                spans.push(Span::styled(format!("{gap}{}", option.help), dim));
            }
            self.push(slot, Line::from(spans));
        }
        if help_at.is_none() && !option.help.is_empty() {
            for line in wrap::paragraph(option.help, room) {
                let bar = self.bar(slot);
                let help = Span::styled(format!("    {line}"), dim);
                self.push(slot, Line::from(vec![bar, help]));
            }
        }
    }

    pub(super) fn picked(&mut self, slot: Slot, chosen: &[PickOption], many: bool) {
        let theme = self.view.theme;
        if chosen.is_empty() {
            let bar = self.bar(slot);
            let text = if many {
                "none; Enter opens the list, typing searches it"
            } else {
                "none; Enter opens the list"
            };
            return self.push(slot, Line::from(vec![bar, Span::styled(text, theme.dim)]));
        }
        if many {
            return self.chips(slot, chosen);
        }
        let ellipsis = theme.glyphs.ellipsis;
        for one in chosen {
            let bar = self.bar(slot);
            let label = line::foreign(&one.label, self.width / 2, ellipsis, theme.text);
            let detail = line::foreign(&one.detail, self.width / 3, ellipsis, theme.dim);
            self.push(slot, Line::from(vec![bar, label, Span::raw("   "), detail]));
        }
    }

    fn chips(&mut self, slot: Slot, chosen: &[PickOption]) {
        let theme = self.view.theme;
        let room = usize::from(self.width.saturating_sub(2));
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
}
