//! Keys of Create App.

use super::{
    CREATE, CreateApp, Tab,
    editing::{Conflict, fixed},
    review_slots,
    sections::app_card,
    sections::properties,
};
use crate::{
    console::{self, Console, Screen},
    domain::id::DraftId,
    form::{Entry, FormEvent, FormState, Severity, TextEdit, state::Table},
    keymap::Action,
    message::{Copyable, Effect, Manage, Updated},
    screens::app::AppPage,
    ui::layout,
};

use super::{
    draft::{Draft, Facts},
    sections::SECTIONS,
    sections::app_card::IconState,
};

pub fn act(console: &mut Console, action: Action, effects: &mut Vec<Effect>) {
    let width = layout::text_width(console.size);
    let Screen::CreateApp(screen) = &mut console.screen else {
        return;
    };
    if screen.conflict().is_some() {
        return act_on_conflict(console, action);
    }
    if screen.form.picker.is_none() {
        match action {
            Action::Submit => return create(console, effects),
            Action::Back => return leave(console, effects),
            Action::NextTab | Action::PrevTab => {
                step_tab(screen, action == Action::NextTab);
                read_icon(console, effects);
                return moved(console);
            }
            _ => {}
        }
    }
    if screen.tab == Tab::Review {
        return act_in_review(console, action, effects);
    }
    let event = unless_fixed(screen, |screen| {
        with_table(screen, width, |form, table| form.act(table, action))
    });
    after(console, action, event, effects);
}

pub fn paste(console: &mut Console, text: &str, effects: &mut Vec<Effect>) -> bool {
    let width = layout::text_width(console.size);
    let Screen::CreateApp(screen) = &mut console.screen else {
        return false;
    };
    if screen.tab == Tab::Review {
        return false;
    }
    if screen.conflict().is_some() {
        return false;
    }
    let (event, cut) = with_table(screen, width, |form, table| form.paste(table, text));
    after(console, Action::Toggle, event, effects);
    cut
}

/// A field that is fixed takes the key, says why, and stays as it is.
fn unless_fixed(
    screen: &mut CreateApp,
    act: impl FnOnce(&mut CreateApp) -> FormEvent,
) -> FormEvent {
    let reason = fixed(screen.form.focus.field, &screen.facts);
    let before = reason.map(|_| screen.draft.clone());
    let event = act(screen);
    match (reason, before, event) {
        (Some(reason), Some(before), FormEvent::Changed(_)) => {
            screen.draft = before;
            FormEvent::Refused(reason.to_owned())
        }
        (_, _, event) => event,
    }
}

fn with_table<T>(
    screen: &mut CreateApp,
    text_width: u16,
    act: impl FnOnce(&mut FormState, &mut Table<'_, Draft, Facts>) -> T,
) -> T {
    let fields = match screen.tab {
        Tab::Section(section) => section.fields,
        Tab::Review => &[],
    };
    act(
        &mut screen.form,
        &mut Table {
            fields,
            data: &mut screen.draft,
            context: &screen.facts,
            text_width,
        },
    )
}

/// What a form event means for this screen.
fn after(console: &mut Console, action: Action, event: FormEvent, effects: &mut Vec<Effect>) {
    let Screen::CreateApp(screen) = &mut console.screen else {
        return;
    };
    match event {
        FormEvent::Ignored => return,
        FormEvent::Refused(reason) => return console.complain(reason),
        FormEvent::Changed(field) => {
            screen.settle();
            screen.candidates.clear();
            screen.leaves_without = false;
            if field == properties::NAME {
                effects.push(Effect::CheckName {
                    name: screen.draft.properties.name.text().to_owned(),
                });
            }
            console.draft_changed();
            return;
        }
        FormEvent::Moved => screen.candidates.clear(),
        FormEvent::PastEnd if matches!(action, Action::NextField | Action::Confirm) => {
            step_tab(screen, true);
            focus_edge(screen, false);
        }
        FormEvent::BeforeStart if action == Action::PrevField => {
            step_tab(screen, false);
            focus_edge(screen, true);
        }
        FormEvent::PastEnd | FormEvent::BeforeStart => {}
        FormEvent::Renew(_) => {
            effects.push(Effect::MintSharedSecret);
            console.wait_for("Making a new secret");
            return;
        }
        FormEvent::Copy(_) => effects.push(Effect::Copy {
            what: Copyable::SharedSecret,
            text: screen.draft.features.shared_secret.clone(),
        }),
        FormEvent::Complete(field) => {
            if field == app_card::ICON {
                effects.push(Effect::CompletePath {
                    typed: screen.draft.card.icon_path.text().to_owned(),
                });
            }
            return;
        }
    }
    if let Screen::CreateApp(screen) = &mut console.screen {
        screen.settle();
    }
    read_icon(console, effects);
    moved(console);
}

/// The focus is part of what is kept.
fn moved(console: &mut Console) {
    if let Screen::CreateApp(screen) = &console.screen
        && !screen.is_pristine()
    {
        console.draft_changed();
    }
}

fn step_tab(screen: &mut CreateApp, forward: bool) {
    let here = Tab::all().position(|tab| tab == screen.tab).unwrap_or(0);
    let target = if forward {
        Tab::all().nth(here + 1)
    } else {
        here.checked_sub(1)
            .and_then(|before| Tab::all().nth(before))
    };
    if let Some(tab) = target {
        screen.go_to_tab(tab);
    }
}

/// Tab and Shift-Tab run through all tabs: they enter one at its near end.
fn focus_edge(screen: &mut CreateApp, at_end: bool) {
    let slots = match screen.tab {
        Tab::Section(section) => crate::form::state::slots(section.fields, &screen.draft),
        Tab::Review if at_end => vec![CREATE.into()],
        Tab::Review => review_slots(),
    };
    let edge = if at_end { slots.last() } else { slots.first() };
    if let (Some(edge), Tab::Section(_)) = (edge, screen.tab) {
        screen.form.focus = *edge;
    }
}

/// A path that was left is read, before anything else happens: Create depends on it.
fn read_icon(console: &mut Console, effects: &mut Vec<Effect>) {
    let Screen::CreateApp(screen) = &mut console.screen else {
        return;
    };
    if screen.form.focus.field == app_card::ICON {
        return;
    }
    if let Some(path) = screen.draft.card.unread_path() {
        effects.push(Effect::ReadIcon {
            path: path.to_owned(),
        });
        console.wait_for("Reading the picture");
    }
}

fn act_in_review(console: &mut Console, action: Action, effects: &mut Vec<Effect>) {
    let Screen::CreateApp(screen) = &mut console.screen else {
        return;
    };
    let slots = review_slots();
    let here = slots
        .iter()
        .position(|slot| *slot == screen.form.focus)
        .unwrap_or(0);
    match action {
        Action::Up | Action::PrevField => match here.checked_sub(1).and_then(|at| slots.get(at)) {
            Some(slot) => screen.form.focus = *slot,
            None => step_tab(screen, false),
        },
        Action::Down | Action::NextField => {
            if let Some(slot) = slots.get(here + 1) {
                screen.form.focus = *slot;
            }
        }
        Action::Confirm | Action::Toggle => {
            if screen.form.focus == CREATE.into() {
                return create(console, effects);
            }
            if let Some(section) = SECTIONS.get(here) {
                let target = first_error_of(screen, section.id);
                screen.go_to_tab(Tab::Section(section));
                if let Some(slot) = target {
                    screen.form.focus = slot;
                }
                screen.settle();
            }
        }
        _ => return,
    }
    moved(console);
}

fn first_error_of(screen: &CreateApp, section: &str) -> Option<crate::form::Slot> {
    screen
        .findings()
        .into_iter()
        .filter(|(one, _)| one.id == section)
        .flat_map(|(_, findings)| findings)
        .find(|finding| finding.severity == Severity::Error)
        .map(|finding| finding.slot)
}

/// Create is the only thing that errors gate; it leads to the first one.
pub fn create(console: &mut Console, effects: &mut Vec<Effect>) {
    let reason = console.why_no_new_app();
    let Screen::CreateApp(screen) = &mut console.screen else {
        return;
    };
    let reason = reason.filter(|_| screen.editing.is_none());
    if let Some(reason) = reason {
        return console.complain(reason);
    }
    if let Some(path) = screen.draft.card.unread_path() {
        effects.push(Effect::ReadIcon {
            path: path.to_owned(),
        });
        screen.create_when_read = true;
        return console.wait_for("Reading the picture");
    }
    match screen.draft.build(&screen.facts) {
        Ok(_) if screen.editing.is_some() && screen.is_pristine() => {
            console.tell("Nothing changed: there is nothing to save.");
        }
        Ok(_) if screen.editing.is_some() && screen.tab != Tab::Review => {
            screen.go_to_tab(Tab::Review);
            screen.form.focus = CREATE.into();
            console.tell("This is what changes. Enter saves it.");
        }
        Ok(registration) => {
            let draft = screen.id.clone();
            let editing = screen
                .editing
                .as_ref()
                .map(|editing| (editing.app.clone(), editing.version));
            // On disk first: whatever happens to the app, nothing typed is lost.
            if console.draft_due_ms.is_some() {
                console::save_draft(console, effects);
            }
            if let Screen::CreateApp(screen) = &mut console.screen {
                screen.creating = true;
            }
            let registration = Box::new(registration);
            if let Some((app, version)) = editing {
                effects.push(Effect::Manage(Manage::Update {
                    app,
                    version,
                    registration,
                    draft,
                }));
                return console.wait_for("Saving the app");
            }
            effects.push(Effect::CreateApp {
                registration,
                draft,
            });
            console.wait_for("Creating the app");
        }
        Err(_) => {
            screen.tried = true;
            // In the order of the tabs, which need not be the order of building.
            let findings = screen.findings();
            let errors: Vec<_> = findings
                .iter()
                .flat_map(|(_, findings)| findings)
                .filter(|finding| finding.severity == Severity::Error)
                .collect();
            let first = errors.first().map(|finding| finding.slot);
            let count = errors.len();
            if let Some(slot) = first {
                screen.go_to(slot);
            }
            console.draft_changed();
            let done = match &console.screen {
                Screen::CreateApp(screen) if screen.editing.is_some() => "saved",
                _ => "created",
            };
            console.complain(match count {
                1 => format!("Not {done} yet: one thing to mend. This is it."),
                _ => format!("Not {done} yet: {count} things to mend. This is the first."),
            });
        }
    }
}

/// An answer to a save of an app that exists.
pub fn updated(console: &mut Console, result: Result<Updated, String>) {
    console.waiting = None;
    let Screen::CreateApp(screen) = &mut console.screen else {
        return;
    };
    screen.creating = false;
    match result {
        Err(problem) => console.complain(problem),
        Ok(Updated::Done(app)) => {
            console.draft_due_ms = None;
            console.screen = Screen::App(Box::new(AppPage::new(app, false)));
            console.tell("Saved.");
        }
        Ok(Updated::Stale { app, shared }) => {
            let Some(editing) = &mut screen.editing else {
                return;
            };
            let conflict =
                Conflict::between(&editing.base, &screen.draft, &app, shared, &screen.facts);
            let must_ask = !conflict.clashes.is_empty();
            editing.conflict = Some(conflict);
            if must_ask {
                console.complain("Somebody saved this app meanwhile. Choose what counts.");
            } else {
                merge(console);
                console.tell("Somebody saved other fields meanwhile: both are here. Enter saves.");
            }
        }
    }
}

fn act_on_conflict(console: &mut Console, action: Action) {
    let Screen::CreateApp(screen) = &mut console.screen else {
        return;
    };
    let Some(conflict) = screen
        .editing
        .as_mut()
        .and_then(|editing| editing.conflict.as_mut())
    else {
        return;
    };
    let last = conflict.clashes.len().saturating_sub(1);
    match action {
        Action::Up => conflict.cursor = conflict.cursor.saturating_sub(1),
        Action::Down => conflict.cursor = (conflict.cursor + 1).min(last),
        Action::Toggle => {
            if let Some(clash) = conflict.clashes.get_mut(conflict.cursor) {
                clash.takes_theirs = !clash.takes_theirs;
            }
        }
        Action::Confirm => {
            merge(console);
            console.tell("This is what changes now. Enter saves it.");
        }
        Action::Back => {
            if let Some(editing) = &mut screen.editing {
                editing.conflict = None;
            }
            console.tell("Nothing was saved. What you typed is still here.");
        }
        _ => {}
    }
}

/// The answers go on from the version that the other one saved.
fn merge(console: &mut Console) {
    let Screen::CreateApp(screen) = &mut console.screen else {
        return;
    };
    let Some(editing) = &mut screen.editing else {
        return;
    };
    let Some(conflict) = editing.conflict.take() else {
        return;
    };
    screen.draft = conflict.merged(&editing.base, &screen.draft, &screen.facts);
    editing.version = conflict.version;
    editing.base = conflict.theirs;
    screen.facts.saved = Some(editing.facts());
    screen.go_to_tab(Tab::Review);
    screen.form.focus = CREATE.into();
    console.draft_changed();
}

/// Back to the list, once what was typed is on disk.
fn leave(console: &mut Console, effects: &mut Vec<Effect>) {
    let Screen::CreateApp(screen) = &mut console.screen else {
        return;
    };
    screen.form.touch();
    let worth_keeping = screen.kept || !screen.is_pristine();
    if !worth_keeping || screen.leaves_without {
        return to_the_list(console, effects);
    }
    // Typed and taken back: the draft of changes that are none goes.
    if screen.editing.is_some() && screen.is_pristine() {
        effects.extend(screen.id.clone().map(|id| Effect::DiscardDraft { id }));
        return to_the_list(console, effects);
    }
    screen.leaving = true;
    console::save_draft(console, effects);
    if let Screen::CreateApp(screen) = &mut console.screen {
        if screen.unanswered_saves > 0 {
            return console.wait_for("Keeping the draft");
        }
        // Nothing could be sent to disk, which was said; back is not refused a second time.
        screen.leaving = false;
        screen.leaves_without = true;
    }
}

/// How soon a write that failed is tried again.
const RETRY_MS: u64 = 3_000;

/// An answer to a write of the draft.
pub fn draft_saved(
    console: &mut Console,
    id: &DraftId,
    result: Result<(), String>,
    effects: &mut Vec<Effect>,
) {
    let Screen::CreateApp(screen) = &mut console.screen else {
        return;
    };
    if screen.id.as_ref() != Some(id) {
        return;
    }
    screen.unanswered_saves = screen.unanswered_saves.saturating_sub(1);
    let was_unsaved = std::mem::replace(&mut screen.unsaved, result.is_err());
    let leaves = screen.leaving && screen.unanswered_saves == 0;
    if leaves {
        screen.leaving = false;
        console.waiting = None;
    }
    match result {
        Ok(()) if leaves => {
            // The draft is on top of the list, and must not be hidden by what was looked for.
            console.apps.filter = Entry::default();
            console.tell("Draft kept: Enter resumes it.");
            to_the_list(console, effects);
        }
        Ok(()) if was_unsaved => console.tell("The draft is on disk again."),
        Ok(()) => {}
        Err(problem) if leaves => {
            if let Screen::CreateApp(screen) = &mut console.screen {
                screen.leaves_without = true;
            }
            console.complain(format!(
                "The draft is not on disk: {problem} Esc again leaves without it."
            ));
        }
        // Tried again; the screen still has everything.
        Err(problem) => {
            console.draft_due_ms = Some(console.clock.mono_ms + RETRY_MS);
            console.complain(format!("The draft is not on disk: {problem}"));
        }
    }
}

fn to_the_list(console: &mut Console, effects: &mut Vec<Effect>) {
    console.draft_due_ms = None;
    console.screen = Screen::Apps;
    console.apps.cursor = 0;
    crate::screens::apps::update::enter(console, effects);
}

/// A draft that came back asks for what is not kept in it.
pub fn look(screen: &mut CreateApp, effects: &mut Vec<Effect>) {
    if !screen.draft.properties.name.is_blank() {
        effects.push(Effect::CheckName {
            name: screen.draft.properties.name.text().to_owned(),
        });
    }
    if let Some(path) = screen.draft.card.unread_path() {
        effects.push(Effect::ReadIcon {
            path: path.to_owned(),
        });
    }
    if let IconState::Ready {
        about,
        preview: None,
        ..
    } = &screen.draft.card.icon
    {
        effects.push(Effect::LoadPreview {
            icon: about.clone(),
        });
    }
}
