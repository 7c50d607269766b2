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
    desk::{Desk, Overlay},
    domain::text,
    form::wrap,
    screens::page::{Look, Page},
    ui::{chrome, layout, line, progress, theme::Theme},
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
    let look = Look { desk, theme };
    let mut areas = layout::areas(area);
    let message = StatusLine::of(desk, theme, areas.status);
    if message.notice.len() > 1 && !page.gives_last_row() {
        areas.body.height = areas.body.height.saturating_sub(1);
    }
    if desk.is_locked() || !page.is_bare() {
        header(page, &look, frame, &areas);
        chrome::rule(frame, areas.rule, theme);
    }
    match desk.lock() {
        Some(lock) => access::draw(&look, lock, frame, &areas),
        None => page.draw(&look, frame, &areas),
    }
    for overlay in &desk.overlays {
        if let Overlay::Prompt(_, prompt) = overlay {
            overlays::prompt::draw(prompt, theme, frame, areas.body, !desk.is_covered());
        }
    }
    status(desk, message, theme, frame, &areas);
    let modes = console.modes();
    let can = |action| console.can(action);
    chrome::footer(frame, areas.footer, theme, &modes, page.verb(), can);
    for overlay in &desk.overlays {
        match overlay {
            Overlay::Prompt(..) => {}
            Overlay::Question(_, question) => {
                let (title, yes) = (question.title, question.yes);
                chrome::question(frame, areas.body, theme, title, &question.text, yes);
            }
            Overlay::Palette(palette) => overlays::palette::draw(frame, theme, console, palette),
            Overlay::Help(scroll) => overlays::help::draw(frame, theme, console, *scroll),
        }
    }
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

fn header(page: &dyn Page, look: &Look<'_>, frame: &mut Frame<'_>, areas: &layout::Areas) {
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

/// The notice and the countdown at the foot of the screen.
struct StatusLine {
    /// The notice, wrapped to as many rows as it needs.
    notice: Vec<String>,
    /// The time until the clipboard is cleared.
    countdown: Option<String>,
    room: u16,
}

impl StatusLine {
    fn of(desk: &Desk, theme: &Theme, area: Rect) -> Self {
        let shown = desk.clipboard.filter(|copied| !copied.covered);
        let countdown = shown.map(|copied| {
            let left_ms = copied.until_ms.saturating_sub(desk.clock.mono_ms);
            let left_s = left_ms.div_ceil(1000);
            if desk.notice.is_some() || desk.waits_for().is_some() {
                format!("{} in {left_s} s", copied.clears)
            } else {
                format!(
                    "{} {}, {} in {left_s} s",
                    copied.what.label(),
                    copied.place,
                    copied.clears
                )
            }
        });
        let reserved = countdown.as_ref().map_or(0, |text| text.len() + 2);
        let room = layout::margin_wide(area)
            .width
            .saturating_sub(u16::try_from(reserved).unwrap_or(0));
        let notice = match &desk.notice {
            Some(notice) if desk.waits_for().is_none() => {
                let mark = if notice.is_problem {
                    theme.glyphs.warning
                } else {
                    theme.glyphs.done
                };
                wrap::paragraph(&format!("{mark} {}", text::displayable(&notice.text)), room)
            }
            _ => Vec::new(),
        };
        Self {
            notice,
            countdown,
            room,
        }
    }
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

/// Draws the notice or the pending request, and the countdown of the clipboard.
fn status(
    desk: &Desk,
    message: StatusLine,
    theme: &Theme,
    frame: &mut Frame<'_>,
    areas: &layout::Areas,
) {
    let area = layout::margin_wide(areas.status);
    let StatusLine {
        mut notice,
        countdown,
        room,
    } = message;
    let left = if let Some(what) = desk.waits_for() {
        Span::styled(waiting(desk, what, theme, room), theme.dim)
    } else if let Some(shown) = &desk.notice {
        let style = if shown.is_problem {
            theme.warning
        } else {
            theme.good
        };
        // A long notice also uses the blank line above.
        if notice.len() > 1 {
            let first = notice.remove(0);
            let above = Rect {
                y: area.y.saturating_sub(1),
                ..area
            };
            frame.render_widget(Clear, above);
            frame.render_widget(Line::styled(first, style), above);
        }
        line::foreign(&notice.join(" "), room, theme.glyphs.ellipsis, style)
    } else {
        Span::raw("")
    };
    frame.render_widget(Line::from(left), area);
    if let Some(countdown) = countdown {
        frame.render_widget(
            Line::styled(countdown, theme.dim).alignment(Alignment::Right),
            area,
        );
    }
}
