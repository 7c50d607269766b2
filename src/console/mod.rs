//! The root of the program's state, and what can be said of it. How it changes: `update`.

mod update;

use std::collections::VecDeque;

use crate::{
    domain::{
        id::AppId,
        people::developer::{Role, Session},
    },
    form::Slot,
    keymap::{Action, Context},
    message::{Clock, Copyable, Effect, Msg},
    palette::Palette,
    screens::{
        app::AppPage,
        approvals::Approvals,
        apps::Apps,
        create_app::CreateApp,
        history::HistoryPage,
        jwt::{JwtPage, form::JwtFormScreen},
        locked::Locked,
        organization::{Organization, add::AddDeveloper},
        password::ChangePassword,
        prompt::Prompt,
        sandbox::{Sandbox, SandboxPage},
        sign_in::{Recover, SignIn},
        sign_up::{ShowRecoveryKey, SignUp},
        trial::TrialPage,
    },
};

pub(crate) use update::save_draft;
pub use update::update;

/// A copied secret is taken off the clipboard after this time.
pub const CLIPBOARD_MS: u64 = 45_000;
/// A draft is at most this far behind what is typed, plus the time of one write.
pub const DRAFT_DELAY_MS: u64 = 150;
/// The pane beside the list follows the cursor once it rests.
pub const DETAIL_DELAY_MS: u64 = 60;
const CUT_PASTE: &str = "The paste was longer than the field: the rest was cut off.";
const NOTICE_MS: u64 = 6_000;
const PROBLEM_MS: u64 = 12_000;

/// The screen that has the keys.
#[derive(Debug)]
pub enum Screen {
    SignUp(SignUp),
    ShowRecoveryKey(ShowRecoveryKey),
    SignIn(SignIn),
    Recover(Recover),
    Apps,
    CreateApp(Box<CreateApp>),
    App(Box<AppPage>),
    History(Box<HistoryPage>),
    Organization(Box<Organization>),
    AddDeveloper(Box<AddDeveloper>),
    Password(Box<ChangePassword>),
    Approvals(Box<Approvals>),
    Jwt(Box<JwtPage>),
    JwtForm(Box<JwtFormScreen>),
    Sandbox(Box<SandboxPage>),
    Trial(Box<TrialPage>),
}

/// A line that tells what happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub text: String,
    pub is_problem: bool,
    until_ms: u64,
}

/// A question that stops everything else.
#[derive(Clone, Debug)]
pub struct Question {
    pub title: &'static str,
    pub text: String,
    pub yes: &'static str,
    pub then: Effect,
}

/// A secret on the clipboard, and when it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnClipboard {
    pub what: Copyable,
    pub until_ms: u64,
    /// Something else was copied since: the secret may remain in a buffer below, but is not
    /// what a paste gives.
    pub covered: bool,
    /// Where it is, and what happens at the end, as far as is known.
    pub place: &'static str,
    pub clears: &'static str,
}

/// What the program was started with.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub lock_after_ms: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            lock_after_ms: 10 * 60 * 1000,
        }
    }
}

/// The root of the program's state.
#[derive(Debug)]
pub struct Console {
    pub screen: Screen,
    /// The list, kept while another screen is in front of it.
    pub apps: Apps,
    pub session: Option<Session>,
    pub locked: Option<Locked>,
    pub question: Option<Question>,
    pub prompt: Option<Prompt>,
    /// Lines that the open help is scrolled down.
    pub help: Option<u16>,
    pub palette: Option<Palette>,
    pub notice: Option<Notice>,
    pub clipboard: Option<OnClipboard>,
    /// The apps that went into the trash last, to be taken out again.
    pub undo: Vec<AppId>,
    pub sandbox: Sandbox,
    /// The field that a form which is being opened goes to.
    pub going_to: Option<Slot>,
    pub clock: Clock,
    pub size: (u16, u16),
    pub settings: Settings,
    /// What is being waited for; keys that arrive meanwhile are held, in order.
    pub waiting: Option<&'static str>,
    held: VecDeque<Msg>,
    last_input_ms: u64,
    /// When the open draft has to be written.
    pub(crate) draft_due_ms: Option<u64>,
    pub(crate) detail_due_ms: Option<u64>,
    pub quitting: bool,
    /// Quitting waits for the keys that are held.
    quit_wanted: bool,
}

impl Console {
    /// `organization` and the last e-mail are those of a workspace that has one; else sign-up.
    pub fn new(
        organization: Option<(String, Option<String>)>,
        size: (u16, u16),
        settings: Settings,
    ) -> Self {
        let screen = match organization {
            None => Screen::SignUp(SignUp::default()),
            Some((organization, last_email)) => {
                Screen::SignIn(SignIn::new(organization, last_email.as_deref()))
            }
        };
        Self {
            screen,
            apps: Apps::default(),
            session: None,
            locked: None,
            question: None,
            prompt: None,
            help: None,
            palette: None,
            notice: None,
            clipboard: None,
            undo: Vec::new(),
            sandbox: Sandbox::default(),
            going_to: None,
            clock: Clock::default(),
            size,
            settings,
            waiting: None,
            held: VecDeque::new(),
            last_input_ms: 0,
            draft_due_ms: None,
            detail_due_ms: None,
            quitting: false,
            quit_wanted: false,
        }
    }

    /// Where the focus is, from the inside out.
    pub fn context(&self) -> Vec<Context> {
        if self.help.is_some() {
            return vec![Context::Help, Context::Anywhere];
        }
        self.context_below_help()
    }

    /// What the help is about.
    pub fn context_below_help(&self) -> Vec<Context> {
        if self.palette.is_some() {
            return vec![Context::Palette, Context::Text, Context::Anywhere];
        }
        self.context_below_palette()
    }

    /// What the palette is about.
    pub fn context_below_palette(&self) -> Vec<Context> {
        if let Some(locked) = &self.locked {
            return locked.context();
        }
        if self.question.is_some() {
            return vec![Context::Confirm, Context::Anywhere];
        }
        if self.prompt.is_some() {
            return Prompt::context();
        }
        match &self.screen {
            Screen::SignUp(screen) => screen.context(),
            Screen::ShowRecoveryKey(_) => vec![Context::Text, Context::Form, Context::Anywhere],
            Screen::SignIn(screen) => screen.context(),
            Screen::Recover(screen) => screen.context(),
            Screen::Apps => self.apps.context(),
            Screen::CreateApp(screen) => screen.context(),
            Screen::App(page) => page.context(),
            Screen::History(page) => page.context(),
            Screen::Organization(page) => page.context(),
            Screen::AddDeveloper(screen) => screen.context(),
            Screen::Password(screen) => screen.context(),
            Screen::Approvals(page) => page.context(),
            Screen::Jwt(page) => page.context(),
            Screen::JwtForm(screen) => screen.context(),
            Screen::Sandbox(page) => page.context(),
            Screen::Trial(_) => TrialPage::context(),
        }
    }

    /// Something lies over what could be typed into.
    pub fn is_covered(&self) -> bool {
        self.question.is_some() || self.help.is_some() || self.palette.is_some()
    }

    /// Why an action is off, if it is. The footer dims it, the key answers with the reason.
    pub fn why_off(&self, action: Action) -> Option<String> {
        match (action, &self.screen) {
            (Action::Lock, _) if self.session.is_none() => {
                Some("Nobody is signed in: there is nothing to lock.".to_owned())
            }
            (_, _) if self.prompt.is_some() => None,
            (Action::New, Screen::Apps) => self.why_no_new_app(),
            (Action::Restore, Screen::Apps) => (self.undo.is_empty() && !self.apps.is_in_trash())
                .then(|| "There is nothing to undo.".to_owned()),
            (_, Screen::Apps) => self.apps.why_off(action),
            (Action::New | Action::CloneApp, Screen::App(_)) => self.why_no_new_app(),
            (_, Screen::App(page)) => page.why_off(action, self.session.as_ref()),
            (_, Screen::History(page)) => page.why_off(action),
            (_, Screen::Organization(page)) => page.why_off(action, self.session.as_ref()),
            (Action::New, Screen::Jwt(_)) => self.why_no_new_jwt(),
            (_, Screen::Jwt(page)) => page.why_off(action),
            (_, Screen::Sandbox(page)) => page.why_off(action, &self.sandbox),
            (_, Screen::Trial(page)) => page.why_off(action),
            (_, Screen::Approvals(page)) => page.why_off(action, self.session.as_ref()),
            _ => None,
        }
    }

    /// Whether an action has nothing to work on here, so that the footer need not name it.
    pub fn is_idle(&self, action: Action) -> bool {
        match (action, &self.screen) {
            (_, _) if self.locked.is_some() || self.help.is_some() || self.palette.is_some() => {
                false
            }
            (Action::Back, Screen::SignUp(_) | Screen::SignIn(_) | Screen::ShowRecoveryKey(_)) => {
                true
            }
            (Action::NextField, Screen::ShowRecoveryKey(_)) => true,
            // There is no way round the first password of one's own.
            (Action::Back, Screen::Password(screen)) => screen.is_first,
            (_, _) if self.prompt.is_some() => false,
            (Action::Restore, Screen::Apps) => self.undo.is_empty() && !self.apps.is_in_trash(),
            (Action::OpenApprovals, Screen::Apps) => {
                let waiting = self.session.as_ref().map_or(0, |session| session.waiting);
                waiting == 0 || !self.apps.marks.is_empty()
            }
            (_, Screen::Apps) => self.apps.is_idle(action),
            (_, Screen::App(page)) => page.is_idle(action),
            (_, Screen::Jwt(page)) => page.is_idle(action),
            (_, Screen::Sandbox(page)) => page.is_idle(action, &self.sandbox),
            (_, Screen::Trial(page)) => page.why_off(action).is_some(),
            // In the middle of a search, Space is a space.
            (Action::Toggle, Screen::CreateApp(screen)) => screen
                .form
                .picker
                .as_ref()
                .is_some_and(|picker| !picker.browsing),
            (Action::Toggle, Screen::JwtForm(screen)) => screen.is_searching(),
            _ => false,
        }
    }

    /// Create App is off for a role that may not create apps: says whom to ask.
    pub fn why_no_new_app(&self) -> Option<String> {
        let session = self.session.as_ref()?;
        if session.developer.role.may_create_apps() {
            return None;
        }
        let admins: Vec<String> = session
            .admins()
            .map(|admin| format!("{} <{}>", admin.full_name, admin.email.as_str()))
            .collect();
        let whom = if admins.is_empty() {
            "a Developer Admin".to_owned()
        } else {
            admins.join(" or ")
        };
        Some(format!(
            "Create App is off: your role is {}. Ask {whom} for the Developer role.",
            session.developer.role.label(),
        ))
    }

    fn why_no_new_jwt(&self) -> Option<String> {
        let role = self.session.as_ref()?.developer.role;
        (role == Role::AuditUser)
            .then(|| "Your role, Audit-user, creates no credentials.".to_owned())
    }

    pub fn tell(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice {
            text: text.into(),
            is_problem: false,
            until_ms: self.clock.mono_ms + NOTICE_MS,
        });
    }

    pub fn complain(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice {
            text: text.into(),
            is_problem: true,
            until_ms: self.clock.mono_ms + PROBLEM_MS,
        });
    }

    pub(crate) fn wait_for(&mut self, what: &'static str) {
        self.waiting = Some(what);
    }

    /// The open draft changed: it is written soon.
    pub(crate) fn draft_changed(&mut self) {
        let due = self.clock.mono_ms + DRAFT_DELAY_MS;
        self.draft_due_ms.get_or_insert(due);
    }

    /// When `Msg::Clock` is needed next, in milliseconds since the start; `None` while idle for good.
    pub fn next_wake_ms(&self) -> Option<u64> {
        let next_second = |until: u64| {
            let left = until.saturating_sub(self.clock.mono_ms);
            // A countdown changes when a whole second is over.
            self.clock.mono_ms
                + if left.is_multiple_of(1000) {
                    1000.min(left.max(1))
                } else {
                    left % 1000
                }
        };
        let idle = (self.session.is_some() && self.locked.is_none())
            .then(|| self.last_input_ms + self.settings.lock_after_ms);
        [
            self.draft_due_ms,
            self.detail_due_ms,
            self.notice.as_ref().map(|notice| notice.until_ms),
            self.clipboard.map(|copied| next_second(copied.until_ms)),
            self.sign_in_wait_until_ms().map(next_second),
            idle,
        ]
        .into_iter()
        .flatten()
        .min()
    }

    fn sign_in_wait_until_ms(&self) -> Option<u64> {
        let until = match (&self.locked, &self.screen) {
            (Some(locked), _) => locked.wait_until_ms,
            (None, Screen::SignIn(screen)) => screen.wait_until_ms,
            (None, Screen::Recover(screen)) => screen.wait_until_ms,
            (None, Screen::Password(screen)) => screen.wait_until_ms,
            _ => None,
        };
        until.filter(|until| *until > self.clock.mono_ms)
    }
}
