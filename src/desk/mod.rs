//! State that all pages share, and how a page reaches it: the session, notices, overlays, and
//! requests to the worker.

mod access;
mod ask;
mod local_server;

use std::ops::{Deref, DerefMut};

pub use self::{
    access::{Access, Lock},
    ask::{Answer, Ask, Overlay, Palette, Prompt, Question, Then, Typed},
    local_server::LocalServer,
};
use crate::{
    domain::{
        id::AppId, people::developer::Session, problem::Problem, progress::Progress, time::Clock,
    },
    request::{Copyable, Effect, LoadSession, PageId, Request, Ticket},
};

const NOTICE_MS: u64 = 6_000;
const PROBLEM_MS: u64 = 12_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    Done,
    /// The key did nothing, and nothing is wrong.
    Hint,
    Problem,
}

/// A line that reports what happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub text: String,
    pub kind: NoticeKind,
    pub until_ms: u64,
}

/// A secret on the clipboard, and when it is cleared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnClipboard {
    pub what: Copyable,
    pub until_ms: u64,
    /// Something else was copied since: a paste no longer gives the secret, but an older buffer may
    /// still hold it.
    pub covered: bool,
    /// The location of the secret, and what happens when the time is up, as far as is known.
    pub place: &'static str,
    pub clears: &'static str,
}

/// The settings given at the start.
#[derive(Clone, Debug)]
pub struct Settings {
    pub lock_after_ms: u64,
    /// The current folder, for proposed file names. Empty if it is unknown.
    pub folder: String,
    /// How a new developer opens the workspace. Empty if unknown.
    pub way_in: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            lock_after_ms: 10 * 60 * 1000,
            folder: String::new(),
            way_in: String::new(),
        }
    }
}

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    App(AppId),
    /// The draft that was kept last, which is the first row.
    Draft,
}

impl Notice {
    pub fn is_problem(&self) -> bool {
        self.kind == NoticeKind::Problem
    }
}

#[derive(Debug)]
pub struct Desk {
    pub access: Access,
    pub clock: Clock,
    pub size: (u16, u16),
    pub settings: Settings,
    pub notice: Option<Notice>,
    pub clipboard: Option<OnClipboard>,
    pub local_server: LocalServer,
    /// The overlays over the page; the last one gets the keys.
    pub overlays: Vec<Overlay>,
    /// The apps that were moved to the trash last, so that they can be restored.
    pub undo: Vec<AppId>,
    /// The list moves its cursor there when it comes to the front.
    pub wanted: Option<Wanted>,
    /// The request whose reply is awaited, and the text shown meanwhile.
    blocking: Option<(u64, Option<&'static str>)>,
    /// How far the awaited request is, once it takes long.
    progress: Option<Progress>,
    requests: u64,
    effects: Vec<Effect>,
}

impl Desk {
    pub fn new(size: (u16, u16), settings: Settings) -> Self {
        Self {
            access: Access::SignedOut,
            clock: Clock::default(),
            size,
            settings,
            notice: None,
            clipboard: None,
            local_server: LocalServer::default(),
            overlays: Vec::new(),
            undo: Vec::new(),
            wanted: None,
            blocking: None,
            progress: None,
            requests: 0,
            effects: Vec::new(),
        }
    }

    /// The session of the signed-in developer, also while the console is locked.
    pub fn session(&self) -> Option<&Session> {
        match &self.access {
            Access::SignedOut => None,
            Access::Open(session) | Access::Locked(session, _) => Some(session),
        }
    }

    /// Replaces the session. If the console was locked meanwhile, it stays locked.
    pub fn renew(&mut self, session: Session) {
        match &mut self.access {
            Access::Locked(old, _) => *old = session,
            access => *access = Access::Open(session),
        }
    }

    /// Takes over the developers only. Nothing happens if the session ended meanwhile.
    pub fn renew_names(&mut self, now: Session) {
        if let Access::Open(session) | Access::Locked(session, _) = &mut self.access {
            session.developers = now.developers;
            session.former = now.former;
        }
    }

    pub fn lock(&self) -> Option<&Lock> {
        match &self.access {
            Access::Locked(_, lock) => Some(lock),
            _ => None,
        }
    }

    pub fn is_locked(&self) -> bool {
        self.lock().is_some()
    }

    /// Shows a notice.
    pub fn notify(&mut self, text: impl Into<String>) {
        self.say(text.into(), NoticeKind::Done, NOTICE_MS);
    }

    /// Answers a key that did nothing.
    pub fn hint(&mut self, text: impl Into<String>) {
        self.say(text.into(), NoticeKind::Hint, NOTICE_MS);
    }

    /// Shows a problem.
    pub fn warn(&mut self, text: impl Into<String>) {
        self.say(text.into(), NoticeKind::Problem, PROBLEM_MS);
    }

    fn say(&mut self, text: String, kind: NoticeKind, for_ms: u64) {
        self.notice = Some(Notice {
            text,
            kind,
            until_ms: self.clock.mono_ms + for_ms,
        });
    }

    /// The value of a result; a problem is shown.
    pub fn or_warn<T>(&mut self, result: Result<T, Problem>) -> Option<T> {
        result.map_err(|problem| self.warn(problem.text)).ok()
    }

    /// The text shown while a reply is awaited. Keys that arrive meanwhile are held.
    pub fn waits_for(&self) -> Option<&'static str> {
        self.blocking.and_then(|(_, what)| what)
    }

    /// Whether keys are held until a reply arrives.
    pub fn is_waiting(&self) -> bool {
        self.blocking.is_some()
    }

    /// Ends the wait if it was for this request.
    pub fn stop_waiting(&mut self, number: u64) {
        if self
            .blocking
            .take_if(|(waited, _)| *waited == number)
            .is_some()
        {
            self.progress = None;
        }
    }

    /// How far the awaited request is, if it takes long.
    pub fn progress(&self) -> Option<Progress> {
        self.progress
    }

    /// News about another request come too late.
    pub fn progressed(&mut self, request: u64, progress: Progress) {
        if self.blocking.is_some_and(|(waited, _)| waited == request) {
            self.progress = Some(progress);
        }
    }

    fn wait(&mut self, number: u64, what: Option<&'static str>) {
        self.blocking = Some((number, what));
        self.progress = None;
    }

    pub fn prompt(&self) -> Option<&Prompt> {
        self.overlays.iter().find_map(|overlay| match overlay {
            Overlay::Prompt(_, prompt) => Some(prompt),
            _ => None,
        })
    }

    pub fn question(&self) -> Option<&Question> {
        self.overlays.iter().find_map(|overlay| match overlay {
            Overlay::Question(_, question) => Some(question),
            _ => None,
        })
    }

    /// Whether an overlay without a text field covers the page's text fields.
    pub fn is_covered(&self) -> bool {
        let is_prompt = |overlay: &Overlay| matches!(overlay, Overlay::Prompt(..));
        self.overlays.last().is_some_and(|top| !is_prompt(top))
    }

    /// Create App is off for a role that may not create apps; the reason says whom to ask.
    pub fn why_no_new_app(&self) -> Option<String> {
        let session = self.session()?;
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
            "Create app is off: your role is {}. Ask {whom} for the Developer role.",
            session.developer.role.label(),
        ))
    }

    pub fn suspend(&mut self) {
        self.effects.push(Effect::Suspend);
    }

    pub fn quit(&mut self) {
        self.effects.push(Effect::Quit);
    }

    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }
}

/// The desk as one page uses it: replies to its requests go to that page.
#[derive(Debug)]
pub struct Cx<'a> {
    desk: &'a mut Desk,
    page: PageId,
}

impl Deref for Cx<'_> {
    type Target = Desk;

    fn deref(&self) -> &Desk {
        self.desk
    }
}

impl DerefMut for Cx<'_> {
    fn deref_mut(&mut self) -> &mut Desk {
        self.desk
    }
}

impl<'a> Cx<'a> {
    pub fn new(desk: &'a mut Desk, page: PageId) -> Self {
        Self { desk, page }
    }

    /// Sends a request to the worker. Returns the number that its reply will have; later requests
    /// have higher numbers.
    pub fn request(&mut self, request: impl Into<Request>) -> u64 {
        self.request_for(self.page, request.into())
    }

    /// The same, and keys are held until the reply arrives.
    pub fn await_reply(&mut self, request: impl Into<Request>, what: &'static str) {
        let number = self.request(request);
        self.desk.wait(number, Some(what));
    }

    /// Requests the data of the page. Keys that were typed ahead are held until it arrives, because
    /// they act on it; nothing is shown meanwhile.
    pub fn load(&mut self, request: impl Into<Request>) -> u64 {
        let number = self.request(request);
        self.desk.wait(number, None);
        number
    }

    /// The console reports a copy and counts it down, whichever page is in front.
    pub fn copy(&mut self, request: impl Into<Request>) {
        self.request_for(PageId::ROOT, request.into());
    }

    /// Reads the names again that the session has. The console takes the reply, before that of the
    /// page's own request.
    pub fn load_names(&mut self) {
        self.request_for(PageId::ROOT, LoadSession {}.into());
    }

    /// Holds keys until the reply to an earlier request arrives.
    pub fn wait_for(&mut self, number: u64, what: &'static str) {
        self.desk.wait(number, Some(what));
    }

    fn request_for(&mut self, page: PageId, request: Request) -> u64 {
        self.desk.requests += 1;
        let number = self.desk.requests;
        self.desk
            .effects
            .push(Effect::Request(Ticket { number, page }, request));
        number
    }

    /// Asks a yes-or-no question.
    pub fn confirm(&mut self, question: Question) {
        let overlay = Overlay::Question(self.page, question);
        self.desk.overlays.push(overlay);
    }

    /// Asks a question that is answered by typing. The field starts with `known`.
    pub fn ask(&mut self, ask: impl Ask + 'static, known: &str) {
        let overlay = Overlay::Prompt(self.page, Prompt::new(Box::new(ask), known));
        self.desk.overlays.push(overlay);
    }
}
