//! Typing a filter, and the completions of its facets.

use super::{Apps, completion};
use crate::{
    desk::{Cx, Desk},
    form::{Entry, TextEdit},
    keymap::Action,
};

impl Apps {
    pub(super) fn act_in_filter(&mut self, action: Action, cx: &mut Cx<'_>) {
        match action {
            Action::Edit(edit) => {
                self.filter.edit(edit);
                self.filter_changed(cx);
            }
            Action::Complete => {
                let candidates = self.candidates(cx);
                let (start, word) = self.word_before_cursor();
                if let Some(grown) = completion::complete(word, &candidates) {
                    let end = self.filter.cursor();
                    let mut text = self.filter.text().to_owned();
                    text.replace_range(start..end, &grown);
                    self.filter.set_text(&text, start + grown.len());
                    self.filter_changed(cx);
                }
            }
            Action::Confirm => {
                self.filtering = false;
                self.keep_view(cx);
            }
            Action::Back => {
                self.filtering = false;
                self.filter = Entry::default();
                self.filter_changed(cx);
                self.keep_view(cx);
            }
            _ => {}
        }
    }

    pub(super) fn filter_changed(&mut self, cx: &mut Cx<'_>) {
        self.cursor = 0;
        self.top = 0;
        self.ask(cx);
    }

    /// Completions of the filter's facets; none for a plain word.
    pub fn candidates(&self, desk: &Desk) -> Vec<String> {
        let (_, word) = self.word_before_cursor();
        let people: Vec<String> = desk
            .session()
            .iter()
            .flat_map(|session| &session.developers)
            .map(|developer| developer.email.as_str().to_owned())
            .collect();
        completion::candidates(word, &self.tags, &people)
    }
}
