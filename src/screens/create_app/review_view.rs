//! The review: every answer of a new app, or what saving would change in an existing one.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
    widgets::Paragraph,
};
use unicode_width::UnicodeWidthStr;

use super::{
    CREATE, CreateApp,
    editing::{Difference, differences},
    sections::{DraftField, Section},
};
use crate::{
    domain::text,
    form::{FieldError, Severity, shown_fields, wrap},
    ui::{chrome, finding, layout, scroll::Scroll, theme::Theme},
};

/// Answers stand beside their labels in a window at least this wide.
const WIDE: u16 = 60;
const LABEL_WIDTH: usize = 22;

pub(super) fn draw(
    screen: &CreateApp,
    findings: &[(&'static Section, Vec<FieldError>)],
    theme: &Theme,
    frame: &mut Frame<'_>,
    body: Rect,
) {
    let area = layout::text(body);
    let [page, _, button] = Layout::vertical([
        Constraint::Fill(1),
        Constraint::Length(u16::from(area.height > 8)),
        Constraint::Length(1),
    ])
    .areas(area);
    let mut review = Review {
        screen,
        theme,
        width: page.width,
        lines: Vec::new(),
        focus: 0..0,
    };
    let changes = screen
        .editing
        .as_ref()
        .map(|editing| differences(&editing.base, &screen.draft, &screen.facts));
    match changes {
        Some(changes) if !changes.is_empty() => review.changes(&changes, findings),
        _ => review.answers(findings),
    }
    let Review { lines, focus, .. } = review;
    let scroll = Scroll::to(&focus, lines.len(), page.height);
    frame.render_widget(Paragraph::new(scroll.cut(lines)), page);
    chrome::more(frame, page, theme, scroll);
    let on_button = screen.form.focus == CREATE.into();
    draw_button(screen, findings, on_button, theme, frame, button);
}

/// The lines, and those of the field under the cursor.
struct Review<'a> {
    screen: &'a CreateApp,
    theme: &'a Theme,
    width: u16,
    lines: Vec<Line<'static>>,
    focus: std::ops::Range<usize>,
}

impl Review<'_> {
    fn answers(&mut self, findings: &[(&'static Section, Vec<FieldError>)]) {
        for (section, found) in findings {
            self.head(section);
            for field in shown_fields(section.fields, &self.screen.draft) {
                let start = self.lines.len();
                self.answer(field);
                self.findings_of(field, found);
                self.mark(field, start);
            }
        }
    }

    /// Sections without a change are left out, so that the changes fit on one screen.
    fn changes(
        &mut self,
        changes: &[Difference],
        findings: &[(&'static Section, Vec<FieldError>)],
    ) {
        let slots = self.screen.review_slots();
        for (section, found) in findings {
            let mut fields = section
                .fields
                .iter()
                .filter(|field| slots.iter().any(|slot| slot.field == field.id))
                .peekable();
            if fields.peek().is_some() {
                self.head(section);
            }
            for field in fields {
                let start = self.lines.len();
                match changes.iter().find(|one| one.field == field.id) {
                    Some(change) => self.change(change),
                    None => self.answer(field),
                }
                self.findings_of(field, found);
                self.mark(field, start);
            }
        }
        self.lines.push(Line::default());
        self.lines.push(Line::styled(
            "  All other settings stay the same.",
            self.theme.dim,
        ));
    }

    fn head(&mut self, section: &Section) {
        if !self.lines.is_empty() {
            self.lines.push(Line::default());
        }
        let title = format!("  {}", section.title);
        self.lines.push(Line::styled(title, self.theme.strong));
    }

    /// The mark of the cursor, and the scroll position.
    fn mark(&mut self, field: &DraftField, start: usize) {
        if self.screen.form.focus.field != field.id {
            return;
        }
        // The head of the first field comes into view with it.
        self.focus = start.saturating_sub(1)..self.lines.len();
        if let Some(line) = self.lines.get_mut(start)
            && let Some(first) = line.spans.first_mut()
        {
            let rest = first.content.get(2..).unwrap_or_default().to_owned();
            *first = Span::styled(
                format!("{} {rest}", self.theme.glyphs.mark),
                self.theme.accent,
            );
        }
    }

    fn answer(&mut self, field: &DraftField) {
        let screen = self.screen;
        let answers = field.answers(&screen.draft, &screen.facts, self.theme.glyphs.mask);
        let label = field.short;
        let is_beside = self.width >= WIDE && label.width() < LABEL_WIDTH;
        let indent = if is_beside { LABEL_WIDTH } else { 2 };
        let room = self
            .width
            .saturating_sub(4 + u16::try_from(indent).unwrap_or(0));
        if !is_beside {
            let label = format!("    {label}");
            self.lines.push(Line::styled(label, self.theme.dim));
        }
        let answers = if answers.is_empty() {
            vec!["-".to_owned()]
        } else {
            answers
        };
        let parts = answers
            .iter()
            .flat_map(|answer| wrap::paragraph(&text::displayable(answer), room));
        for (nth, part) in parts.enumerate() {
            let lead = if is_beside && nth == 0 {
                format!("    {label}{}", " ".repeat(indent - label.width()))
            } else {
                " ".repeat(4 + indent)
            };
            self.lines.push(Line::from(vec![
                Span::styled(lead, self.theme.dim),
                Span::raw(part),
            ]));
        }
    }

    /// Only the lines that differ; those that merely moved are both shown.
    fn change(&mut self, change: &Difference) {
        let label = format!("    {}", change.label);
        self.lines.push(Line::styled(label, self.theme.dim));
        for (mark, line) in change.lines() {
            let style = match mark {
                '+' => self.theme.good,
                _ => self.theme.dim,
            };
            let answer = text::displayable(line).into_owned();
            let parts = wrap::paragraph(&answer, self.width.saturating_sub(8));
            for (nth, part) in parts.into_iter().enumerate() {
                let lead = if nth == 0 { mark } else { ' ' };
                let text = format!("    {lead} {part}");
                self.lines.push(Line::styled(text, style));
            }
        }
    }

    fn findings_of(&mut self, field: &DraftField, found: &[FieldError]) {
        for finding in found.iter().filter(|one| one.slot.field == field.id) {
            finding_lines(finding, self.theme, self.width, &mut self.lines);
        }
    }
}

fn draw_button(
    screen: &CreateApp,
    findings: &[(&'static Section, Vec<FieldError>)],
    on_button: bool,
    theme: &Theme,
    frame: &mut Frame<'_>,
    area: Rect,
) {
    let errors: usize = findings
        .iter()
        .flat_map(|(_, found)| found)
        .filter(|one| one.severity == Severity::Error)
        .count();
    let style = if on_button {
        theme.button
    } else {
        theme.accent
    };
    let sentence = match errors {
        0 if screen.editing.is_some() && screen.is_pristine() => Span::styled(
            "  no changes yet: Enter opens a field, 1 to 6 a tab",
            theme.dim,
        ),
        0 => Span::styled("  no errors", theme.good),
        1 => Span::styled("  1 error: Enter goes to it", theme.error),
        _ => Span::styled(
            format!("  {errors} errors: Enter goes to the first"),
            theme.error,
        ),
    };
    frame.render_widget(
        Line::from(vec![
            Span::styled(
                if screen.editing.is_some() {
                    " Save "
                } else {
                    " Create "
                },
                style,
            ),
            sentence,
        ]),
        area,
    );
}

fn finding_lines(found: &FieldError, theme: &Theme, width: u16, lines: &mut Vec<Line<'static>>) {
    let mark = match found.severity {
        Severity::Error => Span::styled(theme.glyphs.error, theme.error),
        Severity::Warning => Span::styled(theme.glyphs.warning, theme.warning),
    };
    for mut line in finding::lines(mark, &found.with_rule(), theme, width.saturating_sub(4)) {
        line.spans.insert(0, Span::raw("    "));
        lines.push(line);
    }
}
