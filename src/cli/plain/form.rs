//! Any form, question by question, from its table of fields. An invalid answer is asked for again;
//! `skip` moves on without one.

use super::{
    Answered, Plain,
    field::Step,
    prompt::{ANSWERS, SECRETS},
    spoken::count,
};
use crate::{
    console::Screen,
    domain::text,
    form::{Asked, FieldError, FieldId, RowKey, Severity},
    keymap::{Action, Mode},
    screens::{create_app::sections::properties, page::AnyForm},
};

/// The position in a form.
#[derive(Debug, Default)]
struct Walk {
    /// `None`: past the last question.
    at: Option<FieldId>,
    section: &'static str,
    /// A valid answer leads to the next error, and to the review after the last one.
    mends: bool,
}

impl Plain<'_> {
    pub(super) fn any_form(&mut self) -> Option<&mut dyn AnyForm> {
        self.console.screen_mut().page_mut().form()
    }

    pub(super) fn asked(&mut self) -> Vec<Asked> {
        self.any_form().map(|form| form.asked()).unwrap_or_default()
    }

    pub(super) fn asked_at(&mut self, field: FieldId) -> Option<Asked> {
        self.asked().into_iter().find(|one| one.field == field)
    }

    pub(super) fn findings(&mut self) -> Vec<FieldError> {
        let now = self.console.desk.clock;
        let form = self.any_form();
        form.map(|form| form.findings(now)).unwrap_or_default()
    }

    /// The errors, in the order of the questions.
    pub(super) fn errors(&mut self) -> Vec<FieldError> {
        let order: Vec<FieldId> = self.asked().iter().map(|one| one.field).collect();
        let mut errors = self.findings();
        errors.retain(|one| one.severity == Severity::Error);
        errors.sort_by_key(|one| order.iter().position(|field| *field == one.slot.field));
        errors
    }

    /// `App Name, question 2 of 16`
    pub(super) fn position_of(&mut self, field: FieldId) -> String {
        let asked = self.asked();
        let at = asked.iter().position(|one| one.field == field);
        match (at, at.and_then(|at| asked.get(at))) {
            (Some(at), Some(one)) => {
                let question = if one.label.ends_with('?') {
                    " Question"
                } else {
                    ", question"
                };
                format!("{}{question} {} of {}", one.label, at + 1, asked.len())
            }
            _ => "Review".to_owned(),
        }
    }

    pub(super) fn form(&mut self) -> Answered<()> {
        let page = self.console.page_id();
        let mut walk = self.begin();
        while self.console.page_id() == page
            && !self.console.quitting
            && self.any_form().is_some()
            && self.console.desk.question().is_none()
            && self.mode() != Mode::Conflict
        {
            match walk.at {
                None => self.past_the_end(&mut walk)?,
                Some(field) => self.ask_next(field, &mut walk)?,
            }
        }
        Ok(())
    }

    /// Says which form it is, and finds the first question.
    fn begin(&mut self) -> Walk {
        let Some(form) = self.any_form() else {
            return Walk::default();
        };
        let (title, about) = form.title();
        let (focus, is_edit) = (form.focused().field, form.changes().is_some());
        let about = if about.is_empty() {
            String::new()
        } else {
            format!(", {about}")
        };
        // The sign-in says this itself.
        if !matches!(self.console.screen(), Screen::SignIn(_)) {
            self.say(&format!("{title}{about}."));
        }
        if !self.is_brief && self.explained.insert("form") {
            self.say("Enter keeps the answer that is there, back returns, help explains.");
        }
        // An existing app is not asked again from the beginning, unless a failure led to a setting.
        let to_review = is_edit && focus == properties::NAME;
        let is_shown = self.asked_at(focus).is_some();
        Walk {
            at: (is_shown && !to_review).then_some(focus),
            ..Walk::default()
        }
    }

    fn ask_next(&mut self, field: FieldId, walk: &mut Walk) -> Answered<()> {
        let Some(asked) = self.asked_at(field) else {
            walk.at = None;
            return Ok(());
        };
        let section = self.any_form().and_then(|form| form.section(field));
        if let Some((title, about)) = section
            && walk.section != title
        {
            walk.section = title;
            self.say(&match self.is_brief {
                true => format!("{title}."),
                false => format!("{title}. {about}"),
            });
        }
        if let Some(form) = self.any_form() {
            form.focus(field.into());
        }
        match self.ask_field(&asked)? {
            Step::On => {
                if !self.tell_findings(&asked) {
                    walk.at = self.after(field, walk);
                }
            }
            Step::Skip => {
                self.say_skipped();
                walk.at = match walk.mends {
                    true => self.error_after(field),
                    false => self.neighbor(field, true),
                };
            }
            Step::Back => match self.neighbor(field, false) {
                Some(before) => walk.at = Some(before),
                None => self.leave_form()?,
            },
            Step::Again => {}
            Step::Where => self.say_where(field),
            Step::Help => {
                self.say(asked.help);
                self.say(if asked.is_secret() { SECRETS } else { ANSWERS });
            }
            Step::Review => walk.at = None,
            Step::NextError => self.go_to_error(Some(field), walk),
            Step::To(name) => {
                if let Some(found) = self.field_named(&name) {
                    walk.at = Some(found);
                }
            }
        }
        Ok(())
    }

    fn say_skipped(&mut self) {
        let errors = self.errors().len() as u64;
        if errors == 0 {
            return self.say("Skipped.");
        }
        let errors = count(errors, "error", "errors");
        self.say(&format!("Skipped. {errors} to fix."));
    }

    fn neighbor(&mut self, field: FieldId, after: bool) -> Option<FieldId> {
        let asked = self.asked();
        let here = asked.iter().position(|one| one.field == field)?;
        let at = if after {
            here.checked_add(1)
        } else {
            here.checked_sub(1)
        };
        at.and_then(|at| asked.get(at)).map(|one| one.field)
    }

    fn after(&mut self, field: FieldId, walk: &Walk) -> Option<FieldId> {
        if walk.mends {
            return self.errors().first().map(|one| one.slot.field);
        }
        self.neighbor(field, true)
    }

    fn error_after(&mut self, field: FieldId) -> Option<FieldId> {
        let order: Vec<FieldId> = self.asked().iter().map(|one| one.field).collect();
        let place = |wanted: FieldId| order.iter().position(|one| *one == wanted);
        let errors = self.errors().into_iter().map(|one| one.slot.field);
        let mut later = errors.filter(|one| place(*one) > place(field));
        later.next()
    }

    /// The next error after a field, or the first one.
    fn go_to_error(&mut self, from: Option<FieldId>, walk: &mut Walk) {
        let later = from.and_then(|field| self.error_after(field));
        let first = self.errors().first().map(|one| one.slot.field);
        match later.or(first) {
            Some(field) => {
                walk.at = Some(field);
                walk.mends = true;
            }
            None => self.say("No errors."),
        }
    }

    /// A question by its number, or by a part of its label.
    fn field_named(&mut self, name: &str) -> Option<FieldId> {
        let asked = self.asked();
        let by_number = name.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
        let begins = |one: &&Asked| text::key(one.label).starts_with(name);
        let has = |one: &&Asked| text::key(one.label).contains(name);
        let found = by_number
            .and_then(|at| asked.get(at))
            .or_else(|| asked.iter().find(begins))
            .or_else(|| asked.iter().find(has))
            .map(|one| one.field);
        if found.is_none() {
            self.say(&format!(
                "Error: No question is called \"{name}\". again repeats this one, review reads all."
            ));
        }
        found
    }

    /// Whether there is an error.
    pub(super) fn tell_findings(&mut self, asked: &Asked) -> bool {
        let findings = self.findings().into_iter();
        let here: Vec<FieldError> = findings
            .filter(|one| one.slot.field == asked.field)
            .collect();
        for finding in &here {
            self.tell(asked, finding);
        }
        here.iter().any(|one| one.severity == Severity::Error)
    }

    fn tell(&mut self, asked: &Asked, finding: &FieldError) {
        let mark = match finding.severity {
            Severity::Error => "Error",
            Severity::Warning => "Warning",
        };
        let row = finding.slot.row.and_then(|key| row_name(asked, key));
        let row = row.map_or_else(String::new, |row| format!(", {row}"));
        self.say(&format!(
            "{mark}: {}{row}: {}",
            asked.label,
            finding.with_rule()
        ));
    }

    pub(super) fn say_where(&mut self, field: FieldId) {
        let Some(form) = self.any_form() else {
            return;
        };
        let (title, about) = form.title();
        let section = form.section(field).map(|(title, _)| title);
        let place = self.position_of(field);
        let errors = match self.errors().len() {
            0 => "No errors".to_owned(),
            errors => count(errors as u64, "error", "errors"),
        };
        let mut parts = [title.as_str(), &about, section.unwrap_or_default(), &place].to_vec();
        parts.retain(|part| !part.is_empty());
        self.say(&format!("{}. {errors}.", parts.join(", ")));
    }

    /// Back from the first question.
    pub(super) fn leave_form(&mut self) -> Answered<()> {
        let before = self.console.page_id();
        if self.console.can(Action::Back).is_named() {
            self.act(Action::Back);
        }
        if self.console.page_id() == before && self.yes_or_no("Quit devconsole?")? == Some(true) {
            return Err(self.quit());
        }
        Ok(())
    }

    fn past_the_end(&mut self, walk: &mut Walk) -> Answered<()> {
        if matches!(self.console.screen(), Screen::CreateApp(_)) {
            let next = self.review()?;
            match next {
                Step::To(name) => walk.at = self.field_named(&name),
                Step::NextError => self.go_to_error(None, walk),
                _ => {}
            }
            walk.mends |= walk.at.is_some();
            walk.section = "";
            return Ok(());
        }
        let page = self.console.page_id();
        self.act(Action::Submit);
        if self.console.page_id() != page || self.any_form().is_none() {
            return Ok(());
        }
        // Refused, or with an error.
        let errors = self.errors();
        if let Some(form) = self.any_form() {
            let (refusal, wait) = form.refusal();
            let (refusal, focus) = (refusal.map(str::to_owned), form.focused().field);
            self.refused(refusal, wait);
            walk.at = Some(errors.first().map_or(focus, |one| one.slot.field));
        }
        Ok(())
    }
}

/// `row 1, "text"`, or the label of the row.
fn row_name(asked: &Asked, key: RowKey) -> Option<String> {
    let crate::form::Answered::Rows { rows, .. } = &asked.answer else {
        return None;
    };
    let filled: Vec<_> = rows
        .iter()
        .filter(|row| !row.label.is_empty() || !row.text.trim().is_empty())
        .collect();
    let at = filled.iter().position(|row| row.key == key)?;
    let row = filled.get(at)?;
    Some(if row.label.is_empty() {
        format!("row {}, \"{}\"", at + 1, row.text)
    } else {
        row.label.clone()
    })
}
