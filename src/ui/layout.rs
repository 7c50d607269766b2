//! The positions of everything. All arithmetic on sizes is here, shared by the views and the keys.

use ratatui::layout::{Constraint, Layout, Rect};

/// In a smaller window, the program only says which size it needs.
pub const MIN_WIDTH: u16 = 36;
pub const MIN_HEIGHT: u16 = 10;

/// From this width on, a detail pane stands beside the list.
pub const TWO_PANES: u16 = 100;

/// Lines at the foot of a form for the help of the focused field.
pub const HELP_LINES: u16 = 2;

const DETAIL_WIDTH: u16 = 42;
const FORM_WIDTH: u16 = 100;

/// The parts that every screen has.
#[derive(Clone, Copy, Debug)]
pub struct Areas {
    pub header: Rect,
    pub title: Rect,
    pub rule: Rect,
    pub body: Rect,
    pub status: Rect,
    pub footer: Rect,
}

/// From this height on, a blank row stands between a page and a notice of one line.
const ROOMY: u16 = 20;

pub fn areas(area: Rect) -> Areas {
    let [header, title, rule, body, status, footer] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Fill(1),
        Constraint::Length(1 + u16::from(area.height >= ROOMY)),
        Constraint::Length(1),
    ])
    .areas(area);
    Areas {
        header,
        title,
        rule,
        body,
        status,
        footer,
    }
}

/// Where overlays stand: above the notice and the footer, which stay in use.
pub fn stage(window: Rect) -> Rect {
    let all = areas(window);
    all.header.union(all.title).union(all.rule).union(all.body)
}

fn body(size: (u16, u16)) -> Rect {
    areas(Rect::new(0, 0, size.0, size.1)).body
}

pub fn has_two_panes(size: (u16, u16)) -> bool {
    size.0 >= TWO_PANES
}

/// The list, and the detail pane if there is room for one.
pub fn panes(body: Rect) -> (Rect, Option<Rect>) {
    if body.width < TWO_PANES {
        return (body, None);
    }
    let [list, _, detail] = Layout::horizontal([
        Constraint::Fill(1),
        Constraint::Length(1),
        Constraint::Length(DETAIL_WIDTH),
    ])
    .areas(body);
    (list, Some(detail))
}

/// Rows of the list of apps: the body without the column heads.
pub fn list_height(size: (u16, u16)) -> u16 {
    body(size).height.saturating_sub(1)
}

/// The body of a form: the fields, and the help at the foot.
pub fn form(body: Rect) -> (Rect, Rect) {
    let [fields, _, help] = Layout::vertical([
        Constraint::Fill(1),
        Constraint::Length(u16::from(body.height > 8)),
        Constraint::Length(HELP_LINES.min(body.height / 4)),
    ])
    .areas(text(body));
    (fields, help)
}

/// A text below the title: with a margin, and a blank row above it if there is room.
pub fn text(body: Rect) -> Rect {
    let above = u16::from(body.height > 10);
    Rect {
        y: body.y.saturating_add(above),
        height: body.height.saturating_sub(above),
        ..margin(body)
    }
}

/// The same for a whole window.
pub fn text_of(size: (u16, u16)) -> Rect {
    text(areas(Rect::new(0, 0, size.0, size.1)).body)
}

/// A margin of one cell left and right, and no wider than is easy to read.
pub fn margin(area: Rect) -> Rect {
    Rect {
        x: area.x.saturating_add(1),
        width: area.width.saturating_sub(2).min(FORM_WIDTH),
        ..area
    }
    .intersection(area)
}

/// Cells of a line of a text field: a form without its margin and the bar before the text.
pub fn text_width(size: (u16, u16)) -> u16 {
    margin(body(size)).width.saturating_sub(2)
}

/// A column in the middle, at most `width` cells wide.
pub fn column(area: Rect, width: u16) -> Rect {
    let area = margin_wide(area);
    centered(area, width, area.height)
}

/// A box in the middle, of the given size or as large as there is room.
pub fn centered(area: Rect, width: u16, height: u16) -> Rect {
    let width = width.min(area.width);
    let height = height.min(area.height);
    Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 2,
        width,
        height,
    }
}

/// A margin of one cell left and right, as wide as the terminal.
pub fn margin_wide(area: Rect) -> Rect {
    Rect {
        x: area.x.saturating_add(1),
        width: area.width.saturating_sub(2),
        ..area
    }
    .intersection(area)
}
