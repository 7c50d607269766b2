//! Keys of the sign-up form and of the recovery key.

use super::{AGAIN, PASSWORD, ShowRecoveryKey};
use crate::{
    console::{Console, Screen},
    form::{FormEvent, TextEdit},
    keymap::Action,
    message::Effect,
};

pub fn act(console: &mut Console, action: Action, effects: &mut Vec<Effect>) {
    let Screen::SignUp(screen) = &mut console.screen else {
        return;
    };
    match action {
        Action::Submit => return submit(console, effects),
        Action::ShowPassword => {
            let visible = !screen.data.password.visible;
            screen.data.password.visible = visible;
            screen.data.again.visible = visible;
            return;
        }
        _ => {}
    }
    let (form, mut table) = screen.table();
    match form.act(&mut table, action) {
        FormEvent::Changed(_) => screen.weigh(),
        FormEvent::PastEnd if action == Action::Confirm => submit(console, effects),
        FormEvent::PastEnd if action == Action::NextField => {
            screen.form.focus = super::ORGANIZATION.into();
        }
        FormEvent::BeforeStart if action == Action::PrevField => {
            screen.form.focus = AGAIN.into();
        }
        _ => {}
    }
}

fn submit(console: &mut Console, effects: &mut Vec<Effect>) {
    let Screen::SignUp(screen) = &mut console.screen else {
        return;
    };
    let mut report = crate::form::Report::default();
    match screen.data.check(screen.verdict.clone(), &mut report) {
        Some(effect) if !report.has_errors() => {
            effects.push(effect);
            console.wait_for("Setting up your workspace");
        }
        _ => {
            screen.tried = true;
            screen.form.focus = report.first_error().unwrap_or(PASSWORD.into());
            console.complain("Not signed up yet: this has to be mended first.");
        }
    }
}

/// The key is written down when its last group can be typed.
pub fn act_on_key(console: &mut Console, action: Action, effects: &mut Vec<Effect>) {
    let Screen::ShowRecoveryKey(ShowRecoveryKey { key, typed, wrong }) = &mut console.screen else {
        return;
    };
    match action {
        Action::Edit(edit) => {
            typed.edit(edit);
            *wrong = false;
        }
        Action::Confirm | Action::Submit => {
            if key.ends_with(typed.text()) {
                effects.push(Effect::ConfirmRecoveryKey);
                console.screen = Screen::Apps;
                console.tell(if console.apps.loaded {
                    "The new recovery key holds; the old one has ended."
                } else {
                    "Welcome. Press n to register your first app."
                });
                crate::screens::apps::update::open_first(console, effects);
            } else {
                *wrong = true;
            }
        }
        _ => {}
    }
}
