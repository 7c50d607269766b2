//! A box over the page: what is below is dimmed, one cell around the box is free, and its content
//! decides its height.

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span},
    widgets::{Block, Borders, Clear, Paragraph, Widget},
};

use super::{chrome, layout, scroll::Scroll, theme::Theme};

/// The areas of an overlay with content of a certain size.
#[derive(Clone, Copy, Debug)]
pub struct Areas {
    frame: Rect,
    pub inside: Rect,
    /// Inside the border, for rows whose bar goes from edge to edge.
    pub bars: Rect,
}

/// Cells between the border and the content.
pub const PADDING: u16 = SIDES / 2 - 1;

/// Border and padding.
const SIDES: u16 = 6;
const ENDS: u16 = 2;

/// The width of the content in this window; at most `width`.
pub fn inner_width(window: Rect, width: u16) -> u16 {
    let most = window.width.saturating_sub(2 + SIDES);
    width.min(most)
}

impl Areas {
    /// In a window without room for blank rows above and below the content, it has none.
    pub fn of(window: Rect, width: u16, height: u16) -> Self {
        let stage = layout::stage(window);
        let wide = inner_width(window, width).saturating_add(SIDES);
        let blank = u16::from(height.saturating_add(ENDS + 2) <= stage.height);
        let tall = height.saturating_add(ENDS + 2 * blank);
        let frame = layout::centered(stage, wide, tall);
        let inside = Rect {
            x: frame.x.saturating_add(SIDES / 2),
            y: frame.y.saturating_add(1 + blank),
            width: frame.width.saturating_sub(SIDES),
            height: frame.height.saturating_sub(ENDS + 2 * blank),
        }
        .intersection(frame);
        let bars = Rect {
            x: frame.x.saturating_add(1),
            width: frame.width.saturating_sub(2),
            ..inside
        };
        Self {
            frame,
            inside,
            bars,
        }
    }
}

/// Draws the box; its content goes inside.
pub fn draw(frame: &mut Frame<'_>, areas: Areas, theme: &Theme, title: &str) {
    let stage = layout::stage(frame.area());
    dim_below(frame.buffer_mut(), stage, theme);
    let box_ = areas.frame;
    let around = Rect {
        x: box_.x.saturating_sub(1),
        y: box_.y.saturating_sub(1),
        width: box_.width.saturating_add(2),
        height: box_.height.saturating_add(2),
    };
    frame.render_widget(Clear, around.intersection(stage));
    border(frame, box_, theme, title);
}

/// The border alone, for a box that is part of a page.
pub fn border(frame: &mut Frame<'_>, area: Rect, theme: &Theme, title: &str) {
    let title = match title {
        "" => String::new(),
        title => format!(" {title} "),
    };
    if theme.glyphs.unicode {
        let block = Block::new()
            .borders(Borders::ALL)
            .border_style(theme.accent)
            .title(Span::styled(title, theme.strong));
        frame.render_widget(block, area);
    } else {
        ascii_box(frame.buffer_mut(), area, theme, title);
    }
}

/// Lines in a box as wide as `width` cells, seen from line `scroll` on.
pub fn lines(
    frame: &mut Frame<'_>,
    theme: &Theme,
    title: &str,
    width: u16,
    lines: Vec<Line<'_>>,
    scroll: u16,
) -> Rect {
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let areas = Areas::of(frame.area(), width, height);
    draw(frame, areas, theme, title);
    let scroll = Scroll::from(usize::from(scroll), lines.len(), areas.inside.height);
    frame.render_widget(Paragraph::new(scroll.cut(lines)), areas.inside);
    more(frame, areas, theme, scroll);
    areas.inside
}

/// Marks on the border that there is more above or below.
pub fn more(frame: &mut Frame<'_>, areas: Areas, theme: &Theme, scroll: Scroll) {
    let edge = Rect {
        y: areas.inside.y,
        height: areas.inside.height,
        ..areas.frame
    };
    chrome::more(frame, edge, theme, scroll);
}

/// Emphasis below would compete with the box.
fn dim_below(buffer: &mut Buffer, stage: Rect, theme: &Theme) {
    for position in stage.positions() {
        if let Some(cell) = buffer.cell_mut(position) {
            cell.set_style(Style::reset()).set_style(theme.below);
        }
    }
}

/// Not every character set has box-drawing characters.
fn ascii_box(buffer: &mut Buffer, area: Rect, theme: &Theme, title: String) {
    let inner = usize::from(area.width.saturating_sub(2));
    for (nth, row) in area.rows().enumerate() {
        let line = if nth == 0 || row.bottom() == area.bottom() {
            format!("+{}+", "-".repeat(inner))
        } else {
            format!("|{}|", " ".repeat(inner))
        };
        Line::styled(line, theme.accent).render(row, buffer);
    }
    let head = Rect {
        x: area.x.saturating_add(1),
        height: 1,
        ..area
    };
    Span::styled(title, theme.strong).render(head.intersection(area), buffer);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{half_blocks::Depth, testing, theme::ThemeName};

    fn boxed(width: u16, height: u16, count: usize, scroll: u16, unicode: bool) -> String {
        let theme = Theme::new(ThemeName::default(), true, Depth::None, unicode);
        testing::picture(width, height, |frame| {
            let dots = ".".repeat(usize::from(width));
            let page = vec![Line::from(dots); usize::from(height)];
            frame.render_widget(Paragraph::new(page), frame.area());
            let rows = (0..count).map(|nth| Line::from(format!("row {nth}")));
            lines(frame, &theme, "Keys", 8, rows.collect(), scroll);
        })
    }

    #[test]
    fn a_box_is_as_high_as_its_content_and_stands_free() {
        insta::assert_snapshot!(boxed(24, 12, 2, 0, true));
    }

    #[test]
    fn a_long_text_scrolls_and_says_so() {
        insta::assert_snapshot!(boxed(24, 8, 9, 2, true));
    }

    #[test]
    fn without_box_drawing_it_is_ascii() {
        insta::assert_snapshot!(boxed(24, 12, 2, 0, false));
    }
}
