//! The requests, oldest first; the one under the cursor tells why it is asked.

use ratatui::{
    Frame,
    text::{Line, Span},
    widgets::Paragraph,
};

use super::Approvals;
use crate::{
    domain::{people::ticket::Request, text},
    form::wrap,
    screens::page::Look,
    ui::{
        chrome,
        layout::{self, Areas},
        line,
        theme::Theme,
    },
};

pub(super) fn draw(page: &Approvals, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
    let theme = look.theme;
    let shown = page.requests.as_ref().map_or(0, Vec::len);
    let waiting = look.session().map_or(0, |session| session.waiting);
    let count = if waiting > shown as u64 {
        format!("the oldest {shown} of {waiting} waiting")
    } else {
        format!("{shown} waiting")
    };
    let title = Line::from(vec![
        Span::styled("Approvals  ", theme.strong),
        Span::styled(count, theme.dim),
    ]);
    chrome::ends(frame, areas.title, title, Line::default());
    let body = layout::margin(areas.body);
    let Some(requests) = &page.requests else {
        return;
    };
    let mut lines: Vec<Line<'_>> = Vec::new();
    if requests.is_empty() {
        let said = "No request is waiting. A scope that requires approval files one when its app is saved.";
        lines.extend(
            wrap::paragraph(said, body.width)
                .into_iter()
                .map(Line::from),
        );
    }
    let mut end_of_cursor = 0;
    for (nth, request) in requests.iter().enumerate() {
        let is_cursor = nth == page.cursor;
        lines.push(row(request, theme, body.width, is_cursor));
        if is_cursor {
            lines.extend(about(look, request, theme, body.width));
            end_of_cursor = lines.len();
        }
    }
    let height = usize::from(body.height);
    let top = end_of_cursor.saturating_sub(height).min(page.cursor);
    let shown: Vec<Line<'_>> = lines.into_iter().skip(top).take(height).collect();
    frame.render_widget(Paragraph::new(shown), body);
}

fn row(request: &Request, theme: &Theme, width: u16, is_cursor: bool) -> Line<'static> {
    let style = if is_cursor {
        theme.selected
    } else {
        theme.text
    };
    let ellipsis = theme.glyphs.ellipsis;
    let label = request.ticket.scope.scope().label;
    let room = width.saturating_sub(13);
    let scope_width = (room / 2).min(26);
    Line::styled(
        format!(
            " {} {} {}",
            request.ticket.created_at.date(),
            line::cell(label, scope_width, ellipsis),
            line::cell(&request.app_name, room - scope_width, ellipsis),
        ),
        style,
    )
}

fn about(look: &Look<'_>, request: &Request, theme: &Theme, width: u16) -> Vec<Line<'static>> {
    let room = width.saturating_sub(4);
    let asked = format!("{} asks:", text::displayable(&request.asked_by));
    let mut lines = vec![Line::styled(
        format!("    {}", line::cell(&asked, room, theme.glyphs.ellipsis)),
        theme.dim,
    )];
    let why = text::displayable(&request.ticket.justification).into_owned();
    for part in wrap::paragraph(&why, room) {
        lines.push(Line::from(format!("    {part}")));
    }
    let mine = look
        .session()
        .and_then(|session| session.why_not_decide(request));
    if let Some(why) = mine {
        for part in wrap::paragraph(&why, room) {
            lines.push(Line::styled(format!("    {part}"), theme.warning));
        }
    }
    lines
}
