//! The history, newest first; the row under the cursor tells what changed.

use ratatui::{
    Frame,
    layout::Position,
    text::{Line, Span},
    widgets::Paragraph,
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
        theme::Theme,
    },
};

const WHAT_WIDTH: u16 = 22;
const WHO_WIDTH: u16 = 14;
const AT_WIDTH: u16 = 16;

pub(super) fn draw(page: &HistoryPage, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
    let theme = look.theme;
    title(look, page, theme, frame, areas);
    let body = layout::margin(areas.body);
    if page.loaded && page.window.entries.is_empty() {
        let said = if page.filter.text().trim().is_empty() {
            "Nothing happened yet."
        } else {
            "Nothing matches the filter. It looks into apps, people, what was done and what changed. Esc clears it."
        };
        let lines: Vec<Line<'_>> = wrap::paragraph(said, body.width)
            .into_iter()
            .map(Line::from)
            .collect();
        frame.render_widget(Paragraph::new(lines), body);
        return;
    }
    let height = usize::from(body.height);
    let mut lines = Vec::new();
    let mut end_of_cursor = 0;
    let session = look.session();
    for (nth, entry) in page.window.entries.iter().enumerate() {
        let is_cursor = nth == page.cursor;
        lines.push(row(entry, session, theme, body.width, is_cursor));
        if is_cursor {
            lines.extend(
                entry
                    .changes
                    .iter()
                    .flat_map(|change| told(change, theme, body.width)),
            );
            end_of_cursor = lines.len();
        } else if nth > page.cursor + height {
            break;
        }
    }
    if page.window.matched > page.window.entries.len() as u64 {
        lines.push(Line::styled(
            format!(
                "  The newest {}; / finds older ones.",
                page.window.entries.len()
            ),
            theme.dim,
        ));
    }
    // The row under the cursor is seen whole, or from its beginning.
    let top = end_of_cursor.saturating_sub(height).min(page.cursor);
    let shown: Vec<Line<'_>> = lines.into_iter().skip(top).take(height).collect();
    frame.render_widget(Paragraph::new(shown), body);
}

/// For the console without a full screen.
pub fn as_lines(page: &HistoryPage, session: Option<&Session>, count: usize) -> Vec<String> {
    let rows = page.window.entries.iter().take(count);
    rows.map(|entry| {
        let what = entry.what.label();
        let subject = text::displayable(&entry.subject);
        let who = who(entry, session);
        format!("{}, {who}: {what}, {subject}", entry.at.date_time())
    })
    .collect()
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

fn row(
    entry: &Entry,
    session: Option<&Session>,
    theme: &Theme,
    width: u16,
    is_cursor: bool,
) -> Line<'static> {
    let style = if is_cursor {
        theme.selected
    } else {
        theme.text
    };
    let ellipsis = theme.glyphs.ellipsis;
    let who = who(entry, session);
    let at = entry.at.date_time();
    let at = at.trim_end_matches(" UTC");
    let fixed = AT_WIDTH + WHAT_WIDTH + WHO_WIDTH + 4;
    let text = if width > fixed + 10 {
        format!(
            " {at} {} {} {}",
            line::cell(entry.what.label(), WHAT_WIDTH, ellipsis),
            line::cell(&who, WHO_WIDTH, ellipsis),
            line::cell(&entry.subject, width - fixed, ellipsis),
        )
    } else {
        let subject = text::displayable(&entry.subject);
        line::cell(
            &format!(" {} {}: {subject}", entry.at.date(), entry.what.label()),
            width,
            ellipsis,
        )
    };
    Line::styled(text, style)
}

fn who(entry: &Entry, session: Option<&Session>) -> String {
    session.map_or_else(String::new, |session| session.author(&entry.who))
}

fn told(change: &Change, theme: &Theme, width: u16) -> Vec<Line<'static>> {
    let value = |value: &Option<String>| {
        value.as_deref().map_or_else(
            || "-".to_owned(),
            |value| text::displayable(value).into_owned(),
        )
    };
    let arrow = if theme.glyphs.unicode { "→" } else { "->" };
    let said = format!(
        "{}: {} {arrow} {}",
        change.field,
        value(&change.before),
        value(&change.after)
    );
    wrap::paragraph(&said, width.saturating_sub(4))
        .into_iter()
        .map(|part| Line::styled(format!("    {part}"), theme.dim))
        .collect()
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
            let row = row(&entry, None, &theme, width, false);
            assert_eq!(row.width(), usize::from(width), "{row}");
            assert!(!row.to_string().contains('\u{1b}'));
        }
    }
}
