//! Keys and replies of the app page.

use std::borrow::Cow;

use ratatui::Frame;

use super::{
    AppPage, PageTab,
    ask::{OverlapHours, PurgeName},
    unboxed, view,
};
use crate::{
    desk::{Cx, Desk, Question, Wanted},
    domain::{
        app::{App, AppStatus, Environment, Issuer},
        oauth::{credential::OVERLAP_HOURS, trial::TrialKind},
        secret::Secret,
    },
    keymap::{Action, Can, Mode},
    request::{
        ChangeApp, Copy, CopyAppSecret, Copyable, Deed, FileContent, FormOf, LoadApp, LoadHistory,
        LoadUsage, Reply, RevealSecrets,
    },
    screens::{
        bulk, files,
        page::{Look, Next, Page, Place},
    },
    ui::{
        layout::Areas,
        scroll::{moved, scrolled},
    },
};

impl Page for AppPage {
    fn name(&self) -> Cow<'_, str> {
        self.app.spec.properties.name.as_str().into()
    }

    fn modes(&self) -> Vec<Mode> {
        if self.unboxed {
            vec![Mode::Unboxed, Mode::Anywhere]
        } else {
            vec![Mode::App, Mode::Anywhere]
        }
    }

    fn can(&self, action: Action, desk: &Desk) -> Can {
        let why_off = match action {
            Action::New | Action::CloneApp => desk.why_no_new_app(),
            _ => self.why_off(action, desk.session()),
        };
        Can::of(why_off, !self.is_idle(action))
    }

    #[expect(clippy::too_many_lines, reason = "one match: a key each")]
    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> Next {
        let app = self.app.id.clone();
        let in_credentials = self.tab == PageTab::Credentials;
        match action {
            Action::CopyClientId => cx.copy(Copy {
                what: Copyable::ClientId,
                text: Secret::new(self.app.client_id.as_str()),
            }),
            Action::CopySecret => self.copy_secret(Copyable::ClientSecret, cx),
            Action::CopySharedSecret => self.copy_secret(Copyable::SharedSecret, cx),
            Action::Reveal => {
                let was_hidden = self.secrets.take().is_none();
                if was_hidden {
                    cx.await_reply(RevealSecrets { app }, "Decrypting the secrets");
                }
            }
            Action::Confirm if in_credentials => self.copy_under_cursor(cx),
            Action::NextTab | Action::PrevTab => self.step_tab(action == Action::NextTab, cx),
            Action::GoToTab(nth) => {
                let tab = usize::from(nth).checked_sub(1);
                if let Some(tab) = tab.and_then(|at| PageTab::ALL.get(at)) {
                    self.open_tab(*tab, cx);
                }
            }
            Action::Rotate => self.ask_to_rotate(cx),
            Action::Purge => {
                let name = self.app.spec.properties.name.clone();
                cx.ask(PurgeName { app, name }, "");
            }
            Action::Tag => {
                let name = self.app.spec.properties.name.clone();
                cx.ask(bulk::Tags { app, name }, &self.app.tags.join(" "));
            }
            Action::WriteFile => match self.file_under_cursor() {
                Some((content, name)) => files::ask(content, name, cx),
                None => cx.warn(
                    "Select a .env, the JSON or a snippet in the tab Credentials to write it to a file.",
                ),
            },
            Action::ToggleStatus
            | Action::Discard
            | Action::FinishRotation
            | Action::CancelRotation
            | Action::RemoveIssued => {
                if let Some(question) = question(self, action) {
                    cx.confirm(question);
                }
            }
            Action::Restore => {
                let deed = Deed::Restore;
                cx.await_reply(ChangeApp { app, deed }, "Restoring");
            }
            Action::Unbox => self.unboxed = true,
            Action::Back if self.unboxed => self.unboxed = false,
            Action::Up | Action::Down if in_credentials => {
                self.cursor = moved(self.cursor, self.copyables().len(), action);
            }
            Action::Up | Action::Down | Action::PageUp | Action::PageDown => {
                let last = view::last_scroll(self, cx.session(), cx.size);
                self.scroll = scrolled(self.scroll, last, action);
            }
            _ => return self.lead(action, cx),
        }
        Next::Stay
    }

    /// The page that was in front may have changed the app.
    fn returned(&mut self, cx: &mut Cx<'_>) {
        let app = self.app.id.clone();
        self.history = None;
        cx.load_names();
        cx.load(LoadApp { app });
        self.load_history_again(cx);
    }

    fn reply(&mut self, _: u64, reply: Reply, cx: &mut Cx<'_>) -> Next {
        match reply {
            Reply::LoadApp(_, result) => {
                if let Some(app) = cx.or_warn(result) {
                    self.app = app;
                }
            }
            Reply::RevealSecrets(_, result) => {
                let secrets = cx.or_warn(result);
                self.secrets = secrets.filter(|_| !cx.is_locked());
            }
            Reply::LoadHistory(_, result) => {
                if let Some(entries) = cx.or_warn(result) {
                    self.history = Some(entries);
                }
            }
            Reply::LoadUsage(_, result) => {
                if let Some(usage) = cx.or_warn(result) {
                    self.usage = Some(usage);
                }
            }
            Reply::WriteFile(request, result) => {
                files::written(request, result, cx);
            }
            // The tags of this app were changed.
            Reply::ChangeApps(request, result) => {
                if let Some(_done) = bulk::done(&request.bulk, result, cx) {
                    let app = self.app.id.clone();
                    self.load_history_again(cx);
                    cx.request(LoadApp { app });
                }
            }
            Reply::ChangeApp(request, result) => {
                if let Some(changed) = cx.or_warn(result) {
                    return self.changed(request.deed, changed, cx);
                }
            }
            _ => {}
        }
        Next::Stay
    }

    fn lock(&mut self) {
        self.secrets = None;
    }

    fn is_bare(&self) -> bool {
        self.unboxed
    }

    fn draw(&self, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
        if self.unboxed {
            unboxed::draw(self, look.theme, frame, unboxed::area(areas));
        } else {
            view::draw(self, look, frame, areas);
        }
    }
}

impl AppPage {
    /// Keys that lead to another page.
    fn lead(&self, action: Action, cx: &mut Cx<'_>) -> Next {
        let id = self.app.id.clone();
        let trial = |kind| Place::Trial {
            app: self.app.clone(),
            kind,
        };
        let form = |of| Place::Form { of, at: None };
        let issued = |environment| Place::IssuedCredentials {
            app: self.app.clone(),
            environment,
        };
        Next::Go(match action {
            Action::OpenSessions => Place::Sessions(self.app.clone()),
            Action::EditApp => form(FormOf::Edit(id)),
            Action::ProposeScopes => match self.proposal() {
                Some(proposal) => form(FormOf::Propose(id, proposal)),
                None => return Next::Stay,
            },
            Action::CloneApp => form(FormOf::Clone(id)),
            Action::New => form(FormOf::NewApp),
            Action::KeepProduction => issued(Environment::Production),
            Action::KeepSandbox => issued(Environment::Sandbox),
            Action::TryIt => trial(TrialKind::Login),
            Action::SendEvent => trial(TrialKind::TestEvent),
            Action::ListenEvents => trial(TrialKind::Listen),
            Action::OpenLocalServer => Place::LocalServer { at_faults: false },
            Action::OpenJwt => Place::JwtOf(self.app.client_id.clone()),
            Action::Back => {
                cx.wanted = Some(Wanted::App(id));
                return Next::Back;
            }
            _ => return Next::Stay,
        })
    }

    fn copy_secret(&self, what: Copyable, cx: &mut Cx<'_>) {
        let app = self.app.id.clone();
        cx.copy(CopyAppSecret { app, what });
    }

    fn step_tab(&mut self, forward: bool, cx: &mut Cx<'_>) {
        let here = PageTab::ALL
            .iter()
            .position(|tab| *tab == self.tab)
            .unwrap_or(0);
        let count = PageTab::ALL.len();
        let next = if forward { here + 1 } else { here + count - 1 } % count;
        if let Some(tab) = PageTab::ALL.get(next) {
            self.open_tab(*tab, cx);
        }
    }

    /// Revealed secrets end with the tab that showed them.
    fn open_tab(&mut self, tab: PageTab, cx: &mut Cx<'_>) {
        if tab != self.tab {
            self.secrets = None;
        }
        self.tab = tab;
        self.scroll = 0;
        if self.history.is_none() {
            self.load_history_again(cx);
        }
        self.load_usage_again(cx);
    }

    /// Asks how long the old secret keeps working, or says why there is nothing to rotate.
    pub fn ask_to_rotate(&self, cx: &mut Cx<'_>) {
        if let Some(why) = self.why_off(Action::Rotate, cx.session()) {
            return cx.warn(why);
        }
        let app = self.app.id.clone();
        cx.ask(OverlapHours { app }, &OVERLAP_HOURS.to_string());
    }

    fn load_history_again(&self, cx: &mut Cx<'_>) {
        if self.tab == PageTab::History {
            let app = self.app.id.clone();
            cx.load_names();
            cx.load(LoadHistory { app });
        }
    }

    /// Calls may arrive at any time, so they are read each time.
    fn load_usage_again(&self, cx: &mut Cx<'_>) {
        if self.tab == PageTab::Scopes {
            let app = self.app.id.clone();
            cx.load(LoadUsage { app });
        }
    }

    fn copy_under_cursor(&self, cx: &mut Cx<'_>) {
        let Some(what) = self.copyables().get(self.cursor).copied() else {
            return;
        };
        let text = match what {
            Copyable::ClientId => Some(self.app.client_id.as_str()),
            Copyable::EnvironmentId(environment) => self
                .environment(environment)
                .map(|kept| kept.client_id.as_str()),
            _ => None,
        };
        match text {
            Some(text) => {
                let text = Secret::new(text);
                cx.copy(Copy { what, text });
            }
            None => self.copy_secret(what, cx),
        }
    }

    /// The content of the file, and the proposed name.
    fn file_under_cursor(&self) -> Option<(FileContent, &'static str)> {
        let what = *self.copyables().get(self.cursor)?;
        let name = match what {
            _ if self.tab != PageTab::Credentials => return None,
            Copyable::EnvFile(Issuer::LocalServer) => ".env",
            Copyable::EnvFile(Issuer::RingCentral(Environment::Production)) => ".env.production",
            Copyable::EnvFile(Issuer::RingCentral(Environment::Sandbox)) => ".env.sandbox",
            Copyable::CredentialsJson(_) => "credentials.json",
            Copyable::Snippet(language) => language.file_name(),
            _ => return None,
        };
        let app = self.app.id.clone();
        Some((FileContent::Handoff { app, what }, name))
    }

    fn changed(&mut self, deed: Deed, changed: Option<Box<App>>, cx: &mut Cx<'_>) -> Next {
        match deed {
            Deed::Delete => cx.undo = vec![self.app.id.clone()],
            _ => cx.undo.retain(|undo| *undo != self.app.id),
        }
        cx.notify(match deed {
            // The list comes next, which does not say which app it was.
            Deed::Delete | Deed::Purge => {
                let (name, done) = (&self.app.spec.properties.name, done_notice(deed));
                format!("\"{name}\" {done}")
            }
            _ => done_notice(deed).to_owned(),
        });
        if let Some(changed) = changed {
            self.app = changed;
            self.secrets = None;
            self.cursor = 0;
            self.history = None;
            self.load_history_again(cx);
        }
        match deed {
            Deed::Delete | Deed::Purge => Next::Back,
            _ => Next::Stay,
        }
    }
}

pub fn done_notice(deed: Deed) -> &'static str {
    match deed {
        Deed::Suspend => "Suspended. Its credentials do not work until you resume it.",
        Deed::Resume => "Resumed. Its credentials work again.",
        Deed::Delete => "moved to the trash. u restores it.",
        Deed::Restore => "Restored.",
        Deed::Purge => "deleted permanently.",
        Deed::Rotate { overlap_hours: 0 } => {
            "New Client Secret. The old one no longer works. s copies the new one."
        }
        Deed::Rotate { .. } => {
            "New Client Secret. s copies it. The old one still works: F ends it."
        }
        Deed::FinishRotation => "The old Client Secret no longer works.",
        Deed::CancelRotation => "Rotation canceled. The old Client Secret is current again.",
        Deed::ForgetEnvironment(_) => "The credentials from RingCentral are removed.",
    }
}

fn question(page: &AppPage, action: Action) -> Option<Question> {
    let app = &page.app;
    let name = &app.spec.properties.name;
    let (title, text, yes, deed) = match action {
        Action::ToggleStatus if app.status == AppStatus::Active => (
            "Suspend",
            format!("Suspend \"{name}\"? Its credentials stop working until you resume it."),
            "suspend",
            Deed::Suspend,
        ),
        Action::ToggleStatus => (
            "Resume",
            format!("Resume \"{name}\"? Its credentials work again."),
            "resume",
            Deed::Resume,
        ),
        Action::Discard => (
            "Delete",
            format!(
                "Move \"{name}\" to the trash? Its credentials stop working. It can be restored for 30 days."
            ),
            "delete",
            Deed::Delete,
        ),
        Action::FinishRotation => (
            "Finish rotation",
            "End the old Client Secret now? Programs that still use it will fail.".to_owned(),
            "finish",
            Deed::FinishRotation,
        ),
        Action::CancelRotation => (
            "Cancel rotation",
            "Discard the new Client Secret? Programs that already use it will fail. The old one stays.".to_owned(),
            "discard",
            Deed::CancelRotation,
        ),
        Action::RemoveIssued => {
            let issued = page.issued_to_remove()?;
            (
                "Remove credentials",
                format!(
                    "Remove the {} credentials of \"{name}\" from this workspace? They stay valid at RingCentral.",
                    issued.label()
                ),
                "remove",
                Deed::ForgetEnvironment(issued),
            )
        }
        _ => return None,
    };
    let app = app.id.clone();
    Some(Question {
        title,
        text,
        yes,
        then: ChangeApp { app, deed }.into(),
        other: None,
    })
}
