//! Keys and replies of the page.

use std::borrow::Cow;

use ratatui::Frame;

use super::{ReadablePage, WINDOW, ask::Replace, view};
use crate::{
    desk::{Cx, Desk},
    domain::{
        oauth::credential::OVERLAP_HOURS,
        people::readable::{Marked, Marks, ReadableWindow, Replaced},
    },
    keymap::{Action, Can, Mode},
    request::{FindReadable, Reply},
    screens::page::{Look, Next, Page},
    ui::{layout::Areas, scroll::moved},
};

impl Page for ReadablePage {
    fn name(&self) -> Cow<'_, str> {
        format!("What {} could read", self.name).into()
    }

    fn modes(&self) -> Vec<Mode> {
        vec![Mode::Readable, Mode::Anywhere]
    }

    fn can(&self, action: Action, _: &Desk) -> Can {
        let why_off = match action {
            Action::Mark | Action::MarkAll | Action::Rotate if self.len() == 0 => {
                Some("No secrets to rotate.".to_owned())
            }
            Action::Rotate if self.marked().total() == 0 => {
                Some("Mark a secret first: Space marks one, A all.".to_owned())
            }
            _ => None,
        };
        Can::of(why_off, true)
    }

    fn shown(&mut self, cx: &mut Cx<'_>) {
        self.load(cx);
    }

    fn unlocked(&mut self, cx: &mut Cx<'_>) {
        self.load(cx);
    }

    fn resized(&mut self, cx: &mut Cx<'_>) {
        self.load_visible(cx);
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> Next {
        match action {
            Action::Mark => {
                if let Some(row) = self.row(self.cursor).clone() {
                    self.marks.toggle(&row);
                }
                self.move_by(Action::Down, cx);
            }
            Action::MarkAll => {
                self.marks = Marks::all_of(if self.marked().total() == self.len() as u64 {
                    Marked::Nothing
                } else {
                    Marked::Everything
                });
            }
            Action::Rotate => self.ask(cx),
            Action::Back => return Next::Back,
            _ => self.move_by(action, cx),
        }
        Next::Stay
    }

    fn reply(&mut self, _: u64, reply: Reply, cx: &mut Cx<'_>) -> Next {
        match reply {
            Reply::FindReadable(_, result) => {
                if let Some(window) = cx.or_warn(result) {
                    self.show(window);
                }
            }
            Reply::ReplaceReadable(_, result) => {
                if let Some(replaced) = cx.or_warn(result) {
                    self.marks = Marks::all_of(Marked::Nothing);
                    report(&replaced, cx);
                }
                // Some may be replaced although the request failed.
                self.load(cx);
            }
            _ => {}
        }
        Next::Stay
    }

    fn draw(&self, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
        view::draw(self, look, frame, areas);
    }
}

impl ReadablePage {
    fn show(&mut self, mut window: ReadableWindow) {
        self.rows = window.rows.drain(..).map(Some).collect();
        self.window = Some(window);
        self.cursor = self.cursor.min(self.len().saturating_sub(1));
    }

    fn move_by(&mut self, action: Action, cx: &mut Cx<'_>) {
        self.cursor = moved(self.cursor, self.len(), action);
        self.load_visible(cx);
    }

    /// Requests the rows around the cursor.
    fn load(&mut self, cx: &mut Cx<'_>) {
        cx.load(FindReadable {
            developer: self.developer.clone(),
            offset: (self.cursor as u64).saturating_sub(WINDOW / 2),
            limit: WINDOW,
        });
    }

    /// The same, if rows that may be in view are missing.
    fn load_visible(&mut self, cx: &mut Cx<'_>) {
        let height = usize::from(cx.size.1).min(WINDOW as usize / 2);
        let last = (self.cursor + height).min(self.len().saturating_sub(1));
        let first = self.cursor.saturating_sub(height);
        let is_missing = |at| self.row(at).is_none();
        if self.len() > 0 && (is_missing(first) || is_missing(last)) {
            self.load(cx);
        }
    }

    fn ask(&self, cx: &mut Cx<'_>) {
        let ask = Replace {
            developer: self.developer.clone(),
            marks: self.marks.clone(),
            count: self.marked(),
        };
        if ask.count.client_secrets == 0 {
            return cx.confirm(ask.without_client_secrets());
        }
        cx.ask(ask, &OVERLAP_HOURS.to_string());
    }
}

/// Reports what was done, what was left, and why.
fn report(replaced: &Replaced, cx: &mut Cx<'_>) {
    let mut message = match replaced.done.total() {
        0 => "No secrets were replaced.".to_owned(),
        _ => {
            let done = replaced.done.with_verbs("rotated", "revoked");
            format!("{done}.")
        }
    };
    match &replaced.first_left {
        Some((name, why)) if replaced.left == 1 => {
            message.push_str(&format!(" Skipped \"{name}\": {why}"));
        }
        Some((name, why)) => message.push_str(&format!(
            " {} skipped, e.g. \"{name}\": {why}",
            replaced.left
        )),
        None => {}
    }
    if let Some(why) = &replaced.stopped {
        message.push_str(&format!(" Stopped early: {why}"));
    }
    if replaced.left == 0 && replaced.stopped.is_none() {
        cx.notify(message);
    } else {
        cx.warn(message);
    }
}
