//! The review of an app's form: errors first, then the answers, or what an edit changes.

use super::{Answered, Plain, field::Step, prompt::Said, spoken::count};
use crate::{
    console::Screen,
    domain::text,
    form::Severity,
    keymap::Action,
    screens::{create_app::Tab, page::Changed},
};

impl Plain<'_> {
    /// `Step::On` stays here.
    pub(super) fn review(&mut self) -> Answered<Step> {
        let is_edit = self.changes().is_some();
        self.say_errors();
        if is_edit {
            self.say_changes();
        } else {
            self.say_answers();
        }
        let verb = if is_edit { "save" } else { "create" };
        loop {
            let prompt = if self.is_brief || !self.explained.insert(verb) {
                "Review:".to_owned()
            } else if is_edit {
                "Review. to FIELD changes an answer, changes reads what changed, review reads all, save saves, back keeps a draft:".to_owned()
            } else {
                "Review. create creates the app, to FIELD changes an answer, back keeps the draft:"
                    .to_owned()
            };
            match self.ask(&prompt, false)? {
                Said::Text(typed) => match text::key(&typed).as_str() {
                    "create" | "save" => return Ok(self.submit_app()),
                    "list" => self.say_answers(),
                    name => return Ok(Step::To(name.to_owned())),
                },
                Said::To(name) => return Ok(Step::To(name)),
                Said::NextError => return Ok(Step::NextError),
                Said::Back => {
                    self.leave_form()?;
                    return Ok(Step::On);
                }
                Said::Help => self.say(&format!(
                    "{verb} {verb}s the app. FIELD or to FIELD goes to a question, by its label or number. next error goes to the first error. review reads all answers, changes reads what changed, where says where you are, back keeps a draft, quit quits."
                )),
                Said::Where => {
                    self.say("Review, after the last question.");
                    self.say_errors();
                }
                Said::Review if is_edit => {
                    self.say_answers();
                    self.say_changes();
                }
                Said::Review | Said::Again => {
                    self.say_errors();
                    self.say_answers();
                }
                Said::Enter | Said::Skip => {}
            }
        }
    }

    fn changes(&mut self) -> Option<Vec<Changed>> {
        self.any_form().and_then(|form| form.changes())
    }

    fn say_changes(&mut self) {
        let changes = self.changes().unwrap_or_default();
        if changes.is_empty() {
            return self.say("Nothing is changed.");
        }
        self.say(&format!(
            "{}.",
            count(changes.len() as u64, "change", "changes")
        ));
        for change in changes {
            let value = |value: &str| match value {
                "" => "empty".to_owned(),
                value => value.to_owned(),
            };
            let (before, after) = (value(&change.before), value(&change.after));
            self.say(&format!("{}: was {before}, now {after}", change.label));
        }
    }

    fn say_errors(&mut self) {
        let errors = self.errors();
        if errors.is_empty() {
            self.say("No errors.");
        } else {
            self.say(&format!(
                "{}.",
                count(errors.len() as u64, "error", "errors")
            ));
        }
        let findings = self.findings();
        let warnings = findings
            .iter()
            .filter(|one| one.severity == Severity::Warning);
        for finding in errors.iter().chain(warnings) {
            let mark = match finding.severity {
                Severity::Error => "Error",
                Severity::Warning => "Warning",
            };
            let place = self.position_of(finding.slot.field);
            self.say(&format!("{mark}: {place}: {}", finding.with_rule()));
        }
    }

    /// The fields that have an answer.
    fn say_answers(&mut self) {
        for asked in self.asked() {
            let said = asked.said();
            if !said.is_empty() {
                self.say(&format!("{}: {said}", asked.label));
            }
        }
    }

    fn submit_app(&mut self) -> Step {
        // In another tab, saving only shows what changes, which was said here.
        if let Screen::CreateApp(form) = self.console.screen_mut() {
            form.go_to_tab(Tab::Review);
        }
        let page = self.console.page_id();
        self.act(Action::Submit);
        if self.console.page_id() == page && !self.errors().is_empty() {
            Step::NextError
        } else {
            Step::On
        }
    }
}
