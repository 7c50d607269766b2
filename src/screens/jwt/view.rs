//! The JWT credentials, the newest first; the one under the cursor with its apps and its token.

use ratatui::{
    Frame,
    text::{Line, Span},
    widgets::Paragraph,
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
        theme::Theme,
    },
};

const APPS: u16 = 28;
const DATE: u16 = 10;
const MASK: usize = 24;

pub(super) fn draw(page: &JwtPage, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
    let theme = look.theme;
    let count = page.all.as_ref().map_or(0, Vec::len);
    let title = Line::from(vec![
        Span::styled("JWT credentials  ", theme.strong),
        Span::styled(count.to_string(), theme.dim),
    ]);
    let button = Line::from(vec![
        Span::styled(" n ", theme.button),
        Span::styled(" Create JWT", theme.accent),
    ]);
    chrome::ends(frame, areas.title, title, button);
    let body = layout::margin(areas.body);
    let Some(all) = &page.all else {
        return;
    };
    let mut lines: Vec<Line<'_>> = Vec::new();
    if all.is_empty() {
        let said = "No JWT credential yet. It belongs to you, not to an app: an app that uses the JWT auth flow presents it, with its own Client ID and Client Secret, and gets an access token in your name. n creates one.";
        lines.extend(
            wrap::paragraph(said, body.width)
                .into_iter()
                .map(Line::from),
        );
    } else {
        lines.push(Line::styled(
            row(
                "Label",
                "Authorized Apps",
                "Created",
                "Ends",
                body.width,
                theme,
            ),
            theme.dim,
        ));
    }
    let mut end_of_cursor = 0;
    for (nth, one) in all.iter().enumerate() {
        let is_cursor = nth == page.cursor;
        let style = match (is_cursor, one.has_expired(look.clock.unix)) {
            (true, _) => theme.selected,
            (false, true) => theme.dim,
            (false, false) => theme.text,
        };
        let ends = one
            .expires_at
            .map_or_else(|| "never".to_owned(), |at| at.date());
        lines.push(Line::styled(
            row(
                &one.label,
                &one.apps.describe(),
                &one.created_at.date(),
                &ends,
                body.width,
                theme,
            ),
            style,
        ));
        if is_cursor {
            lines.extend(about(look, page, one, theme, body.width));
            end_of_cursor = lines.len();
        }
    }
    let height = usize::from(body.height);
    let top = end_of_cursor.saturating_sub(height).min(page.cursor + 1);
    let shown: Vec<Line<'_>> = lines.into_iter().skip(top).take(height).collect();
    frame.render_widget(Paragraph::new(shown), body);
}

fn row(label: &str, apps: &str, created: &str, ends: &str, width: u16, theme: &Theme) -> String {
    let ellipsis = theme.glyphs.ellipsis;
    let fixed = APPS + 2 * DATE + 4;
    if width < fixed + 12 {
        let room = width.saturating_sub(DATE + 2);
        return format!(
            " {} {}",
            line::cell(label, room, ellipsis),
            line::cell(ends, DATE, ellipsis)
        );
    }
    format!(
        " {} {} {} {}",
        line::cell(label, width - fixed, ellipsis),
        line::cell(apps, APPS, ellipsis),
        line::cell(created, DATE, ellipsis),
        line::cell(ends, DATE, ellipsis)
    )
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
            // Not wrapped by words: it is one.
            let token: Vec<char> = token.expose().chars().collect();
            for part in token.chunks(usize::from(room.max(1))) {
                let part: String = part.iter().collect();
                lines.push(Line::styled(format!("    {part}"), theme.accent));
            }
        }
        _ => say(&theme.glyphs.mask.repeat(MASK), theme.text),
    }
    lines
}
