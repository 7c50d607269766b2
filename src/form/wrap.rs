//! Breaks text into drawn lines. The view and the cursor keys both use it, so that they agree on
//! what a line is. Only for fields of several lines and help texts.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Byte ranges of the lines of `text` at `width` cells, without their newlines. Breaks after spaces
/// if possible, otherwise inside a word. Never empty.
pub fn lines(text: &str, width: u16) -> Vec<Range<usize>> {
    let width = usize::from(width.max(1));
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        wrap_line(line, start, width, &mut lines);
        start += line.len() + 1;
    }
    lines
}

fn wrap_line(line: &str, offset: usize, width: usize, lines: &mut Vec<Range<usize>>) {
    let mut from = 0;
    let mut cells = 0;
    let mut last_space: Option<usize> = None;
    for (at, grapheme) in line.grapheme_indices(true) {
        let step = grapheme.width();
        if cells + step > width && at > from && grapheme != " " {
            let to = last_space.filter(|space| *space > from).unwrap_or(at);
            lines.push(offset + from..offset + to);
            from = to;
            cells = line.get(from..at).unwrap_or_default().width();
            last_space = None;
        }
        cells += step;
        if grapheme == " " {
            last_space = Some(at + 1);
        }
    }
    lines.push(offset + from..offset + line.len());
}

/// The line of the cursor, and the byte offset in that line.
pub fn locate(lines: &[Range<usize>], cursor: usize) -> (usize, usize) {
    let line = lines
        .iter()
        .rposition(|range| range.start <= cursor)
        .unwrap_or(0);
    let start = lines.get(line).map_or(0, |range| range.start);
    (line, cursor.saturating_sub(start))
}

/// The cursor position one drawn line up or down, in the same column.
pub fn vertical(text: &str, cursor: usize, up: bool, width: u16) -> Option<usize> {
    let lines = lines(text, width);
    let (line, inside) = locate(&lines, cursor);
    let target = if up { line.checked_sub(1)? } else { line + 1 };
    let range = lines.get(target)?.clone();
    let start = lines.get(line)?.start;
    let column = text.get(start..start + inside)?.width();
    let mut cells = 0;
    for (at, grapheme) in text.get(range.clone())?.grapheme_indices(true) {
        if cells >= column {
            return Some(range.start + at);
        }
        cells += grapheme.width();
    }
    Some(range.end)
}

/// The lines of a text that is not edited, without the spaces at the breaks.
pub fn paragraph(text: &str, width: u16) -> Vec<String> {
    lines(text, width)
        .into_iter()
        .map(|range| text.get(range).unwrap_or_default().trim_end().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn breaks_after_spaces_and_inside_long_words() {
        assert_eq!(paragraph("one two three", 8), ["one two", "three"]);
        assert_eq!(paragraph("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(paragraph("a\n\nb", 4), ["a", "", "b"]);
        assert_eq!(paragraph("", 4), [""]);
    }

    #[test]
    fn the_cursor_keeps_its_column() {
        assert_eq!(vertical("abcd\nxy\nefgh", 3, false, 10), Some(7));
        assert_eq!(vertical("abcd\nxy", 1, false, 10), Some(6));
        assert_eq!(vertical("abcd\nxy", 6, true, 10), Some(1));
        assert_eq!(vertical("abcd", 1, true, 10), None);
    }

    proptest! {
        #[test]
        fn no_text_is_lost_and_nothing_panics(text in "\\PC*|[a-z \n👨‍👩‍👧漢]*", width in 0u16..30, cursor in 0usize..60) {
            let joined: String = lines(&text, width).into_iter().map(|range| text[range].to_owned()).collect();
            prop_assert_eq!(joined, text.replace('\n', ""));
            let cursor = text.grapheme_indices(true).map(|(at, _)| at).nth(cursor).unwrap_or(text.len());
            vertical(&text, cursor, true, width);
            vertical(&text, cursor, false, width);
        }
    }
}
