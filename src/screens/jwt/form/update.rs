//! What keys, pastes and answers do to the form of a JWT credential.

use super::{EXPIRES, FIELDS, JwtFormScreen};
use crate::{
    console::{Console, Screen},
    domain::{
        oauth::jwt::{DateStep, FoundApps, stepped},
        time::UnixMs,
    },
    form::{Entry, FormEvent, Report, TextEdit, state::slots},
    keymap::Action,
    message::{Effect, JwtWork},
};

pub fn paste(console: &mut Console, pasted: &str, effects: &mut Vec<Effect>) -> bool {
    let Screen::JwtForm(screen) = &mut console.screen else {
        return false;
    };
    let (form, mut table) = screen.table();
    let (_, was_cut) = form.paste(&mut table, pasted);
    screen.look(effects);
    was_cut
}

/// What a search for apps found.
pub fn found(
    console: &mut Console,
    query: String,
    result: Result<FoundApps, String>,
    effects: &mut Vec<Effect>,
) {
    let problem = result.as_ref().err().cloned();
    let Screen::JwtForm(screen) = &mut console.screen else {
        return;
    };
    let under_mark = |screen: &JwtFormScreen| {
        let options = screen
            .form
            .picker_options(FIELDS, &screen.data, &screen.known);
        let at = screen.form.picker.as_ref().map_or(0, |picker| picker.at);
        options.into_iter().nth(at).map(|option| option.key)
    };
    let before = under_mark(screen);
    let found = result.unwrap_or_default();
    screen.known.learn(query, found, &screen.data.apps);
    // The mark stays on its app when more are listed.
    let options = screen
        .form
        .picker_options(FIELDS, &screen.data, &screen.known);
    if let Some(picker) = &mut screen.form.picker {
        let same = |key| options.iter().position(|option| option.key == key);
        picker.at = before.and_then(same).unwrap_or_default();
    }
    let awaiting = screen.awaiting.take();
    if let Some(problem) = problem {
        console.complain(problem);
    }
    if let Some(action) = awaiting {
        console.waiting = None;
        act(console, action, effects);
    }
}

pub fn act(console: &mut Console, action: Action, effects: &mut Vec<Effect>) {
    let Screen::JwtForm(screen) = &mut console.screen else {
        return;
    };
    if screen.must_await(action) {
        screen.awaiting = Some(action);
        return console.wait_for("Searching");
    }
    if screen.form.picker.is_none() {
        match action {
            Action::Submit => return submit(console, effects),
            Action::Back => return crate::screens::jwt::update::open(console, effects),
            _ => {}
        }
        if screen.form.focus.field == EXPIRES && step_date(screen, action, console.clock.unix) {
            return;
        }
    }
    let all = slots(FIELDS, &screen.data);
    let (form, mut table) = screen.table();
    match form.act(&mut table, action) {
        FormEvent::PastEnd if action == Action::Confirm => return submit(console, effects),
        FormEvent::PastEnd if action == Action::NextField => {
            if let Some(first) = all.first() {
                screen.form.focus = *first;
            }
        }
        FormEvent::BeforeStart if action == Action::PrevField => {
            if let Some(last) = all.last() {
                screen.form.focus = *last;
            }
        }
        FormEvent::Refused(why) => {
            console.complain(why);
            return;
        }
        _ => {}
    }
    if screen.form.picker.is_some() {
        screen.look(effects);
    }
}

/// Whether the key stepped through the calendar. Up leaves the field where there is no day before.
fn step_date(screen: &mut JwtFormScreen, action: Action, now: UnixMs) -> bool {
    let step = match action {
        Action::Down => DateStep::Days(1),
        Action::Up => DateStep::Days(-1),
        Action::PageDown => DateStep::Months(1),
        Action::PageUp => DateStep::Months(-1),
        _ => return false,
    };
    let typed = screen.data.expires.text();
    if action == Action::Up && typed.trim().is_empty() {
        return false;
    }
    match stepped(typed, step, now) {
        Some(date) => {
            screen.data.expires = Entry::new(&date);
            true
        }
        // There is no field below.
        None => action != Action::Up,
    }
}

fn submit(console: &mut Console, effects: &mut Vec<Effect>) {
    let now = console.clock.unix;
    let Screen::JwtForm(screen) = &mut console.screen else {
        return;
    };
    let mut report = Report::default();
    if let Some(work) = screen.check(now, &mut report) {
        let waiting = match work {
            JwtWork::SetApps { .. } => "Changing the apps",
            _ => "Signing it",
        };
        effects.push(Effect::Jwt(work));
        return console.wait_for(waiting);
    }
    screen.tried = true;
    if let Some(slot) = report.first_error() {
        screen.form.focus = slot;
    }
}
