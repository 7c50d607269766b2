//! A page without rows: one thing, said once, in the middle.

use ratatui::{Frame, layout::Rect, text::Line, widgets::Paragraph};

use super::{layout, theme::Theme};
use crate::form::wrap;

/// A longer line is hard to read alone in the middle.
const WIDTH: u16 = 72;

/// The first sentence is the head; the rest is dim, with a blank line before each text.
pub fn draw(frame: &mut Frame<'_>, area: Rect, theme: &Theme, texts: &[&str]) {
    let width = layout::margin(area).width.min(WIDTH);
    let mut texts = texts.iter().copied();
    let first = texts.next().unwrap_or_default();
    let (head, about) = match first.find(". ") {
        Some(at) => first.split_at(at + 1),
        None => (first, ""),
    };
    let centered = |text: &str, style| -> Vec<Line<'static>> {
        let parts = wrap::paragraph(text, width).into_iter();
        parts
            .map(|part| Line::styled(part, style).centered())
            .collect()
    };
    let mut lines = centered(head, theme.strong);
    let rest = [about.trim_start()].into_iter().chain(texts);
    for text in rest.filter(|text| !text.is_empty()) {
        lines.push(Line::default());
        lines.extend(centered(text, theme.dim));
    }
    // A little above the middle looks like the middle.
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let above = area.height.saturating_sub(height) / 3;
    let area = Rect {
        y: area.y.saturating_add(above),
        height: area.height.saturating_sub(above),
        ..area
    };
    frame.render_widget(Paragraph::new(lines), area);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{half_blocks::Depth, testing, theme::ThemeName};

    #[test]
    fn one_thing_in_the_middle() {
        let theme = Theme::new(ThemeName::default(), true, Depth::None, true);
        let texts = [
            "No app yet.",
            "",
            "Press n to create one. Your draft is saved.",
        ];
        insta::assert_snapshot!(testing::picture(40, 9, |frame| {
            draw(frame, frame.area(), &theme, &texts);
        }));
    }
}
