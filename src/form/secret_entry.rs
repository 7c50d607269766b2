//! A password field: wiped on drop, without a yank buffer, and `Debug` does not show its value.
//! `tui_input` keeps deleted text for yanking, which a password must not stay in.

use unicode_segmentation::UnicodeSegmentation;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::entry::TextEdit;
use crate::{domain::secret::Secret, keymap::Edit};

/// Reserved at once: a `String` that grows would leave copies of the password in freed memory.
const RESERVED_BYTES: usize = 1024;

#[derive(Zeroize, ZeroizeOnDrop)]
pub struct SecretEntry {
    text: String,
    cursor: usize,
    #[zeroize(skip)]
    pub visible: bool,
}

impl Default for SecretEntry {
    fn default() -> Self {
        Self {
            text: String::with_capacity(RESERVED_BYTES),
            cursor: 0,
            visible: false,
        }
    }
}

impl std::fmt::Debug for SecretEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretEntry(…)")
    }
}

impl SecretEntry {
    pub fn secret(&self) -> Secret {
        Secret::new(self.text.as_str())
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub fn clear(&mut self) {
        self.text.zeroize();
        self.cursor = 0;
    }

    fn before(&self) -> &str {
        self.text.get(..self.cursor).unwrap_or_default()
    }

    fn after(&self) -> &str {
        self.text.get(self.cursor..).unwrap_or_default()
    }

    fn remove(&mut self, from: usize, to: usize) {
        // `drain` would leave old bytes after the new end, so the text is rebuilt and the old one
        // wiped.
        let mut kept = String::with_capacity(RESERVED_BYTES);
        kept.push_str(self.text.get(..from).unwrap_or_default());
        kept.push_str(self.text.get(to..).unwrap_or_default());
        self.text.zeroize();
        self.text = kept;
        self.cursor = from;
    }
}

impl TextEdit for SecretEntry {
    fn text(&self) -> &str {
        &self.text
    }

    fn cursor(&self) -> usize {
        self.cursor
    }

    fn masked(&self) -> bool {
        !self.visible
    }

    fn is_secret(&self) -> bool {
        true
    }

    fn edit(&mut self, edit: Edit) {
        let step_back = self
            .before()
            .graphemes(true)
            .next_back()
            .map_or(0, str::len);
        let step_on = self.after().graphemes(true).next().map_or(0, str::len);
        match edit {
            Edit::Insert(c) => {
                if self.text.len() + c.len_utf8() <= RESERVED_BYTES {
                    self.text.insert(self.cursor, c);
                    self.cursor += c.len_utf8();
                }
            }
            Edit::Left => self.cursor -= step_back,
            Edit::Right => self.cursor += step_on,
            // The words of a password are hidden, so the cursor does not stop at them.
            Edit::WordLeft | Edit::Start => self.cursor = 0,
            Edit::WordRight | Edit::End => self.cursor = self.text.len(),
            Edit::Backspace => self.remove(self.cursor - step_back, self.cursor),
            Edit::Delete => self.remove(self.cursor, self.cursor + step_on),
            Edit::DeleteWord | Edit::DeleteToStart => self.remove(0, self.cursor),
            Edit::DeleteToEnd => self.remove(self.cursor, self.text.len()),
        }
    }

    fn set_cursor(&mut self, byte: usize) {
        if self.text.is_char_boundary(byte) {
            self.cursor = byte;
        }
    }

    fn set_text(&mut self, text: &str, cursor: usize) {
        let mut fresh = String::with_capacity(RESERVED_BYTES.max(text.len()));
        fresh.push_str(text);
        self.text.zeroize();
        self.text = fresh;
        self.cursor = if self.text.is_char_boundary(cursor) {
            cursor
        } else {
            self.text.len()
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_by_grapheme_and_never_tells_its_value() {
        let mut entry = SecretEntry::default();
        for c in "aé👨‍👩‍👧z".chars() {
            entry.edit(Edit::Insert(c));
        }
        entry.edit(Edit::Left);
        entry.edit(Edit::Backspace);
        assert_eq!(entry.text(), "aéz");
        entry.edit(Edit::DeleteToStart);
        assert_eq!(entry.text(), "z");
        assert!(!format!("{entry:?}").contains('z'));
        assert!(entry.masked());
    }
}
