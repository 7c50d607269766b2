//! Keys of the app page.

use crate::{
    console::{Console, Screen},
    domain::secret::Secret,
    keymap::Action,
    message::{Copyable, Effect},
};

const PAGE: u16 = 10;

pub fn act(console: &mut Console, action: Action, effects: &mut Vec<Effect>) {
    let Screen::App(page) = &mut console.screen else {
        return;
    };
    let id = page.app.id.clone();
    let last = crate::screens::app::view::last_scroll(page, console.session.as_ref(), console.size);
    match action {
        Action::CopyClientId => effects.push(Effect::Copy {
            what: Copyable::ClientId,
            text: Secret::new(page.app.client_id.as_str()),
        }),
        Action::CopySecret => effects.push(Effect::CopyAppSecret {
            app: id,
            what: Copyable::ClientSecret,
        }),
        Action::CopySharedSecret => effects.push(Effect::CopyAppSecret {
            app: id,
            what: Copyable::SharedSecret,
        }),
        Action::Reveal => {
            let was_hidden = page.secrets.take().is_none();
            if was_hidden {
                effects.push(Effect::RevealSecrets { app: id });
                console.wait_for("Opening the secrets");
            }
        }
        Action::Up => page.scroll = page.scroll.saturating_sub(1),
        Action::Down => page.scroll = (page.scroll + 1).min(last),
        Action::PageUp => page.scroll = page.scroll.saturating_sub(PAGE),
        Action::PageDown => page.scroll = (page.scroll + PAGE).min(last),
        Action::New => crate::screens::apps::update::start_app(console, effects),
        Action::Unbox => page.unboxed = true,
        Action::Back if page.unboxed => page.unboxed = false,
        Action::Back => {
            console.apps.wanted = Some(id);
            console.screen = Screen::Apps;
            crate::screens::apps::update::enter(console, effects);
        }
        _ => {}
    }
}
