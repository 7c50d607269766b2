//! A key: read from an event or from the notation of the table, and written for a person.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// What a key does to text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    Insert(char),
    Left,
    Right,
    WordLeft,
    WordRight,
    Start,
    End,
    Backspace,
    Delete,
    DeleteWord,
    DeleteToStart,
    DeleteToEnd,
}

/// A key, as precisely as this program distinguishes keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    pub code: KeyCode,
    pub ctrl: bool,
    pub alt: bool,
}

impl Key {
    /// Letters arrive with or without a Shift flag, and Shift-Tab under two names: both get one
    /// form. `None` for a key with Super, Hyper or Meta, which is not the key without them.
    pub fn from_event(event: &KeyEvent) -> Option<Self> {
        let foreign = KeyModifiers::SUPER | KeyModifiers::HYPER | KeyModifiers::META;
        if event.modifiers.intersects(foreign) {
            return None;
        }
        let code = match event.code {
            KeyCode::Tab if event.modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
            // Ctrl-Space arrives as NUL, and with Ctrl the case of a letter is unknown.
            KeyCode::Char(c) if event.modifiers.contains(KeyModifiers::CONTROL) => {
                KeyCode::Char(c.to_ascii_lowercase())
            }
            code => code,
        };
        Some(Self {
            code,
            ctrl: event.modifiers.contains(KeyModifiers::CONTROL),
            alt: event.modifiers.contains(KeyModifiers::ALT),
        })
    }

    /// `a`, `tab`, `s-tab`, `ctrl-s`, `alt-b`, `pgdn`, `f1`, `space`.
    pub fn parse(notation: &str) -> Option<Self> {
        let (ctrl, rest) = strip(notation, "ctrl-");
        let (alt, rest) = strip(rest, "alt-");
        let code = match rest {
            "tab" => KeyCode::Tab,
            "s-tab" => KeyCode::BackTab,
            "enter" => KeyCode::Enter,
            "esc" => KeyCode::Esc,
            "space" => KeyCode::Char(' '),
            "up" => KeyCode::Up,
            "down" => KeyCode::Down,
            "left" => KeyCode::Left,
            "right" => KeyCode::Right,
            "home" => KeyCode::Home,
            "end" => KeyCode::End,
            "pgup" => KeyCode::PageUp,
            "pgdn" => KeyCode::PageDown,
            "backspace" => KeyCode::Backspace,
            "delete" => KeyCode::Delete,
            "f1" => KeyCode::F(1),
            one => {
                let mut chars = one.chars();
                let c = chars.next()?;
                if chars.next().is_some() {
                    return None;
                }
                KeyCode::Char(c)
            }
        };
        Some(Self { code, ctrl, alt })
    }

    /// The character that the key types, if any.
    pub fn typed(self) -> Option<char> {
        match self.code {
            KeyCode::Char(c) if !self.ctrl && !self.alt && !c.is_control() => Some(c),
            _ => None,
        }
    }
}

fn strip<'a>(text: &'a str, prefix: &str) -> (bool, &'a str) {
    text.strip_prefix(prefix)
        .map_or((false, text), |rest| (true, rest))
}

/// How a key is shown to a person: `^S`, `S-Tab`, `PgDn`.
pub fn show(notation: &str) -> String {
    let (ctrl, rest) = strip(notation, "ctrl-");
    let (alt, rest) = strip(rest, "alt-");
    let name = match rest {
        "tab" => "Tab",
        "s-tab" => "S-Tab",
        "enter" => "Enter",
        "esc" => "Esc",
        "space" => "Space",
        "up" => "Up",
        "down" => "Down",
        "left" => "Left",
        "right" => "Right",
        "home" => "Home",
        "end" => "End",
        "pgup" => "PgUp",
        "pgdn" => "PgDn",
        "backspace" => "Backspace",
        "delete" => "Del",
        "f1" => "F1",
        letter if ctrl => return format!("^{}", letter.to_uppercase()),
        letter => letter,
    };
    format!(
        "{}{}{name}",
        if ctrl { "C-" } else { "" },
        if alt { "M-" } else { "" }
    )
}
