//! A question that blocks everything else.

use ratatui::{
    Frame,
    text::{Line, Span},
};

use super::super::Console;
use crate::{
    desk::{Cx, Overlay, Question},
    domain::text,
    form::wrap,
    keymap::Action,
    ui::{overlay, theme::Theme},
};

const WIDTH: u16 = 56;

pub(in crate::console) fn act(console: &mut Console, action: Action) {
    if !matches!(action, Action::Confirm | Action::Back) {
        return;
    }
    let Some(Overlay::Question(page, question)) = console.desk.overlays.pop() else {
        return;
    };
    if action == Action::Confirm {
        Cx::new(&mut console.desk, page).await_reply(question.then, "Working");
    }
}

pub(in crate::console) fn draw(question: &Question, theme: &Theme, frame: &mut Frame<'_>) {
    let width = overlay::inner_width(frame.area(), WIDTH);
    let mut lines: Vec<Line<'_>> = wrap::paragraph(&text::displayable(&question.text), width)
        .into_iter()
        .map(Line::from)
        .collect();
    lines.push(Line::default());
    lines.push(Line::from(vec![
        Span::styled("Enter ", theme.strong),
        Span::raw(format!("{}    ", question.yes)),
        Span::styled("Esc ", theme.strong),
        Span::raw("no"),
    ]));
    overlay::lines(frame, theme, question.title, WIDTH, lines, 0);
}
