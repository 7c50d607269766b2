//! Sanitizing any text from outside: the result steers, hides and reorders nothing, and sanitizing
//! it again changes nothing.

use devconsole::domain::text;

use super::unfit::is_unfit;

/// A joiner between ASCII characters, or at an end, joins nothing and only hides.
fn has_idle_joiner(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let is_joiner = |c: &char| matches!(c, '\u{200C}' | '\u{200D}');
    let is_shaped = |c: Option<&char>| c.is_some_and(|c| !c.is_ascii() && !is_joiner(c));
    chars.iter().enumerate().any(|(at, c)| {
        let before = at.checked_sub(1).and_then(|at| chars.get(at));
        is_joiner(c) && !(is_shaped(before) && is_shaped(chars.get(at + 1)))
    })
}

pub fn sanitizer(bytes: &[u8]) {
    let typed = String::from_utf8_lossy(bytes);
    let drawn = text::displayable(&typed);
    let line = text::one_line(&typed);
    let lines = text::many_lines(&typed);
    for fit in [&*drawn, &line, &lines] {
        let unfit = fit.chars().find(|&c| c != '\n' && is_unfit(c));
        assert_eq!(unfit, None, "{typed:?} became {fit:?}");
        assert!(!has_idle_joiner(fit), "{typed:?} became {fit:?}");
    }
    assert!(!drawn.contains('\n') && !line.contains('\n'));
    assert_eq!(text::displayable(&drawn), drawn);
    assert_eq!(text::one_line(&line), line);
    assert_eq!(text::many_lines(&lines), lines);
    assert_eq!(text::displayable(&line), line, "kept, but drawn otherwise");
    assert_eq!(text::key(&text::key(&typed)), text::key(&typed));

    let cells = usize::from(bytes.first().copied().unwrap_or_default());
    for ellipsis in ["…", "...", ""] {
        let cut = text::truncate_to_width(&drawn, cells, ellipsis);
        assert!(text::width(&cut) <= cells, "{cut:?} in {cells}");
    }
    assert!(text::char_count(&drawn) <= drawn.chars().count());
}
