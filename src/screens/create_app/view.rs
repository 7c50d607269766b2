//! The tabs, the fields of the open one, and the review.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use super::{
    CreateApp, Tab,
    editing::fixed,
    sections::{DraftField, Section, app_card},
};
use crate::{
    domain::text,
    form::{Control, FieldError, Severity, TextEdit as _, state::field_of, wrap},
    screens::page::{Look, Page as _},
    ui::{
        form, half_blocks,
        layout::{self, Areas},
        line, picker,
        tabs::{self, Mark},
        theme::Theme,
        title,
    },
};

pub(super) fn draw(screen: &CreateApp, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
    let (theme, active) = (look.theme, !look.is_covered());
    if let Some(editing) = &screen.editing
        && let Some(conflict) = &editing.conflict
    {
        let trail = look.trail_of(editing.base.properties.name.text(), "Two versions");
        return super::conflict_view::draw(conflict, &trail, theme, frame, areas);
    }
    let findings = screen.findings();
    title(screen, look, frame, areas.title);
    tab_bar(screen, &findings, theme, frame, areas.rule);
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

fn title(screen: &CreateApp, look: &Look<'_>, frame: &mut Frame<'_>, area: Rect) {
    let theme = look.theme;
    let page = screen.name();
    let (trail, about) = match &screen.editing {
        Some(editing) => {
            let name = editing.base.properties.name.text();
            (look.trail_of(name, &page), Line::default())
        }
        None => {
            let name = screen.draft.properties.name.text();
            let name = line::foreign(name, area.width, theme.glyphs.ellipsis, theme.dim);
            (look.trail(&page), name.into())
        }
    };
    title::draw(frame, area, theme, &trail, about, Line::default());
}

fn tab_bar(
    screen: &CreateApp,
    findings: &[(&'static Section, Vec<FieldError>)],
    theme: &Theme,
    frame: &mut Frame<'_>,
    rule: Rect,
) {
    let tabs: Vec<tabs::Tab<'_>> = Tab::all()
        .map(|tab| tabs::Tab {
            title: tab.title(),
            mark: mark(screen, findings, tab),
            was_open: screen.was_open(tab),
        })
        .collect();
    let open = Tab::all().position(|tab| tab == screen.tab);
    tabs::draw(frame, rule, theme, &tabs, open.unwrap_or_default());
}

/// A tab that was never open is not judged until Create was tried.
fn mark(
    screen: &CreateApp,
    findings: &[(&'static Section, Vec<FieldError>)],
    tab: Tab,
) -> Option<Mark> {
    let (_, found) = findings
        .iter()
        .find(|(section, _)| section.id == tab.id())?;
    let has_errors = found.iter().any(|one| one.severity == Severity::Error);
    Some(match told_errors(screen, found) {
        0 if has_errors => Mark::Open,
        0 if screen.tried || screen.was_open(tab) => Mark::Done,
        0 => Mark::Open,
        count => Mark::Errors(count),
    })
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
        draw_picker(screen, section, field, theme, frame);
    }
}

fn draw_picker(
    screen: &CreateApp,
    section: &'static Section,
    field: &DraftField,
    theme: &Theme,
    frame: &mut Frame<'_>,
) {
    if let Some(open) = &screen.form.picker
        && let Control::Pick { many, chosen, .. } = &field.control
    {
        let options = screen
            .form
            .picker_options(section.fields, &screen.draft, &screen.facts);
        picker::draw(
            frame,
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
