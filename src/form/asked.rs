//! Fields as questions, and answers to them, whatever the data of the form. Plain mode asks any form
//! with this.

use super::{
    choice::OptionText,
    field::{Control, Field, FieldId, PickOption, RowKey},
    rows::Rows,
};
use crate::domain::text;

/// A field that is shown now, with its answer.
#[derive(Clone, Debug)]
pub struct Asked {
    pub field: FieldId,
    pub label: &'static str,
    pub help: &'static str,
    pub is_required: bool,
    pub answer: Answered,
}

/// The kind of a field, and its answer so far.
#[derive(Clone, Debug)]
pub enum Answered {
    Text {
        /// Empty for a secret.
        text: String,
        is_secret: bool,
        newlines: bool,
        example: &'static str,
    },
    Choice {
        options: Vec<OptionText>,
        chosen: Option<usize>,
    },
    Toggle(bool),
    Rows {
        rows: Vec<AskedRow>,
        /// 0 if other fields determine the rows.
        max_rows: usize,
        example: &'static str,
    },
    Pick {
        many: bool,
        chosen: Vec<PickOption>,
        note: String,
    },
    Generated,
}

#[derive(Clone, Debug)]
pub struct AskedRow {
    pub key: RowKey,
    pub label: String,
    pub text: String,
}

/// A change of an answer.
#[derive(Clone, Copy, Debug)]
pub enum Answer<'a> {
    Text(&'a str),
    Choose(usize),
    Switch(bool),
    /// Adds or removes an option.
    Pick(&'a str),
    AddRow(&'a str),
    SetRow(RowKey, &'a str),
    RemoveRow(RowKey),
}

impl Asked {
    pub fn is_secret(&self) -> bool {
        matches!(
            self.answer,
            Answered::Text {
                is_secret: true,
                ..
            }
        )
    }

    /// The answer in words. Empty if there is none.
    pub fn said(&self) -> String {
        match &self.answer {
            Answered::Text {
                is_secret: true, ..
            }
            | Answered::Generated => "hidden".to_owned(),
            Answered::Text { text, .. } => text.trim().replace('\n', " "),
            Answered::Choice { options, chosen } => chosen
                .and_then(|at| options.get(at))
                .map_or_else(String::new, |option| option.label.to_owned()),
            Answered::Toggle(on) => yes_or_no(*on).to_owned(),
            Answered::Rows { rows, .. } => {
                let filled = rows.iter().filter(|row| !row.text.trim().is_empty());
                let said = filled.map(|row| match row.label.as_str() {
                    "" => row.text.clone(),
                    label => format!("{label}: {}", row.text),
                });
                said.collect::<Vec<_>>().join("; ")
            }
            Answered::Pick { chosen, note, .. } => {
                let labels: Vec<String> = chosen.iter().map(PickOption::said).collect();
                let labels = labels.join(", ");
                if note.is_empty() {
                    labels
                } else {
                    format!("{labels}. {note}")
                }
            }
        }
    }
}

impl PickOption {
    /// The label, and what is special about it.
    pub fn said(&self) -> String {
        match self.mark {
            Some(mark) if mark != "always" => format!("{} ({mark})", self.label),
            _ => self.label.clone(),
        }
    }
}

pub fn yes_or_no(on: bool) -> &'static str {
    if on { "yes" } else { "no" }
}

impl<D, C> Field<D, C> {
    pub fn asked(&self, data: &D, context: &C) -> Asked {
        let answer = match &self.control {
            Control::Text {
                get,
                newlines,
                example,
                ..
            } => {
                let entry = get(data);
                let is_secret = entry.is_secret();
                Answered::Text {
                    text: if is_secret {
                        String::new()
                    } else {
                        entry.text().to_owned()
                    },
                    is_secret,
                    newlines: *newlines,
                    example,
                }
            }
            Control::Choice(choice) => Answered::Choice {
                options: choice.options(),
                chosen: choice.chosen(data),
            },
            Control::Toggle { get, .. } => Answered::Toggle(get(data)),
            Control::Rows {
                get,
                max_rows,
                row_label,
                example,
                ..
            } => Answered::Rows {
                rows: asked_rows(get(data), *row_label),
                max_rows: *max_rows,
                example,
            },
            Control::Pick {
                many, chosen, note, ..
            } => Answered::Pick {
                many: *many,
                chosen: chosen(data, context),
                note: note(data),
            },
            Control::Generated { .. } => Answered::Generated,
        };
        Asked {
            field: self.id,
            label: self.label,
            help: self.help,
            is_required: (self.required)(data),
            answer,
        }
    }

    /// Changes the answer as the keys of the control do. `Err` says why it cannot be changed.
    pub fn take(&self, data: &mut D, answer: Answer<'_>) -> Result<(), String> {
        use super::entry::TextEdit as _;
        match (&self.control, answer) {
            (
                Control::Text {
                    get_mut, newlines, ..
                },
                Answer::Text(typed),
            ) => {
                let entry = get_mut(data);
                let kept = match (entry.is_secret(), newlines) {
                    (true, _) => typed.to_owned(),
                    (false, true) => text::many_lines(typed),
                    (false, false) => text::one_line(typed),
                };
                let kept = zeroize::Zeroizing::new(kept);
                entry.set_text(&kept, kept.len());
            }
            (Control::Choice(choice), Answer::Choose(at)) => choice.choose(data, at),
            (Control::Toggle { set, .. }, Answer::Switch(on)) => set(data, on)?,
            (Control::Pick { toggle, .. }, Answer::Pick(key)) => toggle(data, key),
            (Control::Rows { get_mut, .. }, Answer::RemoveRow(key)) => {
                get_mut(data).remove(key);
            }
            (Control::Rows { get_mut, .. }, Answer::SetRow(key, typed)) => {
                if let Some(row) = get_mut(data).get_mut(key) {
                    let kept = text::one_line(typed);
                    row.entry.set_text(&kept, kept.len());
                }
            }
            (
                Control::Rows {
                    get_mut, max_rows, ..
                },
                Answer::AddRow(typed),
            ) => {
                let rows = get_mut(data);
                if rows.filled().count() >= *max_rows {
                    return Err(format!("There is room for {max_rows}."));
                }
                let empty = rows.iter().find(|row| row.entry.is_blank());
                let key = empty.map(|row| row.key);
                let key = key.unwrap_or_else(|| rows.add_after(None));
                return self.take(data, Answer::SetRow(key, typed));
            }
            _ => {}
        }
        Ok(())
    }
}

fn asked_rows(rows: &Rows, label: fn(&RowKey) -> String) -> Vec<AskedRow> {
    use super::entry::TextEdit as _;
    let asked = rows.iter().map(|row| AskedRow {
        key: row.key,
        label: label(&row.key),
        text: row.entry.text().to_owned(),
    });
    asked.collect()
}
