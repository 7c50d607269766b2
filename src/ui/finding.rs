//! An error or a warning: a mark in its color, the sentence plain, and the rule that it cites dim.

use std::ops::Range;

use ratatui::{
    style::Style,
    text::{Line, Span},
};

use super::theme::Theme;
use crate::{domain::text, form::wrap};

/// Cells of the mark and the space after it.
const LEAD: u16 = 2;
/// Beginnings of a citation.
const RULES: [&str; 3] = ["RFC ", "OpenID ", "OAuth 2.1"];
/// Joins the words of a citation while the message is broken into lines.
const JOINER: char = '\u{a0}';

/// The lines of a message behind a mark. A citation is never broken if it fits into a line.
pub fn lines(mark: Span<'static>, message: &str, theme: &Theme, width: u16) -> Vec<Line<'static>> {
    with_style(mark, message, theme.text, theme, width)
}

/// The same, with a style for the sentence.
pub fn with_style(
    mark: Span<'static>,
    message: &str,
    style: Style,
    theme: &Theme,
    width: u16,
) -> Vec<Line<'static>> {
    let message = text::displayable(message);
    let cited = citation(&message);
    let (sentence, rule) = message.split_at(cited.start);
    let (rule, rest) = rule.split_at(cited.len());
    let joined = rule.replace(' ', &JOINER.to_string());
    let whole = format!("{sentence}{joined}{rest}");
    let room = width.saturating_sub(LEAD);
    let cited = cited.start..cited.start + joined.len();
    let mut mark = Some(mark);
    let ranges = wrap::lines(&whole, room).into_iter();
    let lines = ranges.map(|range| {
        let lead = mark.take().unwrap_or_else(|| Span::raw(" "));
        let mut spans = vec![lead, Span::raw(" ")];
        let part = whole.get(range.clone()).unwrap_or_default();
        for (piece, is_rule) in pieces(part, range.start, &cited) {
            let style = if is_rule { theme.dim } else { style };
            spans.push(Span::styled(piece.replace(JOINER, " "), style));
        }
        Line::from(spans)
    });
    lines.collect()
}

/// A part that begins at byte `at` of its text, divided where the citation begins and ends.
fn pieces<'a>(
    part: &'a str,
    at: usize,
    cited: &Range<usize>,
) -> impl Iterator<Item = (&'a str, bool)> + use<'a> {
    let end = part.trim_end().len();
    let from = cited.start.saturating_sub(at).min(end);
    let to = cited.end.saturating_sub(at).min(end);
    [(0..from, false), (from..to, true), (to..end, false)]
        .into_iter()
        .filter_map(|(range, is_rule)| Some((part.get(range)?, is_rule)))
        .filter(|(piece, _)| !piece.is_empty())
}

/// The rule at the end of a message: in brackets, or after the last sentence.
fn citation(message: &str) -> Range<usize> {
    let end = message.trim_end().len();
    let found = RULES.iter().filter_map(|rule| {
        let at = message.find(rule)?;
        let before = message.get(..at)?;
        if let Some(open) = unclosed(before) {
            return Some(open..close(message, open));
        }
        before.ends_with(". ").then_some(at..end)
    });
    found.min_by_key(|range| range.start).unwrap_or(end..end)
}

/// The last bracket that is still open at the end of the text.
fn unclosed(text: &str) -> Option<usize> {
    let mut closed = 0_u32;
    for (at, c) in text.char_indices().rev() {
        match c {
            ')' | ']' => closed += 1,
            '(' | '[' if closed == 0 => return Some(at),
            '(' | '[' => closed -= 1,
            _ => {}
        }
    }
    None
}

/// The end of the bracket that opens at `open`.
fn close(message: &str, open: usize) -> usize {
    let mut depth = 0_u32;
    for (at, c) in message.char_indices().skip_while(|(at, _)| *at < open) {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return at + 1;
        }
    }
    message.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{half_blocks::Depth, theme::ThemeName};

    /// The lines, with what is dim between slashes.
    fn drawn(message: &str, width: u16) -> Vec<String> {
        let theme = Theme::new(ThemeName::default(), true, Depth::None, true);
        let mark = Span::styled(theme.glyphs.error, theme.error);
        let shown = |span: &Span<'_>| match span.style == theme.dim {
            true => format!("/{}/", span.content),
            false => span.content.to_string(),
        };
        let lines = lines(mark, message, &theme, width).into_iter();
        lines
            .map(|line| line.spans.iter().map(shown).collect())
            .collect()
    }

    #[test]
    fn a_citation_is_dim_and_in_one_piece() {
        let message = "Remove the fragment (RFC 6749 §3.1.2)";
        assert_eq!(
            drawn(message, 60),
            ["✗ Remove the fragment /(RFC 6749 §3.1.2)/"]
        );
        assert_eq!(
            drawn(message, 30),
            ["✗ Remove the fragment", "  /(RFC 6749 §3.1.2)/"]
        );
        assert_eq!(
            drawn(
                "Write it once (RFC 9700 §2.1, one spelling (RFC 3986 §6.2)).",
                80
            ),
            ["✗ Write it once /(RFC 9700 §2.1, one spelling (RFC 3986 §6.2))/."]
        );
        assert_eq!(
            drawn(
                "Start with https:// (http:// for [::1]) [RFC 9700 §2.6]",
                80
            ),
            ["✗ Start with https:// (http:// for [::1]) /[RFC 9700 §2.6]/"]
        );
        assert_eq!(
            drawn("The URI must start with https://. RFC 9700 §2.6", 80),
            ["✗ The URI must start with https://. /RFC 9700 §2.6/"]
        );
        assert_eq!(
            drawn(
                "Prefer 127.0.0.1 (or [::1]) to localhost (RFC 8252 §8.3)",
                80
            ),
            ["✗ Prefer 127.0.0.1 (or [::1]) to localhost /(RFC 8252 §8.3)/"]
        );
    }

    #[test]
    fn a_sentence_without_a_citation_is_plain() {
        for message in ["Type a name.", "Read RFC 6749 first.", "", "a (b"] {
            assert_eq!(drawn(message, 60), [format!("✗ {message}")]);
        }
    }

    #[test]
    fn a_long_citation_breaks_rather_than_leaves_the_line() {
        for line in drawn("No (RFC 6749 §3.1.2 and some more words)", 20) {
            assert!(line.replace('/', "").chars().count() <= 20, "{line}");
        }
    }
}
