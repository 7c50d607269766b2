//! A trial of an app, one line a step.

use std::time::Duration;

use super::{Answered, Plain, pages::diagnosis, spoken::with_units};
use crate::{console::Screen, domain::oauth::trial::Step, keymap::Mode};

/// How often a running trial is looked at.
const LOOK: Duration = Duration::from_millis(100);

impl Plain<'_> {
    pub(super) fn trial(&mut self) -> Answered<()> {
        let place = self.place();
        let mut said = 0;
        let mut opened = None;
        self.say_title();
        while self.place() == place && !self.console.desk.is_locked() {
            self.say_steps(&mut said);
            let Screen::Trial(page) = self.console.screen() else {
                return Ok(());
            };
            let (is_over, url) = (page.is_over, page.url.clone());
            if let Some(url) = url.filter(|url| opened.as_ref() != Some(url)) {
                self.say(&format!(
                    "Open this address in a browser on this machine, and sign in there: {url}"
                ));
                opened = Some(url);
            }
            if is_over || opened.is_some() {
                self.explained.insert(Mode::Trial.title());
                self.ask_in_trial(is_over, &mut said)?;
            } else {
                self.pause(LOOK)?;
            }
            let desk = &self.console.desk;
            if desk.prompt().is_some() || desk.question().is_some() || self.console.quitting {
                return Ok(());
            }
        }
        Ok(())
    }

    fn say_title(&mut self) {
        if let Screen::Trial(page) = self.console.screen() {
            let title = format!("{}: {}.", page.kind.title(), page.name);
            self.say(&title);
        }
    }

    fn ask_in_trial(&mut self, is_over: bool, said: &mut usize) -> Answered<()> {
        let prompt = if is_over {
            "Try it, finished. repeat starts again, help lists the commands, back returns:"
        } else {
            "Try it, waiting. Enter reads what happened, copy address copies the address, back ends it:"
        };
        let typed = self.line(prompt, false)?;
        self.say_steps(said);
        let steps_before = self.steps();
        self.position.announced = Some(self.place());
        self.command(typed.trim())?;
        if self.steps() < steps_before {
            *said = 0;
        }
        Ok(())
    }

    fn steps(&self) -> usize {
        match self.console.screen() {
            Screen::Trial(page) => page.steps.len(),
            _ => 0,
        }
    }

    fn say_steps(&mut self, said: &mut usize) {
        let new: Vec<Step> = match self.console.screen() {
            Screen::Trial(page) => page.steps.iter().skip(*said).cloned().collect(),
            _ => Vec::new(),
        };
        *said += new.len();
        for step in new {
            let result = if step.is_ok { "ok" } else { "failed" };
            let took = step
                .took_ms
                .map_or_else(String::new, |took| format!(", {took} ms"));
            let detail = match step.detail.as_str() {
                "" => String::new(),
                detail => format!(". {detail}"),
            };
            self.say(&with_units(&format!(
                "{}: {result}{took}{detail}",
                step.what
            )));
            if let Some(why) = &step.diagnosis {
                let lines = diagnosis(why);
                self.say_all(&lines);
            }
        }
    }
}
