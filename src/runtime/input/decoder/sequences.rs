//! Sequences of several bytes: SS3, CSI, mouse reports and control strings.

use super::{BEL, CAN, Decoded, Decoder, ESC, SUB, collector::Sequence, state::State};
use crate::runtime::input::sequence;

impl Decoder {
    pub(super) fn ss3(&mut self, byte: u8, out: &mut Vec<Decoded>) {
        let State::Ss3 { twice, digits } = &mut self.state else {
            return;
        };
        match byte {
            b'1'..=b'9' if digits.is_none() => *digits = Some(byte - b'0'),
            b' ' | 0x40..=0x7e => {
                let meaning = sequence::ss3(byte, *digits);
                let twice = *twice;
                self.apply(meaning, twice, out);
            }
            _ => self.restart(byte, out),
        }
    }

    pub(super) fn csi(&mut self, byte: u8, out: &mut Vec<Decoded>) {
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
            // urxvt ends keys with Shift by `$`, which is not a final byte. Reports with `$` have
            // two parameters.
            b'$' if *only_digits && *bytes > 0 => {
                let mut sequence = Sequence::default();
                // A final byte that no key uses, so that the parser completes the number.
                parser.parse_byte(b'z', &mut sequence);
                let meaning = sequence.meaning(Some(b'$'), self.family);
                self.apply(meaning, twice, out);
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
                self.apply(meaning, twice, out);
            }
            // These end a sequence, and are part of it (ECMA-48 §5.6).
            CAN | SUB if *bytes > 0 => self.give_up(out),
            _ => self.restart(byte, out),
        }
    }

    pub(super) fn mouse(&mut self, byte: u8, out: &mut Vec<Decoded>) {
        let State::Mouse { left, in_utf8 } = &mut self.state else {
            return;
        };
        match byte {
            ..0x20 => return self.restart(byte, out),
            // In one mode, coordinates above 95 are characters of two bytes.
            0x80..=0xbf if *in_utf8 => *in_utf8 = false,
            // The last coordinate was a single byte.
            _ if *left == 0 => return self.restart(byte, out),
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

    /// A control string and its allowed contents: ECMA-48 §5.6.
    pub(super) fn text(&mut self, byte: u8, out: &mut Vec<Decoded>) {
        let State::Text { any, after_esc, .. } = &mut self.state else {
            return;
        };
        let dropped = Decoded::Dropped("a control string, e.g. a reply");
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
            _ => self.restart(byte, out),
        }
    }
}
