//! The conflict after another developer saved the app: both values, field by field.

use ratatui::{
    Frame,
    text::{Line, Span},
    widgets::Paragraph,
};

use super::editing::{Clash, Conflict};
use crate::{
    domain::text,
    form::wrap,
    ui::{
        chrome,
        layout::{self, Areas},
        scroll::Scroll,
        theme::Theme,
        title,
    },
};

pub fn draw(
    conflict: &Conflict,
    trail: &[&str],
    theme: &Theme,
    frame: &mut Frame<'_>,
    areas: &Areas,
) {
    let none = Line::default();
    title::draw(frame, areas.title, theme, trail, none.clone(), none);
    let area = layout::text(areas.body);
    let mut lines = Vec::new();
    let mut focused = 0..0;
    for (nth, clash) in conflict.clashes.iter().enumerate() {
        let start = lines.len();
        clash_lines(clash, nth == conflict.cursor, theme, area.width, &mut lines);
        if nth == conflict.cursor {
            focused = start..lines.len();
        }
        lines.push(Line::default());
    }
    lines.pop();
    let scroll = Scroll::to(&focused, lines.len(), area.height);
    frame.render_widget(Paragraph::new(scroll.cut(lines)), area);
    chrome::more(frame, area, theme, scroll);
}

fn clash_lines(
    clash: &Clash,
    is_focused: bool,
    theme: &Theme,
    width: u16,
    lines: &mut Vec<Line<'static>>,
) {
    let difference = &clash.difference;
    let mark = if is_focused { theme.glyphs.mark } else { " " };
    let style = if is_focused {
        theme.accent
    } else {
        theme.strong
    };
    lines.push(Line::styled(
        format!("{mark} {}: {}", difference.section.title, difference.label),
        style,
    ));
    for (whose, answers, is_taken) in [
        ("mine  ", &difference.before, !clash.takes_theirs),
        ("theirs", &difference.after, clash.takes_theirs),
    ] {
        let box_ = if is_taken {
            theme.glyphs.chosen
        } else {
            theme.glyphs.open
        };
        let style = if is_taken { theme.text } else { theme.dim };
        let answer = if answers.is_empty() {
            "-".to_owned()
        } else {
            text::displayable(&answers.join("\n")).into_owned()
        };
        let lead = format!("    {box_} {whose}  ");
        let room = width.saturating_sub(u16::try_from(lead.chars().count()).unwrap_or(u16::MAX));
        for (nth, part) in wrap::paragraph(&answer, room).into_iter().enumerate() {
            let lead = if nth == 0 {
                lead.clone()
            } else {
                " ".repeat(lead.chars().count())
            };
            lines.push(Line::from(vec![
                Span::styled(lead, style),
                Span::styled(part, style),
            ]));
        }
    }
}
