//! The only place that writes to the terminal. One guard enters and leaves every mode, and the
//! panic hook leaves them the same way. A frame is collected and sent with one `write`. The
//! terminal is never queried: over a slow link, the program would have to wait for the answer.

use std::cell::RefCell;
use std::fmt;
use std::fs::File;
use std::io::{self, IsTerminal as _, Write};
use std::os::fd::AsFd as _;
use std::rc::Rc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::{cursor, event, execute, queue, style, terminal};
use ratatui::{Frame, Terminal};
use rustix::{process, termios};
use zeroize::Zeroize as _;

use super::{capabilities::Capabilities, quiet_backend::QuietBackend, sixteen};

/// Whether the terminal is in our modes. The panic hook and the guard share it: the first to reset
/// it restores the terminal, so that this happens once.
static IS_ENTERED: AtomicBool = AtomicBool::new(false);

/// A separate descriptor of the terminal: `std::io::stdout` has a lock and a buffer, and a panic
/// may happen while one is in use.
static OUTPUT: OnceLock<File> = OnceLock::new();

/// Room for a usual frame: a buffer that grows would leave copies of its content behind.
const FRAME_BYTES: usize = 64 * 1024;

/// Why there is no full screen.
#[derive(Debug, thiserror::Error)]
pub enum TerminalError {
    #[error(
        "The console needs a terminal, but input or output is redirected. Commands work without one: run devconsole --help."
    )]
    NotATerminal,
    #[error("The terminal failed: {0}")]
    Io(#[from] io::Error),
}

impl TerminalError {
    /// 2 for wrong usage, 1 for a failure.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::NotATerminal => 2,
            Self::Io(_) => 1,
        }
    }
}

/// Collects a frame. `flush` does nothing, because ratatui calls it several times in a frame, and
/// dropping discards: half a frame must never be sent after the terminal was restored.
#[derive(Clone)]
struct FrameBuffer(Rc<RefCell<Vec<u8>>>);

impl Default for FrameBuffer {
    fn default() -> Self {
        Self(Rc::new(RefCell::new(Vec::with_capacity(FRAME_BYTES))))
    }
}

impl Write for FrameBuffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The terminal in our modes. Dropping restores it.
pub struct TerminalGuard {
    terminal: Terminal<QuietBackend<FrameBuffer>>,
    frame: FrameBuffer,
    is_synchronized: bool,
}

impl fmt::Debug for TerminalGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TerminalGuard")
    }
}

impl TerminalGuard {
    /// Enters raw mode, the alternate screen and bracketed paste. On failure, leaves what was
    /// entered.
    pub fn enter(capabilities: Capabilities) -> Result<Self, TerminalError> {
        if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
            return Err(TerminalError::NotATerminal);
        }
        if OUTPUT.get().is_none() {
            let own = File::from(io::stdout().as_fd().try_clone_to_owned()?);
            // A second guard of this process finds the same terminal set already.
            let _ = OUTPUT.set(own);
        }
        // Under NO_COLOR, crossterm drops bold and reverse along with colors; the monochrome theme
        // keeps them.
        style::force_color_output(true);
        let frame = FrameBuffer::default();
        // First, because this can fail and nothing has been entered yet.
        let terminal = new_terminal(&frame)?;
        enter_modes()?;
        Ok(Self {
            terminal,
            frame,
            is_synchronized: capabilities.synchronized_update,
        })
    }

    /// Draws a frame and sends it with one write. A frame without changes is not sent.
    pub fn draw(&mut self, view: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        if self.is_synchronized {
            queue!(self.frame, terminal::BeginSynchronizedUpdate)?;
        }
        let empty = self.frame.0.borrow().len();
        let drawn = self.terminal.draw(view).map(|_| ());
        let has_changes = self.frame.0.borrow().len() > empty;
        if self.is_synchronized {
            queue!(self.frame, terminal::EndSynchronizedUpdate)?;
        }
        let mut bytes = self.frame.0.borrow_mut();
        sixteen::shorten(&mut bytes);
        let sent = drawn.and_then(|()| if has_changes { send(&bytes) } else { Ok(()) });
        // A frame may have shown a secret: it is wiped, and the buffer is kept.
        bytes.zeroize();
        sent
    }

    /// Sends bytes outside of a frame (OSC 52) without keeping a copy.
    pub fn write_bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        send(bytes)
    }

    /// Restores the terminal, stops the process until it is continued, and enters the modes again;
    /// the caller then draws. Returns `false` without stopping if no shell would ever continue the
    /// process.
    pub fn suspend(&mut self) -> io::Result<bool> {
        if !has_job_control() {
            return Ok(false);
        }
        restore();
        // The whole process group, as the terminal's own Ctrl-Z: a script that runs this program
        // must stop too, or its shell would not notice.
        process::kill_current_process_group(process::Signal::STOP)?;
        self.resume()?;
        Ok(true)
    }

    /// Enters the modes again, whatever happened to the terminal during the stop; the caller then
    /// draws.
    pub fn resume(&mut self) -> io::Result<()> {
        // If another process stopped this one, crossterm believes that raw mode is still on.
        restore_modes();
        self.frame.0.borrow_mut().zeroize();
        // A new one redraws every cell. `Terminal::clear` would query the cursor position.
        self.terminal = new_terminal(&self.frame)?;
        enter_modes()
    }

    /// Restores the terminal now instead of at the end of the scope.
    pub fn leave(self) {
        drop(self);
    }
}

impl Drop for TerminalGuard {
    fn drop(&mut self) {
        // Before the fields are dropped: ratatui's "show the cursor" then ends in the buffer.
        restore();
    }
}

/// The size of a terminal that does not report one.
const USUAL_SIZE: (u16, u16) = (80, 24);

/// Columns and rows. Serial lines and some containers report 0; then the usual size is assumed.
pub fn size() -> (u16, u16) {
    let Ok(size) = termios::tcgetwinsize(io::stdout()) else {
        return USUAL_SIZE;
    };
    let known = |text: u16, usual| if text == 0 { usual } else { text };
    (
        known(size.ws_col, USUAL_SIZE.0),
        known(size.ws_row, USUAL_SIZE.1),
    )
}

/// A terminal in raw mode with bracketed paste, without the alternate screen. Dropping restores it.
#[derive(Debug)]
pub struct Raw(());

impl Raw {
    pub fn enter() -> io::Result<Self> {
        terminal::enable_raw_mode()?;
        let raw = Self(());
        execute!(io::stdout(), event::EnableBracketedPaste)?;
        Ok(raw)
    }

    /// Restores the terminal, from any thread.
    pub fn leave() {
        // On failure the terminal is gone, so the error does not matter.
        let _ = execute!(io::stdout(), event::DisableBracketedPaste);
        restore_modes();
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        Self::leave();
    }
}

fn new_terminal(frame: &FrameBuffer) -> io::Result<Terminal<QuietBackend<FrameBuffer>>> {
    Terminal::new(QuietBackend::new(frame.clone()))
}

fn send(bytes: &[u8]) -> io::Result<()> {
    match OUTPUT.get() {
        Some(mut output) => output.write_all(bytes),
        None => Err(io::ErrorKind::NotConnected.into()),
    }
}

fn enter_modes() -> io::Result<()> {
    // Set before the first change, so that a failure or a signal half-way undoes everything.
    IS_ENTERED.store(true, Ordering::SeqCst);
    let entered = try_enter_modes();
    if entered.is_err() {
        restore();
    }
    entered
}

fn try_enter_modes() -> io::Result<()> {
    terminal::enable_raw_mode()?;
    let mut bytes = Vec::with_capacity(64);
    queue!(
        bytes,
        terminal::EnterAlternateScreen,
        // Some terminals have no alternate screen, and ratatui draws only cells that are not blank.
        terminal::Clear(terminal::ClearType::All),
        event::EnableBracketedPaste,
        cursor::Hide,
    )?;
    send(&bytes)
}

/// Restores the terminal if it is in our modes: all modes off, cursor on, the old screen. Can be
/// called at any time, from any thread, any number of times. On failure the terminal is gone, so
/// the error does not matter.
pub fn restore() {
    if !IS_ENTERED.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut bytes = Vec::with_capacity(64);
    let queued = queue!(
        bytes,
        // The call may come from the middle of a frame.
        terminal::EndSynchronizedUpdate,
        style::ResetColor,
        style::SetAttribute(style::Attribute::Reset),
        event::DisableBracketedPaste,
        cursor::Show,
        terminal::LeaveAlternateScreen,
    );
    if queued.is_ok() {
        let _ = send(&bytes);
    }
    restore_modes();
}

/// Only changes the line discipline, which never waits for the terminal.
pub(super) fn restore_modes() {
    let _ = terminal::disable_raw_mode();
}

/// A process group of the session leader, or with a parent in another session, is orphaned: no
/// shell would continue it.
fn has_job_control() -> bool {
    let (Ok(session), Some(parent)) = (process::getsid(None), process::getppid()) else {
        return false;
    };
    process::getpgrp() != session && process::getsid(Some(parent)) == Ok(session)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::{FrameBuffer, TerminalError, TerminalGuard, restore};
    use crate::runtime::capabilities::Capabilities;

    #[test]
    fn without_a_terminal_the_message_says_so_and_the_code_is_two() {
        use std::io::IsTerminal as _;
        if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
            return;
        }
        let capabilities = Capabilities::detect(|_| None);
        let error = TerminalGuard::enter(capabilities).unwrap_err();
        assert!(matches!(error, TerminalError::NotATerminal));
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("needs a terminal"));
    }

    #[test]
    fn restoring_what_was_never_entered_does_nothing() {
        restore();
        restore();
    }

    #[test]
    fn flushing_sends_nothing_by_itself() {
        let mut frame = FrameBuffer::default();
        frame.write_all(b"half a frame").unwrap();
        frame.flush().unwrap();
        assert_eq!(frame.0.borrow().as_slice(), b"half a frame");
    }
}
