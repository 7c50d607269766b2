//! The tabs, the fields of the open one, and the review.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};
use unicode_width::UnicodeWidthStr;

use super::{
    CreateApp, Tab,
    editing::fixed,
    sections::{DraftField, Section, app_card},
};
use crate::{
    domain::text,
    form::{Control, FieldError, Severity, state::field_of, wrap},
    ui::{
        form, half_blocks,
        layout::{self, Areas},
        picker,
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
        Tab::Review => super::review_view::draw(screen, &findings, theme, frame, areas.body),
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
