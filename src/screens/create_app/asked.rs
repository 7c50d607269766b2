//! Create App as questions and answers, for plain mode.

use super::{
    CreateApp,
    editing::{differences, fixed},
    sections::{SECTIONS, section_of},
};
use crate::{
    desk::Cx,
    domain::time::Clock,
    form::{
        Answer, Asked, FieldError, FieldId, FormEvent, PickOption, Slot, field::shown_fields,
        state::field_of,
    },
    keymap::Action,
    screens::page::{AnyForm, Changed},
};

impl AnyForm for CreateApp {
    fn asked(&self) -> Vec<Asked> {
        let fields = SECTIONS
            .iter()
            .flat_map(|section| shown_fields(section.fields, &self.draft));
        fields
            .map(|field| field.asked(&self.draft, &self.facts))
            .collect()
    }

    fn section(&self, field: FieldId) -> Option<(&'static str, &'static str)> {
        let section = section_of(field)?;
        Some((section.title, (section.about)(&self.draft)))
    }

    fn answer(
        &mut self,
        field: FieldId,
        answer: Answer<'_>,
        cx: &mut Cx<'_>,
    ) -> Result<(), String> {
        if let Some(reason) = fixed(field, &self.facts) {
            return Err(reason.to_owned());
        }
        let Some(section) = section_of(field) else {
            return Ok(());
        };
        if let Some(field) = field_of(section.fields, field) {
            field.take(&mut self.draft, answer)?;
        }
        self.after(Action::Toggle, FormEvent::Changed(field), cx);
        self.check_outside(cx);
        Ok(())
    }

    fn search(&mut self, field: FieldId, query: &str, _: &mut Cx<'_>) {
        self.form.open_picker(field, query);
    }

    fn found(&mut self) -> Vec<PickOption> {
        let field = self.form.picker.as_ref().map(|picker| picker.field);
        let section = field.and_then(section_of);
        let found = section.map(|section| {
            self.form
                .picker_options(section.fields, &self.draft, &self.facts)
        });
        self.form.picker = None;
        found.unwrap_or_default()
    }

    fn focused(&self) -> Slot {
        self.form.focus
    }

    fn focus(&mut self, slot: Slot) {
        self.go_to(slot);
    }

    fn findings(&self, _: Clock) -> Vec<FieldError> {
        let all = Self::findings(self).into_iter();
        all.flat_map(|(_, findings)| findings).collect()
    }

    fn changes(&self) -> Option<Vec<Changed>> {
        let editing = self.editing.as_ref()?;
        let all = differences(&editing.base, &self.draft, &self.facts);
        let changed = all.into_iter().map(|one| Changed {
            label: one.label,
            before: one.before.join("; "),
            after: one.after.join("; "),
        });
        Some(changed.collect())
    }

    fn refusal(&self) -> (Option<&str>, Option<u64>) {
        (None, None)
    }

    fn title(&self) -> (String, String) {
        match &self.editing {
            Some(editing) => (format!("Edit {}", editing.base.title()), String::new()),
            None => ("Create App".to_owned(), self.draft.title()),
        }
    }
}
