//! The bytes of a terminal as keys and pastes, in crossterm's types. Whatever comes, cut anywhere:
//! a later key is never swallowed, and nothing is typed that nobody typed. What is no key (replies,
//! reports, mouse, focus) is read to its end and dropped.
//!
//! Time decides two things alone, and comes in as milliseconds: whether an ESC was the key Esc, and
//! when a sequence whose end never comes is given up. Deliberately absent: reading from anywhere.

use std::fmt;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use vtparse::{CsiParam, VTActor, VTParser};
use zeroize::Zeroizing;

use super::{
    PASTE_LIMIT,
    sequence::{self, Family, Meaning},
};

/// After this an ESC was the key. A terminal sends the bytes of a key in one go.
pub const ESC_MS: u64 = 50;
/// After this the two bytes that begin a sequence were a key with Alt.
pub const BEGUN_MS: u64 = 500;
/// After this a sequence or a paste that came in part has no end. Longer than a lost packet takes.
pub const GIVEN_UP_MS: u64 = 2000;
/// The rest of a sequence is still known as such this long after its ESC was taken for the key.
const LATE_MS: u64 = 1000;

const ESC: u8 = 0x1b;
const BEL: u8 = 0x07;
const CAN: u8 = 0x18;
const SUB: u8 = 0x1a;
const DEL: u8 = 0x7f;
const CTRL_C: u8 = 0x03;
const PASTE_END: &[u8] = b"\x1b[201~";

/// What some bytes came to.
#[derive(Clone, PartialEq, Eq)]
pub enum Decoded {
    /// With its kind: the kitty protocol also reports releases.
    Key(KeyEvent),
    /// `truncated` when it was longer than [`PASTE_LIMIT`].
    Paste { text: String, truncated: bool },
    /// Read and dropped, and what it was.
    Dropped(&'static str),
}

/// Keys and pastes may be parts of a secret: only their kind is shown.
impl fmt::Debug for Decoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(_) => f.write_str("Key(…)"),
            Self::Paste { truncated, .. } => write!(f, "Paste(…, truncated: {truncated})"),
            Self::Dropped(what) => write!(f, "Dropped({what})"),
        }
    }
}

/// What the bytes so far are the beginning of.
enum State {
    Ground,
    /// One ESC, or two of which the first is Alt if a sequence follows, else the key.
    Escape {
        twice: bool,
    },
    /// A character of several bytes.
    Character {
        bytes: Zeroizing<[u8; 4]>,
        have: usize,
        of: usize,
        alt: bool,
    },
    /// ESC O, and perhaps the digit of a modifier.
    Ss3 {
        twice: bool,
        digits: Option<u8>,
    },
    Csi {
        twice: bool,
        parser: Box<VTParser>,
        only_digits: bool,
        bytes: usize,
    },
    /// The Linux console's function keys: CSI [ and a letter.
    LinuxFunction {
        twice: bool,
    },
    /// CSI M: a mouse report of three coordinates where they follow at once, else st's Ctrl-Delete.
    Mouse {
        left: u8,
        in_utf8: bool,
    },
    /// A control string: OSC, DCS, APC, PM or SOS.
    Text {
        kind: u8,
        any: bool,
        after_esc: bool,
    },
    Paste(PasteState),
}

#[derive(Default)]
struct PasteState {
    text: Zeroizing<Vec<u8>>,
    truncated: bool,
    /// How much of [`PASTE_END`] the last bytes are.
    ended: usize,
}

/// See the module's own words.
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
            // Alone it is no part of the text: the person wants to get out.
            out.push(paste.finish());
            self.state = State::Ground;
        }
        for byte in bytes {
            self.step(*byte, out);
        }
    }

    /// More was there in time, however late it is read: nothing is given up for that.
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

    /// Gives up what has waited long enough for its end.
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

    /// Ends what was begun, as if nothing more came.
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
                    Some(meaning) => self.mean(meaning, twice, out),
                    None => self.anew(byte, out),
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

    /// What was begun ends here, and the byte begins something of its own.
    fn anew(&mut self, byte: u8, out: &mut Vec<Decoded>) {
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
            return self.anew(byte, out);
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
            // C1 controls are no text, and no terminal sends them as keys.
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
            // Shift-Tab of the Linux console. Alt-Tab belongs to window managers.
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

    fn ss3(&mut self, byte: u8, out: &mut Vec<Decoded>) {
        let State::Ss3 { twice, digits } = &mut self.state else {
            return;
        };
        match byte {
            b'1'..=b'9' if digits.is_none() => *digits = Some(byte - b'0'),
            b' ' | 0x40..=0x7e => {
                let meaning = sequence::ss3(byte, *digits);
                let twice = *twice;
                self.mean(meaning, twice, out);
            }
            _ => self.anew(byte, out),
        }
    }

    fn csi(&mut self, byte: u8, out: &mut Vec<Decoded>) {
        let State::Csi {
            twice,
            parser,
            only_digits,
            bytes,
        } = &mut self.state
        else {
            return;
        };
        let twice = *twice;
        match byte {
            // urxvt ends keys with Shift in what is no final byte; reports have two parameters.
            b'$' if *only_digits && *bytes > 0 => {
                let mut sequence = Sequence::default();
                // A final byte that no sequence of keys has, to have the number parsed.
                parser.parse_byte(b'z', &mut sequence);
                let meaning = sequence.meaning(Some(b'$'), self.family);
                self.mean(meaning, twice, out);
            }
            0x20..=0x3f => {
                *only_digits &= byte.is_ascii_digit();
                *bytes += 1;
                parser.parse_byte(byte, &mut Sequence::default());
            }
            0x40..=0x7e => {
                let mut sequence = Sequence::default();
                parser.parse_byte(byte, &mut sequence);
                let meaning = sequence.meaning(None, self.family);
                self.mean(meaning, twice, out);
            }
            // These end a sequence, and are part of it (ECMA-48 §5.6).
            CAN | SUB if *bytes > 0 => self.give_up(out),
            _ => self.anew(byte, out),
        }
    }

    fn mouse(&mut self, byte: u8, out: &mut Vec<Decoded>) {
        let State::Mouse { left, in_utf8 } = &mut self.state else {
            return;
        };
        match byte {
            ..0x20 => return self.anew(byte, out),
            // Coordinates beyond 95 are characters of two bytes in one of the modes.
            0x80..=0xbf if *in_utf8 => *in_utf8 = false,
            // The last one was a single byte after all.
            _ if *left == 0 => return self.anew(byte, out),
            _ => {
                *left -= 1;
                *in_utf8 = matches!(byte, 0xc2..=0xdf);
            }
        }
        if *left == 0 && !*in_utf8 {
            out.push(Decoded::Dropped("a mouse report"));
            self.state = State::Ground;
        }
    }

    /// A control string and what it may consist of: ECMA-48 §5.6.
    fn text(&mut self, byte: u8, out: &mut Vec<Decoded>) {
        let State::Text { any, after_esc, .. } = &mut self.state else {
            return;
        };
        let dropped = Decoded::Dropped("a control string, such as a reply");
        match byte {
            b'\\' if *after_esc => {
                out.push(dropped);
                self.state = State::Ground;
            }
            _ if *after_esc => {
                out.push(dropped);
                self.after_esc(byte, false, out);
            }
            BEL | CAN | SUB => {
                out.push(dropped);
                self.state = State::Ground;
            }
            ESC => *after_esc = true,
            0x08..=0x0d if *any => {}
            0x20..=0x7e | 0x80.. => *any = true,
            _ => self.anew(byte, out),
        }
    }

    fn mean(&mut self, meaning: Meaning, twice: bool, out: &mut Vec<Decoded>) {
        self.state = State::Ground;
        match meaning {
            // urxvt and PuTTY send Alt as an ESC before the key's own.
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

/// Button, column, row.
const COORDINATES: u8 = 3;

impl State {
    fn csi(twice: bool) -> Self {
        let mut parser = Box::new(VTParser::new());
        for byte in *b"\x1b[" {
            parser.parse_byte(byte, &mut Sequence::default());
        }
        Self::Csi {
            twice,
            parser,
            only_digits: true,
            bytes: 0,
        }
    }
}

impl PasteState {
    /// `true` when the paste is over.
    fn take(&mut self, byte: u8) -> bool {
        if PASTE_END.get(self.ended) == Some(&byte) {
            self.ended += 1;
            return self.ended == PASTE_END.len();
        }
        let begun = PASTE_END.get(..self.ended).unwrap_or_default();
        for byte in begun {
            self.keep(*byte);
        }
        self.ended = usize::from(byte == ESC);
        if self.ended == 0 {
            self.keep(byte);
        }
        false
    }

    fn keep(&mut self, byte: u8) {
        // No character is longer than four bytes.
        if self.text.len() < PASTE_LIMIT * 4 {
            self.text.push(byte);
        } else {
            self.truncated = true;
        }
    }

    fn finish(&mut self) -> Decoded {
        let mut text: String = self.text.utf8_chunks().map(|chunk| chunk.valid()).collect();
        let cut = text.char_indices().nth(PASTE_LIMIT).map(|(at, _)| at);
        if let Some(at) = cut {
            text.truncate(at);
        }
        Decoded::Paste {
            text,
            truncated: self.truncated || cut.is_some(),
        }
    }
}

/// Collects a control sequence.
#[derive(Default)]
struct Sequence(Option<(Vec<CsiParam>, bool, u8)>);

impl Sequence {
    fn meaning(self, last: Option<u8>, family: Family) -> Meaning {
        match self.0 {
            Some((parameters, false, found)) => {
                sequence::csi(&parameters, last.unwrap_or(found), family)
            }
            // More of them than any sequence of a key has, or in an order that the standard forbids.
            Some((_, true, _)) | None => Meaning::Dropped("an unknown sequence"),
        }
    }
}

impl VTActor for Sequence {
    fn csi_dispatch(&mut self, parameters: &[CsiParam], truncated: bool, last: u8) {
        self.0 = Some((parameters.to_vec(), truncated, last));
    }

    // Nothing else is given to the parser.
    fn print(&mut self, _: char) {}
    fn execute_c0_or_c1(&mut self, _: u8) {}
    fn dcs_hook(&mut self, _: u8, _: &[i64], _: &[u8], _: bool) {}
    fn dcs_put(&mut self, _: u8) {}
    fn dcs_unhook(&mut self) {}
    fn esc_dispatch(&mut self, _: &[i64], _: &[u8], _: bool, _: u8) {}
    fn osc_dispatch(&mut self, _: &[&[u8]]) {}
    fn apc_dispatch(&mut self, _: Vec<u8>) {}
}

/// Whether nobody can have typed these: a whole sequence but for its ESC, in one read.
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

fn key(code: KeyCode, modifiers: KeyModifiers) -> Decoded {
    Decoded::Key(KeyEvent::new(code, modifiers))
}

fn esc_if(pressed: bool, out: &mut Vec<Decoded>) {
    if pressed {
        out.push(key(KeyCode::Esc, KeyModifiers::NONE));
    }
}

/// The two bytes that begin a sequence, alone: a key with Alt.
fn begun(twice: bool, letter: char, out: &mut Vec<Decoded>) {
    esc_if(twice, out);
    out.push(character_key(letter, true));
}

fn character_key(c: char, alt: bool) -> Decoded {
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

/// A byte below 0x80 that is no ESC.
fn ascii(byte: u8) -> KeyEvent {
    let ctrl = |c: u8| KeyEvent::new(KeyCode::Char(c.into()), KeyModifiers::CONTROL);
    match byte {
        0x00 => ctrl(b' '),
        b'\r' => KeyCode::Enter.into(),
        b'\t' => KeyCode::Tab.into(),
        // ^H: no terminal tells it from the Backspace of those that send it for that key.
        0x08 | DEL => KeyCode::Backspace.into(),
        0x01..=0x1a => ctrl(byte + 0x60),
        0x1b..=0x1f => ctrl(byte + 0x40),
        b'A'..=b'Z' => KeyEvent::new(KeyCode::Char(byte.into()), KeyModifiers::SHIFT),
        _ => KeyCode::Char(byte.into()).into(),
    }
}
