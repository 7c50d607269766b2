//! The requests, oldest first. The selected one shows its justification.

use ratatui::{Frame, text::Line};

use super::Approvals;
use crate::{
    domain::{
        app::proposal::calls_in_words,
        people::ticket::{Request, number_waiting},
        text,
    },
    screens::page::{Look, Page as _},
    ui::{
        layout::Areas,
        rows::{Column, Columns, List, paragraphs},
        title,
    },
};

const NONE: &str = "No requests. Saving an app with a scope that requires approval creates one.";

const COLUMNS: Columns<4> = Columns::new(
    24,
    [
        Column::share("Scope", 3),
        Column::share("App", 3),
        Column::share("Requested by", 2).goes(0),
        Column::cells("Date", 10).goes(1),
    ],
);

pub(super) fn draw(page: &Approvals, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
    let theme = look.theme;
    let shown = page.requests.as_ref().map_or(0, Vec::len);
    let waiting = look.session().map_or(0, |session| session.waiting);
    let count = if waiting > shown as u64 {
        let waiting = number_waiting(waiting);
        format!("the oldest {shown} of {waiting} waiting")
    } else {
        format!("{shown} waiting")
    };
    let name = page.name();
    let trail = look.trail(&name);
    let count = Line::styled(count, theme.dim);
    title::draw(frame, areas.title, theme, &trail, count, Line::default());
    let Some(requests) = &page.requests else {
        return;
    };
    let columns = COLUMNS.fit(areas.body.width);
    let row = |request: &Request| {
        let created = request.ticket.created_at.date();
        let label = request.ticket.scope.scope().label;
        let cells = [
            (label, theme.text),
            (request.app_name.as_str(), theme.text),
            (request.asked_by.as_str(), theme.dim),
            (created.as_str(), theme.dim),
        ];
        columns.row(cells, theme)
    };
    List {
        heads: Some(columns.heads(theme)),
        unfolded: &|request: &Request, width| {
            // Where the column is left out, the details say who asks.
            let who = (!columns.all_fit()).then_some(request.asked_by.as_str());
            about(look, request, who, width)
        },
        empty: &[NONE],
        ..List::new(theme, page.cursor, &row)
    }
    .draw(frame, areas.body, requests);
}

fn about(look: &Look<'_>, request: &Request, who: Option<&str>, width: u16) -> Vec<Line<'static>> {
    let theme = look.theme;
    let asked = who.map(|who| format!("Requested by {}:", text::displayable(who)));
    let why = text::displayable(&request.ticket.justification).into_owned();
    let session = look.session();
    let mine = session.and_then(|session| session.why_not_decide(request));
    let asked = asked.as_deref().map(|asked| (asked, theme.dim));
    let mut texts: Vec<_> = asked.into_iter().collect();
    texts.push((why.as_str(), theme.text));
    let called = called(request);
    texts.push((called.as_str(), theme.dim));
    if let Some(mine) = &mine {
        texts.push((mine.as_str(), theme.warning));
    }
    paragraphs(&texts, width)
}

/// What a reviewer can compare the justification with.
pub fn called(request: &Request) -> String {
    match calls_in_words(request.ticket.scope, &request.usage) {
        Some(calls) => format!("Called so far: {calls}."),
        None => "The local server has seen no call that needs this scope.".to_owned(),
    }
}
