//! A question that is answered by typing one line.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    text::Line,
    widgets::{Clear, Paragraph},
};

use super::super::Console;
use crate::{
    desk::{Answer, Cx, Overlay, Prompt},
    form::wrap,
    keymap::{Action, Edit},
    ui::{chrome, layout, line, theme::Theme},
};

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
    body: Rect,
    active: bool,
) {
    let width = body.width.min(64);
    let inner = width.saturating_sub(4);
    let mut lines: Vec<Line<'_>> = wrap::paragraph(&prompt.ask.question(), inner)
        .into_iter()
        .map(Line::from)
        .collect();
    lines.push(Line::default());
    // The border, the field and the error stay visible: nobody can answer without them.
    lines.truncate(usize::from(body.height.saturating_sub(4)));
    let row = lines.len();
    let field = prompt.field();
    let mask = field.masked().then_some(theme.glyphs.mask);
    let room = inner.saturating_sub(2);
    let (shown, x) = line::window(field.text(), field.cursor(), room, mask);
    lines.push(Line::styled(
        format!("{} {shown}", theme.glyphs.bar_focus),
        theme.accent,
    ));
    lines.push(match &prompt.problem {
        Some(problem) => Line::styled(format!("{} {problem}", theme.glyphs.error), theme.error),
        None => Line::default(),
    });
    let height = u16::try_from(lines.len())
        .unwrap_or(u16::MAX)
        .saturating_add(2);
    let area = layout::centered(body, width, height);
    frame.render_widget(Clear, area);
    let inside = chrome::dialog(frame, area, theme, prompt.ask.title());
    frame.render_widget(Paragraph::new(lines), inside);
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
