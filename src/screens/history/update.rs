//! Keys of the history.

use super::ROWS;
use crate::{
    console::{Console, Screen},
    domain::{
        history::{Broken, HistoryWindow},
        text,
    },
    form::{Entry, TextEdit},
    keymap::Action,
    message::{Effect, HistoryWork, Purpose},
};

const PAGE: usize = 10;
/// Longest filter, in characters.
const FILTER_MAX: usize = 200;

pub fn open(console: &mut Console, effects: &mut Vec<Effect>) {
    console.screen = Screen::History(Box::default());
    console.notice = None;
    ask(console, effects);
}

pub fn act(console: &mut Console, action: Action, effects: &mut Vec<Effect>) {
    let Screen::History(page) = &mut console.screen else {
        return;
    };
    let last = page.window.entries.len().saturating_sub(1);
    match action {
        Action::Edit(edit) if page.filtering => {
            page.filter.edit(edit);
            ask(console, effects);
        }
        Action::Confirm if page.filtering => page.filtering = false,
        Action::Back if page.filtering || !page.filter.is_blank() => {
            page.filtering = false;
            page.filter = Entry::default();
            ask(console, effects);
        }
        Action::Filter => page.filtering = true,
        Action::Up => page.cursor = page.cursor.saturating_sub(1),
        Action::Down => page.cursor = (page.cursor + 1).min(last),
        Action::PageUp => page.cursor = page.cursor.saturating_sub(PAGE),
        Action::PageDown => page.cursor = (page.cursor + PAGE).min(last),
        Action::First => page.cursor = 0,
        Action::Last => page.cursor = last,
        Action::CheckHistory => {
            effects.push(Effect::History(HistoryWork::Check));
            console.wait_for("Checking every row");
        }
        Action::Confirm => {
            if let Some(app) = page.under_cursor().and_then(|row| row.app.clone()) {
                effects.push(Effect::LoadApp {
                    id: app,
                    purpose: Purpose::Page,
                });
                console.wait_for("Opening the app");
            }
        }
        Action::Back => {
            console.screen = Screen::Apps;
            crate::screens::apps::update::enter(console, effects);
        }
        _ => {}
    }
}

pub fn paste(console: &mut Console, pasted: &str, effects: &mut Vec<Effect>) -> bool {
    let Screen::History(page) = &mut console.screen else {
        return false;
    };
    if !page.filtering {
        return false;
    }
    let cut = page.filter.paste(&text::one_line(pasted), FILTER_MAX);
    ask(console, effects);
    cut
}

fn ask(console: &mut Console, effects: &mut Vec<Effect>) {
    if let Screen::History(page) = &mut console.screen {
        page.generation += 1;
        page.cursor = 0;
        effects.push(Effect::History(HistoryWork::Load {
            generation: page.generation,
            words: page.filter.text().to_owned(),
            limit: ROWS,
        }));
    }
}

pub fn loaded(console: &mut Console, generation: u64, result: Result<HistoryWindow, String>) {
    let Screen::History(page) = &mut console.screen else {
        return;
    };
    if page.generation != generation {
        return;
    }
    page.loaded = true;
    match result {
        Ok(window) => page.window = window,
        Err(problem) => console.complain(problem),
    }
}

pub fn checked(console: &mut Console, result: Result<Option<Broken>, String>) {
    console.waiting = None;
    match result {
        Ok(None) => console.tell("Every row is as it was written, and none is missing."),
        Ok(Some(broken)) => console.complain(broken.describe()),
        Err(problem) => console.complain(problem),
    }
}
