//! Single bytes and characters as keys.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::Decoded;

const DEL: u8 = 0x7f;

pub(super) fn key(code: KeyCode, modifiers: KeyModifiers) -> Decoded {
    Decoded::Key(KeyEvent::new(code, modifiers))
}

pub(super) fn esc_if(pressed: bool, out: &mut Vec<Decoded>) {
    if pressed {
        out.push(key(KeyCode::Esc, KeyModifiers::NONE));
    }
}

/// Only the two bytes that begin a sequence: a key with Alt.
pub(super) fn begun(twice: bool, letter: char, out: &mut Vec<Decoded>) {
    esc_if(twice, out);
    out.push(character_key(letter, true));
}

pub(super) fn character_key(c: char, alt: bool) -> Decoded {
    let mut modifiers = if alt {
        KeyModifiers::ALT
    } else {
        KeyModifiers::NONE
    };
    if c.is_uppercase() {
        modifiers |= KeyModifiers::SHIFT;
    }
    key(KeyCode::Char(c), modifiers)
}

/// A byte below 0x80, except ESC.
pub(super) fn ascii(byte: u8) -> KeyEvent {
    let ctrl = |c: u8| KeyEvent::new(KeyCode::Char(c.into()), KeyModifiers::CONTROL);
    match byte {
        0x00 => ctrl(b' '),
        b'\r' => KeyCode::Enter.into(),
        b'\t' => KeyCode::Tab.into(),
        // ^H: terminals that send it for Backspace do not distinguish it from Ctrl-H.
        0x08 | DEL => KeyCode::Backspace.into(),
        0x01..=0x1a => ctrl(byte + 0x60),
        0x1b..=0x1f => ctrl(byte + 0x40),
        b'A'..=b'Z' => KeyEvent::new(KeyCode::Char(byte.into()), KeyModifiers::SHIFT),
        _ => KeyCode::Char(byte.into()).into(),
    }
}
