//! A question that is answered by typing one line, over whatever screen asks it.

use std::borrow::Cow;

use ratatui::{
    Frame,
    layout::{Position, Rect},
    text::Line,
    widgets::{Clear, Paragraph},
};

use crate::{
    console::Console,
    domain::{
        app::{
            Environment, Issued,
            list::{Bulk, count_of_apps},
            tag,
        },
        id::{AppId, DeveloperId, TicketId},
        oauth::credential::{OVERLAP_HOURS, OVERLAP_HOURS_MAX},
        people::{
            developer::{NAME_MAX, Role},
            ticket::{Decision, REASON_MAX},
        },
        secret::Secret,
        text,
    },
    form::{Entry, SecretEntry, TextEdit, wrap},
    keymap::{Action, Context, Edit},
    message::{
        ApprovalWork, Deed, Effect, FileContent, FileWork, ListWork, Manage, TeamDeed, TeamWork,
    },
    ui::{chrome, layout, line, theme::Theme},
};

/// In characters; more than any of the answers has.
const TYPED_MAX: usize = 1000;
const EXPLAINED_MAX: usize = 20_000;

/// What is asked, with what was answered before.
#[derive(Clone, Debug)]
pub enum Ask {
    OverlapHours {
        app: AppId,
    },
    /// The app's name, to be sure.
    PurgeName {
        app: AppId,
        name: String,
    },
    Server {
        app: AppId,
        environment: Environment,
        /// The Client ID that is kept for it already.
        known: String,
    },
    ClientId {
        app: AppId,
        environment: Environment,
        server_url: String,
    },
    Secret {
        app: AppId,
        environment: Environment,
        server_url: String,
        client_id: String,
    },
    /// All tags of one app.
    Tags {
        app: AppId,
        name: String,
    },
    /// What is added to several, and taken off.
    ChangeTags {
        apps: Vec<AppId>,
    },
    Path(FileContent),
    OrganizationName,
    Role {
        id: DeveloperId,
        name: String,
    },
    /// One's own, to be sure.
    PasswordForRecoveryKey,
    /// Of the local platform.
    Port,
    /// An error body, a token response, a redirect.
    Explain,
    RejectReason {
        ticket: TicketId,
        /// The scope's name.
        what: String,
    },
}

#[derive(Debug)]
pub struct Prompt {
    ask: Ask,
    entry: Entry,
    secret: SecretEntry,
    problem: Option<String>,
}

/// What an answer comes to.
enum Answered {
    /// An effect, and what is said while it lasts.
    Do(Effect, &'static str),
    Next(Prompt),
    Unfit(String),
    /// Nothing from outside is needed.
    Here(Here),
}

type Here = Box<dyn FnOnce(&mut Console, &mut Vec<Effect>)>;

impl Prompt {
    /// What is known already is there to be changed.
    pub fn new(ask: Ask, typed: &str) -> Self {
        Self {
            ask,
            entry: Entry::new(typed),
            secret: SecretEntry::default(),
            problem: None,
        }
    }

    pub fn overlap(app: AppId) -> Self {
        Self::new(Ask::OverlapHours { app }, &OVERLAP_HOURS.to_string())
    }

    pub fn context() -> Vec<Context> {
        vec![Context::Prompt, Context::Text, Context::Anywhere]
    }

    fn field(&mut self) -> &mut dyn TextEdit {
        if self.is_secret() {
            &mut self.secret
        } else {
            &mut self.entry
        }
    }

    fn max(&self) -> usize {
        match self.ask {
            Ask::Explain => EXPLAINED_MAX,
            _ => TYPED_MAX,
        }
    }

    fn is_secret(&self) -> bool {
        matches!(self.ask, Ask::Secret { .. } | Ask::PasswordForRecoveryKey)
    }

    pub fn paste(&mut self, pasted: &str) -> bool {
        self.problem = None;
        // A secret is taken as it is, but for the end of the line that is copied with it.
        let pasted = if self.is_secret() {
            Cow::Borrowed(pasted.trim_end_matches(['\r', '\n']))
        } else {
            Cow::Owned(text::one_line(pasted))
        };
        let max = self.max();
        self.field().paste(&pasted, max)
    }

    fn title(&self) -> &'static str {
        match &self.ask {
            Ask::OverlapHours { .. } => "Rotate the Client Secret",
            Ask::PurgeName { .. } => "Delete for good",
            Ask::Server { environment, .. }
            | Ask::ClientId { environment, .. }
            | Ask::Secret { environment, .. } => match environment {
                Environment::Production => "Issued by the platform, production",
                Environment::Sandbox => "Issued by the platform, legacy sandbox",
            },
            Ask::Tags { .. } | Ask::ChangeTags { .. } => "Tags",
            Ask::Path(FileContent::Export(_)) => "Export settings",
            Ask::Path(FileContent::Handoff { .. }) => "Write to a file",
            Ask::OrganizationName => "Rename the organization",
            Ask::Role { .. } => "Role",
            Ask::PasswordForRecoveryKey => "A new recovery key",
            Ask::RejectReason { .. } => "Reject",
            Ask::Port => "Port",
            Ask::Explain => "Explain",
        }
    }

    fn question(&self) -> String {
        match &self.ask {
            Ask::OverlapHours { .. } => format!(
                "For how many hours shall the old secret go on working? 0 to {OVERLAP_HOURS_MAX}."
            ),
            Ask::PurgeName { name, .. } => format!(
                "Its settings and secrets cannot be brought back. Type its name to go on: {}",
                text::displayable(name)
            ),
            Ask::Server { .. } => "API Server URL".to_owned(),
            Ask::ClientId { .. } => "Client ID, as the platform shows it".to_owned(),
            Ask::Secret { .. } => {
                "Client Secret; empty for an app that has none. It is sealed like all others."
                    .to_owned()
            }
            Ask::Tags { name, .. } => format!(
                "Words to find \"{}\" by, with spaces between. In the filter: tag:word.",
                text::displayable(name)
            ),
            Ask::ChangeTags { apps } => format!(
                "For {}: words to add, with a minus those to take off. For example: billing -old",
                count_of_apps(apps.len())
            ),
            Ask::OrganizationName => "Its name, as your apps' users see it".to_owned(),
            Ask::Role { name, .. } => format!(
                "What shall {} be: admin, developer or audit-user?",
                text::displayable(name)
            ),
            Ask::PasswordForRecoveryKey => {
                "The old recovery key ends. Your password, to be sure:".to_owned()
            }
            Ask::Port => "The port of this machine that the local platform listens on.".to_owned(),
            Ask::Explain => "Paste the body of an OAuth or API error, a token response, or the address that the browser came back to.".to_owned(),
            Ask::RejectReason { what, .. } => format!(
                "Why is {what} rejected? Whoever asked reads it, and has to know what to change."
            ),
            Ask::Path(FileContent::Export(apps)) => format!(
                "The settings of {} as JSON, without any secret. To which file?",
                count_of_apps(apps.len())
            ),
            Ask::Path(FileContent::Handoff { what, .. }) if !what.is_secret() => {
                format!("The {}. To which file?", what.label())
            }
            Ask::Path(FileContent::Handoff { what, .. }) => format!(
                "The {}, with the secret in clear, in a file that only you can read. To which one?",
                what.label()
            ),
        }
    }

    fn answer(&self) -> Answered {
        let typed = self.entry.text().trim();
        match &self.ask {
            Ask::OverlapHours { app } => match typed.parse() {
                Ok(overlap_hours) if overlap_hours <= OVERLAP_HOURS_MAX => {
                    deed(app, Deed::Rotate { overlap_hours })
                }
                _ => Answered::Unfit(format!("Type a number from 0 to {OVERLAP_HOURS_MAX}.")),
            },
            Ask::PurgeName { app, name } if text::is_same(typed, name) => deed(app, Deed::Purge),
            Ask::PurgeName { .. } => Answered::Unfit("That is not its name.".to_owned()),
            Ask::Server {
                app,
                environment,
                known,
            } => match crate::domain::app::web_url::WebUrl::parse_https(typed) {
                Ok(url) => Answered::Next(Self::new(
                    Ask::ClientId {
                        app: app.clone(),
                        environment: *environment,
                        server_url: url.as_str().to_owned(),
                    },
                    known,
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
                app,
                environment,
                server_url,
            } => Answered::Next(Self::new(
                Ask::Secret {
                    app: app.clone(),
                    environment: *environment,
                    server_url: server_url.clone(),
                    client_id: typed.to_owned(),
                },
                "",
            )),
            Ask::Secret {
                app,
                environment,
                server_url,
                client_id,
            } => {
                let issued = Issued {
                    environment: *environment,
                    server_url: server_url.clone(),
                    client_id: client_id.clone(),
                    secret: (!self.secret.is_empty()).then(|| trimmed(&self.secret.secret())),
                };
                let app = app.clone();
                Answered::Do(
                    Effect::Manage(Manage::KeepEnvironment { app, issued }),
                    "Keeping the credentials",
                )
            }
            Ask::Tags { app, .. } => match tag::parse(typed) {
                Ok(tags) => bulk(vec![app.clone()], Bulk::SetTags(tags)),
                Err(problem) => Answered::Unfit(problem),
            },
            Ask::ChangeTags { apps } => match tag::parse_change(typed) {
                Ok((add, remove)) if add.is_empty() && remove.is_empty() => {
                    Answered::Unfit("Type at least one word.".to_owned())
                }
                Ok((add, remove)) => bulk(apps.clone(), Bulk::ChangeTags { add, remove }),
                Err(problem) => Answered::Unfit(problem),
            },
            Ask::OrganizationName if typed.is_empty() => Answered::Unfit("Type a name.".to_owned()),
            Ask::OrganizationName if text::char_count(typed) > NAME_MAX => {
                Answered::Unfit(format!("Shorten the name to {NAME_MAX} characters."))
            }
            Ask::OrganizationName => team(TeamDeed::Rename {
                name: text::normal(typed).into_owned(),
            }),
            Ask::Role { id, .. } => match Role::parse(typed) {
                Some(role) => team(TeamDeed::SetRole {
                    id: id.clone(),
                    role,
                }),
                None => Answered::Unfit("Type admin, developer or audit-user.".to_owned()),
            },
            Ask::PasswordForRecoveryKey if self.secret.is_empty() => {
                Answered::Unfit("Type your password.".to_owned())
            }
            Ask::PasswordForRecoveryKey => {
                let password = self.secret.secret();
                Answered::Do(
                    Effect::Team(TeamWork::NewRecoveryKey { password }),
                    "Making a new recovery key",
                )
            }
            Ask::Port => match typed.parse() {
                Ok(port) if port >= 1024 => Answered::Here(Box::new(move |console, effects| {
                    crate::screens::sandbox::update::set_port(console, port, effects);
                })),
                _ => Answered::Unfit("Type a number from 1024 to 65535.".to_owned()),
            },
            Ask::Explain if typed.is_empty() => Answered::Unfit("Paste something.".to_owned()),
            Ask::Explain => {
                let text = Secret::new(typed);
                Answered::Here(Box::new(move |console, _| {
                    crate::screens::sandbox::update::explained(console, text.expose());
                }))
            }
            Ask::RejectReason { .. } if typed.is_empty() => {
                Answered::Unfit("Type a reason.".to_owned())
            }
            Ask::RejectReason { .. } if text::char_count(typed) > REASON_MAX => {
                Answered::Unfit(format!("Shorten the reason to {REASON_MAX} characters."))
            }
            Ask::RejectReason { ticket, .. } => {
                let decision = Decision::Reject {
                    reason: typed.to_owned(),
                };
                let ticket = ticket.clone();
                Answered::Do(
                    Effect::Approvals(ApprovalWork::Decide { ticket, decision }),
                    "Rejecting",
                )
            }
            Ask::Path(_) if typed.is_empty() => {
                Answered::Unfit("Type the name of a file.".to_owned())
            }
            Ask::Path(what) => Answered::Do(
                Effect::WriteFile(FileWork {
                    what: what.clone(),
                    path: typed.to_owned(),
                    replace: false,
                }),
                "Writing the file",
            ),
        }
    }
}

fn deed(app: &AppId, deed: Deed) -> Answered {
    let app = app.clone();
    Answered::Do(Effect::Manage(Manage::Do { app, deed }), "Working")
}

fn team(deed: TeamDeed) -> Answered {
    Answered::Do(Effect::Team(TeamWork::Do(deed)), "Working")
}

fn bulk(apps: Vec<AppId>, bulk: Bulk) -> Answered {
    Answered::Do(Effect::List(ListWork::Bulk { apps, bulk }), "Working")
}

/// Keys while it is open.
pub fn act(console: &mut Console, action: Action, effects: &mut Vec<Effect>) {
    let Some(prompt) = &mut console.prompt else {
        return;
    };
    match action {
        Action::Back => console.prompt = None,
        Action::Confirm => match prompt.answer() {
            Answered::Unfit(problem) => prompt.problem = Some(problem),
            Answered::Next(next) => console.prompt = Some(next),
            Answered::Here(here) => {
                console.prompt = None;
                here(console, effects);
            }
            Answered::Do(effect, said) => {
                console.prompt = None;
                effects.push(effect);
                console.wait_for(said);
            }
        },
        Action::Edit(edit) => {
            prompt.problem = None;
            prompt.field().edit(edit);
        }
        Action::Left => prompt.field().edit(Edit::Left),
        Action::Right => prompt.field().edit(Edit::Right),
        _ => {}
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
    // The border, the field and what is wrong with it: without these there is no answer.
    lines.truncate(usize::from(body.height.saturating_sub(4)));
    let row = lines.len();
    let field: &dyn TextEdit = if prompt.is_secret() {
        &prompt.secret
    } else {
        &prompt.entry
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_said_while_it_can_still_be_shortened() {
        let ticket = TicketId::from_stored("t");
        let reject = Ask::RejectReason {
            ticket,
            what: String::new(),
        };
        for (ask, most, unit) in [
            (reject, REASON_MAX, "é"),
            (Ask::OrganizationName, NAME_MAX, "é"),
        ] {
            let fits = Prompt::new(ask.clone(), &unit.repeat(most));
            assert!(matches!(fits.answer(), Answered::Do(..)), "{ask:?}");
            let long = Prompt::new(ask.clone(), &unit.repeat(most + 1));
            assert!(matches!(long.answer(), Answered::Unfit(_)), "{ask:?}");
        }
    }
}
