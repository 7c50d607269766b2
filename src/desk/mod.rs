//! What all pages share, and how a page reaches it: who is signed in, what was said, what lies over
//! the page, what is asked of the outside.

mod access;
mod ask;
mod sandbox;

use std::ops::{Deref, DerefMut};

pub use self::{
    access::{Access, Lock},
    ask::{Answer, Ask, Overlay, Palette, Prompt, Question, Typed},
    sandbox::Sandbox,
};
use crate::{
    domain::{id::AppId, people::developer::Session, problem::Problem, time::Clock},
    request::{Copyable, Effect, PageId, Request, Ticket},
};

const NOTICE_MS: u64 = 6_000;
const PROBLEM_MS: u64 = 12_000;

/// A line that tells what happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub text: String,
    pub is_problem: bool,
    pub until_ms: u64,
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

#[derive(Debug)]
pub struct Desk {
    pub access: Access,
    pub clock: Clock,
    pub size: (u16, u16),
    pub settings: Settings,
    pub notice: Option<Notice>,
    pub clipboard: Option<OnClipboard>,
    pub sandbox: Sandbox,
    /// What lies over the page; the last one has the keys.
    pub overlays: Vec<Overlay>,
    /// The apps that went into the trash last, to be taken out again.
    pub undo: Vec<AppId>,
    /// The app that the list puts its cursor on, once it is in front.
    pub wanted: Option<AppId>,
    /// The request that is waited for, and what the wait is called.
    blocking: Option<(u64, &'static str)>,
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
            sandbox: Sandbox::default(),
            overlays: Vec::new(),
            undo: Vec::new(),
            wanted: None,
            blocking: None,
            requests: 0,
            effects: Vec::new(),
        }
    }

    /// Who is signed in, behind a lock too.
    pub fn session(&self) -> Option<&Session> {
        match &self.access {
            Access::SignedOut => None,
            Access::Open(session) | Access::Locked(session, _) => Some(session),
        }
    }

    /// The session as it is now. A lock that came first stays.
    pub fn renew(&mut self, session: Session) {
        match &mut self.access {
            Access::Locked(old, _) => *old = session,
            access => *access = Access::Open(session),
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

    /// Says what happened.
    pub fn notify(&mut self, text: impl Into<String>) {
        self.say(text.into(), false, NOTICE_MS);
    }

    /// Says what is wrong.
    pub fn warn(&mut self, text: impl Into<String>) {
        self.say(text.into(), true, PROBLEM_MS);
    }

    fn say(&mut self, text: String, is_problem: bool, for_ms: u64) {
        self.notice = Some(Notice {
            text,
            is_problem,
            until_ms: self.clock.mono_ms + for_ms,
        });
    }

    /// What came of a request; a problem is told.
    pub fn or_warn<T>(&mut self, result: Result<T, Problem>) -> Option<T> {
        result.map_err(|problem| self.warn(problem.text)).ok()
    }

    /// What is waited for, in a word or two. Keys that arrive meanwhile are held.
    pub fn waits_for(&self) -> Option<&'static str> {
        self.blocking.map(|(_, what)| what)
    }

    /// Whether it was this request that was waited for.
    pub fn stop_waiting(&mut self, number: u64) {
        self.blocking.take_if(|(waited, _)| *waited == number);
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

    /// Something without a field lies over what could be typed into.
    pub fn is_covered(&self) -> bool {
        let is_prompt = |overlay: &Overlay| matches!(overlay, Overlay::Prompt(..));
        self.overlays.last().is_some_and(|top| !is_prompt(top))
    }

    /// Create App is off for a role that may not create apps: says whom to ask.
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
            "Create App is off: your role is {}. Ask {whom} for the Developer role.",
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

/// The desk as one page reaches it: what it asks comes back to it.
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

    /// Asks the outside. The number is that of the reply; a later request has a higher one.
    pub fn request(&mut self, request: impl Into<Request>) -> u64 {
        self.request_for(self.page, request.into())
    }

    /// The same, and nothing else happens until the reply has come.
    pub fn await_reply(&mut self, request: impl Into<Request>, what: &'static str) {
        let number = self.request(request);
        self.desk.blocking = Some((number, what));
    }

    /// A copy is told of and counted down whichever page is in front.
    pub fn copy(&mut self, request: impl Into<Request>) {
        self.request_for(PageId::ROOT, request.into());
    }

    /// Keys are held until the reply to a request that was made before.
    pub fn wait_for(&mut self, number: u64, what: &'static str) {
        self.desk.blocking = Some((number, what));
    }

    fn request_for(&mut self, page: PageId, request: Request) -> u64 {
        self.desk.requests += 1;
        let number = self.desk.requests;
        self.desk
            .effects
            .push(Effect::Request(Ticket { number, page }, request));
        number
    }

    /// A question that is answered by yes or no.
    pub fn confirm(&mut self, question: Question) {
        let overlay = Overlay::Question(self.page, question);
        self.desk.overlays.push(overlay);
    }

    /// A question that is answered by typing. What is known already is there to be changed.
    pub fn ask(&mut self, ask: impl Ask + 'static, known: &str) {
        let overlay = Overlay::Prompt(self.page, Prompt::new(Box::new(ask), known));
        self.desk.overlays.push(overlay);
    }
}
