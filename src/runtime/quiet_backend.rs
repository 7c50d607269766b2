//! A backend that does not repeat what has not changed. ratatui resets colors and places the cursor
//! after every frame, even an unchanged one; an idle console, and one whose clock ticks invisibly,
//! must send nothing.

use std::io::{self, Write};

use ratatui::{
    backend::{Backend, ClearType, CrosstermBackend, WindowSize},
    buffer::Cell,
    layout::{Position, Size},
};

/// Remembers the last state that was sent. A new one remembers nothing and sends everything.
#[derive(Debug)]
pub(super) struct QuietBackend<W: Write> {
    inner: CrosstermBackend<W>,
    is_cursor_shown: Option<bool>,
    cursor: Option<Position>,
}

impl<W: Write> QuietBackend<W> {
    pub(super) fn new(writer: W) -> Self {
        Self {
            inner: CrosstermBackend::new(writer),
            is_cursor_shown: None,
            cursor: None,
        }
    }
}

impl<W: Write> Backend for QuietBackend<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut content = content.peekable();
        if content.peek().is_none() {
            return Ok(());
        }
        // Printing moves the cursor.
        self.cursor = None;
        self.inner.draw(content)
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        if self.is_cursor_shown.replace(false) == Some(false) {
            return Ok(());
        }
        self.inner.hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        if self.is_cursor_shown.replace(true) == Some(true) {
            return Ok(());
        }
        self.inner.show_cursor()
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        self.inner.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let position = position.into();
        if self.cursor.replace(position) == Some(position) {
            return Ok(());
        }
        self.inner.set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.inner.clear()
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        self.inner.clear_region(region)
    }

    fn size(&self) -> io::Result<Size> {
        Ok(super::terminal::size().into())
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.inner.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        Backend::flush(&mut self.inner)
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, io::Write, rc::Rc};

    use ratatui::{Terminal, TerminalOptions, Viewport, layout::Rect};

    use super::QuietBackend;

    #[derive(Clone, Default)]
    struct Sent(Rc<RefCell<Vec<u8>>>);

    impl Write for Sent {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.borrow_mut().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn frame(
        terminal: &mut Terminal<QuietBackend<Sent>>,
        sent: &Sent,
        text: &str,
        cursor: Option<(u16, u16)>,
    ) -> String {
        sent.0.borrow_mut().clear();
        terminal
            .draw(|frame| {
                let line = ratatui::text::Line::raw(text.to_owned());
                frame.render_widget(line, Rect::new(0, 0, 20, 1));
                if let Some(at) = cursor {
                    frame.set_cursor_position(at);
                }
            })
            .unwrap();
        String::from_utf8(sent.0.borrow().clone()).unwrap()
    }

    #[test]
    fn a_frame_that_changed_nothing_sends_nothing() {
        let sent = Sent::default();
        // A fixed viewport does not query the size of the terminal.
        let options = TerminalOptions {
            viewport: Viewport::Fixed(Rect::new(0, 0, 20, 1)),
        };
        let mut terminal =
            Terminal::with_options(QuietBackend::new(sent.clone()), options).unwrap();
        assert!(frame(&mut terminal, &sent, "a name", Some((6, 0))).contains("name"));
        assert_eq!(frame(&mut terminal, &sent, "a name", Some((6, 0))), "");
        assert_eq!(
            frame(&mut terminal, &sent, "a name", Some((2, 0))),
            "\x1b[1;3H"
        );
        assert_eq!(frame(&mut terminal, &sent, "a name", None), "\x1b[?25l");
        assert_eq!(frame(&mut terminal, &sent, "a name", None), "");
        let back = frame(&mut terminal, &sent, "a name", Some((2, 0)));
        assert!(back.contains("\x1b[?25h"), "{back:?}");
        // Printing moves the cursor, so it must be placed again.
        let changed = frame(&mut terminal, &sent, "a game", Some((2, 0)));
        assert!(changed.ends_with("\x1b[1;3H"), "{changed:?}");
    }
}
