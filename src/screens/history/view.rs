//! The history, newest first. The selected row shows its changes.

use ratatui::{Frame, text::Line};

use super::HistoryPage;
use crate::{
    domain::{
        history::{Change, Entry, What},
        people::developer::Session,
        text,
    },
    screens::page::{Look, Page as _},
    ui::{
        layout::Areas,
        rows::{Column, Columns, Fitted, List, paragraphs},
        theme::Theme,
        title,
    },
};

/// Time, event, developer and subject. A narrow list combines them in the last column.
const COLUMNS: Columns<4> = Columns::new(
    11,
    [
        Column::cells("Time (UTC)", 16).goes(0),
        Column::cells("What", 22).goes(0),
        Column::cells("Who", 14).goes(0),
        Column::share("App or developer", 1),
    ],
);

pub(super) fn draw(page: &HistoryPage, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
    let theme = look.theme;
    title(look, page, theme, frame, areas);
    let body = areas.body;
    let message = if page.filter.is_blank() {
        "No entries yet."
    } else {
        "No entry matches the filter. It searches apps, developers, actions and changed values. Esc clears it."
    };
    let empty = [message];
    let session = look.session();
    let columns = COLUMNS.fit(body.width);
    let row = |entry: &Entry| row(entry, session, theme, &columns);
    List {
        unfolded: &|entry: &Entry, width| {
            let changes = entry.changes.iter();
            changes
                .flat_map(|change| change_lines(entry.what, change, theme, width))
                .collect()
        },
        heads: columns.all_fit().then(|| columns.heads(theme)),
        foot: older(page, theme),
        empty: if page.loaded { &empty } else { &[] },
        ..List::new(theme, page.cursor, &row)
    }
    .draw(frame, body, &page.window.entries);
}

fn older(page: &HistoryPage, theme: &Theme) -> Option<Line<'static>> {
    let shown = page.window.entries.len();
    (page.window.matched > shown as u64).then(|| {
        Line::styled(
            format!("  The newest {shown}. / finds older ones."),
            theme.dim,
        )
    })
}

fn title(look: &Look<'_>, page: &HistoryPage, theme: &Theme, frame: &mut Frame<'_>, areas: &Areas) {
    let counts = (page.window.matched, Some(page.window.total));
    let room = areas.title.width / 2;
    let (about, cursor) = title::count(theme, &page.filter, page.filtering, counts, room);
    let about = if page.loaded || page.filtering {
        about
    } else {
        Line::default()
    };
    let name = page.name();
    let trail = look.trail(&name);
    let from = title::draw(frame, areas.title, theme, &trail, about, Line::default());
    if let Some(x) = cursor.filter(|_| !look.is_covered()) {
        title::place_cursor(frame, areas.title, from + x);
    }
}

fn row(
    entry: &Entry,
    session: Option<&Session>,
    theme: &Theme,
    columns: &Fitted<4>,
) -> Line<'static> {
    let what = entry.what.label();
    if !columns.all_fit() {
        let subject = text::displayable(&entry.subject);
        let all = format!("{} {what}: {subject}", entry.at.date());
        return columns.row(["", "", "", &all].map(|cell| (cell, theme.text)), theme);
    }
    let at = entry.at.date_time();
    let at = at.trim_end_matches(" UTC");
    let who = who(entry, session);
    let cells = [
        (at, theme.dim),
        (what, theme.text),
        (who.as_str(), theme.dim),
        (entry.subject.as_str(), theme.text),
    ];
    columns.row(cells, theme)
}

fn who(entry: &Entry, session: Option<&Session>) -> String {
    session.map_or_else(String::new, |session| session.author(&entry.who))
}

fn change_lines(what: What, change: &Change, theme: &Theme, width: u16) -> Vec<Line<'static>> {
    let message = change.told(what);
    paragraphs(&[(&message, theme.dim)], width)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{history::What, id::DeveloperId, time::UnixMs};
    use crate::ui::{half_blocks::Depth, theme::ThemeName};

    #[test]
    fn a_row_has_the_width_that_is_there() {
        let entry = Entry {
            seq: 1,
            at: UnixMs(0),
            who: DeveloperId::from_stored("gone"),
            app: None,
            subject: "A name\u{1b}[31m that is much too long for a narrow window".to_owned(),
            what: What::AppCreated,
            changes: Vec::new(),
        };
        let theme = Theme::new(ThemeName::default(), false, Depth::None, true);
        for width in [20, 60, 75, 78, 120] {
            let row = row(&entry, None, &theme, &COLUMNS.fit(width));
            assert_eq!(row.width(), usize::from(width - 1), "{row}");
            assert!(!row.to_string().contains('\u{1b}'));
        }
    }
}
