//! Overlays over a page: how they take keys and how they look. The last one gets the keys.

mod commands;
pub(super) mod help;
pub(super) mod palette;
pub(super) mod prompt;
pub(super) mod question;

use crate::{desk::Overlay, keymap::Mode};

pub(super) fn modes(overlay: &Overlay) -> Vec<Mode> {
    match overlay {
        Overlay::Help(_) => vec![Mode::Help, Mode::Anywhere],
        Overlay::Palette(_) => vec![Mode::Palette, Mode::Text, Mode::Anywhere],
        Overlay::Question(_, question) if question.other.is_some() => {
            vec![Mode::Unsaved, Mode::Anywhere]
        }
        Overlay::Question(..) => vec![Mode::Confirm, Mode::Anywhere],
        Overlay::Prompt(..) => vec![Mode::Prompt, Mode::Text, Mode::Anywhere],
    }
}
