//! The JWT credentials, newest first. The selected one shows its apps and its token.

use ratatui::{Frame, text::Line};

use super::JwtPage;
use crate::{
    domain::{
        oauth::jwt::{AuthorizedApps, JwtCredential},
        people::developer::Role,
        text::displayable,
    },
    screens::page::{Look, Page as _},
    ui::{
        chrome,
        layout::Areas,
        line,
        rows::{Column, Columns, List, paragraphs},
        theme::Theme,
        title,
    },
};

const COLUMNS: Columns<5> = Columns::new(
    12,
    [
        Column::share("Label", 1),
        Column::cells("Authorized Apps", 28).goes(0),
        Column::cells("Created", 10).goes(0),
        Column::cells("", 1),
        Column::cells("Expires", 10),
    ],
);
const MASK: usize = 24;

const NONE: &str = "No JWT credentials yet. A JWT credential belongs to you, not to an app. An app with the JWT auth flow exchanges it for an access token and acts with your permissions. n creates one.";

pub(super) fn draw(page: &JwtPage, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
    let theme = look.theme;
    let count = page.all.as_ref().map_or(0, Vec::len);
    let about_page = Line::styled(count.to_string(), theme.dim);
    let button = match super::update::why_no_new(look.session()) {
        Some(_) => Line::styled("[ Create JWT ] off", theme.dim),
        None => Line::from_iter(chrome::button(theme, "n", "Create JWT")),
    };
    let name = page.name();
    let trail = look.trail(&name);
    title::draw(frame, areas.title, theme, &trail, about_page, button);
    let Some(all) = &page.all else {
        return;
    };
    let columns = COLUMNS.fit(areas.body.width);
    let now = look.clock.unix;
    let row = |one: &JwtCredential| {
        let (apps, created) = (one.apps.describe(), one.created_at.date());
        let ends = one
            .expires_at
            .map_or_else(|| "never".to_owned(), |at| at.date());
        let is_ending = one.has_expired(now) || one.reminder(now).is_some();
        let (label, ends_style) = match (one.has_expired(now), is_ending) {
            (true, _) => (theme.dim, theme.warning),
            (false, true) => (theme.text, theme.warning),
            (false, false) => (theme.text, theme.dim),
        };
        let mark = if is_ending { theme.glyphs.warning } else { " " };
        let cells = [
            (one.label.as_str(), label),
            (apps.as_str(), theme.dim),
            (created.as_str(), theme.dim),
            (mark, theme.warning),
            (ends.as_str(), ends_style),
        ];
        columns.row(cells, theme)
    };
    List {
        heads: Some(columns.heads(theme)),
        unfolded: &|one, width| about(look, page, one, theme, width),
        empty: &[NONE],
        ..List::new(theme, page.cursor, &row)
    }
    .draw(frame, areas.body, all);
}

fn about(
    look: &Look<'_>,
    page: &JwtPage,
    one: &JwtCredential,
    theme: &Theme,
    width: u16,
) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let mut say = |text: &str, style| lines.extend(paragraphs(&[(text, style)], width));
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
            let parts = line::chunks(token.expose(), width);
            lines.extend(parts.map(|part| Line::styled(part, theme.accent)));
        }
        _ => say(&theme.glyphs.mask.repeat(MASK), theme.text),
    }
    lines
}
