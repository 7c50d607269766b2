//! A question that is answered by typing one line.

use ratatui::{
    Frame,
    layout::Position,
    text::{Line, Span},
};

use super::super::Console;
use crate::{
    desk::{Answer, Cx, Overlay, Prompt},
    form::wrap,
    keymap::{Action, Edit},
    ui::{finding, layout, line, overlay, theme::Theme},
};

const WIDTH: u16 = 58;

pub(in crate::console) fn act(console: &mut Console, action: Action) {
    let Some(Overlay::Prompt(page, prompt)) = console.desk.overlays.last_mut() else {
        return;
    };
    let page = *page;
    match action {
        Action::Back => {
            console.desk.overlays.pop();
        }
        Action::Confirm => match prompt.answer() {
            Err(problem) => prompt.problem = Some(problem),
            Ok(Answer::ToPage(text)) => {
                console.desk.overlays.pop();
                console.with_page(|page, cx| page.answered(&text, cx));
            }
            Ok(Answer::Request(request, what)) => {
                console.desk.overlays.pop();
                Cx::new(&mut console.desk, page).await_reply(request, what);
            }
        },
        Action::Edit(edit) => {
            prompt.problem = None;
            prompt.field_mut().edit(edit);
        }
        Action::Left => prompt.field_mut().edit(Edit::Left),
        Action::Right => prompt.field_mut().edit(Edit::Right),
        _ => {}
    }
}

pub(in crate::console) fn draw(
    prompt: &Prompt,
    theme: &Theme,
    frame: &mut Frame<'_>,
    active: bool,
) {
    let width = overlay::inner_width(frame.area(), WIDTH);
    let mut lines: Vec<Line<'_>> = wrap::paragraph(&prompt.ask.question(), width)
        .into_iter()
        .map(Line::from)
        .collect();
    lines.push(Line::default());
    let below = match &prompt.problem {
        Some(problem) => {
            let mark = Span::styled(theme.glyphs.error, theme.error);
            finding::lines(mark, problem, theme, width)
        }
        None => vec![Line::default()],
    };
    // The field and the error stay visible: an answer needs them.
    let stage = layout::stage(frame.area()).height;
    lines.truncate(usize::from(stage.saturating_sub(3)).saturating_sub(below.len()));
    let row = lines.len();
    let field = prompt.field();
    let mask = field.masked().then_some(theme.glyphs.mask);
    let room = width.saturating_sub(2);
    let (shown, x) = line::window(field.text(), field.cursor(), room, mask);
    lines.push(Line::from(vec![
        Span::styled(format!("{} ", theme.glyphs.bar_focus), theme.accent),
        Span::raw(shown),
    ]));
    lines.extend(below);
    let inside = overlay::lines(frame, theme, prompt.ask.title(), WIDTH, lines, 0);
    if active {
        let at = Position {
            x: inside.x + 2 + x,
            y: inside.y + u16::try_from(row).unwrap_or_default(),
        };
        if inside.contains(at) {
            frame.set_cursor_position(at);
        }
    }
}
