//! One question for each kind of control.

use crate::cli::plain::{Answered, Next, Plain, TextField};
use crate::{
    console::Screen,
    domain::text,
    form::{AnyChoice, Control, PickOption, Row, Rows, Slot, TextEdit as _},
    screens::create_app::{
        draft::{Draft, Facts},
        sections::DraftField,
    },
};

/// Lines of a long choice that are shown at once.
const OPTIONS: usize = 12;

fn focus(screen: &mut Screen, slot: Slot) {
    if let Screen::CreateApp(screen) = screen {
        screen.go_to(slot);
    }
}

fn clear(rows: &mut Rows) {
    while rows.filled().next().is_some() {
        let Some(key) = rows.iter().next().map(|row| row.key) else {
            return;
        };
        rows.remove(key);
    }
}

/// The only match, or the only one with exactly this spelling.
fn unambiguous(found: &[PickOption], answer: &str) -> Option<PickOption> {
    let wanted = text::key(answer);
    let is_exact = |option: &&PickOption| {
        text::key(&option.label) == wanted || text::key(&option.key) == wanted
    };
    let exact: Vec<&PickOption> = found.iter().filter(is_exact).collect();
    match (exact.as_slice(), found) {
        ([option], _) => Some((*option).clone()),
        (_, [option]) => Some(option.clone()),
        _ => None,
    }
}

impl Plain<'_> {
    pub(super) fn ask_once(&mut self, field: &'static DraftField) -> Answered<Next> {
        let Some(screen) = self.form() else {
            return Ok(Next::On);
        };
        let is_required = (field.required)(&screen.draft);
        match &field.control {
            Control::Text { get, .. } => {
                let text = get(&screen.draft).text().to_owned();
                let next = self.ask_line(field, field.id.into(), is_required, text)?;
                self.look_up();
                Ok(next)
            }
            Control::Choice(choice) => {
                let now = choice.chosen(&screen.draft);
                self.ask_choice(field, *choice, now)
            }
            Control::Toggle { get, set } => {
                let now = get(&screen.draft);
                self.ask_toggle(field, now, *set)
            }
            Control::Rows { max_rows: 0, .. } => self.ask_given_rows(field, is_required),
            Control::Rows { .. } => self.ask_rows(field),
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

    fn ask_line(
        &mut self,
        field: &'static DraftField,
        slot: Slot,
        is_required: bool,
        text: String,
    ) -> Answered<Next> {
        let asked = TextField {
            slot,
            label: field.label,
            help: field.help,
            is_required,
            is_secret: false,
            text,
        };
        self.ask_text(&asked, focus)
    }

    fn ask_choice(
        &mut self,
        field: &'static DraftField,
        choice: &dyn AnyChoice<Draft>,
        now: Option<usize>,
    ) -> Answered<Next> {
        self.say(field.label);
        let options = choice.options();
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
                            self.change(|draft| choice.choose(draft, nth));
                            return Ok(Next::On);
                        }
                        None => self.say(&format!("Type a number from 1 to {}.", options.len())),
                    }
                }
            }
        }
    }

    fn ask_toggle(
        &mut self,
        field: &'static DraftField,
        is_on: bool,
        set: fn(&mut Draft, bool) -> Result<(), &'static str>,
    ) -> Answered<Next> {
        let now = if is_on { "yes" } else { "no" };
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

    fn ask_rows(&mut self, field: &'static DraftField) -> Answered<Next> {
        let Control::Rows {
            get_mut, max_rows, ..
        } = &field.control
        else {
            return Ok(Next::On);
        };
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
                    self.change(|draft| clear(get_mut(draft)));
                }
                _ if there.len() >= *max_rows => {
                    self.say(&format!("Error: There is room for {max_rows}."));
                }
                added => {
                    let key = self.change(|draft| {
                        let rows = get_mut(draft);
                        let is_empty = |row: &&Row| row.entry.is_blank();
                        let empty = rows.iter().find(is_empty).map(|row| row.key);
                        empty.unwrap_or_else(|| rows.add_after(None))
                    });
                    if let Some(key) = key {
                        focus(self.console.screen_mut(), (field.id, key).into());
                        self.replace_text(added);
                    }
                    self.tell_findings(field.id);
                }
            }
        }
    }

    /// Rows that depend on other fields: one question each.
    fn ask_given_rows(&mut self, field: &'static DraftField, is_required: bool) -> Answered<Next> {
        let Control::Rows { get, row_label, .. } = &field.control else {
            return Ok(Next::On);
        };
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
            if self.ask_line(field, slot, is_required, text)? == Next::Back {
                return Ok(Next::Back);
            }
        }
        Ok(Next::On)
    }

    fn ask_pick(&mut self, field: &'static DraftField) -> Answered<Next> {
        let Control::Pick {
            many,
            options,
            toggle,
            ..
        } = &field.control
        else {
            return Ok(Next::On);
        };
        loop {
            let now = self.picked(field);
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
            let Some(option) = unambiguous(&found, &answer) else {
                self.tell_options(&found);
                continue;
            };
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
    }

    fn picked(&mut self, field: &'static DraftField) -> String {
        let Control::Pick { chosen, .. } = &field.control else {
            return String::new();
        };
        let labels = |draft: &Draft, facts: &Facts| -> Vec<String> {
            let chosen = chosen(draft, facts).into_iter();
            chosen.map(|option| option.label).collect()
        };
        match self.form().map(|form| labels(&form.draft, &form.facts)) {
            None => String::new(),
            Some(labels) if labels.is_empty() => "none".to_owned(),
            Some(labels) => labels.join(", "),
        }
    }

    fn tell_options(&mut self, found: &[PickOption]) {
        if found.is_empty() {
            self.say("Nothing matches.");
            return;
        }
        for option in found.iter().take(OPTIONS) {
            self.say(&format!("{}: {}", option.label, option.description));
        }
        if found.len() > OPTIONS {
            self.say(&format!("and {} more", found.len() - OPTIONS));
        }
    }
}
