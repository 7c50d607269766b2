//! The JWT credentials, newest first. The selected one shows its apps and its token.

use ratatui::{
    Frame,
    text::{Line, Span},
};

use super::JwtPage;
use crate::{
    domain::{
        oauth::jwt::{AuthorizedApps, JwtCredential},
        people::developer::Role,
        text::displayable,
    },
    form::wrap,
    screens::page::Look,
    ui::{
        chrome,
        layout::{self, Areas},
        line,
        rows::{Column, Columns, List},
        theme::Theme,
    },
};

const COLUMNS: Columns<4> = Columns::new(
    12,
    [
        Column::share("Label", 1),
        Column::cells("Authorized Apps", 28).goes(0),
        Column::cells("Created", 10).goes(0),
        Column::cells("Expires", 10),
    ],
);
const MASK: usize = 24;

const NONE: &str = "No JWT credentials yet. A JWT credential belongs to you, not to an app. An app with the JWT auth flow exchanges it for an access token and acts with your permissions. n creates one.";

pub(super) fn draw(page: &JwtPage, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
    let theme = look.theme;
    let count = page.all.as_ref().map_or(0, Vec::len);
    let title = Line::from(vec![
        Span::styled("JWT credentials  ", theme.strong),
        Span::styled(count.to_string(), theme.dim),
    ]);
    let button = match super::update::why_no_new(look.session()) {
        Some(_) => Line::styled("[ Create JWT ] off", theme.dim),
        None => Line::from(vec![
            Span::styled(" n ", theme.button),
            Span::styled(" Create JWT", theme.accent),
        ]),
    };
    chrome::ends(frame, areas.title, title, button);
    let body = layout::margin(areas.body);
    let Some(all) = &page.all else {
        return;
    };
    let columns = COLUMNS.fit(body.width);
    let now = look.clock.unix;
    let row = |one: &JwtCredential| {
        let (apps, created) = (one.apps.describe(), one.created_at.date());
        let ends = one
            .expires_at
            .map_or_else(|| "never".to_owned(), |at| at.date());
        let style = if one.has_expired(now) {
            theme.dim
        } else {
            theme.text
        };
        let text = columns.row([&one.label, &apps, &created, &ends], theme);
        (text, style)
    };
    List {
        heads: Some(columns.heads(theme)),
        unfolded: &|one| about(look, page, one, theme, body.width),
        empty: &[(NONE, theme.text)],
        ..List::new(theme, page.cursor, &row)
    }
    .draw(frame, body, all);
}

fn about(
    look: &Look<'_>,
    page: &JwtPage,
    one: &JwtCredential,
    theme: &Theme,
    width: u16,
) -> Vec<Line<'static>> {
    let room = width.saturating_sub(4);
    let mut lines = Vec::new();
    let mut say = |text: &str, style| {
        for part in wrap::paragraph(text, room) {
            lines.push(Line::styled(format!("    {part}"), style));
        }
    };
    let now = look.clock.unix;
    if one.has_expired(now) {
        say("It has expired.", theme.warning);
    } else if let Some(reminder) = one.reminder(now) {
        say(
            &format!("{} It {reminder}.", theme.glyphs.warning),
            theme.warning,
        );
    }
    let session = look.session();
    let me = session.map(|session| &session.developer);
    if let (Some(session), Some(me)) = (session, me)
        && one.owner != me.id
    {
        say(&format!("of {}", session.name_of(&one.owner)), theme.text);
    }
    if let AuthorizedApps::Specific(apps) = &one.apps {
        for app in apps {
            let name = one.names.get(app).map(|name| displayable(name));
            let (first, then) = match &name {
                Some(name) => (name.as_ref(), app.as_str()),
                None => (app.as_str(), "of another organization"),
            };
            say(&format!("{} {first}  {then}", theme.glyphs.dot), theme.dim);
        }
    }
    let used = one.last_used_at.map_or_else(
        || "never used".to_owned(),
        |at| format!("last used {}", at.date_time()),
    );
    say(&used, theme.dim);
    if me.is_some_and(|me| me.role == Role::AuditUser) {
        return lines;
    }
    match &page.revealed {
        Some((id, token)) if *id == one.id => {
            let parts = line::chunks(token.expose(), room);
            lines.extend(parts.map(|part| Line::styled(format!("    {part}"), theme.accent)));
        }
        _ => say(&theme.glyphs.mask.repeat(MASK), theme.text),
    }
    lines
}
