//! The list, the pane beside it, and the empty state.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::Paragraph,
};

use super::{Apps, DraftRow, Item};
use crate::{
    domain::{
        app::{
            AppRow, AppStatus, AppType, RowMark,
            list::{Column, Sort},
        },
        progress::grouped,
    },
    screens::{app, page::Look},
    ui::{
        chrome, empty,
        layout::{self, Areas},
        line,
        rows::{self, Columns, Fitted},
        theme::Theme,
        title,
    },
};

pub(super) fn draw(apps: &Apps, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
    let theme = look.theme;
    title(apps, look, frame, areas);
    let (list, detail) = layout::panes(areas.body);
    if apps.is_empty() {
        if apps.filtering {
            frame.render_widget(facets(apps, look, list.width), row(list, 0));
        }
        return nothing(apps, look, frame, list);
    }
    let columns = if detail.is_some() {
        BESIDE_A_PANE.fit(list.width)
    } else {
        COLUMNS.fit(list.width)
    };
    let head = if apps.filtering {
        facets(apps, look, list.width)
    } else {
        heads(&columns, apps.sort, theme)
    };
    frame.render_widget(head, row(list, 0));
    let height = list.height.saturating_sub(1);
    // A long notice takes rows of the list, but never the one under the cursor.
    let first = (apps.cursor + 1).saturating_sub(u64::from(height));
    let top = apps.top.max(first);
    for nth in 0..height {
        let at = top + u64::from(nth);
        let shown = match apps.item(at) {
            Item::Draft(draft) => draft_line(draft, look, list.width),
            Item::App(app) => {
                let is_marked = apps.marks.contains_key(&app.id);
                app_line(&columns, app, look, is_marked)
            }
            Item::Loading => Line::styled(format!("  {}", theme.glyphs.ellipsis), theme.dim),
            Item::Nothing if at == 0 || apps.window.matched > 0 => break,
            // Below the drafts that the filter finds.
            Item::Nothing => {
                let below = Rect {
                    y: list.y.saturating_add(nth + 1),
                    height: height.saturating_sub(nth),
                    ..list
                };
                nothing(apps, look, frame, below.intersection(list));
                break;
            }
        };
        let shown = if at == apps.cursor {
            rows::selected(&shown, list.width, theme)
        } else {
            shown
        };
        frame.render_widget(shown, row(list, nth + 1));
    }
    if let Some(pane) = detail {
        detail_pane(apps, look, frame, pane);
    }
}

fn row(area: Rect, nth: u16) -> Rect {
    Rect {
        y: area.y.saturating_add(nth),
        height: 1,
        ..area
    }
    .intersection(area)
}

/// The count, the filter, and Create App at the top right, as in the web console.
fn title(apps: &Apps, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
    let theme = look.theme;
    let button = if look.why_no_new_app().is_some() {
        Line::styled("[ Create App ] off", theme.dim)
    } else {
        Line::from_iter(chrome::button(theme, "n", "Create App"))
    };
    let counts = match apps.shows_trash() {
        // The trash is no part of the apps that are counted.
        true => (apps.window.matched, None),
        false => (apps.window.matched, Some(apps.window.total)),
    };
    let room = areas.title.width.saturating_sub(22) / 2;
    let (mut about, cursor) = title::count(theme, &apps.filter, apps.filtering, counts, room);
    if !apps.loaded && apps.filter.is_blank() && !apps.filtering {
        about = Line::default();
    }
    if !apps.marks.is_empty() {
        let marked = format!("   {} marked", grouped(apps.marks.len() as u64));
        about.spans.push(Span::styled(marked, theme.strong));
    }
    let from = title::draw(frame, areas.title, theme, &["Apps"], about, button);
    if let Some(x) = cursor.filter(|_| !look.is_covered()) {
        title::place_cursor(frame, areas.title, from + x);
    }
}

fn nothing(apps: &Apps, look: &Look<'_>, frame: &mut Frame<'_>, area: Rect) {
    if !apps.loaded {
        return;
    }
    let reason = look.why_no_new_app();
    if apps.shows_whole_trash() {
        let texts = ["The trash is empty.", "Esc shows the apps."];
        return empty::draw(frame, area, look.theme, &texts);
    }
    if !apps.filter.is_blank() {
        let why = apps.problem_of_filter(look);
        let texts = [
            "No app matches the filter.",
            why.as_deref().unwrap_or(
                "Words match names, Client IDs, redirect URIs and scopes. You can also use type: auth: is: status: scope: owner: and tag:. T shows the trash.",
            ),
            "Esc clears the filter.",
        ];
        return empty::draw(frame, area, look.theme, &texts);
    }
    let in_trash = apps.window.in_trash;
    if in_trash > 0 {
        let head = match in_trash {
            1 => "No apps. 1 app is in the trash.".to_owned(),
            count => format!("No apps. {} apps are in the trash.", grouped(count)),
        };
        let undo = match look.undo.is_empty() {
            true => "",
            false => "u restores what you deleted last.",
        };
        let ways = format!("T shows the trash. {undo}");
        let create = "n creates an app.";
        let texts = [
            head.as_str(),
            ways.trim_end(),
            reason.as_deref().unwrap_or(create),
        ];
        return empty::draw(frame, area, look.theme, &texts);
    }
    let texts = match &reason {
        Some(reason) => ["No apps yet.", reason],
        None => [
            "No apps yet.",
            "Press n to register your first app. What you type is saved as a draft, even if your connection drops.",
        ],
    };
    empty::draw(frame, area, look.theme, &texts);
}

/// Completions of the word that is being typed.
fn facets(apps: &Apps, look: &Look<'_>, width: u16) -> Line<'static> {
    let theme = look.theme;
    let candidates = apps.candidates(look);
    if candidates.is_empty() {
        return Line::default();
    }
    let room = width.saturating_sub(6);
    let text = line::foreign(
        &candidates.join(" "),
        room,
        theme.glyphs.ellipsis,
        theme.dim,
    );
    Line::from(vec![Span::styled(" Tab  ", theme.strong), text])
}

fn draft_line(draft: &DraftRow, look: &Look<'_>, width: u16) -> Line<'static> {
    let theme = look.theme;
    let message = if draft.body.is_some() {
        format!("saved {}", draft.updated_at.ago(look.clock.unix))
    } else {
        "from another version".to_owned()
    };
    let room = width.saturating_sub(9);
    let said_width = u16::try_from(message.len()).unwrap_or(0).min(room / 2 + 8);
    let name_room = room.saturating_sub(said_width + 2);
    let cell = |text: &str, width| line::cell(text, width, theme.glyphs.ellipsis);
    Line::from(vec![
        Span::styled("  Draft ", theme.warning),
        Span::styled(cell(&draft.title, name_room), theme.text),
        Span::raw("  "),
        Span::styled(cell(&message, said_width), theme.dim),
    ])
}

const KEYS: [Column; 6] = [
    Column::Name,
    Column::Type,
    Column::Auth,
    Column::Access,
    Column::Status,
    Column::Created,
];

/// The widths of the columns. The least important column is dropped first.
const COLUMNS: Columns<6> = of_names(24);

/// The pane has what the dropped columns have, so the names get their room.
const BESIDE_A_PANE: Columns<6> = of_names(36);

const fn of_names(least: u16) -> Columns<6> {
    let columns = [
        rows::Column::share("", 1),
        rows::Column::cells("", 12).goes(4),
        rows::Column::cells("", 14).goes(1),
        rows::Column::cells("", 7).goes(0),
        rows::Column::cells("", 11).goes(3),
        rows::Column::cells("", 10).goes(2),
    ];
    Columns::new(least, columns)
}

fn heads(columns: &Fitted<6>, sort: Sort, theme: &Theme) -> Line<'static> {
    let way = match (sort.reversed, theme.glyphs.unicode) {
        (false, true) => "↑",
        (true, true) => "↓",
        (false, false) => "^",
        (true, false) => "v",
    };
    let labels = KEYS.map(|column| match column == sort.column {
        true => (format!("{} {way}", column.label()), theme.text),
        false => (column.label().to_owned(), theme.dim),
    });
    let cells = labels
        .each_ref()
        .map(|(label, style)| (label.as_str(), *style));
    columns.row(cells, theme)
}

/// The name is bright, the rest is dim; whatever keeps an app from working is yellow.
fn app_line(columns: &Fitted<6>, app: &AppRow, look: &Look<'_>, is_marked: bool) -> Line<'static> {
    let theme = look.theme;
    let is_active = !app.is_deleted && app.status == AppStatus::Active;
    let state = match app.is_deleted {
        true => None,
        false => app.warnings(look.clock.unix).first().copied(),
    };
    let created = app.created_at.ago(look.clock.unix);
    let (name, status) = if is_active {
        (theme.text, theme.dim)
    } else {
        (theme.warning, theme.warning)
    };
    let status = if state.is_some() {
        theme.warning
    } else {
        status
    };
    let state = match state {
        None | Some(RowMark::Suspended) => app_state(app).to_owned(),
        Some(mark) => format!("{} {}", theme.glyphs.warning, mark.short()),
    };
    let cells = KEYS.map(|column| match column {
        Column::Name => (app.name.as_str(), name),
        Column::Type => (short_type(app.app_type), theme.dim),
        Column::Auth => (app.auth.as_str(), theme.dim),
        Column::Access => (app.access.as_str(), theme.dim),
        Column::Status => (state.as_str(), status),
        Column::Created => (created.as_str(), theme.dim),
    });
    let mut line = columns.row(cells, theme);
    let (flag, style) = match (is_marked, app.is_favourite) {
        (true, _) => (theme.glyphs.done, theme.good),
        (false, true) => ("*", theme.accent),
        (false, false) => return line,
    };
    if let Some(lead) = line.spans.first_mut() {
        *lead = Span::styled(format!(" {flag}"), style);
    }
    line
}

fn app_state(app: &AppRow) -> &'static str {
    if app.is_deleted {
        "in trash"
    } else {
        app.status.label()
    }
}

fn short_type(kind: AppType) -> &'static str {
    match kind {
        AppType::RestApi => "REST API",
        AppType::Bot => "Bot",
        AppType::Notification => "Notification",
    }
}

fn detail_pane(apps: &Apps, look: &Look<'_>, frame: &mut Frame<'_>, area: Rect) {
    let theme = look.theme;
    let bar = Rect { width: 1, ..area };
    for y in bar.top()..bar.bottom() {
        frame.render_widget(
            Line::styled(theme.glyphs.bar, theme.dim),
            Rect {
                y,
                height: 1,
                ..bar
            },
        );
    }
    let inside = Rect {
        x: area.x.saturating_add(2),
        width: area.width.saturating_sub(3),
        ..area
    }
    .intersection(area);
    let lines = match (apps.draft_under_cursor(), &apps.detail) {
        // The previous app stays visible until the details of the selected one arrive: clearing the
        // pane at every step would flicker and cost as many bytes as filling it.
        (None, Some(app)) => app::view::summary(app, look.session(), theme, inside.width),
        (Some(draft), _) => vec![
            line::foreign(
                &draft.title,
                inside.width,
                theme.glyphs.ellipsis,
                theme.strong,
            )
            .into(),
            Line::styled(draft.kind.clone(), theme.dim),
            Line::default(),
            Line::from("Draft, not registered yet."),
            Line::default(),
            Line::from("Enter  resume"),
            Line::from("d      discard"),
        ],
        (None, None) => Vec::new(),
    };
    frame.render_widget(Paragraph::new(lines), inside);
}
