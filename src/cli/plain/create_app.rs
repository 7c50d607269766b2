//! Create App, field by field, from the same tables as the tabs. Errors are shown right after an
//! answer; they prevent only the creation.

use crate::cli::plain::{Answered, Next, Plain};
use crate::{
    console::Screen,
    domain::text,
    form::{FieldId, Severity},
    screens::create_app::{
        CreateApp,
        draft::Draft,
        sections::{DraftField, SECTIONS, Section},
    },
};

fn shown(draft: &Draft) -> Vec<(&'static Section, &'static DraftField)> {
    SECTIONS
        .iter()
        .flat_map(|section| section.fields.iter().map(|field| (*section, field)))
        .filter(|(_, field)| (field.shown)(draft))
        .collect()
}

/// The lines of the review, and the first field with an error.
fn reviewed(screen: &CreateApp) -> (Vec<String>, Option<FieldId>) {
    let mut lines = Vec::new();
    for section in SECTIONS {
        for (label, answers) in section.answers(&screen.draft, &screen.facts, "*") {
            let answer = if answers.is_empty() {
                "-".to_owned()
            } else {
                answers.join("; ")
            };
            lines.push(format!("{label}: {answer}"));
        }
    }
    let mut first_error = None;
    for (section, findings) in screen.findings() {
        for finding in findings {
            let mark = match finding.severity {
                Severity::Error => {
                    first_error.get_or_insert(finding.slot.field);
                    "Error"
                }
                Severity::Warning => "Warning",
            };
            lines.push(format!("{mark} in {}: {}", section.title, finding.message));
        }
    }
    (lines, first_error)
}

impl Plain<'_> {
    pub(super) fn form(&mut self) -> Option<&mut CreateApp> {
        match self.console.screen_mut() {
            Screen::CreateApp(screen) => Some(screen),
            _ => None,
        }
    }

    pub(super) fn create_app(&mut self) -> Answered<()> {
        self.say("Create App. Enter alone keeps what is there, < goes back, ? explains. Every answer is kept as a draft.");
        let mut at = self.form().map(|screen| screen.form.focus.field);
        let mut told = "";
        while let Some(screen) = self.form() {
            let fields = shown(&screen.draft);
            let here = match at {
                Some(id) => fields
                    .iter()
                    .position(|(_, field)| field.id == id)
                    .unwrap_or(0),
                None => {
                    at = self.review()?;
                    continue;
                }
            };
            let Some((section, field)) = fields.get(here).copied() else {
                at = None;
                continue;
            };
            if told != section.id {
                told = section.id;
                let about = self
                    .form()
                    .map_or("", |screen| (section.about)(&screen.draft));
                self.say("");
                self.say(&format!("{}. {about}", section.title));
            }
            match self.ask_field(field)? {
                Next::On => {
                    // The answer may have shown or hidden fields after this one.
                    at = self.form().and_then(|screen| {
                        let fields = shown(&screen.draft);
                        let here = fields.iter().position(|(_, other)| other.id == field.id)?;
                        fields.get(here + 1).map(|(_, next)| next.id)
                    });
                }
                Next::Back => match here.checked_sub(1).and_then(|before| fields.get(before)) {
                    Some((_, before)) => at = Some(before.id),
                    None => {
                        self.press("esc");
                        return Ok(());
                    }
                },
            }
        }
        Ok(())
    }

    /// Asks, shows what is wrong, and asks again until the answer is right or left unchanged.
    fn ask_field(&mut self, field: &'static DraftField) -> Answered<Next> {
        loop {
            let before = self.answer_of(field);
            let next = self.ask_once(field)?;
            if next == Next::Back {
                return Ok(Next::Back);
            }
            let is_wrong = self.tell_findings(field.id);
            if !is_wrong || self.answer_of(field) == before {
                return Ok(Next::On);
            }
        }
    }

    pub(super) fn answer_of(&mut self, field: &'static DraftField) -> Vec<String> {
        self.form()
            .map(|screen| field.answers(&screen.draft, &screen.facts, "*"))
            .unwrap_or_default()
    }

    pub(super) fn tell_findings(&mut self, field: FieldId) -> bool {
        let Some(screen) = self.form() else {
            return false;
        };
        let mut is_wrong = false;
        for finding in screen.findings().into_iter().flat_map(|(_, all)| all) {
            if finding.slot.field != field {
                continue;
            }
            let mark = match finding.severity {
                Severity::Error => {
                    is_wrong = true;
                    "Error"
                }
                Severity::Warning => "Warning",
            };
            self.say(&format!("{mark}: {}", finding.message));
        }
        is_wrong
    }

    /// Makes a change by a lens of the table, with the same consequences as in the full screen.
    pub(super) fn change<T>(&mut self, change: impl FnOnce(&mut Draft) -> T) -> Option<T> {
        let screen = self.form()?;
        let changed = change(&mut screen.draft);
        screen.settle();
        self.look_up();
        Some(changed)
    }

    /// Looks up whether the name is taken, and reads the icon.
    pub(super) fn look_up(&mut self) {
        self.console.with_page(|page, cx| page.shown(cx));
        self.go_on();
        self.tick();
    }

    /// `None` if the form was left; otherwise the field to continue with.
    fn review(&mut self) -> Answered<Option<FieldId>> {
        self.say("");
        self.say("Review");
        let Some((lines, first_error)) = self.form().map(|screen| reviewed(screen)) else {
            return Ok(None);
        };
        for line in lines {
            self.say(&line);
        }
        loop {
            let answer =
                self.ask("create, the name of a tab to change it, or < to leave it as a draft:")?;
            let wanted = text::key(&answer);
            match wanted.as_str() {
                "create" => {
                    self.press("ctrl-s");
                    return Ok(first_error);
                }
                "<" => {
                    self.press("esc");
                    return Ok(None);
                }
                _ => {}
            }
            let tab = SECTIONS
                .iter()
                .find(|section| !wanted.is_empty() && text::key(section.title).starts_with(&wanted))
                .and_then(|section| section.fields.first());
            match tab {
                Some(field) => return Ok(Some(field.id)),
                None => {
                    let titles: Vec<&str> = SECTIONS.iter().map(|section| section.title).collect();
                    self.say(&format!("The tabs are {}.", titles.join(", ")));
                }
            }
        }
    }
}
