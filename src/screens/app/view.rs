//! The app page: credentials first, then what to do next, then the settings.

use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
    widgets::Paragraph,
};
use unicode_width::UnicodeWidthStr;

use super::AppPage;
use crate::{
    console::Console,
    domain::{
        app::{Access, App, AppKind, AppSpec, AuthMethod, Partners, Promotion},
        developer::Session,
        text,
        ticket::TicketState,
    },
    form::wrap,
    ui::{
        chrome,
        layout::{self, Areas},
        line,
        theme::Theme,
    },
};

const LABEL: usize = 16;

/// Breaks no value.
const WIDE: u16 = 400;

pub fn draw(
    console: &Console,
    page: &AppPage,
    theme: &Theme,
    frame: &mut Frame<'_>,
    areas: &Areas,
) {
    let app = &page.app;
    let name = line::foreign(
        &app.spec.properties.name,
        areas.title.width.saturating_sub(24),
        theme.glyphs.ellipsis,
        theme.strong,
    );
    let state = if page.is_new {
        "created"
    } else {
        app.status.label()
    };
    chrome::ends(
        frame,
        areas.title,
        name.into(),
        Line::from(vec![
            Span::styled(app.spec.app_type().label(), theme.dim),
            Span::raw("  "),
            Span::styled(state, theme.good),
        ]),
    );
    let area = layout::margin(areas.body);
    let lines = lines(page, console.session.as_ref(), theme, area.width);
    let scroll = usize::from(page.scroll);
    let more = lines.len() > scroll + usize::from(area.height);
    let shown: Vec<Line<'_>> = lines
        .into_iter()
        .skip(scroll)
        .take(usize::from(area.height))
        .collect();
    frame.render_widget(Paragraph::new(shown), area);
    if more {
        let mark = if theme.glyphs.unicode { "↓" } else { "v" };
        let at = Rect::new(area.right(), area.bottom().saturating_sub(1), 1, 1);
        frame.render_widget(Line::styled(mark, theme.dim), at.intersection(areas.body));
    }
}

/// Lines that the page can be scrolled down.
pub fn last_scroll(page: &AppPage, session: Option<&Session>, size: (u16, u16)) -> u16 {
    let body = layout::margin(layout::areas(Rect::new(0, 0, size.0, size.1)).body);
    let theme = Theme::new(false, crate::ui::half_blocks::Depth::None, true);
    let count = lines(page, session, &theme, body.width).len();
    u16::try_from(count)
        .unwrap_or(u16::MAX)
        .saturating_sub(body.height)
}

/// The page as text, for the console without a full screen.
pub fn as_lines(page: &AppPage, session: Option<&Session>) -> Vec<String> {
    let theme = Theme::new(false, crate::ui::half_blocks::Depth::None, false);
    lines(page, session, &theme, WIDE)
        .iter()
        .map(|line| line.to_string().trim_end().to_owned())
        .collect()
}

fn lines(
    page: &AppPage,
    session: Option<&Session>,
    theme: &Theme,
    width: u16,
) -> Vec<Line<'static>> {
    let mut page_lines = Lines {
        theme,
        width,
        lines: Vec::new(),
    };
    let out = &mut page_lines;
    out.head("Credentials");
    out.pair("Client ID", page.app.client_id.as_str(), theme.accent);
    let masked = theme.glyphs.mask.repeat(16);
    let secrets = page.secrets.as_ref();
    if page.has_secret() {
        match secrets.and_then(|secrets| secrets.client.as_ref()) {
            Some(secret) => out.pair("Client Secret", secret.expose(), theme.accent),
            None => out.pair("Client Secret", &masked, theme.text),
        }
    } else {
        out.pair("Client Secret", "none: an app that people install, or that runs in their browser, could not keep one. It proves itself with PKCE (S256).", theme.text);
    }
    if page.has_shared_secret() {
        match secrets.and_then(|secrets| secrets.shared.as_ref()) {
            Some(secret) => out.pair("Shared Secret", secret.expose(), theme.accent),
            None => out.pair("Shared Secret", &masked, theme.text),
        }
    }
    next_steps(out, &page.app);
    tickets(out, &page.app);
    out.blank();
    out.head("Settings");
    settings(out, &page.app, session);
    page_lines.lines
}

fn next_steps(out: &mut Lines<'_>, app: &App) {
    out.blank();
    out.head("Next");
    let steps: &[&str] = match &app.spec.kind {
        AppKind::RestApi {
            auth: AuthMethod::Jwt,
            ..
        } => &[
            "Create a JWT credential: it belongs to a user, not to the app, and this app has to be among those it allows.",
            "Trade it for an access token with the Client ID and the Client Secret.",
        ],
        AppKind::RestApi { .. } if page_has_secret(app) => &[
            "Send people to the authorize page, then trade the code with the Client ID and the Client Secret.",
        ],
        AppKind::RestApi { .. } => &[
            "Send people to the authorize page with a PKCE challenge (S256), then trade the code with the Client ID and the verifier.",
        ],
        AppKind::Bot { .. } => &[
            "Install the bot: its redirect URI receives the install callback, with the bot's token.",
        ],
        AppKind::Notification { .. } => {
            &["Install the add-in into a chat and post to its webhook."]
        }
    };
    let dot = out.theme.glyphs.dot;
    for step in steps {
        out.item(dot, step, out.theme.text);
    }
}

fn page_has_secret(app: &App) -> bool {
    app.spec.client_type() == crate::domain::app::ClientType::Confidential
}

fn tickets(out: &mut Lines<'_>, app: &App) {
    let pending: Vec<_> = app
        .tickets
        .iter()
        .filter(|ticket| ticket.state == TicketState::Pending)
        .collect();
    if pending.is_empty() {
        return;
    }
    out.blank();
    out.head("Waiting for approval");
    for ticket in pending {
        let said = format!(
            "{}: not the app's yet. A ticket was filed on {}: {}",
            ticket.scope.scope().label,
            ticket.created_at.date(),
            text::displayable(&ticket.justification),
        );
        out.item(out.theme.glyphs.warning, &said, out.theme.warning);
    }
}

fn settings(out: &mut Lines<'_>, app: &App, session: Option<&Session>) {
    let spec = &app.spec;
    let plain = out.theme.text;
    out.pair("Type", spec.app_type().label(), plain);
    out.pair("Authentication", spec.auth_label(), plain);
    if let AppKind::RestApi {
        auth,
        issue_refresh_tokens,
    } = &spec.kind
    {
        if let AuthMethod::AuthorizationCode { platform, .. } = auth {
            out.pair("Called from", platform.label(), plain);
        }
        out.pair(
            "Refresh tokens",
            if *issue_refresh_tokens {
                "issued"
            } else {
                "not issued"
            },
            plain,
        );
    }
    for (nth, uri) in spec.redirect_uris().iter().enumerate() {
        out.pair(
            if nth == 0 { "Redirect URIs" } else { "" },
            uri.as_str(),
            plain,
        );
    }
    out.pair("Scopes", &scopes(app), plain);
    out.pair("Access", &access(spec), plain);
    if let AppKind::Notification {
        manual_instructions,
        web_install_url,
    } = &spec.kind
    {
        out.pair("Manual install", manual_instructions, plain);
        if let Some(url) = web_install_url {
            out.pair("Web install", url.as_str(), plain);
        }
    }
    if let Some(interactive) = &spec.interactive_messages {
        out.pair(
            "Interactive",
            interactive.outbound_webhook_url.as_str(),
            plain,
        );
        for (nth, url) in interactive.dialog_urls.iter().enumerate() {
            out.pair(
                if nth == 0 { "Dialog URLs" } else { "" },
                url.as_str(),
                plain,
            );
        }
    }
    card(out, spec);
    out.pair("Description", &spec.properties.description, plain);
    out.pair("App Gallery", promotion(spec.properties.promotion), plain);
    let contact = session
        .and_then(|session| session.find(&spec.properties.primary_contact))
        .map_or_else(
            || "Deleted user".to_owned(),
            |one| format!("{} <{}>", one.full_name, one.email.as_str()),
        );
    out.pair("Primary Contact", &contact, plain);
    out.pair("Created", &app.created_at.date_time(), plain);
}

fn card(out: &mut Lines<'_>, spec: &AppSpec) {
    let plain = out.theme.text;
    if let Some(name) = &spec.card.display_name {
        out.pair("Display Name", name, plain);
    }
    if let Some(summary) = &spec.card.summary {
        out.pair("Summary", summary, plain);
    }
    if let Some(icon) = &spec.card.icon {
        let size = format!("{} {} x {}", icon.format.label(), icon.side, icon.side);
        out.pair("App Icon", &size, plain);
    }
}

fn promotion(answer: Promotion) -> &'static str {
    match answer {
        Promotion::Yes => "to be promoted",
        Promotion::No => "not to be promoted",
        Promotion::Unknown => "not decided",
    }
}

/// The scopes that are the app's; those that are pending are told apart.
fn scopes(app: &App) -> String {
    let pending: Vec<_> = app
        .tickets
        .iter()
        .filter(|ticket| ticket.state != TicketState::Approved)
        .map(|ticket| ticket.scope)
        .collect();
    let names: Vec<String> = app
        .spec
        .scopes
        .iter()
        .map(|scope| {
            let label = &scope.scope().label;
            if pending.contains(&scope) {
                format!("{label} (pending)")
            } else {
                label.to_string()
            }
        })
        .collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}

fn access(spec: &AppSpec) -> String {
    match &spec.access {
        Access::Private => "private: credentials of your own account".to_owned(),
        Access::Public(Partners::All) => "public, all current and future partners".to_owned(),
        Access::Public(Partners::Only(partners)) => {
            let names: Vec<&str> = partners.iter().map(|id| id.partner().label).collect();
            format!("public: {}", names.join(", "))
        }
    }
}

/// What the pane beside the list shows of an app.
pub fn summary(
    app: &App,
    session: Option<&Session>,
    theme: &Theme,
    width: u16,
) -> Vec<Line<'static>> {
    let mut pane = Lines {
        theme,
        width,
        lines: Vec::new(),
    };
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
    pane.stacked("Access", &access(&app.spec));
    pane.stacked("Scopes", &scopes(app));
    let contact = session.and_then(|session| session.find(&app.spec.properties.primary_contact));
    if let Some(contact) = contact {
        pane.stacked("Primary Contact", &contact.full_name);
    }
    pane.stacked("Created", &app.created_at.date_time());
    pane.lines
}

struct Lines<'t> {
    theme: &'t Theme,
    width: u16,
    lines: Vec<Line<'static>>,
}

impl Lines<'_> {
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
