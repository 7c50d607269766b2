//! The secrets as a list: marks, names, and when they were used. No secret is shown.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::Line,
    widgets::Paragraph,
};

use super::ReadablePage;
use crate::{
    domain::{
        people::readable::{Known, Lost, Readable, ReadableId, ReadableWindow},
        progress::grouped,
        text,
    },
    form::wrap,
    screens::page::{Look, Page as _},
    ui::{
        chrome,
        layout::{self, Areas},
        rows::{Column, Columns, Fitted, List},
        theme::Theme,
        title,
    },
};

const COLUMNS: Columns<6> = Columns::new(
    16,
    [
        Column::cells("", 1),
        Column::share("Name", 1),
        Column::cells("Client ID or owner", 22).goes(0),
        Column::cells("Last used", 10),
        Column::cells("Created", 10).goes(1),
        Column::cells("Reason", 7).goes(2),
    ],
);

/// Rows that the list has at least below a fixed text.
const ROWS_MIN: u16 = 8;

pub(super) fn draw(page: &ReadablePage, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
    let theme = look.theme;
    title(page, look, frame, areas);
    let Some(window) = &page.window else {
        return;
    };
    let body = areas.body;
    let name = text::displayable(&page.name);
    let nothing = nothing(window, &name);
    let columns = COLUMNS.fit(body.width);
    let row = |row: &Option<Readable>| match row {
        Some(row) => {
            let is_marked = page.marks.contains(&row.id, row.known.is_some());
            cells(row, is_marked, &columns, theme)
        }
        None => Line::styled(format!("  {}", theme.glyphs.ellipsis), theme.dim),
    };
    let lost = window.lost.filter(|_| page.len() > 0);
    let about = lost.map(|lost| about(&lost, window, theme, layout::margin(body).width));
    let (list, about) = fixed_above(about.unwrap_or_default(), frame, body);
    List {
        heads: Some(columns.heads(theme)),
        about,
        empty: &[&nothing, &beside(window)],
        ..List::new(theme, page.cursor, &row)
    }
    .draw(frame, list, (0..page.len()).map(|at| page.row(at)));
}

fn nothing(window: &ReadableWindow, name: &str) -> String {
    match window.lost {
        Some(_) => format!("No secret that {name} could read is still in use."),
        None => format!(
            "{name} has not lost access to secrets. After you remove or disable a developer, reset their password or make them an Audit-user, this page lists what they could read."
        ),
    }
}

/// The text of the page, and its rows, for plain mode.
pub(super) fn as_lines(page: &ReadablePage) -> (Vec<String>, Vec<String>) {
    let Some(window) = &page.window else {
        return (Vec::new(), Vec::new());
    };
    let name = text::displayable(&page.name);
    let about = match window.lost.filter(|_| page.len() > 0) {
        Some(lost) => format!(
            "Secrets that {name} could read, {} of {} marked. {}",
            grouped(page.marked().total()),
            grouped(window.all.total()),
            about_text(&lost, window)
        ),
        None => nothing(window, &name),
    };
    let row = |row: &Option<Readable>| {
        let Some(row) = row else {
            return String::new();
        };
        let is_marked = page.marks.contains(&row.id, row.known.is_some());
        let marked = if is_marked { "marked" } else { "not marked" };
        let kind = match row.id {
            ReadableId::ClientSecret(_) => "Client Secret",
            ReadableId::Jwt(_) => "JWT credential",
        };
        let used = row.last_used_at.map_or_else(
            || "never used".to_owned(),
            |at| format!("last used {}", at.date()),
        );
        format!("{}, {kind}, {}, {used}, {marked}", row.name, row.of)
    };
    let rows = (0..page.len()).map(|at| row(page.row(at))).collect();
    (vec![about], rows)
}

/// Draws the text above the list and returns the rest. In a low window it scrolls with the rows.
fn fixed_above<'a>(
    about: Vec<Line<'a>>,
    frame: &mut Frame<'_>,
    body: Rect,
) -> (Rect, Vec<Line<'a>>) {
    let height = u16::try_from(about.len()).unwrap_or(u16::MAX);
    if body.height < height.saturating_add(ROWS_MIN) {
        return (body, about);
    }
    let rows = [Constraint::Length(height), Constraint::Fill(1)];
    let [above, list] = Layout::vertical(rows).areas(body);
    frame.render_widget(Paragraph::new(about), layout::margin(above));
    (list, Vec::new())
}

fn title(page: &ReadablePage, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
    let theme = look.theme;
    let mut count = Line::default();
    let mut button = Line::default();
    if let Some(window) = page.window.as_ref().filter(|_| page.len() > 0) {
        let marked = grouped(page.marked().total());
        let all = grouped(window.all.total());
        count = Line::styled(format!("{marked} of {all} marked"), theme.dim);
        button = match page.marked().total() {
            0 => Line::styled("Space marks", theme.dim),
            _ => Line::from_iter(chrome::button(theme, "R", "Rotate")),
        };
    }
    let name = page.name();
    let trail = look.trail(&name);
    title::draw(frame, areas.title, theme, &trail, count, button);
}

fn about_text(lost: &Lost, window: &ReadableWindow) -> String {
    format!(
        "{}, {}. These secrets are older and still in use. Marked: secrets of their own apps, and secrets that they read according to the history. {}",
        lost.what.label(),
        lost.at.date_time(),
        beside(window)
    )
}

fn about(lost: &Lost, window: &ReadableWindow, theme: &Theme, width: u16) -> Vec<Line<'static>> {
    let text = about_text(lost, window);
    let lines = wrap::paragraph(&text, width).into_iter();
    let lines = lines.map(|part| Line::styled(part, theme.dim));
    lines.chain([Line::default()]).collect()
}

fn beside(window: &ReadableWindow) -> String {
    match window.beside {
        0 => String::new(),
        count => format!(
            "Not listed: shared secrets and credentials issued by RingCentral ({}). Replace them at their apps.",
            grouped(count)
        ),
    }
}

fn cells(row: &Readable, is_marked: bool, columns: &Fitted<6>, theme: &Theme) -> Line<'static> {
    let mark = if is_marked { theme.glyphs.done } else { " " };
    let name = match row.id {
        ReadableId::ClientSecret(_) => row.name.clone(),
        ReadableId::Jwt(_) => format!("JWT {} {}", theme.glyphs.dot, row.name),
    };
    let used = row
        .last_used_at
        .map_or_else(|| "never".to_owned(), |at| at.date());
    let known = row.known.map_or("", Known::label);
    let created = row.created_at.date();
    let cells = [
        (mark, theme.good),
        (name.as_str(), theme.text),
        (row.of.as_str(), theme.dim),
        (used.as_str(), theme.dim),
        (created.as_str(), theme.dim),
        (known, theme.dim),
    ];
    columns.row(cells, theme)
}
