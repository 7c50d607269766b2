//! The log, one exchange, the faults, and the explanation of an error.

use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
    widgets::Paragraph,
};

use super::{LocalServer, LocalServerPage, Pane};
use crate::{
    domain::{
        oauth::{
            diagnosis::Diagnosis,
            exchange::Exchange,
            explain::Explained,
            fault::{Armed, Fault},
            setup::RateLimits,
        },
        text,
    },
    form::wrap,
    screens::page::{Look, Page as _},
    ui::{
        chrome, finding,
        layout::{self, Areas},
        rows::{Column, Columns, List, paragraphs},
        scroll::{Scroll, last_top},
        theme::Theme,
        title,
    },
};

// Paths are longer than names.
const LOG: Columns<5> = Columns::new(
    16,
    [
        Column::cells("Time", 8).goes(0),
        Column::share("App", 2).goes(0),
        Column::share("Request", 3),
        Column::cells("Result", 10),
        Column::cells("Took", 9).goes(0),
    ],
);

const FAULTS: Columns<3> = Columns::new(
    0,
    [
        Column::cells("", 7),
        Column::cells("", 22),
        Column::share("", 1),
    ],
);

pub(super) fn draw(page: &LocalServerPage, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
    let theme = look.theme;
    let local_server = &look.local_server;
    title(look, page, frame, areas);
    let body = layout::text(areas.body);
    match &page.pane {
        Pane::Log => log(local_server, page, theme, frame, areas.body),
        Pane::Faults { cursor } => faults(local_server, *cursor, theme, frame, areas.body),
        Pane::Exchange { scroll, .. } | Pane::Explained { scroll, .. } => {
            let lines = lines(page, local_server, theme, body.width);
            scrolled(lines, *scroll, theme, frame, body);
        }
    }
}

/// The text of a pane that scrolls.
fn lines<'a>(
    page: &'a LocalServerPage,
    local_server: &LocalServer,
    theme: &Theme,
    width: u16,
) -> Vec<Line<'a>> {
    match &page.pane {
        Pane::Log | Pane::Faults { .. } => Vec::new(),
        Pane::Exchange { .. } => match page.exchange(local_server) {
            Some(one) => exchange(one, theme, width),
            None => vec![Line::from("This request is no longer in the log.")],
        },
        Pane::Explained { what, .. } => explanation(what, theme, width),
    }
}

/// How far the open pane can be scrolled.
pub(super) fn last_scroll(
    page: &LocalServerPage,
    local_server: &LocalServer,
    size: (u16, u16),
) -> u16 {
    let body = layout::text_of(size);
    let lines = lines(page, local_server, &Theme::to_count(), body.width);
    last_top(lines.len(), body.height)
}

fn title(look: &Look<'_>, page: &LocalServerPage, frame: &mut Frame<'_>, areas: &Areas) {
    let (theme, local_server) = (look.theme, &look.local_server);
    let name = page.name();
    let mut trail = look.trail(&name);
    trail.extend(match &page.pane {
        Pane::Log => None,
        Pane::Exchange { .. } => Some("Request"),
        Pane::Faults { .. } => Some("Faults"),
        Pane::Explained { .. } => Some("Explain"),
    });
    let setup = &local_server.setup;
    let profile = setup.profile.label();
    let (mut about, style) = match local_server.url() {
        Some(url) => (format!("{url}, profile {profile}"), theme.text),
        None => {
            let about = format!("off, port {}, profile {profile}", setup.port);
            (about, theme.dim)
        }
    };
    // With a longer word, the line would be cut in a window of 80 cells.
    if setup.limits != RateLimits::Off {
        about.push_str(", limited");
    }
    let right = match (&page.pane, local_server.running) {
        (Pane::Log, None) => Line::from_iter(chrome::button(theme, "s", "Start")),
        _ if local_server.armed() > 0 => {
            let armed = local_server.armed();
            let plural = if armed == 1 { "" } else { "s" };
            let text = format!("{} {armed} fault{plural} on", theme.glyphs.warning);
            Line::styled(text, theme.warning)
        }
        _ => Line::default(),
    };
    let about = Line::styled(about, style);
    title::draw(frame, areas.title, theme, &trail, about, right);
}

fn log(
    local_server: &LocalServer,
    page: &LocalServerPage,
    theme: &Theme,
    frame: &mut Frame<'_>,
    body: Rect,
) {
    let state = if local_server.running.is_some() {
        "Waiting for requests. Use the URL above as the server URL of your SDK, or test a login with T on an app's page."
    } else {
        "The local server accepts the credentials that this console issues, and answers with RingCentral's error codes. Your apps and SDKs can sign in offline. s starts it on this machine."
    };
    let more = format!(
        "Port {} (#), profile {} (m). a limits logins and calls, f makes it fail on purpose, x explains an error that you paste.",
        local_server.setup.port,
        local_server.setup.profile.label()
    );
    let columns = LOG.fit(body.width);
    let row = |one: &Exchange| {
        let app = one.app.as_ref().map_or("", |(_, name)| name.as_str());
        let result = if one.is_remarkable() {
            format!("{} {}", theme.glyphs.warning, one.result)
        } else {
            one.result.clone()
        };
        let (time, took) = (one.at.time(), took(one));
        let style = match (one.is_failure(), one.is_remarkable()) {
            (false, false) => theme.good,
            _ => theme.warning,
        };
        let cells = [
            (time.as_str(), theme.dim),
            (app, theme.text),
            (one.what.as_str(), theme.text),
            (result.as_str(), style),
            (took.as_str(), theme.dim),
        ];
        columns.row(cells, theme)
    };
    List {
        heads: Some(columns.heads(theme)),
        empty: &[state, &more],
        ..List::new(theme, page.cursor(local_server), &row)
    }
    .draw(frame, body, &local_server.log);
}

fn took(one: &Exchange) -> String {
    format!("{}.{} ms", one.took_us / 1000, one.took_us % 1000 / 100)
}

/// The problem, its detail, the instruction, and the key that opens the setting.
pub fn diagnosis_lines(
    why: &Diagnosis,
    goes: bool,
    theme: &Theme,
    width: u16,
) -> Vec<Line<'static>> {
    let row = why.row();
    let mark = Span::styled(theme.glyphs.warning, theme.warning);
    let mut lines = finding::with_style(mark, row.what, theme.strong, theme, width);
    let mut say = |text: &str, style: Style| {
        lines.push(Line::default());
        lines.extend(finding::with_style(
            Span::raw(" "),
            text,
            style,
            theme,
            width,
        ));
    };
    say(row.remedy, theme.text);
    if let Some(detail) = &why.detail {
        say(detail, theme.dim);
    }
    if let Some(setting) = row.setting.filter(|_| goes) {
        let label = format!("opens {}", setting.label());
        let mut button = Line::from_iter(chrome::button(theme, "g", &label));
        button.spans.insert(0, Span::raw("  "));
        lines.extend([Line::default(), button]);
    }
    lines
}

fn exchange<'a>(one: &Exchange, theme: &Theme, width: u16) -> Vec<Line<'a>> {
    let app = one.app.as_ref().map_or("unknown app", |(_, name)| name);
    let head = format!("{}, {app}: {}", one.at.date_time(), one.what);
    let result = format!("{} {}", one.status, one.result);
    let style = if one.is_failure() {
        theme.warning
    } else {
        theme.good
    };
    let mut lines = paragraphs(&[(&text::displayable(&head), theme.strong)], width);
    lines.push(Line::from(vec![
        Span::styled(text::displayable(&result).into_owned(), style),
        Span::styled(format!(", {}", took(one)), theme.dim),
    ]));
    if let Some(who) = &one.acts_as {
        let how = if who.by_jwt {
            ": a JWT credential acts as the user it belongs to"
        } else {
            ", who signed in"
        };
        let text = format!("Acts as {}{how}.", who.name);
        lines.extend(paragraphs(
            &[(&text::displayable(&text), theme.text)],
            width,
        ));
    }
    lines.push(Line::default());
    if let Some(why) = &one.diagnosis {
        lines.extend(diagnosis_lines(why, true, theme, width));
        lines.push(Line::default());
    }
    for (name, text) in [("Request", &one.request), ("Response", &one.response)] {
        lines.push(Line::styled(name, theme.dim));
        for row in text.lines() {
            let indent = row.len() - row.trim_start().len();
            let room = width.saturating_sub(u16::try_from(indent).unwrap_or(0) + 2);
            for part in wrap::paragraph(row.trim_start(), room) {
                lines.push(Line::styled(
                    format!("  {}{part}", " ".repeat(indent)),
                    theme.text,
                ));
            }
        }
        lines.push(Line::default());
    }
    lines
}

/// Lines from `scroll` on, but never past the last one.
pub fn scrolled(
    lines: Vec<Line<'_>>,
    scroll: u16,
    theme: &Theme,
    frame: &mut Frame<'_>,
    body: Rect,
) {
    let scroll = Scroll::from(usize::from(scroll), lines.len(), body.height);
    frame.render_widget(Paragraph::new(scroll.cut(lines)), body);
    // In the margin, so that it covers no text.
    let edge = Rect {
        width: body.width + 1,
        ..body
    };
    chrome::more(frame, edge, theme, scroll);
}

fn faults(
    local_server: &LocalServer,
    cursor: usize,
    theme: &Theme,
    frame: &mut Frame<'_>,
    body: Rect,
) {
    let message = "A fault set to once happens at the next request that it applies to.";
    let message = format!(" {message}");
    let mut about = paragraphs(&[(&message, theme.dim)], body.width);
    about.push(Line::default());
    let columns = FAULTS.fit(body.width);
    let row = |(fault, armed): &(Fault, Armed)| {
        let (state, label) = match armed {
            Armed::Off => (theme.dim, theme.text),
            _ => (theme.warning, theme.warning),
        };
        let cells = [
            (armed.label(), state),
            (fault.label(), label),
            (fault.about(), theme.dim),
        ];
        columns.row(cells, theme)
    };
    List {
        about,
        ..List::new(theme, cursor, &row)
    }
    .draw(frame, body, &local_server.faults);
}

fn explanation<'a>(explained: &Explained, theme: &Theme, width: u16) -> Vec<Line<'a>> {
    match explained {
        Explained::Fine(message) => {
            let message = format!("{} {message}", theme.glyphs.done);
            paragraphs(&[(&text::displayable(&message), theme.text)], width)
        }
        Explained::Unknown => paragraphs(
            &[
                (
                    "No error code, HTTP status, OAuth error or token response was found.",
                    theme.text,
                ),
                (
                    "Paste the whole response body, or the URL that the browser returned to. x tries again.",
                    theme.dim,
                ),
            ],
            width,
        ),
        Explained::Causes(all) => {
            let mut lines = Vec::new();
            if all.len() > 1 {
                let message = "Possible causes, most likely first.";
                lines.extend(paragraphs(&[(message, theme.dim)], width));
            }
            for why in all {
                if !lines.is_empty() {
                    lines.push(Line::default());
                }
                lines.extend(diagnosis_lines(why, false, theme, width));
                if let Some(setting) = why.row().setting {
                    let message = format!("  Setting: {}.", setting.label());
                    lines.extend([Line::default(), Line::styled(message, theme.dim)]);
                }
            }
            lines
        }
    }
}
