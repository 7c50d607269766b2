//! Prints lines and reads lines, on a terminal that is only written to from top to bottom. The
//! caller decides what is asked and what an answer means.

use std::{
    fs::File,
    io::{self, BufRead as _, Write as _},
    os::fd::AsFd as _,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    time::Duration,
};

use rustix::{
    process,
    termios::{self, LocalModes, OptionalActions, QueueSelector},
};
use zeroize::Zeroizing;

use crate::{
    domain::text,
    runtime::signals::{self, Signal, SignalThread},
};

/// The end of a question.
#[derive(Debug)]
pub enum LineEvent {
    Line(Zeroizing<String>),
    /// The input has ended.
    End,
    /// The requested time is over; the question is still open.
    Woke,
    /// A signal to obey, with its exit code.
    Signal(u8),
}

/// The person at a terminal, or a test.
pub trait Dialog {
    fn say(&mut self, line: &str);
    /// Prints the question without ending the line.
    fn ask(&mut self, question: &str, is_secret: bool);
    fn wait(&mut self, at_most: Option<Duration>) -> LineEvent;
    /// Waits without a question.
    fn pause(&mut self, time: Duration) -> LineEvent;
    /// Ends the line of an open question and drops what was typed there. Another question follows.
    fn interrupt(&mut self);
    /// Prints bytes as they are, e.g. a copy to the terminal's clipboard.
    fn send(&mut self, bytes: &[u8]);
}

/// Makes a line safe to print: without control characters, and in ASCII unless `unicode`.
pub fn shown(line: &str, unicode: bool) -> String {
    let line = text::displayable(line);
    if unicode {
        return line.into_owned();
    }
    line.chars()
        .map(|c| match c {
            '·' | '–' | '—' => '-',
            '“' | '”' => '"',
            '‘' | '’' => '\'',
            '…' => '.',
            c if c.is_ascii() => c,
            _ => '?',
        })
        .collect()
}

/// The person at the terminal.
#[derive(Debug)]
pub struct AtTerminal {
    unicode: bool,
    out: Stream,
    wanted: Sender<()>,
    lines: Receiver<LineEvent>,
    echo: Echo,
    /// A line is being read.
    is_reading: bool,
    _signals: SignalThread,
}

/// Where questions are printed.
#[derive(Clone, Copy, Debug)]
enum Stream {
    Stdout,
    Stderr,
}

impl Stream {
    fn lock(self) -> Box<dyn io::Write> {
        match self {
            Self::Stdout => Box::new(io::stdout().lock()),
            Self::Stderr => Box::new(io::stderr().lock()),
        }
    }
}

impl AtTerminal {
    pub fn new(unicode: bool) -> io::Result<Self> {
        Self::at(unicode, Stream::Stdout)
    }

    /// For a command whose standard output is its result.
    pub fn on_stderr(unicode: bool) -> io::Result<Self> {
        Self::at(unicode, Stream::Stderr)
    }

    fn at(unicode: bool, out: Stream) -> io::Result<Self> {
        let echo = Echo::default();
        let (sender, lines) = mpsc::channel();
        let (wanted, questions) = mpsc::channel();
        let signals = {
            let (sender, echo) = (sender.clone(), echo.clone());
            signals::spawn(move |signal| match (signal, signal.exit_code()) {
                (_, Some(code)) => sender.send(LineEvent::Signal(code)).is_ok(),
                (Signal::Suspend, _) => {
                    echo.show();
                    // A process group without a parent that can continue it does not stop: the
                    // program then keeps running.
                    let _ = process::kill_current_process_group(process::Signal::STOP);
                    true
                }
                _ => {
                    echo.as_wanted();
                    true
                }
            })?
        };
        // Reads a line only after a question: typing ahead then stays in the terminal, which does
        // not echo it if the next question is for a password.
        std::thread::Builder::new()
            .name("lines".to_owned())
            .spawn(move || {
                while questions.recv().is_ok() {
                    if sender.send(read_line()).is_err() {
                        return;
                    }
                }
            })?;
        Ok(Self {
            unicode,
            out,
            wanted,
            lines,
            echo,
            is_reading: false,
            _signals: signals,
        })
    }
}

fn read_line() -> LineEvent {
    let mut bytes = Zeroizing::new(Vec::with_capacity(8 * 1024));
    match io::stdin().lock().read_until(b'\n', &mut bytes) {
        Ok(0) | Err(_) => LineEvent::End,
        Ok(_) => {
            let line = Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned());
            LineEvent::Line(Zeroizing::new(
                line.trim_end_matches(['\r', '\n']).to_owned(),
            ))
        }
    }
}

impl Dialog for AtTerminal {
    fn say(&mut self, line: &str) {
        // If the terminal is gone, the next question reports it.
        let _ = writeln!(self.out.lock(), "{}", shown(line, self.unicode));
    }

    fn ask(&mut self, question: &str, is_secret: bool) {
        if is_secret {
            self.echo.hide();
        } else {
            self.echo.end_hiding();
        }
        let mut out = self.out.lock();
        let _ = write!(out, "{} ", shown(question, self.unicode));
        let _ = out.flush();
        if !std::mem::replace(&mut self.is_reading, true) {
            let _ = self.wanted.send(());
        }
    }

    fn wait(&mut self, at_most: Option<Duration>) -> LineEvent {
        let message = match at_most {
            Some(time) => self.lines.recv_timeout(time),
            None => self
                .lines
                .recv()
                .map_err(|_| RecvTimeoutError::Disconnected),
        };
        let message = match message {
            Ok(message) => message,
            Err(RecvTimeoutError::Timeout) => return LineEvent::Woke,
            Err(RecvTimeoutError::Disconnected) => LineEvent::End,
        };
        self.is_reading &= !matches!(message, LineEvent::Line(_) | LineEvent::End);
        if self.echo.is_hidden() {
            // Enter was not echoed either. The echo stays off: the next password may be typed while
            // this one is checked.
            let _ = writeln!(self.out.lock());
        }
        message
    }

    fn pause(&mut self, time: Duration) -> LineEvent {
        self.lines.recv_timeout(time).unwrap_or(LineEvent::Woke)
    }

    fn interrupt(&mut self) {
        // Half a line that was typed ahead must not become the beginning of a password.
        let _ = termios::tcflush(io::stdin(), QueueSelector::IFlush);
        let _ = writeln!(self.out.lock());
    }

    fn send(&mut self, bytes: &[u8]) {
        let mut out = self.out.lock();
        let _ = out.write_all(bytes).and_then(|()| out.flush());
    }
}

impl Drop for AtTerminal {
    fn drop(&mut self) {
        self.echo.end_hiding();
    }
}

/// Whether typing is echoed. Shared with the thread for signals.
#[derive(Clone, Debug, Default)]
struct Echo(Arc<AtomicBool>);

impl Echo {
    fn is_hidden(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    fn hide(&self) {
        self.0.store(true, Ordering::SeqCst);
        self.as_wanted();
    }

    /// Turns the echo on. Drops what was typed while it was off: that may be a password.
    fn end_hiding(&self) {
        if self.0.swap(false, Ordering::SeqCst) {
            let _ = termios::tcflush(io::stdin(), QueueSelector::IFlush);
        }
        self.as_wanted();
    }

    fn show(&self) {
        set_echo(true);
    }

    fn as_wanted(&self) {
        set_echo(!self.is_hidden());
    }
}

fn set_echo(on: bool) {
    let Ok(tty) = io::stdin().as_fd().try_clone_to_owned().map(File::from) else {
        return;
    };
    // Fails if the input is not a terminal, which echoes nothing.
    if let Ok(mut modes) = termios::tcgetattr(&tty) {
        modes.local_modes.set(LocalModes::ECHO, on);
        let _ = termios::tcsetattr(&tty, OptionalActions::Now, &modes);
    }
}
