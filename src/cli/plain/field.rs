//! One question for each kind of field.

use super::{
    Answered, Plain,
    prompt::{Said, yes_or_no},
};
use crate::{
    console::Screen,
    domain::text,
    form::{Answer, Answered as Kind, Asked, FieldId, OptionText, RowKey},
    keymap::Action,
};

/// The next step after a question.
#[derive(Debug)]
pub(super) enum Step {
    On,
    Back,
    Help,
    Skip,
    Again,
    Where,
    Review,
    NextError,
    To(String),
}

impl Step {
    /// A word that works at every question; otherwise the answer, empty for Enter.
    pub(super) fn of(said: Said) -> Result<zeroize::Zeroizing<String>, Self> {
        Err(match said {
            Said::Text(typed) => return Ok(typed),
            Said::Enter => return Ok(zeroize::Zeroizing::default()),
            Said::Back => Self::Back,
            Said::Help => Self::Help,
            Said::Skip => Self::Skip,
            Said::Again => Self::Again,
            Said::Where => Self::Where,
            Said::Review => Self::Review,
            Said::NextError => Self::NextError,
            Said::To(field) => Self::To(field),
        })
    }
}

/// Longer answers are not repeated in a prompt.
const SHOWN_MAX: usize = 60;

fn keeps(answer: &str) -> String {
    match text::char_count(answer) {
        0 => String::new(),
        1..=SHOWN_MAX => format!(" Enter keeps {answer}."),
        many => format!(" Enter keeps the answer of {many} characters, again reads it."),
    }
}

impl Plain<'_> {
    pub(super) fn ask_field(&mut self, asked: &Asked) -> Answered<Step> {
        let place = self.position_of(asked.field);
        match &asked.answer {
            Kind::Text {
                text,
                is_secret,
                newlines,
                example,
            } => {
                let example = if text.is_empty() { *example } else { "" };
                let field = (asked, place, *is_secret, *newlines);
                self.ask_text(field, None, text, example)
            }
            Kind::Choice { options, chosen } => self.ask_choice(asked, &place, options, *chosen),
            Kind::Toggle(is_on) => self.ask_toggle(asked, &place, *is_on),
            Kind::Rows {
                rows, max_rows: 0, ..
            } => self.ask_given_rows(asked, &place, rows),
            Kind::Rows { example, .. } => self.ask_rows(asked, &place, example),
            Kind::Pick { many, .. } => self.ask_pick(asked, &place, *many),
            Kind::Generated => self.ask_generated(asked, &place),
        }
    }

    /// Changes the answer and says it. A refusal is an error.
    pub(super) fn take(&mut self, field: FieldId, answer: Answer<'_>) -> bool {
        let taken = self.console.with_page(|page, cx| {
            let form = page.form()?;
            Some(form.answer(field, answer, cx))
        });
        self.go_on();
        self.tick();
        match taken {
            Some(Err(reason)) => {
                self.say(&format!("Error: {reason}"));
                false
            }
            _ => true,
        }
    }

    pub(super) fn confirm(&mut self, field: FieldId) {
        let has_error = self.errors().iter().any(|one| one.slot.field == field);
        let Some(asked) = self.asked_at(field).filter(|_| !has_error) else {
            return;
        };
        let said = asked.said();
        let is_secret = matches!(
            asked.answer,
            Kind::Text {
                is_secret: true,
                ..
            }
        );
        let said = match said.as_str() {
            "" => "empty",
            _ if is_secret => "taken",
            said => said,
        };
        // A label that is a question is not repeated.
        self.say(&match asked.label.ends_with('?') {
            true => format!("Chosen: {said}"),
            false => format!("{}: {said}", asked.label),
        });
    }

    pub(super) fn ask_text(
        &mut self,
        (asked, place, is_secret, newlines): (&Asked, String, bool, bool),
        row: Option<RowKey>,
        text: &str,
        example: &str,
    ) -> Answered<Step> {
        let mut prompt = place;
        if !asked.is_required && !is_secret && !matches!(self.console.screen(), Screen::SignIn(_)) {
            prompt.push_str(", optional");
        }
        if is_secret {
            prompt.push_str(", hidden");
        }
        prompt.push_str(&keeps(&text.replace('\n', "; ")).replacen(" Enter", ". Enter", 1));
        if !example.is_empty() && !self.is_brief {
            prompt.push_str(&format!(", e.g. {example}"));
        }
        let prompt = format!("{}:", prompt.trim_end_matches('.'));
        // The label does not say which password is meant.
        let is_sign_in = matches!(self.console.screen(), Screen::SignIn(_));
        if is_secret && !is_sign_in && !self.is_brief && self.explained.insert(asked.help) {
            self.say(asked.help);
        }
        let typed = match Step::of(self.ask(&prompt, is_secret)?) {
            Ok(typed) => typed,
            Err(Step::Again) => {
                self.say(&format!("{}: {text}", asked.label));
                return Ok(Step::Again);
            }
            Err(step) => return Ok(step),
        };
        let is_missing = is_secret || matches!(self.console.screen(), Screen::SignIn(_));
        if typed.is_empty() && text.is_empty() && is_missing {
            self.say(&format!("Error: {}: Type it. back returns.", asked.label));
            return Ok(Step::Again);
        }
        if !typed.is_empty() {
            let lines = zeroize::Zeroizing::new(typed.replace("\\n", "\n"));
            let typed = match typed.as_str() {
                "-" if !is_secret => "",
                _ if newlines => lines.as_str(),
                typed => typed,
            };
            let answer = match row {
                Some(key) => Answer::SetRow(key, typed),
                None => Answer::Text(typed),
            };
            if !self.take(asked.field, answer) {
                return Ok(Step::Again);
            }
        }
        if row.is_none() {
            self.confirm(asked.field);
        }
        Ok(Step::On)
    }

    fn ask_choice(
        &mut self,
        asked: &Asked,
        place: &str,
        options: &[OptionText],
        chosen: Option<usize>,
    ) -> Answered<Step> {
        for (nth, option) in options.iter().enumerate() {
            let help = if option.help.is_empty() { "" } else { ". " };
            self.say(&format!(
                "{}. {}{help}{}",
                nth + 1,
                option.label,
                option.help
            ));
        }
        let keeps = chosen.map_or_else(String::new, |at| format!(", Enter keeps {}", at + 1));
        let prompt = format!("{place}. 1 to {}{keeps}:", options.len());
        let typed = match Step::of(self.ask(&prompt, false)?) {
            Ok(typed) => typed,
            Err(step) => return Ok(step),
        };
        if !typed.is_empty() {
            let at = match option_named(&typed, options).as_slice() {
                [at] => *at,
                found => {
                    let how_many = if found.is_empty() {
                        "none"
                    } else {
                        "more than one"
                    };
                    self.say(&format!(
                        "Error: {}: \"{}\" is {how_many} of them. Type a number from 1 to {}, or a whole name.",
                        asked.label,
                        typed.as_str(),
                        options.len()
                    ));
                    return Ok(Step::Again);
                }
            };
            // A field that cannot be changed stays as it is, and the reason is shown.
            if !self.take(asked.field, Answer::Choose(at)) {
                return Ok(Step::On);
            }
        }
        self.confirm(asked.field);
        Ok(Step::On)
    }

    fn ask_toggle(&mut self, asked: &Asked, place: &str, is_on: bool) -> Answered<Step> {
        let now = crate::form::asked::yes_or_no(is_on);
        let prompt = format!("{place}. yes or no, Enter keeps {now}:");
        let typed = match Step::of(self.ask(&prompt, false)?) {
            Ok(typed) => typed,
            Err(step) => return Ok(step),
        };
        if !typed.is_empty() {
            let Some(wanted) = yes_or_no(&typed) else {
                self.say(&format!("Error: {}: Type yes or no.", asked.label));
                return Ok(Step::Again);
            };
            if wanted != is_on && !self.take(asked.field, Answer::Switch(wanted)) {
                return Ok(Step::Again);
            }
        }
        self.confirm(asked.field);
        Ok(Step::On)
    }

    fn ask_generated(&mut self, asked: &Asked, place: &str) -> Answered<Step> {
        let prompt = format!(
            "{place}. Made by the console. copy copies it, new makes another, Enter goes on:"
        );
        let typed = match Step::of(self.ask(&prompt, false)?) {
            Ok(typed) => typed,
            Err(step) => return Ok(step),
        };
        match text::key(&typed).as_str() {
            "" => return Ok(Step::On),
            "copy" => self.act(Action::CopySecret),
            "new" => self.act(Action::Renew),
            _ => {
                self.say(&format!(
                    "Error: {}: Type copy or new, or Enter.",
                    asked.label
                ));
                false
            }
        };
        Ok(Step::Again)
    }
}

/// The option with this number, or those with this label, with a label that begins with it, or with
/// a word that does.
fn option_named(typed: &str, options: &[OptionText]) -> Vec<usize> {
    if let Ok(number) = typed.parse::<usize>() {
        let at = number.checked_sub(1).filter(|at| *at < options.len());
        return at.into_iter().collect();
    }
    let typed = text::key(typed);
    let typed = match typed.as_str() {
        "y" => "yes",
        "n" => "no",
        typed => typed,
    };
    let labels: Vec<String> = options.iter().map(|one| text::key(one.label)).collect();
    let is = |label: &String| label == typed;
    let begins = |label: &String| label.starts_with(typed);
    let has = |label: &String| label.split(' ').any(|word| word.starts_with(typed));
    let fits: [&dyn Fn(&String) -> bool; 3] = [&is, &begins, &has];
    let found = fits.iter().map(|fits| {
        let fitting = labels.iter().enumerate().filter(|(_, label)| fits(label));
        fitting.map(|(at, _)| at).collect::<Vec<_>>()
    });
    found
        .into_iter()
        .find(|found| !found.is_empty())
        .unwrap_or_default()
}
