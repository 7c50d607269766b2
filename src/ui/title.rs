//! The line below the header: the way to the page, the page itself, and a state or a key at the
//! right end.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    text::{Line, Span},
};

use super::{chrome, line, theme::Theme};
use crate::{
    domain::{progress::grouped, text},
    form::TextEdit,
};

/// Longest name of a page before, in cells.
const PART: u16 = 24;

/// Draws the line. The last part of the trail is the page. Returns the column where `about` begins.
pub fn draw(
    frame: &mut Frame<'_>,
    area: Rect,
    theme: &Theme,
    trail: &[&str],
    about: Line<'_>,
    right: Line<'_>,
) -> u16 {
    let cells = |line: &Line<'_>| u16::try_from(line.width()).unwrap_or(u16::MAX);
    let room = area.width.saturating_sub(cells(&about).saturating_add(4));
    // A long name is cut before the right end is left out.
    let beside_right = room.saturating_sub(cells(&right).saturating_add(2));
    let room = if beside_right >= area.width / 2 {
        beside_right
    } else {
        room.max(area.width / 3)
    };
    let (mut spans, cells) = trail_spans(trail, theme, room);
    let from = area.x.saturating_add(1).saturating_add(cells);
    if about.width() > 0 {
        spans.push(Span::raw("  "));
    }
    let mut left = usize::from(area.width.saturating_sub(cells.saturating_add(4)));
    for span in about.spans {
        let text = text::truncate_to_width(&span.content, left, theme.glyphs.ellipsis);
        left = left.saturating_sub(text::width(&text));
        spans.push(Span::styled(text, about.style.patch(span.style)));
    }
    chrome::ends(frame, area, spans.into(), right);
    from.saturating_add(2)
}

/// Without room for the whole way, its beginning is left out.
fn trail_spans<'a>(trail: &[&str], theme: &Theme, room: u16) -> (Vec<Span<'a>>, u16) {
    let glyphs = theme.glyphs;
    let between = || Span::styled(format!(" {} ", glyphs.mark), theme.dim);
    let page = trail.last().copied().unwrap_or_default();
    let way = trail.split_last().map_or(&[][..], |(_, way)| way);
    // A page with a long name leaves room for where Back leads, if that is short.
    let before = way.last().map_or(0, |part| text::width(part) + 3);
    let before = u16::try_from(before).unwrap_or(u16::MAX);
    let page_room = if before <= room / 4 {
        room - before
    } else {
        room
    };
    let page = line::foreign(page, page_room, glyphs.ellipsis, theme.strong);
    let mut cells = page.width();
    let mut spans = vec![page];
    for part in way.iter().rev() {
        let mut part = line::foreign(part, PART, glyphs.ellipsis, theme.dim);
        let is_full = cells + part.width() + 3 > usize::from(room);
        if is_full && cells + 4 > usize::from(room) {
            break;
        }
        if is_full {
            part = Span::styled(glyphs.ellipsis, theme.dim);
        }
        cells += part.width() + 3;
        spans.splice(0..0, [part, between()]);
        if is_full {
            break;
        }
    }
    (spans, u16::try_from(cells).unwrap_or(u16::MAX))
}

/// How many there are, or what a filter leaves of them. With the cell of the cursor in it, while
/// the filter is typed.
pub fn count(
    theme: &Theme,
    filter: &dyn TextEdit,
    is_typed: bool,
    (matched, total): (u64, Option<u64>),
    room: u16,
) -> (Line<'static>, Option<u16>) {
    if !is_typed && filter.text().trim().is_empty() {
        let all = grouped(total.unwrap_or(matched));
        return (Line::styled(all, theme.dim), None);
    }
    let total = total.map_or_else(String::new, |total| format!(" of {}", grouped(total)));
    let style = if is_typed { theme.accent } else { theme.text };
    let (query, x) = line::window(filter.text(), filter.cursor(), room, None);
    let spans = vec![
        Span::styled("/", style),
        Span::styled(query, style),
        Span::styled(format!("   {}{total}", grouped(matched)), theme.dim),
    ];
    (spans.into(), is_typed.then_some(x + 1))
}

/// Puts the cursor into the line, at its right end if the text is longer.
pub fn place_cursor(frame: &mut Frame<'_>, area: Rect, x: u16) {
    let x = x.min(area.right().saturating_sub(1));
    frame.set_cursor_position(Position { x, y: area.y });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{half_blocks::Depth, testing, theme::ThemeName};

    #[test]
    fn the_way_the_page_and_its_state() {
        let theme = Theme::new(ThemeName::default(), true, Depth::None, true);
        let drawn = |width| {
            testing::picture(width, 1, |frame| {
                let trail = ["Apps", "Order desk", "Edit"];
                let (about, state) = (Line::from("3 changes"), Line::from("suspended"));
                draw(frame, frame.area(), &theme, &trail, about, state);
            })
        };
        assert_eq!(
            drawn(50),
            " Apps › Order desk › Edit  3 changes    suspended"
        );
        assert_eq!(drawn(40), " Apps › Order desk › Edit  3 changes");
        assert_eq!(drawn(34), " … › Order desk › Edit  3 changes");
        assert_eq!(drawn(30), " Order desk › Edit  3 changes");
    }
}
