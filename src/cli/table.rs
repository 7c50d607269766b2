//! Tables: with heads and fitted to the width at a terminal, with full values between tabs elsewhere.

use std::io;

use rustix::termios::tcgetwinsize;

use crate::domain::{text, time::UnixMs};

#[derive(Debug)]
pub struct Table {
    /// The most important first.
    pub heads: Vec<&'static str>,
    pub rows: Vec<Vec<Cell>>,
    /// The column that may be cut.
    pub flexible: usize,
    /// Said at a terminal, on standard error, if there is no row.
    pub none: &'static str,
}

/// A value of a table: shown to a person, and in full for another program.
#[derive(Clone, Debug)]
pub struct Cell {
    shown: String,
    full: Option<String>,
}

impl Cell {
    /// A person reads the day.
    pub fn day(at: UnixMs) -> Self {
        Self::time(at, at.date())
    }

    pub fn minute(at: UnixMs) -> Self {
        Self::time(at, at.date_time())
    }

    fn time(at: UnixMs, shown: String) -> Self {
        Self {
            shown,
            full: Some(at.rfc3339()),
        }
    }

    fn into_full(self) -> String {
        self.full.unwrap_or(self.shown)
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self {
            shown: text.into(),
            full: None,
        }
    }
}

pub fn piped(row: &[Cell]) -> String {
    let cells = row.iter().cloned().map(Cell::into_full);
    cells.collect::<Vec<_>>().join("\t")
}

pub fn columns() -> usize {
    tcgetwinsize(io::stdout()).map_or(80, |size| usize::from(size.ws_col).max(20))
}

/// Two spaces between columns. Where a row is too long, its flexible cell is cut, and if that is not
/// enough, the last columns are left out: half a Client ID is of no use.
pub fn fitted(table: &Table, room: usize) -> Vec<String> {
    const CUT_TO: usize = 12;
    let heads: Vec<Cell> = table.heads.iter().map(|&head| head.into()).collect();
    let cells = |row: &Vec<Cell>| -> Vec<String> {
        row.iter()
            .map(|cell| text::displayable(&cell.shown).into_owned())
            .collect()
    };
    let rows: Vec<Vec<String>> = [&heads].into_iter().chain(&table.rows).map(cells).collect();
    let widest = |column| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell: &String| text::width(cell))
            .max()
    };
    let mut widths: Vec<usize> = (0..heads.len()).filter_map(widest).collect();
    let excess = |widths: &[usize]| {
        let gaps = 2 * widths.len().saturating_sub(1);
        (widths.iter().sum::<usize>() + gaps).saturating_sub(room)
    };
    loop {
        let too_much = excess(&widths);
        if too_much == 0 {
            break;
        }
        let is_only = widths.len() == 1;
        let flexible = if is_only { 0 } else { table.flexible };
        match widths.get_mut(flexible) {
            Some(width) if is_only || *width >= CUT_TO + too_much => {
                *width = width.saturating_sub(too_much);
                break;
            }
            _ => {
                widths.pop();
            }
        }
    }
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, &width)| {
            let cell = text::truncate_to_width(cell, width, "…");
            let blank = width.saturating_sub(text::width(&cell));
            format!("{cell}{}", " ".repeat(blank))
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_short_for_a_person_and_complete_for_a_program() {
        let at = UnixMs(1_796_098_462_000);
        let row = vec![Cell::from("Ada"), Cell::day(at), Cell::minute(at)];
        assert_eq!(
            piped(&row),
            "Ada\t2026-12-01T04:14:22Z\t2026-12-01T04:14:22Z"
        );
        let table = Table {
            heads: vec!["NAME", "DAY", "WHEN"],
            rows: vec![row],
            flexible: 0,
            none: "",
        };
        assert_eq!(
            fitted(&table, 80)[1],
            "Ada   2026-12-01  2026-12-01 04:14 UTC"
        );
    }

    #[test]
    fn the_flexible_column_is_cut_and_then_the_last_ones_are_left_out() {
        let mut table = Table {
            heads: vec!["NAME", "STATUS", "CREATED"],
            rows: vec![
                vec!["A name that is far too long", "active", "2026-11-23"],
                vec!["Short", "in trash", "2026-11-23"],
            ]
            .into_iter()
            .map(|row| row.into_iter().map(Into::into).collect())
            .collect(),
            flexible: 0,
            none: "",
        };
        let whole = fitted(&table, 80);
        assert_eq!(
            whole[1],
            "A name that is far too long  active    2026-11-23"
        );
        assert_eq!(
            fitted(&table, 40),
            [
                "NAME                STATUS    CREATED",
                "A name that is fa…  active    2026-11-23",
                "Short               in trash  2026-11-23",
            ]
        );
        assert_eq!(fitted(&table, 24)[2], "Short           in trash");
        assert_eq!(fitted(&table, 10), ["NAME", "A name th…", "Short"]);
        table.flexible = 2;
        assert_eq!(
            fitted(&table, 40)[2],
            "Short                        in trash"
        );
        table.flexible = 0;
        table.rows.clear();
        assert_eq!(fitted(&table, 80), ["NAME  STATUS  CREATED"]);
    }
}
