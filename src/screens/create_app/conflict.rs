//! Resolves a conflict: the keys that choose a value for each field, and the merge.

use super::{CREATE, CreateApp, Tab};
use crate::{desk::Cx, keymap::Action};

impl CreateApp {
    pub(super) fn act_on_conflict(&mut self, action: Action, cx: &mut Cx<'_>) {
        let editing = self.editing.as_mut();
        let Some(conflict) = editing.and_then(|editing| editing.conflict.as_mut()) else {
            return;
        };
        let last = conflict.clashes.len().saturating_sub(1);
        match action {
            Action::Up => conflict.cursor = conflict.cursor.saturating_sub(1),
            Action::Down => conflict.cursor = (conflict.cursor + 1).min(last),
            Action::Toggle => {
                if let Some(clash) = conflict.clashes.get_mut(conflict.cursor) {
                    clash.takes_theirs = !clash.takes_theirs;
                }
            }
            Action::Confirm => {
                self.merge(cx);
                cx.notify("Check the changes. Nothing is saved yet.");
            }
            Action::Back => {
                if let Some(editing) = &mut self.editing {
                    editing.conflict = None;
                }
                cx.notify("Not saved. Your changes are still here.");
            }
            _ => {}
        }
    }

    /// Bases the answers on the version that the other developer saved.
    pub(super) fn merge(&mut self, cx: &mut Cx<'_>) {
        let Some(editing) = &mut self.editing else {
            return;
        };
        let Some(conflict) = editing.conflict.take() else {
            return;
        };
        self.draft = conflict.merged(&editing.base, &self.draft, &self.facts);
        editing.version = conflict.version;
        editing.base = conflict.theirs;
        self.facts.saved = Some(editing.facts());
        self.go_to_tab(Tab::Review);
        self.form.focus = CREATE.into();
        self.draft_changed(cx);
    }
}
