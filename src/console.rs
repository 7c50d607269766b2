//! The root of the program's state, and the routes to its screens. Nothing else.

use std::collections::VecDeque;

use zeroize::Zeroize as _;

use crate::{
    domain::developer::Session,
    form::FormEvent,
    keymap::{self, Action, Context, Key},
    message::{Clock, Copyable, Effect, Msg, SignInRefusal},
    screens::{
        app::AppPage,
        apps::Apps,
        create_app::CreateApp,
        locked::Locked,
        sign_in::{Recover, SignIn},
        sign_up::{ShowRecoveryKey, SignUp},
    },
};

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
    /// Lines that the open help is scrolled down.
    pub help: Option<u16>,
    pub notice: Option<Notice>,
    pub clipboard: Option<OnClipboard>,
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
            help: None,
            notice: None,
            clipboard: None,
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
        if let Some(locked) = &self.locked {
            return locked.context();
        }
        if self.question.is_some() {
            return vec![Context::Confirm, Context::Anywhere];
        }
        match &self.screen {
            Screen::SignUp(screen) => screen.context(),
            Screen::ShowRecoveryKey(_) => vec![Context::Text, Context::Form, Context::Anywhere],
            Screen::SignIn(screen) => screen.context(),
            Screen::Recover(screen) => screen.context(),
            Screen::Apps => self.apps.context(),
            Screen::CreateApp(screen) => screen.context(),
            Screen::App(_) => vec![Context::App, Context::Anywhere],
        }
    }

    /// Why an action is off, if it is. The footer dims it, the key answers with the reason.
    pub fn why_off(&self, action: Action) -> Option<String> {
        match (action, &self.screen) {
            (Action::New, Screen::Apps | Screen::App(_)) => self.why_no_new_app(),
            (Action::Discard, Screen::Apps) => self
                .apps
                .draft_under_cursor()
                .is_none()
                .then(|| "Only drafts can be discarded here.".to_owned()),
            (Action::Confirm, Screen::Apps) if self.apps.filtering => None,
            (Action::CopyClientId | Action::CopySecret | Action::Confirm, Screen::Apps) => {
                self.apps.why_off(action)
            }
            (Action::CopySecret | Action::CopySharedSecret | Action::Reveal, Screen::App(page)) => {
                page.why_no_secret(action, self.session.as_ref())
            }
            (Action::Lock, _) if self.session.is_none() => {
                Some("Nobody is signed in: there is nothing to lock.".to_owned())
            }
            _ => None,
        }
    }

    /// Whether an action has nothing to work on here, so that the footer need not name it.
    pub fn is_idle(&self, action: Action) -> bool {
        match (action, &self.screen) {
            (_, _) if self.locked.is_some() || self.help.is_some() => false,
            (Action::Back, Screen::SignUp(_) | Screen::SignIn(_) | Screen::ShowRecoveryKey(_)) => {
                true
            }
            (Action::NextField, Screen::ShowRecoveryKey(_)) => true,
            (Action::Discard, Screen::Apps) => self.apps.draft_under_cursor().is_none(),
            (Action::CopySharedSecret, Screen::App(page)) => !page.has_shared_secret(),
            (Action::CopyClientId | Action::CopySecret, Screen::Apps) => {
                self.apps.app_under_cursor().is_none()
            }
            // In the middle of a search, Space is a space.
            (Action::Toggle, Screen::CreateApp(screen)) => screen
                .form
                .picker
                .as_ref()
                .is_some_and(|picker| !picker.browsing),
            (Action::Confirm | Action::Filter, Screen::Apps) => {
                self.apps.is_empty() && !self.apps.filtering
            }
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
            _ => None,
        };
        until.filter(|until| *until > self.clock.mono_ms)
    }
}

/// The pure step.
pub fn update(console: &mut Console, msg: Msg) -> Vec<Effect> {
    let mut effects = Vec::new();
    step(console, msg, &mut effects);
    // An answer may have ended the wait: what was typed meanwhile is worked off in order.
    while !console.holds_input() && !console.quitting {
        let Some(held) = console.held.pop_front() else {
            break;
        };
        step(console, held, &mut effects);
    }
    effects
}

fn step(console: &mut Console, msg: Msg, effects: &mut Vec<Effect>) {
    match msg {
        Msg::Clock(clock) => tick(console, clock, effects),
        Msg::Resize(width, height) => {
            console.size = (width, height);
            console.apps.resized(console.size);
            crate::screens::apps::update::look(console, effects);
        }
        Msg::HangUp => quit_in_turn(console, Msg::HangUp, effects),
        Msg::Suspend => {
            if console.session.is_some() && console.locked.is_none() {
                lock(console, effects);
            }
            effects.push(Effect::Suspend);
        }
        Msg::Answer(answer) => crate::answers::answer(console, answer, effects),
        Msg::Key(key) => {
            console.last_input_ms = console.clock.mono_ms;
            let quits = key
                == Key {
                    code: crossterm::event::KeyCode::Char('c'),
                    ctrl: true,
                    alt: false,
                };
            if quits {
                quit_in_turn(console, Msg::Key(key), effects);
            } else if console.holds_input() {
                console.held.push_back(Msg::Key(key));
            } else {
                press(console, key, effects);
            }
        }
        Msg::Paste(mut text) => {
            console.last_input_ms = console.clock.mono_ms;
            if console.holds_input() {
                console.held.push_back(Msg::Paste(text));
            } else {
                paste(console, &text, effects);
                // It may have been a password.
                text.zeroize();
            }
        }
    }
}

impl Console {
    /// While an answer is awaited that the next key may depend on, keys are held.
    fn holds_input(&self) -> bool {
        let list_is_on_its_way = matches!(self.screen, Screen::Apps)
            && self.apps.asked
            && !self.apps.filtering
            && self.locked.is_none()
            && self.help.is_none();
        self.waiting.is_some() || list_is_on_its_way
    }
}

fn tick(console: &mut Console, clock: Clock, effects: &mut Vec<Effect>) {
    console.clock = clock;
    let now = clock.mono_ms;
    if console
        .notice
        .as_ref()
        .is_some_and(|notice| notice.until_ms <= now)
    {
        console.notice = None;
    }
    if console
        .clipboard
        .is_some_and(|copied| copied.until_ms <= now)
    {
        console.clipboard = None;
        effects.push(Effect::ClearClipboard);
    }
    if console.locked.is_some() {
        // The vault is closed; what is unsaved is written after unlocking.
        console.draft_due_ms = None;
    }
    if console.draft_due_ms.is_some_and(|due| due <= now) {
        save_draft(console, effects);
    }
    if console.detail_due_ms.is_some_and(|due| due <= now) {
        console.detail_due_ms = None;
        crate::screens::apps::update::load_detail(console, effects);
    }
    let idle_ms = now.saturating_sub(console.last_input_ms);
    if console.session.is_some()
        && console.locked.is_none()
        && idle_ms >= console.settings.lock_after_ms
    {
        lock(console, effects);
    }
}

fn press(console: &mut Console, key: Key, effects: &mut Vec<Effect>) {
    let stack = console.context();
    let Some(action) = keymap::action(&stack, key) else {
        return;
    };
    match action {
        Action::Quit => return quit(console, effects),
        Action::Help => {
            console.help = Some(0);
            return;
        }
        _ => {}
    }
    if console.help.is_some() {
        return crate::help::act(console, action);
    }
    if console.locked.is_some() {
        return crate::screens::locked::update::act(console, action, effects);
    }
    if console.question.is_some() {
        return act_on_question(console, action, effects);
    }
    if action == Action::Lock {
        match console.why_off(action) {
            Some(reason) => console.complain(reason),
            None => lock(console, effects),
        }
        return;
    }
    if let Some(reason) = console.why_off(action) {
        console.complain(reason);
        return;
    }
    match &console.screen {
        Screen::SignUp(_) => crate::screens::sign_up::update::act(console, action, effects),
        Screen::ShowRecoveryKey(_) => {
            crate::screens::sign_up::update::act_on_key(console, action, effects);
        }
        Screen::SignIn(_) => crate::screens::sign_in::update::act(console, action, effects),
        Screen::Recover(_) => {
            crate::screens::sign_in::update::act_on_recover(console, action, effects);
        }
        Screen::Apps => crate::screens::apps::update::act(console, action, effects),
        Screen::CreateApp(_) => crate::screens::create_app::update::act(console, action, effects),
        Screen::App(_) => crate::screens::app::update::act(console, action, effects),
    }
}

fn act_on_question(console: &mut Console, action: Action, effects: &mut Vec<Effect>) {
    let Some(question) = console.question.take() else {
        return;
    };
    match action {
        Action::Confirm => {
            effects.push(question.then);
            console.wait_for("Working");
        }
        Action::Back => {}
        _ => console.question = Some(question),
    }
}

/// A paste is text, wherever it lands: it never triggers a key.
fn paste(console: &mut Console, text: &str, effects: &mut Vec<Effect>) {
    if console.help.is_some() || (console.question.is_some() && console.locked.is_none()) {
        return;
    }
    if console.locked.is_some() {
        if crate::screens::locked::update::paste(console, text) {
            console.complain(CUT_PASTE);
        }
        return;
    }
    let cut = match &mut console.screen {
        Screen::SignUp(screen) => screen.paste(text),
        Screen::ShowRecoveryKey(screen) => screen.paste(text),
        Screen::SignIn(screen) => screen.paste(text),
        Screen::Recover(screen) => screen.paste(text),
        Screen::Apps => crate::screens::apps::update::paste(console, text, effects),
        Screen::CreateApp(_) => crate::screens::create_app::update::paste(console, text, effects),
        Screen::App(_) => false,
    };
    if cut {
        console.complain(CUT_PASTE);
    }
}

/// Writes the open draft, if it has something to keep.
pub(crate) fn save_draft(console: &mut Console, effects: &mut Vec<Effect>) {
    console.draft_due_ms = None;
    if let Screen::CreateApp(screen) = &mut console.screen {
        match &screen.id {
            // While it is being created, a save would bring the draft of a finished app back.
            Some(id) if !screen.creating && (screen.kept || !screen.is_pristine()) => {
                if let Some(body) = screen.stored() {
                    let id = id.clone();
                    screen.kept = true;
                    screen.unanswered_saves += 1;
                    effects.push(Effect::SaveDraft { id, body });
                } else {
                    console.complain(
                        "The draft cannot be written. What is typed is only on this screen.",
                    );
                }
            }
            _ => {}
        }
    }
}

/// Locks: no key in memory, no secret on the screen or the clipboard. The screen waits behind.
pub(crate) fn lock(console: &mut Console, effects: &mut Vec<Effect>) {
    let Some(session) = &console.session else {
        return;
    };
    let locked = Locked::new(session);
    if console.draft_due_ms.is_some() {
        save_draft(console, effects);
    }
    match &mut console.screen {
        Screen::CreateApp(screen) => screen.form.revealed = None,
        Screen::App(page) => page.secrets = None,
        _ => {}
    }
    // Bodies of drafts hold secrets; the list asks for them again.
    console.apps.drafts.clear();
    console.question = None;
    console.help = None;
    console.notice = None;
    // Asked for in any case: a copy may be on its way, or an earlier clearing may have failed.
    console.clipboard = None;
    effects.push(Effect::ClearClipboard);
    console.locked = Some(locked);
    effects.push(Effect::Lock);
}

/// Keys that were typed before are worked off first; asked for twice, it does not wait for them.
fn quit_in_turn(console: &mut Console, msg: Msg, effects: &mut Vec<Effect>) {
    if console.holds_input() && !console.quit_wanted {
        console.quit_wanted = true;
        console.held.push_back(msg);
    } else {
        quit(console, effects);
    }
}

fn quit(console: &mut Console, effects: &mut Vec<Effect>) {
    if console.quitting {
        return;
    }
    console.quitting = true;
    if matches!(console.screen, Screen::CreateApp(_)) && console.locked.is_none() {
        save_draft(console, effects);
    }
    console.clipboard = None;
    effects.push(Effect::ClearClipboard);
    effects.push(Effect::Quit);
}

/// What a refused sign-in means for the screens that sign in.
pub(crate) fn refusal_text(refusal: &SignInRefusal) -> String {
    match refusal {
        SignInRefusal::Wrong { .. } => "E-mail and password do not match.".to_owned(),
        SignInRefusal::Wait { .. } => "Too many tries.".to_owned(),
        SignInRefusal::Failed(problem) => problem.clone(),
    }
}

pub(crate) fn refusal_wait_ms(refusal: &SignInRefusal) -> u64 {
    match refusal {
        SignInRefusal::Wrong { wait_ms } | SignInRefusal::Wait { wait_ms } => *wait_ms,
        SignInRefusal::Failed(_) => 0,
    }
}

/// Events that every form answers in the same way. Says whether the event is dealt with.
pub(crate) fn refused(console: &mut Console, event: &FormEvent) -> bool {
    if let FormEvent::Refused(reason) = event {
        let reason = reason.clone();
        console.complain(reason);
        return true;
    }
    false
}

/// Shorthand for answers that failed.
pub(crate) fn failed<T>(console: &mut Console, result: Result<T, String>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(problem) => {
            console.complain(problem);
            None
        }
    }
}
