//! The history, newest first. The selected row shows its changes.

use ratatui::{
    Frame,
    layout::Position,
    text::{Line, Span},
};

use super::HistoryPage;
use crate::{
    domain::{
        history::{Change, Entry},
        people::developer::Session,
        text,
    },
    form::{TextEdit, wrap},
    screens::page::Look,
    ui::{
        chrome,
        layout::{self, Areas},
        line,
        rows::{Column, Columns, Fitted, List},
        theme::Theme,
    },
};

/// Time, event, developer and subject. A narrow list combines them in the last column.
const COLUMNS: Columns<4> = Columns::new(
    11,
    [
        Column::cells("", 16).goes(0),
        Column::cells("", 22).goes(0),
        Column::cells("", 14).goes(0),
        Column::share("", 1),
    ],
);

pub(super) fn draw(page: &HistoryPage, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
    let theme = look.theme;
    title(look, page, theme, frame, areas);
    let body = layout::margin(areas.body);
    let message = if page.filter.text().trim().is_empty() {
        "No entries yet."
    } else {
        "No entry matches the filter. It searches apps, developers, actions and changed values. Esc clears it."
    };
    let empty = [(message, theme.text)];
    let session = look.session();
    let columns = COLUMNS.fit(body.width);
    let row = |entry: &Entry| (row(entry, session, theme, &columns), theme.text);
    List {
        unfolded: &|entry: &Entry| {
            let changes = entry.changes.iter();
            changes
                .flat_map(|change| change_lines(change, theme, body.width))
                .collect()
        },
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
    let area = layout::margin_wide(areas.title);
    let mut left = vec![Span::styled("History  ", theme.strong)];
    let window = &page.window;
    if page.filtering || !page.filter.is_blank() {
        let style = if page.filtering {
            theme.accent
        } else {
            theme.text
        };
        left.push(Span::styled("/", style));
        let room = area.width / 2;
        let (query, x) = line::window(page.filter.text(), page.filter.cursor(), room, None);
        left.push(Span::styled(query, style));
        left.push(Span::styled(
            format!("   {} of {}", window.matched, window.total),
            theme.dim,
        ));
        if page.filtering && !look.is_covered() {
            frame.set_cursor_position(Position {
                x: (area.x + 10 + x).min(area.right().saturating_sub(1)),
                y: area.y,
            });
        }
    } else if page.loaded {
        left.push(Span::styled(window.total.to_string(), theme.dim));
    }
    chrome::ends(frame, areas.title, left.into(), Line::default());
}

fn row(entry: &Entry, session: Option<&Session>, theme: &Theme, columns: &Fitted<4>) -> String {
    let what = entry.what.label();
    if !columns.all_fit() {
        let subject = text::displayable(&entry.subject);
        let all = format!("{} {what}: {subject}", entry.at.date());
        return columns.row(["", "", "", &all], theme);
    }
    let at = entry.at.date_time();
    let at = at.trim_end_matches(" UTC");
    let who = who(entry, session);
    columns.row([at, what, &who, &entry.subject], theme)
}

fn who(entry: &Entry, session: Option<&Session>) -> String {
    session.map_or_else(String::new, |session| session.author(&entry.who))
}

fn change_lines(change: &Change, theme: &Theme, width: u16) -> Vec<Line<'static>> {
    let value = |value: &Option<String>| {
        value.as_deref().map_or_else(
            || "-".to_owned(),
            |value| text::displayable(value).into_owned(),
        )
    };
    let arrow = if theme.glyphs.unicode { "→" } else { "->" };
    let message = format!(
        "{}: {} {arrow} {}",
        change.field,
        value(&change.before),
        value(&change.after)
    );
    wrap::paragraph(&message, width.saturating_sub(4))
        .into_iter()
        .map(|part| Line::styled(format!("    {part}"), theme.dim))
        .collect()
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

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
            assert_eq!(row.width(), usize::from(width), "{row}");
            assert!(!row.contains('\u{1b}'));
        }
    }
}
