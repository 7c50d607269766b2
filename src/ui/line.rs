//! Lines of text from a person or a file, made safe to draw and cut to a number of cells.

use ratatui::{style::Style, text::Span};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::scroll::first_shown;
use crate::domain::text;

/// A span of untrusted text: without control characters, cut to `width` cells.
pub fn foreign(value: &str, width: u16, ellipsis: &str, style: Style) -> Span<'static> {
    Span::styled(
        text::truncate_to_width(&text::displayable(value), usize::from(width), ellipsis),
        style,
    )
}

/// Untrusted text, padded with spaces to exactly `width` cells.
pub fn cell(value: &str, width: u16, ellipsis: &str) -> String {
    let mut cut = text::truncate_to_width(&text::displayable(value), usize::from(width), ellipsis);
    let missing = usize::from(width).saturating_sub(cut.width());
    cut.push_str(&" ".repeat(missing));
    cut
}

/// The visible part of a text with a cursor, on `width` cells, and the cell of the cursor in it.
/// The text slides so that the cursor always stays visible.
pub fn window(value: &str, cursor: usize, width: u16, mask: Option<&str>) -> (String, u16) {
    let width = usize::from(width.max(1));
    let drawn: Vec<(usize, String)> = value
        .grapheme_indices(true)
        .map(|(at, grapheme)| {
            let shown =
                mask.map_or_else(|| text::displayable(grapheme).into_owned(), str::to_owned);
            (at, shown)
        })
        .collect();
    let before: usize = drawn
        .iter()
        .take_while(|(at, _)| *at < cursor)
        .map(|(_, shown)| shown.width())
        .sum();
    // One cell is kept for the cursor behind the last character.
    let skip_cells = first_shown(&(before..before + 1), width);
    let mut skipped = 0;
    let mut line = String::new();
    let mut cells = 0;
    for (_, shown) in &drawn {
        let step = shown.width();
        if skipped < skip_cells {
            skipped += step;
            continue;
        }
        if cells + step > width {
            break;
        }
        cells += step;
        line.push_str(shown);
    }
    let x = before.saturating_sub(skipped).min(width - 1);
    (line, u16::try_from(x).unwrap_or(u16::MAX))
}

/// A token or an address in lines of `width` characters: it has no words to break at.
pub fn chunks(value: &str, width: u16) -> impl Iterator<Item = String> {
    let characters: Vec<char> = value.chars().collect();
    let lines: Vec<String> = characters
        .chunks(usize::from(width.max(1)))
        .map(|line| line.iter().collect())
        .collect();
    lines.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_slides_with_the_cursor() {
        assert_eq!(window("hello", 5, 10, None), ("hello".into(), 5));
        assert_eq!(window("hello world", 11, 6, None), ("world".into(), 5));
        assert_eq!(window("hello world", 0, 6, None), ("hello ".into(), 0));
        assert_eq!(window("pässwörd", 3, 20, Some("*")), ("********".into(), 2));
    }

    #[test]
    fn wide_characters_are_never_cut_in_half() {
        let (line, x) = window("漢字漢字", "漢字漢字".len(), 5, None);
        assert!(line.width() <= 5);
        assert!(x < 5);
    }

    #[test]
    fn a_token_is_broken_where_the_line_ends() {
        assert_eq!(
            chunks("abcdefg", 3).collect::<Vec<_>>(),
            ["abc", "def", "g"]
        );
        assert_eq!(chunks("ab", 0).collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn a_control_character_is_not_drawn() {
        assert!(!window("a\u{1b}[31mb", 0, 20, None).0.contains('\u{1b}'));
    }
}
