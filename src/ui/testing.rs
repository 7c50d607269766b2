//! A drawn widget as text, for the tests of this folder.

use ratatui::{Frame, Terminal, backend::TestBackend};

/// The rows that `draw` fills, without spaces at their ends.
pub fn picture(width: u16, height: u16, draw: impl FnOnce(&mut Frame<'_>)) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(draw).unwrap();
    let buffer = terminal.backend().buffer();
    let rows: Vec<String> = (0..height)
        .map(|y| {
            let row: String = (0..width).map(|x| buffer[(x, y)].symbol()).collect();
            row.trim_end().to_owned()
        })
        .collect();
    rows.join("\n")
}
