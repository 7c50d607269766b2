//! The keys of control sequences and SS3. Sources: xterm's ctlseqs, the terminfo database, the
//! tables of st and urxvt, and the kitty keyboard protocol.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use vtparse::CsiParam;

use super::kitty;

/// Terminals in which a sequence stands for another key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Delete and Ctrl-Delete are CSI P and CSI M.
    St,
    /// CSI P is F1 while the kitty keyboard protocol is on.
    Kitty,
    Other,
}

impl Family {
    pub fn of(term: &str) -> Self {
        let name = term.split('-').next().unwrap_or_default();
        let kitty = ["kitty", "ghostty", "foot", "alacritty", "wezterm", "rio"];
        if name == "st" {
            Self::St
        } else if kitty.iter().any(|one| term.contains(one)) {
            Self::Kitty
        } else {
            Self::Other
        }
    }
}

/// The meaning of a sequence.
#[derive(Debug, PartialEq, Eq)]
pub enum Meaning {
    Key(KeyEvent),
    /// Characters, as the kitty protocol reports them.
    Text(String),
    /// A bracketed paste begins.
    Paste,
    /// The coordinates of a mouse report may follow.
    Mouse,
    /// A letter follows.
    LinuxFunction,
    Dropped(&'static str),
}

const UNKNOWN: Meaning = Meaning::Dropped("an unknown sequence");
const REPORT: Meaning = Meaning::Dropped("a report");

/// Parameters as groups of numbers: `;` separates groups, `:` numbers. `None` if there is anything
/// else, as in reports.
fn groups(parameters: &[CsiParam]) -> Option<Vec<Vec<Option<u32>>>> {
    let mut groups = vec![vec![None]];
    for parameter in parameters {
        let group = groups.last_mut()?;
        match parameter {
            CsiParam::Integer(number) => *group.last_mut()? = Some(u32::try_from(*number).ok()?),
            CsiParam::P(b':') => group.push(None),
            CsiParam::P(b';') => groups.push(vec![None]),
            CsiParam::P(_) => return None,
        }
    }
    Some(groups)
}

/// `last` is the final byte, or `$` for urxvt's keys with Shift.
pub fn csi(parameters: &[CsiParam], last: u8, family: Family) -> Meaning {
    let Some(groups) = groups(parameters) else {
        return REPORT;
    };
    let number = |nth: usize| groups.get(nth).and_then(|group| *group.first()?);
    let is_bare = parameters.is_empty();
    let first = number(0);
    let (modifiers, kind) = kitty::modifiers(groups.get(1));
    let key = |code| Meaning::Key(KeyEvent::new_with_kind(code, modifiers, kind));
    let with = |code, modifiers| Meaning::Key(KeyEvent::new(code, modifiers));
    match last {
        b'u' => kitty::key(&groups),
        b'~' => match first {
            Some(27) => match (number(2), groups.len()) {
                (Some(code), 3) => kitty::other_key(code, modifiers),
                _ => UNKNOWN,
            },
            Some(200) if groups.len() == 1 => Meaning::Paste,
            Some(201) => Meaning::Dropped("the end of a paste"),
            _ => first.and_then(numbered).map_or(UNKNOWN, key),
        },
        // urxvt
        b'$' | b'^' | b'@' if groups.len() == 1 => {
            let modifiers = match last {
                b'$' => KeyModifiers::SHIFT,
                b'^' => KeyModifiers::CONTROL,
                _ => KeyModifiers::SHIFT | KeyModifiers::CONTROL,
            };
            let code = first.and_then(numbered);
            code.map_or(UNKNOWN, |code| with(code, modifiers))
        }
        b'a'..=b'd' if is_bare => {
            arrow(last.to_ascii_uppercase()).map_or(UNKNOWN, |code| with(code, KeyModifiers::SHIFT))
        }
        b'[' if is_bare => Meaning::LinuxFunction,
        b'I' | b'O' if is_bare => Meaning::Dropped("focus"),
        b'M' if is_bare && family == Family::St => with(KeyCode::Delete, KeyModifiers::CONTROL),
        b'M' if is_bare => Meaning::Mouse,
        b'P' if is_bare && family != Family::Kitty => with(KeyCode::Delete, KeyModifiers::NONE),
        // The 5 of the Linux console's keypad.
        b'G' if is_bare => with(KeyCode::KeypadBegin, KeyModifiers::NONE),
        b'Z' => with(KeyCode::BackTab, modifiers | KeyModifiers::SHIFT),
        b'J' | b'K' | b'L' | b'h' | b'l' => of_st(last, first, is_bare),
        // F3 with modifiers looks like a cursor report for the first row.
        b'R' if !is_bare && first != Some(1) => REPORT,
        b'A'..=b'H' | b'P'..=b'S' if matches!(first, None | Some(1)) && groups.len() <= 2 => {
            arrow(last).or_else(|| function(last)).map_or(UNKNOWN, key)
        }
        b'c' | b'n' | b'R' | b't' | b'x' | b'y' => REPORT,
        _ => UNKNOWN,
    }
}

/// `digit` is a modifier in an old format: ESC O 5 P.
pub fn ss3(last: u8, digit: Option<u8>) -> Meaning {
    let (mut modifiers, _) = kitty::modifiers(Some(&vec![digit.map(u32::from)]));
    let code = match last {
        // urxvt
        b'a'..=b'd' => {
            modifiers |= KeyModifiers::CONTROL;
            arrow(last.to_ascii_uppercase())
        }
        b'A'..=b'H' => arrow(last),
        b'P'..=b'S' => function(last),
        b'M' => Some(KeyCode::Enter),
        b'I' => Some(KeyCode::Tab),
        b' ' => Some(KeyCode::Char(' ')),
        b'X' => Some(KeyCode::Char('=')),
        // The keypad: * + , - . / and the digits, sent as their code plus 0x40.
        b'j'..=b'y' => Some(KeyCode::Char(char::from(last - 0x40))),
        _ => None,
    };
    code.map_or(UNKNOWN, |code| Meaning::Key(KeyEvent::new(code, modifiers)))
}

/// The letter after CSI [.
pub fn linux_function(byte: u8) -> Option<Meaning> {
    let code = match byte {
        b'A'..=b'E' => Meaning::Key(KeyCode::F(byte - b'A' + 1).into()),
        0x20..=0x7e => UNKNOWN,
        _ => return None,
    };
    Some(code)
}

fn arrow(letter: u8) -> Option<KeyCode> {
    Some(match letter {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'E' => KeyCode::KeypadBegin,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        _ => return None,
    })
}

fn function(letter: u8) -> Option<KeyCode> {
    matches!(letter, b'P'..=b'S').then(|| KeyCode::F(letter - b'P' + 1))
}

/// The keys of a VT220 and later terminals: CSI number ~.
fn numbered(number: u32) -> Option<KeyCode> {
    Some(match number {
        1 | 7 => KeyCode::Home,
        2 => KeyCode::Insert,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        11..=15 => KeyCode::F(nth(number, 10)),
        17..=21 => KeyCode::F(nth(number, 11)),
        23..=26 => KeyCode::F(nth(number, 12)),
        28 | 29 => KeyCode::F(nth(number, 13)),
        31..=34 => KeyCode::F(nth(number, 14)),
        57427 => KeyCode::KeypadBegin,
        _ => return None,
    })
}

fn nth(number: u32, skipped: u32) -> u8 {
    u8::try_from(number - skipped).unwrap_or_default()
}

/// The keys of st while its keypad is not in application mode.
fn of_st(last: u8, first: Option<u32>, is_bare: bool) -> Meaning {
    let (code, modifiers) = match (last, first) {
        (b'J', Some(2)) => (KeyCode::Home, KeyModifiers::SHIFT),
        (b'J', _) if is_bare => (KeyCode::End, KeyModifiers::CONTROL),
        (b'K', Some(2)) => (KeyCode::Delete, KeyModifiers::SHIFT),
        (b'K', _) if is_bare => (KeyCode::End, KeyModifiers::SHIFT),
        (b'L', _) if is_bare => (KeyCode::Insert, KeyModifiers::CONTROL),
        (b'h', Some(4)) => (KeyCode::Insert, KeyModifiers::NONE),
        (b'l', Some(4)) => (KeyCode::Insert, KeyModifiers::SHIFT),
        _ => return UNKNOWN,
    };
    Meaning::Key(KeyEvent::new_with_kind(
        code,
        modifiers,
        KeyEventKind::Press,
    ))
}
