//! The searchable list over a form.

use ratatui::{
    Frame,
    layout::{Alignment, Constraint, Layout, Position, Rect},
    text::{Line, Span},
    widgets::Paragraph,
};
use unicode_width::UnicodeWidthStr;

use super::{chrome, line, overlay, rows::paragraphs, scroll::Scroll, theme::Theme};
use crate::form::{PickOption, TextEdit, picker::Picker};

/// Cells of the longest mark, with a space on both sides.
const MARK_WIDTH: u16 = 19;
/// A narrower identifier would be unreadable.
const LEAST_DETAIL: u16 = 12;
const DETAIL_MAX: u16 = 40;
/// Cells before a label: the pointer and the check box.
const LEAD: u16 = 6;
const WIDTH: u16 = 86;
const HEIGHT: u16 = 24;
/// Lines about the option under the cursor.
const HINT: u16 = 2;

/// What the list shows.
#[derive(Debug)]
pub struct View<'a> {
    pub title: &'a str,
    pub picker: &'a Picker,
    pub options: &'a [PickOption],
    pub chosen: &'a [PickOption],
    pub many: bool,
}

pub fn draw(frame: &mut Frame<'_>, theme: &Theme, view: &View<'_>) {
    let width = overlay::inner_width(frame.area(), WIDTH);
    let (rows, at) = rows(theme, view, width + 2 * overlay::PADDING);
    let more = u16::from(view.options.iter().any(|option| !option.more.is_empty()));
    let hint = if view.many { HINT + more + 1 } else { 0 };
    let wanted = u16::try_from(rows.len().max(1)).unwrap_or(u16::MAX);
    let height = wanted.saturating_add(2 + hint).min(HEIGHT);
    let areas = overlay::Areas::of(frame.area(), WIDTH, height);
    overlay::draw(frame, areas, theme, view.title);
    let [search, rule, list, _, about] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Fill(1),
        Constraint::Length(u16::from(view.many)),
        Constraint::Length(hint.saturating_sub(1)),
    ])
    .areas(areas.inside);
    draw_search(frame, search, theme, view);
    chrome::rule(frame, rule, theme);
    if view.options.is_empty() {
        frame.render_widget(Line::styled("Nothing matches.", theme.dim), list);
        return;
    }
    let list = Rect {
        x: areas.bars.x,
        width: areas.bars.width,
        ..list
    };
    let scroll = Scroll::around(at, rows.len(), list.height);
    frame.render_widget(Paragraph::new(scroll.cut(rows)), list);
    let edge = Rect {
        width: list.width + 1,
        ..list
    };
    chrome::more(frame, edge, theme, scroll);
    if let Some(option) = view.options.get(view.picker.at) {
        let text = match (option.locked, option.mark) {
            (Some(reason), _) => reason.to_owned(),
            (None, Some(mark)) => format!("{mark}. {}", option.description),
            (None, None) => option.description.clone(),
        };
        let mut lines = paragraphs(&[(&text, theme.dim)], about.width);
        lines.extend(paragraphs(&[(&option.more, theme.dim)], about.width));
        frame.render_widget(Paragraph::new(lines), about);
    }
}

fn draw_search(frame: &mut Frame<'_>, area: Rect, theme: &Theme, view: &View<'_>) {
    let query = &view.picker.query;
    let room = area.width.saturating_sub(7);
    let (text, x) = line::window(query.text(), query.cursor(), room, None);
    frame.render_widget(
        Line::from(vec![Span::styled("Search ", theme.accent), Span::raw(text)]),
        area,
    );
    if view.many {
        let count = format!("{} chosen", view.chosen.len());
        frame.render_widget(
            Line::styled(count, theme.dim).alignment(Alignment::Right),
            area,
        );
    }
    frame.set_cursor_position(Position {
        x: (area.x + 7 + x).min(area.right().saturating_sub(1)),
        y: area.y,
    });
}

/// All lines, including group heads, and the position of the selected one.
fn rows<'a>(theme: &Theme, view: &View<'_>, width: u16) -> (Vec<Line<'a>>, usize) {
    let labels = view.options.iter().map(|one| one.label.width());
    // Without details beside them, the labels have their room.
    let most = match view.options.iter().all(|one| one.detail.is_empty()) {
        true => width.saturating_sub(LEAD + MARK_WIDTH),
        false => width / 2,
    };
    let label_width = labels.max().unwrap_or(0).min(usize::from(most));
    let label_width = u16::try_from(label_width).unwrap_or(20);
    let mut rows = Vec::new();
    let mut marked = 0;
    let mut group = "";
    for (nth, option) in view.options.iter().enumerate() {
        if option.group != group {
            group = option.group;
            let indent = " ".repeat(usize::from(overlay::PADDING));
            rows.push(Line::styled(format!("{indent}{group}"), theme.strong));
        }
        if nth == view.picker.at {
            marked = rows.len();
        }
        rows.push(row(theme, view, option, nth, label_width, width));
    }
    (rows, marked)
}

fn row<'a>(
    theme: &Theme,
    view: &View<'_>,
    option: &PickOption,
    nth: usize,
    label_width: u16,
    width: u16,
) -> Line<'a> {
    let ellipsis = theme.glyphs.ellipsis;
    let is_marked = nth == view.picker.at;
    let style = |style| if is_marked { theme.selected } else { style };
    let is_chosen = view.chosen.iter().any(|one| one.key == option.key);
    let check = match (view.many, is_chosen) {
        (true, true) => theme.glyphs.on,
        (true, false) => theme.glyphs.off,
        (false, true) => theme.glyphs.chosen,
        (false, false) => theme.glyphs.open,
    };
    let pointer = if is_marked { theme.glyphs.mark } else { " " };
    let label = line::cell(&option.label, label_width, ellipsis);
    let mut spans = vec![Span::styled(
        format!(" {pointer}{check} {label}"),
        style(theme.text),
    )];
    let room = width.saturating_sub(label_width + LEAD);
    let mark = match option.mark {
        Some(_) if room < MARK_WIDTH => theme.glyphs.warning,
        mark => mark.unwrap_or_default(),
    };
    let detail_width = room.saturating_sub(MARK_WIDTH).min(DETAIL_MAX);
    if detail_width >= LEAST_DETAIL {
        let detail = line::cell(&option.detail, detail_width - 2, ellipsis);
        spans.push(Span::styled(format!("  {detail}"), style(theme.dim)));
    }
    let used: usize = spans.iter().map(Span::width).sum();
    let rest = width.saturating_sub(u16::try_from(used).unwrap_or(u16::MAX));
    let mark = line::cell(&format!(" {mark}"), rest, ellipsis);
    spans.push(Span::styled(mark, style(theme.warning)));
    Line::from(spans)
}
