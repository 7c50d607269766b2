//! The keys of the review, and the tabs by their number.

use super::{
    CREATE, CreateApp, Tab,
    editing::differences,
    sections::{SECTIONS, auth},
};
use crate::{
    desk::Cx,
    form::{Severity, Slot, shown_fields},
    keymap::Action,
};

impl CreateApp {
    /// The fields that the review shows, and the button. For an existing app that was changed,
    /// those are the fields that changed or have an error.
    pub fn review_slots(&self) -> Vec<Slot> {
        let shown = SECTIONS
            .iter()
            .flat_map(|section| shown_fields(section.fields, &self.draft).map(|field| field.id));
        let changed = self.editing.as_ref().map_or_else(Vec::new, |editing| {
            differences(&editing.base, &self.draft, &self.facts)
        });
        let wrong: Vec<Slot> = if changed.is_empty() {
            Vec::new()
        } else {
            self.errors()
        };
        // A field that is no longer shown may have changed all the same.
        let all = SECTIONS
            .iter()
            .flat_map(|section| section.fields)
            .map(|field| field.id);
        let fields: Vec<Slot> = if changed.is_empty() {
            shown.map(Slot::from).collect()
        } else {
            all.filter(|id| {
                changed.iter().any(|one| one.field == *id)
                    || wrong.iter().any(|slot| slot.field == *id)
            })
            .map(Slot::from)
            .collect()
        };
        fields.into_iter().chain([CREATE.into()]).collect()
    }

    fn errors(&self) -> Vec<Slot> {
        self.findings()
            .into_iter()
            .flat_map(|(_, findings)| findings)
            .filter(|finding| finding.severity == Severity::Error)
            .map(|finding| finding.slot)
            .collect()
    }

    pub(super) fn act_in_review(&mut self, action: Action, cx: &mut Cx<'_>) {
        let slots = self.review_slots();
        let focus = self.form.focus;
        let here = slots.iter().position(|slot| *slot == focus).unwrap_or(0);
        match action {
            Action::Up | Action::PrevField => match here.checked_sub(1) {
                Some(before) => self.form.focus = slots.get(before).copied().unwrap_or(focus),
                None => self.step_tab(false),
            },
            // After the button the review is read from its top.
            Action::Down | Action::NextField => {
                let next = slots.get(here + 1).or(slots.first());
                self.form.focus = next.copied().unwrap_or(focus);
            }
            Action::Confirm | Action::Toggle if focus == CREATE.into() => return self.submit(cx),
            Action::Confirm | Action::Toggle => {
                let wrong = self
                    .errors()
                    .into_iter()
                    .find(|slot| slot.field == focus.field);
                self.go_to(wrong.unwrap_or(focus));
            }
            _ => return,
        }
        self.moved(cx);
    }

    pub(super) fn go_to_nth_tab(&mut self, nth: u8) {
        let at = usize::from(nth).checked_sub(1);
        let Some(tab) = at.and_then(|at| Tab::all().nth(at)) else {
            return;
        };
        let was_open = self.remembered.contains_key(tab.id());
        self.go_to_tab(tab);
        // The platform of an existing app seldom changes; its redirect URIs do.
        if self.editing.is_some() && !was_open && tab.id() == auth::SECTION.id {
            self.form.focus = auth::REDIRECT_URIS.into();
            self.settle();
        }
    }
}
