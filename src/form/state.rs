//! Focus and keys of forms, shared by all tables of fields.

use std::collections::BTreeSet;

use super::{
    entry::TextEdit,
    field::{Control, Field, FieldId, Slot, shown_fields},
    picker::Picker,
};
use crate::keymap::{Action, Edit};

/// The focus of a form without a field.
pub const NOWHERE: Slot = Slot {
    field: FieldId(""),
    row: None,
};

/// The focus, the slots that were left, and the open picker.
#[derive(Clone, Debug)]
pub struct FormState {
    pub focus: Slot,
    /// Slots that were left once, and so show their errors.
    pub touched: BTreeSet<Slot>,
    pub picker: Option<Picker>,
    /// The generated secret that is revealed.
    pub revealed: Option<FieldId>,
}

/// The result of a key, for the owner of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormEvent {
    Ignored,
    Moved,
    Changed(FieldId),
    /// The focus should move past the last slot, or back before the first.
    PastEnd,
    BeforeStart,
    Refused(String),
    Renew(FieldId),
    Copy(FieldId),
    /// A path should be completed.
    Complete(FieldId),
}

/// A form's field table with its data and context.
#[derive(Debug)]
pub struct Table<'a, D: 'static, C: 'static> {
    pub fields: &'a [Field<D, C>],
    pub data: &'a mut D,
    pub context: &'a C,
    /// Cells in a line of a text field, for the cursor keys.
    pub text_width: u16,
}

impl<'a, D> Table<'a, D, ()> {
    /// A form without lookups and without text of several lines.
    pub fn plain(fields: &'a [Field<D, ()>], data: &'a mut D) -> Self {
        Self {
            fields,
            data,
            context: &(),
            text_width: u16::MAX,
        }
    }
}

pub fn slots<D, C>(fields: &[Field<D, C>], data: &D) -> Vec<Slot> {
    shown_fields(fields, data)
        .flat_map(|field| field.slots(data))
        .collect()
}

pub fn field_of<D, C>(fields: &[Field<D, C>], id: FieldId) -> Option<&Field<D, C>> {
    fields.iter().find(|field| field.id == id)
}

/// The text of the focused slot, if it has one.
pub fn text_at<'d, D, C>(
    fields: &[Field<D, C>],
    data: &'d D,
    slot: Slot,
) -> Option<&'d dyn TextEdit> {
    match &field_of(fields, slot.field)?.control {
        Control::Text { get, .. } => Some(get(data)),
        Control::Rows { get, .. } => Some(&get(data).get(slot.row?)?.entry),
        _ => None,
    }
}

pub(super) fn text_at_mut<'d, D, C>(
    fields: &[Field<D, C>],
    data: &'d mut D,
    slot: Slot,
) -> Option<(&'d mut dyn TextEdit, usize)> {
    match &field_of(fields, slot.field)?.control {
        Control::Text { get_mut, max, .. } => Some((get_mut(data), *max)),
        Control::Rows { get_mut, max, .. } => {
            let row = get_mut(data).get_mut(slot.row?)?;
            Some((&mut row.entry, *max))
        }
        _ => None,
    }
}

impl FormState {
    pub fn at(focus: Slot) -> Self {
        Self {
            focus,
            touched: BTreeSet::new(),
            picker: None,
            revealed: None,
        }
    }

    /// Focuses a slot that exists: the wanted one, another row of its field, or the first.
    pub fn settle<D, C>(&mut self, fields: &[Field<D, C>], data: &D) {
        let slots = slots(fields, data);
        if slots.contains(&self.focus) {
            return;
        }
        let same_field = slots.iter().find(|slot| slot.field == self.focus.field);
        self.focus = same_field.or(slots.first()).copied().unwrap_or(NOWHERE);
    }

    pub fn touch(&mut self) {
        self.touched.insert(self.focus);
    }

    pub fn go(&mut self, slot: Slot) -> FormEvent {
        self.touch();
        self.revealed = None;
        self.focus = slot;
        FormEvent::Moved
    }

    fn step<D, C>(&mut self, table: &Table<'_, D, C>, forward: bool) -> FormEvent {
        let slots = slots(table.fields, table.data);
        let Some(here) = slots.iter().position(|slot| *slot == self.focus) else {
            self.touch();
            return if forward {
                FormEvent::PastEnd
            } else {
                FormEvent::BeforeStart
            };
        };
        let target = if forward {
            slots.get(here + 1)
        } else {
            here.checked_sub(1).and_then(|before| slots.get(before))
        };
        match target {
            Some(slot) => self.go(*slot),
            None => {
                self.touch();
                self.revealed = None;
                if forward {
                    FormEvent::PastEnd
                } else {
                    FormEvent::BeforeStart
                }
            }
        }
    }

    /// Handles an action in a form.
    pub fn act<D, C>(&mut self, table: &mut Table<'_, D, C>, action: Action) -> FormEvent {
        if self.picker.is_some() {
            return self.act_in_picker(table, action);
        }
        let Some(field) = field_of(table.fields, self.focus.field) else {
            return match action {
                Action::NextField | Action::Confirm | Action::Down => FormEvent::PastEnd,
                Action::PrevField | Action::Up => FormEvent::BeforeStart,
                _ => FormEvent::Ignored,
            };
        };
        match action {
            Action::NextField => self.step(table, true),
            Action::PrevField => self.step(table, false),
            Action::Up | Action::Down => self.vertical(table, field, action == Action::Up),
            Action::Left => self.choose_beside(table, field, false),
            Action::Right => self.choose_beside(table, field, true),
            Action::Confirm => self.confirm(table, field),
            Action::Toggle => self.toggle(table, field),
            Action::Edit(edit) => self.edit(table, field, edit),
            Action::Reveal => self.reveal(field),
            Action::Renew => match field.control {
                Control::Generated { .. } => FormEvent::Renew(field.id),
                _ => FormEvent::Ignored,
            },
            Action::CopySecret => match field.control {
                Control::Generated { .. } => FormEvent::Copy(field.id),
                _ => FormEvent::Ignored,
            },
            Action::RemoveRow => self.remove_row(table, field),
            _ => FormEvent::Ignored,
        }
    }

    fn reveal<D, C>(&mut self, field: &Field<D, C>) -> FormEvent {
        if !matches!(field.control, Control::Generated { .. }) {
            return FormEvent::Ignored;
        }
        self.revealed = match self.revealed {
            Some(_) => None,
            None => Some(field.id),
        };
        FormEvent::Moved
    }

    fn vertical<D, C>(
        &mut self,
        table: &mut Table<'_, D, C>,
        field: &Field<D, C>,
        up: bool,
    ) -> FormEvent {
        match &field.control {
            Control::Text { get_mut, lines, .. }
                if *lines > 1 && get_mut(table.data).move_line(up, table.text_width) =>
            {
                return FormEvent::Moved;
            }
            Control::Choice(choice) => {
                let target = match (choice.chosen(table.data), up) {
                    (None, false) => Some(0),
                    (None, true) => None,
                    (Some(at), true) => at.checked_sub(1),
                    (Some(at), false) => Some(at + 1).filter(|next| *next < choice.count()),
                };
                if let Some(target) = target {
                    choice.choose(table.data, target);
                    return FormEvent::Changed(field.id);
                }
            }
            _ => {}
        }
        self.step(table, !up)
    }

    fn choose_beside<D, C>(
        &mut self,
        table: &mut Table<'_, D, C>,
        field: &Field<D, C>,
        forward: bool,
    ) -> FormEvent {
        let Control::Choice(choice) = &field.control else {
            return FormEvent::Ignored;
        };
        let target = match (choice.chosen(table.data), forward) {
            (None, _) => 0,
            (Some(at), true) => (at + 1).min(choice.count().saturating_sub(1)),
            (Some(at), false) => at.saturating_sub(1),
        };
        choice.choose(table.data, target);
        FormEvent::Changed(field.id)
    }

    fn confirm<D, C>(&mut self, table: &mut Table<'_, D, C>, field: &Field<D, C>) -> FormEvent {
        match &field.control {
            Control::Pick { .. } => self.open_picker(field.id, ""),
            Control::Choice(choice)
                if choice.chosen(table.data).is_none() && (field.required)(table.data) =>
            {
                FormEvent::Refused("Choose an answer first: Space or an arrow key.".to_owned())
            }
            Control::Rows {
                get,
                get_mut,
                max_rows,
                ..
            } if *max_rows > 0 => {
                let rows = get(table.data);
                let last = rows.iter().last().map(|row| row.key);
                let here = self.focus.row;
                let blank = here
                    .and_then(|key| rows.get(key))
                    .is_none_or(|row| row.entry.is_blank());
                if blank && rows.len() > 1 {
                    let event = self.step(table, true);
                    if let Some(key) = here {
                        get_mut(table.data).remove(key);
                    }
                    return match event {
                        FormEvent::PastEnd => {
                            self.settle(table.fields, table.data);
                            FormEvent::PastEnd
                        }
                        _ => FormEvent::Changed(field.id),
                    };
                }
                if !blank && here == last && rows.len() < *max_rows {
                    let key = get_mut(table.data).add_after(here);
                    self.go((field.id, key).into());
                    return FormEvent::Changed(field.id);
                }
                self.step(table, true)
            }
            Control::Text {
                get_mut,
                newlines: true,
                ..
            } => {
                get_mut(table.data).edit(Edit::Insert('\n'));
                FormEvent::Changed(field.id)
            }
            _ => self.step(table, true),
        }
    }

    fn toggle<D, C>(&mut self, table: &mut Table<'_, D, C>, field: &Field<D, C>) -> FormEvent {
        match &field.control {
            Control::Toggle { get, set } => {
                let wanted = !get(table.data);
                match set(table.data, wanted) {
                    Ok(()) => FormEvent::Changed(field.id),
                    Err(reason) => FormEvent::Refused(reason.to_owned()),
                }
            }
            Control::Choice(choice) => {
                let next = match choice.chosen(table.data) {
                    Some(at) => (at + 1) % choice.count().max(1),
                    None => 0,
                };
                choice.choose(table.data, next);
                FormEvent::Changed(field.id)
            }
            Control::Pick { .. } => self.open_picker(field.id, ""),
            _ => FormEvent::Ignored,
        }
    }

    fn edit<D, C>(
        &mut self,
        table: &mut Table<'_, D, C>,
        field: &Field<D, C>,
        edit: Edit,
    ) -> FormEvent {
        match &field.control {
            Control::Pick { .. } => match edit {
                Edit::Insert(c) => {
                    let mut buffer = [0; 4];
                    self.open_picker(field.id, c.encode_utf8(&mut buffer))
                }
                Edit::Backspace => Self::remove_last_pick(table, field),
                _ => FormEvent::Ignored,
            },
            Control::Rows { get, max_rows, .. }
                if *max_rows > 0
                    && edit == Edit::Backspace
                    && get(table.data).len() > 1
                    && text_at(table.fields, table.data, self.focus)
                        .is_some_and(|entry| entry.text().is_empty()) =>
            {
                self.remove_row(table, field)
            }
            _ => {
                let Some((entry, _)) = text_at_mut(table.fields, table.data, self.focus) else {
                    return FormEvent::Ignored;
                };
                // At the end of a path, the right arrow completes it, as in shells with
                // suggestions.
                if edit == Edit::Right && entry.cursor() == entry.text().len() {
                    return FormEvent::Complete(field.id);
                }
                let before = entry.text().len();
                entry.edit(edit);
                if matches!(edit, Edit::Insert(_)) && entry.text().len() == before {
                    return FormEvent::Refused("This field is full.".to_owned());
                }
                FormEvent::Changed(field.id)
            }
        }
    }

    fn remove_last_pick<D, C>(table: &mut Table<'_, D, C>, field: &Field<D, C>) -> FormEvent {
        let Control::Pick {
            chosen,
            toggle,
            many,
            ..
        } = &field.control
        else {
            return FormEvent::Ignored;
        };
        let last = chosen(table.data, table.context)
            .into_iter()
            .rfind(|option| option.locked.is_none());
        match last {
            Some(option) if *many => {
                toggle(table.data, &option.key);
                FormEvent::Changed(field.id)
            }
            _ => FormEvent::Ignored,
        }
    }

    fn remove_row<D, C>(&mut self, table: &mut Table<'_, D, C>, field: &Field<D, C>) -> FormEvent {
        let Control::Rows {
            get_mut, max_rows, ..
        } = &field.control
        else {
            return FormEvent::Ignored;
        };
        let Some(key) = self.focus.row.filter(|_| *max_rows > 0) else {
            return FormEvent::Ignored;
        };
        if let Some(next) = get_mut(table.data).remove(key) {
            self.focus.row = Some(next);
        }
        FormEvent::Changed(field.id)
    }
}
