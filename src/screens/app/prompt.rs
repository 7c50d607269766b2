//! A question on the app page that is answered by typing.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    text::Line,
    widgets::{Clear, Paragraph},
};

use crate::{
    domain::{
        app::{Environment, Issued},
        credential::{OVERLAP_HOURS, OVERLAP_HOURS_MAX},
        secret::Secret,
        text,
    },
    form::{Entry, SecretEntry, TextEdit, wrap},
    message::Deed,
    ui::{chrome, layout, line, theme::Theme},
};

/// In characters; more than any of the answers has.
const TYPED_MAX: usize = 300;

/// What is asked, with what was answered before.
#[derive(Clone, Debug)]
pub enum Ask {
    OverlapHours,
    /// The app's name, to be sure.
    PurgeName {
        name: String,
    },
    Server(Environment),
    ClientId {
        environment: Environment,
        server_url: String,
    },
    Secret {
        environment: Environment,
        server_url: String,
        client_id: String,
    },
}

#[derive(Debug)]
pub struct Prompt {
    pub ask: Ask,
    entry: Entry,
    secret: SecretEntry,
    pub problem: Option<String>,
}

/// What an answer comes to.
#[derive(Debug)]
pub enum Answered {
    Do(Deed),
    Keep(Issued),
    Next(Prompt),
    Unfit(String),
}

impl Prompt {
    /// What is kept already is there to be changed.
    pub fn new(ask: Ask, typed: &str) -> Self {
        Self {
            ask,
            entry: Entry::new(typed),
            secret: SecretEntry::default(),
            problem: None,
        }
    }

    pub fn overlap() -> Self {
        Self::new(Ask::OverlapHours, &OVERLAP_HOURS.to_string())
    }

    pub fn field(&mut self) -> &mut dyn TextEdit {
        match self.ask {
            Ask::Secret { .. } => &mut self.secret,
            _ => &mut self.entry,
        }
    }

    pub fn paste(&mut self, pasted: &str) -> bool {
        self.field().paste(&text::one_line(pasted), TYPED_MAX)
    }

    fn title(&self) -> &'static str {
        match self.ask {
            Ask::OverlapHours => "Rotate the Client Secret",
            Ask::PurgeName { .. } => "Delete for good",
            Ask::Server(environment)
            | Ask::ClientId { environment, .. }
            | Ask::Secret { environment, .. } => match environment {
                Environment::Production => "Issued by the platform, production",
                Environment::Sandbox => "Issued by the platform, legacy sandbox",
            },
        }
    }

    fn question(&self) -> String {
        match &self.ask {
            Ask::OverlapHours => format!(
                "For how many hours shall the old secret go on working? 0 to {OVERLAP_HOURS_MAX}."
            ),
            Ask::PurgeName { name } => format!(
                "Its settings and secrets cannot be brought back. Type its name to go on: {}",
                text::displayable(name)
            ),
            Ask::Server(_) => "API Server URL".to_owned(),
            Ask::ClientId { .. } => "Client ID, as the platform shows it".to_owned(),
            Ask::Secret { .. } => {
                "Client Secret; empty for an app that has none. It is sealed like all others."
                    .to_owned()
            }
        }
    }

    /// `known`: the Client ID that is kept for the environment already.
    pub fn answer(&self, known: Option<&str>) -> Answered {
        let typed = self.entry.text().trim();
        match &self.ask {
            Ask::OverlapHours => match typed.parse() {
                Ok(overlap_hours) if overlap_hours <= OVERLAP_HOURS_MAX => {
                    Answered::Do(Deed::Rotate { overlap_hours })
                }
                _ => Answered::Unfit(format!("Type a number from 0 to {OVERLAP_HOURS_MAX}.")),
            },
            Ask::PurgeName { name } if typed == name.trim() => Answered::Do(Deed::Purge),
            Ask::PurgeName { .. } => Answered::Unfit("That is not its name.".to_owned()),
            Ask::Server(environment) => match crate::domain::web_url::WebUrl::parse_https(typed) {
                Ok(url) => Answered::Next(Self::new(
                    Ask::ClientId {
                        environment: *environment,
                        server_url: url.as_str().to_owned(),
                    },
                    known.unwrap_or_default(),
                )),
                Err(problem) => Answered::Unfit(problem.to_string()),
            },
            Ask::ClientId { .. } if typed.is_empty() => {
                Answered::Unfit("Type the Client ID.".to_owned())
            }
            Ask::ClientId { .. } if typed.contains(char::is_whitespace) => {
                Answered::Unfit("A Client ID has no spaces.".to_owned())
            }
            Ask::ClientId {
                environment,
                server_url,
            } => Answered::Next(Self::new(
                Ask::Secret {
                    environment: *environment,
                    server_url: server_url.clone(),
                    client_id: typed.to_owned(),
                },
                "",
            )),
            Ask::Secret {
                environment,
                server_url,
                client_id,
            } => Answered::Keep(Issued {
                environment: *environment,
                server_url: server_url.clone(),
                client_id: client_id.clone(),
                secret: (!self.secret.is_empty()).then(|| trimmed(&self.secret.secret())),
            }),
        }
    }
}

/// A pasted secret often brings the line's end along.
fn trimmed(secret: &Secret) -> Secret {
    Secret::new(secret.expose().trim())
}

pub fn draw(prompt: &Prompt, theme: &Theme, frame: &mut Frame<'_>, body: Rect, active: bool) {
    let width = body.width.min(64);
    let inner = width.saturating_sub(4);
    let mut lines: Vec<Line<'_>> = wrap::paragraph(&prompt.question(), inner)
        .into_iter()
        .map(Line::from)
        .collect();
    lines.push(Line::default());
    let row = lines.len();
    let field: &dyn TextEdit = match prompt.ask {
        Ask::Secret { .. } => &prompt.secret,
        _ => &prompt.entry,
    };
    let mask = field.masked().then_some(theme.glyphs.mask);
    let room = inner.saturating_sub(2);
    let (shown, x) = line::window(field.text(), field.cursor(), room, mask);
    lines.push(Line::styled(
        format!("{} {shown}", theme.glyphs.bar_focus),
        theme.accent,
    ));
    lines.push(match &prompt.problem {
        Some(problem) => Line::styled(format!("{} {problem}", theme.glyphs.error), theme.error),
        None => Line::default(),
    });
    let height = u16::try_from(lines.len())
        .unwrap_or(u16::MAX)
        .saturating_add(2);
    let area = layout::centred(body, width, height);
    frame.render_widget(Clear, area);
    let inside = chrome::dialog(frame, area, theme, prompt.title());
    frame.render_widget(Paragraph::new(lines), inside);
    if active {
        let at = Position {
            x: inside.x + 2 + x,
            y: inside.y + u16::try_from(row).unwrap_or_default(),
        };
        if inside.contains(at) {
            frame.set_cursor_position(at);
        }
    }
}
