//! A bracketed paste, byte by byte.

use zeroize::Zeroizing;

use super::{Decoded, ESC};
use crate::runtime::input::PASTE_LIMIT;

const PASTE_END: &[u8] = b"\x1b[201~";

/// Bytes that a paste has room for at first.
const BEGINS: usize = 1024;

#[derive(Default)]
pub(super) struct PasteState {
    text: Zeroizing<Vec<u8>>,
    truncated: bool,
    /// How many of the last bytes match [`PASTE_END`].
    pub(super) ended: usize,
}

impl PasteState {
    /// Returns whether the paste is over.
    pub(super) fn take(&mut self, byte: u8) -> bool {
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
        // A character has at most four bytes.
        if self.text.len() >= PASTE_LIMIT * 4 {
            self.truncated = true;
            return;
        }
        if self.text.len() == self.text.capacity() {
            // A vector that grows by itself leaves its bytes behind, which may be a password.
            let mut larger = Zeroizing::new(Vec::with_capacity(BEGINS.max(self.text.len() * 2)));
            larger.extend_from_slice(&self.text);
            self.text = larger;
        }
        self.text.push(byte);
    }

    pub(super) fn finish(&mut self) -> Decoded {
        let mut text = String::with_capacity(self.text.len());
        text.extend(self.text.utf8_chunks().map(|chunk| chunk.valid()));
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
