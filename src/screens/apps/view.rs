//! The list, the pane beside it, and the empty state.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    style::Style,
    text::{Line, Span},
    widgets::Paragraph,
};

use super::{Apps, DraftRow, Item};
use crate::{
    domain::app::{
        AppRow, AppStatus, AppType,
        list::{Column, Sort},
    },
    form::{TextEdit, wrap},
    screens::{app, page::Look},
    ui::{
        chrome,
        layout::{self, Areas},
        line,
        rows::{self, Columns, Fitted},
        theme::Theme,
    },
};

pub(super) fn draw(apps: &Apps, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
    let theme = look.theme;
    title(apps, look, frame, areas);
    let (list, detail) = layout::panes(areas.body);
    let columns = columns(list.width);
    let head = if apps.filtering {
        facets(apps, look, list.width)
    } else {
        heads(&columns, apps.sort, theme)
    };
    if apps.is_empty() {
        if apps.filtering {
            frame.render_widget(head, row(list, 0));
        }
        return nothing(apps, look, frame, list);
    }
    frame.render_widget(head, row(list, 0));
    let height = list.height.saturating_sub(1);
    for nth in 0..height {
        let at = apps.top + u64::from(nth);
        let is_cursor = at == apps.cursor;
        let shown = match apps.item(at) {
            Item::Draft(draft) => draft_line(draft, theme, list.width, is_cursor),
            Item::App(app) => {
                let is_marked = apps.marks.contains_key(&app.id);
                app_line(&columns, app, theme, is_cursor, is_marked)
            }
            Item::Loading => Line::styled(format!("  {}", theme.glyphs.ellipsis), theme.dim),
            Item::Nothing if at == 0 || apps.window.matched > 0 => break,
            // Below the drafts, which every filter leaves.
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
    let area = layout::margin_wide(areas.title);
    let off = look.why_no_new_app().is_some();
    let button = if off {
        Line::styled("[ Create App ] off", theme.dim)
    } else {
        Line::from(vec![
            Span::styled(" n ", theme.button),
            Span::styled(" Create App", theme.accent),
        ])
    };
    let room = area.width.saturating_sub(20);
    let mut left = vec![Span::styled("Apps  ", theme.strong)];
    if apps.filtering || !apps.filter.is_blank() {
        let style = if apps.filtering {
            theme.accent
        } else {
            theme.text
        };
        left.push(Span::styled("/", style));
        let (query, x) = line::window(apps.filter.text(), apps.filter.cursor(), room / 2, None);
        left.push(Span::styled(query, style));
        left.push(Span::styled(
            format!("   {} of {}", apps.window.matched, apps.window.total),
            theme.dim,
        ));
        if apps.filtering && !look.is_covered() {
            frame.set_cursor_position(Position {
                x: (area.x + 7 + x).min(area.right().saturating_sub(1)),
                y: area.y,
            });
        }
    } else if apps.loaded {
        left.push(Span::styled(apps.window.total.to_string(), theme.dim));
    }
    if !apps.marks.is_empty() {
        let message = format!("   {} marked", apps.marks.len());
        left.push(Span::styled(message, theme.strong));
    }
    chrome::ends(frame, areas.title, left.into(), button);
}

fn nothing(apps: &Apps, look: &Look<'_>, frame: &mut Frame<'_>, area: Rect) {
    let theme = look.theme;
    if !apps.loaded {
        return;
    }
    let area = layout::margin(area);
    let mut lines = vec![Line::default()];
    let say = |lines: &mut Vec<Line<'_>>, text: &str, style: Style| {
        for line in wrap::paragraph(text, area.width) {
            lines.push(Line::styled(line, style));
        }
    };
    if !apps.filter.is_blank() {
        say(&mut lines, "No app matches the filter.", theme.strong);
        let why = apps.problem_of_filter(look).unwrap_or_else(|| {
            "Words match names, Client IDs, redirect URIs and scopes. You can also use type: auth: is: status: scope: owner: and tag:. is:deleted shows the trash.".to_owned()
        });
        say(&mut lines, &why, theme.dim);
        say(&mut lines, "Esc clears the filter.", theme.dim);
    } else if let Some(reason) = look.why_no_new_app() {
        say(&mut lines, "No apps yet.", theme.strong);
        say(&mut lines, &reason, theme.warning);
    } else {
        say(&mut lines, "No apps yet.", theme.strong);
        lines.push(Line::default());
        say(
            &mut lines,
            "Press n to register your first app. What you type is saved as a draft, even if your connection drops.",
            theme.text,
        );
    }
    frame.render_widget(Paragraph::new(lines), area);
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

fn draft_line(draft: &DraftRow, theme: &Theme, width: u16, is_cursor: bool) -> Line<'static> {
    let base = if is_cursor {
        theme.selected
    } else {
        theme.warning
    };
    let mark = if is_cursor { theme.glyphs.mark } else { " " };
    let message = if draft.body.is_some() {
        format!("saved {}", draft.updated_at.date_time())
    } else {
        "from another version".to_owned()
    };
    let room = width.saturating_sub(9);
    let said_width = u16::try_from(message.len()).unwrap_or(0).min(room / 2 + 8);
    let name_room = room.saturating_sub(said_width + 2);
    Line::from(vec![
        Span::styled(format!("{mark} Draft "), base),
        Span::styled(
            line::cell(&draft.title, name_room, theme.glyphs.ellipsis),
            base,
        ),
        Span::styled(
            format!(
                "  {}",
                line::cell(&message, said_width, theme.glyphs.ellipsis)
            ),
            if is_cursor { theme.selected } else { theme.dim },
        ),
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
const COLUMNS: Columns<6> = Columns::new(
    18,
    [
        rows::Column::share("", 1),
        rows::Column::cells("", 12).goes(4),
        rows::Column::cells("", 14).goes(2),
        rows::Column::cells("", 7).goes(1),
        rows::Column::cells("", 9).goes(3),
        rows::Column::cells("", 10).goes(0),
    ],
)
.lead(2);

/// One cell stays free before the pane.
fn columns(width: u16) -> Fitted<6> {
    COLUMNS.fit(width.saturating_sub(1))
}

fn heads(columns: &Fitted<6>, sort: Sort, theme: &Theme) -> Line<'static> {
    let way = match (sort.reversed, theme.glyphs.unicode) {
        (false, true) => "↓",
        (true, true) => "↑",
        (false, false) => "v",
        (true, false) => "^",
    };
    let cells = columns.shown(KEYS).map(|(column, width)| {
        let label = if column == sort.column {
            format!("{} {way}", column.label())
        } else {
            column.label().to_owned()
        };
        line::cell(&label, width, "")
    });
    let cells: Vec<String> = cells.collect();
    Line::styled(format!("  {}", cells.join(" ")), theme.dim)
}

fn app_line(
    columns: &Fitted<6>,
    app: &AppRow,
    theme: &Theme,
    is_cursor: bool,
    is_marked: bool,
) -> Line<'static> {
    let base = if is_cursor {
        theme.selected
    } else {
        theme.text
    };
    let mark = if is_cursor { theme.glyphs.mark } else { " " };
    let flag = match (is_marked, app.is_favourite) {
        (true, _) => theme.glyphs.done,
        (false, true) => "*",
        (false, false) => " ",
    };
    let mut lead = format!("{mark}{flag}");
    let is_active = app_state(app) == AppStatus::Active.label();
    let cells = columns.shown(KEYS).map(|(column, width)| {
        let created;
        let value = match column {
            Column::Name => &app.name,
            Column::Type => short_type(app.app_type),
            Column::Auth => &app.auth,
            Column::Access => &app.access,
            Column::Status => app_state(app),
            Column::Created => {
                created = app.created_at.date();
                &created
            }
        };
        let style = match column {
            Column::Status if !is_cursor && !is_active => theme.warning,
            _ => base,
        };
        let lead = std::mem::replace(&mut lead, " ".to_owned());
        let cell = line::cell(value, width, theme.glyphs.ellipsis);
        Span::styled(format!("{lead}{cell}"), style)
    });
    Line::from(cells.collect::<Vec<_>>())
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
