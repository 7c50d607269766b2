//! Plain mode: the console as lines and prompts, for screen readers and for terminals that cannot
//! place a cursor. It uses the state, step, worker, keys and field tables of the full screen: no
//! rule, label or check is written here again.
//!
//! A page is either a form, whose fields are asked one after another (`form`), or rows and commands
//! (`commands`). `prompt` asks every question, and knows the words that work everywhere.

mod commands;
pub mod dialog;
mod entrance;
mod field;
mod form;
mod lists;
mod pages;
mod prompt;
mod reveal;
mod review;
mod rows;
pub mod spoken;
mod trial;
pub mod words;

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        mpsc::{self, Receiver},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use self::{
    dialog::{Dialog, LineEvent},
    rows::Position,
    spoken::spoken,
};
use crate::{
    console::{self, Console, Msg, Screen},
    domain::{
        text,
        time::{Clock, UnixMs},
    },
    keymap::{Action, BINDINGS, Key, Mode},
    request::{Effect, News, Reply},
    runtime::worker::{Outcome, Worker},
};

/// Why a question has no answer.
#[derive(Debug)]
pub(crate) enum Leave {
    /// The program ends with this exit code.
    Program(u8),
    /// The console locked itself, and the loop asks for the password.
    Locked,
}

type Answered<T> = Result<T, Leave>;

/// The dialog's state: the console, and a worker that runs its effects one after the other.
pub struct Plain<'a> {
    console: Console,
    worker: Worker,
    news: Receiver<News>,
    dialog: &'a mut dyn Dialog,
    started: Instant,
    /// Without hints, for people who know the commands.
    is_brief: bool,
    /// A question is open: what happens meanwhile is said after its answer.
    is_asking: bool,
    meanwhile: Vec<String>,
    /// The question is for the password of a locked console.
    is_unlocking: bool,
    /// The kinds of pages that were explained.
    explained: BTreeSet<&'static str>,
    /// When the clipboard is cleared, as last announced.
    clears_at: Option<u64>,
    /// The position in the rows of each kind of page.
    position: Position,
}

impl std::fmt::Debug for Plain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plain")
            .field("console", &self.console)
            .finish_non_exhaustive()
    }
}

impl<'a> Plain<'a> {
    pub fn new(
        console: Console,
        worker: Worker,
        dialog: &'a mut dyn Dialog,
        is_brief: bool,
    ) -> Self {
        let (sender, news) = mpsc::channel();
        let notify = Arc::new(move |news| sender.send(news).is_ok());
        Self {
            console,
            worker: worker.notifying(notify),
            news,
            dialog,
            started: Instant::now(),
            is_brief,
            is_asking: false,
            meanwhile: Vec::new(),
            is_unlocking: false,
            explained: BTreeSet::new(),
            clears_at: None,
            position: Position::default(),
        }
    }

    /// Runs until the person leaves. Returns the exit code, or why the last changes may not be on
    /// disk.
    pub fn run(mut self) -> Result<u8, String> {
        self.tick();
        self.say("devconsole, plain mode. At every prompt: help, back, quit.");
        let code = loop {
            if self.console.quitting {
                break 0;
            }
            match self.page() {
                Ok(()) | Err(Leave::Locked) => {}
                Err(Leave::Program(code)) => {
                    let has_draft = match self.console.screen() {
                        Screen::CreateApp(form) => form.is_worth_keeping(),
                        _ => false,
                    };
                    self.feed(Msg::HangUp);
                    if has_draft {
                        self.say("Draft kept.");
                    }
                    break code;
                }
            }
        };
        self.worker.end().map(|()| code)
    }

    fn page(&mut self) -> Answered<()> {
        if self.console.desk.is_locked() {
            return self.unlock();
        }
        if self.console.desk.prompt().is_some() || self.console.desk.question().is_some() {
            return self.answer_overlay();
        }
        let is_form = self.any_form().is_some() && self.mode() != Mode::Conflict;
        match self.console.screen() {
            Screen::ShowRecoveryKey(_) => self.recovery_key(),
            Screen::SignIn(_) => self.sign_in(),
            Screen::Trial(_) => self.trial(),
            _ if is_form => self.form(),
            _ => self.commands(),
        }
    }

    /// The innermost context of the page in front.
    fn mode(&self) -> Mode {
        let modes = self.console.modes();
        modes.first().copied().unwrap_or(Mode::Anywhere)
    }

    /// Which page is in front, and which of its parts.
    fn place(&self) -> (u64, Mode) {
        (self.console.page_id().0, self.mode())
    }

    fn say(&mut self, line: &str) {
        let line = spoken(line);
        if self.is_asking {
            self.meanwhile.push(line);
        } else {
            self.dialog.say(&line);
        }
    }

    fn say_all(&mut self, lines: &[String]) {
        for line in lines {
            self.say(line);
        }
    }

    fn tick(&mut self) {
        let unix = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_millis());
        self.feed(Msg::Clock(Clock {
            mono_ms: u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX),
            unix: UnixMs(i64::try_from(unix).unwrap_or(i64::MAX)),
        }));
        while let Ok(news) = self.news.try_recv() {
            self.feed(Msg::News(news));
        }
    }

    /// Waits without a question, e.g. for the next step of a trial.
    fn pause(&mut self, time: Duration) -> Answered<()> {
        let event = self.dialog.pause(time);
        self.tick();
        match event {
            LineEvent::Signal(code) => Err(Leave::Program(code)),
            LineEvent::End => Err(Leave::Program(0)),
            LineEvent::Line(_) | LineEvent::Woke => Ok(()),
        }
    }

    /// Runs one step and all its effects, and prints the result.
    fn feed(&mut self, msg: Msg) {
        let effects = console::update(&mut self.console, msg);
        self.fulfill(effects);
        let is_form = matches!(self.console.screen(), Screen::CreateApp(_));
        let is_due = self.console.screen().page().wakes_at().is_some();
        if is_form && is_due && !self.console.desk.is_locked() {
            // Every answer is kept before the next question is asked.
            self.console.with_page(|page, cx| page.keep(cx));
            self.go_on();
        }
        if let Some(notice) = self.console.desk.notice.take() {
            let mark = if notice.is_problem() { "Problem: " } else { "" };
            let text = self.in_words(&notice.text);
            self.say(&format!("{mark}{text}"));
        }
        let now = self.console.desk.clock.mono_ms;
        let until_ms = self.console.desk.clipboard.map(|copied| copied.until_ms);
        if std::mem::replace(&mut self.clears_at, until_ms) != until_ms
            && let Some(copied) = self.console.desk.clipboard
        {
            let left_s = copied.until_ms.saturating_sub(now).div_ceil(1000);
            let (what, clears) = (copied.what.title(), text::capitalized(copied.clears));
            self.say(&format!("{what}: {}", copied.place));
            self.say(&format!("{clears} in {left_s} seconds."));
        }
    }

    /// Performs the effects that are requested outside of a step.
    fn go_on(&mut self) {
        let effects = self.console.desk.take_effects();
        self.fulfill(effects);
    }

    fn fulfill(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            if matches!(effect, Effect::Quit | Effect::Suspend) {
                continue;
            }
            let now = self.console.desk.clock.unix;
            for outcome in self.worker.perform(effect, now) {
                match outcome {
                    Outcome::Reply(_, Reply::SaveDraft(_, Err(why))) if self.console.quitting => {
                        let why = why.text;
                        self.say(&format!("Problem: The draft is not saved: {why}"));
                    }
                    Outcome::Reply(ticket, reply) => self.feed(Msg::Reply(ticket, reply)),
                    Outcome::News(news) => self.feed(Msg::News(news)),
                    Outcome::ToTerminal(bytes) => self.dialog.send(&bytes),
                    Outcome::MaySuspend => {}
                }
            }
        }
    }

    /// Acts like a key of the full screen.
    fn press(&mut self, key: &str) {
        if let Some(key) = Key::parse(key) {
            self.feed(Msg::Key(key));
        }
    }

    /// Acts like the key that has this meaning here. Returns whether there is one.
    fn act(&mut self, action: Action) -> bool {
        let modes = self.console.modes();
        let keys = BINDINGS
            .iter()
            .filter(|one| one.action == action && modes.contains(&one.mode))
            .flat_map(|one| one.keys);
        let bound = keys.copied().find(|key| {
            let key = Key::parse(key);
            key.and_then(|key| crate::keymap::action(&modes, key)) == Some(action)
        });
        if let Some(key) = bound {
            self.press(key);
        }
        bound.is_some()
    }

    /// Replaces the text of the focused field.
    fn replace_text(&mut self, text: &str) {
        self.press("end");
        self.press("ctrl-u");
        if !text.is_empty() {
            self.feed(Msg::Paste(text.to_owned()));
        }
    }
}
