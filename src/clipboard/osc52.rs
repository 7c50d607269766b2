//! The bytes of OSC 52, which ask the terminal to set the clipboard of the person's machine. Only
//! the terminal guard writes them. There is no answer to wait for.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::{Zeroize as _, ZeroizeOnDrop, Zeroizing};

use super::Wrap;

/// The oldest versions of GNU screen keep 256 bytes of a control string; stay well below.
const SCREEN_PIECE: usize = 76;

/// Bytes for the terminal that may carry a secret: wiped on drop, redacted in `Debug`.
#[derive(Clone, PartialEq, Eq, ZeroizeOnDrop)]
pub struct Sequence(Vec<u8>);

impl Sequence {
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sequence(…)")
    }
}

/// Sets the clipboard selection to `text`.
pub fn osc52_set(text: &str, wrap: Wrap) -> Sequence {
    let encoded = Zeroizing::new(STANDARD.encode(text));
    sequence(&encoded, wrap)
}

/// Clears the clipboard selection. xterm, kitty, foot, `WezTerm` and Alacritty all clear it for an
/// empty payload.
pub fn osc52_clear(wrap: Wrap) -> Sequence {
    sequence("", wrap)
}

fn sequence(payload: &str, wrap: Wrap) -> Sequence {
    // Reserved at once: a vector that grows would leave copies behind.
    let mut plain = Vec::with_capacity(payload.len().saturating_add(8));
    plain.extend_from_slice(b"\x1b]52;c;");
    plain.extend_from_slice(payload.as_bytes());
    // BEL instead of ST: inside screen's control string, an ST would end the wrapping.
    plain.push(0x07);
    if wrap == Wrap::Plain {
        return Sequence(plain);
    }
    let pieces = plain.len().div_ceil(SCREEN_PIECE);
    let mut wrapped = Vec::with_capacity(plain.len().saturating_add(pieces.saturating_mul(4)));
    for piece in plain.chunks(SCREEN_PIECE) {
        wrapped.extend_from_slice(b"\x1bP");
        wrapped.extend_from_slice(piece);
        wrapped.extend_from_slice(b"\x1b\\");
    }
    plain.zeroize();
    Sequence(wrapped)
}

#[cfg(test)]
mod tests {
    use super::{osc52_clear, osc52_set};
    use crate::clipboard::Wrap;

    #[test]
    fn setting_is_one_sequence_that_ends_in_bel() {
        assert_eq!(
            osc52_set("hello", Wrap::Plain).as_bytes(),
            b"\x1b]52;c;aGVsbG8=\x07"
        );
    }

    #[test]
    fn clearing_is_an_empty_payload() {
        assert_eq!(osc52_clear(Wrap::Plain).as_bytes(), b"\x1b]52;c;\x07");
        assert_eq!(
            osc52_clear(Wrap::Screen).as_bytes(),
            b"\x1bP\x1b]52;c;\x07\x1b\\"
        );
    }

    #[test]
    fn screen_gets_short_pieces_that_join_to_the_plain_sequence() {
        let text = "x".repeat(300);
        let wrapped = osc52_set(&text, Wrap::Screen);
        let wrapped = String::from_utf8(wrapped.as_bytes().to_vec()).unwrap();
        let mut joined = String::new();
        for piece in wrapped.split_terminator("\x1b\\") {
            let inner = piece.strip_prefix("\x1bP").unwrap();
            assert!(inner.len() <= 76);
            joined.push_str(inner);
        }
        assert_eq!(joined.as_bytes(), osc52_set(&text, Wrap::Plain).as_bytes());
    }

    #[test]
    fn screen_golden_bytes_for_a_short_text() {
        assert_eq!(
            osc52_set("hello", Wrap::Screen).as_bytes(),
            b"\x1bP\x1b]52;c;aGVsbG8=\x07\x1b\\"
        );
    }

    #[test]
    fn debug_shows_no_bytes() {
        assert_eq!(
            format!("{:?}", osc52_set("hello", Wrap::Plain)),
            "Sequence(…)"
        );
    }
}
