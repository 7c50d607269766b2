//! Overlays over a page: how they take keys and how they look. The last one gets the keys.

pub(super) mod help;
pub(super) mod palette;
pub(super) mod prompt;
pub(super) mod question;

use crate::{desk::Overlay, keymap::Context};

pub(super) fn modes(overlay: &Overlay) -> Vec<Context> {
    match overlay {
        Overlay::Help(_) => vec![Context::Help, Context::Anywhere],
        Overlay::Palette(_) => vec![Context::Palette, Context::Text, Context::Anywhere],
        Overlay::Question(..) => vec![Context::Confirm, Context::Anywhere],
        Overlay::Prompt(..) => vec![Context::Prompt, Context::Text, Context::Anywhere],
    }
}
