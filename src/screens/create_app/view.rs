//! The tabs, the fields of the open one, and the review.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
    widgets::Paragraph,
};
use unicode_width::UnicodeWidthStr;

use super::{
    CREATE, CreateApp, Tab,
    editing::{Editing, differences, fixed},
    review_slots,
    sections::{DraftField, Section, app_card},
};
use crate::{
    domain::text,
    form::{Control, FieldError, Severity, state::field_of, wrap},
    ui::{
        form, half_blocks,
        layout::{self, Areas},
        picker,
        scroll::Scroll,
        theme::Theme,
    },
};

pub(super) fn draw(
    screen: &CreateApp,
    theme: &Theme,
    frame: &mut Frame<'_>,
    areas: &Areas,
    active: bool,
) {
    if let Some(conflict) = screen.conflict() {
        return super::conflict_view::draw(conflict, theme, frame, areas);
    }
    let findings = screen.findings();
    tabs(screen, &findings, theme, frame, areas.title);
    match screen.tab {
        Tab::Section(section) => {
            draw_section(screen, section, &findings, theme, frame, areas.body, active);
        }
        Tab::Review => draw_review(screen, &findings, theme, frame, areas.body),
    }
}

/// The number of errors that are shown: the count in a tab's badge.
fn told_errors(screen: &CreateApp, findings: &[FieldError]) -> usize {
    findings
        .iter()
        .filter(|one| one.severity == Severity::Error && screen.is_told(one))
        .count()
}

fn tabs(
    screen: &CreateApp,
    findings: &[(&'static Section, Vec<FieldError>)],
    theme: &Theme,
    frame: &mut Frame<'_>,
    area: Rect,
) {
    let area = layout::margin_wide(area);
    let mut spans = Vec::new();
    let mut width = 0;
    for tab in Tab::all() {
        let is_open = tab == screen.tab;
        let style = if is_open { theme.button } else { theme.text };
        let title = if is_open {
            format!(" {} ", tab.title())
        } else {
            tab.title().to_owned()
        };
        let badge = badge(screen, findings, theme, tab);
        width += title.width() + badge.width() + 2;
        spans.push(Span::styled(title, style));
        spans.push(badge);
        spans.push(Span::raw("  "));
    }
    if width <= usize::from(area.width) + 2 {
        return frame.render_widget(Line::from(spans), area);
    }
    open_tab(screen, findings, theme, frame, area);
}

/// Only the open tab, if there is no room for all of them.
fn open_tab(
    screen: &CreateApp,
    findings: &[(&'static Section, Vec<FieldError>)],
    theme: &Theme,
    frame: &mut Frame<'_>,
    area: Rect,
) {
    let count = Tab::all().count();
    let nth = Tab::all().position(|tab| tab == screen.tab).unwrap_or(0) + 1;
    let others: usize = findings
        .iter()
        .filter(|(section, _)| section.id != screen.tab.id())
        .map(|(_, found)| told_errors(screen, found))
        .sum();
    let elsewhere = match others {
        0 => String::new(),
        count => format!("  {}{count} in others", theme.glyphs.error),
    };
    frame.render_widget(
        Line::from(vec![
            Span::styled(format!(" {} ", screen.tab.title()), theme.button),
            badge(screen, findings, theme, screen.tab),
            Span::styled(format!("  {nth} of {count}"), theme.dim),
            Span::styled(elsewhere, theme.error),
        ]),
        area,
    );
}

fn badge(
    screen: &CreateApp,
    findings: &[(&'static Section, Vec<FieldError>)],
    theme: &Theme,
    tab: Tab,
) -> Span<'static> {
    let found = findings
        .iter()
        .find(|(section, _)| section.id == tab.id())
        .map(|(_, found)| found.as_slice())
        .unwrap_or_default();
    let told = told_errors(screen, found);
    let has_errors = found.iter().any(|one| one.severity == Severity::Error);
    match (tab, told) {
        (Tab::Review, _) => Span::raw(""),
        (_, 0) if has_errors => Span::raw(""),
        (_, 0) => Span::styled(theme.glyphs.done, theme.good),
        (_, count) => Span::styled(format!("{}{count}", theme.glyphs.error), theme.error),
    }
}

fn draw_section(
    screen: &CreateApp,
    section: &'static Section,
    findings: &[(&'static Section, Vec<FieldError>)],
    theme: &Theme,
    frame: &mut Frame<'_>,
    body: Rect,
    active: bool,
) {
    let (fields, help) = layout::form(body);
    let found = findings
        .iter()
        .find(|(one, _)| one.id == section.id)
        .map(|(_, found)| found.as_slice())
        .unwrap_or_default();
    let about = wrap::paragraph((section.about)(&screen.draft), fields.width)
        .into_iter()
        .map(|line| Line::styled(line, theme.dim))
        .collect();
    form::draw(
        frame,
        fields,
        form::View {
            theme,
            fields: section.fields,
            data: &screen.draft,
            context: &screen.facts,
            form: &screen.form,
            findings: found,
            is_told: &|finding| screen.is_told(finding),
            about,
            extra: &|field| {
                if field == app_card::ICON {
                    icon_lines(screen, theme)
                } else {
                    Vec::new()
                }
            },
            active: active && screen.form.picker.is_none(),
        },
    );
    let field = field_of(section.fields, screen.form.focus.field);
    if let Some(field) = field {
        let sentence =
            fixed(field.id, &screen.facts).map_or_else(|| field.whole_help(), str::to_owned);
        form::help(frame, help, theme, &sentence);
    }
    if let Some(field) = field {
        draw_picker(screen, section, field, theme, frame, body);
    }
}

fn draw_picker(
    screen: &CreateApp,
    section: &'static Section,
    field: &DraftField,
    theme: &Theme,
    frame: &mut Frame<'_>,
    body: Rect,
) {
    if let Some(open) = &screen.form.picker
        && let Control::Pick { many, chosen, .. } = &field.control
    {
        let options = screen
            .form
            .picker_options(section.fields, &screen.draft, &screen.facts);
        picker::draw(
            frame,
            body,
            theme,
            &picker::View {
                title: field.label,
                picker: open,
                options: &options,
                chosen: &chosen(&screen.draft, &screen.facts),
                many: *many,
            },
        );
    }
}

/// The preview of the icon, or completions of the path.
fn icon_lines(screen: &CreateApp, theme: &Theme) -> Vec<Line<'static>> {
    let mut lines: Vec<Line<'static>> = Vec::new();
    if !screen.candidates.is_empty() {
        let names: Vec<String> = screen
            .candidates
            .iter()
            .map(|name| text::displayable(name).into_owned())
            .collect();
        lines.push(Line::styled(format!("  {}", names.join("  ")), theme.dim));
    }
    if let app_card::IconState::Ready {
        about,
        preview,
        path,
    } = &screen.draft.card.icon
        && path == screen.draft.card.icon_path_text()
    {
        lines.push(Line::styled(
            format!(
                "  {} {} picture, {} x {}",
                theme.glyphs.done,
                about.format.label(),
                about.side,
                about.side
            ),
            theme.good,
        ));
        if let Some(preview) = preview {
            let picture = half_blocks::half_blocks(preview, theme.pictures);
            lines.extend(picture.into_iter().map(|mut line| {
                line.spans.insert(0, Span::raw("  "));
                line
            }));
        }
    }
    lines
}

fn draw_review(
    screen: &CreateApp,
    findings: &[(&'static Section, Vec<FieldError>)],
    theme: &Theme,
    frame: &mut Frame<'_>,
    body: Rect,
) {
    let area = layout::margin(body);
    let [page, _, button] = Layout::vertical([
        Constraint::Fill(1),
        Constraint::Length(u16::from(area.height > 8)),
        Constraint::Length(1),
    ])
    .areas(area);
    let mut lines: Vec<Line<'_>> = Vec::new();
    let mut focused = 0;
    for ((section, found), slot) in findings.iter().zip(review_slots()) {
        let is_focused = screen.form.focus == slot;
        if is_focused {
            focused = lines.len();
        }
        section_lines(
            screen, section, found, is_focused, theme, page.width, &mut lines,
        );
        lines.push(Line::default());
    }
    lines.pop();
    let on_button = screen.form.focus == CREATE.into();
    let top = if on_button { 0 } else { focused };
    let scroll = Scroll::from(top, lines.len(), page.height);
    frame.render_widget(Paragraph::new(scroll.cut(lines)), page);
    let below = scroll.below() > 0;
    form::more(frame, page, theme, scroll.is_more_above(), below);
    draw_button(screen, findings, on_button, theme, frame, button);
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
        0 => Span::styled("  ready: nothing is missing", theme.good),
        1 => Span::styled("  one thing to mend: Enter goes there", theme.error),
        _ => Span::styled(
            format!("  {errors} things to mend: Enter goes to the first"),
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

/// The changes that saving would make in a section.
fn changed_lines(
    screen: &CreateApp,
    editing: &Editing,
    section: &'static Section,
    theme: &Theme,
    width: u16,
    lines: &mut Vec<Line<'static>>,
) {
    let room = width.saturating_sub(8);
    let mut is_same = true;
    for difference in differences(&editing.base, &screen.draft, &screen.facts) {
        if difference.section != section {
            continue;
        }
        is_same = false;
        lines.push(Line::styled(format!("    {}", difference.label), theme.dim));
        for (mark, answers, style) in [
            ("-", &difference.before, theme.dim),
            ("+", &difference.after, theme.text),
        ] {
            let answer = text::displayable(&answers.join("\n")).into_owned();
            for (nth, part) in wrap::paragraph(&answer, room).into_iter().enumerate() {
                let lead = if nth == 0 { mark } else { " " };
                lines.push(Line::styled(format!("    {lead} {part}"), style));
            }
        }
    }
    if is_same {
        lines.push(Line::styled("    unchanged", theme.dim));
    }
}

/// A section as it will be registered, with its errors and warnings.
fn section_lines(
    screen: &CreateApp,
    section: &'static Section,
    found: &[FieldError],
    is_focused: bool,
    theme: &Theme,
    width: u16,
    lines: &mut Vec<Line<'static>>,
) {
    let mark = if is_focused { theme.glyphs.mark } else { " " };
    let style = if is_focused {
        theme.accent
    } else {
        theme.strong
    };
    lines.push(Line::styled(format!("{mark} {}", section.title), style));
    match &screen.editing {
        Some(editing) => changed_lines(screen, editing, section, theme, width, lines),
        None => answer_lines(screen, section, theme, width, lines),
    }
    let shown = found
        .iter()
        .filter(|one| screen.editing.is_none() || one.severity == Severity::Error);
    for finding in shown {
        finding_lines(finding, theme, width, lines);
    }
}

fn answer_lines(
    screen: &CreateApp,
    section: &'static Section,
    theme: &Theme,
    width: u16,
    lines: &mut Vec<Line<'static>>,
) {
    let label_width = if width < 60 { 0 } else { 30 };
    let room = width.saturating_sub(4 + u16::try_from(label_width).unwrap_or(0));
    let answers = section.answers(&screen.draft, &screen.facts, theme.glyphs.mask);
    for (label, answers) in answers {
        let beside = label.width() < label_width;
        if !beside {
            lines.push(Line::styled(format!("    {label}"), theme.dim));
        }
        let answer = if answers.is_empty() {
            vec!["-".to_owned()]
        } else {
            answers
        };
        let mut first = true;
        for answer in answer {
            let answer = text::displayable(&answer).into_owned();
            for part in wrap::paragraph(&answer, room) {
                let lead = match (beside, first) {
                    (true, true) => format!("{label}{}", " ".repeat(label_width - label.width())),
                    (true, false) => " ".repeat(label_width),
                    (false, _) => "  ".to_owned(),
                };
                first = false;
                lines.push(Line::from(vec![
                    Span::styled(format!("    {lead}"), theme.dim),
                    Span::raw(part),
                ]));
            }
        }
    }
}

fn finding_lines(finding: &FieldError, theme: &Theme, width: u16, lines: &mut Vec<Line<'static>>) {
    let (mark, style) = match finding.severity {
        Severity::Error => (theme.glyphs.error, theme.error),
        Severity::Warning => (theme.glyphs.warning, theme.warning),
    };
    let message = text::displayable(&finding.message).into_owned();
    let parts = wrap::paragraph(&message, width.saturating_sub(6));
    for (nth, part) in parts.into_iter().enumerate() {
        let lead = if nth == 0 { mark } else { " " };
        lines.push(Line::styled(format!("    {lead} {part}"), style));
    }
}
