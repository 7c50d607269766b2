//! The only place that asks. For every question, the prompt is complete, nothing is printed into
//! it, a locked console takes no answer, and the same words work.

use std::time::Duration;

use zeroize::Zeroizing;

use super::{Answered, Leave, Plain, dialog::LineEvent};
use crate::{console::Msg, desk::Prompt, domain::text, keymap::Key};

/// The line that was typed at a prompt.
#[derive(Debug)]
pub(super) enum Said {
    Enter,
    Back,
    Help,
    Skip,
    Again,
    Where,
    Review,
    NextError,
    /// A part of the label of a question, or its number.
    To(String),
    Text(Zeroizing<String>),
}

/// The meaning of the words in a form. An answer that is such a word is typed after `=`.
pub(super) const ANSWERS: &str = "again repeats the question, where says where you are, skip goes on, back returns, review reads all answers, next error and to FIELD go to a question, quit quits. To answer with one of these words, type an equals sign before it.";

pub(super) const SECRETS: &str =
    "What you type is not shown. back returns; every other word is an answer here.";

impl Plain<'_> {
    /// Asks for one line.
    pub(super) fn line(&mut self, prompt: &str, is_secret: bool) -> Answered<Zeroizing<String>> {
        self.tick();
        if self.must_unlock() {
            self.say_locked();
            return Err(Leave::Locked);
        }
        self.dialog.ask(&super::spoken(prompt), is_secret);
        self.is_asking = true;
        let answer = self.answered();
        self.is_asking = false;
        if let Err(leave) = &answer {
            self.dialog.interrupt();
            if matches!(leave, Leave::Locked) {
                self.say_locked();
            }
        }
        for line in std::mem::take(&mut self.meanwhile) {
            self.dialog.say(&line);
        }
        answer
    }

    /// Whether only the password may be asked for.
    fn must_unlock(&self) -> bool {
        self.console.desk.is_locked() && !self.is_unlocking
    }

    fn say_locked(&mut self) {
        let minutes = self.console.desk.settings.lock_after_ms / 60_000;
        let minutes = super::spoken::count(minutes, "minute", "minutes");
        self.say(&format!("Locked after {minutes} without an answer."));
    }

    fn answered(&mut self) -> Answered<Zeroizing<String>> {
        loop {
            let wake = self
                .console
                .next_wake_ms()
                .map(|at| Duration::from_millis(at).saturating_sub(self.started.elapsed()));
            let event = self.dialog.wait(wake);
            if matches!(event, LineEvent::Line(_)) && !self.console.desk.is_locked() {
                // Enter and ? count as use, as every key does.
                self.used();
            }
            self.tick();
            match event {
                LineEvent::End => return Err(Leave::Program(0)),
                LineEvent::Signal(code) => return Err(Leave::Program(code)),
                _ if self.must_unlock() => return Err(Leave::Locked),
                LineEvent::Line(line) => return Ok(line),
                LineEvent::Woke => {}
            }
        }
    }

    fn used(&mut self) {
        // A key without a meaning.
        let code = crossterm::event::KeyCode::F(24);
        let key = Key {
            code,
            ctrl: false,
            alt: false,
        };
        self.feed(Msg::Key(key));
    }

    /// Asks a question of a form. `quit` is obeyed here.
    pub(super) fn ask(&mut self, prompt: &str, is_secret: bool) -> Answered<Said> {
        let line = self.line(prompt, is_secret)?;
        let typed = line.trim();
        if is_secret {
            return Ok(match typed {
                "" => Said::Enter,
                // No password is this short.
                "<" | "back" => Said::Back,
                "?" | "help" => Said::Help,
                _ => Said::Text(line),
            });
        }
        if let Some(answer) = typed.strip_prefix('=') {
            return Ok(Said::Text(Zeroizing::new(answer.trim().to_owned())));
        }
        Ok(match text::key(typed).as_str() {
            "" => Said::Enter,
            "?" | "help" => Said::Help,
            "<" | "back" => Said::Back,
            ">" | "skip" => Said::Skip,
            "again" => Said::Again,
            "where" => Said::Where,
            "review" | "changes" => Said::Review,
            "next error" => Said::NextError,
            "quit" => return Err(self.quit()),
            key => match key.strip_prefix("to ") {
                Some(field) => Said::To(field.to_owned()),
                None => Said::Text(Zeroizing::new(typed.to_owned())),
            },
        })
    }

    /// Ends the program as the key does: drafts are kept, the clipboard is cleared.
    pub(super) fn quit(&mut self) -> Leave {
        Leave::Program(0)
    }

    /// `None`: back. Nothing but yes or no is an answer.
    pub(super) fn yes_or_no(&mut self, question: &str) -> Answered<Option<bool>> {
        loop {
            match self.ask(&format!("{question} yes or no:"), false)? {
                Said::Back => return Ok(None),
                Said::Help => self.say("yes does it, no or back leaves everything as it is."),
                Said::Text(typed) => match yes_or_no(&typed) {
                    Some(answer) => return Ok(Some(answer)),
                    None => self.say("Error: Type yes or no."),
                },
                Said::Enter => self.say("Error: Type yes or no."),
                _ => {}
            }
        }
    }

    /// The question or the typed answer that a page asked for.
    pub(super) fn answer_overlay(&mut self) -> Answered<()> {
        if let Some(question) = self.console.desk.question() {
            let text = question.text.clone();
            if question.other.is_some() {
                return self.resume_or_anew(&text);
            }
            let is_yes = self.yes_or_no(&text)? == Some(true);
            self.press(if is_yes { "enter" } else { "esc" });
            if !is_yes {
                self.say("Nothing was changed.");
            }
            return Ok(());
        }
        let Some(prompt) = self.console.desk.prompt() else {
            return Ok(());
        };
        let (is_secret, is_refused) = (prompt.ask.is_secret(), prompt.problem.is_some());
        let question = question_of(prompt);
        match self.ask(&question, is_secret)? {
            Said::Back => {
                self.press("esc");
                self.say("Nothing was changed.");
                return Ok(());
            }
            Said::Help => {
                self.say("Type the answer, or a minus sign for none. back cancels, quit quits.");
                return Ok(());
            }
            Said::Text(typed) if typed.as_str() == "-" && !is_secret => self.replace_text(""),
            Said::Text(typed) => self.replace_text(&typed),
            Said::Enter if is_refused => {
                self.say("Error: Type another answer. back cancels.");
                return Ok(());
            }
            Said::Enter => {}
            _ => return Ok(()),
        }
        self.press("enter");
        let problem = self
            .console
            .desk
            .prompt()
            .and_then(|prompt| prompt.problem.clone());
        if let Some(problem) = problem {
            self.say(&format!("Error: {problem}"));
        }
        Ok(())
    }
}

fn question_of(prompt: &Prompt) -> String {
    let (title, question) = (prompt.ask.title(), prompt.ask.question());
    let question = question.trim_end_matches(':');
    let end = if question.ends_with(['.', '?']) {
        ""
    } else {
        "."
    };
    let is_secret = prompt.ask.is_secret();
    let keeps = match prompt.field().text() {
        "" => String::new(),
        _ if is_secret || prompt.problem.is_some() => String::new(),
        known => format!(" Enter keeps {known}."),
    };
    let hidden = if is_secret { " Hidden." } else { "" };
    format!("{title}. {question}{end}{keeps}{hidden} back cancels:")
}

impl Plain<'_> {
    fn resume_or_anew(&mut self, question: &str) -> Answered<()> {
        loop {
            let key = match self.ask(&format!("{question} resume, anew or back:"), false)? {
                Said::Back => "esc",
                Said::Text(typed) if text::key(&typed) == "resume" => "enter",
                Said::Text(typed) if text::key(&typed) == "anew" => "n",
                Said::Help => {
                    self.say("resume continues with the changes, anew discards them, back leaves them as a draft.");
                    continue;
                }
                _ => {
                    self.say("Error: Type resume, anew or back.");
                    continue;
                }
            };
            self.press(key);
            return Ok(());
        }
    }
}

pub(super) fn yes_or_no(typed: &str) -> Option<bool> {
    match text::key(typed).as_str() {
        "y" | "yes" => Some(true),
        "n" | "no" => Some(false),
        _ => None,
    }
}
