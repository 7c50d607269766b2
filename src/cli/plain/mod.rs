//! The console as lines and prompts, for screen readers and for terminals that cannot place a
//! cursor. It uses the state, step, worker and field tables of the full screen: no rule, label or
//! check is written here again.

mod create_app;
pub mod dialog;
mod entrance;
mod list;
mod questions;

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use zeroize::Zeroizing;

use crate::cli::plain::dialog::{Dialog, LineEvent};
use crate::{
    console::{self, Console, Msg, Screen},
    domain::time::{Clock, UnixMs},
    form::Slot,
    keymap::Key,
    request::{Effect, Reply},
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
    dialog: &'a mut dyn Dialog,
    started: Instant,
}

impl std::fmt::Debug for Plain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plain")
            .field("console", &self.console)
            .finish_non_exhaustive()
    }
}

impl<'a> Plain<'a> {
    pub fn new(console: Console, worker: Worker, dialog: &'a mut dyn Dialog) -> Self {
        Self {
            console,
            worker,
            dialog,
            started: Instant::now(),
        }
    }

    /// Runs until the person leaves. Returns the exit code, or why the last changes may not be on
    /// disk.
    pub fn run(mut self) -> Result<u8, String> {
        self.tick();
        self.say("devconsole, line by line. ? explains a question, < goes back.");
        let code = loop {
            if self.console.quitting {
                break 0;
            }
            match self.screen() {
                Ok(()) | Err(Leave::Locked) => {}
                Err(Leave::Program(code)) => {
                    self.feed(Msg::HangUp);
                    break code;
                }
            }
        };
        self.worker.end().map(|()| code)
    }

    fn screen(&mut self) -> Answered<()> {
        if self.console.desk.is_locked() {
            return self.unlock();
        }
        match self.console.screen() {
            Screen::SignUp(_) => self.sign_up(),
            Screen::ShowRecoveryKey(_) => self.recovery_key(),
            Screen::SignIn(_) => self.sign_in(),
            Screen::Recover(_) => self.recover(),
            Screen::Apps(_) => self.list(),
            Screen::CreateApp(_) => self.create_app(),
            Screen::App(_) => self.app(),
            Screen::Password(_) => self.password(),
            Screen::History(_) => {
                self.history();
                Ok(())
            }
            // Other pages have no plain mode: no command leads to them.
            _ => {
                self.press("esc");
                Ok(())
            }
        }
    }

    fn say(&mut self, line: &str) {
        self.dialog.say(line);
    }

    fn ask(&mut self, question: &str) -> Answered<String> {
        self.ask_for(question, false)
            .map(|line| line.trim().to_owned())
    }

    fn ask_for(&mut self, question: &str, is_secret: bool) -> Answered<Zeroizing<String>> {
        self.dialog.ask(question, is_secret);
        loop {
            let wake = self
                .console
                .next_wake_ms()
                .map(|at| Duration::from_millis(at).saturating_sub(self.started.elapsed()));
            let message = self.dialog.wait(wake);
            self.tick();
            match message {
                LineEvent::Line(line) if !self.console.desk.is_locked() || is_secret => {
                    return Ok(line);
                }
                // A line that was typed into a locked console is not an answer.
                LineEvent::Line(_) => return Err(Leave::Locked),
                LineEvent::End => return Err(Leave::Program(0)),
                LineEvent::Signal(code) => return Err(Leave::Program(code)),
                LineEvent::Woke => {}
            }
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
            let mark = if notice.is_problem { "Problem: " } else { "" };
            self.say(&format!("{mark}{}", notice.text));
        }
    }

    /// Does what was asked for beside a step.
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
                        self.say(&format!("Problem: The draft is not on disk: {why}"));
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

    /// Replaces the text of the focused field.
    fn replace_text(&mut self, text: &str) {
        self.press("end");
        self.press("ctrl-u");
        if !text.is_empty() {
            self.feed(Msg::Paste(text.to_owned()));
        }
    }

    fn is_yes(&mut self, question: &str) -> Answered<bool> {
        let answer = self.ask(&format!("{question} (yes or no)"))?;
        Ok(matches!(answer.to_lowercase().as_str(), "y" | "yes"))
    }
}

/// What an answer means besides a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    On,
    Back,
}

/// The parts of a text field that a question needs.
struct TextField {
    slot: Slot,
    label: &'static str,
    help: &'static str,
    is_required: bool,
    is_secret: bool,
    text: String,
}

impl Plain<'_> {
    /// Asks until there is an answer. `focus` focuses the field in the screen.
    fn ask_text(
        &mut self,
        field: &TextField,
        focus: impl FnOnce(&mut Screen, Slot),
    ) -> Answered<Next> {
        let mut question = field.label.to_owned();
        if !field.is_required {
            question.push_str(" (optional)");
        }
        if !field.text.is_empty() && !field.is_secret {
            question.push_str(&format!(" [{}]", field.text));
        }
        question.push(':');
        let answer = loop {
            let answer = self.ask_for(&question, field.is_secret)?;
            if answer.trim() != "?" {
                break answer;
            }
            self.say(field.help);
            if !field.text.is_empty() && !field.is_secret {
                self.say("Enter alone keeps what is there, - empties it.");
            }
        };
        let text = match answer.trim() {
            "<" => return Ok(Next::Back),
            "" => return Ok(Next::On),
            "-" if !field.is_secret => "",
            _ => answer.as_str(),
        };
        focus(self.console.screen_mut(), field.slot);
        self.replace_text(text);
        Ok(Next::On)
    }
}
