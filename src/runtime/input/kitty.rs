//! Keys as numbers of characters: the kitty keyboard protocol (CSI number ; modifiers ; text u,
//! <https://sw.kovidgoyal.net/kitty/keyboard-protocol/>) and xterm's modifyOtherKeys (CSI 27 ;
//! modifiers ; number ~). This program turns neither on; an earlier one may have left one on.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::sequence::Meaning;

type Groups = [Vec<Option<u32>>];

const SHIFT: u32 = 1;
const CAPS_LOCK: u32 = 64;
const RELEASED: u32 = 3;
const REPEATED: u32 = 2;
/// The unshifted characters of keys on most keyboards. Only the terminal knows what these keys type
/// with Shift.
const UNSHIFTED: &str = "`1234567890-=[]\\;',./";

/// Decodes the modifiers, which are sent plus one, and the kind of event.
pub fn modifiers(group: Option<&Vec<Option<u32>>>) -> (KeyModifiers, KeyEventKind) {
    let bits = bits(group);
    let mut modifiers = KeyModifiers::NONE;
    for (bit, modifier) in [
        (SHIFT, KeyModifiers::SHIFT),
        (2, KeyModifiers::ALT),
        (4, KeyModifiers::CONTROL),
        (8, KeyModifiers::SUPER),
        (16, KeyModifiers::HYPER),
        (32, KeyModifiers::META),
    ] {
        modifiers.set(modifier, bits & bit != 0);
    }
    let happened = group.and_then(|group| *group.get(1)?);
    let kind = match happened {
        Some(RELEASED) => KeyEventKind::Release,
        Some(REPEATED) => KeyEventKind::Repeat,
        _ => KeyEventKind::Press,
    };
    (modifiers, kind)
}

fn bits(group: Option<&Vec<Option<u32>>>) -> u32 {
    let number = group.and_then(|group| *group.first()?);
    number.map_or(0, |number| number.saturating_sub(1))
}

pub fn key(groups: &Groups) -> Meaning {
    let unknown = Meaning::Dropped("an unknown key");
    let (modifiers, kind) = modifiers(groups.get(1));
    let codes = groups.first().map(Vec::as_slice).unwrap_or_default();
    let (Some(Some(code)), 1..=3) = (codes.first(), groups.len()) else {
        return unknown;
    };
    let plain = !modifiers.intersects(!KeyModifiers::SHIFT);
    if plain && kind != KeyEventKind::Release {
        let text = groups.get(2).map(Vec::as_slice).unwrap_or_default();
        let text: String = text.iter().filter_map(|code| typed((*code)?)).collect();
        if !text.is_empty() {
            return Meaning::Text(text);
        }
    }
    if let Some(code) = named(*code, modifiers) {
        return Meaning::Key(KeyEvent::new_with_kind(code, modifiers, kind));
    }
    let Some(c) = typed(*code) else {
        return if (57344..=63743).contains(code) {
            Meaning::Dropped("a key that the console does not use")
        } else {
            unknown
        };
    };
    let shifted = codes.get(1).and_then(|code| typed((*code)?));
    // The key at the same place of a Latin keyboard: Ctrl-C is that key in any layout.
    let latin = codes.get(2).and_then(|code| typed((*code)?));
    let c = match latin {
        Some(latin) if modifiers.contains(KeyModifiers::CONTROL) && !c.is_ascii() => latin,
        _ => c,
    };
    let is_upper =
        modifiers.contains(KeyModifiers::SHIFT) != (bits(groups.get(1)) & CAPS_LOCK != 0);
    let c = match shifted {
        Some(shifted) if modifiers.contains(KeyModifiers::SHIFT) => shifted,
        _ if is_upper && c.is_lowercase() => upper(c),
        _ if modifiers.contains(KeyModifiers::SHIFT) && plain && UNSHIFTED.contains(c) => {
            return Meaning::Dropped("a key whose character the terminal does not report");
        }
        _ => c,
    };
    Meaning::Key(KeyEvent::new_with_kind(KeyCode::Char(c), modifiers, kind))
}

/// xterm's format: the number is the character with Shift.
pub fn other_key(code: u32, modifiers: KeyModifiers) -> Meaning {
    let code = named(code, modifiers).or_else(|| typed(code).map(KeyCode::Char));
    match code {
        Some(code) => Meaning::Key(KeyEvent::new(code, modifiers)),
        None => Meaning::Dropped("an unknown key"),
    }
}

fn typed(code: u32) -> Option<char> {
    let is_private = (57344..=63743).contains(&code);
    char::from_u32(code).filter(|c| !c.is_control() && !is_private)
}

fn upper(c: char) -> char {
    let mut upper = c.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

fn named(code: u32, modifiers: KeyModifiers) -> Option<KeyCode> {
    Some(match code {
        8 | 127 | 57347 => KeyCode::Backspace,
        9 | 57346 if modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
        9 | 57346 => KeyCode::Tab,
        13 | 57345 | 57414 => KeyCode::Enter,
        27 | 57344 => KeyCode::Esc,
        57348 | 57425 => KeyCode::Insert,
        57349 | 57426 => KeyCode::Delete,
        57350 | 57417 => KeyCode::Left,
        57351 | 57418 => KeyCode::Right,
        57352 | 57419 => KeyCode::Up,
        57353 | 57420 => KeyCode::Down,
        57354 | 57421 => KeyCode::PageUp,
        57355 | 57422 => KeyCode::PageDown,
        57356 | 57423 => KeyCode::Home,
        57357 | 57424 => KeyCode::End,
        57364..=57398 => KeyCode::F(u8::try_from(code - 57363).ok()?),
        57399..=57408 => KeyCode::Char(char::from_digit(code - 57399, 10)?),
        57409 => KeyCode::Char('.'),
        57410 => KeyCode::Char('/'),
        57411 => KeyCode::Char('*'),
        57412 => KeyCode::Char('-'),
        57413 => KeyCode::Char('+'),
        57415 => KeyCode::Char('='),
        57416 => KeyCode::Char(','),
        57427 => KeyCode::KeypadBegin,
        _ => return None,
    })
}
