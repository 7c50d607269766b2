//! The content of a page before it is drawn: rows of text, each with a role.

use std::ops::Range;

use ratatui::{
    style::Style,
    text::{Line, Span},
};
use unicode_width::UnicodeWidthStr;

use crate::{
    domain::text,
    form::wrap,
    ui::theme::{Glyphs, Theme},
};

const LABEL: usize = 16;
/// In a narrower page, labels are above their values.
const BESIDE: u16 = 50;
const MASKED: usize = 16;
/// The least distance of a key from the value that it copies.
const GAP: usize = 3;
/// The column of the keys, so that they stand below each other.
const VALUE: usize = 46;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Text,
    Note,
    Head,
    Credential,
    Warning,
    Key,
}

impl Role {
    fn style(self, theme: &Theme) -> Style {
        match self {
            Self::Text => theme.text,
            Self::Note => theme.dim,
            Self::Head | Self::Credential => theme.accent,
            Self::Warning => theme.warning,
            Self::Key => theme.strong,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    None,
    Dot,
    Warning,
}

impl Mark {
    fn glyph(self, glyphs: &Glyphs) -> &'static str {
        match self {
            Self::None => " ",
            Self::Dot => glyphs.dot,
            Self::Warning => glyphs.warning,
        }
    }
}

enum Row {
    Blank,
    Head(&'static str),
    /// A label and its value beside it, and the key that copies it.
    Pair(&'static str, Value, Role, Option<String>),
    /// A label and its value below it.
    Stacked(&'static str, String),
    Item(Mark, String, Role),
}

enum Value {
    Shown(String),
    Masked,
}

/// No `Debug` here or in the rest of this file: a value may be a revealed secret.
#[derive(Default)]
pub(super) struct Content {
    rows: Vec<Row>,
    focus: Option<Range<usize>>,
}

impl Content {
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn blank(&mut self) {
        self.rows.push(Row::Blank);
    }

    pub fn head(&mut self, text: &'static str) {
        self.rows.push(Row::Head(text));
    }

    pub fn pair(&mut self, label: &'static str, value: &str, role: Role) {
        let lines: Vec<_> = value.split('\n').map(text::displayable).collect();
        let value = Value::Shown(lines.join("\n"));
        self.rows.push(Row::Pair(label, value, role, None));
    }

    /// The key that copies the value of the last row.
    pub fn copied_by(&mut self, pressed: String) {
        if let Some(Row::Pair(_, _, _, key)) = self.rows.last_mut() {
            *key = Some(pressed);
        }
    }

    /// Only the first value has the label.
    pub fn pairs<'v>(&mut self, label: &'static str, values: impl Iterator<Item = &'v str>) {
        for (nth, value) in values.enumerate() {
            self.pair(if nth == 0 { label } else { "" }, value, Role::Text);
        }
    }

    pub fn masked(&mut self, label: &'static str, role: Role) {
        self.rows.push(Row::Pair(label, Value::Masked, role, None));
    }

    pub fn stacked(&mut self, label: &'static str, value: &str) {
        let value = text::displayable(value).into_owned();
        self.rows.push(Row::Stacked(label, value));
    }

    pub fn item(&mut self, mark: Mark, text: &str, role: Role) {
        self.rows.push(Row::Item(mark, text.to_owned(), role));
    }

    /// The rows that are added next are under the cursor.
    pub fn focused(&mut self, add: impl FnOnce(&mut Self)) {
        let start = self.rows.len();
        add(self);
        self.focus = Some(start..self.rows.len());
    }

    /// Whole lines for plain mode, each with its label.
    pub fn spoken(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut last = "";
        for row in &self.rows {
            match row {
                Row::Blank => {}
                Row::Head(text) => lines.push(format!("{text}.")),
                Row::Item(_, text, _) => lines.push(text.trim().to_owned()),
                Row::Stacked(label, value) => lines.push(format!("{label}: {value}")),
                Row::Pair(label, value, ..) => {
                    last = if label.is_empty() { last } else { label };
                    let value = match value {
                        Value::Shown(value) => value.replace('\n', "; "),
                        Value::Masked => "hidden".to_owned(),
                    };
                    lines.push(format!("{last}: {value}"));
                }
            }
        }
        lines
    }

    pub fn wrap(&self, width: u16) -> Wrapped {
        let mut wrapped = Wrapped::default();
        let focus = self.focus.clone().unwrap_or_default();
        let mut focused = None;
        for (nth, row) in self.rows.iter().enumerate() {
            let start = wrapped.lines.len();
            row.wrap(width, &mut wrapped.lines);
            if focus.contains(&nth) {
                let first = focused.map_or(start, |lines: Range<usize>| lines.start);
                focused = Some(first..wrapped.lines.len());
            }
        }
        wrapped.focus = focused;
        wrapped
    }
}

impl Row {
    fn wrap(&self, width: u16, lines: &mut Vec<Pieces>) {
        match self {
            Self::Blank => lines.push(Pieces::default()),
            Self::Head(text) => lines.push(Pieces::of(text, Role::Head)),
            Self::Pair(label, value, role, key) => {
                let first = lines.len();
                wrap_pair(label, value, *role, width, lines);
                if let Some(key) = key {
                    let added = lines.get_mut(first..).unwrap_or_default();
                    key_beside(key, added, width);
                }
            }
            Self::Stacked(label, value) => {
                lines.push(Pieces::of(label, Role::Note));
                for part in wrap::paragraph(value, width.saturating_sub(2)) {
                    lines.push(Pieces::of(&format!("  {part}"), Role::Text));
                }
            }
            Self::Item(mark, text, role) => {
                let parts = wrap::paragraph(text, width.saturating_sub(4));
                for (nth, part) in parts.into_iter().enumerate() {
                    let mark = if nth == 0 { *mark } else { Mark::None };
                    // The mark has the color; a whole sentence in it is hard to read.
                    let text = match role {
                        Role::Warning => Role::Text,
                        role => *role,
                    };
                    lines.push(Pieces(vec![
                        (Piece::Text("  ".to_owned()), *role),
                        (Piece::Mark(mark), *role),
                        (Piece::Text(format!(" {part}")), text),
                    ]));
                }
            }
        }
    }
}

fn wrap_pair(label: &'static str, value: &Value, role: Role, width: u16, lines: &mut Vec<Pieces>) {
    let is_beside = width >= BESIDE;
    let room = if is_beside {
        width.saturating_sub(18)
    } else {
        width.saturating_sub(2)
    };
    if !is_beside && !label.is_empty() {
        lines.push(Pieces::of(label, Role::Note));
    }
    let parts: Vec<Piece> = match value {
        Value::Shown(value) => wrap::paragraph(value, room)
            .into_iter()
            .map(Piece::Text)
            .collect(),
        Value::Masked => vec![Piece::Masked(MASKED.min(usize::from(room)))],
    };
    for (nth, part) in parts.into_iter().enumerate() {
        let lead = if is_beside {
            let label = if nth == 0 { label } else { "" };
            format!(
                "  {label}{}",
                " ".repeat(LABEL.saturating_sub(label.width()))
            )
        } else {
            "  ".to_owned()
        };
        lines.push(Pieces(vec![(Piece::Text(lead), Role::Note), (part, role)]));
    }
}

/// The key that copies a value, behind its first line if there is room.
fn key_beside(key: &str, lines: &mut [Pieces], width: u16) {
    let Some(Pieces(pieces)) = lines.iter_mut().find(|line| line.has_value()) else {
        return;
    };
    let used: usize = pieces.iter().map(|(piece, _)| piece.width()).sum();
    let word = " copy";
    let wanted = used + GAP + key.width() + word.len();
    if wanted <= usize::from(width) {
        let gap = GAP.max(VALUE.saturating_sub(used));
        let gap = gap.min(GAP + usize::from(width) - wanted);
        pieces.push((Piece::Hint(" ".repeat(gap)), Role::Note));
        pieces.push((Piece::Hint(key.to_owned()), Role::Key));
        pieces.push((Piece::Hint(word.to_owned()), Role::Note));
    }
}

/// The lines of a page of a certain width, and which of them have the cursor.
#[derive(Default)]
pub(super) struct Wrapped {
    pub lines: Vec<Pieces>,
    pub focus: Option<Range<usize>>,
}

enum Piece {
    Text(String),
    /// Drawn, but not part of the page as text: plain mode has other keys.
    Hint(String),
    Mark(Mark),
    Masked(usize),
}

impl Piece {
    fn text(self, glyphs: &Glyphs) -> String {
        match self {
            Self::Text(text) | Self::Hint(text) => text,
            Self::Mark(mark) => mark.glyph(glyphs).to_owned(),
            Self::Masked(cells) => glyphs.mask.repeat(cells),
        }
    }

    fn width(&self) -> usize {
        match self {
            Self::Text(text) | Self::Hint(text) => text.width(),
            Self::Mark(_) => 1,
            Self::Masked(cells) => *cells,
        }
    }
}

/// A line, which has no colors and no glyphs yet.
#[derive(Default)]
pub(super) struct Pieces(Vec<(Piece, Role)>);

impl Pieces {
    fn of(text: &str, role: Role) -> Self {
        Self(vec![(Piece::Text(text.to_owned()), role)])
    }

    fn has_value(&self) -> bool {
        self.0.len() > 1
    }

    pub fn styled(self, theme: &Theme) -> Line<'static> {
        let pieces = self.0.into_iter();
        let spans =
            pieces.map(|(piece, role)| Span::styled(piece.text(&theme.glyphs), role.style(theme)));
        Line::from(spans.collect::<Vec<_>>())
    }

    #[cfg(test)]
    pub fn plain(self, glyphs: &Glyphs) -> String {
        let pieces = self.0.into_iter();
        let pieces = pieces.filter(|(piece, _)| !matches!(piece, Piece::Hint(_)));
        let text: String = pieces.map(|(piece, _)| piece.text(glyphs)).collect();
        text.trim_end().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{
        half_blocks::Depth,
        theme::{ASCII, ThemeName},
    };

    fn texts(content: &Content, width: u16) -> Vec<String> {
        let lines = content.wrap(width).lines.into_iter();
        lines.map(|line| line.plain(&ASCII)).collect()
    }

    fn page() -> Content {
        let mut page = Content::default();
        page.head("Credentials");
        page.pair("Client ID", "abc", Role::Credential);
        page.masked("Client Secret", Role::Text);
        page.blank();
        page.item(Mark::Warning, "one two three", Role::Warning);
        page
    }

    #[test]
    fn a_label_stands_beside_its_value_or_above_it() {
        assert_eq!(
            texts(&page(), 50),
            [
                "Credentials",
                "  Client ID       abc",
                "  Client Secret   ****************",
                "",
                "  ! one two three",
            ]
        );
        assert_eq!(
            texts(&page(), 12),
            [
                "Credentials",
                "Client ID",
                "  abc",
                "Client Secret",
                "  **********",
                "",
                "  ! one two",
                "    three",
            ]
        );
    }

    #[test]
    fn the_key_of_a_value_is_drawn_and_is_no_text_of_the_page() {
        let theme = Theme::new(ThemeName::default(), true, Depth::None, true);
        let mut page = Content::default();
        page.pair("Client ID", "abc", Role::Credential);
        page.copied_by("c".to_owned());
        let drawn = |width| -> Vec<String> {
            let lines = page.wrap(width).lines.into_iter();
            lines.map(|line| line.styled(&theme).to_string()).collect()
        };
        assert_eq!(
            drawn(78),
            ["  Client ID       abc                         c copy"]
        );
        assert_eq!(drawn(12), ["Client ID", "  abc"]);
        assert_eq!(drawn(14), ["Client ID", "  abc   c copy"]);
        assert_eq!(texts(&page, 78), ["  Client ID       abc"]);
    }

    #[test]
    fn the_focus_is_counted_in_lines() {
        let mut page = page();
        page.focused(|page| {
            page.pair("Shared Secret", "one two three four", Role::Text);
            page.pair("", "note", Role::Note);
        });
        page.blank();
        assert_eq!(page.wrap(50).focus, Some(5..7));
        let narrow = page.wrap(12);
        assert_eq!(narrow.focus, Some(8..12));
        assert_eq!(narrow.lines.len(), 13);
    }

    #[test]
    fn a_value_cannot_steer_the_terminal() {
        let mut page = Content::default();
        page.pair("Name", "a\u{1b}[31m\nb", Role::Text);
        let texts = texts(&page, 60).join("\n");
        assert!(!texts.contains('\u{1b}'));
        assert_eq!(texts.lines().count(), 2);
    }
}
