//! Makes text from a person or a file safe to draw, to keep and to count.
//!
//! Escape sequences are not parsed: without its control characters, a sequence is plain text.

use std::borrow::Cow;

use icu_properties::{
    CodePointSetData,
    props::{
        DefaultIgnorableCodePoint, EnumeratedProperty as _, GeneralCategory, NoncharacterCodePoint,
    },
};
use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

const TAB: &str = "    ";
const ZERO_WIDTH_NON_JOINER: char = '\u{200C}';
const ZERO_WIDTH_JOINER: char = '\u{200D}';

/// Text that can be drawn in one line without moving, hiding or reordering anything else on the
/// screen. Line breaks and tabs become spaces.
pub fn displayable(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(
        fit(text)
            .chars()
            .map(|c| if is_break(c) { ' ' } else { c })
            .collect(),
    )
}

/// A paste for a one-line field: breaks and tabs at the ends are removed, and each run of them
/// inside becomes one space.
pub fn one_line(text: &str) -> String {
    let fit = fit(text);
    let mut line = String::with_capacity(fit.len());
    let mut in_run = false;
    for c in fit.trim_matches(is_break).chars() {
        if !is_break(c) {
            line.push(c);
        } else if !in_run {
            line.push(' ');
        }
        in_run = is_break(c);
    }
    line
}

/// A paste for a field of several lines: every kind of line break becomes `\n`, a tab four spaces.
pub fn many_lines(text: &str) -> String {
    fit(&text.replace("\r\n", "\n")).replace('\t', TAB)
}

/// Describes characters that were copied along with a value, but are not part of an identifier, a
/// secret or a token. The words follow the name of the value.
pub fn stray(text: &str) -> Option<&'static str> {
    let mut chars = text.chars();
    let (first, last) = (chars.next()?, chars.next_back().or(text.chars().next())?);
    let is_line_break = |c: char| matches!(c, '\n' | '\r');
    if is_line_break(last) {
        Some("ends with a line break")
    } else if is_line_break(first) {
        Some("starts with a line break")
    } else if last.is_whitespace() {
        Some("ends with a space")
    } else if first.is_whitespace() {
        Some("starts with a space")
    } else if text.len() > 1 && first == last && matches!(first, '"' | '\'') {
        Some("has quotes around it")
    } else {
        None
    }
}

/// Characters as a person counts them: extended grapheme clusters.
pub fn char_count(text: &str) -> usize {
    text.graphemes(true).count()
}

/// Cells on the screen: the sum over graphemes, which are drawn one by one.
pub fn width(text: &str) -> usize {
    text.graphemes(true).map(UnicodeWidthStr::width).sum()
}

/// Cuts text to `max_cells` cells, with the ellipsis at the end. An ellipsis that does not fit is
/// left out.
pub fn truncate_to_width(text: &str, max_cells: usize, ellipsis: &str) -> String {
    if width(text) <= max_cells {
        return text.to_owned();
    }
    let (room, ellipsis) = match max_cells.checked_sub(width(ellipsis)) {
        Some(room) => (room, ellipsis),
        None => (max_cells, ""),
    };
    let mut used = 0;
    let mut kept: String = text
        .graphemes(true)
        .take_while(|grapheme| {
            used += UnicodeWidthStr::width(*grapheme);
            used <= room
        })
        .collect();
    kept.push_str(ellipsis);
    kept
}

/// The form for searching and comparing: trimmed, lower case, normalized. "é" can be one character
/// or two; both look the same and come from different keyboards and file systems.
pub fn key(text: &str) -> String {
    let lower = normal(text.trim()).to_lowercase();
    // Lower-casing can produce characters that compose only now.
    normal(&lower).trim().to_owned()
}

/// Unicode's normal form C (UAX #15), in which text is kept and compared.
pub fn normal(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => Cow::Borrowed(text),
        IsNormalized::No | IsNormalized::Maybe => Cow::Owned(text.nfc().collect()),
    }
}

/// With a capital at the start.
/// With a capital letter at the start.
pub fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(characters).collect()
}

/// The form for a search: as [`key`], without accents of Latin, Greek and Cyrillic letters. Marks of
/// other scripts tell words apart.
pub fn searchable(text: &str) -> String {
    unaccented(&key(text)).into_owned()
}

/// Of a normalized text.
pub fn unaccented(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let plain = text.nfd().filter(|c| !('\u{300}'..='\u{36f}').contains(c));
    Cow::Owned(plain.nfc().collect())
}

/// Unicode's normal form D, as in file names on macOS.
pub fn parted(text: &str) -> String {
    text.nfd().collect()
}

/// Whether two texts look the same, apart from spaces around them.
pub fn is_same(one: &str, other: &str) -> bool {
    normal(one.trim()) == normal(other.trim())
}

/// Removes characters that must not be drawn or kept. Line breaks stay as `\n`, tabs as `\t`.
fn fit(text: &str) -> String {
    let kept: Vec<char> = text
        .chars()
        .map(|c| match c {
            '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
            other => other,
        })
        .filter(|&c| is_break(c) || !is_unfit(c))
        .collect();
    let mut fit = String::with_capacity(text.len());
    let mut before = None;
    for (at, &c) in kept.iter().enumerate() {
        let keep = match c {
            ZERO_WIDTH_JOINER | ZERO_WIDTH_NON_JOINER => {
                let after = kept.get(at + 1).copied();
                before.is_some_and(is_joinable) && after.is_some_and(can_follow_a_joiner)
            }
            c if is_variation_selector(c) => before.is_some_and(takes_a_selector),
            _ => true,
        };
        if keep {
            fit.push(c);
            before = Some(c);
        }
    }
    fit
}

fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\t')
}

fn is_joiner(c: char) -> bool {
    matches!(c, ZERO_WIDTH_JOINER | ZERO_WIDTH_NON_JOINER)
}

fn is_variation_selector(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}')
}

fn is_plain(c: char) -> bool {
    !is_break(c) && !is_unfit(c) && !is_joiner(c) && !is_variation_selector(c)
}

// Joiners shape emoji and several scripts. Between ASCII characters they only hide.
fn is_joinable(c: char) -> bool {
    !c.is_ascii() && !c.is_whitespace() && !is_joiner(c)
}

fn can_follow_a_joiner(c: char) -> bool {
    is_joinable(c) && !is_variation_selector(c)
}

// Keycaps are the only ASCII characters that take a selector. A selector after a selector could
// smuggle bytes.
fn takes_a_selector(c: char) -> bool {
    can_follow_a_joiner(c) || matches!(c, '0'..='9' | '#' | '*')
}

/// Controls, and characters that are invisible, reorder their neighbors or have no defined meaning.
/// Joiners and variation selectors are invisible too; [`fit`] decides about them by their
/// neighbors.
fn is_unfit(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    let needs_neighbours = is_joiner(c) || is_variation_selector(c);
    let is_invisible = CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c);
    (is_invisible && !needs_neighbours)
        || matches!(
            GeneralCategory::for_char(c),
            GeneralCategory::Control
                | GeneralCategory::LineSeparator
                | GeneralCategory::ParagraphSeparator
                | GeneralCategory::PrivateUse
        )
        || CodePointSetData::new::<NoncharacterCodePoint>().contains(c)
        || is_annotation(c)
}

/// Interlinear annotation marks. Unicode does not count them as ignorable, but advises against them
/// in plain text (§23.8).
fn is_annotation(c: char) -> bool {
    matches!(c, '\u{FFF9}'..='\u{FFFB}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FAMILY: &str = "👩\u{200D}👩\u{200D}👧";
    const HEART: &str = "❤\u{FE0F}";

    #[test]
    fn what_was_copied_along_with_a_value_is_seen() {
        for (text, expected) in [
            ("", None),
            ("a", None),
            ("abc", None),
            ("a b", None),
            ("abc\n", Some("ends with a line break")),
            ("abc\r\n", Some("ends with a line break")),
            ("\n", Some("ends with a line break")),
            ("\nabc", Some("starts with a line break")),
            ("abc ", Some("ends with a space")),
            ("\tabc", Some("starts with a space")),
            ("'abc'", Some("has quotes around it")),
            ("\"abc\"", Some("has quotes around it")),
            ("'abc", None),
        ] {
            assert_eq!(stray(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_drawn_holds_nothing_that_could_steer_the_terminal() {
        for (text, drawn) in [
            ("plain", "plain"),
            ("Zoë 日本 🎉", "Zoë 日本 🎉"),
            ("a\nb\tc", "a b c"),
            ("a\u{2028}b\u{85}c", "a b c"),
            ("\u{1b}]52;c;aGk=\u{7}x", "]52;c;aGk=x"),
            ("\u{9b}31mred\u{7f}\0", "31mred"),
            ("gpj\u{202E}exe\u{2066}.\u{2069}", "gpjexe."),
            ("a\u{200E}\u{200F}\u{61C}b", "ab"),
            ("pass\u{200B}word\u{2060}\u{FEFF}", "password"),
            ("a\u{200D}b", "ab"),
            ("a\u{FE0F}b", "ab"),
            ("\u{E000}\u{F0000}\u{FFFE}\u{E0041}!", "!"),
            (FAMILY, FAMILY),
            (HEART, HEART),
            ("1\u{FE0F}\u{20E3}", "1\u{FE0F}\u{20E3}"),
            ("❤\u{FE0F}\u{FE00}\u{FE01}", HEART),
            ("👩\u{200D}", "👩"),
            ("می\u{200C}خواهم", "می\u{200C}خواهم"),
        ] {
            assert_eq!(displayable(text), drawn, "{text:?}");
        }
    }

    #[test]
    fn fit_text_is_not_copied() {
        assert!(matches!(displayable("Zoë 日本"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_paste_into_one_line_stays_one_line() {
        for (pasted, taken) in [
            ("https://a.example/cb\n", "https://a.example/cb"),
            ("\r\n a\r\n\r\n\tb \n", " a b "),
            ("a\u{1b}[31mb", "a[31mb"),
            ("\n\t\n", ""),
        ] {
            assert_eq!(one_line(pasted), taken, "{pasted:?}");
        }
    }

    #[test]
    fn a_paste_into_many_lines_keeps_its_lines() {
        for (pasted, taken) in [
            ("a\r\nb\rc\n", "a\nb\nc\n"),
            ("a\tb", "a    b"),
            ("a\u{2029}b\u{1b}", "a\nb"),
        ] {
            assert_eq!(many_lines(pasted), taken, "{pasted:?}");
        }
    }

    #[test]
    fn characters_are_counted_as_a_person_counts_them() {
        for (text, chars, cells) in [
            ("", 0, 0),
            ("abc", 3, 3),
            ("e\u{301}", 1, 1),
            ("日本", 2, 4),
            (FAMILY, 1, 2),
        ] {
            assert_eq!((char_count(text), width(text)), (chars, cells), "{text}");
        }
    }

    #[test]
    fn truncating_cuts_between_characters_and_says_so() {
        for (text, cells, cut) in [
            ("abcdef", 6, "abcdef"),
            ("abcdef", 5, "abcd…"),
            ("abcdef", 1, "…"),
            ("abcdef", 0, ""),
            ("日本語", 5, "日本…"),
            ("日本語", 4, "日…"),
            ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
        ] {
            assert_eq!(
                truncate_to_width(text, cells, "…"),
                cut,
                "{text} in {cells}"
            );
        }
        assert_eq!(truncate_to_width("abcdef", 2, "..."), "ab");
    }

    fn any_text() -> impl Strategy<Value = String> {
        let odd = prop::sample::select(vec![
            '\r',
            '\n',
            '\t',
            '\u{1b}',
            '\u{9b}',
            '\u{200B}',
            '\u{200C}',
            '\u{200D}',
            '\u{202E}',
            '\u{FE0F}',
            '\u{FE00}',
            '\u{E0041}',
            '\u{2028}',
            '👩',
            '❤',
            'a',
            '1',
            ' ',
            '日',
            'é',
            'Å',
            '\u{212B}',
            'İ',
            'Σ',
            'ệ',
            '각',
            '\u{301}',
            '\u{323}',
            '\u{1100}',
            '\u{1161}',
        ]);
        prop::collection::vec(prop_oneof![odd, any::<char>()], 0..24)
            .prop_map(|chars| chars.into_iter().collect())
    }

    proptest! {
        #[test]
        fn nothing_unfit_is_left_and_a_second_pass_changes_nothing(text in any_text()) {
            let drawn = displayable(&text).into_owned();
            let line = one_line(&text);
            let lines = many_lines(&text);
            prop_assert!(!drawn.chars().any(is_unfit), "{:?}", drawn);
            prop_assert!(!line.chars().any(is_unfit), "{:?}", line);
            prop_assert!(!lines.chars().any(|c| c != '\n' && is_unfit(c)), "{:?}", lines);
            prop_assert_eq!(displayable(&drawn), drawn.as_str());
            prop_assert_eq!(one_line(&line), line);
            prop_assert_eq!(many_lines(&lines), lines);
        }

        #[test]
        fn what_a_field_takes_is_drawn_as_it_is(text in any_text()) {
            let line = one_line(&text);
            prop_assert_eq!(displayable(&line), line.as_str());
        }

        #[test]
        fn truncated_text_fits(text in any_text(), cells in 0usize..20, dots in "[.…]{0,3}") {
            let cut = truncate_to_width(&displayable(&text), cells, &dots);
            prop_assert!(width(&cut) <= cells, "{:?} in {}", cut, cells);
        }

        #[test]
        fn a_text_has_one_key_in_whichever_form_it_is_written(text in any_text()) {
            let (composed, parted) = (text.nfc().collect::<String>(), text.nfd().collect::<String>());
            prop_assert_eq!(key(&composed), key(&parted));
            prop_assert!(is_same(&composed, &parted));
        }

        #[test]
        fn a_key_is_its_own_key(text in any_text()) {
            prop_assert_eq!(key(&key(&text)), key(&text));
        }
    }
}
