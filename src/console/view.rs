//! Draws the whole screen: the frame, the page, and the overlays.
//! Reads the console, changes nothing.

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::{Alignment, Rect},
    text::{Line, Span},
    widgets::Clear,
};

use super::{Console, access, overlays};
use crate::{
    desk::{Desk, Notice, NoticeKind, Overlay},
    domain::text,
    screens::page::{Look, Page},
    ui::{
        chrome, finding,
        layout::{self, Areas},
        progress,
        theme::Theme,
    },
};

/// The widest bar of progress, in cells.
const BAR_MAX: usize = 24;
/// A narrower bar says nothing.
const BAR_MIN: usize = 6;

pub fn draw(console: &Console, theme: &Theme, frame: &mut Frame<'_>) {
    let area = frame.area();
    if area.width < layout::MIN_WIDTH || area.height < layout::MIN_HEIGHT {
        return chrome::too_small(frame);
    }
    let desk = &console.desk;
    let page = console.screen().page();
    let names = console.behind.iter();
    let behind: Vec<String> = names
        .map(|open| open.screen.page().name().into_owned())
        .collect();
    let look = Look {
        desk,
        theme,
        behind: &behind,
    };
    let mut areas = layout::areas(area);
    let status = Status::of(desk, theme, &mut areas);
    if desk.is_locked() || !page.is_bare() {
        header(page, &look, frame, &areas);
        chrome::rule(frame, areas.rule, theme);
    }
    match desk.lock() {
        Some(lock) => access::draw(&look, lock, frame, &areas),
        None => page.draw(&look, frame, &areas),
    }
    for overlay in &desk.overlays {
        match overlay {
            Overlay::Prompt(_, prompt) => {
                overlays::prompt::draw(prompt, theme, frame, !desk.is_covered());
            }
            Overlay::Question(_, question) => overlays::question::draw(question, theme, frame),
            Overlay::Palette(palette) => overlays::palette::draw(frame, theme, console, palette),
            Overlay::Help(scroll) => overlays::help::draw(frame, theme, console, *scroll),
        }
    }
    status.draw(frame, areas.status, theme);
    let modes = console.modes();
    let can = |action| console.can(action);
    let verb = match desk.overlays.last() {
        Some(Overlay::Question(_, question)) => Some(question.yes),
        Some(Overlay::Prompt(_, prompt)) => Some(prompt.ask.verb()),
        _ => page.verb(),
    };
    chrome::footer(frame, areas.footer, theme, &modes, verb, can);
    if !theme.glyphs.unicode {
        to_ascii(frame.buffer_mut());
    }
}

/// If the locale is not UTF-8, the terminal would garble any other character.
fn to_ascii(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        let replacement = match cell.symbol() {
            symbol if symbol.is_ascii() => continue,
            "×" => "x",
            "→" => ">",
            "–" | "—" => "-",
            "“" | "”" => "\"",
            "‘" | "’" => "'",
            "…" => "~",
            "§" => "s",
            "™" => " ",
            _ => "?",
        };
        cell.set_symbol(replacement);
    }
}

fn header(page: &dyn Page, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
    let (organization, who) = match look.session() {
        Some(session) => (
            session.organization.as_str(),
            format!(
                "{} {} {}",
                session.developer.full_name,
                look.theme.glyphs.dot,
                session.developer.role.label()
            ),
        ),
        None => (page.organization(), String::new()),
    };
    chrome::header(frame, areas.header, look.theme, organization, &who);
}

/// The notice or the pending request, and the countdown of the clipboard, each in its place.
struct Status {
    left: Vec<Line<'static>>,
    countdown: String,
}

impl Status {
    /// A long notice takes rows of the page rather than being cut.
    fn of(desk: &Desk, theme: &Theme, areas: &mut Areas) -> Self {
        let countdown = countdown(desk, areas.status.width);
        let reserved = match text::width(&countdown) {
            0 => 0,
            width => u16::try_from(width).unwrap_or(u16::MAX).saturating_add(3),
        };
        let room = layout::margin_wide(areas.status).width;
        let room = room.saturating_sub(reserved);
        let left = match (desk.waits_for(), &desk.notice) {
            (Some(what), _) => vec![Line::styled(waiting(desk, what, theme, room), theme.dim)],
            (None, Some(notice)) => notice_lines(notice, theme, room),
            (None, None) => Vec::new(),
        };
        let wanted = u16::try_from(left.len()).unwrap_or(u16::MAX);
        let more = wanted
            .saturating_sub(areas.status.height)
            .min(areas.body.height / 2);
        areas.body.height -= more;
        areas.status.y -= more;
        areas.status.height += more;
        Self { left, countdown }
    }

    fn draw(self, frame: &mut Frame<'_>, area: Rect, theme: &Theme) {
        frame.render_widget(Clear, area);
        let area = layout::margin_wide(area);
        let mut rows = area.rows().rev();
        let Some(last) = rows.next() else {
            return;
        };
        let countdown = Line::styled(self.countdown, theme.warning).alignment(Alignment::Right);
        frame.render_widget(countdown, last);
        let rows = [last].into_iter().chain(rows);
        for (line, row) in self.left.into_iter().rev().zip(rows) {
            let width = u16::try_from(line.width()).unwrap_or(u16::MAX);
            let at = Rect { width, ..row }.intersection(row);
            frame.render_widget(line, at);
        }
    }
}

/// What is on the clipboard, and when it is cleared. Beside a notice, only what is known to end.
fn countdown(desk: &Desk, width: u16) -> String {
    let Some(copied) = desk.clipboard.filter(|copied| !copied.covered) else {
        return String::new();
    };
    let left_ms = copied.until_ms.saturating_sub(desk.clock.mono_ms);
    let left_s = left_ms.div_ceil(1000);
    let is_alone = desk.notice.is_none() && desk.waits_for().is_none();
    let place = match is_alone || width >= layout::TWO_PANES {
        true => format!(" {}", copied.place),
        false => String::new(),
    };
    let (what, clears) = (copied.what.title(), copied.clears);
    format!("{what}{place}, {clears} in {left_s} s")
}

fn notice_lines(notice: &Notice, theme: &Theme, room: u16) -> Vec<Line<'static>> {
    let mark = match notice.kind {
        NoticeKind::Done => Span::styled(theme.glyphs.done, theme.good),
        NoticeKind::Hint => Span::styled(theme.glyphs.dot, theme.dim),
        NoticeKind::Problem => Span::styled(theme.glyphs.warning, theme.warning),
    };
    finding::lines(mark, &notice.text, theme, room)
}

/// What is awaited and, once it takes long, how far it is.
fn waiting(desk: &Desk, what: &str, theme: &Theme, room: u16) -> String {
    let what = format!("{what}{}", theme.glyphs.ellipsis);
    let Some(progress) = desk.progress() else {
        return what;
    };
    let described = progress.describe();
    let used = text::width(&what) + text::width(&described) + 4;
    let width = usize::from(room).saturating_sub(used).min(BAR_MAX);
    let all = if width < BAR_MIN {
        format!("{what} {}", progress.count())
    } else {
        let bar = progress::bar(progress, width, theme);
        [what, bar, described].join("  ")
    };
    text::truncate_to_width(&all, usize::from(room), theme.glyphs.ellipsis)
}
