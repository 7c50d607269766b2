//! Scrolling: which lines are visible, and how keys move. All scroll arithmetic is here.

use std::ops::Range;

use crate::keymap::Action;

const PAGE: usize = 10;
const LINES: u16 = 10;

/// The first line to draw so that the whole focus is visible, or its start if it is too tall.
pub fn first_shown(focus: &Range<usize>, room: usize) -> usize {
    focus.end.saturating_sub(room).min(focus.start)
}

/// The part of `count` lines that `height` lines of a screen show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scroll {
    pub top: usize,
    height: usize,
    count: usize,
}

impl Scroll {
    /// From line `top` on, but without empty lines below the last one.
    pub fn from(top: usize, count: usize, height: u16) -> Self {
        let height = usize::from(height);
        Self {
            top: top.min(count.saturating_sub(height)),
            height,
            count,
        }
    }

    /// Scrolled just far enough to show the focus.
    pub fn to(focus: &Range<usize>, count: usize, height: u16) -> Self {
        Self::from(first_shown(focus, usize::from(height)), count, height)
    }

    /// With line `at` in the middle where that is possible.
    pub fn around(at: usize, count: usize, height: u16) -> Self {
        Self::from(at.saturating_sub(usize::from(height / 2)), count, height)
    }

    pub fn is_more_above(self) -> bool {
        self.top > 0
    }

    /// The number of lines below the visible part.
    pub fn below(self) -> usize {
        self.count.saturating_sub(self.top + self.height)
    }

    /// The indexes of the visible lines.
    pub fn shown(self) -> Range<usize> {
        self.top..self.count.min(self.top + self.height)
    }

    pub fn cut<T>(self, lines: Vec<T>) -> Vec<T> {
        lines.into_iter().skip(self.top).take(self.height).collect()
    }
}

/// Where the cursor is after a key, among `count` rows.
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

/// Lines that a text is scrolled down after a key; at most `last`.
pub fn scrolled(scroll: u16, last: u16, action: Action) -> u16 {
    let to = match action {
        Action::Up => scroll.saturating_sub(1),
        Action::Down => scroll.saturating_add(1),
        Action::PageUp => scroll.saturating_sub(LINES),
        Action::PageDown => scroll.saturating_add(LINES),
        Action::First => 0,
        Action::Last => last,
        _ => scroll,
    };
    to.min(last)
}

/// How many of `count` lines can be scrolled away.
pub fn last_top(count: usize, height: u16) -> u16 {
    let count = u16::try_from(count).unwrap_or(u16::MAX);
    count.saturating_sub(height)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_focus_taller_than_the_screen_is_seen_from_its_beginning() {
        assert_eq!(Scroll::to(&(4..20), 30, 5).shown(), 4..9);
    }

    #[test]
    fn nothing_moves_while_the_focus_is_in_view() {
        assert_eq!(Scroll::to(&(4..5), 30, 5).shown(), 0..5);
        assert_eq!(Scroll::to(&(5..6), 30, 5).shown(), 1..6);
    }

    #[test]
    fn the_focus_is_in_the_middle_except_near_the_ends() {
        assert_eq!(Scroll::around(1, 30, 5).shown(), 0..5);
        assert_eq!(Scroll::around(10, 30, 5).shown(), 8..13);
        assert_eq!(Scroll::around(29, 30, 5).shown(), 25..30);
    }

    proptest! {
        #[test]
        fn no_line_is_left_empty_while_there_are_more(top in 0usize..60, count in 0usize..40, height in 0u16..20) {
            let scroll = Scroll::from(top, count, height);
            let shown = scroll.shown();
            prop_assert_eq!(shown.len(), count.min(usize::from(height)));
            prop_assert_eq!(scroll.cut((0..count).collect::<Vec<_>>()), shown.clone().collect::<Vec<_>>());
            prop_assert_eq!(scroll.below(), count - shown.end);
            prop_assert_eq!(scroll.is_more_above(), shown.start > 0);
        }

        #[test]
        fn the_beginning_of_the_focus_is_seen(start in 0usize..40, tall in 1usize..20, more in 0usize..20, height in 1u16..20) {
            let focus = start..start + tall;
            let shown = Scroll::to(&focus, focus.end + more, height).shown();
            prop_assert!(shown.contains(&start));
            prop_assert!(tall > usize::from(height) || shown.contains(&(focus.end - 1)));
        }
    }
}
