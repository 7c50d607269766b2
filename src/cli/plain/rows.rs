//! Numbered rows: a page of them at a time, and how one is chosen.

use std::collections::{BTreeMap, BTreeSet};

use super::{Plain, spoken::count};
use crate::{
    console::Screen,
    domain::progress::grouped,
    keymap::{Action, Mode},
    screens::{
        app::PageTab,
        apps::{Apps, Item},
    },
};

/// Rows that are read at once.
pub(super) const PAGE: u64 = 15;

/// The page that was announced last, all announced pages, and the first row that was read on each
/// kind of page.
#[derive(Debug, Default)]
pub(super) struct Position {
    pub announced: Option<(u64, Mode)>,
    pub seen: BTreeSet<(u64, &'static str)>,
    from: BTreeMap<&'static str, u64>,
}

impl Plain<'_> {
    pub(super) fn first_row(&self) -> u64 {
        let kind = self.mode().title();
        self.position.from.get(kind).copied().unwrap_or(0)
    }

    pub(super) fn start_at(&mut self, row: u64) {
        let kind = self.mode().title();
        self.position.from.insert(kind, row);
    }

    pub(super) fn count_rows(&self) -> u64 {
        match self.console.screen() {
            Screen::Apps(apps) => apps.len(),
            Screen::App(page) => page.copyables().len() as u64,
            _ => self.page_text().rows.len() as u64,
        }
    }

    /// Reads the rows from the current position.
    pub(super) fn say_rows(&mut self) {
        let all = self.count_rows();
        if all == 0 {
            return;
        }
        let from = self.first_row().min(all.saturating_sub(1) / PAGE * PAGE);
        self.start_at(from);
        let until = (from + PAGE).min(all);
        for at in from..until {
            let row = self.row(at);
            self.say(&format!("{}. {row}", at + 1));
        }
        if all > PAGE {
            let more = if until < all { " more reads on." } else { "" };
            let range = format!(
                "{} to {} of {}.",
                grouped(from + 1),
                grouped(until),
                grouped(all)
            );
            self.say(&format!("{range}{more}"));
        }
    }

    /// The rows after these, or before them.
    pub(super) fn say_other_rows(&mut self, after: bool) {
        let (from, all) = (self.first_row(), self.count_rows());
        let next = if after {
            Some(from + PAGE).filter(|next| *next < all)
        } else {
            from.checked_sub(1).map(|before| before / PAGE * PAGE)
        };
        match next {
            Some(next) => {
                self.start_at(next);
                self.say_rows();
            }
            None if after => self.say(&format!("No more: {}.", count(all, "row", "rows"))),
            None => self.say("These are the first."),
        }
    }

    pub(super) fn row(&mut self, at: u64) -> String {
        match self.console.screen() {
            Screen::Apps(_) => self.row_of_list(at),
            Screen::Readable(_) => {
                self.select(at);
                self.row_of_page(at)
            }
            _ => self.row_of_page(at),
        }
    }

    fn row_of_page(&self, at: u64) -> String {
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        let rows = self.page_text().rows;
        rows.get(at).cloned().unwrap_or_default()
    }

    fn row_of_list(&mut self, at: u64) -> String {
        self.go_to_line(at);
        let Some(apps) = self.console.apps() else {
            return String::new();
        };
        match apps.item(at) {
            Item::Draft(draft) => format!("Draft: {}", draft.title),
            Item::App(app) => {
                let mut parts = vec![app.name.clone(), app.app_type.label().to_owned()];
                if app.is_deleted {
                    parts.push("in the trash".to_owned());
                } else if app.status != crate::domain::app::AppStatus::Active {
                    parts.push(app.status.label().to_owned());
                }
                if app.is_favourite {
                    parts.push("favorite".to_owned());
                }
                if apps.marks.contains_key(&app.id) {
                    parts.push("marked".to_owned());
                }
                parts.join(", ")
            }
            Item::Loading | Item::Nothing => "could not be read".to_owned(),
        }
    }

    /// Puts the cursor of the page on a row.
    pub(super) fn select(&mut self, at: u64) {
        match self.console.screen_mut() {
            Screen::Apps(_) => return self.go_to_line(at),
            Screen::App(page) => {
                page.tab = PageTab::Credentials;
                page.cursor = usize::try_from(at).unwrap_or(usize::MAX);
                return;
            }
            _ => {}
        }
        if !self.act(Action::First) {
            for _ in 0..self.count_rows() {
                self.act(Action::Up);
            }
        }
        for _ in 0..at {
            self.act(Action::Down);
        }
    }

    fn go_to_line(&mut self, at: u64) {
        let is_loading = |apps: &Apps| matches!(apps.item(at), Item::Loading);
        if let Screen::Apps(apps) = self.console.screen_mut() {
            apps.cursor = at;
            apps.follow();
        }
        if self.console.apps().is_some_and(is_loading) {
            self.console.with_page(|page, cx| page.resized(cx));
            self.go_on();
        }
    }

    /// The other facts about a row.
    pub(super) fn details(&mut self, at: u64) -> Vec<String> {
        self.select(at);
        let is_folded = |screen: &Screen| match screen {
            Screen::Organization(page) => page.unfolded().is_none(),
            _ => false,
        };
        if is_folded(self.console.screen()) {
            self.act(Action::Confirm);
        }
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        match self.console.screen() {
            Screen::Apps(apps) => match apps.app_under_cursor() {
                Some(app) => vec![
                    format!("Type: {}", app.app_type.label()),
                    format!("Authentication: {}", app.auth),
                    format!("Access: {}", app.access),
                    format!("Status: {}", app.status.label()),
                    format!("Client ID: {}", app.client_id.as_str()),
                    format!(
                        "Tags: {}",
                        if app.tags.is_empty() {
                            "none".to_owned()
                        } else {
                            app.tags.join(", ")
                        }
                    ),
                    format!("Created: {}", app.created_at.date_time()),
                ],
                None => vec!["A draft. Its number resumes it.".to_owned()],
            },
            _ => self
                .page_text()
                .details
                .get(at)
                .cloned()
                .unwrap_or_default(),
        }
    }
}
