//! Keys that move a cursor along rows, or scroll.

use crate::keymap::Action;

const PAGE: usize = 10;
const LINES: u16 = 10;

/// The position of the cursor after a key, among `count` rows.
pub fn moved(cursor: usize, count: usize, action: Action) -> usize {
    let last = count.saturating_sub(1);
    match action {
        Action::Up => cursor.saturating_sub(1),
        Action::Down => (cursor + 1).min(last),
        Action::PageUp => cursor.saturating_sub(PAGE),
        Action::PageDown => (cursor + PAGE).min(last),
        Action::First => 0,
        Action::Last => last,
        _ => cursor,
    }
}

/// The number of lines scrolled down after a key; at most `last`.
pub fn scrolled(scroll: u16, last: u16, action: Action) -> u16 {
    let to = match action {
        Action::Up => scroll.saturating_sub(1),
        Action::Down => scroll.saturating_add(1),
        Action::PageUp => scroll.saturating_sub(LINES),
        Action::PageDown => scroll.saturating_add(LINES),
        Action::First => 0,
        _ => scroll,
    };
    to.min(last)
}
