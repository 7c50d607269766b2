//! A field: its label, its help, its control, and a typed lens to its value.

use super::{
    choice::{AnyChoice, Choice},
    entry::TextEdit,
    rows::Rows,
};
use crate::domain::app::scope::ScopeId;

/// Identifies a field for focus, errors, drafts and the review. Defined in the file of its section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldId(pub &'static str);

/// Identifies a row of a repeatable field, whatever its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RowKey {
    Nth(u32),
    Scope(ScopeId),
}

/// A place that can have the focus: a field, or one row of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slot {
    pub field: FieldId,
    pub row: Option<RowKey>,
}

/// The identifier of a chosen option: a scope, a partner or a developer.
pub type PickKey = String;

/// One line of a picker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PickOption {
    pub key: PickKey,
    pub label: String,
    /// The identifier or address next to the label.
    pub detail: String,
    pub description: String,
    /// Shown under the cursor, after the description.
    pub more: String,
    /// "requires approval", "deprecated".
    pub mark: Option<&'static str>,
    /// The heading of its group; empty for none.
    pub group: &'static str,
    /// Always chosen, for this reason.
    pub locked: Option<&'static str>,
}

/// How a value is entered. `D` is the data of the form, `C` the context for lookups.
#[derive(Clone, Copy)]
pub enum Control<D: 'static, C: 'static> {
    Text {
        get: fn(&D) -> &dyn TextEdit,
        get_mut: fn(&mut D) -> &mut dyn TextEdit,
        /// In characters. A paste is cut here; the validator reports a longer typed text.
        max: usize,
        /// Rows on the screen.
        lines: u16,
        /// Whether Enter inserts a line break and a paste keeps its lines. Otherwise Enter moves
        /// on.
        newlines: bool,
        example: &'static str,
    },
    Choice(&'static dyn AnyChoice<D>),
    Toggle {
        get: fn(&D) -> bool,
        /// `Err` says why the value cannot be changed.
        set: fn(&mut D, bool) -> Result<(), &'static str>,
    },
    Rows {
        get: fn(&D) -> &Rows,
        get_mut: fn(&mut D) -> &mut Rows,
        /// Most rows; 0 if other fields determine the rows.
        max_rows: usize,
        max: usize,
        /// The label before a row.
        row_label: fn(&RowKey) -> String,
        example: &'static str,
    },
    Pick {
        many: bool,
        options: fn(&C, &str) -> Vec<PickOption>,
        chosen: fn(&D, &C) -> Vec<PickOption>,
        /// Adds or removes an option.
        toggle: fn(&mut D, &str),
        /// A dim line below the chips, e.g. about included scopes.
        note: fn(&D) -> String,
    },
    /// A generated secret: masked, revealed, copied and renewed, never typed.
    Generated {
        get: fn(&D) -> &crate::domain::secret::Secret,
    },
}

impl<D, C> std::fmt::Debug for Control<D, C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Text { .. } => "Text",
            Self::Choice(_) => "Choice",
            Self::Toggle { .. } => "Toggle",
            Self::Rows { .. } => "Rows",
            Self::Pick { .. } => "Pick",
            Self::Generated { .. } => "Generated",
        })
    }
}

/// A row of a section's field table.
#[derive(Debug)]
pub struct Field<D: 'static, C: 'static> {
    pub id: FieldId,
    pub label: &'static str,
    /// The label beside its answer, at most 20 characters.
    pub short: &'static str,
    /// Its name in a manifest; empty if a manifest has no such member.
    pub member: &'static str,
    /// A line or two at the foot of the form while the field is focused.
    pub help: &'static str,
    /// The keys of this field, shown only in the full screen.
    pub keys: &'static str,
    pub required: fn(&D) -> bool,
    pub shown: fn(&D) -> bool,
    pub control: Control<D, C>,
}

impl<D, C> Field<D, C> {
    /// A line of text that may be left out. The methods below change the defaults.
    pub const fn text(
        id: FieldId,
        label: &'static str,
        get: fn(&D) -> &dyn TextEdit,
        get_mut: fn(&mut D) -> &mut dyn TextEdit,
    ) -> Self {
        Self::new(
            id,
            label,
            Control::Text {
                get,
                get_mut,
                max: usize::MAX,
                lines: 1,
                newlines: false,
                example: "",
            },
        )
    }

    pub const fn choice<V: Copy + PartialEq + Sync>(
        id: FieldId,
        label: &'static str,
        choice: &'static Choice<D, V>,
    ) -> Self {
        Self::new(id, label, Control::Choice(choice))
    }

    pub const fn toggle(
        id: FieldId,
        label: &'static str,
        get: fn(&D) -> bool,
        set: fn(&mut D, bool) -> Result<(), &'static str>,
    ) -> Self {
        Self::new(id, label, Control::Toggle { get, set })
    }

    /// Rows that other fields determine. `max_rows` lets rows be added.
    pub const fn rows(
        id: FieldId,
        label: &'static str,
        get: fn(&D) -> &Rows,
        get_mut: fn(&mut D) -> &mut Rows,
    ) -> Self {
        Self::new(
            id,
            label,
            Control::Rows {
                get,
                get_mut,
                max_rows: 0,
                max: usize::MAX,
                row_label: |_| String::new(),
                example: "",
            },
        )
    }

    pub const fn new(id: FieldId, label: &'static str, control: Control<D, C>) -> Self {
        Self {
            id,
            label,
            short: label,
            member: "",
            help: "",
            keys: "",
            required: |_| false,
            shown: |_| true,
            control,
        }
    }

    pub const fn short(mut self, short: &'static str) -> Self {
        self.short = short;
        self
    }

    pub const fn member(mut self, member: &'static str) -> Self {
        self.member = member;
        self
    }

    pub const fn help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }

    pub const fn keys(mut self, keys: &'static str) -> Self {
        self.keys = keys;
        self
    }

    /// The help of the full screen.
    pub fn whole_help(&self) -> String {
        [self.help, self.keys].join(" ").trim().to_owned()
    }

    pub const fn required(self) -> Self {
        self.required_if(|_| true)
    }

    pub const fn required_if(mut self, required: fn(&D) -> bool) -> Self {
        self.required = required;
        self
    }

    pub const fn shown_if(mut self, shown: fn(&D) -> bool) -> Self {
        self.shown = shown;
        self
    }

    /// Longest text, or longest row, in characters.
    pub const fn max(mut self, most: usize) -> Self {
        if let Control::Text { max, .. } | Control::Rows { max, .. } = &mut self.control {
            *max = most;
        }
        self
    }

    pub const fn example(mut self, text: &'static str) -> Self {
        if let Control::Text { example, .. } | Control::Rows { example, .. } = &mut self.control {
            *example = text;
        }
        self
    }

    /// A text that wraps over several rows of the screen. It cannot contain line breaks.
    pub const fn lines(mut self, rows: u16) -> Self {
        if let Control::Text { lines, .. } = &mut self.control {
            *lines = rows;
        }
        self
    }

    /// A text with line breaks: Enter inserts one.
    pub const fn newlines(mut self) -> Self {
        if let Control::Text { newlines, .. } = &mut self.control {
            *newlines = true;
        }
        self
    }

    pub const fn max_rows(mut self, most: usize) -> Self {
        if let Control::Rows { max_rows, .. } = &mut self.control {
            *max_rows = most;
        }
        self
    }

    pub const fn row_label(mut self, label: fn(&RowKey) -> String) -> Self {
        if let Control::Rows { row_label, .. } = &mut self.control {
            *row_label = label;
        }
        self
    }

    /// The value in words, for a review. A secret is never among them.
    pub fn answers(&self, data: &D, context: &C, mask: &str) -> Vec<String> {
        match &self.control {
            Control::Text { get, .. } => {
                let entry = get(data);
                let text = entry.text().trim();
                if text.is_empty() {
                    Vec::new()
                } else if entry.is_secret() {
                    vec![mask.repeat(16)]
                } else {
                    vec![text.to_owned()]
                }
            }
            Control::Choice(choice) => choice
                .chosen(data)
                .and_then(|at| choice.options().get(at).copied())
                .map(|option| option.label.to_owned())
                .into_iter()
                .collect(),
            Control::Toggle { get, .. } => vec![if get(data) { "on" } else { "off" }.to_owned()],
            Control::Rows { get, row_label, .. } => get(data)
                .filled()
                .map(|row| {
                    let label = row_label(&row.key);
                    let text = row.entry.text().trim();
                    if label.is_empty() {
                        text.to_owned()
                    } else {
                        format!("{label}: {text}")
                    }
                })
                .collect(),
            Control::Pick { chosen, note, .. } => {
                let labels: Vec<String> = chosen(data, context)
                    .into_iter()
                    .map(|option| match option.mark {
                        Some(mark) if mark != "always" => format!("{} ({mark})", option.label),
                        _ => option.label,
                    })
                    .collect();
                let note = note(data);
                [labels.join(", "), note]
                    .into_iter()
                    .filter(|line| !line.is_empty())
                    .collect()
            }
            Control::Generated { .. } => vec![mask.repeat(16)],
        }
    }

    /// Copies the answer of `from` to `to`, unless the secret is generated, which has no lens for
    /// writing.
    pub fn copy(&self, to: &mut D, from: &D, context: &C) {
        match &self.control {
            Control::Text { get, get_mut, .. } => {
                let text = get(from).text();
                get_mut(to).set_text(text, text.len());
            }
            Control::Choice(choice) => {
                if let Some(at) = choice.chosen(from) {
                    choice.choose(to, at);
                }
            }
            Control::Toggle { get, set } => {
                // A value that cannot be set is the same in both.
                let _ = set(to, get(from));
            }
            Control::Rows { get, get_mut, .. } => *get_mut(to) = get(from).clone(),
            Control::Pick { chosen, toggle, .. } => {
                let keys = |data: &D| -> Vec<PickKey> {
                    let chosen = chosen(data, context);
                    chosen.into_iter().map(|option| option.key).collect()
                };
                let (had, wanted) = (keys(to), keys(from));
                let differs = |one: &[PickKey], other: &[PickKey]| -> Vec<PickKey> {
                    one.iter()
                        .filter(|key| !other.contains(key))
                        .cloned()
                        .collect()
                };
                for key in differs(&had, &wanted)
                    .into_iter()
                    .chain(differs(&wanted, &had))
                {
                    toggle(to, &key);
                }
            }
            Control::Generated { .. } => {}
        }
    }

    /// The focusable places of this field, in order.
    pub fn slots(&self, data: &D) -> Vec<Slot> {
        match self.control {
            Control::Rows { get, .. } => get(data)
                .iter()
                .map(|row| Slot::from((self.id, row.key)))
                .collect(),
            _ => vec![self.id.into()],
        }
    }
}

/// The fields that are shown for the answers so far.
pub fn shown_fields<'a, D, C>(
    fields: &'a [Field<D, C>],
    data: &'a D,
) -> impl Iterator<Item = &'a Field<D, C>> {
    fields.iter().filter(move |field| (field.shown)(data))
}
