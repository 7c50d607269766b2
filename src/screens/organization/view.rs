//! The people of the organization, and a new password to hand over.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::Paragraph,
};

use super::{Handed, Organization};
use crate::{
    domain::{people::developer::Member, text},
    form::wrap,
    keymap::Action,
    screens::page::Look,
    ui::{
        chrome,
        layout::{self, Areas},
        line,
        rows::{Column, Columns, List},
        theme::Theme,
    },
};

/// In a narrow window, only the role fits beside a name. E-mail addresses are longer than names.
const COLUMNS: Columns<5> = Columns::new(
    24,
    [
        Column::share("Name", 8),
        Column::share("E-mail", 9).goes(0),
        Column::cells("Role", 15),
        Column::cells("State", 16).goes(0),
        Column::cells("Last seen", 10).goes(0),
    ],
);

pub(super) fn draw(page: &Organization, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
    let theme = look.theme;
    let name = page.team.as_ref().map_or("", |team| &team.organization);
    let count = page.members().len();
    let title = Line::from(vec![
        Span::styled("Organization  ", theme.strong),
        line::foreign(
            name,
            areas.title.width / 2,
            theme.glyphs.ellipsis,
            theme.text,
        ),
        Span::styled(format!("  {count}"), theme.dim),
    ]);
    let off = page.why_off(Action::New, look.session()).is_some();
    let button = if off {
        Line::styled("[ Add a developer ] off", theme.dim)
    } else {
        Line::from(vec![
            Span::styled(" n ", theme.button),
            Span::styled(" Add a developer", theme.accent),
        ])
    };
    chrome::ends(frame, areas.title, title, button);
    let body = layout::margin(areas.body);
    if page.team.is_some() {
        people(page, theme, frame, body);
    }
    if let Some(handed) = &page.handed {
        hand_over(handed, &look.settings.way_in, theme, frame, areas.body);
    }
}

fn people(page: &Organization, theme: &Theme, frame: &mut Frame<'_>, body: Rect) {
    let columns = COLUMNS.fit(body.width);
    let row = |member: &Member| {
        let one = &member.developer;
        let last = member
            .last_sign_in_at
            .map_or_else(|| "never".to_owned(), |at| at.date());
        let style = if one.is_active() {
            theme.text
        } else {
            theme.dim
        };
        let text = columns.row(
            [
                &one.full_name,
                one.email.as_str(),
                one.role.label(),
                state(member),
                &last,
            ],
            theme,
        );
        (text, style)
    };
    List {
        heads: Some(columns.heads(theme)),
        ..List::new(theme, page.cursor, &row)
    }
    .draw(frame, body, page.rows().iter().copied());
}

fn state(member: &Member) -> &'static str {
    if member.developer.is_active() && member.must_change_password {
        "first password"
    } else {
        member.developer.state.label()
    }
}

fn hand_over(handed: &Handed, way_in: &str, theme: &Theme, frame: &mut Frame<'_>, body: Rect) {
    let width = body.width.min(64);
    let inner = width.saturating_sub(4);
    let said = |text: &str| -> Vec<Line<'_>> {
        let parts = wrap::paragraph(text, inner).into_iter();
        parts.map(Line::from).collect()
    };
    let mut lines = said(&format!(
        "Give this first password to {}. It is shown once; they choose their own at the first sign-in.",
        text::displayable(&handed.name)
    ));
    lines.push(Line::default());
    lines.push(Line::styled(
        format!("  {}", handed.password.expose()),
        theme.accent,
    ));
    lines.push(Line::default());
    if !way_in.is_empty() {
        let way_in = text::displayable(way_in);
        lines.extend(said(&format!("To open the workspace, they {way_in}")));
        lines.push(Line::default());
    }
    lines.push(Line::from(vec![
        Span::styled("c ", theme.strong),
        Span::raw("copy    "),
        Span::styled("Enter ", theme.strong),
        Span::raw("done"),
    ]));
    let height = u16::try_from(lines.len())
        .unwrap_or(u16::MAX)
        .saturating_add(2);
    let area = layout::centered(body, width, height);
    let inside = chrome::dialog(frame, area, theme, "First password");
    frame.render_widget(Paragraph::new(lines), layout::margin_wide(inside));
}
