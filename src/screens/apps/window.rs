//! The window of rows that the list holds: what it requests, and what arrives.

use super::{Apps, Item, WINDOW};
use crate::{
    desk::{Cx, Wanted},
    domain::text,
    form::TextEdit as _,
    request::{FindApps, FoundApps},
    ui::layout,
};

/// The pane beside the list follows the cursor after it has rested this long.
const DETAIL_DELAY_MS: u64 = 60;

impl Apps {
    /// Requests the rows around the cursor.
    pub fn ask(&mut self, cx: &mut Cx<'_>) {
        let wanted = match cx.wanted.take() {
            Some(Wanted::App(app)) => Some(app),
            Some(Wanted::Draft) => {
                self.cursor = 0;
                self.seeks_draft = true;
                None
            }
            None => None,
        };
        let offset = self.cursor.saturating_sub(self.draft_count());
        self.find(
            FindApps {
                words: text::key(self.filter.text()),
                sort: self.sort,
                offset: offset.saturating_sub(WINDOW / 2),
                limit: WINDOW,
                wanted,
                mark_all: false,
            },
            cx,
        );
    }

    pub(super) fn find(&mut self, request: FindApps, cx: &mut Cx<'_>) {
        self.asked = true;
        self.asked_number = cx.request(request);
    }

    pub(super) fn found(&mut self, request: &FindApps, found: Option<FoundApps>, cx: &mut Cx<'_>) {
        self.asked = false;
        self.loaded = true;
        let Some(FoundApps { window, position }) = found else {
            return;
        };
        if request.mark_all {
            return self.mark_rows(&window, cx);
        }
        self.window = window;
        if let Some(position) = position {
            self.go_to_app(position);
        }
        self.follow();
        self.load_visible(cx);
    }

    /// The cursor moved: requests the rows that come into view, and the app for the pane.
    pub(super) fn load_visible(&mut self, cx: &mut Cx<'_>) {
        let bottom = self.top + u64::from(self.height);
        let missing = (self.top..bottom).any(|at| matches!(self.item(at), Item::Loading));
        if missing && !self.asked {
            self.ask(cx);
        }
        let row = self.app_under_cursor().map(|row| row.id.clone());
        let shown = self.detail.as_ref().map(|app| app.id.clone());
        if row.is_none() {
            self.detail = None;
        }
        let is_due =
            layout::has_two_panes(cx.size) && row.is_some() && (row != shown || self.is_detail_old);
        self.detail_due_ms = is_due.then(|| cx.clock.mono_ms + DETAIL_DELAY_MS);
    }
}
