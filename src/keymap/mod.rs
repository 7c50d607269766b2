//! All keys, in one table. Dispatch, footer, help and `docs/KEYS.md` use [`BINDINGS`].
//!
//! Deliberately absent: keys that only Alt or a terminal extension reaches, and Ctrl-I, J, M, H and
//! [, which a terminal cannot tell from Tab, Enter, Backspace and Esc.

mod document;
mod key;
mod layout;
mod mode;
mod names;
mod table;

use std::sync::LazyLock;

use crossterm::event::KeyCode;

use self::table::EDITING;
pub use self::{
    document::document,
    key::{Edit, Key, show},
    mode::{Action, Can, Mode},
    names::{SHELL_COMMANDS, ShellCommand, name_of, rank, synonyms},
    table::{BINDINGS, Binding},
};

struct Parsed {
    mode: Mode,
    key: Key,
    action: Action,
}

static PARSED: LazyLock<Vec<Parsed>> = LazyLock::new(|| {
    BINDINGS
        .iter()
        .flat_map(|binding| {
            binding
                .keys
                .iter()
                .filter_map(|keys| Key::parse(keys))
                .map(|key| Parsed {
                    mode: binding.mode,
                    key,
                    action: binding.action,
                })
        })
        .collect()
});

static PARSED_EDITING: LazyLock<Vec<(Key, Edit)>> = LazyLock::new(|| {
    EDITING
        .iter()
        .flat_map(|(keys, edit, _)| {
            keys.iter()
                .filter_map(|keys| Key::parse(keys))
                .map(|key| (key, *edit))
        })
        .collect()
});

/// Looks up a key. `stack` goes from the innermost mode outwards.
pub fn action(stack: &[Mode], key: Key) -> Option<Action> {
    bound(stack, key).or_else(|| bound(stack, in_latin(stack, key)?))
}

/// The key at the same place of a Latin keyboard, if letters are commands here.
fn in_latin(stack: &[Mode], key: Key) -> Option<Key> {
    // An answer in another language has its letters elsewhere: "нет" (no) begins on the y key.
    if stack.contains(&Mode::Confirm) || stack.contains(&Mode::Unsaved) {
        return None;
    }
    let KeyCode::Char(c) = key.code else {
        return None;
    };
    let code = KeyCode::Char(layout::latin(c)?);
    Some(Key { code, ..key })
}

/// Whether the key types a letter that has no known place on a Latin keyboard.
pub fn is_foreign_letter(key: Key) -> bool {
    let is_foreign = |c: char| c.is_alphabetic() && !c.is_ascii();
    key.typed()
        .is_some_and(|c| is_foreign(c) && layout::latin(c).is_none())
}

fn bound(stack: &[Mode], key: Key) -> Option<Action> {
    for mode in stack {
        let bound = PARSED
            .iter()
            .find(|bound| bound.mode == *mode && bound.key == key);
        // Letters are text: typing never leaves a field.
        if let Some(bound) = bound {
            return Some(bound.action);
        }
        if mode.takes_text() {
            if let Some(c) = key.typed() {
                return Some(Action::Edit(Edit::Insert(c)));
            }
            if let Some((_, edit)) = PARSED_EDITING.iter().find(|(bound, _)| *bound == key) {
                return Some(Action::Edit(*edit));
            }
        }
        if *mode == Mode::Pick {
            if let Some(c) = key.typed().filter(|c| c.is_alphanumeric()) {
                return Some(Action::Edit(Edit::Insert(c)));
            }
            if key.code == KeyCode::Backspace {
                return Some(Action::Edit(Edit::Backspace));
            }
        }
    }
    None
}

/// The bindings that work in these modes, without those that an inner mode hides.
pub fn active(stack: &[Mode]) -> Vec<&'static Binding> {
    let mut bindings: Vec<&Binding> = Vec::new();
    for mode in stack {
        for binding in BINDINGS.iter().filter(|one| one.mode == *mode) {
            let reachable = binding.keys.iter().any(|notation| {
                Key::parse(notation)
                    .and_then(|key| action(stack, key))
                    .is_some_and(|action| action == binding.action)
            });
            let repeated = bindings.iter().any(|one| one.action == binding.action);
            if reachable && !repeated {
                bindings.push(binding);
            }
        }
    }
    bindings
}

/// The first key of a binding that works in these modes, as a person writes it.
pub fn shown_key(stack: &[Mode], binding: &Binding) -> String {
    binding
        .keys
        .iter()
        .find(|notation| {
            Key::parse(notation)
                .and_then(|key| action(stack, key))
                .is_some_and(|action| action == binding.action)
        })
        .map(|notation| show(notation))
        .unwrap_or_default()
}

/// The key of an action in a mode, as a person writes it.
pub fn first_key(mode: Mode, action: Action) -> String {
    let binding = BINDINGS
        .iter()
        .find(|one| one.mode == mode && one.action == action);
    let key = binding.and_then(|one| one.keys.first());
    key.map(|notation| show(notation)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
