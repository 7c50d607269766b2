//! The sessions of an app, by developer: which are live, and why the others ended.

use std::borrow::Cow;

use ratatui::{Frame, text::Line};

use super::page::{Look, Next, Page};
use crate::{
    desk::Cx,
    domain::{
        app::App,
        id::AppId,
        oauth::app_session::{AppSession, SessionState},
        people::developer::Session,
    },
    keymap::{Action, Mode},
    request::{LoadSessions, Reply},
    ui::{
        layout::Areas,
        rows::{Column, Columns, List},
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
        Column::cells("State", 31),
    ],
);

const NONE: &str = "No session yet. A login of the app opens one: T tries it.";
const LIMIT: &str = "At most five live sessions for each developer: a sixth ends the oldest.";

#[derive(Debug)]
pub struct Sessions {
    app: AppId,
    app_name: String,
    /// `None` until they are read.
    all: Option<Vec<AppSession>>,
    cursor: usize,
}

impl Sessions {
    pub fn of(app: &App) -> Self {
        Self {
            app: app.id.clone(),
            app_name: app.spec.properties.name.clone(),
            all: None,
            cursor: 0,
        }
    }

    /// The text of the page, and its rows, for plain mode.
    pub fn as_lines(&self, session: Option<&Session>) -> (Vec<String>, Vec<String>) {
        let all = self.all.as_deref().unwrap_or_default();
        let heading = match all.len() {
            0 => NONE.to_owned(),
            count => format!("Sessions of {}: {count}.", self.app_name),
        };
        let row = |one: &AppSession| {
            let name = session.map_or_else(String::new, |session| session.name_of(&one.owner));
            let by = if one.by_jwt { "JWT" } else { "login" };
            let (opened, state) = (one.opened_at.date_time(), one.state.label());
            format!("{name}, {state}, opened {opened} by {by}")
        };
        let about = vec![heading, LIMIT.to_owned()];
        (about, all.iter().map(row).collect())
    }

    fn load(&self, cx: &mut Cx<'_>) {
        let app = self.app.clone();
        cx.load_names();
        cx.load(LoadSessions { app });
    }
}

impl Page for Sessions {
    fn name(&self) -> Cow<'_, str> {
        "Sessions".into()
    }

    fn modes(&self) -> Vec<Mode> {
        vec![Mode::Sessions, Mode::Anywhere]
    }

    fn shown(&mut self, cx: &mut Cx<'_>) {
        self.load(cx);
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> Next {
        match action {
            Action::Back => return Next::Back,
            Action::Again => self.load(cx),
            _ => {
                let count = self.all.as_ref().map_or(0, Vec::len);
                self.cursor = moved(self.cursor, count, action);
            }
        }
        Next::Stay
    }

    fn reply(&mut self, _: u64, reply: Reply, cx: &mut Cx<'_>) -> Next {
        if let Reply::LoadSessions(_, result) = reply
            && let Some(all) = cx.or_warn(result)
        {
            self.cursor = self.cursor.min(all.len().saturating_sub(1));
            self.all = Some(all);
        }
        Next::Stay
    }

    fn draw(&self, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
        let theme = look.theme;
        let all = self.all.as_deref().unwrap_or_default();
        let is_live = |one: &&AppSession| matches!(one.state, SessionState::Live { .. });
        let live = all.iter().filter(is_live).count();
        let count = Line::styled(format!("{live} live"), theme.dim);
        let name = self.name();
        let trail = look.trail_of(&self.app_name, &name);
        title::draw(frame, areas.title, theme, &trail, Line::default(), count);
        if self.all.is_none() {
            return;
        }
        let body = areas.body;
        let columns = COLUMNS.fit(body.width);
        let row = |one: &AppSession| {
            let name = look
                .session()
                .map_or_else(String::new, |session| session.name_of(&one.owner));
            let by = if one.by_jwt { "JWT" } else { "login" };
            let (opened, state) = (one.opened_at.date_time(), one.state.label());
            let (owner, style) = match one.state {
                SessionState::Live { .. } => (theme.text, theme.good),
                SessionState::Evicted => (theme.text, theme.warning),
                SessionState::Expired | SessionState::Revoked => (theme.dim, theme.dim),
            };
            let cells = [
                (name.as_str(), owner),
                (opened.as_str(), theme.dim),
                (by, theme.dim),
                (state.as_ref(), style),
            ];
            columns.row(cells, theme)
        };
        List {
            heads: Some(columns.heads(theme)),
            foot: Some(Line::styled(format!("  {LIMIT}"), theme.dim)),
            empty: &[NONE, LIMIT],
            ..List::new(theme, self.cursor, &row)
        }
        .draw(frame, body, all);
    }
}
