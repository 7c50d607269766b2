//! The people of the organization, and a new password to hand over.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use super::{Handed, Organization};
use crate::{
    domain::{people::developer::Member, text},
    form::wrap,
    keymap::Action,
    screens::page::{Look, Page as _},
    ui::{
        chrome,
        layout::Areas,
        line, overlay,
        rows::{Column, Columns, List},
        theme::Theme,
        title,
    },
};

const HANDED_WIDTH: u16 = 58;
/// Cells of a label below the row of a developer.
const ABOUT_LABEL: u16 = 11;

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
    let room = areas.title.width / 2;
    let about = Line::from(vec![
        line::foreign(name, room, theme.glyphs.ellipsis, theme.text),
        Span::styled(format!("  {count}"), theme.dim),
    ]);
    let off = page.why_off(Action::New, look.session()).is_some();
    let button = if off {
        Line::styled("[ Add a developer ] off", theme.dim)
    } else {
        Line::from_iter(chrome::button(theme, "n", "Add a developer"))
    };
    let name = page.name();
    let trail = look.trail(&name);
    title::draw(frame, areas.title, theme, &trail, about, button);
    if page.team.is_some() {
        people(page, look, frame, areas.body);
    }
    if let Some(handed) = &page.handed {
        hand_over(handed, &look.settings.way_in, theme, frame);
    }
}

fn people(page: &Organization, look: &Look<'_>, frame: &mut Frame<'_>, body: Rect) {
    let theme = look.theme;
    let columns = COLUMNS.fit(body.width);
    let row = |member: &Member| {
        let one = &member.developer;
        let last = member
            .last_sign_in_at
            .map_or_else(|| "never".to_owned(), |at| at.date());
        let (name, state_style) = match (one.is_active(), member.must_change_password) {
            (true, false) => (theme.text, theme.dim),
            (true, true) => (theme.text, theme.warning),
            (false, _) => (theme.dim, theme.warning),
        };
        let cells = [
            (one.full_name.as_str(), name),
            (one.email.as_str(), theme.dim),
            (one.role.label(), theme.dim),
            (state(member), state_style),
            (last.as_str(), theme.dim),
        ];
        columns.row(cells, theme)
    };
    let unfolded = |member: &Member, width| match page.unfolded() {
        Some(_) => about(page.facts(member, look.session()), theme, width),
        None => Vec::new(),
    };
    List {
        heads: Some(columns.heads(theme)),
        unfolded: &unfolded,
        ..List::new(theme, page.cursor, &row)
    }
    .draw(frame, body, page.rows().iter().copied());
}

/// Below the row of a developer.
fn about(facts: Vec<(&'static str, String)>, theme: &Theme, width: u16) -> Vec<Line<'static>> {
    let room = width.saturating_sub(ABOUT_LABEL);
    let line = |(label, value): (&str, String)| {
        let label = format!("{label:width$}", width = usize::from(ABOUT_LABEL));
        let value = line::foreign(&value, room, theme.glyphs.ellipsis, theme.text);
        Line::from(vec![Span::styled(label, theme.dim), value])
    };
    facts.into_iter().map(line).collect()
}

fn state(member: &Member) -> &'static str {
    if member.developer.is_active() && member.must_change_password {
        "first password"
    } else {
        member.developer.state.label()
    }
}

fn hand_over(handed: &Handed, way_in: &str, theme: &Theme, frame: &mut Frame<'_>) {
    let width = overlay::inner_width(frame.area(), HANDED_WIDTH);
    let said = |text: &str| -> Vec<Line<'_>> {
        let parts = wrap::paragraph(text, width).into_iter();
        parts.map(Line::from).collect()
    };
    let mut lines = said(&format!(
        "Give this first password to {}. It is shown once; they choose their own at the first sign-in.",
        text::displayable(&handed.name)
    ));
    lines.push(Line::default());
    let password = Line::styled(handed.password.expose(), theme.accent);
    lines.push(password.centered());
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
    overlay::lines(frame, theme, "First password", HANDED_WIDTH, lines, 0);
}
