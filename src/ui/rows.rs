//! A list with a cursor: columns that are dropped in a narrow window, details below the selected
//! row, and a text if there are no rows.

use std::iter;

use ratatui::{Frame, layout::Rect, style::Style, text::Line, widgets::Paragraph};

use super::{line, scroll::Scroll, theme::Theme};
use crate::form::wrap;

#[derive(Clone, Copy, Debug)]
enum Width {
    Cells(u16),
    Share { weight: u16, most: u16 },
}

#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub head: &'static str,
    width: Width,
    goes: u8,
}

/// A column that is never dropped.
const STAYS: u8 = u8::MAX;

impl Column {
    pub const fn cells(head: &'static str, cells: u16) -> Self {
        Self {
            head,
            width: Width::Cells(cells),
            goes: STAYS,
        }
    }

    /// Shares the remaining width with the other flexible columns.
    pub const fn share(head: &'static str, weight: u16) -> Self {
        Self {
            head,
            width: Width::Share {
                weight,
                most: u16::MAX,
            },
            goes: STAYS,
        }
    }

    pub const fn at_most(self, cells: u16) -> Self {
        let width = match self.width {
            Width::Share { weight, .. } => Width::Share {
                weight,
                most: cells,
            },
            fixed @ Width::Cells(_) => fixed,
        };
        Self { width, ..self }
    }

    /// Can be dropped in a narrow list. Columns with the lowest number are dropped first, together.
    pub const fn goes(self, order: u8) -> Self {
        Self {
            goes: order,
            ..self
        }
    }
}

/// The columns of a list, before its width is known.
#[derive(Clone, Copy, Debug)]
pub struct Columns<const N: usize> {
    columns: [Column; N],
    lead: u16,
    least: u16,
}

impl<const N: usize> Columns<N> {
    /// Columns are dropped until each flexible column has at least `least` cells.
    pub const fn new(least: u16, columns: [Column; N]) -> Self {
        Self {
            columns,
            lead: 1,
            least,
        }
    }

    /// Cells before the first column.
    pub const fn lead(self, lead: u16) -> Self {
        Self { lead, ..self }
    }

    pub fn fit(&self, width: u16) -> Fitted<N> {
        let orders = self
            .columns
            .iter()
            .map(|one| one.goes)
            .filter(|goes| *goes < STAYS);
        let last = orders.max().map_or(0, |order| order + 1);
        let fits = |from: &u8| width >= self.fixed(*from).saturating_add(self.least);
        let from = (0..=last).find(fits).unwrap_or(last);
        let mut room = width.saturating_sub(self.fixed(from));
        let mut weights: u16 = self
            .staying(from)
            .map(|one| match one.width {
                Width::Cells(_) => 0,
                Width::Share { weight, .. } => weight,
            })
            .sum();
        let widths = self.columns.map(|column| {
            if column.goes < from {
                return None;
            }
            let cells = match column.width {
                Width::Cells(cells) => cells,
                Width::Share { weight, most } => {
                    let cells = (room * weight / weights.max(1)).min(most);
                    room -= cells;
                    weights -= weight;
                    cells
                }
            };
            Some(cells)
        });
        Fitted {
            heads: self.columns.map(|column| column.head),
            widths,
            lead: self.lead,
        }
    }

    fn staying(&self, from: u8) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(move |one| one.goes >= from)
    }

    /// Cells that are not flexible: the lead, the fixed columns, one cell between columns.
    fn fixed(&self, from: u8) -> u16 {
        let cells = self.staying(from).map(|one| match one.width {
            Width::Cells(cells) => cells + 1,
            Width::Share { .. } => 1,
        });
        (cells.sum::<u16>() + self.lead).saturating_sub(1)
    }
}

/// The columns of a list of a certain width.
#[derive(Clone, Copy, Debug)]
pub struct Fitted<const N: usize> {
    heads: [&'static str; N],
    widths: [Option<u16>; N],
    lead: u16,
}

impl<const N: usize> Fitted<N> {
    pub fn all_fit(&self) -> bool {
        self.widths.iter().all(Option::is_some)
    }

    /// The remaining columns and their widths.
    pub fn shown<T>(&self, cells: [T; N]) -> impl Iterator<Item = (T, u16)> {
        let widths = self.widths.into_iter();
        cells
            .into_iter()
            .zip(widths)
            .filter_map(|(cell, width)| Some((cell, width?)))
    }

    /// A row as wide as the list.
    pub fn row(&self, cells: [&str; N], theme: &Theme) -> String {
        let mut row = " ".repeat(usize::from(self.lead));
        for (nth, (cell, width)) in self.shown(cells).enumerate() {
            if nth > 0 {
                row.push(' ');
            }
            row.push_str(&line::cell(cell, width, theme.glyphs.ellipsis));
        }
        row
    }

    pub fn heads(&self, theme: &Theme) -> Line<'static> {
        Line::styled(self.row(self.heads, theme), theme.dim)
    }
}

/// The content of a list; each row shows a `T`.
pub struct List<'a, T> {
    pub theme: &'a Theme,
    pub cursor: usize,
    /// Fixed above the rows.
    pub heads: Option<Line<'a>>,
    /// Scrolls with the rows below it.
    pub about: Vec<Line<'a>>,
    /// A row, and its style while it is not selected.
    pub row: &'a dyn Fn(&T) -> (String, Style),
    /// Lines below the row under the cursor.
    pub unfolded: &'a dyn Fn(&T) -> Vec<Line<'static>>,
    /// Below the last row.
    pub foot: Option<Line<'a>>,
    /// Paragraphs instead of everything else where there are no rows.
    pub empty: &'a [(&'a str, Style)],
}

impl<T> std::fmt::Debug for List<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("List")
    }
}

impl<'a, T> List<'a, T> {
    /// A list of rows alone.
    pub fn new(theme: &'a Theme, cursor: usize, row: &'a dyn Fn(&T) -> (String, Style)) -> Self {
        Self {
            theme,
            cursor,
            heads: None,
            about: Vec::new(),
            row,
            unfolded: &|_| Vec::new(),
            foot: None,
            empty: &[],
        }
    }

    pub fn draw<'i>(
        self,
        frame: &mut Frame<'_>,
        area: Rect,
        items: impl IntoIterator<Item = &'i T, IntoIter: ExactSizeIterator + Clone>,
    ) where
        T: 'i,
    {
        let lines = self.lines(area.width, area.height, items.into_iter());
        frame.render_widget(Paragraph::new(lines), area);
    }

    /// Only the rows in view are formatted: a list may have thousands.
    fn lines<'i>(
        self,
        width: u16,
        height: u16,
        items: impl ExactSizeIterator<Item = &'i T> + Clone,
    ) -> Vec<Line<'a>>
    where
        T: 'i,
    {
        let count = items.len();
        if count == 0 {
            return paragraphs(self.empty, width);
        }
        // A row is visible even if there is only room for the heads.
        let room = height
            .saturating_sub(u16::from(self.heads.is_some()))
            .max(1);
        let mut unfolded = items
            .clone()
            .nth(self.cursor)
            .map_or_else(Vec::new, self.unfolded);
        let start = self.about.len() + self.cursor.min(count - 1);
        let focus = start..start + 1 + unfolded.len();
        let all = self.about.len() + count + unfolded.len() + usize::from(self.foot.is_some());
        let shown = Scroll::to(&focus, all, room).shown();
        let rows = items.enumerate().flat_map(|(nth, item)| {
            let below = if nth == self.cursor {
                std::mem::take(&mut unfolded)
            } else {
                Vec::new()
            };
            iter::once(Part::Row(nth, item)).chain(below.into_iter().map(Part::Line))
        });
        let about = self.about.into_iter().map(Part::Line);
        let parts = about.chain(rows).chain(self.foot.map(Part::Line));
        let drawn = parts
            .skip(shown.start)
            .take(shown.len())
            .map(|part| match part {
                Part::Line(line) => line,
                Part::Row(nth, item) => {
                    let (text, style) = (self.row)(item);
                    let is_cursor = nth == self.cursor;
                    Line::styled(
                        text,
                        if is_cursor {
                            self.theme.selected
                        } else {
                            style
                        },
                    )
                }
            });
        self.heads.into_iter().chain(drawn).collect()
    }
}

/// A line of a list: ready text, or the row of an item.
enum Part<'a, 'i, T> {
    Line(Line<'a>),
    Row(usize, &'i T),
}

/// Texts with a blank line between them.
pub fn paragraphs<'a>(texts: &[(&str, Style)], width: u16) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    for (text, style) in texts {
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        lines.extend(
            wrap::paragraph(text, width)
                .into_iter()
                .map(|part| Line::styled(part, *style)),
        );
    }
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_width::UnicodeWidthStr;

    use super::*;
    use crate::ui::{half_blocks::Depth, theme::ThemeName};

    const COLUMNS: Columns<4> = Columns::new(
        10,
        [
            Column::cells("When", 5).goes(0),
            Column::share("What", 1).at_most(12),
            Column::share("Where", 1),
            Column::cells("State", 6).goes(1),
        ],
    );

    fn theme() -> Theme {
        Theme::new(ThemeName::default(), false, Depth::None, true)
    }

    fn widths(width: u16) -> [Option<u16>; 4] {
        COLUMNS.fit(width).widths
    }

    #[test]
    fn columns_give_way_in_their_order() {
        // The lead, three gaps and the fixed columns take 15 cells.
        assert_eq!(widths(25), [Some(5), Some(5), Some(5), Some(6)]);
        assert_eq!(widths(24), [None, Some(7), Some(8), Some(6)]);
        assert_eq!(widths(18), [None, Some(8), Some(8), None]);
        assert!(COLUMNS.fit(25).all_fit());
        assert!(!COLUMNS.fit(24).all_fit());
    }

    #[test]
    fn what_a_column_does_not_need_goes_to_the_next() {
        assert_eq!(widths(75), [Some(5), Some(12), Some(48), Some(6)]);
    }

    #[test]
    fn heads_stand_above_their_columns() {
        let fitted = COLUMNS.fit(40);
        let heads = fitted.heads(&theme()).to_string();
        let row = fitted.row(["09:00", "login", "here", "failed"], &theme());
        for (head, cell) in [
            ("When", "09:00"),
            ("What", "login"),
            ("Where", "here"),
            ("State", "failed"),
        ] {
            assert_eq!(heads.find(head), row.find(cell), "{heads}\n{row}");
        }
    }

    proptest! {
        #[test]
        fn a_row_is_as_wide_as_its_list(width in 4u16..300, cells in prop::array::uniform4("\\PC{0,40}")) {
            let row = COLUMNS.fit(width).row(cells.each_ref().map(String::as_str), &theme());
            prop_assert_eq!(row.width(), usize::from(width));
        }
    }

    /// The rows `0` to `count`, with as many lines below the one under the cursor.
    fn seen(count: usize, cursor: usize, unfolded: usize, height: u16) -> Vec<String> {
        let items: Vec<usize> = (0..count).collect();
        let theme = theme();
        let row = |nth: &usize| (nth.to_string(), theme.text);
        let list = List {
            unfolded: &|_| vec![Line::from("below"); unfolded],
            foot: Some(Line::from("foot")),
            empty: &[("Nothing yet.", theme.text), ("n adds one.", theme.dim)],
            ..List::new(&theme, cursor, &row)
        };
        let lines = list.lines(20, height, items.iter());
        lines.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_row_under_the_cursor_is_seen_whole_or_from_its_beginning() {
        assert_eq!(seen(9, 0, 1, 4), ["0", "below", "1", "2"]);
        assert_eq!(seen(9, 3, 2, 4), ["2", "3", "below", "below"]);
        assert_eq!(seen(9, 3, 8, 3), ["3", "below", "below"]);
        assert_eq!(seen(3, 2, 0, 9), ["0", "1", "2", "foot"]);
    }

    #[test]
    fn no_rows_no_foot_but_what_to_do() {
        assert_eq!(seen(0, 0, 2, 9), ["Nothing yet.", "", "n adds one."]);
    }

    #[test]
    fn heads_stay_and_what_is_above_the_rows_does_not() {
        let items = [0, 1, 2, 3, 4];
        let theme = theme();
        let row = |nth: &usize| (nth.to_string(), theme.text);
        let drawn = |cursor, height| -> Vec<String> {
            let list = List {
                heads: Some(Line::from("heads")),
                about: vec![Line::from("about")],
                ..List::new(&theme, cursor, &row)
            };
            let lines = list.lines(20, height, items.iter());
            lines.iter().map(ToString::to_string).collect()
        };
        assert_eq!(drawn(0, 3), ["heads", "about", "0"]);
        assert_eq!(drawn(4, 3), ["heads", "3", "4"]);
        assert_eq!(drawn(4, 1), ["heads", "4"]);
    }

    #[test]
    fn only_the_row_under_the_cursor_is_selected_and_hidden_rows_are_not_made() {
        let items: Vec<usize> = (0..1000).collect();
        let theme = theme();
        let made = std::cell::Cell::new(0);
        let row = |nth: &usize| {
            made.set(made.get() + 1);
            (nth.to_string(), theme.dim)
        };
        let lines = List::new(&theme, 500, &row).lines(20, 10, items.iter());
        assert_eq!(made.get(), 10);
        let selected = lines.iter().filter(|line| line.style == theme.selected);
        assert_eq!(
            selected.map(ToString::to_string).collect::<Vec<_>>(),
            ["500"]
        );
        assert_eq!(
            lines.iter().filter(|line| line.style == theme.dim).count(),
            9
        );
    }
}
