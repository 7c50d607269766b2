//! The log, an exchange, the switchboard, an explanation.

use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
    widgets::Paragraph,
};

use super::{Pane, Sandbox, SandboxPage};
use crate::{
    domain::{
        oauth::{diagnosis::Diagnosis, exchange::Exchange, explain::Explained, fault::Armed},
        text,
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

const TIME: u16 = 8;
const RESULT: u16 = 10;
const TOOK: u16 = 9;
const FAULT: u16 = 22;

pub(super) fn draw(page: &SandboxPage, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
    let theme = look.theme;
    let sandbox = &look.sandbox;
    title(sandbox, page, theme, frame, areas);
    let body = layout::margin(areas.body);
    match &page.pane {
        Pane::Log => log(sandbox, page, theme, frame, body),
        Pane::Exchange { scroll, .. } => {
            let lines = page
                .exchange(sandbox)
                .map(|one| exchange(one, theme, body.width));
            let gone = || vec![Line::from("It is no longer in the log.")];
            scrolled(lines.unwrap_or_else(gone), *scroll, theme, frame, body);
        }
        Pane::Faults { cursor } => faults(sandbox, *cursor, theme, frame, body),
        Pane::Explained { what, scroll } => {
            let lines = explanation(what, theme, body.width);
            scrolled(lines, *scroll, theme, frame, body);
        }
    }
}

fn title(
    sandbox: &Sandbox,
    page: &SandboxPage,
    theme: &Theme,
    frame: &mut Frame<'_>,
    areas: &Areas,
) {
    let where_ = match &page.pane {
        Pane::Log | Pane::Exchange { .. } => "Sandbox  ",
        Pane::Faults { .. } => "Switchboard  ",
        Pane::Explained { .. } => "Explain  ",
    };
    let mut left = vec![Span::styled(where_, theme.strong)];
    match sandbox.url() {
        Some(url) => {
            let mut about = format!("{url}  profile {}", sandbox.setup.profile.label());
            if sandbox.setup.limits_logins {
                about.push_str(", 5 logins a minute");
            }
            left.push(Span::styled(about, theme.text));
        }
        None => {
            let (port, profile) = (sandbox.setup.port, sandbox.setup.profile.label());
            let mut about = format!("not running, port {port}, profile {profile}");
            if sandbox.setup.limits_logins {
                about.push_str(", 5 logins a minute");
            }
            left.push(Span::styled(about, theme.dim));
        }
    }
    let right = match (&page.pane, sandbox.running) {
        (Pane::Log, None) => Line::from(vec![
            Span::styled(" s ", theme.button),
            Span::styled(" Start", theme.accent),
        ]),
        _ if sandbox.armed() > 0 => Line::styled(
            format!("{} {} armed", theme.glyphs.warning, sandbox.armed()),
            theme.warning,
        ),
        _ => Line::default(),
    };
    chrome::ends(frame, areas.title, Line::from(left), right);
}

fn paragraphs<'a>(texts: &[(&str, Style)], width: u16) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    for (text, style) in texts {
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        for part in wrap::paragraph(text, width) {
            lines.push(Line::styled(part, *style));
        }
    }
    lines
}

fn log(sandbox: &Sandbox, page: &SandboxPage, theme: &Theme, frame: &mut Frame<'_>, body: Rect) {
    if sandbox.log.is_empty() {
        let state = if sandbox.running.is_some() {
            "It waits for requests. T on an app's page tries the app's whole way; an SDK takes the address above as its server."
        } else {
            "The local platform honours what this console issued: SDKs log in against it, offline, and what is wrong fails as it does on the real one. s starts it on this machine alone."
        };
        let more = format!(
            "Port {}, profile {}. p and P change them, a limits logins to 5 a minute, f makes it fail, x explains an error that you paste.",
            sandbox.setup.port,
            sandbox.setup.profile.label()
        );
        let lines = paragraphs(&[(state, theme.text), (&more, theme.dim)], body.width);
        frame.render_widget(Paragraph::new(lines), body);
        return;
    }
    let height = usize::from(body.height).saturating_sub(1).max(1);
    let top = page.cursor(sandbox).saturating_sub(height - 1);
    let mut lines = vec![Line::styled(
        columns(["Time", "App", "What", "Result", "Took"], body.width, theme),
        theme.dim,
    )];
    let rows = sandbox.log.iter().enumerate().skip(top).take(height);
    lines.extend(rows.map(|(nth, one)| {
        let style = match (nth == page.cursor(sandbox), one.is_failure()) {
            (true, _) => theme.selected,
            (false, true) => theme.warning,
            (false, false) => theme.text,
        };
        let app = one.app.as_ref().map_or("", |(_, name)| name.as_str());
        let result = if one.is_remarkable() {
            format!("{} {}", theme.glyphs.warning, one.result)
        } else {
            one.result.clone()
        };
        let (time, took) = (one.at.time(), took(one));
        Line::styled(
            columns([&time, app, &one.what, &result, &took], body.width, theme),
            style,
        )
    }));
    frame.render_widget(Paragraph::new(lines), body);
}

fn took(one: &Exchange) -> String {
    format!("{}.{} ms", one.took_us / 1000, one.took_us % 1000 / 100)
}

fn columns(cells: [&str; 5], width: u16, theme: &Theme) -> String {
    let [time, app, what, result, took] = cells.map(text::displayable);
    let cell = |text: &str, width| line::cell(text, width, theme.glyphs.ellipsis);
    let fixed = TIME + RESULT + TOOK + 5;
    let room = width.saturating_sub(fixed);
    if room < 16 {
        let room = width.saturating_sub(RESULT + 2);
        return format!(" {} {}", cell(&what, room), cell(&result, RESULT));
    }
    // A path is longer than a name.
    let name = room * 2 / 5;
    format!(
        " {} {} {} {} {}",
        cell(&time, TIME),
        cell(&app, name),
        cell(&what, room - name),
        cell(&result, RESULT),
        cell(&took, TOOK)
    )
}

/// What is wrong, what to do, and which key goes there.
pub fn told<'a>(why: &Diagnosis, goes: bool, theme: &Theme, width: u16) -> Vec<Line<'a>> {
    let row = why.row();
    let mut lines = Vec::new();
    let mut say = |text: &str, style: Style| {
        for part in wrap::paragraph(text, width) {
            lines.push(Line::styled(part, style));
        }
    };
    say(
        &format!("{} {}", theme.glyphs.warning, row.what),
        theme.warning,
    );
    if let Some(detail) = &why.detail {
        say(&text::displayable(detail), theme.text);
    }
    say(row.remedy, theme.text);
    if let Some(setting) = row.setting.filter(|_| goes) {
        lines.push(Line::from(vec![
            Span::styled(" g ", theme.button),
            Span::styled(format!(" goes to {}", setting.label()), theme.accent),
        ]));
    }
    lines
}

fn exchange<'a>(one: &Exchange, theme: &Theme, width: u16) -> Vec<Line<'a>> {
    let app = one.app.as_ref().map_or("unknown app", |(_, name)| name);
    let head = format!(
        "{}, {app}: {}, {} {}, {}",
        one.at.date_time(),
        one.what,
        one.status,
        one.result,
        took(one)
    );
    let mut lines = paragraphs(&[(&text::displayable(&head), theme.strong)], width);
    lines.push(Line::default());
    if let Some(why) = &one.diagnosis {
        lines.extend(told(why, true, theme, width));
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

/// As far as there is something to scroll to.
pub fn scrolled(
    lines: Vec<Line<'_>>,
    scroll: u16,
    theme: &Theme,
    frame: &mut Frame<'_>,
    body: Rect,
) {
    let height = usize::from(body.height);
    let top = usize::from(scroll).min(lines.len().saturating_sub(height));
    let below = lines.len().saturating_sub(top + height);
    let mut shown: Vec<Line<'_>> = lines.into_iter().skip(top).take(height).collect();
    if below > 0
        && let Some(last) = shown.last_mut()
    {
        *last = Line::styled(
            format!("{} {} more lines", theme.glyphs.ellipsis, below + 1),
            theme.dim,
        );
    }
    frame.render_widget(Paragraph::new(shown), body);
}

fn faults(sandbox: &Sandbox, cursor: usize, theme: &Theme, frame: &mut Frame<'_>, body: Rect) {
    let ellipsis = theme.glyphs.ellipsis;
    let said = "Armed once, a fault happens to the next request that it can happen to.";
    let mut lines = paragraphs(&[(said, theme.dim)], body.width);
    lines.push(Line::default());
    let head = lines.len();
    let room = body.width.saturating_sub(FAULT + 12);
    for (nth, (fault, armed)) in sandbox.faults.iter().enumerate() {
        let style = match (nth == cursor, armed) {
            (true, _) => theme.selected,
            (false, Armed::Off) => theme.text,
            (false, _) => theme.warning,
        };
        let row = format!(
            " {} {} {}",
            line::cell(armed.label(), 7, ellipsis),
            line::cell(fault.label(), FAULT, ellipsis),
            line::cell(fault.about(), room, ellipsis)
        );
        lines.push(Line::styled(row, style));
    }
    let height = usize::from(body.height);
    let top = (head + cursor + 1).saturating_sub(height);
    let shown: Vec<Line<'_>> = lines.into_iter().skip(top).take(height).collect();
    frame.render_widget(Paragraph::new(shown), body);
}

fn explanation<'a>(explained: &Explained, theme: &Theme, width: u16) -> Vec<Line<'a>> {
    match explained {
        Explained::Fine(said) => {
            let said = format!("{} {said}", theme.glyphs.done);
            paragraphs(&[(&text::displayable(&said), theme.text)], width)
        }
        Explained::Unknown => paragraphs(
            &[
                (
                    "Nothing in it is known: no error code, no OAuth error, no token response.",
                    theme.text,
                ),
                (
                    "Paste the whole body of the answer, or the address that the browser came back to. x takes another one.",
                    theme.dim,
                ),
            ],
            width,
        ),
        Explained::Causes(all) => {
            let mut lines = Vec::new();
            if all.len() > 1 {
                let said = "It can be one of these, the likeliest first.";
                lines.extend(paragraphs(&[(said, theme.dim)], width));
            }
            for why in all {
                if !lines.is_empty() {
                    lines.push(Line::default());
                }
                lines.extend(told(why, false, theme, width));
                if let Some(setting) = why.row().setting {
                    let said = format!("The setting: {}.", setting.label());
                    lines.push(Line::styled(said, theme.dim));
                }
            }
            lines
        }
    }
}
