//! Marked apps, and the operations on several apps at once.

use super::{Apps, MARKS_MAX, Marked};
use crate::{
    desk::{Cx, Question},
    domain::{
        app::{
            AppStatus, AppWindow,
            list::{Bulk, count_of_apps},
        },
        id::AppId,
        text,
    },
    form::TextEdit,
    keymap::Action,
    request::{ChangeApps, FindApps},
    screens::bulk,
};

impl Apps {
    pub(super) fn mark(&mut self, cx: &mut Cx<'_>) {
        let Some(row) = self.app_under_cursor() else {
            return;
        };
        let (id, marked) = (row.id.clone(), Marked::of(row));
        if self.marks.remove(&id).is_none() {
            if self.marks.len() as u64 >= MARKS_MAX {
                cx.warn(format!("You can mark at most {MARKS_MAX} apps."));
                return;
            }
            self.marks.insert(id, marked);
        }
    }

    /// Rows outside the window must be requested first.
    pub(super) fn mark_all(&mut self, cx: &mut Cx<'_>) {
        if !self.marks.is_empty() {
            self.marks.clear();
            return;
        }
        self.find(
            FindApps {
                words: text::key(self.filter.text()),
                sort: self.sort,
                offset: 0,
                limit: MARKS_MAX,
                wanted: None,
                mark_all: true,
            },
            cx,
        );
    }

    /// The visible window stays as it is.
    pub(super) fn mark_rows(&mut self, window: &AppWindow, cx: &mut Cx<'_>) {
        self.marks = window
            .rows
            .iter()
            .map(|row| (row.id.clone(), Marked::of(row)))
            .collect();
        if window.matched > MARKS_MAX {
            cx.warn(format!(
                "Marked the first {MARKS_MAX} of {} apps, the maximum.",
                window.matched
            ));
        }
    }

    pub(super) fn bulk_question(&self, action: Action) -> Question {
        let targets = self.targets();
        let all_suspended = targets
            .values()
            .all(|marked| marked.status == AppStatus::Suspended);
        let what = match (targets.len(), targets.values().next()) {
            (1, Some(marked)) => format!("\"{}\"", marked.name),
            (count, _) => count_of_apps(count),
        };
        let (their, them) = if targets.len() == 1 {
            ("Its", "it")
        } else {
            ("Their", "them")
        };
        let (title, text, yes, bulk) = match action {
            Action::Discard => (
                "Delete",
                format!(
                    "Move {what} to the trash? {their} credentials stop working. You can restore {them} for 30 days."
                ),
                "delete",
                Bulk::Delete,
            ),
            _ if all_suspended => (
                "Resume",
                format!("Resume {what}? {their} credentials work again."),
                "resume",
                Bulk::Resume,
            ),
            _ => (
                "Suspend",
                format!(
                    "Suspend {what}? {their} credentials stop working until you resume {them}."
                ),
                "suspend",
                Bulk::Suspend,
            ),
        };
        let apps = targets.into_keys().collect();
        Question {
            title,
            text,
            yes,
            then: ChangeApps { apps, bulk }.into(),
            other: None,
        }
    }

    pub(super) fn ask_tags(&self, cx: &mut Cx<'_>) {
        let mut targets = self.targets();
        match (targets.len(), targets.pop_first()) {
            (1, Some((app, marked))) => {
                let tags = marked.tags.join(" ");
                let name = marked.name;
                cx.ask(bulk::Tags { app, name }, &tags);
            }
            (_, Some((first, _))) => {
                let apps = [vec![first], targets.into_keys().collect()].concat();
                cx.ask(bulk::ChangeTags { apps }, "");
            }
            (_, None) => {}
        }
    }

    pub(super) fn undo(&self, cx: &mut Cx<'_>) {
        let apps: Vec<AppId> = if self.is_in_trash() {
            self.targets().into_keys().collect()
        } else {
            std::mem::take(&mut cx.undo)
        };
        if !apps.is_empty() {
            let bulk = Bulk::Restore;
            cx.await_reply(ChangeApps { apps, bulk }, "Restoring");
        }
    }
}
