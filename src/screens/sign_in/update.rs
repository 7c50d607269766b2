//! Keys of the sign-in form and of the form for a forgotten password.

use super::{AGAIN, EMAIL, PASSWORD, RECOVERY_EMAIL, Recover, SignIn};
use crate::{
    console::{Console, Screen},
    form::{FormEvent, Report, TextEdit},
    keymap::Action,
    message::Effect,
};

pub fn act(console: &mut Console, action: Action, effects: &mut Vec<Effect>) {
    let Screen::SignIn(screen) = &mut console.screen else {
        return;
    };
    match action {
        Action::Submit => return submit(console, effects),
        Action::ShowPassword => {
            screen.data.password.visible = !screen.data.password.visible;
            return;
        }
        Action::Forgot => {
            let recover = Recover::new(screen.organization.clone(), screen.data.email.text());
            console.screen = Screen::Recover(recover);
            return;
        }
        _ => {}
    }
    let (form, mut table) = screen.table();
    match form.act(&mut table, action) {
        FormEvent::Changed(_) => screen.refusal = None,
        FormEvent::PastEnd if action == Action::Confirm => submit(console, effects),
        FormEvent::PastEnd if action == Action::NextField => screen.form.focus = EMAIL.into(),
        FormEvent::BeforeStart if action == Action::PrevField => {
            screen.form.focus = PASSWORD.into();
        }
        _ => {}
    }
}

fn submit(console: &mut Console, effects: &mut Vec<Effect>) {
    let now = console.clock.mono_ms;
    let Screen::SignIn(screen) = &mut console.screen else {
        return;
    };
    if screen.wait_until_ms.is_some_and(|until| until > now) {
        return;
    }
    if screen.data.email.is_blank() {
        screen.form.focus = EMAIL.into();
        screen.refusal = Some("Type your e-mail.".to_owned());
        return;
    }
    if screen.data.password.is_empty() {
        screen.form.focus = PASSWORD.into();
        screen.refusal = Some("Type your password.".to_owned());
        return;
    }
    effects.push(Effect::SignIn {
        email: screen.data.email.text().trim().to_owned(),
        password: screen.data.password.secret(),
    });
    console.wait_for("Signing in");
}

pub fn act_on_recover(console: &mut Console, action: Action, effects: &mut Vec<Effect>) {
    let Screen::Recover(screen) = &mut console.screen else {
        return;
    };
    match action {
        Action::Submit => return submit_recover(console, effects),
        Action::ShowPassword => {
            let visible = !screen.data.password.visible;
            screen.data.password.visible = visible;
            screen.data.again.visible = visible;
            return;
        }
        Action::Back => {
            let sign_in = SignIn::new(
                screen.organization.clone(),
                Some(screen.data.email.text()).filter(|email| !email.is_empty()),
            );
            console.screen = Screen::SignIn(sign_in);
            return;
        }
        _ => {}
    }
    let (form, mut table) = screen.table();
    match form.act(&mut table, action) {
        FormEvent::Changed(_) => screen.refusal = None,
        FormEvent::PastEnd if action == Action::Confirm => submit_recover(console, effects),
        FormEvent::PastEnd if action == Action::NextField => {
            screen.form.focus = RECOVERY_EMAIL.into();
        }
        FormEvent::BeforeStart if action == Action::PrevField => screen.form.focus = AGAIN.into(),
        _ => {}
    }
}

fn submit_recover(console: &mut Console, effects: &mut Vec<Effect>) {
    let now = console.clock.mono_ms;
    let Screen::Recover(screen) = &mut console.screen else {
        return;
    };
    if screen.wait_until_ms.is_some_and(|until| until > now) {
        return;
    }
    let mut report = Report::default();
    match screen.check(&mut report) {
        Some(effect) if !report.has_errors() => {
            effects.push(effect);
            console.wait_for("Setting the new password");
        }
        _ => {
            screen.tried = true;
            if let Some(slot) = report.first_error() {
                screen.form.focus = slot;
            }
        }
    }
}
