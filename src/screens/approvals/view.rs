//! The requests, oldest first. The selected one shows its justification.

use ratatui::{
    Frame,
    text::{Line, Span},
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
        rows::{Column, Columns, List},
        theme::Theme,
    },
};

const NONE: &str = "No requests. Saving an app with a scope that requires approval creates one.";

const COLUMNS: Columns<3> = Columns::new(
    0,
    [
        Column::cells("", 10),
        Column::share("", 1).at_most(26),
        Column::share("", 1),
    ],
);

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
    let columns = COLUMNS.fit(body.width);
    let row = |request: &Request| {
        let created = request.ticket.created_at.date();
        let label = request.ticket.scope.scope().label;
        let text = columns.row([&created, label, &request.app_name], theme);
        (text, theme.text)
    };
    List {
        unfolded: &|request| about(look, request, theme, body.width),
        empty: &[(NONE, theme.text)],
        ..List::new(theme, page.cursor, &row)
    }
    .draw(frame, body, requests);
}

fn about(look: &Look<'_>, request: &Request, theme: &Theme, width: u16) -> Vec<Line<'static>> {
    let room = width.saturating_sub(4);
    let asked = format!("Requested by {}:", text::displayable(&request.asked_by));
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
