//! The tab History: newest first.

use super::content::{Content, Mark, Role};
use crate::{
    domain::{history::Entry, people::developer::Session},
    screens::app::AppPage,
};

pub(super) fn history(out: &mut Content, page: &AppPage, session: Option<&Session>) {
    let Some(entries) = &page.history else {
        return out.item(Mark::None, "Loading", Role::Note);
    };
    if entries.is_empty() {
        let message = "No history: this app was created before the history began.";
        return out.item(Mark::None, message, Role::Note);
    }
    for entry in entries {
        one(out, entry, session);
    }
}

fn one(out: &mut Content, entry: &Entry, session: Option<&Session>) {
    let who = session.map_or_else(String::new, |session| session.author(&entry.who));
    let head = format!("{}  {}, {who}", entry.at.date_time(), entry.what.label());
    out.item(Mark::Dot, &head, Role::Text);
    for change in &entry.changes {
        let message = format!("  {}", change.told(entry.what));
        out.item(Mark::None, &message, Role::Note);
    }
}
