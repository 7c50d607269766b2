//! Questions with a list for an answer: rows that are typed, and options that are searched.

use super::{Answered, Plain, field::Step, rows::PAGE, spoken::count};
use crate::{
    domain::text,
    form::{Answer, Answered as Kind, Asked, AskedRow, FieldId, PickOption},
};

impl Plain<'_> {
    fn rows_of(&mut self, field: FieldId) -> Vec<AskedRow> {
        match self.asked_at(field).map(|asked| asked.answer) {
            Some(Kind::Rows { rows, .. }) => rows
                .into_iter()
                .filter(|row| !row.text.trim().is_empty())
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Rows that can be added: `remove 2` or `- 2` removes one, `replace 2 text` or `2 = text` changes
    /// one.
    pub(super) fn ask_rows(&mut self, asked: &Asked, place: &str, example: &str) -> Answered<Step> {
        loop {
            let rows = self.rows_of(asked.field);
            let example = match rows.len() {
                0 if !self.is_brief => format!(", e.g. {example}"),
                _ => String::new(),
            };
            let is_known = self.is_brief || !self.explained.insert("rows");
            let how_many = match rows.len() {
                0 => "No rows".to_owned(),
                rows => count(rows as u64, "row", "rows"),
            };
            let prompt = match rows.len() {
                0 => format!("{place}. {how_many}. A new row{example}:"),
                _ if is_known => format!("{place}. {how_many}. A new row, or Enter:"),
                _ => format!(
                    "{place}. {how_many}. A new row, remove N removes one, replace N TEXT changes one, again reads them, Enter goes on:"
                ),
            };
            let typed = match Step::of(self.ask(&prompt, false)?) {
                Ok(typed) => typed,
                Err(Step::Again) => {
                    for (nth, row) in rows.iter().enumerate() {
                        self.say(&format!("{}. {}", nth + 1, row.text));
                    }
                    continue;
                }
                Err(step) => return Ok(step),
            };
            if typed.is_empty() {
                return Ok(Step::On);
            }
            self.change_rows(asked, &rows, &typed);
        }
    }

    fn change_rows(&mut self, asked: &Asked, rows: &[AskedRow], typed: &str) {
        let row = |number: &str| {
            let at = number.trim().parse::<usize>().ok()?.checked_sub(1)?;
            rows.get(at)
        };
        let typed = &in_signs(typed);
        let said = if typed == "-" {
            for row in rows {
                self.take(asked.field, Answer::RemoveRow(row.key));
            }
            "Removed all rows.".to_owned()
        } else if let Some(number) = typed.strip_prefix('-') {
            let Some(row) = row(number) else {
                return self.say(&format!(
                    "Error: There is no row {}. The rows are 1 to {}.",
                    number.trim(),
                    rows.len()
                ));
            };
            self.take(asked.field, Answer::RemoveRow(row.key));
            format!("Removed {}.", row.text)
        } else if let Some((row, text)) = typed
            .split_once('=')
            .and_then(|(number, text)| Some((row(number)?, text.trim())))
        {
            self.take(asked.field, Answer::SetRow(row.key, text));
            format!("Replaced {} by {text}.", row.text)
        } else if self.take(asked.field, Answer::AddRow(typed)) {
            format!("Added row {}, {typed}.", rows.len() + 1)
        } else {
            return;
        };
        self.say(&said);
        if let Some(asked) = self.asked_at(asked.field) {
            self.tell_findings(&asked);
        }
    }

    /// Rows that depend on other fields: one question each.
    pub(super) fn ask_given_rows(
        &mut self,
        asked: &Asked,
        place: &str,
        rows: &[AskedRow],
    ) -> Answered<Step> {
        let mut at = 0;
        while let Some(row) = rows.get(at) {
            let place = format!("{}, {place}", row.label);
            let fresh = self.rows_of(asked.field);
            let text = fresh.iter().find(|one| one.key == row.key);
            let text = text.map(|one| one.text.clone()).unwrap_or_default();
            match self.ask_text((asked, place, false, false), Some(row.key), &text, "")? {
                Step::On => {
                    let errors = self.errors();
                    let wrong = errors
                        .iter()
                        .find(|one| one.slot.field == asked.field && one.slot.row == Some(row.key));
                    match wrong {
                        Some(error) => {
                            self.say(&format!("Error: {}: {}", row.label, error.with_rule()));
                        }
                        None => {
                            self.say(&format!("{}: taken", row.label));
                            at += 1;
                        }
                    }
                }
                Step::Skip => at += 1,
                Step::Back if at > 0 => at -= 1,
                Step::Again => {}
                step => return Ok(step),
            }
        }
        Ok(
            if self
                .errors()
                .iter()
                .any(|one| one.slot.field == asked.field)
            {
                Step::Skip
            } else {
                Step::On
            },
        )
    }

    fn chosen(&mut self, field: FieldId) -> Vec<PickOption> {
        match self.asked_at(field).map(|asked| asked.answer) {
            Some(Kind::Pick { chosen, .. }) => chosen,
            _ => Vec::new(),
        }
    }

    pub(super) fn ask_pick(&mut self, asked: &Asked, place: &str, many: bool) -> Answered<Step> {
        // The result of the last search, which numbers choose from.
        let mut found: Vec<PickOption> = Vec::new();
        let mut from = 0;
        loop {
            let chosen = self.chosen(asked.field);
            let is_known = self.is_brief || (many && !self.explained.insert("pick"));
            let state = match (many, chosen.first()) {
                (true, _) if is_known => format!("{} chosen. A word, or Enter", chosen.len()),
                (true, _) => format!(
                    "{} chosen. A word searches, again reads them, Enter goes on",
                    chosen.len()
                ),
                (false, Some(one)) => format!("A word searches, Enter keeps {}", one.label),
                (false, None) => "A word searches".to_owned(),
            };
            let typed = match Step::of(self.ask(&format!("{place}. {state}:"), false)?) {
                Ok(typed) => typed,
                Err(Step::Again) => {
                    for (nth, option) in chosen.iter().enumerate() {
                        self.say(&format!("{}. {}", nth + 1, option.said()));
                    }
                    found = chosen;
                    continue;
                }
                Err(step) => return Ok(step),
            };
            if typed.is_empty() {
                self.confirm(asked.field);
                return Ok(Step::On);
            }
            if matches!(typed.as_str(), "more" | "m") && !found.is_empty() {
                from += PAGE as usize;
                self.say_options(&found, from);
                continue;
            }
            let numbered = typed.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
            let option = match numbered.and_then(|at| found.get(at)) {
                Some(option) => Some(option.clone()),
                None => {
                    (found, from) = (self.search(asked.field, &typed), 0);
                    only_match(&found, &typed)
                }
            };
            match option {
                Some(option) => {
                    if self.pick(asked.field, &option, &chosen, many) && !many {
                        return Ok(Step::On);
                    }
                }
                None => self.say_options(&found, from),
            }
        }
    }

    fn search(&mut self, field: FieldId, query: &str) -> Vec<PickOption> {
        self.console.with_page(|page, cx| {
            if let Some(form) = page.form() {
                form.search(field, query, cx);
            }
        });
        self.go_on();
        self.any_form().map(|form| form.found()).unwrap_or_default()
    }

    fn say_options(&mut self, found: &[PickOption], from: usize) {
        if found.is_empty() {
            return self.say("Error: Nothing matches. Type another word.");
        }
        let until = (from + PAGE as usize).min(found.len());
        self.say(&format!(
            "{} found, {} to {until}. A number chooses{}.",
            found.len(),
            (from + 1).min(until),
            if until < found.len() {
                ", more reads on"
            } else {
                ""
            }
        ));
        for (nth, option) in found.iter().enumerate().skip(from).take(PAGE as usize) {
            self.say(&format!(
                "{}. {}. {}",
                nth + 1,
                option.said(),
                option.description
            ));
        }
    }

    /// Whether the answer was changed.
    fn pick(
        &mut self,
        field: FieldId,
        option: &PickOption,
        chosen: &[PickOption],
        many: bool,
    ) -> bool {
        if let Some(reason) = option.locked {
            self.say(&format!("Error: {}: {reason}", option.label));
            return false;
        }
        if !self.take(field, Answer::Pick(&option.key)) {
            return false;
        }
        let verb = match (many, chosen.iter().any(|one| one.key == option.key)) {
            (true, true) => "Removed ",
            (true, false) => "Added ",
            (false, _) => "Chosen: ",
        };
        self.say(&format!("{verb}{}.", option.said()));
        true
    }
}

/// `remove 2`, `remove all` and `replace 2 text` as the signs that mean the same.
fn in_signs(typed: &str) -> String {
    let mut words = typed.splitn(3, ' ');
    let command = words.next().map(text::key).unwrap_or_default();
    match (command.as_str(), words.next(), words.next()) {
        ("remove", Some("all"), None) => "-".to_owned(),
        ("remove", Some(number), None) => format!("- {number}"),
        ("replace", Some(number), Some(text)) => format!("{number} = {text}"),
        _ => typed.to_owned(),
    }
}

/// The only match, or the only one with exactly this spelling.
fn only_match(found: &[PickOption], answer: &str) -> Option<PickOption> {
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

#[cfg(test)]
mod tests {
    use super::in_signs;

    #[test]
    fn words_change_rows_as_signs_do() {
        for (typed, meant) in [
            ("remove 2", "- 2"),
            ("Remove all", "-"),
            ("replace 2 https://a.example/cb", "2 = https://a.example/cb"),
            ("https://a.example/cb", "https://a.example/cb"),
            ("remove", "remove"),
        ] {
            assert_eq!(in_signs(typed), meant);
        }
    }
}
