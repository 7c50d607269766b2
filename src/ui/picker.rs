//! The searchable list over a form.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    text::{Line, Span},
    widgets::Paragraph,
};
use unicode_width::UnicodeWidthStr;

use super::{chrome, layout, line, theme::Theme};
use crate::form::{PickOption, TextEdit, picker::Picker, wrap};

/// Cells of the longest mark, with air around it.
const MARK_WIDTH: u16 = 19;
/// A narrower identifier says nothing.
const LEAST_DETAIL: u16 = 12;

/// What the list shows.
#[derive(Debug)]
pub struct View<'a> {
    pub title: &'a str,
    pub picker: &'a Picker,
    pub options: &'a [PickOption],
    pub chosen: &'a [PickOption],
    pub many: bool,
}

pub fn draw(frame: &mut Frame<'_>, area: Rect, theme: &Theme, view: &View<'_>) {
    let area = layout::centred(area, 92.min(area.width), area.height.min(26));
    let inside = chrome::dialog(frame, area, theme, view.title);
    let inside = layout::margin_wide(inside);
    let [search, rule, list, about] = ratatui::layout::Layout::vertical([
        ratatui::layout::Constraint::Length(1),
        ratatui::layout::Constraint::Length(1),
        ratatui::layout::Constraint::Fill(1),
        ratatui::layout::Constraint::Length(u16::from(view.many) * 2),
    ])
    .areas(inside);

    let label = "Search ";
    let room = search.width.saturating_sub(7);
    let (query, x) = line::window(
        view.picker.query.text(),
        view.picker.query.cursor(),
        room,
        None,
    );
    let count = if view.many {
        format!("{} chosen", view.chosen.len())
    } else {
        String::new()
    };
    frame.render_widget(
        Line::from(vec![Span::styled(label, theme.accent), Span::raw(query)]),
        search,
    );
    frame.render_widget(
        Line::styled(count, theme.dim).alignment(ratatui::layout::Alignment::Right),
        search,
    );
    frame.set_cursor_position(Position {
        x: (search.x + 7 + x).min(search.right().saturating_sub(1)),
        y: search.y,
    });
    chrome::rule(frame, rule, theme);

    if view.options.is_empty() {
        frame.render_widget(Line::styled("Nothing matches.", theme.dim), list);
        return;
    }
    let (rows, at) = rows(theme, view, list.width);
    let height = usize::from(list.height);
    let top = at
        .saturating_sub(height / 2)
        .min(rows.len().saturating_sub(height));
    let shown: Vec<Line<'_>> = rows.into_iter().skip(top).take(height).collect();
    frame.render_widget(Paragraph::new(shown), list);
    if let Some(option) = view.options.get(view.picker.at) {
        let text = match (option.locked, option.mark) {
            (Some(reason), _) => reason.to_owned(),
            (None, Some(mark)) => format!("{mark}. {}", option.description),
            (None, None) => option.description.clone(),
        };
        let lines: Vec<Line<'_>> = wrap::paragraph(&text, about.width)
            .into_iter()
            .map(|line| Line::styled(line, theme.dim))
            .collect();
        frame.render_widget(Paragraph::new(lines), about);
    }
}

/// All lines, group heads included, and the position of the marked one.
fn rows<'a>(theme: &Theme, view: &View<'_>, width: u16) -> (Vec<Line<'a>>, usize) {
    let label_width = view
        .options
        .iter()
        .map(|one| one.label.width())
        .max()
        .unwrap_or(0)
        .min(usize::from(width) / 2);
    let label_width = u16::try_from(label_width).unwrap_or(20);
    let mut rows = Vec::new();
    let mut marked = 0;
    let mut group = "";
    for (nth, option) in view.options.iter().enumerate() {
        if option.group != group {
            group = option.group;
            rows.push(Line::styled(group, theme.strong));
        }
        let is_chosen = view.chosen.iter().any(|one| one.key == option.key);
        let is_marked = nth == view.picker.at;
        let mark = match (view.many, is_chosen) {
            (true, true) => theme.glyphs.on,
            (true, false) => theme.glyphs.off,
            (false, true) => theme.glyphs.chosen,
            (false, false) => theme.glyphs.open,
        };
        let base = if is_marked {
            theme.selected
        } else {
            theme.text
        };
        let quiet = if is_marked { theme.selected } else { theme.dim };
        let warn = if is_marked {
            theme.selected
        } else {
            theme.warning
        };
        let mut spans = vec![
            Span::styled(if is_marked { theme.glyphs.mark } else { " " }, base),
            Span::styled(format!("{mark} "), base),
            Span::styled(
                line::cell(&option.label, label_width, theme.glyphs.ellipsis),
                base,
            ),
        ];
        let room = width.saturating_sub(label_width + 5);
        let mark = match option.mark {
            Some(_) if room < MARK_WIDTH => theme.glyphs.warning,
            mark => mark.unwrap_or_default(),
        };
        let detail_width = room.saturating_sub(MARK_WIDTH).min(26);
        if detail_width >= LEAST_DETAIL {
            let detail = line::cell(
                &option.detail,
                detail_width.saturating_sub(2),
                theme.glyphs.ellipsis,
            );
            spans.push(Span::styled(format!("  {detail}"), quiet));
        }
        spans.push(Span::styled(format!(" {mark}"), warn));
        if is_marked {
            marked = rows.len();
        }
        rows.push(Line::from(spans));
    }
    (rows, marked)
}
