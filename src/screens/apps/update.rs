//! Keys of the list.

use super::{Item, WINDOW};
use crate::{
    console::{Console, DETAIL_DELAY_MS, Question, Screen},
    domain::{secret::Secret, text},
    form::{Entry, TextEdit},
    keymap::Action,
    message::{Copyable, Deed, Effect, Manage, Purpose},
    screens::create_app::{CreateApp, StoredDraft},
    ui::layout,
};

/// Longest filter, in characters.
const FILTER_MAX: usize = 200;

/// The list comes to the front.
pub fn enter(console: &mut Console, effects: &mut Vec<Effect>) {
    console.apps.resized(console.size);
    effects.push(Effect::LoadDrafts);
    ask(console, effects);
}

pub fn act(console: &mut Console, action: Action, effects: &mut Vec<Effect>) {
    if console.apps.filtering {
        return act_in_filter(console, action, effects);
    }
    let page = u64::from(console.apps.height.max(1));
    let last = console.apps.len().saturating_sub(1);
    let apps = &mut console.apps;
    match action {
        Action::Up => apps.cursor = apps.cursor.saturating_sub(1),
        Action::Down => apps.cursor = (apps.cursor + 1).min(last),
        Action::PageUp => apps.cursor = apps.cursor.saturating_sub(page),
        Action::PageDown => apps.cursor = (apps.cursor + page).min(last),
        Action::First => apps.cursor = 0,
        Action::Last => apps.cursor = last,
        Action::Filter => {
            apps.filtering = true;
            return;
        }
        Action::Back => {
            if !apps.filter.is_blank() {
                apps.filter = Entry::default();
                filter_changed(console, effects);
            }
            return;
        }
        Action::New => return start_app(console, effects),
        Action::Confirm => return open(console, effects),
        Action::Restore => return undo(console, effects),
        Action::Discard => return discard(console),
        Action::CopyClientId => {
            if let Some(row) = apps.app_under_cursor() {
                effects.push(Effect::Copy {
                    what: Copyable::ClientId,
                    text: Secret::new(row.client_id.as_str()),
                });
            }
            return;
        }
        Action::CopySecret => {
            if let Some(row) = apps.app_under_cursor() {
                effects.push(Effect::CopyAppSecret {
                    app: row.id.clone(),
                    what: Copyable::ClientSecret,
                });
            }
            return;
        }
        _ => return,
    }
    console.apps.follow();
    look(console, effects);
}

fn act_in_filter(console: &mut Console, action: Action, effects: &mut Vec<Effect>) {
    let apps = &mut console.apps;
    match action {
        Action::Edit(edit) => {
            apps.filter.edit(edit);
            filter_changed(console, effects);
        }
        Action::Confirm => apps.filtering = false,
        Action::Back => {
            apps.filtering = false;
            apps.filter = Entry::default();
            filter_changed(console, effects);
        }
        _ => {}
    }
}

pub fn paste(console: &mut Console, pasted: &str, effects: &mut Vec<Effect>) -> bool {
    if !console.apps.filtering {
        return false;
    }
    let cut = console
        .apps
        .filter
        .paste(&text::one_line(pasted), FILTER_MAX);
    filter_changed(console, effects);
    cut
}

fn filter_changed(console: &mut Console, effects: &mut Vec<Effect>) {
    console.apps.cursor = 0;
    console.apps.top = 0;
    ask(console, effects);
}

/// Asks for the rows around the cursor.
pub fn ask(console: &mut Console, effects: &mut Vec<Effect>) {
    let apps = &mut console.apps;
    apps.generation += 1;
    apps.asked = true;
    let drafts = apps.shown_drafts().count() as u64;
    effects.push(Effect::LoadApps {
        generation: apps.generation,
        words: text::key(apps.filter.text()),
        offset: apps
            .cursor
            .saturating_sub(drafts)
            .saturating_sub(WINDOW / 2),
        limit: WINDOW,
        wanted: apps.wanted.take(),
    });
}

/// The cursor moved: rows that come into view are asked for, the detail follows.
pub fn look(console: &mut Console, effects: &mut Vec<Effect>) {
    if !matches!(console.screen, Screen::Apps) || console.session.is_none() {
        return;
    }
    let apps = &console.apps;
    let bottom = apps.top + u64::from(apps.height);
    let missing = (apps.top..bottom).any(|at| matches!(apps.item(at), Item::Loading));
    if missing && !apps.asked {
        ask(console, effects);
    }
    want_detail(console);
}

/// The pane beside the list is loaded once the cursor rests.
pub fn want_detail(console: &mut Console) {
    let row = console.apps.app_under_cursor().map(|row| row.id.clone());
    let shown = console.apps.detail.as_ref().map(|app| app.id.clone());
    if row.is_none() {
        console.apps.detail = None;
    }
    console.detail_due_ms = (layout::has_two_panes(console.size) && row.is_some() && row != shown)
        .then(|| console.clock.mono_ms + DETAIL_DELAY_MS);
}

pub fn load_detail(console: &mut Console, effects: &mut Vec<Effect>) {
    if let Some(row) = console.apps.app_under_cursor() {
        effects.push(Effect::LoadApp {
            id: row.id.clone(),
            purpose: Purpose::Detail,
        });
    }
}

pub fn start_app(console: &mut Console, effects: &mut Vec<Effect>) {
    if let Some(session) = &console.session {
        console.screen = Screen::CreateApp(Box::new(CreateApp::new(session)));
        console.notice = None;
        effects.push(Effect::StartDraft);
        console.wait_for("Opening the form");
    }
}

fn open(console: &mut Console, effects: &mut Vec<Effect>) {
    match console.apps.item(console.apps.cursor) {
        Item::App(row) => {
            effects.push(Effect::LoadApp {
                id: row.id.clone(),
                purpose: Purpose::Page,
            });
            console.wait_for("Opening the app");
        }
        Item::Draft(row) => {
            let stored = row.body.as_ref().and_then(StoredDraft::parse);
            let (Some(stored), Some(session)) = (stored, &console.session) else {
                console.complain(
                    "This draft cannot be read: it was made by another version. d discards it.",
                );
                return;
            };
            let mut screen = CreateApp::resume(session, row.id.clone(), stored);
            crate::screens::create_app::update::look(&mut screen, effects);
            console.screen = Screen::CreateApp(Box::new(screen));
            console.notice = None;
        }
        Item::Loading | Item::Nothing => {}
    }
}

fn undo(console: &mut Console, effects: &mut Vec<Effect>) {
    if let Some(app) = console.undo.take() {
        effects.push(Effect::Manage(Manage::Do {
            app,
            deed: Deed::Restore,
        }));
        console.wait_for("Taking it out of the trash");
    }
}

fn discard(console: &mut Console) {
    if let Some(draft) = console.apps.draft_under_cursor() {
        console.question = Some(Question {
            title: "Discard draft",
            text: format!(
                "Discard the draft \"{}\"? It cannot be brought back.",
                draft.title
            ),
            yes: "discard",
            then: Effect::DiscardDraft {
                id: draft.id.clone(),
            },
        });
    }
}
