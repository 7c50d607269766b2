//! The help over a screen: the keys that work there, printed from the keymap.

use crate::{console::Console, keymap::Action};

pub fn act(console: &mut Console, action: Action) {
    let last = crate::ui::help::last_scroll(console);
    let Some(scroll) = &mut console.help else {
        return;
    };
    match action {
        Action::Back | Action::Help => console.help = None,
        Action::Down => *scroll = (*scroll + 1).min(last),
        Action::Up => *scroll = scroll.saturating_sub(1),
        Action::PageDown => *scroll = (*scroll + 10).min(last),
        Action::PageUp => *scroll = scroll.saturating_sub(10),
        _ => {}
    }
}
