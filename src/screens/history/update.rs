//! Keys and replies of the history.

use std::borrow::Cow;

use ratatui::Frame;

use super::{HistoryPage, ROWS, view};
use crate::{
    desk::{Cx, Desk},
    domain::text,
    form::{Entry, TextEdit as _},
    keymap::{Action, Can, Mode},
    request::{CheckHistory, FindHistory, Reply},
    screens::page::{Look, Next, Page, Place},
    ui::{layout::Areas, scroll::moved},
};

/// Longest filter, in characters.
const FILTER_MAX: usize = 200;

impl Page for HistoryPage {
    fn name(&self) -> Cow<'_, str> {
        "History".into()
    }

    fn modes(&self) -> Vec<Mode> {
        if self.filtering {
            vec![Mode::HistoryFilter, Mode::Text, Mode::Anywhere]
        } else {
            vec![Mode::History, Mode::Anywhere]
        }
    }

    fn can(&self, action: Action, _: &Desk) -> Can {
        let has_app = self.under_cursor().is_some_and(|row| row.app.is_some());
        match action {
            Action::Confirm if !self.filtering && !has_app => {
                Can::Off("This entry has no app to open.".to_owned())
            }
            _ => Can::Yes,
        }
    }

    fn shown(&mut self, cx: &mut Cx<'_>) {
        cx.load_names();
        self.asked = cx.load(self.query());
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> Next {
        match action {
            Action::Edit(edit) if self.filtering => {
                self.filter.edit(edit);
                self.find(cx);
            }
            Action::Confirm if self.filtering => self.filtering = false,
            Action::Back if self.filtering || !self.filter.is_blank() => {
                self.filtering = false;
                self.filter = Entry::default();
                self.find(cx);
            }
            Action::Filter => self.filtering = true,
            Action::CheckHistory => cx.await_reply(CheckHistory {}, "Verifying the history"),
            Action::Confirm => {
                if let Some(app) = self.under_cursor().and_then(|row| row.app.clone()) {
                    return Next::Go(Place::App(app));
                }
            }
            Action::Back => return Next::Back,
            _ => self.cursor = moved(self.cursor, self.window.entries.len(), action),
        }
        Next::Stay
    }

    fn paste(&mut self, pasted: &str, cx: &mut Cx<'_>) -> bool {
        if !self.filtering {
            return false;
        }
        let cut = self.filter.paste(&text::one_line(pasted), FILTER_MAX);
        self.find(cx);
        cut
    }

    fn reply(&mut self, number: u64, reply: Reply, cx: &mut Cx<'_>) -> Next {
        match reply {
            Reply::FindHistory(_, result) if number == self.asked => {
                self.loaded = true;
                if let Some(window) = cx.or_warn(result) {
                    self.window = window;
                }
            }
            Reply::CheckHistory(_, result) => match cx.or_warn(result) {
                Some(None) => {
                    cx.notify("Verified: no entry was changed or removed.");
                }
                Some(Some(broken)) => cx.warn(broken.describe()),
                None => {}
            },
            _ => {}
        }
        Next::Stay
    }

    fn draw(&self, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
        view::draw(self, look, frame, areas);
    }
}

impl HistoryPage {
    fn query(&self) -> FindHistory {
        FindHistory {
            words: self.filter.text().to_owned(),
            limit: ROWS,
        }
    }

    fn find(&mut self, cx: &mut Cx<'_>) {
        self.cursor = 0;
        self.asked = cx.request(self.query());
    }
}
