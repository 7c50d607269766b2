//! The root of the picture: the frame that every screen has, and what lies over it.
//! Reads the console, changes nothing.

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::{Alignment, Rect},
    text::{Line, Span},
    widgets::Clear,
};

use crate::{
    console::{Console, Screen},
    domain::text,
    form::wrap,
    screens,
    ui::{chrome, help, layout, line, palette, theme::Theme},
};

pub fn draw(console: &Console, theme: &Theme, frame: &mut Frame<'_>) {
    let area = frame.area();
    if area.width < layout::MIN_WIDTH || area.height < layout::MIN_HEIGHT {
        return chrome::too_small(frame);
    }
    let mut areas = layout::areas(area);
    let said = Said::of(console, theme, areas.status);
    // The list counts its rows elsewhere, and has no cursor that must be seen while it is told.
    if said.notice.len() > 1 && !matches!(console.screen, Screen::Apps) {
        areas.body.height = areas.body.height.saturating_sub(1);
    }
    let unboxed = match &console.screen {
        Screen::App(page) if page.unboxed && console.locked.is_none() => Some(page),
        _ => None,
    };
    if unboxed.is_none() {
        header(console, theme, frame, &areas);
        chrome::rule(frame, areas.rule, theme);
    }
    let covered = console.is_covered();
    if let Some(locked) = &console.locked {
        screens::locked::view::draw(console, locked, theme, frame, &areas);
    } else if let Some(page) = unboxed {
        let area = screens::app::unboxed::area(&areas);
        screens::app::unboxed::draw(page, theme, frame, area);
    } else {
        match &console.screen {
            Screen::SignUp(screen) => screens::sign_up::view::draw(screen, theme, frame, &areas),
            Screen::ShowRecoveryKey(screen) => {
                screens::sign_up::view::draw_key(screen, theme, frame, &areas);
            }
            Screen::SignIn(screen) => {
                screens::sign_in::view::draw(console, screen, theme, frame, &areas);
            }
            Screen::Recover(screen) => {
                screens::sign_in::view::draw_recover(console, screen, theme, frame, &areas);
            }
            Screen::Apps => screens::apps::view::draw(console, theme, frame, &areas),
            Screen::CreateApp(screen) => {
                screens::create_app::view::draw(screen, theme, frame, &areas, !covered);
            }
            Screen::App(page) => screens::app::view::draw(console, page, theme, frame, &areas),
            Screen::Organization(page) => {
                screens::organization::view::draw(console, page, theme, frame, &areas);
            }
            Screen::AddDeveloper(screen) => {
                screens::organization::add::draw(console, screen, theme, frame, &areas);
            }
            Screen::Password(screen) => {
                screens::password::view::draw(console, screen, theme, frame, &areas);
            }
            Screen::Sandbox(page) => {
                screens::sandbox::view::draw(console, page, theme, frame, &areas);
            }
            Screen::Trial(page) => {
                screens::trial::view::draw(console, page, theme, frame, &areas);
            }
            Screen::Jwt(page) => screens::jwt::view::draw(console, page, theme, frame, &areas),
            Screen::JwtForm(screen) => {
                screens::jwt::form::draw(console, screen, theme, frame, &areas);
            }
            Screen::Approvals(page) => {
                screens::approvals::view::draw(console, page, theme, frame, &areas);
            }
            Screen::History(page) => {
                screens::history::view::draw(console, page, theme, frame, &areas);
            }
        }
    }
    if let Some(prompt) = &console.prompt
        && console.locked.is_none()
    {
        screens::prompt::draw(prompt, theme, frame, areas.body, !covered);
    }
    status(console, said, theme, frame, &areas);
    chrome::footer(
        frame,
        areas.footer,
        theme,
        &console.context(),
        |action| console.is_idle(action),
        |action| console.why_off(action).is_some(),
    );
    if let Some(question) = &console.question
        && console.locked.is_none()
    {
        chrome::question(
            frame,
            areas.body,
            theme,
            question.title,
            &question.text,
            question.yes,
        );
    }
    if let Some(palette) = &console.palette
        && console.help.is_none()
    {
        palette::draw(frame, theme, console, palette);
    }
    if let Some(scroll) = console.help {
        help::draw(frame, theme, console, scroll);
    }
    if !theme.glyphs.unicode {
        to_ascii(frame.buffer_mut());
    }
}

/// Where the locale is not UTF-8, a terminal would show anything else as rubbish.
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

fn header(console: &Console, theme: &Theme, frame: &mut Frame<'_>, areas: &layout::Areas) {
    let (organization, who) = match (&console.session, &console.screen) {
        (Some(session), _) => (
            session.organization.as_str(),
            format!(
                "{} {} {}",
                session.developer.full_name,
                theme.glyphs.dot,
                session.developer.role.label()
            ),
        ),
        (None, Screen::SignIn(screen)) => (screen.organization.as_str(), String::new()),
        (None, Screen::Recover(screen)) => (screen.organization.as_str(), String::new()),
        _ => ("", String::new()),
    };
    chrome::header(frame, areas.header, theme, organization, &who);
}

/// What is said at the foot of the screen.
struct Said {
    /// What happened, in as many rows as it needs.
    notice: Vec<String>,
    /// How long a secret stays on the clipboard.
    countdown: Option<String>,
    room: u16,
}

impl Said {
    fn of(console: &Console, theme: &Theme, area: Rect) -> Self {
        let shown = console.clipboard.filter(|copied| !copied.covered);
        let countdown = shown.map(|copied| {
            let left_ms = copied.until_ms.saturating_sub(console.clock.mono_ms);
            let left_s = left_ms.div_ceil(1000);
            if console.notice.is_some() || console.waiting.is_some() {
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
        let notice = match &console.notice {
            Some(notice) if console.waiting.is_none() => {
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

/// What happened, what is being waited for, and how long a secret stays on the clipboard.
fn status(
    console: &Console,
    said: Said,
    theme: &Theme,
    frame: &mut Frame<'_>,
    areas: &layout::Areas,
) {
    let area = layout::margin_wide(areas.status);
    let Said {
        mut notice,
        countdown,
        room,
    } = said;
    let left = if let Some(what) = console.waiting {
        Span::styled(format!("{what}{}", theme.glyphs.ellipsis), theme.dim)
    } else if let Some(told) = &console.notice {
        let style = if told.is_problem {
            theme.warning
        } else {
            theme.good
        };
        // What does not fit goes on one line above: an answer is worth more than a blank row.
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
