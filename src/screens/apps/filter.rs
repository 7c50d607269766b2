//! Typing a filter, and the completions of its facets.

use super::{Apps, completion};
use crate::{
    desk::{Cx, Desk},
    domain::{app::list::Facet, text},
    form::{Entry, TextEdit},
    keymap::Action,
};

impl Apps {
    pub(super) fn act_in_filter(&mut self, action: Action, cx: &mut Cx<'_>) {
        match action {
            Action::Up => {
                if let Some(before) = self.filter_before.take() {
                    self.filter = before;
                    self.filter_changed(cx);
                }
            }
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

    /// A new search starts empty: adding to the old one would find nothing. Up restores the old
    /// one.
    pub(super) fn start_filter(&mut self, cx: &mut Cx<'_>) {
        self.filtering = true;
        if !self.filter.is_blank() {
            self.filter_before = Some(std::mem::take(&mut self.filter));
            self.filter_changed(cx);
        }
    }

    pub fn problem_of_filter(&self, desk: &Desk) -> Option<String> {
        problem_of_filter(self.filter.text(), &self.tags, &emails(desk))
    }

    pub(super) fn filter_changed(&mut self, cx: &mut Cx<'_>) {
        self.last_draft = None;
        self.sift_drafts();
        // A search is mostly for an app, so the cursor skips the drafts above.
        self.cursor = if self.filter.is_blank() {
            0
        } else {
            self.draft_count()
        };
        self.top = 0;
        self.ask(cx);
    }

    /// Completions of the filter's facets; none for a plain word.
    pub fn candidates(&self, desk: &Desk) -> Vec<String> {
        let (_, word) = self.word_before_cursor();
        completion::candidates(word, &self.tags, &emails(desk))
    }
}

/// A draft is found by its name. Facets are about apps, so no draft has them.
pub(super) fn finds_draft(filter: &str, title: &str) -> bool {
    let title = text::searchable(title);
    let mut words = filter.split_whitespace();
    words.all(|word| Facet::of(word).is_none() && title.contains(&text::searchable(word)))
}

/// Why a filter finds no app, if one of its words can never find one.
pub fn problem_of_filter(filter: &str, tags: &[String], people: &[String]) -> Option<String> {
    filter.split_whitespace().find_map(|word| {
        let (facet, value) = Facet::of(word)?;
        let value = text::searchable(value);
        let values = completion::values(facet, tags, people);
        let is_known = values
            .iter()
            .any(|one| text::searchable(one).contains(&value));
        // A name is not among the values of owner:, but finds its developer all the same.
        if is_known || matches!(facet, Facet::Owner | Facet::Scope) {
            return None;
        }
        let name = facet.name();
        Some(if values.is_empty() {
            format!("No app has a tag yet: {name}: finds nothing.")
        } else {
            format!(
                "{word} is not a filter value. {name}: takes {}.",
                values.join(", ")
            )
        })
    })
}

fn emails(desk: &Desk) -> Vec<String> {
    desk.session()
        .iter()
        .flat_map(|session| &session.developers)
        .map(|developer| developer.email.as_str().to_owned())
        .collect()
}
