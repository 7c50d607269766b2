//! A list with a cursor: columns that are dropped in a narrow window, a bar from edge to edge,
//! details below the selected row, and a text if there are no rows.

use std::iter;

use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
    widgets::Paragraph,
};

use super::{chrome, empty, line, scroll::Scroll, theme::Theme};
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

/// Cells before the first column: the pointer, and a flag or a space.
const LEAD: u16 = 2;
/// The cell that stays free behind the last column.
const TAIL: u16 = 1;
/// Cells before the details of a row: a bar that sets them off.
const INSET: u16 = 4;

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
    least: u16,
}

impl<const N: usize> Columns<N> {
    /// Columns are dropped until each flexible column has at least `least` cells.
    pub const fn new(least: u16, columns: [Column; N]) -> Self {
        Self { columns, least }
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
        }
    }

    fn staying(&self, from: u8) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(move |one| one.goes >= from)
    }

    /// Cells that are not flexible: the lead, the fixed columns, one cell behind each column.
    fn fixed(&self, from: u8) -> u16 {
        let cells = self.staying(from).map(|one| match one.width {
            Width::Cells(cells) => cells + 1,
            Width::Share { .. } => 1,
        });
        (cells.sum::<u16>() + LEAD + TAIL).saturating_sub(1)
    }
}

/// The columns of a list of a certain width.
#[derive(Clone, Copy, Debug)]
pub struct Fitted<const N: usize> {
    heads: [&'static str; N],
    widths: [Option<u16>; N],
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

    /// A row, each cell in its style.
    pub fn row(&self, cells: [(&str, Style); N], theme: &Theme) -> Line<'static> {
        let mut spans = vec![Span::raw(" ".repeat(usize::from(LEAD)))];
        for (nth, ((cell, style), width)) in self.shown(cells).enumerate() {
            if nth > 0 {
                spans.push(Span::raw(" "));
            }
            let cell = line::cell(cell, width, theme.glyphs.ellipsis);
            spans.push(Span::styled(cell, style));
        }
        spans.into()
    }

    pub fn heads(&self, theme: &Theme) -> Line<'static> {
        self.row(self.heads.map(|head| (head, theme.dim)), theme)
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
    /// A row while it is not selected.
    pub row: &'a dyn Fn(&T) -> Line<'static>,
    /// Lines of a certain width, below the row under the cursor.
    pub unfolded: &'a dyn Fn(&T, u16) -> Vec<Line<'static>>,
    /// Below the last row.
    pub foot: Option<Line<'a>>,
    /// Instead of everything else if there are no rows.
    pub empty: &'a [&'a str],
}

impl<T> std::fmt::Debug for List<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("List")
    }
}

impl<'a, T> List<'a, T> {
    /// A list of rows alone.
    pub fn new(theme: &'a Theme, cursor: usize, row: &'a dyn Fn(&T) -> Line<'static>) -> Self {
        Self {
            theme,
            cursor,
            heads: None,
            about: Vec::new(),
            row,
            unfolded: &|_, _| Vec::new(),
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
        let items = items.into_iter();
        if items.len() == 0 {
            return empty::draw(frame, area, self.theme, self.empty);
        }
        let heads = u16::from(self.heads.is_some());
        let theme = self.theme;
        let (lines, scroll) = self.lines(area.width, area.height, items);
        frame.render_widget(Paragraph::new(lines), area);
        let rows = Rect {
            y: area.y.saturating_add(heads),
            height: area.height.saturating_sub(heads),
            ..area
        };
        chrome::more(frame, rows.intersection(area), theme, scroll);
    }

    /// Only the rows in view are formatted: a list may have thousands.
    fn lines<'i>(
        self,
        width: u16,
        height: u16,
        items: impl ExactSizeIterator<Item = &'i T> + Clone,
    ) -> (Vec<Line<'a>>, Scroll)
    where
        T: 'i,
    {
        let count = items.len();
        // A row is visible even if there is only room for the heads.
        let room = height
            .saturating_sub(u16::from(self.heads.is_some()))
            .max(1);
        let theme = self.theme;
        let cursor = items.clone().nth(self.cursor);
        let mut unfolded = cursor.map_or_else(Vec::new, |item| {
            let lines = (self.unfolded)(item, width.saturating_sub(INSET + TAIL));
            lines.into_iter().map(|line| inset(line, theme)).collect()
        });
        let start = self.about.len() + self.cursor.min(count - 1);
        let focus = start..start + 1 + unfolded.len();
        let all = self.about.len() + count + unfolded.len() + usize::from(self.foot.is_some());
        let scroll = Scroll::to(&focus, all, room);
        let shown = scroll.shown();
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
                Part::Row(nth, item) if nth == self.cursor => {
                    selected(&(self.row)(item), width, theme)
                }
                Part::Row(_, item) => (self.row)(item),
            });
        let lines = self.heads.into_iter().chain(drawn).collect();
        (lines, scroll)
    }
}

/// The row under the cursor: the pointer in its first cell, and a bar as wide as the list.
pub fn selected(row: &Line<'_>, width: u16, theme: &Theme) -> Line<'static> {
    let text = row.to_string();
    let text = text.strip_prefix(' ').unwrap_or(&text);
    let room = width.saturating_sub(1);
    let text = line::cell(text, room, theme.glyphs.ellipsis);
    Line::styled(format!("{}{text}", theme.glyphs.mark), theme.selected)
}

/// A line of the details, set off from the rows.
fn inset(mut line: Line<'static>, theme: &Theme) -> Line<'static> {
    for span in &mut line.spans {
        span.style = line.style.patch(span.style);
    }
    line.style = Style::new();
    let bar = format!("  {} ", theme.glyphs.bar);
    line.spans.insert(0, Span::styled(bar, theme.dim));
    line
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

    use super::*;
    use crate::ui::{half_blocks::Depth, testing, theme::ThemeName};

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
        // The lead, the tail, three gaps and the fixed columns take 17 cells.
        assert_eq!(widths(27), [Some(5), Some(5), Some(5), Some(6)]);
        assert_eq!(widths(26), [None, Some(7), Some(8), Some(6)]);
        assert_eq!(widths(20), [None, Some(8), Some(8), None]);
        assert!(COLUMNS.fit(27).all_fit());
        assert!(!COLUMNS.fit(26).all_fit());
    }

    #[test]
    fn what_a_column_does_not_need_goes_to_the_next() {
        assert_eq!(widths(77), [Some(5), Some(12), Some(48), Some(6)]);
    }

    #[test]
    fn heads_stand_above_their_columns() {
        let fitted = COLUMNS.fit(40);
        let heads = fitted.heads(&theme()).to_string();
        let cells = ["09:00", "login", "here", "failed"];
        let row = fitted.row(cells.map(|cell| (cell, Style::new())), &theme());
        let row = row.to_string();
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
        fn a_row_leaves_the_last_cell_free_and_its_bar_does_not(width in 6u16..300, cells in prop::array::uniform4("\\PC{0,40}")) {
            let cells = cells.each_ref().map(|cell| (cell.as_str(), Style::new()));
            let row = COLUMNS.fit(width).row(cells, &theme());
            prop_assert_eq!(row.width(), usize::from(width - TAIL));
            let bar = selected(&row, width, &theme());
            prop_assert_eq!(bar.width(), usize::from(width));
        }
    }

    /// The rows `0` to `count`, with as many lines below the one under the cursor.
    fn seen(count: usize, cursor: usize, unfolded: usize, height: u16) -> Vec<String> {
        let items: Vec<usize> = (0..count).collect();
        let theme = theme();
        let row = |nth: &usize| Line::from(format!(" {nth}"));
        let list = List {
            unfolded: &|_, _| vec![Line::from("below"); unfolded],
            foot: Some(Line::from("foot")),
            ..List::new(&theme, cursor, &row)
        };
        let (lines, _) = list.lines(20, height, items.iter());
        texts(&lines)
    }

    #[test]
    fn the_row_under_the_cursor_is_seen_whole_or_from_its_beginning() {
        assert_eq!(seen(9, 0, 1, 4), ["›0", "  │ below", " 1", " 2"]);
        assert_eq!(seen(9, 3, 2, 4), [" 2", "›3", "  │ below", "  │ below"]);
        assert_eq!(seen(9, 3, 8, 3), ["›3", "  │ below", "  │ below"]);
        assert_eq!(seen(3, 2, 0, 9), [" 0", " 1", "›2", "foot"]);
    }

    fn texts(lines: &[Line<'_>]) -> Vec<String> {
        let lines = lines.iter().map(ToString::to_string);
        lines.map(|line| line.trim_end().to_owned()).collect()
    }

    #[test]
    fn a_list_unfolds_scrolls_and_says_when_it_is_empty() {
        let theme = theme();
        let row = |nth: &usize| {
            let (nth, what) = (nth.to_string(), "opened the door");
            let cells = ["09:00", &nth, what, "ok"].map(|cell| (cell, theme.text));
            COLUMNS.fit(34).row(cells, &theme)
        };
        let drawn = |count: usize| {
            testing::picture(34, 6, |frame| {
                let list = List {
                    heads: Some(COLUMNS.fit(34).heads(&theme)),
                    unfolded: &|_, width| paragraphs(&[("What was behind it.", theme.dim)], width),
                    empty: &["Nothing yet.", "n adds one."],
                    ..List::new(&theme, 2, &row)
                };
                list.draw(frame, frame.area(), &(0..count).collect::<Vec<_>>());
            })
        };
        insta::assert_snapshot!(format!("{}\n---\n{}", drawn(9), drawn(0)));
    }

    #[test]
    fn heads_stay_and_what_is_above_the_rows_does_not() {
        let items = [0, 1, 2, 3, 4];
        let theme = theme();
        let row = |nth: &usize| Line::from(format!(" {nth}"));
        let drawn = |cursor, height| -> Vec<String> {
            let list = List {
                heads: Some(Line::from("heads")),
                about: vec![Line::from("about")],
                ..List::new(&theme, cursor, &row)
            };
            texts(&list.lines(20, height, items.iter()).0)
        };
        assert_eq!(drawn(0, 3), ["heads", "about", "›0"]);
        assert_eq!(drawn(4, 3), ["heads", " 3", "›4"]);
        assert_eq!(drawn(4, 1), ["heads", "›4"]);
    }

    #[test]
    fn only_the_row_under_the_cursor_is_selected_and_hidden_rows_are_not_made() {
        let items: Vec<usize> = (0..1000).collect();
        let theme = theme();
        let made = std::cell::Cell::new(0);
        let row = |nth: &usize| {
            made.set(made.get() + 1);
            Line::styled(format!(" {nth}"), theme.dim)
        };
        let (lines, _) = List::new(&theme, 500, &row).lines(20, 10, items.iter());
        assert_eq!(made.get(), 10);
        let selected = lines.iter().filter(|line| line.style == theme.selected);
        assert_eq!(selected.count(), 1);
        assert_eq!(
            lines.iter().filter(|line| line.style == theme.dim).count(),
            9
        );
    }
}
