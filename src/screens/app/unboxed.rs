//! The credentials for the mouse: each value is alone in its row and starts in the first column, so
//! that dragging over it in the terminal selects the value and nothing else.

use ratatui::{Frame, layout::Rect, text::Line, widgets::Paragraph};

use super::AppPage;
use crate::{
    form::wrap,
    ui::{layout::Areas, line, theme::Theme},
};

/// The terminal breaks a long line at the edge without a mark, so this view does the same.
const AT_THE_EDGE: &str = "Long values wrap: the line break is not part of the value.";

/// The view takes all rows above the status line.
pub fn area(areas: &Areas) -> Rect {
    areas
        .header
        .union(areas.title)
        .union(areas.rule)
        .union(areas.body)
}

pub fn draw(page: &AppPage, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let rows = usize::from(area.height);
    let mut lines = lines(page, theme, area.width);
    // If there is little room, the values come first.
    for kind in [Row::Blank, Row::Note, Row::Name] {
        if lines.len() > rows {
            lines.retain(|(row, _)| *row != kind);
        }
    }
    let lines: Vec<Line<'_>> = lines.into_iter().map(|(_, line)| line).collect();
    frame.render_widget(Paragraph::new(lines), area);
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Row {
    Name,
    Label,
    Value,
    Note,
    Blank,
}

fn lines(page: &AppPage, theme: &Theme, width: u16) -> Vec<(Row, Line<'static>)> {
    let name = line::foreign(
        &page.app.spec.properties.name,
        width,
        theme.glyphs.ellipsis,
        theme.strong,
    );
    let mut lines = vec![(Row::Name, name.into()), (Row::Blank, Line::default())];
    let secrets = page.secrets.as_ref();
    let mut values = vec![("Client ID", Some(page.app.client_id.as_str()))];
    if page.has_secret() {
        let secret = secrets.and_then(|secrets| secrets.client.as_ref());
        values.push(("Client Secret", secret.map(|secret| secret.expose())));
    }
    if page.has_shared_secret() {
        let secret = secrets.and_then(|secrets| secrets.shared.as_ref());
        values.push(("Shared Secret", secret.map(|secret| secret.expose())));
    }
    let mut breaks = false;
    for (label, value) in values {
        lines.push((Row::Label, Line::styled(label, theme.dim)));
        match value {
            Some(value) => {
                let parts = wrap::paragraph(value, width);
                breaks |= parts.len() > 1;
                for part in parts {
                    lines.push((Row::Value, Line::styled(part, theme.accent)));
                }
            }
            // Without dots, because they could be taken for the value.
            None => lines.push((Row::Value, Line::styled("(hidden, r shows it)", theme.dim))),
        }
        lines.push((Row::Blank, Line::default()));
    }
    if !page.has_secret() {
        let none = "This app has no Client Secret. It uses PKCE (S256) instead.";
        for part in wrap::paragraph(none, width) {
            lines.push((Row::Note, Line::styled(part, theme.dim)));
        }
    }
    if breaks {
        for part in wrap::paragraph(AT_THE_EDGE, width) {
            lines.push((Row::Note, Line::styled(part, theme.dim)));
        }
    }
    lines
}
