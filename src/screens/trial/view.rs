//! The steps of a test, each with its result.

use ratatui::{
    Frame,
    text::{Line, Span},
};
use url::Url;

use super::TrialPage;
use crate::{
    desk::{Desk, LocalServer},
    domain::{
        oauth::trial::{Step, TrialKind},
        text,
    },
    form::wrap,
    screens::{
        local_server::view::{diagnosis_lines, scrolled},
        page::Look,
    },
    ui::{
        layout::{self, Areas},
        line,
        scroll::last_top,
        theme::Theme,
        title,
    },
};

pub(super) fn draw(page: &TrialPage, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
    let theme = look.theme;
    let state = match (page.is_over, page.steps.iter().all(|step| step.is_ok)) {
        (true, _) if page.steps.is_empty() => Line::styled("not started", theme.dim),
        (false, _) => Line::styled("running", theme.dim),
        (true, true) => Line::styled(format!("{} works", theme.glyphs.done), theme.good),
        (true, false) => Line::styled(format!("{} failed", theme.glyphs.warning), theme.warning),
    };
    let trail = look.trail_of(&page.name, page.kind.title());
    title::draw(frame, areas.title, theme, &trail, Line::default(), state);
    let body = layout::text(areas.body);
    let lines = lines(page, &look.local_server, theme, body.width);
    scrolled(lines, page.scroll, theme, frame, body);
}

/// How far the page can be scrolled.
pub(super) fn last_scroll(page: &TrialPage, desk: &Desk) -> u16 {
    let body = layout::text_of(desk.size);
    let lines = lines(page, &desk.local_server, &Theme::to_count(), body.width);
    last_top(lines.len(), body.height)
}

fn lines<'a>(page: &TrialPage, server: &LocalServer, theme: &Theme, width: u16) -> Vec<Line<'a>> {
    let mut lines: Vec<Line<'_>> = Vec::new();
    for step in &page.steps {
        lines.extend(one(step, theme, width));
    }
    if !page.is_over && page.url.is_none() {
        lines.push(Line::styled(theme.glyphs.ellipsis, theme.dim));
    }
    if let Some(url) = &page.url {
        lines.push(Line::default());
        lines.extend(to_open(server, page.kind, url, theme, width));
    }
    lines
}

fn one<'a>(step: &Step, theme: &Theme, width: u16) -> Vec<Line<'a>> {
    let (mark, style) = if step.is_ok {
        (theme.glyphs.done, theme.good)
    } else {
        (theme.glyphs.warning, theme.warning)
    };
    let took = step
        .took_ms
        .map_or_else(String::new, |took| format!("  {took} ms"));
    let mut lines = vec![Line::from(vec![
        Span::styled(format!("{mark} "), style),
        Span::styled(text::displayable(&step.what).into_owned(), theme.strong),
        Span::styled(took, theme.dim),
    ])];
    let room = width.saturating_sub(2);
    if !step.detail.is_empty() {
        for part in wrap::paragraph(&text::displayable(&step.detail), room) {
            lines.push(Line::styled(format!("  {part}"), theme.text));
        }
    }
    if let Some(why) = &step.diagnosis {
        let why = diagnosis_lines(why, true, theme, room);
        lines.extend(why.into_iter().map(|mut line| {
            line.spans.insert(0, Span::raw("  "));
            line
        }));
    }
    lines
}

/// The port that the browser is sent back to.
fn redirect_port(login: &str) -> Option<u16> {
    let login = Url::parse(login).ok()?;
    let mut query = login.query_pairs();
    let (_, uri) = query.find(|(name, _)| name == "redirect_uri")?;
    Url::parse(&uri).ok()?.port_or_known_default()
}

fn to_open<'a>(
    server: &LocalServer,
    kind: TrialKind,
    url: &str,
    theme: &Theme,
    width: u16,
) -> Vec<Line<'a>> {
    let is_login = kind == TrialKind::Login;
    let message = if is_login {
        "Open this URL in a browser, sign in and choose Allow. c copies it."
    } else {
        "c copies the URL."
    };
    let said = |text: &str| -> Vec<Line<'a>> {
        let parts = wrap::paragraph(text, width).into_iter();
        parts.map(|part| Line::styled(part, theme.text)).collect()
    };
    let mut lines = said(message);
    lines.extend(line::chunks(url, width).map(|part| Line::styled(part, theme.accent)));
    if is_login {
        let port = server.running.unwrap_or(server.setup.port);
        let forwards = std::iter::once(port).chain(redirect_port(url));
        let forwards = forwards.map(|port| format!(" -L {port}:127.0.0.1:{port}"));
        let command = format!("ssh{} HOST", forwards.collect::<String>());
        lines.push(Line::default());
        lines.extend(said("Over SSH, run this first on your own machine:"));
        lines.push(Line::styled(command, theme.dim));
    }
    lines
}
