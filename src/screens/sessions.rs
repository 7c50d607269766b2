//! The sessions of an app, by developer: which are live, why the others ended, and ending them.

use std::borrow::Cow;

use ratatui::{Frame, text::Line};

use super::page::{Look, Next, Page};
use crate::{
    desk::{Cx, Desk, Question},
    domain::{
        app::App,
        oauth::app_session::{AppSession, SessionState},
        people::developer::Session,
        text,
    },
    keymap::{Action, Can, Mode},
    request::{EndSessions, LoadSessions, Reply},
    ui::{
        layout::Areas,
        rows::{Column, Columns, List, paragraphs},
        scroll::moved,
        title,
    },
};

const COLUMNS: Columns<4> = Columns::new(
    16,
    [
        Column::share("Developer", 1),
        Column::cells("Opened", 20),
        Column::cells("By", 5).goes(0),
        Column::cells("State", 33),
    ],
);

const NONE: &str = "No session yet. A login of the app opens one: T tries it.";
const LIMIT: &str = "At most five live sessions for each developer: a sixth login ends the oldest.";

#[derive(Debug)]
pub struct Sessions {
    app: Box<App>,
    /// `None` until they are read.
    all: Option<Vec<AppSession>>,
    cursor: usize,
}

impl Sessions {
    pub fn of(app: &App) -> Self {
        Self {
            app: Box::new(app.clone()),
            all: None,
            cursor: 0,
        }
    }

    fn app_name(&self) -> &str {
        &self.app.spec.properties.name
    }

    fn under_cursor(&self) -> Option<&AppSession> {
        self.all.as_ref()?.get(self.cursor)
    }

    /// The facts about a session that its row has no room for.
    fn about(&self, one: &AppSession, owner: &str) -> Vec<String> {
        let mut about = Vec::new();
        if let Some(label) = &one.by_jwt {
            about.push(format!(
                "Opened by the JWT credential {}",
                text::displayable(label)
            ));
        }
        about.push(match one.scope.as_str() {
            "" => "No scopes".to_owned(),
            scopes => format!("Scopes: {}", scopes.replace(' ', ", ")),
        });
        if let Some(at) = one.refreshed_at {
            about.push(format!("Last refreshed {}", at.date_time()));
        }
        let all = self.all.as_deref().unwrap_or_default();
        if one.is_next_to_end(all) {
            about.push(format!("The next login of {owner} ends this session."));
        }
        about
    }

    /// The rest of each row, for plain mode.
    pub fn details(&self, session: Option<&Session>) -> Vec<Vec<String>> {
        let details = |one: &AppSession| self.about(one, &name_of(one, session));
        self.all.iter().flatten().map(details).collect()
    }

    /// The text of the page, and its rows, for plain mode.
    pub fn as_lines(&self, session: Option<&Session>) -> (Vec<String>, Vec<String>) {
        let all = self.all.as_deref().unwrap_or_default();
        let heading = match all.len() {
            0 => NONE.to_owned(),
            count => format!("Sessions of {}: {count}.", self.app_name()),
        };
        let row = |one: &AppSession| {
            let (name, by) = (name_of(one, session), by(one));
            let (opened, state) = (one.opened_at.date_time(), one.state.label());
            format!("{name}, {state}, opened {opened} by {by}")
        };
        let about = vec![heading, LIMIT.to_owned()];
        (about, all.iter().map(row).collect())
    }

    fn confirm_end(&self, text: String, session: Option<i64>, cx: &mut Cx<'_>) {
        let app = self.app.id.clone();
        cx.confirm(Question {
            title: "End sessions",
            text,
            yes: "end",
            then: EndSessions { app, session }.into(),
            other: None,
        });
    }

    fn load(&self, cx: &mut Cx<'_>) {
        let app = self.app.id.clone();
        cx.load_names();
        cx.load(LoadSessions { app });
    }
}

fn name_of(one: &AppSession, session: Option<&Session>) -> String {
    session.map_or_else(String::new, |session| session.name_of(&one.owner))
}

fn by(one: &AppSession) -> &'static str {
    if one.by_jwt.is_some() { "JWT" } else { "login" }
}

impl Page for Sessions {
    fn name(&self) -> Cow<'_, str> {
        "Sessions".into()
    }

    fn modes(&self) -> Vec<Mode> {
        vec![Mode::Sessions, Mode::Anywhere]
    }

    fn can(&self, action: Action, desk: &Desk) -> Can {
        let ends = matches!(action, Action::Discard | Action::Purge);
        let session = desk.session().filter(|_| ends);
        let refused = session.and_then(|one| one.why_not_manage(one.owns(&self.app)));
        // Others may have opened sessions since these were read, so ending all is always possible.
        let is_off =
            action == Action::Discard && !self.under_cursor().is_some_and(AppSession::is_live);
        let ended = is_off.then(|| "This session has ended.".to_owned());
        Can::of(refused.or(ended), true)
    }

    fn shown(&mut self, cx: &mut Cx<'_>) {
        self.load(cx);
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> Next {
        match action {
            Action::Back => return Next::Back,
            Action::Again => self.load(cx),
            Action::Discard => {
                if let Some(one) = self.under_cursor() {
                    let name = name_of(one, cx.session());
                    let opened = one.opened_at.date_time();
                    let text = format!(
                        "End the session of {name} from {opened}? Its tokens stop working."
                    );
                    self.confirm_end(text, Some(one.number), cx);
                }
            }
            Action::Purge => {
                let name = self.app_name();
                let text = format!("End all sessions of \"{name}\"? Their tokens stop working.");
                self.confirm_end(text, None, cx);
            }
            _ => {
                let count = self.all.as_ref().map_or(0, Vec::len);
                self.cursor = moved(self.cursor, count, action);
            }
        }
        Next::Stay
    }

    fn reply(&mut self, _: u64, reply: Reply, cx: &mut Cx<'_>) -> Next {
        match reply {
            Reply::LoadSessions(_, result) => {
                if let Some(all) = cx.or_warn(result) {
                    self.cursor = self.cursor.min(all.len().saturating_sub(1));
                    self.all = Some(all);
                }
            }
            Reply::EndSessions(_, result) => {
                if let Some(ended) = cx.or_warn(result) {
                    cx.notify(match ended {
                        1 => "Session ended.".to_owned(),
                        ended => format!("{ended} sessions ended."),
                    });
                }
                self.load(cx);
            }
            _ => {}
        }
        Next::Stay
    }

    fn draw(&self, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
        let theme = look.theme;
        let all = self.all.as_deref().unwrap_or_default();
        let live = all.iter().filter(|one| one.is_live()).count();
        let count = Line::styled(format!("{live} live"), theme.dim);
        let name = self.name();
        let trail = look.trail_of(self.app_name(), &name);
        title::draw(frame, areas.title, theme, &trail, Line::default(), count);
        if self.all.is_none() {
            return;
        }
        let body = areas.body;
        let columns = COLUMNS.fit(body.width);
        let row = |one: &AppSession| {
            let name = name_of(one, look.session());
            let opened = one.opened_at.date_time();
            let state = match one.is_next_to_end(all) {
                true => format!("{} {}", theme.glyphs.warning, one.state.label()),
                false => one.state.label(),
            };
            let (owner, style) = match one.state {
                SessionState::Live { .. } if one.is_next_to_end(all) => (theme.text, theme.warning),
                SessionState::Live { .. } => (theme.text, theme.good),
                SessionState::Evicted => (theme.text, theme.warning),
                SessionState::Expired | SessionState::Revoked => (theme.dim, theme.dim),
            };
            let cells = [
                (name.as_str(), owner),
                (opened.as_str(), theme.dim),
                (by(one), theme.dim),
                (state.as_str(), style),
            ];
            columns.row(cells, theme)
        };
        List {
            heads: Some(columns.heads(theme)),
            unfolded: &|one, width| {
                let about = self.about(one, &name_of(one, look.session()));
                let about: Vec<_> = about
                    .iter()
                    .map(|line| (line.as_str(), theme.dim))
                    .collect();
                about
                    .iter()
                    .flat_map(|line| paragraphs(&[*line], width))
                    .collect()
            },
            foot: Some(Line::styled(format!("  {LIMIT}"), theme.dim)),
            empty: &[NONE, LIMIT],
            ..List::new(theme, self.cursor, &row)
        }
        .draw(frame, body, all);
    }
}
