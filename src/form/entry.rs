//! A text field, over `tui_input`. For passwords see `secret_entry`.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tui_input::{Input, InputRequest};
use unicode_segmentation::UnicodeSegmentation;

use super::wrap;
use crate::keymap::Edit;

/// Most bytes that can be typed. Far above every limit of a field, which only shows an error; this
/// one bounds a paste of megabytes that arrives as keys.
pub const TYPED_MAX: usize = 8 * 1024;

/// Text with a cursor. Steps are graphemes; `cursor` is in bytes of [`TextEdit::text`].
pub trait TextEdit {
    fn text(&self) -> &str;
    fn cursor(&self) -> usize;
    fn edit(&mut self, edit: Edit);
    fn set_cursor(&mut self, byte: usize);
    fn set_text(&mut self, text: &str, cursor: usize);

    /// Whether it is drawn as dots.
    fn masked(&self) -> bool {
        false
    }

    /// Whether it is a secret, even if it is shown now: a paste is taken unchanged.
    fn is_secret(&self) -> bool {
        false
    }

    /// Inserts a paste, up to `max` graphemes in all. Returns whether something was cut off.
    fn paste(&mut self, text: &str, max: usize) -> bool {
        let room = max.saturating_sub(self.text().graphemes(true).count());
        let end = text
            .grapheme_indices(true)
            .nth(room)
            .map_or(text.len(), |(at, _)| at);
        let kept = text.get(..end).unwrap_or_default();
        let cursor = self.cursor();
        let mut whole = zeroize::Zeroizing::new(String::with_capacity(self.text().len() + end));
        whole.push_str(self.text().get(..cursor).unwrap_or_default());
        whole.push_str(kept);
        whole.push_str(self.text().get(cursor..).unwrap_or_default());
        self.set_text(&whole, cursor + kept.len());
        end < text.len()
    }

    /// Moves to the line above or below, as drawn at `width` cells. Returns whether there was one.
    fn move_line(&mut self, up: bool, width: u16) -> bool {
        match wrap::vertical(self.text(), self.cursor(), up, width) {
            Some(byte) => {
                self.set_cursor(byte);
                true
            }
            None => false,
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct Entry(Input);

impl Entry {
    pub fn new(text: impl Into<String>) -> Self {
        Self(Input::new(text.into()))
    }

    pub fn is_blank(&self) -> bool {
        self.0.value().trim().is_empty()
    }
}

fn byte_at(text: &str, chars: usize) -> usize {
    text.char_indices()
        .nth(chars)
        .map_or(text.len(), |(at, _)| at)
}

impl TextEdit for Entry {
    fn text(&self) -> &str {
        self.0.value()
    }

    fn cursor(&self) -> usize {
        byte_at(self.0.value(), self.0.cursor())
    }

    fn edit(&mut self, edit: Edit) {
        let request = match edit {
            Edit::Insert(c) => InputRequest::InsertChar(c),
            Edit::Left => InputRequest::GoToPrevChar,
            Edit::Right => InputRequest::GoToNextChar,
            Edit::WordLeft => InputRequest::GoToPrevWord,
            Edit::WordRight => InputRequest::GoToNextWord,
            Edit::Start => InputRequest::GoToStart,
            Edit::End => InputRequest::GoToEnd,
            Edit::Backspace => InputRequest::DeletePrevChar,
            Edit::Delete => InputRequest::DeleteNextChar,
            Edit::DeleteWord => InputRequest::DeletePrevWord,
            Edit::DeleteToStart => InputRequest::DeleteFromStart,
            Edit::DeleteToEnd => InputRequest::DeleteTillEnd,
        };
        if matches!(edit, Edit::Insert(c) if self.0.value().len() + c.len_utf8() > TYPED_MAX) {
            return;
        }
        self.0.handle(request);
    }

    fn set_cursor(&mut self, byte: usize) {
        let chars = self
            .0
            .value()
            .get(..byte)
            .map_or(usize::MAX, |before| before.chars().count());
        self.0.handle(InputRequest::SetCursor(chars));
    }

    fn set_text(&mut self, text: &str, cursor: usize) {
        self.0 = Input::new(text.to_owned());
        self.set_cursor(cursor);
    }
}

#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
struct Stored {
    text: String,
    cursor: usize,
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Stored {
            text: self.text().to_owned(),
            cursor: self.cursor(),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = Stored::deserialize(deserializer)?;
        let mut entry = Self::default();
        entry.set_text(&stored.text, stored.cursor);
        Ok(entry)
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Entry {
        let mut entry = Entry::default();
        for c in text.chars() {
            entry.edit(Edit::Insert(c));
        }
        entry
    }

    #[test]
    fn backspace_takes_a_whole_family_away() {
        let mut entry = typed("a👨‍👩‍👧");
        entry.edit(Edit::Backspace);
        assert_eq!(entry.text(), "a");
    }

    #[test]
    fn a_paste_lands_at_the_cursor_and_is_cut_at_the_limit() {
        let mut entry = typed("ad");
        entry.edit(Edit::Left);
        assert!(!entry.paste("bc", 10));
        assert_eq!((entry.text(), entry.cursor()), ("abcd", 3));
        assert!(entry.paste("xyz", 5));
        assert_eq!(entry.text(), "abcxd");
    }

    #[test]
    fn typing_ends_somewhere() {
        let mut entry = typed(&"é".repeat(TYPED_MAX));
        assert_eq!(entry.text().len(), TYPED_MAX);
        entry.edit(Edit::Backspace);
        entry.edit(Edit::Insert('a'));
        assert_eq!(entry.text().len(), TYPED_MAX - 1);
    }

    #[test]
    fn it_comes_back_from_a_draft_with_its_cursor() {
        let mut entry = typed("héllo");
        entry.edit(Edit::Left);
        let json = serde_json::to_string(&entry).unwrap();
        let back: Entry = serde_json::from_str(&json).unwrap();
        assert_eq!((back.text(), back.cursor()), (entry.text(), entry.cursor()));
    }
}
