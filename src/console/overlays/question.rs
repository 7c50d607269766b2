//! A question that blocks everything else.

use ratatui::{
    Frame,
    text::{Line, Span},
};

use super::super::Console;
use crate::{
    desk::{Cx, Overlay, Question, Then},
    domain::text,
    form::wrap,
    keymap::Action,
    ui::{overlay, theme::Theme},
};

const WIDTH: u16 = 56;

pub(in crate::console) fn act(console: &mut Console, action: Action) {
    if !matches!(action, Action::Confirm | Action::Otherwise | Action::Back) {
        return;
    }
    let Some(Overlay::Question(page, question)) = console.desk.overlays.pop() else {
        return;
    };
    let then = match action {
        Action::Confirm => Some(question.then),
        Action::Otherwise => question.other,
        _ => None,
    };
    match then {
        Some(Then::Request(request)) => {
            Cx::new(&mut console.desk, page).await_reply(request, "Working");
        }
        Some(Then::ToPage) => {
            let next = console.with_page(|page, cx| page.agreed(cx));
            console.follow(next);
        }
        None => {}
    }
}

pub(in crate::console) fn draw(question: &Question, theme: &Theme, frame: &mut Frame<'_>) {
    let width = overlay::inner_width(frame.area(), WIDTH);
    let mut lines: Vec<Line<'_>> = wrap::paragraph(&text::displayable(&question.text), width)
        .into_iter()
        .map(Line::from)
        .collect();
    lines.push(Line::default());
    let mut keys = vec![("Enter", question.yes)];
    keys.extend(match question.other {
        Some(_) => [("n", "start anew"), ("Esc", "back")].as_slice(),
        None => &[("Esc", "no")],
    });
    let keys = keys.into_iter().flat_map(|(key, label)| {
        [
            Span::styled(format!("{key} "), theme.strong),
            Span::raw(format!("{label}    ")),
        ]
    });
    lines.push(Line::from_iter(keys));
    overlay::lines(frame, theme, question.title, WIDTH, lines, 0);
}
