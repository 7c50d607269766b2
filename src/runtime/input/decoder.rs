//! Decodes the bytes of a terminal into keys and pastes, in crossterm's types. Whatever bytes
//! arrive, and wherever they are cut: no later key is lost, and no text appears that was not typed.
//! Everything else (replies, reports, mouse, focus) is read to its end and dropped.
//!
//! Time only decides whether an ESC was the key Esc, and when an unfinished sequence is abandoned.
//! The caller passes it in milliseconds. Deliberately absent: reading from anywhere.

mod collector;
mod keys;
mod paste;
mod sequences;
mod state;

use std::fmt;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use zeroize::Zeroizing;

use self::{
    keys::{ascii, begun, character_key, esc_if, key},
    paste::PasteState,
    state::{COORDINATES, State},
};
use super::sequence::{self, Family, Meaning};

/// An ESC without more bytes is the key after this time. A terminal sends the bytes of a key at
/// once.
pub const ESC_MS: u64 = 50;
/// The two bytes that begin a sequence are a key with Alt after this time.
pub const BEGUN_MS: u64 = 500;
/// An unfinished sequence or paste is abandoned after this time, which is longer than a lost packet
/// takes.
pub const GIVEN_UP_MS: u64 = 2000;
/// The rest of a sequence is still recognized this long after its ESC was taken for the key.
const LATE_MS: u64 = 1000;

const ESC: u8 = 0x1b;
const BEL: u8 = 0x07;
const CAN: u8 = 0x18;
const SUB: u8 = 0x1a;
const CTRL_C: u8 = 0x03;

/// A decoded input.
#[derive(Clone, PartialEq, Eq)]
pub enum Decoded {
    /// With its kind: the kitty protocol also reports releases.
    Key(KeyEvent),
    /// `truncated` if it was longer than [`super::PASTE_LIMIT`].
    Paste { text: String, truncated: bool },
    /// A sequence that is not a key, by its name.
    Dropped(&'static str),
}

/// Keys and pastes may be parts of a secret, so only their kind is printed.
impl fmt::Debug for Decoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(_) => f.write_str("Key(…)"),
            Self::Paste { truncated, .. } => write!(f, "Paste(…, truncated: {truncated})"),
            Self::Dropped(what) => write!(f, "Dropped({what})"),
        }
    }
}

/// See the module's documentation.
pub struct Decoder {
    family: Family,
    state: State,
    last_ms: u64,
    /// When an ESC was taken for the key.
    escaped_ms: Option<u64>,
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Decoder(..)")
    }
}

impl Decoder {
    /// `term` is the value of `TERM`: two sequences mean different keys on different terminals.
    pub fn new(term: &str) -> Self {
        Self {
            family: Family::of(term),
            state: State::Ground,
            last_ms: 0,
            escaped_ms: None,
        }
    }

    /// Takes the bytes of one read.
    pub fn feed(&mut self, bytes: &[u8], now_ms: u64, out: &mut Vec<Decoded>) {
        self.expire(now_ms, out);
        self.last_ms = now_ms;
        let escaped_ms = self.escaped_ms.take();
        let is_late = escaped_ms.is_some_and(|at| now_ms.saturating_sub(at) < LATE_MS);
        if is_late && matches!(self.state, State::Ground) && is_rest_of_sequence(bytes) {
            self.state = State::Escape { twice: false };
        }
        if bytes == [CTRL_C]
            && let State::Paste(paste) = &mut self.state
        {
            // A lone Ctrl-C is not part of the paste: the person wants to get out.
            out.push(paste.finish());
            self.state = State::Ground;
        }
        for byte in bytes {
            self.step(*byte, out);
        }
    }

    /// More bytes arrived in time, even if they are read late: nothing is abandoned.
    pub fn go_on(&mut self, now_ms: u64) {
        self.last_ms = now_ms;
    }

    /// When [`Self::expire`] has something to do, unless bytes come before.
    pub fn due_ms(&self) -> Option<u64> {
        let wait = match &self.state {
            State::Ground => return None,
            State::Escape { .. }
            | State::Text {
                after_esc: true, ..
            } => ESC_MS,
            State::Ss3 { .. }
            | State::LinuxFunction { .. }
            | State::Csi { bytes: 0, .. }
            | State::Text { any: false, .. }
            | State::Mouse {
                left: COORDINATES, ..
            }
            | State::Paste(PasteState { ended: 1, .. }) => BEGUN_MS,
            State::Character { .. }
            | State::Csi { .. }
            | State::Text { .. }
            | State::Mouse { .. }
            | State::Paste(_) => GIVEN_UP_MS,
        };
        Some(self.last_ms.saturating_add(wait))
    }

    /// Abandons input that has waited too long for its end.
    pub fn expire(&mut self, now_ms: u64, out: &mut Vec<Decoded>) {
        if self.due_ms().is_none_or(|due| now_ms < due) {
            return;
        }
        let ends_in_esc = match &self.state {
            State::Escape { .. } => true,
            State::Text { after_esc, .. } => *after_esc,
            State::Paste(paste) => paste.ended == 1,
            _ => false,
        };
        if ends_in_esc {
            self.escaped_ms = Some(now_ms);
        }
        self.give_up(out);
    }

    /// Ends the unfinished input as if nothing followed.
    fn give_up(&mut self, out: &mut Vec<Decoded>) {
        match std::mem::replace(&mut self.state, State::Ground) {
            State::Ground => {}
            State::Escape { twice } => {
                esc_if(twice, out);
                esc_if(true, out);
            }
            State::Character { .. } => out.push(Decoded::Dropped("bytes that are not UTF-8")),
            State::Ss3 {
                twice,
                digits: None,
            } => begun(twice, 'O', out),
            State::Csi {
                twice, bytes: 0, ..
            } => begun(twice, '[', out),
            State::Ss3 { twice, .. }
            | State::Csi { twice, .. }
            | State::LinuxFunction { twice } => {
                esc_if(twice, out);
                out.push(Decoded::Dropped("a sequence without an end"));
            }
            State::Mouse {
                left: COORDINATES, ..
            } => {
                out.push(key(KeyCode::Delete, KeyModifiers::CONTROL));
            }
            State::Mouse { .. } => out.push(Decoded::Dropped("a mouse report")),
            State::Text {
                kind,
                any: false,
                after_esc: false,
            } => begun(false, kind.into(), out),
            State::Text { after_esc, .. } => {
                out.push(Decoded::Dropped("a control string without an end"));
                esc_if(after_esc, out);
            }
            State::Paste(mut paste) => {
                out.push(paste.finish());
                esc_if(paste.ended == 1, out);
            }
        }
    }

    fn step(&mut self, byte: u8, out: &mut Vec<Decoded>) {
        match &mut self.state {
            State::Ground => self.begin(byte, out),
            State::Escape { twice } => {
                let twice = *twice;
                self.after_esc(byte, twice, out);
            }
            State::Character { .. } => self.character(byte, out),
            State::Ss3 { .. } => self.ss3(byte, out),
            State::Csi { .. } => self.csi(byte, out),
            State::LinuxFunction { twice } => {
                let twice = *twice;
                match sequence::linux_function(byte) {
                    Some(meaning) => self.apply(meaning, twice, out),
                    None => self.restart(byte, out),
                }
            }
            State::Mouse { .. } => self.mouse(byte, out),
            State::Text { .. } => self.text(byte, out),
            State::Paste(paste) => {
                if paste.take(byte) {
                    out.push(paste.finish());
                    self.state = State::Ground;
                }
            }
        }
    }

    /// Ends the unfinished input; the byte begins a new one.
    fn restart(&mut self, byte: u8, out: &mut Vec<Decoded>) {
        self.give_up(out);
        self.begin(byte, out);
    }

    fn begin(&mut self, byte: u8, out: &mut Vec<Decoded>) {
        self.state = State::Ground;
        match byte {
            ESC => self.state = State::Escape { twice: false },
            0x80.. => self.lead(byte, false, out),
            _ => out.push(Decoded::Key(ascii(byte))),
        }
    }

    /// The first byte of a character beyond ASCII.
    fn lead(&mut self, byte: u8, alt: bool, out: &mut Vec<Decoded>) {
        let of = match byte {
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => {
                esc_if(alt, out);
                out.push(Decoded::Dropped("a byte that is not UTF-8"));
                return;
            }
        };
        let bytes = Zeroizing::new([byte, 0, 0, 0]);
        self.state = State::Character {
            bytes,
            have: 1,
            of,
            alt,
        };
    }

    fn character(&mut self, byte: u8, out: &mut Vec<Decoded>) {
        let State::Character {
            bytes,
            have,
            of,
            alt,
        } = &mut self.state
        else {
            return;
        };
        if !matches!(byte, 0x80..=0xbf) {
            return self.restart(byte, out);
        }
        if let Some(place) = bytes.get_mut(*have) {
            *place = byte;
        }
        *have += 1;
        if *have < *of {
            return;
        }
        let found = std::str::from_utf8(bytes.get(..*of).unwrap_or_default());
        let found = found.ok().and_then(|text| text.chars().next());
        out.push(match found {
            // C1 controls are not text, and no terminal sends them as keys.
            Some(c) if !c.is_control() => character_key(c, *alt),
            Some(_) => Decoded::Dropped("a control character"),
            None => Decoded::Dropped("bytes that are not UTF-8"),
        });
        self.state = State::Ground;
    }

    fn after_esc(&mut self, byte: u8, twice: bool, out: &mut Vec<Decoded>) {
        self.state = match byte {
            ESC => {
                esc_if(twice, out);
                State::Escape { twice: true }
            }
            b'[' => State::csi(twice),
            b'O' => State::Ss3 {
                twice,
                digits: None,
            },
            b']' | b'P' | b'X' | b'^' | b'_' => {
                esc_if(twice, out);
                State::Text {
                    kind: byte,
                    any: false,
                    after_esc: false,
                }
            }
            // Shift-Tab of the Linux console. Window managers use Alt-Tab.
            b'\t' => {
                esc_if(twice, out);
                out.push(key(KeyCode::BackTab, KeyModifiers::SHIFT));
                State::Ground
            }
            0x80.. => {
                esc_if(twice, out);
                self.state = State::Ground;
                return self.lead(byte, true, out);
            }
            _ => {
                esc_if(twice, out);
                let mut event = ascii(byte);
                event.modifiers |= KeyModifiers::ALT;
                out.push(Decoded::Key(event));
                State::Ground
            }
        };
    }

    fn apply(&mut self, meaning: Meaning, twice: bool, out: &mut Vec<Decoded>) {
        self.state = State::Ground;
        match meaning {
            // urxvt and PuTTY send ESC before the key for Alt.
            Meaning::Key(mut event) => {
                if twice {
                    event.modifiers |= KeyModifiers::ALT;
                }
                return out.push(Decoded::Key(event));
            }
            Meaning::LinuxFunction => {
                self.state = State::LinuxFunction { twice };
                return;
            }
            Meaning::Paste => self.state = State::Paste(PasteState::default()),
            Meaning::Mouse => {
                self.state = State::Mouse {
                    left: COORDINATES,
                    in_utf8: false,
                }
            }
            Meaning::Text(text) => {
                esc_if(twice, out);
                return out.extend(text.chars().map(|c| character_key(c, false)));
            }
            Meaning::Dropped(what) => {
                esc_if(twice, out);
                return out.push(Decoded::Dropped(what));
            }
        }
        esc_if(twice, out);
    }
}

/// Whether these bytes cannot have been typed: a sequence without its ESC, in one read.
fn is_rest_of_sequence(bytes: &[u8]) -> bool {
    let Some((first, rest)) = bytes.split_first() else {
        return false;
    };
    match first {
        b'[' => {
            let parameters = rest
                .iter()
                .take_while(|byte| matches!(byte, 0x20..=0x3f))
                .count();
            parameters > 0 && matches!(rest.get(parameters), Some(0x40..=0x7e))
        }
        b']' | b'P' | b'X' | b'^' | b'_' => {
            let ended = rest.windows(2).any(|two| two == [ESC, b'\\']);
            ended || rest.contains(&BEL)
        }
        _ => false,
    }
}
