//! Saves the draft: shortly after each change, before anything that closes the screen, and again
//! while saving fails.

use super::{CreateApp, Disk, Intent};
use crate::{
    desk::{Cx, Wanted},
    domain::problem::Problem,
    request::{DiscardDraft, SaveDraft},
    screens::page::Next,
};

/// A saved draft is at most this old, plus the time of one write.
const DELAY_MS: u64 = 150;
/// Time before a failed write is tried again.
const RETRY_MS: u64 = 3_000;

impl CreateApp {
    /// Schedules a save of the draft.
    pub fn draft_changed(&mut self, cx: &Cx<'_>) {
        let due = cx.clock.mono_ms + DELAY_MS;
        self.due_ms.get_or_insert(due);
    }

    pub(super) fn has_failed(&self) -> bool {
        self.disk == Disk::Failed
    }

    /// Whether going back to the list keeps a draft.
    pub fn is_worth_keeping(&self) -> bool {
        self.disk != Disk::Nothing || !self.is_pristine()
    }

    /// Saves the draft now if it has something to keep. Returns the number of the request, if any.
    pub(super) fn save(&mut self, cx: &mut Cx<'_>) -> Option<u64> {
        self.due_ms = None;
        // While the app is being created, a save would restore a draft that is no longer needed.
        if self.intent == Intent::Submitting || !self.is_worth_keeping() {
            return None;
        }
        let Some(body) = self.stored() else {
            cx.warn("The draft cannot be saved. Your text is only on this screen.");
            return None;
        };
        if self.disk == Disk::Nothing {
            self.disk = Disk::Kept;
        }
        self.saving += 1;
        let draft = self.id.clone();
        Some(cx.request(SaveDraft { draft, body }))
    }

    /// Returns to the list once the draft is saved.
    pub(super) fn leave(&mut self, cx: &mut Cx<'_>) -> Next {
        self.form.touch();
        if !self.is_worth_keeping() || self.intent == Intent::LeaveWithout {
            return self.go_to_list();
        }
        // The changes were undone: there is nothing to keep, so the draft is discarded.
        if self.editing.is_some() && self.is_pristine() {
            let draft = self.id.clone();
            cx.request(DiscardDraft { draft });
            cx.notify("Draft discarded.");
            return self.go_to_list();
        }
        self.intent = match self.save(cx) {
            Some(number) => {
                cx.wait_for(number, "Saving the draft");
                Intent::Leave
            }
            // The draft cannot be written, as the notice says; a second Esc leaves without it.
            None => Intent::LeaveWithout,
        };
        Next::Stay
    }

    fn go_to_list(&mut self) -> Next {
        self.due_ms = None;
        Next::Back
    }

    pub(super) fn saved(&mut self, result: Result<(), Problem>, cx: &mut Cx<'_>) -> Next {
        self.saving = self.saving.saturating_sub(1);
        let had_failed = self.has_failed();
        let leaves = self.intent == Intent::Leave && self.saving == 0;
        match result {
            Ok(()) => {
                self.disk = Disk::Kept;
                if leaves {
                    cx.notify("Draft saved. Open it in the list to continue.");
                    cx.wanted = Some(Wanted::Draft);
                    return Next::Back;
                }
                if had_failed {
                    cx.notify("The draft is saved again.");
                }
            }
            Err(problem) => {
                self.disk = Disk::Failed;
                let problem = problem.text;
                if leaves {
                    self.intent = Intent::LeaveWithout;
                    cx.warn(format!(
                        "The draft is not saved: {problem} Go back again to leave without it."
                    ));
                } else {
                    // The save is repeated; the screen still has every answer.
                    self.due_ms = Some(cx.clock.mono_ms + RETRY_MS);
                    cx.warn(format!("The draft is not saved: {problem}"));
                }
            }
        }
        Next::Stay
    }
}
