//! The input thread: reads the terminal's bytes and delivers keys and pastes. It blocks until
//! something arrives, and ends when the terminal hangs up.

mod decoder;
mod kitty;
mod sequence;

use std::{
    fmt, io,
    os::fd::{AsFd as _, BorrowedFd},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use zeroize::Zeroize as _;

pub use self::decoder::{BEGUN_MS, Decoded, Decoder, ESC_MS, GIVEN_UP_MS};

/// Bytes of one read.
const READ: usize = 4096;

/// Bytes that are read before they are delivered. The rest of a paste of megabytes that arrives as
/// keys then waits in the terminal instead of in memory.
const GO: usize = 16 * READ;

/// Longest paste, in characters. More than any field holds; a file pasted by mistake must not fill
/// the memory.
pub const PASTE_LIMIT: usize = 1 << 20;

/// An input of the person.
#[derive(Clone, PartialEq, Eq)]
pub enum Input {
    /// Pressed or repeated, never released.
    Key {
        key: KeyEvent,
        /// Other keys were read together with it, as in a paste that arrives as keys. For an arrow:
        /// the same arrow, which terminals send for a mouse wheel.
        in_burst: bool,
    },
    /// Text with any contents; `truncated` if it was longer than [`PASTE_LIMIT`].
    Paste { text: String, truncated: bool },
    /// The terminal is gone. Nothing follows.
    Hangup,
}

/// Keys and pastes may be parts of a secret, so only their kind is printed.
impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key { in_burst, .. } => write!(f, "Key(…, in_burst: {in_burst})"),
            Self::Paste { truncated, .. } => write!(f, "Paste(…, truncated: {truncated})"),
            Self::Hangup => f.write_str("Hangup"),
        }
    }
}

/// Calls `deliver` for each input, in a thread that ends after [`Input::Hangup`], or if `deliver`
/// returns `false` (there is no receiver). Nothing wakes the thread before its next input: do not
/// join it, it ends with the process.
pub fn spawn(deliver: impl FnMut(Input) -> bool + Send + 'static) -> io::Result<JoinHandle<()>> {
    let term = std::env::var("TERM").unwrap_or_default();
    std::thread::Builder::new()
        .name("input".to_owned())
        .spawn(move || {
            let mut deliver = deliver;
            let stdin = io::stdin();
            let mut tty = Tty::new(stdin.as_fd(), &term);
            forward(|| tty.wait(), &mut deliver);
        })
}

/// Decodes the bytes of a terminal.
#[derive(Debug)]
pub struct Tty<'fd> {
    fd: BorrowedFd<'fd>,
    decoder: Decoder,
    started: Instant,
}

impl<'fd> Tty<'fd> {
    pub fn new(fd: BorrowedFd<'fd>, term: &str) -> Self {
        Self {
            fd,
            decoder: Decoder::new(term),
            started: Instant::now(),
        }
    }

    /// Waits for bytes, or until an unfinished input is due, and returns everything that was read
    /// together. Empty if none of it was a key. `Err`: the terminal is gone.
    pub fn wait(&mut self) -> io::Result<Vec<Decoded>> {
        self.wait_showing(&mut |_| {})
    }

    /// The same; `raw` gets the bytes of each read.
    pub fn wait_showing(&mut self, raw: &mut dyn FnMut(&[u8])) -> io::Result<Vec<Decoded>> {
        let mut decoded = Vec::new();
        if !self.is_ready(self.until_due())? {
            let now = self.now_ms();
            self.decoder.expire(now, &mut decoded);
            return Ok(decoded);
        }
        let mut bytes = [0; READ];
        let mut taken = 0;
        loop {
            match rustix::io::read(self.fd, &mut bytes) {
                Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => break,
                // Input before the end is delivered first; the next call reports the end.
                Ok(0) | Err(_) if taken > 0 => break,
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Err(error) => return Err(error.into()),
                Ok(count) => {
                    let now = self.now_ms();
                    let read = bytes.get(..count).unwrap_or_default();
                    raw(read);
                    self.decoder.go_on(now);
                    self.decoder.feed(read, now, &mut decoded);
                    taken += count;
                }
            }
            if taken >= GO || !self.is_ready(Some(Duration::ZERO)).unwrap_or(false) {
                break;
            }
        }
        // The bytes may have been a password.
        bytes.zeroize();
        Ok(decoded)
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn until_due(&self) -> Option<Duration> {
        let due = self.decoder.due_ms()?;
        // The clock is rounded down to milliseconds: one more, or the wait would end too early.
        let left = due.saturating_sub(self.now_ms()).saturating_add(1);
        Some(Duration::from_millis(left))
    }

    /// Whether there is something to read; `None` waits for it.
    fn is_ready(&self, timeout: Option<Duration>) -> io::Result<bool> {
        let timeout = timeout.map(Timespec::try_from).transpose();
        let timeout = timeout.map_err(|_| io::ErrorKind::InvalidInput)?;
        let mut fds = [PollFd::from_borrowed_fd(self.fd, PollFlags::IN)];
        match poll(&mut fds, timeout.as_ref()) {
            Ok(ready) => Ok(ready > 0),
            Err(rustix::io::Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

fn forward(
    mut next: impl FnMut() -> io::Result<Vec<Decoded>>,
    deliver: &mut impl FnMut(Input) -> bool,
) {
    loop {
        let Ok(decoded) = next() else {
            deliver(Input::Hangup);
            return;
        };
        for input in inputs(decoded) {
            if !deliver(input) {
                return;
            }
        }
    }
}

/// The inputs that were read together.
fn inputs(decoded: Vec<Decoded>) -> Vec<Input> {
    let mut inputs: Vec<Input> = decoded
        .into_iter()
        .filter_map(|one| match one {
            Decoded::Key(key) if key.kind != KeyEventKind::Release => Some(Input::Key {
                key,
                in_burst: false,
            }),
            Decoded::Paste { text, truncated } => Some(Input::Paste { text, truncated }),
            Decoded::Key(_) | Decoded::Dropped(_) => None,
        })
        .collect();
    let keys: Vec<Option<KeyEvent>> = inputs
        .iter()
        .map(|input| match input {
            Input::Key { key, .. } => Some(*key),
            Input::Paste { .. } | Input::Hangup => None,
        })
        .collect();
    for (nth, input) in inputs.iter_mut().enumerate() {
        let Input::Key { key, in_burst } = input else {
            continue;
        };
        let before = nth.checked_sub(1).and_then(|before| keys.get(before));
        let neighbours = [before, keys.get(nth + 1)];
        *in_burst = if is_arrow(key.code) {
            neighbours.contains(&Some(&Some(*key)))
        } else {
            keys.len() > 1
        };
    }
    inputs
}

fn is_arrow(code: KeyCode) -> bool {
    matches!(
        code,
        KeyCode::Up | KeyCode::Down | KeyCode::Left | KeyCode::Right
    )
}

#[cfg(test)]
mod tests {
    use std::{
        io::{self, Write as _},
        os::fd::AsFd as _,
        time::Duration,
    };

    use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

    use super::{Decoded, Input, Tty, forward};

    fn forwarded(reads: Vec<Vec<Decoded>>, listen_for: usize) -> Vec<Input> {
        let mut reads = reads.into_iter();
        let mut seen = Vec::new();
        forward(
            || reads.next().ok_or(io::ErrorKind::UnexpectedEof.into()),
            &mut |input| {
                seen.push(input);
                seen.len() < listen_for
            },
        );
        seen
    }

    fn event(code: KeyCode, kind: KeyEventKind) -> KeyEvent {
        KeyEvent::new_with_kind(code, KeyModifiers::NONE, kind)
    }

    fn pressed(code: KeyCode) -> Decoded {
        Decoded::Key(event(code, KeyEventKind::Press))
    }

    fn key(code: KeyCode, in_burst: bool) -> Input {
        Input::Key {
            key: event(code, KeyEventKind::Press),
            in_burst,
        }
    }

    #[test]
    fn presses_and_repeats_pass_releases_and_what_is_no_key_do_not() {
        let a = KeyCode::Char('a');
        let seen = forwarded(
            vec![
                vec![pressed(a)],
                vec![],
                vec![Decoded::Key(event(a, KeyEventKind::Repeat))],
                vec![
                    Decoded::Key(event(a, KeyEventKind::Release)),
                    Decoded::Dropped("focus"),
                ],
            ],
            usize::MAX,
        );
        let repeated = Input::Key {
            key: event(a, KeyEventKind::Repeat),
            in_burst: false,
        };
        assert_eq!(seen, [key(a, false), repeated, Input::Hangup]);
    }

    #[test]
    fn keys_of_one_go_are_told_from_a_key_alone() {
        let (q, enter) = (KeyCode::Char('q'), KeyCode::Enter);
        let seen = forwarded(
            vec![
                vec![pressed(q)],
                vec![pressed(q), pressed(enter)],
                // A report next to a key does not count as another key.
                vec![pressed(q), Decoded::Dropped("a report")],
            ],
            usize::MAX,
        );
        let wanted = [
            key(q, false),
            key(q, true),
            key(enter, true),
            key(q, false),
            Input::Hangup,
        ];
        assert_eq!(seen, wanted);
    }

    #[test]
    fn arrows_are_a_burst_where_the_same_one_comes_again() {
        let (up, down) = (KeyCode::Up, KeyCode::Down);
        let seen = forwarded(
            vec![
                vec![pressed(down), pressed(down), pressed(down)],
                vec![pressed(KeyCode::Tab), pressed(down), pressed(up)],
            ],
            usize::MAX,
        );
        let wanted = [
            key(down, true),
            key(down, true),
            key(down, true),
            key(KeyCode::Tab, true),
            key(down, false),
            key(up, false),
            Input::Hangup,
        ];
        assert_eq!(seen, wanted);
    }

    #[test]
    fn it_ends_without_a_receiver() {
        let a = KeyCode::Char('a');
        assert_eq!(
            forwarded(vec![vec![pressed(a)], vec![pressed(a)]], 1),
            [key(a, false)]
        );
    }

    /// As after a stop, or while earlier keys took long to handle.
    #[test]
    fn bytes_that_arrive_in_time_continue_a_sequence_however_late_they_are_read() {
        let arrow = event(KeyCode::Down, KeyEventKind::Press);
        let whole = Decoded::Paste {
            text: "one two".to_owned(),
            truncated: false,
        };
        for (first, second, wanted) in [
            (&b"\x1b"[..], &b"[B"[..], Decoded::Key(arrow)),
            (b"\x1b[200~one ", b"two\x1b[201~", whole),
        ] {
            let (reader, mut writer) = io::pipe().unwrap();
            let mut tty = Tty::new(reader.as_fd(), "xterm");
            writer.write_all(first).unwrap();
            assert!(tty.wait().unwrap().is_empty());
            writer.write_all(second).unwrap();
            tty.started -= Duration::from_secs(60);
            assert!(tty.wait().unwrap() == [wanted]);
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_pasted_password_is_not_left_on_the_stack() {
        use zeroize::Zeroize as _;

        let read = || {
            let (reader, mut writer) = io::pipe().unwrap();
            let sought = b"correct horse battery staple".to_vec();
            writer.write_all(b"\x1b[200~").unwrap();
            writer.write_all(&sought).unwrap();
            writer.write_all(b"\x1b[201~").unwrap();
            let mut tty = Tty::new(reader.as_fd(), "xterm");
            let mut decoded = tty.wait().unwrap();
            let Some(Decoded::Paste { text, .. }) = decoded.first_mut() else {
                panic!("a paste");
            };
            assert_eq!(text.as_bytes(), sought);
            text.zeroize();
            crate::vault::stack::has(&sought)
        };
        assert!(!std::thread::spawn(read).join().unwrap());
    }

    #[test]
    fn debug_shows_neither_keys_nor_pastes() {
        let paste = Decoded::Paste {
            text: "hunter2".to_owned(),
            truncated: false,
        };
        let seen = forwarded(
            vec![vec![pressed(KeyCode::Char('a')), paste.clone()]],
            usize::MAX,
        );
        assert_eq!(
            format!("{seen:?} {paste:?}"),
            "[Key(…, in_burst: true), Paste(…, truncated: false), Hangup] Paste(…, truncated: false)"
        );
    }
}
