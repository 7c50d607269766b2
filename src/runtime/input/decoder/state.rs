//! The unfinished input between two bytes.

use vtparse::VTParser;
use zeroize::Zeroizing;

use super::{collector::Sequence, paste::PasteState};

/// Button, column, row.
pub(super) const COORDINATES: u8 = 3;

/// The unfinished input.
pub(super) enum State {
    Ground,
    /// One ESC, or two. The first of two is Alt if a sequence follows, otherwise the key.
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
    /// ESC O, and perhaps a digit for the modifiers.
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
    /// CSI M: a mouse report if three coordinates follow at once, otherwise Ctrl-Delete of st.
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

impl State {
    pub(super) fn csi(twice: bool) -> Self {
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
