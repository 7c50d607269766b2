//! The app's own page: what every tab has in common.

mod credentials;
mod history;
mod overview;
mod settings;

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    style::Style,
    text::{Line, Span},
    widgets::Paragraph,
};
use unicode_width::UnicodeWidthStr;

use super::{AppPage, PageTab};
use crate::{
    domain::{
        app::{App, AppStatus},
        people::developer::Session,
        text,
    },
    form::wrap,
    screens::page::Look,
    ui::{
        chrome,
        layout::{self, Areas},
        line,
        theme::{Theme, ThemeName},
    },
};

const LABEL: usize = 16;

/// Breaks no value.
const WIDE: u16 = 400;

pub(super) fn draw(page: &AppPage, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
    let theme = look.theme;
    title(page, theme, frame, areas);
    let [tabs, _, body] = layout_of(areas.body);
    tab_line(page, theme, frame, tabs);
    let (lines, focus) = lines(page, look.session(), theme, body.width);
    let height = usize::from(body.height);
    let top = match focus {
        Some((start, end)) => end.saturating_sub(height).min(start),
        None => usize::from(page.scroll),
    };
    let more = lines.len() > top + height;
    let shown: Vec<Line<'_>> = lines.into_iter().skip(top).take(height).collect();
    frame.render_widget(Paragraph::new(shown), body);
    if more {
        let mark = if theme.glyphs.unicode { "↓" } else { "v" };
        let at = Rect::new(body.right(), body.bottom().saturating_sub(1), 1, 1);
        frame.render_widget(Line::styled(mark, theme.dim), at.intersection(areas.body));
    }
}

/// The tabs, a blank line where there is room, the lines of the open one.
fn layout_of(body: Rect) -> [Rect; 3] {
    Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(u16::from(body.height > 10)),
        Constraint::Fill(1),
    ])
    .areas(layout::margin(body))
}

fn title(page: &AppPage, theme: &Theme, frame: &mut Frame<'_>, areas: &Areas) {
    let app = &page.app;
    let name = line::foreign(
        &app.spec.properties.name,
        areas.title.width.saturating_sub(24),
        theme.glyphs.ellipsis,
        theme.strong,
    );
    let (state, style) = match (app.deleted_at, app.status) {
        (Some(_), _) => ("in the trash", theme.warning),
        (None, AppStatus::Suspended) => ("suspended", theme.warning),
        (None, AppStatus::Active) if page.is_new => ("created", theme.good),
        (None, AppStatus::Active) => ("active", theme.good),
    };
    chrome::ends(
        frame,
        areas.title,
        name.into(),
        Line::from(vec![
            Span::styled(app.spec.app_type().label(), theme.dim),
            Span::raw("  "),
            Span::styled(state, style),
        ]),
    );
}

fn tab_line(page: &AppPage, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let mut spans = Vec::new();
    for tab in PageTab::ALL {
        let is_open = tab == page.tab;
        let (style, label) = if is_open {
            (theme.selected, format!(" {} ", tab.title()))
        } else {
            (theme.dim, format!(" {} ", tab.title()))
        };
        spans.push(Span::styled(label, style));
        spans.push(Span::raw(" "));
    }
    frame.render_widget(Line::from(spans), area);
}

/// Lines that the page can be scrolled down.
pub fn last_scroll(page: &AppPage, session: Option<&Session>, size: (u16, u16)) -> u16 {
    let [_, _, body] = layout_of(layout::areas(Rect::new(0, 0, size.0, size.1)).body);
    let theme = Theme::new(
        ThemeName::default(),
        false,
        crate::ui::half_blocks::Depth::None,
        true,
    );
    let count = lines(page, session, &theme, body.width).0.len();
    u16::try_from(count)
        .unwrap_or(u16::MAX)
        .saturating_sub(body.height)
}

/// The page as text, for the console without a full screen.
pub fn as_lines(page: &AppPage, session: Option<&Session>) -> Vec<String> {
    let theme = Theme::new(
        ThemeName::default(),
        false,
        crate::ui::half_blocks::Depth::None,
        false,
    );
    let mut out = Lines::new(&theme, WIDE);
    overview::overview(&mut out, page, session);
    out.blank();
    out.head("Settings");
    settings::settings(&mut out, &page.app, session);
    out.lines
        .iter()
        .map(|line| line.to_string().trim_end().to_owned())
        .collect()
}

type Focused = Option<(usize, usize)>;

/// The lines of the open tab, and which of them have the cursor.
fn lines(
    page: &AppPage,
    session: Option<&Session>,
    theme: &Theme,
    width: u16,
) -> (Vec<Line<'static>>, Focused) {
    let mut out = Lines::new(theme, width);
    let focus = match page.tab {
        PageTab::Overview => {
            overview::overview(&mut out, page, session);
            None
        }
        PageTab::Settings => {
            settings::settings(&mut out, &page.app, session);
            None
        }
        PageTab::Credentials => Some(credentials::credentials(&mut out, page)),
        PageTab::History => {
            history::history(&mut out, page, session);
            None
        }
    };
    (out.lines, focus)
}

/// What the pane beside the list shows of an app.
pub fn summary(
    app: &App,
    session: Option<&Session>,
    theme: &Theme,
    width: u16,
) -> Vec<Line<'static>> {
    let mut pane = Lines::new(theme, width);
    pane.lines.push(
        line::foreign(
            &app.spec.properties.name,
            width,
            theme.glyphs.ellipsis,
            theme.strong,
        )
        .into(),
    );
    pane.lines.push(Line::styled(
        format!("{}, {}", app.spec.app_type().label(), app.status.label()),
        theme.dim,
    ));
    pane.blank();
    pane.stacked("Client ID", app.client_id.as_str());
    for uri in app.spec.redirect_uris() {
        pane.stacked("Redirect URI", uri.as_str());
    }
    pane.stacked("Authentication", app.spec.auth_label());
    pane.stacked("Access", &settings::access(&app.spec));
    pane.stacked("Scopes", &settings::scopes(app));
    let contact = session.and_then(|session| session.find(&app.spec.properties.primary_contact));
    if let Some(contact) = contact {
        pane.stacked("Primary Contact", &contact.full_name);
    }
    if !app.tags.is_empty() {
        pane.stacked("Tags", &app.tags.join(" "));
    }
    pane.stacked("Created", &app.created_at.date_time());
    pane.lines
}

struct Lines<'t> {
    theme: &'t Theme,
    width: u16,
    lines: Vec<Line<'static>>,
}

impl<'t> Lines<'t> {
    fn new(theme: &'t Theme, width: u16) -> Self {
        Self {
            theme,
            width,
            lines: Vec::new(),
        }
    }

    fn blank(&mut self) {
        self.lines.push(Line::default());
    }

    fn head(&mut self, text: &'static str) {
        self.lines.push(Line::styled(text, self.theme.accent));
    }

    /// A label and its value, which wraps beside it.
    fn pair(&mut self, label: &'static str, value: &str, style: Style) {
        let value: String = value
            .split('\n')
            .map(text::displayable)
            .collect::<Vec<_>>()
            .join("\n");
        let narrow = self.width < 50;
        let room = if narrow {
            self.width.saturating_sub(2)
        } else {
            self.width.saturating_sub(18)
        };
        if narrow && !label.is_empty() {
            self.lines.push(Line::styled(label, self.theme.dim));
        }
        for (nth, part) in wrap::paragraph(&value, room).into_iter().enumerate() {
            let lead = if narrow {
                String::new()
            } else {
                let label = if nth == 0 { label } else { "" };
                format!("{label}{}", " ".repeat(LABEL.saturating_sub(label.width())))
            };
            self.lines.push(Line::from(vec![
                Span::styled(format!("  {lead}"), self.theme.dim),
                Span::styled(part, style),
            ]));
        }
    }

    fn stacked(&mut self, label: &'static str, value: &str) {
        let value = text::displayable(value).into_owned();
        self.lines.push(Line::styled(label, self.theme.dim));
        for part in wrap::paragraph(&value, self.width.saturating_sub(2)) {
            self.lines.push(Line::from(format!("  {part}")));
        }
    }

    fn item(&mut self, mark: &'static str, value: &str, style: Style) {
        for (nth, part) in wrap::paragraph(value, self.width.saturating_sub(4))
            .into_iter()
            .enumerate()
        {
            let lead = if nth == 0 { mark } else { " " };
            self.lines
                .push(Line::styled(format!("  {lead} {part}"), style));
        }
    }
}
