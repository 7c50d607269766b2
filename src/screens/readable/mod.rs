//! The secrets that a developer could read until they lost access to secrets, and a way to replace
//! them in one step. It holds a window of rows around the cursor, never all rows.

mod ask;
mod update;
mod view;

use crate::domain::{
    id::DeveloperId,
    people::readable::{Count, Marks, Readable, ReadableWindow},
};

/// The number of rows in one request.
const WINDOW: u64 = 300;

#[derive(Debug)]
pub struct ReadablePage {
    developer: DeveloperId,
    name: String,
    /// Its rows are in `rows`. `None` until it is read.
    window: Option<ReadableWindow>,
    rows: Vec<Option<Readable>>,
    marks: Marks,
    cursor: usize,
}

/// A row outside the window.
const LOADING: &Option<Readable> = &None;

impl ReadablePage {
    pub fn new(developer: DeveloperId, name: String) -> Self {
        Self {
            developer,
            name,
            window: None,
            rows: Vec::new(),
            marks: Marks::default(),
            cursor: 0,
        }
    }

    /// The text of the page, and its rows, for plain mode.
    pub fn as_lines(&self) -> (Vec<String>, Vec<String>) {
        view::as_lines(self)
    }

    fn len(&self) -> usize {
        let total = self.window.as_ref().map_or(0, |window| window.all.total());
        usize::try_from(total).unwrap_or(usize::MAX)
    }

    fn row(&self, at: usize) -> &Option<Readable> {
        let offset = self.window.as_ref().map_or(0, |window| window.offset);
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        let inside = at.checked_sub(offset);
        inside
            .and_then(|inside| self.rows.get(inside))
            .unwrap_or(LOADING)
    }

    fn marked(&self) -> Count {
        let window = self.window.as_ref();
        window.map_or_else(Count::default, |window| self.marks.count(window))
    }
}
