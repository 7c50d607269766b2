//! The organization's people, one a line, and a password that is handed over.

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
        theme::Theme,
    },
};

const ROLE: u16 = 15;
const STATE: u16 = 16;
const LAST: u16 = 10;

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
    let off = Organization::why_off(Action::New, look.session()).is_some();
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
        hand_over(handed, theme, frame, areas.body);
    }
}

fn people(page: &Organization, theme: &Theme, frame: &mut Frame<'_>, body: Rect) {
    // Below a narrow window's names, only the role is left.
    let is_wide = body.width >= 70;
    let fixed = if is_wide {
        ROLE + STATE + LAST + 4
    } else {
        ROLE + 2
    };
    let room = body.width.saturating_sub(fixed);
    let (name_width, email_width) = if is_wide {
        (room / 2, room - room / 2)
    } else {
        (room, 0)
    };
    let ellipsis = theme.glyphs.ellipsis;
    let row = |name: &str, email: &str, role: &str, state: &str, last: &str| {
        if is_wide {
            format!(
                " {}{}{} {} {}",
                line::cell(name, name_width, ellipsis),
                line::cell(email, email_width, ellipsis),
                line::cell(&format!(" {role}"), ROLE + 1, ellipsis),
                line::cell(state, STATE, ellipsis),
                line::cell(last, LAST, ellipsis),
            )
        } else {
            format!(
                " {} {}",
                line::cell(name, name_width, ellipsis),
                line::cell(role, ROLE, ellipsis)
            )
        }
    };
    let mut lines = vec![Line::styled(
        row("Name", "E-mail", "Role", "State", "Last seen"),
        theme.dim,
    )];
    let height = usize::from(body.height.saturating_sub(1)).max(1);
    let top = (page.cursor + 1).saturating_sub(height);
    for (nth, member) in page.members().iter().enumerate().skip(top).take(height) {
        let one = &member.developer;
        let style = match (nth == page.cursor, one.is_active()) {
            (true, _) => theme.selected,
            (false, true) => theme.text,
            (false, false) => theme.dim,
        };
        let last = member
            .last_sign_in_at
            .map_or_else(|| "never".to_owned(), |at| at.date());
        lines.push(Line::styled(
            row(
                &one.full_name,
                one.email.as_str(),
                one.role.label(),
                state(member),
                &last,
            ),
            style,
        ));
    }
    frame.render_widget(Paragraph::new(lines), body);
}

fn state(member: &Member) -> &'static str {
    if member.developer.is_active() && member.must_change_password {
        "first password"
    } else {
        member.developer.state.label()
    }
}

fn hand_over(handed: &Handed, theme: &Theme, frame: &mut Frame<'_>, body: Rect) {
    let width = body.width.min(64);
    let inner = width.saturating_sub(4);
    let said = format!(
        "Hand this first password to {}. It is shown once; they choose their own at their first sign-in.",
        text::displayable(&handed.name)
    );
    let mut lines: Vec<Line<'_>> = wrap::paragraph(&said, inner)
        .into_iter()
        .map(Line::from)
        .collect();
    lines.push(Line::default());
    lines.push(Line::styled(
        format!("  {}", handed.password.expose()),
        theme.accent,
    ));
    lines.push(Line::default());
    lines.push(Line::from(vec![
        Span::styled("c ", theme.strong),
        Span::raw("copy    "),
        Span::styled("Enter ", theme.strong),
        Span::raw("done"),
    ]));
    let height = u16::try_from(lines.len())
        .unwrap_or(u16::MAX)
        .saturating_add(2);
    let area = layout::centred(body, width, height);
    let inside = chrome::dialog(frame, area, theme, "First password");
    frame.render_widget(Paragraph::new(lines), layout::margin_wide(inside));
}
