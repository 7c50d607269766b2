//! Keys of the form for one's own password, and what came of it.

use super::{AGAIN, ChangePassword, OLD};
use crate::{
    answers::{refusal_text, refusal_wait_ms},
    console::{Console, Screen},
    domain::people::developer::Session,
    form::{FormEvent, Report},
    keymap::Action,
    message::{Effect, SignInRefusal},
    screens::{apps::update as apps, organization::update as organization},
};

/// `is_first`: the password was given by somebody else.
pub fn open(console: &mut Console, is_first: bool) {
    if let Some(session) = &console.session {
        let me = &session.developer;
        let own = format!(
            "{} {} {}",
            me.full_name,
            me.email.as_str(),
            session.organization
        );
        console.screen = Screen::Password(Box::new(ChangePassword::new(&own, is_first)));
        console.notice = None;
    }
}

pub fn act(console: &mut Console, action: Action, effects: &mut Vec<Effect>) {
    let Screen::Password(screen) = &mut console.screen else {
        return;
    };
    match action {
        Action::Submit => return submit(console, effects),
        Action::ShowPassword => {
            let visible = !screen.data.new.visible;
            screen.data.old.visible = visible;
            screen.data.new.visible = visible;
            screen.data.again.visible = visible;
            return;
        }
        Action::Back if screen.is_first => {
            return console.complain(
                "The password you have was given to you: choose your own first. ^C quits.",
            );
        }
        Action::Back => return organization::open(console, effects),
        _ => {}
    }
    let (form, mut table) = screen.table();
    match form.act(&mut table, action) {
        FormEvent::Changed(_) => screen.refusal = None,
        FormEvent::PastEnd if action == Action::Confirm => submit(console, effects),
        FormEvent::PastEnd if action == Action::NextField => screen.form.focus = OLD.into(),
        FormEvent::BeforeStart if action == Action::PrevField => screen.form.focus = AGAIN.into(),
        _ => {}
    }
}

fn submit(console: &mut Console, effects: &mut Vec<Effect>) {
    let now = console.clock.mono_ms;
    let Screen::Password(screen) = &mut console.screen else {
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

pub fn changed(
    console: &mut Console,
    result: Result<Box<Session>, SignInRefusal>,
    effects: &mut Vec<Effect>,
) {
    console.waiting = None;
    let now = console.clock.mono_ms;
    match result {
        Ok(session) => {
            console.session = Some(*session);
            if let Screen::Password(screen) = &console.screen {
                if screen.is_first {
                    apps::open_first(console, effects);
                } else {
                    organization::open(console, effects);
                }
            }
            console.tell("From now on you sign in with the new password.");
        }
        Err(refusal) => {
            let wait = refusal_wait_ms(&refusal);
            let said = match &refusal {
                SignInRefusal::Wrong { .. } => "This is not your password.".to_owned(),
                other => refusal_text(other),
            };
            if let Screen::Password(screen) = &mut console.screen {
                screen.data.old.clear();
                screen.form.focus = OLD.into();
                screen.refusal = Some(said);
                screen.wait_until_ms = Some(now + wait);
            } else {
                console.complain(said);
            }
        }
    }
}
