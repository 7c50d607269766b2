//! The searchable list over a form: its contents and its keys.

use super::{
    entry::{Entry, TextEdit},
    field::{Control, FieldId, PickOption},
    state::{FormEvent, FormState, Table, field_of},
};
use crate::{
    form::field::Field,
    keymap::{Action, Edit},
};

/// Lines of a page.
const PAGE: usize = 8;

/// The list that is open for a field.
#[derive(Clone, Debug)]
pub struct Picker {
    pub field: FieldId,
    pub query: Entry,
    /// Position among the options that match the query.
    pub at: usize,
    /// The cursor was moved since the query was typed: Space now selects instead of typing.
    pub browsing: bool,
}

impl FormState {
    pub fn open_picker(&mut self, field: FieldId, query: &str) -> FormEvent {
        self.picker = Some(Picker {
            field,
            query: Entry::new(query),
            at: 0,
            browsing: query.is_empty(),
        });
        FormEvent::Moved
    }

    /// The options of the open picker. Without a query, chosen values that are not among the
    /// options come first, so that they can be removed.
    pub fn picker_options<D, C>(
        &self,
        fields: &[Field<D, C>],
        data: &D,
        context: &C,
    ) -> Vec<PickOption> {
        let Some(picker) = &self.picker else {
            return Vec::new();
        };
        match field_of(fields, picker.field).map(|field| &field.control) {
            Some(Control::Pick {
                options,
                chosen,
                many,
                ..
            }) => {
                let query = picker.query.text();
                let mut options = options(context, query);
                if *many && query.is_empty() {
                    let is_missing =
                        |one: &PickOption| options.iter().all(|option| option.key != one.key);
                    let missing: Vec<_> = chosen(data, context)
                        .into_iter()
                        .filter(is_missing)
                        .collect();
                    options.splice(0..0, missing);
                }
                options
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn act_in_picker<D, C>(
        &mut self,
        table: &mut Table<'_, D, C>,
        action: Action,
    ) -> FormEvent {
        let options = self.picker_options(table.fields, table.data, table.context);
        let last = options.len().saturating_sub(1);
        let Some(picker) = &mut self.picker else {
            return FormEvent::Ignored;
        };
        match action {
            Action::Up | Action::Down | Action::PageUp | Action::PageDown => {
                picker.browsing = true;
                picker.at = match action {
                    Action::Up => picker.at.saturating_sub(1),
                    Action::Down => (picker.at + 1).min(last),
                    Action::PageUp => picker.at.saturating_sub(PAGE),
                    _ => (picker.at + PAGE).min(last),
                };
            }
            Action::Back => self.picker = None,
            Action::Toggle if !picker.browsing => {
                picker.query.edit(Edit::Insert(' '));
                picker.at = 0;
            }
            Action::Toggle | Action::Confirm => {
                let option = options.get(picker.at);
                return self.choose_option(table, option, action == Action::Confirm);
            }
            Action::Edit(edit) => {
                picker.query.edit(edit);
                picker.at = 0;
                picker.browsing = picker.query.text().is_empty();
            }
            _ => return FormEvent::Ignored,
        }
        FormEvent::Moved
    }

    fn choose_option<D, C>(
        &mut self,
        table: &mut Table<'_, D, C>,
        option: Option<&PickOption>,
        is_confirmed: bool,
    ) -> FormEvent {
        let Some(picker) = &mut self.picker else {
            return FormEvent::Ignored;
        };
        let field = picker.field;
        let Some(Control::Pick {
            many,
            toggle,
            chosen,
            ..
        }) = field_of(table.fields, field).map(|field| &field.control)
        else {
            self.picker = None;
            return FormEvent::Ignored;
        };
        // Enter after a query adds the option that was found; Enter without a query means "done".
        if *many && is_confirmed && picker.query.text().is_empty() {
            self.picker = None;
            return FormEvent::Moved;
        }
        let Some(option) = option else {
            return FormEvent::Refused("Nothing matches. Change the search.".to_owned());
        };
        if *many && is_confirmed {
            picker.query = Entry::default();
            picker.at = 0;
            picker.browsing = true;
            let there = chosen(table.data, table.context)
                .iter()
                .any(|one| one.key == option.key);
            if there {
                return FormEvent::Moved;
            }
        }
        if let Some(reason) = option.locked {
            return FormEvent::Refused(reason.to_owned());
        }
        toggle(table.data, &option.key);
        if !*many {
            self.picker = None;
        }
        FormEvent::Changed(field)
    }
}
