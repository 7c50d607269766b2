//! The page of an app: the parts that all tabs share.

mod content;
mod credentials;
mod history;
mod overview;
mod scopes;
mod settings;

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::Paragraph,
};

use self::content::{Content, Wrapped};
use super::{AppPage, PageTab};
use crate::{
    domain::{
        app::{App, AppStatus},
        people::developer::Session,
    },
    screens::page::Look,
    ui::{
        chrome,
        layout::{self, Areas},
        line, rows,
        scroll::{Scroll, last_top},
        tabs::{self, Tab},
        theme::Theme,
        title,
    },
};

pub(super) fn draw(page: &AppPage, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
    let theme = look.theme;
    title(page, look, frame, areas);
    tab_bar(page, theme, frame, areas.rule);
    let body = layout::text(areas.body);
    let Wrapped { lines, focus } = content(page, look.session()).wrap(body.width);
    let scroll = match &focus {
        Some(focus) => Scroll::to(focus, lines.len(), body.height),
        None => Scroll::from(usize::from(page.scroll), lines.len(), body.height),
    };
    let edge = Rect {
        y: body.y,
        height: body.height,
        ..areas.body
    };
    let selected = focus.map(|lines| lines.start);
    let lines = lines.into_iter().enumerate().map(|(nth, line)| {
        let mut line = line.styled(theme);
        line.spans.insert(0, Span::raw(" "));
        if selected == Some(nth) {
            rows::selected(&line, edge.width, theme)
        } else {
            line
        }
    });
    let shown = scroll.cut(lines.collect());
    frame.render_widget(Paragraph::new(shown), edge);
    chrome::more(frame, edge, theme, scroll);
}

fn title(page: &AppPage, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
    let theme = look.theme;
    let app = &page.app;
    let (state, style) = match (app.deleted_at, app.status) {
        (Some(_), _) => ("in the trash", theme.warning),
        (None, AppStatus::Suspended) => ("suspended", theme.warning),
        (None, AppStatus::Active) => ("active", theme.good),
    };
    let right = Line::from(vec![
        Span::styled(app.spec.app_type().label(), theme.dim),
        Span::raw("  "),
        Span::styled(state, style),
    ]);
    let trail = look.trail(&app.spec.properties.name);
    title::draw(frame, areas.title, theme, &trail, Line::default(), right);
}

fn tab_bar(page: &AppPage, theme: &Theme, frame: &mut Frame<'_>, rule: Rect) {
    let tabs = PageTab::ALL.map(|tab| Tab {
        title: tab.title(),
        mark: None,
        was_open: true,
    });
    let open = PageTab::ALL.iter().position(|tab| *tab == page.tab);
    tabs::draw(frame, rule, theme, &tabs, open.unwrap_or_default());
}

/// The number of lines that the page can scroll.
pub fn last_scroll(page: &AppPage, session: Option<&Session>, size: (u16, u16)) -> u16 {
    let body = layout::text_of(size);
    let count = content(page, session).wrap(body.width).lines.len();
    last_top(count, body.height)
}

/// The open tab for plain mode.
pub fn spoken(page: &AppPage, session: Option<&Session>) -> Vec<String> {
    let app = &page.app;
    let state = match app.deleted_at {
        Some(_) => "in the trash",
        None => app.status.label(),
    };
    let name = &app.spec.properties.name;
    let kind = app.spec.app_type().label();
    let mut lines = vec![format!("App: {name}, {kind}, {state}.")];
    lines.extend(content(page, session).spoken());
    lines
}

/// What can be copied, a line each, for plain mode.
pub fn credential_lines(page: &AppPage) -> Vec<String> {
    credentials::lines(page)
}

fn content(page: &AppPage, session: Option<&Session>) -> Content {
    let mut out = Content::default();
    match page.tab {
        PageTab::Overview => overview::overview(&mut out, page, session),
        PageTab::Settings => settings::settings(&mut out, &page.app, session),
        PageTab::Credentials => credentials::credentials(&mut out, page, session),
        PageTab::History => history::history(&mut out, page, session),
        PageTab::Scopes => scopes::scopes(&mut out, page),
    }
    out
}

/// The pane beside the list.
pub fn summary(
    app: &App,
    session: Option<&Session>,
    theme: &Theme,
    width: u16,
) -> Vec<Line<'static>> {
    let name = line::foreign(
        &app.spec.properties.name,
        width,
        theme.glyphs.ellipsis,
        theme.strong,
    );
    let kind = format!("{}, {}", app.spec.app_type().label(), app.status.label());
    let mut lines = vec![name.into(), Line::styled(kind, theme.dim), Line::default()];
    let mut pane = Content::default();
    pane.stacked("Client ID", app.client_id.as_str());
    for uri in app.spec.redirect_uris() {
        pane.stacked("Redirect URI", uri.as_str());
    }
    pane.stacked("Authentication", app.spec.auth_label());
    pane.stacked("Access", &app.spec.access.summary());
    pane.stacked("Scopes", &settings::scopes(app));
    let contact = session.and_then(|session| session.find(&app.spec.properties.primary_contact));
    if let Some(contact) = contact {
        pane.stacked("Primary Contact", &contact.full_name);
    }
    if !app.tags.is_empty() {
        pane.stacked("Tags", &app.tags.join(" "));
    }
    pane.stacked("Created", &app.created_at.date_time());
    let rest = pane.wrap(width).lines.into_iter();
    lines.extend(rest.map(|line| line.styled(theme)));
    lines
}
