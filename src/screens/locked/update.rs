//! Keys of the lock.

use crate::{
    console::{Console, Screen},
    form::TextEdit,
    keymap::Action,
    message::Effect,
    screens::{apps::Apps, sign_in::SignIn, sign_up::PASSWORD_MAX},
};

pub fn act(console: &mut Console, action: Action, effects: &mut Vec<Effect>) {
    let now = console.clock.mono_ms;
    let Some(locked) = &mut console.locked else {
        return;
    };
    match action {
        Action::Edit(edit) => {
            locked.password.edit(edit);
            locked.refusal = None;
        }
        Action::ShowPassword => locked.password.visible = !locked.password.visible,
        Action::Submit => {
            if locked.wait_until_ms.is_some_and(|until| until > now) {
                return;
            }
            if locked.password.is_empty() {
                locked.refusal = Some("Type your password.".to_owned());
                return;
            }
            effects.push(Effect::SignIn {
                email: locked.email.clone(),
                password: locked.password.secret(),
            });
            console.wait_for("Unlocking");
        }
        Action::SignOut => {
            let sign_in = SignIn::new(locked.organization.clone(), Some(locked.email.as_str()));
            console.screen = Screen::SignIn(sign_in);
            console.apps = Apps::default();
            console.apps.resized(console.size);
            console.session = None;
            console.locked = None;
        }
        _ => {}
    }
}

/// Says whether something was cut off.
pub fn paste(console: &mut Console, text: &str) -> bool {
    console.locked.as_mut().is_some_and(|locked| {
        locked
            .password
            .paste(text.trim_end_matches(['\r', '\n']), PASSWORD_MAX)
    })
}
