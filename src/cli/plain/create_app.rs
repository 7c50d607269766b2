//! Create App, field by field, from the same tables as the tabs. Errors are shown right after an
//! answer; they prevent only the creation.

use crate::cli::plain::{Answered, Next, Plain, TextField};
use crate::{
    console::Screen,
    domain::text,
    form::{Control, FieldId, PickOption, Severity, Slot, TextEdit as _},
    screens::create_app::{
        CreateApp,
        draft::{Draft, Facts},
        sections::{DraftField, SECTIONS, Section},
    },
};

/// Lines of a long choice that are shown at once.
const OPTIONS: usize = 12;

fn focus(screen: &mut Screen, slot: Slot) {
    if let Screen::CreateApp(screen) = screen {
        screen.go_to(slot);
    }
}

fn shown(draft: &Draft) -> Vec<(&'static Section, &'static DraftField)> {
    SECTIONS
        .iter()
        .flat_map(|section| section.fields.iter().map(|field| (*section, field)))
        .filter(|(_, field)| (field.shown)(draft))
        .collect()
}

impl Plain<'_> {
    fn form(&mut self) -> Option<&mut CreateApp> {
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
            match self.ask_field(section, field)? {
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
    fn ask_field(
        &mut self,
        section: &'static Section,
        field: &'static DraftField,
    ) -> Answered<Next> {
        loop {
            let before = self.answer_of(field);
            let next = self.ask_once(field)?;
            if next == Next::Back {
                return Ok(Next::Back);
            }
            let is_wrong = self.tell_findings(section, field.id);
            if !is_wrong || self.answer_of(field) == before {
                return Ok(Next::On);
            }
        }
    }

    fn answer_of(&mut self, field: &'static DraftField) -> Vec<String> {
        self.form()
            .map(|screen| field.answers(&screen.draft, &screen.facts, "*"))
            .unwrap_or_default()
    }

    fn tell_findings(&mut self, section: &Section, field: FieldId) -> bool {
        let Some(screen) = self.form() else {
            return false;
        };
        let findings = (section.validate)(&screen.draft, &screen.facts);
        let mut is_wrong = false;
        for finding in findings {
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

    fn ask_once(&mut self, field: &'static DraftField) -> Answered<Next> {
        let Some(screen) = self.form() else {
            return Ok(Next::On);
        };
        let is_required = (field.required)(&screen.draft);
        match &field.control {
            Control::Text { get, .. } => {
                let text = get(&screen.draft).text().to_owned();
                let asked = TextField {
                    slot: field.id.into(),
                    label: field.label,
                    help: field.help,
                    is_required,
                    is_secret: false,
                    text,
                };
                let next = self.ask_text(&asked, focus)?;
                self.look_up();
                Ok(next)
            }
            Control::Choice {
                options,
                chosen,
                choose,
            } => {
                let now = chosen(&screen.draft);
                self.say(field.label);
                for (nth, option) in options.iter().enumerate() {
                    let mark = if Some(nth) == now { " (chosen)" } else { "" };
                    let help = if option.help.is_empty() { "" } else { ": " };
                    self.say(&format!(
                        "{}. {}{mark}{help}{}",
                        nth + 1,
                        option.label,
                        option.help
                    ));
                }
                loop {
                    let answer = self.ask("Number:")?;
                    match answer.as_str() {
                        "<" => return Ok(Next::Back),
                        "?" => self.say(field.help),
                        "" => return Ok(Next::On),
                        other => {
                            let nth = other.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
                            match nth.filter(|nth| *nth < options.len()) {
                                Some(nth) => {
                                    self.change(|draft| choose(draft, nth));
                                    return Ok(Next::On);
                                }
                                None => {
                                    self.say(&format!("Type a number from 1 to {}.", options.len()))
                                }
                            }
                        }
                    }
                }
            }
            Control::Toggle { get, set } => {
                let now = if get(&screen.draft) { "yes" } else { "no" };
                let question = format!("{} (yes or no) [{now}]:", field.label);
                loop {
                    let answer = self.ask(&question)?.to_lowercase();
                    let wanted = match answer.as_str() {
                        "<" => return Ok(Next::Back),
                        "" => return Ok(Next::On),
                        "y" | "yes" => true,
                        "n" | "no" => false,
                        _ => {
                            self.say(field.help);
                            continue;
                        }
                    };
                    match self.change(|draft| set(draft, wanted)) {
                        Some(Err(reason)) => self.say(&format!("Problem: {reason}")),
                        _ => return Ok(Next::On),
                    }
                }
            }
            Control::Rows { .. } => self.ask_rows(field, is_required),
            Control::Pick { .. } => self.ask_pick(field),
            Control::Generated { .. } => {
                self.say(&format!(
                    "{}: made by the console; it can be shown and copied once the app is created.",
                    field.label
                ));
                Ok(Next::On)
            }
        }
    }

    fn ask_rows(&mut self, field: &'static DraftField, is_required: bool) -> Answered<Next> {
        let Control::Rows {
            get,
            get_mut,
            max_rows,
            row_label,
            ..
        } = &field.control
        else {
            return Ok(Next::On);
        };
        if *max_rows > 0 {
            self.say(&format!("{}, one a line; an empty line ends.", field.label));
            let mut first = true;
            loop {
                let there: Vec<String> = self.answer_of(field);
                if first && !there.is_empty() {
                    self.say(&format!(
                        "So far: {}. - empties the list.",
                        there.join(", ")
                    ));
                }
                first = false;
                let answer = self.ask(&format!("{}:", field.label))?;
                match answer.as_str() {
                    "<" => return Ok(Next::Back),
                    "?" => self.say(field.help),
                    "" => return Ok(Next::On),
                    "-" => {
                        self.change(|draft| {
                            let rows = get_mut(draft);
                            while rows.filled().next().is_some() {
                                let Some(key) = rows.iter().next().map(|row| row.key) else {
                                    break;
                                };
                                rows.remove(key);
                            }
                        });
                    }
                    added => {
                        if there.len() >= *max_rows {
                            self.say(&format!("Error: There is room for {max_rows}."));
                            continue;
                        }
                        let key = self.change(|draft| {
                            let rows = get_mut(draft);
                            let empty = rows
                                .iter()
                                .find(|row| row.entry.is_blank())
                                .map(|row| row.key);
                            empty.unwrap_or_else(|| rows.add_after(None))
                        });
                        if let Some(key) = key {
                            focus(self.console.screen_mut(), (field.id, key).into());
                            self.replace_text(added);
                        }
                        self.tell_rows(field);
                    }
                }
            }
        }
        // Rows that depend on other fields: one question each.
        let rows: Vec<(Slot, String, String)> = self
            .form()
            .map(|screen| {
                get(&screen.draft)
                    .iter()
                    .map(|row| {
                        let slot = Slot::from((field.id, row.key));
                        (slot, row_label(&row.key), row.entry.text().to_owned())
                    })
                    .collect()
            })
            .unwrap_or_default();
        for (slot, label, text) in rows {
            self.say(&format!("{label}:"));
            let asked = TextField {
                slot,
                label: field.label,
                help: field.help,
                is_required,
                is_secret: false,
                text,
            };
            if self.ask_text(&asked, focus)? == Next::Back {
                return Ok(Next::Back);
            }
        }
        Ok(Next::On)
    }

    /// Shows errors of the rows, without asking again.
    fn tell_rows(&mut self, field: &'static DraftField) {
        let section = SECTIONS
            .iter()
            .find(|section| section.fields.iter().any(|one| one.id == field.id));
        if let Some(section) = section {
            self.tell_findings(section, field.id);
        }
    }

    fn ask_pick(&mut self, field: &'static DraftField) -> Answered<Next> {
        let Control::Pick {
            many,
            options,
            chosen,
            toggle,
            ..
        } = &field.control
        else {
            return Ok(Next::On);
        };
        let state = |draft: &Draft, facts: &Facts| -> String {
            let labels: Vec<String> = chosen(draft, facts)
                .into_iter()
                .map(|option| option.label)
                .collect();
            if labels.is_empty() {
                "none".to_owned()
            } else {
                labels.join(", ")
            }
        };
        loop {
            let now = self
                .form()
                .map(|screen| state(&screen.draft, &screen.facts))
                .unwrap_or_default();
            let answer = self.ask(&format!("{} [{now}], a word searches:", field.label))?;
            match answer.as_str() {
                "<" => return Ok(Next::Back),
                "" => return Ok(Next::On),
                "?" => {
                    self.say(field.help);
                    self.say("Type a name, or a part of one, to add or remove it.");
                    continue;
                }
                _ => {}
            }
            let found: Vec<PickOption> = self
                .form()
                .map(|screen| options(&screen.facts, &answer))
                .unwrap_or_default();
            let wanted = text::key(&answer);
            let exact: Vec<&PickOption> = found
                .iter()
                .filter(|option| {
                    text::key(&option.label) == wanted || text::key(&option.key) == wanted
                })
                .collect();
            let one = match (exact.as_slice(), found.as_slice()) {
                ([option], _) => Some((*option).clone()),
                (_, [option]) => Some(option.clone()),
                _ => None,
            };
            match one {
                Some(option) => {
                    if let Some(reason) = option.locked {
                        self.say(&format!("Problem: {reason}"));
                        continue;
                    }
                    self.change(|draft| toggle(draft, &option.key));
                    if let Some(mark) = option.mark {
                        self.say(&format!("{}: {mark}", option.label));
                    }
                    if !*many {
                        return Ok(Next::On);
                    }
                }
                None if found.is_empty() => self.say("Nothing matches."),
                None => {
                    for option in found.iter().take(OPTIONS) {
                        self.say(&format!("{}: {}", option.label, option.description));
                    }
                    if found.len() > OPTIONS {
                        self.say(&format!("and {} more", found.len() - OPTIONS));
                    }
                }
            }
        }
    }

    /// Makes a change by a lens of the table, with the same consequences as in the full screen.
    fn change<T>(&mut self, change: impl FnOnce(&mut Draft) -> T) -> Option<T> {
        let screen = self.form()?;
        let changed = change(&mut screen.draft);
        screen.settle();
        self.look_up();
        Some(changed)
    }

    /// Looks up whether the name is taken, and reads the icon.
    fn look_up(&mut self) {
        self.console.with_page(|page, cx| page.shown(cx));
        self.go_on();
        self.tick();
    }

    /// `None` if the form was left; otherwise the field to continue with.
    fn review(&mut self) -> Answered<Option<FieldId>> {
        self.say("");
        self.say("Review");
        let Some(screen) = self.form() else {
            return Ok(None);
        };
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
