//! Theme, layout and widgets. They know domain types, the form's vocabulary and the keymap,
//! and no screen. Nothing here changes state.

pub mod chrome;
pub mod empty;
pub mod finding;
pub mod form;
pub mod form_page;
pub mod half_blocks;
pub mod layout;
pub mod line;
pub mod overlay;
pub mod palette;
pub mod picker;
pub mod progress;
pub mod rows;
pub mod scroll;
pub mod tabs;
#[cfg(test)]
mod testing;
pub mod theme;
pub mod title;
